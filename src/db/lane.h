/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside the data layer: what a session, its two lanes and a call look like.
 *
 * A call is one pipeline segment: the statements it runs (prepared on the way when the connection
 * has not seen them yet) and a Sync, so that an error in one call leaves the next alone. It moves
 *
 *     held ─ connection up ─▶ sent ─ answered ─▶ replied
 *       └── offline ──▶ done ◀── lost, a read ──┤
 *                         ▲                     └── lost, a write ──▶ unknown
 *                         └──── looked up by its request id after the reconnect ────┘
 *
 * and leaves through call_reply, where its owner's function is called, unless it was forgotten.
 */
#ifndef GYMTUI_DB_LANE_H
#define GYMTUI_DB_LANE_H

#include <libpq-fe.h>

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"
#include "statement.h"

#define CALL_PARAMETERS 28
#define CALL_STATEMENTS 7

/* Parameters under construction, on the caller's stack. Texts are pointers until call_queue copies
 * them. */
struct parameters {
    int count;
    unsigned note;                             /* handed to the call's deliver function */
    void (*finally)(struct db *db, bool done); /* called at the end, even when forgotten */
    const char *values[CALL_PARAMETERS];       /* NULL: SQL NULL */
    char numbers[CALL_PARAMETERS][32];         /* the text behind values that are not texts */
};
void parameters_text(struct parameters *parameters, const char *text); /* NULL or "": NULL */
void parameters_integer(struct parameters *parameters, int64_t value);
void parameters_id(struct parameters *parameters, int64_t id); /* 0: NULL */
void parameters_bool(struct parameters *parameters, bool value);
void parameters_money(struct parameters *parameters, money amount);
void parameters_date(struct parameters *parameters, int32_t day);
void parameters_moment(struct parameters *parameters, int64_t local_seconds);

struct call;

/* Decodes the results (one for each statement) and calls the owner's function; on error `results`
 * is NULL. Frees nothing. */
typedef void call_deliver_fn(const struct call *call, PGresult *const *results,
                             const struct error *error);
typedef void call_reply_fn(void); /* any reply function; cast back by the deliver function */

enum call_kind {
    CALL_READ,
    CALL_WRITE,       /* the first parameter is its request id */
    CALL_PLAIN_WRITE, /* has none: cut off, it may or may not have been done */
};

struct call {
    struct call *next;
    struct db *db;
    call_deliver_fn *deliver; /* NULL: nobody waits for it */
    call_reply_fn *on_reply;
    void *owner;
    enum db_lane lane;
    enum call_kind kind;
    unsigned note; /* the deliver function's own */
    void (*finally)(struct db *db, bool done);
    bool is_internal; /* the data layer's own: not counted as pending */
    bool is_forgotten;
    bool is_retried;
    bool is_recovered; /* a write that was found done after a reconnect */
    bool only_prepare;

    int statement_count;
    int statements[CALL_STATEMENTS];
    PGresult *results[CALL_STATEMENTS];
    PGresult *failure;    /* the first error of the segment */
    unsigned prepares;    /* bit i: a Parse for statement i goes ahead of it */
    int next_statement;   /* whose result comes next */
    bool next_is_prepare; /* … and whether it is the Parse's */
    int64_t sent_at;      /* microseconds, steady_now */
    struct error error;   /* in the list `done` */
    size_t size;          /* bytes of the allocation, for wiping */
    const char *values[CALL_PARAMETERS];
    char texts[]; /* what `values` points into */
};

struct call_list {
    struct call *head, *tail;
};
void call_list_add(struct call_list *list, struct call *call);
struct call *call_list_take(struct call_list *list); /* the first, or NULL */

enum lane_stage {
    LANE_UNUSED,     /* the browse lane until its first call */
    LANE_WAITING,    /* until `retry_at` */
    LANE_CONNECTING, /* to target `target` */
    LANE_UP,
    LANE_REFUSED,
};

/* One host of a connection string, or all of it when it names none. */
struct target {
    char *host, *hostaddr, *port; /* NULL: as libpq would choose */
    const char *attributes;       /* target_session_attrs to ask for; NULL: as written */
};

struct lane {
    enum db_lane which;
    enum lane_stage stage;
    PQconninfoOption *options; /* the parsed connection string */
    struct target *targets;
    int target_count, target;
    PGconn *connection;
    PostgresPollingStatusType polling;
    int64_t connect_deadline, retry_at;
    int backoff_ms;
    int timeout_ms; /* statement_timeout */
    bool was_up;
    bool wants_write;
    bool is_broken;       /* a call could not be written: to be lost at the next advance */
    int refusals;         /* hosts that said no for good in this round */
    struct error refused; /* why the last of them did */
    struct error failed;  /* why the last attempt failed */
    struct call_list held, sent;
    int64_t head_since;                     /* since when the server works on the first of `sent` */
    unsigned char prepared[STATEMENTS_MAX]; /* sent to this connection */
    unsigned char generation[STATEMENTS_MAX]; /* part of the prepared name; a new one replaces it */
};

#define LANES 2

struct db {
    struct statements statements;
    struct lane lanes[LANES];
    char *user, *password, *application_name;
    char *next_password; /* of our own login, while the server takes it */
    int connect_timeout_ms;
    enum db_state state;
    struct error last_error;
    struct call_list done;       /* failed without the server's answer, to be delivered */
    struct call_list delivering; /* … the ones being delivered just now */
    struct call_list unknown;    /* writes whose connection died */
    int pending;
    db_change_fn *on_change;
    void *change_owner;
    db_state_fn *on_state;
    void *state_owner;
    bool state_changed;
    bool everything_changed; /* tell "*" at the next delivery */
    char topics[8][32];
    int topic_count;
    int depth;       /* inside db_advance: a reply function may close the session */
    bool is_closing; /* … and did */

    int64_t gym_id;        /* from session_read; 0 before */
    int64_t picked_gym_id; /* by session_pick_gym; 0: the login's own */
    char time_zone[64], staff_username[64];
    /* The database's clock when it was last read, beside ours. */
    bool clock_known;
    int64_t clock_steady; /* steady_now then, microseconds */
    int64_t clock_utc;    /* microseconds since 1970 */
    int64_t clock_offset; /* seconds the gym's wall clock is ahead of UTC */
    double clock_skew;
    bool clock_asked;
};

/* call.c */
/* Copies everything and puts the call on its way. Names end with NULL and share the parameters. */
void call_queue(struct db *db, enum db_lane lane, enum call_kind kind, const char *const *names,
                const struct parameters *parameters, call_deliver_fn *deliver,
                call_reply_fn *on_reply, void *owner);
/* One statement. */
void call_one(struct db *db, enum db_lane lane, enum call_kind kind, const char *name,
              const struct parameters *parameters, call_deliver_fn *deliver,
              call_reply_fn *on_reply, void *owner);
/* Answers at the next delivery with an error, without asking the server. */
void call_refuse(struct db *db, const struct error *error, call_deliver_fn *deliver,
                 call_reply_fn *on_reply, void *owner);
/* The data layer's own statements. False when it could not be put on its way. */
bool call_internal(struct db *db, enum db_lane lane, const char *name,
                   const struct parameters *parameters, call_deliver_fn *deliver, void *owner,
                   bool only_prepare);
const char *call_name(const struct call *call);
/* Ends the call: its owner gets the rows or the error. */
void call_reply(struct call *call, const struct error *error);
void call_free(struct call *call);
/* Ends the call at the next delivery, with this error. */
void call_fail(struct call *call, enum error_code code, const char *message, const char *hint);

/* lane.c */
void lane_send(struct lane *lane, struct call *call);
void lane_advance(struct db *db, struct lane *lane);
/* The connection is gone, or to be given up: closes it, sorts out what was under way, and plans
 * the next attempt. */
void lane_lose(struct db *db, struct lane *lane, const char *why);
void lane_flush(struct db *db, struct lane *lane);

/* When the first call's answer counts as overdue, steady microseconds. */
int64_t lane_deadline(const struct lane *lane);

/* connect.c */
/* `writes`: a standby will not do, whether or not the connection string says so. */
bool connect_parse(struct lane *lane, const char *conninfo, bool writes, struct error *error);
void connect_free(struct lane *lane);
void connect_start(struct db *db, struct lane *lane); /* from the first target */
void connect_advance(struct db *db, struct lane *lane);
short connect_events(const struct lane *lane); /* POLLIN or POLLOUT */

/* setup.c */
/* What every new connection gets before the first call: limits, time zone, LISTEN, the statements
 * that must not wait; and the writes left unknown by the last one are looked up. */
void setup_connection(struct db *db, struct lane *lane);
/* The write that an internal call looks up, or NULL. */
struct call *lookup_write(const struct call *call);
/* Tells both lanes the gym of the session. */
void setup_gym(struct db *db);
/* Asks for the database's clock, unless that is under way. */
void clock_refresh(struct db *db);
bool clock_is_old(const struct db *db); /* worth asking again together with a call */
/* When the clock should be read again at the latest, steady microseconds. */
int64_t clock_refresh_due(const struct db *db);

/* session.c */
extern const char *const level_names[]; /* by enum level, as in SQL; NULL ends */

/* db.c */
/* Makes next_password the one for reconnects, or drops it. */
void db_take_password(struct db *db, bool done);
int64_t steady_now(void); /* microseconds; goes on while the machine sleeps */
void db_set_state(struct db *db, enum db_state state, const struct error *error);
void db_note_change(struct db *db, const char *payload);

#endif
