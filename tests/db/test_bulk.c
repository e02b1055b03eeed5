/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bulk loading: what goes in by COPY BINARY comes out as the same value, and errors come out at the
 * end. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/db/bulk.h"
#include "support.h"

static struct error error;

static struct bulk *open_with_table(const char *columns)
{
    struct bulk *bulk = bulk_open(test_admin(), &error);
    assert_non_null(bulk);
    char sql[300];
    snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS public.loaded; CREATE TABLE public.loaded (%s)",
             columns);
    assert_true(bulk_run(bulk, sql, &error));
    return bulk;
}

static void expect_text(struct bulk *bulk, const char *sql, const char *expected)
{
    char text[2000];
    assert_true(bulk_text(bulk, sql, text, sizeof text, &error));
    assert_string_equal(text, expected);
}

static const money amounts[] = {
    0,           1,           -1,           99,    100,       -100,
    999999,      1000000,     1000001,      -3900, 100000,    INT64_C(1000200),
    99999999999, MONEY_LIMIT, -MONEY_LIMIT, 50,    123456789, 100000000};
enum { COUNT = sizeof amounts / sizeof *amounts };

static void amounts_are_what_they_were(void **state)
{
    (void)state;
    struct bulk *bulk = open_with_table("n integer, amount numeric(12,2), hundredths bigint");
    assert_true(bulk_begin(bulk, "public.loaded (n, amount, hundredths)", &error));
    for (int i = 0; i < COUNT; i++) {
        bulk_row(bulk, 3);
        bulk_int32(bulk, i);
        bulk_numeric2(bulk, amounts[i]);
        bulk_int64(bulk, amounts[i]);
    }
    int64_t rows = 0;
    assert_true(bulk_end(bulk, &rows, &error));
    assert_int_equal(rows, COUNT);
    int64_t wrong;
    assert_true(bulk_value(bulk,
                           "SELECT count(*) FROM public.loaded WHERE amount * 100 <> hundredths OR "
                           "scale(amount) <> 2 OR amount::text::numeric <> amount",
                           &wrong, &error));
    assert_int_equal(wrong, 0);
    /* Stored like PostgreSQL's own: equal also byte by byte. */
    assert_true(bulk_value(bulk,
                           "SELECT count(*) FROM public.loaded WHERE numeric_send(amount) <> "
                           "numeric_send((hundredths / 100.0)::numeric(12,2))",
                           &wrong, &error));
    assert_int_equal(wrong, 0);
    bulk_close(bulk);
}

/* ---- By COPY TO, of a gym that there is none of ---- */

#define NO_GYM "-7"
static const int64_t no_gym = -7;

static struct bulk *open_with_rows(const char *sql)
{
    struct bulk *bulk = bulk_open(test_admin(), &error);
    assert_non_null(bulk);
    assert_true(bulk_run(bulk, "SET LOCAL session_replication_role = replica", &error));
    assert_true(bulk_run(bulk, sql, &error));
    return bulk;
}

struct seen {
    int rows;
    size_t length;
    bool is_right, ends;
};

static bool take_amount(void *owner, const int64_t *values, int count)
{
    struct seen *seen = owner;
    assert_int_equal(count, 6);
    assert_int_equal(values[5], values[0]); /* the customer's number is the amount */
    seen->rows++;
    return !seen->ends;
}

/* Member 1 never came, each next one a thousand times as often, every second of a day. */
static bool take_list(void *owner, const int64_t *values, int count, const int64_t *list,
                      size_t length)
{
    struct seen *seen = owner;
    assert_int_equal(count, 1);
    assert_int_equal(values[0], ++seen->rows);
    assert_int_equal(length, values[0] == 1 ? 0 : (values[0] - 1) * 1000);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(list[i], (int64_t)i * 1000000);
    return !seen->ends;
}

static void amounts_are_read_in_hundredths(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct bulk *bulk =
        open_with_rows("ALTER TABLE gym.transactions DROP CONSTRAINT transactions_amount_check, "
                       "DROP CONSTRAINT transactions_check");
    for (int i = 0; i < COUNT; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "INSERT INTO gym.transactions (gym_id, customer_id, amount, date, "
                 "payment_method_id, kind) VALUES (" NO_GYM ", %" PRId64 ", %" PRId64
                 " / 100.0, '2026-01-31', 1, 'extra')",
                 amounts[i], amounts[i]);
        assert_true(bulk_run(bulk, sql, &error));
    }
    assert_true(
        bulk_copy_amounts(bulk, "recompute_payments", 1, &no_gym, take_amount, &seen, &error));
    assert_int_equal(seen.rows, COUNT);
    /* What is no list is not taken for one. */
    assert_false(bulk_copy_lists(bulk, "recompute_payments", 1, &no_gym, take_list, &seen, &error));
    assert_int_equal(error.code, ERROR_DATABASE);
    bulk_close(bulk);
}

static void lists_are_read_whole(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct bulk *bulk = open_with_rows(
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) SELECT "
        "m, t, t, " NO_GYM ", " NO_GYM " FROM generate_series(2, 4) m CROSS JOIN LATERAL (SELECT "
        "timestamptz '2000-01-01 00:00Z' + s * interval '1 second' AS t FROM generate_series(0, "
        "(m - 1) * 1000 - 1) s) x");
    assert_true(bulk_run_file(bulk, "recompute_histories", &error));
    assert_true(bulk_run(bulk,
                         "INSERT INTO pg_temp.unread SELECT m, '3' FROM generate_series(1, "
                         "4) m",
                         &error));
    assert_true(
        bulk_copy_lists(bulk, "recompute_visits_unread", 1, &no_gym, take_list, &seen, &error));
    assert_int_equal(seen.rows, 4);
    /* An end that is asked for; and a list is no amount. */
    seen = (struct seen){.ends = true};
    assert_false(
        bulk_copy_lists(bulk, "recompute_visits_unread", 1, &no_gym, take_list, &seen, &error));
    assert_int_equal(seen.rows, 1);
    assert_int_equal(error.code, ERROR_CANCELLED);
    assert_false(
        bulk_copy_amounts(bulk, "recompute_visits_unread", 1, &no_gym, take_amount, &seen, &error));
    assert_int_equal(error.code, ERROR_DATABASE);
    bulk_close(bulk);
}

static void every_type_comes_out_as_it_went_in(void **state)
{
    (void)state;
    static const uint8_t uuid[16] = {0x7b, 0x0b, 0x6d, 0xd2, 0x3f, 0x0c, 0x4d, 0x51,
                                     0x8a, 0x43, 0x0a, 0x8b, 0x3a, 0x2f, 0x6f, 0x01};
    struct bulk *bulk =
        open_with_table("a smallint, b integer, c bigint, d boolean, e double precision, f text, g "
                        "jsonb, h date, i timestamptz, j daterange, k daterange, l uuid, m text, n "
                        "date, o timestamptz");
    assert_true(bulk_run(bulk, "SET LOCAL timezone = 'UTC'", &error));
    assert_true(bulk_begin(bulk, "public.loaded", &error));
    bulk_row(bulk, 15);
    bulk_int16(bulk, -32768);
    bulk_int32(bulk, -5);
    bulk_int64(bulk, INT64_C(-9000000000));
    bulk_bool(bulk, true);
    bulk_float8(bulk, -0.125);
    bulk_text_field(bulk, "Łukasz\t\\N \"李\"");
    bulk_jsonb(bulk, "{\"a\": [1, null]}");
    bulk_date(bulk, date_from_civil(1969, 12, 31));
    bulk_timestamptz(bulk, INT64_C(1795299610123456));
    bulk_daterange(bulk, date_from_civil(2026, 1, 31), date_from_civil(2026, 2, 28));
    bulk_daterange(bulk, date_from_civil(2026, 1, 31), DATE_NONE);
    bulk_uuid(bulk, uuid);
    bulk_null(bulk);
    bulk_date(bulk, DATE_NONE);
    bulk_timestamptz(bulk, MOMENT_NONE);
    assert_true(bulk_end(bulk, NULL, &error));
    expect_text(bulk, "SELECT concat_ws('|', a, b, c, d, e, f, g, h, i) FROM public.loaded",
                "-32768|-5|-9000000000|t|-0.125|Łukasz\t\\N \"李\"|{\"a\": [1, null]}|1969-12-31|"
                "2026-11-21 22:20:10.123456+00");
    expect_text(
        bulk, "SELECT concat_ws('|', j, k, l, m IS NULL, n IS NULL, o IS NULL) FROM public.loaded",
        "[2026-01-31,2026-02-28)|[2026-01-31,)|7b0b6dd2-3f0c-4d51-8a43-0a8b3a2f6f01|t|t|t");
    bulk_close(bulk);
}

static void many_rows_and_long_texts_pass_the_buffer(void **state)
{
    (void)state;
    enum { ROWS = 40000, LONG = 700000 };
    struct bulk *bulk = open_with_table("n integer, t text");
    char *text = malloc(LONG + 1);
    assert_non_null(text);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    assert_true(bulk_begin(bulk, "public.loaded", &error));
    for (int i = 0; i < ROWS; i++) {
        bulk_row(bulk, 2);
        bulk_int32(bulk, i);
        bulk_text_field(bulk, i == 777 ? text : "short one");
    }
    int64_t rows = 0, sum = 0;
    assert_true(bulk_end(bulk, &rows, &error));
    assert_int_equal(rows, ROWS);
    assert_true(bulk_value(bulk, "SELECT sum(n) FROM public.loaded", &sum, &error));
    assert_int_equal(sum, (int64_t)ROWS * (ROWS - 1) / 2);
    assert_true(bulk_value(bulk, "SELECT sum(length(t)) FROM public.loaded", &sum, &error));
    assert_int_equal(sum, LONG + (ROWS - 1) * 9);
    free(text);
    bulk_close(bulk);
}

static void an_error_comes_out_at_the_end_and_nothing_stays(void **state)
{
    (void)state;
    struct bulk *bulk = open_with_table("n integer CHECK (n < 5)");
    assert_true(bulk_commit(bulk, &error));
    assert_true(bulk_begin(bulk, "public.loaded", &error));
    for (int i = 0; i < 100000; i++) {
        bulk_row(bulk, 1);
        bulk_int32(bulk, i);
    }
    assert_false(bulk_end(bulk, NULL, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    bulk_close(bulk);
    assert_int_equal(test_number(test_superuser(), "SELECT count(*) FROM public.loaded"), 0);
}

static void what_was_not_committed_is_gone(void **state)
{
    (void)state;
    struct bulk *bulk = open_with_table("n integer");
    assert_true(bulk_run(bulk, "INSERT INTO public.loaded VALUES (1)", &error));
    assert_true(bulk_commit(bulk, &error));
    assert_true(bulk_run(bulk, "INSERT INTO public.loaded VALUES (2)", &error));
    bulk_close(bulk);
    assert_int_equal(test_number(test_superuser(), "SELECT sum(n) FROM public.loaded"), 1);
}

/* Of a statement with one number, planned each time and once for all. */
static void fields_are_a_statements_parameters(void **state)
{
    (void)state;
    struct bulk *bulk = open_with_table("n integer");
    char *longer = malloc(600001), text[24];
    memset(longer, 'x', 600000);
    longer[600000] = '\0';
    for (int i = 0; i < 3; i++) {
        bulk_begin_call(bulk);
        bulk_int64(bulk, 4711);
        assert_true(bulk_end_call(bulk, "campaign_draw_waits", text, sizeof text, &error));
        assert_string_equal(text, "0");
        bulk_keep_plans(bulk);
    }
    bulk_begin_call(bulk);
    bulk_int64(bulk, 4711);
    bulk_null(bulk);
    assert_false(bulk_end_call(bulk, "campaign_draw_waits", text, sizeof text, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    bulk_begin_call(bulk);
    bulk_text_field(bulk, longer); /* more than there is room for */
    assert_false(bulk_end_call(bulk, "campaign_draw_waits", text, sizeof text, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    bulk_begin_call(bulk);
    assert_false(bulk_end_call(bulk, "no_such_statement", text, sizeof text, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    bulk_begin_call(bulk);
    bulk_int64(bulk, 1); /* the connection is as good as before */
    assert_true(bulk_end_call(bulk, "campaign_draw_waits", text, sizeof text, &error));
    free(longer);
    bulk_close(bulk);
}

static void mistakes_are_errors(void **state)
{
    (void)state;
    struct bulk *bulk = open_with_table("n integer");
    assert_false(bulk_end(bulk, NULL, &error));
    assert_false(bulk_run_file(bulk, "no_such_file", &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    int64_t value;
    assert_false(bulk_value(bulk, "SELECT 1 WHERE false", &value, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_false(bulk_begin(bulk, "public.nowhere", &error));
    bulk_row(bulk, 1); /* dropped without harm */
    bulk_int32(bulk, 1);
    assert_false(bulk_end(bulk, NULL, &error));
    bulk_close(bulk);
    bulk_close(NULL);
    assert_null(bulk_open("host=/nowhere dbname=x", &error));
    assert_int_equal(error.code, ERROR_OFFLINE);
}

static int start(void **state)
{
    (void)state;
    test_cluster_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_what_they_were),
        cmocka_unit_test(amounts_are_read_in_hundredths),
        cmocka_unit_test(lists_are_read_whole),
        cmocka_unit_test(every_type_comes_out_as_it_went_in),
        cmocka_unit_test(many_rows_and_long_texts_pass_the_buffer),
        cmocka_unit_test(an_error_comes_out_at_the_end_and_nothing_stays),
        cmocka_unit_test(what_was_not_committed_is_gone),
        cmocka_unit_test(fields_are_a_statements_parameters),
        cmocka_unit_test(mistakes_are_errors),
    };
    return cmocka_run_group_tests_name("bulk", tests, start, NULL);
}
