/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text as it would be printed: a receipt, a till that was closed, the report of a day. It can be
 * read, saved to a file, and printed when a printer is set. What is shown is the very text that
 * goes out.
 */
#include "gymtui/screens/paper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/save.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/print.h"
#include "paper_text.h"

#define POLL_MS 200

enum {
    PAPER_SAVE = COMMAND_SCREEN,
    PAPER_PRINT,
    PAPER_BEFORE,
    PAPER_AFTER,
};

static const struct key_entry keys[] = {
    {PAPER_SAVE, "save", "F2 s", "save", "Save the text to a file.", KEY_IN_BAR},
    {PAPER_PRINT, "print", "F6 p", "print", "Print it; see desk.printer.", KEY_IN_BAR},
    {PAPER_BEFORE, "before", "Left h", "day before",
     "The day's report: the last day before with payments.", KEY_IN_BAR},
    {PAPER_AFTER, "after", "Right l", "day after", "The day's report: the next day with payments.",
     KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"members", "till", NULL};

struct paper_state {
    struct screen_context context;
    struct paper_argument what;
    bool is_loaded, is_reading, again;
    int32_t before, after; /* days to go to; DATE_NONE */
    char failure[256];     /* why there is no text */
    char text[PAPER_SIZE];
    int lines, top, shown; /* lines of the text, the first one on the screen, how many fit */
    struct print print;
};

/* --- reading --- */

static void read_paper(struct paper_state *state);

static void take_text(struct paper_state *state, const struct error *error)
{
    state->is_reading = false;
    if (error) {
        if (!state->is_loaded)
            snprintf(state->failure, sizeof state->failure, "%s", error->message);
        host_say_error(state->context.host, error);
    } else {
        state->is_loaded = true;
        state->failure[0] = '\0';
        state->lines = 0;
        for (const char *s = state->text; *s != '\0'; s++)
            state->lines += *s == '\n';
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        read_paper(state);
    }
}

static void on_receipt(void *owner, const struct receipt *receipt, const struct error *error)
{
    struct paper_state *state = owner;
    if (!error)
        paper_write_receipt(state->text, sizeof state->text, receipt);
    take_text(state, error);
}

static void on_till(void *owner, const struct till_report *report, const struct error *error)
{
    struct paper_state *state = owner;
    if (!error)
        paper_write_till(state->text, sizeof state->text, report, state->context.session);
    take_text(state, error);
}

static void on_day(void *owner, const struct till_day *day, const struct error *error)
{
    struct paper_state *state = owner;
    if (!error) {
        state->what.day = day->day;
        state->before = day->before;
        state->after = day->after;
        paper_write_day(state->text, sizeof state->text, day, state->context.session,
                        session_local_now(state->context.db));
    }
    take_text(state, error);
}

static void read_paper(struct paper_state *state)
{
    if (state->is_reading) {
        state->again = true;
        return;
    }
    state->is_reading = true;
    struct db *db = state->context.db;
    switch (state->what.kind) {
    case PAPER_RECEIPT:
        payments_receipt(db, state->what.number, on_receipt, state);
        break;
    case PAPER_TILL:
        till_report(db, state->what.number, on_till, state);
        break;
    case PAPER_DAY:
        till_day(db, state->what.day, on_day, state);
        break;
    }
}

/* --- saving and printing --- */

static bool write_file(const struct paper_state *state, const char *path, struct error *error)
{
    struct save save;
    if (!save_begin(&save, path, error))
        return false;
    fputs(state->text, save.out);
    return save_finish(&save, error);
}

static void save_form(void *owner, struct form *form)
{
    struct paper_state *state = owner;
    struct host *host = state->context.host;
    struct error error;
    char path[300];
    snprintf(path, sizeof path, "%s", form_text(form, 0));
    bool saved = write_file(state, path, &error);
    if (!saved)
        form_complain(form, 0, error.message);
    host_form_done(host, saved);
    if (saved)
        host_say(host, ROLE_GOOD, "%s Saved to %s", sign_text(SIGN_GOOD), path);
}

static void ask_file(struct paper_state *state)
{
    char path[100], day[32];
    switch (state->what.kind) {
    case PAPER_RECEIPT:
        snprintf(path, sizeof path, "~/receipt-%" PRId64 ".txt", state->what.number);
        break;
    case PAPER_TILL:
        snprintf(path, sizeof path, "~/till-%" PRId64 ".txt", state->what.number);
        break;
    case PAPER_DAY:
        date_format_iso(day, sizeof day, state->what.day);
        snprintf(path, sizeof path, "~/day-%s.txt", day);
        break;
    }
    struct form_entry entry = {.label = "File",
                               .value = path,
                               .required = true,
                               .maximum = 250,
                               .hint = "On the machine that gymtui runs on"};
    struct form *form = form_new("Save the text", &entry, 1);
    if (form)
        host_form(state->context.host, form, save_form, NULL, state);
}

static void print_paper(struct paper_state *state)
{
    struct error error;
    if (!print_start(&state->print, state->context.config, state->text, &error)) {
        host_say_error(state->context.host, &error);
        return;
    }
    host_say(state->context.host, ROLE_TEXT, "Printing…");
    host_wake_in(state->context.host, 1);
}

static void tick_paper(void *state_)
{
    struct paper_state *state = state_;
    struct host *host = state->context.host;
    switch (print_poll(&state->print)) {
    case PRINT_IDLE:
        break;
    case PRINT_RUNS:
        host_wake_in(host, POLL_MS);
        break;
    case PRINT_DONE:
        host_say(host, ROLE_GOOD, "%s Printed", sign_text(SIGN_GOOD));
        break;
    case PRINT_FAILED:
        host_say_error(host, &state->print.error);
        break;
    }
}

/* --- the screen's slots --- */

static bool open_paper(void *state_, const struct screen_context *context, const void *argument)
{
    struct paper_state *state = state_;
    state->context = *context;
    state->what = argument ? *(const struct paper_argument *)argument
                           : (struct paper_argument){.kind = PAPER_DAY, .day = DATE_NONE};
    state->before = state->after = DATE_NONE;
    read_paper(state);
    return true;
}

static void draw_paper(void *state_, struct area area)
{
    struct paper_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    if (!state->is_loaded) {
        draw_text(area, 1, 2, ROLE_DIM, *state->failure != '\0' ? state->failure : "Reading…");
        return;
    }
    state->shown = area.rows;
    int furthest = state->lines > area.rows ? state->lines - area.rows : 0;
    if (state->top > furthest)
        state->top = furthest;
    /* In the middle, as a slip would lie there. */
    int x = area.columns > PAPER_COLUMNS + 4 ? (area.columns - PAPER_COLUMNS) / 2 : 0;
    struct area slip = area_part(area, 0, x, area.rows, area.columns - x);
    const char *line = state->text;
    for (int i = 0; *line != '\0'; i++) {
        size_t length = strcspn(line, "\n");
        char shown[512];
        snprintf(shown, sizeof shown, "%.*s", (int)length, line);
        text_drop_partial(shown);
        bool rule = strncmp(shown, "----------", 10) == 0;
        if (i >= state->top && rule)
            draw_rule(area_part(slip, i - state->top, 0, 1, PAPER_COLUMNS), 0);
        else if (i >= state->top)
            draw_text(slip, i - state->top, 0, ROLE_TEXT, shown);
        line += length + (line[length] == '\n');
    }
}

static void scroll(struct paper_state *state, int lines)
{
    int furthest = state->lines > state->shown ? state->lines - state->shown : 0;
    int top = state->top + lines;
    state->top = top < 0 ? 0 : top > furthest ? furthest : top;
    host_redraw(state->context.host);
}

static void go_to_day(struct paper_state *state, int32_t day)
{
    if (state->what.kind != PAPER_DAY)
        return;
    if (day == DATE_NONE) {
        host_say(state->context.host, ROLE_TEXT, "There are no more days with payments");
        return;
    }
    state->what.day = day;
    state->top = 0;
    read_paper(state);
}

static bool command_paper(void *state_, int command)
{
    struct paper_state *state = state_;
    switch (command) {
    case PAPER_SAVE:
        if (state->is_loaded)
            ask_file(state);
        return true;
    case PAPER_PRINT:
        if (state->is_loaded)
            print_paper(state);
        return true;
    case PAPER_BEFORE:
        go_to_day(state, state->before);
        return true;
    case PAPER_AFTER:
        go_to_day(state, state->after);
        return true;
    case COMMAND_UP:
        scroll(state, -1);
        return true;
    case COMMAND_DOWN:
        scroll(state, 1);
        return true;
    case COMMAND_PAGE_UP:
        scroll(state, -state->shown);
        return true;
    case COMMAND_PAGE_DOWN:
        scroll(state, state->shown);
        return true;
    case COMMAND_FIRST:
        scroll(state, -state->lines);
        return true;
    case COMMAND_LAST:
        scroll(state, state->lines);
        return true;
    default:
        return false;
    }
}

static bool offers_paper(const void *state_, int command)
{
    const struct paper_state *state = state_;
    switch (command) {
    case PAPER_BEFORE:
        return state->what.kind == PAPER_DAY && state->before != DATE_NONE;
    case PAPER_AFTER:
        return state->what.kind == PAPER_DAY && state->after != DATE_NONE;
    default:
        return true;
    }
}

static void changed_paper(void *state_, const char *topic)
{
    (void)topic;
    read_paper(state_);
}

const struct screen screen_paper = {
    .name = "paper",
    .title = "Paper",
    .about = "A receipt or a report as it is printed. Save it to a file, or print it.",
    .state_size = sizeof(struct paper_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_paper,
    .draw = draw_paper,
    .command = command_paper,
    .offers = offers_paper,
    .changed = changed_paper,
    .tick = tick_paper,
};
