/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A screen class is a constant table. Each slot's contract stands beside it. A new screen is one
 * file in screens/ and one line in screens/list.c.
 *
 * Screens ask the host (the application) for what goes beyond them: opening another screen, the
 * line that tells the outcome, dialogs and forms, which the host draws on top and feeds with keys.
 */
#ifndef GYMTUI_SCREENS_SCREEN_H
#define GYMTUI_SCREENS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/config/config.h"
#include "gymtui/db/session.h"
#include "gymtui/ui/dialog.h"
#include "gymtui/ui/draw.h"
#include "gymtui/ui/form.h"
#include "gymtui/ui/keymap.h"

struct host;
struct screen;
struct table;

/* What every screen may read. Lives as long as the screen is open. */
struct screen_context {
    struct host *host;
    struct db *db;
    const struct config *config;
    const struct session *session; /* NULL on the login screen */
    const char *desk;
};

struct screen {
    const char *name;             /* "attendance": key names, `:` command, golden files */
    const char *title;            /* tab: "Attendance" */
    const char *about;            /* help: what this screen is for, one or two sentences */
    size_t state_size;            /* bytes of state; zeroed before open */
    const struct key_entry *keys; /* ends with COMMAND_NONE */
    const char *const *topics;    /* changes watched ("attendance"); ends with NULL; may be NULL */
    enum level least;             /* who may open it */

    /* Ready to draw at once, with what is known; asks the data layer for the rest. `argument` is
     * what host_open was given (a member's number …), valid during the call. False: stays closed,
     * having told why. */
    bool (*open)(void *state, const struct screen_context *context, const void *argument);
    /* Draws all of `area`, any size from 1×1. No I/O, no change of what is shown but scroll
     * positions. */
    void (*draw)(void *state, struct area area);
    /* A command from the key table; false: not used, the application may act (Back closes). */
    bool (*command)(void *state, int command);
    /* Whether a command of the key table does something just now; the bottom line leaves out the
     * others. NULL: all do. */
    bool (*offers)(const void *state, int command);
    /* A key that is no command, and pasted text (key 0, text set). NULL: the screen takes none.
     * A screen whose field always has the focus also gets its cursor keys here. */
    bool (*text)(void *state, uint32_t key, const char *text);
    /* Whether an answer is under way that decides what keys mean here: the application keeps what
     * is typed ahead and gives it in order once the answer is there. NULL: never. */
    bool (*waits)(const void *state);
    /* A row of one of the screen's tables was clicked, and is selected now; `again`: it was before.
     * NULL: a second click opens it. */
    void (*clicked)(void *state, const struct table *table, bool again);
    /* Whether a field has the focus, so that printable keys are text; *empty: it is empty.
     * NULL: never. */
    bool (*typing)(const void *state, bool *empty);
    /* Somebody changed a watched topic, or "*": read again what is visible. At most five times a
     * second. NULL when `topics` is. */
    void (*changed)(void *state, const char *topic);
    /* The connection came back or went. May be NULL. */
    void (*state_changed)(void *state, enum db_state db_state);
    /* The time asked for with host_wake_in has come, and each full minute. May be NULL. */
    void (*tick)(void *state);
    /* Asked before the screen closes; false: it is asking the person itself. May be NULL. */
    bool (*may_close)(void *state);
    /* Frees what `open` and later calls made. The application has already called db_forget with
     * the state as owner: use the state pointer as owner of every data-layer call. May be NULL. */
    void (*close)(void *state);
};

/* All screens in tab order (login and cards apart); ends with NULL. */
extern const struct screen *const screen_tabs[];
/* Screens that are opened from others: login, member card, help pages … ends with NULL. */
extern const struct screen *const screen_others[];

extern const struct screen screen_login, screen_attendance, screen_members, screen_member,
    screen_packages, screen_gyms, screen_analytics, screen_jobs, screen_kiosk, screen_till,
    screen_tills, screen_paper, screen_payments, screen_audit, screen_rejects;

/* --- what the host offers (implemented by the application; by a fake in tests) --- */

/* Opens a screen over this one (a card over the list). */
void host_open(struct host *host, const struct screen *screen, const void *argument);
/* Closes the top screen. */
void host_close(struct host *host);
/* Goes to a tab by its name, "members". */
void host_show(struct host *host, const char *name);
/* The line above the bottom bar: what just happened; cleared by the next key. */
void host_say(struct host *host, enum role role, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Tells an error: its message and hint, in the warning or bad role. */
void host_say_error(struct host *host, const struct error *error);
void host_bell(struct host *host);
void host_redraw(struct host *host);
/* `tick` is called after so many milliseconds (the latest call counts). */
void host_wake_in(struct host *host, int milliseconds);

/* Shows a dialog; the host owns it from now on. `on_answer` is called once with the result, then
 * the dialog is freed. One dialog or form at a time. */
typedef void host_dialog_fn(void *owner, enum dialog_result result, const struct dialog *dialog);
void host_ask(struct host *host, struct dialog *dialog, host_dialog_fn *on_answer, void *owner);
/* Shows a form; on FORM_SAVE `on_save` is called; the form stays open, busy, until host_form_done
 * (true: close it; false: form_complain was called, let the person go on). On leaving, `on_leave`
 * (may be NULL) is called. The host frees it. */
typedef void host_form_fn(void *owner, struct form *form);
void host_form(struct host *host, struct form *form, host_form_fn *on_save, host_form_fn *on_leave,
               void *owner);
void host_form_done(struct host *host, bool close);
struct form *host_form_now(struct host *host); /* NULL: none open */

/* The login screen hands over what was typed; the host opens the connection, reads the session,
 * and answers with `on_result` (NULL error: signed in, the screen is closed by the host). The
 * password is wiped by the caller after this returns. */
typedef void host_login_fn(void *owner, const struct error *error);
void host_login(struct host *host, const char *gym, const char *staff, const char *password,
                host_login_fn *on_result, void *owner);
/* The session works on another gym now (session_pick_gym): what every screen_context points to. */
void host_set_session(struct host *host, const struct session *session);
/* True while the screen is locked: the login screen asks for the same person's password. */
bool host_is_locked(const struct host *host);
/* The password that is asked for ends the kiosk; leaving the question goes back to it. */
bool host_is_kiosk(const struct host *host);
/* Whether the database behind the conninfo is a demonstration (known from the private cluster's
 * marker before anyone signs in), so that the login screen may show its logins. */
bool host_is_demonstration(const struct host *host);
/* The database's name, which is typed to confirm what cannot be taken back. */
const char *host_database(const struct host *host);
/* Starts a worker that outlives the program. False: *error says why not, and what to do. */
bool host_start_worker(struct host *host, struct error *error);

#endif
