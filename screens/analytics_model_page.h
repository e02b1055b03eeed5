/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model page's state, shared by analytics_model.c (reading, keys, the hold-out) and
 * analytics_model_fits.c (the fits and their parameters). */
#ifndef GYMTUI_SCREENS_ANALYTICS_MODEL_PAGE_H
#define GYMTUI_SCREENS_ANALYTICS_MODEL_PAGE_H

#include "analytics_model.h"

enum model_view { MODEL_HOLDOUT, MODEL_FIT_LIST, MODEL_TRACKING, MODEL_VIEWS };

struct model_state {
    struct analytics_place *place;
    enum model_view view;
    int selected; /* of the fits */
    struct model_fits fits;
    struct model_curve calibration, tracking;
};

/* The fit whose predictions are shown, NULL: none; and the best of the others that were held
 * against what followed in the same way, NULL: none. */
const struct models_fit *model_in_use(const struct model_state *state);
const struct models_fit *model_second(const struct model_state *state);
/* "what purpose 'visits' predicts": "visits", "renewals" … */
const char *model_purpose(const struct models_fit *fit);
void model_draw_fits(const struct model_state *state, struct area area);

#endif
