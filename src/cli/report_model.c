/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report model`: the fits with their standard errors, which one is in use, and how well it
 * foretold what followed. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "report_dataset.h"

static const struct sheet_column parameter_columns[] = {
    {.name = "purpose", .kind = SHEET_WORDS},
    {.name = "model", .kind = SHEET_WORDS},
    {.name = "subject", .kind = SHEET_WORDS},
    {.name = "in_use", .kind = SHEET_YES},
    {.name = "time_unit", .kind = SHEET_WORDS},
    {.name = "parameter", .kind = SHEET_WORDS},
    {.name = "estimate", .kind = SHEET_NUMBER, .decimals = 8},
    {.name = "standard_error", .kind = SHEET_NUMBER, .decimals = 8},
    {.name = NULL},
};

static void write_parameters(struct sheet *sheet, const struct fits *fits)
{
    for (int i = 0; i < fits->count; i++) {
        const struct models_fit *fit = &fits->rows[i];
        for (int j = 0; j < fit->parameter_count; j++) {
            sheet_words(sheet, fit->purpose);
            sheet_words(sheet, fit->model);
            sheet_words(sheet, fit->subject);
            sheet_yes(sheet, fit->in_use);
            sheet_words(sheet, fit->time_unit);
            sheet_words(sheet, fit->parameters[j].name);
            sheet_number(sheet, fit->parameters[j].estimate);
            sheet_number(sheet, fit->parameters[j].standard_error);
        }
    }
}

/* --- text --- */

static void print_fit(const struct models_fit *fit)
{
    char day[32];
    date_format_iso(day, sizeof day, fit->fitted_on);
    out_line(stdout, "%s", "");
    if (fit->parameter_count == 0) {
        out_words(stdout, 0, "%s%s%s: %s", fit->model, *fit->subject != '\0' ? ", " : "",
                  fit->subject, fit->purpose);
        out_words(stdout, 4, "could not be fitted, and there are no earlier figures: %s",
                  fit->failure);
        return;
    }
    out_words(stdout, 0, "%s%s%s%s: %s%s%s, up to %s, from %" PRId64, fit->model,
              *fit->subject != '\0' ? ", " : "", fit->subject, fit->in_use ? " (in use)" : "",
              fit->purpose, *fit->time_unit != '\0' ? " in " : "", fit->time_unit, day,
              fit->observations);
    for (int i = 0; i < fit->parameter_count; i++) {
        const struct models_parameter *parameter = &fit->parameters[i];
        char line[300] = "    ";
        out_cell(line, sizeof line, parameter->name, 38);
        if (isfinite(parameter->standard_error) && parameter->standard_error > 0)
            out_line(stdout, "%s %14.7f  ± %.7f", line, parameter->estimate,
                     parameter->standard_error);
        else
            out_line(stdout, "%s %14.7f", line, parameter->estimate);
    }
    if (isfinite(fit->log_likelihood))
        out_line(stdout, "    log-likelihood %.4f", fit->log_likelihood);
    if (fit->holdout_from != DATE_NONE) {
        date_format_iso(day, sizeof day, fit->holdout_from);
        out_words(stdout, 4,
                  "held against what followed %s: AUC %.3f, log-loss %.4f, off by %.1f points, "
                  "%.0f %% of those who left in the worst tenth",
                  day, fit->auc, fit->log_loss, 100 * fit->calibration_error,
                  100 * fit->worst_tenth);
    }
    if (*fit->failure != '\0')
        out_words(stdout, 4, "the newest attempt failed, these are the last good figures: %s",
                  fit->failure);
}

static struct plot_point *copy_points(const struct models_series *series)
{
    struct plot_point *points = calloc((size_t)series->count + 1, sizeof *points);
    for (int i = 0; points != NULL && i < series->count; i++)
        points[i] = (struct plot_point){series->points[i].x, series->points[i].y};
    return points;
}

static void print_calibration(const struct models_curve *curve, const struct fits *fits)
{
    const struct models_series *series = NULL;
    for (int i = 0; i < curve->series_count; i++)
        for (int j = 0; j < fits->count; j++)
            if (fits->rows[j].in_use && strcmp(fits->rows[j].model, curve->series[i].name) == 0)
                series = &curve->series[i];
    if (series == NULL || series->count < 2)
        return;
    struct plot_point *points = copy_points(series);
    if (points == NULL)
        return;
    char words[120];
    snprintf(words, sizeof words, "what happened, where %s foretold so much", series->name);
    struct plot plot = {.x_words = "foretold",
                        .y_words = words,
                        .series = {{series->name, points, series->count}},
                        .series_count = 1,
                        .x_most = 1,
                        .y_most = 1,
                        .is_share = true,
                        .has_diagonal = true};
    out_line(stdout, "%s", "");
    plot_print(&plot);
    free(points);
}

static void print_tracking(const struct dataset_row *dataset, const struct models_curve *curve)
{
    struct plot plot = {.x_words = "weeks",
                        .y_words = dataset->dataset_id == 0 ? "visits so far"
                                   : dataset->has_contract  ? "bills after the first, so far"
                                                            : "repeat transactions so far"};
    struct plot_point *points[PLOT_SERIES] = {NULL};
    for (int i = 0; i < curve->series_count && i < 2; i++) {
        const struct models_series *series = &curve->series[i];
        points[i] = copy_points(series);
        if (points[i] == NULL)
            break;
        for (int j = 0; j < series->count; j++) {
            plot.x_most = fmax(plot.x_most, series->points[j].x);
            plot.y_most = fmax(plot.y_most, series->points[j].y);
        }
        plot.series[plot.series_count++] =
            (struct plot_series){series->name, points[i], series->count};
    }
    if (plot.series_count > 0)
        out_line(stdout, "%s", "");
    plot_print(&plot);
    for (int i = 0; i < PLOT_SERIES; i++)
        free(points[i]);
}

/* --- JSON --- */

static void json_curve(struct json *json, const char *name, const struct models_curve *curve)
{
    static const struct sheet_column columns[] = {
        {.name = "series", .kind = SHEET_WORDS},
        {.name = "x", .kind = SHEET_NUMBER, .decimals = 6},
        {.name = "y", .kind = SHEET_NUMBER, .decimals = 6},
        {.name = "n", .kind = SHEET_COUNT},
        {.name = NULL},
    };
    struct sheet sheet;
    sheet_begin_in(&sheet, json, name, columns);
    for (int i = 0; i < curve->series_count; i++)
        for (int j = 0; j < curve->series[i].count; j++) {
            sheet_words(&sheet, curve->series[i].name);
            sheet_number(&sheet, curve->series[i].points[j].x);
            sheet_number(&sheet, curve->series[i].points[j].y);
            sheet_count(&sheet, curve->series[i].points[j].n);
        }
    sheet_end(&sheet);
}

static void json_fit(struct json *json, const struct models_fit *fit)
{
    json_open(json, NULL, '{');
    json_text(json, "purpose", fit->purpose);
    json_text(json, "model", fit->model);
    json_text(json, "subject", fit->subject);
    json_text(json, "time_unit", fit->time_unit);
    json_bool(json, "in_use", fit->in_use);
    json_day(json, "fitted_on", fit->fitted_on);
    json_integer(json, "observations", fit->observations);
    json_number(json, "log_likelihood", fit->log_likelihood, 8);
    json_open(json, "parameters", '{');
    for (int i = 0; i < fit->parameter_count; i++) {
        json_open(json, fit->parameters[i].name, '{');
        json_number(json, "estimate", fit->parameters[i].estimate, 10);
        json_number(json, "standard_error", fit->parameters[i].standard_error, 10);
        json_close(json, '}');
    }
    json_close(json, '}');
    json_day(json, "holdout_from", fit->holdout_from);
    json_number(json, "auc", fit->auc, 6);
    json_number(json, "log_loss", fit->log_loss, 6);
    json_number(json, "calibration_error", fit->calibration_error, 6);
    json_number(json, "worst_tenth", fit->worst_tenth, 6);
    json_text(json, "failure", fit->failure);
    json_close(json, '}');
}

static void print_json(const struct dataset_row *dataset, const struct fits *fits,
                       const struct models_curve *calibration, const struct models_curve *tracking)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '{');
    json_text(&json, "dataset", dataset->name);
    json_day(&json, "as_of", dataset->as_of);
    json_open(&json, "fits", '[');
    for (int i = 0; i < fits->count; i++)
        json_fit(&json, &fits->rows[i]);
    json_close(&json, ']');
    json_curve(&json, "calibration", calibration);
    json_curve(&json, "tracking", tracking);
    json_close(&json, '}');
    json_end(&json);
}

static void print(const struct report *report, const struct dataset_row *dataset,
                  const struct fits *fits, const struct models_curve *calibration,
                  const struct models_curve *tracking)
{
    struct sheet sheet;
    switch (report->form) {
    case SHEET_JSON:
        print_json(dataset, fits, calibration, tracking);
        break;
    case SHEET_CSV:
        sheet_begin(&sheet, stdout, SHEET_CSV, parameter_columns);
        write_parameters(&sheet, fits);
        sheet_end(&sheet);
        break;
    case SHEET_TEXT:
        report_dataset_heading(report, dataset, "Models");
        if (fits->count == 0)
            report_print_nothing(report, dataset);
        for (int i = 0; i < fits->count; i++)
            print_fit(&fits->rows[i]);
        print_calibration(calibration, fits);
        print_tracking(dataset, tracking);
        break;
    }
}

int command_report_model(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    struct fits fits = {0};
    struct curve calibration = {0}, tracking = {0};
    if (report_begin_dataset(&report, cli, words, &dataset) &&
        fits_read(&report, &dataset, &fits) &&
        curve_read(&report, &dataset, "calibration", &calibration) &&
        curve_read(&report, &dataset, "tracking", &tracking))
        print(&report, &dataset, &fits, &calibration.curve, &tracking.curve);
    fits_free(&fits);
    curve_free(&calibration);
    curve_free(&tracking);
    return report_end(&report);
}
