/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The subcommands. One table: name, arguments, options, help, function; reading the command line,
 * `--help`, the man page's part and the tests of documents all come from it. A subcommand prints
 * its result to stdout and complaints to stderr, and returns the exit status (error.h, gymtui(1)).
 */
#ifndef GYMTUI_CLI_CLI_H
#define GYMTUI_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

#define CLI_OPTIONS_MOST 16
#define CLI_WORDS_MOST   8

/* Exit statuses that are verdicts, not errors; the others are error_exit_status's. */
enum cli_status { CLI_DONE = 0, CLI_FAILED = 1, CLI_DENIED = 4, CLI_NOTHING_WRITTEN = 7 };

struct cli {
    const struct config *config; /* NULL: could not be read; only doctor and help run then */
    struct error config_error;   /* why */
    const char *version;
    const char *program;     /* how it was called, for commands to copy: "gymtui", "build/gymtui" */
    const char *config_file; /* --config; NULL: not given */
    const char *const *assignments; /* --set, ends with NULL: for a worker that is started */
    /* Opens the interactive program; given by main, so that the command line need not know it. */
    bool (*open_screen)(const struct cli *cli, const char *conninfo, const char *database,
                        bool is_demonstration, struct error *error);
    void (*print_keys)(FILE *out); /* KEYS of gymtui(1) */
};

struct cli_option {
    const char *name;  /* "--desk" */
    const char *value; /* "NAME"; NULL: a switch */
    const char *help;
};

/* What followed a subcommand's name. */
struct cli_words {
    const char *words[CLI_WORDS_MOST + 1]; /* ends with NULL */
    int count;
    const char *values[CLI_OPTIONS_MOST]; /* one an option, in the table's order: NULL not given, ""
                                             for a switch that was */
    char **rest;                          /* all of it unread, for a command whose `most` is −1 */
};

struct cli_command {
    const char *name;                 /* "checkin", "staff add" */
    const char *arguments;            /* "TAG|NUMBER" */
    const char *help;                 /* "Check a member in and print the verdict." */
    const struct cli_option *options; /* ends with name NULL; may be NULL */
    int least, most;                  /* how many words; most −1: the command reads them itself */
    bool without_config;              /* runs although the configuration cannot be read */
    int (*run)(const struct cli *cli, const struct cli_words *words);
};

extern const struct cli_command cli_commands[];      /* ends with name NULL */
extern const struct cli_option cli_global_options[]; /* ends with name NULL */

/* Finds and runs what argv says (without the program's name and the global options); nothing opens
 * the screen. An unknown word is a usage error that suggests the nearest command. */
int cli_run(const struct cli *cli, int argc, char **argv);
/* Where the words of a command begin that reads its own options (`psql`): global options are not
 * looked for after it. */
bool cli_reads_its_own(const char *word);

/* Starts a background worker that outlives this program and its terminal (a session of its own),
 * and leaves when nothing was to do for a minute. For whoever asks for a job when no worker is
 * alive; also with the screen up. Where this account has no worker's login: ERROR_CONFIG, and a
 * hint how a person starts one. */
bool cli_start_worker(const struct cli *cli, struct error *error);

/* The help of the command, or of the group of commands, that argv names; all of it when argc is 0.
 * An unknown one is a usage error as in cli_run. Exit status. */
int cli_help(const struct cli *cli, int argc, char **argv);
/* A generated part of gymtui(1) in mdoc: "commands", "options", "keys", "logins", "members". */
bool cli_print_man(const struct cli *cli, const char *part, FILE *out);
/* "gymtui: MESSAGE" and the hint on stderr; returns the exit status. */
int cli_fail(const struct error *error);

#endif
