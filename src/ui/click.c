/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/ui/click.h"

#include <stddef.h>

#define PLACES_MOST 512 /* rows of a tall terminal, twice, and its bars */

static struct {
    int y, from, to;
    struct click click;
} places[PLACES_MOST];
static int place_count;

void click_clear(void)
{
    place_count = 0;
}

void click_offer(struct area area, int y, int x, int columns, struct click click)
{
    int from = area.x + (x > 0 ? x : 0);
    int to = area.x + (x + columns < area.columns ? x + columns : area.columns);
    if (y < 0 || y >= area.rows || from >= to || place_count == PLACES_MOST) {
        return;
    }
    places[place_count].y = area.y + y;
    places[place_count].from = from;
    places[place_count].to = to;
    places[place_count++].click = click;
}

struct click click_at(int y, int x)
{
    /* What was drawn last lies on top. */
    for (int i = place_count - 1; i >= 0; i--) {
        if (places[i].y == y && x >= places[i].from && x < places[i].to) {
            return places[i].click;
        }
    }
    return (struct click){CLICK_NOTHING, 0, NULL};
}

void click_forget(const struct table *table)
{
    for (int i = 0; i < place_count; i++) {
        if (places[i].click.table == table) {
            places[i].click = (struct click){CLICK_NOTHING, 0, NULL};
        }
    }
}
