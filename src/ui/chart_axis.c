/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axes: what they span, where their ticks lie, and what stands beside them. */
#include <math.h>
#include <stdio.h>

#include "chart_private.h"

void axis_span(struct chart_axis *axis, const struct chart_plot *plot, bool is_y)
{
    if (axis->from != axis->to)
        return;
    for (int i = 0; i < plot->count; i++) {
        for (int k = 0; k < plot->series[i].count; k++) {
            const struct chart_point *point = &plot->series[i].points[k];
            double value = is_y ? point->y : point->x;
            if (!isfinite(value))
                continue;
            axis->from = value < axis->from ? value : axis->from;
            axis->to = value > axis->to ? value : axis->to;
        }
    }
    if (axis->from == axis->to)
        axis->to = axis->from + 1;
}

double axis_step(const struct chart_axis *axis, int wanted)
{
    static const double months[] = {1, 2, 3, 6, 12, 24, 36, 60, 120}, hours[] = {1, 2, 3, 4, 6, 12};
    double raw = (axis->to - axis->from) / (wanted > 0 ? wanted : 1);
    if (axis->measure == CHART_MONTHS && raw <= 120) {
        for (int i = 0; i < (int)(sizeof months / sizeof *months); i++)
            if (months[i] >= raw)
                return months[i];
    }
    if (axis->measure == CHART_HOURS && raw <= 12) {
        for (int i = 0; i < (int)(sizeof hours / sizeof *hours); i++)
            if (hours[i] >= raw)
                return hours[i];
    }
    double ten = pow(10, floor(log10(raw)));
    double part = raw / ten;
    /* Quarters only of what can be written short: 25 %, never 2.5. */
    bool quarters = axis->measure == CHART_PERCENT && ten >= 0.1;
    return ten * (part <= 1                 ? 1
                  : part <= 2               ? 2
                  : part <= 2.5 && quarters ? 2.5
                  : part <= 5               ? 5
                                            : 10);
}

double axis_tick(const struct chart_axis *axis, double step, int tick)
{
    return (ceil(axis->from / step - 1e-9) + tick) * step;
}

int axis_ticks(const struct chart_axis *axis, double step)
{
    double count = floor((axis->to - axis_tick(axis, step, 0)) / step + 1e-6) + 1;
    return count > 0 && count < 1000 ? (int)count : 0;
}

void axis_label(const struct chart_axis *axis, double step, double value, char *dst, size_t size)
{
    value = fabs(value) < step * 1e-9 ? 0 : value;
    if (axis->measure == CHART_PERCENT)
        snprintf(dst, size, "%.*f %%", step < 0.01 ? 1 : 0, value * 100);
    else if (step >= 1 || value == 0)
        chart_format_short(dst, size, value);
    else
        snprintf(dst, size, "%.*f", step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3, value);
}

double axis_share(const struct chart_axis *axis, double value)
{
    double share = (value - axis->from) / (axis->to - axis->from);
    return share > 1 ? 1 : share > 0 ? share : 0;
}
