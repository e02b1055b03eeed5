/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The contact log: calls and messages with their outcome, and until when to leave the member in
 * peace (DESK.md, The office). For managers: at level desk both calls are refused.
 */
#ifndef GYMTUI_DB_CONTACTS_H
#define GYMTUI_DB_CONTACTS_H

#include "gymtui/db/db.h"

enum contact_outcome {
    CONTACT_NO_ANSWER,
    CONTACT_COMING_BACK,
    CONTACT_INJURED,
    CONTACT_PRICE,
    CONTACT_LEAVING,
    CONTACT_WRONG_NUMBER,
    CONTACT_DO_NOT, /* "do not contact": no messages, no rows in the at-risk queue */
    CONTACT_MESSAGE,
    CONTACT_MAY, /* "may contact": takes CONTACT_DO_NOT back */
    CONTACT_OUTCOMES
};
/* As stored and as shown: "no answer"; NULL after the last. */
extern const char *const contact_outcome_names[CONTACT_OUTCOMES + 1];

struct contact_row {
    int64_t contact_id, at_local;
    enum contact_outcome outcome;
    int32_t snooze_until; /* DATE_NONE */
    char staff[64], note[400];
};
/* Newest first. */
typedef void contacts_fn(void *owner, const struct contact_row *rows, int count,
                         const struct error *error);
void contacts_list(struct db *db, int64_t customer_id, int limit, contacts_fn *on_reply,
                   void *owner);

struct contact_entry {
    struct request_id id;
    int64_t customer_id;
    enum contact_outcome outcome;
    int32_t snooze_until; /* DATE_NONE: at once again */
    const char *note;     /* may be NULL */
};
typedef void contact_logged_fn(void *owner, int64_t contact_id, const struct error *error);
void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner);

#endif
