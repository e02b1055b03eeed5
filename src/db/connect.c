/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting without waiting. libpq's asynchronous connect knows no time limit and stays with the
 * first host of a list that does not answer, so each host gets an attempt and a deadline of its
 * own. An attempt passes over to the next host; after the last one the lane waits and starts
 * again. The socket may change after every poll, so it is asked for anew each time.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "lane.h"

#define OLDEST_SERVER 130000
#define KEYWORDS_MAX  80

/* Given where the connection string is silent. A dead line is noticed in 4 s even while we wait
 * for an answer; tcp_user_timeout alone notices only what was sent and not acknowledged. */
static const char *const defaults[][2] = {
    {"client_encoding", "UTF8"},  {"keepalives", "1"},       {"keepalives_idle", "2"},
    {"keepalives_interval", "1"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "5000"},
};

static const char *option(const PQconninfoOption *options, const char *keyword)
{
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && *options->val ? options->val : NULL;
    return NULL;
}

/* The `index`-th part of a list with commas, as a new string; NULL when it is empty. With a single
 * part for several hosts (a port) the part counts for all. */
static char *list_part(const char *list, int index)
{
    if (!list)
        return NULL;
    const char *start = list;
    for (; index > 0; index--) {
        const char *comma = strchr(start, ',');
        if (!comma)
            return start == list ? strdup(list) : NULL;
        start = comma + 1;
    }
    size_t length = strcspn(start, ",");
    return length ? strndup(start, length) : NULL;
}

static int list_length(const char *list)
{
    int count = list ? 1 : 0;
    for (; list && (list = strchr(list, ',')) != NULL; list++)
        count++;
    return count;
}

bool connect_parse(struct lane *lane, const char *conninfo, bool writes, struct error *error)
{
    char *why = NULL;
    lane->options = PQconninfoParse(conninfo, &why);
    if (!lane->options) {
        char words[200];
        text_clean(words, sizeof words, why ? why : "");
        PQfreemem(why);
        return error_set(error, ERROR_CONFIG, "Look at database.conninfo in gymtui.conf(5)",
                         "The connection string cannot be read: %s", words);
    }
    const char *host = option(lane->options, "host");
    const char *hostaddr = option(lane->options, "hostaddr");
    int hosts = list_length(hostaddr ? hostaddr : host);
    if (hosts == 0)
        hosts = 1;
    /* "A standby if there is one" cannot be asked of one host: first all for a standby, then any.
     */
    const char *attributes = option(lane->options, "target_session_attrs");
    int passes = attributes && strcmp(attributes, "prefer-standby") == 0 ? 2 : 1;
    /* Of several servers all but one are standbys, where nobody can be checked in. */
    bool takes_primary = writes && hosts > 1 && !attributes && !getenv("PGTARGETSESSIONATTRS");
    lane->targets = calloc((size_t)hosts, (size_t)passes * sizeof *lane->targets);
    if (!lane->targets)
        return error_set(error, ERROR_SYSTEM, NULL, "This machine has no memory left");
    for (int pass = 0; pass < passes; pass++) {
        for (int i = 0; i < hosts; i++) {
            struct target *target = &lane->targets[lane->target_count++];
            target->host = list_part(host, i);
            target->hostaddr = list_part(hostaddr, i);
            target->port = list_part(option(lane->options, "port"), i);
            if (passes == 2)
                target->attributes = pass == 0 ? "standby" : "any";
            else if (takes_primary)
                target->attributes = "read-write";
        }
    }
    return true;
}

void connect_free(struct lane *lane)
{
    for (int i = 0; i < lane->target_count; i++) {
        free(lane->targets[i].host);
        free(lane->targets[i].hostaddr);
        free(lane->targets[i].port);
    }
    free(lane->targets);
    PQconninfoFree(lane->options);
    PQfinish(lane->connection);
}

/* ---- One attempt ---- */

struct keywords {
    int count;
    const char *names[KEYWORDS_MAX + 1], *values[KEYWORDS_MAX + 1];
};

static void add_keyword(struct keywords *keywords, const char *name, const char *value)
{
    if (!value || keywords->count == KEYWORDS_MAX)
        return;
    keywords->names[keywords->count] = name;
    keywords->values[keywords->count++] = value;
}

static bool is_per_host(const char *keyword)
{
    return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 ||
           strcmp(keyword, "port") == 0;
}

static void gather_keywords(const struct db *db, const struct lane *lane, struct keywords *keywords)
{
    const struct target *target = &lane->targets[lane->target];
    add_keyword(keywords, "host", target->host);
    add_keyword(keywords, "hostaddr", target->hostaddr);
    add_keyword(keywords, "port", target->port);
    for (const PQconninfoOption *row = lane->options; row->keyword; row++) {
        const char *value = row->val && *row->val ? row->val : NULL;
        if (is_per_host(row->keyword))
            continue;
        if (strcmp(row->keyword, "user") == 0 && db->user)
            value = db->user;
        else if (strcmp(row->keyword, "password") == 0 && db->password)
            value = db->password;
        else if (strcmp(row->keyword, "application_name") == 0 && !value)
            value = db->application_name;
        else if (strcmp(row->keyword, "target_session_attrs") == 0 && target->attributes)
            value = target->attributes;
        add_keyword(keywords, row->keyword, value);
    }
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        if (!option(lane->options, defaults[i][0]))
            add_keyword(keywords, defaults[i][0], defaults[i][1]);
}

/* Notices would be written to standard error, across the screen. */
static void log_notice(void *owner, const PGresult *result)
{
    (void)owner;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    log_write(LOG_LEVEL_DEBUG, "db", "notice, SQLSTATE %s", state ? state : "-");
}

static void start_target(struct db *db, struct lane *lane)
{
    struct keywords keywords = {0};
    gather_keywords(db, lane, &keywords);
    lane->stage = LANE_CONNECTING;
    lane->connect_deadline = steady_now() + (int64_t)db->connect_timeout_ms * 1000;
    lane->polling = PGRES_POLLING_WRITING;
    lane->connection = PQconnectStartParams(keywords.names, keywords.values, 0);
    /* The values hold the password; libpq has its own copy. */
    explicit_bzero(&keywords, sizeof keywords);
    if (lane->connection) {
        PQsetNoticeReceiver(lane->connection, log_notice, NULL);
        /* The only way to the SQLSTATE of a refusal, which speaks every language. */
        PQsetErrorVerbosity(lane->connection, PQERRORS_VERBOSE);
    }
}

void connect_start(struct db *db, struct lane *lane)
{
    lane->target = 0;
    lane->refusals = 0;
    error_clear(&lane->refused);
    error_clear(&lane->failed);
    start_target(db, lane);
}

static void refuse(struct db *db, struct lane *lane)
{
    PQfinish(lane->connection);
    lane->connection = NULL;
    lane->stage = LANE_REFUSED;
    for (struct call *call; (call = call_list_take(&lane->held)) != NULL;) {
        call->error = lane->refused;
        call_list_add(&db->done, call);
    }
    if (lane->which != DB_DESK)
        return;
    for (struct call *call; (call = call_list_take(&db->unknown)) != NULL;)
        call_fail(call, ERROR_UNKNOWN,
                  "The connection died during a write, and the server refuses another one",
                  "Look the member up after signing in again: it may or may not have been done");
    db_set_state(db, DB_STATE_REFUSED, &lane->refused);
}

static void give_up(struct db *db, struct lane *lane)
{
    /* A session that was up goes on trying while any of several hosts may still come back. */
    if (lane->refusals == lane->target_count || (lane->refusals && !lane->was_up))
        refuse(db, lane);
    else
        lane_lose(db, lane, "no host could be reached");
}

static void connect_next(struct db *db, struct lane *lane)
{
    if (lane->target + 1 == lane->target_count) {
        give_up(db, lane);
        return;
    }
    PQfinish(lane->connection);
    lane->connection = NULL;
    lane->target++;
    start_target(db, lane);
}

static void note_refusal(struct lane *lane, const struct error *why)
{
    lane->refused = *why;
    lane->refusals++;
}

static void attempt_failed(struct db *db, struct lane *lane)
{
    struct error why = {0};
    if (!lane->connection)
        error_set(&why, ERROR_SYSTEM, NULL, "This machine has no memory left");
    else if (failure_of_connection(lane->connection, &why))
        note_refusal(lane, &why);
    lane->failed = why;
    connect_next(db, lane);
}

static void connected(struct db *db, struct lane *lane)
{
    PGconn *connection = lane->connection;
    int version = PQserverVersion(connection);
    if (version < OLDEST_SERVER) {
        struct error old = {0};
        error_set(&old, ERROR_DATABASE, "Connect to PostgreSQL 13 or newer",
                  "The server runs PostgreSQL %d, which is too old", version / 10000);
        note_refusal(lane, &old);
        connect_next(db, lane);
        return;
    }
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) {
        lane_lose(db, lane, "the connection cannot be used without waiting");
        return;
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    memset(lane->prepared, 0, sizeof lane->prepared);
    lane->stage = LANE_UP;
    log_write(LOG_LEVEL_INFO, "db", "%s lane up: PostgreSQL %d.%d, backend %d",
              lane->which == DB_DESK ? "desk" : "browse", version / 10000, version % 10000,
              PQbackendPID(connection));
    setup_connection(db, lane);
    for (struct call *call; (call = call_list_take(&lane->held)) != NULL;)
        lane_send(lane, call);
    if (lane->which == DB_DESK)
        db_set_state(db, DB_STATE_READY, NULL);
    lane->was_up = true;
    lane_flush(db, lane);
}

short connect_events(const struct lane *lane)
{
    return lane->polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
}

void connect_advance(struct db *db, struct lane *lane)
{
    if (!lane->connection || PQstatus(lane->connection) == CONNECTION_BAD) {
        attempt_failed(db, lane);
        return;
    }
    if (steady_now() > lane->connect_deadline) {
        log_write(LOG_LEVEL_WARNING, "db", "host %d of %d does not answer", lane->target + 1,
                  lane->target_count);
        error_set(&lane->failed, ERROR_OFFLINE,
                  "It is tried again by itself; look at the network and at database.conninfo",
                  "The database server does not answer");
        connect_next(db, lane);
        return;
    }
    /* Asked too early, libpq takes a connection that is still being made for made. */
    struct pollfd ready = {.fd = PQsocket(lane->connection), .events = connect_events(lane)};
    if (poll(&ready, 1, 0) == 0)
        return;
    lane->polling = PQconnectPoll(lane->connection);
    if (lane->polling == PGRES_POLLING_OK)
        connected(db, lane);
    else if (lane->polling == PGRES_POLLING_FAILED)
        attempt_failed(db, lane);
}
