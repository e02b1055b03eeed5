/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the typed calls stand on: a gym made through the calls, whoever works there,
 * and what the last call was told. */
#ifndef GYMTUI_TESTS_DB_CALLS_CALLS_H
#define GYMTUI_TESTS_DB_CALLS_CALLS_H

#include "heard.h"

extern struct house calls_house;
extern struct heard calls_heard;
/* Signed in as desk1, as the manager, and as the gym's own login. */
extern struct db *calls_desk, *calls_boss, *calls_owner;

int calls_set_up(void **state);
int calls_tear_down(void **state);

/* A code at the desk, coming and going. Fails unless it is answered. */
void calls_scan(const char *code);
void calls_scan_out(const char *code);

/* Anna was there at this hour in each of the last eight weeks, and today. */
void calls_let_anna_come(void);
/* A member whose only term ended 12 days ago. */
int64_t calls_enrol_lapsed(const char *name, const char *keytag);
/* A whole day of the house: 45 members more, visits with each verdict, payments, a debt. */
void calls_spend_day(void);

#endif
