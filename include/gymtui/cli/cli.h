/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The subcommands. One table: name, arguments, one-line help, options, function; `--help`, the man
 * page's part and the tests of documents come from it. A subcommand prints its result to stdout
 * and complaints to stderr, and returns the exit status (error.h, gymtui(1)).
 */
#ifndef GYMTUI_CLI_CLI_H
#define GYMTUI_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

struct cli_command;

struct cli {
    struct config *config;
    const char *version;
    const struct cli_command *commands; /* the whole table, for `help` */
    /* Opens the interactive program; given by main, so that the command line need not know it. */
    bool (*open_screen)(const struct cli *cli, const char *conninfo, const char *database,
                        bool is_demonstration, struct error *error);
    void (*print_keys)(FILE *out); /* KEYS of gymtui(1) */
};

struct cli_command {
    const char *name;      /* "checkin" */
    const char *arguments; /* "TAG|NUMBER [--json] [--desk NAME]" */
    const char *help;      /* "Check a member in and print the verdict." */
    int (*run)(const struct cli *cli, int argc, char **argv); /* argv[0] is the name */
};

extern const struct cli_command cli_commands[]; /* ends with name NULL */

/* Finds and runs; an unknown word is a usage error that suggests the nearest command. */
int cli_run(const struct cli *cli, int argc, char **argv);
void cli_print_help(const struct cli *cli, FILE *out);
void cli_print_man(const struct cli *cli, FILE *out);
/* "gymtui: MESSAGE" and the hint on stderr; returns the exit status. */
int cli_fail(const struct error *error);

#endif
