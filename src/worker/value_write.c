/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures into the database: by COPY into a table of the session, from there into their places. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "value_private.h"

static void put_or_null(struct bulk *bulk, double value)
{
    if (isfinite(value))
        bulk_float8(bulk, value);
    else
        bulk_null(bulk);
}

static void put_age(struct bulk *bulk, const struct value_gym *gym,
                    const struct value_member *member)
{
    int age = member->birth == DATE_NONE ? -1 : date_age(member->birth, gym->today);
    if (age < 0 || age > 130)
        bulk_null(bulk);
    else
        bulk_int32(bulk, age);
}

static void put_gender(struct bulk *bulk, const struct value_member *member)
{
    static const char *const words[] = {NULL, "female", "male", "other"};
    if (member->gender < 1 || member->gender > 3)
        bulk_null(bulk);
    else
        bulk_text_field(bulk, words[member->gender]);
}

static bool copy(struct bulk *bulk, const struct value_gym *gym,
                 const struct value_figures *figures, const char *survival_model,
                 struct error *error)
{
    if (!bulk_begin(bulk, "pg_temp.figures_new", error))
        return false;
    for (size_t i = 0; i < gym->count; i++) {
        const struct value_member *member = &gym->members[i];
        const struct value_figures *one = &figures[i];
        bulk_row(bulk, 35);
        bulk_int64(bulk, gym->dataset.gym_id);
        bulk_int64(bulk, gym->dataset.dataset_id);
        bulk_int64(bulk, member->number);
        bulk_date(bulk, gym->today);
        bulk_int32(bulk, one->recency);
        bulk_float8(bulk, one->frequency);
        bulk_numeric2(bulk, member->paid_year);
        bulk_text_field(bulk, one->segment);
        bulk_int16(bulk, one->r);
        bulk_int16(bulk, one->f);
        bulk_int16(bulk, one->m);
        bulk_float8(bulk, one->value);
        bulk_float8(bulk, one->low);
        bulk_float8(bulk, one->high);
        bulk_float8(bulk, one->order);
        bulk_text_field(bulk, one->type);
        put_or_null(bulk, one->p_alive);
        put_or_null(bulk, one->p_renew);
        put_or_null(bulk, one->p_usual);
        put_or_null(bulk, one->months_left);
        bulk_float8(bulk, one->at_stake);
        bulk_text_field(bulk, one->reason);
        bulk_text_field(bulk, one->model);
        put_age(bulk, gym, member);
        put_gender(bulk, member);
        bulk_date(bulk, member->first_payment);
        bulk_date(bulk, member->last_payment);
        bulk_int32(bulk, one->days);
        bulk_bool(bulk, one->has_ended);
        bulk_float8(bulk, one->survival_value);
        bulk_float8(bulk, one->survival_low);
        bulk_float8(bulk, one->survival_high);
        bulk_text_field(bulk, survival_model);
        put_or_null(bulk, one->p_stay);
        put_or_null(bulk, one->expected);
    }
    return bulk_end(bulk, NULL, error);
}

bool value_write(struct bulk *bulk, const struct value_gym *gym, const struct value_models *models,
                 const struct value_figures *figures, bool is_whole, struct error *error)
{
    char gym_id[24], dataset_id[24], customer_id[24];
    const char *const values[] = {gym_id, dataset_id}, *const of_one[] = {dataset_id, customer_id};
    snprintf(gym_id, sizeof gym_id, "%" PRId64, gym->dataset.gym_id);
    snprintf(dataset_id, sizeof dataset_id, "%" PRId64, gym->dataset.dataset_id);
    snprintf(customer_id, sizeof customer_id, "%" PRId64, gym->count ? gym->members[0].number : 0);
    /* One row is looked up; thousands are joined. */
    const char *ready = is_whole
                            ? "TRUNCATE pg_temp.figures_new"
                            : "DELETE FROM pg_temp.figures_new; SET LOCAL jit = off; SET LOCAL "
                              "enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL "
                              "enable_seqscan = off";
    return bulk_run(bulk, ready, error) &&
           copy(bulk, gym, figures,
                models->has_survival ? value_survival_name(models->survival_model)
                                     : "no history yet",
                error) &&
           (!is_whole || bulk_run(bulk, "ANALYZE pg_temp.figures_new", error)) &&
           bulk_named(bulk, "recompute_store_rfm", 0, NULL, NULL, 0, error) &&
           bulk_named(bulk, "recompute_store_clv", 0, NULL, NULL, 0, error) &&
           (!is_whole || bulk_named(bulk, "recompute_drop_strangers", 2, values, NULL, 0, error)) &&
           bulk_named(bulk, "recompute_store_customers", 0, NULL, NULL, 0, error) &&
           (is_whole ? bulk_named(bulk, "recompute_stale_facts", 0, NULL, NULL, 0, error)
                     : bulk_named(bulk, "recompute_stale_facts_of", 2, of_one, NULL, 0, error)) &&
           bulk_named(bulk, "recompute_store_predictions", 0, NULL, NULL, 0, error) &&
           (!is_whole ||
            bulk_named(bulk, "recompute_count_dataset", 1, values + 1, NULL, 0, error));
}
