/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People, plans and figures for the tests of the office's screens: names in several scripts, one of
 * forty characters, and one with an escape sequence in it (DESK.md rule 19). Today is Saturday,
 * 21 November 2026. */
#ifndef GYMTUI_TESTS_OFFICE_DATA_H
#define GYMTUI_TESTS_OFFICE_DATA_H

#include "gymtui/db/gyms.h"
#include "gymtui/db/members.h"
#include "gymtui/db/packages.h"
#include "gymtui/db/statistics.h"

#define OFFICE_TODAY   20778                                            /* 2026-11-21 */
#define OFFICE_NOW     (INT64_C(86400) * OFFICE_TODAY + INT64_C(65040)) /* 18:04 */

#define OFFICE_MEMBERS 9
extern const struct member_row office_members[OFFICE_MEMBERS];

#define OFFICE_PACKAGES 5
extern const struct package_row office_packages[OFFICE_PACKAGES];

extern const struct trainer_row office_trainers[2];

/* The card of office_members[0], with two terms, a freeze, visits and payments. Lives for ever. */
const struct member_card *office_card(void);

#define OFFICE_GYMS 3
extern const struct gym_row office_gyms[OFFICE_GYMS];
#define OFFICE_STAFF 4
extern const struct staff_row office_staff[OFFICE_STAFF];

const struct statistics_overview *office_overview(void);
const struct statistics_heat *office_heat(void);

#endif
