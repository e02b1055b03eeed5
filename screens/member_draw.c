/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card's page. From the top: who; the membership; visits; money; value; then the lists. What
 * does not fit is left out from the bottom, so that the first lines hold at any size. */
#include "member_card.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/chart.h"

#define LABEL_COLUMNS 13

struct page {
    struct area area;
    int y, last; /* rows from `last` on belong to the lists */
    bool labels; /* room for the labels' column */
};

/* The next free row with its label, or −1 when the page is full. */
static int next_row(struct page *page, const char *label)
{
    if (page->y >= page->last)
        return -1;
    if (label && page->labels)
        draw_text(page->area, page->y, 1, ROLE_LABEL, label);
    return page->y++;
}

static int left_of(const struct page *page)
{
    return page->labels ? LABEL_COLUMNS : 1;
}

static void add_part(char *dst, size_t size, const char *part)
{
    if (part[0])
        text_append(dst, size, "%s%s", dst[0] ? " · " : "", part);
}

/* --- who --- */

static enum role status_words(const struct member_state *state, char *dst, size_t size)
{
    const struct member_card *card = &state->card;
    const char *good = sign_text(SIGN_GOOD), *bad = sign_text(SIGN_BAD);
    if (card->merged_into != 0 || card->is_anonymised) {
        snprintf(dst, size, "%s %s", sign_text(SIGN_WARN),
                 card->merged_into != 0 ? "merged" : "anonymised");
        return ROLE_WARN;
    }
    if (card->banned_reason[0]) {
        snprintf(dst, size, "%s BANNED", bad);
        return ROLE_BAD;
    }
    if (member_is_frozen(state)) {
        snprintf(dst, size, "%s frozen", sign_text(SIGN_WARN));
        return ROLE_WARN;
    }
    if (strcmp(card->status, "active") != 0) {
        snprintf(dst, size, "%s %s", bad, card->status);
        return ROLE_BAD;
    }
    snprintf(dst, size, "%s %s", good, card->is_in ? "active, in now" : "active");
    return ROLE_GOOD;
}

static void draw_who(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    char status[64], number[80] = "";
    enum role role = status_words(state, status, sizeof status);
    int y = next_row(page, NULL);
    if (y < 0)
        return;
    snprintf(number, sizeof number, "#%" PRId64, card->customer_id);
    if (card->keytag[0])
        text_append(number, sizeof number, " · tag %s", card->keytag);
    int columns = page->area.columns, status_width = text_width(status);
    int number_width = columns >= 60 ? text_width(number) : 0;
    int name_width = text_width(card->name);
    int room = columns - 1 - 3 - status_width - (number_width ? number_width + 3 : 1);
    if (name_width > room)
        name_width = room > 8 ? room : columns - 2;
    draw_cell(page->area, y, 1, name_width, ALIGN_LEFT, ROLE_STRONG, card->name);
    draw_text(page->area, y, 1 + name_width + 3, role, status);
    if (number_width)
        draw_text(page->area, y, columns - number_width - 1, ROLE_DIM, number);
}

/* Adds a part to the line that is being made; a full line is drawn first. Two lines at most. */
struct flow {
    struct page *page;
    char words[400];
    int lines;
};

static void flow_end(struct flow *flow)
{
    if (!flow->words[0] || flow->lines == 2)
        return;
    int y = next_row(flow->page, NULL);
    if (y >= 0)
        draw_text(flow->page->area, y, 1, ROLE_TEXT, flow->words);
    flow->words[0] = 0;
    flow->lines++;
}

static void flow_add(struct flow *flow, const char *part)
{
    int width = text_width(flow->words) + text_width(part) + 3;
    if (flow->words[0] && width > flow->page->area.columns - 2)
        flow_end(flow);
    add_part(flow->words, sizeof flow->words, part);
}

static void draw_contact(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    struct flow flow = {.page = page};
    flow_add(&flow, card->phone);
    flow_add(&flow, card->email);
    if (card->birth_date != DATE_NONE) {
        char day[32], born[96];
        date_format_short(day, sizeof day, card->birth_date, state->today);
        bool birthday = date_is_birthday(card->birth_date, state->today);
        snprintf(born, sizeof born, "%sborn %s, %d", birthday ? "★ birthday, " : "", day,
                 date_age(card->birth_date, state->today));
        if (card->gender[0])
            text_append(born, sizeof born, ", %s", card->gender);
        flow_add(&flow, born);
    }
    if (card->birth_date == DATE_NONE)
        flow_add(&flow, card->gender);
    if (card->trainer[0]) {
        char trainer[160];
        snprintf(trainer, sizeof trainer, "trainer %s", card->trainer);
        flow_add(&flow, trainer);
    }
    if (card->home_gym[0] && card->gym_id != state->context.session->gym_id) {
        char home[160];
        snprintf(home, sizeof home, "of %s", card->home_gym);
        flow_add(&flow, home);
    }
    if (flow.lines == 0 && !flow.words[0])
        flow_add(&flow, "no phone, no e-mail: F4 adds them");
    flow_end(&flow);
    int y;
    if (card->merged_into != 0 && (y = next_row(page, NULL)) >= 0)
        draw_format(page->area, y, 1, ROLE_WARN,
                    "%s part of #%" PRId64 " now, where visits and payments are; F2 separates them",
                    sign_text(SIGN_WARN), card->merged_into);
    if (state->do_not_contact && (y = next_row(page, NULL)) >= 0)
        draw_format(page->area, y, 1, ROLE_WARN, "%s asked not to be contacted",
                    sign_text(SIGN_WARN));
    if (card->banned_reason[0] && (y = next_row(page, NULL)) >= 0)
        draw_format(page->area, y, 1, ROLE_BAD, "%s banned: %s", sign_text(SIGN_BAD),
                    card->banned_reason);
    if (card->note[0] && (y = next_row(page, NULL)) >= 0)
        draw_format(page->area, y, 1, ROLE_WARN, "%s %s", sign_text(SIGN_WARN), card->note);
}

/* --- membership --- */

static void term_words(const struct member_state *state, char *dst, size_t size, enum role *role)
{
    const struct member_card *card = &state->card;
    char day[32], part[96];
    dst[0] = 0;
    *role = ROLE_TEXT;
    add_part(dst, size, card->plan);
    if (card->ends == DATE_NONE) {
        add_part(dst, size, "no term: F6 sells one");
        return;
    }
    date_format_short(day, sizeof day, card->ends, state->today);
    int32_t left = card->ends - state->today;
    if (left < 0)
        snprintf(part, sizeof part, "ended %s, %d days ago", day, (int)-left);
    else if (left == 0)
        snprintf(part, sizeof part, "ends today");
    else
        snprintf(part, sizeof part, "ends %s, %d day%s left", day, (int)left, left == 1 ? "" : "s");
    add_part(dst, size, part);
    if (left < 0)
        *role = ROLE_BAD;
    else if (left <= 7)
        *role = ROLE_WARN;
    for (int i = 0; i < card->freeze_count; i++) {
        const struct member_freeze *freeze = &state->freezes[i];
        if (freeze->ends < state->today)
            continue;
        date_format_short(day, sizeof day,
                          freeze->starts > state->today ? freeze->starts : freeze->ends,
                          state->today);
        snprintf(part, sizeof part, "%s %s: %.40s",
                 freeze->starts > state->today ? "freeze from" : "frozen until", day,
                 freeze->reason);
        add_part(dst, size, part);
    }
}

static void draw_membership(const struct member_state *state, struct page *page)
{
    char words[300], since[64], day[32];
    enum role role;
    term_words(state, words, sizeof words, &role);
    int y = next_row(page, "Membership");
    if (y < 0)
        return;
    int x = left_of(page);
    x += draw_text(page->area, y, x, role, words);
    date_format_short(day, sizeof day, state->card.join_date, state->today);
    snprintf(since, sizeof since, "member since %s", day);
    int width = text_width(since);
    if (page->area.columns - width - 2 > x)
        draw_text(page->area, y, page->area.columns - width - 1, ROLE_DIM, since);
    if (page->last - page->y < 2)
        return;
    x = left_of(page);
    page->y += member_line_draw(state, page->area, page->y, x, page->area.columns - x - 1);
}

/* --- visits --- */

/* The weeks that the sparkline's mean is over: since joining, at most all of them. */
static int weeks_here(const struct member_state *state)
{
    int32_t weeks = (state->today - state->card.join_date + 6) / 7;
    if (state->card.join_date == DATE_NONE || weeks > MEMBER_WEEKS)
        return MEMBER_WEEKS;
    return weeks < 1 ? 1 : (int)weeks;
}

static void draw_visits(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    double weeks[MEMBER_WEEKS];
    int sum = 0;
    for (int i = 0; i < MEMBER_WEEKS; i++) {
        weeks[i] = card->visits_per_week[i];
        sum += card->visits_per_week[i];
    }
    int y = next_row(page, "Visits");
    if (y < 0)
        return;
    int x = left_of(page);
    chart_spark(page->area, y, x, MEMBER_WEEKS, weeks, MEMBER_WEEKS, ROLE_ACCENT);
    char words[160], last[32];
    snprintf(words, sizeof words, "%.1f a week, %d this month, %d in all",
             sum / (double)weeks_here(state), card->visits_month, card->visits_total);
    draw_text(page->area, y, x + MEMBER_WEEKS + 2, ROLE_TEXT, words);
    if ((y = next_row(page, NULL)) < 0)
        return;
    if (card->last_visit == DATE_NONE) {
        draw_text(page->area, y, x, ROLE_DIM, "never came yet");
        return;
    }
    date_format_short(last, sizeof last, card->last_visit, state->today);
    int32_t ago = state->today - card->last_visit;
    words[0] = 0;
    add_part(words, sizeof words, card->habit[0] ? card->habit : "no habit yet");
    if (ago == 0)
        add_part(words, sizeof words, card->is_in ? "in now" : "here today");
    else if (ago == 1)
        add_part(words, sizeof words, "last visit yesterday");
    else
        text_append(words, sizeof words, " · last visit %s, %d days ago", last, (int)ago);
    draw_text(page->area, y, x, ago >= 21 && member_is_running(state) ? ROLE_WARN : ROLE_TEXT,
              words);
}

/* --- money and value --- */

static void draw_money(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    const char *currency = state->context.session->currency;
    char amount[32];
    int y = next_row(page, "Money");
    if (y < 0)
        return;
    int x = left_of(page);
    if (card->balance > 0) {
        money_format(amount, sizeof amount, card->balance);
        x += draw_format(page->area, y, x, ROLE_WARN, "%s owes %s %s", sign_text(SIGN_WARN), amount,
                         currency);
    } else if (card->balance < 0) {
        money_format(amount, sizeof amount, -card->balance);
        x += draw_format(page->area, y, x, ROLE_GOOD, "%s %s to their credit", amount, currency);
    } else {
        x += draw_format(page->area, y, x, ROLE_GOOD, "%s nothing owed", sign_text(SIGN_GOOD));
    }
    money_format(amount, sizeof amount, card->paid_12_months);
    x += draw_format(page->area, y, x, ROLE_TEXT, " · paid %s in 12 months", amount);
    money_format(amount, sizeof amount, card->paid_total);
    draw_format(page->area, y, x, ROLE_TEXT, ", %s in all", amount);
}

/* Why the figures are what they are: what changed in how they come, what that puts at stake, and by
 * which model it was found. */
static void draw_why(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    char words[320] = "", part[96];
    add_part(words, sizeof words, card->risk_reason);
    if (card->at_stake >= 0.5) {
        char amount[32];
        money_format_whole(amount, sizeof amount, (money)llround(card->at_stake * 100));
        snprintf(part, sizeof part, "%s at stake", amount);
        add_part(words, sizeof words, part);
    }
    if (card->risk_reason[0] && card->p_renew_usual > card->p_renew) {
        snprintf(part, sizeof part, "as usual it would be %.0f %%", card->p_renew_usual * 100);
        if (text_width(words) + text_width(part) + 4 < page->area.columns - left_of(page))
            add_part(words, sizeof words, part);
    }
    int y;
    if (words[0] && (y = next_row(page, "Why")) >= 0)
        draw_text(page->area, y, left_of(page), card->at_stake >= 0.5 ? ROLE_WARN : ROLE_TEXT,
                  words);
    if (card->model[0] && page->area.rows >= 28 && (y = next_row(page, NULL)) >= 0) {
        char day[32];
        date_format_short(day, sizeof day, card->value_as_of, state->today);
        draw_format(page->area, y, left_of(page), ROLE_DIM, "from %s, as of %s", card->model, day);
    }
}

static void draw_value(const struct member_state *state, struct page *page)
{
    const struct member_card *card = &state->card;
    int y = next_row(page, "Value");
    if (y < 0)
        return;
    int x = left_of(page);
    if (card->r == 0) {
        draw_text(page->area, y, x, ROLE_DIM,
                  "not scored yet: scores come with the next recompute");
        return;
    }
    x += draw_text(page->area, y, x, ROLE_STRONG, card->segment[0] ? card->segment : "no segment");
    x += draw_format(page->area, y, x, ROLE_TEXT, " · recency %d, frequency %d, money %d of 5",
                     card->r, card->f, card->m);
    char words[160] = "";
    if (card->has_clv) {
        char value[32], low[32], high[32];
        money_format_whole(value, sizeof value, (money)llround(card->clv * 100));
        money_format_whole(low, sizeof low, (money)llround(card->clv_low * 100));
        money_format_whole(high, sizeof high, (money)llround(card->clv_high * 100));
        snprintf(words, sizeof words, "lifetime value %s %s (95 %%: %s to %s)", value,
                 state->context.session->currency, low, high);
        if (card->p_renew > 0)
            text_append(words, sizeof words, " · renews with %.0f %%", card->p_renew * 100);
    } else {
        snprintf(words, sizeof words, "lifetime value not computed yet");
    }
    if (page->area.columns - x - 4 > text_width(words))
        draw_format(page->area, y, x, ROLE_TEXT, " · %s", words);
    else if ((y = next_row(page, NULL)) >= 0)
        draw_text(page->area, y, left_of(page), ROLE_TEXT, words);
    draw_why(state, page);
}

/* --- the page --- */

static void draw_nobody(const struct member_state *state, struct area area)
{
    const char *text = "Reading the card…";
    if (state->customer_id == 0)
        text = "A new member";
    else if (state->not_there)
        text = "There is no member with this number. Esc goes back.";
    draw_text(area, area.rows / 2, (area.columns - text_width(text)) / 2, ROLE_DIM, text);
}

void member_draw(void *state_, struct area area)
{
    struct member_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    if (!state->loaded) {
        draw_nobody(state, area);
        return;
    }
    /* The lists get at least five rows when there are twenty, and all that is left over. */
    int last = area.rows >= 18 ? area.rows - 6 : area.rows;
    struct page page = {area, 0, last, area.columns >= 60};
    bool spacious = area.rows >= 28;
    draw_who(state, &page);
    draw_contact(state, &page);
    if (page.y < page.last)
        draw_rule(area_part(area, page.y++, 0, 1, area.columns), 0);
    draw_membership(state, &page);
    page.y += spacious;
    draw_visits(state, &page);
    page.y += spacious;
    draw_money(state, &page);
    page.y += spacious;
    draw_value(state, &page);
    if (last < area.rows || area.rows - page.y >= 4) {
        if (page.y < area.rows)
            draw_rule(area_part(area, page.y++, 0, 1, area.columns), 0);
        member_lists_draw(state, area_part(area, page.y, 0, area.rows - page.y, area.columns));
    }
    if (state->stale)
        draw_dim(area);
}
