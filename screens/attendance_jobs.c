/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the desk wants done, in order, one at a time. A scan that comes while another is under way
 * waits its turn: over SSH two scans can arrive in one packet, and neither may be lost. Each job
 * has its request id from the start, so that an outcome that got lost can be looked up.
 */
#include <stdio.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/members.h"
#include "gymtui/ui/loop.h"

/* Later than this a job under way is mentioned; before, it would only flicker. */
#define SLOW_AFTER_MS 200
#define LEAST_DOUBLED 3

static void start_next(struct attendance *state);

struct job attendance_job(enum job_kind kind, const char *who)
{
    struct job job = {.kind = kind, .id = request_id_new()};
    snprintf(job.who, sizeof job.who, "%s", who);
    text_drop_partial(job.who);
    return job;
}

const char *attendance_job_words(const struct job *job)
{
    switch (job->kind) {
    case JOB_CODE:
    case JOB_IN:
        return "checking in";
    case JOB_CODE_OUT:
    case JOB_OUT:
        return "checking out";
    case JOB_NAME:
        return "looking for";
    case JOB_RENEW:
        return "renewing";
    case JOB_PAY:
        return "taking the payment of";
    case JOB_UNFREEZE:
        return "unfreezing";
    case JOB_UNDO:
        return "undoing";
    case JOB_BACKFILL:
        return "adding the visit of";
    case JOB_GUEST:
        return "letting in the guest";
    case JOB_WALK_IN:
        return "enrolling";
    }
    return "";
}

static const char *not_done_words(const struct job *job)
{
    switch (job->kind) {
    case JOB_CODE:
    case JOB_IN:
    case JOB_NAME:
        return "not checked in";
    case JOB_CODE_OUT:
    case JOB_OUT:
        return "not checked out";
    case JOB_RENEW:
        return "not renewed, nothing paid";
    case JOB_PAY:
        return "nothing paid";
    case JOB_UNFREEZE:
        return "not unfrozen";
    case JOB_UNDO:
        return "not undone";
    case JOB_BACKFILL:
        return "visit not added";
    case JOB_GUEST:
        return "guest not let in";
    case JOB_WALK_IN:
        return "not let in, nothing paid";
    }
    return "";
}

static void alert_failure(struct attendance *state, const struct job *job,
                          const struct error *error)
{
    struct alert alert = {.kind = ALERT_FAILED, .job = *job, .error = *error};
    snprintf(alert.verdict.name, sizeof alert.verdict.name, "%s", job->who);
    text_drop_partial(alert.verdict.name);
    snprintf(alert.buying, sizeof alert.buying, "%s", not_done_words(job));
    if (job->kind != JOB_GUEST) /* there the number is the host's */
        alert.verdict.customer_id = job->customer_id;
    attendance_alert_reopen(state, job->customer_id);
    /* The next scan of this code is a new one, not an echo. */
    scan_repeat_forget(&state->repeat, job->code);
    attendance_alert_push(state, &alert);
    host_bell(state->context.host);
}

void attendance_submit(struct attendance *state, const struct job *job)
{
    if (db_state(state->context.db) != DB_STATE_READY) {
        struct error error;
        error_set(&error, ERROR_OFFLINE, "Scan again when the bottom line says live.",
                  "There is no connection to the database");
        alert_failure(state, job, &error);
        host_redraw(state->context.host);
        return;
    }
    if (state->queue_count == QUEUE_SIZE) {
        struct error error;
        error_set(&error, ERROR_TOO_SLOW, "Wait a moment and scan again.",
                  "%d scans are waiting already", QUEUE_SIZE);
        alert_failure(state, job, &error);
        host_redraw(state->context.host);
        return;
    }
    state->queue[(state->queue_first + state->queue_count++) % QUEUE_SIZE] = *job;
    start_next(state);
    host_redraw(state->context.host);
}

/* Goes before what waits: the second half of something begun. */
static void submit_first(struct attendance *state, const struct job *job)
{
    if (state->queue_count < QUEUE_SIZE) {
        state->queue_first = (state->queue_first + QUEUE_SIZE - 1) % QUEUE_SIZE;
        state->queue[state->queue_first] = *job;
        state->queue_count++;
        return;
    }
    struct error error;
    error_set(&error, ERROR_TOO_SLOW, "Try again.", "Too many scans are waiting");
    alert_failure(state, job, &error);
}

void attendance_went_offline(struct attendance *state)
{
    if (state->busy && state->now.kind != JOB_NAME)
        state->unknown = true;
}

static void finish(struct attendance *state)
{
    state->busy = false;
    state->slow = false;
    state->unknown = false;
    host_redraw(state->context.host);
}

static void remember_done(struct attendance *state, const struct verdict *verdict)
{
    if (verdict->attendance_id == 0)
        return;
    if (state->done_count == UNDO_DEPTH) {
        memmove(state->done, state->done + 1, sizeof state->done[0] * (UNDO_DEPTH - 1));
        state->done_count--;
    }
    struct done *done = &state->done[state->done_count++];
    done->attendance_id = verdict->attendance_id;
    done->was_out = verdict->result == VERDICT_OUT;
    memcpy(done->name, verdict->name, sizeof done->name);
}

static void show_good(struct attendance *state, const struct job *job,
                      const struct verdict *verdict)
{
    state->verdict = *verdict;
    state->has_verdict = true;
    state->verdict_is_newer = true;
    state->announce = true;
    state->verdict_note[0] = '\0';
    if (job->kind == JOB_UNDO) {
        snprintf(state->verdict_note, sizeof state->verdict_note, "%s",
                 job->out ? "the check-out was taken back; is in again"
                          : "the check-in was taken back");
    } else if (job->amount > 0 && job->kind != JOB_GUEST) {
        char amount[32];
        money_format(amount, sizeof amount, job->amount);
        snprintf(state->verdict_note, sizeof state->verdict_note, "%s paid", amount);
    } else if (job->kind == JOB_GUEST) {
        char amount[32];
        money_format(amount, sizeof amount, job->amount);
        snprintf(state->verdict_note, sizeof state->verdict_note, "guest of %.100s, %s%s",
                 job->host_name, job->amount > 0 ? amount : "free by the plan",
                 job->amount > 0 ? " paid" : "");
        text_drop_partial(state->verdict_note);
    } else if (job->kind == JOB_UNFREEZE) {
        snprintf(state->verdict_note, sizeof state->verdict_note, "freeze ended today");
    } else if (job->reason[0] != '\0') {
        snprintf(state->verdict_note, sizeof state->verdict_note, "let in: %s", job->reason);
        text_drop_partial(state->verdict_note);
    }
    if (job->kind == JOB_GUEST)
        attendance_guest_host_is(state, job->customer_id, job->host_name);
    else if (verdict->result == VERDICT_IN)
        attendance_guest_host_is(state, verdict->customer_id, verdict->name);
    else if (verdict->customer_id == state->host_id)
        attendance_guest_host_is(state, 0, "");
    if (verdict->recovered)
        text_append(state->verdict_note, sizeof state->verdict_note,
                    "%sconfirmed after the connection was lost",
                    state->verdict_note[0] != '\0' ? ", " : "");
    if (verdict->inside > 0 || verdict->capacity > 0) {
        state->occupancy.inside = verdict->inside;
        state->occupancy.capacity = verdict->capacity;
    }
}

static void alert_verdict(struct attendance *state, enum alert_kind kind, const struct job *job,
                          const struct verdict *verdict, bool bell)
{
    struct alert alert = {.kind = kind, .job = *job, .verdict = *verdict};
    if (kind == ALERT_UNKNOWN) {
        memset(alert.verdict.name, 0, sizeof alert.verdict.name);
        snprintf(alert.verdict.name, sizeof alert.verdict.name, "%s", job->who);
        text_drop_partial(alert.verdict.name);
    }
    attendance_alert_push(state, &alert);
    if (bell)
        host_bell(state->context.host);
}

/* In already: asks, unless the desk is set to automatic and the scan is not a second one by
 * mistake shortly after the first. */
static void on_already_in(struct attendance *state, const struct job *job,
                          const struct verdict *verdict)
{
    int64_t inside_for = verdict->at_local - verdict->since_local;
    int repeat_warn = config_int(state->context.config, CONFIG_DESK_REPEAT_WARN);
    if (state->auto_mode && job->kind == JOB_CODE && inside_for >= repeat_warn) {
        struct job out = attendance_job(JOB_OUT, verdict->name);
        out.customer_id = verdict->customer_id;
        submit_first(state, &out);
        return;
    }
    alert_verdict(state, ALERT_ALREADY_IN, job, verdict, false);
}

static void on_unknown_code(struct attendance *state, const struct job *job,
                            const struct verdict *verdict)
{
    struct job half = *job;
    if (!job->halved && text_is_doubled(job->code, LEAST_DOUBLED, half.code, sizeof half.code)) {
        half.id = request_id_new();
        half.halved = true;
        snprintf(half.who, sizeof half.who, "%s", half.code);
        submit_first(state, &half);
        return;
    }
    struct job whole = *job;
    scan_repeat_forget(&state->repeat, job->code);
    alert_verdict(state, ALERT_UNKNOWN, &whole, verdict, true);
}

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct attendance *state = owner;
    struct job job = state->now;
    finish(state);
    if (error != NULL) {
        bool may_work_later = error->code == ERROR_OFFLINE || error->code == ERROR_NOT_DONE ||
                              error->code == ERROR_TOO_SLOW;
        if (job.kind == JOB_UNDO && may_work_later)
            state->done_count++; /* taken off when it was sent; its entry is still there */
        alert_failure(state, &job, error);
        start_next(state);
        return;
    }
    switch (verdict->result) {
    case VERDICT_IN:
    case VERDICT_OUT:
        attendance_alert_settle(state, verdict->customer_id);
        show_good(state, &job, verdict);
        remember_done(state, verdict);
        break;
    case VERDICT_UNDONE:
        attendance_alert_settle(state, verdict->customer_id);
        show_good(state, &job, verdict);
        scan_repeat_forget(&state->repeat, verdict->keytag);
        break;
    case VERDICT_DENIED:
        attendance_alert_settle(state, verdict->customer_id);
        alert_verdict(state, ALERT_DENIED, &job, verdict, true);
        if (job.reason[0] != '\0')
            host_say(state->context.host, ROLE_BAD, "Not let in: this needs a manager");
        break;
    case VERDICT_ALREADY_IN:
        attendance_alert_settle(state, verdict->customer_id);
        on_already_in(state, &job, verdict);
        break;
    case VERDICT_REPEAT:
        attendance_alert_settle(state, verdict->customer_id);
        alert_verdict(state, ALERT_REPEAT, &job, verdict, false);
        break;
    case VERDICT_NOT_IN:
        attendance_alert_settle(state, verdict->customer_id);
        alert_verdict(state, ALERT_NOT_IN, &job, verdict, false);
        break;
    case VERDICT_UNKNOWN:
        on_unknown_code(state, &job, verdict);
        break;
    }
    start_next(state);
}

static void on_paid(void *owner, const struct member_change *change, const struct error *error)
{
    struct attendance *state = owner;
    (void)change;
    struct job job = state->now;
    finish(state);
    if (error != NULL) {
        alert_failure(state, &job, error);
    } else {
        struct job in = attendance_job(JOB_IN, job.who);
        in.customer_id = job.customer_id;
        in.amount = job.amount;
        in.by_hand = true;
        submit_first(state, &in);
    }
    start_next(state);
}

/* A walk-in is enrolled and has paid: now in. */
static void on_enrolled(void *owner, const struct member_saved *saved, const struct error *error)
{
    struct attendance *state = owner;
    struct job job = state->now;
    finish(state);
    if (error != NULL) {
        struct error known = *error;
        if (saved != NULL && saved->duplicate_id != 0)
            error_set(&known, ERROR_CONFLICT,
                      "Type the number to check in; F2 enrols somebody else of that name.",
                      "%s is known here already, number %lld", saved->other_name,
                      (long long)saved->duplicate_id);
        alert_failure(state, &job, &known);
    } else {
        struct job in = attendance_job(JOB_IN, job.who);
        in.customer_id = saved->customer_id;
        in.amount = job.amount;
        in.by_hand = true;
        submit_first(state, &in);
    }
    start_next(state);
}

void attendance_enrolled(void *state, const struct member_enrolled *enrolled)
{
    struct job in = attendance_job(JOB_IN, enrolled->name);
    in.customer_id = enrolled->customer_id;
    in.amount = enrolled->paid;
    in.by_hand = true;
    attendance_submit(state, &in);
}

static void on_names(void *owner, const struct candidate *rows, int count,
                     const struct error *error)
{
    struct attendance *state = owner;
    struct job job = state->now;
    finish(state);
    if (error != NULL) {
        alert_failure(state, &job, error);
        start_next(state);
        return;
    }
    int first = 0;
    if (job.out) {
        while (first < count && !rows[first].is_in)
            first++;
        if (first == count)
            first = 0;
    }
    if (count == 0) {
        struct verdict nobody = {.result = VERDICT_UNKNOWN};
        alert_verdict(state, ALERT_UNKNOWN, &job, &nobody, true);
    } else {
        struct job member = attendance_job(job.out ? JOB_OUT : JOB_IN, rows[first].name);
        member.customer_id = rows[first].customer_id;
        submit_first(state, &member);
    }
    start_next(state);
}

static void send_check_in(struct attendance *state, const struct job *job)
{
    struct check_in_request request = {
        .id = job->id,
        .code = job->kind == JOB_CODE ? job->code : NULL,
        .customer_id = job->kind == JOB_CODE ? 0 : job->customer_id,
        .desk = state->context.desk,
        .override_reason = job->reason[0] != '\0' ? job->reason : NULL,
        .repeat_seconds =
            job->by_hand ? 0 : config_int(state->context.config, CONFIG_DESK_REPEAT_WARN),
    };
    attendance_check_in(state->context.db, &request, on_verdict, state);
}

static void send_check_out(struct attendance *state, const struct job *job)
{
    struct check_out_request request = {
        .id = job->id,
        .code = job->kind == JOB_CODE_OUT ? job->code : NULL,
        .customer_id = job->kind == JOB_CODE_OUT ? 0 : job->customer_id,
        .desk = state->context.desk,
    };
    attendance_check_out(state->context.db, &request, on_verdict, state);
}

static void send_renew(struct attendance *state, const struct job *job)
{
    struct renew_and_check_in_request request = {
        .id = job->id,
        .customer_id = job->customer_id,
        .package_id = job->package_id,
        .payment_method_id = job->payment_method,
        .desk = state->context.desk,
        .check_in = true,
    };
    attendance_renew_and_check_in(state->context.db, &request, on_verdict, state);
}

static void send_guest(struct attendance *state, const struct job *job)
{
    struct check_in_guest_request request = {
        .id = job->id,
        .host_id = job->customer_id,
        .name = job->who,
        .phone = job->code,
        .payment_method_id = job->payment_method,
        .desk = state->context.desk,
    };
    attendance_check_in_guest(state->context.db, &request, on_verdict, state);
}

static void send_walk_in(struct attendance *state, const struct job *job)
{
    const struct member_edit edit = {
        .id = job->id,
        .name = job->who,
        .phone = job->code,
        .birth_date = DATE_NONE,
        .package_id = job->package_id,
        .payment_method_id = job->payment_method,
        .desk = state->context.desk,
    };
    members_enrol(state->context.db, &edit, on_enrolled, state);
}

/* False: there is nothing to undo, the job is over. */
static bool send_undo(struct attendance *state)
{
    if (state->done_count == 0) {
        host_say(state->context.host, ROLE_WARN,
                 "Nothing to undo: this desk has checked nobody in or out since it was opened");
        return false;
    }
    struct done *done = &state->done[--state->done_count];
    memcpy(state->now.who, done->name, sizeof state->now.who);
    state->now.out = done->was_out;
    attendance_undo(state->context.db, state->now.id, done->attendance_id, "mistake", on_verdict,
                    state);
    return true;
}

static void start_next(struct attendance *state)
{
    while (!state->busy && state->queue_count > 0) {
        state->now = state->queue[state->queue_first];
        state->queue_first = (state->queue_first + 1) % QUEUE_SIZE;
        state->queue_count--;
        state->busy = true;
        state->slow = false;
        state->unknown = false;
        state->started_at = loop_now();
        const struct job *job = &state->now;
        struct db *db = state->context.db;
        switch (job->kind) {
        case JOB_CODE:
        case JOB_IN:
            send_check_in(state, job);
            break;
        case JOB_CODE_OUT:
        case JOB_OUT:
            send_check_out(state, job);
            break;
        case JOB_NAME:
            attendance_candidates(db, job->code, 12, on_names, state);
            break;
        case JOB_RENEW:
            send_renew(state, job);
            break;
        case JOB_PAY:
            members_pay(db, job->id, job->customer_id, job->amount, job->payment_method,
                        state->context.desk, "paid at the desk", on_paid, state);
            break;
        case JOB_UNFREEZE:
            attendance_unfreeze_and_check_in(db, job->id, job->customer_id, state->context.desk,
                                             on_verdict, state);
            break;
        case JOB_UNDO:
            if (!send_undo(state))
                state->busy = false;
            break;
        case JOB_BACKFILL:
            attendance_backfill(db, job->id, job->customer_id, job->from, job->till, job->reason,
                                state->context.desk, on_verdict, state);
            break;
        case JOB_GUEST:
            send_guest(state, job);
            break;
        case JOB_WALK_IN:
            send_walk_in(state, job);
            break;
        }
        attendance_schedule(state);
    }
    if (!state->busy && state->read_later) {
        state->read_later = false;
        attendance_read(state);
    }
}
