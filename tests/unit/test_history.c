/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of transactions as people have them: quotes, byte-order marks, bad rows, days twice. */
#include "gymtui/worker/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "gymtui/worker/csv.h"
#include "model_support.h"

static void rows_are_read_as_rfc_4180_says(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF"
                               "a,b,c\r\n"
                               "1,\"x\"\"y\",3\n"
                               "\n"
                               "\"multi\nline\",,\"\"\r\n"
                               "last,row,here";
    struct csv *csv = csv_open_memory(text, sizeof text - 1, NULL);
    struct csv_row row;
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_int_equal(row.count, 3);
    assert_string_equal(row.field[0], "a");
    assert_int_equal(csv_column(&row, "C"), 2);
    assert_int_equal(csv_column(&row, "d"), -1);
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_string_equal(row.field[1], "x\"y");
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_int_equal(row.line, 4);
    assert_string_equal(row.field[0], "multi\nline");
    assert_string_equal(row.field[2], "");
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_int_equal(row.line, 6);
    assert_string_equal(row.field[2], "here");
    assert_int_equal(csv_read(csv, &row, NULL), CSV_END);
    csv_close(csv);
}

/* What spreadsheets write where the comma is the decimal sign, and what is copied out of them. */
static void the_heading_tells_what_separates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fields[3];
    } files[] = {
        {"customer;date;amount\nc1;2026-01-31;19,90\n", {"c1", "2026-01-31", "19,90"}},
        {"\"Name, first\";date;amount\n\"a;b\";2;3\n", {"a;b", "2", "3"}},
        {"\xEF\xBB\xBF\r\nid\tday\tspend\r\n1\t2\t3,4;5\r\n", {"1", "2", "3,4;5"}},
        {"Kunde;1,day,amount\nx;y,2,3\n", {"x;y", "2", "3"}}, /* a comma is one wherever it is */
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct csv *csv = csv_open_memory(files[i].text, strlen(files[i].text), NULL);
        struct csv_row row;
        assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
        assert_int_equal(row.count, 3);
        assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
        assert_int_equal(row.count, 3);
        for (int j = 0; j < 3; j++)
            assert_string_equal(row.field[j], files[i].fields[j]);
        assert_int_equal(csv_read(csv, &row, NULL), CSV_END);
        csv_close(csv);
    }
    static const char alone[] = "number\n10001; Ada\n";
    struct csv *csv = csv_open_memory(alone, sizeof alone - 1, NULL);
    struct csv_row row;
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
    assert_string_equal(row.field[0], "10001; Ada");
    csv_close(csv);
}

static void utf_16_is_told_by_its_name(void **state)
{
    (void)state;
    static const char little[] = "\xFF\xFE"
                                 "a\0,\0b\0\n\0",
                      big[] = "\xFE\xFF"
                              "\0a\0,\0b\0\n";
    const char *const files[] = {little, big};
    for (int i = 0; i < 2; i++) {
        const char *reason = NULL;
        struct csv *csv = csv_open_memory(files[i], sizeof little - 1, NULL);
        struct csv_row row;
        assert_int_equal(csv_read(csv, &row, &reason), CSV_BAD);
        assert_non_null(strstr(reason, "UTF-16"));
        while (csv_read(csv, &row, &reason) != CSV_END)
            continue;
        csv_close(csv);
    }
}

static void a_folder_is_no_file(void **state)
{
    (void)state;
    struct error error;
    assert_null(csv_open("/", &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(strstr(error.message, "is a folder"));
}

/* Its last row might be half of one. Larger than what is read at once. */
static void a_file_that_grows_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/gymtui-grows-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    for (int i = 0; i < 100000; i++)
        fprintf(file, "%d,row\n", i);
    fprintf(file, "100000,r");
    fflush(file);
    for (int grows = 0; grows < 2; grows++) {
        struct error error = {0};
        struct csv_row row;
        struct csv *csv = csv_open(path, NULL);
        assert_int_equal(csv_read(csv, &row, NULL), CSV_ROW);
        if (grows) {
            fprintf(file, "ow\n");
            fflush(file);
        }
        while (csv_read(csv, &row, NULL) != CSV_END)
            continue;
        assert_int_equal(csv_failed(csv, &error), grows);
        assert_true(!grows || strstr(error.message, "changed while it was read"));
        csv_close(csv);
    }
    fclose(file);
    unlink(path);
}

static void a_missing_quote_costs_one_line(void **state)
{
    (void)state;
    size_t size = 0;
    char *text = NULL;
    FILE *file = open_memstream(&text, &size);
    fputs("a,b\n\"never closed,1\n", file);
    for (int i = 0; i < 50000; i++)
        fprintf(file, "%d,x\n", i);
    fclose(file);
    struct csv *csv = csv_open_memory(text, size, NULL);
    struct csv_row row;
    const char *reason = NULL;
    int good = 0, bad = 0;
    for (enum csv_result r; (r = csv_read(csv, &row, &reason)) != CSV_END;) {
        if (r == CSV_ROW) {
            good++;
            continue;
        }
        bad++;
        assert_int_equal(row.line, 2);
        assert_non_null(strstr(reason, "quote"));
    }
    assert_int_equal(bad, 1);
    assert_int_equal(good, 50001);
    csv_close(csv);
    free(text);
}

static void numbers_are_only_numbers(void **state)
{
    (void)state;
    double value;
    assert_true(csv_number(" 12.5 ", &value) && value == 12.5);
    assert_true(csv_number("-1e3", &value) && value == -1000);
    static const char *const refused[] = {"",    " ",   "12x", "0x10",  "inf", "nan",
                                          "1,2", "1 2", "--1", "1e999", "e",   "."};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (csv_number(refused[i], &value))
            fail_msg("\"%s\" was taken for %g", refused[i], value);
}

struct told {
    int count;
    size_t line[16];
    char reason[16][80];
};

static void tell(void *owner, size_t line, const char *reason)
{
    struct told *told = owner;
    assert_true(told->count < 16);
    told->line[told->count] = line;
    snprintf(told->reason[told->count++], sizeof told->reason[0], "%s", reason);
}

static const char *write_file(const char *text)
{
    static char path[64];
    strcpy(path, "/tmp/gymtui-history-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    return path;
}

static void transactions_become_summaries(void **state)
{
    (void)state;
    const char *path = write_file("customer_id,date,amount\n"
                                  "b,1997-01-15,10.00\n"
                                  "a,1997-01-01,5.00\n"
                                  "b,1997-03-12,7.00\n"
                                  "a,1997-01-22,20.00\n"
                                  "a,1997-01-22,4.00\n" /* the same day: one, 24.00 */
                                  "b,1997-01-29,30.00\n"
                                  "c,1997-12-24,1.00\n");
    struct told told = {0};
    struct history history;
    struct history_summary summary;
    struct error error = {0};
    assert_true(history_read(path, &(struct history_columns){0}, tell, &told, &history, &error));
    unlink(path);
    assert_int_equal(told.count, 0);
    assert_int_equal(history.customers, 3);
    assert_int_equal(history.events, 6);
    assert_string_equal(history.id[0], "b");
    int32_t until = date_from_civil(1997, 2, 5);
    assert_true(history_summarise(&history, until, 7, &summary, &error));
    assert_int_equal(summary.count, 2); /* c came later */
    assert_int_equal(summary.x[0], 1);
    assert_close(summary.t_x[0], 2, 0, 0);
    assert_close(summary.T[0], 3, 0, 0);
    assert_close(summary.mean[0], 30, 0, 0);
    assert_int_equal(summary.x[1], 1);
    assert_close(summary.mean[1], 24, 0, 0);
    assert_int_equal(history_count(&history, 0, until, until + 365), 1);
    assert_int_equal(history_count(&history, 2, until, until + 365), 1);
    history_summary_free(&summary);
    history_free(&history);
}

static void bad_rows_are_named_and_nothing_else_is_lost(void **state)
{
    (void)state;
    const char *path = write_file("Date,Cust,Value\n"
                                  "1997-01-01,a,5\n"
                                  "1997-02-30,a,5\n"
                                  "yesterday,a,5\n"
                                  "1997-01-02,,5\n"
                                  "1997-01-03,a,five\n"
                                  "1997-01-04\n"
                                  "1997-01-05,a,\"5\n"
                                  "1997-01-06,a,6\n");
    static const struct {
        size_t line;
        const char *reason;
    } expected[] = {{3, "the date cannot be read; write it as 2026-11-21"},
                    {4, "the date cannot be read; write it as 2026-11-21"},
                    {5, "no customer"},
                    {6, "the amount is not a number"},
                    {7, "too few fields"},
                    {8, "a quote is never closed"}};
    struct told told = {0};
    struct history history;
    struct error error = {0};
    assert_true(history_read(path, &(struct history_columns){0}, tell, &told, &history, &error));
    unlink(path);
    assert_int_equal(told.count, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(told.line[i], expected[i].line);
        assert_string_equal(told.reason[i], expected[i].reason);
    }
    assert_int_equal(history.rows, 8);
    assert_int_equal(history.bad, 6);
    assert_int_equal(history.events, 2);
    history_free(&history);
}

static void files_that_cannot_be_used_say_why(void **state)
{
    (void)state;
    struct history history;
    struct error error = {0};
    const struct history_columns usual = {0}, other = {.customer = "member"};
    assert_false(history_read("/nowhere/at/all.csv", &usual, NULL, NULL, &history, &error));
    assert_non_null(strstr(error.message, "cannot open /nowhere/at/all.csv"));
    const char *path = write_file("");
    assert_false(history_read(path, &usual, NULL, NULL, &history, &error));
    assert_string_equal(error.message, "no heading: the file is empty");
    unlink(path);
    path = write_file("customer,date\na,1997-01-01\n");
    assert_false(history_read(path, &other, NULL, NULL, &history, &error));
    assert_string_equal(error.message, "the heading has no column for the customer");
    unlink(path);
    path = write_file("customer,date\n");
    assert_false(history_read(path, &usual, NULL, NULL, &history, &error));
    assert_string_equal(error.message, "no row could be used");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_rfc_4180_says),
        cmocka_unit_test(the_heading_tells_what_separates),
        cmocka_unit_test(utf_16_is_told_by_its_name),
        cmocka_unit_test(a_folder_is_no_file),
        cmocka_unit_test(a_file_that_grows_is_refused),
        cmocka_unit_test(a_missing_quote_costs_one_line),
        cmocka_unit_test(numbers_are_only_numbers),
        cmocka_unit_test(transactions_become_summaries),
        cmocka_unit_test(bad_rows_are_named_and_nothing_else_is_lost),
        cmocka_unit_test(files_that_cannot_be_used_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
