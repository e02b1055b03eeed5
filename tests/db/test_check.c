/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui doctor --data`: every rule holds on made-up data, and is found out when it is broken. */
#include "gymtui/db/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gymtui/db/schema.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/value.h"
#include "support.h"

static struct error error;
static PGconn *admin;
static char place[1024];

/* Each break goes past triggers and keys, as a bug or a hand in the tables would. */
static const struct {
    const char *rule, *breaks, *mends;
} cases[] = {
    {"visits before joining",
     "UPDATE gym.customers SET join_date = join_date + 4000 WHERE customer_id = 10001",
     "UPDATE gym.customers SET join_date = join_date - 4000 WHERE customer_id = 10001"},
    {"visits while frozen that nobody decided on",
     "INSERT INTO gym.freezes (freeze_id, gym_id, customer_id, period) SELECT -1, gym_id, "
     "customer_id, daterange(check_in::date - 1, check_in::date + 2) FROM gym.attendance "
     "WHERE customer_id = 10001 ORDER BY check_in LIMIT 1",
     "DELETE FROM gym.freezes WHERE freeze_id = -1"},
    {"visits outside a term and its grace that nobody decided on",
     "UPDATE gym.memberships SET customer_id = customer_id + 900000 WHERE customer_id = 10001",
     "UPDATE gym.memberships SET customer_id = customer_id - 900000 WHERE customer_id = 910001"},
    {"visits of one member that overlap",
     "INSERT INTO gym.attendance (attendance_id, gym_id, home_gym_id, customer_id, check_in, "
     "check_out, desk) SELECT -1, gym_id, home_gym_id, customer_id, check_in, check_out, '1' FROM "
     "gym.attendance WHERE customer_id = 10001 AND check_out > check_in ORDER BY check_in LIMIT 1",
     "DELETE FROM gym.attendance WHERE attendance_id = -1"},
    {"visits in the future",
     "UPDATE gym.attendance SET check_out = check_out + interval '9 years' WHERE attendance_id = "
     "(SELECT min(attendance_id) FROM gym.attendance WHERE check_out IS NOT NULL)",
     "UPDATE gym.attendance SET check_out = check_out - interval '9 years' WHERE check_out > now() "
     "+ interval '1 year'"},
    {"payments before joining",
     "UPDATE gym.customers SET join_date = join_date + 4000 WHERE customer_id = 10001",
     "UPDATE gym.customers SET join_date = join_date - 4000 WHERE customer_id = 10001"},
    {"payments in the future",
     "UPDATE gym.transactions SET paid_at = paid_at + interval '9 years' WHERE transaction_id = "
     "(SELECT min(transaction_id) FROM gym.transactions)",
     "UPDATE gym.transactions SET paid_at = paid_at - interval '9 years' WHERE paid_at > now() + "
     "interval '1 year'"},
    {"members on a package of another gym",
     "UPDATE gym.customers SET package_id = package_id + (SELECT min(package_id) FROM gym.packages "
     "WHERE gym_id = 2) - (SELECT min(package_id) FROM gym.packages WHERE gym_id = 1) "
     "WHERE customer_id = 10001",
     "UPDATE gym.customers SET package_id = package_id - (SELECT min(package_id) FROM gym.packages "
     "WHERE gym_id = 2) + (SELECT min(package_id) FROM gym.packages WHERE gym_id = 1) "
     "WHERE customer_id = 10001"},
    {"terms that are not charged once, at their price",
     "UPDATE gym.memberships SET price = price + 7 WHERE customer_id = 10001",
     "UPDATE gym.memberships SET price = price - 7 WHERE customer_id = 10001"},
    {"refunds of more than was paid, or of somebody else's payment",
     "INSERT INTO gym.transactions (transaction_id, gym_id, customer_id, amount, date, paid_at, "
     "payment_method_id, kind, refunds) SELECT -1, gym_id, customer_id, -2 * amount, date, "
     "paid_at, "
     "payment_method_id, 'refund', transaction_id FROM gym.transactions WHERE customer_id = 10001 "
     "AND amount > 0 LIMIT 1",
     "DELETE FROM gym.transactions WHERE transaction_id = -1"},
    {"closed tills whose expected cash is not what their rows say",
     "INSERT INTO gym.till_sessions (till_session_id, gym_id, desk, opening_float, closed_at, "
     "counted, expected) VALUES (-1, 1, '9', 50, now(), 60, 60)",
     "DELETE FROM gym.till_sessions WHERE till_session_id = -1"},
    {"balances that are not charges less payments",
     "UPDATE gym.charges SET amount = amount + 5 WHERE customer_id = 10001",
     "UPDATE gym.charges SET amount = amount - 5 WHERE customer_id = 10001"},
    {"summaries that count other visits than there are",
     "UPDATE gym.member_summary SET visit_count = visit_count + 1 WHERE customer_id = 10001",
     "UPDATE gym.member_summary SET visit_count = visit_count - 1 WHERE customer_id = 10001"},
    {"members without a summary or without search terms",
     "UPDATE gym.search_terms SET customer_id = 910001 WHERE customer_id = 10001",
     "UPDATE gym.search_terms SET customer_id = 10001 WHERE customer_id = 910001"},
    {"members since before today without an RFM row",
     "UPDATE gym.rfm SET customer_id = 910001 WHERE customer_id = 10001",
     "UPDATE gym.rfm SET customer_id = 10001 WHERE customer_id = 910001"},
    {"members since before today without a value",
     "UPDATE gym.clv SET customer_id = 910001 WHERE customer_id = 10001",
     "UPDATE gym.clv SET customer_id = 10001 WHERE customer_id = 910001"},
    {"values outside their own interval, or below nothing",
     "UPDATE gym.clv SET clv_low = clv_low + 1e6 WHERE customer_id = 10001",
     "UPDATE gym.clv SET clv_low = clv_low - 1e6 WHERE customer_id = 10001"},
    {"members who differ between the gym and its dataset",
     "UPDATE clv.dim_customer SET source_key = '-1' WHERE source_key = '10001'",
     "UPDATE clv.dim_customer SET source_key = '10001' WHERE source_key = '-1'"},
};

struct findings {
    const char *wanted; /* NULL: any */
    int rules;
    int64_t found;
    char last[120];
};

static void note(void *owner, const char *rule, int64_t found, int64_t example)
{
    struct findings *findings = owner;
    findings->rules++;
    if (found > 0 && (!findings->wanted || strcmp(findings->wanted, rule) == 0)) {
        findings->found += found;
        snprintf(findings->last, sizeof findings->last, "%s, number %lld", rule,
                 (long long)example);
    }
}

static struct findings look_for(const char *rule)
{
    struct findings findings = {.wanted = rule};
    if (!check_data(place, note, &findings, &error))
        fail_msg("%s (%s)", error.message, error.hint);
    return findings;
}

static void all_rules_hold_on_made_up_data(void **state)
{
    (void)state;
    struct findings findings = look_for(NULL);
    assert_int_equal(findings.rules, 21);
    if (findings.found)
        fail_msg("%lld %s", (long long)findings.found, findings.last);
}

static void each_broken_rule_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_run(admin, "SET session_replication_role = replica");
        test_run(admin, "%s", cases[i].breaks);
        int64_t found = look_for(cases[i].rule).found;
        test_run(admin, "%s", cases[i].mends);
        if (found == 0)
            fail_msg("broken, but not found: %s", cases[i].rule);
    }
    all_rules_hold_on_made_up_data(state);
}

static void constraints_hold_what_no_session_can_break(void **state)
{
    (void)state;
    test_run(admin, "SET session_replication_role = replica");
    assert_string_equal(test_state(admin, "UPDATE gym.attendance SET check_out = check_in - "
                                          "interval '1 hour' WHERE check_out IS NOT NULL"),
                        "23514");
    assert_string_equal(test_state(admin, "UPDATE gym.attendance SET check_out = NULL WHERE "
                                          "customer_id = 10001"),
                        "23505");
}

static int make_demonstration(void **state)
{
    (void)state;
    test_cluster_start();
    snprintf(place, sizeof place, "%s", test_admin_of("gymcheck"));
    int64_t now = time(NULL);
    struct generate_options options = {.profile = "small",
                                       .members = 300,
                                       .seed = 3,
                                       .as_of = (int32_t)(now / 86400),
                                       .as_of_utc = now};
    if (!schema_create_database(test_admin_of("postgres"), "gymcheck", &error) ||
        !schema_create(place, NULL, NULL, &error) || !schema_mark_demonstration(place, &error) ||
        !generate_into(place, &options, NULL, NULL, &error) ||
        !value_recompute_all(place, DATE_NONE, NULL, NULL, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    admin = PQconnectdb(place);
    return PQstatus(admin) == CONNECTION_OK ? 0 : 1;
}

static int leave(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rules_hold_on_made_up_data),
        cmocka_unit_test(each_broken_rule_is_found),
        cmocka_unit_test(constraints_hold_what_no_session_can_break),
    };
    return cmocka_run_group_tests(tests, make_demonstration, leave);
}
