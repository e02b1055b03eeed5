/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The looks of the roles. One table: colours of a dark and of a light terminal in the 256-colour
 * palette, the form for 8 and 16 colours, and the attribute that stands for it all when there is
 * no colour. −1 is the terminal's own colour; a basic colour over 7 is the bright one, which eight
 * colours show as bold.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct look {
    char letter; /* in golden files */
    short dark[2], light[2], basic[2];
    attr_t attributes; /* together with colours */
    attr_t mono;       /* without */
};

static const struct look looks[ROLE_COUNT] = {
    /*                 dark        light       basic */
    [ROLE_TEXT] = {' ', {-1, -1}, {-1, -1}, {-1, -1}, A_NORMAL, A_NORMAL},
    [ROLE_DIM] = {'d', {244, -1}, {245, -1}, {-1, -1}, A_NORMAL, A_DIM},
    [ROLE_STRONG] = {'s', {-1, -1}, {-1, -1}, {-1, -1}, A_BOLD, A_BOLD},
    [ROLE_LABEL] = {'l', {109, -1}, {24, -1}, {6, -1}, A_NORMAL, A_NORMAL},
    [ROLE_RULE] = {'r', {239, -1}, {250, -1}, {4, -1}, A_NORMAL, A_DIM},
    [ROLE_BAR] = {'b', {250, 236}, {238, 254}, {7, 4}, A_NORMAL, A_NORMAL},
    [ROLE_BAR_KEY] = {'k', {222, 236}, {94, 254}, {11, 4}, A_BOLD, A_BOLD},
    [ROLE_BAR_HERE] = {'h', {231, 25}, {231, 25}, {0, 6}, A_BOLD, A_REVERSE},
    [ROLE_BAR_GOOD] = {'i', {114, 236}, {28, 254}, {10, 4}, A_BOLD, A_BOLD},
    [ROLE_BAR_WARN] = {'j', {215, 236}, {130, 254}, {11, 4}, A_BOLD, A_UNDERLINE},
    [ROLE_BAR_BAD] = {'n', {203, 236}, {160, 254}, {15, 1}, A_BOLD, A_REVERSE},
    [ROLE_CURSOR] = {'c', {231, 24}, {16, 153}, {0, 6}, A_NORMAL, A_REVERSE},
    [ROLE_FIELD] = {'f', {231, 238}, {16, 253}, {0, 7}, A_NORMAL, A_UNDERLINE},
    [ROLE_MATCH] =
        {'m', {221, -1}, {130, -1}, {11, -1}, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE},
    [ROLE_GOOD] = {'g', {114, -1}, {28, -1}, {2, -1}, A_BOLD, A_BOLD},
    [ROLE_WARN] = {'w', {215, -1}, {130, -1}, {3, -1}, A_BOLD, A_UNDERLINE},
    [ROLE_BAD] = {'x', {203, -1}, {160, -1}, {1, -1}, A_BOLD, A_REVERSE},
    [ROLE_GOOD_BIG] = {'G', {16, 114}, {231, 28}, {0, 2}, A_BOLD, A_BOLD},
    [ROLE_WARN_BIG] = {'W', {16, 215}, {231, 130}, {0, 3}, A_BOLD, A_BOLD | A_UNDERLINE},
    [ROLE_BAD_BIG] = {'X', {231, 160}, {231, 160}, {7, 1}, A_BOLD, A_BOLD | A_REVERSE},
    [ROLE_HEAT_0] = {'0', {239, -1}, {252, -1}, {-1, -1}, A_NORMAL, A_DIM},
    [ROLE_HEAT_1] = {'1', {31, -1}, {152, -1}, {4, -1}, A_NORMAL, A_NORMAL},
    [ROLE_HEAT_2] = {'2', {37, -1}, {73, -1}, {6, -1}, A_NORMAL, A_NORMAL},
    [ROLE_HEAT_3] = {'3', {79, -1}, {31, -1}, {2, -1}, A_NORMAL, A_NORMAL},
    [ROLE_HEAT_4] = {'4', {158, -1}, {23, -1}, {3, -1}, A_BOLD, A_BOLD},
    [ROLE_ACCENT] = {'a', {74, -1}, {25, -1}, {6, -1}, A_NORMAL, A_NORMAL},
};

static struct {
    bool colour;
    attr_t attributes[ROLE_COUNT];
    short pairs[ROLE_COUNT];
} now;

bool theme_has_colour(void)
{
    return now.colour;
}

/* Terminals that tell their background do it as COLORFGBG="15;0". */
static bool is_light(const char *theme)
{
    if (strcmp(theme, "light") == 0) {
        return true;
    }
    if (strcmp(theme, "dark") == 0) {
        return false;
    }
    const char *told = getenv("COLORFGBG");
    const char *background = told != NULL ? strrchr(told, ';') : NULL;
    return background != NULL && (strcmp(background, ";7") == 0 || strcmp(background, ";15") == 0);
}

void theme_start(const char *theme, bool colour)
{
    now.colour = colour && strcmp(theme, "mono") != 0 && has_colors() && start_color() == OK &&
                 COLORS >= 8 && COLOR_PAIRS > ROLE_COUNT;
    bool own = now.colour && use_default_colors() == OK;
    bool light = is_light(theme);
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct look *look = &looks[role];
        now.pairs[role] = 0;
        now.attributes[role] = look->mono;
        if (!now.colour) {
            continue;
        }
        now.attributes[role] = look->attributes;
        bool rich = COLORS >= 256;
        const short *pick = !rich ? look->basic : light ? look->light : look->dark;
        short front = pick[0];
        short back = pick[1];
        if (!rich && (role == ROLE_DIM || role == ROLE_HEAT_0)) {
            now.attributes[role] |= A_DIM;
        }
        if (!rich && COLORS < 16 && front > 7) {
            front = (short)(front - 8);
            now.attributes[role] |= A_BOLD;
        }
        if (front < 0 && back < 0) {
            continue;
        }
        if (!own) {
            front = front < 0 ? COLOR_WHITE : front;
            back = back < 0 ? COLOR_BLACK : back;
        }
        now.pairs[role] = (short)(role + 1);
        init_pair((short)(role + 1), front, back);
    }
}

void theme_look(enum role role, attr_t *attributes, short *pair)
{
    *attributes = now.attributes[role];
    *pair = now.pairs[role];
}

char theme_letter(attr_t attributes, short pair)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (now.attributes[role] == attributes && now.pairs[role] == pair) {
            return looks[role].letter;
        }
    }
    return '?';
}
