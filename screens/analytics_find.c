/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analytics_find.h"

#include <stdio.h>
#include <string.h>

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

void analytics_find_draw(const struct analytics_find *find, struct area area, int y, int x)
{
    if (!find->is_open && !find->text[0])
        return;
    x += draw_text(area, y, x, ROLE_LABEL, "name: ");
    if (area.columns - x - 1 > 0)
        field_draw(&find->field, area, y, x, area.columns - x - 1, find->is_open);
}
