/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "choices.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"

const char *const choices_payment_methods[] = {"1",    "card", "2",     "debit card", "3",
                                               "cash", "4",    "other", NULL};
const char *const choices_genders[] = {"",     "not said", "female", "female", "male",
                                       "male", "other",    "other",  NULL};

const char *const choices_segments[] = {"",
                                        "any",
                                        "New",
                                        "New",
                                        "Promising",
                                        "Promising",
                                        "Potential",
                                        "Potential",
                                        "Champions",
                                        "Champions",
                                        "Loyal",
                                        "Loyal",
                                        "Need Attention",
                                        "Need Attention",
                                        "About to Sleep",
                                        "About to Sleep",
                                        "At Risk",
                                        "At Risk",
                                        "Can't Lose",
                                        "Can't Lose",
                                        "Hibernating",
                                        "Hibernating",
                                        "Lost",
                                        "Lost",
                                        NULL};

void choices_start(struct choices *choices, const char *key, const char *text)
{
    choices->count = 0;
    choices->pairs[0] = NULL;
    if (text)
        choices_add(choices, key, text);
}

void choices_add(struct choices *choices, const char *key, const char *text)
{
    size_t at = (size_t)choices->count;
    if (at == CHOICES_MOST)
        return;
    snprintf(choices->keys[at], sizeof choices->keys[at], "%s", key);
    text_clean(choices->texts[at], sizeof choices->texts[at], text);
    choices->pairs[2 * at] = choices->keys[at];
    choices->pairs[2 * at + 1] = choices->texts[at];
    choices->pairs[2 * at + 2] = NULL;
    choices->count++;
}

const char *choices_text(const struct choices *choices, const char *key)
{
    for (int i = 0; i < choices->count; i++)
        if (strcmp(choices->keys[i], key) == 0)
            return choices->texts[i];
    return "";
}

void choices_add_plans(struct choices *choices, const struct package_row *rows, int count,
                       bool with_price)
{
    for (int i = 0; i < count; i++) {
        if (!rows[i].active)
            continue;
        char key[24], text[96] = "", price[32];
        snprintf(key, sizeof key, "%" PRId64, rows[i].package_id);
        money_format(price, sizeof price, rows[i].price);
        text_append(text, sizeof text, "%s", rows[i].name);
        if (with_price)
            text_append(text, sizeof text, " · %s", price);
        choices_add(choices, key, text);
    }
}

void choices_add_trainers(struct choices *choices, const struct trainer_row *rows, int count)
{
    for (int i = 0; i < count; i++) {
        char key[24];
        snprintf(key, sizeof key, "%" PRId64, rows[i].trainer_id);
        choices_add(choices, key, rows[i].name);
    }
}
