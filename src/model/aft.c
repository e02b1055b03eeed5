/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With w = (ln t − β·z)/σ, an event adds ln f₀(w) − ln σ − ln t, a censored one ln S₀(w). Let g, g₂
 * be the first and second derivative of that by w; then
 *   ∂β = −g z/σ    ∂σ = −(g w + δ)/σ    ∂ββ = g₂ zzᵀ/σ²   ∂βσ = z (g₂ w + g)/σ²
 *   ∂σσ = (g₂ w² + 2 g w + δ)/σ²,  δ = 1 for an event.
 */
#include "gymtui/model/aft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>

#define HALF_LOG_2PI .918938533204672742
#define FAR          12.0   /* standard deviations */
#define SAMPLE       1000   /* customers of the first, quick fit */
#define LEAST_SHARE  1e-200 /* below, a share is not divided by */

struct piece {
    double value, first, second;
};

static inline struct piece weibull(double w, bool event)
{
    double e = exp(w);
    return event ? (struct piece){w - e, 1 - e, -e} : (struct piece){-e, -e, -e};
}

static inline struct piece log_logistic(double w, bool event)
{
    double small = exp(-fabs(w)), half = 1 / (1 + small);
    double share = w >= 0 ? half : small * half, bend = small * half * half;
    double soft = (w > 0 ? w : 0) + log1p(small);
    return event ? (struct piece){w - 2 * soft, 1 - 2 * share, -2 * bend}
                 : (struct piece){-soft, -share, -bend};
}

static inline struct piece log_normal(double w, bool event)
{
    if (event)
        return (struct piece){-.5 * w * w - HALF_LOG_2PI, -w, -1};
    if (w > FAR) { /* where Q(w) leaves the range of numbers */
        double hazard = gsl_sf_hazard(w);
        return (struct piece){gsl_sf_log_erfc(w * M_SQRT1_2) - M_LN2, -hazard,
                              -hazard * (hazard - w)};
    }
    double left = .5 * erfc(w * M_SQRT1_2); /* Q(w) */
    double hazard = exp(-.5 * w * w - HALF_LOG_2PI) / left;
    /* Close to 1 the logarithm is taken of what is missing. */
    double value = w < -1 ? log1p(-.5 * erfc(-w * M_SQRT1_2)) : log(left);
    return (struct piece){value, -hazard, -hazard * (hazard - w)};
}

static inline struct piece piece_of(enum aft_model model, double w, bool event)
{
    switch (model) {
    case AFT_WEIBULL:
        return weibull(w, event);
    case AFT_LOG_NORMAL:
        return log_normal(w, event);
    case AFT_LOG_LOGISTIC:
        return log_logistic(w, event);
    }
    return (struct piece){NAN, NAN, NAN};
}

const char *aft_model_name(enum aft_model model)
{
    switch (model) {
    case AFT_WEIBULL:
        return "Weibull AFT";
    case AFT_LOG_NORMAL:
        return "log-normal AFT";
    case AFT_LOG_LOGISTIC:
        return "log-logistic AFT";
    }
    return "";
}

struct task {
    enum aft_model model;
    const struct aft_data *data;
    const double *log_time;
    size_t stride;                                       /* every so many-th customer */
    double mean[AFT_COVARIATES], spread[AFT_COVARIATES]; /* of the columns; 0 and 1 outside a fit */
};

/* Sums over customers in a row who have the same covariates: only these are taken times z. */
struct run {
    double slope, bend, cross;
};

static void add_run(const struct run *run, const double *z, int k, double *first,
                    double (*second)[FIT_PARAMETERS])
{
    int last = k + 1;
    for (int a = 0; a <= k; a++) {
        double bend = run->bend * z[a];
        first[a] += run->slope * z[a];
        for (int b = 0; b <= a; b++)
            second[a][b] += bend * z[b];
        second[last][a] += run->cross * z[a];
    }
}

static double evaluate(const void *context, const double *p, double *g, double *h)
{
    const struct task *task = context;
    const struct aft_data *data = task->data;
    int k = data->columns, n = k + 2, last = k + 1;
    double sigma = p[last], value = 0, at = p[0];
    if (!(sigma > 0) || !isfinite(sigma))
        return NAN;
    double by = 1 / sigma, by2 = by * by, log_sigma = log(sigma), z[FIT_PARAMETERS] = {1};
    double first[FIT_PARAMETERS] = {0}, second[FIT_PARAMETERS][FIT_PARAMETERS] = {{0}};
    const double *before = NULL;
    struct run run = {0};
    bool slopes = g && h;
    for (size_t i = 0; i < data->count; i += task->stride) {
        const double *row = k ? data->covariates + i * (size_t)k : NULL;
        if (!before || (k && memcmp(row, before, (size_t)k * sizeof *row) != 0)) {
            if (before && slopes)
                add_run(&run, z, k, first, second);
            run = (struct run){0};
            at = p[0];
            for (int j = 0; j < k; j++) {
                z[j + 1] = (row[j] - task->mean[j]) * task->spread[j];
                at += p[j + 1] * z[j + 1];
            }
        }
        before = k ? row : p; /* not NULL: somebody came before */
        bool event = data->event[i];
        double w = (task->log_time[i] - at) * by;
        struct piece piece = piece_of(task->model, w, event);
        value += piece.value - (event ? log_sigma + task->log_time[i] : 0);
        if (!slopes)
            continue;
        run.slope -= piece.first * by;
        run.bend += piece.second * by2;
        run.cross += (piece.second * w + piece.first) * by2;
        double delta = event ? 1 : 0;
        first[last] -= (piece.first * w + delta) * by;
        second[last][last] += (piece.second * w * w + 2 * piece.first * w + delta) * by2;
    }
    if (slopes && before)
        add_run(&run, z, k, first, second);
    for (int a = 0; slopes && a < n; a++) {
        g[a] = first[a];
        for (int b = 0; b <= a; b++)
            h[a * n + b] = h[b * n + a] = second[a][b];
    }
    return value;
}

static bool check(const struct aft_data *data, struct error *error)
{
    size_t events = 0;
    if (data->columns < 0 || data->columns > AFT_COVARIATES)
        return error_set(error, ERROR_INPUT, "Leave some covariates out.",
                         "%d covariates; at most %d can be fitted", data->columns, AFT_COVARIATES);
    for (size_t i = 0; i < data->count; i++) {
        if (!(data->time[i] > 0) || !isfinite(data->time[i]))
            return error_set(error, ERROR_INPUT, "Count days from 1, or leave this customer out.",
                             "customer %zu: the duration %g is not above zero", i + 1,
                             data->time[i]);
        events += data->event[i];
        for (int j = 0; j < data->columns; j++)
            if (!isfinite(data->covariates[i * (size_t)data->columns + (size_t)j]))
                return error_set(error, ERROR_INPUT, "Mend or leave out this customer.",
                                 "customer %zu: %s is not a number", i + 1, data->names[j]);
    }
    if (events < (size_t)data->columns + 2)
        return error_set(error, ERROR_INPUT, "Wait for more events, or leave covariates out.",
                         "only %zu events for %d parameters", events, data->columns + 2);
    return true;
}

/* Means and reciprocal spreads of the columns; a column without spread cannot be fitted. */
static bool standardise(struct task *task, struct error *error)
{
    const struct aft_data *data = task->data;
    size_t k = (size_t)data->columns;
    for (size_t j = 0; j < k; j++) {
        double mean = 0, square = 0;
        for (size_t i = 0; i < data->count; i++)
            mean += data->covariates[i * k + j];
        mean /= (double)data->count;
        for (size_t i = 0; i < data->count; i++) {
            double from = data->covariates[i * k + j] - mean;
            square += from * from;
        }
        double spread = sqrt(square / (double)data->count);
        if (!(spread > 1e-12 * fmax(1, fabs(mean))))
            return error_set(error, ERROR_INPUT, "Leave this covariate out.",
                             "%s is the same for everybody", data->names[j]);
        task->mean[j] = mean;
        task->spread[j] = 1 / spread;
    }
    return true;
}

/* Back to the columns' own scale: β_j = γ_j s_j, β₀ = γ₀ − Σ γ_j s_j m_j, covariance likewise. */
static void unscale(const struct task *task, struct fit *fit)
{
    int n = fit->count, k = n - 2;
    double to[FIT_PARAMETERS][FIT_PARAMETERS] = {{0}}, value[FIT_PARAMETERS] = {0};
    to[0][0] = to[n - 1][n - 1] = 1;
    for (int j = 0; j < k; j++) {
        to[j + 1][j + 1] = task->spread[j];
        to[0][j + 1] = -task->spread[j] * task->mean[j];
    }
    double half[FIT_PARAMETERS][FIT_PARAMETERS] = {{0}};
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            value[a] += to[a][b] * fit->value[b];
            for (int c = 0; c < n; c++)
                half[a][b] += to[a][c] * fit->covariance[c][b];
        }
    for (int a = 0; a < n; a++) {
        fit->value[a] = value[a];
        for (int b = 0; b < n; b++) {
            fit->covariance[a][b] = 0;
            for (int c = 0; c < n; c++)
                fit->covariance[a][b] += half[a][c] * to[b][c];
        }
        fit->standard_error[a] = sqrt(fit->covariance[a][a]);
    }
}

/* From parameters on the columns' own scale to those of the standardised ones. */
static void rescale(const struct task *task, const double *p, double *q)
{
    int k = task->data->columns;
    q[0] = p[0];
    q[k + 1] = p[k + 1];
    for (int j = 0; j < k; j++) {
        q[j + 1] = p[j + 1] / task->spread[j];
        q[0] += p[j + 1] * task->mean[j];
    }
}

static bool fit_task(struct task *task, const struct fit *like, struct fit *fit,
                     struct error *error)
{
    const struct aft_data *data = task->data;
    int n = data->columns + 2;
    const char *names[FIT_PARAMETERS] = {"intercept"};
    bool positive[FIT_PARAMETERS] = {false};
    double start[FIT_PARAMETERS] = {0}, sum = 0, events = 0;
    for (int j = 0; j < data->columns; j++)
        names[j + 1] = data->names[j];
    names[n - 1] = "sigma";
    positive[n - 1] = true;
    for (size_t i = 0; i < data->count; i++) {
        sum += task->log_time[i];
        events += data->event[i];
    }
    /* Where an exponential would put it: total time over events. */
    start[0] = sum / (double)data->count + log((double)data->count / events) + .5;
    start[n - 1] = 1;
    struct fit_problem problem = {
        .model = aft_model_name(task->model),
        .count = n,
        .names = names,
        .positive = positive,
        .log_likelihood = evaluate,
        .data = task,
        .observations = data->count,
    };
    struct fit sample;
    task->stride = data->count / SAMPLE;
    if (like && like->count == n)
        rescale(task, like->value, start);
    else if (task->stride > 3 && fit_maximise(&problem, start, &sample, NULL))
        memcpy(start, sample.value, sizeof start);
    task->stride = 1;
    return fit_maximise(&problem, start, fit, error);
}

static double *log_times(const struct aft_data *data)
{
    double *log_time = malloc((data->count ? data->count : 1) * sizeof *log_time);
    for (size_t i = 0; log_time && i < data->count; i++)
        log_time[i] = log(data->time[i]);
    return log_time;
}

bool aft_fit(enum aft_model model, const struct aft_data *data, struct fit *fit,
             struct error *error)
{
    return aft_fit_from(model, data, NULL, fit, error);
}

bool aft_fit_from(enum aft_model model, const struct aft_data *data, const struct fit *start,
                  struct fit *fit, struct error *error)
{
    struct task task = {.model = model, .data = data, .stride = 1};
    if (!check(data, error) || !standardise(&task, error))
        return false;
    double *log_time = log_times(data);
    if (!log_time)
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory to fit %zu customers", data->count);
    task.log_time = log_time;
    bool fine = fit_task(&task, start, fit, error);
    free(log_time);
    if (fine)
        unscale(&task, fit);
    return fine;
}

double aft_log_likelihood(enum aft_model model, const struct aft_data *data, const double *p,
                          double *g, double *h)
{
    struct task task = {.model = model, .data = data, .stride = 1};
    for (int j = 0; j < data->columns; j++)
        task.spread[j] = 1;
    double *log_time = log_times(data);
    if (!log_time)
        return NAN;
    task.log_time = log_time;
    double value = evaluate(&task, p, g, h);
    free(log_time);
    return value;
}

static double standardised(const struct fit *fit, const double *z, double t)
{
    int k = fit->count - 2;
    double at = fit->value[0];
    for (int j = 0; j < k; j++)
        at += fit->value[j + 1] * z[j];
    return (log(t) - at) / fit->value[k + 1];
}

double aft_survival(enum aft_model model, const struct fit *fit, const double *z, double t)
{
    return t <= 0 ? 1 : exp(piece_of(model, standardised(fit, z, t), false).value);
}

double aft_conditional(enum aft_model model, const struct fit *fit, const double *z, double t,
                       double k)
{
    if (k <= 0)
        return 1;
    double before = t <= 0 ? 0 : piece_of(model, standardised(fit, z, t), false).value;
    return exp(piece_of(model, standardised(fit, z, t + k), false).value - before);
}

/* S, and S times the slope of ln S by w. */
struct tail {
    double share, slope;
};

static inline struct tail tail_of(enum aft_model model, double w)
{
    double e, share;
    switch (model) {
    case AFT_WEIBULL:
        e = exp(w);
        share = exp(-e);
        return (struct tail){share, -e * share};
    case AFT_LOG_NORMAL:
        return (struct tail){.5 * erfc(w * M_SQRT1_2), -exp(-.5 * w * w - HALF_LOG_2PI)};
    case AFT_LOG_LOGISTIC:
        e = exp(-fabs(w));
        share = (w > 0 ? e : 1) / (1 + e);
        return (struct tail){share, -share * (1 - share)};
    }
    return (struct tail){NAN, NAN};
}

struct aft_sum aft_conditional_sum(enum aft_model model, const struct fit *fit, const double *z,
                                   double t, double step, const double *at, const double *weight,
                                   int count)
{
    int k = fit->count - 2;
    double place = fit->value[0], by = 1 / fit->value[k + 1];
    for (int j = 0; j < k; j++)
        place += fit->value[j + 1] * z[j];
    double w_now = t > 0 ? (log(t) - place) * by : -INFINITY;
    struct tail now = t > 0 ? tail_of(model, w_now) : (struct tail){1, 0};
    struct aft_sum sum = {0};
    if (!(now.share > LEAST_SHARE)) { /* of the few who are left: by logarithms, one by one */
        double log_now = piece_of(model, w_now, false).value;
        double g_now = piece_of(model, w_now, false).first;
        for (int i = 0; i < count; i++) {
            double w = (log(t + step * at[i]) - place) * by;
            struct piece then = piece_of(model, w, false);
            double share = weight[i] * exp(then.value - log_now);
            sum.value += share;
            sum.by_intercept -= share * (then.first - g_now) * by;
            sum.by_sigma -= share * (then.first * w - g_now * w_now) * by;
        }
        return sum;
    }
    double slope = 0, turn = 0;
    for (int i = 0; i < count; i++) {
        double w = (log(t + step * at[i]) - place) * by;
        struct tail then = tail_of(model, w);
        sum.value += weight[i] * then.share;
        slope += weight[i] * then.slope;
        turn += weight[i] * then.slope * w;
    }
    double per = 1 / now.share, g_now = now.slope * per;
    sum.value *= per;
    sum.by_intercept = -(slope * per - sum.value * g_now) * by;
    sum.by_sigma = -(turn * per - (t > 0 ? sum.value * g_now * w_now : 0)) * by;
    return sum;
}

double aft_median(enum aft_model model, const struct fit *fit, const double *z)
{
    int k = fit->count - 2;
    double at = fit->value[0], w = model == AFT_WEIBULL ? log(M_LN2) : 0;
    for (int j = 0; j < k; j++)
        at += fit->value[j + 1] * z[j];
    return exp(at + fit->value[k + 1] * w);
}
