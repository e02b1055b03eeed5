/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of members as people stand on: a gym, whoever works there, and what the last call
 * was told. */
#ifndef GYMTUI_TESTS_DB_PEOPLE_PEOPLE_H
#define GYMTUI_TESTS_DB_PEOPLE_PEOPLE_H

#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "heard.h"

extern struct house people_house;
extern struct heard people_heard;
/* Signed in as desk1, as the manager, and as the gym's own login. */
extern struct db *people_desk, *people_boss, *people_owner;

int people_set_up(void **state);
int people_tear_down(void **state);

/* --- what the calls answer --- */

struct people_told {
    struct member_preview preview;
    struct merge_preview merge;
    struct merged_record merged[8];
    struct contact_row contacts[20];
    struct message_recipient recipients[8];
    struct member_import_row rows[16];
};
extern struct people_told people_told;

void people_told_preview(void *to, const struct member_preview *preview, const struct error *error);
void people_told_merge(void *to, const struct merge_preview *preview, const struct error *error);
void people_told_merged(void *to, const struct merged_record *rows, int count,
                        const struct error *error);
void people_told_contacts(void *to, const struct contact_row *rows, int count,
                          const struct error *error);
void people_told_recipients(void *to, const struct message_recipient *rows, int count,
                            const struct error *error);
void people_told_import(void *to, const struct member_import_row *rows, int count,
                        const struct error *error);

/* --- small words --- */

/* A member with a paid monthly term; the number. */
int64_t people_enrol(const char *name);
/* The gym's. */
int32_t people_today(void);
/* Asks what this change would do. */
void people_preview(enum member_preview_kind kind, int64_t member, int64_t package, int32_t from,
                    int32_t until, int method);
/* Of the last call. */
void people_expect_error(enum error_code code);
/* First and last day, package, balance, paid, visits. Static storage, as of test_text. */
const char *people_figures(int64_t member);
/* What was shown before is what the member has after. */
void people_expect_as_shown(int64_t member);
/* One more record of somebody: a term long over, and a visit two days ago. */
int64_t people_twin(const char *name);
/* By the manager; the test fails when it is refused. */
void people_merge(int64_t loser, int64_t winner);
void people_separate(int64_t loser);

#endif
