/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of choices for forms, made from what the data layer answered: pairs of key and text, ended
 * with NULL, that live in the screen's state for as long as a form may show them.
 */
#ifndef GYMTUI_SCREENS_CHOICES_H
#define GYMTUI_SCREENS_CHOICES_H

#include "gymtui/db/gyms.h"
#include "gymtui/db/packages.h"

#define CHOICES_MOST 60

struct choices {
    int count;
    char keys[CHOICES_MOST][24], texts[CHOICES_MOST][96];
    const char *pairs[2 * CHOICES_MOST + 1]; /* what struct form_entry.choices takes */
};

/* Starts anew with one choice ("", "all plans"), or none when `text` is NULL. */
void choices_start(struct choices *choices, const char *key, const char *text);
void choices_add(struct choices *choices, const char *key, const char *text);
/* The text behind a key, or "". */
const char *choices_text(const struct choices *choices, const char *key);

/* Plans on sale, as "Monthly · 39.00" (`with_price`) or "Monthly". */
void choices_add_plans(struct choices *choices, const struct package_row *rows, int count,
                       bool with_price);
void choices_add_trainers(struct choices *choices, const struct trainer_row *rows, int count);

/* The payment methods of clv.dim_payment_method, and reasons people give; end with NULL. */
extern const char *const choices_payment_methods[];
extern const char *const choices_genders[];
/* The segments that a recompute names; the first choice is any. */
extern const char *const choices_segments[];

#endif
