/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages about models share: curves kept after their reply, and figures in words. */
#ifndef GYMTUI_SCREENS_ANALYTICS_MODEL_H
#define GYMTUI_SCREENS_ANALYTICS_MODEL_H

#include "analytics_pages.h"
#include "gymtui/db/models.h"
#include "gymtui/ui/chart.h"

#define MODEL_FITS 32

/* A copy of the fits of a reply. */
struct model_fits {
    int count;
    struct models_fit fits[MODEL_FITS];
};
void model_fits_keep(struct model_fits *kept, const struct models_fit *fits, int count);
/* The fit in use for a purpose (and subject, NULL: any), else its first; NULL: none was made. */
const struct models_fit *model_fit_of(const struct model_fits *kept, const char *purpose,
                                      const char *subject);
/* A fit that has figures: one that never succeeded has none. */
bool model_fit_is_good(const struct models_fit *fit);

/* A copy of a curve, ready to be drawn. */
struct model_curve {
    int count;
    struct models_series series[MODELS_SERIES];
    struct chart_series chart[MODELS_SERIES]; /* the same points */
    struct models_point *points;
    struct chart_point *chart_points;
};
/* `from_one`: series begin at 0 with 1 (survival). For want of memory it is empty. */
void model_curve_keep(struct model_curve *kept, const struct models_curve *curve, bool from_one);
void model_curve_free(struct model_curve *kept);

/* The last view of the survival page. */
void survival_draw_effects(const struct analytics_place *place, const struct model_fits *fits,
                           struct area area);

/* Whether a month in which `share` of `n` left stands out from one in which `usual` do: by much,
 * and by more than luck would have it in one of two years' months. n 0: not known. */
bool model_stands_out(double share, double usual, double n);
/* "members" or "customers" */
const char *model_people(const struct analytics_place *place);
/* "14.2 months", "1 month" */
void model_write_months(char *dst, size_t size, double months);
/* "by renewal hazard"; what stands there before there is any history is a guess, and says so. */
#define MODEL_NONE "no history yet"
void model_write_by(char *dst, size_t size, const char *model);
/* "below 1 in 1,000", "about 1 in 40" */
void model_write_chance(char *dst, size_t size, double p);
/* "412", "1,240" whole units of money */
void model_write_money(char *dst, size_t size, double amount);

#endif
