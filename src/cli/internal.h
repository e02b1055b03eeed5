/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the subcommands share: output, the database they work on, and the session. */
#ifndef GYMTUI_CLI_INTERNAL_H
#define GYMTUI_CLI_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/base/money.h"
#include "gymtui/cli/cli.h"
#include "gymtui/cluster/cluster.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/jobs.h"
#include "gymtui/db/session.h"

/* --- cli.c: which command --- */

/* The command whose name argv begins with, and of how many words that is; NULL: there is none. */
const struct cli_command *cli_find_command(int argc, char **argv, int *taken);
/* Says in *error that argv names none, and what was perhaps meant; false. */
bool cli_unknown_command(int argc, char **argv, struct error *error);

/* --- output.c: text from people is cleaned, and is ASCII where the locale is --- */

/* One line; the newline is added. Control characters in the arguments do not get through. */
void out_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same as a paragraph that keeps within 80 columns, `indent` of them blank. */
void out_words(FILE *out, int indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, its first line after `first` blanks. */
void out_hanging(FILE *out, int first, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A name in a column of its own, and words beside it. */
void out_entry(FILE *out, int indent, int columns, const char *name, const char *what);
/* Appends `text` to `dst` in exactly `columns`, clipped or padded, and a blank. */
void out_cell(char *dst, size_t size, const char *text, int columns);
void out_cell_right(char *dst, size_t size, const char *text, int columns);
/* A step on its way, on stderr: replaced by the next one on a terminal, a line of its own
 * elsewhere. NULL ends the last one. */
void out_step(const char *text);

/* JSON, written as it comes; commas and quotes see to themselves. */
struct json {
    FILE *out;
    bool needs_comma;
};
void json_open(struct json *json, const char *name, char bracket); /* name NULL in a list */
void json_close(struct json *json, char bracket);
void json_text(struct json *json, const char *name, const char *value);
void json_integer(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_money(struct json *json, const char *name, money value);
void json_day(struct json *json, const char *name, int32_t day);              /* null for none */
void json_moment(struct json *json, const char *name, int64_t local_seconds); /* null for none */
void json_number(struct json *json, const char *name, double value, int decimals); /* so for NaN */
void json_null(struct json *json, const char *name);
/* A value that is written as it stands: a number, true or false. */
void json_plain(struct json *json, const char *name, const char *value);
void json_end(struct json *json); /* the newline */
/* "2026-11-21T18:04:05"; "" for none. */
void moment_text(char *dst, size_t size, int64_t local_seconds);

/* --- place.c: which database --- */

struct place {
    bool is_private; /* the one behind `gymtui demo` */
    struct cluster cluster;
    char conninfo[1200]; /* without user and password */
    char database[64];
};
/* The configured one, or the private one, which is started when it is stopped. */
bool place_find(const struct cli *cli, struct place *place, struct error *error);
/* Connection string of somebody who may create the schema: the private cluster's superuser, or on a
 * configured server `user` (NULL: libpq's default). */
void place_admin(const struct place *place, const char *user, char *dst, size_t size);
/* The same, with the password, asked for on the terminal, where the server wants one and nothing
 * else gives it. The caller wipes it with password_wipe. */
bool place_sign_in_admin(const struct place *place, const char *user, char *dst, size_t size,
                         struct error *error);
/* The same, to another database of that server. */
void place_other_database(const char *conninfo, const char *name, char *dst, size_t size);
/* on_step of cluster_start, to stderr. */
void place_step(void *owner, const char *text);

/* --- sign_in.c: who asks --- */

struct visit {
    struct place place;
    struct db *db;
    struct session session;
};
/* Finds the database, signs in with the configured login (on the private demonstration without one:
 * the demonstration's login of that level) and reads the session. Freed with visit_close in every
 * case. */
bool visit_open(struct visit *visit, const struct cli *cli, enum level wanted, struct error *error);
/* The same for a command whose writes may take so long, and not only as long as a desk's. */
bool visit_open_patient(struct visit *visit, const struct cli *cli, enum level wanted,
                        int patience_ms, struct error *error);
void visit_close(struct visit *visit);
/* Waits for what was asked; `answered` is what the reply function filled. */
struct answer {
    bool came;
    struct error error;
};
bool visit_wait(struct visit *visit, const struct cli *cli, const struct answer *answer,
                struct error *error);
/* Notes the reply's error; for the first line of a reply function. True: there is data. */
bool answer_take(struct answer *answer, const struct error *error);
/* The same of a reply with rows, which are gone after it: a copy of them, for the caller to free;
 * NULL where there is an error, of the reply or for want of memory. */
void *answer_take_rows(struct answer *answer, const struct error *error, const void *rows,
                       int count, size_t size);

/* Says an error as the command was asked to: JSON on stdout too when `json`. Exit status. */
int fail_as(const struct error *error, bool json);

/* --- interrupt.c: what is said on the way out, when Ctrl-C, a kill or a cut line ends a command
 * --- */

/* From now on: what is kept and what to do next, in whole sentences. NULL: nothing. */
void interrupt_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A file that is not whole yet, and goes then; NULL: none. */
void interrupt_remove(const char *path);

/* --- password.c --- */

/* From `file` ("-": standard input), or asked for twice on the terminal without echo. The caller
 * wipes it with password_wipe. */
bool password_read(const char *file, const char *whose, char *dst, size_t size,
                   struct error *error);
/* Asked for once, to sign in. */
bool password_ask(const char *prompt, char *dst, size_t size, struct error *error);
void password_wipe(char *password, size_t size);

/* --- worker.c --- */

/* What the worker connects with: worker.conninfo, or the private demonstration's worker. */
bool worker_conninfo(const struct cli *cli, char *dst, size_t size, struct error *error);

/* --- follow.c: background jobs that are asked for here --- */

struct job_asked {
    struct answer answer;
    int64_t job_id;
    bool worker_is_alive;
};
bool job_ask(struct visit *visit, const struct cli *cli, const char *kind, const char *parameters,
             struct job_asked *asked, struct error *error);
/* Starts a worker if none is alive, and shows on stderr how far the job is until it has ended;
 * `doing` ("Making up gyms") stands before its steps. NULL: does not wait, and leaves *job alone.
 * False when it could not be begun, failed or was cancelled. */
bool job_follow(struct visit *visit, const struct cli *cli, const struct job_asked *asked,
                const char *doing, struct job_row *job, struct error *error);

/* --- the commands --- */
int command_screen(const struct cli *cli, const struct cli_words *words);
int command_demo(const struct cli *cli, const struct cli_words *words);
int command_demo_stop(const struct cli *cli, const struct cli_words *words);
int command_demo_destroy(const struct cli *cli, const struct cli_words *words);
int command_psql(const struct cli *cli, const struct cli_words *words);
int command_config(const struct cli *cli, const struct cli_words *words);
int command_schema_create(const struct cli *cli, const struct cli_words *words);
int command_schema_status(const struct cli *cli, const struct cli_words *words);
int command_gym_add(const struct cli *cli, const struct cli_words *words);
int command_staff_add(const struct cli *cli, const struct cli_words *words);
int command_staff_passwd(const struct cli *cli, const struct cli_words *words);
int command_staff_list(const struct cli *cli, const struct cli_words *words);
int command_staff_disable(const struct cli *cli, const struct cli_words *words);
int command_staff_enable(const struct cli *cli, const struct cli_words *words);
int command_checkin(const struct cli *cli, const struct cli_words *words);
int command_checkout(const struct cli *cli, const struct cli_words *words);
int command_report(const struct cli *cli, const struct cli_words *words);
int command_report_today(const struct cli *cli, const struct cli_words *words);
int command_report_cash(const struct cli *cli, const struct cli_words *words);
int command_report_expiring(const struct cli *cli, const struct cli_words *words);
int command_report_owing(const struct cli *cli, const struct cli_words *words);
int command_report_absent(const struct cli *cli, const struct cli_words *words);
int command_report_birthdays(const struct cli *cli, const struct cli_words *words);
int command_report_audit(const struct cli *cli, const struct cli_words *words);
int command_report_campaigns(const struct cli *cli, const struct cli_words *words);
int command_export_members(const struct cli *cli, const struct cli_words *words);
int command_export_visits(const struct cli *cli, const struct cli_words *words);
int command_export_payments(const struct cli *cli, const struct cli_words *words);
int command_export_segments(const struct cli *cli, const struct cli_words *words);
int command_members(const struct cli *cli, const struct cli_words *words);
int command_seed(const struct cli *cli, const struct cli_words *words);
int command_import(const struct cli *cli, const struct cli_words *words);
int command_datasets(const struct cli *cli, const struct cli_words *words);
int command_dataset_delete(const struct cli *cli, const struct cli_words *words);
int command_dataset_refresh(const struct cli *cli, const struct cli_words *words);
int command_dataset_set(const struct cli *cli, const struct cli_words *words);
int command_report_segments(const struct cli *cli, const struct cli_words *words);
int command_report_at_risk(const struct cli *cli, const struct cli_words *words);
int command_report_clv(const struct cli *cli, const struct cli_words *words);
int command_report_survival(const struct cli *cli, const struct cli_words *words);
int command_report_cohorts(const struct cli *cli, const struct cli_words *words);
int command_report_model(const struct cli *cli, const struct cli_words *words);
int command_jobs(const struct cli *cli, const struct cli_words *words);
int command_jobs_show(const struct cli *cli, const struct cli_words *words);
int command_jobs_cancel(const struct cli *cli, const struct cli_words *words);
int command_worker(const struct cli *cli, const struct cli_words *words);
int command_doctor(const struct cli *cli, const struct cli_words *words);
int command_help(const struct cli *cli, const struct cli_words *words);

/* The options of each command, by their place in the command's table. */
enum demo_option { DEMO_PROFILE, DEMO_SEED, DEMO_FRESH, DEMO_NO_UI };
enum desk_option { DESK_JSON, DESK_NAME, DESK_REASON };
enum gym_option {
    GYM_NAME,
    GYM_EMAIL,
    GYM_TIME_ZONE,
    GYM_CURRENCY,
    GYM_CAPACITY,
    GYM_PASSWORD_FILE,
    GYM_USER
};
enum staff_option { STAFF_GYM, STAFF_PASSWORD_FILE, STAFF_NAME, STAFF_LEVEL };
enum seed_option {
    SEED_PROFILE,
    SEED_SEED,
    SEED_GYMS,
    SEED_MEMBERS,
    SEED_MONTHS,
    SEED_AS_OF,
    SEED_NO_WAIT
};
enum import_option {
    IMPORT_DATASET,
    IMPORT_MAP,
    IMPORT_CUSTOMERS,
    IMPORT_CONTRACT,
    IMPORT_UNTIL,
    IMPORT_UNIT,
    IMPORT_CURRENCY,
    IMPORT_DRY_RUN,
    IMPORT_REPLACE,
    IMPORT_SKIP_BAD
};
enum dataset_set_option { SET_GRACE, SET_SILENT, SET_NO_WAIT };
enum worker_option { WORKER_ONCE, WORKER_IDLE, WORKER_ENQUEUE };
enum members_option { MEMBERS_JSON, MEMBERS_LIMIT };
enum doctor_option { DOCTOR_DATA };

#endif
