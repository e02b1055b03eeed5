/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in every batch, whatever the seed. The same rules as `gymtui doctor --data` asks
 * of the database, here of the rows before they are loaded. */
#include <stdlib.h>

#include "simulate_parts.h"

struct member_facts {
    size_t first_term, term_count;
    size_t first_freeze, freeze_count;
    int64_t busy_until;
    int open;
    money charged, paid;
};

static bool complain(const struct sim_batch *batch, int member, struct error *error,
                     const char *what)
{
    return error_set(error, ERROR_INPUT, NULL, "Member %lld of gym %d: %s",
                     (long long)batch->members[member].number, batch->gym + 1, what);
}

static bool check_terms(const struct sim_gym *gym, const struct sim_batch *batch,
                        struct member_facts *facts, struct error *error)
{
    for (size_t i = 0; i < batch->term_count; i++) {
        const struct sim_term *term = &batch->terms[i];
        struct member_facts *fact = &facts[term->member];
        if (fact->term_count == 0)
            fact->first_term = i;
        else if (i != fact->first_term + fact->term_count)
            return complain(batch, term->member, error, "terms are not together");
        fact->term_count++;
        if (term->from >= term->until)
            return complain(batch, term->member, error, "an empty term");
        if (term->from < batch->members[term->member].joined)
            return complain(batch, term->member, error, "a term before joining");
        if (fact->term_count > 1 && term->from < batch->terms[i - 1].until)
            return complain(batch, term->member, error, "terms overlap");
        if (term->price != gym->price[term->plan])
            return complain(batch, term->member, error, "a term at another price");
    }
    for (size_t i = 0; i < batch->freeze_count; i++) {
        const struct sim_freeze *freeze = &batch->freezes[i];
        struct member_facts *fact = &facts[freeze->member];
        const struct sim_term *term = &batch->terms[freeze->term];
        if (fact->freeze_count == 0)
            fact->first_freeze = i;
        fact->freeze_count++;
        if (freeze->from >= freeze->until || freeze->from < term->from ||
            freeze->until > term->until || term->member != freeze->member)
            return complain(batch, freeze->member, error, "a freeze outside its term");
    }
    return true;
}

static bool covered(const struct sim_batch *batch, const struct member_facts *fact, int32_t day)
{
    for (size_t i = 0; i < fact->freeze_count; i++) {
        const struct sim_freeze *freeze = &batch->freezes[fact->first_freeze + i];
        if (freeze->from <= day && day < freeze->until)
            return false;
    }
    for (size_t i = 0; i < fact->term_count; i++) {
        const struct sim_term *term = &batch->terms[fact->first_term + i];
        if (term->from <= day && day < term->until)
            return true;
    }
    return false;
}

static bool check_visits(const struct sim_gym *gym, const struct sim_batch *batch,
                         struct member_facts *facts, struct error *error)
{
    int64_t before = INT64_MIN;
    for (size_t i = 0; i < batch->visit_count; i++) {
        const struct sim_visit *visit = &batch->visits[i];
        struct member_facts *fact = &facts[visit->member];
        if (visit->in < before)
            return complain(batch, visit->member, error, "visits are not in order of time");
        before = visit->in;
        if (visit->in > gym->now || (visit->out != MOMENT_NONE && visit->out > gym->now))
            return complain(batch, visit->member, error, "a visit in the future");
        if (visit->out != MOMENT_NONE && visit->out < visit->in)
            return complain(batch, visit->member, error, "a visit that ends before it begins");
        if (visit->in < fact->busy_until)
            return complain(batch, visit->member, error, "visits overlap");
        fact->busy_until = visit->out == MOMENT_NONE ? INT64_MAX : visit->out;
        fact->open += visit->out == MOMENT_NONE;
        if (fact->open > 1)
            return complain(batch, visit->member, error, "two open visits");
        if (!visit->override_reason && !covered(batch, fact, local_day(visit->in)))
            return complain(batch, visit->member, error, "a visit while frozen or without a term");
    }
    return true;
}

static bool check_money(const struct sim_gym *gym, const struct sim_batch *batch,
                        struct member_facts *facts, struct error *error)
{
    for (size_t i = 0; i < batch->charge_count; i++) {
        const struct sim_charge *charge = &batch->charges[i];
        facts[charge->member].charged += charge->amount;
        if (charge->due < batch->members[charge->member].joined)
            return complain(batch, charge->member, error, "a charge before joining");
        if (charge->term >= 0 && batch->terms[charge->term].price != charge->amount)
            return complain(batch, charge->member, error, "a charge that is not its term's price");
    }
    for (size_t i = 0; i < batch->payment_count; i++) {
        const struct sim_payment *payment = &batch->payments[i];
        facts[payment->member].paid += payment->amount;
        if (payment->at > gym->now)
            return complain(batch, payment->member, error, "a payment in the future");
        if (local_day(payment->at) < batch->members[payment->member].joined)
            return complain(batch, payment->member, error, "a payment before joining");
        if ((payment->kind == SIM_PAY_REFUND) != (payment->refunds >= 0) ||
            (payment->kind == SIM_PAY_REFUND) != (payment->amount < 0))
            return complain(batch, payment->member, error, "a refund of nothing");
        if (payment->refunds >= 0 &&
            (payment->refunds >= (int)i ||
             batch->payments[payment->refunds].amount != -payment->amount ||
             batch->payments[payment->refunds].member != payment->member))
            return complain(batch, payment->member, error, "a refund of another payment");
    }
    for (size_t i = 0; i < batch->member_count; i++)
        if (facts[i].paid > facts[i].charged)
            return complain(batch, (int)i, error, "more was paid than charged");
    return true;
}

bool simulate_check(const struct simulation *simulation, const struct sim_batch *batch,
                    struct error *error)
{
    const struct sim_gym *gym = &simulation->gyms[batch->gym];
    struct member_facts *facts = calloc(batch->member_count + 1, sizeof *facts);
    if (!facts)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; i < batch->member_count; i++)
        facts[i].busy_until = INT64_MIN;
    bool holds = check_terms(gym, batch, facts, error) && check_visits(gym, batch, facts, error) &&
                 check_money(gym, batch, facts, error);
    for (size_t i = 0; holds && i < batch->member_count; i++)
        if (facts[i].term_count == 0)
            holds = complain(batch, (int)i, error, "never had a plan");
    free(facts);
    return holds;
}
