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
    if (!answer_take(&take->answer, error))
        return;
    take->rows = calloc((size_t)(count > 0 ? count : 1), sizeof *take->rows);
    if (take->rows == NULL) {
        error_set(&take->answer.error, ERROR_SYSTEM, NULL, "Out of memory");
        return;
    }
    if (count > 0)
        memcpy(take->rows, rows, (size_t)count * sizeof *rows);
    take->count = count;
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
