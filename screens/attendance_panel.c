/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exception's panel: what is wrong in large type, what else there is to know, the keys. */
#include <stdio.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define REST          10000 /* as many rows or columns as the area has */
#define FACTS_AT      3     /* below the word, after its sign */
#define TWO_COLUMNS   66    /* of keys, from this width on */
#define FRAME_COLUMNS 6     /* the frame, its blanks, and the margin outside */

static void upper(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
    }
}

static struct banner alert_banner(const struct alert *alert, char *word, size_t size)
{
    const struct verdict *verdict = &alert->verdict;
    struct banner banner = {SIGN_BAD, ROLE_BAD_BIG, word};
    char clock[16];
    switch (alert->kind) {
    case ALERT_DENIED:
        snprintf(word, size, "%s", verdict->reason_count > 0 ? verdict->reasons[0].text : "denied");
        break;
    case ALERT_ALREADY_IN:
        date_format_clock(clock, sizeof clock, verdict->since_local);
        snprintf(word, size, "in since %s, desk %s", clock, verdict->since_desk);
        banner.sign = SIGN_WARN;
        banner.role = ROLE_WARN_BIG;
        break;
    case ALERT_REPEAT:
        snprintf(word, size, "has just left");
        banner.sign = SIGN_WARN;
        banner.role = ROLE_WARN_BIG;
        break;
    case ALERT_UNKNOWN:
        snprintf(word, size, alert->job.kind == JOB_NAME ? "nobody matches" : "not known");
        break;
    case ALERT_NOT_IN:
        snprintf(word, size, "is not in");
        banner.sign = SIGN_WARN;
        banner.role = ROLE_WARN_BIG;
        break;
    case ALERT_FAILED:
        snprintf(word, size, "%s", alert->buying);
        break;
    }
    text_drop_partial(word);
    upper(word);
    return banner;
}

static void alert_facts(const struct attendance *state, const struct alert *alert, char *text,
                        size_t size)
{
    const struct verdict *verdict = &alert->verdict;
    char part[200], day[24];
    int32_t today = session_today(state->context.db);
    text[0] = '\0';
    switch (alert->kind) {
    case ALERT_DENIED:
        attendance_reasons_text(verdict, 1, text, size);
        if (verdict->reason_count > 0 && verdict->reasons[0].code == REASON_BANNED)
            attendance_add_part(text, size, "only a manager may let in");
        /* Of another gym's member the desk sees name, plan and home gym (DESK.md rule 8). */
        if (verdict->reason_count > 0 && verdict->reasons[0].code == REASON_OTHER_GYM)
            break;
        if (verdict->last_visit != DATE_NONE) {
            date_format_short(day, sizeof day, verdict->last_visit, today);
            snprintf(part, sizeof part, "last visit %s",
                     verdict->last_visit == today ? "today" : day);
            attendance_add_part(text, size, part);
        }
        if (verdict->visits_total > 0) {
            snprintf(part, sizeof part, "%d visit%s", verdict->visits_total,
                     verdict->visits_total == 1 ? "" : "s");
            attendance_add_part(text, size, part);
        }
        break;
    case ALERT_ALREADY_IN:
        attendance_add_part(text, size, "nothing was written");
        attendance_reasons_text(verdict, 0, part, sizeof part);
        attendance_add_part(text, size, part);
        break;
    case ALERT_REPEAT:
        attendance_add_part(text, size,
                            "the same card shortly after check-out; nothing was written");
        break;
    case ALERT_UNKNOWN:
        attendance_add_part(text, size,
                            alert->job.kind == JOB_NAME
                                ? "no name, phone number or e-mail address is like it"
                                : "no card and no member has this number here");
        break;
    case ALERT_NOT_IN:
        attendance_add_part(text, size, "no open visit, so there is nothing to check out");
        break;
    case ALERT_FAILED:
        text_append(text, size, "%s", alert->error.message);
        if (alert->error.hint[0] != '\0')
            text_append(text, size, ". %s", alert->error.hint);
        break;
    }
}

static void draw_offers(const struct attendance *state, const struct alert *alert, struct area area)
{
    struct offer offers[OFFER_MOST];
    int count = attendance_alert_offers(state, alert, offers);
    int columns = area.columns >= TWO_COLUMNS ? 2 : 1;
    enum role role = alert->under_way ? ROLE_DIM : ROLE_TEXT;
    enum role key_role = alert->under_way ? ROLE_DIM : ROLE_STRONG;
    int widest = 0;
    for (int left = 0; left < count; left += columns) {
        int width = text_width(offers[left].text) + 8;
        if (width > widest)
            widest = width;
    }
    if (widest > area.columns - 18)
        widest = area.columns - 18;
    int i = 0;
    for (; i <= count; i++) {
        int y = i / columns, x = i % columns == 0 ? 0 : widest;
        struct area cell = area_part(area, y, x, 1, columns == 2 && x == 0 ? widest - 1 : REST);
        char key[16] = "Esc";
        if (i < count)
            key_format(offers[i].key, key, sizeof key);
        int used = draw_text(cell, 0, 0, key_role, key);
        draw_text(cell, 0, (used > 1 ? used : 1) + 2, role,
                  i < count ? offers[i].text : "leave it");
    }
}

static void draw_payment(const struct alert *alert, struct area area)
{
    char amount[32];
    money_format(amount, sizeof amount, alert->amount);
    draw_format(area, 0, 0, ROLE_STRONG, "%s paid by?", amount);
    int x = 0;
    for (const struct payment_key *method = attendance_payment_keys; method->key != 0; method++) {
        char key[2] = {method->key, '\0'};
        x += draw_text(area, 1, x, ROLE_STRONG, key) + 1;
        x += draw_text(area, 1, x, ROLE_TEXT, method->name) + 3;
    }
    draw_text(area, 1, x, ROLE_DIM, area.columns - x > 24 ? "Enter card   Esc back" : "Enter card");
}

static void draw_reason(const struct attendance *state, const struct alert *alert, struct area area)
{
    (void)alert;
    bool focused = field_is_empty(&state->field);
    int label = draw_text(area, 0, 0, ROLE_STRONG, "Let in because:") + 1;
    field_draw(&state->reason, area, 0, label, area.columns - label - 1, focused);
    int x = 0, y = 1;
    for (int i = 0; attendance_reasons[i] != NULL; i++) {
        int width = text_width(attendance_reasons[i]) + 5;
        if (x > 0 && x + width > area.columns) {
            x = 0;
            y++;
        }
        char key[16];
        snprintf(key, sizeof key, "%d", i + 1);
        draw_text(area, y, x, ROLE_STRONG, key);
        draw_text(area, y, x + 2, ROLE_TEXT, attendance_reasons[i]);
        x += width;
    }
}

static void draw_stage(const struct attendance *state, const struct alert *alert, struct area area)
{
    switch (alert->stage) {
    case STAGE_CHOOSE:
        draw_offers(state, alert, area);
        break;
    case STAGE_PAYMENT:
        draw_payment(alert, area);
        break;
    case STAGE_REASON:
        draw_reason(state, alert, area);
        break;
    case STAGE_LEFT:
        draw_text(area, 0, 0, ROLE_WARN, "Nothing was bought. Esc, then type.");
        break;
    }
}

/* The keys' rows, at least two so that the panel does not jump when one is pressed. */
static int stage_rows(const struct attendance *state, const struct alert *alert, int columns)
{
    if (alert->stage == STAGE_REASON)
        return columns >= TWO_COLUMNS ? 3 : 5;
    struct offer offers[OFFER_MOST];
    int count = attendance_alert_offers(state, alert, offers) + 1;
    int rows = columns >= TWO_COLUMNS ? (count + 1) / 2 : count;
    return rows < 2 ? 2 : rows;
}

/* Everything in the panel that is text, for a panel of this width. */
struct panel {
    char word[200], right[160], facts[700];
    struct banner banner;
    bool two_lines;   /* word and name do not fit one */
    bool right_below; /* `right` has no room beside them: the facts begin with it */
};

static void fill_panel(const struct attendance *state, const struct alert *alert, int columns,
                       bool framed, struct panel *panel)
{
    const struct verdict *verdict = &alert->verdict;
    memset(panel, 0, sizeof *panel);
    panel->banner = alert_banner(alert, panel->word, sizeof panel->word);
    attendance_identity(verdict, panel->right, sizeof panel->right);
    if (verdict->plan[0] != '\0' && verdict->customer_id != 0) {
        snprintf(panel->right, sizeof panel->right, "#%lld %s %s", (long long)verdict->customer_id,
                 sign_text(SIGN_DOT), verdict->plan);
        text_drop_partial(panel->right);
    }
    int needed = text_width(panel->word) + text_width(verdict->name) + 9;
    panel->two_lines = needed > columns;
    if (!framed && alert->stage != STAGE_CHOOSE)
        return; /* on a small terminal the question needs the room */
    panel->right_below = panel->two_lines || needed + text_width(panel->right) + 2 > columns;
    if (panel->right_below)
        attendance_add_part(panel->facts, sizeof panel->facts, panel->right);
    char facts[512];
    alert_facts(state, alert, facts, sizeof facts);
    attendance_add_part(panel->facts, sizeof panel->facts, facts);
}

int attendance_alert_rows(const struct attendance *state, const struct alert *alert, int columns,
                          bool framed)
{
    int inside = framed ? columns - FRAME_COLUMNS : columns;
    struct area body = {0, 0, 0, inside - FACTS_AT};
    struct panel panel;
    fill_panel(state, alert, inside, framed, &panel);
    int rows = 1 + panel.two_lines;
    if (panel.facts[0] != '\0')
        rows += draw_paragraph(body, 0, 0, ROLE_TEXT, panel.facts, true);
    return rows + stage_rows(state, alert, body.columns) + (framed ? 3 : 0);
}

void attendance_draw_alert(const struct attendance *state, const struct alert *alert,
                           struct area area, bool framed)
{
    struct panel panel;
    struct area inside = area;
    fill_panel(state, alert, framed ? area.columns - FRAME_COLUMNS : area.columns, framed, &panel);
    if (framed) {
        char more[40] = "";
        if (state->alert_count > 1)
            snprintf(more, sizeof more, "%d more waiting", state->alert_count - 1);
        inside = draw_frame(area_part(area, 0, 1, REST, area.columns - 2),
                            panel.banner.role == ROLE_BAD_BIG ? ROLE_BAD : ROLE_WARN,
                            more[0] != '\0' ? more : NULL);
    } else {
        draw_clear(inside, ROLE_TEXT);
    }
    panel.banner.word = panel.word;
    attendance_draw_banner(area_take_top(&inside, 1), framed ? 0 : 1, panel.banner,
                           panel.two_lines ? "" : alert->verdict.name,
                           panel.right_below ? "" : panel.right);
    if (panel.two_lines)
        draw_text(area_take_top(&inside, 1), 0, FACTS_AT, ROLE_STRONG, alert->verdict.name);
    struct area body = area_part(inside, 0, FACTS_AT, REST, REST);
    int used =
        panel.facts[0] != '\0' ? draw_paragraph(body, 0, 0, ROLE_TEXT, panel.facts, false) : 0;
    int gap = body.rows - used > stage_rows(state, alert, body.columns) ? 1 : 0;
    draw_stage(state, alert, area_part(body, used + gap, 0, REST, REST));
}
