/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members as people: ban, duplicates, anonymising; whom a message may go to; members from a file.
 * Ban, merge, messages and import are for managers, anonymising for owners.
 */
#ifndef GYMTUI_DB_PEOPLE_H
#define GYMTUI_DB_PEOPLE_H

#include "gymtui/db/members.h"

void members_ban(struct db *db, struct request_id id, int64_t customer_id, const char *reason,
                 member_change_fn *on_reply, void *owner);
void members_unban(struct db *db, struct request_id id, int64_t customer_id,
                   member_change_fn *on_reply, void *owner);

/* The record `loser` becomes part of `winner` (DESK.md rule 21), and back. */
void members_merge(struct db *db, struct request_id id, int64_t loser, int64_t winner,
                   member_change_fn *on_reply, void *owner);
void members_unmerge(struct db *db, struct request_id id, int64_t loser, member_change_fn *on_reply,
                     void *owner);

/* What would move. */
struct merge_preview {
    int visits, payments, terms, freezes, contacts;
    int terms_left; /* overlap terms of the record that is kept, and stay */
    money paid, balance_before, balance;
    int32_t ends_before, ends;
};
typedef void merge_preview_fn(void *owner, const struct merge_preview *preview,
                              const struct error *error);
void members_preview_merge(struct db *db, int64_t loser, int64_t winner, merge_preview_fn *on_reply,
                           void *owner);

/* Records that were merged into this one, the newest first. */
struct merged_record {
    int64_t customer_id;
    char name[200];
    int64_t at_local;
};
typedef void merged_records_fn(void *owner, const struct merged_record *rows, int count,
                               const struct error *error);
void members_merged(struct db *db, int64_t customer_id, merged_records_fn *on_reply, void *owner);

/* DESK.md rule 18. Refused while a balance or a running term stands. */
void members_anonymise(struct db *db, struct request_id id, int64_t customer_id,
                       member_change_fn *on_reply, void *owner);

/* Whom a message would go to, with what a template may name. In the order of their names. */
struct message_recipient {
    int64_t customer_id;
    char name[200], email[120], plan[80];
    int32_t ends, last_visit;
    money balance;
    bool may_contact; /* false: they asked not to be contacted */
};
typedef void message_recipients_fn(void *owner, const struct message_recipient *rows, int count,
                                   const struct error *error);
#define MESSAGE_RECIPIENTS_MOST 5000
void members_recipients(struct db *db, const int64_t *customer_ids, int count,
                        message_recipients_fn *on_reply, void *owner);

/* Members from a file, all or none. `json`: see gym.import_members in 0015_people.sql. */
enum member_import_outcome {
    MEMBER_IMPORT_ENROLLED,
    MEMBER_IMPORT_SKIPPED,
    MEMBER_IMPORT_DUPLICATE,
    MEMBER_IMPORT_REJECTED
};
struct member_import_row {
    int line;
    enum member_import_outcome outcome;
    int64_t customer_id; /* the new one's number, or the duplicate's; 0: none */
    char name[200], words[256];
};
typedef void member_import_fn(void *owner, const struct member_import_row *rows, int count,
                              const struct error *error);
void members_import(struct db *db, struct request_id id, const char *json, const char *duplicates,
                    bool dry_run, member_import_fn *on_reply, void *owner);

#endif
