/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gym add: a gym of a server's database, made by its administrator; the first one there is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/first_gym.h"
#include "internal.h"

static bool read_capacity(const char *text, int *capacity, struct error *error)
{
    *capacity = 0;
    if (text == NULL)
        return true;
    char *end;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 0 || value > 100000)
        return error_set(error, ERROR_USAGE, NULL,
                         "--capacity takes a number from 0 to 100000, not “%s”", text);
    *capacity = (int)value;
    return true;
}

static const char *given(const char *value, const char *otherwise)
{
    return value != NULL ? value : otherwise;
}

static bool make(const struct cli *cli, const struct cli_words *words, struct first_gym *gym,
                 int64_t *gym_id, struct error *error)
{
    struct place place;
    char admin[1400], password[256];
    const char *user = words->values[GYM_USER];
    if (!place_find(cli, &place, error))
        return false;
    if (place.is_private && user != NULL)
        return error_set(error, ERROR_USAGE, "Leave out --user.",
                         "The private database has one administrator");
    if (!place_sign_in_admin(&place, user, admin, sizeof admin, error))
        return false;
    gym->password = password;
    bool made = password_read(words->values[GYM_PASSWORD_FILE], gym->username, password,
                              sizeof password, error) &&
                first_gym_create(admin, gym, gym_id, error);
    password_wipe(password, sizeof password);
    password_wipe(admin, sizeof admin);
    gym->password = NULL;
    return made;
}

/* What the configuration says of each reason at the door, for a gym that is new. */
static void policies(const struct config *config, char *lines, size_t size)
{
    lines[0] = '\0';
    for (int code = 0; code < REASON_COUNT; code++) {
        char name[64];
        snprintf(name, sizeof name, "policy.%s", reason_name((enum reason_code)code));
        const struct config_option *option = config_find_option(name);
        if (option != NULL)
            text_append(lines, size, "policy_%s=%s\n", reason_name((enum reason_code)code),
                        config_text(config, option->id));
    }
}

int command_gym_add(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    const struct config *config = cli->config;
    const char *username = words->words[0];
    struct first_gym gym = {
        .username = username,
        .name = given(words->values[GYM_NAME], username),
        .email = words->values[GYM_EMAIL],
        .time_zone = given(words->values[GYM_TIME_ZONE], "UTC"),
        .currency = given(words->values[GYM_CURRENCY], "EUR"),
        .expired_grace = config_int(config, CONFIG_POLICY_EXPIRED_GRACE),
        .expiring_within = config_int(config, CONFIG_POLICY_EXPIRING_WITHIN),
        .auto_checkout_minutes = config_int(config, CONFIG_POLICY_AUTO_CHECKOUT),
        .owing = config_text(config, CONFIG_POLICY_OWING),
        .capacity_policy = config_text(config, CONFIG_POLICY_CAPACITY),
    };
    char settings[1000];
    policies(config, settings, sizeof settings);
    gym.settings = settings;
    int64_t gym_id = 0;
    if (gym.email == NULL)
        error_set(&error, ERROR_USAGE, "Its owner can sign in with it too.",
                  "“gymtui gym add” needs --email ADDRESS");
    if (error.code != ERROR_NONE ||
        !read_capacity(words->values[GYM_CAPACITY], &gym.capacity, &error) ||
        !make(cli, words, &gym, &gym_id, &error))
        return cli_fail(&error);
    out_line(stdout, "%s is gym %" PRId64 ". Its owner signs in as “%s”, without a user.", gym.name,
             gym_id, username);
    return CLI_DONE;
}
