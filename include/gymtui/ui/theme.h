/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Semantic colour roles, with the attribute for monochrome beside the colour: nothing on a screen
 * is said by colour alone (STYLE.md). Background is the terminal's own (−1).
 */
#ifndef GYMTUI_UI_THEME_H
#define GYMTUI_UI_THEME_H

enum role {
    ROLE_TEXT,
    ROLE_DIM,      /* what is old, secondary, or dimmed below a dialog */
    ROLE_STRONG,   /* headings, names, the number that counts */
    ROLE_LABEL,    /* field names, column titles */
    ROLE_RULE,     /* lines */
    ROLE_BAR,      /* top and bottom line */
    ROLE_BAR_KEY,  /* a key in the bottom line */
    ROLE_BAR_HERE, /* where I am in the top line */
    ROLE_CURSOR,   /* the selected row */
    ROLE_FIELD,    /* where text is typed */
    ROLE_MATCH,    /* the part that a search matched */
    ROLE_GOOD,     /* green, bold in mono */
    ROLE_WARN,     /* amber, underlined in mono */
    ROLE_BAD,      /* red, reverse in mono */
    ROLE_GOOD_BIG, /* the verdict's banner */
    ROLE_WARN_BIG,
    ROLE_BAD_BIG,
    ROLE_HEAT_0, /* nothing … much: five steps for heat maps and bars */
    ROLE_HEAT_1,
    ROLE_HEAT_2,
    ROLE_HEAT_3,
    ROLE_HEAT_4,
    ROLE_ACCENT,   /* charts, marks */
    ROLE_BAR_GOOD, /* GOOD, WARN and BAD on the ground of the bars: the state at the right */
    ROLE_BAR_WARN,
    ROLE_BAR_BAD,
    ROLE_COUNT
};

#endif
