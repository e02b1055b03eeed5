/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BG/NBD, MBG/NBD, Pareto/NBD and Gamma-Gamma from transactions, or from summaries (columns x, t_x,
 * T, and mean for Gamma-Gamma). With --holdout the fit ends on that day, and what followed is held
 * against the prediction.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/cli/cli.h"
#include "gymtui/model/pareto.h"
#include "gymtui/model/spend.h"
#include "gymtui/model/visits.h"
#include "gymtui/worker/history.h"

#define GROUPS 8 /* of the hold-out's table: 0 … 6, and 7 or more repeat transactions */

/* Customers to fit, from either kind of file. */
struct sample {
    size_t count, bad;
    uint32_t *x;
    double *t_x, *T, *mean;
    struct history history; /* empty for summaries */
    struct history_summary summary;
    struct fit_columns columns; /* empty for transactions */
    double per;                 /* days in a unit */
    int32_t until, end;         /* of the fit; of the hold-out (equal: none) */
    char what[200];
};

static void sample_free(struct sample *s)
{
    if (s->columns.count)
        free(s->x);
    fit_columns_free(&s->columns);
    history_summary_free(&s->summary);
    history_free(&s->history);
}

static bool read_summaries(const struct fit_request *request, bool wants_mean, struct sample *s,
                           struct error *error)
{
    s->columns.columns = wants_mean ? 2 : 3;
    s->columns.column[0].name = "x";
    s->columns.column[1].name = wants_mean ? "mean" : "t_x";
    s->columns.column[2].name = "T";
    if (request->holdout != DATE_NONE)
        return error_set(error, ERROR_USAGE, "Give a file of transactions to hold a part out.",
                         "summaries have no dates to hold out from");
    if (!fit_columns_read(request->file, &s->columns, error))
        return false;
    s->count = s->columns.count;
    s->bad = s->columns.bad;
    s->x = malloc((s->count + 1) * sizeof *s->x);
    if (!s->x)
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory");
    for (size_t i = 0; i < s->count; i++) {
        double x = s->columns.column[0].value[i];
        if (!(x >= 0 && x <= 1e9) || x != floor(x))
            return error_set(error, ERROR_INPUT, "Mend or leave out this row.",
                             "%s line %zu: x is %g, not a count", request->file, s->columns.line[i],
                             x);
        s->x[i] = (uint32_t)x;
    }
    s->t_x = s->columns.column[1].value;
    s->mean = s->columns.column[1].value;
    s->T = s->columns.column[2].value;
    char count[32];
    fit_format_number(count, sizeof count, (double)s->count, 0);
    snprintf(s->what, sizeof s->what, "%s customers, from summaries", count);
    return true;
}

static bool read_transactions(const struct fit_request *request, struct sample *s,
                              struct error *error)
{
    struct history_columns columns = {request->customer, request->date, request->amount};
    if (!history_read(request->file, &columns, fit_bad_row, (void *)request->file, &s->history,
                      error))
        return false;
    s->bad = s->history.bad;
    s->until = request->until != DATE_NONE ? request->until : s->history.last_day;
    s->end = s->until;
    if (request->holdout != DATE_NONE) {
        if (request->until == DATE_NONE || request->until <= request->holdout)
            s->end = s->history.last_day;
        s->until = request->holdout;
        if (s->end <= s->until)
            return error_set(error, ERROR_INPUT, "Give an earlier date to hold out from.",
                             "nothing follows the hold-out's date");
    }
    if (!history_summarise(&s->history, s->until, s->per, &s->summary, error))
        return false;
    s->count = s->summary.count;
    s->x = s->summary.x;
    s->t_x = s->summary.t_x;
    s->T = s->summary.T;
    s->mean = s->summary.mean;
    double repeats = 0;
    for (size_t i = 0; i < s->count; i++)
        repeats += s->x[i];
    char count[32], transactions[32], day[16];
    fit_format_number(count, sizeof count, (double)s->count, 0);
    fit_format_number(transactions, sizeof transactions, repeats, 0);
    date_format_iso(day, sizeof day, s->until);
    snprintf(s->what, sizeof s->what, "%s customers with %s repeat transactions until %s, in %s",
             count, transactions, day, request->weeks ? "weeks" : "days");
    return true;
}

static bool sample_read(const struct fit_request *request, bool wants_mean, struct sample *s,
                        struct error *error)
{
    *s = (struct sample){.per = request->weeks ? 7 : 1, .until = DATE_NONE, .end = DATE_NONE};
    bool fine = fit_has_column(request->file, "x") ? read_summaries(request, wants_mean, s, error)
                                                   : read_transactions(request, s, error);
    if (!fine)
        sample_free(s);
    return fine;
}

/* How long predictions reach: --horizon, or the hold-out, or 12 weeks. */
static double horizon_of(const struct fit_request *request, const struct sample *s)
{
    if (s->end > s->until)
        return (s->end - s->until) / s->per;
    return request->horizon > 0 ? request->horizon : 84 / s->per;
}

static void print_id(const struct sample *s, size_t i)
{
    char cell[512];
    if (s->summary.count)
        text_csv_cell(cell, sizeof cell, s->history.id[s->summary.customer[i]]);
    else
        snprintf(cell, sizeof cell, "%zu", i + 1);
    fputs(cell, stdout);
}

struct holdout {
    double customers[GROUPS], predicted[GROUPS], actual[GROUPS], all_predicted, all_actual, error;
};

static void hold_out(const struct sample *s, const double *expected, struct holdout *h)
{
    *h = (struct holdout){0};
    for (size_t i = 0; i < s->count; i++) {
        double actual = history_count(&s->history, s->summary.customer[i], s->until, s->end);
        size_t group = s->x[i] < GROUPS - 1 ? s->x[i] : GROUPS - 1;
        h->customers[group]++;
        h->predicted[group] += expected[i];
        h->actual[group] += actual;
        h->all_predicted += expected[i];
        h->all_actual += actual;
        h->error += fabs(expected[i] - actual);
    }
}

static void describe_holdout(const struct fit_request *request, const struct sample *s,
                             const double *expected, char *text, size_t text_size, char *json,
                             size_t json_size)
{
    struct holdout h;
    char from[16], until[16], predicted[32], actual[32];
    hold_out(s, expected, &h);
    date_format_iso(from, sizeof from, s->until + 1);
    date_format_iso(until, sizeof until, s->end);
    fit_format_number(predicted, sizeof predicted, h.all_predicted, 2);
    fit_format_number(actual, sizeof actual, h.all_actual, 0);
    text_append(text, text_size,
                "  Hold-out %s to %s, %.4g %s\n"
                "  predicted %s, actual %s (%+.1f %%), off by %.3f a customer\n\n"
                "  Repeat before  Customers  Predicted each  Actual each\n",
                from, until, (s->end - s->until) / s->per, request->weeks ? "weeks" : "days",
                predicted, actual,
                h.all_actual > 0 ? 100 * (h.all_predicted / h.all_actual - 1) : 0,
                h.error / (double)s->count);
    text_append(json, json_size,
                ",\"holdout\":{\"from\":\"%s\",\"until\":\"%s\",\"predicted\":%.10g,"
                "\"actual\":%.10g,\"mean_absolute_error\":%.10g,\"groups\":[",
                from, until, h.all_predicted, h.all_actual, h.error / (double)s->count);
    for (int i = 0, first = 1; i < GROUPS; i++) {
        double n = h.customers[i];
        if (n == 0)
            continue;
        text_append(text, text_size, "  %12d%s  %9.0f  %14.3f  %11.3f\n", i,
                    i == GROUPS - 1 ? "+" : " ", n, h.predicted[i] / n, h.actual[i] / n);
        text_append(json, json_size,
                    "%s{\"repeat\":%d,\"customers\":%.0f,\"predicted\":%.10g,\"actual\":%.10g}",
                    first ? "" : ",", i, n, h.predicted[i] / n, h.actual[i] / n);
        first = 0;
    }
    text_append(json, json_size, "]}");
}

static void print_predictions(const struct sample *s, const double *alive, const double *expected,
                              double horizon)
{
    printf("customer,x,t_x,T,p_alive,expected_%.6g\n", horizon);
    for (size_t i = 0; i < s->count; i++) {
        print_id(s, i);
        printf(",%u,%.10g,%.10g,%.10g,%.10g\n", s->x[i], s->t_x[i], s->T[i], alive[i], expected[i]);
    }
}

static bool fit_any(const char *name, const struct visits *visits, double horizon, struct fit *fit,
                    double *alive, double *expected, struct error *error)
{
    if (strcmp(name, "pnbd") == 0) {
        if (!pareto_fit(visits, NULL, fit, error))
            return false;
        struct pareto_parameters p = pareto_parameters(fit);
        if (alive)
            pareto_predict(&p, visits, horizon, alive, expected);
        return true;
    }
    enum visits_model model = strcmp(name, "bgnbd") == 0 ? VISITS_BGNBD : VISITS_MBGNBD;
    if (!visits_fit(model, visits, NULL, fit, error))
        return false;
    struct visits_parameters p = visits_parameters(fit);
    if (alive)
        visits_predict(model, &p, visits, horizon, alive, expected);
    return true;
}

int fit_run_visits(const struct fit_request *request)
{
    struct error error = {0};
    struct sample s;
    if (!sample_read(request, false, &s, &error))
        return cli_fail(&error);
    struct visits visits = {s.count, s.x, s.t_x, s.T};
    bool held_out = s.end > s.until;
    double horizon = horizon_of(request, &s), *alive = NULL, *expected = NULL;
    bool fine = true;
    if (held_out || request->predict) {
        alive = malloc((s.count + 1) * sizeof *alive);
        expected = malloc((s.count + 1) * sizeof *expected);
        if (!alive || !expected) {
            error_set(&error, ERROR_SYSTEM, NULL, "not enough memory");
            fine = false;
        }
    }
    struct fit fit;
    fine = fine && fit_any(request->model, &visits, horizon, &fit, alive, expected, &error);
    if (fine) {
        char text[2048] = "", json[2048] = "";
        if (held_out)
            describe_holdout(request, &s, expected, text, sizeof text, json, sizeof json);
        fit_print(request, &(struct fit_report){
                               .model = strcmp(request->model, "pnbd") == 0    ? "Pareto/NBD"
                                        : strcmp(request->model, "bgnbd") == 0 ? "BG/NBD"
                                                                               : "MBG/NBD",
                               .what = s.what,
                               .fit = &fit,
                               .json_extra = json,
                               .text_extra = text,
                               .bad = s.bad,
                           });
        if (request->predict)
            print_predictions(&s, alive, expected, horizon);
    }
    free(alive);
    free(expected);
    sample_free(&s);
    return fine ? 0 : cli_fail(&error);
}

/* Mean amount a transaction in the hold-out, predicted and actual, over those who came. */
static void hold_out_spend(const struct sample *s, const struct spend_parameters *p, char *text,
                           size_t text_size, char *json, size_t json_size)
{
    double predicted = 0, actual = 0, n = 0;
    for (size_t i = 0; i < s->count; i++) {
        uint32_t customer = s->summary.customer[i];
        for (size_t e = s->history.first[customer]; e < s->history.first[customer + 1]; e++) {
            const struct history_event *event = &s->history.event[e];
            if (event->day <= s->until || event->day > s->end)
                continue;
            predicted += spend_expected(p, s->x[i], s->mean[i]);
            actual += event->amount;
            n++;
        }
    }
    if (n == 0)
        return;
    text_append(text, text_size,
                "  Hold-out: %.0f transactions, predicted %.2f each, actual %.2f each\n", n,
                predicted / n, actual / n);
    text_append(json, json_size,
                ",\"holdout\":{\"transactions\":%.0f,\"predicted\":%.10g,\"actual\":%.10g}", n,
                predicted / n, actual / n);
}

int fit_run_spend(const struct fit_request *request)
{
    struct error error = {0};
    struct sample s;
    if (!sample_read(request, true, &s, &error))
        return cli_fail(&error);
    struct fit fit;
    bool fine = true;
    if (s.history.customers && !s.history.has_amount)
        fine = error_set(&error, ERROR_INPUT, "Say which column it is with --amount.",
                         "the file has no amounts");
    struct spend spend = {s.count, s.x, s.mean};
    fine = fine && spend_fit(&spend, NULL, &fit, &error);
    if (fine) {
        struct spend_parameters p = spend_parameters(&fit);
        char text[512] = "", json[512] = "";
        if (spend_has_mean(&p)) {
            text_append(text, sizeof text, "  A new customer spends %.2f a transaction.\n",
                        spend_expected(&p, 0, 0));
            text_append(json, sizeof json, ",\"population_mean\":%.10g", spend_expected(&p, 0, 0));
        } else {
            text_append(text, sizeof text,
                        "  q is not above 1, so spend has no mean; each customer's own is used.\n");
            text_append(json, sizeof json, ",\"population_mean\":null");
        }
        if (s.end > s.until)
            hold_out_spend(&s, &p, text, sizeof text, json, sizeof json);
        fit_print(request, &(struct fit_report){"Gamma-Gamma", s.what, &fit, json, text, s.bad});
        if (request->predict) {
            puts("customer,x,mean,expected_mean");
            for (size_t i = 0; i < s.count; i++) {
                print_id(&s, i);
                printf(",%u,%.10g,%.10g\n", s.x[i], s.mean[i],
                       spend_expected(&p, s.x[i], s.mean[i]));
            }
        }
    }
    sample_free(&s);
    return fine ? 0 : cli_fail(&error);
}
