/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this layer share: programs and calls run as another account, and who lives in
 * a folder. */
#ifndef GYMTUI_CLUSTER_INTERNAL_H
#define GYMTUI_CLUSTER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "gymtui/cluster/cluster.h"

struct process_result {
    int status;        /* exit status; 128 + signal when killed */
    char output[4096]; /* the end of what it wrote to stdout and stderr, NUL-terminated */
};

/* Runs a program (argv[0] with its path) as `account` ("" ourselves), without a terminal, in a
 * clean environment, and waits. It ends when we do. False only when it could not be run at all. */
bool process_run(const char *account, const char *const argv[], struct process_result *result,
                 struct error *error);

/* Calls `work` in a child as `account` and gives back what it returned (0–125): file work in the
 * cluster's folder is done as its owner. False when there was no child to do it. */
bool process_call(const char *account, int (*work)(const void *argument), const void *argument,
                  int *returned, struct error *error);

/* The line of a program's output that says what went wrong, without PostgreSQL's prefixes. */
void process_complaint(const char *output, char *dst, size_t size);
/* Whether it failed for want of room, a quota or a size limit. */
bool process_ran_out_of_room(const char *output);

/* Processes whose working folder is `folder` (every PostgreSQL process lives in its data folder).
 * Returns how many there are, and the first `room` of them. */
int resident_list(const char *folder, pid_t *pids, int room);
/* Waits until the process has ended, at most `timeout_ms`; false: it is still there. */
bool resident_wait(pid_t pid, int timeout_ms);
/* The postmaster by its file, when it is alive and really lives there; 0: none. `ready`: it says
 * that it accepts sessions. */
pid_t resident_postmaster(const char *folder, bool *ready);

/* Everything below a folder and itself; links are not followed. True when there was nothing. */
bool folder_remove(const char *path);
/* Makes a folder of the cluster's account with exactly this mode. */
bool folder_make(const struct cluster *cluster, const char *path, mode_t mode, struct error *error);
/* Makes the data folder and sees to it that the cluster's account can reach it. */
bool folder_prepare(const struct cluster *cluster, struct error *error);
/* Name of an account, fit for pg_ident.conf. */
bool account_name(uid_t uid, char *dst, size_t size);

/* Room on the cluster's disk; ULLONG_MAX when it cannot be seen. */
unsigned long long cluster_free_mb(const struct cluster *cluster);
/* initdb, settings and rules of access, under a temporary name; then the name. */
bool cluster_make(const struct cluster *cluster, struct error *error);
/* Fills *error from what a program of PostgreSQL wrote, and returns false. */
bool cluster_fail(const char *output, const struct cluster *cluster, const char *doing,
                  struct error *error);

#endif
