/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members and everything of theirs but the visits. */
#include "generate_load.h"

#include <stdio.h>

#include "gymtui/base/date.h"

static const char *gender_word(char gender)
{
    return gender == 'f' ? "female" : gender == 'm' ? "male" : gender == 'o' ? "other" : "";
}

static bool load_customers(struct bulk *bulk, const struct sim_gym *gym,
                           const struct sim_batch *batch, struct error *error)
{
    static const char *const statuses[] = {"active", "frozen", "cancelled"};
    if (!bulk_begin(bulk,
                    "gym_incoming.customers (customer_id, gym_id, name, email, phone, birth_date, "
                    "gender, join_date, status, package_id, trainer_id, keytag, note, banned_on, "
                    "banned_reason, row_version, updated_at, updated_by)",
                    error))
        return false;
    for (size_t i = 0; i < batch->member_count; i++) {
        const struct sim_member *member = &batch->members[i];
        bulk_row(bulk, 18);
        bulk_int64(bulk, member->number);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_text_field(bulk, member->name);
        bulk_text_field(bulk, member->email);
        bulk_text_field(bulk, member->phone);
        bulk_date(bulk, member->birth);
        bulk_text_field(bulk, gender_word(member->gender));
        bulk_date(bulk, member->joined);
        bulk_text_field(bulk, statuses[member->status]);
        bulk_int64(bulk, load_package_id(batch->gym, member->plan));
        if (member->trainer < 0)
            bulk_null(bulk);
        else
            bulk_int64(bulk, load_trainer_id(batch->gym, member->trainer));
        bulk_text_field(bulk, member->keytag);
        bulk_text_field(bulk, member->note);
        bulk_date(bulk, member->banned_on);
        bulk_text_field(bulk, member->ban_reason);
        bulk_int32(bulk, 1);
        load_put_midnight(bulk, gym, member->joined);
        bulk_text_field(bulk, "");
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_terms(struct bulk *bulk, const struct sim_gym *gym, const struct sim_batch *batch,
                       const struct load_numbers *numbers, struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.memberships (membership_id, gym_id, customer_id, package_id, "
                    "term, price, anchor_day, cancelled_on, reason, created_at)",
                    error))
        return false;
    for (size_t i = 0; i < batch->term_count; i++) {
        const struct sim_term *term = &batch->terms[i];
        bulk_row(bulk, 10);
        bulk_int64(bulk, numbers->base + numbers->terms + 1 + (int64_t)i);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_int64(bulk, batch->members[term->member].number);
        bulk_int64(bulk, load_package_id(batch->gym, term->plan));
        bulk_daterange(bulk, term->from, term->until);
        bulk_numeric2(bulk, term->price);
        bulk_int16(bulk, (int16_t)term->anchor_day);
        bulk_date(bulk, term->cancelled ? term->until - 1 : DATE_NONE);
        bulk_text_field(bulk, term->cancel_reason ? term->cancel_reason : "");
        load_put_midnight(bulk, gym, term->from);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_freezes(struct bulk *bulk, const struct sim_gym *gym,
                         const struct sim_batch *batch, const struct load_numbers *numbers,
                         struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.freezes (freeze_id, gym_id, customer_id, period, reason, "
                    "created_at)",
                    error))
        return false;
    for (size_t i = 0; i < batch->freeze_count; i++) {
        const struct sim_freeze *freeze = &batch->freezes[i];
        bulk_row(bulk, 6);
        bulk_int64(bulk, numbers->base + numbers->freezes + 1 + (int64_t)i);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_int64(bulk, batch->members[freeze->member].number);
        bulk_daterange(bulk, freeze->from, freeze->until);
        bulk_text_field(bulk, freeze->reason);
        load_put_midnight(bulk, gym, freeze->from);
    }
    return bulk_end(bulk, NULL, error);
}

static void put_term(struct bulk *bulk, const struct load_numbers *numbers, int term)
{
    if (term < 0)
        bulk_null(bulk);
    else
        bulk_int64(bulk, numbers->base + numbers->terms + 1 + term);
}

static bool load_charges(struct bulk *bulk, const struct sim_gym *gym,
                         const struct sim_batch *batch, const struct load_numbers *numbers,
                         struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.charges (charge_id, gym_id, customer_id, membership_id, amount, "
                    "due_on, note, created_at)",
                    error))
        return false;
    for (size_t i = 0; i < batch->charge_count; i++) {
        const struct sim_charge *charge = &batch->charges[i];
        bulk_row(bulk, 8);
        bulk_int64(bulk, numbers->base + numbers->charges + 1 + (int64_t)i);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_int64(bulk, batch->members[charge->member].number);
        put_term(bulk, numbers, charge->term);
        bulk_numeric2(bulk, charge->amount);
        bulk_date(bulk, charge->due);
        bulk_text_field(bulk, charge->what);
        load_put_midnight(bulk, gym, charge->due);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_payments(struct bulk *bulk, const struct sim_gym *gym,
                          const struct sim_batch *batch, const struct load_numbers *numbers,
                          struct error *error)
{
    static const char *const kinds[] = {"joining", "renewal", "day_pass", "pack",
                                        "extra",   "payment", "refund"};
    int64_t first = numbers->base + numbers->payments + 1;
    if (!bulk_begin(bulk,
                    "gym_incoming.transactions (transaction_id, customer_id, amount, date, gym_id, "
                    "paid_at, payment_method_id, kind, membership_id, refunds, till_session_id, "
                    "note)",
                    error))
        return false;
    for (size_t i = 0; i < batch->payment_count; i++) {
        const struct sim_payment *payment = &batch->payments[i];
        int till = simulate_till_of(gym, payment);
        bulk_row(bulk, 12);
        bulk_int64(bulk, first + (int64_t)i);
        bulk_int64(bulk, batch->members[payment->member].number);
        bulk_numeric2(bulk, payment->amount);
        bulk_date(bulk, (int32_t)(payment->at / 86400));
        bulk_int64(bulk, load_gym_id(batch->gym));
        load_put_local(bulk, gym, payment->at);
        bulk_int32(bulk, payment->method);
        bulk_text_field(bulk, kinds[payment->kind]);
        put_term(bulk, numbers, payment->term);
        if (payment->refunds < 0)
            bulk_null(bulk);
        else
            bulk_int64(bulk, first + payment->refunds);
        if (till < 0)
            bulk_null(bulk);
        else
            bulk_int64(bulk, load_till_id(numbers, till));
        bulk_text_field(bulk, payment->note ? payment->note : "");
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_denials(struct bulk *bulk, const struct sim_gym *gym,
                         const struct sim_batch *batch, const struct load_numbers *numbers,
                         struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.access_log (access_id, gym_id, at, customer_id, home_gym_id, "
                    "code, desk, result, reason, reasons)",
                    error))
        return false;
    for (size_t i = 0; i < batch->denial_count; i++) {
        const struct sim_denial *denial = &batch->denials[i];
        const struct sim_member *member = &batch->members[denial->member];
        char reasons[120];
        snprintf(reasons, sizeof reasons, "%s\tdeny\t%s", denial->reason, denial->text);
        bulk_row(bulk, 10);
        bulk_int64(bulk, numbers->base + numbers->denials + 1 + (int64_t)i);
        bulk_int64(bulk, load_gym_id(batch->gym));
        load_put_local(bulk, gym, denial->at);
        bulk_int64(bulk, member->number);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_text_field(bulk, member->keytag);
        bulk_text_field(bulk, load_desks[denial->desk]);
        bulk_text_field(bulk, "denied");
        bulk_text_field(bulk, denial->reason);
        bulk_text_field(bulk, reasons);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_contacts(struct bulk *bulk, const struct sim_gym *gym,
                          const struct sim_batch *batch, const struct load_numbers *numbers,
                          struct error *error)
{
    if (!bulk_begin(bulk,
                    "gym_incoming.contacts (contact_id, gym_id, customer_id, at, outcome, "
                    "snooze_until, note)",
                    error))
        return false;
    for (size_t i = 0; i < batch->contact_count; i++) {
        const struct sim_contact *contact = &batch->contacts[i];
        bulk_row(bulk, 7);
        bulk_int64(bulk, numbers->base + numbers->contacts + 1 + (int64_t)i);
        bulk_int64(bulk, load_gym_id(batch->gym));
        bulk_int64(bulk, batch->members[contact->member].number);
        load_put_local(bulk, gym, contact->at);
        bulk_text_field(bulk, contact->outcome);
        bulk_date(bulk, contact->snooze_until);
        bulk_text_field(bulk, contact->note);
    }
    return bulk_end(bulk, NULL, error);
}

bool load_members(struct bulk *bulk, const struct simulation *simulation,
                  const struct sim_batch *batch, struct load_numbers *numbers, struct error *error)
{
    const struct sim_gym *gym = simulate_gym(simulation, batch->gym);
    bool done = load_customers(bulk, gym, batch, error) &&
                load_terms(bulk, gym, batch, numbers, error) &&
                load_freezes(bulk, gym, batch, numbers, error) &&
                load_charges(bulk, gym, batch, numbers, error) &&
                load_payments(bulk, gym, batch, numbers, error) &&
                load_denials(bulk, gym, batch, numbers, error) &&
                load_contacts(bulk, gym, batch, numbers, error);
    numbers->terms += (int64_t)batch->term_count;
    numbers->freezes += (int64_t)batch->freeze_count;
    numbers->charges += (int64_t)batch->charge_count;
    numbers->payments += (int64_t)batch->payment_count;
    numbers->denials += (int64_t)batch->denial_count;
    numbers->contacts += (int64_t)batch->contact_count;
    return done && load_check_numbers(numbers->charges, numbers, error) &&
           load_check_numbers(numbers->payments, numbers, error);
}
