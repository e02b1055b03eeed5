/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Survival, last view: what makes a stay longer, by the model of survival in use, as factors with
 * their intervals on a scale of logarithms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analytics_model.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

struct effect {
    const char *name;
    double factor, low, high;
    bool is_clear;
};

static int find_effects(const struct models_fit *fit, struct effect effects[MODELS_PARAMETERS])
{
    int count = 0;
    for (int i = 0; i < fit->parameter_count; i++) {
        const struct models_parameter *parameter = &fit->parameters[i];
        if (strcmp(parameter->name, "intercept") == 0 || strcmp(parameter->name, "sigma") == 0 ||
            !isfinite(parameter->estimate))
            continue;
        double spread = 1.959963984540054 *
                        (isfinite(parameter->standard_error) ? parameter->standard_error : 0);
        struct effect effect = {parameter->name, exp(parameter->estimate),
                                exp(parameter->estimate - spread),
                                exp(parameter->estimate + spread), spread > 0};
        effect.is_clear = effect.is_clear && (effect.low > 1 || effect.high < 1);
        int k = count++;
        for (; k > 0 && effects[k - 1].factor < effect.factor; k--)
            effects[k] = effects[k - 1];
        effects[k] = effect;
    }
    return count;
}

/* "Paying by card instead of transfer: stays 1.6 times as long (1.4 to 1.9). " */
static void say_effect(const struct effect *effect, char *dst, size_t size)
{
    char first = effect->name[0];
    bool is_short = effect->factor < 1;
    int digits = effect->factor < 1.25 ? 2 : 1; /* 1.09, 0.86; 2.1 */
    text_append(dst, size, "%c%s: %s %.*f times as long (%.*f to %.*f). ",
                first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first, effect->name + 1,
                is_short ? "stays only" : "stays", digits, effect->factor, digits, effect->low,
                digits, effect->high);
}

/* How somebody pays and for how long is a matter of offers; who somebody is, is not. */
static bool can_be_changed(const struct effect *effect)
{
    const char *name = effect->name;
    return !strstr(name, "older") && strncmp(name, "women", 5) != 0 &&
           strncmp(name, "men ", 4) != 0;
}

static void say_of_effects(const struct analytics_place *place, const struct effect *effects,
                           int count, char *dst, size_t size)
{
    const struct effect *best = NULL, *worst = NULL;
    for (int i = 0; i < count; i++) {
        /* The largest of those that can be brought about, before any other. */
        if (effects[i].is_clear && effects[i].factor > 1 &&
            (!best || (can_be_changed(&effects[i]) && !can_be_changed(best))))
            best = &effects[i];
        if (effects[i].is_clear && effects[i].factor < 1)
            worst = &effects[i];
    }
    if (best)
        say_effect(best, dst, size);
    if (worst)
        say_effect(worst, dst, size);
    if (!best && !worst)
        text_append(dst, size, "Nothing that is known of %s makes a clear difference. ",
                    model_people(place));
    else if ((best && can_be_changed(best)) || (worst && can_be_changed(worst)))
        text_append(dst, size, "All else equal, and no proof of a cause: try it on some first.");
    else
        text_append(dst, size, "That cannot be changed: %s who leave soon by it.",
                    place->dataset_id == 0 ? "look first after those" : "write first to those");
}

/* ├──●──┤ on a scale of logarithms, with a line at 1. */
static void draw_interval(struct area area, int y, const struct effect *effect, double widest)
{
    int last = area.columns - 1, middle = last / 2;
    double scale = middle / widest;
    int at = middle + (int)lround(log(effect->factor) * scale);
    int low = middle + (int)lround(log(effect->low) * scale);
    int high = middle + (int)lround(log(effect->high) * scale);
    bool ascii = term_is_ascii();
    enum role role = !effect->is_clear ? ROLE_DIM : effect->factor > 1 ? ROLE_GOOD : ROLE_WARN;
    low = low < 0 ? 0 : low;
    high = high > last ? last : high;
    draw_text(area, y, middle, ROLE_RULE, ascii ? "|" : "│");
    for (int x = low; x <= high; x++)
        draw_text(area, y, x, role, ascii ? "-" : "─");
    draw_text(area, y, at < 0 ? 0 : at > last ? last : at, role, ascii ? "o" : "●");
}

static void draw_scale(struct area area, int y, double widest)
{
    static const double ticks[] = {0.25, 0.5, 1, 2, 4};
    int middle = (area.columns - 1) / 2;
    for (int i = 0; i < 5; i++) {
        char label[16];
        double place = log(ticks[i]) / widest;
        if (fabs(place) > 1)
            continue;
        snprintf(label, sizeof label, "%g", ticks[i]);
        int x = middle + (int)lround(place * middle) - (int)strlen(label) / 2;
        draw_text(area, y, x < 0 ? 0 : x, ROLE_LABEL, label);
    }
}

void survival_draw_effects(const struct analytics_place *place, const struct model_fits *fits,
                           struct area area)
{
    struct effect effects[MODELS_PARAMETERS];
    const struct models_fit *fit = model_fit_of(fits, "survival", NULL);
    int count = fit ? find_effects(fit, effects) : 0;
    if (count == 0) {
        analytics_draw_nothing(area, "No model of survival has been fitted yet. The next recompute "
                                     "fits one, when enough have left to learn from.");
        return;
    }
    char text[500] = "", day[24];
    int32_t today = session_today(place->context->db);
    say_of_effects(place, effects, count, text, sizeof text);
    analytics_draw_meaning(&area, text);
    date_format_short(day, sizeof day, fit->fitted_on, today);
    struct area head = area_take_top(&area, 1);
    draw_text(head, 0, 1, ROLE_STRONG, "Stays so many times as long");
    char model[96];
    snprintf(model, sizeof model, "%s model, %s", fit->model, day);
    if (area.columns >= 70)
        draw_text(head, 0, area.columns - 1 - text_width(model), ROLE_DIM, model);
    area_take_top(&area, area.rows > count + 3 ? 1 : 0);
    int wide = area.columns, figures = 17, plot = wide >= 60 && !term_is_plain() ? wide / 4 : 0;
    int names = wide - figures - plot - 3;
    if (names + 6 > 29) /* beside the heading */
        draw_text(head, 0, names + 6, ROLE_LABEL, "95 %");
    double widest = log(2);
    for (int i = 0; i < count; i++) {
        widest = fabs(log(effects[i].low)) > widest ? fabs(log(effects[i].low)) : widest;
        widest = fabs(log(effects[i].high)) > widest ? fabs(log(effects[i].high)) : widest;
    }
    widest = widest > log(4.5) ? log(4.5) : widest * 1.05;
    struct area drawing = area_part(area, 0, wide - plot - 1, area.rows, plot);
    int gap = area.rows >= 2 * count + 1 ? 2 : 1, y = 0;
    for (int i = 0; i < count && y < area.rows - 1; i++, y += gap) {
        enum role role = effects[i].is_clear ? ROLE_TEXT : ROLE_DIM;
        char factor[48];
        draw_cell(area, y, 1, names - 1, ALIGN_LEFT, role, effects[i].name);
        snprintf(factor, sizeof factor, "%.2f", effects[i].factor);
        draw_cell(area, y, names, 5, ALIGN_RIGHT, effects[i].is_clear ? ROLE_STRONG : ROLE_DIM,
                  factor);
        snprintf(factor, sizeof factor, "%.2f–%.2f", effects[i].low, effects[i].high);
        draw_cell(area, y, names + 6, 10, ALIGN_LEFT, ROLE_DIM, factor);
        if (plot > 0)
            draw_interval(drawing, y, &effects[i], widest);
    }
    if (plot > 0)
        draw_scale(drawing, y, widest);
}
