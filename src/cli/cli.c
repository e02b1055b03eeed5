/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line by the table of commands, and the help made from it. */
#include "internal.h"

#include <string.h>

#include "gymtui/base/text.h"

int cli_fail(const struct error *error)
{
    out_line(stderr, "gymtui: %s.", error->message);
    if (*error->hint != '\0')
        out_line(stderr, "        %s", error->hint);
    return error_exit_status(error->code);
}

/* --- finding a command --- */

/* How many of argv's words this command's name takes; 0: it is another one. */
static int words_of_name(const char *name, int argc, char **argv)
{
    int taken = 0;
    while (*name != '\0') {
        size_t length = strcspn(name, " ");
        if (taken == argc || strlen(argv[taken]) != length ||
            strncmp(argv[taken], name, length) != 0)
            return 0;
        taken++;
        name += length + (name[length] == ' ');
    }
    return taken;
}

static const struct cli_command *find_command(int argc, char **argv, int *taken)
{
    const struct cli_command *best = NULL;
    *taken = 0;
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        int words = words_of_name(command->name, argc, argv);
        if (words > *taken) {
            *taken = words;
            best = command;
        }
    }
    return best;
}

bool cli_reads_its_own(const char *word)
{
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        if (command->most < 0 && strcmp(command->name, word) == 0)
            return true;
    }
    return false;
}

/* Letters to change, add or take away to get from one word to the other. */
static size_t distance(const char *from, const char *to)
{
    size_t row[64], length = strlen(to);
    if (length >= sizeof row / sizeof *row)
        return length;
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; *from != '\0'; i++, from++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t least = corner + (*from != to[j - 1]);
            corner = row[j];
            if (row[j] + 1 < least)
                least = row[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[length];
}

/* Either a group ("staff" without a word that follows), or a word that is nearly a command. */
static bool unknown_command(int argc, char **argv, struct error *error)
{
    char group[200] = "", hint[256];
    size_t length = strlen(argv[0]), least = 3;
    const char *nearest = NULL;
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        if (strncmp(command->name, argv[0], length) == 0 && command->name[length] == ' ')
            text_append(group, sizeof group, "%sgymtui %s", *group != '\0' ? ", " : "",
                        command->name);
        size_t changes = distance(argv[0], command->name);
        if (changes < least) {
            least = changes;
            nearest = command->name;
        }
    }
    if (*group != '\0') {
        snprintf(hint, sizeof hint, "There is %s.", group);
        return error_set(error, ERROR_USAGE, hint, "“gymtui %s%s%s” is not a command", argv[0],
                         argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
    }
    snprintf(hint, sizeof hint, nearest != NULL ? "Did you mean “gymtui %s”?" : "See gymtui --help",
             nearest);
    return error_set(error, ERROR_USAGE, hint, "“%s” is not a command", argv[0]);
}

/* --- reading its words --- */

static int find_option(const struct cli_command *command, const char *word, size_t length)
{
    for (int i = 0; command->options != NULL && command->options[i].name != NULL; i++) {
        if (strlen(command->options[i].name) == length &&
            strncmp(command->options[i].name, word, length) == 0)
            return i;
    }
    return -1;
}

static bool read_option(const struct cli_command *command, int argc, char **argv, int *at,
                        struct cli_words *words, struct error *error)
{
    const char *word = argv[*at];
    size_t length = strcspn(word, "=");
    int found = find_option(command, word, length);
    if (found < 0)
        return error_set(error, ERROR_USAGE, "See gymtui --help", "“gymtui %s” has no option %.*s",
                         command->name, (int)length, word);
    const struct cli_option *option = &command->options[found];
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (option->value == NULL && value != NULL)
        return error_set(error, ERROR_USAGE, "Leave out the = and what follows.",
                         "%s takes no value", option->name);
    if (option->value != NULL && value == NULL) {
        if (*at + 1 >= argc)
            return error_set(error, ERROR_USAGE, "See gymtui --help", "%s needs a value: %s",
                             option->name, option->value);
        value = argv[++*at];
    }
    words->values[found] = value != NULL ? value : "";
    return true;
}

static bool read_words(const struct cli_command *command, int argc, char **argv,
                       struct cli_words *words, struct error *error)
{
    words->rest = argv;
    if (command->most < 0)
        return true;
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!read_option(command, argc, argv, &i, words, error))
                return false;
        } else if (words->count == command->most || words->count == CLI_WORDS_MOST) {
            return error_set(error, ERROR_USAGE, "Put quotes around a text with blanks.",
                             "“%s” is a word too many for “gymtui %s”", argv[i], command->name);
        } else {
            words->words[words->count++] = argv[i];
        }
    }
    if (words->count < command->least)
        return error_set(error, ERROR_USAGE, command->help, "“gymtui %s” needs %s", command->name,
                         command->arguments);
    return true;
}

int cli_run(const struct cli *cli, int argc, char **argv)
{
    struct error error = {0};
    struct cli_words words = {0};
    if (argc == 0)
        return command_screen(cli, &words);
    int taken;
    const struct cli_command *command = find_command(argc, argv, &taken);
    if (command == NULL) {
        unknown_command(argc, argv, &error);
        return cli_fail(&error);
    }
    if (!read_words(command, argc - taken, argv + taken, &words, &error))
        return cli_fail(&error);
    if (cli->config == NULL && !command->without_config)
        return cli_fail(&cli->config_error);
    return command->run(cli, &words);
}

/* --- help --- */

static void print_options(const struct cli_option *options, FILE *out)
{
    for (; options != NULL && options->name != NULL; options++) {
        char line[300] = "      ", name[80];
        snprintf(name, sizeof name, "%s%s%s", options->name, options->value != NULL ? " " : "",
                 options->value != NULL ? options->value : "");
        out_cell(line, sizeof line, name, 22);
        text_append(line, sizeof line, "%s", options->help);
        out_line(out, "%s", line);
    }
}

void cli_print_help(const struct cli *cli, FILE *out)
{
    out_line(out, "gymtui %s: the gym's front desk and office, in a terminal.", cli->version);
    fputs("\nUsage: gymtui [OPTION...] [COMMAND]\n\n", out);
    out_line(out, "Without a command the screen opens.");
    fputs("\nCommands:\n", out);
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        out_line(out, "  %s%s%s", command->name, *command->arguments != '\0' ? " " : "",
                 command->arguments);
        out_line(out, "      %s", command->help);
        if (command == cli_commands || command->options != command[-1].options)
            print_options(command->options, out); /* reports that follow each other share theirs */
    }
    fputs("\nOptions:\n", out);
    print_options(cli_global_options, out);
    fputs("\n", out);
    out_line(out,
             "Exit status: 0 done or in, 1 another error, 2 usage, 3 no such member, 4 denied,");
    out_line(out,
             "5 login or permission, 6 offline or unknown outcome, 7 nothing to do (already in).");
    out_line(out, "More: man gymtui, man gymtui.conf");
}
