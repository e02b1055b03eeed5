/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The refresh from end to end: sums in, scores, models, and all of it back in one transaction. */
#include "gymtui/worker/dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_private.h"
#include "gymtui/base/text.h"
#include "gymtui/model/rfm.h"

bool refresh_goes_on(const struct refresh *refresh, const char *phase, double share,
                     struct error *error)
{
    return !refresh->on_progress || refresh->on_progress(refresh->owner, phase, share) ||
           error_set(error, ERROR_CANCELLED, NULL,
                     "The refresh was ended; the figures are the old ones");
}

bool refresh_keep(struct refresh *refresh, const struct value_fit *about, const struct fit *fit,
                  const struct error *why, struct error *error)
{
    if (!why)
        return value_store_fit(refresh->bulk, &refresh->dataset, about, fit, error);
    struct dataset_outcome *outcome = refresh->outcome;
    if (outcome->failures++ == 0) { /* some reasons begin with the model's name */
        bool named = strncmp(why->message, about->model, strlen(about->model)) == 0;
        text_append(outcome->failure, sizeof outcome->failure, "%s%s%s", named ? "" : about->model,
                    named ? "" : ": ", why->message);
    }
    return value_store_failure(refresh->bulk, &refresh->dataset, about, why, error);
}

int refresh_best(const struct measure *const *holdouts, const bool *fitted, int count)
{
    int best = -1;
    for (int i = 0; i < count; i++) {
        if (!fitted[i])
            continue;
        double loss = holdouts[i] ? holdouts[i]->log_loss : INFINITY;
        if (best < 0 || loss < (holdouts[best] ? holdouts[best]->log_loss : INFINITY))
            best = i;
    }
    return best;
}

/* ---- Reading ---- */

static bool take_settings(void *owner, const int64_t *values, int count)
{
    struct refresh *refresh = owner;
    if (count < 11)
        return false;
    refresh->dataset = (struct value_dataset){.dataset_id = values[0], .gym_id = values[1]};
    refresh->has_contract = values[2] != 0;
    refresh->unit = (int)values[3];
    refresh->grace = (int)values[4];
    refresh->silent = (int)values[5];
    refresh->first_day = (int32_t)values[6];
    refresh->as_of = (int32_t)values[7];
    refresh->cut = (int32_t)values[8];
    refresh->cut_is_named = values[9] != 0;
    refresh->period = values[10] > 0 ? (int)values[10] : 1;
    return true;
}

static bool take_customer(void *owner, const int64_t *v, int count)
{
    struct refresh *refresh = owner;
    if (count < 17)
        return false;
    if (refresh->count == refresh->room) {
        size_t room = refresh->room ? refresh->room * 2 : 1024;
        struct customer *rows = realloc(refresh->rows, room * sizeof *rows);
        if (!rows)
            return false;
        refresh->rows = rows;
        refresh->room = room;
    }
    refresh->rows[refresh->count++] = (struct customer){
        .id = v[0],
        .age = (int16_t)v[1],
        .gender = (uint8_t)v[2],
        .method = (uint8_t)v[3],
        .first = (int32_t)v[4],
        .last = (int32_t)v[5],
        .days_cut = (int32_t)v[6],
        .last_cut = (int32_t)v[7],
        .repeat_cut = v[8],
        .days = (int32_t)v[9],
        .repeat_all = v[10],
        .days_after_cut = (int32_t)v[11],
        .spell = (int32_t)v[12],
        .spell_days = (int32_t)v[13],
        .spell_paid = v[14],
        .days_90 = (int32_t)v[15],
        .year_paid = v[16],
        .p_alive = NAN,
        .p_stay = NAN,
        .expected = NAN,
        .clv = NAN,
        .low = NAN,
        .high = NAN,
    };
    return true;
}

/* A list of words, one a line, in the order of their codes. */
static bool read_levels(struct bulk *bulk, const char *sql, struct levels *levels,
                        struct error *error)
{
    char lines[DATASET_LEVELS * 80];
    char *rest = NULL;
    levels->count = 0;
    if (!bulk_text(bulk, sql, lines, sizeof lines, error))
        return false;
    for (char *word = strtok_r(lines, "\n", &rest); word && levels->count < DATASET_LEVELS;
         word = strtok_r(NULL, "\n", &rest)) {
        char *name = levels->name[levels->count++];
        *name = '\0';
        text_append(name, sizeof levels->name[0], "%s", word);
    }
    return true;
}

int refresh_age_band(const struct customer *customer)
{
    if (customer->age < 0)
        return -1;
    return customer->age < 25   ? 0
           : customer->age < 35 ? 1
           : customer->age < 45 ? 2
           : customer->age < 55 ? 3
                                : 4;
}

static bool begin(struct refresh *refresh, int64_t gym_id, const char *name, struct error *error)
{
    struct bulk *bulk = refresh->bulk;
    if (!bulk_run_file(bulk, "dataset_refresh_begin", error) ||
        !bulk_begin(bulk, "pg_temp.refresh_wish (gym_id, name)", error))
        return false;
    bulk_row(bulk, 2);
    bulk_int64(bulk, gym_id);
    bulk_text_field(bulk, name);
    return bulk_end(bulk, NULL, error);
}

static bool read_all(struct refresh *refresh, struct error *error)
{
    static const char *const bands[] = {"under 25", "25 to 34", "35 to 44", "45 to 54",
                                        "55 and over"};
    struct bulk *bulk = refresh->bulk;
    refresh->ages.count = (int)(sizeof bands / sizeof *bands);
    for (int i = 0; i < refresh->ages.count; i++)
        snprintf(refresh->ages.name[i], sizeof refresh->ages.name[i], "%s", bands[i]);
    return refresh_goes_on(refresh, "summing up", .02, error) &&
           bulk_run_file(bulk, "dataset_refresh_sum", error) &&
           bulk_each(bulk, "dataset_refresh_settings", 0, NULL, take_settings, refresh, error) &&
           read_levels(bulk,
                       "SELECT string_agg(x.name, E'\\n' ORDER BY x.code) FROM (SELECT DISTINCT "
                       "m.code, m.name FROM pg_temp.refresh_methods AS m) AS x",
                       &refresh->methods, error) &&
           read_levels(bulk,
                       "SELECT string_agg(x.name, E'\\n' ORDER BY x.code) FROM (SELECT DISTINCT "
                       "g.code, g.name FROM pg_temp.refresh_genders AS g) AS x",
                       &refresh->genders, error) &&
           bulk_each(bulk, "dataset_refresh_customers", 0, NULL, take_customer, refresh, error) &&
           (refresh->count > 0 ||
            error_set(error, ERROR_INPUT, NULL, "The dataset has no transactions"));
}

/* ---- Survival and scores ---- */

/* ANALYTICS.md 1: with a contract the last bill pays for a period, and after the grace the customer
 * has left; without, after so many silent days. */
static void settle_survival(struct refresh *refresh)
{
    for (size_t i = 0; i < refresh->count; i++) {
        struct customer *customer = &refresh->rows[i];
        int32_t ends = customer->last + (refresh->has_contract ? refresh->period : 0);
        customer->gone = ends < refresh_horizon(refresh);
        if (!customer->gone && refresh->has_contract && ends > refresh->as_of)
            ends = refresh->as_of;
        customer->survival = ends - customer->spell;
    }
}

struct scores {
    double *values;
    uint8_t *r, *f, *m;
};

static double recency_of(const struct refresh *refresh, const struct customer *customer)
{
    return refresh->as_of - customer->last;
}

static double frequency_of(const struct refresh *refresh, const struct customer *customer)
{
    return rfm_frequency(customer->days_90, refresh->as_of - customer->first);
}

static double paid_of(const struct refresh *refresh, const struct customer *customer)
{
    (void)refresh;
    return (double)customer->year_paid;
}

static bool score(const struct refresh *refresh, struct scores *scores,
                  double (*measure)(const struct refresh *, const struct customer *),
                  bool low_is_good, uint8_t *into, struct error *error)
{
    for (size_t i = 0; i < refresh->count; i++)
        scores->values[i] = measure(refresh, &refresh->rows[i]);
    return rfm_score(scores->values, refresh->count, low_is_good, into, error);
}

/* ---- Writing ---- */

static void put_number(struct bulk *bulk, double value)
{
    if (isfinite(value))
        bulk_float8(bulk, value);
    else
        bulk_null(bulk);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Among those who are still there: the median value, and how likely they stay on the whole. */
static void find_middle(const struct refresh *refresh, double *spare, double *median, double *rate)
{
    size_t count = 0;
    double sum = 0;
    for (size_t i = 0; i < refresh->count; i++) {
        if (refresh->rows[i].gone || !isfinite(refresh->rows[i].clv))
            continue;
        spare[count++] = refresh->rows[i].clv;
        sum += refresh->rows[i].p_stay;
    }
    *median = *rate = 0;
    if (count == 0)
        return;
    qsort(spare, count, sizeof *spare, by_value);
    *median = count % 2 ? spare[count / 2] : (spare[count / 2 - 1] + spare[count / 2]) / 2;
    *rate = sum / (double)count;
}

static void put_customer(const struct refresh *refresh, const struct scores *scores, size_t i,
                         double median, double rate)
{
    const struct customer *customer = &refresh->rows[i];
    struct bulk *bulk = refresh->bulk;
    bool is_predicted = *refresh->model != '\0' && isfinite(customer->clv);
    int tenure = refresh->as_of - customer->first;
    bulk_row(bulk, 18);
    bulk_int64(bulk, customer->id);
    bulk_int32(bulk, customer->survival);
    bulk_bool(bulk, customer->gone);
    bulk_int32(bulk, refresh->as_of - customer->last);
    bulk_float8(bulk, frequency_of(refresh, customer));
    bulk_numeric2(bulk, customer->year_paid);
    bulk_int16(bulk, scores->r[i]);
    bulk_int16(bulk, scores->f[i]);
    bulk_int16(bulk, scores->m[i]);
    bulk_text_field(bulk, rfm_segment_name(rfm_segment(scores->r[i], scores->f[i], tenure)));
    put_number(bulk, customer->clv);
    put_number(bulk, customer->low);
    put_number(bulk, customer->high);
    put_number(bulk, customer->p_alive);
    put_number(bulk, customer->p_stay);
    put_number(bulk, customer->expected);
    bulk_text_field(bulk, is_predicted ? clv_type_name(clv_customer_type(customer->clv, median,
                                                                         customer->p_stay, rate))
                                       : "");
    bulk_text_field(bulk, is_predicted ? refresh->model : "");
}

static void free_scores(struct scores *scores)
{
    free(scores->values);
    free(scores->r);
    free(scores->f);
    free(scores->m);
}

static bool score_and_write(struct refresh *refresh, struct error *error)
{
    size_t count = refresh->count;
    struct scores scores = {malloc(count * sizeof(double)), malloc(count), malloc(count),
                            malloc(count)};
    if (!scores.values || !scores.r || !scores.f || !scores.m) {
        free_scores(&scores);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    bool done =
        score(refresh, &scores, recency_of, true, scores.r, error) &&
        score(refresh, &scores, frequency_of, false, scores.f, error) &&
        score(refresh, &scores, paid_of, false, scores.m, error) &&
        bulk_begin(refresh->bulk,
                   "pg_temp.refresh_scored (customer_id, survival_time, event_observed, "
                   "recency_score, frequency_score, monetary_score, r, f, m, customer_segment, "
                   "clv, clv_low, clv_high, p_alive, p_stay, expected, predicted_customer_type, "
                   "model)",
                   error);
    if (done) {
        double median, rate;
        find_middle(refresh, scores.values, &median, &rate);
        for (size_t i = 0; i < count; i++)
            put_customer(refresh, &scores, i, median, rate);
        done = bulk_end(refresh->bulk, NULL, error) &&
               bulk_run_file(refresh->bulk, "dataset_refresh_store", error);
    }
    free_scores(&scores);
    return done;
}

static void sum_up(const struct refresh *refresh)
{
    struct dataset_outcome *outcome = refresh->outcome;
    outcome->customers = (int64_t)refresh->count;
    for (size_t i = 0; i < refresh->count; i++)
        outcome->gone += refresh->rows[i].gone;
    snprintf(outcome->model, sizeof outcome->model, "%s", refresh->model);
}

bool dataset_refresh(const char *conninfo, int64_t gym_id, const char *name,
                     dataset_progress_fn *on_progress, void *owner, struct dataset_outcome *outcome,
                     struct error *error)
{
    struct dataset_outcome unwanted;
    struct refresh refresh = {.on_progress = on_progress,
                              .owner = owner,
                              .model = "",
                              .outcome = outcome ? outcome : &unwanted};
    *refresh.outcome = (struct dataset_outcome){0};
    refresh.bulk = bulk_open(conninfo, error);
    bool done = refresh.bulk && begin(&refresh, gym_id, name, error) && read_all(&refresh, error);
    if (done)
        settle_survival(&refresh);
    done = done && refresh_goes_on(&refresh, "survival", .3, error) &&
           refresh_curves(&refresh, error) &&
           (refresh.has_contract ? refresh_contract(&refresh, error)
                                 : refresh_visits(&refresh, error)) &&
           refresh_goes_on(&refresh, "scores", .85, error) && score_and_write(&refresh, error) &&
           refresh_goes_on(&refresh, "done", 1, error) && bulk_commit(refresh.bulk, error);
    if (done)
        sum_up(&refresh);
    bulk_close(refresh.bulk);
    free(refresh.rows);
    return done;
}

bool dataset_delete(const char *conninfo, int64_t gym_id, const char *name, struct error *error)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, gym_id);
    const char *const gym[] = {number}, *const names[] = {name};
    struct bulk *bulk = bulk_open(conninfo, error);
    bool done = bulk && bulk_named(bulk, "dataset_delete_begin", 1, gym, NULL, 0, error) &&
                bulk_named(bulk, "dataset_delete", 1, names, NULL, 0, error) &&
                bulk_commit(bulk, error);
    bulk_close(bulk);
    return done;
}
