/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of the campaigns, found out by the worker (ANALYTICS.md 3). */
#ifndef GYMTUI_WORKER_CAMPAIGNS_H
#define GYMTUI_WORKER_CAMPAIGNS_H

#include "gymtui/db/bulk.h"

/* Fills the outcomes of one gym's campaigns (all gyms' for 0) from visits, payments and terms, and
 * the flags is_campaign1_success and is_campaign2_success of the gym's dataset, which must be
 * stored by then. Notes the day's value of the members too (gym.value_history). Part of the
 * caller's transaction. */
bool campaigns_update(struct bulk *bulk, int64_t gym_id, struct error *error);

#endif
