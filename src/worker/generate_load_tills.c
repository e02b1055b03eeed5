/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cash-ups of the past. A till's number follows from its day and desk, so that payments can
 * name theirs before it is written. */
#include "generate_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/cash.h"
#include "gymtui/base/text.h"

#define CASH_METHOD  3
#define DESKS        2
#define LARGEST_KIND 5000 /* nobody pays a visit with more */

int64_t load_till_id(const struct load_numbers *numbers, int till)
{
    return numbers->base + 1 + till;
}

void load_take_cash(const struct sim_gym *gym, const struct sim_batch *batch, money *cash)
{
    for (size_t i = 0; i < batch->payment_count; i++) {
        const struct sim_payment *payment = &batch->payments[i];
        int till = simulate_till_of(gym, payment);
        if (till >= 0 && payment->method == CASH_METHOD)
            cash[till] += payment->amount;
    }
}

/* {"50.00": 1, "0.20": 3}: the notes and coins that were counted. */
static void write_denominations(char *json, size_t size, const char *currency, money counted)
{
    money kinds[CASH_KINDS_MOST];
    int count = cash_kinds(currency, kinds);
    *json = '\0';
    text_append(json, size, "{");
    for (int i = 0; i < count; i++) {
        if (kinds[i] > LARGEST_KIND || counted < kinds[i])
            continue;
        text_append(json, size, "%s\"%lld.%02lld\": %lld", json[1] != '\0' ? ", " : "",
                    (long long)kinds[i] / 100, (long long)kinds[i] % 100,
                    (long long)(counted / kinds[i]));
        counted %= kinds[i];
    }
    text_append(json, size, "}");
}

/* Each desk's tills are those of its login, where there is one: 0 if not. */
static bool read_cashiers(struct bulk *bulk, int index, int64_t *cashiers, struct error *error)
{
    for (int desk = 1; desk <= DESKS; desk++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "SELECT coalesce(max(s.staff_id), 0) FROM auth.staff AS s WHERE s.gym_id = %lld "
                 "AND s.username = 'desk%s' AND NOT s.is_alias AND NOT s.retired",
                 (long long)load_gym_id(index), load_desks[desk]);
        if (!bulk_value(bulk, sql, &cashiers[desk], error))
            return false;
    }
    return true;
}

static void put_cashier(struct bulk *bulk, int64_t cashier)
{
    if (cashier != 0)
        bulk_int64(bulk, cashier);
    else
        bulk_null(bulk);
}

static bool load_sessions(struct bulk *bulk, const struct sim_gym *gym, int index,
                          const struct load_numbers *numbers, const struct sim_till *tills,
                          int count, const int64_t *cashiers, struct error *error)
{
    if (!bulk_begin(
            bulk,
            "gym_incoming.till_sessions (till_session_id, gym_id, desk, opened_at, "
            "opening_float, closed_at, counted, denominations, expected, reason, opened_by, "
            "closed_by)",
            error))
        return false;
    for (int i = 0; i < count; i++) {
        char json[400];
        write_denominations(json, sizeof json, gym->currency, tills[i].counted);
        bulk_row(bulk, 12);
        bulk_int64(bulk, load_till_id(numbers, i));
        bulk_int64(bulk, load_gym_id(index));
        bulk_text_field(bulk, load_desks[tills[i].desk]);
        load_put_local(bulk, gym, tills[i].opened);
        bulk_numeric2(bulk, tills[i].opening_float);
        load_put_local(bulk, gym, tills[i].closed);
        bulk_numeric2(bulk, tills[i].counted);
        bulk_jsonb(bulk, json);
        bulk_numeric2(bulk, tills[i].expected);
        bulk_text_field(bulk, tills[i].reason ? tills[i].reason : "");
        put_cashier(bulk, cashiers[tills[i].desk]);
        put_cashier(bulk, cashiers[tills[i].desk]);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_moves(struct bulk *bulk, const struct sim_gym *gym, int index,
                       const struct load_numbers *numbers, const struct sim_till *tills, int count,
                       const int64_t *cashiers, struct error *error)
{
    int64_t last = numbers->base;
    if (!bulk_begin(bulk,
                    "gym_incoming.till_moves (till_move_id, gym_id, till_session_id, at, amount, "
                    "reason, staff_id)",
                    error))
        return false;
    for (int i = 0; i < count; i++) {
        if (tills[i].moved == 0)
            continue;
        bulk_row(bulk, 7);
        bulk_int64(bulk, ++last);
        bulk_int64(bulk, load_gym_id(index));
        bulk_int64(bulk, load_till_id(numbers, i));
        load_put_local(bulk, gym, tills[i].moved_at);
        bulk_numeric2(bulk, tills[i].moved);
        bulk_text_field(bulk, tills[i].moved_why);
        put_cashier(bulk, cashiers[tills[i].desk]);
    }
    return bulk_end(bulk, NULL, error);
}

static bool load_counts(struct bulk *bulk, const struct sim_gym *gym, int index,
                        const struct load_numbers *numbers, const struct sim_till *tills, int count,
                        const int64_t *cashiers, struct error *error)
{
    int64_t last = numbers->base;
    if (!bulk_begin(bulk,
                    "gym_incoming.till_counts (till_count_id, gym_id, till_session_id, at, "
                    "counted, denominations, staff_id)",
                    error))
        return false;
    for (int i = 0; i < count; i++) {
        const struct sim_till *till = &tills[i];
        const money counted[] = {till->first_counted, till->counted};
        for (int j = counted[0] == counted[1] ? 1 : 0; j < 2; j++) {
            char json[400];
            write_denominations(json, sizeof json, gym->currency, counted[j]);
            bulk_row(bulk, 7);
            bulk_int64(bulk, ++last);
            bulk_int64(bulk, load_gym_id(index));
            bulk_int64(bulk, load_till_id(numbers, i));
            load_put_local(bulk, gym, till->closed - (j == 0 ? 30 : 0));
            bulk_numeric2(bulk, counted[j]);
            bulk_jsonb(bulk, json);
            put_cashier(bulk, cashiers[till->desk]);
        }
    }
    return bulk_end(bulk, NULL, error);
}

bool load_tills(struct bulk *bulk, const struct simulation *simulation, int index,
                const money *cash, struct error *error)
{
    const struct sim_gym *gym = simulate_gym(simulation, index);
    struct load_numbers numbers = load_numbers_of(simulation, index);
    int count = simulate_till_count(gym);
    int64_t cashiers[DESKS + 1] = {0}; /* by sim_till.desk */
    struct sim_till *tills = calloc((size_t)count + 1, sizeof *tills);
    bool done = tills && simulate_tills(simulation, index, cash, tills);
    if (!done)
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    done = done && load_check_numbers((int64_t)count * 2, &numbers, error) &&
           read_cashiers(bulk, index, cashiers, error) &&
           load_sessions(bulk, gym, index, &numbers, tills, count, cashiers, error) &&
           load_moves(bulk, gym, index, &numbers, tills, count, cashiers, error) &&
           load_counts(bulk, gym, index, &numbers, tills, count, cashiers, error);
    free(tills);
    return done;
}
