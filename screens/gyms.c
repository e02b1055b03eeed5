/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gyms: the list (one, or all of a chain), the selected one's details and door policies, and its
 * staff. Managers read; owners change their gym and its staff; the chain adds gyms. */
#include "gyms_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"

#define DETAIL_ROWS 5

enum {
    GYMS_NEW_STAFF = COMMAND_SCREEN,
    GYMS_SETTINGS,
    GYMS_PASSWORD,
    GYMS_DISABLE,
    GYMS_NEW_GYM,
    GYMS_WORK_HERE,
    GYMS_DOOR,
    GYMS_TRAINERS,
};

static const struct key_entry keys[] = {
    {GYMS_SETTINGS, "settings", "F4 e", "settings",
     "Change the gym's address, clock and capacity (owners); in the list of trainers, the trainer.",
     KEY_IN_BAR},
    {GYMS_DOOR, "door", "F7 d", "door",
     "Change hours, limits, and what the door does about each reason (owners).", KEY_IN_BAR},
    {GYMS_NEW_STAFF, "new_staff", "F2 Ins a", "add",
     "Add a login for one of the staff; in the list of trainers, a trainer.", KEY_IN_BAR},
    {GYMS_TRAINERS, "trainers", "F9 t", "trainers", "Show the trainers, or the staff again.",
     KEY_IN_BAR},
    {GYMS_PASSWORD, "password", "F6 p", "password",
     "Set the selected staff's password; in the list of gyms, the gym's own.", KEY_IN_BAR},
    {GYMS_DISABLE, "disable", "F8 x", "disable", "Disable a login, or let it in again.",
     KEY_IN_BAR},
    {GYMS_NEW_GYM, "new_gym", "F3 n", "new gym", "Add a gym to the chain (chain level).", 0},
    {GYMS_WORK_HERE, "work_here", "F5 w", "work here",
     "Let all screens work on the selected gym (chain level).", 0},
    {COMMAND_RIGHT, "to_staff", "Right l Enter", "staff", "Go to the staff list.", 0},
    {COMMAND_LEFT, "to_gyms", "Left h", "gyms", "Go to the list of gyms.", 0},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"gyms", NULL};

/* --- rows --- */

enum { GYM_NAME, GYM_LOGIN, GYM_MEMBERS, GYM_INSIDE, GYM_HOLDS, GYM_STAFF, GYM_ZONE, GYM_COLUMNS };

static const struct table_column gym_columns[GYM_COLUMNS] = {
    [GYM_NAME] = {"Gym", 24, 2, ALIGN_LEFT, 0, false},
    [GYM_LOGIN] = {"Login", 16, 1, ALIGN_LEFT, 2, false},
    [GYM_MEMBERS] = {"Members", 7, 0, ALIGN_RIGHT, 0, false},
    [GYM_INSIDE] = {"In now", 6, 0, ALIGN_RIGHT, 1, false},
    [GYM_HOLDS] = {"Holds", 6, 0, ALIGN_RIGHT, 1, false},
    [GYM_STAFF] = {"Staff", 5, 0, ALIGN_RIGHT, 3, false},
    [GYM_ZONE] = {"Time zone", 14, 0, ALIGN_LEFT, 4, false},
};

static void write_gym(void *owner, const void *row_, int column, char *text, size_t size,
                      enum role *role)
{
    const struct gym_row *row = row_;
    const struct gyms_state *state = owner;
    switch (column) {
    case GYM_NAME:
        /* The one that the screens work on is marked when there are several. */
        snprintf(text, size, "%s%s", row->name,
                 state->count > 1 && row->gym_id == state->context.session->gym_id ? " (here)"
                                                                                   : "");
        *role = ROLE_STRONG;
        break;
    case GYM_LOGIN:
        snprintf(text, size, "%s", row->username);
        break;
    case GYM_MEMBERS:
        snprintf(text, size, "%d", row->members);
        break;
    case GYM_INSIDE:
        snprintf(text, size, "%d", row->inside);
        if (row->capacity > 0 && row->inside >= row->capacity)
            *role = ROLE_WARN;
        break;
    case GYM_HOLDS:
        if (row->capacity > 0)
            snprintf(text, size, "%d", row->capacity);
        else
            snprintf(text, size, "any");
        break;
    case GYM_STAFF:
        snprintf(text, size, "%d", row->staff);
        break;
    default:
        snprintf(text, size, "%s", row->time_zone);
        break;
    }
}

enum { STAFF_NAME, STAFF_LOGIN, STAFF_LEVEL, STAFF_STATE, STAFF_COLUMNS };

static const struct table_column staff_columns[STAFF_COLUMNS] = {
    [STAFF_NAME] = {"Staff", 16, 2, ALIGN_LEFT, 0, false},
    [STAFF_LOGIN] = {"User name", 12, 1, ALIGN_LEFT, 1, false},
    [STAFF_LEVEL] = {"Level", 9, 0, ALIGN_LEFT, 0, false},
    [STAFF_STATE] = {"State", 10, 0, ALIGN_LEFT, 0, false},
};

static void write_staff(void *owner, const void *row_, int column, char *text, size_t size,
                        enum role *role)
{
    const struct staff_row *row = row_;
    (void)owner;
    if (row->disabled)
        *role = ROLE_DIM;
    switch (column) {
    case STAFF_NAME:
        snprintf(text, size, "%s", row->name);
        break;
    case STAFF_LOGIN:
        snprintf(text, size, "%s", row->username[0] ? row->username : "(own login)");
        if (!row->username[0])
            *role = ROLE_DIM;
        break;
    case STAFF_LEVEL:
        snprintf(text, size, "%s", level_name(row->level));
        break;
    default:
        snprintf(text, size, "%s %s", sign_text(row->disabled ? SIGN_BAD : SIGN_GOOD),
                 row->disabled ? "disabled" : "active");
        *role = row->disabled ? ROLE_BAD : ROLE_GOOD;
        break;
    }
}

static bool same_gym(const void *a, const void *b)
{
    return ((const struct gym_row *)a)->gym_id == ((const struct gym_row *)b)->gym_id;
}

static bool same_staff(const void *a, const void *b)
{
    return strcmp(((const struct staff_row *)a)->username,
                  ((const struct staff_row *)b)->username) == 0;
}

bool gyms_may_edit(const struct gyms_state *state)
{
    return state->context.session->level >= LEVEL_OWNER;
}

const struct gym_row *gyms_selected(const struct gyms_state *state)
{
    return table_selected(state->gyms);
}

/* --- reading --- */

static void on_staff(void *owner, const struct staff_row *rows, int count,
                     const struct error *error)
{
    struct gyms_state *state = owner;
    const struct gym_row *gym = gyms_selected(state);
    state->staff_reading = false;
    if (!gym || gym->gym_id != state->staff_of) { /* the cursor moved on meanwhile */
        gyms_read_staff(state);
        return;
    }
    if (error) {
        table_set_empty(state->staff, error->code == ERROR_PERMISSION
                                          ? "The staff of this gym is not yours to see."
                                          : "The staff could not be read.");
        table_fill(state->staff, NULL, 0, false, false);
    } else {
        table_set_empty(state->staff, "No staff yet: the gym's own login does everything. "
                                      "F2 adds the first one.");
        table_replace(state->staff, rows, count < STAFF_MOST ? count : STAFF_MOST, false, false,
                      same_staff);
        state->staff_loaded = true;
    }
    host_redraw(state->context.host);
}

void gyms_read_staff(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    if (!gym || state->staff_reading)
        return;
    if (state->staff_of != gym->gym_id) {
        state->staff_of = gym->gym_id;
        table_set_empty(state->staff, "Reading the staff…");
        table_reset(state->staff, false);
    }
    state->staff_reading = true;
    staff_list(state->context.db, gym->gym_id, on_staff, state);
}

/* The list starts at the gym that is worked at; with one gym there is nothing to choose. */
static void select_own(struct gyms_state *state)
{
    for (int i = 0; i < state->count; i++)
        if (state->rows[i].gym_id == state->context.session->gym_id)
            table_select(state->gyms, i);
    state->on_staff = state->count == 1;
}

static void on_gyms(void *owner, const struct gym_row *rows, int count, const struct error *error)
{
    struct gyms_state *state = owner;
    state->reading = false;
    if (error) {
        table_set_stale(state->gyms, true);
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        state->count = count < GYMS_MOST ? count : GYMS_MOST;
        if (count > 0)
            memcpy(state->rows, rows, (size_t)state->count * sizeof *rows);
        table_set_stale(state->gyms, false);
        table_set_empty(state->gyms, "No gym yet. F3 adds the first one.");
        if (state->loaded)
            table_replace(state->gyms, state->rows, state->count, false, false, same_gym);
        else
            table_fill(state->gyms, state->rows, state->count, false, false);
        if (!state->loaded)
            select_own(state);
        state->loaded = true;
        gyms_settings_explain_conflict(state);
        gyms_read_staff(state);
    }
    host_redraw(state->context.host);
    if (state->again) {
        state->again = false;
        gyms_read(state);
    }
}

void gyms_read(struct gyms_state *state)
{
    if (state->reading) {
        state->again = true;
        return;
    }
    state->reading = true;
    gyms_list(state->context.db, on_gyms, state);
}

/* --- the screen's slots --- */

static bool open_gyms(void *state_, const struct screen_context *context, const void *argument)
{
    struct gyms_state *state = state_;
    (void)argument;
    state->context = *context;
    state->rows = calloc(GYMS_MOST, sizeof *state->rows);
    state->gyms =
        table_new(gym_columns, GYM_COLUMNS, sizeof(struct gym_row), GYMS_MOST, write_gym, state);
    state->trainers = gyms_trainers_table(state);
    state->staff = table_new(staff_columns, STAFF_COLUMNS, sizeof(struct staff_row), STAFF_MOST,
                             write_staff, state);
    if (!state->rows || !state->gyms || !state->staff || !state->trainers) {
        free(state->rows);
        table_free(state->gyms);
        table_free(state->staff);
        table_free(state->trainers);
        return false;
    }
    table_set_empty(state->gyms, "Reading the gyms…");
    table_set_empty(state->staff, "");
    gyms_read(state);
    return true;
}

static void add_part(char *dst, size_t size, const char *part)
{
    if (part[0])
        text_append(dst, size, "%s%s", dst[0] ? " · " : "", part);
}

static const char *policy_words(const char *policy)
{
    if (strcmp(policy, "deny") == 0)
        return "denied";
    return strcmp(policy, "warn") == 0 ? "let in, warned" : "let in";
}

static void draw_details(const struct gyms_state *state, struct area area)
{
    const struct gym_row *gym = gyms_selected(state);
    if (!gym || area.rows < 1)
        return;
    char words[600] = "", part[200];
    bool labels = area.columns >= 60;
    int x = labels ? 13 : 1, y = 0;
    add_part(words, sizeof words, gym->address);
    add_part(words, sizeof words, gym->phone);
    if (labels)
        draw_text(area, y, 1, ROLE_LABEL, "Reach");
    draw_text(area, y++, x, ROLE_TEXT, words[0] ? words : "no address: F4 adds it");

    /* Each of them signs in. */
    snprintf(words, sizeof words, "%s or %s", gym->username, gym->email);
    if (labels)
        draw_text(area, y, 1, ROLE_LABEL, "Signs in as");
    draw_text(area, y++, x, ROLE_TEXT, words);

    snprintf(words, sizeof words, "%s · %s", gym->time_zone, gym->currency);
    if (gym->capacity > 0)
        snprintf(part, sizeof part, "holds %d", gym->capacity);
    else
        snprintf(part, sizeof part, "no limit of people");
    add_part(words, sizeof words, part);
    if (labels)
        draw_text(area, y, 1, ROLE_LABEL, "House");
    draw_text(area, y++, x, ROLE_TEXT, words);

    snprintf(words, sizeof words, "who owes is %s · full house: %s", policy_words(gym->owing),
             policy_words(gym->capacity_policy));
    if (labels)
        draw_text(area, y, 1, ROLE_LABEL, "Door");
    draw_text(area, y++, x, ROLE_TEXT, words);
    snprintf(
        words, sizeof words, "%s%s%s%sgrace %d d, warns %d d ahead · visits end after %d:%02d h",
        gym->opening[0]   ? gym->opening
        : gym->closing[0] ? "…"
                          : "",
        gym->opening[0] || gym->closing[0] ? "–" : "", gym->closing,
        gym->opening[0] || gym->closing[0] ? " · " : "", gym->expired_grace, gym->expiring_within,
        gym->auto_checkout_minutes / 60, gym->auto_checkout_minutes % 60);
    draw_text(area, y, x, ROLE_TEXT, words);
}

static void draw_gyms(void *state_, struct area area)
{
    struct gyms_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    /* The list takes what it needs, at most a third; the staff gets what is left. */
    int most = area.rows / 3 > 3 ? area.rows / 3 : 3;
    int rows = 1 + (state->count > 0 ? state->count : 2);
    if (!state->loaded)
        rows = area.rows;
    else if (rows > most)
        rows = most;
    table_draw(state->gyms, area_take_top(&area, rows), true, !state->on_staff);
    if (!state->loaded)
        return;
    draw_rule(area_take_top(&area, 1), 0);
    if (area.rows >= 10) {
        draw_details(state, area_take_top(&area, DETAIL_ROWS));
        draw_rule(area_take_top(&area, 1), 0);
    }
    table_draw(state->show_trainers ? state->trainers : state->staff, area, true, state->on_staff);
}

static void on_picked(void *owner, const struct session *session, const struct error *error)
{
    struct gyms_state *state = owner;
    struct host *host = state->context.host;
    if (error) {
        host_say_error(host, error);
        return;
    }
    host_set_session(host, session);
    host_say(host, ROLE_GOOD, "%s All screens show %s now", sign_text(SIGN_GOOD),
             session->gym_name);
    host_redraw(host);
}

static void work_here(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    if (!gym)
        return;
    if (state->context.session->level < LEVEL_CHAIN)
        host_say(state->context.host, ROLE_WARN, "Only the chain's login works on several gyms");
    else
        session_pick_gym(state->context.db, gym->gym_id, on_picked, state);
}

/* Trainers are a manager's matter too. */
static bool is_of_trainers(const struct gyms_state *state, int command)
{
    return command == GYMS_TRAINERS || (state->show_trainers && state->on_staff &&
                                        (command == GYMS_NEW_STAFF || command == GYMS_SETTINGS));
}

static bool offers_gyms(const void *state_, int command)
{
    const struct gyms_state *state = state_;
    bool is_login = command == GYMS_PASSWORD || command == GYMS_DISABLE;
    if (command < COMMAND_SCREEN || is_of_trainers(state, command))
        return true;
    if (command == GYMS_NEW_GYM || command == GYMS_WORK_HERE)
        return state->context.session->level >= LEVEL_CHAIN;
    return gyms_may_edit(state) && !(is_login && state->show_trainers && state->on_staff);
}

static bool command_gyms(void *state_, int command)
{
    struct gyms_state *state = state_;
    struct host *host = state->context.host;
    bool of_trainers = is_of_trainers(state, command);
    if (command >= COMMAND_SCREEN && !of_trainers && !gyms_may_edit(state)) {
        host_say(host, ROLE_WARN, "Gyms and staff are changed by the owner");
        return true;
    }
    switch (command) {
    case GYMS_TRAINERS:
        gyms_trainers_toggle(state);
        return true;
    case GYMS_DOOR:
        if (gyms_selected(state))
            gyms_door_ask(state, gyms_selected(state));
        return true;
    case COMMAND_RIGHT:
        state->on_staff = true;
        host_redraw(host);
        return true;
    case COMMAND_LEFT:
        state->on_staff = false;
        host_redraw(host);
        return true;
    case GYMS_SETTINGS:
        if (of_trainers) {
            if (table_selected(state->trainers) != NULL)
                gyms_trainer_ask(state, table_selected(state->trainers));
        } else if (gyms_selected(state))
            gyms_settings_ask(state, gyms_selected(state));
        return true;
    case GYMS_NEW_STAFF:
        if (of_trainers)
            gyms_trainer_ask(state, NULL);
        else
            gyms_staff_add_ask(state);
        return true;
    case GYMS_PASSWORD:
    case GYMS_DISABLE:
        if (state->show_trainers && state->on_staff)
            host_say(host, ROLE_WARN, "Trainers have no login; F9 shows the staff again");
        else if (command == GYMS_PASSWORD)
            gyms_password_ask(state);
        else
            gyms_staff_disable_ask(state);
        return true;
    case GYMS_NEW_GYM:
        if (state->context.session->level >= LEVEL_CHAIN)
            gyms_settings_ask(state, NULL);
        else
            host_say(host, ROLE_WARN, "Gyms are added by the chain's login");
        return true;
    case GYMS_WORK_HERE:
        work_here(state);
        return true;
    default:
        break;
    }
    struct table *below = state->show_trainers ? state->trainers : state->staff;
    if (!table_command(state->on_staff ? below : state->gyms, command))
        return false;
    if (!state->on_staff)
        gyms_read_staff(state);
    host_redraw(host);
    return true;
}

static void clicked_gyms(void *state_, const struct table *table, bool again)
{
    struct gyms_state *state = state_;
    (void)again;
    state->on_staff = table != state->gyms;
    if (!state->on_staff)
        gyms_read_staff(state);
}

static void changed_gyms(void *state_, const char *topic)
{
    (void)topic;
    gyms_read(state_);
    gyms_read_trainers(state_);
}

static void state_changed_gyms(void *state_, enum db_state db_state)
{
    struct gyms_state *state = state_;
    table_set_stale(state->gyms, db_state != DB_STATE_READY);
    table_set_stale(state->staff, db_state != DB_STATE_READY);
    table_set_stale(state->trainers, db_state != DB_STATE_READY);
    host_redraw(state->context.host);
}

static void close_gyms(void *state_)
{
    struct gyms_state *state = state_;
    table_free(state->gyms);
    table_free(state->staff);
    table_free(state->trainers);
    free(state->rows);
}

const struct screen screen_gyms = {
    .name = "gyms",
    .title = "Gyms",
    .about = "The gyms, their clocks, capacity and what their doors do, and who works there: staff "
             "with their logins, trainers.",
    .state_size = sizeof(struct gyms_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_gyms,
    .draw = draw_gyms,
    .command = command_gyms,
    .offers = offers_gyms,
    .clicked = clicked_gyms,
    .changed = changed_gyms,
    .state_changed = state_changed_gyms,
    .close = close_gyms,
};
