/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which dataset a report is about. */
#include "report_dataset.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"

const struct cli_option report_dataset_options[] = {
    REPORT_FORM_OPTIONS,
    [DATASET_NAME] = {"--dataset", "NAME", "A dataset's customers, instead of the gym's members."},
    {NULL, NULL, NULL},
};

static void on_datasets(void *owner, const struct dataset_row *rows, int count,
                        const struct error *error)
{
    struct dataset_list *take = owner;
    take->rows = answer_take_rows(&take->answer, error, rows, count, sizeof *rows);
    take->count = take->rows != NULL ? count : 0;
}

bool dataset_list_read(struct report *report, struct dataset_list *list)
{
    datasets_list(report->visit.db, on_datasets, list);
    return report_wait(report, &list->answer);
}

void dataset_list_free(struct dataset_list *list)
{
    free(list->rows);
    list->rows = NULL;
}

bool report_begin_dataset(struct report *report, const struct cli *cli,
                          const struct cli_words *words, struct dataset_row *dataset)
{
    struct dataset_list list = {0};
    const char *wanted = words->values[DATASET_NAME];
    bool found = false;
    if (!report_begin(report, cli, words))
        return false;
    if (dataset_list_read(report, &list)) {
        for (int i = 0; i < list.count && !found; i++) {
            found = wanted != NULL ? strcmp(list.rows[i].name, wanted) == 0
                                   : list.rows[i].dataset_id == 0;
            if (found)
                *dataset = list.rows[i];
        }
        if (!found)
            error_set(&report->error, ERROR_NOT_FOUND, "“gymtui datasets” lists them",
                      "There is no dataset “%s”", wanted != NULL ? wanted : "gym");
    }
    dataset_list_free(&list);
    return found;
}

void report_dataset_heading(const struct report *report, const struct dataset_row *dataset,
                            const char *what)
{
    char day[32], line[256];
    if (report->form != SHEET_TEXT)
        return;
    date_format_iso(day, sizeof day, dataset->as_of);
    if (dataset->dataset_id == 0)
        snprintf(line, sizeof line, "%s", what);
    else
        snprintf(line, sizeof line, "%s, dataset %s as of %s", what, dataset->name, day);
    report_print_heading(report, line);
}

/* --- copies of replies --- */

static void on_curve(void *owner, const struct models_curve *from, const struct error *error)
{
    struct curve *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    take->curve = *from;
    for (int i = 0; i < from->series_count; i++) {
        size_t count = (size_t)from->series[i].count;
        struct models_point *points = calloc(count > 0 ? count : 1, sizeof *points);
        if (points != NULL && count > 0)
            memcpy(points, from->series[i].points, count * sizeof *points);
        take->curve.series[i].points = points;
        if (points == NULL)
            error_set(&take->answer.error, ERROR_SYSTEM, NULL, "Out of memory");
    }
}

bool curve_read(struct report *report, const struct dataset_row *dataset, const char *name,
                struct curve *curve)
{
    models_curve(report->visit.db, dataset->dataset_id, name, on_curve, curve);
    return report_wait(report, &curve->answer);
}

void curve_free(struct curve *curve)
{
    for (int i = 0; i < curve->curve.series_count; i++)
        free((void *)curve->curve.series[i].points);
    curve->curve.series_count = 0;
}

static void on_fits(void *owner, const struct models_fit *rows, int count,
                    const struct error *error)
{
    struct fits *take = owner;
    take->rows = answer_take_rows(&take->answer, error, rows, count, sizeof *rows);
    take->count = take->rows != NULL ? count : 0;
}

bool fits_read(struct report *report, const struct dataset_row *dataset, struct fits *fits)
{
    models_fits(report->visit.db, dataset->dataset_id, on_fits, fits);
    return report_wait(report, &fits->answer);
}

void fits_free(struct fits *fits)
{
    free(fits->rows);
    fits->rows = NULL;
}

void report_print_nothing(const struct report *report, const struct dataset_row *dataset)
{
    if (report->form != SHEET_TEXT)
        return;
    if (dataset->dataset_id == 0)
        out_line(stdout,
                 "Nothing has been computed yet. Ask for it with: %s worker --enqueue "
                 "recompute --once",
                 report->cli->program);
    else
        out_line(stdout, "Nothing has been computed yet. Ask for it with: %s dataset refresh %s",
                 report->cli->program, dataset->name);
}
