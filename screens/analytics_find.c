/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analytics_find.h"

#include <stdio.h>
#include <string.h>

#include "analytics_pages.h"
#include "gymtui/base/text.h"

#define KEYS        "Enter list  Esc all"
#define FIELD_LEAST 12 /* columns that the field keeps beside them */

void analytics_find_open(struct analytics_find *find)
{
    find->field.limit = (int)sizeof find->text - 1;
    find->is_open = true;
}

static bool take(struct analytics_find *find)
{
    if (strcmp(find->text, find->field.text) == 0)
        return false;
    snprintf(find->text, sizeof find->text, "%.*s", (int)sizeof find->text - 1, find->field.text);
    return true;
}

bool analytics_find_type(struct analytics_find *find, uint32_t key, const char *text, bool *changed)
{
    *changed = false;
    if (!find->is_open)
        return false;
    if (text)
        field_paste(&find->field, text);
    else if (!field_key(&find->field, key))
        return false;
    *changed = take(find);
    return true;
}

void analytics_find_leave(struct analytics_find *find)
{
    find->is_open = false;
}

bool analytics_find_clear(struct analytics_find *find, bool *changed)
{
    bool was_there = find->is_open || find->text[0];
    find->is_open = false;
    field_clear(&find->field);
    *changed = take(find);
    return was_there;
}

void analytics_find_count(char *dst, size_t size, const struct table *table)
{
    analytics_format_count(dst, size, (double)table_count(table));
    if (!table_is_whole(table))
        text_append(dst, size, "+");
}

void analytics_find_draw_field(const struct field *field, bool has_focus, const char *matching,
                               struct area area, int y, int x)
{
    char words[80];
    snprintf(words, sizeof words, "%s%s", matching, matching[0] ? " match" : "");
    x += draw_text(area, y, x, ROLE_LABEL, "name: ");
    if (has_focus && area.columns - x - text_width(words) - (int)sizeof KEYS - 4 >= FIELD_LEAST)
        text_append(words, sizeof words, "%s" KEYS, words[0] ? "   " : "");
    int right = text_width(words);
    if (area.columns - x - 1 > 0)
        field_draw(field, area, y, x, area.columns - x - 1 - (right ? right + 2 : 0), has_focus);
    if (right)
        draw_cell(area, y, area.columns - right - 1, right, ALIGN_RIGHT, ROLE_DIM, words);
}

void analytics_find_draw(const struct analytics_find *find, const struct table *table,
                         struct area area, int y, int x)
{
    char matching[32] = "";
    if (!find->is_open && !find->text[0])
        return;
    if (table)
        analytics_find_count(matching, sizeof matching, table);
    analytics_find_draw_field(&find->field, find->is_open, matching, area, y, x);
}
