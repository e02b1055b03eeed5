/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logging a call, from any screen: the outcome by one key, then until when to leave the member in
 * peace and a note, filled in with what is usual for the outcome, so that two keys more log it:
 * key, outcome, F2.
 */
#ifndef GYMTUI_SCREENS_CONTACT_H
#define GYMTUI_SCREENS_CONTACT_H

#include "gymtui/db/contacts.h"
#include "gymtui/screens/screen.h"

/* After the contact was logged. `wants_freeze`: the member is injured and the person chose to
 * freeze the membership next: open screen_member with struct member_argument.freeze. Not called
 * when nothing was logged. */
typedef void contact_done_fn(void *owner, int64_t customer_id, enum contact_outcome outcome,
                             bool wants_freeze);

/* Part of the calling screen's state; zeroed at the start. */
struct contact_flow {
    struct screen_context context;
    int64_t customer_id;
    char name[200];
    int32_t today;
    enum contact_outcome outcome;
    contact_done_fn *on_done;
    void *owner;
};

/* Asks for the outcome, logs it, and calls `on_done` (may be NULL). `do_not_contact`: that is how
 * the member stands now, and the choice takes it back. One at a time for each flow. */
void contact_ask(struct contact_flow *flow, const struct screen_context *context,
                 int64_t customer_id, const char *name, bool do_not_contact,
                 contact_done_fn *on_done, void *owner);
/* To be called by the screen's close: an answer that comes later is dropped. */
void contact_forget(struct contact_flow *flow);

#endif
