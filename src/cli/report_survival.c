/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report survival`: how long customers stay, alone or by group, whether the groups differ,
 * and what makes how much of a difference. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "report_dataset.h"

#define NORMAL_975 1.959963984540054

const struct cli_option report_survival_options[] = {
    REPORT_FORM_OPTIONS,
    [DATASET_NAME] = {"--dataset", "NAME", "A dataset's customers, instead of the gym's members."},
    [SURVIVAL_BY] = {"--by", "WHAT", "Compare groups: plan, method, gender or age."},
    {NULL, NULL, NULL},
};

static const struct sheet_column point_columns[] = {
    {.name = "group", .kind = SHEET_WORDS},
    {.name = "months", .kind = SHEET_NUMBER, .decimals = 2},
    {.name = "there", .kind = SHEET_NUMBER, .decimals = 6},
    {.name = "low", .kind = SHEET_NUMBER, .decimals = 6},
    {.name = "high", .kind = SHEET_NUMBER, .decimals = 6},
    {.name = "at_risk", .kind = SHEET_COUNT},
    {.name = NULL},
};

static void write_points(struct sheet *sheet, const struct models_curve *curve)
{
    for (int i = 0; i < curve->series_count; i++)
        for (int j = 0; j < curve->series[i].count; j++) {
            const struct models_point *point = &curve->series[i].points[j];
            sheet_words(sheet, curve->series[i].name);
            sheet_number(sheet, point->x);
            sheet_number(sheet, point->y);
            sheet_number(sheet, point->low);
            sheet_number(sheet, point->high);
            sheet_count(sheet, point->n);
        }
}

/* --- text --- */

static void print_plot(const struct models_curve *curve)
{
    struct plot_point *points[PLOT_SERIES] = {NULL};
    struct plot plot = {.x_words = "months",
                        .y_words = "still there",
                        .is_share = true,
                        .is_step = true,
                        .y_most = 1};
    for (int i = 0; i < curve->series_count && i < PLOT_SERIES; i++) {
        const struct models_series *series = &curve->series[i];
        points[i] = calloc((size_t)series->count + 1, sizeof *points[i]);
        if (points[i] == NULL)
            break;
        for (int j = 0; j < series->count; j++) {
            points[i][j] = (struct plot_point){series->points[j].x, series->points[j].y};
            plot.x_most = fmax(plot.x_most, series->points[j].x);
        }
        plot.series[plot.series_count++] =
            (struct plot_series){series->name, points[i], series->count};
    }
    plot_print(&plot);
    for (int i = 0; i < PLOT_SERIES; i++)
        free(points[i]);
}

static void print_table(const struct models_curve *curve)
{
    static const int months[] = {1, 3, 6, 12, 24, 36, 48};
    enum { COUNT = sizeof months / sizeof *months };
    char line[300] = "", cell[24];
    out_line(stdout, "%s", "");
    out_cell(line, sizeof line, "Months", 18);
    for (int i = 0; i < COUNT; i++) {
        snprintf(cell, sizeof cell, "%d", months[i]);
        out_cell_right(line, sizeof line, cell, 6);
    }
    out_line(stdout, "%s  half gone", line);
    for (int s = 0; s < curve->series_count; s++) {
        const struct models_series *series = &curve->series[s];
        double last = series->count > 0 ? series->points[series->count - 1].x : 0;
        double half = models_time_at(series, .5);
        line[0] = '\0';
        out_cell(line, sizeof line, series->name, 18);
        for (int i = 0; i < COUNT; i++) {
            snprintf(cell, sizeof cell, "%.0f %%", 100 * models_share_at(series, months[i]));
            out_cell_right(line, sizeof line, months[i] <= last ? cell : "–", 6);
        }
        if (isfinite(half))
            snprintf(cell, sizeof cell, "%.0f months", half);
        else
            snprintf(cell, sizeof cell, "not yet");
        out_line(stdout, "%s  %s", line, cell);
    }
}

static const struct models_fit *find_fit(const struct fits *fits, const char *purpose,
                                         const char *subject)
{
    for (int i = 0; i < fits->count; i++)
        if (strcmp(fits->rows[i].purpose, purpose) == 0 &&
            strcmp(fits->rows[i].subject, subject) == 0 &&
            (strcmp(purpose, "test") == 0 || fits->rows[i].in_use))
            return &fits->rows[i];
    return NULL;
}

/* Log-rank's last parameter is p, by whatever name it goes. */
static double p_of(const struct models_fit *test)
{
    return test->parameter_count > 0 ? test->parameters[test->parameter_count - 1].estimate : NAN;
}

static void print_test(const struct fits *fits, const char *by)
{
    const struct models_fit *test = find_fit(fits, "test", by);
    double p = test != NULL ? p_of(test) : NAN;
    if (test == NULL || !isfinite(p))
        return;
    out_line(stdout, "%s", "");
    out_words(stdout, 0, "Log-rank test by %s: chi-square %.1f, %s%.4f. The groups %s.", by,
              test->parameters[0].estimate, p < .0001 ? "p < " : "p = ", fmax(p, .0001),
              p < .05 ? "differ" : "may as well be alike");
}

static void print_effects(const struct fits *fits)
{
    const struct models_fit *fit = find_fit(fits, "survival", "");
    if (fit == NULL || fit->parameter_count <= 2)
        return;
    out_line(stdout, "%s", "");
    out_words(stdout, 0,
              "What makes a difference (%s): stays so many times as long, 95 %% interval",
              fit->model);
    for (int i = 0; i < fit->parameter_count; i++) {
        const struct models_parameter *effect = &fit->parameters[i];
        char line[300] = "  ";
        double half = NORMAL_975 * effect->standard_error;
        if (strcmp(effect->name, "intercept") == 0 || strcmp(effect->name, "sigma") == 0)
            continue;
        out_cell(line, sizeof line, effect->name, 36);
        out_line(stdout, "%s %.2f  (%.2f to %.2f)%s", line, exp(effect->estimate),
                 exp(effect->estimate - half), exp(effect->estimate + half),
                 fabs(effect->estimate) > half ? "" : "  too close to tell");
    }
}

/* --- JSON --- */

static const struct sheet_column effect_columns[] = {
    {.name = "effect", .kind = SHEET_WORDS},
    {.name = "factor", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = "low", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = "high", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = NULL},
};

static void json_effects(struct json *json, const struct fits *fits)
{
    struct sheet sheet;
    const struct models_fit *fit = find_fit(fits, "survival", "");
    if (fit != NULL)
        json_text(json, "model", fit->model);
    sheet_begin_in(&sheet, json, "effects", effect_columns);
    for (int i = 0; fit != NULL && i < fit->parameter_count; i++) {
        const struct models_parameter *effect = &fit->parameters[i];
        double half = NORMAL_975 * effect->standard_error;
        if (strcmp(effect->name, "intercept") == 0 || strcmp(effect->name, "sigma") == 0)
            continue;
        sheet_words(&sheet, effect->name);
        sheet_number(&sheet, exp(effect->estimate));
        sheet_number(&sheet, exp(effect->estimate - half));
        sheet_number(&sheet, exp(effect->estimate + half));
    }
    sheet_end(&sheet);
}

static void print_json(const struct dataset_row *dataset, const struct models_curve *curve,
                       const struct fits *fits, const char *by)
{
    struct json json = {.out = stdout};
    struct sheet sheet;
    const struct models_fit *test = find_fit(fits, "test", by);
    json_open(&json, NULL, '{');
    json_text(&json, "dataset", dataset->name);
    json_day(&json, "as_of", dataset->as_of);
    json_text(&json, "by", by);
    sheet_begin_in(&sheet, &json, "points", point_columns);
    write_points(&sheet, curve);
    sheet_end(&sheet);
    if (test != NULL && test->parameter_count > 0) {
        json_number(&json, "chi_square", test->parameters[0].estimate, 4);
        json_number(&json, "p_value", p_of(test), 8);
    }
    json_effects(&json, fits);
    json_close(&json, '}');
    json_end(&json);
}

/* --- the report --- */

static void print(const struct report *report, const struct dataset_row *dataset,
                  const struct models_curve *curve, const struct fits *fits, const char *by)
{
    struct sheet sheet;
    switch (report->form) {
    case SHEET_JSON:
        print_json(dataset, curve, fits, by);
        break;
    case SHEET_CSV:
        sheet_begin(&sheet, stdout, SHEET_CSV, point_columns);
        write_points(&sheet, curve);
        sheet_end(&sheet);
        break;
    case SHEET_TEXT:
        report_dataset_heading(report, dataset, "How long customers stay");
        if (curve->series_count == 0) {
            if (*by != '\0' && fits->count > 0)
                out_line(stdout, "There are no groups to compare by %s.", by);
            else
                report_print_nothing(report, dataset);
            break;
        }
        print_plot(curve);
        print_table(curve);
        print_test(fits, by);
        print_effects(fits);
        break;
    }
}

static bool read_by(struct report *report, const char **by)
{
    static const char *const known[] = {"", "plan", "method", "gender", "age"};
    const char *wanted = report->words->values[SURVIVAL_BY];
    *by = "";
    if (wanted == NULL)
        return true;
    for (size_t i = 1; i < sizeof known / sizeof *known; i++)
        if (strcmp(wanted, known[i]) == 0)
            *by = known[i];
    return **by != '\0' || error_set(&report->error, ERROR_USAGE, NULL,
                                     "--by takes plan, method, gender or age, not “%s”", wanted);
}

int command_report_survival(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    struct curve curve = {0};
    struct fits fits = {0};
    const char *by = "";
    char name[40];
    if (report_begin_dataset(&report, cli, words, &dataset) && read_by(&report, &by)) {
        snprintf(name, sizeof name, *by != '\0' ? "survival by %s" : "survival", by);
        if (curve_read(&report, &dataset, name, &curve) && fits_read(&report, &dataset, &fits))
            print(&report, &dataset, &curve.curve, &fits, by);
    }
    curve_free(&curve);
    fits_free(&fits);
    return report_end(&report);
}
