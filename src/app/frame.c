/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands around a screen: where I am, for which gym and desk, as whom, at what time; what I
 * can do now and whether it is live; what has just happened. On a small terminal the rule goes
 * first, then the line of its own for messages, then the top line.
 */
#include <stdio.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/click.h"

#define REST              10000 /* as many rows or columns as the area has */

#define ROWS_WITH_RULE    18
#define ROWS_WITH_MESSAGE 16
#define ROWS_WITH_TOP     5
#define SKEW_TO_TELL      2.0 /* seconds (DESK.md rule 11) */

static void draw_top(const struct app *app, struct area line)
{
    if (app->kiosk_held && app->login == NULL) {
        char clock[16];
        date_format_clock(clock, sizeof clock, session_local_now(app->db));
        bar_draw_top(line, app->titles, app->tab_count, 0, clock);
        return;
    }
    if (app->login != NULL) {
        bar_draw_top(line, NULL, 0, 0, app->locked ? app->session.gym_name : "gymtui");
        return;
    }
    char right[400], clock[16];
    const char *dot = sign_text(SIGN_DOT);
    const char *desk = config_text(app->config, CONFIG_DESK_NAME);
    /* The gym's own login has the gym's name, which stands there already. */
    const char *who = app->session.staff_username[0] != '\0' ? app->session.staff_name : "owner";
    date_format_clock(clock, sizeof clock, session_local_now(app->db));
    snprintf(right, sizeof right, "%s %s desk %s %s %s %s %s", app->session.gym_name, dot, desk,
             dot, who, dot, clock);
    int tabs = 2;
    for (int i = 0; i < app->tab_count; i++)
        tabs += text_width(app->titles[i]) + 2;
    if (tabs + text_width(right) > line.columns)
        snprintf(right, sizeof right, "%s/%s %s %s %s %s", app->session.gym_name, desk, dot, who,
                 dot, clock);
    bar_draw_top(line, app->titles, app->tab_count, app->here, right);
}

static enum role state_text(const struct app *app, char *text, size_t size, int columns)
{
    text[0] = '\0';
    if (app->db == NULL)
        return ROLE_BAR;
    switch (db_state(app->db)) {
    case DB_STATE_READY:
        snprintf(text, size, "%s live", sign_text(SIGN_LIVE));
        return ROLE_GOOD;
    case DB_STATE_CONNECTING:
    case DB_STATE_OFFLINE:
    case DB_STATE_REFUSED:
        break;
    }
    snprintf(text, size, "%s offline", sign_text(SIGN_OFFLINE));
    if (app->offline_since != MOMENT_NONE && columns >= 60) {
        char clock[16];
        date_format_clock(clock, sizeof clock, app->offline_since);
        text_append(text, size, " %s data from %s", sign_text(SIGN_DOT), clock);
    }
    return ROLE_WARN;
}

/* What is told while nothing else is: the connection, the clock, a job in the background. */
static enum role standing_message(const struct app *app, char *text, size_t size, bool has_room)
{
    text[0] = '\0';
    if (app->db == NULL || app->login != NULL || app->kiosk)
        return ROLE_TEXT;
    if (db_state(app->db) != DB_STATE_READY) {
        const struct error *why = db_last_error(app->db);
        snprintf(text, size, "%s. Connecting again by itself.",
                 why->message[0] != '\0' ? why->message : "The connection to the database is lost");
        text_drop_partial(text);
        return ROLE_WARN;
    }
    double skew = db_clock_skew(app->db);
    if (skew > SKEW_TO_TELL || skew < -SKEW_TO_TELL) {
        snprintf(text, size,
                 "This machine's clock is %.0f s %s the database's, which is the one "
                 "that counts",
                 skew > 0 ? skew : -skew, skew > 0 ? "ahead of" : "behind");
        return ROLE_WARN;
    }
    /* Only on a line of its own: it stays for long. The jobs screen says it better. */
    if (has_room && app_top(app)->screen != &screen_jobs) {
        snprintf(text, size, "%s", app->progress);
        return ROLE_DIM;
    }
    return ROLE_TEXT;
}

static void draw_line_of_commands(const struct app *app, struct area line)
{
    draw_clear(line, ROLE_TEXT);
    draw_text(line, 0, 1, ROLE_STRONG, ":");
    int columns = line.columns > 60 ? 28 : line.columns / 2;
    field_draw(&app->line, line, 0, 2, columns, true);
    const char *names[24];
    int count = app_complete(app, app->line.text, names, 24);
    int x = columns + 3;
    for (int i = 0; i < count; i++) {
        if (x + text_width(names[i]) >= line.columns)
            break;
        x += draw_text(line, 0, x, i == 0 ? ROLE_MATCH : ROLE_DIM, names[i]) + 2;
    }
}

static void draw_message(const struct app *app, struct area line, bool has_room)
{
    if (app->line_open) {
        draw_line_of_commands(app, line);
        return;
    }
    char text[512];
    enum role role = app->message_role;
    if (app->message[0] != '\0')
        snprintf(text, sizeof text, "%s", app->message);
    else
        role = standing_message(app, text, sizeof text, has_room);
    if (text[0] == '\0')
        return;
    draw_clear(line, ROLE_TEXT);
    draw_text(line, 0, 1, role, text);
}

void app_draw(struct app *app)
{
    struct area screen = area_whole();
    struct area rest = screen;
    struct host *top = app_top(app);
    app->want_draw = false;
    click_clear();
    if (app->db != NULL)
        app->minute = session_local_now(app->db) / 60;
    draw_clear(screen, ROLE_TEXT);
    if (top == NULL)
        return;

    struct area bottom = area_take_bottom(&rest, screen.rows >= 2 ? 1 : 0);
    struct area line;
    if (screen.rows >= ROWS_WITH_TOP)
        draw_top(app, area_take_top(&rest, 1));
    if (screen.rows >= ROWS_WITH_RULE)
        draw_rule(area_take_top(&rest, 1), 0);
    if (screen.rows >= ROWS_WITH_MESSAGE)
        line = area_take_bottom(&rest, 1);
    else
        line = area_part(rest, rest.rows - 1, 0, 1, REST);

    bool form_shown = app->form != NULL && app_overlay_is_live(app, app->form_host);
    bool dialog_shown = app->dialog != NULL && app_overlay_is_live(app, app->dialog_host);
    top->screen->draw(top->state, rest);
    if (screen.rows >= 2) {
        char text[80];
        enum role role = state_text(app, text, sizeof text, screen.columns);
        /* A form or a dialog has its own keys, and says them. */
        bool covered = form_shown || dialog_shown;
        bar_draw_bottom(bottom, covered ? NULL : top->keymap, top->screen->offers, top->state, text,
                        role);
    }
    if (app->help != NULL) {
        draw_dim(rest);
        click_clear();
        help_draw(app->help, rest);
    } else if (form_shown || dialog_shown) {
        draw_dim(rest);
    }
    if (form_shown)
        form_draw(app->form, rest);
    if (dialog_shown) {
        if (form_shown)
            draw_dim(rest);
        dialog_draw(app->dialog, rest);
    }
    draw_message(app, line, screen.rows >= ROWS_WITH_MESSAGE);
}
