/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/help.h"
#include "support.h"

struct host *fake_open_with(const struct screen *screen, const void *argument,
                            const char *const *assignments, void (*prepare)(struct host *host))
{
    struct error error = {0};
    struct host *host = calloc(1, sizeof *host);
    assert_non_null(host);
    const struct config_sources sources = {
        .user_file = "/nonexistent/gymtui.conf",
        .system_file = "/nonexistent/gymtui.conf",
        .assignments = assignments,
    };
    host->config = config_load(&sources, &error);
    if (host->config == NULL)
        fail_msg("configuration: %s", error.message);
    host->screen = screen;
    host->keymap = keymap_new(screen->name, screen->keys, host->config);
    host->state = calloc(1, screen->state_size);
    assert_non_null(host->keymap);
    assert_non_null(host->state);
    struct db *db = fake_db_reset();
    host->session = fake_db.session;
    host->wake_in = -1;
    host->context = (struct screen_context){
        .host = host,
        .db = db,
        .config = host->config,
        .session = &host->session,
        .desk = config_text(host->config, CONFIG_DESK_NAME),
    };
    if (prepare != NULL)
        prepare(host);
    if (host->signed_out)
        host->context.session = NULL;
    assert_true(screen->open(host->state, &host->context, argument));
    return host;
}

struct host *fake_open(const struct screen *screen, const void *argument,
                       const char *const *assignments)
{
    return fake_open_with(screen, argument, assignments, NULL);
}

void fake_close(struct host *host)
{
    if (host->screen->close != NULL)
        host->screen->close(host->state);
    dialog_free(host->dialog);
    form_free(host->form);
    keymap_free(host->keymap);
    config_free(host->config);
    free(host->state);
    free(host);
}

static void press(struct host *host, uint32_t key)
{
    host->said[0] = '\0';
    if (host->dialog != NULL) {
        enum dialog_result result = dialog_key(host->dialog, key);
        if (result != DIALOG_GOES_ON) {
            struct dialog *dialog = host->dialog;
            host->dialog = NULL;
            host->on_answer(host->dialog_owner, result, dialog);
            dialog_free(dialog);
        }
        return;
    }
    if (host->form != NULL) {
        struct form *form = host->form;
        switch (form_key(form, key)) {
        case FORM_GOES_ON:
            break;
        case FORM_SAVE:
            form_set_busy(form, true);
            host->on_save(host->form_owner, form);
            break;
        case FORM_LEAVE:
            host->form = NULL;
            if (host->on_leave != NULL)
                host->on_leave(host->form_owner, form);
            form_free(form);
            break;
        }
        return;
    }
    bool empty = true;
    bool typing = host->screen->typing != NULL && host->screen->typing(host->state, &empty);
    int command = keymap_command(host->keymap, key, typing, empty);
    if (command != COMMAND_NONE)
        host->screen->command(host->state, command);
    else if (host->screen->text != NULL)
        host->screen->text(host->state, key, NULL);
}

void fake_key(struct host *host, const char *name)
{
    uint32_t key = 0;
    if (!key_parse(name, &key))
        fail_msg("no such key: %s", name);
    press(host, key);
}

void fake_type(struct host *host, const char *text)
{
    uint32_t code = 0;
    size_t used = 0;
    for (; (used = text_decode(text, &code)) > 0; text += used)
        press(host, code == '\r' ? KEY_CODE_ENTER : code == '\t' ? KEY_CODE_TAB : code);
}

void fake_paste(struct host *host, const char *text)
{
    if (host->form != NULL)
        form_paste(host->form, text);
    else
        host->screen->text(host->state, 0, text);
}

void fake_go(struct host *host, enum db_state state, const char *why)
{
    fake_db_go(state, why);
    if (host->screen->state_changed != NULL)
        host->screen->state_changed(host->state, state);
}

void fake_draw(void *owner, struct area area)
{
    struct host *host = owner;
    host->screen->draw(host->state, area);
    if (host->form != NULL) {
        draw_dim(area);
        form_draw(host->form, area);
    }
    if (host->dialog != NULL) {
        draw_dim(area);
        dialog_draw(host->dialog, area);
    }
}

char *fake_text(struct host *host)
{
    return golden_text(24, 80, fake_draw, host);
}

static void draw_bottom_line(void *owner, struct area area)
{
    const struct host *host = owner;
    bar_draw_bottom(area, host->keymap, host->screen->offers, host->state, "● live", ROLE_GOOD);
}

char *fake_bottom_line(struct host *host, int columns)
{
    char *text = golden_text(1, columns, draw_bottom_line, host);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* --- what the screen calls --- */

#define WEAK __attribute__((weak))

WEAK void host_open(struct host *host, const struct screen *screen, const void *argument)
{
    host->opened = screen;
    if (screen == &screen_member && argument)
        host->member = *(const struct member_argument *)argument;
}

WEAK void host_close(struct host *host)
{
    host->closed = true;
}

WEAK void host_show(struct host *host, const char *name)
{
    snprintf(host->shown, sizeof host->shown, "%s", name);
}

WEAK void host_say(struct host *host, enum role role, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(host->said, sizeof host->said, format, arguments);
    va_end(arguments);
    host->said_role = role;
}

WEAK void host_say_error(struct host *host, const struct error *error)
{
    host_say(host, ROLE_BAD, "%s%s%s", error->message, error->hint[0] != '\0' ? ". " : "",
             error->hint);
}

WEAK void host_bell(struct host *host)
{
    host->bells++;
}

WEAK void host_redraw(struct host *host)
{
    host->redraws++;
}

WEAK void host_wake_in(struct host *host, int milliseconds)
{
    host->wake_in = milliseconds;
}

WEAK void host_ask(struct host *host, struct dialog *dialog, host_dialog_fn *on_answer, void *owner)
{
    dialog_free(host->dialog);
    host->dialog = dialog;
    host->on_answer = on_answer;
    host->dialog_owner = owner;
}

WEAK void host_form(struct host *host, struct form *form, host_form_fn *on_save,
                    host_form_fn *on_leave, void *owner)
{
    form_free(host->form);
    host->form = form;
    host->on_save = on_save;
    host->on_leave = on_leave;
    host->form_owner = owner;
}

WEAK void host_form_done(struct host *host, bool close)
{
    if (host->form == NULL)
        return;
    if (!close) {
        form_set_busy(host->form, false);
        return;
    }
    form_free(host->form);
    host->form = NULL;
}

WEAK struct form *host_form_now(struct host *host)
{
    return host->form;
}

WEAK void host_login(struct host *host, const char *gym, const char *staff, const char *password,
                     host_login_fn *on_result, void *owner)
{
    snprintf(host->login_gym, sizeof host->login_gym, "%s", gym);
    snprintf(host->login_staff, sizeof host->login_staff, "%s", staff);
    snprintf(host->login_password, sizeof host->login_password, "%s", password);
    host->on_login = on_result;
    host->login_owner = owner;
}

WEAK void host_set_session(struct host *host, const struct session *session)
{
    host->session = *session;
}

WEAK bool host_is_locked(const struct host *host)
{
    return host->is_locked;
}

WEAK bool host_is_kiosk(const struct host *host)
{
    return host->is_kiosk;
}

WEAK bool host_is_demonstration(const struct host *host)
{
    return host->is_demonstration;
}

WEAK const char *host_database(const struct host *host)
{
    (void)host;
    return "gymtui";
}

WEAK bool host_start_worker(struct host *host, struct error *error)
{
    host->workers_started++;
    if (host->worker_error.code == ERROR_NONE)
        return true;
    *error = host->worker_error;
    return false;
}
