/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exceptions at the desk. Each waits as a panel until it is settled or left; while one stands, the
 * next member can still be scanned, and a second exception goes on top of the first. The letters
 * in the panel are commands only while the field is empty, and no digit is one: digits begin a
 * scan. The only digits that mean something else choose a reason, after `v`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"

#define LEAST_REASON 4

const char *const attendance_reasons[] = {
    "pays next time", "has paid already", "trial or guest", "manager agreed", "our mistake", NULL,
};

const struct payment_key attendance_payment_keys[] = {
    {'c', 1, "card"}, {'d', 2, "debit"}, {'s', 3, "cash"}, {'o', 4, "other"}, {0, 0, NULL},
};

struct alert *attendance_alert(struct attendance *state)
{
    return state->alert_count > 0 ? &state->alerts[state->alert_count - 1] : NULL;
}

static void drop_alert(struct attendance *state, int index)
{
    memmove(&state->alerts[index], &state->alerts[index + 1],
            sizeof state->alerts[0] * (size_t)(state->alert_count - index - 1));
    state->alert_count--;
}

void attendance_alert_push(struct attendance *state, const struct alert *alert)
{
    if (state->alert_count == ALERT_MOST)
        drop_alert(state, 0);
    state->alerts[state->alert_count++] = *alert;
    state->verdict_is_newer = false;
    state->announce = true;
    field_clear(&state->reason);
    host_redraw(state->context.host);
}

void attendance_alert_pop(struct attendance *state)
{
    if (state->alert_count > 0)
        state->alert_count--;
    field_clear(&state->reason);
    host_redraw(state->context.host);
}

void attendance_alert_settle(struct attendance *state, int64_t customer_id)
{
    if (customer_id == 0)
        return;
    for (int i = state->alert_count - 1; i >= 0; i--) {
        if (state->alerts[i].verdict.customer_id == customer_id)
            drop_alert(state, i);
    }
    field_clear(&state->reason);
}

void attendance_alert_reopen(struct attendance *state, int64_t customer_id)
{
    for (int i = 0; i < state->alert_count; i++) {
        if (customer_id != 0 && state->alerts[i].verdict.customer_id == customer_id)
            state->alerts[i].under_way = false;
    }
}

/* --- what an alert offers --- */

/* The key of a command: the table's, or what the configuration binds it to. */
static uint32_t key_of(const struct attendance *state, int command)
{
    for (const struct key_entry *entry = screen_attendance.keys; entry->command != COMMAND_NONE;
         entry++) {
        if (entry->command != command)
            continue;
        char name[64];
        snprintf(name, sizeof name, "attendance.%s", entry->name);
        const char *bound = config_keys(state->context.config, name);
        char first[32];
        snprintf(first, sizeof first, "%s",
                 bound != NULL && bound[0] != '\0' ? bound : entry->keys);
        first[strcspn(first, " ")] = '\0';
        uint32_t key = 0;
        return key_parse(first, &key) ? key : 0;
    }
    return 0;
}

static void add_offer(const struct attendance *state, struct offer *offers, int *count, int command,
                      const char *text)
{
    if (*count == OFFER_MOST)
        return;
    struct offer *offer = &offers[(*count)++];
    offer->command = command;
    offer->key = key_of(state, command);
    snprintf(offer->text, sizeof offer->text, "%s", text);
    text_drop_partial(offer->text);
}

static bool denies(const struct verdict *verdict, enum reason_code code)
{
    for (int i = 0; i < verdict->reason_count; i++) {
        if (verdict->reasons[i].code == code && verdict->reasons[i].policy == POLICY_DENY)
            return true;
    }
    return false;
}

static void offer_for_denial(const struct attendance *state, const struct verdict *verdict,
                             struct offer *offers, int *count)
{
    char text[128], due[32], price[32], until[24];
    money_format(due, sizeof due, verdict->balance);
    if (verdict->renew_package_id != 0) {
        money_format(price, sizeof price, verdict->renew_price);
        date_format_short(until, sizeof until, verdict->renew_until,
                          session_today(state->context.db));
        if (verdict->balance > 0)
            snprintf(text, sizeof text, "pay %s + %s, renew to %s, let in", due, price, until);
        else
            snprintf(text, sizeof text, "pay %s, renew to %s, let in", price, until);
        add_offer(state, offers, count, ATTENDANCE_RENEW, text);
    } else if (denies(verdict, REASON_OWING) && verdict->balance > 0) {
        snprintf(text, sizeof text, "pay %s, let in", due);
        add_offer(state, offers, count, ATTENDANCE_RENEW, text);
    }
    if (verdict->day_pass_package_id != 0) {
        money_format(price, sizeof price, verdict->day_pass_price);
        snprintf(text, sizeof text, "day pass %s", price);
        add_offer(state, offers, count, ATTENDANCE_DAY_PASS, text);
    }
    if (denies(verdict, REASON_FROZEN))
        add_offer(state, offers, count, ATTENDANCE_UNFREEZE, "end the freeze today, let in");
    if (denies(verdict, REASON_OTHER_GYM))
        add_offer(state, offers, count, ATTENDANCE_ENROL, "new member of this gym");
    /* Who is banned is a manager's matter (the database holds to it). */
    bool may_override = !denies(verdict, REASON_BANNED) || state->context.session == NULL ||
                        state->context.session->level >= LEVEL_MANAGER;
    if (!may_override)
        return;
    add_offer(state, offers, count, ATTENDANCE_OVERRIDE,
              verdict->renew_package_id != 0 || verdict->day_pass_package_id != 0
                  ? "let in without paying (reason)"
                  : "let in all the same (reason)");
}

int attendance_alert_offers(const struct attendance *state, const struct alert *alert,
                            struct offer *offers)
{
    int count = 0;
    switch (alert->kind) {
    case ALERT_DENIED:
        offer_for_denial(state, &alert->verdict, offers, &count);
        break;
    case ALERT_ALREADY_IN:
        add_offer(state, offers, &count, ATTENDANCE_CHECK_OUT, "check out");
        break;
    case ALERT_REPEAT:
        add_offer(state, offers, &count, ATTENDANCE_AGAIN, "let in again");
        break;
    case ALERT_UNKNOWN:
        add_offer(state, offers, &count, ATTENDANCE_ENROL,
                  alert->job.kind == JOB_NAME ? "new member of this name"
                                              : "new member with this card");
        if (alert->job.kind != JOB_NAME)
            add_offer(state, offers, &count, ATTENDANCE_LOOK, "look in phone numbers and names");
        break;
    case ALERT_NOT_IN:
        add_offer(state, offers, &count, ATTENDANCE_AGAIN, "check in instead");
        add_offer(state, offers, &count, ATTENDANCE_BACKFILL, "add the visit afterwards");
        break;
    case ALERT_FAILED:
        add_offer(state, offers, &count, ATTENDANCE_AGAIN, "try again");
        break;
    }
    return count;
}

/* --- acting on them --- */

static struct job job_for(const struct alert *alert, enum job_kind kind)
{
    struct job job = attendance_job(kind, alert->verdict.name);
    job.customer_id = alert->verdict.customer_id;
    job.by_hand = true;
    return job;
}

static void ask_payment(struct alert *alert, int64_t package_id, money amount, const char *what)
{
    alert->stage = STAGE_PAYMENT;
    alert->package_id = package_id;
    alert->amount = amount;
    snprintf(alert->buying, sizeof alert->buying, "%s", what);
}

/* The panel stays until the answer is there: when it fails, it can be answered again. */
static void carry_out(struct attendance *state, struct alert *alert, const struct job *job)
{
    alert->stage = STAGE_CHOOSE;
    alert->under_way = true;
    field_clear(&state->reason);
    attendance_submit(state, job);
}

static void pay(struct attendance *state, struct alert *alert, int method)
{
    struct job job = job_for(alert, alert->package_id != 0 ? JOB_RENEW : JOB_PAY);
    job.package_id = alert->package_id;
    job.payment_method = method;
    job.amount = alert->amount;
    carry_out(state, alert, &job);
}

static void let_in(struct attendance *state, struct alert *alert, const char *reason)
{
    struct job job = job_for(alert, JOB_IN);
    /* A card of another gym is found by the card only (DESK.md rule 8). */
    if (denies(&alert->verdict, REASON_OTHER_GYM) && alert->job.kind == JOB_CODE) {
        job.kind = JOB_CODE;
        memcpy(job.code, alert->job.code, sizeof job.code);
    }
    snprintf(job.reason, sizeof job.reason, "%s", reason);
    text_drop_partial(job.reason);
    carry_out(state, alert, &job);
}

/* The same thing again, under a new request id: the old one is known not to have been done. */
static void try_again(struct attendance *state, struct alert *alert)
{
    if (alert->kind == ALERT_REPEAT || alert->kind == ALERT_NOT_IN) {
        struct job in = job_for(alert, JOB_IN);
        carry_out(state, alert, &in);
        return;
    }
    struct job job = alert->job;
    job.id = request_id_new();
    job.halved = false;
    attendance_alert_pop(state);
    attendance_submit(state, &job);
}

static void enrol(struct attendance *state, const struct alert *alert)
{
    char text[SCAN_CODE_SIZE];
    memcpy(text, alert->job.code, sizeof text);
    struct member_argument fresh = {
        .close_when_saved = true, .enrolled = attendance_enrolled, .owner = state};
    char name[sizeof alert->verdict.name];
    memcpy(name, alert->verdict.name, sizeof name);
    if (alert->kind == ALERT_DENIED)
        fresh.name = name;
    else if (alert->job.kind == JOB_NAME)
        fresh.name = text;
    else
        fresh.keytag = text;
    attendance_alert_pop(state);
    host_open(state->context.host, &screen_member, &fresh);
}

/* The parts of the backfill form. */
enum { BACKFILL_CAME, BACKFILL_LEFT, BACKFILL_REASON, BACKFILL_COUNT };

/* "17:30", "7:05" */
static bool parse_clock(const char *text, int *minutes)
{
    char *end = NULL;
    long hour = strtol(text, &end, 10);
    if (end == text || *end != ':' || text[0] == '-' || text[0] == '+')
        return false;
    const char *rest = end + 1;
    long minute = strtol(rest, &end, 10);
    if (end != rest + 2 || *end != '\0' || rest[0] < '0' || rest[0] > '5' || hour > 23)
        return false;
    *minutes = (int)(hour * 60 + minute);
    return true;
}

#define OVERNIGHT (12 * 60) /* the longest that a visit over midnight is taken for one */

/* A time later than the one of leaving is that of the evening before. */
static void save_backfill(void *owner, struct form *form)
{
    struct attendance *state = owner;
    struct alert *alert = attendance_alert(state);
    int came = 0, left = 0;
    if (alert == NULL) {
        host_form_done(state->context.host, true);
        return;
    }
    bool came_known = parse_clock(form_text(form, BACKFILL_CAME), &came);
    bool left_known = parse_clock(form_text(form, BACKFILL_LEFT), &left);
    if (came_known && left_known && came > left && left + 24 * 60 - came <= OVERNIGHT)
        came -= 24 * 60;
    if (!came_known || !left_known || left < came) {
        if (!came_known)
            form_complain(form, BACKFILL_CAME, "hours and minutes, as 17:30");
        else
            form_complain(form, BACKFILL_LEFT,
                          left_known ? "before the member came" : "hours and minutes, as 17:30");
        host_form_done(state->context.host, false);
        return;
    }
    struct job job = job_for(alert, JOB_BACKFILL);
    int64_t midnight = (int64_t)alert->today * 86400;
    job.from = midnight + came * INT64_C(60);
    job.till = midnight + left * INT64_C(60);
    snprintf(job.reason, sizeof job.reason, "%s", form_text(form, BACKFILL_REASON));
    text_drop_partial(job.reason);
    host_form_done(state->context.host, true);
    carry_out(state, alert, &job);
}

static void ask_backfill(struct attendance *state, struct alert *alert)
{
    char now[8], title[240];
    alert->today = session_today(state->context.db);
    date_format_clock(now, sizeof now, session_local_now(state->context.db));
    snprintf(title, sizeof title, "Visit of %s today", alert->verdict.name);
    const struct form_entry entries[BACKFILL_COUNT] = {
        [BACKFILL_CAME] = {.label = "Came at",
                           .kind = FORM_TEXT,
                           .value = "",
                           .required = true,
                           .maximum = 5,
                           .hint = "the gym's time, as 17:30"},
        [BACKFILL_LEFT] =
            {.label = "Left at", .kind = FORM_TEXT, .value = now, .required = true, .maximum = 5},
        [BACKFILL_REASON] = {.label = "Reason",
                             .kind = FORM_TEXT,
                             .value = "was not scanned in",
                             .required = true,
                             .maximum = 100,
                             .hint = "kept with the visit, which is marked as added afterwards"},
    };
    struct form *form = form_new(title, entries, BACKFILL_COUNT);
    if (form != NULL)
        host_form(state->context.host, form, save_backfill, NULL, state);
}

static void act(struct attendance *state, struct alert *alert, int command)
{
    const struct verdict *verdict = &alert->verdict;
    struct job job;
    switch (command) {
    case ATTENDANCE_RENEW:
        if (verdict->renew_package_id != 0)
            ask_payment(alert, verdict->renew_package_id,
                        verdict->renew_price + (verdict->balance > 0 ? verdict->balance : 0),
                        "renew");
        else
            ask_payment(alert, 0, verdict->balance, "what is owed");
        break;
    case ATTENDANCE_DAY_PASS:
        ask_payment(alert, verdict->day_pass_package_id, verdict->day_pass_price, "day pass");
        break;
    case ATTENDANCE_OVERRIDE:
        alert->stage = STAGE_REASON;
        field_clear(&state->reason);
        break;
    case ATTENDANCE_UNFREEZE:
        job = job_for(alert, JOB_UNFREEZE);
        carry_out(state, alert, &job);
        break;
    case ATTENDANCE_CHECK_OUT:
        job = job_for(alert, JOB_OUT);
        carry_out(state, alert, &job);
        break;
    case ATTENDANCE_AGAIN:
        try_again(state, alert);
        break;
    case ATTENDANCE_LOOK: {
        char text[SCAN_CODE_SIZE];
        memcpy(text, alert->job.code, sizeof text);
        attendance_alert_pop(state);
        attendance_type(state, text);
        break;
    }
    case ATTENDANCE_BACKFILL:
        ask_backfill(state, alert);
        break;
    case ATTENDANCE_ENROL:
        enrol(state, alert);
        break;
    default: /* no offer has another command */
        break;
    }
    host_redraw(state->context.host);
}

/* --- keys --- */

static bool choose_key(struct attendance *state, struct alert *alert, uint32_t key)
{
    if (alert->under_way)
        return key >= 'a' && key <= 'z'; /* a second press, not a second answer */
    struct offer offers[OFFER_MOST];
    int count = attendance_alert_offers(state, alert, offers);
    for (int i = 0; i < count; i++) {
        if (offers[i].key == key) {
            act(state, alert, offers[i].command);
            return true;
        }
    }
    return false;
}

static bool payment_key(struct attendance *state, struct alert *alert, uint32_t key)
{
    for (const struct payment_key *method = attendance_payment_keys; method->key != 0; method++) {
        if (key == (uint32_t)method->key) {
            pay(state, alert, method->method);
            return true;
        }
    }
    if (key >= '0' && key <= '9') {
        alert->stage = STAGE_CHOOSE; /* the next scan */
        return false;
    }
    /* Somebody is typing a name and has not seen the question. Nothing is bought, and what follows
     * is not taken for a search whose Enter would let in the wrong one. */
    alert->stage = STAGE_LEFT;
    return true;
}

static bool reason_key(struct attendance *state, struct alert *alert, uint32_t key)
{
    if (field_is_empty(&state->reason) && key >= '1' && key <= '9') {
        uint32_t index = key - '1';
        uint32_t known = 0;
        while (attendance_reasons[known] != NULL)
            known++;
        if (index < known) {
            let_in(state, alert, attendance_reasons[index]);
            return true;
        }
    }
    field_key(&state->reason, key);
    return true;
}

bool attendance_alert_key(struct attendance *state, uint32_t key)
{
    struct alert *alert = attendance_alert(state);
    if (alert == NULL)
        return false;
    host_redraw(state->context.host);
    switch (alert->stage) {
    case STAGE_CHOOSE:
        return choose_key(state, alert, key);
    case STAGE_PAYMENT:
        return payment_key(state, alert, key);
    case STAGE_REASON:
        return reason_key(state, alert, key);
    case STAGE_LEFT:
        if (key >= '0' && key <= '9') {
            alert->stage = STAGE_CHOOSE;
            return false;
        }
        return true;
    }
    return false;
}

bool attendance_alert_enter(struct attendance *state)
{
    struct alert *alert = attendance_alert(state);
    if (alert == NULL)
        return false;
    switch (alert->stage) {
    case STAGE_CHOOSE:
    case STAGE_LEFT:
        return false;
    case STAGE_PAYMENT:
        pay(state, alert, attendance_payment_keys[0].method);
        return true;
    case STAGE_REASON: {
        char reason[FIELD_SIZE];
        text_clean(reason, sizeof reason, state->reason.text);
        size_t blank = strspn(reason, " ");
        /* A name typed over the question is mostly shorter than a reason. */
        if (strlen(reason + blank) < LEAST_REASON)
            host_say(state->context.host, ROLE_WARN, "Say why: a digit, or a few words");
        else
            let_in(state, alert, reason + blank);
        return true;
    }
    }
    return false;
}

bool attendance_alert_escape(struct attendance *state)
{
    struct alert *alert = attendance_alert(state);
    if (alert == NULL)
        return false;
    if (alert->stage != STAGE_CHOOSE) {
        alert->stage = STAGE_CHOOSE;
        field_clear(&state->reason);
        host_redraw(state->context.host);
    } else {
        attendance_alert_pop(state);
    }
    return true;
}
