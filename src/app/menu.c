/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu, and what is opened from it over any screen: the jobs. */
#include <stdio.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/screens/analytics.h"
#include "gymtui/screens/jobs.h"

/* --- jobs --- */

bool app_may_open_jobs(const struct app *app)
{
    return app->db != NULL && app->login == NULL && app->session.level >= screen_jobs.least;
}

void app_open_jobs(struct app *app, bool reseed)
{
    struct host *top = app_top(app);
    if (top == NULL || app->login != NULL)
        return;
    if (top->screen != &screen_jobs)
        host_open(top, &screen_jobs, &(struct jobs_argument){.reseed = reseed});
    else if (reseed)
        top->screen->command(top->state, JOBS_RESEED_AT_ONCE);
}

static void open_jobs(struct app *app)
{
    app_open_jobs(app, false);
}

static void open_reseed(struct app *app)
{
    app_open_jobs(app, true);
}

/* --- screens that open over any other --- */

/* By `:NAME`, and by a key of the menu. */
static const struct opener {
    const struct screen *screen;
    const char *name, *key, *text;
} openers[] = {
    {&screen_till, "till", "t", "Till of this desk"},
    {&screen_paper, "day", "d", "Day's report"},
    {&screen_tills, "tills", "e", "Earlier tills"},
    {&screen_audit, "audit", "c", "Changes: who did what"},
};
#define OPENERS ((int)(sizeof openers / sizeof *openers))

/* Whether this person may open it now. */
static bool may_open(const struct app *app, const struct opener *opener)
{
    return app->db != NULL && app->login == NULL && app->session.level >= opener->screen->least;
}

/* The tab whose pages are commands of their own, or −1 where this person has none. */
static int analytics_tab(const struct app *app)
{
    for (int i = 0; i < app->tab_count && app->login == NULL; i++)
        if (app->tabs[i] == &screen_analytics)
            return i;
    return -1;
}

const char *app_opener_name(const struct app *app, int index)
{
    for (int i = 0; i < OPENERS; i++)
        if (may_open(app, &openers[i]) && index-- == 0)
            return openers[i].name;
    for (int i = 0; analytics_tab(app) >= 0 && analytics_page_commands[i] != NULL; i++)
        if (index-- == 0)
            return analytics_page_commands[i];
    return NULL;
}

static void open_over(struct app *app, const struct opener *opener)
{
    struct host *top = app_top(app);
    if (top != NULL && may_open(app, opener) && top->screen != opener->screen)
        host_open(top, opener->screen, NULL);
}

bool app_open_named(struct app *app, const char *name)
{
    for (int i = 0; i < OPENERS; i++) {
        if (strcmp(openers[i].name, name) == 0 && may_open(app, &openers[i])) {
            open_over(app, &openers[i]);
            return true;
        }
    }
    int tab = analytics_tab(app);
    for (int i = 0; tab >= 0 && analytics_page_commands[i] != NULL; i++) {
        if (strcmp(analytics_page_commands[i], name) != 0)
            continue;
        app_show_tab_itself(app, tab);
        struct host *top = app_top(app);
        if (top != NULL && top->screen == &screen_analytics)
            top->screen->command(top->state, ANALYTICS_SHOW_PAGE + i);
        return true;
    }
    return false;
}

/* --- the menu --- */

#define MENU_MOST (APP_TABS + 7 + OPENERS)

struct menu_entry {
    char key[16];
    const char *text;
    const struct opener *opener;
    int tab; /* −1: none */
    int command;
    void (*run)(struct app *app); /* NULL: the command */
};

/* What the menu holds now; the same for drawing and for the answer. */
static int menu_entries(const struct app *app, struct menu_entry *entries)
{
    int count = 0;
    if (app->login == NULL) {
        for (int i = 0; i < app->tab_count; i++) {
            struct menu_entry *entry = &entries[count++];
            snprintf(entry->key, sizeof entry->key, "%d", i + 1);
            entry->text = app->titles[i];
            entry->tab = i;
            entry->opener = NULL;
            entry->command = COMMAND_NONE;
            entry->run = NULL;
        }
        for (int i = 0; i < OPENERS; i++) {
            if (!may_open(app, &openers[i]))
                continue;
            struct menu_entry entry = {.text = openers[i].text, .tab = -1, .opener = &openers[i]};
            snprintf(entry.key, sizeof entry.key, "%s", openers[i].key);
            entries[count++] = entry;
        }
        if (app_may_open_jobs(app))
            entries[count++] = (struct menu_entry){
                .key = "j", .text = "Jobs in the background", .tab = -1, .run = open_jobs};
        if (app_may_open_jobs(app) && app->session.is_demonstration)
            entries[count++] = (struct menu_entry){
                .key = "r", .text = "Reseed the demonstration…", .tab = -1, .run = open_reseed};
        struct menu_entry help = {.key = "h", .tab = -1, .command = COMMAND_HELP};
        help.text = "Help: keys of this screen";
        entries[count++] = help;
        entries[count++] = (struct menu_entry){
            .key = "l", .text = "Lock the screen", .tab = -1, .command = COMMAND_LOCK};
    }
    if (app->db != NULL)
        entries[count++] = (struct menu_entry){.key = "s", .text = "Sign out", .tab = -1};
    entries[count++] =
        (struct menu_entry){.key = "q", .text = "Leave gymtui", .tab = -1, .command = COMMAND_QUIT};
    return count;
}

bool app_may_leave(const struct app *app)
{
    struct host *top = app_top(app);
    return top == NULL || top->screen->may_close == NULL || top->screen->may_close(top->state);
}

static void menu_chosen(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct app *app = owner;
    struct menu_entry entries[MENU_MOST];
    int count = menu_entries(app, entries);
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= count)
        return;
    if (entries[chosen].tab >= 0)
        app_show_tab(app, entries[chosen].tab);
    else if (entries[chosen].opener != NULL)
        open_over(app, entries[chosen].opener);
    else if (entries[chosen].run != NULL)
        entries[chosen].run(app);
    else if (entries[chosen].command == COMMAND_QUIT)
        app->quit = app_may_leave(app); /* chosen from a list: asked enough */
    else if (entries[chosen].command == COMMAND_NONE)
        app->must_sign_out = app_may_leave(app);
    else
        app_command(app, entries[chosen].command);
}

void app_open_menu(struct app *app)
{
    struct menu_entry entries[MENU_MOST];
    struct dialog_choice choices[MENU_MOST];
    int count = menu_entries(app, entries);
    for (int i = 0; i < count; i++)
        choices[i] = (struct dialog_choice){entries[i].key, entries[i].text};
    app->sign_out_reason = (struct error){0};
    app_ask(app, app_top(app), dialog_choose("Menu", NULL, choices, count), menu_chosen, app);
}
