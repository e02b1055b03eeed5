/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A customer joins, takes a plan, pays on the same day of each month in advance, and one day pays
 * no more. The rows go the way of an import (dataset_import_*.sql).
 */
#include "gymtui/worker/isp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gymtui/base/date.h"
#include "gymtui/base/money.h"
#include "gymtui/db/bulk.h"
#include "simulate_random.h"

#define NO_GYM         (-1) /* a stream of random numbers of its own */
#define LOOK_EVERY     1000
#define YEARLY_RISE    1.03
#define CUSTOMERS_MOST 2000000

enum gender { GENDER_FEMALE, GENDER_MALE, GENDER_OTHER, GENDERS };
enum method { METHOD_CARD, METHOD_DIRECT_DEBIT, METHOD_TRANSFER, METHOD_CASH, METHODS };

static const char *const gender_names[GENDERS] = {"female", "male", "other"};
static const char *const method_names[METHODS] = {"Card", "Direct debit", "Bank transfer", "Cash"};
static const double gender_shares[GENDERS] = {.55, .42, .03};
static const double method_shares[METHODS] = {.45, .28, .17, .10};

static const struct {
    money price;
    double share;
} plans[] = {{1990, .35}, {2990, .45}, {4490, .20}};
#define PLANS ((int)(sizeof plans / sizeof *plans))

const double isp_intercept = 2.75, isp_sigma = .8;
static const double effect_of_ten_years = .13;
static const double effect_of_gender[GENDERS] = {0, -.15, .10};
static const double effect_of_method[METHODS] = {0, .25, -.20, -.60};
const struct isp_effect isp_effects[] = {
    {"each 10 years older", .13},
    {"men instead of women", -.15},
    {"paying by direct debit instead of card", .25},
    {"paying by bank transfer instead of card", -.20},
    {"paying by cash instead of card", -.60},
    {NULL, 0},
};

struct subscriber {
    int age;
    enum gender gender;
    enum method method;
    money price;
    int32_t joined;
    double months; /* how long he stays */
};

static struct subscriber draw(gsl_rng *rng, const struct isp_options *options, int index)
{
    struct subscriber one;
    double weights[PLANS];
    for (int i = 0; i < PLANS; i++)
        weights[i] = plans[i].share;
    random_seed(rng, options->seed, NO_GYM, index, STREAM_PERSON);
    one.age = 18 + (int)fmin(gsl_ran_gamma(rng, 2.6, 10.5), 72);
    one.gender = (enum gender)random_pick(rng, gender_shares, GENDERS);
    one.method = (enum method)random_pick(rng, method_shares, METHODS);
    one.price = plans[random_pick(rng, weights, PLANS)].price;
    random_seed(rng, options->seed, NO_GYM, index, STREAM_JOIN);
    int32_t begins = date_add_months(options->as_of, -options->months, 0);
    one.joined = begins + random_below(rng, options->as_of - begins);
    random_seed(rng, options->seed, NO_GYM, index, STREAM_LIFE);
    double w = log(-log(gsl_rng_uniform_pos(rng))); /* smallest extreme value */
    one.months = exp(isp_intercept + effect_of_ten_years * one.age / 10 +
                     effect_of_gender[one.gender] + effect_of_method[one.method] + isp_sigma * w);
    return one;
}

/* ---- Rows ---- */

static void key_of(char key[16], int index)
{
    snprintf(key, 16, "P%07d", index + 1);
}

static void put_customer(struct bulk *bulk, const struct subscriber *one, int index)
{
    char key[16];
    key_of(key, index);
    bulk_row(bulk, 4);
    bulk_int64(bulk, index + 1);
    bulk_text_field(bulk, key);
    bulk_int32(bulk, one->age);
    bulk_text_field(bulk, gender_names[one->gender]);
}

/* The price of the month, which rises each January. */
static money bill_of(const struct subscriber *one, int32_t day)
{
    int years = date_to_civil(day).year - date_to_civil(one->joined).year;
    return llround((double)one->price * pow(YEARLY_RISE, years));
}

static void put_bills(struct bulk *bulk, const struct subscriber *one, int index, int32_t as_of,
                      int64_t *line)
{
    char key[16];
    key_of(key, index);
    for (int month = 0; month < one->months; month++) {
        int32_t day = date_add_months(one->joined, month, 0);
        if (day > as_of)
            return;
        bulk_row(bulk, 6);
        bulk_int64(bulk, ++*line);
        bulk_text_field(bulk, key);
        bulk_date(bulk, day);
        bulk_numeric2(bulk, bill_of(one, day));
        bulk_text_field(bulk, method_names[one->method]);
        bulk_null(bulk);
    }
}

struct making {
    const struct isp_options *options;
    struct bulk *bulk;
    isp_progress_fn *on_progress;
    void *owner;
};

static bool go_on(const struct making *making, double share, struct error *error)
{
    return !making->on_progress ||
           making->on_progress(making->owner, "customers and bills", share) ||
           error_set(error, ERROR_CANCELLED, NULL, "The load was ended; the data are the old ones");
}

/* Twice over the customers: a COPY takes one table. Each one is drawn the same both times. */
static bool put_all(const struct making *making, bool bills, struct error *error)
{
    const struct isp_options *options = making->options;
    gsl_rng *rng = gsl_rng_alloc(&random_type);
    if (!rng)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    bool done = bulk_begin(making->bulk,
                           bills ? "pg_temp.import_transactions (line, customer, day, amount, "
                                   "method, transaction)"
                                 : "pg_temp.import_customers (line, customer, age, gender)",
                           error);
    int64_t line = 0;
    if (done) {
        struct error late;
        for (int i = 0; done && i < options->customers; i++) {
            struct subscriber one = draw(rng, options, i);
            if (bills)
                put_bills(making->bulk, &one, i, options->as_of, &line);
            else
                put_customer(making->bulk, &one, i);
            if (i % LOOK_EVERY == 0)
                done = go_on(making, (bills ? .1 : 0) + .4 * i / options->customers, error);
        }
        if (!bulk_end(making->bulk, NULL, done ? error : &late))
            done = false;
    }
    gsl_rng_free(rng);
    return done;
}

static bool put_wish(const struct making *making, struct error *error)
{
    struct bulk *bulk = making->bulk;
    char source[80];
    snprintf(source, sizeof source, "made up, seed %llu",
             (unsigned long long)making->options->seed);
    if (!bulk_begin(bulk,
                    "pg_temp.import_wish (gym_id, name, source, kind, currency, has_contract, "
                    "time_unit, fit_until, as_of, replaces)",
                    error))
        return false;
    bulk_row(bulk, 10);
    bulk_int64(bulk, making->options->gym_id);
    bulk_text_field(bulk, ISP_DATASET);
    bulk_text_field(bulk, source);
    bulk_text_field(bulk, "generated");
    bulk_text_field(bulk, "EUR");
    bulk_bool(bulk, true);
    bulk_text_field(bulk, "days");
    bulk_null(bulk);
    bulk_date(bulk, making->options->as_of);
    bulk_bool(bulk, true);
    return bulk_end(bulk, NULL, error);
}

bool isp_generate(const char *conninfo, const struct isp_options *options,
                  isp_progress_fn *on_progress, void *owner, struct error *error)
{
    struct isp_options settled = *options;
    struct making making = {.options = &settled, .on_progress = on_progress, .owner = owner};
    if (settled.customers <= 0)
        settled.customers = ISP_CUSTOMERS;
    if (settled.months <= 0)
        settled.months = ISP_MONTHS;
    if (settled.customers > CUSTOMERS_MOST || settled.months > 600)
        return error_set(error, ERROR_INPUT, NULL,
                         "At most %d customers over 600 months can be made up", CUSTOMERS_MOST);
    making.bulk = bulk_open(conninfo, error);
    bool done =
        making.bulk && bulk_run_file(making.bulk, "dataset_import_begin", error) &&
        put_wish(&making, error) && bulk_run_file(making.bulk, "dataset_import_check", error) &&
        put_all(&making, false, error) && put_all(&making, true, error) &&
        bulk_run_file(making.bulk, "dataset_import_staged", error) && go_on(&making, .6, error) &&
        bulk_run_file(making.bulk, "dataset_import_load", error) && go_on(&making, .98, error) &&
        bulk_commit(making.bulk, error);
    bulk_close(making.bulk);
    return done;
}
