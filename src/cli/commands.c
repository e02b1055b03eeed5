/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of subcommands. */
#include "campaign.h"
#include "fit.h"
#include "import_members.h"
#include "internal.h"
#include "report.h"
#include "report_dataset.h"

#include <string.h>

const struct cli_option cli_global_options[] = {
    {"--config", "FILE", "Read this configuration file and no other."},
    {"--set", "NAME=VALUE",
     "Set an option for this run, as in --set desk.name=2. May be repeated."},
    {"--kiosk", NULL,
     "Open only the check-in, for members to use by themselves (as --set desk.kiosk=true)."},
    {"--help", NULL, "Show the commands and options, or those of one command, and leave."},
    {"--version", NULL, "Show the version, and leave."},
    {NULL, NULL, NULL},
};

static const struct cli_option demo_options[] = {
    [DEMO_PROFILE] = {"--profile", "NAME",
                      "Which gyms to make up: small, chain, million or harsh; isp: small, and "
                      "a dataset."},
    [DEMO_SEED] = {"--seed", "N", "The same number makes the same gyms."},
    [DEMO_FRESH] = {"--fresh", NULL,
                    "Make the data anew, up to this moment. What was entered is lost."},
    [DEMO_NO_UI] = {"--no-ui", NULL, "Do not open the screen; say how to."},
    {NULL, NULL, NULL},
};

static const struct cli_option destroy_options[] = {
    {"--yes", NULL, "Do not ask."},
    {NULL, NULL, NULL},
};

static const struct cli_option config_command_options[] = {
    {"--example", NULL, "Print the example file: every option with its default and reason."},
    {"--man", NULL, "Print the options part of gymtui.conf(5)."},
    {NULL, NULL, NULL},
};

static const struct cli_option schema_options[] = {
    {"--user", "ROLE", "The administrator to connect as, on a server of your own."},
    {NULL, NULL, NULL},
};

static const struct cli_option gym_options[] = {
    [GYM_NAME] = {"--name", "NAME", "What it is called; its user name if left out."},
    [GYM_EMAIL] = {"--email", "ADDRESS",
                   "Its e-mail address, with which its owner can sign in too."},
    [GYM_TIME_ZONE] = {"--time-zone", "ZONE", "As in Europe/Berlin; UTC if left out."},
    [GYM_CURRENCY] = {"--currency", "CODE", "Three letters; EUR if left out."},
    [GYM_CAPACITY] = {"--capacity", "N", "How many may be in at once; no limit if left out."},
    [GYM_PASSWORD_FILE] = {"--password-file", "FILE",
                           "Take its owner's password from the first line; - is standard input."},
    [GYM_USER] = {"--user", "ROLE", "The administrator to connect as, on a server of your own."},
    {NULL, NULL, NULL},
};

static const struct cli_option staff_add_options[] = {
    [STAFF_GYM] = {"--gym", "NAME", "User name of the gym; your own if left out."},
    [STAFF_PASSWORD_FILE] = {"--password-file", "FILE",
                             "Take the password from its first line; - is standard input."},
    [STAFF_NAME] = {"--name", "NAME", "The person's full name."},
    [STAFF_LEVEL] = {"--level", "LEVEL", "desk (the default), manager, owner or chain."},
    {NULL, NULL, NULL},
};

static const struct cli_option staff_options[] = {
    [STAFF_GYM] = {"--gym", "NAME", "User name of the gym; your own if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option staff_passwd_options[] = {
    [STAFF_GYM] = {"--gym", "NAME", "User name of the gym; your own if left out."},
    [STAFF_PASSWORD_FILE] = {"--password-file", "FILE",
                             "Take the password from its first line; - is standard input."},
    {NULL, NULL, NULL},
};

static const struct cli_option checkin_options[] = {
    [DESK_JSON] = {"--json", NULL, "Print the verdict as JSON."},
    [DESK_NAME] = {"--desk", "NAME", "The desk to note, instead of desk.name."},
    [DESK_REASON] = {"--reason", "TEXT", "Let in although denied; the reason is kept."},
    {NULL, NULL, NULL},
};

static const struct cli_option checkout_options[] = {
    [DESK_JSON] = {"--json", NULL, "Print the outcome as JSON."},
    [DESK_NAME] = {"--desk", "NAME", "The desk to note, instead of desk.name."},
    {NULL, NULL, NULL},
};

static const struct cli_option json_options[] = {
    {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

static const struct cli_option members_options[] = {
    [MEMBERS_JSON] = {"--json", NULL, "Print JSON."},
    [MEMBERS_LIMIT] = {"--limit", "N", "At most so many, 1 to 500; 50 if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option report_expiring_options[] = {
    REPORT_FORM_OPTIONS,
    [REPORT_DAYS] = {"--days", "N", "Look so many days ahead; 14 if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option report_absent_options[] = {
    REPORT_FORM_OPTIONS,
    [REPORT_DAYS] = {"--days", "N", "No visit for at least so many days; 14 if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option report_birthdays_options[] = {
    REPORT_FORM_OPTIONS,
    [REPORT_DAYS] = {"--days", "N", "Look so many days ahead; 7 if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option report_cash_options[] = {
    REPORT_FORM_OPTIONS,
    [REPORT_DAY] = {"--day", "DAY", "Of this day; today if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option report_audit_options[] = {
    REPORT_FORM_OPTIONS,
    [REPORT_SINCE] = {"--since", "DAY", "From this day on; everything if left out."},
    [REPORT_MEMBER] = {"--member", "NUMBER", "Only what was changed about this member."},
    {NULL, NULL, NULL},
};

static const struct cli_option export_options[] = {
    [EXPORT_OPTION_FORMAT] = {"--format", "FORMAT", "csv (the default) or json."},
    [EXPORT_OPTION_OUTPUT] = {"--output", "FILE",
                              "Write to this file, which appears when it is whole; standard "
                              "output if left out."},
    [EXPORT_OPTION_SINCE] = {"--since", "DAY", "From this day on: joined, visited, paid."},
    [EXPORT_OPTION_UNTIL] = {"--until", "DAY", "Up to this day."},
    {NULL, NULL, NULL},
};

static const struct cli_option export_segments_options[] = {
    [EXPORT_OPTION_FORMAT] = {"--format", "FORMAT", "csv (the default) or json."},
    [EXPORT_OPTION_OUTPUT] = {"--output", "FILE",
                              "Write to this file, which appears when it is whole; standard "
                              "output if left out."},
    {NULL, NULL, NULL},
};

static const struct cli_option seed_options[] = {
    [SEED_PROFILE] = {"--profile", "NAME",
                      "small, chain, million or harsh, or isp for a dataset; demo.profile if "
                      "left out."},
    [SEED_SEED] = {"--seed", "N", "The same number makes the same gyms; demo.seed if left out."},
    [SEED_GYMS] = {"--gyms", "N", "So many gyms, instead of the profile's."},
    [SEED_MEMBERS] = {"--members", "N", "So many members in all, instead of the profile's."},
    [SEED_MONTHS] = {"--months", "N", "So many months of history, instead of the profile's."},
    [SEED_AS_OF] = {"--as-of", "DAY", "The day on which the data end, instead of today."},
    [SEED_NO_WAIT] = {"--no-wait", NULL, "Do not wait until it is done; see gymtui jobs."},
    {NULL, NULL, NULL},
};

static const struct cli_option import_options[] = {
    [IMPORT_DATASET] = {"--dataset", "NAME", "What the dataset is to be called."},
    [IMPORT_MAP] = {"--map", "COLUMNS",
                    "Which column is which, as in customer=Client,date=Day,amount=Paid,method=Way; "
                    "also transaction, age and gender."},
    [IMPORT_CUSTOMERS] = {"--customers", "FILE.csv", "Ages and genders of the customers."},
    [IMPORT_CONTRACT] = {"--contract", NULL,
                         "They are bills of a subscription, not purchases at any time."},
    [IMPORT_UNTIL] = {"--until", "DAY",
                      "Fit the models up to this day, and hold them against what followed."},
    [IMPORT_UNIT] = {"--unit", "UNIT", "Count time in days (the default) or weeks."},
    [IMPORT_CURRENCY] = {"--currency", "CODE", "Three letters: what the amounts are in."},
    [IMPORT_DRY_RUN] = {"--dry-run", NULL, "Only say which rows could not be used, and why."},
    [IMPORT_REPLACE] = {"--replace", NULL, "Take the place of the dataset of this name."},
    [IMPORT_SKIP_BAD] = {"--skip-bad", NULL, "Load the good rows although there are bad ones."},
    {NULL, NULL, NULL},
};

static const struct cli_option dataset_set_options[] = {
    [SET_GRACE] = {"--grace-days", "N",
                   "With a contract: gone when it ended and so many days passed without renewal; "
                   "0 to 3650, 30 if never set."},
    [SET_SILENT] = {"--silent-days", "N",
                    "Without a contract: gone after so many days without a visit or payment; 1 to "
                    "3650, 90 if never set."},
    [SET_NO_WAIT] = {"--no-wait", NULL,
                     "Do not wait until the figures are made anew; see gymtui jobs."},
    {NULL, NULL, NULL},
};

static const struct cli_option doctor_options[] = {
    [DOCTOR_DATA] = {"--data", NULL,
                     "Instead, try what must hold of all data; wants the worker's login."},
    {NULL, NULL, NULL},
};

static const struct cli_option worker_options[] = {
    [WORKER_ONCE] = {"--once", NULL, "Leave when nothing waits."},
    [WORKER_IDLE] = {"--idle", "SECONDS", "Leave after so long without a job."},
    [WORKER_ENQUEUE] = {"--enqueue", "KIND",
                        "Put a job for all gyms in the queue, recompute or auto-checkout, and "
                        "leave it to the service; with --once do it."},
    {NULL, NULL, NULL},
};

static const struct cli_option help_options[] = {
    {"--man", "PART",
     "Print a generated part of gymtui(1): commands, options, keys, logins or members."},
    {NULL, NULL, NULL},
};

/* `fit` came with a reader of its own options. */
static int command_fit(const struct cli *cli, const struct cli_words *words)
{
    int count = 0;
    while (words->rest[count] != NULL) {
        if (strcmp(words->rest[count], "--help") == 0 || strcmp(words->rest[count], "-h") == 0)
            return cli_help(cli, 1, words->rest - 1);
        count++;
    }
    return cli_fit(cli, count + 1, words->rest - 1); /* its name stands before them */
}

const struct cli_command cli_commands[] = {
    {.name = "demo",
     .arguments = "",
     .help =
         "Make and start a demonstration: a private PostgreSQL with made-up gyms in it. Safe to "
         "repeat.",
     .options = demo_options,
     .run = command_demo},
    {.name = "demo stop",
     .arguments = "",
     .help = "Stop the private PostgreSQL. The data stay.",
     .run = command_demo_stop},
    {.name = "demo destroy",
     .arguments = "",
     .help = "Stop the private PostgreSQL and remove it with all its data.",
     .options = destroy_options,
     .run = command_demo_destroy},
    {.name = "checkin",
     .arguments = "TAG|NUMBER",
     .help = "Check a member in and print the verdict.",
     .options = checkin_options,
     .least = 1,
     .most = 1,
     .run = command_checkin},
    {.name = "checkout",
     .arguments = "TAG|NUMBER",
     .help = "Check a member out.",
     .options = checkout_options,
     .least = 1,
     .most = 1,
     .run = command_checkout},
    {.name = "members",
     .arguments = "SEARCH",
     .help = "Find members by name, number, key tag, phone or e-mail.",
     .options = members_options,
     .least = 1,
     .most = 1,
     .run = command_members},
    {.name = "import members",
     .arguments = "FILE.csv",
     .help = "Enrol the members of a CSV file, all of them or none; - is standard input.",
     .options = import_members_options,
     .least = 1,
     .most = 1,
     .run = command_import_members},
    {.name = "report",
     .arguments = "[NAME]",
     .help = "Show which reports there are.",
     .most = 1,
     .run = command_report},
    {.name = "report today",
     .arguments = "",
     .help = "The day so far: visits, occupancy, joins, money.",
     .options = report_options,
     .run = command_report_today},
    {.name = "report cash",
     .arguments = "",
     .help = "A day's money by what for and how, and its tills with what was counted.",
     .options = report_cash_options,
     .run = command_report_cash},
    {.name = "report expiring",
     .arguments = "",
     .help = "Members whose term ends soon.",
     .options = report_expiring_options,
     .run = command_report_expiring},
    {.name = "report owing",
     .arguments = "",
     .help = "Members who owe money, and since when.",
     .options = report_options,
     .run = command_report_owing},
    {.name = "report absent",
     .arguments = "",
     .help = "Members with a running term who have not come for a while.",
     .options = report_absent_options,
     .run = command_report_absent},
    {.name = "report birthdays",
     .arguments = "",
     .help = "Members with a birthday in the next days.",
     .options = report_birthdays_options,
     .run = command_report_birthdays},
    {.name = "report audit",
     .arguments = "",
     .help = "Who changed what, and what was there before (managers).",
     .options = report_audit_options,
     .run = command_report_audit},
    {.name = "report campaigns",
     .arguments = "",
     .help = "What came of the campaigns, against those held out (managers).",
     .options = report_options,
     .run = command_report_campaigns},
    {.name = "campaign start",
     .arguments = "NAME",
     .help = "Start a campaign for a segment, a choice, or a list of members, a part of them held "
             "out by lot (managers).",
     .options = campaign_start_options,
     .least = 1,
     .most = 1,
     .run = command_campaign_start},
    {.name = "campaign list",
     .arguments = "",
     .help = "The campaigns and what came of them: the same as report campaigns.",
     .options = report_options,
     .run = command_report_campaigns},
    {.name = "campaign edit",
     .arguments = "N",
     .help = "Change a campaign's name, offer, cost or last day.",
     .options = campaign_edit_options,
     .least = 1,
     .most = 1,
     .run = command_campaign_edit},
    {.name = "campaign retry",
     .arguments = "N",
     .help = "Draw up a campaign again that did not begin.",
     .options = campaign_end_options,
     .least = 1,
     .most = 1,
     .run = command_campaign_retry},
    {.name = "campaign end",
     .arguments = "N",
     .help = "End a campaign today; one that has not begun is removed.",
     .options = campaign_end_options,
     .least = 1,
     .most = 1,
     .run = command_campaign_end},
    {.name = "export members",
     .arguments = "",
     .help = "All members with their plan, balance, visits and value.",
     .options = export_options,
     .run = command_export_members},
    {.name = "export visits",
     .arguments = "",
     .help = "All visits at this gym.",
     .options = export_options,
     .run = command_export_visits},
    {.name = "export payments",
     .arguments = "",
     .help = "All payments and refunds.",
     .options = export_options,
     .run = command_export_payments},
    {.name = "export segments",
     .arguments = "",
     .help = "Each member's segment with the scores behind it.",
     .options = export_segments_options,
     .run = command_export_segments},
    {.name = "report segments",
     .arguments = "",
     .help = "Recency, frequency and spend: who is in which segment, and worth what (managers).",
     .options = report_dataset_options,
     .run = command_report_segments},
    {.name = "report at-risk",
     .arguments = "",
     .help = "Whom to call first, and why: the greatest expected loss first (managers).",
     .options = report_risk_options,
     .run = command_report_at_risk},
    {.name = "report clv",
     .arguments = "",
     .help = "What customers are worth from today on, with 95 % intervals (managers).",
     .options = report_dataset_options,
     .run = command_report_clv},
    {.name = "report survival",
     .arguments = "",
     .help = "How long customers stay, and what makes a difference (managers).",
     .options = report_survival_options,
     .run = command_report_survival},
    {.name = "report cohorts",
     .arguments = "",
     .help = "Of those who joined in a month, how many stayed how long (managers).",
     .options = report_dataset_options,
     .run = command_report_cohorts},
    {.name = "report model",
     .arguments = "",
     .help = "The fitted models, and how well they foretold what followed (managers).",
     .options = report_dataset_options,
     .run = command_report_model},
    {.name = "seed",
     .arguments = "",
     .help = "Make up new gyms in a demonstration's place of the old ones, in the background. "
             "Refused where the data are real.",
     .options = seed_options,
     .run = command_seed},
    {.name = "import",
     .arguments = "FILE.csv",
     .help = "Import transactions as a dataset, all of them or none, and fit the models to it.",
     .options = import_options,
     .least = 1,
     .most = 1,
     .run = command_import},
    {.name = "datasets",
     .arguments = "",
     .help = "Show which datasets there are.",
     .options = report_options,
     .run = command_datasets},
    {.name = "dataset set",
     .arguments = "NAME",
     .help = "Set after how many days somebody counts as gone, and make the figures anew by it, in "
             "the background; the gym's own members go by the gym's name (managers).",
     .options = dataset_set_options,
     .least = 1,
     .most = 1,
     .run = command_dataset_set},
    {.name = "dataset refresh",
     .arguments = "NAME",
     .help = "Fit the models of a dataset anew, in the background.",
     .least = 1,
     .most = 1,
     .run = command_dataset_refresh},
    {.name = "dataset delete",
     .arguments = "NAME",
     .help = "Delete an imported or generated dataset.",
     .least = 1,
     .most = 1,
     .run = command_dataset_delete},
    {.name = "jobs",
     .arguments = "[list]",
     .help = "Show the background jobs: what runs and waits, and what became of the last ones.",
     .options = json_options,
     .most = 1,
     .run = command_jobs},
    {.name = "jobs show",
     .arguments = "N",
     .help = "Show one job.",
     .options = json_options,
     .least = 1,
     .most = 1,
     .run = command_jobs_show},
    {.name = "jobs cancel",
     .arguments = "N",
     .help = "End a job that waits or runs. What it did so far is taken back.",
     .least = 1,
     .most = 1,
     .run = command_jobs_cancel},
    {.name = "worker",
     .arguments = "",
     .help = "Do the background jobs, until it is stopped: see gymtui-worker(8).",
     .options = worker_options,
     .run = command_worker},
    {.name = "gym add",
     .arguments = "USERNAME",
     .help = "Make a gym, as the database's administrator: the first one of a new database.",
     .options = gym_options,
     .least = 1,
     .most = 1,
     .run = command_gym_add},
    {.name = "staff list",
     .arguments = "",
     .help = "Show who may sign in, and as what.",
     .options = staff_options,
     .run = command_staff_list},
    {.name = "staff add",
     .arguments = "USER",
     .help = "Give a person a login.",
     .options = staff_add_options,
     .least = 1,
     .most = 1,
     .run = command_staff_add},
    {.name = "staff passwd",
     .arguments = "USER",
     .help = "Set a person's password.",
     .options = staff_passwd_options,
     .least = 1,
     .most = 1,
     .run = command_staff_passwd},
    {.name = "staff disable",
     .arguments = "USER",
     .help = "Take a login away, at once also from open sessions.",
     .options = staff_options,
     .least = 1,
     .most = 1,
     .run = command_staff_disable},
    {.name = "staff enable",
     .arguments = "USER",
     .help = "Give a disabled login back.",
     .options = staff_options,
     .least = 1,
     .most = 1,
     .run = command_staff_enable},
    {.name = "schema create",
     .arguments = "",
     .help = "Create the database and gymtui's tables in it, or bring them up to date.",
     .options = schema_options,
     .run = command_schema_create},
    {.name = "schema status",
     .arguments = "",
     .help = "Show the version of the database's tables.",
     .options = schema_options,
     .run = command_schema_status},
    {.name = "psql",
     .arguments = "[ARGUMENT…]",
     .help = "Run psql on the database; on the private one as its superuser.",
     .most = -1,
     .run = command_psql},
    {.name = "fit",
     .arguments = FIT_ARGUMENTS,
     .help = FIT_HELP,
     .most = -1,
     .without_config = true,
     .run = command_fit},
    {.name = "config",
     .arguments = "",
     .help = "Show every option, its value, and where that came from.",
     .options = config_command_options,
     .run = command_config},
    {.name = "doctor",
     .arguments = "",
     .help = "Check the terminal, the configuration, the database and the clock.",
     .options = doctor_options,
     .without_config = true,
     .run = command_doctor},
    {.name = "help",
     .arguments = "[COMMAND]",
     .help = "Show the commands and options, or those of one command.",
     .options = help_options,
     .most = 2,
     .without_config = true,
     .run = command_help},
    {.name = NULL},
};
