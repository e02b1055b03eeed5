/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of gymtui(1) that come from tables, as mdoc. `gymtui help --man PART` prints one, and a
 * test compares it with what stands between the part's marks in the page.
 */
#include <inttypes.h>
#include <string.h>

#include "gymtui/worker/generate.h"
#include "internal.h"

/* A text in running mdoc: a leading dot or quote would be a request, a backslash an escape, and a
 * hyphen must stay one that can be copied. */
static void print_escaped(const char *text, FILE *out)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
    }
}

/* Each sentence on a line of its own, as mdoc wants it. */
static void print_sentences(const char *text, FILE *out)
{
    const char *end;
    while ((end = strstr(text, ". ")) != NULL) {
        char sentence[400];
        snprintf(sentence, sizeof sentence, "%.*s", (int)(end + 1 - text), text);
        print_escaped(sentence, out);
        fputc('\n', out);
        text = end + 2;
    }
    print_escaped(text, out);
    fputc('\n', out);
}

static void print_options(const struct cli_option *options, FILE *out)
{
    fputs(".Bl -tag -width Ds -compact\n", out);
    for (; options->name != NULL; options++) {
        fprintf(out, ".It Fl Fl %s", options->name + 2);
        if (options->value != NULL) {
            fputs(" Ar ", out);
            print_escaped(options->value, out);
        }
        fputc('\n', out);
        print_sentences(options->help, out);
    }
    fputs(".El\n", out);
}

static void print_commands(FILE *out)
{
    fputs(".Bl -tag -width Ds\n", out);
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++) {
        fprintf(out, ".It Cm %s", command->name);
        if (*command->arguments != '\0') {
            fputs(" Ar ", out);
            print_escaped(command->arguments, out);
        }
        fputc('\n', out);
        print_sentences(command->help, out);
        if (command->options != NULL)
            print_options(command->options, out);
    }
    fputs(".El\n", out);
}

static void print_logins(FILE *out)
{
    fputs(".Bl -column \"iron-temple\" \"manager\" \"password-of-it\" \"what it is\"\n"
          ".It Em gym Ta Em user Ta Em password Ta Em what it is\n",
          out);
    for (const struct demo_login *login = demo_logins; login->gym != NULL; login++) {
        fputs(".It ", out);
        print_escaped(login->gym, out);
        fputs(" Ta ", out);
        bool own = login->staff == NULL || *login->staff == '\0';
        print_escaped(own ? "\xe2\x80\x93" : login->staff, out);
        fputs(" Ta ", out);
        print_escaped(login->password, out);
        fputs(" Ta ", out);
        print_escaped(login->what, out);
        fputc('\n', out);
    }
    fputs(".El\n", out);
}

static void print_members(FILE *out)
{
    fputs(".Bl -column \"number\" \"key tag     \" \"what is to be seen\"\n"
          ".It Em number Ta Em key tag Ta Em what is to be seen\n",
          out);
    for (const struct planted_member *member = planted_members; member->number != 0; member++) {
        fprintf(out, ".It %" PRId64 " Ta %s Ta ", member->number,
                member->keytag != NULL ? member->keytag : "");
        print_escaped(member->what, out);
        fputc('\n', out);
    }
    fputs(".El\n", out);
}

bool cli_print_man(const struct cli *cli, const char *part, FILE *out)
{
    if (strcmp(part, "commands") == 0)
        print_commands(out);
    else if (strcmp(part, "options") == 0)
        print_options(cli_global_options, out);
    else if (strcmp(part, "keys") == 0)
        cli->print_keys(out);
    else if (strcmp(part, "logins") == 0)
        print_logins(out);
    else if (strcmp(part, "members") == 0)
        print_members(out);
    else
        return false;
    return true;
}

int command_help(const struct cli *cli, const struct cli_words *words)
{
    if (words->values[0] == NULL)
        return cli_help(cli, words->count, words->rest);
    if (cli_print_man(cli, words->values[0], stdout))
        return CLI_DONE;
    struct error error;
    error_set(&error, ERROR_USAGE, "The parts: commands, options, keys, logins, members.",
              "gymtui(1) has no generated part “%s”", words->values[0]);
    return cli_fail(&error);
}

int command_config(const struct cli *cli, const struct cli_words *words)
{
    if (words->values[0] != NULL)
        config_print_example(stdout);
    else if (words->values[1] != NULL)
        config_print_man(stdout);
    else
        config_print(cli->config, stdout);
    return CLI_DONE;
}
