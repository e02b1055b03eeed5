/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The typed calls on members as people, weak, as in fake_calls.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gymtui/db/people.h"

#define WEAK __attribute__((weak))

WEAK void members_change_package(struct db *db, struct request_id id, int64_t customer_id,
                                 int64_t package_id, bool at_once, int payment_method_id,
                                 const char *desk, member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)package_id, (void)at_once;
    (void)payment_method_id, (void)desk, (void)on_reply, (void)owner;
    fail_msg("members_change_package was not expected");
}

WEAK void members_preview(struct db *db, const struct member_preview_request *request,
                          member_preview_fn *on_reply, void *owner)
{
    (void)db, (void)request, (void)on_reply, (void)owner;
    fail_msg("members_preview was not expected");
}

WEAK void members_ban(struct db *db, struct request_id id, int64_t customer_id, const char *reason,
                      member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)reason, (void)on_reply, (void)owner;
    fail_msg("members_ban was not expected");
}

WEAK void members_unban(struct db *db, struct request_id id, int64_t customer_id,
                        member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)on_reply, (void)owner;
    fail_msg("members_unban was not expected");
}

WEAK void members_merge(struct db *db, struct request_id id, int64_t loser, int64_t winner,
                        member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)loser, (void)winner, (void)on_reply, (void)owner;
    fail_msg("members_merge was not expected");
}

WEAK void members_unmerge(struct db *db, struct request_id id, int64_t loser,
                          member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)loser, (void)on_reply, (void)owner;
    fail_msg("members_unmerge was not expected");
}

WEAK void members_preview_merge(struct db *db, int64_t loser, int64_t winner,
                                merge_preview_fn *on_reply, void *owner)
{
    (void)db, (void)loser, (void)winner, (void)on_reply, (void)owner;
    fail_msg("members_preview_merge was not expected");
}

WEAK void members_merged(struct db *db, int64_t customer_id, merged_records_fn *on_reply,
                         void *owner)
{
    (void)db, (void)customer_id, (void)on_reply, (void)owner;
    fail_msg("members_merged was not expected");
}

WEAK void members_anonymise(struct db *db, struct request_id id, int64_t customer_id,
                            member_change_fn *on_reply, void *owner)
{
    (void)db, (void)id, (void)customer_id, (void)on_reply, (void)owner;
    fail_msg("members_anonymise was not expected");
}

WEAK void members_recipients(struct db *db, const int64_t *customer_ids, int count,
                             message_recipients_fn *on_reply, void *owner)
{
    (void)db, (void)customer_ids, (void)count, (void)on_reply, (void)owner;
    fail_msg("members_recipients was not expected");
}

WEAK void members_import(struct db *db, struct request_id id, const char *json,
                         const char *duplicates, bool dry_run, member_import_fn *on_reply,
                         void *owner)
{
    (void)db, (void)id, (void)json, (void)duplicates, (void)dry_run, (void)on_reply, (void)owner;
    fail_msg("members_import was not expected");
}
