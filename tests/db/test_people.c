/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members as people, from the data layer's calls down: what a change would do is what it does,
 * other plans and their money, duplicates in any order, who may be written to, and members from a
 * file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "heard.h"
#include "support.h"

static struct house house;
static struct heard heard;
static struct db *desk, *boss, *owner;

/* --- what the calls answer --- */

static struct {
    struct member_preview preview;
    struct merge_preview merge;
    struct merged_record merged[8];
    struct contact_row contacts[20];
    struct message_recipient recipients[8];
    struct member_import_row rows[16];
} told;

static void note(void *owner_, int count, const struct error *error)
{
    struct heard *to = owner_;
    to->replies++;
    to->count = count;
    to->error = error ? *error : (struct error){0};
}

static void told_preview(void *to, const struct member_preview *preview, const struct error *error)
{
    note(to, 1, error);
    if (!error)
        told.preview = *preview;
}

static void told_merge(void *to, const struct merge_preview *preview, const struct error *error)
{
    note(to, 1, error);
    if (!error)
        told.merge = *preview;
}

static void told_merged(void *to, const struct merged_record *rows, int count,
                        const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 8; i++)
        told.merged[i] = rows[i];
}

static void told_contacts(void *to, const struct contact_row *rows, int count,
                          const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 20; i++)
        told.contacts[i] = rows[i];
}

static void told_recipients(void *to, const struct message_recipient *rows, int count,
                            const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 8; i++)
        told.recipients[i] = rows[i];
}

static void told_import(void *to, const struct member_import_row *rows, int count,
                        const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 16; i++)
        told.rows[i] = rows[i];
}

/* --- small words --- */

static int64_t enrol(const char *name)
{
    return house_enrol(&house, desk, name, NULL);
}

static int32_t today(void)
{
    return session_today(desk);
}

static void preview(enum member_preview_kind kind, int64_t member, int64_t package, int32_t from,
                    int32_t until, int method)
{
    struct member_preview_request request = {.kind = kind,
                                             .customer_id = member,
                                             .package_id = package,
                                             .from = from,
                                             .until = until,
                                             .payment_method_id = method};
    members_preview(desk, &request, told_preview, &heard);
    heard_wait(desk);
}

static void expect_error(enum error_code code)
{
    if (heard.error.code != code)
        fail_msg("error %d, not %d: %s", (int)heard.error.code, (int)code, heard.error.message);
}

static const char *figures(int64_t member)
{
    return test_text(test_superuser(),
                     "SELECT concat_ws('|', starts, ends, package_id, balance, paid_total, "
                     "visit_count) FROM gym.member_summary WHERE customer_id = %lld",
                     (long long)member);
}

/* What was shown before is what the member has after. */
static void expect_as_shown(int64_t member)
{
    assert_string_equal(heard.change.text, told.preview.text);
    assert_int_equal(heard.change.ends, told.preview.ends);
    assert_int_equal(heard.change.balance, told.preview.balance);
    char starts[16], ends[16], amount[32];
    date_format_iso(starts, sizeof starts, told.preview.starts);
    date_format_iso(ends, sizeof ends, told.preview.ends);
    money_format_plain(amount, sizeof amount, told.preview.balance);
    char wanted[160];
    snprintf(wanted, sizeof wanted, "%s|%s|%s|%s", starts, ends, told.preview.plan, amount);
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', s.starts, s.ends, p.name, s.balance) FROM "
                  "gym.member_summary s JOIN gym.packages p USING (package_id) WHERE "
                  "s.customer_id = %lld",
                  (long long)member),
        wanted);
}

/* --- previews --- */

static void a_preview_is_what_the_change_does_and_leaves_nothing(void **state)
{
    (void)state;
    int64_t member = enrol("Preview Paula");
    char before[200];
    snprintf(before, sizeof before, "%s", figures(member));
    int64_t audited = test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log");

    preview(MEMBER_PREVIEW_RENEW, member, house.annual, 0, 0, 3);
    expect_error(ERROR_NONE);
    assert_true(told.preview.charged > 0 && told.preview.charged == told.preview.paid);
    assert_string_equal(figures(member), before);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.audit_log"), audited);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM gym.requests WHERE kind = 'renew'"), 0);
    members_renew(desk, request_id_new(), member, house.annual, 3, "1", heard_change, &heard);
    heard_well(desk, &heard);
    expect_as_shown(member);

    preview(MEMBER_PREVIEW_FREEZE, member, 0, today(), today() + 9, 0);
    expect_error(ERROR_NONE);
    assert_int_equal(told.preview.ends, told.preview.ends_before + 10);
    members_freeze(desk, request_id_new(), member, today(), today() + 9, "", heard_change, &heard);
    heard_well(desk, &heard);
    expect_as_shown(member);
    preview(MEMBER_PREVIEW_UNFREEZE, member, 0, 0, 0, 0);
    assert_int_equal(told.preview.ends, told.preview.ends_before - 10);
    members_unfreeze(desk, request_id_new(), member, heard_change, &heard);
    heard_well(desk, &heard);
    expect_as_shown(member);

    /* What was sold ahead is credited. */
    preview(MEMBER_PREVIEW_CANCEL, member, 0, 0, today() + 3, 0);
    expect_error(ERROR_NONE);
    assert_true(told.preview.credited > 0);
    assert_int_equal(told.preview.ends, today() + 3);
    members_cancel(desk, request_id_new(), member, today() + 3, "price", heard_change, &heard);
    heard_well(desk, &heard);
    assert_int_equal(heard.change.ends, told.preview.ends);
    assert_int_equal(heard.change.balance, told.preview.balance);
}

static void a_preview_is_refused_as_the_change_would_be(void **state)
{
    (void)state;
    int64_t member = enrol("Refused Rita");
    preview(MEMBER_PREVIEW_FREEZE, member, 0, today() - 3, today(), 0);
    expect_error(ERROR_INPUT);
    assert_non_null(strstr(heard.error.message, "begins today or later"));
    preview(MEMBER_PREVIEW_UNFREEZE, member, 0, 0, 0, 0);
    expect_error(ERROR_CONFLICT);
    preview(MEMBER_PREVIEW_RENEW, member, 99999, 0, 0, 0);
    expect_error(ERROR_NOT_FOUND);
    preview(MEMBER_PREVIEW_CANCEL, 99999999, 0, 0, today(), 0);
    expect_error(ERROR_NOT_FOUND);
    preview(MEMBER_PREVIEW_CANCEL, 20001, 0, 0, today(), 0); /* of another gym */
    expect_error(ERROR_NOT_FOUND);
}

/* --- another plan --- */

static void another_plan_from_today_credits_the_days_left(void **state)
{
    (void)state;
    int64_t member = enrol("Changing Charlie");
    /* Ten of thirty days are used, one of them frozen: nineteen and a frozen one are not. */
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(gym.today() - 10, gym.today() + 20), "
             "price = 29 WHERE customer_id = %lld; "
             "UPDATE gym.charges SET amount = 29 WHERE customer_id = %lld; "
             "INSERT INTO gym.freezes (gym_id, customer_id, period) VALUES (%lld, %lld, "
             "daterange(gym.today() - 5, gym.today() - 4))",
             (long long)member, (long long)member, (long long)house.gym_id, (long long)member);
    /* One month was sold ahead as well. */
    members_renew(desk, request_id_new(), member, house.monthly, 0, "1", heard_change, &heard);
    heard_well(desk, &heard);
    money ahead = heard.change.balance;
    preview(MEMBER_PREVIEW_CHANGE_NOW, member, house.annual, 0, 0, 1);
    expect_error(ERROR_NONE);
    money sold_ahead = (money)(100 * test_number(test_superuser(),
                                                 "SELECT price FROM gym.packages WHERE package_id "
                                                 "= %lld",
                                                 (long long)house.monthly));
    assert_int_equal(told.preview.credited, sold_ahead + 2000); /* 29.00 × 20 ÷ 29 */
    assert_int_equal(told.preview.starts, today());
    assert_int_equal(told.preview.ends, date_add_months(today(), 12, 0) - 1);
    assert_true(ahead != 0);
    members_change_package(desk, request_id_new(), member, house.annual, true, 1, "1", heard_change,
                           &heard);
    heard_well(desk, &heard);
    expect_as_shown(member);
    assert_true(heard.change.balance <= 0);
    /* The old term ends yesterday; of the one sold ahead nothing is left; no day is in two. */
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(CASE WHEN isempty(term) THEN 'none' ELSE (lower(term) - "
                  "gym.today()) || '…' || CASE WHEN upper(term) > gym.today() THEN 'on' ELSE "
                  "(upper(term) - 1 - gym.today())::text END END, ' ' ORDER BY membership_id) FROM "
                  "gym.memberships WHERE customer_id = %lld",
                  (long long)member),
        "-10…-1 none 0…on");
}

static void another_plan_from_the_next_term_on(void **state)
{
    (void)state;
    int64_t member = enrol("Next Nelly");
    int32_t ends = (int32_t)test_number(
        test_superuser(),
        "SELECT ends - date '1970-01-01' FROM gym.member_summary WHERE customer_id = %lld",
        (long long)member);
    preview(MEMBER_PREVIEW_CHANGE_NEXT, member, house.annual, 0, 0, 0);
    expect_error(ERROR_NONE);
    assert_int_equal(told.preview.starts, ends + 1);
    assert_int_equal(told.preview.credited, 0);
    members_change_package(desk, request_id_new(), member, house.annual, false, 0, "1",
                           heard_change, &heard);
    heard_well(desk, &heard);
    expect_as_shown(member);
    assert_true(heard.change.balance > 0);
    /* And back: the annual term that did not begin is credited in full. */
    members_change_package(desk, request_id_new(), member, house.monthly, false, 0, "1",
                           heard_change, &heard);
    heard_well(desk, &heard);
    assert_non_null(strstr(heard.change.text, "credited"));
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.memberships WHERE customer_id = %lld "
                                 "AND NOT isempty(term)",
                                 (long long)member),
                     2);
}

static void another_plan_is_refused_where_it_makes_no_sense(void **state)
{
    (void)state;
    int64_t member = enrol("No Norbert");
    static const struct {
        bool at_once;
        int package; /* 0 monthly, 1 annual, 2 day pass, 3 none such */
        enum error_code code;
    } tries[] = {{true, 0, ERROR_INPUT}, {true, 2, ERROR_INPUT}, {false, 3, ERROR_NOT_FOUND}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        const int64_t packages[] = {house.monthly, house.annual, house.day_pass, 99999};
        members_change_package(desk, request_id_new(), member, packages[tries[i].package],
                               tries[i].at_once, 0, "1", heard_change, &heard);
        heard_wait(desk);
        expect_error(tries[i].code);
    }
    members_freeze(desk, request_id_new(), member, today() + 2, today() + 5, "", heard_change,
                   &heard);
    heard_well(desk, &heard);
    members_change_package(desk, request_id_new(), member, house.annual, true, 0, "1", heard_change,
                           &heard);
    heard_wait(desk);
    expect_error(ERROR_CONFLICT); /* a freeze lies ahead */
    members_cancel(desk, request_id_new(), member, today(), "", heard_change, &heard);
    heard_well(desk, &heard);
    members_change_package(desk, request_id_new(), member, house.annual, false, 0, "1",
                           heard_change, &heard);
    heard_wait(desk);
    expect_error(ERROR_INPUT);
}

/* --- rule 21 --- */

static int64_t twin(const char *name)
{
    int64_t member = enrol(name);
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 400 - customer_id::int %% "
             "10 * 40, lower(term) - 380 - customer_id::int %% 10 * 40) WHERE customer_id = %lld; "
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%lld, now() - interval '2 days', now() - interval '47 hours', %lld, %lld); "
             "SELECT gym.recount_visits(%lld)",
             (long long)member, (long long)member, (long long)house.gym_id, (long long)house.gym_id,
             (long long)member);
    return member;
}

static void merge(int64_t loser, int64_t winner)
{
    members_merge(boss, request_id_new(), loser, winner, heard_change, &heard);
    heard_well(boss, &heard);
}

static void separate(int64_t loser)
{
    members_unmerge(boss, request_id_new(), loser, heard_change, &heard);
    heard_well(boss, &heard);
}

static void rule_21_a_merge_is_shown_first_and_moves_what_was_shown(void **state)
{
    (void)state;
    int64_t keep = twin("Keeper Kate"), gone = twin("Goner Gwen");
    test_run(
        test_superuser(),
        "INSERT INTO gym.contacts (gym_id, customer_id, outcome) VALUES (%lld, %lld, 'price'); "
        "UPDATE gym.customers SET guest_of = %lld WHERE customer_id = %lld",
        (long long)house.gym_id, (long long)gone, (long long)gone, (long long)house.anna);
    char before_keep[200], before_gone[200];
    snprintf(before_keep, sizeof before_keep, "%s", figures(keep));
    snprintf(before_gone, sizeof before_gone, "%s", figures(gone));
    members_preview_merge(boss, gone, keep, told_merge, &heard);
    heard_well(boss, &heard);
    assert_int_equal(told.merge.visits, 1);
    assert_int_equal(told.merge.payments, 1);
    assert_int_equal(told.merge.terms, 1);
    assert_int_equal(told.merge.terms_left, 0);
    assert_int_equal(told.merge.contacts, 1);
    assert_string_equal(figures(keep), before_keep);
    members_preview_merge(desk, gone, keep, told_merge, &heard);
    heard_wait(desk);
    expect_error(ERROR_PERMISSION);

    merge(gone, keep);
    assert_int_equal(heard.change.balance, told.merge.balance);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT guest_of FROM gym.customers WHERE "
                                 "customer_id = %lld",
                                 (long long)house.anna),
                     keep);
    members_card(boss, gone, heard_card, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.card.merged_into, keep);
    members_merged(boss, keep, told_merged, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 1);
    assert_int_equal(told.merged[0].customer_id, gone);
    assert_string_equal(told.merged[0].name, "Goner Gwen");
    separate(gone);
    assert_string_equal(figures(keep), before_keep);
    assert_string_equal(figures(gone), before_gone);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT guest_of FROM gym.customers WHERE "
                                 "customer_id = %lld",
                                 (long long)house.anna),
                     gone);
    test_run(test_superuser(), "UPDATE gym.customers SET guest_of = NULL WHERE customer_id = %lld",
             (long long)house.anna);
}

/* Three records of one person, merged one into the other, come apart in either order. */
static void rule_21_merges_come_apart_in_any_order(void **state)
{
    (void)state;
    int64_t a = twin("Triplet Ann"), b = twin("Triplet Bea"), c = twin("Triplet Cleo");
    char was[3][200];
    snprintf(was[0], sizeof was[0], "%s", figures(a));
    snprintf(was[1], sizeof was[1], "%s", figures(b));
    snprintf(was[2], sizeof was[2], "%s", figures(c));
    for (int first = 0; first < 2; first++) {
        merge(a, b);
        merge(b, c);
        members_merged(boss, c, told_merged, &heard);
        heard_well(boss, &heard);
        assert_int_equal(heard.count, 2); /* each card leads to the kept one in one step */
        separate(first == 0 ? a : b);
        if (first == 1) { /* what a brought in is part of b again */
            assert_int_equal(test_number(test_superuser(),
                                         "SELECT merged_into FROM gym.customers WHERE "
                                         "customer_id = %lld",
                                         (long long)a),
                             b);
            assert_int_equal(test_number(test_superuser(),
                                         "SELECT visit_count FROM gym.member_summary WHERE "
                                         "customer_id = %lld",
                                         (long long)b),
                             2);
        }
        separate(first == 0 ? b : a);
        assert_string_equal(figures(a), was[0]);
        assert_string_equal(figures(b), was[1]);
        assert_string_equal(figures(c), was[2]);
    }
}

/* --- rule 18 --- */

static void rule_18_a_persons_duplicates_are_anonymised_with_them(void **state)
{
    (void)state;
    int64_t keep = twin("Vanishing Vera"), gone = twin("Vanishing V");
    merge(gone, keep);
    members_anonymise(boss, request_id_new(), keep, heard_change, &heard);
    heard_wait(boss);
    expect_error(ERROR_PERMISSION);
    members_anonymise(owner, request_id_new(), keep, heard_change, &heard);
    heard_well(owner, &heard);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.customers WHERE name LIKE 'Vanish%%'"),
                     0);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.audit_log WHERE before::text LIKE "
                                 "'%%Vanish%%' OR after::text LIKE '%%Vanish%%'"),
                     0);
    members_card(owner, keep, heard_card, &heard);
    heard_well(owner, &heard);
    assert_true(heard.card.is_anonymised);
    /* Nobody can tell any more whose is what. */
    members_unmerge(boss, request_id_new(), gone, heard_change, &heard);
    heard_wait(boss);
    expect_error(ERROR_CONFLICT);
}

static void rule_18_not_while_they_are_in(void **state)
{
    (void)state;
    int64_t member = twin("Inside Ines");
    test_run(test_superuser(),
             "INSERT INTO gym.attendance (customer_id, check_in, gym_id, home_gym_id) VALUES "
             "(%lld, now(), %lld, %lld)",
             (long long)member, (long long)house.gym_id, (long long)house.gym_id);
    members_anonymise(owner, request_id_new(), member, heard_change, &heard);
    heard_wait(owner);
    expect_error(ERROR_CONFLICT);
    test_run(test_superuser(),
             "UPDATE gym.attendance SET check_out = now() WHERE customer_id = %lld",
             (long long)member);
}

/* --- bans --- */

static void a_ban_needs_a_manager_and_a_reason(void **state)
{
    (void)state;
    int64_t member = enrol("Bad Bill");
    members_ban(desk, request_id_new(), member, "x", heard_change, &heard);
    heard_wait(desk);
    expect_error(ERROR_PERMISSION);
    members_ban(boss, request_id_new(), member, "  ", heard_change, &heard);
    heard_wait(boss);
    expect_error(ERROR_INPUT);
    members_ban(boss, request_id_new(), member, "threw a dumbbell", heard_change, &heard);
    heard_well(boss, &heard);
    preview(MEMBER_PREVIEW_RENEW, member, house.monthly, 0, 0, 0);
    expect_error(ERROR_INPUT);
    members_unban(boss, request_id_new(), member, heard_change, &heard);
    heard_well(boss, &heard);
    members_card(desk, member, heard_card, &heard);
    heard_well(desk, &heard);
    assert_string_equal(heard.card.banned_reason, "");
}

/* --- calls and messages --- */

static void log_call(int64_t member, enum contact_outcome outcome, int32_t snooze, const char *text)
{
    struct contact_entry entry = {.id = request_id_new(),
                                  .customer_id = member,
                                  .outcome = outcome,
                                  .snooze_until = snooze,
                                  .note = text};
    contacts_log(boss, &entry, heard_id, &heard);
    heard_wait(boss);
}

static void calls_are_logged_and_read_by_managers(void **state)
{
    (void)state;
    int64_t member = enrol("Called Carla");
    for (int i = 0; i < CONTACT_OUTCOMES; i++) {
        log_call(member, (enum contact_outcome)i, i == 0 ? today() + 2 : DATE_NONE, "a note");
        expect_error(ERROR_NONE);
    }
    contacts_list(boss, member, 20, told_contacts, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, CONTACT_OUTCOMES);
    for (int i = 0; i < CONTACT_OUTCOMES; i++)
        assert_int_equal(told.contacts[i].outcome, CONTACT_OUTCOMES - 1 - i);
    const struct contact_row *first = &told.contacts[CONTACT_OUTCOMES - 1];
    assert_int_equal(first->snooze_until, today() + 2);
    assert_string_equal(first->note, "a note");
    assert_string_equal(first->staff, "Bo Boss");
    log_call(member, CONTACT_PRICE, today() - 1, "");
    expect_error(ERROR_INPUT);
    contacts_list(desk, member, 20, told_contacts, &heard);
    heard_wait(desk);
    expect_error(ERROR_PERMISSION);
}

static void who_wants_no_messages_gets_none(void **state)
{
    (void)state;
    int64_t ids[] = {enrol("Zed Last"), enrol("Amy First"), twin("Mid Merged"), 20001, house.anna};
    merge(ids[2], house.anna);
    log_call(ids[1], CONTACT_DO_NOT, DATE_NONE, "");
    test_run(test_superuser(),
             "UPDATE gym.customers SET email = 'zed@example.org' WHERE "
             "customer_id = %lld",
             (long long)ids[0]);
    members_recipients(boss, ids, 5, told_recipients, &heard);
    heard_well(boss, &heard);
    assert_int_equal(heard.count, 3); /* neither the merged one nor another gym's */
    assert_string_equal(told.recipients[0].name, "Amy First");
    assert_false(told.recipients[0].may_contact);
    assert_string_equal(told.recipients[2].email, "zed@example.org");
    assert_true(told.recipients[2].may_contact);
    assert_string_equal(told.recipients[2].plan, "Monthly");
    log_call(ids[1], CONTACT_MAY, DATE_NONE, "changed her mind");
    members_recipients(boss, ids, 5, told_recipients, &heard);
    heard_well(boss, &heard);
    assert_true(told.recipients[0].may_contact);
    members_recipients(desk, ids, 5, told_recipients, &heard);
    heard_wait(desk);
    expect_error(ERROR_PERMISSION);
    separate(ids[2]);
}

/* --- members from a file --- */

static void import(struct db *db, const char *json, const char *duplicates, bool dry_run)
{
    members_import(db, request_id_new(), json, duplicates, dry_run, told_import, &heard);
    heard_wait(db);
}

static int64_t count_members(void)
{
    return test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
}

static void a_file_is_enrolled_whole_or_not_at_all(void **state)
{
    (void)state;
    static const char good[] =
        "[{\"line\":2,\"name\":\"Imp One\",\"email\":\"imp1@example.org\",\"package\":\"monthly\","
        "\"starts\":\"2020-05-31\",\"ends\":\"2020-06-30\",\"join_date\":\"2019-01-01\"},"
        "{\"line\":3,\"name\":\"Imp Two\",\"birth_date\":\"1990-02-28\"}]";
    static const char bad[] =
        "[{\"line\":2,\"name\":\"Imp Three\"},{\"line\":3,\"problem\":\"born: no day\"},"
        "{\"line\":4,\"name\":\"Imp One\",\"email\":\"imp1@example.org\"},"
        "{\"line\":5,\"name\":\" \"},{\"line\":6,\"name\":\"Imp  three\"},"
        "{\"line\":7,\"name\":\"Q\",\"starts\":\"2020-01-01\"},"
        "{\"line\":8,\"name\":\"R\",\"join_date\":\"2090-01-01\"},"
        "{\"line\":9,\"name\":\"S\",\"package\":\"Monthly\",\"starts\":\"2020-02-01\",\"ends\":"
        "\"2020-01-01\"}]";
    int64_t before = count_members();
    import(desk, good, "refuse", false);
    expect_error(ERROR_PERMISSION);
    import(boss, good, "refuse", true);
    expect_error(ERROR_NONE);
    assert_int_equal(heard.count, 2);
    assert_int_equal(told.rows[0].outcome, MEMBER_IMPORT_ENROLLED);
    assert_int_equal(told.rows[0].customer_id, 0); /* nobody yet */
    assert_int_equal(count_members(), before);

    import(boss, good, "refuse", false);
    expect_error(ERROR_NONE);
    assert_int_equal(count_members(), before + 2);
    assert_true(told.rows[1].customer_id > 0);
    /* The term that was paid elsewhere has its price, and nobody owes for it. */
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT concat_ws('|', s.ends, s.balance, m.price > 0, (SELECT sum(amount) FROM "
            "gym.charges h WHERE h.membership_id = m.membership_id AND amount > 0) = m.price) "
            "FROM gym.member_summary s JOIN gym.memberships m USING (customer_id) WHERE "
            "s.customer_id = %lld",
            (long long)told.rows[0].customer_id),
        "2020-06-30|0.00|t|t");

    static const enum member_import_outcome wanted[] = {
        MEMBER_IMPORT_ENROLLED, MEMBER_IMPORT_REJECTED,  MEMBER_IMPORT_DUPLICATE,
        MEMBER_IMPORT_REJECTED, MEMBER_IMPORT_DUPLICATE, /* of a row above it */
        MEMBER_IMPORT_REJECTED, MEMBER_IMPORT_REJECTED,  MEMBER_IMPORT_REJECTED};
    import(boss, bad, "refuse", false);
    expect_error(ERROR_NONE);
    assert_int_equal(heard.count, 8);
    for (int i = 0; i < 8; i++)
        if (told.rows[i].outcome != wanted[i])
            fail_msg("line %d: %s", told.rows[i].line, told.rows[i].words);
    assert_string_equal(told.rows[2].words, "the same e-mail as Imp One");
    assert_int_equal(count_members(), before + 2);
    import(boss, bad, "skip", false); /* the rejected ones still keep all out */
    assert_int_equal(told.rows[2].outcome, MEMBER_IMPORT_SKIPPED);
    assert_int_equal(count_members(), before + 2);
    import(boss, good, "skip", false);
    assert_int_equal(count_members(), before + 2);
    import(boss, good, "enrol", false);
    assert_int_equal(count_members(), before + 4);
    import(boss, good, "whatever", false);
    expect_error(ERROR_INPUT);
}

static void the_same_import_twice_is_one(void **state)
{
    (void)state;
    static const char json[] = "[{\"line\":2,\"name\":\"Once Only\"}]";
    struct request_id id = request_id_new();
    int64_t before = count_members(), first;
    members_import(boss, id, json, "refuse", false, told_import, &heard);
    heard_well(boss, &heard);
    first = told.rows[0].customer_id;
    members_import(boss, id, json, "refuse", false, told_import, &heard);
    heard_well(boss, &heard);
    assert_int_equal(told.rows[0].customer_id, first);
    assert_int_equal(count_members(), before + 1);
}

/* --- rule 13, with two desks --- */

static void rule_13_the_second_writer_decides_with_both_values(void **state)
{
    (void)state;
    int64_t member = enrol("Edited Edith");
    members_card(desk, member, heard_card, &heard);
    heard_well(desk, &heard);
    struct member_edit mine = {.id = request_id_new(),
                               .customer_id = member,
                               .row_version = heard.card.row_version,
                               .name = "Edith One",
                               .birth_date = DATE_NONE};
    struct member_edit theirs = mine;
    theirs.id = request_id_new();
    theirs.name = "Edith Two";
    members_update(boss, &theirs, heard_saved, &heard);
    heard_well(boss, &heard);
    members_update(desk, &mine, heard_saved, &heard);
    heard_wait(desk);
    expect_error(ERROR_CONFLICT);
    assert_string_equal(heard.saved.other_name, "Edith Two");
    assert_string_equal(heard.saved.changed_by, "Bo Boss");
    assert_int_equal(heard.saved.row_version, mine.row_version + 1);
    /* Having seen both, the second one writes over it, knowingly. */
    mine.id = request_id_new();
    mine.row_version = heard.saved.row_version;
    members_update(desk, &mine, heard_saved, &heard);
    heard_well(desk, &heard);
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT name || ' ' || updated_by FROM gym.customers WHERE "
                                  "customer_id = %lld",
                                  (long long)member),
                        "Edith One Dina Desk");
    /* Both changes are in the log of changes. */
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.audit_log WHERE customer_id = %lld AND "
                                 "after ->> 'name' LIKE 'Edith%%'",
                                 (long long)member),
                     2);
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&house, "nordlicht");
    desk = house_sign_in("nordlicht", "desk1", "desk-secret");
    boss = house_sign_in("nordlicht", "boss", "boss-secret");
    owner = house_sign_in("nordlicht", "", "owner-secret");
    test_run(test_superuser(), "SELECT auth.pick_gym(%lld)", (long long)house.gym_id);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(desk);
    db_close(boss);
    db_close(owner);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preview_is_what_the_change_does_and_leaves_nothing),
        cmocka_unit_test(a_preview_is_refused_as_the_change_would_be),
        cmocka_unit_test(another_plan_from_today_credits_the_days_left),
        cmocka_unit_test(another_plan_from_the_next_term_on),
        cmocka_unit_test(another_plan_is_refused_where_it_makes_no_sense),
        cmocka_unit_test(rule_21_a_merge_is_shown_first_and_moves_what_was_shown),
        cmocka_unit_test(rule_21_merges_come_apart_in_any_order),
        cmocka_unit_test(rule_18_a_persons_duplicates_are_anonymised_with_them),
        cmocka_unit_test(rule_18_not_while_they_are_in),
        cmocka_unit_test(a_ban_needs_a_manager_and_a_reason),
        cmocka_unit_test(calls_are_logged_and_read_by_managers),
        cmocka_unit_test(who_wants_no_messages_gets_none),
        cmocka_unit_test(a_file_is_enrolled_whole_or_not_at_all),
        cmocka_unit_test(the_same_import_twice_is_one),
        cmocka_unit_test(rule_13_the_second_writer_decides_with_both_values),
    };
    return cmocka_run_group_tests_name("people", tests, set_up, tear_down);
}
