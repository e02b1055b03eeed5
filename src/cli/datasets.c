/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datasets: which there are; to fit their models anew, and to delete one. */
#include <inttypes.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/segments.h"
#include "gymtui/worker/dataset.h"
#include "report.h"
#include "report_dataset.h"

/* --- datasets --- */

static void print_datasets(struct report *report, const struct dataset_list *list)
{
    static const struct sheet_column columns[] = {
        {"name", "Dataset", SHEET_WORDS, 20, 0},
        {"kind", "Kind", SHEET_WORDS, 10, 0},
        {"contract", "Contract", SHEET_YES, 8, 0},
        {"customers", "Customers", SHEET_COUNT, 10, 0},
        {"transactions", "Transactions", SHEET_COUNT, 12, 0},
        {"currency", NULL, SHEET_WORDS, 0, 0},
        {"as_of", "As of", SHEET_DAY, 11, 0},
        {"fitted", "Fitted", SHEET_MOMENT, 0, 0},
        {NULL, NULL, SHEET_WORDS, 0, 0},
    };
    struct sheet sheet;
    report_print_heading(report, "Datasets");
    sheet_begin(&sheet, stdout, report->form, columns);
    sheet.today = session_today(report->visit.db);
    for (int i = 0; i < list->count; i++) {
        const struct dataset_row *row = &list->rows[i];
        sheet_words(&sheet, row->name);
        sheet_words(&sheet, row->kind);
        sheet_yes(&sheet, row->has_contract);
        sheet_count(&sheet, row->customers);
        sheet_count(&sheet, row->transactions);
        sheet_words(&sheet, row->currency);
        sheet_day(&sheet, row->as_of);
        sheet_moment(&sheet, row->refreshed_local);
    }
    sheet_end(&sheet);
}

int command_datasets(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_list list = {0};
    if (report_begin(&report, cli, words) && dataset_list_read(&report, &list))
        print_datasets(&report, &list);
    dataset_list_free(&list);
    return report_end(&report);
}

/* --- refresh --- */

int command_dataset_refresh(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct job_asked asked;
    struct job_row job;
    char quoted[400], parameters[440];
    text_json_string(quoted, sizeof quoted, words->words[0]);
    snprintf(parameters, sizeof parameters, "{\"dataset\":%s}", quoted);
    bool done = visit_open(&visit, cli, LEVEL_MANAGER, &error) &&
                job_ask(&visit, cli, "dataset refresh", parameters, &asked, &error) &&
                job_follow(&visit, cli, &asked, "Fitting models", &job, &error);
    visit_close(&visit);
    if (!done)
        return cli_fail(&error);
    out_line(stdout, "The models of %s are fitted. Look at them with: %s report model --dataset %s",
             words->words[0], cli->program, words->words[0]);
    return CLI_DONE;
}

/* --- delete --- */

static bool delete_it(const struct cli *cli, const char *name, struct error *error)
{
    char conninfo[1400];
    struct visit visit;
    bool may = visit_open(&visit, cli, LEVEL_MANAGER, error);
    int64_t gym_id = visit.session.gym_id;
    if (may && visit.session.level < LEVEL_MANAGER)
        may = error_set(error, ERROR_PERMISSION, "Sign in as a manager", "%s may not delete data",
                        visit.session.staff_name);
    visit_close(&visit);
    /* Over the worker's login: a million rows take longer than a desk's statement may. */
    return may && worker_conninfo(cli, conninfo, sizeof conninfo, error) &&
           dataset_delete(conninfo, gym_id, name, error);
}

int command_dataset_delete(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    if (!delete_it(cli, words->words[0], &error))
        return cli_fail(&error);
    out_line(stdout, "The dataset %s is gone.", words->words[0]);
    return CLI_DONE;
}
