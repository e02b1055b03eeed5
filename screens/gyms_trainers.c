/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trainers of the gym that is worked at: listed in place of the staff, added and changed. They sign
 * in nowhere; members have one, or none. */
#include "gyms_list.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "saved.h"

enum { TRAINER_NAME, TRAINER_PHONE, TRAINER_EMAIL, TRAINER_COLUMNS };

static const struct table_column columns[TRAINER_COLUMNS] = {
    [TRAINER_NAME] = {"Trainer", 18, 1, ALIGN_LEFT, 0, false},
    [TRAINER_PHONE] = {"Phone", 17, 0, ALIGN_LEFT, 0, false},
    [TRAINER_EMAIL] = {"E-mail", 24, 2, ALIGN_LEFT, 1, false},
};

static void write_trainer(void *owner, const void *row_, int column, char *text, size_t size,
                          enum role *role)
{
    const struct trainer_row *row = row_;
    (void)owner;
    if (column == TRAINER_NAME)
        *role = ROLE_STRONG;
    const char *const cells[TRAINER_COLUMNS] = {row->name, row->phone, row->email};
    snprintf(text, size, "%s", cells[column]);
}

static bool same_trainer(const void *a, const void *b)
{
    return ((const struct trainer_row *)a)->trainer_id ==
           ((const struct trainer_row *)b)->trainer_id;
}

struct table *gyms_trainers_table(struct gyms_state *state)
{
    return table_new(columns, TRAINER_COLUMNS, sizeof(struct trainer_row), TRAINERS_MOST,
                     write_trainer, state);
}

static void on_trainers(void *owner, const struct trainer_row *rows, int count,
                        const struct error *error)
{
    struct gyms_state *state = owner;
    state->trainers_reading = false;
    if (error != NULL) {
        table_set_empty(state->trainers, "The trainers could not be read.");
        if (error->code != ERROR_OFFLINE)
            host_say_error(state->context.host, error);
    } else {
        table_set_empty(state->trainers, "No trainer yet. F2 adds the first one.");
        table_replace(state->trainers, rows, count < TRAINERS_MOST ? count : TRAINERS_MOST, false,
                      false, same_trainer);
    }
    host_redraw(state->context.host);
}

void gyms_read_trainers(struct gyms_state *state)
{
    if (!state->show_trainers || state->trainers_reading)
        return;
    state->trainers_reading = true;
    trainers_list(state->context.db, on_trainers, state);
}

void gyms_trainers_toggle(struct gyms_state *state)
{
    const struct gym_row *gym = gyms_selected(state);
    if (!state->show_trainers && gym != NULL && gym->gym_id != state->context.session->gym_id) {
        host_say(state->context.host, ROLE_WARN,
                 "Trainers are those of the gym the screens work on: F5 works at %s", gym->name);
        return;
    }
    state->show_trainers = !state->show_trainers;
    state->on_staff = true;
    table_set_empty(state->trainers, "Reading the trainers…");
    gyms_read_trainers(state);
    host_redraw(state->context.host);
}

static void on_saved(void *owner, int64_t trainer_id, const struct error *error)
{
    struct gyms_state *state = owner;
    struct host *host = state->context.host;
    (void)trainer_id;
    if (!saved_or_told(host, error))
        return;
    host_say(host, ROLE_GOOD, "%s %s is saved", sign_text(SIGN_GOOD), state->trainer.name);
    gyms_read_trainers(state);
}

static void save_form(void *owner, struct form *form)
{
    struct gyms_state *state = owner;
    struct trainer_row *trainer = &state->trainer;
    snprintf(trainer->name, sizeof trainer->name, "%s", form_text(form, TRAINER_NAME));
    snprintf(trainer->phone, sizeof trainer->phone, "%s", form_text(form, TRAINER_PHONE));
    snprintf(trainer->email, sizeof trainer->email, "%s", form_text(form, TRAINER_EMAIL));
    trainers_save(state->context.db, request_id_new(), trainer, on_saved, state);
}

void gyms_trainer_ask(struct gyms_state *state, const struct trainer_row *row)
{
    char title[180];
    state->trainer = row != NULL ? *row : (struct trainer_row){0};
    const struct trainer_row *trainer = &state->trainer;
    const struct form_entry entries[TRAINER_COLUMNS] = {
        [TRAINER_NAME] = {.label = "Name",
                          .value = trainer->name,
                          .required = true,
                          .maximum = sizeof trainer->name - 1},
        [TRAINER_PHONE] = {.label = "Phone",
                           .value = trainer->phone,
                           .maximum = sizeof trainer->phone - 1},
        [TRAINER_EMAIL] = {.label = "E-mail",
                           .value = trainer->email,
                           .maximum = sizeof trainer->email - 1},
    };
    if (row != NULL)
        snprintf(title, sizeof title, "Trainer %s", row->name);
    else
        snprintf(title, sizeof title, "New trainer");
    struct form *form = form_new(title, entries, TRAINER_COLUMNS);
    if (form != NULL)
        host_form(state->context.host, form, save_form, NULL, state);
}
