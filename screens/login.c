/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is at the desk: gym, user, password. The user stays blank for the gym's own login. While the
 * screen is locked only the password of the same login is asked for; a kiosk may be ended by
 * another user as well. A demonstration shows its logins below; their digit fills one in.
 */
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"

#define REST 10000 /* as many rows or columns as the area has */

enum login_field { FIELD_GYM, FIELD_STAFF, FIELD_PASSWORD, FIELD_COUNT };

enum login_command {
    LOGIN_SUBMIT = COMMAND_SCREEN,
    LOGIN_NEXT,
    LOGIN_PREVIOUS,
    LOGIN_DEMO, /* + index */
};

#define LABEL_COLUMNS 12
#define FORM_COLUMNS  46
#define DEMO_MOST     9

struct login {
    struct screen_context context;
    struct field fields[FIELD_COUNT];
    enum login_field focus;
    bool busy, locked, kiosk, demo; /* kiosk: locked, and another user may answer */
    bool touched;                   /* somebody chose the field they are in, or typed into one */
    struct error error;
};

static const char *const labels[FIELD_COUNT] = {"Gym", "User", "Password"};

static int demo_count(void)
{
    int count = 0;
    while (count < DEMO_MOST && demo_logins[count].gym != NULL)
        count++;
    return count;
}

static enum login_field first_empty(const struct login *state)
{
    if (state->locked)
        return FIELD_PASSWORD;
    if (field_is_empty(&state->fields[FIELD_GYM]))
        return FIELD_GYM;
    /* A user is not always needed; but a gym alone says nothing about whether one is. */
    return field_is_empty(&state->fields[FIELD_STAFF]) ? FIELD_STAFF : FIELD_PASSWORD;
}

static bool login_open(void *memory, const struct screen_context *context, const void *argument)
{
    (void)argument;
    struct login *state = memory;
    state->context = *context;
    state->locked = host_is_locked(context->host);
    state->kiosk = state->locked && host_is_kiosk(context->host);
    state->demo = !state->locked && host_is_demonstration(context->host);
    state->fields[FIELD_PASSWORD].secret = true;
    const struct session *session = context->session;
    if (state->locked && session != NULL) {
        field_set(&state->fields[FIELD_GYM], session->gym_username);
        field_set(&state->fields[FIELD_STAFF], session->staff_username);
    } else {
        field_set(&state->fields[FIELD_GYM], config_text(context->config, CONFIG_LOGIN_GYM));
        field_set(&state->fields[FIELD_STAFF], config_text(context->config, CONFIG_LOGIN_USER));
    }
    state->focus = first_empty(state);
    return true;
}

static void login_close(void *memory)
{
    struct login *state = memory;
    for (int i = 0; i < FIELD_COUNT; i++)
        field_clear(&state->fields[i]);
}

static void on_result(void *owner, const struct error *error)
{
    struct login *state = owner;
    state->busy = false;
    field_clear(&state->fields[FIELD_PASSWORD]);
    if (error != NULL) {
        state->error = *error;
        state->focus = error->code == ERROR_INPUT ? FIELD_GYM : FIELD_PASSWORD;
        if (state->locked)
            state->focus = FIELD_PASSWORD;
        host_bell(state->context.host);
    }
    host_redraw(state->context.host);
}

static void submit(struct login *state)
{
    if (state->busy)
        return;
    state->touched = true;
    if (field_is_empty(&state->fields[FIELD_GYM])) {
        state->focus = FIELD_GYM;
        error_set(&state->error, ERROR_INPUT, NULL, "Which gym?");
        return;
    }
    if (field_is_empty(&state->fields[FIELD_PASSWORD]) && state->focus != FIELD_PASSWORD) {
        state->focus++;
        return;
    }
    error_clear(&state->error);
    state->busy = true;
    char password[FIELD_SIZE];
    memcpy(password, state->fields[FIELD_PASSWORD].text, sizeof password);
    host_login(state->context.host, state->fields[FIELD_GYM].text, state->fields[FIELD_STAFF].text,
               password, on_result, state);
    explicit_bzero(password, sizeof password);
}

static void move(struct login *state, int step)
{
    state->touched = true;
    if (state->kiosk)
        state->focus = state->focus == FIELD_STAFF ? FIELD_PASSWORD : FIELD_STAFF;
    else if (!state->locked)
        state->focus = (enum login_field)(((int)state->focus + step + FIELD_COUNT) % FIELD_COUNT);
}

static void fill_in(struct login *state, int index)
{
    const struct demo_login *login = &demo_logins[index];
    field_set(&state->fields[FIELD_GYM], login->gym);
    field_set(&state->fields[FIELD_STAFF], login->staff != NULL ? login->staff : "");
    field_set(&state->fields[FIELD_PASSWORD], login->password);
    state->focus = FIELD_PASSWORD;
    state->touched = false; /* another digit fills in another one */
    error_clear(&state->error);
}

static bool login_command(void *memory, int command)
{
    struct login *state = memory;
    host_redraw(state->context.host);
    if (state->busy)
        return command != COMMAND_MENU && command != COMMAND_QUIT && command != COMMAND_REDRAW;
    if (command >= LOGIN_DEMO && command < LOGIN_DEMO + DEMO_MOST) {
        int index = command - LOGIN_DEMO;
        if (state->demo && index < demo_count()) {
            fill_in(state, index);
        } else {
            field_key(&state->fields[state->focus], (uint32_t)('1' + index));
            state->touched = true;
        }
        return true;
    }
    switch (command) {
    case LOGIN_SUBMIT:
        submit(state);
        return true;
    case LOGIN_NEXT:
        move(state, 1);
        return true;
    case LOGIN_PREVIOUS:
        move(state, -1);
        return true;
    case COMMAND_BACK:
        if (state->kiosk && field_is_empty(&state->fields[FIELD_PASSWORD])) {
            host_close(state->context.host);
            return true;
        }
        /* First what is being typed; then, to begin anew, all of it. */
        for (int i = 0; i < FIELD_COUNT && !state->locked; i++) {
            if (field_is_empty(&state->fields[state->focus]))
                field_clear(&state->fields[i]);
        }
        if (field_is_empty(&state->fields[state->focus]))
            state->focus = first_empty(state);
        state->touched = state->focus == FIELD_PASSWORD;
        field_clear(&state->fields[state->focus]);
        error_clear(&state->error);
        return true;
    default: /* commands are numbers: the application's own */
        return false;
    }
}

static bool login_text(void *memory, uint32_t key, const char *text)
{
    struct login *state = memory;
    if (state->busy)
        return true;
    struct field *field = &state->fields[state->focus];
    state->touched = true;
    host_redraw(state->context.host);
    if (key == 0 && text != NULL) {
        field_paste(field, text);
        return true;
    }
    return field_key(field, key);
}

/* The digits of a demonstration's logins work where no password is being typed: a password is,
 * once somebody went to its field; what the configured names or a digit led to is not. */
static bool login_typing(const void *memory, bool *empty)
{
    const struct login *state = memory;
    *empty = state->demo && (!state->touched || (state->focus != FIELD_PASSWORD &&
                                                 field_is_empty(&state->fields[state->focus])));
    return true;
}

/* In front of a kiosk there is the answer, or the way back. */
static bool login_offers(const void *memory, int command)
{
    const struct login *state = memory;
    if (!state->kiosk)
        return true;
    return command == LOGIN_SUBMIT || command == LOGIN_NEXT || command == COMMAND_BACK;
}

/* --- drawing --- */

static void draw_demo(struct area area)
{
    int count = demo_count();
    draw_text(area, 0, 0, ROLE_LABEL, "A demonstration. A digit fills in one of its logins:");
    for (int i = 0; i < count && i + 1 < area.rows; i++) {
        const struct demo_login *login = &demo_logins[i];
        struct area line = area_part(area, i + 1, 0, 1, REST);
        char who[128];
        snprintf(who, sizeof who, "%s%s%s", login->gym,
                 login->staff != NULL && login->staff[0] != '\0' ? " " : "",
                 login->staff != NULL ? login->staff : "");
        draw_format(line, 0, 0, ROLE_STRONG, "%d", i + 1);
        draw_cell(line, 0, 3, 24, ALIGN_LEFT, ROLE_TEXT, who);
        draw_cell(line, 0, 28, 14, ALIGN_LEFT, ROLE_DIM, login->password);
        draw_text(line, 0, 43, ROLE_DIM, login->what);
    }
}

static void draw_field(const struct login *state, struct area area, int y, enum login_field which)
{
    bool focused = state->focus == which && !state->busy;
    draw_text(area, y, 0, focused ? ROLE_STRONG : ROLE_LABEL, labels[which]);
    if (which == FIELD_STAFF && !focused && field_is_empty(&state->fields[which]) &&
        area.columns >= FORM_COLUMNS - 2)
        draw_text(area, y, LABEL_COLUMNS, ROLE_DIM, "(the gym itself)");
    else
        field_draw(&state->fields[which], area, y, LABEL_COLUMNS, area.columns - LABEL_COLUMNS,
                   focused);
}

static void login_draw(void *memory, struct area area)
{
    struct login *state = memory;
    const struct session *session = state->context.session;
    draw_clear(area, ROLE_TEXT);
    int demos = state->demo ? demo_count() + 2 : 0;
    enum login_field first = state->kiosk    ? FIELD_STAFF
                             : state->locked ? FIELD_PASSWORD
                                             : FIELD_GYM;
    int fields = FIELD_COUNT - (int)first;
    bool roomy = area.rows >= 14 + demos - 2;
    int gap = roomy ? 1 : 0;
    int needed = 1 + gap + fields + 1 + (roomy ? 2 : 1) + demos;
    int columns = demos > 0 && area.columns > 76 ? 74 : FORM_COLUMNS;
    int x = area.columns > columns + 2 ? (area.columns - columns) / 2 : 1;
    int y = area.rows > needed ? (area.rows - needed) / 2 : 0;
    struct area form = area_part(area, y, x, REST, REST);
    form = area_part(form, 0, 0, REST, columns);

    y = 0;
    if (state->kiosk)
        draw_text(form, y, 0, ROLE_STRONG, "To end the kiosk: its user, or a manager");
    else if (state->locked && session != NULL)
        draw_format(form, y, 0, ROLE_STRONG, "Locked: %s, %s", session->gym_name,
                    session->staff_username[0] != '\0' ? session->staff_name
                                                       : session->gym_username);
    else
        draw_text(form, y, 0, ROLE_STRONG, "Sign in");
    y += 1 + gap;
    struct area narrow = area_part(form, 0, 0, REST, FORM_COLUMNS);
    for (enum login_field i = first; i < FIELD_COUNT; i++)
        draw_field(state, narrow, y++, i);
    y += gap;
    struct area below = area_part(form, y, 0, REST, REST);
    if (state->busy) {
        draw_text(below, 0, 0, ROLE_DIM, state->locked ? "Looking…" : "Signing in…");
    } else if (state->error.code != ERROR_NONE) {
        char text[600];
        snprintf(text, sizeof text, "%s %s%s%s", sign_text(SIGN_BAD), state->error.message,
                 state->error.hint[0] != '\0' ? ". " : "", state->error.hint);
        draw_paragraph(area_part(below, 0, 0, demos > 0 ? 2 : REST, REST), 0, 0, ROLE_BAD, text,
                       false);
    }
    if (demos > 0)
        draw_demo(area_part(form, y + (roomy ? 3 : 1), 0, REST, REST));
}

static const struct key_entry keys[] = {
    {LOGIN_SUBMIT, "submit", "Enter", "sign in", "Goes to the next empty field, or signs in.",
     KEY_IN_BAR},
    {LOGIN_NEXT, "next", "Tab Down", "next field", "To the next field.", KEY_IN_BAR},
    {LOGIN_PREVIOUS, "previous", "Shift-Tab Up", "field before", "To the field before.", 0},
    {COMMAND_BACK, "clear", "Esc", "clear",
     "Empties the field; from a kiosk's question, goes back.", 0},
    {COMMAND_MENU, "menu", "F10", "menu", "Sign out, or leave gymtui.", KEY_IN_BAR},
    {COMMAND_QUIT, "quit", "^D", "leave", "Leaves gymtui.", KEY_IN_BAR},
    {COMMAND_HELP, "help", "F1", "help", "The keys of this screen; typing filters them.", 0},
    {LOGIN_DEMO, "demo_1", "1", "first login",
     "On a demonstration, in an empty field: fills its first login in.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 1, "demo_2", "2", "second login", "The second.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 2, "demo_3", "3", "third login", "The third.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 3, "demo_4", "4", "fourth login", "The fourth.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 4, "demo_5", "5", "fifth login", "The fifth.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 5, "demo_6", "6", "sixth login", "The sixth.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 6, "demo_7", "7", "seventh login", "The seventh.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 7, "demo_8", "8", "eighth login", "The eighth.", KEY_WHEN_EMPTY},
    {LOGIN_DEMO + 8, "demo_9", "9", "ninth login", "The ninth.", KEY_WHEN_EMPTY},
    {0},
};

const struct screen screen_login = {
    .name = "login",
    .title = "Sign in",
    .about = "The gym's user name or e-mail address, your own user name (blank for the gym's "
             "login), and the password.",
    .state_size = sizeof(struct login),
    .keys = keys,
    .least = LEVEL_DESK,
    .open = login_open,
    .draw = login_draw,
    .command = login_command,
    .offers = login_offers,
    .text = login_text,
    .typing = login_typing,
    .close = login_close,
};
