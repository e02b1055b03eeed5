/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker's side of the job queue: one blocking connection that listens. Every statement that
 * changes a job names its attempt, so that a worker which was stopped for a while and comes back
 * after another has taken its job cannot do anything to it.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "blocking.h"
#include "decode.h"
#include "failure.h"
#include "gymtui/db/jobs.h"
#include "gymtui/db/schema.h"
#include "sql_files.h"
#include "statement.h"

#define PARAMETERS       4
#define NUMBER_BYTES     32
#define SESSION_PATIENCE 100 /* looks for a session's end, */
#define SESSION_POLL_MS  100 /* this far apart */

struct job_queue {
    PGconn *connection;
    struct statements statements;
};

struct job_queue *job_queue_open(const char *conninfo, struct error *error)
{
    struct job_queue *queue = calloc(1, sizeof *queue);
    if (!queue || !statements_load(&queue->statements)) {
        free(queue);
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
        return NULL;
    }
    queue->connection = blocking_connect(conninfo, error);
    if (!queue->connection ||
        !blocking_run(queue->connection,
                      "SET application_name = 'gymtui worker'; SET statement_timeout = '30s'; "
                      "SET lock_timeout = '10s'; LISTEN gymtui",
                      "job queue", error)) {
        job_queue_close(queue);
        return NULL;
    }
    return queue;
}

void job_queue_close(struct job_queue *queue)
{
    if (!queue)
        return;
    if (queue->connection)
        PQfinish(queue->connection);
    statements_free(&queue->statements);
    free(queue);
}

bool job_queue_check_version(struct job_queue *queue, struct error *error)
{
    int64_t version = 0;
    return blocking_value(queue->connection,
                          "SELECT COALESCE(max(version), 0) FROM public.schema_version", &version,
                          error) &&
           schema_check_version((int)version, error);
}

/* Texts for a statement, as many as it has parameters. */
struct values {
    const char *texts[PARAMETERS];
    char numbers[PARAMETERS][NUMBER_BYTES];
};

static const char *number(struct values *values, int place, int64_t value)
{
    snprintf(values->numbers[place], NUMBER_BYTES, "%" PRId64, value);
    return values->texts[place] = values->numbers[place];
}

static PGresult *ask(struct job_queue *queue, const char *name, const struct values *values,
                     struct error *error)
{
    int index = statements_find(&queue->statements, name);
    if (index < 0) {
        error_set(error, ERROR_SYSTEM, NULL, "There is no statement %s", name);
        return NULL;
    }
    const struct statement *statement = &queue->statements.rows[index];
    PGresult *result = PQexecParams(queue->connection, statement->text, statement->parameters, NULL,
                                    values ? values->texts : NULL, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return result;
    failure_of_result(result, name, error);
    PQclear(result);
    return NULL;
}

static bool run(struct job_queue *queue, const char *name, const struct values *values,
                struct error *error)
{
    PGresult *result = ask(queue, name, values, error);
    PQclear(result);
    return result != NULL;
}

static bool not_ours(const struct job *job, struct error *error)
{
    return error_set(error, ERROR_CONFLICT, NULL, "Job %" PRId64 " is another worker's by now",
                     job->job_id);
}

/* A statement about our attempt at a job; its row, if the job is ours still, is in *result. */
static bool ask_about(struct job_queue *queue, const char *name, const struct job *job,
                      struct values *values, PGresult **result, struct error *error)
{
    number(values, 0, job->job_id);
    number(values, 1, job->attempt);
    *result = ask(queue, name, values, error);
    if (!*result)
        return false;
    if (PQntuples(*result) == 1)
        return true;
    PQclear(*result);
    return not_ours(job, error);
}

static bool change(struct job_queue *queue, const char *name, const struct job *job,
                   struct values *values, struct error *error)
{
    PGresult *result;
    if (!ask_about(queue, name, job, values, &result, error))
        return false;
    PQclear(result);
    return true;
}

/* ---- Taking a job ---- */

static bool take(struct job_queue *queue, struct job *job, struct error *error)
{
    struct values values;
    number(&values, 0, JOB_SILENCE);
    number(&values, 1, JOB_ATTEMPTS);
    if (!blocking_run(queue->connection, "BEGIN", "begin", error) ||
        !run(queue, "job_queue_lock", NULL, error) ||
        !run(queue, "job_queue_expire", &values, error))
        return false;
    PGresult *result = ask(queue, "job_queue_claim", &values, error);
    if (!result)
        return false;
    struct row row = row_first(result);
    bool found = row_exists(&row);
    if (found) {
        *job = (struct job){.job_id = row_integer(&row)};
        job->gym_id = row_integer(&row);
        row_text(&row, job->kind, sizeof job->kind);
        row_text(&row, job->requested_by, sizeof job->requested_by);
        job->attempt = row_int(&row);
        snprintf(job->parameters, sizeof job->parameters, "%s", row_raw(&row));
    }
    PQclear(result);
    return blocking_run(queue->connection, "COMMIT", "commit", error) && found;
}

bool job_queue_claim(struct job_queue *queue, struct job *job, struct error *error)
{
    struct error local;
    if (!error)
        error = &local;
    error_clear(error);
    bool taken = take(queue, job, error);
    if (!taken && PQtransactionStatus(queue->connection) != PQTRANS_IDLE)
        blocking_run(queue->connection, "ROLLBACK", "rollback", NULL);
    return taken;
}

bool job_parameter(const struct job *job, const char *name, char *dst, size_t size)
{
    size_t length = strlen(name);
    for (const char *line = job->parameters; *line;) {
        size_t rest = strcspn(line, "\n");
        if (strncmp(line, name, length) == 0 && line[length] == '\t') {
            snprintf(dst, size, "%.*s", (int)(rest - length - 1), line + length + 1);
            return true;
        }
        line += rest + (line[rest] == '\n');
    }
    return false;
}

/* ---- While it runs, and its end ---- */

bool job_queue_report(struct job_queue *queue, const struct job *job, double progress,
                      const char *phase, bool *cancel_asked, struct error *error)
{
    struct values values;
    PGresult *result;
    snprintf(values.numbers[2], NUMBER_BYTES, "%.6f", progress);
    values.texts[2] = values.numbers[2];
    values.texts[3] = phase;
    if (!ask_about(queue, "job_queue_report", job, &values, &result, error))
        return false;
    struct row row = row_first(result);
    *cancel_asked = row_bool(&row);
    PQclear(result);
    return true;
}

bool job_queue_finish(struct job_queue *queue, const struct job *job, enum job_state state,
                      const char *error_text, struct error *error)
{
    struct values values;
    values.texts[2] = job_state_name(state);
    values.texts[3] = error_text ? error_text : "";
    return change(queue, "job_queue_finish", job, &values, error) &&
           run(queue, "job_queue_prune", NULL, error);
}

bool job_queue_give_back(struct job_queue *queue, const struct job *job, bool uncounted,
                         struct error *error)
{
    struct values values;
    values.texts[2] = uncounted ? "true" : "false";
    return change(queue, "job_queue_give_back", job, &values, error);
}

/* ---- A job's own sessions ---- */

bool job_conninfo(const char *conninfo, int64_t job_id, char *dst, size_t size, struct error *error)
{
    bool is_uri =
        strncmp(conninfo, "postgresql://", 13) == 0 || strncmp(conninfo, "postgres://", 11) == 0;
    int length = is_uri ? snprintf(dst, size, "%s%capplication_name=gymtui%%20job%%20%" PRId64,
                                   conninfo, strchr(conninfo, '?') ? '&' : '?', job_id)
                        : snprintf(dst, size, "%s application_name='gymtui job %" PRId64 "'",
                                   conninfo, job_id);
    return (size_t)length < size ||
           error_set(error, ERROR_CONFIG, NULL, "The worker's connection string is too long");
}

bool job_queue_interrupt(struct job_queue *queue, int64_t job_id, struct error *error)
{
    struct values values;
    number(&values, 0, job_id);
    return run(queue, "job_queue_interrupt", &values, error);
}

bool job_queue_end_sessions(struct job_queue *queue, int64_t job_id, struct error *error)
{
    struct values values;
    number(&values, 0, job_id);
    for (int i = 0; i < SESSION_PATIENCE; i++) {
        PGresult *result = ask(queue, "job_queue_end_sessions", &values, error);
        if (!result)
            return false;
        struct row row = row_first(result);
        int64_t left = row_integer(&row);
        PQclear(result);
        if (left == 0)
            return true;
        struct timespec pause = {0, SESSION_POLL_MS * 1000000L};
        nanosleep(&pause, NULL);
    }
    return error_set(error, ERROR_CONFLICT, NULL,
                     "What the last worker was doing for job %" PRId64 " does not end", job_id);
}

static const char *file_text(const char *name)
{
    const struct sql_file *file = sql_files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    return file->text ? file->text : "";
}

static bool remove_debris(struct job_queue *queue, const char *what, struct error *error)
{
    if (strcmp(what, "incoming") == 0)
        return run(queue, "job_queue_drop_incoming", NULL, error);
    /* The tables have changed places: the last step is done again, and gives the lock back. */
    return *what == '\0' ||
           (blocking_run(queue->connection, "BEGIN", "begin", error) &&
            blocking_run(queue->connection, file_text("reseed_finish"), "reseed_finish", error) &&
            blocking_run(queue->connection, "COMMIT", "commit", error));
}

bool job_queue_tidy(struct job_queue *queue, struct error *error)
{
    char what[16];
    PGresult *result = ask(queue, "job_queue_debris", NULL, error);
    if (!result)
        return false;
    bool is_ours = PQntuples(result) == 1;
    snprintf(what, sizeof what, "%s", is_ours ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    if (!is_ours)
        return true;
    bool done = remove_debris(queue, what, error);
    if (PQtransactionStatus(queue->connection) != PQTRANS_IDLE)
        blocking_run(queue->connection, "ROLLBACK", "rollback", NULL);
    if (!done || strcmp(what, "outgoing") != 0)
        run(queue, "job_queue_unlock", NULL, NULL);
    return done;
}

/* ---- The worker ---- */

bool job_queue_alive(struct job_queue *queue, struct error *error)
{
    return run(queue, "job_queue_alive", NULL, error);
}

bool job_queue_leave(struct job_queue *queue, struct error *error)
{
    return run(queue, "job_queue_leave", NULL, error);
}

/* Whether one of the notifications that have come is about jobs. */
static bool was_announced(PGconn *connection)
{
    bool announced = false;
    for (PGnotify *notify; (notify = PQnotifies(connection)) != NULL; PQfreemem(notify)) {
        const char *topic = strchr(notify->extra, ':');
        announced = announced || (topic && strcmp(topic, ":jobs") == 0);
    }
    return announced;
}

bool job_queue_wait(struct job_queue *queue, int timeout_ms, struct error *error)
{
    struct error local;
    if (!error)
        error = &local;
    error_clear(error);
    if (was_announced(queue->connection))
        return true;
    struct pollfd socket = {.fd = PQsocket(queue->connection), .events = POLLIN};
    int ready = poll(&socket, 1, timeout_ms);
    if (ready < 0 && errno != EINTR)
        return error_set(error, ERROR_SYSTEM, NULL, "Waiting failed: %s", strerror(errno));
    if (ready > 0 && !PQconsumeInput(queue->connection))
        return error_set(error, ERROR_OFFLINE, NULL, "The connection to the database broke");
    return was_announced(queue->connection);
}

bool job_queue_enqueue(struct job_queue *queue, const char *kind, const char *parameters,
                       struct error *error)
{
    struct values values = {.texts = {kind, parameters ? parameters : "{}", "timer"}};
    return run(queue, "job_queue_enqueue", &values, error);
}
