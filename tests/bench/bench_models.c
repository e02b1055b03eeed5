/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models on a million simulated members, in days: each figure beside its goal, the median of
 * five runs. Two memory-bound passes over the same arrays stand beside them as the floor of what
 * any fit must do.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "gymtui/model/aft.h"
#include "gymtui/model/pareto.h"
#include "gymtui/model/rfm.h"
#include "gymtui/model/survival.h"
#include "gymtui/model/visits.h"

#define MEMBERS 1000000
#define RUNS    5

static uint32_t x[MEMBERS];
static double t_x[MEMBERS], T[MEMBERS], alive[MEMBERS], expected[MEMBERS];
static double life[MEMBERS], z[3 * MEMBERS], value[3][MEMBERS];
static bool event[MEMBERS];
static uint8_t score[3][MEMBERS], segment[MEMBERS];
static struct fit fit;

/* Gym-like: a gamma rate of 5.6 a month, a chance to leave at each visit, whole days. */
static void make_members(void)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < MEMBERS; i++) {
        double rate = gsl_ran_gamma(rng, 1.1, 1 / 6.0), leave = gsl_ran_beta(rng, .8, 20);
        double end = 30 + (double)gsl_rng_uniform_int(rng, 900), at = 0, last = 0;
        for (;;) {
            at += gsl_ran_exponential(rng, 1 / rate);
            if (ceil(at) > end)
                break;
            if (ceil(at) > last)
                x[i]++;
            last = ceil(at);
            if (gsl_rng_uniform(rng) < leave)
                break;
        }
        t_x[i] = last;
        T[i] = end;
        z[3 * i] = 18 + (double)gsl_rng_uniform_int(rng, 60);
        z[3 * i + 1] = (double)gsl_rng_uniform_int(rng, 2);
        z[3 * i + 2] = (double)gsl_rng_uniform_int(rng, 2);
        double w = log(-log(gsl_rng_uniform_pos(rng)));
        double left = ceil(exp(5 + .01 * z[3 * i] + .2 * z[3 * i + 1] + .8 * w));
        event[i] = left <= end;
        life[i] = fmin(left, end);
        value[0][i] = end - last;
        value[1][i] = x[i];
        value[2][i] = floor(gsl_ran_gamma(rng, 2, 15000)) / 100;
    }
    gsl_rng_free(rng);
}

static bool floor_pass(void)
{
    double sum = 0;
    for (size_t i = 0; i < MEMBERS; i++)
        sum += exp(-t_x[i] / (T[i] + 1)) + log1p(T[i]);
    alive[0] = sum;
    return isfinite(sum);
}

static bool fit_visits(void)
{
    return visits_fit(VISITS_BGNBD, &(struct visits){MEMBERS, x, t_x, T}, NULL, &fit, NULL);
}

static bool fit_pareto(void)
{
    struct fit own;
    return pareto_fit(&(struct visits){MEMBERS, x, t_x, T}, NULL, &own, NULL);
}

static bool predict(void)
{
    struct visits_parameters p = visits_parameters(&fit);
    visits_predict(VISITS_BGNBD, &p, &(struct visits){MEMBERS, x, t_x, T}, 90, alive, expected);
    return isfinite(expected[MEMBERS - 1]);
}

static bool fit_aft(void)
{
    static const char *const names[] = {"age", "male", "cash"};
    struct fit own;
    return aft_fit(AFT_WEIBULL, &(struct aft_data){MEMBERS, 3, life, event, z, names}, &own, NULL);
}

static bool curve(void)
{
    struct survival_curve own;
    bool fine = survival_kaplan_meier(&(struct survival_times){MEMBERS, life, event}, &own, NULL);
    survival_curve_free(&own);
    return fine;
}

static bool score_all(void)
{
    for (int i = 0; i < 3; i++)
        if (!rfm_score(value[i], MEMBERS, i == 0, score[i], NULL))
            return false;
    for (size_t i = 0; i < MEMBERS; i++)
        segment[i] = (uint8_t)rfm_segment(score[0][i], score[1][i], (int)T[i]);
    return true;
}

static int by_time(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Most memory ever held, in MB. */
static double memory(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

int main(void)
{
    static const struct {
        const char *what;
        bool (*run)(void);
        double goal;
    } works[] = {
        {"one exp and one log1p a member", floor_pass, 0}, {"BG/NBD fit", fit_visits, .5},
        {"P(alive) and E[Y] for all", predict, .5},        {"Pareto/NBD fit", fit_pareto, 0},
        {"AFT fit, three covariates", fit_aft, 1.5},       {"Kaplan-Meier", curve, .05},
        {"RFM scores and segments", score_all, .3},
    };
    make_members();
    double before = memory();
    bool fine = true;
    printf("One million members              median s    goal s\n");
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        double took[RUNS];
        for (int run = 0; run < RUNS; run++) {
            double start = seconds();
            fine = works[i].run() && fine;
            took[run] = seconds() - start;
        }
        qsort(took, RUNS, sizeof *took, by_time);
        if (works[i].goal > 0)
            printf("%-32s %9.3f %9.2f\n", works[i].what, took[RUNS / 2], works[i].goal);
        else
            printf("%-32s %9.3f         –\n", works[i].what, took[RUNS / 2]);
    }
    printf("Memory beyond the data: %.0f MB\n", memory() - before);
    return fine ? 0 : 1;
}
