/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in for one command: the same login, the same rights, as on the screen. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gymtui/base/text.h"

#define PATIENCE_MS 15000 /* over the lanes' own limits: a lost line is looked up once */

struct login {
    char gym[128], staff[64], password[256];
};

static bool find_login(const struct cli *cli, const struct place *place, enum level wanted,
                       struct login *login, struct error *error)
{
    const struct config *config = cli->config;
    snprintf(login->gym, sizeof login->gym, "%s", config_text(config, CONFIG_LOGIN_GYM));
    snprintf(login->staff, sizeof login->staff, "%s", config_text(config, CONFIG_LOGIN_USER));
    snprintf(login->password, sizeof login->password, "%s",
             config_text(config, CONFIG_LOGIN_PASSWORD));
    if (*login->gym != '\0')
        return true;
    for (const struct demo_login *demo = demo_logins; place->is_private && demo->gym != NULL;
         demo++) {
        if (demo->level != wanted)
            continue;
        snprintf(login->gym, sizeof login->gym, "%s", demo->gym);
        snprintf(login->staff, sizeof login->staff, "%s", demo->staff != NULL ? demo->staff : "");
        snprintf(login->password, sizeof login->password, "%s", demo->password);
        return true;
    }
    return error_set(error, ERROR_LOGIN,
                     "Set login.gym and login.user, and put the password into ~/.pgpass or into "
                     "GYMTUI_LOGIN_PASSWORD.",
                     "The command line has no login");
}

bool answer_take(struct answer *answer, const struct error *error)
{
    answer->came = true;
    if (error != NULL)
        answer->error = *error;
    return error == NULL;
}

void *answer_take_rows(struct answer *answer, const struct error *error, const void *rows,
                       int count, size_t size)
{
    if (!answer_take(answer, error))
        return NULL;
    void *copy = calloc((size_t)(count > 0 ? count : 1), size);
    if (copy == NULL)
        error_set(&answer->error, ERROR_SYSTEM, NULL, "Out of memory");
    else if (count > 0)
        memcpy(copy, rows, (size_t)count * size);
    return copy;
}

/* One round over the hosts of the conninfo: a person at a prompt would rather know than wait on. */
static int connect_patience(const struct cli *cli, const char *conninfo)
{
    int hosts = 1;
    for (const char *comma = strchr(conninfo, ','); comma != NULL; comma = strchr(comma + 1, ','))
        hosts++;
    return hosts * config_int(cli->config, CONFIG_DATABASE_CONNECT_TIMEOUT);
}

static int patience(const struct cli *cli)
{
    return config_int(cli->config, CONFIG_DATABASE_CONNECT_TIMEOUT) +
           config_int(cli->config, CONFIG_DATABASE_BROWSE_TIMEOUT) + PATIENCE_MS;
}

bool visit_wait(struct visit *visit, const struct cli *cli, const struct answer *answer,
                struct error *error)
{
    if (!answer->came && !db_wait(visit->db, patience(cli), error))
        return false;
    if (!answer->came)
        return error_set(error, ERROR_OFFLINE, "Try again in a moment.",
                         "The database did not answer");
    if (answer->error.code != ERROR_NONE) {
        *error = answer->error;
        return false;
    }
    return true;
}

struct session_answer {
    struct answer answer;
    struct session *session;
};

static void on_session(void *owner, const struct session *session, const struct error *error)
{
    struct session_answer *take = owner;
    if (answer_take(&take->answer, error))
        *take->session = *session;
}

/* `patience_ms`: how long one statement may take; 0: as configured. */
static bool connect_as(struct visit *visit, const struct cli *cli, const char *role,
                       const struct login *login, int patience_ms, struct error *error)
{
    const struct config *config = cli->config;
    struct db_settings settings = {
        .conninfo = visit->place.conninfo,
        .browse_conninfo = config_text(config, CONFIG_DATABASE_BROWSE_CONNINFO),
        .user = role,
        .password = *login->password != '\0' ? login->password : NULL,
        .desk_timeout_ms =
            patience_ms > 0 ? patience_ms : config_int(config, CONFIG_DATABASE_DESK_TIMEOUT),
        .browse_timeout_ms = config_int(config, CONFIG_DATABASE_BROWSE_TIMEOUT),
        .connect_timeout_ms = config_int(config, CONFIG_DATABASE_CONNECT_TIMEOUT),
        .application_name = "gymtui command",
    };
    visit->db = db_open(&settings, error);
    if (visit->db == NULL)
        return false;
    if (db_wait(visit->db, connect_patience(cli, settings.conninfo), error))
        return true;
    db_close(visit->db);
    visit->db = NULL;
    return false;
}

static bool sign_in(struct visit *visit, const struct cli *cli, struct login *login,
                    int patience_ms, struct error *error)
{
    char role[64];
    if (!login_role_name(visit->place.database, login->gym, login->staff, role, sizeof role, error))
        return false;
    if (connect_as(visit, cli, role, login, patience_ms, error))
        return true;
    /* No password anywhere: a person can still be asked. */
    if (error->code != ERROR_LOGIN || *login->password != '\0' || !isatty(STDIN_FILENO))
        return false;
    char prompt[256];
    snprintf(prompt, sizeof prompt, "Password of %s%s%s: ", login->gym,
             *login->staff != '\0' ? ", " : "", login->staff);
    return password_ask(prompt, login->password, sizeof login->password, error) &&
           connect_as(visit, cli, role, login, patience_ms, error);
}

bool visit_open(struct visit *visit, const struct cli *cli, enum level wanted, struct error *error)
{
    return visit_open_patient(visit, cli, wanted, 0, error);
}

bool visit_open_patient(struct visit *visit, const struct cli *cli, enum level wanted,
                        int patience_ms, struct error *error)
{
    struct login login;
    memset(visit, 0, sizeof *visit);
    if (!place_find(cli, &visit->place, error) ||
        !find_login(cli, &visit->place, wanted, &login, error))
        return false;
    bool in = sign_in(visit, cli, &login, patience_ms, error);
    password_wipe(login.password, sizeof login.password);
    if (!in)
        return false;
    struct session_answer take = {.session = &visit->session};
    session_read(visit->db, on_session, &take);
    return visit_wait(visit, cli, &take.answer, error);
}

void visit_close(struct visit *visit)
{
    db_close(visit->db);
    visit->db = NULL;
}
