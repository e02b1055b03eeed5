/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desk reads: the feed, who is in, how full it is, and candidates for letters typed. Each
 * is asked for once at a time; a change that comes meanwhile asks again when the answer is there.
 */
#include <stdio.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/ui/loop.h"

#define FEED_ROWS     200
#define INSIDE_ROWS   400
#define FOUND_ROWS    30
#define LEAST_LETTERS 2
#define LEAST_DIGITS  3

/* --- what is read --- */

static bool same_visit(const void *a, const void *b)
{
    const struct feed_row *old = a, *new = b;
    return old->kind == new->kind && old->attendance_id == new->attendance_id &&
           old->customer_id == new->customer_id && old->at_local == new->at_local;
}

static void read_feed(struct attendance *state);
static void read_occupancy(struct attendance *state);

static void on_feed(void *owner, const struct feed_row *rows, int count, const struct error *error)
{
    struct attendance *state = owner;
    state->feed_busy = false;
    if (error == NULL) {
        state->feed_read_at = loop_now();
        table_replace(state->feed, rows, count, false, false, same_visit);
        table_set_stale(state->feed, false);
        if (!state->list_chosen)
            table_select(state->feed, 0);
    } else if (error->code != ERROR_OFFLINE) {
        host_say_error(state->context.host, error);
    }
    if (state->feed_again)
        read_feed(state);
    host_redraw(state->context.host);
}

static void read_feed(struct attendance *state)
{
    state->feed_again = state->feed_busy;
    if (state->feed_busy || db_state(state->context.db) != DB_STATE_READY)
        return;
    state->feed_busy = true;
    attendance_feed(state->context.db, FEED_ROWS, on_feed, state);
}

static void on_inside(void *owner, const struct feed_row *rows, int count,
                      const struct error *error)
{
    struct attendance *state = owner;
    state->inside_busy = false;
    if (error == NULL) {
        state->inside_read_at = loop_now();
        table_replace(state->inside, rows, count, false, false, same_visit);
        table_set_stale(state->inside, false);
        table_set_empty(state->inside, "Nobody is in.");
        if (state->inside_to_last) {
            state->list_chosen = count > 0;
            table_command(state->inside, COMMAND_LAST);
        }
        state->inside_to_last = state->inside_to_last && state->inside_again;
    } else if (error->code != ERROR_OFFLINE) {
        host_say_error(state->context.host, error);
    }
    if (state->inside_again)
        attendance_read_inside(state);
    host_redraw(state->context.host);
}

void attendance_read_inside(struct attendance *state)
{
    state->inside_again = state->inside_busy;
    if (state->inside_busy || db_state(state->context.db) != DB_STATE_READY)
        return;
    state->inside_busy = true;
    attendance_inside(state->context.db, INSIDE_ROWS, true, on_inside, state);
}

static void on_occupancy(void *owner, const struct occupancy *occupancy, const struct error *error)
{
    struct attendance *state = owner;
    state->occupancy_busy = false;
    if (error == NULL) {
        state->occupancy = *occupancy;
        state->has_occupancy = true;
    }
    if (state->occupancy_again)
        read_occupancy(state);
    host_redraw(state->context.host);
}

static void read_occupancy(struct attendance *state)
{
    state->occupancy_again = state->occupancy_busy;
    if (state->occupancy_busy || db_state(state->context.db) != DB_STATE_READY)
        return;
    state->occupancy_busy = true;
    attendance_occupancy(state->context.db, on_occupancy, state);
}

void attendance_read(struct attendance *state)
{
    read_feed(state);
    read_occupancy(state);
    if (state->list == LIST_INSIDE)
        attendance_read_inside(state);
}

/* --- the field and its candidates --- */

static bool same_candidate(const void *a, const void *b)
{
    return ((const struct candidate *)a)->customer_id == ((const struct candidate *)b)->customer_id;
}

static void on_found(void *owner, const struct candidate *rows, int count,
                     const struct error *error)
{
    struct attendance *state = owner;
    state->finding = false;
    if (error == NULL) {
        bool same_text = strcmp(state->found_for, state->finding_for) == 0;
        memcpy(state->found_for, state->finding_for, sizeof state->found_for);
        state->found_known = true;
        table_replace(state->found, rows, count, false, false, same_candidate);
        table_set_match(state->found, state->found_for);
        if (!same_text) {
            state->found_chosen = false;
            table_select(state->found, 0);
        }
    }
    if (state->find_at != 0)
        attendance_find_now(state);
    host_redraw(state->context.host);
}

bool attendance_worth_finding(const char *text)
{
    size_t letters = 0, digits = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9')
            digits++;
        else if (*at != ' ')
            letters++;
    }
    return letters >= LEAST_LETTERS || digits >= LEAST_DIGITS;
}

void attendance_find_now(struct attendance *state)
{
    if (state->finding || db_state(state->context.db) != DB_STATE_READY)
        return;
    state->find_at = 0;
    if (!attendance_worth_finding(state->field.text))
        return;
    state->finding = true;
    snprintf(state->finding_for, sizeof state->finding_for, "%s", state->field.text);
    attendance_candidates(state->context.db, state->finding_for, FOUND_ROWS, on_found, state);
}

bool attendance_is_finding(const struct attendance *state)
{
    return state->found_known && attendance_worth_finding(state->field.text);
}
