/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file becomes a dataset: all of it or nothing, each bad row by its line and reason, whatever
 * happens on the way; and what a refresh then says about its customers. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/worker/dataset.h"
#include "gymtui/worker/import.h"
#include "support.h"

static struct error error;
static struct import_result result;

/* ---- Files, and what was said about them ---- */

static const char *write_file(const char *name, const char *text, size_t size)
{
    static char paths[4][300];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

#define FILE_OF(name, text) write_file(name, text, sizeof(text) - 1)

static struct {
    size_t line, other_line;
    char reason[120];
} told[64];
static int told_count;

static void on_bad(void *owner, const char *file, size_t line, const char *reason,
                   size_t other_line)
{
    (void)owner;
    assert_non_null(file);
    if (told_count < 64) {
        told[told_count].line = line;
        told[told_count].other_line = other_line;
        snprintf(told[told_count].reason, sizeof told[0].reason, "%s", reason);
    }
    told_count++;
}

static bool was_told(size_t line, const char *reason)
{
    for (int i = 0; i < told_count && i < 64; i++)
        if (told[i].line == line && strstr(told[i].reason, reason))
            return true;
    return false;
}

static struct import_options options_for(const char *file)
{
    return (struct import_options){.gym_id = 1,
                                   .dataset = "shop",
                                   .file = file,
                                   .fit_until = DATE_NONE,
                                   .today = date_from_civil(2026, 11, 21)};
}

static bool import(const struct import_options *options)
{
    told_count = 0;
    error_clear(&error);
    return import_run(test_admin(), options, on_bad, NULL, NULL, &result, &error);
}

static void import_well(const struct import_options *options)
{
    if (!import(options))
        fail_msg("%s (%s)", error.message, error.hint);
}

static int64_t count_of(const char *table)
{
    return test_number(test_superuser(), "SELECT count(*) FROM clv.%s", table);
}

/* Datasets of tests: the gyms' own stay. */
static void remove_all(void)
{
    test_run(test_superuser(),
             "DELETE FROM clv.dataset WHERE kind <> 'gym'; DELETE FROM clv.dim_payment_method m "
             "WHERE m.payment_method_id > 4");
}

static int set_up(void **state)
{
    (void)state;
    test_cluster_start();
    return 0;
}

static int begin(void **state)
{
    (void)state;
    remove_all();
    return 0;
}

/* ---- Good files ---- */

static void a_file_becomes_a_dataset(void **state)
{
    (void)state;
    const char *file = FILE_OF("good.csv", "\xEF\xBB\xBF"
                                           "Client,Day,Paid,Way\r\n"
                                           "a,2026-01-05,19.90,Card\r\n"
                                           "\"b, the second\",05.02.2026,\"1,234.50\",PayPal\r\n"
                                           "a,2026-02-05 18:03:11,20,card\r\n"
                                           "a,2026-02-05,-5.00,\r\n");
    const char *people = FILE_OF("people.csv", "customer,age,gender\na,31,F\n\"b, the second\",,m\n"
                                               "nobody,40,m\n");
    struct import_options options = options_for(file);
    options.columns[IMPORT_CUSTOMER] = "client";
    options.columns[IMPORT_DATE] = "day";
    options.columns[IMPORT_AMOUNT] = "paid";
    options.columns[IMPORT_METHOD] = "way";
    options.customers = people;
    options.currency = "USD";
    /* The second file goes by its own, usual name. */
    options.columns[IMPORT_CUSTOMER] = NULL;
    assert_false(import(&options));
    assert_int_equal(error.code, ERROR_INPUT);
    file = FILE_OF("good.csv", "customer,Day,Paid,Way\r\n"
                               "a,2026-01-05,19.90,Card\r\n"
                               "\"b, the second\",05.02.2026,\"1,234.50\",PayPal\r\n"
                               "a,2026-02-05 18:03:11,20,card\r\n"
                               "a,2026-02-05,-5.00,\r\n");
    options.file = file;
    import_well(&options);
    assert_int_equal(result.rows, 7);
    assert_int_equal(result.bad, 0);
    assert_int_equal(result.customers, 2);
    assert_int_equal(result.transactions, 4);
    assert_int_equal(result.methods_added, 1);
    assert_int_equal(result.without_transactions, 1);
    assert_int_equal(result.last_day, date_from_civil(2026, 2, 5));
    PGconn *db = test_superuser();
    assert_string_equal(
        test_text(db,
                  "SELECT string_agg(concat_ws('|', c.source_key, c.age, c.gender, "
                  "c.first_transaction_date, c.last_transaction_date), ' ' ORDER BY "
                  "c.source_key) FROM clv.dim_customer c WHERE c.dataset_id = %lld",
                  (long long)result.dataset_id),
        "a|31|female|2026-01-05|2026-02-05 b, the second|male|2026-02-05|2026-02-05");
    assert_string_equal(
        test_text(
            db,
            "SELECT string_agg(concat_ws('|', f.transaction_date, f.amount, "
            "m.payment_method_name), ' ' ORDER BY f.transaction_id) FROM clv.fact_transaction "
            "f JOIN clv.dim_customer c USING (customer_id) JOIN clv.dim_payment_method m "
            "USING (payment_method_id) WHERE c.dataset_id = %lld",
            (long long)result.dataset_id),
        "2026-01-05|19.90|Card 2026-02-05|20.00|Card 2026-02-05|-5.00|Other "
        "2026-02-05|1234.50|PayPal");
    assert_string_equal(test_text(db,
                                  "SELECT concat_ws('|', name, kind, source, currency, as_of, "
                                  "customers, transactions) FROM clv.dataset WHERE dataset_id = "
                                  "%lld",
                                  (long long)result.dataset_id),
                        "shop|import|good.csv|USD|2026-02-05|2|4");
}

/* ---- Bad rows ---- */

static const char bad_file[] = "transaction_id,customer,date,amount,method\n" /* 1 */
                               "1,a,2026-01-05,10,Card\n"
                               "2,a,2026-01-06,10\n"           /* 3 too few */
                               "3,a,2026-01-06,10,Card,more\n" /* 4 too many */
                               "4,,2026-01-06,10,Card\n"       /* 5 no customer */
                               "5,a,,10,Card\n"                /* 6 no date */
                               "6,a,2026-02-30,10,Card\n"      /* 7 no such day */
                               "7,a,soon,10,Card\n"            /* 8 unreadable */
                               "8,a,2027-01-06,10,Card\n"      /* 9 future */
                               "9,a,1826-01-06,10,Card\n"      /* 10 past */
                               "10,a,2026-01-06,,Card\n"       /* 11 no amount */
                               "11,a,2026-01-06,ten,Card\n"    /* 12 not a number */
                               "12,a,2026-01-06,1e15,Card\n"   /* 13 too large */
                               "14,a\0b,2026-01-06,10,Card\n"  /* 14 NUL */
                               "15,a\xff,2026-01-06,10,Card\n" /* 15 UTF-8 */
                               "1,a,2026-01-06,10,Card\n"      /* 16 twice */
                               ",a,2026-01-06,10,Card\n"       /* 17 no number */
                               "17,a\001,2026-01-06,10,Card\n" /* 18 control */
                               "18,a,2026-01-06,10,\"Card\n"   /* 19 quote */
                               "19,a,2026-01-07,10,Card\n";    /* 20 good */

static const struct {
    size_t line;
    const char *reason;
} bad_rows[] = {
    {3, "fewer fields"},
    {4, "more fields"},
    {5, "no customer"},
    {6, "no date"},
    {7, "no such day"},
    {8, "cannot be read"},
    {9, "future"},
    {10, "before 1900"},
    {11, "no amount"},
    {12, "not a number"},
    {13, "too large"},
    {14, "NUL"},
    {15, "UTF-8"},
    {16, "stands twice"},
    {17, "no transaction number"},
    {18, "control character"},
    {19, "quote"},
};
#define BAD_COUNT ((int)(sizeof bad_rows / sizeof *bad_rows))

static void each_bad_row_is_named_and_nothing_is_changed(void **state)
{
    (void)state;
    struct import_options options = options_for(FILE_OF("bad.csv", bad_file));
    int64_t before = count_of("fact_transaction");
    assert_false(import(&options));
    assert_int_equal(error.code, ERROR_INPUT);
    for (int i = 0; i < BAD_COUNT; i++)
        if (!was_told(bad_rows[i].line, bad_rows[i].reason))
            fail_msg("line %zu was not told: %s", bad_rows[i].line, bad_rows[i].reason);
    assert_int_equal(told_count, BAD_COUNT);
    assert_int_equal(result.bad, BAD_COUNT);
    for (int i = 0; i < told_count; i++)
        assert_int_equal(told[i].other_line, told[i].line == 16 ? 2 : 0);
    assert_int_equal(count_of("fact_transaction"), before);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM clv.dataset WHERE name = 'shop'"), 0);
}

/* As spreadsheets write them where the comma is the decimal sign. What a point means there is asked
 * and not guessed: it would be a thousandfold. */
static void semicolons_separate_and_a_point_is_not_guessed(void **state)
{
    (void)state;
    struct import_options options = options_for(FILE_OF(
        "semicolons.csv", "customer;date;amount\r\na;2026-01-05;19,90\r\nb;2026-01-05;1234,5\r\n"));
    import_well(&options);
    assert_int_equal(result.transactions, 2);
    assert_int_equal(test_number(test_superuser(),
                                 "SELECT (100 * sum(amount))::bigint FROM clv.fact_transaction"),
                     1990 + 123450);
    options.file = FILE_OF("thousands.csv", "customer;date;amount\na;2026-01-05;1.234\n"
                                            "b;2026-01-05;1.234,50\nc;2026-01-05;12.34\n");
    options.dataset = "thousands";
    assert_false(import(&options));
    assert_int_equal(told_count, 2);
    assert_true(was_told(2, "may mean thousands"));
    assert_true(was_told(3, "may mean thousands"));
}

static void the_rest_is_loaded_when_asked_so(void **state)
{
    (void)state;
    struct import_options options = options_for(FILE_OF("bad.csv", bad_file));
    options.skip_bad = true;
    import_well(&options);
    assert_int_equal(result.bad, BAD_COUNT);
    assert_int_equal(result.transactions, 2);
    assert_int_equal(count_of("fact_transaction"), 2);
}

static void a_dry_run_says_all_and_does_nothing(void **state)
{
    (void)state;
    struct import_options options = options_for(FILE_OF("bad.csv", bad_file));
    options.dry_run = true;
    import_well(&options);
    assert_int_equal(told_count, BAD_COUNT);
    assert_int_equal(result.transactions, 2);
    assert_int_equal(result.dataset_id, 0);
    assert_int_equal(count_of("fact_transaction"), 0);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM clv.dataset WHERE kind = 'import'"), 0);
}

static void files_of_no_use_are_refused(void **state)
{
    (void)state;
    struct import_options options = options_for(FILE_OF("empty.csv", ""));
    assert_false(import(&options));
    options.file = FILE_OF("heading.csv", "customer,date\n1,2026-01-01\n");
    assert_false(import(&options));
    assert_non_null(strstr(error.message, "amount"));
    options.file = FILE_OF("none.csv", "customer,date,amount\n");
    assert_false(import(&options));
    assert_non_null(strstr(error.message, "no row below"));
    options.file = FILE_OF("twice.csv", "customer,date,amount,Amount\na,2026-01-05,1,2\n");
    assert_false(import(&options));
    assert_non_null(strstr(error.message, "two columns “amount”"));
    options.file = "/there/is/no/such/file.csv";
    assert_false(import(&options));
    options.file = FILE_OF("good.csv", "customer,date,amount\na,2026-01-05,1\n");
    options.dataset = "";
    assert_false(import(&options));
    options.dataset = "two\nlines";
    assert_false(import(&options));
    options.dataset = "shop";
    options.gym_id = 999;
    assert_false(import(&options));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    assert_int_equal(
        test_number(test_superuser(), "SELECT count(*) FROM clv.dataset WHERE kind = 'import'"), 0);
}

/* ---- Names ---- */

static void a_name_is_taken_once(void **state)
{
    (void)state;
    struct import_options options =
        options_for(FILE_OF("first.csv", "customer,date,amount\na,2026-01-05,1\nb,2026-01-06,2\n"));
    import_well(&options);
    int64_t first = result.dataset_id;
    options.file = FILE_OF("second.csv", "customer,date,amount\nc,2026-03-05,3\n");
    assert_false(import(&options));
    assert_int_equal(error.code, ERROR_CONFLICT);
    assert_int_equal(count_of("fact_transaction"), 2);
    options.replace = true;
    import_well(&options);
    assert_int_equal(result.dataset_id, first);
    assert_int_equal(count_of("fact_transaction"), 1);
    assert_string_equal(test_text(test_superuser(), "SELECT source FROM clv.dataset WHERE name = "
                                                    "'shop'"),
                        "second.csv");
    /* A bad file in its place leaves the good one. */
    options.file = FILE_OF("bad.csv", bad_file);
    assert_false(import(&options));
    assert_int_equal(count_of("fact_transaction"), 1);
    /* Another gym's dataset of that name is another one. */
    options = options_for(FILE_OF("first.csv", "customer,date,amount\na,2026-01-05,1\n"));
    options.gym_id = 2;
    import_well(&options);
    assert_int_not_equal(result.dataset_id, first);
}

static void two_of_one_name_do_not_meet(void **state)
{
    (void)state;
    PGconn *other = PQconnectdb(test_admin());
    test_run(other, "BEGIN");
    test_run(other, "SELECT pg_advisory_xact_lock(hashtext('gymtui dataset'), hashtext('1 shop'))");
    struct import_options options =
        options_for(FILE_OF("good.csv", "customer,date,amount\na,2026-01-05,1\n"));
    assert_false(import(&options));
    assert_int_equal(error.code, ERROR_CONFLICT);
    options.dataset = "another";
    import_well(&options);
    PQfinish(other);
}

/* ---- Killed in the midst of it ---- */

/* At each word of progress in turn: while it reads, checks and loads; at the last one everything is
 * in, and nothing committed. */
static bool die_at(void *owner, const char *phase, double share)
{
    int *left = owner;
    (void)phase;
    (void)share;
    if (--*left == 0)
        raise(SIGKILL);
    return true;
}

static void one_that_was_killed_leaves_nothing(void **state)
{
    (void)state;
    struct import_options options =
        options_for(FILE_OF("good.csv", "customer,date,amount,method\na,2026-01-05,1,Barter\n"));
    int killed = 0;
    for (;; killed++) {
        int left = killed + 1;
        pid_t child = fork();
        if (child == 0) {
            import_run(test_admin(), &options, NULL, die_at, &left, &result, &error);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status))
            break;
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        /* The server ends the session when it sees the closed socket; until then the name is held.
         */
        PGconn *db = test_superuser();
        test_run(db, "SELECT pg_advisory_lock(hashtext('gymtui dataset'), hashtext('1 shop')), "
                     "pg_advisory_unlock(hashtext('gymtui dataset'), hashtext('1 shop'))");
        assert_int_equal(count_of("fact_transaction"), 0);
        assert_int_equal(count_of("dim_customer"), 0);
        assert_int_equal(test_number(db, "SELECT count(*) FROM clv.dataset WHERE kind = 'import'"),
                         0);
        assert_int_equal(test_number(db, "SELECT count(*) FROM clv.dim_payment_method WHERE "
                                         "payment_method_name = 'Barter'"),
                         0);
    }
    /* Reading, checking, loading begun and done; and the one that was left alone is whole. */
    assert_true(killed >= 4);
    assert_int_equal(count_of("fact_transaction"), 1);
}

static bool cancel_soon(void *owner, const char *phase, double share)
{
    (void)owner;
    (void)share;
    return strcmp(phase, "checking") != 0;
}

static void one_that_was_cancelled_leaves_nothing(void **state)
{
    (void)state;
    struct import_options options =
        options_for(FILE_OF("good.csv", "customer,date,amount\na,2026-01-05,1\n"));
    assert_false(import_run(test_admin(), &options, NULL, cancel_soon, NULL, &result, &error));
    assert_int_equal(error.code, ERROR_CANCELLED);
    assert_int_equal(count_of("fact_transaction"), 0);
}

/* ---- What is found out ---- */

static void refresh_well(struct dataset_outcome *outcome)
{
    if (!dataset_refresh(test_admin(), 1, "shop", NULL, NULL, outcome, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}

static uint32_t random_state;

static double draw(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) / 16777216.0;
}

/* 20,000 rows: 2,500 customers who come at their own pace, and stop some day. */
static const char *write_shop(void)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/shop.csv", test_directory());
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("customer,date,amount,method\n", file);
    random_state = 7;
    int32_t begins = date_from_civil(2025, 1, 1), ends = date_from_civil(2026, 6, 30);
    int rows = 0;
    for (int customer = 0; rows < 20000; customer++) {
        double gap = 8 + 60 * draw() * draw(), spend = 10 + 60 * draw(),
               leave = .5 * draw() * draw();
        const char *method = customer % 3 ? "Card" : "Voucher";
        int32_t day = begins + (int32_t)(200 * draw());
        do {
            char iso[16];
            date_format_iso(iso, sizeof iso, day);
            fprintf(file, "c%d,%s,%.2f,%s\n", customer, iso, spend * (.6 + .8 * draw()), method);
            rows++;
            day += 1 + (int32_t)(gap * 2 * draw());
        } while (day <= ends && draw() > leave);
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

static void a_shop_is_fitted_and_scored(void **state)
{
    (void)state;
    struct import_options options = options_for(write_shop());
    struct dataset_outcome outcome;
    import_well(&options);
    assert_true(result.transactions >= 20000);
    refresh_well(&outcome);
    assert_int_equal(outcome.failures, 0);
    assert_int_equal(outcome.customers, result.customers);
    PGconn *db = test_superuser();
    assert_int_equal(test_number(db, "SELECT count(*) FROM clv.model_fit WHERE purpose = 'visits' "
                                     "AND auc > .6 AND holdout_from IS NOT NULL"),
                     3);
    assert_int_equal(
        test_number(db, "SELECT count(*) FROM clv.model_fit WHERE in_use AND purpose = 'visits'"),
        1);
    assert_int_equal(test_number(db, "SELECT count(*) FROM clv.model_fit WHERE purpose = 'spend'"),
                     1);
    /* Every customer is scored and has a value inside its interval. */
    assert_int_equal(test_number(db, "SELECT count(*) FROM clv.clv_prediction WHERE clv_low <= clv "
                                     "AND clv <= clv_high AND p_alive BETWEEN 0 AND 1 AND "
                                     "predicted_customer_type <> '' AND customer_segment <> ''"),
                     result.customers);
    /* The expected number of transactions follows the one that came. */
    assert_int_equal(
        test_number(db,
                    "SELECT count(*) FROM (SELECT max(y) FILTER (WHERE series = 'actual') AS a, "
                    "max(y) FILTER (WHERE series = 'expected') AS e FROM clv.curve_point WHERE "
                    "curve = 'tracking') x WHERE e BETWEEN a * .8 AND a * 1.2"),
        1);
    /* The rules of ANALYTICS.md 1: 90 silent days; of 2: scores as in SQL. */
    assert_int_equal(test_number(db,
                                 "SELECT count(*) FROM clv.dim_customer c JOIN clv.dataset d USING "
                                 "(dataset_id) WHERE d.name = 'shop' AND c.event_observed <> "
                                 "(d.as_of - c.last_transaction_date > 90)"),
                     0);
    assert_int_equal(
        test_number(
            db, "SELECT count(*) FROM (SELECT p.*, count(*) OVER () AS n, rank() OVER (ORDER BY "
                "recency_score DESC) - 1 AS rl, count(*) OVER (PARTITION BY recency_score) AS re, "
                "rank() OVER (ORDER BY frequency_score) - 1 AS fl, count(*) OVER (PARTITION BY "
                "frequency_score) AS fe, rank() OVER (ORDER BY monetary_score) - 1 AS ml, count(*) "
                "OVER (PARTITION BY monetary_score) AS me FROM clv.clv_prediction p) x WHERE r <> "
                "least(5, greatest(1, (5 * (2 * rl + re) + 2 * n - 1) / (2 * n))) OR f <> least(5, "
                "greatest(1, (5 * (2 * fl + fe) + 2 * n - 1) / (2 * n))) OR m <> least(5, "
                "greatest(1, (5 * (2 * ml + me) + 2 * n - 1) / (2 * n)))"),
        0);
}

static void a_fit_that_fails_keeps_the_last_good_one(void **state)
{
    (void)state;
    struct import_options options = options_for(write_shop());
    struct dataset_outcome outcome;
    PGconn *db = test_superuser();
    import_well(&options);
    refresh_well(NULL);
    char before[400], model[64];
    snprintf(before, sizeof before, "%s",
             test_text(db, "SELECT estimates::text FROM clv.model_fit WHERE model = 'BG/NBD'"));
    snprintf(model, sizeof model, "%s", test_text(db, "SELECT max(model) FROM clv.clv_prediction"));
    test_run(db, "UPDATE clv.clv_prediction SET is_campaign1_success = true");
    /* Nobody ever came again: there is nothing to fit to. */
    test_run(db,
             "DELETE FROM clv.fact_transaction f WHERE EXISTS (SELECT FROM clv.fact_transaction "
             "g WHERE g.customer_id = f.customer_id AND g.transaction_id < f.transaction_id)");
    refresh_well(&outcome);
    assert_true(outcome.failures > 0);
    assert_string_not_equal(outcome.failure, "");
    assert_string_equal(
        test_text(db, "SELECT estimates::text FROM clv.model_fit WHERE model = 'BG/NBD'"), before);
    assert_int_equal(test_number(db,
                                 "SELECT count(*) FROM clv.model_fit WHERE model = 'BG/NBD' AND "
                                 "failed_at IS NOT NULL AND failure <> ''"),
                     1);
    assert_int_equal(test_number(db,
                                 "SELECT count(*) FROM clv.clv_prediction WHERE model <> '%s' OR "
                                 "is_campaign1_success IS NOT TRUE OR clv_high IS NULL",
                                 model),
                     0);
}

static void a_contract_ends_when_the_grace_is_over(void **state)
{
    (void)state;
    static const char bills[] = "customer,date,amount\n"
                                "stays,2026-01-05,10\nstays,2026-02-04,10\nstays,2026-03-06,10\n"
                                "stays,2026-04-05,10\nstays,2026-05-05,10\nstays,2026-06-04,10\n"
                                "grace,2026-01-05,10\ngrace,2026-02-04,10\ngrace,2026-03-06,10\n"
                                "grace,2026-04-05,10\n"
                                "left,2026-01-05,10\nleft,2026-02-04,10\nleft,2026-03-06,10\n"
                                "again,2025-01-05,10\nagain,2025-02-04,10\nagain,2026-05-05,10\n"
                                "again,2026-06-04,10\n";
    struct import_options options = options_for(FILE_OF("bills.csv", bills));
    options.has_contract = true;
    import_well(&options);
    struct dataset_outcome outcome;
    refresh_well(&outcome); /* as of 2026-06-04, bills every 30 days */
    assert_string_equal(
        test_text(
            test_superuser(),
            "SELECT string_agg(concat_ws('|', source_key, survival_time, event_observed), ' ' "
            "ORDER BY source_key) FROM clv.dim_customer"),
        "again|30|f grace|120|f left|90|t stays|150|f");
}

static void a_dataset_is_deleted_with_all_of_it(void **state)
{
    (void)state;
    struct import_options options =
        options_for(FILE_OF("good.csv", "customer,date,amount\na,2026-01-05,1\n"));
    import_well(&options);
    assert_false(dataset_delete(test_admin(), 2, "shop", &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    if (!dataset_delete(test_admin(), 1, "shop", &error))
        fail_msg("%s", error.message);
    assert_int_equal(count_of("fact_transaction"), 0);
    assert_int_equal(count_of("dim_customer"), 0);
    assert_false(dataset_refresh(test_admin(), 1, "shop", NULL, NULL, NULL, &error));
    assert_int_equal(error.code, ERROR_NOT_FOUND);
    PGconn *desk = test_connect("north", "desk1");
    assert_string_equal(test_state(desk, "SELECT gym.delete_dataset(NULL, 'shop')"), "42501");
    PQfinish(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_file_becomes_a_dataset, begin),
        cmocka_unit_test_setup(each_bad_row_is_named_and_nothing_is_changed, begin),
        cmocka_unit_test_setup(semicolons_separate_and_a_point_is_not_guessed, begin),
        cmocka_unit_test_setup(the_rest_is_loaded_when_asked_so, begin),
        cmocka_unit_test_setup(a_dry_run_says_all_and_does_nothing, begin),
        cmocka_unit_test_setup(files_of_no_use_are_refused, begin),
        cmocka_unit_test_setup(a_name_is_taken_once, begin),
        cmocka_unit_test_setup(two_of_one_name_do_not_meet, begin),
        cmocka_unit_test_setup(one_that_was_killed_leaves_nothing, begin),
        cmocka_unit_test_setup(one_that_was_cancelled_leaves_nothing, begin),
        cmocka_unit_test_setup(a_shop_is_fitted_and_scored, begin),
        cmocka_unit_test_setup(a_fit_that_fails_keeps_the_last_good_one, begin),
        cmocka_unit_test_setup(a_contract_ends_when_the_grace_is_over, begin),
        cmocka_unit_test_setup(a_dataset_is_deleted_with_all_of_it, begin),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
