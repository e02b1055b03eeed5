/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in, and unlocking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "support.h"

static void nobody(struct host *host)
{
    host->signed_out = true;
}

static void demonstration(struct host *host)
{
    host->signed_out = true;
    host->is_demonstration = true;
}

static void locked(struct host *host)
{
    host->is_locked = true;
    host->is_demonstration = true;
}

static bool shows(struct host *host, const char *text)
{
    char *screen = fake_text(host);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}

static void gym_user_and_password_are_handed_over(void **unused)
{
    (void)unused;
    struct host *host = fake_open_with(&screen_login, NULL, NULL, nobody);
    golden_check("login", fake_draw, host);
    fake_type(host, "iron-temple\tanna\ts3cret 1");
    assert_false(shows(host, "s3cret"));
    assert_false(shows(host, "A demonstration"));
    fake_key(host, "Enter");
    assert_string_equal(host->login_gym, "iron-temple");
    assert_string_equal(host->login_staff, "anna");
    assert_string_equal(host->login_password, "s3cret 1");
    assert_true(shows(host, "Signing in"));

    struct error error;
    error_set(&error, ERROR_LOGIN, "Ask a manager if it was changed.",
              "User or password is not right");
    host->on_login(host->login_owner, &error);
    assert_true(shows(host, "User or password is not right"));
    assert_true(shows(host, "iron-temple"));
    golden_check("login_refused", fake_draw, host);
    fake_type(host, "other\r"); /* the focus is on the password, which is empty again */
    assert_string_equal(host->login_password, "other");
    fake_close(host);
}

static void enter_goes_on_to_the_next_field_and_the_gym_is_needed(void **unused)
{
    (void)unused;
    struct host *host = fake_open_with(&screen_login, NULL, NULL, nobody);
    fake_key(host, "Enter");
    assert_true(shows(host, "Which gym?"));
    fake_type(host, "iron-temple\r\rpw\r"); /* no user: the gym itself */
    assert_string_equal(host->login_gym, "iron-temple");
    assert_string_equal(host->login_staff, "");
    assert_string_equal(host->login_password, "pw");
    fake_close(host);
}

static void what_is_configured_is_filled_in(void **unused)
{
    (void)unused;
    const char *const settings[] = {"login.gym=iron-temple", "login.user=desk1", NULL};
    struct host *host = fake_open_with(&screen_login, NULL, settings, nobody);
    fake_type(host, "pw\r");
    assert_string_equal(host->login_gym, "iron-temple");
    assert_string_equal(host->login_staff, "desk1");
    assert_string_equal(host->login_password, "pw");
    fake_close(host);
}

static void a_demonstration_shows_its_logins_and_a_digit_fills_one_in(void **unused)
{
    (void)unused;
    struct host *host = fake_open_with(&screen_login, NULL, NULL, demonstration);
    golden_check("login_demo", fake_draw, host);
    fake_type(host, "2\r");
    assert_string_equal(host->login_gym, "iron-temple");
    assert_string_equal(host->login_staff, "anna");
    assert_string_equal(host->login_password, "demo-anna");
    fake_close(host);

    /* Digits inside of a name or password are only digits. */
    host = fake_open_with(&screen_login, NULL, NULL, demonstration);
    fake_type(host, "gym2\tanna1\t3word\r");
    assert_string_equal(host->login_gym, "gym2");
    assert_string_equal(host->login_staff, "anna1");
    assert_string_equal(host->login_password, "3word");
    fake_close(host);
}

static void a_digit_fills_in_a_login_beside_configured_names_too(void **unused)
{
    (void)unused;
    const char *const settings[] = {"login.gym=iron-temple", "login.user=desk1", NULL};
    struct host *host = fake_open_with(&screen_login, NULL, settings, demonstration);
    assert_true(shows(host, "A digit fills in"));
    fake_type(host, "12\r"); /* the second digit is a change of mind, no part of the password */
    assert_string_equal(host->login_staff, "anna");
    assert_string_equal(host->login_password, "demo-anna");
    fake_close(host);

    /* Who went to the password by themselves types it, and so who began to type it. */
    const char *const typed[] = {"\t\t\t3word\r", "w3\r"};
    const char *const passwords[] = {"3word", "w3"};
    for (int i = 0; i < 2; i++) {
        host = fake_open_with(&screen_login, NULL, settings, demonstration);
        fake_type(host, typed[i]);
        assert_string_equal(host->login_staff, "desk1");
        assert_string_equal(host->login_password, passwords[i]);
        fake_close(host);
    }
}

static void a_locked_screen_asks_for_the_password_alone(void **unused)
{
    (void)unused;
    struct host *host = fake_open_with(&screen_login, NULL, NULL, locked);
    assert_true(shows(host, "Locked: Iron Temple, Anna"));
    assert_false(shows(host, "A demonstration"));
    golden_check("login_locked", fake_draw, host);
    fake_type(host, "\tpw\r");
    assert_string_equal(host->login_gym, "iron-temple");
    assert_string_equal(host->login_staff, "anna");
    assert_string_equal(host->login_password, "pw");
    fake_close(host);
}

static void any_size_is_drawn_within_its_area(void **unused)
{
    (void)unused;
    struct host *host = fake_open_with(&screen_login, NULL, NULL, demonstration);
    golden_check_sizes("login", fake_draw, host);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gym_user_and_password_are_handed_over),
        cmocka_unit_test(enter_goes_on_to_the_next_field_and_the_gym_is_needed),
        cmocka_unit_test(what_is_configured_is_filled_in),
        cmocka_unit_test(a_demonstration_shows_its_logins_and_a_digit_fills_one_in),
        cmocka_unit_test(a_digit_fills_in_a_login_beside_configured_names_too),
        cmocka_unit_test(a_locked_screen_asks_for_the_password_alone),
        cmocka_unit_test(any_size_is_drawn_within_its_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
