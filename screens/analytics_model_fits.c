/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model, as the fits: what was fitted to what, when, how well, and the selected one's parameters.
 */
#include <math.h>
#include <stdio.h>

#include "analytics_model_page.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

static void write_figure(char *dst, size_t size, double value, int digits)
{
    if (isfinite(value))
        snprintf(dst, size, "%.*f", digits, value);
    else
        snprintf(dst, size, "%s", term_is_ascii() ? "-" : "–");
}

static void draw_fit(struct area area, int y, const struct models_fit *fit, bool is_selected,
                     int32_t today)
{
    enum role role = is_selected ? ROLE_CURSOR : ROLE_TEXT;
    char text[80];
    if (is_selected)
        for (int x = 0; x < area.columns; x++)
            draw_text(area, y, x, role, " ");
    draw_text(area, y, 0, role, is_selected ? sign_text(SIGN_CURSOR) : " ");
    draw_text(area, y, 2, role, fit->in_use ? sign_text(SIGN_GOOD) : " ");
    snprintf(text, sizeof text, "%s%s%s", fit->model, fit->subject[0] ? ", " : "", fit->subject);
    draw_cell(area, y, 4, 25, ALIGN_LEFT, role, text);
    draw_cell(area, y, 30, 11, ALIGN_LEFT, role, model_purpose(fit));
    write_figure(text, sizeof text, fit->log_likelihood, fabs(fit->log_likelihood) < 1e5 ? 3 : 1);
    draw_cell(area, y, 41, 11, ALIGN_RIGHT, role, text);
    write_figure(text, sizeof text, fit->auc, 3);
    draw_cell(area, y, 52, 6, ALIGN_RIGHT, role, text);
    write_figure(text, sizeof text, fit->log_loss, 3);
    draw_cell(area, y, 59, 8, ALIGN_RIGHT, role, text);
    date_format_short(text, sizeof text, fit->fitted_on, today);
    draw_cell(area, y, 69, 11, ALIGN_LEFT, role, text);
    if (fit->failed_on != DATE_NONE)
        draw_text(area, y, area.columns - 2, is_selected ? role : ROLE_WARN, sign_text(SIGN_WARN));
}

static void draw_heading(struct area line)
{
    draw_cell(line, 0, 4, 25, ALIGN_LEFT, ROLE_LABEL, "Model");
    draw_cell(line, 0, 30, 11, ALIGN_LEFT, ROLE_LABEL, "of");
    draw_cell(line, 0, 41, 11, ALIGN_RIGHT, ROLE_LABEL, "log-likeli.");
    draw_cell(line, 0, 52, 6, ALIGN_RIGHT, ROLE_LABEL, "AUC");
    draw_cell(line, 0, 59, 8, ALIGN_RIGHT, ROLE_LABEL, "log-loss");
    draw_cell(line, 0, 69, 11, ALIGN_LEFT, ROLE_LABEL, "fitted");
}

/* "r 0.2426 ± 0.0125" in columns; returns the rows used. */
static int draw_parameters(const struct models_fit *fit, struct area area)
{
    int widest = 8;
    for (int i = 0; i < fit->parameter_count; i++) {
        int width = text_width(fit->parameters[i].name);
        widest = width > widest ? width : widest;
    }
    int column = widest + 26, across = area.columns / column;
    across = across < 1 ? 1 : across > 3 ? 3 : across;
    int rows = (fit->parameter_count + across - 1) / across;
    for (int i = 0; i < fit->parameter_count; i++) {
        const struct models_parameter *parameter = &fit->parameters[i];
        int y = i % rows, x = i / rows * column;
        char value[32], error[32] = "";
        bool tiny = fabs(parameter->estimate) > 0 && fabs(parameter->estimate) < 1e-3;
        snprintf(value, sizeof value, tiny ? "%.4g" : "%.7g", parameter->estimate);
        if (isfinite(parameter->standard_error))
            snprintf(error, sizeof error, "± %.2g", parameter->standard_error);
        draw_cell(area, y, x, widest, ALIGN_LEFT, ROLE_LABEL, parameter->name);
        draw_cell(area, y, x + widest + 1, 11, ALIGN_RIGHT, ROLE_STRONG, value);
        draw_cell(area, y, x + widest + 13, 11, ALIGN_LEFT, ROLE_DIM, error);
    }
    return rows;
}

static void say(const struct model_state *state, const struct models_fit *fit, char *dst,
                size_t size)
{
    int32_t today = session_today(state->place->context->db);
    char day[24], seen[32];
    date_format_short(day, sizeof day, fit->failed_on, today);
    if (fit->failed_on != DATE_NONE && model_fit_is_good(fit)) {
        char good[24];
        date_format_short(good, sizeof good, fit->fitted_on, today);
        text_append(dst, size,
                    "The attempt of %s failed: %s. These figures are those of %s and stay in use.",
                    day, fit->failure, good);
        return;
    }
    if (!model_fit_is_good(fit)) {
        text_append(dst, size, "It could not be fitted on %s: %s. There is no earlier one.", day,
                    fit->failure);
        return;
    }
    analytics_format_count(seen, sizeof seen, (double)fit->observations);
    text_append(dst, size, "Fitted to %s %s", seen,
                fit->observations == 1 ? "observation" : "observations");
    if (fit->time_unit[0])
        text_append(dst, size, ", time in %s", fit->time_unit);
    if (fit->iterations > 0)
        text_append(dst, size, ", in %d steps", fit->iterations);
    text_append(dst, size, ". %s",
                fit->in_use ? "It is the one in use: predictions are made with it. Nothing to do: "
                              "each recompute fits it anew."
                            : "Not in use; it is here to be compared. Nothing to do.");
}

void model_draw_fits(const struct model_state *state, struct area area)
{
    const struct model_fits *fits = &state->fits;
    const struct models_fit *fit = &fits->fits[state->selected];
    int32_t today = session_today(state->place->context->db);
    char text[500] = "";
    say(state, fit, text, sizeof text);
    analytics_draw_meaning(&area, text);
    draw_heading(area_take_top(&area, 1));
    int columns = area.columns, parameters = fit->parameter_count;
    int below = parameters > 6 ? (parameters + 1) / 2 + 2 : parameters > 0 ? parameters + 2 : 0;
    below = below > area.rows / 2 ? area.rows / 2 : below;
    int rows = area.rows - below < fits->count ? area.rows - below : fits->count;
    struct area list = area_take_top(&area, rows);
    int first = state->selected >= rows ? state->selected - rows + 1 : 0;
    for (int i = first; i < fits->count && i - first < rows; i++)
        draw_fit(list, i - first, &fits->fits[i], i == state->selected, today);
    if (below < 3)
        return;
    area_take_top(&area, 1);
    draw_format(area_take_top(&area, 1), 0, 1, ROLE_STRONG, "%s%s%s, with standard errors",
                fit->model, fit->subject[0] ? ", " : "", fit->subject);
    draw_parameters(fit, area_part(area, 0, 1, area.rows, columns - 2));
}
