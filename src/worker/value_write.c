/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Figures into the database: scored some thousands at a time, by COPY into a table of the session,
 * from there into their places, row by row over the key: the tables hold all gyms, so nothing here
 * may read one whole. Those of one member go in one statement.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "value_private.h"

#define CHUNK 2048 /* members scored while the server takes those before */

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

/* ---- Who is in the star schema ---- */

struct known {
    const struct value_gym *gym;
    int64_t *dim; /* by member; 0: not there yet */
    int64_t *facts;
    int64_t *strangers; /* who is there and no member any more */
    size_t stranger_count, stranger_room, found;
};

static void known_free(struct known *known)
{
    free(known->dim);
    free(known->facts);
    free(known->strangers);
}

static bool add_stranger(struct known *known, int64_t dim)
{
    void *rows = known->strangers;
    if (!value_grow(&rows, known->stranger_count, &known->stranger_room, sizeof *known->strangers))
        return false;
    known->strangers = rows;
    known->strangers[known->stranger_count++] = dim;
    return true;
}

static bool take_known(void *owner, const int64_t *values, int count)
{
    struct known *known = owner;
    const struct value_gym *gym = known->gym;
    size_t low = 0, high = gym->count;
    if (count < 3)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gym->members[middle].number < values[0])
            low = middle + 1;
        else
            high = middle;
    }
    if (low == gym->count || gym->members[low].number != values[0])
        return add_stranger(known, values[1]);
    known->dim[low] = values[1];
    known->facts[low] = values[2];
    known->found++;
    return true;
}

static bool read_known(struct bulk *bulk, const struct value_gym *gym, struct known *known,
                       struct error *error)
{
    *known = (struct known){.gym = gym,
                            .dim = calloc(gym->count + 1, sizeof *known->dim),
                            .facts = calloc(gym->count + 1, sizeof *known->facts)};
    if (!known->dim || !known->facts)
        return no_memory(error);
    return bulk_copy_each(bulk, "recompute_known", 1, &gym->dataset.dataset_id, take_known, known,
                          error);
}

static bool drop_strangers(struct bulk *bulk, const struct known *known, struct error *error)
{
    char dataset_id[24];
    size_t size = known->stranger_count * 21 + 3;
    char *list = malloc(size);
    if (!list)
        return no_memory(error);
    size_t used = (size_t)snprintf(list, size, "{");
    for (size_t i = 0; i < known->stranger_count; i++)
        used += (size_t)snprintf(list + used, size - used, "%s%" PRId64, i ? "," : "",
                                 known->strangers[i]);
    snprintf(list + used, size - used, "}");
    snprintf(dataset_id, sizeof dataset_id, "%" PRId64, known->gym->dataset.dataset_id);
    const char *const values[] = {dataset_id, list};
    bool done = bulk_named(bulk, "recompute_drop_customers", 2, values, NULL, 0, error);
    free(list);
    return done;
}

/* ---- A row of figures ---- */

#define FIELDS 38

static const char *survival_model(const struct value_models *models)
{
    return models->has_survival ? value_survival_name(models->survival_model) : "no history yet";
}

/* In the order of the session's table. `dim`: number in the star schema, 0: none yet; `facts`: what
 * the payments came to there. */
static void put_fields(struct bulk *bulk, const struct value_gym *gym,
                       const struct value_member *member, const struct value_figures *one,
                       const char *survival, int64_t dim, int64_t facts)
{
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
    bulk_text_field(bulk, survival);
    put_or_null(bulk, one->p_stay);
    put_or_null(bulk, one->expected);
    if (dim)
        bulk_int64(bulk, dim);
    else
        bulk_null(bulk);
    bulk_int64(bulk, member->facts);
    bulk_bool(bulk, facts != member->facts);
}

/* ---- Of all, into the table of the session ---- */

static bool copy(struct bulk *bulk, const struct value_gym *gym, const struct value_models *models,
                 const struct known *known, bool *is_stale, struct error *error)
{
    size_t room = gym->count < CHUNK ? gym->count : CHUNK;
    struct value_figures *figures = malloc((room + 1) * sizeof *figures);
    if (!figures)
        return no_memory(error);
    bool done = bulk_begin(bulk, "pg_temp.figures_new", error);
    *is_stale = false;
    for (size_t first = 0; done && first < gym->count; first += room) {
        size_t count = gym->count - first < room ? gym->count - first : room;
        value_figures_of(gym, models, first, count, figures);
        for (size_t i = 0; i < count; i++) {
            const struct value_member *member = &gym->members[first + i];
            bulk_row(bulk, FIELDS);
            put_fields(bulk, gym, member, &figures[i], survival_model(models),
                       known->dim[first + i], known->facts[first + i]);
            *is_stale = *is_stale || known->facts[first + i] != member->facts;
        }
    }
    free(figures);
    return done && bulk_end(bulk, NULL, error);
}

/* ---- Into their places ---- */

/* Changes the rows that are there; adds the others, where there are fewer than `expected`. */
static bool change_or_add(struct bulk *bulk, const char *change, const char *add, size_t expected,
                          bool *all, struct error *error)
{
    char text[24];
    if (!bulk_named(bulk, change, 0, NULL, text, sizeof text, error))
        return false;
    *all = strtoull(text, NULL, 10) >= expected;
    return *all || bulk_named(bulk, add, 0, NULL, NULL, 0, error);
}

static bool store(struct bulk *bulk, size_t count, bool is_stale, struct error *error)
{
    bool all;
    if (!change_or_add(bulk, "recompute_change_rfm", "recompute_add_rfm", count, &all, error) ||
        (!all && !bulk_named(bulk, "recompute_drop_fresher", 0, NULL, NULL, 0, error)))
        return false;
    return change_or_add(bulk, "recompute_change_clv", "recompute_add_clv", count, &all, error) &&
           (!is_stale || bulk_named(bulk, "recompute_store_facts", 0, NULL, NULL, 0, error)) &&
           bulk_named(bulk, "recompute_store_customers", 0, NULL, NULL, 0, error) &&
           change_or_add(bulk, "recompute_change_predictions", "recompute_add_predictions", count,
                         &all, error);
}

/* What concerns the dataset and not its members one by one. */
static bool tidy(struct bulk *bulk, const struct value_gym *gym, const struct known *known,
                 struct error *error)
{
    char gym_id[24], dataset_id[24], customers[24], transactions[24];
    const char *const of_gym[] = {gym_id};
    const char *const counted[] = {dataset_id, customers, transactions};
    snprintf(gym_id, sizeof gym_id, "%" PRId64, gym->dataset.gym_id);
    snprintf(dataset_id, sizeof dataset_id, "%" PRId64, gym->dataset.dataset_id);
    snprintf(customers, sizeof customers, "%zu", gym->count);
    snprintf(transactions, sizeof transactions, "%" PRIu64, gym->payments);
    return (known->stranger_count == 0 || drop_strangers(bulk, known, error)) &&
           bulk_named(bulk, "recompute_drop_merged", 1, of_gym, NULL, 0, error) &&
           bulk_named(bulk, "recompute_count_dataset", 3, counted, NULL, 0, error);
}

bool value_write(struct bulk *bulk, const struct value_gym *gym, const struct value_models *models,
                 struct error *error)
{
    /* Each row is looked up by its key; the planner, who has never seen the session's table, would
     * rather read the others whole. What it is denied counts as dear, and is no reason to compile.
     */
    static const char by_key[] = "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL "
                                 "enable_mergejoin = off; SET LOCAL "
                                 "enable_seqscan = off";
    /* Numbers of those whom the star schema has just got: the same planner would compare each with
     * each. */
    static const char at_once[] = "SET LOCAL enable_nestloop = off";
    static const char as_usual[] = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = "
                                   "on; SET LOCAL enable_seqscan = on";
    struct known known = {0};
    bool is_stale = false;
    bool done = bulk_run(bulk, "DELETE FROM pg_temp.figures_new", error) &&
                read_known(bulk, gym, &known, error) &&
                copy(bulk, gym, models, &known, &is_stale, error) &&
                (known.found == gym->count ||
                 (bulk_run(bulk, at_once, error) &&
                  bulk_named(bulk, "recompute_add_customers", 0, NULL, NULL, 0, error) &&
                  bulk_run(bulk, "SET LOCAL enable_nestloop = on", error))) &&
                bulk_run(bulk, by_key, error) && store(bulk, gym->count, is_stale, error) &&
                tidy(bulk, gym, &known, error) && bulk_run(bulk, as_usual, error);
    known_free(&known);
    return done;
}

/* ---- Of one ---- */

bool value_write_member(struct bulk *bulk, const struct value_gym *gym,
                        const struct value_models *models, const struct value_single *single,
                        struct error *error)
{
    const struct value_member *member = &gym->members[0];
    struct value_figures figures;
    char number[24], customer[24];
    const char *const values[] = {number, customer};
    value_figures_of(gym, models, 0, 1, &figures);
    bulk_begin_call(bulk);
    put_fields(bulk, gym, member, &figures, survival_model(models), single->dim, single->facts);
    if (!bulk_end_call(bulk, "recompute_store_member", number, sizeof number, error))
        return false;
    snprintf(customer, sizeof customer, "%" PRId64, member->number);
    return single->facts == member->facts ||
           bulk_named(bulk, "recompute_store_facts_of", 2, values, NULL, 0, error);
}
