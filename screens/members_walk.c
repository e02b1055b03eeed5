/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marked members, and what goes through all that are shown and not only through the rows held: the
 * export and "mark all". It walks the pages of the search and filter as they were when it began,
 * while the list goes on being used.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/message.h"
#include "members_list.h"

#define WALK_ROWS  500
#define MARKS_MOST 5000

/* --- marks: sorted by number --- */

static int find_mark(const struct members_state *state, int64_t customer_id, bool *found)
{
    int low = 0, high = state->mark_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (state->marks[middle] < customer_id)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < state->mark_count && state->marks[low] == customer_id;
    return low;
}

bool members_is_marked(const struct members_state *state, int64_t customer_id)
{
    bool found;
    find_mark(state, customer_id, &found);
    return found;
}

/* False: no more can be marked. */
static bool add_mark(struct members_state *state, int64_t customer_id)
{
    bool found;
    int at = find_mark(state, customer_id, &found);
    if (found)
        return true;
    if (state->mark_count == MARKS_MOST)
        return false;
    if (state->mark_count == state->mark_room) {
        int room = state->mark_room ? 2 * state->mark_room : 64;
        int64_t *marks = realloc(state->marks, (size_t)room * sizeof *marks);
        if (!marks)
            return false;
        state->marks = marks;
        state->mark_room = room;
    }
    memmove(state->marks + at + 1, state->marks + at,
            (size_t)(state->mark_count - at) * sizeof *state->marks);
    state->marks[at] = customer_id;
    state->mark_count++;
    return true;
}

static void say_marks(struct members_state *state)
{
    if (state->mark_count == 0)
        host_say(state->context.host, ROLE_DIM, "Nobody is marked");
    else
        host_say(state->context.host, ROLE_DIM,
                 "%d marked: F8 writes to them, F9 exports them, n starts a campaign, "
                 "- forgets them",
                 state->mark_count);
    host_redraw(state->context.host);
}

void members_mark(struct members_state *state, const struct member_row *row)
{
    bool found;
    int at = find_mark(state, row->customer_id, &found);
    if (found) {
        state->mark_count--;
        memmove(state->marks + at, state->marks + at + 1,
                (size_t)(state->mark_count - at) * sizeof *state->marks);
    } else if (!add_mark(state, row->customer_id)) {
        host_say(state->context.host, ROLE_WARN, "At most %d can be marked", MARKS_MOST);
        return;
    }
    say_marks(state);
}

void members_unmark_all(struct members_state *state)
{
    state->mark_count = 0;
    say_marks(state);
}

/* --- the walk --- */

static void ask_page(struct members_state *state, const struct member_row *anchor);

static void end_walk(struct members_state *state)
{
    save_abandon(&state->walk.save);
    state->walk.purpose = WALK_NONE;
}

static void write_row(struct members_state *state, const struct member_row *row)
{
    FILE *out = state->walk.save.out;
    char number[32], day[16];
    snprintf(number, sizeof number, "%" PRId64, row->customer_id);
    save_csv_cell(out, true, number);
    save_csv_cell(out, false, row->name);
    save_csv_cell(out, false, row->phone);
    save_csv_cell(out, false, row->plan);
    save_csv_cell(out, false, row->status);
    day[0] = 0;
    if (row->ends != DATE_NONE)
        date_format_iso(day, sizeof day, row->ends);
    save_csv_cell(out, false, day);
    day[0] = 0;
    if (row->last_visit != DATE_NONE)
        date_format_iso(day, sizeof day, row->last_visit);
    save_csv_cell(out, false, day);
    money_format_plain(number, sizeof number, row->balance);
    save_csv_cell(out, false, number);
    save_csv_cell(out, false, row->segment);
    number[0] = 0;
    if (row->has_value)
        snprintf(number, sizeof number, "%.2f", row->value);
    save_csv_cell(out, false, number);
    fputc('\n', out);
}

static void finish(struct members_state *state)
{
    struct members_walk *walk = &state->walk;
    struct error error;
    switch (walk->purpose) {
    case WALK_NONE:
        break;
    case WALK_MARK:
        say_marks(state);
        break;
    case WALK_EXPORT:
        if (save_finish(&walk->save, &error))
            host_say(state->context.host, ROLE_GOOD, "%s %d members in %s", sign_text(SIGN_GOOD),
                     walk->count, walk->save.path);
        else
            host_say_error(state->context.host, &error);
        break;
    }
    end_walk(state);
    host_redraw(state->context.host);
}

static void on_page(void *owner, const struct member_row *rows, int count, bool more,
                    const struct error *error)
{
    struct members_state *state = owner;
    struct members_walk *walk = &state->walk;
    if (walk->purpose == WALK_NONE) /* was stopped meanwhile */
        return;
    if (error) {
        host_say_error(state->context.host, error);
        end_walk(state);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (walk->purpose == WALK_MARK) {
            if (!add_mark(state, rows[i].customer_id)) {
                host_say(state->context.host, ROLE_WARN, "Only the first %d are marked",
                         MARKS_MOST);
                end_walk(state);
                host_redraw(state->context.host);
                return;
            }
        } else if (walk->only_marked && !members_is_marked(state, rows[i].customer_id)) {
            continue;
        } else {
            write_row(state, &rows[i]);
        }
        walk->count++;
    }
    if (more && count > 0) {
        host_say(state->context.host, ROLE_DIM, "%d members so far…", walk->count);
        ask_page(state, &rows[count - 1]);
    } else {
        finish(state);
    }
}

static void ask_page(struct members_state *state, const struct member_row *anchor)
{
    const struct members_walk *walk = &state->walk;
    struct member_query query = members_query(state, &walk->filter, walk->search);
    query.anchor = anchor;
    query.limit = WALK_ROWS;
    members_page(state->context.db, &query, on_page, state);
}

static void start(struct members_state *state, enum walk_purpose purpose)
{
    struct members_walk *walk = &state->walk;
    walk->purpose = purpose;
    walk->count = 0;
    walk->filter = state->filter;
    memcpy(walk->search, state->find.text, sizeof walk->search);
    /* Marks outlive the search that they were made in: exported are all of them. */
    walk->only_marked = purpose == WALK_EXPORT && state->mark_count > 0;
    if (walk->only_marked) {
        walk->search[0] = 0;
        walk->filter = (struct members_argument){.expiring_within = -1, .absent_days = -1};
    }
    ask_page(state, NULL);
}

static bool is_walking(struct members_state *state)
{
    if (state->walk.purpose == WALK_NONE)
        return false;
    host_say(state->context.host, ROLE_WARN, "The last one is still under way");
    return true;
}

void members_mark_all(struct members_state *state)
{
    if (!is_walking(state))
        start(state, WALK_MARK);
}

/* --- export --- */

static void begin_export(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct members_state *state = owner;
    struct error error;
    if (result != DIALOG_YES)
        return;
    const char *path = dialog_typed(dialog);
    if (!save_begin(&state->walk.save, path[0] ? path : state->walk.path, &error)) {
        host_say_error(state->context.host, &error);
        return;
    }
    fputs("number,name,phone,plan,status,ends,last_visit,balance,segment,value\n",
          state->walk.save.out);
    start(state, WALK_EXPORT);
}

void members_export_ask(struct members_state *state)
{
    char text[400], words[200], day[16];
    if (is_walking(state))
        return;
    members_filter_words(state, words, sizeof words);
    date_format_iso(day, sizeof day, state->today);
    snprintf(state->walk.path, sizeof state->walk.path, "members-%s.csv", day);
    if (state->mark_count > 0)
        snprintf(text, sizeof text, "The %d members that are marked", state->mark_count);
    else if (!field_is_empty(&state->find))
        snprintf(text, sizeof text, "All members found by “%.60s”%s%s", state->find.text,
                 words[0] ? " among: " : "", words);
    else
        snprintf(text, sizeof text, "All members%s%s", words[0] ? " that are: " : "", words);
    text_append(text, sizeof text,
                ", as CSV. Only you can read the file. Enter alone: %s in the present folder.",
                state->walk.path);
    struct dialog *dialog = dialog_type("Export", text, "File", NULL, false);
    if (dialog)
        host_ask(state->context.host, dialog, begin_export, state);
}

/* --- messages and campaigns --- */

void members_message(struct members_state *state)
{
    const struct member_row *row = table_selected(state->table);
    struct message_argument argument = {.customer_ids = state->marks, .count = state->mark_count};
    if (state->mark_count == 0 && row)
        argument = (struct message_argument){.customer_ids = &row->customer_id, .count = 1};
    if (argument.count == 0)
        host_say(state->context.host, ROLE_WARN, "Nobody is chosen");
    else
        host_open(state->context.host, &screen_message, &argument);
}

void members_walk_close(struct members_state *state)
{
    save_abandon(&state->walk.save);
    free(state->marks);
}
