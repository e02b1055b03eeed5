/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_analytics may be opened with. As a tab it is opened with NULL. */
#ifndef GYMTUI_SCREENS_ANALYTICS_H
#define GYMTUI_SCREENS_ANALYTICS_H

struct analytics_argument {
    const char *page; /* the page shown first, "At risk"; NULL: the overview */
};

#endif
