/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The attendance screen's parts know each other through this header:
 *   attendance.c        the screen: keys and the field
 *   attendance_lists.c  what it reads
 *   attendance_jobs.c   what is to be done, in order, one at a time, and its answers
 *   attendance_alert.c  the exceptions that wait for a decision, and the keys that settle them
 *   attendance_guest.c  guests and walk-ins
 *   attendance_draw.c   everything the eye meets; attendance_panel.c the exception,
 *                       attendance_tables.c the lists
 */
#ifndef GYMTUI_ATTENDANCE_PRIVATE_H
#define GYMTUI_ATTENDANCE_PRIVATE_H

#include "choices.h"
#include "gymtui/db/attendance.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/scan_input.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/table.h"

enum attendance_command {
    ATTENDANCE_SUBMIT = COMMAND_SCREEN,
    ATTENDANCE_NEW,
    ATTENDANCE_INSIDE,
    ATTENDANCE_OUT_MODE,
    ATTENDANCE_AUTO,
    ATTENDANCE_GUEST,
    ATTENDANCE_TILL,
    /* Keys of the alert panel: in the table for help, man page and rebinding. */
    ATTENDANCE_RENEW,
    ATTENDANCE_DAY_PASS,
    ATTENDANCE_OVERRIDE,
    ATTENDANCE_UNFREEZE,
    ATTENDANCE_CHECK_OUT,
    ATTENDANCE_AGAIN,
    ATTENDANCE_LOOK,
    ATTENDANCE_BACKFILL,
    ATTENDANCE_ENROL,
};

enum job_kind {
    JOB_CODE,     /* check in by tag or number */
    JOB_CODE_OUT, /* check out by tag or number */
    JOB_NAME,     /* look letters up, then check the first match in (or out) */
    JOB_IN,       /* check in a member */
    JOB_OUT,
    JOB_RENEW, /* renew or sell a day pass, take the payment, check in */
    JOB_PAY,   /* take what is owed, then check in */
    JOB_UNFREEZE,
    JOB_UNDO, /* whatever was done last when its turn comes */
    JOB_BACKFILL,
    JOB_GUEST,   /* a guest of the member `customer_id` */
    JOB_WALK_IN, /* a day pass for somebody new, then the check-in */
};

struct job {
    enum job_kind kind;
    struct request_id id;
    char code[SCAN_CODE_SIZE]; /* tag, number or letters */
    char who[200];             /* for words: a name, or the code */
    char reason[120];          /* override or backfill */
    char host_name[200];       /* JOB_GUEST; the phone number is in `code` */
    int64_t customer_id, package_id;
    money amount;
    int payment_method;
    bool out;           /* JOB_NAME: check out */
    bool by_hand;       /* chosen again on purpose: no repeat window */
    bool halved;        /* a doubled code, tried as one half */
    int64_t from, till; /* JOB_BACKFILL, local seconds */
};

/* Scans that wait while one is under way: SSH may deliver several at once. */
#define QUEUE_SIZE 64
#define UNDO_DEPTH 32
#define ALERT_MOST 12

struct done {
    int64_t attendance_id;
    char name[200];
    bool was_out;
};

enum alert_kind {
    ALERT_DENIED,
    ALERT_ALREADY_IN,
    ALERT_REPEAT,
    ALERT_UNKNOWN,
    ALERT_NOT_IN,
    ALERT_FAILED, /* offline, not done, refused: what was asked for did not happen */
};

enum alert_stage {
    STAGE_CHOOSE,
    STAGE_PAYMENT, /* how it is paid: one key */
    STAGE_REASON,  /* why it is overridden: one digit, or words */
    STAGE_LEFT,    /* a payment was called off by typing: letters wait for Esc */
};

struct alert {
    enum alert_kind kind;
    enum alert_stage stage;
    bool under_way; /* an answer was given and is being carried out */
    struct verdict verdict;
    struct job job; /* what led to it */
    struct error error;
    int64_t package_id; /* STAGE_PAYMENT: what is sold; 0: only what is owed */
    money amount;
    char buying[64];
    int32_t today; /* when the form for a visit added afterwards was opened */
};

struct offer {
    int command;
    uint32_t key;
    char text[96];
};
#define OFFER_MOST 8

enum shown_list { LIST_FEED, LIST_INSIDE };

struct attendance {
    struct screen_context context;
    struct field field, reason;
    struct scan_input scan;
    struct scan_repeat repeat;

    struct job queue[QUEUE_SIZE];
    int queue_first, queue_count;
    struct job now; /* under way while `busy` */
    int64_t started_at;
    struct done done[UNDO_DEPTH];
    struct alert alerts[ALERT_MOST]; /* the last one is on top */
    int done_count, alert_count;
    struct verdict verdict; /* the last good outcome */
    char verdict_note[160];

    struct table *feed, *inside, *found;
    int64_t feed_read_at, inside_read_at;
    int64_t read_in_hour; /* of the gym's time */
    int64_t find_at;      /* 0: nothing to look up */
    struct occupancy occupancy;
    enum shown_list list;
    char found_for[FIELD_SIZE]; /* the letters that `found` answers */
    char finding_for[FIELD_SIZE];

    /* Whose guest the next one would be: who came in last. */
    int64_t host_id;
    char host_name[200];
    struct { /* the guest that is being asked about */
        int64_t host_id;
        char host_name[200];
        int64_t package_id; /* the day pass */
        money price;
        bool asked, is_free;
        struct choices with;
    } guest;

    bool out_mode, auto_mode, offline;
    bool busy;             /* `now` is under way */
    bool slow;             /* … for long enough to say so */
    bool unknown;          /* … and the connection was lost meanwhile */
    bool has_verdict;      /* `verdict` holds one */
    bool verdict_is_newer; /* than the alert on top */
    bool feed_busy, feed_again, inside_busy, inside_again, occupancy_busy, occupancy_again;
    bool has_occupancy, read_later;
    bool announce;       /* there is a new outcome, and no key since: where a screen reader looks */
    bool list_chosen;    /* the person moved in the feed or the list of who is in */
    bool inside_to_last; /* … to the end of a list that is still being read */
    bool finding, found_known, found_chosen;
};

/* --- attendance_lists.c --- */
void attendance_read(struct attendance *state); /* feed, occupancy, who is in */
void attendance_read_inside(struct attendance *state);
void attendance_find_now(struct attendance *state); /* candidates for what stands in the field */
bool attendance_worth_finding(const char *text);    /* letters or digits enough to look up */
bool attendance_is_finding(const struct attendance *state); /* candidates are shown */

/* --- attendance.c --- */
void attendance_clear_field(struct attendance *state);
void attendance_schedule(struct attendance *state);
/* Puts text into the field as if typed, and looks it up. */
void attendance_type(struct attendance *state, const char *text);

/* --- attendance_jobs.c --- */
struct job attendance_job(enum job_kind kind, const char *who);
void attendance_submit(struct attendance *state, const struct job *job);
void attendance_went_offline(struct attendance *state);
/* For screen_member: the member just enrolled comes in. */
void attendance_enrolled(void *state, const struct member_enrolled *enrolled);
const char *attendance_job_words(const struct job *job); /* "checking in", "undoing" */

/* --- attendance_alert.c --- */
struct alert *attendance_alert(struct attendance *state); /* the one on top, or NULL */
void attendance_alert_push(struct attendance *state, const struct alert *alert);
void attendance_alert_pop(struct attendance *state);
void attendance_alert_settle(struct attendance *state, int64_t customer_id);
/* What was tried for this member came to nothing: its alert can be answered again. */
void attendance_alert_reopen(struct attendance *state, int64_t customer_id);
int attendance_alert_offers(const struct attendance *state, const struct alert *alert,
                            struct offer *offers);
/* A printable key while the field is empty and an alert is on top; false: it is typing. */
bool attendance_alert_key(struct attendance *state, uint32_t key);
/* Enter, and Esc; true when used. */
bool attendance_alert_enter(struct attendance *state);
bool attendance_alert_escape(struct attendance *state);
extern const char *const attendance_reasons[]; /* quick ones, key 1 first; ends with NULL */
struct payment_key {
    char key;
    int method;
    const char *name;
};
extern const struct payment_key attendance_payment_keys[]; /* ends with key 0 */

/* --- attendance_guest.c --- */
void attendance_guest_host_is(struct attendance *state, int64_t customer_id, const char *name);
void attendance_guest_ask(struct attendance *state);

/* --- attendance_draw.c --- */
void attendance_draw(void *state, struct area area);
struct banner {
    enum sign sign;
    enum role role;
    const char *word;
};
/* One line from column x: sign and word lit, then the name, and `right` at the end if there is
 * room. */
int attendance_draw_banner(struct area line, int x, struct banner banner, const char *name,
                           const char *right);
/* "#10482 · 20417733" */
void attendance_identity(const struct verdict *verdict, char *text, size_t size);
/* Adds a part to a line of facts, with a dot between. */
void attendance_add_part(char *text, size_t size, const char *part);
/* Reasons from `first` on, as "! owes 39.00 · ★ birthday"; the role they deserve. */
enum role attendance_reasons_text(const struct verdict *verdict, int first, char *text,
                                  size_t size);

/* --- attendance_panel.c --- */
void attendance_draw_alert(const struct attendance *state, const struct alert *alert,
                           struct area area, bool framed);
/* How high it wants to be. */
int attendance_alert_rows(const struct attendance *state, const struct alert *alert, int columns,
                          bool framed);

/* --- attendance_tables.c --- */
struct table *attendance_table_feed(struct attendance *state, const char *empty);
struct table *attendance_table_inside(struct attendance *state);
struct table *attendance_table_found(struct attendance *state);

#endif
