/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the gyms screen, shared by gyms.c (lists, drawing, keys), gyms_settings.c (the form
 * of a gym), gyms_door.c (hours and policies), gyms_staff.c (adding staff, passwords, disabling)
 * and gyms_trainers.c. */
#ifndef GYMTUI_SCREENS_GYMS_LIST_H
#define GYMTUI_SCREENS_GYMS_LIST_H

#include "gymtui/db/gyms.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

#define GYMS_MOST     1000
#define STAFF_MOST    500
#define TRAINERS_MOST 500

struct gyms_state {
    struct screen_context context;
    struct table *gyms, *staff, *trainers;
    struct gym_row *rows; /* GYMS_MOST */
    int count;
    bool loaded, reading, again;
    int64_t staff_of; /* the gym whose staff is listed; 0: none yet */
    bool staff_reading;
    bool staff_loaded;
    bool on_staff;           /* the staff list has the focus */
    bool conflict;           /* somebody else changed the gym in the form */
    struct gym_row edited;   /* what the form is about; id 0: new */
    struct staff_row person; /* whom a form or a question is about */
    bool show_trainers;      /* in place of the staff */
    bool trainers_reading;
    struct trainer_row trainer; /* whom the form is about; id 0: new */
};

bool gyms_may_edit(const struct gyms_state *state);
const struct gym_row *gyms_selected(const struct gyms_state *state);
void gyms_read(struct gyms_state *state);
void gyms_read_staff(struct gyms_state *state);

/* gyms_settings.c; row NULL: a new gym */
void gyms_settings_ask(struct gyms_state *state, const struct gym_row *row);
/* After a conflict, when the gyms have been read again: theirs in a line below the form, ours in
 * its fields (DESK.md rule 13). */
void gyms_settings_explain_conflict(struct gyms_state *state);

/* gyms_door.c */
void gyms_door_ask(struct gyms_state *state, const struct gym_row *row);
/* A new gym's door, as the configuration says. */
void gyms_door_defaults(const struct config *config, struct gym_row *row);
void gyms_door_policy(struct gym_row *row, enum reason_code code, const char *word);

/* gyms_trainers.c */
struct table *gyms_trainers_table(struct gyms_state *state);
void gyms_read_trainers(struct gyms_state *state);
/* Trainers or staff below the gyms. */
void gyms_trainers_toggle(struct gyms_state *state);
void gyms_trainer_ask(struct gyms_state *state, const struct trainer_row *row); /* NULL: new */

/* gyms_staff.c */
void gyms_staff_add_ask(struct gyms_state *state);
/* The selected staff's password, or the gym's own login's when the list of gyms has the focus. */
void gyms_password_ask(struct gyms_state *state);
void gyms_staff_disable_ask(struct gyms_state *state);

#endif
