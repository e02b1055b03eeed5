/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/cash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_currency_has_its_own_notes_and_coins(void **state)
{
    (void)state;
    money values[CASH_KINDS_MOST];
    assert_int_equal(cash_kinds("EUR", values), 15);
    assert_int_equal(values[0], 50000);
    assert_int_equal(values[14], 1);
    assert_int_equal(cash_kinds("USD", values), 12);
    assert_int_equal(values[8], 25);
    assert_int_equal(cash_kinds("AMD", values), 13);
    assert_int_equal(values[12], 1000);
    assert_true(cash_is_known("CHF"));
}

static void an_unknown_one_can_be_counted_too(void **state)
{
    (void)state;
    money values[CASH_KINDS_MOST];
    assert_false(cash_is_known("XTS"));
    int count = cash_kinds("XTS", values);
    assert_true(count >= 10);
    assert_int_equal(values[count - 1], 1); /* so that every sum can be made */
}

static void they_go_down_and_never_run_over(void **state)
{
    (void)state;
    static const char *const all[] = {"EUR", "GBP", "USD", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK",
                                      "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "UAH", "GEL",
                                      "AMD", "JPY", "INR", "BRL", "ZAR", "AED", "???"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        money values[CASH_KINDS_MOST];
        int count = cash_kinds(all[i], values);
        assert_in_range(count, 5, CASH_KINDS_MOST);
        for (int k = 0; k < count; k++)
            assert_true(values[k] > 0 && (k == 0 || values[k] < values[k - 1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_currency_has_its_own_notes_and_coins),
        cmocka_unit_test(an_unknown_one_can_be_counted_too),
        cmocka_unit_test(they_go_down_and_never_run_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
