/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The application around small screens made for these tests, which remember what reached them.
 * Linked into test_app_… alone, since its screens stand in for the list of the real ones.
 */
#ifndef GYMTUI_TESTS_SCREENS_APP_STAGE_H
#define GYMTUI_TESTS_SCREENS_APP_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_db.h"
#include "gymtui/app/core.h"
#include "gymtui/db/jobs.h"
#include "support.h"

/* A story of the application, from its start to its end. */
#define STORY(name)       cmocka_unit_test_setup_teardown(name, stage_start, stage_end)
#define KIOSK_STORY(name) cmocka_unit_test_setup_teardown(name, stage_start_kiosk, stage_end)

/* The state of each of the screens. */
struct probe {
    struct screen_context context;
    char typed[64];
    bool is_typing, is_waiting;
};

/* What reached the screens. */
struct stage_seen {
    int opened, closed, changed, ticked, answered;
    char topic[32];
    enum db_state state;
    enum dialog_result answer;
};
extern struct stage_seen stage_seen;

/* What jobs_list answers. */
struct stage_jobs {
    struct job_row job;
    bool runs, worker_is_alive;
    int reads;
};
extern struct stage_jobs stage_jobs;

extern const struct screen stage_screen_first, stage_screen_card;
extern struct app stage_app;
/* The application's clock, in milliseconds. */
extern int64_t stage_now;

/* The login screen before a fresh application; _kiosk: set up as a kiosk. */
int stage_start(void **state);
int stage_start_kiosk(void **state);
int stage_end(void **state);
/* As Anna of the Iron Temple. */
void stage_sign_in(void);
/* A key by its name; text, where \r is Enter and \t is Tab. */
void stage_press(const char *name);
void stage_type(const char *text);
/* The state of the screen in sight. */
struct probe *stage_top(void);
/* A reseed is this far, and all were told. */
void stage_run_job(double progress);

/* Draws the application that owns it, as golden_check and golden_text ask. */
void stage_draw(void *owner, struct area area);
char *stage_text_at(int rows, int columns);
/* On 24 rows of 80 columns. */
void stage_assert_shows(const char *text);
void stage_assert_hides(const char *text);

#endif
