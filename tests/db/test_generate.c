/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A demonstration's data are replaced: what must hold in the tables afterwards, the same rows for
 * the same seed, the old rows until the change and after a failure, desks that go on meanwhile, and
 * nothing about the tables that is different from before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/check.h"
#include "gymtui/db/schema.h"
#include "gymtui/db/session.h"
#include "gymtui/worker/generate.h"
#include "support.h"

#define DATABASE "gymgen"

static struct error error;
static int64_t now;       /* one instant for all runs of this program */
static PGconn *admin;     /* superuser, working on gym 1 */
static const char *place; /* superuser's conninfo */

static struct generate_options options_for(uint64_t seed)
{
    return (struct generate_options){.profile = "small",
                                     .members = 600,
                                     .seed = seed,
                                     .as_of = (int32_t)(now / 86400),
                                     .as_of_utc = now};
}

static void generate(uint64_t seed)
{
    struct generate_options options = options_for(seed);
    if (!generate_into(place, &options, NULL, NULL, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    test_run(connection, "SET gymtui.gym_id = '1'");
    return connection;
}

/* Columns, constraints, indexes, triggers, policies, grants, owners, comments, of all tables. */
static void structure(char sum[64])
{
    snprintf(
        sum, 64, "%s",
        test_text(
            admin,
            "SELECT md5(string_agg(line, '|' ORDER BY line COLLATE \"C\")) FROM ("
            "SELECT format('%%s %%s %%s %%s %%s', c.relname, c.relrowsecurity, "
            "c.relforcerowsecurity, c.relowner::regrole, (SELECT string_agg(a::text, ',' "
            "ORDER BY a::text) FROM unnest(c.relacl) a)) AS line FROM pg_class c "
            "WHERE c.relnamespace = 'gym'::regnamespace AND c.relkind IN ('r', 'S') "
            "UNION ALL SELECT format('%%s.%%s %%s %%s %%s %%s %%s %%s', a.attrelid::regclass, "
            "a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
            "a.attgenerated, a.attacl, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef "
            "d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)) FROM pg_attribute a JOIN "
            "pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'gym'::regnamespace AND "
            "c.relkind = 'r' AND a.attnum > 0 "
            "UNION ALL SELECT format('%%s %%s %%s %%s', conrelid::regclass, conname, "
            "pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE connamespace = "
            "'gym'::regnamespace "
            "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'gym' "
            "UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON "
            "c.oid = t.tgrelid WHERE c.relnamespace = 'gym'::regnamespace AND NOT t.tgisinternal "
            "UNION ALL SELECT p::text FROM pg_policies p WHERE p.schemaname = 'gym' "
            "UNION ALL SELECT format('%%s %%s %%s %%s', p.oid::regprocedure, "
            "p.proowner::regrole, (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM "
            "unnest(p.proacl) a), md5(pg_get_functiondef(p.oid))) FROM pg_proc p WHERE "
            "p.pronamespace = 'gym'::regnamespace AND p.prokind = 'f' "
            "UNION ALL SELECT format('%%s %%s %%s', d.objoid::regclass, d.objsubid, "
            "d.description) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE "
            "c.relnamespace = 'gym'::regnamespace AND d.classoid = 'pg_class'::regclass) x"));
}

static char made_by_migrations[64];

static int make_demonstration(void **state)
{
    (void)state;
    static char kept[1024];
    test_cluster_start();
    now = time(NULL);
    snprintf(kept, sizeof kept, "%s", test_admin_of(DATABASE));
    place = kept;
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &error) ||
        !schema_create(place, NULL, NULL, &error) || !schema_mark_demonstration(place, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    admin = connect_to(place);
    structure(made_by_migrations);
    return 0;
}

static int end(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

static void assert_none(const char *what, const char *query)
{
    int64_t found = test_number(admin, "SELECT count(*) FROM (%s) AS found", query);
    if (found)
        fail_msg("%s: %lld rows", what, (long long)found);
}

/* ---- Whether ---- */

static void only_a_demonstration_is_filled(void **state)
{
    (void)state;
    struct generate_options options = options_for(1);
    int64_t members = test_number(test_superuser(), "SELECT count(*) FROM gym.customers");
    assert_false(generate_into(test_admin(), &options, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_PERMISSION);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM gym.customers"), members);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM pg_namespace "
                                                   "WHERE nspname LIKE 'gym\\_%%'"),
                     0);
}

static void an_unknown_profile_is_refused_in_words(void **state)
{
    (void)state;
    struct generate_options options = options_for(1);
    options.profile = "'; DROP SCHEMA gym CASCADE; --";
    assert_false(generate_into(place, &options, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(strstr(error.message, "DROP SCHEMA"));
}

/* ---- What must hold ---- */

#define VISITS                                                                                     \
    "SELECT a.*, c.join_date, (a.check_in AT TIME ZONE h.time_zone)::date AS day "                 \
    "FROM gym.attendance a JOIN gym.customers c USING (customer_id) "                              \
    "JOIN gym.gyms h ON h.gym_id = a.home_gym_id "

static void expect_nothing_found(void *owner, const char *rule, int64_t found, int64_t example)
{
    int *rules = owner;
    (*rules)++;
    if (found)
        fail_msg("%s: %lld rows, one is %lld", rule, (long long)found, (long long)example);
}

/* The rules of `gymtui doctor --data`, and what made-up data must keep beyond them. */
static void what_must_hold_holds_in_the_tables(void **state)
{
    (void)state;
    int rules = 0;
    generate(1);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.customers"), 600);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.gyms"), 3);
    assert_true(test_number(admin, "SELECT count(*) FROM gym.attendance") > 10000);
    if (!check_data(place, expect_nothing_found, &rules, &error))
        fail_msg("%s", error.message);
    assert_true(rules > 10);
    assert_none("visits outside a term",
                "SELECT FROM (" VISITS ") v WHERE v.override_reason IS NULL AND NOT EXISTS (SELECT "
                "FROM gym.memberships m WHERE m.customer_id = v.customer_id AND m.term @> v.day)");
    assert_none("visits elsewhere without an all-gyms plan",
                "SELECT FROM (" VISITS ") v WHERE v.gym_id <> v.home_gym_id AND NOT EXISTS (SELECT "
                "FROM gym.memberships m JOIN gym.packages p USING (package_id) "
                "WHERE m.customer_id = v.customer_id AND m.term @> v.day AND p.all_gyms)");
    assert_none("visits or payments after the instant of the load",
                "SELECT FROM gym.attendance WHERE greatest(check_in, check_out) > now() UNION ALL "
                "SELECT FROM gym.transactions WHERE paid_at > now()");
    assert_none("members who paid more than they were charged",
                "SELECT FROM gym.member_summary s WHERE s.balance < 0");
    assert_none("refunds of another amount",
                "SELECT FROM gym.transactions r JOIN gym.transactions t ON t.transaction_id = "
                "r.refunds WHERE r.amount <> -t.amount");
    assert_none("status that the dates do not say",
                "SELECT FROM gym.customers c JOIN gym.gyms g USING (gym_id) "
                "JOIN gym.member_summary s USING (customer_id) "
                "WHERE c.status <> replace(gym.shown_status(s.ends, s.cancelled_on, s.frozen, "
                "(now() AT TIME ZONE g.time_zone)::date), 'expired', 'active')");
    assert_none("members without an RFM row",
                "SELECT FROM gym.customers c WHERE NOT EXISTS (SELECT FROM gym.rfm r WHERE "
                "r.customer_id = c.customer_id)");
}

static void summaries_and_terms_are_those_of_the_functions(void **state)
{
    (void)state;
    char before[64];
    const char *summaries = "SELECT md5(string_agg(s::text, '|' ORDER BY s.customer_id)) "
                            "FROM gym.member_summary s";
    const char *terms = "SELECT md5(string_agg(t::text, '|' ORDER BY t.gym_id, t.term, "
                        "t.customer_id, t.kind)) FROM gym.search_terms t";
    snprintf(before, sizeof before, "%s", test_text(admin, "%s", summaries));
    test_run(admin, "SELECT gym.rebuild_summaries()");
    assert_string_equal(test_text(admin, "%s", summaries), before);
    snprintf(before, sizeof before, "%s", test_text(admin, "%s", terms));
    test_run(admin, "SELECT gym.rebuild_search_terms()");
    assert_string_equal(test_text(admin, "%s", terms), before);
}

/* RFM once more, in SQL, from the definition: ANALYTICS.md 2. */
static void rfm_rows_are_those_of_the_definition(void **state)
{
    (void)state;
    assert_none(
        "RFM measures that differ",
        "SELECT FROM (SELECT c.customer_id, c.join_date, "
        "(to_timestamp(i.at) AT TIME ZONE g.time_zone)::date AS today FROM gym.customers c "
        "JOIN gym.gyms g USING (gym_id), (SELECT extract(epoch FROM now())::bigint AS at) i) m "
        "JOIN gym.rfm r USING (customer_id) "
        "LEFT JOIN LATERAL (SELECT m.today - max(x.day) AS recency, count(DISTINCT x.day) "
        "FILTER (WHERE x.day > m.today - 90) AS days FROM (" VISITS
        ") x WHERE x.customer_id = m.customer_id) v ON true "
        "LEFT JOIN LATERAL (SELECT coalesce(sum(t.amount), 0) AS paid FROM gym.transactions t "
        "WHERE t.customer_id = m.customer_id AND t.date > m.today - 365) p ON true "
        "WHERE r.as_of <> m.today OR r.recency_score <> coalesce(v.recency, m.today - m.join_date) "
        "OR r.monetary_score <> p.paid OR abs(r.frequency_score - v.days * greatest(1, 90.0 / "
        "greatest(1, m.today - m.join_date))) > 1e-9");
    assert_none("RFM scores that differ",
                "SELECT FROM (SELECT r.*, count(*) OVER g AS n, "
                "rank() OVER (PARTITION BY gym_id ORDER BY recency_score DESC) - 1 AS rl, "
                "count(*) OVER (PARTITION BY gym_id, recency_score) AS re, "
                "rank() OVER (PARTITION BY gym_id ORDER BY monetary_score) - 1 AS ml, "
                "count(*) OVER (PARTITION BY gym_id, monetary_score) AS me "
                "FROM gym.rfm r WINDOW g AS (PARTITION BY gym_id)) x "
                "WHERE r <> least(5, greatest(1, (5 * (2 * rl + re) + 2 * n - 1) / (2 * n))) "
                "OR m <> least(5, greatest(1, (5 * (2 * ml + me) + 2 * n - 1) / (2 * n)))");
}

static void new_rows_get_numbers_of_their_own(void **state)
{
    (void)state;
    test_run(admin, "BEGIN");
    test_run(admin, "SELECT * FROM gym.enrol(gen_random_uuid(), 'Nobody Else', '', '', NULL, '', "
                    "NULL, '', NULL, (SELECT min(package_id) FROM gym.packages), 1, '1', true, "
                    "true)");
    assert_int_equal(test_number(admin,
                                 "SELECT count(*) FROM gym.attendance a JOIN gym.customers c "
                                 "USING (customer_id) WHERE c.name = 'Nobody Else'"),
                     1);
    test_run(admin, "ROLLBACK");
}

/* ---- The planted members ---- */

/* Shortly after midnight who left 45 minutes ago came yesterday: no re-entry, another day. */
static bool came_today(int64_t number)
{
    return test_number(admin,
                       "SELECT count(*) FROM gym.attendance AS a JOIN gym.gyms AS g ON g.gym_id = "
                       "a.gym_id WHERE a.customer_id = %lld AND a.check_out IS NOT NULL AND "
                       "(a.check_in AT TIME ZONE g.time_zone)::date = (now() AT TIME ZONE "
                       "g.time_zone)::date",
                       (long long)number) > 0;
}

static void each_planted_member_meets_the_verdict_of_the_manual(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *result, *reason; /* the first one */
    } expected[] = {
        {10001, "in", ""},
        {10002, "denied", "expired"},
        {10003, "in", "grace"},
        {10004, "denied", "frozen"},
        {10005, "in", ""},
        {10006, "denied", "cancelled"},
        {10007, "denied", "banned"},
        {10009, "in", "birthday"},
        {10010, "in", "under_16"},
        {10011, "in", "note"},
        {10012, "in", "auto_closed"},
        {10013, "in", ""},
        {10014, "in", "sessions_low"},
        {10015, "denied", "no_visits"},
        {10017, "already_in", ""},
        {10018, "in", ""},
        {10019, "in", "note"},
        {10021, "denied", "cancelled"},
        {10022, "in", ""},
        {10023, "in", "expiring"},
        {10024, "in", "reentry"},
        {10025, "in", ""},
        {10026, "already_in", ""},
        {10028, "denied", "expired"},
        {10029, "in", ""},
        {10030, "in", ""},
        {10031, "already_in", ""},
        {10032, "already_in", ""},
    };
    test_run(admin, "BEGIN");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct planted_member *planted = &planted_members[expected[i].number - 10001];
        const char *verdict =
            test_text(admin,
                      "SELECT result || ' ' || split_part(reasons, E'\\t', 1) FROM "
                      "gym.check_in(gen_random_uuid(), '%s', NULL, '1', NULL, 3)",
                      planted->keytag);
        char wanted[64];
        bool counts = strcmp(expected[i].reason, "reentry") != 0 || came_today(planted->number);
        snprintf(wanted, sizeof wanted, "%s %s", expected[i].result,
                 counts ? expected[i].reason : "");
        if (strcmp(verdict, wanted) != 0) {
            test_run(admin, "ROLLBACK"); /* nothing waits for its locks */
            fail_msg("%s (%s): \"%s\" instead of \"%s\"", planted->keytag, planted->what, verdict,
                     wanted);
        }
    }
    /* Off-peak: the hour decides what comes first; the debt is there at any hour. */
    assert_non_null(strstr(test_text(admin, "SELECT reasons FROM gym.check_in(gen_random_uuid(), "
                                            "'77001008', NULL, '1', NULL, 3)"),
                           "owing"));
    /* At the second gym the first one's members are strangers, but for the all-gyms plan. */
    test_run(admin, "SET LOCAL gymtui.gym_id = '2'");
    assert_string_equal(test_text(admin, "SELECT split_part(reasons, E'\\t', 1) FROM gym.check_in("
                                         "gen_random_uuid(), '77001025', NULL, '1', NULL, 3)"),
                        "other_gym");
    test_run(admin, "ROLLBACK");
    test_run(admin, "BEGIN");
    test_run(admin, "SET LOCAL gymtui.gym_id = '2'");
    assert_string_equal(test_text(admin, "SELECT result FROM gym.check_in(gen_random_uuid(), "
                                         "'77001013', NULL, '1', NULL, 3)"),
                        "in");
    test_run(admin, "ROLLBACK");
}

/* ---- The tills of the past ---- */

static void each_desk_was_cashed_up_on_every_day_before_today(void **state)
{
    (void)state;
    static const char *const never[] = {
        "SELECT count(*) FROM gym.till_sessions t WHERE closed_at IS NULL "
        "OR expected <> gym.expected_cash(t.till_session_id)",
        /* A difference has a reason, and nothing else has. */
        "SELECT count(*) FROM gym.till_sessions WHERE (counted = expected) <> (reason = '')",
        /* It opens with what was counted the evening before. */
        "SELECT count(*) FROM (SELECT opening_float, lag(counted) OVER (PARTITION BY gym_id, desk "
        "ORDER BY till_session_id) AS before, lag(closed_at) OVER (PARTITION BY gym_id, desk "
        "ORDER BY till_session_id) >= opened_at AS too_early FROM gym.till_sessions) x "
        "WHERE opening_float <> coalesce(before, 100) OR too_early",
        "SELECT count(*) FROM gym.transactions x JOIN gym.till_sessions t USING (till_session_id) "
        "WHERE x.gym_id <> t.gym_id OR NOT x.paid_at BETWEEN t.opened_at AND t.closed_at",
        "SELECT count(*) FROM gym.till_sessions t WHERE counted IS DISTINCT FROM "
        "(SELECT c.counted FROM gym.till_counts c WHERE c.till_session_id = t.till_session_id "
        "ORDER BY till_count_id DESC LIMIT 1)",
        "SELECT count(*) FROM gym.till_sessions t WHERE counted <> "
        "(SELECT coalesce(sum(d.key::numeric * d.value::int), 0) "
        "FROM jsonb_each_text(t.denominations) d)",
        /* Cash that a person takes is in a till, in the hours when the desks are open. */
        "SELECT count(*) FROM gym.transactions x JOIN gym.gyms g USING (gym_id) WHERE "
        "payment_method_id = 3 AND till_session_id IS NULL AND note <> 'collected' AND "
        "(paid_at AT TIME ZONE g.time_zone)::time BETWEEN '8:00' AND '20:00' AND paid_at > "
        "(SELECT min(opened_at) FROM gym.till_sessions t WHERE t.gym_id = x.gym_id) AND date < "
        "(SELECT as_of FROM gym.database_info)",
    };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (test_number(admin, "%s", never[i]) != 0)
            fail_msg("not 0: %s", never[i]);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.till_sessions WHERE gym_id = 1"),
                     test_number(admin, "SELECT 2 * (as_of - (SELECT min(opened_at)::date FROM "
                                        "gym.till_sessions WHERE gym_id = 1)) "
                                        "FROM gym.database_info"));
    int64_t tills = test_number(admin, "SELECT count(*) FROM gym.till_sessions");
    int64_t out = test_number(admin, "SELECT count(*) FROM gym.till_sessions WHERE reason <> ''");
    assert_in_range(out * 100, tills * 5, tills * 15);
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.till_sessions WHERE "
                                        "abs(counted - expected) > 20 OR counted < 0"),
                     0);
}

/* ---- The same again ---- */

/* Of all rows; without the gyms' row_version, which counts the loads. */
static void fingerprint(char sum[64])
{
    static const char *const tables[] = {
        "packages",     "trainers",      "customers",  "memberships", "freezes",  "charges",
        "transactions", "attendance",    "access_log", "rfm",         "contacts", "member_summary",
        "search_terms", "till_sessions", "till_moves", "till_counts"};
    char all[1024] = "";
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        strncat(all,
                test_text(admin,
                          "SELECT md5(string_agg(x, '|' ORDER BY x COLLATE \"C\")) FROM "
                          "(SELECT t::text AS x FROM gym.%s t) y",
                          tables[i]),
                sizeof all - strlen(all) - 1);
    snprintf(sum, 64, "%s", test_text(admin, "SELECT md5('%s')", all));
}

static void a_seed_gives_its_rows_again_and_another_seed_others(void **state)
{
    (void)state;
    char first[64], again[64], other[64];
    generate(11);
    fingerprint(first);
    generate(12);
    fingerprint(other);
    generate(11);
    fingerprint(again);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_string_equal(test_text(admin, "SELECT seed || ' ' || profile FROM gym.database_info"),
                        "11 small");
}

/* ---- The tables themselves ---- */

static void the_tables_are_as_the_migrations_made_them(void **state)
{
    (void)state;
    char swapped[64];
    structure(swapped);
    assert_string_equal(swapped, made_by_migrations);
    assert_int_equal(
        test_number(admin, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"), 0);
    /* The comparison can fail. */
    test_run(admin, "BEGIN");
    test_run(admin, "DROP INDEX gym.contacts_customer");
    structure(swapped);
    assert_string_not_equal(swapped, made_by_migrations);
    test_run(admin, "ROLLBACK");
}

/* ---- Meanwhile, at the desks ---- */

struct desk {
    PGconn *connection;
    int64_t members;     /* it saw while the load went on */
    int phases, refused; /* check-ins that failed */
};

static bool desk_works_on(void *owner, const char *phase, double share)
{
    struct desk *desk = owner;
    (void)share;
    if (strcmp(phase, "done") == 0)
        return true;
    desk->phases++;
    desk->members = test_number(desk->connection, "SELECT count(*) FROM gym.customers");
    if (strcmp(test_state(desk->connection, "SELECT * FROM gym.check_in(gen_random_uuid(), "
                                            "'77001001', NULL, '1', NULL, 3)"),
               "") != 0)
        desk->refused++;
    return true;
}

static PGconn *sign_in_at_the_desk(void)
{
    char role[128], conninfo[1600];
    assert_true(schema_create_demo_logins(place, &error));
    const struct demo_login *login = demo_logins;
    while (login->level != LEVEL_DESK)
        login++;
    assert_true(login_role_name(DATABASE, login->gym, login->staff, role, sizeof role, &error));
    snprintf(conninfo, sizeof conninfo, "%s user='%s' password='%s'", place, role, login->password);
    return PQconnectdb(conninfo);
}

static void a_desk_goes_on_and_its_login_stays(void **state)
{
    (void)state;
    generate(21);
    struct desk desk = {.connection = sign_in_at_the_desk()};
    assert_int_equal(PQstatus(desk.connection), CONNECTION_OK);
    /* Everything that the session has prepared and compiled before must work after. */
    test_run(desk.connection, "PREPARE mine AS SELECT count(*) FROM gym.attendance");
    test_run(desk.connection, "EXECUTE mine");
    test_run(desk.connection, "SELECT * FROM gym.freeze(gen_random_uuid(), 10001, gym.today(), "
                              "gym.today() + 20, 'holiday')");
    struct generate_options options = options_for(22);
    options.members = 700;
    assert_true(generate_into(place, &options, desk_works_on, &desk, &error));
    assert_true(desk.phases >= 4);
    assert_int_equal(desk.refused, 0);
    /* Its gym's members: of the old data until the end, of the new ones now. */
    int64_t members = test_number(desk.connection, "SELECT count(*) FROM gym.customers");
    assert_true(members > desk.members);
    test_run(desk.connection, "EXECUTE mine");
    assert_string_equal(test_text(desk.connection, "SELECT result FROM gym.check_in("
                                                   "gen_random_uuid(), '77001001', NULL, '1', "
                                                   "NULL, 3)"),
                        "in");
    /* The tills of the past are the desks'. */
    assert_string_equal(
        test_text(admin, "SELECT string_agg(DISTINCT t.desk || ' ' || s.username || ' ' || "
                         "e.username, ', ') FROM gym.till_sessions t "
                         "JOIN auth.staff s ON s.staff_id = t.opened_by "
                         "JOIN auth.staff e ON e.staff_id = t.closed_by WHERE t.gym_id = 1"),
        "1 desk1 desk1, 2 desk2 desk2");
    /* A function that was compiled with the old table's row type. */
    const char *frozen =
        test_text(desk.connection, "SELECT text FROM gym.freeze(gen_random_uuid(), "
                                   "10025, gym.today(), gym.today(), 'ill')");
    assert_memory_equal(frozen, "Frozen until ", 13);
    assert_string_equal(test_text(desk.connection,
                                  "SELECT outcome FROM gym.enrol(gen_random_uuid(), "
                                  "'Nobody Else', '', '', NULL, '', NULL, '', "
                                  "NULL, 1, 1, '1', true, true)"),
                        "saved");
    PQfinish(desk.connection);
    PGconn *again = sign_in_at_the_desk();
    assert_int_equal(PQstatus(again), CONNECTION_OK);
    PQfinish(again);
}

static bool cut_the_load_off(void *owner, const char *phase, double share)
{
    const char *at = owner;
    (void)share;
    if (strcmp(phase, at) == 0)
        test_run(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                        "current_database() AND pid <> pg_backend_pid()");
    return true;
}

static void a_load_that_is_cut_off_leaves_the_old_data(void **state)
{
    (void)state;
    static const char *const phases[] = {"members and visits", "summaries and indexes", "keys",
                                         "changing over"};
    char before[64], after[64];
    generate(31);
    fingerprint(before);
    struct generate_options options = options_for(32);
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        char phase[32];
        snprintf(phase, sizeof phase, "%s", phases[i]);
        if (generate_into(place, &options, cut_the_load_off, phase, &error))
            fail_msg("cut off at \"%s\", it says that it is done", phase);
        fingerprint(after);
        assert_string_equal(before, after);
    }
    /* What it left is cleared away by the next one. */
    generate(31);
    fingerprint(after);
    assert_string_equal(before, after);
}

static bool cancel_the_load(void *owner, const char *phase, double share)
{
    (void)share;
    return strcmp(phase, owner) != 0;
}

static void a_load_can_be_cancelled_until_the_change(void **state)
{
    (void)state;
    char phases[][32] = {"preparing", "members and visits", "summaries and indexes", "keys",
                         "changing over"};
    char before[64], after[64];
    fingerprint(before);
    struct generate_options options = options_for(33);
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        assert_false(generate_into(place, &options, cancel_the_load, phases[i], &error));
        assert_int_equal(error.code, ERROR_CANCELLED);
        assert_int_equal(
            test_number(admin, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gym\\_%%'"),
            0);
    }
    fingerprint(after);
    assert_string_equal(before, after);
}

static bool load_another(void *owner, const char *phase, double share)
{
    enum error_code *code = owner;
    (void)share;
    struct generate_options options = options_for(34);
    struct error other = {.code = ERROR_NONE};
    if (strcmp(phase, "keys") == 0 && !generate_into(place, &options, NULL, NULL, &other))
        *code = other.code;
    return true;
}

static void two_loads_at_once_do_not_meet(void **state)
{
    (void)state;
    struct generate_options options = options_for(35);
    enum error_code code = ERROR_NONE;
    assert_true(generate_into(place, &options, load_another, &code, &error));
    assert_int_equal(code, ERROR_CONFLICT);
    assert_int_equal(test_number(admin, "SELECT seed FROM gym.database_info"), 35);
}

static void a_smaller_load_takes_gyms_away_and_keeps_those_with_logins(void **state)
{
    (void)state;
    struct generate_options options = options_for(41);
    options.gyms = 5;
    options.members = 900;
    assert_true(generate_into(place, &options, NULL, NULL, &error));
    assert_int_equal(test_number(admin, "SELECT count(*) FROM gym.gyms"), 5);
    test_run(admin, "SELECT auth.create_staff(4, 'kept', 'Kept', 'desk', (SELECT s.verifier FROM "
                    "auth.staff s LIMIT 1))");
    test_run(admin, "UPDATE gym.gyms SET username = 'my-own-name' WHERE gym_id = 2");
    generate(42);
    assert_string_equal(
        test_text(admin, "SELECT string_agg(gym_id::text, ' ' ORDER BY gym_id) FROM gym.gyms"),
        "1 2 3 4");
    assert_string_equal(test_text(admin, "SELECT username FROM gym.gyms WHERE gym_id = 2"),
                        "my-own-name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_demonstration_is_filled),
        cmocka_unit_test(an_unknown_profile_is_refused_in_words),
        cmocka_unit_test(what_must_hold_holds_in_the_tables),
        cmocka_unit_test(summaries_and_terms_are_those_of_the_functions),
        cmocka_unit_test(rfm_rows_are_those_of_the_definition),
        cmocka_unit_test(new_rows_get_numbers_of_their_own),
        cmocka_unit_test(each_planted_member_meets_the_verdict_of_the_manual),
        cmocka_unit_test(each_desk_was_cashed_up_on_every_day_before_today),
        cmocka_unit_test(a_seed_gives_its_rows_again_and_another_seed_others),
        cmocka_unit_test(the_tables_are_as_the_migrations_made_them),
        cmocka_unit_test(a_desk_goes_on_and_its_login_stays),
        cmocka_unit_test(a_load_that_is_cut_off_leaves_the_old_data),
        cmocka_unit_test(a_load_can_be_cancelled_until_the_change),
        cmocka_unit_test(two_loads_at_once_do_not_meet),
        cmocka_unit_test(a_smaller_load_takes_gyms_away_and_keeps_those_with_logins),
    };
    return cmocka_run_group_tests(tests, make_demonstration, end);
}
