/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_members may be opened with, so that a figure elsewhere leads to the people behind
 * it ("12 owe" on the analytics page → those twelve). As a tab it is opened with NULL. */
#ifndef GYMTUI_SCREENS_MEMBERS_H
#define GYMTUI_SCREENS_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

struct members_argument {
    char status[12];     /* "active", "frozen", "cancelled", "expired"; "": all */
    int64_t package_id;  /* 0: all */
    int expiring_within; /* days; -1: all */
    bool owing;
    int absent_days;  /* -1: all */
    char segment[24]; /* "At Risk"; "": all */
};

#endif
