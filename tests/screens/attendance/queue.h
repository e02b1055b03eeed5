/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The attendance screen without a database: its calls are recorded and answered by hand, and the
 * people of its stories. Linked into test_attendance and test_attendance_… alone, since it stands
 * in for calls that other tests leave to the fakes.
 */
#ifndef GYMTUI_TESTS_SCREENS_ATTENDANCE_QUEUE_H
#define GYMTUI_TESTS_SCREENS_ATTENDANCE_QUEUE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/members.h"
#include "support.h"

#define QUEUE_TODAY (int32_t)(fake_db.local_now / 86400)

struct sent {
    char what[16]; /* "in", "out", "renew", "pay", "unfreeze", "undo", "backfill" */
    char code[128], reason[128];
    struct request_id id;
    int64_t customer_id, package_id, attendance_id, from, till;
    int method, repeat_seconds;
    money amount;
};

/* What was sent, and whom to answer. */
struct queue {
    struct sent sent[64];
    int count;
    verdict_fn *on_verdict;
    member_change_fn *on_change;
    candidates_fn *on_candidates;
    guest_terms_fn *on_terms;
    member_saved_fn *on_saved;
    int64_t terms_of;
    feed_fn *on_feed, *on_inside;
    occupancy_fn *on_occupancy;
    void *owner, *candidates_owner, *list_owner;
    char candidates_for[128];
    int candidates_asked, feeds_asked, insides_asked;
};
extern struct queue queue;

/* The last request sent; there must be one. */
struct sent *queue_last(void);
/* This time of today, in local seconds. */
int64_t queue_at(int hour, int minute);
/* All is well with her. */
struct verdict queue_anahit(enum verdict_result result);
/* Denied for this reason. */
struct verdict queue_tigran(enum reason_code code, const char *why);
void queue_add_reason(struct verdict *verdict, enum reason_code code, enum reason_policy policy,
                      const char *text);
/* Expired and owing, with what renewing costs. */
struct verdict queue_expired(void);
struct feed_row queue_visit(int64_t id, int hour, int minute, const char *name, const char *plan,
                            const char *know, enum reason_policy severity, const char *desk);
/* The feed and who is in, as asked for. */
void queue_answer_lists(const struct feed_row *rows, int count, int inside);
/* Eight rows with something of everything. */
void queue_busy_feed(void);
struct host *queue_open_with(const char *const *assignments);
/* The screen with a busy feed; _with: with these settings and no feed yet. */
struct host *queue_open(void);
/* The answer to the last request. */
void queue_answer(const struct verdict *verdict);
void queue_answer_error(enum error_code code, const char *message, const char *hint);
void queue_assert_shows(struct host *host, const char *text);
void queue_assert_hides(struct host *host, const char *text);

#endif
