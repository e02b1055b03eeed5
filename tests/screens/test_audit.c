/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/audit.h"
#include "gymtui/screens/member.h"
#include "support.h"

static const int64_t member = 10482;
static const struct member_argument member_shown = {.customer_id = 10482, .name = "T. Hakobyan"};

static struct {
    struct audit_row rows[3];
    int count, reads;
    int64_t customer_id;
} db_saw;

void audit_page(struct db *db, const struct audit_query *query, audit_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.reads++;
    db_saw.customer_id = query->customer_id;
    if (query->before == 0)
        on_reply(owner, db_saw.rows, db_saw.count, false, NULL);
}

static void begin(void)
{
    fake_db_reset();
    memset(&db_saw, 0, sizeof db_saw);
    int64_t now = (int64_t)date_from_civil(2026, 11, 21) * 86400 + 64800;
    db_saw.rows[0] = (struct audit_row){
        .audit_id = 903,
        .at_local = now - 60,
        .customer_id = member,
        .who = "Anna Petrosyan",
        .member = "Tigran Hakobyan",
        .subject = "Member",
        .action = AUDIT_CHANGED,
        .changes = {{"Phone", "+353 20 915 9382", "+353 20 915 9383"},
                    {"Note", "", "allergic to nuts"}},
        .change_count = 2,
        .words = "Phone +353 20 915 9382 → +353 20 915 9383; Note nothing → allergic to nuts"};
    db_saw.rows[1] = (struct audit_row){
        .audit_id = 902,
        .at_local = now - 90000,
        .customer_id = member,
        .who = "Dina Desk",
        .member = "Tigran Hakobyan",
        .subject = "Payment",
        .action = AUDIT_ADDED,
        .changes = {{"Amount", "", "39.00"}, {"By", "", "Card"}, {"For", "", "renewal"}},
        .change_count = 3,
        .words = "Amount 39.00; By Card; For renewal"};
    db_saw.rows[2] = (struct audit_row){.audit_id = 901,
                                        .at_local = now - 900000,
                                        .who = "administrator",
                                        .subject = "Gym",
                                        .action = AUDIT_CHANGED};
    db_saw.count = 3;
}

static void expect_text(struct host *host, const char *wanted, bool shown)
{
    char *text = fake_text(host);
    if ((strstr(text, wanted) != NULL) != shown) {
        fputs(text, stderr);
        fail_msg("“%s” is %s the screen", wanted, shown ? "not on" : "on");
    }
    free(text);
}

static void test_looks(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_audit, NULL, NULL);
    assert_int_equal(db_saw.customer_id, 0);
    golden_check("audit/gym", fake_draw, host);
    golden_check_sizes("audit_gym", fake_draw, host);
    fake_key(host, "Down");
    expect_text(host, "Amount  39.00", true);
    fake_key(host, "Down");
    expect_text(host, "Nothing that is shown here changed", true);
    fake_close(host);
    host = fake_open(&screen_audit, &member_shown, NULL);
    assert_int_equal(db_saw.customer_id, member);
    golden_check("audit/member", fake_draw, host);
    expect_text(host, "Tigran", false); /* whose it is stands above */
    fake_close(host);
}

static void test_leads_to_the_member(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_audit, NULL, NULL);
    fake_key(host, "G");
    fake_key(host, "Enter"); /* about no member */
    assert_null(host->opened);
    fake_key(host, "g");
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_member);
    fake_close(host);
    host = fake_open(&screen_audit, &member_shown, NULL);
    fake_key(host, "Enter"); /* from its own card there is nowhere to go */
    assert_null(host->opened);
    fake_close(host);
}

static void test_follows_what_changes(void **unused)
{
    (void)unused;
    begin();
    struct host *host = fake_open(&screen_audit, NULL, NULL);
    fake_key(host, "Down");
    memmove(&db_saw.rows[1], &db_saw.rows[0], 2 * sizeof db_saw.rows[0]);
    db_saw.rows[0].audit_id = 904;
    screen_audit.changed(host->state, "members");
    assert_int_equal(db_saw.reads, 2);
    expect_text(host, "Amount  39.00", true); /* the cursor stays on its row */
    fake_close(host);
    begin();
    db_saw.count = 0;
    host = fake_open(&screen_audit, NULL, NULL);
    expect_text(host, "Nothing was changed by hand yet", true);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_leads_to_the_member),
        cmocka_unit_test(test_follows_what_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
