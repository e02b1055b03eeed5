/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kaplan–Meier with the log-rank test, and the AFT models, from durations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/cli/cli.h"
#include "gymtui/model/aft.h"
#include "gymtui/model/survival.h"

struct durations {
    struct fit_columns columns; /* 0 time, 1 event, then group or covariates */
    char names[1024];           /* the words of --covariates, cut apart */
    bool *event;
};

static bool add_column(struct fit_columns *columns, const char *name, bool may_be_text,
                       struct error *error)
{
    if (columns->columns == FIT_COLUMNS)
        return error_set(error, ERROR_USAGE, "Leave some out.", "more than %d columns",
                         FIT_COLUMNS);
    columns->column[columns->columns++] =
        (struct fit_column){.name = name, .may_be_text = may_be_text};
    return true;
}

static bool durations_read(const struct fit_request *request, struct durations *d,
                           struct error *error)
{
    *d = (struct durations){0};
    if (request->holdout != DATE_NONE || request->until != DATE_NONE)
        return error_set(error, ERROR_USAGE, NULL, "durations have no dates to hold out from");
    bool fine = add_column(&d->columns, request->time ? request->time : "time", false, error) &&
                add_column(&d->columns, request->event ? request->event : "event", false, error);
    if (fine && request->group)
        fine = add_column(&d->columns, request->group, true, error);
    if (fine && request->covariates) {
        if (strlen(request->covariates) >= sizeof d->names)
            return error_set(error, ERROR_USAGE, NULL, "--covariates is too long");
        memcpy(d->names, request->covariates, strlen(request->covariates) + 1);
        char *rest = NULL;
        for (char *name = strtok_r(d->names, ",", &rest); fine && name;
             name = strtok_r(NULL, ",", &rest))
            fine = add_column(&d->columns, name, true, error);
    }
    if (!fine || !fit_columns_read(request->file, &d->columns, error))
        return false;
    d->event = calloc(d->columns.count, sizeof *d->event);
    if (!d->event)
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory");
    for (size_t i = 0; i < d->columns.count; i++) {
        double event = d->columns.column[1].value[i];
        if (event != 0 && event != 1)
            return error_set(error, ERROR_INPUT, "Write 1 where it happened, 0 where it did not.",
                             "%s line %zu: %s is %g", request->file, d->columns.line[i],
                             d->columns.column[1].name, event);
        d->event[i] = event == 1;
    }
    return true;
}

static void durations_free(struct durations *d)
{
    fit_columns_free(&d->columns);
    free(d->event);
}

/* The different words or numbers of a column, sorted; returns how many (at most `room` + 1). */
static int find_levels(const struct fit_columns *columns, const struct fit_column *column,
                       char levels[][64], int room)
{
    int count = 0;
    for (size_t i = 0; i < columns->count; i++) {
        char word[64];
        if (column->text)
            text_clean(word, sizeof word, column->text[i]);
        else
            snprintf(word, sizeof word, "%.10g", column->value[i]);
        int at = 0;
        while (at < count && strcmp(levels[at], word) < 0)
            at++;
        if (at < count && strcmp(levels[at], word) == 0)
            continue;
        if (count == room)
            return room + 1;
        memmove(levels[at + 1], levels[at], (size_t)(count - at) * sizeof *levels);
        memcpy(levels[at], word, sizeof word);
        count++;
    }
    return count;
}

static int level_of(const struct fit_column *column, size_t row, char levels[][64], int count)
{
    char word[64];
    if (column->text)
        text_clean(word, sizeof word, column->text[row]);
    else
        snprintf(word, sizeof word, "%.10g", column->value[row]);
    for (int i = 0; i < count; i++)
        if (strcmp(levels[i], word) == 0)
            return i;
    return 0;
}

static void describe_curve(const char *name, const struct survival_times *times, double until,
                           char *text, size_t size, char *json, size_t json_size)
{
    struct survival_curve curve;
    if (!survival_kaplan_meier(times, &curve, NULL))
        return;
    double events = 0, se, mean = survival_restricted_mean(&curve, until, &se);
    for (size_t i = 0; i < curve.count; i++)
        events += curve.points[i].events;
    double median = survival_quantile(&curve, .5);
    char middle[32] = "not reached", quoted[160];
    if (isfinite(median))
        snprintf(middle, sizeof middle, "%.6g", median);
    text_append(text, size, "  %-20s  %9zu  %9.0f  %11s  %9.2f ± %.2f\n", name, times->count,
                events, middle, mean, se);
    text_json_string(quoted, sizeof quoted, name);
    text_append(json, json_size, "{\"group\":%s,\"count\":%zu,\"events\":%.0f,\"median\":", quoted,
                times->count, events);
    text_append(json, json_size, isfinite(median) ? "%.10g" : "null", median);
    text_append(json, json_size,
                ",\"restricted_mean\":%.10g,\"standard_error\":%.10g,\"until\":%.10g}", mean, se,
                until);
    survival_curve_free(&curve);
}

static void print_curve(const char *name, bool grouped, const struct survival_times *times)
{
    struct survival_curve curve;
    char cell[160];
    if (!survival_kaplan_meier(times, &curve, NULL))
        return;
    text_csv_cell(cell, sizeof cell, name);
    for (size_t i = 0; i < curve.count; i++) {
        const struct survival_point *p = &curve.points[i];
        if (grouped)
            printf("%s,", cell);
        printf("%.10g,%.0f,%.0f,%.0f,%.10g,%.10g,%.10g,%.10g\n", p->time, p->at_risk, p->events,
               p->censored, p->survival, p->standard_error, p->low, p->high);
    }
    survival_curve_free(&curve);
}

/* The least of the groups' longest times, so that restricted means compare like with like. */
static double common_end(const struct durations *d, const uint8_t *group, int groups)
{
    double longest[SURVIVAL_GROUPS] = {0}, least = INFINITY;
    for (size_t i = 0; i < d->columns.count; i++)
        longest[group[i]] = fmax(longest[group[i]], d->columns.column[0].value[i]);
    for (int k = 0; k < groups; k++)
        least = fmin(least, longest[k]);
    return least;
}

static bool run_curves(const struct fit_request *request, const struct durations *d,
                       char levels[][64], int groups, struct error *error)
{
    size_t n = d->columns.count;
    const double *time = d->columns.column[0].value;
    uint8_t *group = calloc(n, sizeof *group);
    double *own_time = malloc(n * sizeof *own_time);
    bool *own_event = malloc(n * sizeof *own_event);
    char text[8192] = "", json[8192] = ",\"groups\":[";
    struct survival_test test;
    bool fine = group && own_time && own_event;
    if (!fine)
        error_set(error, ERROR_SYSTEM, NULL, "not enough memory");
    for (size_t i = 0; fine && request->group && i < n; i++)
        group[i] = (uint8_t)level_of(&d->columns.column[2], i, levels, groups);
    struct survival_curve whole;
    struct survival_times all = {n, time, d->event};
    fine = fine && survival_kaplan_meier(&all, &whole, error); /* checks the times */
    if (fine) {
        survival_curve_free(&whole);
        double end = common_end(d, group, groups);
        text_append(text, sizeof text, "  %-20s  %9s  %9s  %11s  mean within %.6g\n", "Group",
                    "Customers", "Events", "Median", end);
        if (request->predict)
            printf("%stime,at_risk,events,censored,survival,standard_error,low,high\n",
                   request->group ? "group," : "");
        for (int k = 0; k < groups; k++) {
            size_t own = 0;
            for (size_t i = 0; i < n; i++)
                if (group[i] == k) {
                    own_time[own] = time[i];
                    own_event[own++] = d->event[i];
                }
            struct survival_times part = {own, own_time, own_event};
            text_append(json, sizeof json, "%s", k ? "," : "");
            describe_curve(levels[k], &part, end, text, sizeof text, json, sizeof json);
            if (request->predict)
                print_curve(levels[k], request->group != NULL, &part);
        }
        text_append(json, sizeof json, "]");
    }
    if (fine && groups > 1) {
        fine = survival_log_rank(&all, group, groups, &test, error);
        if (fine) {
            text_append(text, sizeof text,
                        "\n  Log-rank: chi-square %.4f with %d degrees of freedom, p = %.4g\n",
                        test.chi_square, test.degrees, test.p_value);
            text_append(json, sizeof json,
                        ",\"log_rank\":{\"chi_square\":%.10g,\"degrees\":%d,\"p_value\":%.10g}",
                        test.chi_square, test.degrees, test.p_value);
        }
    }
    if (fine) {
        char what[64];
        snprintf(what, sizeof what, "%zu durations", n);
        fit_print(request,
                  &(struct fit_report){"Kaplan-Meier", what, NULL, json, text, d->columns.bad});
    }
    free(group);
    free(own_time);
    free(own_event);
    return fine;
}

int fit_run_survival(const struct fit_request *request)
{
    struct error error = {0};
    struct durations d;
    char levels[SURVIVAL_GROUPS + 1][64] = {"all"};
    int groups = 1;
    bool fine = durations_read(request, &d, &error);
    if (fine && request->group) {
        groups = find_levels(&d.columns, &d.columns.column[2], levels, SURVIVAL_GROUPS);
        if (groups > SURVIVAL_GROUPS)
            fine = error_set(&error, ERROR_INPUT, "Compare at most 16 groups.",
                             "%s has more than 16 different values", request->group);
    }
    fine = fine && run_curves(request, &d, levels, groups, &error);
    durations_free(&d);
    return fine ? 0 : cli_fail(&error);
}

/* Covariates for the model: numbers as they are; words as one 0/1 column per level but the first.
 */
struct design {
    int columns;
    char names[AFT_COVARIATES][160];
    const char *name[AFT_COVARIATES];
    double *z;
};

static bool design_make(const struct durations *d, int first, struct design *design,
                        struct error *error)
{
    static char levels[FIT_COLUMNS][AFT_COVARIATES + 2][64];
    int count[FIT_COLUMNS] = {0};
    *design = (struct design){0};
    for (int c = first; c < d->columns.columns; c++) {
        const struct fit_column *column = &d->columns.column[c];
        int more = 1;
        if (column->text) {
            count[c] = find_levels(&d->columns, column, levels[c], AFT_COVARIATES + 1);
            more = count[c] - 1;
        }
        if (design->columns + more > AFT_COVARIATES)
            return error_set(error, ERROR_INPUT, "Leave some out, or join rare values.",
                             "%s brings the covariates to more than %d", column->name,
                             AFT_COVARIATES);
        for (int k = 0; k < more; k++) {
            char *name = design->names[design->columns];
            if (column->text)
                snprintf(name, sizeof *design->names, "%s=%s", column->name, levels[c][k + 1]);
            else
                snprintf(name, sizeof *design->names, "%s", column->name);
            design->name[design->columns++] = name;
        }
    }
    size_t width = (size_t)design->columns;
    size_t cells = d->columns.count * width;
    design->z = calloc(cells ? cells : 1, sizeof *design->z);
    if (!design->z)
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory");
    for (size_t i = 0; i < d->columns.count; i++) {
        double *z = design->z + i * width;
        for (int c = first; c < d->columns.columns; c++) {
            const struct fit_column *column = &d->columns.column[c];
            if (!column->text) {
                *z++ = column->value[i];
                continue;
            }
            int level = level_of(column, i, levels[c], count[c]);
            for (int k = 1; k < count[c]; k++)
                *z++ = level == k;
        }
    }
    return true;
}

static void print_aft(const struct fit_request *request, const struct durations *d,
                      enum aft_model model, const struct design *design, const struct fit *fit)
{
    char text[4096] = "", json[4096] = ",\"effects\":{", what[120], quoted[340];
    for (int j = 0; j < design->columns; j++) {
        double by = exp(fit->value[j + 1]), half = 1.959963984540054 * fit->standard_error[j + 1];
        double low = exp(fit->value[j + 1] - half), high = exp(fit->value[j + 1] + half);
        text_append(text, sizeof text,
                    "  %s: each unit makes life %.3f times as long (%.3f to %.3f)\n",
                    design->name[j], by, low, high);
        text_json_string(quoted, sizeof quoted, design->name[j]);
        text_append(json, sizeof json, "%s%s:{\"factor\":%.10g,\"low\":%.10g,\"high\":%.10g}",
                    j ? "," : "", quoted, by, low, high);
    }
    text_append(json, sizeof json, "}");
    snprintf(what, sizeof what, "%zu durations", d->columns.count);
    fit_print(request,
              &(struct fit_report){aft_model_name(model), what, fit, json, text, d->columns.bad});
    if (!request->predict)
        return;
    double horizon = request->horizon > 0 ? request->horizon : 1;
    printf("line,time,event,median,survival,survival_next_%.6g\n", horizon);
    for (size_t i = 0; i < d->columns.count; i++) {
        const double *z = design->z + i * (size_t)design->columns;
        double t = d->columns.column[0].value[i];
        printf("%zu,%.10g,%d,%.10g,%.10g,%.10g\n", d->columns.line[i], t, d->event[i],
               aft_median(model, fit, z), aft_survival(model, fit, z, t),
               aft_conditional(model, fit, z, t, horizon));
    }
}

int fit_run_aft(const struct fit_request *request)
{
    struct error error = {0};
    struct durations d;
    struct design design = {0};
    struct fit fit;
    enum aft_model model = strcmp(request->model, "weibull") == 0     ? AFT_WEIBULL
                           : strcmp(request->model, "lognormal") == 0 ? AFT_LOG_NORMAL
                                                                      : AFT_LOG_LOGISTIC;
    bool fine = durations_read(request, &d, &error) &&
                design_make(&d, request->group ? 3 : 2, &design, &error);
    if (fine) {
        struct aft_data data = {d.columns.count, design.columns, d.columns.column[0].value,
                                d.event,         design.z,       design.name};
        fine = aft_fit(model, &data, &fit, &error);
        if (fine)
            print_aft(request, &d, model, &design, &fit);
    }
    free(design.z);
    durations_free(&d);
    return fine ? 0 : cli_fail(&error);
}
