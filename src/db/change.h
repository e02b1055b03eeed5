/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes whose answer is a gym.change: a sentence, and where the member stands then. */
#ifndef GYMTUI_DB_CHANGE_H
#define GYMTUI_DB_CHANGE_H

#include "gymtui/db/members.h"
#include "lane.h"

/* Sends the statement, which selects text, ends and balance; its first parameter is the request. */
void change_send(struct db *db, const char *name, const struct parameters *parameters,
                 member_change_fn *on_reply, void *owner);

#endif
