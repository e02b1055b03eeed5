/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a gym's terminals ask of the server does not grow with other gyms: the same calls read as
 * many rows and pages with a hundred other gyms in the tables as without, and none of them reads a
 * large table from its begin to its end.
 */
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gymtui/db/models.h"
#include "gymtui/db/schema.h"
#include "gymtui/db/segments.h"
#include "gymtui/db/till.h"
#include "gymtui/worker/generate.h"
#include "gymtui/worker/value.h"
#include "heard.h"
#include "scale/plans.h"
#include "support.h"

#define DATABASE "gymscale"
#define MEMBERS  200 /* of the gym that is looked at */
#define FEW      25  /* other gyms, each with as many */
#define MANY     100
#define ROUNDS   8 /* a statement is planned anew five times before its plan is kept */

/* What may be more among many gyms: another plan, which looks at each of its own members once more
 * or so. Any table of the others has a hundred times as many rows. */
#define ROWS_MORE  1.5
#define ROWS_SPARE (5 * MEMBERS)
#define PAGE_MORE  2
#define PAGE_SPARE (10 * MEMBERS)

/* Every table that grows with the members, or with what is done for them. */
static const char *const large[] = {"attendance",
                                    "access_log",
                                    "transactions",
                                    "charges",
                                    "memberships",
                                    "freezes",
                                    "customers",
                                    "contacts",
                                    "rfm",
                                    "member_summary",
                                    "member_histories",
                                    "requests",
                                    "clv",
                                    "audit_log",
                                    "search_terms",
                                    "fact_transaction",
                                    "dim_customer",
                                    "clv_prediction",
                                    NULL};

static struct error error;
static PGconn *admin; /* superuser, working on gym 1 */
static char place[1024], login_place[1024];
static struct db *desk, *manager;
static struct heard heard;
static int64_t visitors[ROUNDS]; /* members with a running term */

/* ---- What is asked ---- */

static void answered(void *owner, const struct error *failed)
{
    struct heard *to = owner;
    to->replies++;
    to->error = failed != NULL ? *failed : (struct error){0};
}

static void on_segment(void *owner, const struct segment_customer *rows, int count, bool more,
                       const struct error *failed)
{
    (void)rows, (void)count, (void)more;
    answered(owner, failed);
}

static void on_risk(void *owner, const struct at_risk *all, const struct at_risk_row *rows,
                    int count, bool more, const struct error *failed)
{
    (void)all, (void)rows, (void)count, (void)more;
    answered(owner, failed);
}

static void on_value(void *owner, const struct models_value *value, const struct error *failed)
{
    (void)value;
    answered(owner, failed);
}

static void on_till(void *owner, const struct till_now *now, const struct error *failed)
{
    (void)now;
    answered(owner, failed);
}

static void on_payments(void *owner, const struct payment_row *rows, int count, bool more,
                        const struct error *failed)
{
    (void)rows, (void)count, (void)more;
    answered(owner, failed);
}

static void check_in(int64_t member)
{
    const struct check_in_request request = {
        .id = request_id_new(), .customer_id = member, .desk = "1"};
    attendance_check_in(desk, &request, heard_verdict, &heard);
}

static void check_out(int64_t member)
{
    const struct check_out_request request = {
        .id = request_id_new(), .customer_id = member, .desk = "1"};
    attendance_check_out(desk, &request, heard_verdict, &heard);
}

static void sell_at_the_till(int64_t member)
{
    members_pay(desk, request_id_new(), member, 100, 3, "1", "a drink", heard_change, &heard);
}

static void renew(int64_t member)
{
    members_renew(desk, request_id_new(), member, 1, 3, "1", heard_change, &heard);
}

static void look_for_letters(int64_t member)
{
    (void)member;
    attendance_candidates(desk, "ma", 10, heard_candidates, &heard);
}

static void list_members(int64_t member)
{
    (void)member;
    const struct member_query query = {.expiring_within = -1, .absent_days = -1, .limit = 50};
    members_page(desk, &query, heard_members, &heard);
}

static void search_members(int64_t member)
{
    (void)member;
    const struct member_query query = {
        .search = "ma", .expiring_within = -1, .absent_days = -1, .limit = 50};
    members_page(desk, &query, heard_members, &heard);
}

static void open_card(int64_t member)
{
    members_card(desk, member, heard_card, &heard);
}

static void list_payments(int64_t member)
{
    payments_list(desk, member, 0, 50, on_payments, &heard);
}

static void look_who_is_in(int64_t member)
{
    (void)member;
    attendance_inside(desk, 100, false, heard_feed, &heard);
}

static void read_feed(int64_t member)
{
    (void)member;
    attendance_feed(desk, 50, heard_feed, &heard);
}

static void count_inside(int64_t member)
{
    (void)member;
    attendance_occupancy(desk, heard_occupancy, &heard);
}

static void look_into_the_till(int64_t member)
{
    (void)member;
    till_now(desk, "1", on_till, &heard);
}

static void list_at_risk(int64_t member)
{
    (void)member;
    segments_at_risk(manager, NULL, NULL, 50, on_risk, &heard);
}

static void list_segment(int64_t member)
{
    (void)member;
    const struct segment_query query = {
        .choice = {.segment = "Champions"}, .descending = true, .limit = 50};
    segments_customers(manager, &query, on_segment, &heard);
}

static void list_values(int64_t member)
{
    (void)member;
    models_value(manager, 0, on_value, &heard);
}

static const struct call {
    const char *name;
    void (*ask)(int64_t member);
    struct db **who;
} calls[] = {
    {"check-in", check_in, &desk},
    {"check-out", check_out, &desk},
    {"renewal", renew, &desk},
    {"till sale", sell_at_the_till, &desk},
    {"candidates", look_for_letters, &desk},
    {"members", list_members, &desk},
    {"search", search_members, &desk},
    {"member card", open_card, &desk},
    {"payments", list_payments, &desk},
    {"who is in", look_who_is_in, &desk},
    {"feed", read_feed, &desk},
    {"occupancy", count_inside, &desk},
    {"till", look_into_the_till, &desk},
    {"at risk", list_at_risk, &manager},
    {"segment", list_segment, &manager},
    {"values", list_values, &manager},
};
#define CALLS (sizeof calls / sizeof *calls)

/* The most that a round of it read; the first one also reads the catalogue, and does not count. */
static struct plans read_by(const struct call *call)
{
    struct plans most = {0};
    for (int round = 0; round < ROUNDS; round++) {
        plans_begin();
        call->ask(visitors[round]);
        heard_well(*call->who, &heard);
        struct plans plans = plans_end(admin);
        if (plans.statements == 0)
            fail_msg("%s: no plan in the log", call->name);
        if (round == 0)
            continue;
        most.statements = plans.statements > most.statements ? plans.statements : most.statements;
        most.rows = plans.rows > most.rows ? plans.rows : most.rows;
        most.pages = plans.pages > most.pages ? plans.pages : most.pages;
        if (*plans.whole)
            memcpy(most.whole, plans.whole, sizeof most.whole);
    }
    return most;
}

static bool has_grown(const struct plans *alone, const struct plans *among)
{
    return among->rows > alone->rows * ROWS_MORE + ROWS_SPARE ||
           among->pages > alone->pages * PAGE_MORE + PAGE_SPARE;
}

/* ---- The gyms ---- */

static struct db *sign_in(enum level level)
{
    char role[128];
    const struct demo_login *login = demo_logins;
    while (login->level != level)
        login++;
    assert_true(login_role_name(DATABASE, login->gym, login->staff, role, sizeof role, &error));
    struct db_settings settings = settings_for(login_place, role, login->password);
    struct db *db = db_open(&settings, &error);
    assert_non_null(db);
    session_read(db, heard_session, &heard);
    heard_well(db, &heard);
    return db;
}

/* What a gym has done by hand that made-up data have little of. */
static void fill_in(void)
{
    test_run(admin,
             "BEGIN; SET LOCAL session_replication_role = 'replica';"
             "INSERT INTO gym.contacts (gym_id, customer_id, at, outcome) SELECT gym_id, "
             "customer_id, now() - interval '90 days', 'no answer' FROM gym.customers;"
             "INSERT INTO gym.freezes (gym_id, customer_id, period) SELECT gym_id, customer_id, "
             "daterange(join_date - 900, join_date - 890) FROM gym.customers;"
             "INSERT INTO gym.requests (gym_id, request_id, kind) SELECT gym_id, "
             "gen_random_uuid(), 'check_in' FROM gym.customers, generate_series(1, 5);"
             "COMMIT");
    test_run(admin, "VACUUM ANALYZE");
}

/* Each row of gym 1 once more for each other gym, with numbers of their own. Triggers and keys rest
 * meanwhile: what they would do has been done for the rows that are copied. */
static void add_other_gyms(int from, int until)
{
    static const char copy[] =
        "DO $do$ DECLARE t record; BEGIN "
        "PERFORM set_config('session_replication_role', 'replica', true); "
        "FOR t IN SELECT c.oid::regclass AS name, "
        "string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns, "
        "string_agg(CASE WHEN a.attname IN ('gym_id', 'home_gym_id') THEN a.attname || ' + k' "
        "WHEN a.atttypid = 'uuid'::regtype THEN 'gen_random_uuid()' "
        "WHEN a.attname IN ('username', 'email') AND c.relname = 'gyms' "
        "THEN quote_literal('k') || ' || k || ' || a.attname "
        "WHEN a.atttypid = 'bigint'::regtype AND a.attname LIKE '%%\\_id' "
        "THEN format('%%I + k * 10000000::bigint', a.attname) "
        "ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum) AS values "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind = 'r' AND c.relnamespace IN ('gym'::regnamespace, 'clv'::regnamespace) "
        "AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
        "AND c.relname <> 'jobs' AND EXISTS (SELECT FROM pg_attribute g WHERE "
        "g.attrelid = c.oid AND g.attname = 'gym_id') GROUP BY c.oid "
        "LOOP EXECUTE format('INSERT INTO %%s (%%s) OVERRIDING SYSTEM VALUE SELECT %%s FROM %%s, "
        "generate_series(%d, %d) k WHERE gym_id = 1', t.name, t.columns, t.values, t.name); "
        "END LOOP; END $do$";
    test_run(admin, copy, from, until);
    test_run(admin, "VACUUM ANALYZE");
}

static int make_gyms(void **state)
{
    (void)state;
    time_t now = time(NULL);
    const struct generate_options options = {.profile = "small",
                                             .gyms = 1,
                                             .members = MEMBERS,
                                             .months = 12,
                                             .seed = 3,
                                             .as_of = (int32_t)(now / 86400),
                                             .as_of_utc = now};
    test_cluster_start();
    snprintf(place, sizeof place, "%s", test_admin_of(DATABASE));
    snprintf(login_place, sizeof login_place, "%.*s", (int)(strstr(place, " user=") - place),
             place);
    if (!schema_create_database(test_admin_of("postgres"), DATABASE, &error) ||
        !schema_create(place, NULL, NULL, &error) || !schema_mark_demonstration(place, &error) ||
        !generate_into(place, &options, NULL, NULL, &error) ||
        !value_recompute_all(place, DATE_NONE, NULL, NULL, &error) ||
        !schema_create_demo_logins(place, &error)) {
        fprintf(stderr, "%s (%s)\n", error.message, error.hint);
        return 1;
    }
    admin = PQconnectdb(place);
    test_run(admin, "SET gymtui.gym_id = '1'");
    fill_in();
    plans_log(admin, DATABASE, large);
    for (int i = 0; i < ROUNDS; i++)
        visitors[i] = test_number(admin,
                                  "SELECT customer_id FROM gym.customers JOIN gym.member_summary s "
                                  "USING (customer_id) WHERE customer_id > 10100 AND s.frozen IS "
                                  "NULL AND s.ends > gym.today() + 3 AND s.last_visit < "
                                  "gym.today() AND s.cancelled_on IS NULL ORDER BY 1 OFFSET %d "
                                  "LIMIT 1",
                                  i);
    assert_true(visitors[ROUNDS - 1] > 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

/* Sessions of their own plan anew. */
static void sign_all_in(void)
{
    desk = sign_in(LEVEL_DESK);
    manager = sign_in(LEVEL_MANAGER);
}

static void sign_all_out(void)
{
    db_close(desk);
    db_close(manager);
}

static void read_all(struct plans read[CALLS])
{
    sign_all_in();
    for (size_t i = 0; i < CALLS; i++)
        read[i] = read_by(&calls[i]);
    sign_all_out();
}

static void other_gyms_cost_nothing(void **state)
{
    (void)state;
    struct plans alone[CALLS], among[CALLS];
    add_other_gyms(1, FEW);
    read_all(alone);
    add_other_gyms(FEW + 1, MANY);
    read_all(among);
    int bad = 0;
    for (size_t i = 0; i < CALLS; i++) {
        bool is_bad = has_grown(&alone[i], &among[i]) || *among[i].whole;
        printf("%s%-12s %3d statements, %6.0f rows %6.0f pages; among others %6.0f %6.0f%s%s\n",
               is_bad ? "BAD " : "", calls[i].name, among[i].statements, alone[i].rows,
               alone[i].pages, among[i].rows, among[i].pages, *among[i].whole ? "; all of" : "",
               among[i].whole);
        bad += is_bad;
    }
    assert_int_equal(bad, 0);
}

/* Without the indexes that find them, a member's visits are looked for among everybody's. */
static void what_reads_too_much_is_found(void **state)
{
    (void)state;
    const struct call *call = calls;
    while (strcmp(call->name, "member card") != 0)
        call++;
    sign_all_in();
    struct plans before = read_by(call);
    sign_all_out();
    test_run(admin, "DROP INDEX gym.attendance_customer, gym.attendance_gym, "
                    "gym.attendance_check_out");
    sign_all_in();
    struct plans after = read_by(call);
    sign_all_out();
    assert_string_equal(before.whole, "");
    assert_non_null(strstr(after.whole, "attendance"));
    assert_true(has_grown(&before, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_gyms_cost_nothing),
        cmocka_unit_test(what_reads_too_much_is_found), /* the last one: an index is gone */
    };
    return cmocka_run_group_tests_name("scale", tests, make_gyms, end);
}
