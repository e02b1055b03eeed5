/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring: global options, configuration, log, the screen, and the subcommand table. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/app/app.h"
#include "gymtui/base/log.h"
#include "gymtui/cli/cli.h"
#include "gymtui/ui/keymap.h"

/* What stood before or between the words of the subcommand. */
struct global {
    const char *file;         /* --config */
    const char **assignments; /* --set, ends with NULL */
    int assignment_count;
    bool help, version;
    char **words; /* the rest */
    int word_count;
};

static bool start_worker(void *owner, struct error *error)
{
    return cli_start_worker(owner, error);
}

static bool open_screen(const struct cli *cli, const char *conninfo, const char *database,
                        bool is_demonstration, struct error *error)
{
    struct app_options options = {
        .config = cli->config,
        .conninfo = conninfo,
        .database = database,
        .is_demonstration = is_demonstration,
        .start_worker = start_worker,
        .worker_owner = (void *)cli,
    };
    return app_run(&options, error);
}

/* "--set x" and "--set=x"; *at moves on when the value is a word of its own. */
static bool take_value(const char *name, int argc, char **argv, int *at, const char **value,
                       struct error *error)
{
    size_t length = strlen(name);
    if (strncmp(argv[*at], name, length) != 0)
        return false;
    if (argv[*at][length] == '=') {
        *value = argv[*at] + length + 1;
        return true;
    }
    if (argv[*at][length] != '\0')
        return false;
    if (*at + 1 >= argc) {
        error_set(error, ERROR_USAGE, "See gymtui --help", "%s needs a value", name);
        return true;
    }
    *value = argv[++*at];
    return true;
}

static bool read_global(int argc, char **argv, struct global *global, struct error *error)
{
    bool done = false;
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        if (!done && take_value("--config", argc, argv, &i, &value, error)) {
            global->file = value;
        } else if (!done && take_value("--set", argc, argv, &i, &value, error)) {
            global->assignments[global->assignment_count++] = value;
        } else if (!done && strcmp(argv[i], "--kiosk") == 0) {
            global->assignments[global->assignment_count++] = "desk.kiosk=true";
        } else if (!done && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            global->help = true;
        } else if (!done && (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0)) {
            global->version = true;
        } else {
            /* What follows "--", or psql, is not ours. */
            if (strcmp(argv[i], "--") == 0 ||
                (global->word_count == 0 && cli_reads_its_own(argv[i])))
                done = true;
            global->words[global->word_count++] = argv[i];
        }
        if (error->code != ERROR_NONE)
            return false;
    }
    return true;
}

/* The log goes where it is told to. Where it cannot go by default (a home that is read-only), the
 * program runs without one, and `gymtui doctor` says so. */
static bool start_log(const struct config *config, struct error *error)
{
    char path[1100], folder[1024];
    enum log_level level = LOG_LEVEL_INFO;
    log_level_parse(config_text(config, CONFIG_LOG_LEVEL), &level);
    const char *named = config_text(config, CONFIG_LOG_FILE);
    if (*named != '\0')
        return log_open(named, level, error);
    if (config_state_directory(folder, sizeof folder, NULL)) {
        snprintf(path, sizeof path, "%s/gymtui.log", folder);
        log_open(path, level, NULL);
    }
    return true;
}

static int run(const struct global *global, const char *program)
{
    struct cli cli = {
        .version = GYMTUI_VERSION,
        .program = program,
        .config_file = global->file,
        .assignments = global->assignments,
        .open_screen = open_screen,
        .print_keys = keymap_print_man,
    };
    app_register_keys();
    if (global->version) {
        printf("gymtui %s\n", cli.version);
        return CLI_DONE;
    }
    if (global->help)
        return cli_help(&cli, global->word_count, global->words);
    struct config_sources sources = {
        .file = global->file,
        .assignments = global->assignments,
        .check_key = keymap_check,
        .share_key = keymap_share_key,
    };
    struct config *config = config_load(&sources, &cli.config_error);
    cli.config = config;
    struct error error = {0};
    int status;
    if (config != NULL && !start_log(config, &error))
        status = cli_fail(&error);
    else
        status = cli_run(&cli, global->word_count, global->words);
    config_free(config);
    log_close();
    return status;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* a point in JSON, whatever the country */

    struct error error = {0};
    struct global global = {0};
    size_t room = (size_t)argc + 1;
    global.words = calloc(room, sizeof *global.words);
    global.assignments = calloc(room, sizeof *global.assignments);
    int status;
    if (global.words == NULL || global.assignments == NULL) {
        error_set(&error, ERROR_SYSTEM, NULL, "Out of memory");
        status = cli_fail(&error);
    } else if (!read_global(argc, argv, &global, &error)) {
        status = cli_fail(&error);
    } else {
        status = run(&global, argc > 0 && strchr(argv[0], '/') != NULL ? argv[0] : "gymtui");
    }
    free(global.words);
    free(global.assignments);
    bool is_written = !ferror(stdout);
    is_written = fflush(stdout) == 0 && is_written;
    if (!is_written && status == CLI_DONE) { /* a full disk must not look like success */
        error_set(&error, ERROR_SYSTEM, "Is the disk full, or was its reader ended?",
                  "The output could not be written");
        status = cli_fail(&error);
    }
    return status;
}
