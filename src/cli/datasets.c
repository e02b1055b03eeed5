/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datasets: which there are; when somebody counts as gone; to fit anew, and to delete one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/segments.h"
#include "gymtui/worker/dataset.h"
#include "report.h"
#include "report_dataset.h"

/* --- datasets --- */

static void put_days(struct sheet *sheet, int days, bool counts)
{
    if (counts || sheet->form != SHEET_TEXT)
        sheet_count(sheet, days);
    else
        sheet_none(sheet);
}

static void print_datasets(struct report *report, const struct dataset_list *list)
{
    static const struct sheet_column columns[] = {
        {"name", "Dataset", SHEET_WORDS, 18, 0},
        {"kind", "Kind", SHEET_WORDS, 9, 0},
        {"contract", NULL, SHEET_YES, 0, 0},
        {"customers", "Customers", SHEET_COUNT, 9, 0},
        {"transactions", "Transactions", SHEET_COUNT, 12, 0},
        {"currency", NULL, SHEET_WORDS, 0, 0},
        {"as_of", "As of", SHEET_DAY, 11, 0},
        {"fitted", NULL, SHEET_MOMENT, 0, 0},
        {"grace_days", "Grace", SHEET_COUNT, 5, 0},
        {"silent_days", "Silent", SHEET_COUNT, 6, 0},
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
        /* To read, only what counts there: a gym has members of either kind. */
        put_days(&sheet, row->grace_days, row->has_contract);
        put_days(&sheet, row->silent_days, !row->has_contract || row->dataset_id == 0);
    }
    sheet_end(&sheet);
    if (report->form == SHEET_TEXT)
        out_line(stdout, "Gone: so many days of grace after a contract, of silence without one.");
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

/* --- set --- */

struct settings_answer {
    struct answer answer;
    struct dataset_settings settings;
};

static void on_settings(void *owner, const struct dataset_settings *settings,
                        const struct error *error)
{
    struct settings_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->settings = *settings;
}

/* A number of days; −1 when it was not given. The database says which ones make sense. */
static bool read_days(const char *option, const char *text, int *days, struct error *error)
{
    *days = -1;
    if (text == NULL)
        return true;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6 || text[digits] != '\0')
        return error_set(error, ERROR_USAGE, "Nothing was changed",
                         "%s takes a number of days, not “%s”", option, text);
    *days = atoi(text); /* NOLINT(cert-err34-c): digits only, and few */
    return true;
}

static bool set_days(struct visit *visit, const struct cli *cli, const struct cli_words *words,
                     struct dataset_settings *settings, struct error *error)
{
    struct settings_answer take = {0};
    struct job_row job;
    int grace, silent;
    if (!read_days("--grace-days", words->values[SET_GRACE], &grace, error) ||
        !read_days("--silent-days", words->values[SET_SILENT], &silent, error))
        return false;
    if (grace < 0 && silent < 0)
        return error_set(
            error, ERROR_USAGE, "As in: gymtui dataset set NAME --grace-days 45",
            "There is nothing to set: neither --grace-days nor --silent-days is given");
    if (!visit_open(visit, cli, LEVEL_MANAGER, error))
        return false;
    dataset_set(visit->db, request_id_new(), words->words[0], grace, silent, on_settings, &take);
    if (!visit_wait(visit, cli, &take.answer, error))
        return false;
    *settings = take.settings;
    if (settings->job_id == 0)
        return true;
    const struct job_asked asked = {.job_id = settings->job_id,
                                    .worker_is_alive = settings->worker_is_alive};
    if (job_follow(visit, cli, &asked, words->values[SET_NO_WAIT] != NULL ? NULL : "Making figures",
                   &job, error))
        return true;
    char why[sizeof error->message];
    snprintf(why, sizeof why, "%s", error->message);
    return error_set(error, error->code, error->hint,
                     "The days are set, but the figures are still the old ones: %s", why);
}

int command_dataset_set(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct dataset_settings settings = {0};
    const char *name = words->words[0];
    bool done = set_days(&visit, cli, words, &settings, &error);
    visit_close(&visit);
    if (!done)
        return cli_fail(&error);
    out_line(stdout,
             "%s: gone %d days after a contract ended, or after %d days of silence without one.",
             name, settings.grace_days, settings.silent_days);
    if (settings.job_id == 0)
        out_line(stdout, "That is how it was; nothing was changed.");
    else if (words->values[SET_NO_WAIT] != NULL)
        out_line(stdout, "Job %" PRId64 " makes the figures anew. See how far it is with: %s jobs",
                 settings.job_id, cli->program);
    else
        out_line(stdout, "The figures are made anew by it.");
    return CLI_DONE;
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
    out_line(stdout, "%s is computed anew. Look at its models with: %s report model --dataset %s",
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
