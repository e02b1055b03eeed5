/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is signed in, and what comes from the database without having been asked for: connection
 * states, and changes, which are passed on at most five times a second. Nothing here closes a
 * connection from within one of its own replies: that is noted, and done after db_advance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define CHANGES_EVERY_MS 1000 /* APP_CHANGES of them: single ones at once, a flood in steps */
/* A server that refused several times within this is not just starting: say so. */
#define SETTLE_MS     1500
#define KIOSK_ASKS_MS 20000

/* --- every open screen --- */

typedef void host_visit(struct host *host, void *argument);

static void visit_open(struct app *app, host_visit *visit, void *argument)
{
    for (int i = 0; i < app->tab_count; i++) {
        struct host *below = NULL;
        for (struct host *host = app->stacks[i]; host != NULL; host = below) {
            below = host->below;
            visit(host, argument);
        }
    }
}

static bool is_in_sight(const struct host *host)
{
    return host->app->tab_count > 0 && host->app->stacks[host->app->here] == host;
}

/* --- changes --- */

static bool watches(const struct screen *screen, const char *topic)
{
    if (screen->topics == NULL || screen->changed == NULL)
        return false;
    for (const char *const *watched = screen->topics; *watched != NULL; watched++) {
        if (strcmp(topic, "*") == 0 || strcmp(*watched, "*") == 0 || strcmp(*watched, topic) == 0)
            return true;
    }
    return false;
}

static void pass_change(struct host *host, void *argument)
{
    const char *topic = argument;
    if (!watches(host->screen, topic))
        return;
    if (is_in_sight(host))
        host->screen->changed(host->state, topic);
    else
        host->missed_change = true;
}

static void on_session_again(void *owner, const struct session *session, const struct error *error)
{
    struct app *app = owner;
    if (error == NULL) {
        app->session = *session;
        app->want_draw = true;
    } else if (error->code == ERROR_LOGIN || error->code == ERROR_TOO_NEW ||
               error->code == ERROR_PERMISSION) {
        app->must_sign_out = true;
        app->sign_out_reason = *error;
    }
}

static void pass_changes(struct app *app)
{
    int count = app->changed_count;
    app->changed_count = 0;
    memmove(app->changed_at, app->changed_at + 1, sizeof app->changed_at - sizeof *app->changed_at);
    app->changed_at[APP_CHANGES - 1] = app->clock();
    for (int i = 0; i < count; i++) {
        char topic[sizeof app->changed[0]];
        memcpy(topic, app->changed[i], sizeof topic);
        if (strcmp(topic, "*") == 0 || strcmp(topic, "gyms") == 0)
            session_read(app->db, on_session_again, app);
        if (strcmp(topic, "*") == 0 || strcmp(topic, "jobs") == 0)
            app_read_progress(app);
        visit_open(app, pass_change, topic);
    }
}

static void on_change(void *owner, const char *topic)
{
    struct app *app = owner;
    for (int i = 0; i < app->changed_count; i++) {
        if (strcmp(app->changed[i], topic) == 0)
            return;
    }
    /* More topics than there is room for are one change of everything. */
    if (app->changed_count == APP_TOPICS) {
        app->changed_count = 0;
        topic = "*";
    }
    snprintf(app->changed[app->changed_count++], sizeof app->changed[0], "%s", topic);
}

/* --- connection states --- */

static void pass_state(struct host *host, void *argument)
{
    const enum db_state *state = argument;
    if (host->screen->state_changed != NULL)
        host->screen->state_changed(host->state, *state);
}

static void on_state(void *owner, enum db_state state)
{
    struct app *app = owner;
    app->want_draw = true;
    switch (state) {
    case DB_STATE_READY:
        app->offline_since = MOMENT_NONE;
        break;
    case DB_STATE_CONNECTING:
    case DB_STATE_OFFLINE:
        if (app->offline_since == MOMENT_NONE)
            app->offline_since = session_local_now(app->db);
        break;
    case DB_STATE_REFUSED:
        app->must_sign_out = true;
        app->sign_out_reason = *db_last_error(app->db);
        break;
    }
    visit_open(app, pass_state, &state);
}

/* --- signing in --- */

static void on_session(void *owner, const struct session *session, const struct error *error)
{
    struct app *app = owner;
    app->signing_in.answered = true;
    if (error != NULL)
        app->signing_in.error = *error;
    else
        app->signing_in.session = *session;
}

void app_login_begin(struct app *app, const char *gym, const char *staff, const char *password,
                     host_login_fn *on_result, void *owner)
{
    struct app_login *login = &app->signing_in;
    db_close(login->db);
    memset(login, 0, sizeof *login);
    /* Only who locked it opens it; the session may work on another gym than its login's. A kiosk
     * may be ended by somebody else of the gym. */
    if (app->locked) {
        gym = app->gym;
        staff = app->kiosk ? staff : app->staff;
    }
    login->on_result = on_result;
    login->owner = owner;
    snprintf(login->gym, sizeof login->gym, "%s", gym);
    snprintf(login->staff, sizeof login->staff, "%s", staff);

    struct error error = {0};
    char role[80], name[80];
    if (!login_role_name(app->options->database, gym, staff, role, sizeof role, &error)) {
        on_result(owner, &error);
        return;
    }
    snprintf(name, sizeof name, "gymtui desk %s", config_text(app->config, CONFIG_DESK_NAME));
    struct db_settings settings = {
        .conninfo = app->options->conninfo,
        .browse_conninfo = config_text(app->config, CONFIG_DATABASE_BROWSE_CONNINFO),
        .user = role,
        .password = password,
        .desk_timeout_ms = config_int(app->config, CONFIG_DATABASE_DESK_TIMEOUT),
        .browse_timeout_ms = config_int(app->config, CONFIG_DATABASE_BROWSE_TIMEOUT),
        .connect_timeout_ms = config_int(app->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
        .application_name = name,
    };
    login->db = db_open(&settings, &error);
    if (login->db == NULL) {
        on_result(owner, &error);
        return;
    }
    login->settle_at = app->clock() + SETTLE_MS;
    login->give_up_at = app->clock() + 2 * (int64_t)settings.connect_timeout_ms;
}

static void open_tabs(struct app *app)
{
    app->tab_count = 0;
    app->here = 0;
    int start = 0;
    if (app->kiosk) {
        app->kiosk_held = true;
        term_set_interrupts(false);
        app->stacks[0] = NULL;
        app->titles[0] = screen_kiosk.title;
        app->tabs[app->tab_count++] = &screen_kiosk;
        app_show_tab(app, 0);
        return;
    }
    for (const struct screen *const *tab = screen_tabs; *tab != NULL; tab++) {
        if ((*tab)->least > app->session.level || app->tab_count == APP_TABS)
            continue;
        const char *wanted = app->options->start_screen;
        if (wanted != NULL && strcmp(wanted, (*tab)->name) == 0)
            start = app->tab_count;
        app->stacks[app->tab_count] = NULL;
        app->titles[app->tab_count] = (*tab)->title;
        app->tabs[app->tab_count++] = *tab;
    }
    app_show_tab(app, start);
}

static void close_tabs(struct app *app)
{
    for (int i = 0; i < app->tab_count; i++) {
        while (app->stacks[i] != NULL) {
            struct host *host = app->stacks[i];
            app->stacks[i] = host->below;
            app_bury(app, host);
        }
    }
    app->tab_count = 0;
    app->here = 0;
}

/* The password was right: the desk behind the kiosk. */
static void leave_kiosk(struct app *app)
{
    app->kiosk = app->kiosk_held = false;
    term_set_interrupts(true);
    close_tabs(app);
}

static void login_failed(struct app *app, const struct error *error)
{
    struct app_login *login = &app->signing_in;
    struct error copy = *error; /* it may be the connection's own */
    db_close(login->db);
    login->db = NULL;
    if (app->login != NULL)
        login->on_result(login->owner, &copy);
    app->want_draw = true;
}

/* The session is now that of who has just signed in. */
static void take_session(struct app *app, struct db *db)
{
    const struct app_login *login = &app->signing_in;
    app->db = db;
    app->session = login->session;
    app->offline_since = MOMENT_NONE;
    snprintf(app->gym, sizeof app->gym, "%s", login->gym);
    snprintf(app->staff, sizeof app->staff, "%s", login->staff);
    db_on_change(db, on_change, app);
    db_on_state(db, on_state, app);
}

/* Whoever locked it opens it; a kiosk may be ended by a manager of its gym as well. */
static bool may_unlock(const struct app *app, struct error *error)
{
    const struct session *who = &app->signing_in.session, *here = &app->session;
    if (strcmp(who->staff_username, here->staff_username) == 0)
        return true;
    if (!app->kiosk)
        return error_set(error, ERROR_LOGIN, NULL, "That is somebody else's login");
    if (who->gym_id != here->gym_id || who->level < LEVEL_MANAGER)
        return error_set(error, ERROR_LOGIN, NULL,
                         "Only a manager of the gym, or whoever started the kiosk, ends it");
    return true;
}

static void login_succeeded(struct app *app)
{
    struct app_login *login = &app->signing_in;
    struct db *db = login->db;
    struct error error = {0};
    login->db = NULL;
    if (!app->locked) {
        take_session(app, db);
    } else if (!may_unlock(app, &error)) {
        db_close(db);
        login->on_result(login->owner, &error);
        return;
    } else {
        bool same = strcmp(login->session.staff_username, app->session.staff_username) == 0;
        app->locked = false;
        if (app->kiosk)
            leave_kiosk(app);
        if (same) {
            /* The session goes on over its own connections; this one has proved the password. */
            db_close(db);
        } else {
            app_settle(app); /* while the connection is still there to forget its replies */
            db_close(app->db);
            take_session(app, db);
        }
    }
    login->on_result(login->owner, NULL);
    if (app->login != NULL) {
        struct host *screen = app->login;
        app->login = NULL;
        app_bury(app, screen);
    }
    app->last_key_at = app->clock();
    app->message[0] = '\0';
    if (app->tab_count == 0) {
        open_tabs(app);
        app_read_progress(app);
    }
    app->want_draw = true;
}

/* A session reconnects by itself; who signs in has to press Enter. */
static void say_who_tries_again(struct error *error)
{
    static const char by_itself[] = "It is tried again by itself";
    size_t length = sizeof by_itself - 1;
    if (strncmp(error->hint, by_itself, length) != 0)
        return;
    char hint[sizeof error->hint] = "";
    text_append(hint, sizeof hint, "Enter tries again%s", error->hint + length);
    memcpy(error->hint, hint, sizeof hint);
}

static void advance_login(struct app *app)
{
    struct app_login *login = &app->signing_in;
    if (login->db == NULL)
        return;
    db_advance(login->db);
    if (login->answered) {
        if (login->error.code != ERROR_NONE)
            login_failed(app, &login->error);
        else
            login_succeeded(app);
        return;
    }
    enum db_state state = db_state(login->db);
    if (state == DB_STATE_REFUSED) {
        login_failed(app, db_last_error(login->db));
    } else if (state == DB_STATE_READY && !login->reading) {
        login->reading = true;
        session_read(login->db, on_session, app);
    } else if (app->clock() >= login->give_up_at ||
               (app->clock() >= login->settle_at && !login->reading &&
                db_last_error(login->db)->code != ERROR_NONE)) {
        struct error error = *db_last_error(login->db);
        if (error.code == ERROR_NONE)
            error_set(&error, ERROR_OFFLINE, "Is the server running, and reachable from here?",
                      "The database does not answer");
        say_who_tries_again(&error);
        login_failed(app, &error);
    }
}

bool app_open_login(struct app *app, bool locked)
{
    app->locked = locked;
    app->login = app_open_screen(app, &screen_login, NULL, NULL);
    return app->login != NULL;
}

void app_lock(struct app *app)
{
    if (app->db == NULL || app->login != NULL)
        return;
    help_free(app->help);
    app->help = NULL;
    app->line_open = false;
    app->ahead_count = 0;
    app->message[0] = '\0';
    app_open_login(app, true);
}

void app_sign_out(struct app *app, const struct error *reason)
{
    close_tabs(app);
    if (app->login != NULL) {
        app_bury(app, app->login);
        app->login = NULL;
    }
    app_settle(app); /* while the connection is still there to forget their replies */
    help_free(app->help);
    app->help = NULL;
    app->line_open = false;
    dialog_free(app->dialog);
    app->dialog = NULL;
    db_close(app->db);
    db_close(app->signing_in.db);
    app->db = NULL;
    app->signing_in.db = NULL;
    app->changed_count = 0;
    app->ahead_count = 0;
    app->progress[0] = '\0';
    app->reading_progress = app->progress_again = false;
    memset(&app->session, 0, sizeof app->session);
    app->message[0] = '\0';
    if (reason != NULL)
        log_write(LOG_LEVEL_WARNING, "app", "signed out: %s", reason->message);
    if (!app_open_login(app, false)) {
        app->quit = true;
        return;
    }
    if (reason != NULL)
        host_say_error(app->login, reason);
}

/* --- from the loop --- */

int app_poll_set(struct app *app, struct pollfd *set, int room, int *timeout_ms)
{
    int used = 0;
    if (app->db != NULL)
        used += db_poll_set(app->db, set, room, timeout_ms);
    if (app->signing_in.db != NULL)
        used += db_poll_set(app->signing_in.db, set + used, room - used, timeout_ms);
    return used;
}

void app_advance(struct app *app)
{
    if (app->db != NULL)
        db_advance(app->db);
    advance_login(app);
    if (app->db != NULL && app->changed_count > 0 &&
        app->clock() - app->changed_at[0] >= CHANGES_EVERY_MS)
        pass_changes(app);
    app_settle(app);
    app_take_ahead(app);
}

static int64_t local_minute(const struct app *app)
{
    return app->db != NULL ? session_local_now(app->db) / 60 : 0;
}

static void wake(struct host *host, void *argument)
{
    const int64_t *now = argument;
    if (host->wake_at != 0 && host->wake_at <= *now) {
        host->wake_at = 0;
        if (host->screen->tick != NULL)
            host->screen->tick(host->state);
    }
}

static void tick_minute(struct host *host, void *argument)
{
    (void)argument;
    if (is_in_sight(host) && host->screen->tick != NULL)
        host->screen->tick(host->state);
}

static int64_t lock_at(const struct app *app)
{
    int after = config_int(app->config, CONFIG_DESK_LOCK_AFTER);
    if (after == 0 || app->db == NULL || app->login != NULL || app->kiosk)
        return INT64_MAX;
    return app->last_key_at + after * INT64_C(1000);
}

/* When the kiosk's question for the password is taken away again: nobody answers it. */
static int64_t kiosk_back_at(const struct app *app)
{
    if (!app->kiosk_held || app->login == NULL || !app->locked || app->signing_in.db != NULL)
        return INT64_MAX;
    return app->last_key_at + KIOSK_ASKS_MS;
}

void app_tick(struct app *app)
{
    int64_t now = app->clock();
    visit_open(app, wake, &now);
    if (app->login != NULL)
        wake(app->login, &now);
    if (app->db != NULL && local_minute(app) != app->minute) {
        app->minute = local_minute(app);
        app->want_draw = true;
        visit_open(app, tick_minute, NULL);
        /* A worker that was killed tells nothing. */
        if (app->progress[0] != '\0' && db_state(app->db) == DB_STATE_READY)
            app_read_progress(app);
    }
    if (now >= lock_at(app))
        app_lock(app);
    if (now >= kiosk_back_at(app))
        host_close(app->login);
    app_advance(app);
}

static void earliest(struct host *host, void *argument)
{
    int64_t *at = argument;
    if (host->wake_at != 0 && host->wake_at < *at)
        *at = host->wake_at;
}

int64_t app_next_tick(const struct app *app)
{
    int64_t at = lock_at(app), now = app->clock();
    if (kiosk_back_at(app) < at)
        at = kiosk_back_at(app);
    visit_open((struct app *)app, earliest, &at);
    if (app->login != NULL && app->login->wake_at != 0 && app->login->wake_at < at)
        at = app->login->wake_at;
    if (app->signing_in.db != NULL) {
        const struct app_login *login = &app->signing_in;
        int64_t look = now < login->settle_at ? login->settle_at : login->give_up_at;
        if (look < at)
            at = look;
    }
    if (app->db != NULL) {
        int64_t minute = now + (60 - session_local_now(app->db) % 60) * 1000;
        if (minute < at)
            at = minute;
    }
    if (app->changed_count > 0 && app->changed_at[0] + CHANGES_EVERY_MS < at)
        at = app->changed_at[0] + CHANGES_EVERY_MS;
    return at;
}
