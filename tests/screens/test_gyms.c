/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gyms and staff: what owners change, what managers only read. */
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
    struct gym_row rows[OFFICE_GYMS];
    int count, staff_count, saves;
    bool is_slow;
    int64_t staff_of;
    struct gym_edit edit;
    char name[128], time_zone[64], owing[8], password[100], username[64];
    gym_saved_fn *saved;
    done_fn *done;
    void *owner;
    char call[24];
    enum level level;
    bool disabled;
} db_saw;

void gyms_list(struct db *db, gyms_fn *on_reply, void *owner)
{
    (void)db;
    if (!db_saw.is_slow)
        on_reply(owner, db_saw.rows, db_saw.count, NULL);
}

void staff_list(struct db *db, int64_t gym_id, staff_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.staff_of = gym_id;
    on_reply(owner, office_staff, db_saw.staff_count, NULL);
}

void gyms_save(struct db *db, const struct gym_edit *edit, gym_saved_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.saves++;
    db_saw.edit = *edit;
    snprintf(db_saw.name, sizeof db_saw.name, "%s", edit->name);
    snprintf(db_saw.time_zone, sizeof db_saw.time_zone, "%s", edit->time_zone);
    snprintf(db_saw.owing, sizeof db_saw.owing, "%s", edit->owing);
    snprintf(db_saw.password, sizeof db_saw.password, "%s", edit->password ? edit->password : "");
    db_saw.saved = on_reply;
    db_saw.owner = owner;
}

static void keep_done(const char *call, int64_t gym_id, const char *username, done_fn *on_reply,
                      void *owner)
{
    snprintf(db_saw.call, sizeof db_saw.call, "%s", call);
    snprintf(db_saw.username, sizeof db_saw.username, "%s", username);
    assert_int_equal(gym_id, 1);
    db_saw.done = on_reply;
    db_saw.owner = owner;
}

void staff_add(struct db *db, int64_t gym_id, const char *username, const char *name,
               enum level level, const char *password, done_fn *on_reply, void *owner)
{
    (void)db;
    snprintf(db_saw.name, sizeof db_saw.name, "%s", name);
    snprintf(db_saw.password, sizeof db_saw.password, "%s", password);
    db_saw.level = level;
    keep_done("add", gym_id, username, on_reply, owner);
}

void staff_set_password(struct db *db, int64_t gym_id, const char *username, const char *password,
                        done_fn *on_reply, void *owner)
{
    (void)db;
    snprintf(db_saw.password, sizeof db_saw.password, "%s", password);
    keep_done("password", gym_id, username, on_reply, owner);
}

void staff_set_disabled(struct db *db, int64_t gym_id, const char *username, bool disabled,
                        done_fn *on_reply, void *owner)
{
    (void)db;
    db_saw.disabled = disabled;
    keep_done("disable", gym_id, username, on_reply, owner);
}

static void begin(int count)
{
    memset(&db_saw, 0, sizeof db_saw);
    memcpy(db_saw.rows, office_gyms, sizeof office_gyms);
    db_saw.count = count;
    db_saw.staff_count = OFFICE_STAFF;
}

static void sign_in_chain(struct host *host)
{
    host->session.level = LEVEL_CHAIN;
}

static void sign_in_owner(struct host *host)
{
    host->session.level = LEVEL_OWNER;
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
    begin(OFFICE_GYMS);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_chain);
    golden_check("gyms", fake_draw, host);
    golden_check_sizes("gyms", fake_draw, host);
    fake_key(host, "e");
    golden_check("gyms_settings", fake_draw, host);
    fake_close(host);

    begin(1);
    db_saw.staff_count = 0;
    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    golden_check("gyms_one", fake_draw, host);
    fake_key(host, "F2");
    golden_check("gyms_staff_add", fake_draw, host);
    fake_close(host);

    begin(1);
    db_saw.is_slow = true;
    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    golden_check("gyms_loading", fake_draw, host);
    fake_close(host);
}

static void test_settings(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "F4");
    for (int i = 0; i < 7; i++)
        fake_key(host, "Tab");
    fake_type(host, "d"); /* who owes: deny */
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 1);
    assert_string_equal(db_saw.owing, "deny");
    assert_string_equal(db_saw.time_zone, "Europe/Dublin");
    assert_int_equal(db_saw.edit.capacity, 120);
    assert_int_equal(db_saw.edit.row_version, 2);
    assert_null(db_saw.edit.password);

    struct error error;
    db_saw.rows[0].row_version = 3;
    snprintf(db_saw.rows[0].owing, sizeof db_saw.rows[0].owing, "ignore");
    error_set(&error, ERROR_CONFLICT, NULL, "Changed");
    db_saw.saved(db_saw.owner, 1, &error);
    expect_text(host, "Theirs: who owes ignore, F2 writes yours");
    fake_key(host, "F2");
    assert_int_equal(db_saw.edit.row_version, 3);
    db_saw.saved(db_saw.owner, 1, NULL);
    assert_null(host->form);
    fake_close(host);
}

static void test_chain_moves_between_gyms_and_adds_one(void **unused)
{
    (void)unused;
    begin(OFFICE_GYMS);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_chain);
    fake_key(host, "Down");
    assert_int_equal(db_saw.staff_of, 2);
    expect_text(host, "Asia/Yerevan · AMD");
    fake_key(host, "F3");
    expect_text(host, "New gym");
    fake_type(host, "Third House\t\t\tthird@example.org");
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 0); /* a login is missing */
    fake_close(host);
}

static void test_chain_picks_the_gym_to_work_at(void **unused)
{
    (void)unused;
    begin(OFFICE_GYMS);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_chain);
    expect_text(host, "Iron Temple (here)");
    fake_db.session.level = LEVEL_CHAIN;
    fake_key(host, "Down");
    fake_key(host, "F5");
    db_advance(host->context.db);
    assert_int_equal(host->session.gym_id, 2);
    expect_text(host, "Երևան Ֆիտնես (here)");
    fake_close(host);

    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "F5");
    assert_non_null(strstr(host->said, "Only the chain"));
    fake_close(host);
}

static void test_add_staff(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "a");
    fake_type(host, "Niamh Kelly\tniamh\tm\tshort\tshort");
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "");
    expect_text(host, "At least 8 characters");
    fake_key(host, "^U");
    fake_type(host, "correct horse\t");
    fake_key(host, "^U");
    fake_type(host, "correct house");
    fake_key(host, "F2");
    expect_text(host, "The two differ");
    fake_key(host, "Tab");
    fake_key(host, "^U");
    fake_type(host, "correct horse");
    fake_key(host, "F2");
    assert_string_equal(db_saw.call, "add");
    assert_string_equal(db_saw.username, "niamh");
    assert_int_equal(db_saw.level, LEVEL_MANAGER);
    assert_string_equal(db_saw.password, "correct horse");
    char *text = fake_text(host);
    assert_null(strstr(text, "horse")); /* never on the screen */
    free(text);
    db_saw.done(db_saw.owner, NULL);
    assert_null(host->form);
    assert_non_null(strstr(host->said, "Niamh Kelly: can sign in now"));
    fake_close(host);
}

static void test_password_and_disable(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "Down");
    fake_key(host, "p");
    expect_text(host, "Password of Desk One");
    fake_type(host, "new password\tnew password\r");
    assert_string_equal(db_saw.call, "password");
    assert_string_equal(db_saw.username, "desk1");
    db_saw.done(db_saw.owner, NULL);

    fake_key(host, "x");
    golden_check("gyms_disable", fake_draw, host);
    fake_key(host, "y");
    assert_string_equal(db_saw.call, "disable");
    assert_true(db_saw.disabled);
    struct error error;
    error_set(&error, ERROR_PERMISSION, NULL, "Only owners disable logins");
    db_saw.done(db_saw.owner, &error);
    assert_non_null(strstr(host->said, "Only owners"));

    fake_key(host, "Down");
    fake_key(host, "x"); /* Karen is disabled: let in again */
    fake_key(host, "y");
    assert_string_equal(db_saw.username, "karen");
    assert_false(db_saw.disabled);

    fake_key(host, "Left"); /* the gym's own login */
    fake_key(host, "p");
    fake_type(host, "gym password\tgym password\r");
    assert_string_equal(db_saw.username, "");
    fake_close(host);
}

static void test_manager_reads_only(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open(&screen_gyms, NULL, NULL);
    expect_text(host, "Maeve O'Shea");
    static const char *const keys[] = {"F2", "F3", "F4", "F6", "F8"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fake_key(host, keys[i]);
        assert_null(host->form);
        assert_null(host->dialog);
        assert_non_null(strstr(host->said, "by the owner"));
    }
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_chain_moves_between_gyms_and_adds_one),
        cmocka_unit_test(test_chain_picks_the_gym_to_work_at),
        cmocka_unit_test(test_add_staff),
        cmocka_unit_test(test_password_and_disable),
        cmocka_unit_test(test_manager_reads_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
