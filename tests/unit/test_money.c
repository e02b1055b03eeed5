/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void what_people_type_for_a_price_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        money amount;
    } cases[] = {
        {"39", 3900},
        {"39.5", 3950},
        {"39.00", 3900},
        {"39,00", 3900},
        {"39,5", 3950},
        {"0.05", 5},
        {"-5", -500},
        {"-0.01", -1},
        {" 12.30 ", 1230},
        {"007", 700},
        {"1,234", 123400},
        {"1,234.50", 123450},
        {"1,234,567.89", 123456789},
        {"12,345", 1234500},
        {"9999999999.99", MONEY_LIMIT},
        {"9,999,999,999.99", MONEY_LIMIT},
        {"-9999999999.99", -MONEY_LIMIT},
        {"00000000000000000000000000000001", 100},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        money amount = -77;
        if (!money_parse(cases[i].text, &amount) || amount != cases[i].amount)
            fail_msg("\"%s\" gives %lld", cases[i].text, (long long)amount);
    }
}

static void anything_else_is_refused_and_leaves_the_amount(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",      " ",        "-",        "abc",    "39 EUR",         "39.",
        ".5",    "39.005",   "39,0000",  "1,23,4", "1234,567",       "1.234,50",
        "1,2.5", "--5",      "+5",       "- 5",    "10000000000",    "99999999999999999999999999",
        "5e3",   "0x10",     "１２",     "5\n",    "12,34,567",      "1,234,5",
        "1 234", "39.0\x1b", "1,234,56", "NaN",    "9999999999.999", ",5",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        money amount = -77;
        if (money_parse(cases[i], &amount) || amount != -77)
            fail_msg("\"%s\" is taken for %lld", cases[i], (long long)amount);
    }
}

static void assert_shown(money amount, const char *full, const char *plain, const char *whole)
{
    char text[40];
    money_format(text, sizeof text, amount);
    assert_string_equal(text, full);
    money_format_plain(text, sizeof text, amount);
    assert_string_equal(text, plain);
    money_format_whole(text, sizeof text, amount);
    assert_string_equal(text, whole);
}

static void money_is_shown_in_three_ways(void **state)
{
    (void)state;
    assert_shown(0, "0.00", "0.00", "0");
    assert_shown(5, "0.05", "0.05", "0");
    assert_shown(-5, "-0.05", "-0.05", "0");
    assert_shown(-50, "-0.50", "-0.50", "-1");
    assert_shown(99999, "999.99", "999.99", "1,000");
    assert_shown(123450, "1,234.50", "1234.50", "1,235");
    assert_shown(-500, "-5.00", "-5.00", "-5");
    assert_shown(MONEY_LIMIT, "9,999,999,999.99", "9999999999.99", "10,000,000,000");
    assert_shown(INT64_MIN, "-92,233,720,368,547,758.08", "-92233720368547758.08",
                 "-92,233,720,368,547,758");
}

static void what_is_shown_can_be_read_again(void **state)
{
    (void)state;
    for (money amount = -250000; amount <= 250000; amount += 37) {
        char text[40];
        money again = 0;
        money_format(text, sizeof text, amount);
        assert_true(money_parse(text, &again) && again == amount);
        money_format_plain(text, sizeof text, amount);
        assert_true(money_parse(text, &again) && again == amount);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_type_for_a_price_is_read),
        cmocka_unit_test(anything_else_is_refused_and_leaves_the_amount),
        cmocka_unit_test(money_is_shown_in_three_ways),
        cmocka_unit_test(what_is_shown_can_be_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
