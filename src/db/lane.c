/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lane at work: calls go out as pipeline segments, answers come back in the same order. The loop
 * that libpq asks for: read whatever is there before anything else is written, or both sides may
 * wait for each other; flush until nothing is left.
 */
#include "lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "failure.h"
#include "gymtui/base/log.h"

#define MICROSECONDS_PER_MS 1000
/* Our own patience beyond the server's statement_timeout, before the line counts as dead. */
#define GRACE_MS         1000
#define BACKOFF_FIRST_MS 100
/* A standby that was promoted is found within a second of it, jitter included; what a hundred desks
 * ask meanwhile is little. */
#define BACKOFF_LAST_MS     500
#define STATEMENT_NAME_SIZE 64

static void statement_name(const struct lane *lane, const struct db *db, int index, char *dst)
{
    snprintf(dst, STATEMENT_NAME_SIZE, "%.50s_%d", db->statements.rows[index].name,
             lane->generation[index]);
}

static bool send_statement(struct lane *lane, struct call *call, int position)
{
    struct db *db = call->db;
    int index = call->statements[position];
    const struct statement *statement = &db->statements.rows[index];
    /* Several statements share the parameters; each gets as many as it names. */
    char name[STATEMENT_NAME_SIZE];
    statement_name(lane, db, index, name);
    if (!lane->prepared[index]) {
        call->prepares |= 1U << position;
        if (!PQsendPrepare(lane->connection, name, statement->text, 0, NULL))
            return false;
        lane->prepared[index] = 1;
    }
    return call->only_prepare || PQsendQueryPrepared(lane->connection, name, statement->parameters,
                                                     call->values, NULL, NULL, 0) != 0;
}

/* Writes the segment into libpq's buffer. */
static bool send_segment(struct lane *lane, struct call *call)
{
    call->prepares = 0;
    for (int i = 0; i < call->statement_count; i++)
        if (!send_statement(lane, call, i))
            return false;
    return PQpipelineSync(lane->connection) != 0;
}

/* What the next result from the connection is about. */
static void expect_statement(struct call *call, int index)
{
    call->next_statement = index;
    call->next_is_prepare = index < call->statement_count && (call->prepares >> index & 1);
}

void lane_send(struct lane *lane, struct call *call)
{
    call->sent_at = steady_now();
    if (!lane->sent.head)
        lane->head_since = call->sent_at;
    call_list_add(&lane->sent, call);
    bool sent = send_segment(lane, call);
    expect_statement(call, 0);
    if (!sent) {
        /* The connection broke, or memory is short: either way it cannot be gone on with. The call
         * is on the list; lane_lose sorts it out at the next advance, not here in the caller. */
        log_write(LOG_LEVEL_WARNING, "db", "%s could not be sent", call_name(call));
        lane->is_broken = true;
    }
    lane->wants_write = true;
}

void lane_flush(struct db *db, struct lane *lane)
{
    if (lane->stage != LANE_UP || !lane->wants_write)
        return;
    int left = PQflush(lane->connection);
    if (left < 0)
        lane_lose(db, lane, "the connection broke while sending");
    else
        lane->wants_write = left > 0;
}

static void forget_prepared(struct lane *lane, const struct call *call)
{
    for (int i = 0; i < call->statement_count; i++) {
        lane->prepared[call->statements[i]] = 0;
        lane->generation[call->statements[i]]++;
    }
}

/* Takes one result of the segment at the head; the caller has checked that there is one. */
static void take_result(struct lane *lane, struct call *call, PGresult *result)
{
    int index = call->next_statement;
    bool is_prepare = call->next_is_prepare;
    ExecStatusType status = PQresultStatus(result);
    bool failed = status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
    if (is_prepare) {
        if (failed && index < call->statement_count)
            lane->prepared[call->statements[index]] = 0;
        if (call->only_prepare)
            expect_statement(call, index + 1);
        else
            call->next_is_prepare = false;
    } else {
        if (!failed && index < call->statement_count) {
            call->results[index] = result;
            result = NULL;
        }
        expect_statement(call, index + 1);
    }
    if (failed && status != PGRES_PIPELINE_ABORTED && !call->failure) {
        call->failure = result;
        result = NULL;
    }
    PQclear(result);
}

static void clear_results(struct call *call)
{
    for (int i = 0; i < call->statement_count; i++) {
        PQclear(call->results[i]);
        call->results[i] = NULL;
    }
    PQclear(call->failure);
    call->failure = NULL;
}

static void send_again(struct lane *lane, struct call *call)
{
    clear_results(call);
    call->is_retried = true;
    lane_send(lane, call);
}

/* The Sync has come: the segment is whole. False when the lane was lost over it. */
static bool finish_call(struct db *db, struct lane *lane, struct call *call)
{
    int64_t now = steady_now();
    lane->head_since = now;
    double milliseconds = (double)(now - call->sent_at) / MICROSECONDS_PER_MS;
    if (!call->failure) {
        log_write(LOG_LEVEL_DEBUG, "db", "%s %.1f ms", call_name(call), milliseconds);
        lane->backoff_ms = BACKOFF_FIRST_MS;
        call_reply(call, NULL);
        return true;
    }
    struct error error = {0};
    switch (failure_of_result(call->failure, call_name(call), &error)) {
    case FAILURE_FINAL:
        break;
    case FAILURE_RETRY:
        if (call->is_retried)
            break;
        send_again(lane, call);
        return true;
    case FAILURE_STALE:
        forget_prepared(lane, call);
        if (call->is_retried)
            break;
        send_again(lane, call);
        return true;
    case FAILURE_LOST:
        clear_results(call);
        call->next = lane->sent.head;
        lane->sent.head = call;
        if (!lane->sent.tail)
            lane->sent.tail = call;
        lane_lose(db, lane, "the server ended the connection");
        return false;
    case FAILURE_READ_ONLY:
        error_set(&error, ERROR_NOT_DONE, "Try again in a moment",
                  "The server has become a standby; nothing was written");
        call_reply(call, &error);
        if (lane->which == DB_DESK)
            lane_lose(db, lane, "the server is a standby");
        return lane->stage == LANE_UP;
    }
    call_reply(call, &error);
    return true;
}

/* Reads what has come. False when the lane was lost. */
static bool receive(struct db *db, struct lane *lane)
{
    if (!PQconsumeInput(lane->connection)) {
        lane_lose(db, lane, "the connection broke");
        return false;
    }
    int nothings = 0; /* libpq answers NULL between commands; more than two mean it has no more */
    while (lane->sent.head && nothings < 3 && !PQisBusy(lane->connection)) {
        PGresult *result = PQgetResult(lane->connection);
        if (!result) {
            nothings++;
            continue;
        }
        nothings = 0;
        if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
            take_result(lane, lane->sent.head, result);
        } else {
            PQclear(result);
            if (!finish_call(db, lane, call_list_take(&lane->sent)) || lane->stage != LANE_UP)
                return false;
        }
        if (db->is_closing)
            return false;
    }
    for (PGnotify *notice; (notice = PQnotifies(lane->connection)) != NULL; PQfreemem(notice))
        db_note_change(db, notice->extra);
    if (PQstatus(lane->connection) == CONNECTION_BAD) {
        lane_lose(db, lane, "the connection broke");
        return false;
    }
    return true;
}

int64_t lane_deadline(const struct lane *lane)
{
    return lane->head_since + (int64_t)(lane->timeout_ms + GRACE_MS) * MICROSECONDS_PER_MS;
}

void lane_advance(struct db *db, struct lane *lane)
{
    switch (lane->stage) {
    case LANE_UNUSED:
    case LANE_REFUSED:
        return;
    case LANE_WAITING:
        if (steady_now() >= lane->retry_at)
            connect_start(db, lane);
        return;
    case LANE_CONNECTING:
        connect_advance(db, lane);
        return;
    case LANE_UP:
        if (lane->is_broken) {
            lane_lose(db, lane, "the connection broke while sending");
            return;
        }
        if (!receive(db, lane))
            return;
        if (lane->sent.head && steady_now() > lane_deadline(lane)) {
            lane_lose(db, lane, "no answer within the time");
            return;
        }
        lane_flush(db, lane);
        return;
    }
}

/* A call that was under way when its connection went. */
static void sort_out(struct db *db, struct call *call)
{
    if (call->is_internal && call->deliver) {
        /* The look-up of an unknown write must learn that it has to be done again. */
        struct error error;
        error_set(&error, ERROR_OFFLINE, NULL, "The connection to the database broke");
        call_reply(call, &error);
        return;
    }
    if (call->is_internal) {
        call_free(call);
        return;
    }
    clear_results(call);
    if (call->kind == CALL_WRITE) {
        call_list_add(&db->unknown, call);
        return;
    }
    if (call->kind == CALL_PLAIN_WRITE) {
        call_fail(call, ERROR_UNKNOWN, "The connection broke during a write",
                  "Read the list again: it may or may not have been done");
        return;
    }
    call_fail(call, ERROR_OFFLINE, "The connection to the database broke",
              "It comes back by itself; what is on the screen may be old until then");
}

/* A quarter more or less, so that a hundred desks do not come back in the same instant. */
static int64_t with_jitter(int64_t microseconds)
{
    uint32_t bits = 0;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits)
        bits = (uint32_t)steady_now();
    return microseconds * 3 / 4 + (int64_t)(bits % (uint64_t)(microseconds / 2 + 1));
}

void lane_lose(struct db *db, struct lane *lane, const char *why)
{
    log_write(LOG_LEVEL_WARNING, "db", "%s lane lost: %s",
              lane->which == DB_DESK ? "desk" : "browse", why);
    PQfinish(lane->connection);
    lane->connection = NULL;
    lane->wants_write = false;
    lane->is_broken = false;
    bool was_idle = lane->which == DB_BROWSE && !lane->sent.head && !lane->held.head;
    struct call_list lost = lane->sent;
    lane->sent = (struct call_list){0};
    /* An idle browse lane connects again when somebody asks for something. */
    lane->stage = was_idle ? LANE_UNUSED : LANE_WAITING;
    if (!lane->backoff_ms)
        lane->backoff_ms = BACKOFF_FIRST_MS;
    lane->retry_at = steady_now() + with_jitter((int64_t)lane->backoff_ms * MICROSECONDS_PER_MS);
    lane->backoff_ms *= 2;
    if (lane->backoff_ms > BACKOFF_LAST_MS)
        lane->backoff_ms = BACKOFF_LAST_MS;

    if (lane->which == DB_DESK) {
        struct error error = lane->failed;
        if (error.code == ERROR_NONE)
            error_set(&error, ERROR_OFFLINE, "It comes back by itself",
                      "The connection to the database broke");
        db_set_state(db, DB_STATE_OFFLINE, &error);
    }
    for (struct call *call; (call = call_list_take(&lost)) != NULL;)
        sort_out(db, call);
    for (struct call *call; (call = call_list_take(&lane->held)) != NULL;)
        call_fail(call, ERROR_OFFLINE, "The database cannot be reached; nothing was sent",
                  "It comes back by itself; try again when the screen says live");
}
