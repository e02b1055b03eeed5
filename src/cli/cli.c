/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line by the table of commands. */
#include "internal.h"

#include <string.h>

#include "gymtui/base/text.h"

/* What the data layer says to a screen, which stays and tries again by itself; a command does not.
 */
static void print_hint(const char *hint)
{
    static const char *const by_itself[] = {
        "It is tried again by itself",
        "It comes back by itself; try again when the screen says live",
        "It comes back by itself",
    };
    const char *again = "";
    for (size_t i = 0; i < sizeof by_itself / sizeof *by_itself && *again == '\0'; i++) {
        size_t length = strlen(by_itself[i]);
        if (strncmp(hint, by_itself[i], length) == 0) {
            again = "Run the command again";
            hint += length;
        }
    }
    if (*hint != '\0' || *again != '\0')
        out_line(stderr, "        %s%s", again, hint);
}

int cli_fail(const struct error *error)
{
    out_line(stderr, "gymtui: %s.", error->message);
    print_hint(error->hint);
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

const struct cli_command *cli_find_command(int argc, char **argv, int *taken)
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

/* An option where a command was to stand, a group ("staff" without a word that follows), or a word
 * that is nearly a command. */
bool cli_unknown_command(int argc, char **argv, struct error *error)
{
    if (argv[0][0] == '-')
        return error_set(error, ERROR_USAGE,
                         "What belongs to a command stands after it; see gymtui --help",
                         "gymtui has no option %s", argv[0]);
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
    char hint[100];
    size_t length = strcspn(word, "=");
    int found = find_option(command, word, length);
    snprintf(hint, sizeof hint, "See gymtui %s --help", command->name);
    if (found < 0)
        return error_set(error, ERROR_USAGE, hint, "“gymtui %s” has no option %.*s", command->name,
                         (int)length, word);
    const struct cli_option *option = &command->options[found];
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (option->value == NULL && value != NULL)
        return error_set(error, ERROR_USAGE, "Leave out the = and what follows.",
                         "%s takes no value", option->name);
    if (option->value != NULL && value == NULL) {
        if (*at + 1 >= argc)
            return error_set(error, ERROR_USAGE, hint, "%s needs a value: %s", option->name,
                             option->value);
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
    char hint[100];
    bool only_words = false;
    snprintf(hint, sizeof hint, "See gymtui %s --help", command->name);
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!read_option(command, argc, argv, &i, words, error))
                return false;
        } else if (words->count == command->most || words->count == CLI_WORDS_MOST) {
            return error_set(error, ERROR_USAGE,
                             command->most > 0 ? "Put quotes around a text with blanks." : hint,
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
        return cli->config != NULL ? command_screen(cli, &words) : cli_fail(&cli->config_error);
    int taken;
    const struct cli_command *command = cli_find_command(argc, argv, &taken);
    if (command == NULL) {
        cli_unknown_command(argc, argv, &error);
        return cli_fail(&error);
    }
    if (!read_words(command, argc - taken, argv + taken, &words, &error))
        return cli_fail(&error);
    if (cli->config == NULL && !command->without_config)
        return cli_fail(&cli->config_error);
    return command->run(cli, &words);
}
