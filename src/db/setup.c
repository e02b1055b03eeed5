/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a new connection is told before its first call, unknown writes, and the database's clock. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gymtui/base/log.h"
#include "lane.h"

#define MICROSECONDS    INT64_C(1000000)
#define CLOCK_PIGGYBACK (60 * MICROSECONDS)
/* Time zones change their offset on quarters of an hour. */
#define CLOCK_QUARTER (900 * MICROSECONDS)
/* A reading that took longer says too little about the time. */
#define CLOCK_WORST_ROUND_TRIP (1 * MICROSECONDS)

/* ---- Writes whose connection died (DESK.md rule 14) ---- */

static void look_up(struct db *db, struct call *write);

static void outcome_known(const struct call *look_up_call, PGresult *const *results,
                          const struct error *error)
{
    struct db *db = look_up_call->db;
    struct call *write = look_up_call->owner;
    struct lane *desk = &db->lanes[DB_DESK];
    if (error && error->code == ERROR_OFFLINE) {
        call_list_add(&db->unknown, write); /* until the next connection */
        return;
    }
    if (error && error->code == ERROR_TOO_SLOW && desk->stage == LANE_UP) {
        /* The old backend still holds the request: its end decides. */
        look_up(db, write);
        return;
    }
    if (error) {
        call_fail(write, ERROR_UNKNOWN, "The connection died during a write",
                  "Look the member up before trying again: it may or may not have been done");
        return;
    }
    bool is_done = PQntuples(results[0]) == 1 && *PQgetvalue(results[0], 0, 0) == 't';
    log_write(LOG_LEVEL_WARNING, "db", "%s, cut off: %s", call_name(write),
              is_done ? "it was done" : "it was not done");
    if (!is_done) {
        call_fail(write, ERROR_NOT_DONE, "The connection broke before anything was written",
                  "Scan again");
        return;
    }
    /* The same request again is answered with its first result. */
    write->is_recovered = true;
    write->is_retried = false;
    lane_send(desk, write);
}

struct call *lookup_write(const struct call *call)
{
    return call->is_internal && call->deliver == outcome_known ? call->owner : NULL;
}

static void look_up(struct db *db, struct call *write)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, write->values[0]);
    if (!call_internal(db, DB_DESK, "connection_request_outcome", &parameters, outcome_known, write,
                       false))
        call_list_add(&db->unknown, write);
}

static void look_up_unknown(struct db *db)
{
    struct call_list unknown = db->unknown;
    db->unknown = (struct call_list){0};
    for (struct call *write; (write = call_list_take(&unknown)) != NULL;)
        look_up(db, write);
}

/* ---- Settings and LISTEN ---- */

static void listening_again(const struct call *call, PGresult *const *results,
                            const struct error *error)
{
    (void)results;
    if (!error)
        call->db->everything_changed = true;
}

void setup_connection(struct db *db, struct lane *lane)
{
    bool is_desk = lane->which == DB_DESK;
    struct parameters parameters = {0};
    parameters_integer(&parameters, lane->timeout_ms);
    parameters_text(&parameters, db->time_zone);
    parameters_id(&parameters, db->picked_gym_id);
    call_internal(db, lane->which, "connection_settings", &parameters, NULL, NULL, false);
    if (PQserverVersion(lane->connection) >= 140000)
        call_internal(db, lane->which, "connection_check_interval", NULL, NULL, NULL, false);
    if (!is_desk)
        return;
    call_internal(db, DB_DESK, "connection_listen", NULL, lane->was_up ? listening_again : NULL,
                  NULL, false);
    db->clock_asked = false;
    clock_refresh(db);
    look_up_unknown(db);
    call_internal(db, DB_DESK, "attendance_check_in", NULL, NULL, NULL, true);
}

void setup_gym(struct db *db)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, db->time_zone);
    parameters_id(&parameters, db->picked_gym_id);
    for (int i = 0; i < LANES; i++)
        if (db->lanes[i].stage == LANE_UP)
            call_internal(db, (enum db_lane)i, "connection_gym", &parameters, NULL, NULL, false);
    /* The offset from UTC has changed with it. */
    db->clock_asked = false;
    clock_refresh(db);
}

/* ---- The clock ---- */

static int64_t host_utc(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * MICROSECONDS + now.tv_nsec / 1000;
}

static void clock_read(const struct call *call, PGresult *const *results, const struct error *error)
{
    struct db *db = call->db;
    db->clock_asked = false;
    if (error || PQntuples(results[0]) != 1)
        return;
    int64_t now = steady_now(), round_trip = now - call->sent_at;
    /* Right however long the answer took: the first reading was before the gym's zone was set. */
    db->clock_offset = strtoll(PQgetvalue(results[0], 0, 1), NULL, 10);
    if (db->clock_known && round_trip > CLOCK_WORST_ROUND_TRIP)
        return;
    /* The reading was made somewhere between the asking and the answer. */
    int64_t half_way = round_trip / 2;
    db->clock_steady = now - half_way;
    db->clock_utc = strtoll(PQgetvalue(results[0], 0, 0), NULL, 10);
    int64_t ahead = host_utc() - half_way - db->clock_utc;
    db->clock_skew = (double)ahead / (double)MICROSECONDS;
    db->clock_known = true;
}

void clock_refresh(struct db *db)
{
    if (db->clock_asked || db->lanes[DB_DESK].stage != LANE_UP)
        return;
    db->clock_asked = call_internal(db, DB_DESK, "connection_clock", NULL, clock_read, NULL, false);
}

bool clock_is_old(const struct db *db)
{
    return steady_now() - db->clock_steady > CLOCK_PIGGYBACK;
}

int64_t clock_refresh_due(const struct db *db)
{
    if (!db->clock_known || db->clock_asked)
        return INT64_MAX;
    /* A second into the next quarter of an hour, when a change of offset has just happened. */
    return db->clock_steady + CLOCK_QUARTER - db->clock_utc % CLOCK_QUARTER + MICROSECONDS;
}
