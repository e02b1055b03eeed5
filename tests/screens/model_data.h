/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker might have found out about the gym of office_data.h, for the tests of the pages
 * that show it. */
#ifndef GYMTUI_TESTS_MODEL_DATA_H
#define GYMTUI_TESTS_MODEL_DATA_H

#include "gymtui/db/models.h"

#define MODEL_DATA_FITS 8

void model_fill_value(struct models_value *value);
void model_fill_cohorts(struct models_cohorts *cohorts);
void model_fill_occupancy(struct models_occupancy *occupancy);
/* A hazard in use, sBG that did worse, MBG/NBD whose newest attempt failed, Weibull with four
 * effects, and a log-rank test of the plans. Returns how many. */
int model_fill_fits(struct models_fit fits[MODEL_DATA_FITS]);
/* "survival", "survival by plan", "survival by gender", "calibration", "tracking"; others are
 * empty. Lives until the next call. */
const struct models_curve *model_curve_named(const char *name);

#endif
