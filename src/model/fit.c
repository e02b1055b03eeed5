/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Damped Newton (Levenberg's form): solve (−H + λD)·step = g, D the diagonal of −H made positive,
 * accept when the likelihood does not fall, and let λ grow or shrink. Near the optimum λ reaches 0
 * and the steps are Newton's own. It stops when the gradient is small against the log-likelihood
 * (a unit of the fitted scale being a factor e), or when what Newton's step could still gain,
 * gᵀ(−H)⁻¹g, is so small that every parameter lies within a ten-millionth of its standard error. A
 * step of so few hundred-thousandths is Newton's last: what it leaves is its square, so nothing is
 * evaluated again to see that. The covariance comes from the Hessian that the step was made with.
 *
 * Data that are too alike have no optimum: a parameter runs off for ever, and the likelihood gains
 * next to nothing by it. That is seen after a few dozen steps, and given up.
 */
#include "gymtui/model/fit.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#define RELATIVE_GRADIENT 1e-10
#define LEAST_GAIN        1e-14
#define LAST_GAIN         1e-5
#define LAST_STEP         3e-5
#define LARGEST_STEP      2.0 /* a factor e² at a time on a log scale */
#define LOOK_EVERY        20  /* steps after which it is asked whether they lead anywhere */
#define LEAST_PROGRESS    1e-9
#define FAR_OFF           14.0 /* a parameter beyond a million, or below a millionth */

struct scale {
    const struct fit_problem *problem;
    int count;
};

static bool is_positive(const struct fit_problem *problem, int i)
{
    return !problem->positive || problem->positive[i];
}

static void to_natural(const struct fit_problem *problem, const double *q, double *p)
{
    for (int i = 0; i < problem->count; i++)
        p[i] = is_positive(problem, i) ? exp(q[i]) : q[i];
}

/* The likelihood, gradient and Hessian on the fitted scale. */
static double evaluate(const struct fit_problem *problem, const double *q, double *g, double *h)
{
    int n = problem->count;
    double p[FIT_PARAMETERS];
    to_natural(problem, q, p);
    double value = problem->log_likelihood(problem->data, p, g, h);
    for (int i = 0; i < n; i++)
        if (!isfinite(p[i]))
            return NAN;
    if (!g || !h)
        return value;
    double d[FIT_PARAMETERS];
    for (int i = 0; i < n; i++)
        d[i] = is_positive(problem, i) ? p[i] : 1;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            h[i * n + j] *= d[i] * d[j];
    for (int i = 0; i < n; i++) {
        g[i] *= d[i];
        if (is_positive(problem, i))
            h[i * n + i] += g[i];
    }
    for (int i = 0; i < n; i++) {
        if (!isfinite(g[i]))
            return NAN;
        for (int j = 0; j < n; j++)
            if (!isfinite(h[i * n + j]))
                return NAN;
    }
    return value;
}

/* Solves (−H + λD)·step = g by Cholesky; false when the matrix is not positive definite. */
static bool solve(int n, const double *h, const double *g, double lambda, double *step)
{
    double m[FIT_PARAMETERS * FIT_PARAMETERS], b[FIT_PARAMETERS];
    double largest = 0;
    for (int i = 0; i < n; i++)
        largest = fmax(largest, fabs(h[i * n + i]));
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            m[i * n + j] = -h[i * n + j];
        m[i * n + i] += lambda * fmax(fabs(h[i * n + i]), 1e-12 * largest + 1e-300);
        b[i] = g[i];
    }
    gsl_matrix_view matrix = gsl_matrix_view_array(m, (size_t)n, (size_t)n);
    gsl_vector_view right = gsl_vector_view_array(b, (size_t)n);
    gsl_vector_view out = gsl_vector_view_array(step, (size_t)n);
    if (gsl_linalg_cholesky_decomp1(&matrix.matrix) != GSL_SUCCESS)
        return false;
    gsl_linalg_cholesky_solve(&matrix.matrix, &right.vector, &out.vector);
    for (int i = 0; i < n; i++)
        if (!isfinite(step[i]))
            return false;
    return true;
}

static bool is_flat(int n, const double *g, double value)
{
    for (int i = 0; i < n; i++)
        if (fabs(g[i]) > RELATIVE_GRADIENT * fmax(1, fabs(value)))
            return false;
    return true;
}

/* Covariance and standard errors on the natural scale from the Hessian on the fitted scale, where
 * the gradient is none. */
static bool fill_errors(const struct fit_problem *problem, double *h, struct fit *fit)
{
    int n = problem->count;
    /* Scaled to a unit diagonal, so that parameters of very different sizes invert well. */
    double scale[FIT_PARAMETERS], back[FIT_PARAMETERS];
    for (int i = 0; i < n; i++) {
        if (!(h[i * n + i] < 0))
            return false;
        scale[i] = 1 / sqrt(-h[i * n + i]);
        back[i] = scale[i] * (is_positive(problem, i) ? fit->value[i] : 1);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            h[i * n + j] = -h[i * n + j] * scale[i] * scale[j];
    gsl_matrix_view matrix = gsl_matrix_view_array(h, (size_t)n, (size_t)n);
    if (gsl_linalg_cholesky_decomp1(&matrix.matrix) != GSL_SUCCESS)
        return false;
    gsl_linalg_cholesky_invert(&matrix.matrix);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            fit->covariance[i][j] = h[i * n + j] * back[i] * back[j];
    for (int i = 0; i < n; i++)
        fit->standard_error[i] = sqrt(fit->covariance[i][i]);
    return true;
}

/* Whether the last steps gained nothing, but took a parameter far off. */
static bool runs_off(const struct fit_problem *problem, const double *q, double value,
                     double before)
{
    if (value - before > LEAST_PROGRESS * fabs(value))
        return false;
    for (int i = 0; i < problem->count; i++)
        if (is_positive(problem, i) && fabs(q[i]) > FAR_OFF)
            return true;
    return false;
}

/* From q to the optimum; `h` is the Hessian there. False: not finite at the start. */
static bool climb(const struct fit_problem *problem, double *q, double *h, struct fit *fit)
{
    int n = problem->count, most = problem->most_iterations ? problem->most_iterations : 200;
    double g[FIT_PARAMETERS], step[FIT_PARAMETERS];
    double value = evaluate(problem, q, g, h), lambda = 0, before = value;
    if (!isfinite(value))
        return false;
    for (fit->iterations = 0; fit->iterations < most; fit->iterations++) {
        if (is_flat(n, g, value)) {
            fit->converged = true;
            break;
        }
        if (fit->iterations > 0 && fit->iterations % LOOK_EVERY == 0) {
            if (runs_off(problem, q, value, before))
                break;
            before = value;
        }
        bool moved = false;
        for (int attempt = 0; attempt < 60 && !moved; attempt++) {
            if (solve(n, h, g, lambda, step)) {
                double gain = 0;
                for (int i = 0; i < n; i++)
                    gain += g[i] * step[i];
                if (lambda <= 0 && gain < LEAST_GAIN) {
                    fit->converged = true;
                    break;
                }
                double longest = 0, next[FIT_PARAMETERS], g_next[FIT_PARAMETERS],
                       h_next[FIT_PARAMETERS * FIT_PARAMETERS];
                for (int i = 0; i < n; i++)
                    longest = fmax(longest, fabs(step[i]));
                if (lambda <= 0 && gain < LAST_GAIN && longest < LAST_STEP) {
                    for (int i = 0; i < n; i++)
                        q[i] += step[i];
                    value += gain / 2;
                    fit->converged = true;
                    break;
                }
                double cut = longest > LARGEST_STEP ? LARGEST_STEP / longest : 1;
                for (int i = 0; i < n; i++)
                    next[i] = q[i] + cut * step[i];
                double there = evaluate(problem, next, g_next, h_next);
                /* Rounding of a sum over many customers may take the last digits away. */
                if (isfinite(there) && there >= value - 1e-13 * fabs(value)) {
                    bool tiny = longest < 1e-12;
                    memcpy(q, next, sizeof next);
                    memcpy(g, g_next, sizeof g);
                    memcpy(h, h_next, sizeof h_next);
                    value = there;
                    lambda = lambda < 1e-8 ? 0 : lambda / 8;
                    moved = true;
                    if (tiny)
                        fit->converged = is_flat(n, g, value * 1e3);
                    continue;
                }
            }
            lambda = lambda > 0 ? lambda * 6 : 1e-4;
        }
        if (!moved && !fit->converged) {
            /* No step raises it: at the optimum as far as rounding lets one see. */
            fit->converged = is_flat(n, g, value * 1e3);
            break;
        }
        if (fit->converged)
            break;
    }
    fit->log_likelihood = value;
    return true;
}

bool fit_maximise(const struct fit_problem *problem, const double *start, struct fit *fit,
                  struct error *error)
{
    int n = problem->count;
    memset(fit, 0, sizeof *fit);
    fit->count = n;
    fit->observations = problem->observations;
    double q[FIT_PARAMETERS] = {0}, h[FIT_PARAMETERS * FIT_PARAMETERS];
    for (int i = 0; i < n; i++) {
        fit->name[i] = problem->names[i];
        q[i] = is_positive(problem, i) ? log(start[i]) : start[i];
    }
    /* GSL would abort the program on a matrix that is not positive definite; here it is a value.
     * Its handler is one for all threads, so it stays off: put back, it would meet another's fit.
     */
    gsl_set_error_handler_off();
    bool started = climb(problem, q, h, fit);
    to_natural(problem, q, fit->value);
    bool inverted = started && fit->converged && fill_errors(problem, h, fit);
    if (!started)
        return error_set(error, ERROR_INPUT, "Look for impossible values in the data.",
                         "%s: the likelihood is not finite at the start", problem->model);
    if (!fit->converged) {
        double p = 0;
        int at = 0;
        for (int i = 0; i < n; i++)
            if (is_positive(problem, i) && fabs(q[i]) > p) {
                p = fabs(q[i]);
                at = i;
            }
        return error_set(error, ERROR_INPUT,
                         "The data may be too few or too alike; the last good fit stays in use.",
                         "%s did not converge in %d steps; %s went to %.3g", problem->model,
                         fit->iterations, fit->name[at], fit->value[at]);
    }
    if (!inverted)
        return error_set(
            error, ERROR_INPUT,
            "The data may be too few or too alike; the last good fit stays in use.",
            "%s: the data do not tell its parameters apart; the likelihood is flat at its top",
            problem->model);
    return true;
}
