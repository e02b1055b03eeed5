/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A gym made by the database's administrator, before anybody can sign in: the first one of a new
 * database. Those after it can also be made on the screen, at level chain. Blocking.
 */
#ifndef GYMTUI_DB_FIRST_GYM_H
#define GYMTUI_DB_FIRST_GYM_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct first_gym {
    const char *username, *name, *email, *time_zone, *currency;
    int capacity; /* 0: no limit */
    /* Settings of the desk (policies) */
    int expired_grace, expiring_within, auto_checkout_minutes;
    const char *owing, *capacity_policy; /* ignore warn deny */
    const char *settings;                /* more of them, lines of "name=value"; may be NULL */
    const char *password;                /* of its owner; leaves this program as a verifier only */
};

/* `conninfo`: somebody who may act for the schema, as for schema_create. */
bool first_gym_create(const char *conninfo, const struct first_gym *gym, int64_t *gym_id,
                      struct error *error);

#endif
