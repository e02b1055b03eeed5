/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves kept after their reply, and figures in words, for the pages about models. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics_model.h"

void model_fits_keep(struct model_fits *kept, const struct models_fit *fits, int count)
{
    kept->count = count < MODEL_FITS ? count : MODEL_FITS;
    for (int i = 0; i < kept->count; i++)
        kept->fits[i] = fits[i];
}

bool model_fit_is_good(const struct models_fit *fit)
{
    return fit->parameter_count > 0;
}

const struct models_fit *model_fit_of(const struct model_fits *kept, const char *purpose,
                                      const char *subject)
{
    const struct models_fit *first = NULL;
    for (int i = 0; i < kept->count; i++) {
        const struct models_fit *fit = &kept->fits[i];
        if (strcmp(fit->purpose, purpose) != 0 || !model_fit_is_good(fit) ||
            (subject && strcmp(fit->subject, subject) != 0))
            continue;
        if (fit->in_use)
            return fit;
        first = first ? first : fit;
    }
    return first;
}

void model_curve_keep(struct model_curve *kept, const struct models_curve *curve, bool from_one)
{
    size_t total = 0;
    model_curve_free(kept);
    for (int i = 0; i < curve->series_count; i++)
        total += (size_t)curve->series[i].count + 1;
    kept->points = calloc(total ? total : 1, sizeof *kept->points);
    kept->chart_points = calloc(total ? total : 1, sizeof *kept->chart_points);
    if (!kept->points || !kept->chart_points) {
        model_curve_free(kept);
        return;
    }
    size_t used = 0;
    for (int i = 0; i < curve->series_count; i++) {
        struct models_series *series = &kept->series[i];
        const struct models_series *from = &curve->series[i];
        *series = *from;
        series->count = 0;
        series->points = kept->points + used;
        kept->chart[i] = (struct chart_series){.points = kept->chart_points + used};
        bool begins = from_one && from->count > 0 && from->points[0].x > 0;
        if (begins) {
            kept->points[used] = (struct models_point){0, 1, 1, 1, from->points[0].n};
            series->count++;
        }
        if (from->count > 0)
            memcpy(kept->points + used + series->count, from->points,
                   (size_t)from->count * sizeof *from->points);
        series->count += from->count;
        for (int k = 0; k < series->count; k++) {
            const struct models_point *point = &kept->points[used + (size_t)k];
            kept->chart_points[used + (size_t)k] =
                (struct chart_point){point->x, point->y, point->low, point->high};
        }
        kept->chart[i].count = series->count;
        used += (size_t)series->count;
    }
    kept->count = curve->series_count;
    for (int i = 0; i < kept->count; i++)
        kept->chart[i].name = kept->series[i].name;
}

void model_curve_free(struct model_curve *kept)
{
    free(kept->points);
    free(kept->chart_points);
    *kept = (struct model_curve){0};
}

bool model_stands_out(double share, double usual, double n)
{
    double error = n > 0 ? sqrt(usual * (1 - usual) / n) : 0;
    return share >= 2 * usual && share - usual >= 3 * error;
}

const char *model_people(const struct analytics_place *place)
{
    return place->dataset_id == 0 ? "members" : "customers";
}

void model_write_by(char *dst, size_t size, const char *model)
{
    if (strcmp(model, MODEL_NONE) == 0)
        snprintf(dst, size, "guessed, without a history yet");
    else
        snprintf(dst, size, "%s%s", model[0] ? "by " : "", model);
}

void model_write_months(char *dst, size_t size, double months)
{
    bool whole = fabs(months - round(months)) < 0.05;
    snprintf(dst, size, "%.*f month%s", whole ? 0 : 1, months,
             whole && lround(months) == 1 ? "" : "s");
}

void model_write_chance(char *dst, size_t size, double p)
{
    if (p < 0.001)
        snprintf(dst, size, "below 1 in 1,000");
    else
        snprintf(dst, size, "about 1 in %.0f", 1 / p);
}

void model_write_money(char *dst, size_t size, double amount)
{
    analytics_format_count(dst, size, amount);
}
