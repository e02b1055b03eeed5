/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls: parameters, the way to a lane, and the end at their owner. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "lane.h"

/* ---- Parameters ---- */

static char *next_number(struct parameters *parameters)
{
    char *number = parameters->numbers[parameters->count];
    parameters->values[parameters->count++] = number;
    return number;
}

void parameters_text(struct parameters *parameters, const char *text)
{
    parameters->values[parameters->count++] = text && *text ? text : NULL;
}

void parameters_integer(struct parameters *parameters, int64_t value)
{
    snprintf(next_number(parameters), 32, "%" PRId64, value);
}

void parameters_id(struct parameters *parameters, int64_t id)
{
    if (id)
        parameters_integer(parameters, id);
    else
        parameters_text(parameters, NULL);
}

void parameters_bool(struct parameters *parameters, bool value)
{
    parameters_text(parameters, value ? "t" : "f");
}

void parameters_money(struct parameters *parameters, money amount)
{
    money_format_plain(next_number(parameters), 32, amount);
}

void parameters_date(struct parameters *parameters, int32_t day)
{
    if (day == DATE_NONE)
        parameters_text(parameters, NULL);
    else
        date_format_iso(next_number(parameters), 32, day);
}

void parameters_moment(struct parameters *parameters, int64_t local_seconds)
{
    if (local_seconds == MOMENT_NONE) {
        parameters_text(parameters, NULL);
        return;
    }
    int64_t day = local_seconds / 86400 - (local_seconds % 86400 < 0);
    int second = (int)(local_seconds - day * 86400);
    char iso[16];
    date_format_iso(iso, sizeof iso, (int32_t)day);
    snprintf(next_number(parameters), 32, "%s %02d:%02d:%02d", iso, second / 3600, second / 60 % 60,
             second % 60);
}

/* ---- Lists ---- */

void call_list_add(struct call_list *list, struct call *call)
{
    call->next = NULL;
    if (list->tail)
        list->tail->next = call;
    else
        list->head = call;
    list->tail = call;
}

struct call *call_list_take(struct call_list *list)
{
    struct call *call = list->head;
    if (!call)
        return NULL;
    list->head = call->next;
    if (!list->head)
        list->tail = NULL;
    call->next = NULL;
    return call;
}

/* ---- A call's life ---- */

const char *call_name(const struct call *call)
{
    if (!call->statement_count)
        return "call";
    return call->db->statements.rows[call->statements[0]].name;
}

/* Room for a text once text_clean has gone over it: a broken byte becomes three. */
static size_t clean_room(const char *text)
{
    return 3 * strlen(text) + 1;
}

/* The call as one allocation with its parameters in it, cleaned of what no text of a person should
 * hold: broken UTF-8 would fail the statement. */
static struct call *call_make(const struct parameters *parameters)
{
    size_t size = sizeof(struct call);
    for (int i = 0; parameters && i < parameters->count; i++)
        if (parameters->values[i])
            size += clean_room(parameters->values[i]);
    struct call *call = calloc(1, size);
    if (!call)
        return NULL;
    call->size = size;
    char *to = call->texts;
    for (int i = 0; parameters && i < parameters->count; i++) {
        if (parameters->values[i]) {
            call->values[i] = to;
            to += text_clean(to, clean_room(parameters->values[i]), parameters->values[i]) + 1;
        }
    }
    return call;
}

void call_free(struct call *call)
{
    if (!call)
        return;
    for (int i = 0; i < call->statement_count; i++)
        PQclear(call->results[i]);
    PQclear(call->failure);
    /* A verifier may have been among the parameters. */
    explicit_bzero(call, call->size);
    free(call);
}

void call_fail(struct call *call, enum error_code code, const char *message, const char *hint)
{
    error_set(&call->error, code, hint, "%s", message);
    call_list_add(&call->db->done, call);
}

void call_reply(struct call *call, const struct error *error)
{
    if (!call->is_internal)
        call->db->pending--;
    if (call->finally)
        call->finally(call->db, !error);
    if (call->deliver && !call->is_forgotten)
        call->deliver(call, error ? NULL : call->results, error);
    call_free(call);
}

/* Puts a new call where it belongs in the session's present state. */
static void call_start(struct call *call)
{
    struct db *db = call->db;
    struct lane *lane = &db->lanes[call->lane];
    switch (lane->stage) {
    case LANE_UP:
        lane_send(lane, call);
        if (lane->which == DB_DESK && clock_is_old(db))
            clock_refresh(db);
        return;
    case LANE_UNUSED:
        lane->stage = LANE_WAITING;
        lane->retry_at = 0;
        call_list_add(&lane->held, call);
        return;
    case LANE_REFUSED:
        call_list_add(&db->done, call);
        call->error = lane->refused;
        return;
    case LANE_WAITING:
    case LANE_CONNECTING:
        break;
    }
    /* Somebody at a desk must know at once that nothing goes; a list may wait for the moment it
     * takes to come back. */
    if (lane->which == DB_DESK && db->state == DB_STATE_OFFLINE)
        call_fail(call, ERROR_OFFLINE, "The database cannot be reached; nothing was sent",
                  "It comes back by itself; try again when the screen says live");
    else
        call_list_add(&lane->held, call);
}

static struct call *call_prepare(struct db *db, enum db_lane lane, const char *const *names,
                                 const struct parameters *parameters)
{
    struct call *call = call_make(parameters);
    if (!call)
        return NULL;
    call->db = db;
    call->lane = lane;
    call->note = parameters ? parameters->note : 0;
    call->finally = parameters ? parameters->finally : NULL;
    for (; *names && call->statement_count < CALL_STATEMENTS; names++) {
        int index = statements_find(&db->statements, *names);
        if (index < 0) {
            log_write(LOG_LEVEL_ERROR, "db", "no statement is called %s", *names);
            call_free(call);
            return NULL;
        }
        if (db->statements.rows[index].parameters > CALL_PARAMETERS) {
            log_write(LOG_LEVEL_ERROR, "db", "%s has too many parameters", *names);
            call_free(call);
            return NULL;
        }
        call->statements[call->statement_count++] = index;
    }
    return call;
}

/* There is no call to put into a list, so the answer comes at once. */
static void answer_without_memory(struct db *db, enum db_lane lane, call_deliver_fn *deliver,
                                  call_reply_fn *on_reply, void *owner)
{
    struct call stand_in = {.db = db, .on_reply = on_reply, .owner = owner, .lane = lane};
    struct error error;
    error_set(&error, ERROR_SYSTEM, "Close other programs and try again",
              "This machine has no memory left");
    deliver(&stand_in, NULL, &error);
}

void call_queue(struct db *db, enum db_lane lane, enum call_kind kind, const char *const *names,
                const struct parameters *parameters, call_deliver_fn *deliver,
                call_reply_fn *on_reply, void *owner)
{
    struct call *call = call_prepare(db, lane, names, parameters);
    if (!call) {
        answer_without_memory(db, lane, deliver, on_reply, owner);
        return;
    }
    call->kind = kind;
    call->deliver = deliver;
    call->on_reply = on_reply;
    call->owner = owner;
    db->pending++;
    call_start(call);
}

void call_one(struct db *db, enum db_lane lane, enum call_kind kind, const char *name,
              const struct parameters *parameters, call_deliver_fn *deliver,
              call_reply_fn *on_reply, void *owner)
{
    const char *const names[] = {name, NULL};
    call_queue(db, lane, kind, names, parameters, deliver, on_reply, owner);
}

void call_refuse(struct db *db, const struct error *error, call_deliver_fn *deliver,
                 call_reply_fn *on_reply, void *owner)
{
    static const char *const no_names[] = {NULL};
    struct call *call = call_prepare(db, DB_DESK, no_names, NULL);
    if (!call) {
        answer_without_memory(db, DB_DESK, deliver, on_reply, owner);
        return;
    }
    call->deliver = deliver;
    call->on_reply = on_reply;
    call->owner = owner;
    call->error = *error;
    db->pending++;
    call_list_add(&db->done, call);
}

bool call_internal(struct db *db, enum db_lane lane, const char *name,
                   const struct parameters *parameters, call_deliver_fn *deliver, void *owner,
                   bool only_prepare)
{
    const char *const names[] = {name, NULL};
    struct call *call = call_prepare(db, lane, names, parameters);
    if (!call || db->lanes[lane].stage != LANE_UP) {
        call_free(call);
        return false;
    }
    call->is_internal = true;
    call->only_prepare = only_prepare;
    call->deliver = deliver;
    call->owner = owner;
    lane_send(&db->lanes[lane], call);
    return true;
}
