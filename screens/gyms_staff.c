/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Staff: adding, passwords, disabling. Nobody is deleted, since visits and payments name them. */
#include "gyms_list.h"

#include <stdio.h>
#include <string.h>

#include "saved.h"

#define LEAST_PASSWORD 8

static const char *const levels[] = {
    "desk",  "desk: checks in, sells",         "manager", "manager: also plans and figures",
    "owner", "owner: also staff and settings", NULL};

static enum level level_of(const char *name)
{
    for (int level = LEVEL_DESK; level < LEVEL_CHAIN; level++)
        if (strcmp(level_name((enum level)level), name) == 0)
            return (enum level)level;
    return LEVEL_DESK;
}

static void finish(struct gyms_state *state, const struct error *error, const char *done)
{
    struct host *host = state->context.host;
    if (!saved_or_told(host, error))
        return;
    host_say(host, ROLE_GOOD, "%s %s: %s", sign_text(SIGN_GOOD), state->person.name, done);
    gyms_read_staff(state);
}

static bool passwords_match(struct gyms_state *state, struct form *form, int first)
{
    const char *message = NULL;
    if (strlen(form_text(form, first)) < LEAST_PASSWORD)
        message = "At least 8 characters";
    else if (strcmp(form_text(form, first), form_text(form, first + 1)) != 0)
        message = "The two differ";
    if (!message)
        return true;
    form_complain(form, first, message);
    host_form_done(state->context.host, false);
    return false;
}

/* --- add --- */

enum { ADD_NAME, ADD_USERNAME, ADD_LEVEL, ADD_PASSWORD, ADD_AGAIN, ADD_ENTRIES };

static void on_added(void *owner, const struct error *error)
{
    finish(owner, error, "can sign in now");
}

static void save_added(void *owner, struct form *form)
{
    struct gyms_state *state = owner;
    if (!passwords_match(state, form, ADD_PASSWORD))
        return;
    snprintf(state->person.name, sizeof state->person.name, "%s", form_text(form, ADD_NAME));
    staff_add(state->context.db, state->person.gym_id, form_text(form, ADD_USERNAME),
              form_text(form, ADD_NAME), level_of(form_text(form, ADD_LEVEL)),
              form_text(form, ADD_PASSWORD), on_added, state);
}

void gyms_staff_add_ask(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    if (!gym)
        return;
    char title[200];
    state->person = (struct staff_row){.gym_id = gym->gym_id};
    struct form_entry entries[ADD_ENTRIES] = {
        [ADD_NAME] = {.label = "Name",
                      .required = true,
                      .maximum = sizeof state->person.name - 1,
                      .hint = "As the feed and receipts show it"},
        [ADD_USERNAME] = {.label = "User name",
                          .required = true,
                          .maximum = 30,
                          .hint = "Typed at sign-in: letters, digits, - and _"},
        [ADD_LEVEL] = {.label = "May", .kind = FORM_CHOICE, .value = "desk", .choices = levels},
        [ADD_PASSWORD] = {.label = "Password",
                          .kind = FORM_SECRET,
                          .required = true,
                          .maximum = 100,
                          .hint = "At least 8 characters"},
        [ADD_AGAIN] = {.label = "Once more", .kind = FORM_SECRET, .required = true, .maximum = 100},
    };
    snprintf(title, sizeof title, "New staff at %s", gym->name);
    struct form *form = form_new(title, entries, ADD_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_added, NULL, state);
}

/* --- password --- */

enum { PASSWORD_NEW, PASSWORD_AGAIN, PASSWORD_ENTRIES };

static void on_password(void *owner, const struct error *error)
{
    finish(owner, error, "the new password holds from now on");
}

static void save_password(void *owner, struct form *form)
{
    struct gyms_state *state = owner;
    if (!passwords_match(state, form, PASSWORD_NEW))
        return;
    staff_set_password(state->context.db, state->person.gym_id, state->person.username,
                       form_text(form, PASSWORD_NEW), on_password, state);
}

void gyms_password_ask(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    const struct staff_row *person = table_selected(state->staff);
    if (!gym)
        return;
    if (state->on_staff && person) {
        state->person = *person;
        state->person.gym_id = gym->gym_id;
    } else {
        /* The gym's own login has no user name beside the gym's. */
        state->person = (struct staff_row){.gym_id = gym->gym_id};
        snprintf(state->person.name, sizeof state->person.name, "%s", gym->name);
    }
    char title[200];
    struct form_entry entries[PASSWORD_ENTRIES] = {
        [PASSWORD_NEW] = {.label = "New password",
                          .kind = FORM_SECRET,
                          .required = true,
                          .maximum = 100,
                          .hint = "At least 8 characters"},
        [PASSWORD_AGAIN] = {.label = "Once more",
                            .kind = FORM_SECRET,
                            .required = true,
                            .maximum = 100},
    };
    snprintf(title, sizeof title, "Password of %s", state->person.name);
    struct form *form = form_new(title, entries, PASSWORD_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_password, NULL, state);
}

/* --- disable --- */

static void on_disabled(void *owner, const struct error *error)
{
    struct gyms_state *state = owner;
    finish(state, error, state->person.disabled ? "can sign in again" : "cannot sign in any more");
}

static void answer_disable(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct gyms_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        staff_set_disabled(state->context.db, state->person.gym_id, state->person.username,
                           !state->person.disabled, on_disabled, state);
}

void gyms_staff_disable_ask(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    const struct staff_row *person = table_selected(state->staff);
    if (!gym || !person || !state->on_staff) {
        host_say(state->context.host, ROLE_DIM, "Choose one of the staff first: Right goes there");
        return;
    }
    if (!person->username[0]) {
        host_say(state->context.host, ROLE_WARN,
                 "The gym's own login stays: without it nobody could let the others in again");
        return;
    }
    state->person = *person;
    state->person.gym_id = gym->gym_id;
    char text[300];
    if (person->disabled)
        snprintf(text, sizeof text, "%s (%s) can sign in again with the old password.",
                 person->name, person->username);
    else
        snprintf(text, sizeof text,
                 "%s (%s) is signed out at the next key and cannot sign in any more. What they "
                 "did stays under their name.",
                 person->name, person->username);
    struct dialog *dialog = dialog_confirm(person->disabled ? "Let in again" : "Disable the login",
                                           text, "y", person->disabled ? "let in" : "disable", 'x');
    if (dialog)
        host_ask(state->context.host, dialog, answer_disable, state);
}
