/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a recompute computes, on one gym of a million members in memory: every fit, each held
 * against the half year that followed, the curves, and every member's figures. Nothing is read or
 * stored; what would be stored goes nowhere.
 *
 *   bench_value [MEMBERS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "gym_support.h"
#include "value_private.h"

#define CHUNK 65536 /* members whose figures are in memory at once */

/* ---- The store, which keeps nothing ---- */

static struct value_book *const nowhere = (struct value_book *)&nowhere;

struct value_book *value_book_new(const struct value_dataset *dataset, struct error *error)
{
    (void)dataset, (void)error;
    return nowhere;
}

void value_book_free(struct value_book *book)
{
    (void)book;
}

bool value_book_store(const struct value_book *book, struct bulk *bulk, struct error *error)
{
    (void)book, (void)bulk, (void)error;
    return true;
}

void value_book_fit(struct value_book *book, const struct value_fit *about, const struct fit *fit)
{
    (void)book;
    printf("  %-9s %-16s%s%-10s log-likelihood %.6f in %d steps%s\n", about->purpose, about->model,
           about->subject ? " " : "", about->subject ? about->subject : "", fit->log_likelihood,
           fit->iterations, about->in_use ? ", in use" : "");
}

void value_book_failure(struct value_book *book, const struct value_fit *about,
                        const struct error *why)
{
    (void)book;
    printf("  %-9s %-16s not fitted: %s\n", about->purpose, about->model, why->message);
}

void value_book_test(struct value_book *book, const char *subject, int32_t fitted_on,
                     const struct survival_test *test, size_t observations)
{
    (void)book, (void)subject, (void)fitted_on, (void)test, (void)observations;
}

bool value_load_fit(struct bulk *bulk, const struct value_dataset *dataset, const char *purpose,
                    const char *model, const char *subject, const char *const *names, int count,
                    struct fit *fit, struct error *error)
{
    (void)bulk, (void)dataset, (void)purpose, (void)model, (void)subject, (void)names, (void)count;
    (void)fit;
    return error_set(error, ERROR_NOT_FOUND, NULL, "nothing is kept here");
}

void value_book_points(struct value_book *book, const char *curve, const char *series,
                       const struct value_point *points, size_t count)
{
    (void)book, (void)curve, (void)series, (void)points, (void)count;
}

void value_book_drop_curve(struct value_book *book, const char *curve)
{
    (void)book, (void)curve;
}

bool value_book_survival(struct value_book *book, const char *curve, const char *series,
                         const struct survival_times *times, struct error *error)
{
    struct survival_curve km;
    (void)book, (void)curve, (void)series;
    bool done = survival_kaplan_meier(times, &km, error);
    survival_curve_free(&km);
    return done;
}

void value_book_calibration(struct value_book *book, const char *model,
                            const struct measure *measure)
{
    (void)book, (void)model, (void)measure;
}

bool bulk_named(struct bulk *bulk, const char *statement, int count, const char *const *values,
                char *answer, size_t size, struct error *error)
{
    (void)bulk, (void)statement, (void)count, (void)values, (void)error;
    if (answer && size)
        *answer = '\0';
    return true;
}

/* ---- */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static double processor(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct watch {
    double wall, processor;
};

static struct watch begin(void)
{
    return (struct watch){seconds(), processor()};
}

static void say(const char *what, struct watch since)
{
    printf("%-32s %8.3f s, %8.3f s of the processors\n", what, seconds() - since.wall,
           processor() - since.processor);
}

int main(int argc, char **argv)
{
    size_t members = argc > 1 ? (size_t)atoll(argv[1]) : 1000000; /* NOLINT(cert-err34-c) */
    struct value_gym gym;
    static struct value_models the_models;
    static struct value_figures some[CHUNK];
    struct value_models *models = &the_models;
    struct error error;
    lived_gym(&gym, members, 1 + (int)(members * 50 / 2000000));
    printf("%zu members, %zu terms (%zu bytes a member, %zu a term), visit days of one in %d\n",
           members, gym.term_count, sizeof *gym.members, sizeof *gym.terms, gym.sampled);
    double held = memory();
    struct watch start = begin(), at = start;
    if (!value_fit_all(NULL, &gym, models, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    say("all fits, hold-outs and curves", at);
    at = begin();
    if (!value_rank(&gym, models, &error))
        return 1;
    say("cut points, median, base rate", at);
    at = begin();
    double sum = 0;
    for (size_t first = 0; first < members; first += CHUNK) {
        size_t count = members - first < CHUNK ? members - first : CHUNK;
        value_figures_of(&gym, models, first, count, some);
        for (size_t i = 0; i < count; i++)
            sum += some[i].value + some[i].survival_value + some[i].high;
    }
    say("every member's figures", at);
    say("together", start);
    printf("value of all, survival form and highest %.9g\n", sum);
    printf("memory: %.0f MB held, %.0f MB more at the most\n", held, memory() - held);
    value_gym_free(&gym);
    return 0;
}
