/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The application's inside, shared by src/app.c and src/app/ (and driven by tests, without a loop):
 *   src/app.c          start and end: terminal, loop, wiring
 *   src/app/dispatch.c keys, commands, command line
 *   src/app/click.c    the mouse
 *   src/app/menu.c     the menu, and the jobs
 *   src/app/progress.c the job that runs, told on every screen
 *   src/app/host.c     what screens may ask for; opening and closing them
 *   src/app/session.c  sign in, lock, sign out, connection states, changes, time
 *   src/app/frame.c    what is drawn around a screen
 */
#ifndef GYMTUI_APP_CORE_H
#define GYMTUI_APP_CORE_H

#include <poll.h>

#include "gymtui/app/app.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/help.h"

#define APP_TABS    8
#define APP_TOPICS  8
#define APP_CHANGES 5  /* passed on to the screens in any second, at most */
#define APP_AHEAD   32 /* keys kept that were typed before the screen could take them */

struct app;

/* An open screen; what a screen knows as its host. */
struct host {
    struct app *app;
    const struct screen *screen;
    void *state;
    struct keymap *keymap;
    struct screen_context context;
    int64_t wake_at;    /* monotonic ms; 0: not asked for */
    bool missed_change; /* something it watches changed while it was not in sight */
    bool is_opening;
    struct host *below; /* the screen under it in its stack */
    struct host *next_dead;
};

/* A login under way: for signing in, or to unlock. */
struct app_login {
    struct db *db; /* NULL: none */
    char gym[128], staff[128];
    bool reading, answered;
    int64_t settle_at, give_up_at; /* when to look whether it failed; when to wait no longer */
    struct session session;
    struct error error;
    host_login_fn *on_result;
    void *owner;
};

struct app {
    const struct app_options *options;
    const struct config *config;
    int64_t (*clock)(void); /* monotonic ms */

    struct db *db; /* NULL: nobody is signed in */
    struct session session;
    char gym[128], staff[128]; /* as typed, for unlocking */
    struct app_login signing_in;
    bool locked, must_sign_out;
    bool kiosk;      /* only the kiosk's screen; the way out is its staff's password */
    bool kiosk_held; /* … and somebody has signed in, so that there is no other way */
    struct error sign_out_reason;
    int64_t last_key_at;
    int64_t offline_since; /* gym's local seconds; MOMENT_NONE: never was */

    const struct screen *tabs[APP_TABS]; /* those this person may open */
    const char *titles[APP_TABS];
    struct host *stacks[APP_TABS]; /* the top one of each; NULL: not opened yet */
    int tab_count, here;
    struct host *login; /* over everything while nobody is signed in, or the screen is locked */
    struct host *dead;  /* closed during this event, freed after it */

    struct dialog *dialog;
    struct host *dialog_host;
    host_dialog_fn *on_answer;
    void *dialog_owner;
    struct form *form, *dead_form;
    struct host *form_host;
    host_form_fn *on_save, *on_leave;
    void *form_owner;
    struct help *help;
    struct field line; /* command line */
    bool line_open;
    uint32_t last_key;
    uint32_t ahead[APP_AHEAD]; /* typed while the screen waits for an answer */
    int ahead_count;
    int64_t ahead_since; /* when the first of them was typed */

    char message[512];
    enum role message_role;

    char changed[APP_TOPICS][32]; /* topics not yet passed on */
    int changed_count;
    int64_t changed_at[APP_CHANGES]; /* when the last ones were passed on, the oldest first */
    int64_t minute;                  /* of the gym's time, as drawn */

    char progress[160]; /* the background job that runs, in words; "": none */
    bool reading_progress, progress_again;

    bool want_draw, quit;
};

/* Memory is the caller's; zeroed and set up, with the login screen open. */
bool app_start(struct app *app, const struct app_options *options);
void app_end(struct app *app);

/* Events. Each ends with app_settle, which frees what was closed meanwhile. */
void app_key(struct app *app, uint32_t key);
void app_paste(struct app *app, const char *text);
void app_click(struct app *app, int y, int x); /* at a place of the screen */
int app_poll_set(struct app *app, struct pollfd *set, int room, int *timeout_ms);
void app_advance(struct app *app);
/* Gives keys typed ahead to the screen, as far as it takes them now. */
void app_take_ahead(struct app *app);
void app_tick(struct app *app);
void app_settle(struct app *app);
/* When app_tick is wanted next (monotonic ms); INT64_MAX: never. */
int64_t app_next_tick(const struct app *app);
void app_draw(struct app *app);

/* --- between the parts --- */

struct host *app_top(const struct app *app);
/* Whether dialogs, forms and help of the screens below may be used now. */
bool app_overlay_is_live(const struct app *app, const struct host *owner);
void app_say(struct app *app, enum role role, const char *text);

struct host *app_open_screen(struct app *app, const struct screen *screen, struct host *below,
                             const void *argument);
/* Closes one screen at once: pending replies dropped, overlays of it gone, freed at app_settle. */
void app_bury(struct app *app, struct host *host);
/* Goes to a tab, with what is open over it as it was left. */
void app_show_tab(struct app *app, int index);
/* … and without, as one who asks for it by name expects. */
void app_show_tab_itself(struct app *app, int index);
void app_show_help(struct app *app);
void app_ask(struct app *app, struct host *host, struct dialog *dialog, host_dialog_fn *on_answer,
             void *owner);

void app_command(struct app *app, int command);
void app_open_menu(struct app *app);
void app_run_line(struct app *app, const char *line);
/* Whether the top screen has nothing that would be lost. */
bool app_may_leave(const struct app *app);
/* Screens that open over any other by their name (`:till`), and the pages of Analytics
 * (`:campaigns`): the name of each that this person may open, NULL after the last; and opening one.
 * False: there is none of this name. */
const char *app_opener_name(const struct app *app, int index);
bool app_open_named(struct app *app, const char *name);
bool app_may_open_jobs(const struct app *app);
/* Over the top screen; `reseed`: with the question for the database's name. */
void app_open_jobs(struct app *app, bool reseed);

/* Asks again what runs in the background; app->progress follows. */
void app_read_progress(struct app *app);
/* What the command line offers for the letters typed: up to `most` names; returns how many. */
int app_complete(const struct app *app, const char *typed, const char **names, int most);

bool app_open_login(struct app *app, bool locked);
void app_lock(struct app *app);
void app_sign_out(struct app *app, const struct error *reason);
void app_login_begin(struct app *app, const char *gym, const char *staff, const char *password,
                     host_login_fn *on_result, void *owner);

#endif
