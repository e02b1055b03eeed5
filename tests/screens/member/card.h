/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The member's card without a database: its calls are recorded and answered by hand. Linked into
 * test_member and test_member_… alone, since it stands in for calls that other tests leave to the
 * fakes.
 */
#ifndef GYMTUI_TESTS_SCREENS_MEMBER_CARD_H
#define GYMTUI_TESTS_SCREENS_MEMBER_CARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/attendance.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "gymtui/screens/member.h"
#include "office_data.h"
#include "support.h"

/* What the card asked for, and what it is answered. */
struct card_saw {
    struct member_card card; /* what the next read answers */
    bool is_slow;
    int reads;
    member_card_fn *read;
    void *owner;

    char call[24]; /* the last write */
    struct member_edit edit;
    char name[200], phone[40], keytag[40], note[400], reason[80];
    int32_t from, until;
    money amount;
    int64_t package_id;
    int method;
    member_saved_fn *saved;
    member_change_fn *changed;
    verdict_fn *verdict;
    char override_reason[80];

    struct member_preview_request asked; /* the last preview */
    struct member_preview preview;       /* what it answers */
    struct error refused;                /* … unless this is set */
    struct contact_row contacts[3];
    int contact_count;
    enum contact_outcome outcome;
    int32_t snooze_until;
    contact_logged_fn *logged;
    void *logged_to;
    char search[64]; /* of the last page asked for */
    int64_t other;
    struct merge_preview merge;
};
extern struct card_saw card_saw;

/* Nothing was asked yet; the card is office_card's. */
void card_begin(void);
/* The same, and that card is open. */
struct host *card_open(void);
/* The answer to the last change. */
void card_answer_change(const char *text);
void card_answer_change_error(const char *text);
void card_expect_text(struct host *host, const char *wanted);

#endif
