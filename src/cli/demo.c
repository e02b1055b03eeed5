/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The demonstration, from nothing to a screen: a private PostgreSQL, the tables, gyms made up by
 * the generator, logins. Each step looks at what is there already, and each is done whole or not at
 * all, so that the command can be repeated, also after ^C or a power cut in the midst of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/bulk.h"
#include "gymtui/db/schema.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/isp.h"
#include "gymtui/worker/value.h"
#include "internal.h"

struct wish {
    const char *profile;
    uint64_t seed;
    bool is_named; /* a profile or seed number was asked for in so many words */
    bool fresh;
    bool with_provider; /* profile isp: small, and a dataset beside it */
};

static bool read_seed(const char *text, uint64_t *seed, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > INT32_MAX)
        return error_set(error, ERROR_USAGE, NULL, "--seed takes a number from 0 to %d, not “%s”",
                         INT32_MAX, text);
    *seed = value;
    return true;
}

static bool read_wish(const struct cli *cli, const struct cli_words *words, struct wish *wish,
                      struct error *error)
{
    const char *profile = words->values[DEMO_PROFILE], *seed = words->values[DEMO_SEED];
    wish->profile = profile != NULL ? profile : config_text(cli->config, CONFIG_DEMO_PROFILE);
    wish->with_provider = strcmp(wish->profile, "isp") == 0;
    if (wish->with_provider)
        wish->profile = "small";
    wish->seed = (uint64_t)config_int(cli->config, CONFIG_DEMO_SEED);
    wish->is_named = profile != NULL || seed != NULL;
    wish->fresh =
        words->values[DEMO_FRESH] != NULL || config_bool(cli->config, CONFIG_DEMO_RESEED_ON_START);
    return generate_knows_profile(wish->profile, error) &&
           (seed == NULL || read_seed(seed, &wish->seed, error));
}

static void on_migration(void *owner, int version, const char *name)
{
    char line[200];
    (void)owner;
    snprintf(line, sizeof line, "Tables: %s (version %d)", name, version);
    out_step(line);
}

struct progress {
    char phase[80]; /* on a pipe only a new phase is worth a line */
};

static bool on_progress(void *owner, const char *phase, double share)
{
    struct progress *progress = owner;
    char line[160];
    bool is_new = strcmp(progress->phase, phase) != 0;
    snprintf(progress->phase, sizeof progress->phase, "%s", phase);
    if (isatty(STDERR_FILENO))
        snprintf(line, sizeof line, "Making up gyms  %3.0f %%  %s", share * 100, phase);
    else if (is_new)
        snprintf(line, sizeof line, "Making up gyms: %s", phase);
    else
        return true;
    out_step(line);
    return true;
}

/* Whether what is there is what was wished for. */
static bool is_satisfied(const struct wish *wish, const struct schema_demonstration *there)
{
    if (there->members == 0 || wish->fresh)
        return false;
    return !wish->is_named ||
           (strcmp(wish->profile, there->profile) == 0 && wish->seed == there->seed);
}

/* The provider's customers, unless they are there and no new data are wished for. */
static bool add_provider(const char *admin, const struct wish *wish, struct error *error)
{
    struct progress progress = {""};
    struct isp_options options = {
        .gym_id = 1, .seed = wish->seed, .as_of = (int32_t)(time(NULL) / 86400)};
    int64_t there = 0;
    struct bulk *bulk = bulk_open(admin, error);
    bool done = bulk != NULL &&
                bulk_value(bulk, "SELECT count(*) FROM clv.dataset WHERE name = '" ISP_DATASET "'",
                           &there, error);
    bulk_close(bulk);
    if (!done || (there > 0 && !wish->fresh))
        return done;
    return isp_generate(admin, &options, on_progress, &progress, error) &&
           dataset_refresh(admin, options.gym_id, ISP_DATASET, on_progress, &progress, NULL, error);
}

static bool fill(const char *admin, const struct wish *wish, struct error *error)
{
    struct schema_demonstration there;
    if (!schema_read_demonstration(admin, &there, error))
        return false;
    if (!is_satisfied(wish, &there)) {
        time_t now = time(NULL);
        struct generate_options options = {
            .profile = wish->profile,
            .seed = wish->seed,
            .as_of = (int32_t)(now / 86400),
            .as_of_utc = now,
        };
        struct progress progress = {""};
        /* Each gym stands on its own day, which late in the evening is not that of UTC. */
        if (!generate_into(admin, &options, on_progress, &progress, error) ||
            !value_recompute_all(admin, DATE_NONE, on_progress, &progress, error))
            return false;
    }
    return !wish->with_provider || add_provider(admin, wish, error);
}

static bool build(const struct cluster *cluster, const struct wish *wish, struct error *error)
{
    char maintenance[1400], admin[1400];
    cluster_admin_conninfo(cluster, "postgres", maintenance, sizeof maintenance);
    cluster_admin_conninfo(cluster, NULL, admin, sizeof admin);
    return cluster_start(cluster, place_step, NULL, error) &&
           schema_create_database(maintenance, CLUSTER_DATABASE, error) &&
           schema_create(admin, on_migration, NULL, error) &&
           schema_mark_demonstration(admin, error) && schema_create_demo_logins(admin, error) &&
           fill(admin, wish, error);
}

static void print_how_to_open(const struct cli *cli)
{
    const char *directory = config_text(cli->config, CONFIG_DEMO_DIRECTORY);
    char set[1200] = "";
    if (*config_text(cli->config, CONFIG_DATABASE_CONNINFO) != '\0')
        text_append(set, sizeof set, " --set database.conninfo="); /* not the server of yours */
    if (*directory != '\0')
        text_append(set, sizeof set, " --set demo.directory=%s", directory);
    out_line(stdout, "The demonstration is running. Open it with: %s%s", cli->program, set);
    out_line(stdout, "Sign in as one of these (gym, user, password):");
    for (const struct demo_login *login = demo_logins; login->gym != NULL; login++) {
        char line[400] = "  ";
        bool own = login->staff == NULL || *login->staff == '\0';
        out_cell(line, sizeof line, login->gym, 14);
        out_cell(line, sizeof line, own ? "-" : login->staff, 10);
        out_cell(line, sizeof line, login->password, 18);
        text_append(line, sizeof line, "%s", login->what);
        out_line(stdout, "%s", line);
    }
    out_line(stdout, "Try a check-in: %s%s checkin %s", cli->program, set,
             planted_members[0].keytag);
}

static int open_screen(const struct cli *cli, const struct cluster *cluster)
{
    struct error error = {0};
    char conninfo[1200];
    cluster_conninfo(cluster, conninfo, sizeof conninfo);
    if (!cli->open_screen(cli, conninfo, CLUSTER_DATABASE, true, &error))
        return cli_fail(&error);
    return CLI_DONE;
}

static bool is_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int command_demo(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct cluster cluster;
    struct wish wish;
    bool ready =
        read_wish(cli, words, &wish, &error) && cluster_locate(cli->config, &cluster, &error);
    if (ready) {
        ready = build(&cluster, &wish, &error);
        if (isatty(STDERR_FILENO))
            out_step(NULL);
    }
    if (!ready)
        return cli_fail(&error);
    if (words->values[DEMO_NO_UI] == NULL && is_interactive())
        return open_screen(cli, &cluster);
    print_how_to_open(cli);
    return CLI_DONE;
}

int command_demo_stop(const struct cli *cli, const struct cli_words *words)
{
    (void)words;
    struct error error = {0};
    struct cluster cluster;
    if (!cluster_locate(cli->config, &cluster, &error))
        return cli_fail(&error);
    bool was_running = cluster_is_running(&cluster);
    if (!cluster_stop(&cluster, &error))
        return cli_fail(&error);
    out_line(stdout,
             was_running ? "The demonstration is stopped; its data stay in %s."
                         : "No demonstration was running in %s.",
             cluster.data);
    return CLI_DONE;
}

/* No unless it is said: Enter alone keeps everything. */
static bool confirm(const char *question)
{
    char answer[16] = "";
    fprintf(stdout, "%s", question);
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) != NULL &&
           (strcmp(answer, "yes\n") == 0 || strcmp(answer, "yes") == 0);
}

int command_demo_destroy(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct cluster cluster;
    if (!cluster_locate(cli->config, &cluster, &error))
        return cli_fail(&error);
    if (!cluster_exists(&cluster)) {
        out_line(stdout, "There is no demonstration in %s.", cluster.data);
        return CLI_DONE;
    }
    if (words->values[0] == NULL) {
        out_line(stdout, "The demonstration's database in %s will be removed with all its data.",
                 cluster.directory);
        if (!confirm("Type yes to remove it: ")) {
            error_set(&error, ERROR_CANCELLED, "With --yes it does not ask.",
                      "Nothing was removed");
            return cli_fail(&error);
        }
    }
    if (!cluster_destroy(&cluster, &error))
        return cli_fail(&error);
    out_line(stdout, "The demonstration is gone.");
    return CLI_DONE;
}

/* --- no command: the screen --- */

/* A first start, on a terminal: offers the demonstration. */
static int offer_demonstration(const struct cli *cli)
{
    char answer[16] = "";
    out_line(stdout, "Welcome to gymtui. No database is configured yet.");
    out_line(stdout,
             "A demonstration with three made-up gyms takes about a minute and some 200 MB; "
             "“gymtui demo destroy” removes it.");
    fputs("Start the demonstration? [Y/n] ", stdout);
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) == NULL || answer[0] == 'n' || answer[0] == 'N') {
        out_line(stdout, "To use a PostgreSQL server of yours, set database.conninfo: see "
                         "gymtui.conf(5).");
        return CLI_DONE;
    }
    return command_demo(cli, &(struct cli_words){0});
}

int command_screen(const struct cli *cli, const struct cli_words *words)
{
    (void)words;
    struct error error = {0};
    struct place place;
    if (!is_interactive()) {
        error_set(&error, ERROR_USAGE,
                  "For scripts: gymtui report today, gymtui checkin, …; see "
                  "gymtui --help",
                  "The screen needs a terminal");
        return cli_fail(&error);
    }
    if (*config_text(cli->config, CONFIG_DATABASE_CONNINFO) == '\0' &&
        config_is_untouched(cli->config)) {
        struct cluster cluster;
        if (!cluster_locate(cli->config, &cluster, &error))
            return cli_fail(&error);
        if (!cluster_exists(&cluster))
            return offer_demonstration(cli);
    }
    if (!place_find(cli, &place, &error) ||
        !cli->open_screen(cli, place.conninfo, place.database, place.is_private, &error))
        return cli_fail(&error);
    return CLI_DONE;
}
