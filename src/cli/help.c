/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help that is made from the table of commands: all of it, or one command's. */
#include "internal.h"

#include <string.h>

#define INDENT 6
#define NAME   22 /* columns of an option's name */

/* An option's name, and what it does beside it, on as many lines as that takes. */
static void print_option(const struct cli_option *option, FILE *out)
{
    char name[80];
    int used = snprintf(name, sizeof name, "%s%s%s", option->name, option->value != NULL ? " " : "",
                        option->value != NULL ? option->value : "");
    out_entry(out, INDENT, used <= NAME ? NAME : used, name, option->help);
}

static void print_options(const struct cli_option *options, FILE *out)
{
    for (; options != NULL && options->name != NULL; options++)
        print_option(options, out);
}

static void print_exit_statuses(FILE *out)
{
    fputs("\n", out);
    out_words(out, 0,
              "Exit status: 0 done or in, 1 another error, 2 usage, 3 no such member, 4 denied, 5 "
              "login or permission, 6 offline or unknown outcome, 7 nothing to do (already in).");
}

static void print_all(const struct cli *cli, FILE *out)
{
    out_line(out, "gymtui %s: the gym's front desk and office, in a terminal.", cli->version);
    fputs("\nUsage: gymtui [OPTION...] [COMMAND]\n\n", out);
    out_line(out, "Without a command the screen opens. gymtui COMMAND --help shows one command.");
    fputs("\nCommands:\n", out);
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        out_hanging(out, 2, 8, "%s%s%s", command->name, *command->arguments != '\0' ? " " : "",
                    command->arguments);
        out_words(out, INDENT, "%s", command->help);
        if (command == cli_commands || command->options != command[-1].options)
            print_options(command->options, out); /* reports that follow each other share theirs */
    }
    fputs("\nOptions:\n", out);
    print_options(cli_global_options, out);
    print_exit_statuses(out);
    out_line(out, "More: man gymtui, man gymtui.conf");
}

static void print_command(const struct cli_command *command, FILE *out)
{
    out_hanging(out, 0, 7, "Usage: gymtui %s%s%s%s", command->name,
                command->options != NULL ? " [OPTION...]" : "",
                *command->arguments != '\0' ? " " : "", command->arguments);
    fputs("\n", out);
    out_words(out, 0, "%s", command->help);
    if (command->options != NULL)
        fputs("\nOptions:\n", out);
    print_options(command->options, out);
}

/* "staff", or "report", which is a command too: each command that begins with it in a line or two.
 * How many there are. */
static int print_group(const char *word, const char *heading, FILE *out)
{
    size_t length = strlen(word);
    int count = 0;
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        if (strncmp(command->name, word, length) != 0 || command->name[length] != ' ')
            continue;
        if (count++ == 0)
            fputs(heading, out);
        out_entry(out, INDENT, NAME, command->name, command->help);
    }
    if (count > 0)
        fprintf(out, "\ngymtui %s ... --help shows one of them.\n", word);
    return count;
}

int cli_help(const struct cli *cli, int argc, char **argv)
{
    struct error error = {0};
    int taken = 0;
    const struct cli_command *command = cli_find_command(argc, argv, &taken);
    if (argc == 0) {
        print_all(cli, stdout);
        return CLI_DONE;
    }
    if (command != NULL)
        print_command(command, stdout);
    if (taken <= 1 &&
        print_group(argv[0], command != NULL ? "\nCommands:\n" : "Commands:\n", stdout) == 0 &&
        command == NULL) {
        cli_unknown_command(argc, argv, &error);
        return cli_fail(&error);
    }
    return CLI_DONE;
}
