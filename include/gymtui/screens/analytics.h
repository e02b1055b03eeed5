/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_analytics may be opened with (as a tab: with NULL), and its pages as commands. */
#ifndef GYMTUI_SCREENS_ANALYTICS_H
#define GYMTUI_SCREENS_ANALYTICS_H

#include "gymtui/ui/keymap.h"

struct analytics_argument {
    const char *page; /* the page shown first, "At risk"; NULL: the overview */
};

/* The names of the pages on the command line (`:campaigns`), in their order; ends with NULL. */
extern const char *const analytics_page_commands[];
/* The command that shows the page of that place among them, as it is at first. */
#define ANALYTICS_SHOW_PAGE (COMMAND_SCREEN + 90)

#endif
