/* SPDX-License-Identifier: GPL-3.0-or-later */
/* staff list, add, passwd, disable, enable: who may sign in, and as what. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/db/gyms.h"

/* --- the gym it is about --- */

struct gym_answer {
    struct answer answer;
    const char *wanted;
    int64_t gym_id;
};

static void on_gyms(void *owner, const struct gym_row *rows, int count, const struct error *error)
{
    struct gym_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < count; i++) {
        if (strcmp(rows[i].username, take->wanted) == 0)
            take->gym_id = rows[i].gym_id;
    }
}

static bool find_gym(struct visit *visit, const struct cli *cli, const char *wanted,
                     int64_t *gym_id, struct error *error)
{
    *gym_id = visit->session.gym_id;
    if (wanted == NULL)
        return true;
    struct gym_answer take = {.wanted = wanted};
    gyms_list(visit->db, on_gyms, &take);
    if (!visit_wait(visit, cli, &take.answer, error))
        return false;
    *gym_id = take.gym_id;
    return take.gym_id != 0 || error_set(error, ERROR_NOT_FOUND, NULL,
                                         "You see no gym with the user name “%s”", wanted);
}

/* The demonstration's own login for this is the chain's when a gym is named, else the owner's. */
static bool open_for(struct visit *visit, const struct cli *cli, const struct cli_words *words,
                     int64_t *gym_id, struct error *error)
{
    const char *gym = words->values[STAFF_GYM];
    return visit_open(visit, cli, gym != NULL ? LEVEL_CHAIN : LEVEL_OWNER, error) &&
           find_gym(visit, cli, gym, gym_id, error);
}

/* --- list --- */

struct staff_answer {
    struct answer answer;
    struct staff_row *rows;
    int count;
};

static void on_staff(void *owner, const struct staff_row *rows, int count,
                     const struct error *error)
{
    struct staff_answer *take = owner;
    take->rows = answer_take_rows(&take->answer, error, rows, count, sizeof *rows);
    take->count = take->rows != NULL ? count : 0;
}

int command_staff_list(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit;
    struct staff_answer take = {0};
    int64_t gym_id;
    bool answered = false;
    if (open_for(&visit, cli, words, &gym_id, &error)) {
        staff_list(visit.db, gym_id, on_staff, &take);
        answered = visit_wait(&visit, cli, &take.answer, &error);
    }
    visit_close(&visit);
    char line[400] = "";
    if (answered) {
        out_cell(line, sizeof line, "User", 20);
        out_cell(line, sizeof line, "Name", 32);
        text_append(line, sizeof line, "Level");
        out_line(stdout, "%s", line);
    }
    for (int i = 0; answered && i < take.count; i++) {
        const struct staff_row *row = &take.rows[i];
        line[0] = '\0';
        out_cell(line, sizeof line, *row->username != '\0' ? row->username : "– (the gym itself)",
                 20);
        out_cell(line, sizeof line, row->name, 32);
        text_append(line, sizeof line, "%s%s", level_name(row->level),
                    row->disabled ? ", disabled" : "");
        out_line(stdout, "%s", line);
    }
    free(take.rows);
    return answered ? CLI_DONE : cli_fail(&error);
}

/* --- add, passwd, disable, enable --- */

static void on_done(void *owner, const struct error *error)
{
    answer_take(owner, error);
}

static bool parse_level(const char *text, enum level *level, struct error *error)
{
    *level = LEVEL_DESK;
    if (text == NULL)
        return true;
    for (int i = LEVEL_DESK; i <= LEVEL_CHAIN; i++) {
        if (strcmp(level_name((enum level)i), text) == 0) {
            *level = (enum level)i;
            return true;
        }
    }
    return error_set(error, ERROR_USAGE, NULL, "--level is desk, manager, owner or chain, not “%s”",
                     text);
}

static int finish(bool done, const struct error *error, const char *user, const char *what)
{
    if (!done)
        return cli_fail(error);
    out_line(stdout, "%s: %s", user, what);
    return CLI_DONE;
}

int command_staff_add(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    enum level level;
    const char *user = words->words[0];
    const char *name = words->values[STAFF_NAME];
    char password[256];
    if (!parse_level(words->values[STAFF_LEVEL], &level, &error) ||
        !password_read(words->values[STAFF_PASSWORD_FILE], user, password, sizeof password, &error))
        return cli_fail(&error);
    struct visit visit;
    struct answer answer = {0};
    int64_t gym_id;
    bool done = false;
    if (open_for(&visit, cli, words, &gym_id, &error)) {
        staff_add(visit.db, gym_id, user, name != NULL ? name : user, level, password, on_done,
                  &answer);
        done = visit_wait(&visit, cli, &answer, &error);
    }
    visit_close(&visit);
    password_wipe(password, sizeof password);
    char what[80];
    snprintf(what, sizeof what, "may sign in now, level %s", level_name(level));
    return finish(done, &error, user, what);
}

int command_staff_passwd(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    const char *user = words->words[0];
    char password[256];
    if (!password_read(words->values[STAFF_PASSWORD_FILE], user, password, sizeof password, &error))
        return cli_fail(&error);
    struct visit visit;
    struct answer answer = {0};
    int64_t gym_id;
    bool done = false;
    if (open_for(&visit, cli, words, &gym_id, &error)) {
        staff_set_password(visit.db, gym_id, user, password, on_done, &answer);
        done = visit_wait(&visit, cli, &answer, &error);
    }
    visit_close(&visit);
    password_wipe(password, sizeof password);
    return finish(done, &error, user, "the new password holds from now on");
}

static int set_disabled(const struct cli *cli, const struct cli_words *words, bool disabled)
{
    struct error error = {0};
    struct visit visit;
    struct answer answer = {0};
    int64_t gym_id;
    bool done = false;
    if (open_for(&visit, cli, words, &gym_id, &error)) {
        staff_set_disabled(visit.db, gym_id, words->words[0], disabled, on_done, &answer);
        done = visit_wait(&visit, cli, &answer, &error);
    }
    visit_close(&visit);
    return finish(done, &error, words->words[0],
                  disabled ? "disabled; open sessions end with their next step"
                           : "may sign in again");
}

int command_staff_disable(const struct cli *cli, const struct cli_words *words)
{
    return set_disabled(cli, words, true);
}

int command_staff_enable(const struct cli *cli, const struct cli_words *words)
{
    return set_disabled(cli, words, false);
}
