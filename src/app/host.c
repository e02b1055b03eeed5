/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What screens may ask of the application, and the life of a screen. A screen may close itself, or
 * answer a dialog by opening another, from within its own functions: so what is closed is taken
 * out at once but freed only after the event (app_settle).
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

/* --- opening and closing --- */

struct host *app_open_screen(struct app *app, const struct screen *screen, struct host *below,
                             const void *argument)
{
    struct host *host = calloc(1, sizeof *host);
    if (host == NULL)
        return NULL;
    host->app = app;
    host->screen = screen;
    host->below = below;
    host->is_opening = true;
    host->state = calloc(1, screen->state_size > 0 ? screen->state_size : 1);
    host->keymap = keymap_new(screen->name, screen->keys, app->config);
    host->context = (struct screen_context){
        .host = host,
        .db = app->db,
        .config = app->config,
        .session = app->db != NULL ? &app->session : NULL,
        .desk = config_text(app->config, CONFIG_DESK_NAME),
    };
    app->want_draw = true;
    bool opened = host->state != NULL && host->keymap != NULL &&
                  screen->open(host->state, &host->context, argument);
    host->is_opening = false;
    if (opened)
        return host;
    if (app->db != NULL)
        db_forget(app->db, host->state);
    keymap_free(host->keymap);
    free(host->state);
    free(host);
    return NULL;
}

static void drop_overlays(struct app *app, const struct host *host)
{
    if (app->dialog != NULL && app->dialog_host == host) {
        dialog_free(app->dialog);
        app->dialog = NULL;
    }
    if (app->form != NULL && app->form_host == host) {
        form_free(app->dead_form);
        app->dead_form = app->form;
        app->form = NULL;
    }
}

void app_bury(struct app *app, struct host *host)
{
    if (app->db != NULL)
        db_forget(app->db, host->state);
    drop_overlays(app, host);
    host->wake_at = 0;
    host->next_dead = app->dead;
    app->dead = host;
    app->want_draw = true;
}

void app_settle(struct app *app)
{
    while (app->dead != NULL) {
        struct host *host = app->dead;
        app->dead = host->next_dead;
        if (host->screen->close != NULL)
            host->screen->close(host->state);
        if (app->db != NULL)
            db_forget(app->db, host->state);
        keymap_free(host->keymap);
        free(host->state);
        free(host);
    }
    form_free(app->dead_form);
    app->dead_form = NULL;
    if (app->must_sign_out) {
        app->must_sign_out = false;
        app_sign_out(app, app->sign_out_reason.code != ERROR_NONE ? &app->sign_out_reason : NULL);
        app_settle(app);
    }
}

struct host *app_top(const struct app *app)
{
    if (app->login != NULL)
        return app->login;
    return app->tab_count > 0 ? app->stacks[app->here] : NULL;
}

bool app_overlay_is_live(const struct app *app, const struct host *owner)
{
    return app->login == NULL || owner == app->login;
}

/* What had changed while the screen was out of sight is read again now. */
static void catch_up(struct host *host)
{
    if (host != NULL && host->missed_change && host->screen->changed != NULL) {
        host->missed_change = false;
        host->screen->changed(host->state, "*");
    }
}

/* Closes what was opened over the tab's own screen, as far as it may be left. */
static void close_what_is_over(struct app *app, int index)
{
    struct host *top = app->stacks[index];
    while (top != NULL && top->below != NULL) {
        bool is_asking = (app->form != NULL && app->form_host == top) ||
                         (app->dialog != NULL && app->dialog_host == top);
        if (is_asking || (top->screen->may_close != NULL && !top->screen->may_close(top->state)))
            return;
        host_close(top);
        top = app->stacks[index];
    }
}

void app_show_tab_itself(struct app *app, int index)
{
    if (index >= 0 && index < app->tab_count)
        close_what_is_over(app, index);
    app_show_tab(app, index);
}

void app_show_tab(struct app *app, int index)
{
    if (index < 0 || index >= app->tab_count)
        return;
    if (index == app->here)
        close_what_is_over(app, index); /* here already: the tab itself is meant */
    if (app->stacks[index] == NULL) {
        app->stacks[index] = app_open_screen(app, app->tabs[index], NULL, NULL);
        if (app->stacks[index] == NULL) {
            if (app->message[0] == '\0')
                app_say(app, ROLE_BAD, "This screen could not be opened");
            return;
        }
    }
    app->here = index;
    catch_up(app->stacks[index]);
    app->want_draw = true;
}

void app_say(struct app *app, enum role role, const char *text)
{
    snprintf(app->message, sizeof app->message, "%s", text);
    text_drop_partial(app->message);
    app->message_role = role;
    app->want_draw = true;
}

void app_ask(struct app *app, struct host *host, struct dialog *dialog, host_dialog_fn *on_answer,
             void *owner)
{
    if (dialog == NULL)
        return;
    /* One at a time: the one before is answered with no (a menu over a locked screen). */
    struct dialog *before = app->dialog;
    app->dialog = NULL;
    if (before != NULL && app->on_answer != NULL)
        app->on_answer(app->dialog_owner, DIALOG_NO, before);
    dialog_free(before);
    app->dialog = dialog;
    app->dialog_host = host;
    app->on_answer = on_answer;
    app->dialog_owner = owner;
    app->want_draw = true;
}

/* --- what screens call --- */

void host_open(struct host *host, const struct screen *screen, const void *argument)
{
    struct app *app = host->app;
    if (app->db == NULL || app->session.level < screen->least) {
        app_say(app, ROLE_WARN, "Your level does not open this screen");
        return;
    }
    for (int i = 0; i < app->tab_count; i++) {
        if (app->stacks[i] != host)
            continue;
        struct host *opened = app_open_screen(app, screen, host, argument);
        if (opened != NULL)
            app->stacks[i] = opened;
        return;
    }
}

void host_close(struct host *host)
{
    struct app *app = host->app;
    if (host->is_opening)
        return;
    if (host == app->login) {
        app->login = NULL;
        app->locked = app->locked && !app->kiosk; /* back to the kiosk */
        app_bury(app, host);
        return;
    }
    for (int i = 0; i < app->tab_count; i++) {
        /* The first screen of a tab stays; what was opened over the closing one goes with it. */
        bool is_here = false;
        for (const struct host *at = app->stacks[i]; at != NULL; at = at->below)
            is_here = is_here || (at == host && at->below != NULL);
        if (!is_here)
            continue;
        while (app->stacks[i] != NULL && app->stacks[i] != host->below) {
            struct host *top = app->stacks[i];
            app->stacks[i] = top->below;
            app_bury(app, top);
        }
        catch_up(app->stacks[i]);
        return;
    }
}

void host_show(struct host *host, const char *name)
{
    struct app *app = host->app;
    for (int i = 0; i < app->tab_count; i++) {
        if (strcmp(app->tabs[i]->name, name) == 0)
            app_show_tab(app, i);
    }
}

void host_say(struct host *host, enum role role, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    app_say(host->app, role, text);
}

void host_say_error(struct host *host, const struct error *error)
{
    bool is_mild = error->code == ERROR_CONFLICT || error->code == ERROR_INPUT ||
                   error->code == ERROR_NOT_FOUND || error->code == ERROR_OFFLINE ||
                   error->code == ERROR_CANCELLED;
    host_say(host, is_mild ? ROLE_WARN : ROLE_BAD, "%s%s%s", error->message,
             error->hint[0] != '\0' ? ". " : "", error->hint);
}

void host_bell(struct host *host)
{
    if (config_bool(host->app->config, CONFIG_SCREEN_BELL))
        term_bell();
}

void host_redraw(struct host *host)
{
    host->app->want_draw = true;
}

void host_wake_in(struct host *host, int milliseconds)
{
    host->wake_at = host->app->clock() + (milliseconds > 0 ? milliseconds : 0);
}

void host_ask(struct host *host, struct dialog *dialog, host_dialog_fn *on_answer, void *owner)
{
    app_ask(host->app, host, dialog, on_answer, owner);
}

void host_form(struct host *host, struct form *form, host_form_fn *on_save, host_form_fn *on_leave,
               void *owner)
{
    struct app *app = host->app;
    if (form == NULL)
        return;
    if (app->form != NULL) {
        form_free(app->dead_form);
        app->dead_form = app->form;
    }
    app->form = form;
    app->form_host = host;
    app->on_save = on_save;
    app->on_leave = on_leave;
    app->form_owner = owner;
    app->want_draw = true;
}

void host_form_done(struct host *host, bool close)
{
    struct app *app = host->app;
    if (app->form == NULL || app->form_host != host)
        return;
    app->want_draw = true;
    if (!close) {
        form_set_busy(app->form, false);
        return;
    }
    form_free(app->dead_form);
    app->dead_form = app->form;
    app->form = NULL;
}

struct form *host_form_now(struct host *host)
{
    return host->app->form_host == host ? host->app->form : NULL;
}

void host_login(struct host *host, const char *gym, const char *staff, const char *password,
                host_login_fn *on_result, void *owner)
{
    app_login_begin(host->app, gym, staff, password, on_result, owner);
}

void host_set_session(struct host *host, const struct session *session)
{
    host->app->session = *session;
    host->app->want_draw = true;
}

bool host_is_locked(const struct host *host)
{
    return host->app->locked;
}

bool host_is_kiosk(const struct host *host)
{
    return host->app->kiosk_held;
}

bool host_is_demonstration(const struct host *host)
{
    return host->app->options->is_demonstration;
}

const char *host_database(const struct host *host)
{
    const char *name = host->app->options->database;
    return name != NULL ? name : "";
}

bool host_start_worker(struct host *host, struct error *error)
{
    const struct app_options *options = host->app->options;
    if (options->start_worker == NULL)
        return error_set(error, ERROR_PERMISSION, "On the server: systemctl start gymtui-worker",
                         "No worker can be started from here");
    return options->start_worker(options->worker_owner, error);
}
