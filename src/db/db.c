/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session: opening, polling, delivering, waiting, forgetting. */
#include "gymtui/db/db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "lane.h"

int64_t steady_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* ---- Opening and closing ---- */

static char *copy_text(const char *text)
{
    return text && *text ? strdup(text) : NULL;
}

struct db *db_open(const struct db_settings *settings, struct error *error)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db) {
        error_set(error, ERROR_SYSTEM, NULL, "This machine has no memory left");
        return NULL;
    }
    struct lane *desk = &db->lanes[DB_DESK], *browse = &db->lanes[DB_BROWSE];
    desk->which = DB_DESK;
    browse->which = DB_BROWSE;
    desk->timeout_ms = settings->desk_timeout_ms > 0 ? settings->desk_timeout_ms : 2000;
    browse->timeout_ms = settings->browse_timeout_ms > 0 ? settings->browse_timeout_ms : 30000;
    db->connect_timeout_ms = settings->connect_timeout_ms > 0 ? settings->connect_timeout_ms : 5000;
    const char *conninfo = settings->conninfo ? settings->conninfo : "";
    const char *browse_conninfo = settings->browse_conninfo && *settings->browse_conninfo
                                      ? settings->browse_conninfo
                                      : conninfo;
    db->user = copy_text(settings->user);
    db->password = copy_text(settings->password);
    db->application_name = copy_text(settings->application_name);
    if (!statements_load(&db->statements)) {
        error_set(error, ERROR_SYSTEM, NULL, "This machine has no memory left");
        db_close(db);
        return NULL;
    }
    /* Lists of the same server show what has just been written. */
    if (!connect_parse(desk, conninfo, true, error) ||
        !connect_parse(browse, browse_conninfo, browse_conninfo == conninfo, error)) {
        db_close(db);
        return NULL;
    }
    db->state = DB_STATE_CONNECTING;
    connect_start(db, desk);
    return db;
}

static void free_list(struct call_list *list)
{
    for (struct call *call; (call = call_list_take(list)) != NULL;) {
        if (call->is_internal && call->deliver) {
            struct error error;
            error_set(&error, ERROR_OFFLINE, NULL, "The session was closed");
            call->deliver(call, NULL, &error); /* a look-up gives its write back */
        }
        call_free(call);
    }
}

static void wipe_and_free(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void db_take_password(struct db *db, bool done)
{
    char *dropped = done ? db->password : db->next_password;
    if (done)
        db->password = db->next_password;
    db->next_password = NULL;
    wipe_and_free(dropped);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    if (db->depth) { /* from inside a reply function: db_advance still needs it */
        db->is_closing = true;
        return;
    }
    for (int i = 0; i < LANES; i++) {
        free_list(&db->lanes[i].sent);
        free_list(&db->lanes[i].held);
        connect_free(&db->lanes[i]);
    }
    free_list(&db->done);
    free_list(&db->delivering);
    free_list(&db->unknown);
    statements_free(&db->statements);
    free(db->user);
    wipe_and_free(db->password);
    wipe_and_free(db->next_password);
    free(db->application_name);
    free(db);
}

/* A service file is read by libpq only on the way to a connection: one is begun, asked, and dropped
 * before it gets anywhere. */
static bool service_database(const char *conninfo, char *dst, size_t size)
{
    PGconn *connection = PQconnectStart(conninfo);
    const char *name = connection ? PQdb(connection) : NULL;
    bool fits = name && *name && snprintf(dst, size, "%s", name) < (int)size;
    PQfinish(connection);
    return fits;
}

bool db_conninfo_database(const char *conninfo, char *dst, size_t size, struct error *error)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo ? conninfo : "", &why);
    if (!options) {
        char words[200];
        text_clean(words, sizeof words, why ? why : "");
        PQfreemem(why);
        return error_set(error, ERROR_CONFIG, "Look at database.conninfo in gymtui.conf(5)",
                         "The connection string cannot be read: %s", words);
    }
    PQconninfoOption *defaults = PQconndefaults();
    const char *found[4] = {0}; /* written dbname, default dbname, written user, default user */
    bool has_service = false;
    for (int pass = 0; pass < 2; pass++)
        for (PQconninfoOption *row = pass ? defaults : options; row && row->keyword; row++) {
            if (!row->val || !*row->val)
                continue;
            if (strcmp(row->keyword, "dbname") == 0)
                found[pass] = row->val;
            else if (strcmp(row->keyword, "user") == 0)
                found[pass + 2] = row->val;
            else if (strcmp(row->keyword, "service") == 0)
                has_service = true;
        }
    const char *name = NULL;
    for (int i = 0; i < 4 && !name; i++)
        name = found[i];
    bool fits = has_service && !found[0] ? service_database(conninfo, dst, size)
                                         : name && snprintf(dst, size, "%s", name) < (int)size;
    PQconninfoFree(options);
    PQconninfoFree(defaults);
    return fits || error_set(error, ERROR_CONFIG, "Write dbname=… into database.conninfo",
                             "The connection string names no database");
}

/* ---- State ---- */

enum db_state db_state(const struct db *db)
{
    return db->state;
}

const struct error *db_last_error(const struct db *db)
{
    return &db->last_error;
}

void db_set_state(struct db *db, enum db_state state, const struct error *error)
{
    if (error)
        db->last_error = *error;
    else
        error_clear(&db->last_error);
    if (db->state != state)
        db->state_changed = true;
    db->state = state;
}

void db_on_change(struct db *db, db_change_fn *on_change, void *owner)
{
    db->on_change = on_change;
    db->change_owner = owner;
}

void db_on_state(struct db *db, db_state_fn *on_state, void *owner)
{
    db->on_state = on_state;
    db->state_owner = owner;
}

double db_clock_skew(const struct db *db)
{
    return db->clock_skew;
}

int db_pending(const struct db *db)
{
    return db->pending;
}

/* ---- Notices of change ---- */

void db_note_change(struct db *db, const char *payload)
{
    /* "gym_id:topic", 0 for every gym; anybody can forge one, so that it never means more than
     * "read again". */
    char *end;
    errno = 0;
    int64_t gym = strtoll(payload, &end, 10);
    if (errno || *end != ':' || (db->gym_id && gym && gym != db->gym_id))
        return;
    char topic[sizeof db->topics[0]];
    text_clean(topic, sizeof topic, end + 1);
    for (int i = 0; i < db->topic_count; i++)
        if (strcmp(db->topics[i], topic) == 0)
            return;
    if (db->topic_count == (int)(sizeof db->topics / sizeof db->topics[0]))
        db->everything_changed = true;
    else
        memcpy(db->topics[db->topic_count++], topic, sizeof topic);
}

static void tell_changes(struct db *db)
{
    char topics[sizeof db->topics / sizeof db->topics[0]][sizeof db->topics[0]];
    int count = db->topic_count;
    memcpy(topics, db->topics, sizeof topics);
    bool everything = db->everything_changed;
    db->topic_count = 0;
    db->everything_changed = false;
    if (!db->on_change)
        return;
    if (everything) {
        db->on_change(db->change_owner, "*");
        return;
    }
    for (int i = 0; i < count && !db->is_closing; i++)
        db->on_change(db->change_owner, topics[i]);
}

/* ---- The loop ---- */

static void lower_timeout(int *timeout_ms, int64_t due)
{
    int64_t left = (due - steady_now() + 999) / 1000;
    if (left < 0)
        left = 0;
    if (left > INT32_MAX)
        return;
    if (*timeout_ms < 0 || left < *timeout_ms)
        *timeout_ms = (int)left;
}

int db_poll_set(const struct db *db, struct pollfd *set, int room, int *timeout_ms)
{
    int count = 0;
    if (db->done.head || db->state_changed || db->everything_changed || db->topic_count)
        *timeout_ms = 0;
    for (int i = 0; i < LANES; i++) {
        const struct lane *lane = &db->lanes[i];
        short events = 0;
        switch (lane->stage) {
        case LANE_UNUSED:
        case LANE_REFUSED:
            continue;
        case LANE_WAITING:
            lower_timeout(timeout_ms, lane->retry_at);
            continue;
        case LANE_CONNECTING:
            lower_timeout(timeout_ms, lane->connect_deadline);
            events = connect_events(lane);
            break;
        case LANE_UP:
            events = (short)(POLLIN | (lane->wants_write ? POLLOUT : 0));
            if (lane->sent.head)
                lower_timeout(timeout_ms, lane_deadline(lane));
            if (lane->is_broken)
                *timeout_ms = 0;
            break;
        }
        int socket = lane->connection ? PQsocket(lane->connection) : -1;
        if (socket < 0)
            *timeout_ms = 0;
        else if (count < room)
            set[count++] = (struct pollfd){.fd = socket, .events = events};
    }
    if (db->lanes[DB_DESK].stage == LANE_UP && clock_refresh_due(db) != INT64_MAX)
        lower_timeout(timeout_ms, clock_refresh_due(db));
    return count;
}

/* One round. What reply functions cause is sent at once; what they cause to fail waits in `done`
 * for the next round, so that they are never called from inside each other. */
static void make_round(struct db *db)
{
    for (int i = 0; i < LANES && !db->is_closing; i++)
        lane_advance(db, &db->lanes[i]);
    db->delivering = db->done;
    db->done = (struct call_list){0};
    while (db->delivering.head && !db->is_closing) {
        struct call *call = call_list_take(&db->delivering);
        struct error error = call->error;
        call_reply(call, &error);
    }
    if (db->state_changed && !db->is_closing) {
        db->state_changed = false;
        if (db->on_state)
            db->on_state(db->state_owner, db->state);
    }
    if (!db->is_closing)
        tell_changes(db);
    if (!db->is_closing && steady_now() >= clock_refresh_due(db))
        clock_refresh(db);
    for (int i = 0; i < LANES && !db->is_closing; i++)
        lane_flush(db, &db->lanes[i]);
}

void db_advance(struct db *db)
{
    if (db->depth) /* from inside a reply function: the round that called it goes on anyway */
        return;
    db->depth++; /* a reply function that closes the session must not free it under our feet */
    make_round(db);
    db->depth--;
    if (db->is_closing)
        db_close(db);
}

static bool is_settled(const struct db *db)
{
    return db->state == DB_STATE_REFUSED || (db->state == DB_STATE_READY && !db->pending);
}

static bool say_why_unsettled(const struct db *db, struct error *error)
{
    if (db->unknown.head)
        return error_set(error, ERROR_UNKNOWN,
                         "Look the member up when the database is back, before trying again",
                         "The connection died during the write: it may or may not have been done");
    if (db->state == DB_STATE_READY)
        return error_set(error, ERROR_TOO_SLOW, "Try again", "The database took too long");
    if (db->last_error.code == ERROR_NONE)
        return error_set(error, ERROR_OFFLINE,
                         "Look at the network and at database.conninfo in gymtui.conf(5)",
                         "The database server does not answer");
    if (error)
        *error = db->last_error;
    return false;
}

bool db_wait(struct db *db, int timeout_ms, struct error *error)
{
    int64_t end = steady_now() + (int64_t)timeout_ms * 1000;
    if (db->depth)
        return error_set(error, ERROR_SYSTEM, NULL, "A reply function cannot wait for another");
    db->depth++;
    for (;;) {
        make_round(db);
        if (db->is_closing || (is_settled(db) && !db->done.head) || steady_now() >= end)
            break;
        struct pollfd set[2 * LANES];
        int wait_ms = -1;
        lower_timeout(&wait_ms, end);
        int count = db_poll_set(db, set, 2 * LANES, &wait_ms);
        poll(set, (nfds_t)count, wait_ms); /* interrupted: the next round looks again */
    }
    db->depth--;
    if (db->is_closing) {
        db_close(db);
        return error_set(error, ERROR_CANCELLED, NULL, "The session was closed");
    }
    if (db->state == DB_STATE_READY && !db->pending)
        return true;
    return say_why_unsettled(db, error);
}

/* ---- Owners ---- */

static void forget_in(struct call_list *list, const void *owner)
{
    for (struct call *call = list->head; call; call = call->next) {
        if (call->owner == owner && !call->is_internal)
            call->is_forgotten = true;
    }
}

void db_forget(struct db *db, const void *owner)
{
    if (!db)
        return;
    for (int i = 0; i < LANES; i++) {
        forget_in(&db->lanes[i].sent, owner);
        forget_in(&db->lanes[i].held, owner);
        /* Writes that are being looked up hang on the look-ups. */
        for (struct call *call = db->lanes[i].sent.head; call; call = call->next) {
            struct call *write = lookup_write(call);
            if (write && write->owner == owner)
                write->is_forgotten = true;
        }
    }
    forget_in(&db->done, owner);
    forget_in(&db->delivering, owner);
    forget_in(&db->unknown, owner);
    if (db->change_owner == owner)
        db->on_change = NULL;
    if (db->state_owner == owner)
        db->on_state = NULL;
}

/* ---- Request ids ---- */

struct request_id request_id_new(void)
{
    unsigned char bytes[16];
    size_t filled = 0;
    while (filled < sizeof bytes) {
        ssize_t got = getrandom(bytes + filled, sizeof bytes - filled, 0);
        if (got > 0)
            filled += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    if (filled < sizeof bytes) { /* a kernel without getrandom: still never the same twice */
        int64_t now[2] = {steady_now(), (int64_t)time(NULL) << 20 ^ getpid()};
        memcpy(bytes, now, sizeof bytes);
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    struct request_id id;
    char *to = id.text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        to += snprintf(to, 3, "%02x", bytes[i]);
    }
    return id;
}
