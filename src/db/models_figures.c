/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be worked out from the rows of models.h without asking the server. */
#include <math.h>
#include <string.h>

#include "gymtui/db/models.h"

double models_estimate(const struct models_fit *fit, const char *parameter)
{
    for (int i = 0; i < fit->parameter_count; i++)
        if (strcmp(fit->parameters[i].name, parameter) == 0)
            return fit->parameters[i].estimate;
    return NAN;
}

double models_time_at(const struct models_series *series, double share)
{
    for (int i = 0; i < series->count; i++)
        if (series->points[i].y <= share)
            return series->points[i].x;
    return NAN;
}

double models_share_at(const struct models_series *series, double x)
{
    double share = 1;
    for (int i = 0; i < series->count && series->points[i].x <= x; i++)
        share = series->points[i].y;
    return share;
}

int models_retention(const struct models_cohorts *cohorts, int from, int to,
                     struct models_point *points)
{
    double share = 1, variance = 0; /* Greenwood's sum */
    int count = 0;
    for (int k = 0; k <= MODELS_MONTHS; k++) {
        int64_t before = 0, after = 0;
        for (int i = from; i < to; i++) {
            const struct models_cohort *cohort = &cohorts->cohorts[i];
            if (cohort->observed < k)
                continue;
            before += k == 0 ? cohort->size : cohort->there[k - 1];
            after += cohort->there[k];
        }
        if (before == 0)
            break;
        double n = (double)before, left = (double)(before - after);
        share *= (n - left) / n;
        if (after > 0)
            variance += left / (n * (n - left));
        struct models_point *point = &points[count++];
        *point = (struct models_point){k, share, share, share, before};
        if (share > 0 && share < 1) {
            double spread = 1.959963984540054 * sqrt(variance) / log(share);
            point->low = pow(share, exp(-spread));
            point->high = pow(share, exp(spread));
        }
    }
    return count;
}
