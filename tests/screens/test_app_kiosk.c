/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application as a kiosk: no key leaves it, and only a password that may ends it. */
#include "app/stage.h"

#include <stdio.h>

static void sign_in_kiosk(void)
{
    stage_type("iron-temple\tanna\tpw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_null(stage_app.login);
    assert_int_equal(stage_app.tab_count, 1);
}

static void a_kiosk_shows_one_screen_and_no_key_leaves_it(void **state)
{
    (void)state;
    sign_in_kiosk();
    stage_assert_shows("Scan your card");
    stage_assert_hides("Anna");
    stage_assert_hides("Attendance");
    golden_check("app_kiosk", stage_draw, &stage_app);
    static const char *const keys[] = {"Esc", "q",  "^D", "F10", "F1", "?",   ":",  "Tab",
                                       "2",   "F2", "=",  "^C",  "^Z", "^\\", "^X", "!"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        stage_press(keys[i]);
    assert_false(stage_app.quit);
    assert_null(stage_app.login);
    assert_null(stage_app.dialog);
    assert_null(stage_app.help);
    assert_false(stage_app.line_open);
    assert_ptr_equal(app_top(&stage_app)->screen, &screen_kiosk);
    /* Nobody touches a key for an hour: it does not lock. */
    stage_now += 3600000;
    app_tick(&stage_app);
    assert_null(stage_app.login);
}

static void a_kiosk_asks_for_the_password_and_takes_the_question_away(void **state)
{
    (void)state;
    sign_in_kiosk();
    stage_press("F12");
    assert_non_null(stage_app.login);
    stage_assert_shows("To end the kiosk");
    stage_press("^D");
    stage_press("F10");
    stage_press("q");
    assert_false(stage_app.quit);
    assert_null(stage_app.dialog);
    stage_press("^U");
    stage_press("Esc");
    assert_null(stage_app.login);
    stage_assert_shows("Scan your card");
    stage_press("F12");
    stage_now += 21000;
    assert_true(app_next_tick(&stage_app) <= stage_now);
    app_tick(&stage_app);
    assert_null(stage_app.login);
    /* Unlocked is not left: the next F12 asks again. */
    assert_false(stage_app.locked);
    assert_true(stage_app.kiosk);
    stage_press("F12");
    assert_non_null(stage_app.login);
}

static void the_right_password_ends_the_kiosk(void **state)
{
    (void)state;
    sign_in_kiosk();
    stage_press("F12");
    fake_db.state = DB_STATE_CONNECTING;
    stage_type("wrong\r");
    fake_db.state = DB_STATE_REFUSED; /* only of the login's connection */
    error_set(&fake_db.error, ERROR_LOGIN, NULL, "User or password is not right");
    app_advance(&stage_app);
    stage_assert_shows("User or password is not right");
    assert_true(stage_app.kiosk);
    assert_non_null(stage_app.login);
    fake_db.state = DB_STATE_CONNECTING;
    stage_type("pw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_null(stage_app.login);
    assert_false(stage_app.kiosk);
    assert_int_equal(stage_app.tab_count, 2);
    stage_assert_shows("Attendance");
    stage_press("F10");
    assert_non_null(stage_app.dialog);
}

/* Whoever stands at the kiosk answers with another login: its user, its level, its gym. */
static void answer_kiosk_as(const char *typed, const char *staff, enum level level, int64_t gym_id)
{
    struct session *session = &fake_db.session;
    fake_db.state = DB_STATE_CONNECTING;
    stage_press("Up");
    stage_press("^U");
    stage_type(typed);
    stage_press("Tab");
    stage_type("pw\r");
    snprintf(session->staff_username, sizeof session->staff_username, "%s", staff);
    snprintf(session->staff_name, sizeof session->staff_name, "%s", staff);
    session->level = level;
    session->gym_id = gym_id;
    fake_db.state = DB_STATE_READY;
    app_advance(&stage_app);
    app_advance(&stage_app);
}

static void a_manager_of_the_gym_ends_the_kiosk_too(void **state)
{
    (void)state;
    int64_t gym = fake_db.session.gym_id;
    sign_in_kiosk();
    stage_press("F12");
    golden_check("app_kiosk_question", stage_draw, &stage_app);
    answer_kiosk_as("ben", "ben", LEVEL_DESK, gym);
    assert_true(stage_app.kiosk);
    stage_assert_shows("manager");
    answer_kiosk_as("eva", "eva", LEVEL_MANAGER, gym + 1);
    assert_true(stage_app.kiosk);
    answer_kiosk_as("maria", "maria", LEVEL_MANAGER, gym);
    assert_false(stage_app.kiosk);
    assert_null(stage_app.login);
    assert_string_equal(stage_app.session.staff_username,
                        "maria"); /* and she works on as herself */
    assert_string_equal(stage_app.staff, "maria");
    stage_assert_shows("Attendance");
    stage_assert_shows("maria");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIOSK_STORY(a_kiosk_shows_one_screen_and_no_key_leaves_it),
        KIOSK_STORY(a_kiosk_asks_for_the_password_and_takes_the_question_away),
        KIOSK_STORY(the_right_password_ends_the_kiosk),
        KIOSK_STORY(a_manager_of_the_gym_ends_the_kiosk_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
