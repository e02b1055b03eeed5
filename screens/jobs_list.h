/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs screen's inside: jobs.c reads and takes keys, jobs_rows.c says a job in words,
 * jobs_new.c asks for a job, jobs_import.c sends a file for one. */
#ifndef GYMTUI_JOBS_LIST_H
#define GYMTUI_JOBS_LIST_H

#include <stdio.h>

#include "gymtui/db/imports.h"
#include "gymtui/screens/jobs.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

#define JOBS_MOST 100

enum {
    JOBS_COLUMN_JOB,
    JOBS_COLUMN_STATE,
    JOBS_COLUMN_DETAIL,
    JOBS_COLUMN_TIME,
    JOBS_COLUMN_BY,
    JOBS_COLUMNS
};
extern const struct table_column jobs_columns[JOBS_COLUMNS];

/* An import as it was asked for; what was typed last is there again the next time. */
struct jobs_import {
    char path[1024], what[16], dataset[64], columns[400], unit[8];
    char there[8], bad[8]; /* "stop" or "go" */
    int32_t until;
    bool is_real; /* not only tried */
    /* The file on its way; NULL: none is. */
    FILE *file;
    int64_t file_id, bytes, sent;
    int part, attempts;
    size_t size; /* of the part */
    unsigned char *part_bytes;
};

struct jobs_state {
    struct screen_context context;
    struct table *table;
    struct job_row rows[JOBS_MOST];
    int count;
    bool worker_is_alive;
    bool loaded, reading, again;

    bool requesting;           /* the answer decides whether a worker must be started */
    int64_t mine;              /* what was asked for here: its end is told; 0: none */
    bool show_mine;            /* select it when it is in the list */
    struct error worker_error; /* why none could be started */
    int64_t worker_started;    /* gym's local seconds; MOMENT_NONE: not by this screen */
    int64_t cancelling;        /* the running job that was asked to end; 0: none */
    int64_t asked_about;       /* the job that the question is about */
    char profile[16];          /* of the reseed that is being asked for */
    int seed;
    struct jobs_import import;
};

/* Reads again now, or after the reading under way. */
void jobs_read(struct jobs_state *state);
/* A worker on this machine, since none is alive; says what came of it. */
void jobs_start_worker(struct jobs_state *state);

/* table_cell_fn with the state as owner. */
void jobs_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                     enum role *role);
/* Everything that is known of a job, a line each, for the dialog; in one line for the foot. */
void jobs_write_details(const struct jobs_state *state, const struct job_row *job, char *dst,
                        size_t size, const char *separator);
/* What goes on as a whole, and what to do when nothing can. */
enum role jobs_write_summary(const struct jobs_state *state, char *dst, size_t size);

/* A list of what can be asked for. */
void jobs_ask_new(struct jobs_state *state);
/* The job itself; what it is called and how it ends is told here. */
void jobs_ask_for(struct jobs_state *state, const char *kind, const char *parameters);
/* A form for a file to import; then the file is sent, and the job asked for. */
void jobs_ask_import(struct jobs_state *state);
/* Ends the sending. Nothing was changed. */
void jobs_import_stop(struct jobs_state *state);
/* Profile and seed, then the database's name. */
void jobs_ask_reseed(struct jobs_state *state);
/* The database's name alone. False: this is no demonstration, and that was said. */
bool jobs_ask_reseed_at_once(struct jobs_state *state);

#endif
