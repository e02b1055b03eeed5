/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The analytics pages about models without a database: what it answers, and looking at a page.
 * Linked into test_curves and test_curves_… alone, since it stands in for calls that other tests
 * leave to the fakes.
 */
#ifndef GYMTUI_TESTS_SCREENS_CURVES_CURVES_H
#define GYMTUI_TESTS_SCREENS_CURVES_CURVES_H

#include <stdbool.h>

#include "fake_host.h"
#include "gymtui/db/models.h"
#include "model_data.h"

/* What the database has, which a test may change. */
struct curves_has {
    bool is_empty, fails;
    bool is_young; /* its curve has a day */
    struct models_value value;
    struct models_cohorts cohorts;
    struct models_occupancy occupancy;
    struct models_fit fits[MODEL_DATA_FITS];
    int fit_count;
    char curve[40]; /* the last one asked for */
    bool is_slow;   /* curves come when they are let go */
    int waiting;
    struct {
        models_curve_fn *on_reply;
        void *owner;
        char name[40];
    } later[8];
};
extern struct curves_has curves_has;

/* The analytics screen, over the data of model_data.h. */
struct host *curves_begin(void);
/* Whether it is on the screen, be it over the end of a line; _expect_text: it must be. */
bool curves_shows(struct host *host, const char *wanted);
void curves_expect_text(struct host *host, const char *wanted);
/* Goes to the page of this name. */
void curves_show_page(struct host *host, const char *name);
/* Against its golden file; _closely: and at every size, for one of those that are drawn alike. */
void curves_look(struct host *host, const char *name);
void curves_look_closely(struct host *host, const char *name);

#endif
