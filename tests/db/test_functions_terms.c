/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terms, freezes, cancellation, money and the till, as DESK.md's rules want them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static PGconn *desk, *manager;

/* A member of gym 1 without a membership; the number as text, until the next one. */
static const char *enrol(const char *name)
{
    static char number[24];
    const char *text =
        test_text(desk,
                  "SELECT customer_id FROM gym.enrol(gen_random_uuid(), '%s', '', '', '', '', "
                  "'1980-05-05', '', 0, 0, 0, 'desk 1')",
                  name);
    snprintf(number, sizeof number, "%s", text);
    return number;
}

/* The member's terms as "first..last day" relative to today, oldest first. */
static const char *terms(const char *member)
{
    return test_text(test_superuser(),
                     "SELECT string_agg(CASE WHEN isempty(term) THEN 'empty' ELSE (lower(term) - "
                     "gym.today()) || '..' || (upper(term) - 1 - gym.today()) END, ' ' ORDER BY "
                     "membership_id) FROM gym.memberships WHERE customer_id = %s",
                     member);
}

static const char *status(const char *member)
{
    return test_text(test_superuser(),
                     "SELECT c.status || '/' || gym.shown_status(s.ends, s.cancelled_on, s.frozen, "
                     "gym.today()) FROM gym.customers c JOIN gym.member_summary s USING "
                     "(customer_id) WHERE c.customer_id = %s",
                     member);
}

static void give_term(const char *member, int from, int until)
{
    test_run(
        test_superuser(),
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day) "
        "VALUES (1, %s, 1, daterange(gym.today() + %d, gym.today() + %d), 0, extract(day FROM "
        "gym.today() + %d))",
        member, from, until + 1, from);
}

/* ---- Rule 9 ---- */

static void rule_09_the_anchor_day_is_kept(void **state)
{
    (void)state;
    assert_string_equal(
        test_text(desk, "SELECT string_agg(gym.add_months('2027-01-31', m, 31)::text, ' ') FROM "
                        "generate_series(1, 4) m"),
        "2027-02-28 2027-03-31 2027-04-30 2027-05-31");
    assert_string_equal(test_text(desk, "SELECT gym.add_months('2027-02-28', 1, 31) || ' ' || "
                                        "gym.add_months('2028-01-30', 1, 30) || ' ' || "
                                        "gym.add_months('2027-12-15', 1, 15)"),
                        "2027-03-31 2028-02-29 2028-01-15");
    /* Over the renewals of a member whose anchor is the 31st. */
    const char *member = enrol("Anchor Day");
    test_run(
        test_superuser(),
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day) "
        "SELECT 1, %s, 1, daterange(d - 31, d), 0, 31 FROM (SELECT (date_trunc('year', "
        "gym.today()::timestamp) + interval '1 year 1 month')::date - 1 AS d) x",
        member);
    for (int i = 0; i < 2; i++)
        test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 3, 'desk 1')", member);
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT string_agg(to_char(upper(term), 'MM-DD'), ' ' ORDER BY membership_id) FROM "
            "gym.memberships WHERE customer_id = %s",
            member),
        *test_text(desk,
                   "SELECT extract(day FROM make_date(extract(year FROM gym.today())::integer "
                   "+ 1, 3, 1) - 1) = 29") == 't'
            ? "01-31 02-29 03-31"
            : "01-31 02-28 03-31");
}

static void rule_09_renewing_early_starts_where_the_old_term_ends(void **state)
{
    (void)state;
    const char *member = enrol("Early Renewal");
    give_term(member, -20, 9);
    assert_string_equal(
        test_text(
            desk,
            "SELECT (ends > gym.today() + 36) || '|' || balance || '|' || (text LIKE 'Monthly "
            "until %%; paid 39.00') FROM gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')",
            member),
        "true|0.00|true");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT lower(term) - gym.today() FROM gym.memberships WHERE "
                                 "customer_id = %s ORDER BY 1 DESC LIMIT 1",
                                 member),
                     10);
    /* And is let in by the term that runs. */
    assert_string_equal(test_text(desk,
                                  "SELECT result || reasons FROM gym.check_in(gen_random_uuid(), "
                                  "NULL, %s, 'desk 1')",
                                  member),
                        "in");
}

static void rule_09_renewing_after_a_lapse_starts_today(void **state)
{
    (void)state;
    const char *member = enrol("Late Renewal");
    give_term(member, -60, -31);
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT max(lower(term)) - gym.today() FROM gym.memberships WHERE "
                                 "customer_id = %s",
                                 member),
                     0);
    assert_string_equal(status(member), "active/active");
}

static void rule_09_terms_of_one_member_cannot_overlap(void **state)
{
    (void)state;
    const char *member = enrol("Overlap");
    give_term(member, 0, 9);
    assert_string_equal(
        test_state(
            test_superuser(),
            "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, "
            "anchor_day) VALUES (1, %s, 1, daterange(gym.today() + 9, gym.today() + 20), 0, 1)",
            member),
        "23P01");
}

static void two_desks_that_renew_at_once_make_terms_one_after_the_other(void **state)
{
    (void)state;
    const char *member = enrol("Twice Renewed");
    PGconn *second = test_connect("north", "desk2");
    test_run(desk, "BEGIN");
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 2')", member);
    assert_int_equal(PQsendQuery(second, sql), 1);
    while (test_number(test_superuser(), "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        ;
    test_run(desk, "COMMIT");
    PGresult *result = PQgetResult(second);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(second);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.memberships a JOIN gym.memberships b ON "
                                 "upper(a.term) = lower(b.term) WHERE a.customer_id = %s AND "
                                 "b.customer_id = %s",
                                 member, member),
                     1);
}

/* ---- Renew at the door ---- */

static void an_expired_member_pays_and_is_in_by_one_statement(void **state)
{
    (void)state;
    /* Olga's term ends, and she owes for it: both are paid at once, in one payment. */
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term), gym.today() "
             "- 10) WHERE customer_id = 10006");
    assert_string_equal(
        test_text(desk,
                  "SELECT concat_ws('|', result, attendance_id > 0, balance, reasons) FROM "
                  "gym.renew_and_check_in('5e0cbf66-0000-4000-8000-000000000001', 10006, 1, 1, "
                  "'desk 1')"),
        "in|t|0.00|");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT string_agg(concat_ws(' ', amount, kind, payment_method_id, request_id IS "
                  "NOT NULL), '|') FROM gym.transactions WHERE customer_id = 10006"),
        "78.00 renewal 1 t");
    /* Sent again after a lost connection: the first result, no second payment. */
    assert_string_equal(
        test_text(desk, "SELECT concat_ws('|', result, recovered) FROM gym.renew_and_check_in("
                        "'5e0cbf66-0000-4000-8000-000000000001', 10006, 1, 1, 'desk 1')"),
        "in|t");
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.memberships WHERE "
                                                   "customer_id = 10006"),
                     2);
}

static void a_day_pass_lasts_a_day_and_does_not_replace_the_plan(void **state)
{
    (void)state;
    assert_string_equal(test_text(desk,
                                  "SELECT concat_ws('|', result, plan, days_left, reasons) FROM "
                                  "gym.renew_and_check_in(gen_random_uuid(), 10002, 5, 3, "
                                  "'desk 1')"),
                        "in|Day pass|0|");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT package_id FROM gym.customers WHERE customer_id = 10002"),
                     1);
    /* Used up by one visit of another day, but not by coming back today. */
    test_run(desk, "SELECT gym.check_out(gen_random_uuid(), NULL, 10002, 'desk 1')");
    assert_string_equal(test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), NULL, "
                                        "10002, 'desk 1')"),
                        "in");
}

static void a_sale_that_cannot_be_leaves_nothing(void **state)
{
    (void)state;
    int64_t before = test_number(test_superuser(), "SELECT count(*) FROM gym.transactions");
    assert_string_equal(test_state(desk,
                                   "SELECT gym.renew_and_check_in(gen_random_uuid(), 10012, 1, "
                                   "1, 'desk 1')"),
                        "GT001"); /* banned */
    assert_string_equal(
        test_state(desk, "SELECT gym.renew(gen_random_uuid(), 10001, 1, 9, 'desk 1')"),
        "GT001"); /* no such payment method */
    assert_string_equal(test_state(desk, "SELECT gym.renew(gen_random_uuid(), 10001, 999, 1, 'd')"),
                        "GT002");
    test_run(test_superuser(), "UPDATE gym.packages SET active = false WHERE package_id = 2");
    assert_string_equal(test_state(desk, "SELECT gym.renew(gen_random_uuid(), 10001, 2, 1, 'd')"),
                        "GT001");
    test_run(test_superuser(), "UPDATE gym.packages SET active = true WHERE package_id = 2");
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.transactions"),
                     before);
    assert_string_equal(terms("10001"), "-10..20");
}

/* ---- Rule 6 ---- */

static void rule_06_a_freeze_moves_the_end_by_the_days_really_frozen(void **state)
{
    (void)state;
    const char *member = enrol("Frosty");
    give_term(member, -10, 19);
    give_term(member, 20, 49); /* renewed early */
    char expected[80];
    snprintf(expected, sizeof expected, "Frozen until %s; ends %s",
             test_text(desk, "SELECT gym.day_text(gym.today() + 9, gym.today())"),
             test_text(desk, "SELECT gym.day_text(gym.today() + 59, gym.today())"));
    assert_string_equal(test_text(desk,
                                  "SELECT text FROM gym.freeze(gen_random_uuid(), %s, gym.today(), "
                                  "gym.today() + 9, 'knee')",
                                  member),
                        expected);
    assert_string_equal(terms(member), "-10..29 30..59");
    assert_string_equal(status(member), "frozen/frozen");
    assert_string_equal(test_state(desk,
                                   "SELECT gym.freeze(gen_random_uuid(), %s, gym.today() + 5, "
                                   "gym.today() + 20, '')",
                                   member),
                        "GT004");
    /* Four days later (the freeze began four days ago), back already. */
    test_run(
        test_superuser(),
        "UPDATE gym.freezes SET period = daterange(lower(period) - 4, upper(period) - 4) WHERE "
        "customer_id = %s; UPDATE gym.memberships SET term = daterange(lower(term) - 4, "
        "upper(term) - 4) WHERE customer_id = %s AND lower(term) < gym.today(); UPDATE "
        "gym.memberships SET term = daterange(lower(term) - 4, upper(term) - 4) WHERE "
        "customer_id = %s AND lower(term) > gym.today()",
        member, member, member);
    assert_string_equal(test_text(desk,
                                  "SELECT result || reasons FROM gym.unfreeze_and_check_in("
                                  "gen_random_uuid(), %s, 'desk 1')",
                                  member),
                        "in");
    /* -14..15 and 16..45 by contract, and four days on. */
    assert_string_equal(terms(member), "-14..19 20..49");
    assert_string_equal(status(member), "active/active");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT upper(period) - lower(period) FROM gym.freezes WHERE "
                                  "customer_id = %s",
                                  member),
                        "4");
}

static void a_freeze_ended_on_its_first_day_was_none(void **state)
{
    (void)state;
    const char *member = enrol("Thaw");
    give_term(member, -10, 19);
    test_run(desk, "SELECT gym.freeze(gen_random_uuid(), %s, gym.today(), gym.today() + 9, '')",
             member);
    test_run(desk, "SELECT gym.unfreeze(gen_random_uuid(), %s)", member);
    assert_string_equal(terms(member), "-10..19");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM gym.freezes WHERE customer_id = %s", member),
                     0);
    assert_string_equal(test_state(desk, "SELECT gym.unfreeze(gen_random_uuid(), %s)", member),
                        "GT004");
    /* One to come is taken back whole. */
    test_run(desk, "SELECT gym.freeze(gen_random_uuid(), %s, gym.today() + 3, gym.today() + 5, '')",
             member);
    assert_string_equal(status(member), "active/active");
    assert_string_equal(terms(member), "-10..22");
    test_run(desk, "SELECT gym.unfreeze(gen_random_uuid(), %s)", member);
    assert_string_equal(terms(member), "-10..19");
}

static void what_cannot_be_frozen_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "10001, gym.today() - 1, gym.today() + 9", "10001, gym.today() + 9, gym.today() + 8",
        "10001, gym.today(), gym.today() + 500", "10002, gym.today() + 1, gym.today() + 9",
        "10001, NULL, NULL"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(
            test_state(desk, "SELECT gym.freeze(gen_random_uuid(), %s, '')", wrong[i]), "GT001");
}

/* ---- Rules 5, 7 ---- */

static void rule_05_cancelling_ends_the_term_and_credits_what_has_not_begun(void **state)
{
    (void)state;
    const char *member = enrol("Leaver");
    give_term(member, -10, 19);
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
    assert_string_equal(
        test_text(desk,
                  "SELECT (ends = gym.today() + 5) || '|' || balance FROM gym.cancel_membership("
                  "gen_random_uuid(), %s, gym.today() + 5, 'moves away')",
                  member),
        "true|-39.00");
    assert_string_equal(terms(member), "-10..5 empty");
    assert_string_equal(status(member), "active/active"); /* rule 7: until then */
    assert_string_equal(
        test_state(desk,
                   "SELECT gym.cancel_membership(gen_random_uuid(), %s, gym.today() "
                   "- 1, '')",
                   member),
        "GT001");
    /* Six days later nothing has run, and the verdict is right. */
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 6, upper(term) - 6), "
             "cancelled_on = cancelled_on - 6 WHERE customer_id = %s AND NOT isempty(term)",
             member);
    assert_string_equal(
        test_text(desk,
                  "SELECT result || split_part(reasons, E'\\t', 1) FROM gym.check_in("
                  "gen_random_uuid(), NULL, %s, 'desk 1')",
                  member),
        "deniedcancelled");
    assert_string_equal(status(member), "cancelled/cancelled");
    /* Coming back is a new term from today. */
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 1, 'desk 1')", member);
    assert_string_equal(status(member), "active/active");
}

static void rule_07_statuses_follow_the_dates(void **state)
{
    (void)state;
    const char *member = enrol("Dated");
    give_term(member, -10, 19);
    test_run(test_superuser(), "SET gymtui.bulk = 'on'");
    /* As if the days had passed since: the rows say so, nothing has run. */
    test_run(test_superuser(),
             "INSERT INTO gym.freezes (gym_id, customer_id, period) VALUES (1, %s, "
             "daterange(gym.today() - 1, gym.today() + 3)); UPDATE gym.member_summary SET frozen = "
             "daterange(gym.today() - 1, gym.today() + 3) WHERE customer_id = %s",
             member, member);
    test_run(test_superuser(), "RESET gymtui.bulk");
    assert_string_equal(status(member), "active/frozen");
    assert_string_equal(
        test_text(desk, "SELECT result FROM gym.check_in(gen_random_uuid(), NULL, %s, 'd')",
                  member),
        "denied");
    test_run(test_superuser(), "SELECT gym.refresh_statuses()");
    assert_string_equal(status(member), "frozen/frozen");
}

static void rebuilding_gives_what_was_kept_up(void **state)
{
    (void)state;
    static const char *const columns =
        "customer_id, starts, ends, package_id, cancelled_on, frozen, first_visit, last_visit, "
        "last_check_in, visit_count, visit_days, visit_month, visits_month, first_payment, "
        "last_payment, payment_count, paid_total, charged_total, usual_weekday, usual_minute";
    test_run(test_superuser(),
             "CREATE TABLE public.kept AS SELECT %s FROM gym.member_summary; CREATE "
             "TABLE public.terms AS SELECT gym_id, term, customer_id, kind FROM "
             "gym.search_terms",
             columns);
    test_run(test_superuser(), "SELECT gym.rebuild_summaries(), gym.rebuild_search_terms()");
    assert_string_equal(test_text(test_superuser(),
                                  "SELECT string_agg(k::text, ' ') FROM (SELECT * FROM public.kept "
                                  "EXCEPT SELECT %s FROM gym.member_summary) k",
                                  columns),
                        "");
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT count(*) FROM ((TABLE public.terms EXCEPT "
                                 "TABLE gym.search_terms) UNION ALL (TABLE "
                                 "gym.search_terms EXCEPT TABLE public.terms)) x"),
                     0);
    test_run(test_superuser(), "DROP TABLE public.kept, public.terms");
}

/* ---- Rule 16 ---- */

static void rule_16_payments_add_up_and_a_refund_is_a_negative_row(void **state)
{
    (void)state;
    const char *member = enrol("Payer");
    test_run(desk, "SELECT gym.renew(gen_random_uuid(), %s, 1, 0, 'desk 1')", member);
    assert_string_equal(test_text(desk,
                                  "SELECT text || '|' || balance FROM gym.take_payment("
                                  "gen_random_uuid(), %s, 30, 3, 'desk 1', 'part')",
                                  member),
                        "Paid 30.00; still owes 9.00|9.00");
    assert_string_equal(test_text(desk,
                                  "SELECT text FROM gym.take_payment(gen_random_uuid(), %s, 10, 3, "
                                  "'desk 1', '')",
                                  member),
                        "Paid 10.00; 1.00 in credit");
    static const char *const wrong[] = {"0", "-5", "NULL", "1.005", "10000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(test_state(desk,
                                       "SELECT gym.take_payment(gen_random_uuid(), %s, %s, 3, 'd')",
                                       member, wrong[i]),
                            "GT001");

    const char *payment =
        test_text(test_superuser(),
                  "SELECT transaction_id FROM gym.transactions WHERE customer_id = "
                  "%s AND amount = 30",
                  member);
    assert_string_equal(
        test_state(desk, "SELECT gym.refund(gen_random_uuid(), %s, 30, 'desk 1')", payment),
        "42501");
    /* Half of it is credit anyway, the rest takes its charge back: nothing is owed. */
    assert_string_equal(
        test_text(manager,
                  "SELECT text || '|' || balance FROM gym.refund(gen_random_uuid(), "
                  "%s, 20, 'desk 1', 'goodwill')",
                  payment),
        "Refunded 20.00|0.00");
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT amount || ' ' || kind || ' ' || (refunds = %s) || ' ' || payment_method_id "
            "FROM gym.transactions WHERE refunds = %s",
            payment, payment),
        "-20.00 refund true 3");
    assert_string_equal(test_state(manager,
                                   "SELECT gym.refund(gen_random_uuid(), %s, 20, 'desk 1', 'more')",
                                   payment),
                        "GT001"); /* only 10 are left of it */
}

static void a_payment_is_made_once_by_its_request(void **state)
{
    (void)state;
    const char *member = enrol("Once");
    for (int i = 0; i < 3; i++)
        assert_string_equal(
            test_text(
                desk,
                "SELECT recovered FROM gym.take_payment('5e0cbf66-0000-4000-8000-00000000000a',"
                " %s, 5, 3, 'desk 1')",
                member),
            i == 0 ? "f" : "t");
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT paid_total FROM gym.member_summary WHERE customer_id = %s", member),
        "5.00");
}

/* ---- Rule 17 ---- */

static void rule_17_the_till_is_counted_blind_and_a_difference_has_a_reason(void **state)
{
    (void)state;
    test_run(desk, "SELECT gym.open_till(gen_random_uuid(), 'desk 7', 100)");
    assert_string_equal(test_state(desk, "SELECT gym.open_till(gen_random_uuid(), 'desk 7', 100)"),
                        "GT004");
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), 10001, 25, 3, 'desk 7')");
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), 10001, 50, 1, 'desk 7')"); /* card */
    test_run(desk, "SELECT gym.take_payment(gen_random_uuid(), 10001, 60, 3, 'desk 8')");
    assert_string_equal(test_state(desk, "SELECT gym.close_till(gen_random_uuid(), 'desk 7', 120, "
                                         "NULL, '')"),
                        "GT001");
    assert_non_null(strstr(test_message(), "-5.00"));
    assert_string_equal(
        test_text(desk,
                  "SELECT concat_ws('|', expected, counted, reason, closed_at IS NOT NULL) FROM "
                  "gym.close_till('5e0cbf66-0000-4000-8000-00000000000b', 'desk 7', 120, "
                  "'{\"20\": 6}', 'gave wrong change')"),
        "125.00|120.00|gave wrong change|t");
    assert_string_equal(test_text(desk,
                                  "SELECT expected FROM gym.close_till('5e0cbf66-0000-4000-8000-"
                                  "00000000000b', 'desk 7', 120, NULL, '')"),
                        "125.00");
    assert_string_equal(test_state(desk,
                                   "SELECT gym.close_till(gen_random_uuid(), 'desk 7', 1, NULL, "
                                   "'')"),
                        "GT002");
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    desk = test_connect("north", "desk1");
    manager = test_connect("north", "mona");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    PQfinish(desk);
    PQfinish(manager);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_09_the_anchor_day_is_kept),
        cmocka_unit_test(rule_09_renewing_early_starts_where_the_old_term_ends),
        cmocka_unit_test(rule_09_renewing_after_a_lapse_starts_today),
        cmocka_unit_test(rule_09_terms_of_one_member_cannot_overlap),
        cmocka_unit_test(two_desks_that_renew_at_once_make_terms_one_after_the_other),
        cmocka_unit_test(an_expired_member_pays_and_is_in_by_one_statement),
        cmocka_unit_test(a_day_pass_lasts_a_day_and_does_not_replace_the_plan),
        cmocka_unit_test(a_sale_that_cannot_be_leaves_nothing),
        cmocka_unit_test(rule_06_a_freeze_moves_the_end_by_the_days_really_frozen),
        cmocka_unit_test(a_freeze_ended_on_its_first_day_was_none),
        cmocka_unit_test(what_cannot_be_frozen_is_refused),
        cmocka_unit_test(rule_05_cancelling_ends_the_term_and_credits_what_has_not_begun),
        cmocka_unit_test(rule_07_statuses_follow_the_dates),
        cmocka_unit_test(rebuilding_gives_what_was_kept_up),
        cmocka_unit_test(rule_16_payments_add_up_and_a_refund_is_a_negative_row),
        cmocka_unit_test(a_payment_is_made_once_by_its_request),
        cmocka_unit_test(rule_17_the_till_is_counted_blind_and_a_difference_has_a_reason),
    };
    return cmocka_run_group_tests_name("functions of terms and money", tests, start, stop);
}
