/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu, and the jobs it opens. */
#include "app/stage.h"

#include <stdlib.h>
#include <string.h>

static void the_menu_goes_everywhere(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("F10");
    golden_check("app_menu", stage_draw, &stage_app);
    stage_press("2");
    assert_int_equal(stage_app.here, 1);
    stage_press("F10");
    stage_press("s");
    assert_non_null(stage_app.login);
    assert_null(stage_app.db);
    assert_int_equal(stage_app.tab_count, 0);
}

static void jobs_are_opened_from_the_menu_over_any_screen(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("F10");
    stage_assert_hides("Reseed");
    stage_press("j");
    assert_ptr_equal(app_top(&stage_app)->screen, &screen_jobs);
    stage_assert_shows("Nothing runs, nothing waits");
    stage_type(":jobs\r"); /* it is there already */
    stage_press("Esc");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_first);
    stage_type(":jo\r");
    assert_ptr_equal(app_top(&stage_app)->screen, &screen_jobs);
    stage_press("Esc");
    stage_type(":reseed\r");
    stage_assert_shows("This database is no demonstration");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_first);
}

/* On a terminal with fewer rows than the menu has the list follows the arrows. */
static void a_long_menu_scrolls(void **state)
{
    (void)state;
    fake_db.session.is_demonstration = true;
    stage_sign_in();
    stage_press("F10");
    char *small = stage_text_at(12, 40);
    assert_non_null(strstr(small, "Reseed"));
    assert_null(strstr(small, "Leave gymtui"));
    free(small);
    stage_press("Up");
    golden_check("app_menu_end", stage_draw, &stage_app);
    small = stage_text_at(12, 40);
    assert_non_null(strstr(small, "Leave gymtui"));
    free(small);
    stage_press("Enter");
    assert_true(stage_app.quit);
}

static void a_demonstration_is_reseeded_from_the_menu(void **state)
{
    (void)state;
    fake_db.session.is_demonstration = true;
    stage_sign_in();
    stage_press("F10");
    golden_check("app_menu_demonstration", stage_draw, &stage_app);
    stage_press("r");
    assert_ptr_equal(app_top(&stage_app)->screen, &screen_jobs);
    stage_assert_shows("Reseed: small, seed 1");
    stage_assert_shows("Type gymtui");
    stage_press("Esc");
    assert_null(stage_app.dialog);
    stage_type(":reseed\r"); /* on the jobs screen itself */
    stage_assert_shows("Type gymtui");
    stage_press("Esc");
    stage_press("Esc");
    assert_ptr_equal(app_top(&stage_app)->screen, &stage_screen_first);
}

static void the_desk_has_no_jobs(void **state)
{
    (void)state;
    fake_db.session.level = LEVEL_DESK;
    fake_db.session.is_demonstration = true;
    stage_sign_in();
    stage_press("F10");
    stage_assert_hides("Jobs");
    stage_assert_hides("Reseed");
    stage_press("Esc");
    stage_type(":reseed\r");
    stage_assert_shows("There is no command");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_menu_goes_everywhere),
        STORY(jobs_are_opened_from_the_menu_over_any_screen),
        STORY(a_demonstration_is_reseeded_from_the_menu),
        STORY(a_long_menu_scrolls),
        STORY(the_desk_has_no_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
