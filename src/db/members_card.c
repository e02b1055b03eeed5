/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The member card: six statements in one round trip. */
#include <stdlib.h>

#include "decode.h"
#include "gymtui/db/members.h"
#include "lane.h"

/* The order of the statements of members_card. */
enum { CARD_MEMBER, CARD_WEEKS, CARD_TERMS, CARD_FREEZES, CARD_VISITS, CARD_PAYMENTS };

static const char *const card_statements[] = {"members_card",
                                              "members_card_weeks",
                                              "members_card_terms",
                                              "members_card_freezes",
                                              "members_card_visits",
                                              "members_card_payments",
                                              NULL};

static void read_value(struct row *row, struct member_card *card)
{
    card->r = row_int(row);
    card->f = row_int(row);
    card->m = row_int(row);
    row_text(row, card->segment, sizeof card->segment);
    row_text(row, card->customer_type, sizeof card->customer_type);
    card->has_clv = !row_is_null(row);
    card->clv = row_number(row);
    card->clv_low = row_number(row);
    card->clv_high = row_number(row);
    card->p_renew = row_number(row);
    card->p_renew_usual = row_number(row);
    card->at_stake = row_number(row);
    row_text(row, card->risk_reason, sizeof card->risk_reason);
    row_text(row, card->model, sizeof card->model);
    card->value_as_of = row_date(row);
}

static void read_member(struct row *row, struct member_card *card)
{
    card->customer_id = row_integer(row);
    card->gym_id = row_integer(row);
    card->package_id = row_integer(row);
    card->trainer_id = row_integer(row);
    row_text(row, card->name, sizeof card->name);
    row_text(row, card->email, sizeof card->email);
    row_text(row, card->phone, sizeof card->phone);
    row_text(row, card->keytag, sizeof card->keytag);
    row_text(row, card->gender, sizeof card->gender);
    row_text(row, card->note, sizeof card->note);
    row_text(row, card->plan, sizeof card->plan);
    row_text(row, card->status, sizeof card->status);
    row_text(row, card->trainer, sizeof card->trainer);
    row_text(row, card->home_gym, sizeof card->home_gym);
    row_text(row, card->banned_reason, sizeof card->banned_reason);
    card->birth_date = row_date(row);
    card->join_date = row_date(row);
    card->ends = row_date(row);
    card->balance = row_money(row);
    card->paid_total = row_money(row);
    card->paid_12_months = row_money(row);
    card->row_version = row_int(row);
    card->visits_total = row_int(row);
    card->visits_month = row_int(row);
    card->last_visit = row_date(row);
    row_text(row, card->habit, sizeof card->habit);
    card->open_attendance_id = row_integer(row);
    card->is_in = card->open_attendance_id != 0;
    read_value(row, card);
    card->merged_into = row_integer(row);
    card->is_anonymised = row_bool(row);
}

static void read_weeks(const PGresult *result, struct member_card *card)
{
    for (struct row row = row_first(result); row_exists(&row); row_next(&row)) {
        int week = row_int(&row); /* 0 is the present one; the card wants the oldest first */
        if (week >= 0 && week < MEMBER_WEEKS)
            card->visits_per_week[MEMBER_WEEKS - 1 - week] = row_int(&row);
    }
}

static struct member_term *read_terms(const PGresult *result, int *count)
{
    struct member_term *terms = rows_allocate(PQntuples(result), sizeof *terms);
    for (struct row row = row_first(result); terms && row_exists(&row); row_next(&row)) {
        struct member_term *term = &terms[(*count)++];
        term->membership_id = row_integer(&row);
        row_text(&row, term->plan, sizeof term->plan);
        term->starts = row_date(&row);
        term->ends = row_date(&row);
        term->price = row_money(&row);
        term->cancelled_on = row_date(&row);
    }
    return terms;
}

static struct member_freeze *read_freezes(const PGresult *result, int *count)
{
    struct member_freeze *freezes = rows_allocate(PQntuples(result), sizeof *freezes);
    for (struct row row = row_first(result); freezes && row_exists(&row); row_next(&row)) {
        struct member_freeze *freeze = &freezes[(*count)++];
        freeze->starts = row_date(&row);
        freeze->ends = row_date(&row);
        row_text(&row, freeze->reason, sizeof freeze->reason);
    }
    return freezes;
}

static struct member_visit *read_visits(const PGresult *result, int *count)
{
    struct member_visit *visits = rows_allocate(PQntuples(result), sizeof *visits);
    for (struct row row = row_first(result); visits && row_exists(&row); row_next(&row)) {
        struct member_visit *visit = &visits[(*count)++];
        visit->attendance_id = row_integer(&row);
        visit->in_local = row_moment(&row);
        visit->out_local = row_moment(&row);
        visit->seconds = row_integer(&row);
        row_text(&row, visit->desk, sizeof visit->desk);
        row_text(&row, visit->remark, sizeof visit->remark);
    }
    return visits;
}

static struct member_payment *read_payments(const PGresult *result, int *count)
{
    struct member_payment *payments = rows_allocate(PQntuples(result), sizeof *payments);
    for (struct row row = row_first(result); payments && row_exists(&row); row_next(&row)) {
        struct member_payment *payment = &payments[(*count)++];
        payment->transaction_id = row_integer(&row);
        payment->day = row_date(&row);
        payment->amount = row_money(&row);
        row_text(&row, payment->kind, sizeof payment->kind);
        row_text(&row, payment->method, sizeof payment->method);
        row_text(&row, payment->note, sizeof payment->note);
    }
    return payments;
}

static void deliver_card(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    member_card_fn *on_reply = (member_card_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, error);
        return;
    }
    struct row row = row_first(results[CARD_MEMBER]);
    if (!row_exists(&row)) {
        struct error missing;
        error_set(&missing, ERROR_NOT_FOUND, "Search by name, number or phone",
                  "There is no such member at this gym");
        on_reply(call->owner, NULL, &missing);
        return;
    }
    struct member_card card = {0};
    read_member(&row, &card);
    read_weeks(results[CARD_WEEKS], &card);
    struct member_term *terms = read_terms(results[CARD_TERMS], &card.term_count);
    struct member_freeze *freezes = read_freezes(results[CARD_FREEZES], &card.freeze_count);
    struct member_visit *visits = read_visits(results[CARD_VISITS], &card.visit_count);
    struct member_payment *payments = read_payments(results[CARD_PAYMENTS], &card.payment_count);
    card.terms = terms;
    card.freezes = freezes;
    card.visits = visits;
    card.payments = payments;
    on_reply(call->owner, &card, NULL);
    free(terms);
    free(freezes);
    free(visits);
    free(payments);
}

void members_card(struct db *db, int64_t customer_id, member_card_fn *on_reply, void *owner)
{
    struct parameters parameters = {0};
    parameters_integer(&parameters, customer_id);
    call_queue(db, DB_DESK, CALL_READ, card_statements, &parameters, deliver_card,
               (call_reply_fn *)on_reply, owner);
}
