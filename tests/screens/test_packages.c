/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: what the desk reads and managers change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_host.h"
#include "office_data.h"
#include "support.h"

static struct {
    struct package_row rows[OFFICE_PACKAGES];
    int count, reads, saves;
    bool is_slow;
    struct package_edit edit;
    char name[80], hours[24];
    package_saved_fn *saved;
    void *owner;
} db_saw;

void packages_list(struct db *db, packages_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.reads++;
    if (!db_saw.is_slow)
        on_reply(owner, db_saw.rows, db_saw.count, NULL);
}

void packages_save(struct db *db, const struct package_edit *edit, package_saved_fn *on_reply,
                   void *owner)
{
    (void)db;
    db_saw.saves++;
    db_saw.edit = *edit;
    snprintf(db_saw.name, sizeof db_saw.name, "%s", edit->name);
    snprintf(db_saw.hours, sizeof db_saw.hours, "%s", edit->hours);
    db_saw.saved = on_reply;
    db_saw.owner = owner;
}

static void begin(int count)
{
    memset(&db_saw, 0, sizeof db_saw);
    memcpy(db_saw.rows, office_packages, sizeof office_packages);
    db_saw.count = count;
}

static void sign_in_desk(struct host *host)
{
    host->session.level = LEVEL_DESK;
}

static void answer_error(enum error_code code, const char *message)
{
    struct error error;
    error_set(&error, code, NULL, "%s", message);
    db_saw.saved(db_saw.owner, 0, &error);
}

static void expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

static void test_looks(void **unused)
{
    (void)unused;
    begin(OFFICE_PACKAGES);
    struct host *host = fake_open(&screen_packages, NULL, NULL);
    golden_check("packages", fake_draw, host);
    golden_check_sizes("packages", fake_draw, host);
    fake_key(host, "e");
    golden_check("packages_edit", fake_draw, host);
    fake_close(host);

    begin(0);
    host = fake_open(&screen_packages, NULL, NULL);
    golden_check("packages_empty", fake_draw, host);
    fake_close(host);

    begin(0);
    db_saw.is_slow = true;
    host = fake_open(&screen_packages, NULL, NULL);
    golden_check("packages_loading", fake_draw, host);
    fake_close(host);
}

static void test_new_plan_checked_field_by_field(void **unused)
{
    (void)unused;
    begin(OFFICE_PACKAGES);
    struct host *host = fake_open(&screen_packages, NULL, NULL);
    fake_key(host, "F2");
    fake_type(host, "Morning\t29.50\t");
    fake_key(host, "^U");
    fake_type(host, "0\t\t9-25");
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 0);
    expect_text(host, "Two whole hours, as 09-16");
    fake_key(host, "^U");
    fake_type(host, "6-9");
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 0);
    expect_text(host, "No months: then some visits");
    fake_key(host, "^U");
    fake_type(host, "20");
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 1);
    assert_int_equal(db_saw.edit.package_id, 0);
    assert_string_equal(db_saw.name, "Morning");
    assert_string_equal(db_saw.hours, "06-09");
    assert_int_equal(db_saw.edit.price, 2950);
    assert_int_equal(db_saw.edit.visits_included, 20);
    assert_true(db_saw.edit.active);
    answer_error(ERROR_INPUT, "There is a plan with this name");
    expect_text(host, "There is a plan with this name");
    fake_key(host, "F2");
    db_saw.saved(db_saw.owner, 9, NULL);
    assert_null(host->form);
    assert_int_equal(db_saw.reads, 2);
    fake_close(host);
}

static void test_conflict_shows_what_is_there_and_saves_over_it(void **unused)
{
    (void)unused;
    begin(OFFICE_PACKAGES);
    struct host *host = fake_open(&screen_packages, NULL, NULL);
    fake_key(host, "e");
    fake_type(host, "\t");
    fake_key(host, "^U");
    fake_type(host, "41");
    fake_key(host, "F2");
    assert_int_equal(db_saw.edit.row_version, 3);
    db_saw.rows[0].row_version = 4;
    db_saw.rows[0].price = 4000;
    answer_error(ERROR_CONFLICT, "Changed meanwhile");
    expect_text(host, "price 40.00");
    fake_key(host, "F2");
    assert_int_equal(db_saw.edit.row_version, 4);
    assert_int_equal(db_saw.edit.price, 4100);
    fake_close(host);
}

static void test_retire_asks(void **unused)
{
    (void)unused;
    begin(OFFICE_PACKAGES);
    struct host *host = fake_open(&screen_packages, NULL, NULL);
    fake_key(host, "x");
    golden_check("packages_retire", fake_draw, host);
    fake_key(host, "x"); /* auto-repeat */
    fake_key(host, "Enter");
    assert_int_equal(db_saw.saves, 0);
    if (!host->dialog)
        fake_key(host, "x");
    fake_key(host, "y");
    assert_int_equal(db_saw.saves, 1);
    assert_false(db_saw.edit.active);
    assert_int_equal(db_saw.edit.price, 3900);
    fake_close(host);
}

static void test_desk_reads_only(void **unused)
{
    (void)unused;
    begin(OFFICE_PACKAGES);
    struct host *host = fake_open_with(&screen_packages, NULL, NULL, sign_in_desk);
    expect_text(host, "Off-peak");
    fake_key(host, "e");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "by a manager"));
    fake_key(host, "Enter");
    assert_ptr_equal(host->opened, &screen_members);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_new_plan_checked_field_by_field),
        cmocka_unit_test(test_conflict_shows_what_is_there_and_saves_over_it),
        cmocka_unit_test(test_retire_asks),
        cmocka_unit_test(test_desk_reads_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
