/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where keys go: tabs, stacked screens, typing, the command line, dialogs, help, and what is typed
 * ahead. */
#include "app/stage.h"

#include <stdlib.h>

static void tabs_keep_their_state_and_cards_stack(void **state)
{
    (void)state;
    stage_sign_in();
    app_paste(&stage_app, "first");
    stage_press("2");
    assert_int_equal(stage_app.here, 1);
    assert_int_equal(stage_seen.opened, 2);
    stage_press("1");
    assert_string_equal(stage_top()->typed, "first");
    assert_int_equal(stage_seen.opened, 2);
    stage_press("o");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_card);
    stage_press("Esc");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_first);
    assert_int_equal(stage_seen.closed, 1);
    stage_press("Esc"); /* the first screen of a tab stays */
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_first);
    stage_press("Tab");
    assert_int_equal(stage_app.here, 1);
    stage_press("Tab");
    assert_int_equal(stage_app.here, 0);
}

static void while_typing_keys_are_text(void **state)
{
    (void)state;
    stage_sign_in();
    stage_top()->is_typing = true;
    stage_type("o2q");
    assert_string_equal(stage_top()->typed, "o2q");
    assert_int_equal(stage_app.here, 0);
    stage_press("F5");
    stage_assert_shows("Hello from the screen");
    stage_type("x");
    stage_assert_hides("Hello from the screen");
}

static void the_command_line_completes_and_says_what_it_does_not_know(void **state)
{
    (void)state;
    stage_sign_in();
    stage_type(":mem");
    stage_assert_shows("members");
    stage_press("Tab");
    stage_press("Enter");
    assert_int_equal(stage_app.here, 1);
    stage_type(":att\r");
    assert_int_equal(stage_app.here, 0);
    stage_type(":hello\r");
    stage_assert_shows("Hello from the screen");
    stage_type(":nonsense\r");
    stage_assert_shows("There is no command :nonsense");
    stage_type(":quit\r");
    assert_non_null(stage_app.dialog);
    stage_type("y");
    assert_true(stage_app.quit);
}

/* From elsewhere a tab is as it was left; asked for by name, or once more, it is itself. */
static void a_tab_asked_for_twice_is_without_what_was_opened_over_it(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("2");
    stage_press("o");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_card);
    stage_press("1");
    stage_press("2");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_card);
    stage_press("2");
    assert_string_equal(app_top(&stage_app)->screen->name, "members");
    stage_press("o");
    stage_press("1");
    stage_type(":members\r");
    assert_int_equal(stage_app.here, 1);
    assert_string_equal(app_top(&stage_app)->screen->name, "members");
}

static void dialogs_take_the_keys_until_answered(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("a");
    stage_assert_shows("Really?");
    stage_type("2");
    assert_int_equal(stage_app.here, 0);
    stage_press("y");
    assert_int_equal(stage_seen.answered, 1);
    assert_int_equal(stage_seen.answer, DIALOG_YES);
    stage_press("2");
    assert_int_equal(stage_app.here, 1);
}

static void help_shows_the_keys_and_esc_leaves_it(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("?");
    assert_non_null(stage_app.help);
    stage_assert_shows("Says hello.");
    stage_press("Esc");
    assert_null(stage_app.help);
}

static void any_size_is_drawn(void **state)
{
    (void)state;
    stage_sign_in();
    for (int rows = 1; rows < 30; rows += 3) {
        for (int columns = 1; columns < 90; columns += 11)
            free(stage_text_at(rows, columns));
    }
}

static void keys_typed_ahead_wait_for_the_answer_in_order(void **state)
{
    (void)state;
    stage_sign_in();
    struct probe *probe = stage_top();
    probe->is_waiting = true;
    stage_type("xy");
    stage_press("F5");
    assert_string_equal(probe->typed, "");
    stage_assert_hides("Hello from the screen");
    probe->is_waiting = false;
    app_advance(&stage_app);
    assert_string_equal(probe->typed, "xy");
    stage_assert_shows("Hello from the screen");

    /* What opens a dialog is followed by the keys for the dialog, whatever the screen waits for. */
    probe->is_waiting = true;
    stage_type("ay");
    probe->is_waiting = false;
    app_advance(&stage_app);
    assert_int_equal(stage_seen.answer, DIALOG_YES);
}

static void what_was_typed_ahead_is_dropped_when_the_answer_takes_too_long(void **state)
{
    (void)state;
    stage_sign_in();
    struct probe *probe = stage_top();
    probe->is_waiting = true;
    stage_type("x");
    stage_now += 4000;
    probe->is_waiting = false;
    app_advance(&stage_app);
    assert_string_equal(probe->typed, "");
    stage_assert_shows("dropped");
    stage_type("z");
    assert_string_equal(probe->typed, "z");

    /* Esc gives up the wait; so does the lock. */
    probe->is_waiting = true;
    stage_type("x");
    stage_now += 1000;
    stage_press("Esc");
    probe->is_waiting = false;
    app_advance(&stage_app);
    assert_string_equal(probe->typed, "z");
    probe->is_waiting = true;
    stage_type("x");
    app_lock(&stage_app);
    probe->is_waiting = false;
    app_advance(&stage_app);
    assert_string_equal(probe->typed, "z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(tabs_keep_their_state_and_cards_stack),
        STORY(while_typing_keys_are_text),
        STORY(the_command_line_completes_and_says_what_it_does_not_know),
        STORY(a_tab_asked_for_twice_is_without_what_was_opened_over_it),
        STORY(dialogs_take_the_keys_until_answered),
        STORY(help_shows_the_keys_and_esc_leaves_it),
        STORY(any_size_is_drawn),
        STORY(keys_typed_ahead_wait_for_the_answer_in_order),
        STORY(what_was_typed_ahead_is_dropped_when_the_answer_takes_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
