/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of screens: a new screen is one file beside this one and one line here. */
#include "gymtui/screens/message.h"
#include "gymtui/screens/screen.h"

const struct screen *const screen_tabs[] = {
    &screen_attendance, &screen_members, &screen_packages, &screen_gyms, &screen_analytics, NULL,
};

const struct screen *const screen_others[] = {
    &screen_login, &screen_member,  &screen_jobs,     &screen_kiosk,
    &screen_till,  &screen_tills,   &screen_payments, &screen_paper,
    &screen_audit, &screen_message, &screen_rejects,  NULL,
};
