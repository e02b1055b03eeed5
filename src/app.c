/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Start and end of the interactive program: terminal, loop, and the wiring between them. */
#include "gymtui/app/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/app/core.h"
#include "gymtui/base/date.h"
#include "gymtui/base/log.h"
#include "gymtui/ui/loop.h"
#include "gymtui/ui/term.h"

bool app_start(struct app *app, const struct app_options *options)
{
    memset(app, 0, sizeof *app);
    app->options = options;
    app->config = options->config;
    app->clock = loop_now;
    app->kiosk = config_bool(options->config, CONFIG_DESK_KIOSK);
    app->offline_since = MOMENT_NONE;
    app->last_key_at = app->clock();
    return app_open_login(app, false);
}

void app_end(struct app *app)
{
    for (int i = 0; i < app->tab_count; i++) {
        while (app->stacks[i] != NULL) {
            struct host *host = app->stacks[i];
            app->stacks[i] = host->below;
            app_bury(app, host);
        }
    }
    if (app->login != NULL)
        app_bury(app, app->login);
    app->login = NULL;
    app->must_sign_out = false;
    app_settle(app);
    help_free(app->help);
    dialog_free(app->dialog);
    form_free(app->form);
    field_clear(&app->line);
    db_close(app->signing_in.db);
    db_close(app->db);
}

/* --- the loop's side --- */

struct runner {
    struct app app;
    struct loop *loop;
};

/* After every event: what changed is drawn, and the next wake-up is asked for. */
static void settle(struct runner *runner)
{
    if (runner->app.want_draw)
        loop_want_draw(runner->loop);
    if (runner->app.quit)
        loop_stop(runner->loop);
    loop_wake_at(runner->loop, app_next_tick(&runner->app));
}

static void on_key(void *owner, uint32_t key)
{
    struct runner *runner = owner;
    app_key(&runner->app, key);
    settle(runner);
}

static void on_paste(void *owner, const char *text)
{
    struct runner *runner = owner;
    app_paste(&runner->app, text);
    settle(runner);
}

static void on_click(void *owner, int y, int x)
{
    struct runner *runner = owner;
    app_click(&runner->app, y, x);
    settle(runner);
}

static void on_resize(void *owner)
{
    struct runner *runner = owner;
    runner->app.want_draw = true;
    settle(runner);
}

static void on_draw(void *owner)
{
    struct runner *runner = owner;
    app_draw(&runner->app);
}

static int on_poll_set(void *owner, struct pollfd *set, int room, int *timeout_ms)
{
    struct runner *runner = owner;
    return app_poll_set(&runner->app, set, room, timeout_ms);
}

static void on_advance(void *owner)
{
    struct runner *runner = owner;
    app_advance(&runner->app);
    settle(runner);
}

static void on_tick(void *owner)
{
    struct runner *runner = owner;
    app_tick(&runner->app);
    settle(runner);
}

bool app_run(const struct app_options *options, struct error *error)
{
    const struct config *config = options->config;
    const struct term_options term = {
        .theme = config_text(config, CONFIG_SCREEN_THEME),
        .ascii = config_text(config, CONFIG_SCREEN_ASCII),
        .mouse = config_bool(config, CONFIG_SCREEN_MOUSE),
        .bell = config_bool(config, CONFIG_SCREEN_BELL),
        .plain = config_bool(config, CONFIG_SCREEN_PLAIN),
    };
    struct runner *runner = calloc(1, sizeof *runner);
    if (runner == NULL)
        return error_set(error, ERROR_SYSTEM, NULL, "Not enough memory to start");
    if (!term_open(&term, error)) {
        free(runner);
        return false;
    }
    log_screen_is_up(true);
    const struct loop_calls calls = {
        .key = on_key,
        .paste = on_paste,
        .click = on_click,
        .resize = on_resize,
        .draw = on_draw,
        .poll_set = on_poll_set,
        .advance = on_advance,
        .tick = on_tick,
        .owner = runner,
    };
    runner->loop = loop_new(&calls);
    bool started = runner->loop != NULL && app_start(&runner->app, options);
    if (started) {
        if (term_substitute() != NULL) {
            char text[128];
            snprintf(text, sizeof text, "This terminal's TERM is not known here; taken for %s",
                     term_substitute());
            app_say(&runner->app, ROLE_WARN, text);
        }
        settle(runner);
        enum loop_end end = loop_run(runner->loop);
        log_write(LOG_LEVEL_INFO, "app", "left: %s",
                  end == LOOP_QUIT     ? "by choice"
                  : end == LOOP_HANGUP ? "the terminal went away"
                                       : "by signal");
    }
    /* The terminal first: closing connections may take a moment. */
    term_close();
    log_screen_is_up(false);
    if (runner->app.options != NULL)
        app_end(&runner->app);
    loop_free(runner->loop);
    free(runner);
    if (!started)
        return error_set(error, ERROR_SYSTEM, NULL, "The screen could not be started");
    return true;
}

void app_register_keys(void)
{
    for (const struct screen *const *tab = screen_tabs; *tab != NULL; tab++)
        keymap_register((*tab)->name, (*tab)->keys);
    for (const struct screen *const *other = screen_others; *other != NULL; other++)
        keymap_register((*other)->name, (*other)->keys);
}
