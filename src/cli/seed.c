/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seed: asks for a reseed, and shows how far it is. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/jobs.h"
#include "gymtui/worker/generate.h"
#include "internal.h"

/* --- what is asked for --- */

/* Whether it is the provider's customers: they come beside the gyms, and replace none. */
static bool is_provider(const struct cli *cli, const struct cli_words *words)
{
    const char *profile = words->values[SEED_PROFILE];
    return strcmp(profile != NULL ? profile : config_text(cli->config, CONFIG_DEMO_PROFILE),
                  "isp") == 0;
}

static bool add_number(char *json, size_t size, const char *name, const char *option,
                       const char *text, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value > INT32_MAX)
        return error_set(error, ERROR_USAGE, NULL, "%s takes a number from 0 to %d, not “%s”",
                         option, INT32_MAX, text);
    text_append(json, size, ",\"%s\":%llu", name, value);
    return true;
}

static bool parameters_of(const struct cli *cli, const struct cli_words *words, char *json,
                          size_t size, struct error *error)
{
    static const struct {
        enum seed_option option;
        const char *name, *flag;
    } numbers[] = {
        {SEED_SEED, "seed", "--seed"},
        {SEED_GYMS, "gyms", "--gyms"},
        {SEED_MEMBERS, "members", "--members"},
        {SEED_MONTHS, "months", "--months"},
    };
    char quoted[256], seed[24];
    const char *profile = words->values[SEED_PROFILE];
    if (profile == NULL)
        profile = config_text(cli->config, CONFIG_DEMO_PROFILE);
    if (!is_provider(cli, words) && !generate_knows_profile(profile, error))
        return false;
    text_json_string(quoted, sizeof quoted, profile);
    snprintf(json, size, "{\"profile\":%s", quoted);
    snprintf(seed, sizeof seed, "%d", config_int(cli->config, CONFIG_DEMO_SEED));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *value = words->values[numbers[i].option];
        if (value == NULL && numbers[i].option == SEED_SEED)
            value = seed;
        if (value != NULL &&
            !add_number(json, size, numbers[i].name, numbers[i].flag, value, error))
            return false;
    }
    if (words->values[SEED_AS_OF] != NULL) {
        int32_t day;
        char iso[32];
        if (!date_parse(words->values[SEED_AS_OF], &day))
            return error_set(error, ERROR_USAGE, NULL,
                             "--as-of takes a day such as 2026-11-21, not “%s”",
                             words->values[SEED_AS_OF]);
        date_format_iso(iso, sizeof iso, day);
        text_append(json, size, ",\"as_of\":\"%s\"", iso);
    }
    text_append(json, size, "}");
    return true;
}

static bool request(struct visit *visit, const struct cli *cli, const char *parameters,
                    struct job_asked *asked, struct error *error)
{
    /* Said before anything else, whoever asks and with whatever flags. The database says it too. */
    if (!visit->session.is_demonstration)
        return error_set(error, ERROR_PERMISSION, "Made-up gyms are for gymtui demo only.",
                         "This database is no demonstration: its data are real and stay");
    return job_ask(visit, cli, "reseed", parameters, asked, error);
}

static bool seed(struct visit *visit, const struct cli *cli, const struct cli_words *words,
                 int64_t *job_id, struct job_row *job, struct error *error)
{
    char parameters[600];
    struct job_asked asked = {0};
    const char *doing = is_provider(cli, words) ? "Making up customers" : "Making up gyms";
    if (!parameters_of(cli, words, parameters, sizeof parameters, error) ||
        !visit_open(visit, cli, LEVEL_MANAGER, error) ||
        !request(visit, cli, parameters, &asked, error))
        return false;
    *job_id = asked.job_id;
    return job_follow(visit, cli, &asked, words->values[SEED_NO_WAIT] != NULL ? NULL : doing, job,
                      error);
}

int command_seed(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct job_row job = {0};
    int64_t job_id = 0;
    bool done = seed(&visit, cli, words, &job_id, &job, &error);
    visit_close(&visit);
    if (!done)
        return cli_fail(&error);
    if (words->values[SEED_NO_WAIT] != NULL)
        out_line(stdout, "Job %" PRId64 ". See how far it is with: %s jobs", job_id, cli->program);
    else if (is_provider(cli, words))
        out_line(stdout,
                 "The provider's customers are in the dataset isp. Look at them with: %s "
                 "report survival --dataset isp",
                 cli->program);
    else
        out_line(stdout, "The demonstration has new data: %s.", job.what);
    return CLI_DONE;
}
