/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes by itself: progress, changes, the connection, the clock. */
#include "app/stage.h"

static void progress_is_told_on_every_screen(void **state)
{
    (void)state;
    stage_sign_in();
    stage_run_job(.74);
    stage_assert_shows("Reseed (small, seed 7): 74 %, 0:06 left");
    golden_check("app_progress", stage_draw, &stage_app);
    stage_press("2");
    stage_assert_shows("Reseed (small, seed 7): 74 %");
    stage_type(":nonsense\r"); /* what has just happened comes first */
    stage_assert_hides("Reseed");
    stage_press("Esc");
    stage_assert_shows("Reseed (small, seed 7): 74 %");
    /* A worker that was killed says nothing more: it is looked for each minute. */
    stage_jobs.worker_is_alive = false;
    fake_db.local_now += 60;
    app_tick(&stage_app);
    stage_assert_hides("Reseed");
    stage_run_job(.75);
    stage_assert_shows("75 %");
    stage_jobs.runs = false;
    fake_db.on_change(fake_db.change_owner, "jobs");
    stage_now += 200;
    app_tick(&stage_app);
    stage_assert_hides("Reseed");
}

static void changes_are_passed_on_at_most_five_times_a_second(void **state)
{
    (void)state;
    stage_sign_in();
    /* Each at once, until there are too many; then all of them as one. */
    for (int i = 1; i <= 12; i++) {
        fake_db.on_change(fake_db.change_owner, "attendance");
        app_advance(&stage_app);
        assert_int_equal(stage_seen.changed, i < 5 ? i : 5);
        stage_now += 10;
    }
    assert_string_equal(stage_seen.topic, "attendance");
    assert_true(app_next_tick(&stage_app) <= stage_now + 1000);
    stage_now += 1000;
    app_tick(&stage_app);
    assert_int_equal(stage_seen.changed, 6);
    stage_now += 1000;
    app_tick(&stage_app);
    assert_int_equal(stage_seen.changed, 6);
    fake_db.on_change(fake_db.change_owner, "packages"); /* not watched */
    app_advance(&stage_app);
    assert_int_equal(stage_seen.changed, 6);
}

static void a_hidden_screen_reads_again_when_it_comes_into_sight(void **state)
{
    (void)state;
    stage_sign_in();
    stage_press("2");
    int changed = stage_seen.changed;
    fake_db.on_change(fake_db.change_owner, "attendance");
    app_advance(&stage_app);
    assert_int_equal(stage_seen.changed, changed + 1); /* the one in sight */
    stage_press("1");
    assert_int_equal(stage_seen.changed, changed + 2);
    stage_press("2");
    assert_int_equal(stage_seen.changed, changed + 2);
}

static void offline_is_said_and_passes_by_itself(void **state)
{
    (void)state;
    stage_sign_in();
    fake_db.local_now += 60;
    fake_db_go(DB_STATE_OFFLINE, "The connection to the database was lost");
    assert_int_equal(stage_seen.state, DB_STATE_OFFLINE);
    stage_assert_shows("○ offline · data from 18:05");
    stage_assert_shows("The connection to the database was lost");
    golden_check("app_offline", stage_draw, &stage_app);
    fake_db_go(DB_STATE_READY, NULL);
    stage_assert_shows("● live");
    stage_assert_hides("was lost");
    int reads = fake_db.session_reads;
    fake_db.on_change(fake_db.change_owner, "*");
    app_advance(&stage_app);
    assert_string_equal(stage_seen.topic, "*");
    assert_int_equal(fake_db.session_reads, reads + 1);
}

static void the_clock_wakes_the_screen_once_a_minute(void **state)
{
    (void)state;
    stage_sign_in();
    app_draw(&stage_app);
    assert_false(stage_app.want_draw);
    stage_now += 1000;
    app_tick(&stage_app);
    assert_false(stage_app.want_draw);
    assert_true(app_next_tick(&stage_app) <= stage_now + 60000);
    fake_db.local_now += 60;
    app_tick(&stage_app);
    assert_true(stage_app.want_draw);
    assert_int_equal(stage_seen.ticked, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(progress_is_told_on_every_screen),
        STORY(changes_are_passed_on_at_most_five_times_a_second),
        STORY(a_hidden_screen_reads_again_when_it_comes_into_sight),
        STORY(offline_is_said_and_passes_by_itself),
        STORY(the_clock_wakes_the_screen_once_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
