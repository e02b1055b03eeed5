/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The application around small screens made for this test: signing in, tabs, stacked screens, the
 * command line, changes and connection states, lock, sign out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_db.h"
#include "gymtui/app/core.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/jobs.h"
#include "support.h"

/* --- screens made for the test --- */

enum { PROBE_HELLO = COMMAND_SCREEN, PROBE_OPEN, PROBE_ASK };

struct probe {
    struct screen_context context;
    char typed[64];
    bool is_typing, is_waiting;
};

static struct {
    int opened, closed, changed, ticked, answered;
    char topic[32];
    enum db_state state;
    enum dialog_result answer;
} seen;

static const struct screen screen_card;

static bool probe_open(void *memory, const struct screen_context *context, const void *argument)
{
    (void)argument;
    ((struct probe *)memory)->context = *context;
    seen.opened++;
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
    seen.answered++;
    seen.answer = result;
}

static bool probe_command(void *memory, int command)
{
    struct probe *probe = memory;
    switch (command) {
    case PROBE_HELLO:
        host_say(probe->context.host, ROLE_GOOD, "Hello from the screen");
        return true;
    case PROBE_OPEN:
        host_open(probe->context.host, &screen_card, NULL);
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
    seen.changed++;
    snprintf(seen.topic, sizeof seen.topic, "%s", topic);
}

static void probe_state(void *memory, enum db_state state)
{
    (void)memory;
    seen.state = state;
}

static void probe_tick(void *memory)
{
    (void)memory;
    seen.ticked++;
}

static void probe_close(void *memory)
{
    (void)memory;
    seen.closed++;
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
static const struct screen screen_first = {PROBE, .name = "attendance", .title = "Attendance",
                                           .least = LEVEL_DESK};
static const struct screen screen_second = {PROBE, .name = "members", .title = "Members",
                                            .least = LEVEL_DESK};
static const struct screen screen_third = {PROBE, .name = "gyms", .title = "Gyms",
                                           .least = LEVEL_OWNER};
static const struct screen screen_card = {PROBE, .name = "card", .title = "Card",
                                          .least = LEVEL_DESK};

/* Instead of screens/list.c, so that none of the real screens is part of this test. */
const struct screen *const screen_tabs[] = {&screen_first, &screen_second, &screen_third, NULL};
const struct screen *const screen_others[] = {&screen_login, NULL};

static struct config *config;
static struct app_options options;
static struct app app;
static int64_t now;

/* --- the jobs --- */

static struct {
    struct job_row job;
    bool runs, worker_is_alive;
    int reads;
} jobs;

void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    (void)db;
    (void)limit;
    jobs.reads++;
    const struct job_list list = {&jobs.job, jobs.runs ? 1 : 0, jobs.worker_is_alive};
    on_reply(owner, &list, NULL);
}

static void run_job(double progress)
{
    jobs.runs = jobs.worker_is_alive = true;
    jobs.job = (struct job_row){
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
    now += 200;
    app_tick(&app);
}

/* --- the application under test --- */

static int64_t test_clock(void)
{
    return now;
}

static void press(const char *name)
{
    uint32_t key = 0;
    if (!key_parse(name, &key))
        fail_msg("no such key: %s", name);
    app_key(&app, key);
}

static void type(const char *text)
{
    for (; *text != '\0'; text++)
        app_key(&app, *text == '\r'   ? KEY_CODE_ENTER
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
    memset(&seen, 0, sizeof seen);
    memset(&jobs, 0, sizeof jobs);
    fake_db_reset();
    fake_db.state = DB_STATE_CONNECTING;
    now = 1000000;
    options = (struct app_options){.config = config, .conninfo = "", .database = "gymtui"};
    assert_true(app_start(&app, &options));
    app.clock = test_clock;
    app.last_key_at = now;
    return 0;
}

static int start(void **state)
{
    (void)state;
    return start_with(NULL);
}

static int start_kiosk(void **state)
{
    (void)state;
    static const char *const kiosk[] = {"desk.kiosk=true", NULL};
    return start_with(kiosk);
}

static int end(void **state)
{
    (void)state;
    app_end(&app);
    config_free(config);
    assert_int_equal(seen.opened, seen.closed);
    return 0;
}

static void sign_in(void)
{
    type("iron-temple\tanna\tpw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&app); /* asks for the session */
    app_advance(&app); /* has it */
    assert_null(app.login);
    assert_int_equal(app.tab_count, 2);
}

static void draw(void *owner, struct area area)
{
    (void)area;
    app_draw(owner);
}

static char *text_at(int rows, int columns)
{
    return golden_text(rows, columns, draw, &app);
}

static void assert_shows(const char *text)
{
    char *screen = text_at(24, 80);
    if (strstr(screen, text) == NULL)
        fail_msg("“%s” is not on the screen:\n%s", text, screen);
    free(screen);
}

static void assert_hides(const char *text)
{
    char *screen = text_at(24, 80);
    if (strstr(screen, text) != NULL)
        fail_msg("“%s” is on the screen:\n%s", text, screen);
    free(screen);
}

static struct probe *top(void)
{
    return app_top(&app)->state;
}

/* --- stories --- */

static void signing_in_opens_the_tabs_of_the_level(void **state)
{
    (void)state;
    sign_in();
    assert_string_equal(fake_db.user, "gymtui:iron-temple:anna");
    assert_string_equal(fake_db.password, "pw");
    assert_shows("Attendance");
    assert_shows("Members");
    assert_hides("Gyms");
    assert_shows("Iron Temple · desk 1 · Anna · 18:04");
    assert_shows("● live");
    golden_check("app", draw, &app);
}

static void a_refusal_is_told_in_words_and_can_be_tried_again(void **state)
{
    (void)state;
    type("iron-temple\tanna\twrong\r");
    fake_db_go(DB_STATE_REFUSED, "User or password is not right");
    app_advance(&app);
    assert_non_null(app.login);
    assert_int_equal(fake_db.closed, 1);
    assert_shows("User or password is not right");
    fake_db.state = DB_STATE_CONNECTING;
    type("pw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&app);
    app_advance(&app);
    assert_null(app.login);
}

/* Nothing is tried again by itself before somebody is signed in. */
static void who_signs_in_is_told_to_try_again(void **state)
{
    (void)state;
    type("iron-temple\tanna\tpw\r");
    error_set(&fake_db.error, ERROR_OFFLINE, "It is tried again by itself; look at the network",
              "The database server does not answer");
    now += 60000;
    app_tick(&app);
    assert_shows("tries again; look at the network");
    assert_hides("by itself");
}

static void a_server_that_does_not_answer_is_given_up(void **state)
{
    (void)state;
    type("iron-temple\tanna\tpw\r");
    app_advance(&app);
    now += 60000;
    assert_true(app_next_tick(&app) <= now);
    app_tick(&app);
    assert_shows("does not answer");
}

static void tabs_keep_their_state_and_cards_stack(void **state)
{
    (void)state;
    sign_in();
    app_paste(&app, "first");
    press("2");
    assert_int_equal(app.here, 1);
    assert_int_equal(seen.opened, 2);
    press("1");
    assert_string_equal(top()->typed, "first");
    assert_int_equal(seen.opened, 2);
    press("o");
    assert_ptr_equal(app_top(&app)->screen, &screen_card);
    press("Esc");
    assert_ptr_equal(app_top(&app)->screen, &screen_first);
    assert_int_equal(seen.closed, 1);
    press("Esc"); /* the first screen of a tab stays */
    assert_ptr_equal(app_top(&app)->screen, &screen_first);
    press("Tab");
    assert_int_equal(app.here, 1);
    press("Tab");
    assert_int_equal(app.here, 0);
}

static void while_typing_keys_are_text(void **state)
{
    (void)state;
    sign_in();
    top()->is_typing = true;
    type("o2q");
    assert_string_equal(top()->typed, "o2q");
    assert_int_equal(app.here, 0);
    press("F5");
    assert_shows("Hello from the screen");
    type("x");
    assert_hides("Hello from the screen");
}

static void the_command_line_completes_and_says_what_it_does_not_know(void **state)
{
    (void)state;
    sign_in();
    type(":mem");
    assert_shows("members");
    press("Tab");
    press("Enter");
    assert_int_equal(app.here, 1);
    type(":att\r");
    assert_int_equal(app.here, 0);
    type(":hello\r");
    assert_shows("Hello from the screen");
    type(":nonsense\r");
    assert_shows("There is no command :nonsense");
    type(":quit\r");
    assert_non_null(app.dialog);
    type("y");
    assert_true(app.quit);
}

/* From elsewhere a tab is as it was left; asked for by name, or once more, it is itself. */
static void a_tab_asked_for_twice_is_without_what_was_opened_over_it(void **state)
{
    (void)state;
    sign_in();
    press("2");
    press("o");
    assert_ptr_equal(app_top(&app)->screen, &screen_card);
    press("1");
    press("2");
    assert_ptr_equal(app_top(&app)->screen, &screen_card);
    press("2");
    assert_string_equal(app_top(&app)->screen->name, "members");
    press("o");
    press("1");
    type(":members\r");
    assert_int_equal(app.here, 1);
    assert_string_equal(app_top(&app)->screen->name, "members");
}

static void dialogs_take_the_keys_until_answered(void **state)
{
    (void)state;
    sign_in();
    press("a");
    assert_shows("Really?");
    type("2");
    assert_int_equal(app.here, 0);
    press("y");
    assert_int_equal(seen.answered, 1);
    assert_int_equal(seen.answer, DIALOG_YES);
    press("2");
    assert_int_equal(app.here, 1);
}

static void the_menu_goes_everywhere(void **state)
{
    (void)state;
    sign_in();
    press("F10");
    golden_check("app_menu", draw, &app);
    press("2");
    assert_int_equal(app.here, 1);
    press("F10");
    press("s");
    assert_non_null(app.login);
    assert_null(app.db);
    assert_int_equal(app.tab_count, 0);
}

static void jobs_are_opened_from_the_menu_over_any_screen(void **state)
{
    (void)state;
    sign_in();
    press("F10");
    assert_hides("Reseed");
    press("j");
    assert_ptr_equal(app_top(&app)->screen, &screen_jobs);
    assert_shows("Nothing runs, nothing waits");
    type(":jobs\r"); /* it is there already */
    press("Esc");
    assert_ptr_equal(app_top(&app)->screen, &screen_first);
    type(":jo\r");
    assert_ptr_equal(app_top(&app)->screen, &screen_jobs);
    press("Esc");
    type(":reseed\r");
    assert_shows("This database is no demonstration");
    assert_ptr_equal(app_top(&app)->screen, &screen_first);
}

/* On a terminal with fewer rows than the menu has the list follows the arrows. */
static void a_long_menu_scrolls(void **state)
{
    (void)state;
    fake_db.session.is_demonstration = true;
    sign_in();
    press("F10");
    char *small = text_at(12, 40);
    assert_non_null(strstr(small, "Reseed"));
    assert_null(strstr(small, "Leave gymtui"));
    free(small);
    press("Up");
    golden_check("app_menu_end", draw, &app);
    small = text_at(12, 40);
    assert_non_null(strstr(small, "Leave gymtui"));
    free(small);
    press("Enter");
    assert_true(app.quit);
}

static void a_demonstration_is_reseeded_from_the_menu(void **state)
{
    (void)state;
    fake_db.session.is_demonstration = true;
    sign_in();
    press("F10");
    golden_check("app_menu_demonstration", draw, &app);
    press("r");
    assert_ptr_equal(app_top(&app)->screen, &screen_jobs);
    assert_shows("Reseed: small, seed 1");
    assert_shows("Type gymtui");
    press("Esc");
    assert_null(app.dialog);
    type(":reseed\r"); /* on the jobs screen itself */
    assert_shows("Type gymtui");
    press("Esc");
    press("Esc");
    assert_ptr_equal(app_top(&app)->screen, &screen_first);
}

static void the_desk_has_no_jobs(void **state)
{
    (void)state;
    fake_db.session.level = LEVEL_DESK;
    fake_db.session.is_demonstration = true;
    sign_in();
    press("F10");
    assert_hides("Jobs");
    assert_hides("Reseed");
    press("Esc");
    type(":reseed\r");
    assert_shows("There is no command");
}

static void progress_is_told_on_every_screen(void **state)
{
    (void)state;
    sign_in();
    run_job(.74);
    assert_shows("Reseed (small, seed 7): 74 %, 0:06 left");
    golden_check("app_progress", draw, &app);
    press("2");
    assert_shows("Reseed (small, seed 7): 74 %");
    type(":nonsense\r"); /* what has just happened comes first */
    assert_hides("Reseed");
    press("Esc");
    assert_shows("Reseed (small, seed 7): 74 %");
    /* A worker that was killed says nothing more: it is looked for each minute. */
    jobs.worker_is_alive = false;
    fake_db.local_now += 60;
    app_tick(&app);
    assert_hides("Reseed");
    run_job(.75);
    assert_shows("75 %");
    jobs.runs = false;
    fake_db.on_change(fake_db.change_owner, "jobs");
    now += 200;
    app_tick(&app);
    assert_hides("Reseed");
}

static void changes_are_passed_on_at_most_five_times_a_second(void **state)
{
    (void)state;
    sign_in();
    /* Each at once, until there are too many; then all of them as one. */
    for (int i = 1; i <= 12; i++) {
        fake_db.on_change(fake_db.change_owner, "attendance");
        app_advance(&app);
        assert_int_equal(seen.changed, i < 5 ? i : 5);
        now += 10;
    }
    assert_string_equal(seen.topic, "attendance");
    assert_true(app_next_tick(&app) <= now + 1000);
    now += 1000;
    app_tick(&app);
    assert_int_equal(seen.changed, 6);
    now += 1000;
    app_tick(&app);
    assert_int_equal(seen.changed, 6);
    fake_db.on_change(fake_db.change_owner, "packages"); /* not watched */
    app_advance(&app);
    assert_int_equal(seen.changed, 6);
}

static void a_hidden_screen_reads_again_when_it_comes_into_sight(void **state)
{
    (void)state;
    sign_in();
    press("2");
    int changed = seen.changed;
    fake_db.on_change(fake_db.change_owner, "attendance");
    app_advance(&app);
    assert_int_equal(seen.changed, changed + 1); /* the one in sight */
    press("1");
    assert_int_equal(seen.changed, changed + 2);
    press("2");
    assert_int_equal(seen.changed, changed + 2);
}

static void offline_is_said_and_passes_by_itself(void **state)
{
    (void)state;
    sign_in();
    fake_db.local_now += 60;
    fake_db_go(DB_STATE_OFFLINE, "The connection to the database was lost");
    assert_int_equal(seen.state, DB_STATE_OFFLINE);
    assert_shows("○ offline · data from 18:05");
    assert_shows("The connection to the database was lost");
    golden_check("app_offline", draw, &app);
    fake_db_go(DB_STATE_READY, NULL);
    assert_shows("● live");
    assert_hides("was lost");
    int reads = fake_db.session_reads;
    fake_db.on_change(fake_db.change_owner, "*");
    app_advance(&app);
    assert_string_equal(seen.topic, "*");
    assert_int_equal(fake_db.session_reads, reads + 1);
}

static void a_disabled_account_is_signed_out_with_the_reason(void **state)
{
    (void)state;
    sign_in();
    fake_db_go(DB_STATE_REFUSED, "This account is disabled");
    app_advance(&app);
    assert_null(app.db);
    assert_non_null(app.login);
    assert_shows("This account is disabled");
}

static void an_idle_screen_locks_and_only_the_password_opens_it(void **state)
{
    (void)state;
    sign_in();
    app_paste(&app, "kept");
    now += INT64_C(899) * 1000;
    app_tick(&app);
    assert_null(app.login);
    now += 1000;
    assert_true(app_next_tick(&app) <= now);
    app_tick(&app);
    assert_true(app.locked);
    assert_shows("Locked: Iron Temple, Anna");
    assert_hides("kept");
    type("2:q"); /* goes into the password */
    assert_true(app.locked);
    press("Esc");
    fake_db.state = DB_STATE_READY;
    type("pw\r");
    assert_int_equal(fake_db.opened, 2);
    app_advance(&app);
    app_advance(&app);
    assert_false(app.locked);
    assert_int_equal(fake_db.closed, 1); /* the second connection only proved the password */
    assert_string_equal(top()->typed, "kept");
}

/* The gym's own login is nobody by name. */
static void the_top_line_says_as_whom(void **state)
{
    (void)state;
    sign_in();
    struct session own = fake_db.session;
    own.staff_username[0] = '\0';
    host_set_session(app_top(&app), &own);
    assert_shows("desk 1 · owner ·");
}

static void the_owner_of_the_chain_unlocks_while_at_another_gym(void **state)
{
    (void)state;
    sign_in();
    struct session other = fake_db.session;
    other.gym_id = 2;
    snprintf(other.gym_name, sizeof other.gym_name, "Harbour Gym");
    snprintf(other.gym_username, sizeof other.gym_username, "harbour");
    host_set_session(app_top(&app), &other);
    assert_shows("Harbour Gym · desk 1");
    press("F12");
    type("pw\r");
    assert_string_equal(fake_db.user, "gymtui:iron-temple:anna");
    app_advance(&app);
    app_advance(&app);
    assert_false(app.locked);
    assert_shows("Harbour Gym · desk 1");
}

static void somebody_elses_password_does_not_unlock(void **state)
{
    (void)state;
    sign_in();
    press("F12");
    assert_true(app.locked);
    snprintf(fake_db.session.staff_username, sizeof fake_db.session.staff_username, "ben");
    type("pw\r");
    app_advance(&app);
    app_advance(&app);
    assert_true(app.locked);
    assert_shows("somebody else's login");
    snprintf(fake_db.session.staff_username, sizeof fake_db.session.staff_username, "anna");
}

static void the_clock_wakes_the_screen_once_a_minute(void **state)
{
    (void)state;
    sign_in();
    app_draw(&app);
    assert_false(app.want_draw);
    now += 1000;
    app_tick(&app);
    assert_false(app.want_draw);
    assert_true(app_next_tick(&app) <= now + 60000);
    fake_db.local_now += 60;
    app_tick(&app);
    assert_true(app.want_draw);
    assert_int_equal(seen.ticked, 1);
}

static void help_shows_the_keys_and_esc_leaves_it(void **state)
{
    (void)state;
    sign_in();
    press("?");
    assert_non_null(app.help);
    assert_shows("Says hello.");
    press("Esc");
    assert_null(app.help);
}

static void any_size_is_drawn(void **state)
{
    (void)state;
    sign_in();
    for (int rows = 1; rows < 30; rows += 3) {
        for (int columns = 1; columns < 90; columns += 11)
            free(text_at(rows, columns));
    }
}

static void sign_in_kiosk(void)
{
    type("iron-temple\tanna\tpw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&app);
    app_advance(&app);
    assert_null(app.login);
    assert_int_equal(app.tab_count, 1);
}

static void a_kiosk_shows_one_screen_and_no_key_leaves_it(void **state)
{
    (void)state;
    sign_in_kiosk();
    assert_shows("Scan your card");
    assert_hides("Anna");
    assert_hides("Attendance");
    golden_check("app_kiosk", draw, &app);
    static const char *const keys[] = {"Esc", "q",  "^D", "F10", "F1", "?",   ":",  "Tab",
                                       "2",   "F2", "=",  "^C",  "^Z", "^\\", "^X", "!"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        press(keys[i]);
    assert_false(app.quit);
    assert_null(app.login);
    assert_null(app.dialog);
    assert_null(app.help);
    assert_false(app.line_open);
    assert_ptr_equal(app_top(&app)->screen, &screen_kiosk);
    /* Nobody touches a key for an hour: it does not lock. */
    now += 3600000;
    app_tick(&app);
    assert_null(app.login);
}

static void a_kiosk_asks_for_the_password_and_takes_the_question_away(void **state)
{
    (void)state;
    sign_in_kiosk();
    press("F12");
    assert_non_null(app.login);
    assert_shows("To end the kiosk");
    press("^D");
    press("F10");
    press("q");
    assert_false(app.quit);
    assert_null(app.dialog);
    press("^U");
    press("Esc");
    assert_null(app.login);
    assert_shows("Scan your card");
    press("F12");
    now += 21000;
    assert_true(app_next_tick(&app) <= now);
    app_tick(&app);
    assert_null(app.login);
    /* Unlocked is not left: the next F12 asks again. */
    assert_false(app.locked);
    assert_true(app.kiosk);
    press("F12");
    assert_non_null(app.login);
}

static void the_right_password_ends_the_kiosk(void **state)
{
    (void)state;
    sign_in_kiosk();
    press("F12");
    fake_db.state = DB_STATE_CONNECTING;
    type("wrong\r");
    fake_db.state = DB_STATE_REFUSED; /* only of the login's connection */
    error_set(&fake_db.error, ERROR_LOGIN, NULL, "User or password is not right");
    app_advance(&app);
    assert_shows("User or password is not right");
    assert_true(app.kiosk);
    assert_non_null(app.login);
    fake_db.state = DB_STATE_CONNECTING;
    type("pw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&app);
    app_advance(&app);
    assert_null(app.login);
    assert_false(app.kiosk);
    assert_int_equal(app.tab_count, 2);
    assert_shows("Attendance");
    press("F10");
    assert_non_null(app.dialog);
}

/* Whoever stands at the kiosk answers with another login: its user, its level, its gym. */
static void answer_kiosk_as(const char *typed, const char *staff, enum level level, int64_t gym_id)
{
    struct session *session = &fake_db.session;
    fake_db.state = DB_STATE_CONNECTING;
    press("Up");
    press("^U");
    type(typed);
    press("Tab");
    type("pw\r");
    snprintf(session->staff_username, sizeof session->staff_username, "%s", staff);
    snprintf(session->staff_name, sizeof session->staff_name, "%s", staff);
    session->level = level;
    session->gym_id = gym_id;
    fake_db.state = DB_STATE_READY;
    app_advance(&app);
    app_advance(&app);
}

static void a_manager_of_the_gym_ends_the_kiosk_too(void **state)
{
    (void)state;
    int64_t gym = fake_db.session.gym_id;
    sign_in_kiosk();
    press("F12");
    golden_check("app_kiosk_question", draw, &app);
    answer_kiosk_as("ben", "ben", LEVEL_DESK, gym);
    assert_true(app.kiosk);
    assert_shows("manager");
    answer_kiosk_as("eva", "eva", LEVEL_MANAGER, gym + 1);
    assert_true(app.kiosk);
    answer_kiosk_as("maria", "maria", LEVEL_MANAGER, gym);
    assert_false(app.kiosk);
    assert_null(app.login);
    assert_string_equal(app.session.staff_username, "maria"); /* and she works on as herself */
    assert_string_equal(app.staff, "maria");
    assert_shows("Attendance");
    assert_shows("maria");
}

static void keys_typed_ahead_wait_for_the_answer_in_order(void **state)
{
    (void)state;
    sign_in();
    struct probe *probe = top();
    probe->is_waiting = true;
    type("xy");
    press("F5");
    assert_string_equal(probe->typed, "");
    assert_hides("Hello from the screen");
    probe->is_waiting = false;
    app_advance(&app);
    assert_string_equal(probe->typed, "xy");
    assert_shows("Hello from the screen");

    /* What opens a dialog is followed by the keys for the dialog, whatever the screen waits for. */
    probe->is_waiting = true;
    type("ay");
    probe->is_waiting = false;
    app_advance(&app);
    assert_int_equal(seen.answer, DIALOG_YES);
}

static void what_was_typed_ahead_is_dropped_when_the_answer_takes_too_long(void **state)
{
    (void)state;
    sign_in();
    struct probe *probe = top();
    probe->is_waiting = true;
    type("x");
    now += 4000;
    probe->is_waiting = false;
    app_advance(&app);
    assert_string_equal(probe->typed, "");
    assert_shows("dropped");
    type("z");
    assert_string_equal(probe->typed, "z");

    /* Esc gives up the wait; so does the lock. */
    probe->is_waiting = true;
    type("x");
    now += 1000;
    press("Esc");
    probe->is_waiting = false;
    app_advance(&app);
    assert_string_equal(probe->typed, "z");
    probe->is_waiting = true;
    type("x");
    app_lock(&app);
    probe->is_waiting = false;
    app_advance(&app);
    assert_string_equal(probe->typed, "z");
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        STORY(signing_in_opens_the_tabs_of_the_level),
        STORY(a_refusal_is_told_in_words_and_can_be_tried_again),
        STORY(who_signs_in_is_told_to_try_again),
        STORY(a_server_that_does_not_answer_is_given_up),
        STORY(tabs_keep_their_state_and_cards_stack),
        STORY(while_typing_keys_are_text),
        STORY(the_command_line_completes_and_says_what_it_does_not_know),
        STORY(a_tab_asked_for_twice_is_without_what_was_opened_over_it),
        STORY(dialogs_take_the_keys_until_answered),
        STORY(the_menu_goes_everywhere),
        STORY(jobs_are_opened_from_the_menu_over_any_screen),
        STORY(a_demonstration_is_reseeded_from_the_menu),
        STORY(a_long_menu_scrolls),
        STORY(the_desk_has_no_jobs),
        STORY(progress_is_told_on_every_screen),
        STORY(changes_are_passed_on_at_most_five_times_a_second),
        STORY(a_hidden_screen_reads_again_when_it_comes_into_sight),
        STORY(offline_is_said_and_passes_by_itself),
        STORY(a_disabled_account_is_signed_out_with_the_reason),
        STORY(an_idle_screen_locks_and_only_the_password_opens_it),
        STORY(the_top_line_says_as_whom),
        STORY(the_owner_of_the_chain_unlocks_while_at_another_gym),
        STORY(somebody_elses_password_does_not_unlock),
        STORY(the_clock_wakes_the_screen_once_a_minute),
        STORY(help_shows_the_keys_and_esc_leaves_it),
        STORY(any_size_is_drawn),
        STORY(keys_typed_ahead_wait_for_the_answer_in_order),
        STORY(what_was_typed_ahead_is_dropped_when_the_answer_takes_too_long),
        cmocka_unit_test_setup_teardown(a_kiosk_shows_one_screen_and_no_key_leaves_it, start_kiosk,
                                        end),
        cmocka_unit_test_setup_teardown(a_kiosk_asks_for_the_password_and_takes_the_question_away,
                                        start_kiosk, end),
        cmocka_unit_test_setup_teardown(the_right_password_ends_the_kiosk, start_kiosk, end),
        cmocka_unit_test_setup_teardown(a_manager_of_the_gym_ends_the_kiosk_too, start_kiosk, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
