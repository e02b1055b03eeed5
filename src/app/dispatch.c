/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a key goes: help, command line, dialog, form, then the screen's commands, the
 * application's, and at last the screen's text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define AHEAD_MOST_MS 3000 /* an answer later than this finds no key typed ahead any more */
#define AHEAD_FELT_MS 500
#define COMMANDS_MOST 64

/* --- overlays --- */

static void dialog_answered(struct app *app, enum dialog_result result)
{
    /* Out of the way first: the answer may open the next one. */
    struct dialog *dialog = app->dialog;
    app->dialog = NULL;
    if (app->on_answer != NULL)
        app->on_answer(app->dialog_owner, result, dialog);
    dialog_free(dialog);
}

static void form_answered(struct app *app, enum form_result result)
{
    struct form *form = app->form;
    if (result == FORM_SAVE) {
        form_set_busy(form, true);
        if (app->on_save != NULL)
            app->on_save(app->form_owner, form);
        return;
    }
    app->form = NULL;
    if (app->on_leave != NULL)
        app->on_leave(app->form_owner, form);
    form_free(app->dead_form);
    app->dead_form = form;
}

static bool overlay_key(struct app *app, uint32_t key)
{
    if (app->help != NULL) {
        if (!help_key(app->help, key)) {
            help_free(app->help);
            app->help = NULL;
        }
        return true;
    }
    if (app->dialog != NULL && app_overlay_is_live(app, app->dialog_host)) {
        enum dialog_result result = dialog_key(app->dialog, key);
        if (result != DIALOG_GOES_ON)
            dialog_answered(app, result);
        return true;
    }
    if (app->form != NULL && app_overlay_is_live(app, app->form_host)) {
        enum form_result result = form_key(app->form, key);
        if (result != FORM_GOES_ON)
            form_answered(app, result);
        return true;
    }
    return false;
}

void app_show_help(struct app *app)
{
    struct host *top = app_top(app);
    if (top == NULL)
        return;
    help_free(app->help);
    app->help = help_new(top->screen->title, top->screen->about, top->keymap);
}

/* --- the command line --- */

static const struct {
    const char *name;
    int command;
} own_commands[] = {
    {"help", COMMAND_HELP}, {"lock", COMMAND_LOCK},     {"menu", COMMAND_MENU},
    {"quit", COMMAND_QUIT}, {"redraw", COMMAND_REDRAW}, {"signout", COMMAND_NONE},
};
#define OWN_COMMANDS (sizeof own_commands / sizeof own_commands[0])

/* Commands by name: of the application, then of the screen in sight. */
struct completion {
    const char *typed;
    const char **names;
    int count, most;
};

static void offer_name(struct completion *completion, const char *name)
{
    if (completion->count == completion->most ||
        strncmp(name, completion->typed, strlen(completion->typed)) != 0)
        return;
    for (int i = 0; i < completion->count; i++) {
        if (strcmp(completion->names[i], name) == 0)
            return;
    }
    completion->names[completion->count++] = name;
}

static void offer_entry(void *owner, const struct key_entry *entry, const char *keys)
{
    (void)keys;
    /* Moving about is for keys; a name would be longer than the way. */
    if (entry->command >= COMMAND_SCREEN || entry->command == COMMAND_UNDO ||
        entry->command == COMMAND_SORT || entry->command == COMMAND_INVERT)
        offer_name(owner, entry->name);
}

int app_complete(const struct app *app, const char *typed, const char **names, int most)
{
    struct completion completion = {.typed = typed, .names = names, .most = most};
    for (int i = 0; i < app->tab_count; i++)
        offer_name(&completion, app->tabs[i]->name);
    for (size_t i = 0; i < OWN_COMMANDS; i++)
        offer_name(&completion, own_commands[i].name);
    const char *opener;
    for (int i = 0; (opener = app_opener_name(app, i)) != NULL; i++)
        offer_name(&completion, opener);
    if (app_may_open_jobs(app)) {
        offer_name(&completion, "jobs");
        offer_name(&completion, "reseed"); /* refused in words where the data are real */
    }
    const struct host *top = app_top(app);
    if (top != NULL && app->login == NULL)
        keymap_visit(top->keymap, offer_entry, &completion);
    return completion.count;
}

struct lookup {
    const char *name;
    int command;
};

static void find_entry(void *owner, const struct key_entry *entry, const char *keys)
{
    (void)keys;
    struct lookup *lookup = owner;
    if (lookup->command == COMMAND_NONE && strcmp(entry->name, lookup->name) == 0)
        lookup->command = entry->command;
}

void app_run_line(struct app *app, const char *line)
{
    char name[64];
    size_t begin = strspn(line, " :");
    snprintf(name, sizeof name, "%s", line + begin);
    name[strcspn(name, " ")] = '\0';
    if (name[0] == '\0')
        return;
    const char *names[COMMANDS_MOST];
    int count = app_complete(app, name, names, COMMANDS_MOST);
    /* One that is written out is meant, whatever else begins with it. */
    for (int i = 1; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            names[0] = names[i];
    }
    if (count == 0 || (count > 1 && strcmp(names[0], name) != 0)) {
        char text[128];
        snprintf(text, sizeof text,
                 count == 0 ? "There is no command :%s" : "More than one command begins with :%s",
                 name);
        app_say(app, ROLE_WARN, text);
        return;
    }
    for (int i = 0; i < app->tab_count; i++) {
        if (strcmp(app->tabs[i]->name, names[0]) == 0) {
            app_show_tab_itself(app, i);
            return;
        }
    }
    if (strcmp(names[0], "jobs") == 0 || strcmp(names[0], "reseed") == 0) {
        app_open_jobs(app, strcmp(names[0], "reseed") == 0);
        return;
    }
    if (app_open_named(app, names[0]))
        return;
    if (strcmp(names[0], "signout") == 0) {
        app->must_sign_out = false;
        app_sign_out(app, NULL);
        return;
    }
    for (size_t i = 0; i < OWN_COMMANDS; i++) {
        if (strcmp(own_commands[i].name, names[0]) == 0) {
            app_command(app, own_commands[i].command);
            return;
        }
    }
    struct lookup lookup = {.name = names[0]};
    keymap_visit(app_top(app)->keymap, find_entry, &lookup);
    if (lookup.command != COMMAND_NONE)
        app_command(app, lookup.command);
}

static void line_key(struct app *app, uint32_t key)
{
    const char *names[1];
    switch (key) {
    case KEY_CODE_ESCAPE:
        app->line_open = false;
        break;
    case KEY_CODE_ENTER: {
        char line[FIELD_SIZE];
        memcpy(line, app->line.text, sizeof line);
        app->line_open = false;
        app_run_line(app, line);
        break;
    }
    case KEY_CODE_TAB:
        if (app_complete(app, app->line.text, names, 1) == 1)
            field_set(&app->line, names[0]);
        break;
    default: /* keys are numbers; the others are text */
        if (key == KEY_CODE_BACKSPACE && field_is_empty(&app->line))
            app->line_open = false;
        else
            field_key(&app->line, key);
        break;
    }
}

/* --- leaving --- */

static void quit_answered(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct app *app = owner;
    (void)dialog;
    app->quit = result == DIALOG_YES;
}

static void ask_quit(struct app *app)
{
    if (app->login != NULL && app->db == NULL) {
        app->quit = true; /* nobody is signed in */
        return;
    }
    if (app_may_leave(app))
        app_ask(app, app_top(app),
                dialog_confirm("Leave gymtui?", "Nothing is lost; the desk signs in again.", "y",
                               "leave", app->last_key),
                quit_answered, app);
}

/* --- commands --- */

static void back(struct host *top)
{
    if (top->below == NULL)
        return;
    if (top->screen->may_close == NULL || top->screen->may_close(top->state))
        host_close(top);
}

void app_command(struct app *app, int command)
{
    struct host *top = app_top(app);
    if (top == NULL)
        return;
    if (top->screen->command != NULL && top->screen->command(top->state, command))
        return;
    /* Members stand in front of it: no menu, no help, no other screen, and no end. */
    if (app->kiosk_held && command != COMMAND_LOCK && command != COMMAND_REDRAW)
        return;
    bool may_go = app->login == NULL && app->tab_count > 0;
    switch (command) {
    case COMMAND_BACK:
        back(top);
        break;
    case COMMAND_HELP:
        app_show_help(app);
        break;
    case COMMAND_MENU:
        app_open_menu(app);
        break;
    case COMMAND_COMMAND_LINE:
        if (may_go) {
            field_clear(&app->line);
            app->line_open = true;
        }
        break;
    case COMMAND_REDRAW:
        term_redraw();
        break;
    case COMMAND_NEXT_SCREEN:
        if (may_go)
            app_show_tab(app, (app->here + 1) % app->tab_count);
        break;
    case COMMAND_PREVIOUS_SCREEN:
        if (may_go)
            app_show_tab(app, (app->here + app->tab_count - 1) % app->tab_count);
        break;
    case COMMAND_SCREEN_1:
    case COMMAND_SCREEN_2:
    case COMMAND_SCREEN_3:
    case COMMAND_SCREEN_4:
    case COMMAND_SCREEN_5:
    case COMMAND_SCREEN_6:
        if (may_go)
            app_show_tab(app, command - COMMAND_SCREEN_1);
        break;
    case COMMAND_LOCK:
        app_lock(app);
        break;
    case COMMAND_QUIT:
        ask_quit(app);
        break;
    case COMMAND_UNDO:
        app_say(app, ROLE_TEXT, "There is nothing to undo here");
        break;
    default: /* a screen's own command that did not apply */
        break;
    }
}

static void take_key(struct app *app, uint32_t key)
{
    app->last_key = key;
    app->message[0] = '\0';
    app->want_draw = true;
    struct host *top = app_top(app);
    if (top == NULL || overlay_key(app, key)) {
        app_settle(app);
        return;
    }
    if (app->line_open) {
        line_key(app, key);
        app_settle(app);
        return;
    }
    bool empty = true;
    bool typing = top->screen->typing != NULL && top->screen->typing(top->state, &empty);
    int command = keymap_command(top->keymap, key, typing, empty);
    if (command != COMMAND_NONE)
        app_command(app, command);
    else if (top->screen->text != NULL)
        top->screen->text(top->state, key, NULL);
    app_settle(app);
}

/* --- typed ahead --- */

static bool must_wait(const struct app *app)
{
    const struct host *top = app_top(app);
    bool covered = app->help != NULL || app->line_open ||
                   (app->dialog != NULL && app_overlay_is_live(app, app->dialog_host)) ||
                   (app->form != NULL && app_overlay_is_live(app, app->form_host));
    return top != NULL && !covered && top->screen->waits != NULL && top->screen->waits(top->state);
}

void app_take_ahead(struct app *app)
{
    if (app->ahead_count > 0 && app->clock() - app->ahead_since > AHEAD_MOST_MS) {
        app->ahead_count = 0; /* by now whoever typed looks at something else */
        app_say(app, ROLE_WARN, "The answer took too long: what was typed meanwhile was dropped");
    }
    while (app->ahead_count > 0 && !must_wait(app)) {
        uint32_t key = app->ahead[0];
        app->ahead_count--;
        memmove(app->ahead, app->ahead + 1, (size_t)app->ahead_count * sizeof *app->ahead);
        take_key(app, key);
    }
}

void app_key(struct app *app, uint32_t key)
{
    int64_t now = app->clock();
    app->last_key_at = now;
    /* Esc gets out of a wait that can be felt. */
    bool escapes = key == KEY_CODE_ESCAPE && must_wait(app) && app->ahead_count > 0 &&
                   now - app->ahead_since > AHEAD_FELT_MS;
    if (escapes)
        app->ahead_count = 0;
    else if (app->ahead_count > 0 || must_wait(app)) {
        if (app->ahead_count == 0)
            app->ahead_since = now;
        if (app->ahead_count < APP_AHEAD)
            app->ahead[app->ahead_count++] = key;
        app_take_ahead(app);
        return;
    }
    take_key(app, key);
    app_take_ahead(app);
}

void app_paste(struct app *app, const char *text)
{
    app->last_key_at = app->clock();
    app->message[0] = '\0';
    app->want_draw = true;
    struct host *top = app_top(app);
    if (app->help != NULL || top == NULL)
        return;
    if (app->dialog != NULL && app_overlay_is_live(app, app->dialog_host))
        dialog_paste(app->dialog, text);
    else if (app->form != NULL && app_overlay_is_live(app, app->form_host))
        form_paste(app->form, text);
    else if (app->line_open)
        field_paste(&app->line, text);
    else if (top->screen->text != NULL)
        top->screen->text(top->state, 0, text);
    app_settle(app);
}
