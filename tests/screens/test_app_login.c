/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in and out, refusals, the lock and who opens it. */
#include "app/stage.h"

#include <stdio.h>

static void signing_in_opens_the_tabs_of_the_level(void **state)
{
    (void)state;
    stage_sign_in();
    assert_string_equal(fake_db.user, "gymtui:iron-temple:anna");
    assert_string_equal(fake_db.password, "pw");
    stage_assert_shows("Attendance");
    stage_assert_shows("Members");
    stage_assert_hides("Gyms");
    stage_assert_shows("Iron Temple · desk 1 · Anna · 18:04");
    stage_assert_shows("● live");
    golden_check("app", stage_draw, &stage_app);
}

static void a_refusal_is_told_in_words_and_can_be_tried_again(void **state)
{
    (void)state;
    stage_type("iron-temple\tanna\twrong\r");
    fake_db_go(DB_STATE_REFUSED, "User or password is not right");
    app_advance(&stage_app);
    assert_non_null(stage_app.login);
    assert_int_equal(fake_db.closed, 1);
    stage_assert_shows("User or password is not right");
    fake_db.state = DB_STATE_CONNECTING;
    stage_type("pw\r");
    fake_db.state = DB_STATE_READY;
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_null(stage_app.login);
}

/* Nothing is tried again by itself before somebody is signed in. */
static void who_signs_in_is_told_to_try_again(void **state)
{
    (void)state;
    stage_type("iron-temple\tanna\tpw\r");
    error_set(&fake_db.error, ERROR_OFFLINE, "It is tried again by itself; look at the network",
              "The database server does not answer");
    stage_now += 60000;
    app_tick(&stage_app);
    stage_assert_shows("tries again; look at the network");
    stage_assert_hides("by itself");
}

static void a_server_that_does_not_answer_is_given_up(void **state)
{
    (void)state;
    stage_type("iron-temple\tanna\tpw\r");
    app_advance(&stage_app);
    stage_now += 60000;
    assert_true(app_next_tick(&stage_app) <= stage_now);
    app_tick(&stage_app);
    stage_assert_shows("does not answer");
}

static void a_disabled_account_is_signed_out_with_the_reason(void **state)
{
    (void)state;
    stage_sign_in();
    fake_db_go(DB_STATE_REFUSED, "This account is disabled");
    app_advance(&stage_app);
    assert_null(stage_app.db);
    assert_non_null(stage_app.login);
    stage_assert_shows("This account is disabled");
}

static void an_idle_screen_locks_and_only_the_password_opens_it(void **state)
{
    (void)state;
    stage_sign_in();
    app_paste(&stage_app, "kept");
    stage_now += INT64_C(899) * 1000;
    app_tick(&stage_app);
    assert_null(stage_app.login);
    stage_now += 1000;
    assert_true(app_next_tick(&stage_app) <= stage_now);
    app_tick(&stage_app);
    assert_true(stage_app.locked);
    stage_assert_shows("Locked: Iron Temple, Anna");
    stage_assert_hides("kept");
    stage_type("2:q"); /* goes into the password */
    assert_true(stage_app.locked);
    stage_press("Esc");
    fake_db.state = DB_STATE_READY;
    stage_type("pw\r");
    assert_int_equal(fake_db.opened, 2);
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_false(stage_app.locked);
    assert_int_equal(fake_db.closed, 1); /* the second connection only proved the password */
    assert_string_equal(stage_top()->typed, "kept");
}

/* The gym's own login is nobody by name. */
static void the_top_line_says_as_whom(void **state)
{
    (void)state;
    stage_sign_in();
    struct session own = fake_db.session;
    own.staff_username[0] = '\0';
    host_set_session(app_top(&stage_app), &own);
    stage_assert_shows("desk 1 · owner ·");
}

static void the_owner_of_the_chain_unlocks_while_at_another_gym(void **state)
{
    (void)state;
    stage_sign_in();
    struct session other = fake_db.session;
    other.gym_id = 2;
    snprintf(other.gym_name, sizeof other.gym_name, "Harbour Gym");
    snprintf(other.gym_username, sizeof other.gym_username, "harbour");
    host_set_session(app_top(&stage_app), &other);
    stage_assert_shows("Harbour Gym · desk 1");
    stage_press("F12");
    stage_type("pw\r");
    assert_string_equal(fake_db.user, "gymtui:iron-temple:anna");
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_false(stage_app.locked);
    stage_assert_shows("Harbour Gym · desk 1");
}

static void somebody_elses_password_does_not_unlock(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("F12");
    assert_true(stage_app.locked);
    snprintf(fake_db.session.staff_username, sizeof fake_db.session.staff_username, "ben");
    stage_type("pw\r");
    app_advance(&stage_app);
    app_advance(&stage_app);
    assert_true(stage_app.locked);
    stage_assert_shows("somebody else's login");
    snprintf(fake_db.session.staff_username, sizeof fake_db.session.staff_username, "anna");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(signing_in_opens_the_tabs_of_the_level),
        STORY(a_refusal_is_told_in_words_and_can_be_tried_again),
        STORY(who_signs_in_is_told_to_try_again),
        STORY(a_server_that_does_not_answer_is_given_up),
        STORY(a_disabled_account_is_signed_out_with_the_reason),
        STORY(an_idle_screen_locks_and_only_the_password_opens_it),
        STORY(the_top_line_says_as_whom),
        STORY(the_owner_of_the_chain_unlocks_while_at_another_gym),
        STORY(somebody_elses_password_does_not_unlock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
