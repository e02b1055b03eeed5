/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report cohorts`: of those who joined in a month, how many were still there later. */
#include <inttypes.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "report_dataset.h"

struct cohorts_answer {
    struct answer answer;
    struct models_cohorts cohorts;
};

static void on_cohorts(void *owner, const struct models_cohorts *cohorts, const struct error *error)
{
    struct cohorts_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->cohorts = *cohorts;
}

static const struct sheet_column columns[] = {
    {.name = "joined", .kind = SHEET_DAY},
    {.name = "size", .kind = SHEET_COUNT},
    {.name = "month", .kind = SHEET_COUNT},
    {.name = "there", .kind = SHEET_COUNT},
    {.name = "percent", .kind = SHEET_NUMBER, .decimals = 2},
    {.name = NULL},
};

static double percent_of(const struct models_cohort *cohort, int k)
{
    return cohort->size > 0 ? 100 * (double)cohort->there[k] / (double)cohort->size : 0;
}

static void write_all(struct sheet *sheet, const struct models_cohorts *cohorts)
{
    for (int i = 0; i < cohorts->count; i++) {
        const struct models_cohort *cohort = &cohorts->cohorts[i];
        for (int k = 0; k <= cohort->observed; k++) {
            sheet_day(sheet, cohort->month);
            sheet_count(sheet, cohort->size);
            sheet_count(sheet, k);
            sheet_count(sheet, cohort->there[k]);
            sheet_number(sheet, percent_of(cohort, k));
        }
    }
}

static void print_triangle(const struct models_cohorts *cohorts)
{
    static const int months[] = {1, 2, 3, 4, 6, 9, 12, 18, 24};
    enum { COUNT = sizeof months / sizeof *months };
    char line[300] = "", cell[48];
    out_cell(line, sizeof line, "Joined", 9);
    out_cell_right(line, sizeof line, "Size", 7);
    for (int i = 0; i < COUNT; i++) {
        snprintf(cell, sizeof cell, "%d mo", months[i]);
        out_cell_right(line, sizeof line, cell, 5);
    }
    out_line(stdout, "%s", line);
    for (int c = 0; c < cohorts->count; c++) {
        const struct models_cohort *cohort = &cohorts->cohorts[c];
        struct date_civil civil = date_to_civil(cohort->month);
        line[0] = '\0';
        snprintf(cell, sizeof cell, "%s %d", date_month_name(civil.month), civil.year);
        out_cell(line, sizeof line, cell, 9);
        snprintf(cell, sizeof cell, "%" PRId64, cohort->size);
        out_cell_right(line, sizeof line, cell, 7);
        for (int i = 0; i < COUNT && months[i] <= cohort->observed; i++) {
            snprintf(cell, sizeof cell, "%.0f%%", percent_of(cohort, months[i]));
            out_cell_right(line, sizeof line, cell, 5);
        }
        out_line(stdout, "%s", line);
    }
}

/* All cohorts together, from one month to the next. */
static void print_whole(const struct models_cohorts *cohorts)
{
    struct models_point points[MODELS_MONTHS + 1];
    struct plot_point drawn[MODELS_MONTHS + 1];
    int count = models_retention(cohorts, 0, cohorts->count, points);
    for (int i = 0; i < count; i++)
        drawn[i] = (struct plot_point){points[i].x, points[i].y};
    struct plot plot = {.x_words = "months",
                        .y_words = "still there, all of them together",
                        .series = {{"all", drawn, count}},
                        .series_count = 1,
                        .x_most = count > 1 ? points[count - 1].x : 0,
                        .y_most = 1,
                        .is_share = true,
                        .is_step = true};
    out_line(stdout, "%s", "");
    plot_print(&plot);
}

static void print(const struct report *report, const struct dataset_row *dataset,
                  const struct models_cohorts *cohorts)
{
    struct json json = {.out = stdout};
    struct sheet sheet;
    switch (report->form) {
    case SHEET_JSON:
        json_open(&json, NULL, '{');
        json_text(&json, "dataset", dataset->name);
        json_day(&json, "as_of", cohorts->as_of);
        sheet_begin_in(&sheet, &json, "cohorts", columns);
        write_all(&sheet, cohorts);
        sheet_end(&sheet);
        json_close(&json, '}');
        json_end(&json);
        break;
    case SHEET_CSV:
        sheet_begin(&sheet, stdout, SHEET_CSV, columns);
        write_all(&sheet, cohorts);
        sheet_end(&sheet);
        break;
    case SHEET_TEXT:
        report_dataset_heading(report, dataset,
                               "Cohorts: still there so many months after joining");
        if (cohorts->count == 0) {
            report_print_nothing(report, dataset);
            break;
        }
        print_triangle(cohorts);
        print_whole(cohorts);
        break;
    }
}

int command_report_cohorts(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    struct cohorts_answer take = {0};
    if (report_begin_dataset(&report, cli, words, &dataset)) {
        models_cohorts(report.visit.db, dataset.dataset_id, on_cohorts, &take);
        if (report_wait(&report, &take.answer))
            print(&report, &dataset, &take.cohorts);
    }
    return report_end(&report);
}
