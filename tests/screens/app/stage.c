/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

/* --- screens made for the test --- */

enum { PROBE_HELLO = COMMAND_SCREEN, PROBE_OPEN, PROBE_ASK };

struct stage_seen stage_seen;

static bool probe_open(void *memory, const struct screen_context *context, const void *argument)
{
    (void)argument;
    ((struct probe *)memory)->context = *context;
    stage_seen.opened++;
    return true;
}

static void probe_draw(void *memory, struct area area)
{
    const struct probe *probe = memory;
    draw_format(area, 1, 2, ROLE_TEXT, "typed: %s", probe->typed);
}

static void on_answer(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    (void)owner, (void)dialog;
    stage_seen.answered++;
    stage_seen.answer = result;
}

static bool probe_command(void *memory, int command)
{
    struct probe *probe = memory;
    switch (command) {
    case PROBE_HELLO:
        host_say(probe->context.host, ROLE_GOOD, "Hello from the screen");
        return true;
    case PROBE_OPEN:
        host_open(probe->context.host, &stage_screen_card, NULL);
        return true;
    case PROBE_ASK:
        host_ask(probe->context.host,
                 dialog_confirm("Really?", "Something will happen.", "y", "do it", 'a'), on_answer,
                 probe);
        return true;
    default:
        return false;
    }
}

static bool probe_text(void *memory, uint32_t key, const char *text)
{
    struct probe *probe = memory;
    if (text != NULL)
        snprintf(probe->typed, sizeof probe->typed, "%s", text);
    else if (key < 0x80)
        text_append(probe->typed, sizeof probe->typed, "%c", (int)key);
    return true;
}

static bool probe_typing(const void *memory, bool *empty)
{
    const struct probe *probe = memory;
    *empty = probe->typed[0] == '\0';
    return probe->is_typing;
}

static bool probe_waits(const void *memory)
{
    return ((const struct probe *)memory)->is_waiting;
}

static void probe_changed(void *memory, const char *topic)
{
    (void)memory;
    stage_seen.changed++;
    snprintf(stage_seen.topic, sizeof stage_seen.topic, "%s", topic);
}

static void probe_state(void *memory, enum db_state state)
{
    (void)memory;
    stage_seen.state = state;
}

static void probe_tick(void *memory)
{
    (void)memory;
    stage_seen.ticked++;
}

static void probe_close(void *memory)
{
    (void)memory;
    stage_seen.closed++;
}

static const struct key_entry probe_keys[] = {
    {PROBE_HELLO, "hello", "F5", "hello", "Says hello.", KEY_IN_BAR},
    {PROBE_OPEN, "card", "o", "card", "Opens a card.", KEY_IN_BAR},
    {PROBE_ASK, "ask", "a", "ask", "Asks.", 0},
    {0},
};
static const char *const topics[] = {"attendance", NULL};

/* What the screens of the test have in common. */
#define PROBE                                                                                      \
    .about = "A screen of the test.", .state_size = sizeof(struct probe), .keys = probe_keys,      \
    .topics = topics, .open = probe_open, .draw = probe_draw, .command = probe_command,            \
    .text = probe_text, .typing = probe_typing, .waits = probe_waits, .changed = probe_changed,    \
    .state_changed = probe_state, .tick = probe_tick, .close = probe_close
const struct screen stage_screen_first = {PROBE, .name = "attendance", .title = "Attendance",
                                          .least = LEVEL_DESK};
static const struct screen screen_second = {PROBE, .name = "members", .title = "Members",
                                            .least = LEVEL_DESK};
static const struct screen screen_third = {PROBE, .name = "gyms", .title = "Gyms",
                                           .least = LEVEL_OWNER};
const struct screen stage_screen_card = {PROBE, .name = "card", .title = "Card",
                                         .least = LEVEL_DESK};

/* Instead of screens/list.c, so that none of the real screens is part of this test. */
const struct screen *const screen_tabs[] = {&stage_screen_first, &screen_second, &screen_third,
                                            NULL};
const struct screen *const screen_others[] = {&screen_login, NULL};

static struct config *config;
static struct app_options options;
struct app stage_app;
int64_t stage_now;

/* --- the jobs --- */

struct stage_jobs stage_jobs;

void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    stage_jobs.reads++;
    const struct job_list list = {&stage_jobs.job, stage_jobs.runs ? 1 : 0,
                                  stage_jobs.worker_is_alive};
    on_reply(owner, &list, NULL);
}

void stage_run_job(double progress)
{
    stage_jobs.runs = stage_jobs.worker_is_alive = true;
    stage_jobs.job = (struct job_row){
        .job_id = 7,
        .kind = "reseed",
        .what = "small, seed 7",
        .state = JOB_RUNNING,
        .progress = progress,
        .seconds_left = 6,
        .requested_local = 0,
        .started_local = 0,
        .finished_local = MOMENT_NONE,
    };
    fake_db.on_change(fake_db.change_owner, "jobs");
    stage_now += 200;
    app_tick(&stage_app);
}

/* --- the application under test --- */

static int64_t test_clock(void)
{
    return stage_now;
}

void stage_press(const char *name)
{
    uint32_t key = 0;
    if (!key_parse(name, &key))
        fail_msg("no such key: %s", name);
    app_key(&stage_app, key);
}

void stage_type(const char *text)
{
    for (; *text != '\0'; text++)
        app_key(&stage_app, *text == '\r'   ? KEY_CODE_ENTER
                            : *text == '\t' ? KEY_CODE_TAB
                                            : (uint32_t)*text);
}

static int start_with(const char *const *assignments)
{
    struct error error = {0};
    const struct config_sources sources = {.assignments = assignments,
                                           .user_file = "/nonexistent/gymtui.conf",
                                           .system_file = "/nonexistent/gymtui.conf"};
    config = config_load(&sources, &error);
    if (config == NULL)
        fail_msg("%s", error.message);
    memset(&stage_seen, 0, sizeof stage_seen);
    memset(&stage_jobs, 0, sizeof stage_jobs);
    fake_db_reset();
    fake_db.state = DB_STATE_CONNECTING;
    stage_now = 1000000;
    options = (struct app_options){.config = config, .conninfo = "", .database = "gymtui"};
    assert_true(app_start(&stage_app, &options));
    stage_app.clock = test_clock;
    stage_app.last_key_at = stage_now;
    return 0;
}

int stage_start(void **state)
{
    (void)state;
    return start_with(NULL);
}

int stage_start_kiosk(void **state)
{
    (void)state;
    static const char *const kiosk[] = {"desk.kiosk=true", NULL};
    return start_with(kiosk);
}

int stage_end(void **state)
{
    (void)state;
    app_end(&stage_app);
    config_free(config);
    assert_int_equal(stage_seen.opened, stage_seen.closed);
    return 0;
}

void stage_sign_in(void)
{
    stage_type("iron-temple\tanna\tpw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&stage_app); /* asks for the session */
    app_advance(&stage_app); /* has it */
    assert_null(stage_app.login);
    assert_int_equal(stage_app.tab_count, 2);
}

void stage_draw(void *owner, struct area area)
{
    (void)area;
    app_draw(owner);
}

char *stage_text_at(int rows, int columns)
{
    return golden_text(rows, columns, stage_draw, &stage_app);
}

void stage_assert_shows(const char *text)
{
    char *screen = stage_text_at(24, 80);
    if (strstr(screen, text) == NULL)
        fail_msg("“%s” is not on the screen:\n%s", text, screen);
    free(screen);
}

void stage_assert_hides(const char *text)
{
    char *screen = stage_text_at(24, 80);
    if (strstr(screen, text) != NULL)
        fail_msg("“%s” is on the screen:\n%s", text, screen);
    free(screen);
}

struct probe *stage_top(void)
{
    return app_top(&stage_app)->state;
}
