/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A host for one screen under test: takes keys as the application does, and remembers what the
 * screen asked for. Its host_* functions are weak, so that the application's own take their place
 * in a test of the application.
 */
#ifndef GYMTUI_TESTS_FAKE_HOST_H
#define GYMTUI_TESTS_FAKE_HOST_H

#include "fake_db.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/screen.h"

struct host {
    const struct screen *screen;
    void *state;
    struct keymap *keymap;
    struct config *config;
    struct screen_context context;
    struct session session;

    char said[512]; /* the last message, until the next key */
    enum role said_role;
    int bells, redraws, wake_in;   /* wake_in: the last one asked for, −1 none */
    const struct screen *opened;   /* the last screen opened over this one */
    struct member_argument member; /* what the last card was opened with */
    bool closed;
    char shown[32]; /* the tab gone to */

    struct dialog *dialog;
    host_dialog_fn *on_answer;
    void *dialog_owner;
    struct form *form;
    host_form_fn *on_save, *on_leave;
    void *form_owner;

    char login_gym[80], login_staff[80], login_password[80];
    host_login_fn *on_login;
    void *login_owner;
    bool is_locked, is_kiosk, is_demonstration, signed_out;
    int workers_started;
    struct error worker_error; /* what starting one answers */
};

/* Opens the screen; `assignments` as for --set ("desk.auto=true"), NULL-terminated, or NULL. */
struct host *fake_open(const struct screen *screen, const void *argument,
                       const char *const *assignments);
/* The same, set up by `prepare` before the screen opens (locked, demonstration). */
struct host *fake_open_with(const struct screen *screen, const void *argument,
                            const char *const *assignments, void (*prepare)(struct host *host));
void fake_close(struct host *host);

/* One key by its name, to dialog, form, command or text, in the application's order. */
void fake_key(struct host *host, const char *name);
/* Characters one by one, as typed or scanned; \r is Enter, \t is Tab. */
void fake_type(struct host *host, const char *text);
void fake_paste(struct host *host, const char *text);
/* The connection goes or comes back; the screen is told. */
void fake_go(struct host *host, enum db_state state, const char *why);

/* golden_draw_fn with the host as owner: the screen, with dialog and form over it. */
void fake_draw(void *host, struct area area);
/* The screen as text at 24×80. Freed by the caller. */
char *fake_text(struct host *host);
/* The keys that the bottom line names, on so many columns, with "● live" at its end. Freed too. */
char *fake_bottom_line(struct host *host, int columns);

#endif
