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
    int count, staff_count, trainer_count, saves, settings_saves;
    struct gym_row settings;
    struct trainer_row trainer;
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

void gyms_save_settings(struct db *db, struct request_id id, const struct gym_row *gym,
                        gym_saved_fn *on_reply, void *owner)
{
    (void)db, (void)id;
    db_saw.settings_saves++;
    db_saw.settings = *gym;
    db_saw.saved = on_reply;
    db_saw.owner = owner;
}

void trainers_list(struct db *db, trainers_fn *on_reply, void *owner)
{
    (void)db;
    on_reply(owner, office_trainers, db_saw.trainer_count, NULL);
}

void trainers_save(struct db *db, struct request_id id, const struct trainer_row *trainer,
                   trainer_saved_fn *on_reply, void *owner)
{
    (void)db, (void)id;
    db_saw.trainer = *trainer;
    db_saw.saved = on_reply;
    db_saw.owner = owner;
}

static void begin(int count)
{
    memset(&db_saw, 0, sizeof db_saw);
    memcpy(db_saw.rows, office_gyms, sizeof office_gyms);
    db_saw.count = count;
    db_saw.staff_count = OFFICE_STAFF;
    db_saw.trainer_count = 2;
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

/* The bottom line offers nobody what would be refused. */
static void test_offers_what_one_may_do(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open(&screen_gyms, NULL, NULL); /* a manager */
    fake_key(host, "F4");
    assert_non_null(strstr(host->said, "changed by the owner"));
    char *text = fake_bottom_line(host, 80);
    assert_null(strstr(text, "F4"));
    assert_null(strstr(text, "F6"));
    assert_non_null(strstr(text, "F9 trainers"));
    free(text);
    fake_key(host, "F9");
    text = fake_bottom_line(host, 80);
    assert_non_null(strstr(text, "F2 add"));
    free(text);
    fake_close(host);
    begin(1);
    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    text = fake_bottom_line(host, 80);
    assert_non_null(strstr(text, "F4 settings"));
    assert_non_null(strstr(text, "F6 password"));
    free(text);
    fake_key(host, "F9");
    text = fake_bottom_line(host, 80);
    assert_null(strstr(text, "F6 password")); /* trainers have no login */
    free(text);
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

static void tab_to(struct host *host, int entry)
{
    for (int i = 0; i < entry; i++)
        fake_key(host, "Tab");
}

static void test_every_reason_has_its_policy(void **unused)
{
    (void)unused;
    begin(1);
    db_saw.rows[0].policies[REASON_EXPIRED] = POLICY_DENY;
    db_saw.rows[0].pack_months = 12;
    db_saw.rows[0].freeze_max_days = 366;
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "d");
    expect_text(host, "The door of Iron Temple");
    golden_check("gyms_door", fake_draw, host);
    fake_type(host, "\t");
    fake_key(host, "^U");
    fake_type(host, "25:00");
    tab_to(host, 9 + REASON_OWING);
    fake_type(host, "d");
    fake_key(host, "F2");
    assert_int_equal(db_saw.settings_saves, 0);
    expect_text(host, "as 22:30");
    fake_key(host, "^U");
    fake_type(host, "22:00");
    fake_key(host, "F2");
    assert_int_equal(db_saw.settings_saves, 1);
    assert_string_equal(db_saw.settings.opening, "06:30");
    assert_string_equal(db_saw.settings.closing, "22:00");
    assert_int_equal(db_saw.settings.policies[REASON_OWING], POLICY_DENY);
    assert_int_equal(db_saw.settings.policies[REASON_EXPIRED], POLICY_DENY);
    assert_int_equal(db_saw.settings.row_version, 2);
    /* Somebody else was faster: the next try stands on what is there now. */
    struct error error;
    error_set(&error, ERROR_CONFLICT, NULL, "somebody else changed Iron Temple in the meantime");
    db_saw.rows[0].row_version = 5;
    db_saw.saved(db_saw.owner, 0, &error);
    expect_text(host, "somebody else changed");
    fake_key(host, "F2");
    assert_int_equal(db_saw.settings.row_version, 5);
    db_saw.saved(db_saw.owner, 6, NULL);
    assert_null(host->form);
    fake_close(host);
}

static void test_a_new_gym_starts_with_the_configurations_policies(void **unused)
{
    (void)unused;
    begin(OFFICE_GYMS);
    static const char *const set[] = {"policy.frozen=warn", "policy.owing=deny", NULL};
    struct host *host = fake_open_with(&screen_gyms, NULL, set, sign_in_chain);
    fake_key(host, "F3");
    fake_type(host, "Third House\t\t\tthird@example.org");
    tab_to(host, 9);
    fake_type(host, "third\tcorrect horse");
    fake_key(host, "F2");
    assert_int_equal(db_saw.saves, 1);
    db_saw.saved(db_saw.owner, 7, NULL);
    assert_int_equal(db_saw.settings_saves, 1);
    assert_int_equal(db_saw.settings.gym_id, 7);
    assert_int_equal(db_saw.settings.policies[REASON_FROZEN], POLICY_WARN);
    assert_int_equal(db_saw.settings.policies[REASON_OWING], POLICY_DENY);
    assert_int_equal(db_saw.settings.policies[REASON_BANNED], POLICY_DENY);
    fake_close(host);
}

static void test_trainers_are_listed_added_and_changed(void **unused)
{
    (void)unused;
    begin(1);
    struct host *host = fake_open(&screen_gyms, NULL, NULL); /* a manager */
    fake_key(host, "t");
    expect_text(host, office_trainers[0].name);
    golden_check("gyms_trainers", fake_draw, host);
    fake_key(host, "F2");
    golden_check("gyms_trainer_new", fake_draw, host);
    fake_type(host, "Nora Coach\t+353 1 555 0199");
    fake_key(host, "F2");
    assert_string_equal(db_saw.trainer.name, "Nora Coach");
    assert_int_equal(db_saw.trainer.trainer_id, 0);
    db_saw.saved(db_saw.owner, 9, NULL);
    assert_non_null(strstr(host->said, "Nora Coach is saved"));
    fake_key(host, "Down");
    fake_key(host, "e");
    fake_key(host, "F2");
    assert_int_equal(db_saw.trainer.trainer_id, office_trainers[1].trainer_id);
    db_saw.saved(db_saw.owner, 0, NULL);
    fake_key(host, "t");
    expect_text(host, "Maeve O'Shea");
    fake_close(host);
}

static void test_trainers_belong_to_the_gym_that_is_worked_at(void **unused)
{
    (void)unused;
    begin(OFFICE_GYMS);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_chain);
    fake_key(host, "Down");
    fake_key(host, "t");
    assert_non_null(strstr(host->said, "F5 works at"));
    fake_close(host);

    begin(1);
    db_saw.trainer_count = 0;
    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "t");
    expect_text(host, "No trainer yet. F2 adds the first one.");
    fake_key(host, "p");
    assert_non_null(strstr(host->said, "no login"));
    fake_close(host);
}

static void test_a_screen_reader_follows_the_focus(void **unused)
{
    (void)unused;
    golden_set_plain(true);
    begin(OFFICE_GYMS);
    struct host *host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_chain);
    fake_key(host, "Down");
    golden_check("gyms_plain", fake_draw, host);
    fake_key(host, "d");
    tab_to(host, 12);
    golden_check("gyms_plain_door", fake_draw, host);
    fake_close(host);
    begin(1);
    host = fake_open_with(&screen_gyms, NULL, NULL, sign_in_owner);
    fake_key(host, "Down");
    fake_key(host, "x");
    golden_check("gyms_plain_disable", fake_draw, host);
    fake_close(host);
    golden_set_plain(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_chain_moves_between_gyms_and_adds_one),
        cmocka_unit_test(test_chain_picks_the_gym_to_work_at),
        cmocka_unit_test(test_add_staff),
        cmocka_unit_test(test_offers_what_one_may_do),
        cmocka_unit_test(test_password_and_disable),
        cmocka_unit_test(test_manager_reads_only),
        cmocka_unit_test(test_a_screen_reader_follows_the_focus),
        cmocka_unit_test(test_every_reason_has_its_policy),
        cmocka_unit_test(test_a_new_gym_starts_with_the_configurations_policies),
        cmocka_unit_test(test_trainers_are_listed_added_and_changed),
        cmocka_unit_test(test_trainers_belong_to_the_gym_that_is_worked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
