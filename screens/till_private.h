/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the till's screen: the blind count by notes and coins, and what is drawn. */
#ifndef GYMTUI_SCREENS_TILL_PRIVATE_H
#define GYMTUI_SCREENS_TILL_PRIVATE_H

#include "gymtui/base/cash.h"
#include "gymtui/db/till.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"

/* How many of each note and coin, as typed. `at` is the one the cursor is on; `at == kinds`: the
 * line below them that ends the count. */
struct cash_count {
    int kinds, at;
    money values[CASH_KINDS_MOST];
    char pieces[CASH_KINDS_MOST][8];
};
void cash_count_start(struct cash_count *count, const char *currency);
/* Digits, Backspace, Del, ^U; a blank, Tab and Down go on, Shift-Tab and Up back. False: the key is
 * for somebody else. */
bool cash_count_key(struct cash_count *count, uint32_t key);
bool cash_count_move(struct cash_count *count, int step);
money cash_count_total(const struct cash_count *count);
bool cash_count_is_empty(const struct cash_count *count);
/* Those there are any of; returns how many. */
int cash_count_parts(const struct cash_count *count, struct till_part parts[TILL_PARTS]);
void cash_count_draw(const struct cash_count *count, struct area area, const char *currency);

struct till_state {
    struct screen_context context;
    bool is_loaded, is_reading, again;
    bool is_busy;     /* a write is under way */
    bool is_counting; /* the count is on the screen */
    bool has_result;  /* a till was just closed: */
    struct till_count result;
    char reason[200];
    struct till_now now;
    struct field opening; /* the float of the next one */
    struct cash_count count;
};

bool till_is_open(const struct till_state *state);
void till_draw(struct till_state *state, struct area area);

#endif
