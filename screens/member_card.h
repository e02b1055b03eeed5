/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of the member's card, shared by member.c (slots, keys, reading), member_draw.c and
 * member_line.c (what it looks like), member_lists.c (visits, payments, terms, calls),
 * member_edit.c (new and edit, conflicts), member_change.c and member_preview.c (freeze, renew,
 * pay …, and what that would do), member_door.c (in and out) and member_people.c (merge, ban …).
 */
#ifndef GYMTUI_SCREENS_MEMBER_CARD_H
#define GYMTUI_SCREENS_MEMBER_CARD_H

#include "choices.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/members.h"
#include "gymtui/screens/contact.h"
#include "gymtui/screens/member.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/table.h"

#define MEMBER_CARD_ROWS 40 /* most rows kept of each list */

#define MEMBER_OTHERS    8 /* most records to choose from when two are merged or separated */
#define MEMBER_MORE      6 /* what the key "more" may offer */

/* The last one is for managers only. */
enum member_list { MEMBER_VISITS, MEMBER_PAYMENTS, MEMBER_TERMS, MEMBER_CONTACTS, MEMBER_LISTS };

/* What is typed in the edit form, kept while a conflict is being settled. */
struct member_values {
    char name[200], email[120], phone[40], keytag[40], gender[16], note[400];
    int32_t birth_date;
    int64_t trainer_id;
};

/* A term or a freeze, as a row of the list. */
struct member_period {
    bool is_freeze;
    int32_t starts, ends, cancelled_on;
    money price;
    char what[80];
};

/* Another record, to merge with or to separate from. */
struct member_other {
    int64_t customer_id;
    char name[200], words[160];
};

struct member_state {
    struct screen_context context;
    int64_t customer_id; /* 0: new, not yet saved */
    bool loaded, reading, again, stale;
    bool read_later;            /* somebody came or went: read again in a moment */
    bool not_there;             /* no such member */
    int64_t undo_attendance_id; /* the visit that the last check-in or check-out here wrote */
    int32_t today;

    struct member_card card; /* its lists point into the arrays below */
    struct member_term terms[MEMBER_CARD_ROWS];
    struct member_freeze freezes[MEMBER_CARD_ROWS];
    struct member_visit visits[MEMBER_CARD_ROWS];
    struct member_payment payments[MEMBER_CARD_ROWS];
    struct contact_row contacts[MEMBER_CARD_ROWS];
    int contact_count;
    bool do_not_contact;

    enum member_list list;
    struct table *tables[MEMBER_LISTS];

    struct choices plans, trainers; /* for the forms */
    struct package_row packages[CHOICES_MOST];
    int package_count;
    bool plans_there, trainers_there, enrol_when_there;

    /* Edit: what the form began with, what was typed, and which version is being replaced. */
    struct member_values before, typed;
    int row_version;
    bool reread_for_conflict;
    char changed_by[128];
    /* Enrol: kept for asking again after "this may be the same person". */
    struct {
        int64_t package_id;
        int method;
        bool check_in;
    } enrol;
    int64_t duplicate_id;
    bool close_when_saved;
    void (*hand_over)(void *owner, const struct member_enrolled *enrolled); /* or NULL */
    void *hand_over_to;
    bool freeze_when_there; /* opened for a freeze: asked once the card has been read */

    /* The change that a form or dialog is about. */
    struct {
        struct member_preview_request request;
        char reason[120];
    } change;
    char door_question[600];
    struct contact_flow contact;
    struct member_other others[MEMBER_OTHERS], other;
    int other_count;
    int more[MEMBER_MORE], more_count; /* what the menu that is open offers */
};

/* member.c */
void member_read(struct member_state *state);
bool member_is_frozen(const struct member_state *state);
bool member_is_running(const struct member_state *state); /* a term runs today */

/* member_draw.c, member_line.c, member_lists.c */
void member_draw(void *state, struct area area);
/* The membership as a bar over time with freezes cut out: three rows. */
int member_line_draw(const struct member_state *state, struct area area, int y, int x, int columns);
bool member_lists_make(struct member_state *state);
int member_lists_count(const struct member_state *state); /* how many this person may see */
void member_lists_fill_contacts(struct member_state *state);
void member_lists_fill(struct member_state *state);
void member_lists_draw(struct member_state *state, struct area area);

/* member_edit.c */
void member_edit_ask(struct member_state *state);
void member_enrol_ask(struct member_state *state);
/* The card was read again after a conflict: shows both values. */
void member_conflict_settle(struct member_state *state);

/* member_change.c */
void member_freeze_ask(struct member_state *state);
void member_cancel_ask(struct member_state *state);
void member_renew_ask(struct member_state *state);
void member_plan_ask(struct member_state *state);
void member_pay_ask(struct member_state *state);
/* The answer to every change: says it, closes the form, reads the card again. */
void member_on_change(void *owner, const struct member_change *change, const struct error *error);

/* member_preview.c: shows what state->change would do, asks, and does it. */
void member_preview_ask(struct member_state *state);

/* member_people.c */
void member_more_ask(struct member_state *state);
void member_contact_ask(struct member_state *state);

/* member_door.c */
void member_check_in(struct member_state *state, const char *override_reason);
void member_check_out(struct member_state *state);
/* Voids the check-in, or re-opens the check-out, that was just made on this card. */
void member_undo(struct member_state *state);

#endif
