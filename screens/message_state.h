/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the message screen, shared by message.c (keys, sending) and message_text.c
 * (templates and what they become for one member). */
#ifndef GYMTUI_SCREENS_MESSAGE_STATE_H
#define GYMTUI_SCREENS_MESSAGE_STATE_H

#include "gymtui/base/mail.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "gymtui/screens/message.h"
#include "gymtui/ui/letter.h"

#define MESSAGE_TEMPLATES 24
#define MESSAGE_OWN_LINES 4

struct message_state {
    struct screen_context context;
    bool loaded;
    struct error failed; /* why the members could not be read */

    struct message_recipient *recipients; /* those it may go to come first */
    int count, left_out;                  /* the first `count` get it */
    int without_address, at_peace;        /* why the others do not */
    int here;                             /* whose message is shown */
    int32_t today;

    struct mail_template *templates; /* MESSAGE_TEMPLATES */
    int template_count, chosen;
    char own_subject[200], own[MESSAGE_OWN_LINES][200];

    /* Sending: one after the other. */
    bool sending, stopping;
    int at, sent, not_sent, not_noted, not_meant;
    int failures_in_a_row;
    struct error last_failure;
    struct letter letter;
    char subject[200]; /* of the one under way, for the log */
};

/* The built-in ones, those of the folder, and own words at the end. A file that is no template is
 * left out; *error then says the first reason. */
bool message_templates_load(struct message_state *state, struct error *error);
/* Subject and body for one member. */
void message_write(const struct message_state *state, const struct message_recipient *to,
                   char *subject, size_t subject_size, char *body, size_t body_size);
/* Why the chosen template would not be true of this member, whom it then does not go to ("owes
 * nothing"); NULL: it would. */
const char *message_untrue(const struct message_state *state, const struct message_recipient *to);
/* The first {word} in the chosen template that means nothing. */
bool message_unknown_field(const struct message_state *state, char *dst, size_t size);
bool message_is_own(const struct message_state *state); /* own words are chosen */

#endif
