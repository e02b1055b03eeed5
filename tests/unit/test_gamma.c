/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lnΓ, ψ and ψ′ at the values that the handbooks give, and by their recurrences between them. */
#include "gymtui/model/gamma.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EULER              .577215664901532861
#define assert_near(a, b)  assert_true(fabs((a) - (b)) <= 4e-15 * (1 + fabs(b)))
#define assert_close(a, b) assert_true(fabs((a) - (b)) <= 1e-12 * (1 + fabs(b)))

static void the_values_of_the_handbooks_come_out(void **state)
{
    (void)state;
    struct gamma_values one = gamma_at(1), half = gamma_at(.5), ten = gamma_at(10);
    assert_near(one.log, 0.0);
    assert_near(one.psi, -EULER);
    assert_near(one.psi1, M_PI * M_PI / 6);
    assert_near(half.log, log(M_PI) / 2);
    assert_near(half.psi, -EULER - 2 * M_LN2);
    assert_near(half.psi1, M_PI * M_PI / 2);
    assert_near(ten.log, log(362880));
    assert_near(ten.psi, -EULER + 7129. / 2520);
    assert_near(ten.psi1, M_PI * M_PI / 6 - 9778141. / 6350400);
}

static void a_step_of_one_is_the_recurrence(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        double x = 1e-3 * pow(1.07, i);
        struct gamma_values here = gamma_at(x), next = gamma_at(x + 1);
        assert_close(next.log, here.log + log(x));
        assert_close(here.psi, next.psi - 1 / x);
        assert_close(here.psi1, next.psi1 + 1 / (x * x));
    }
}

static void the_logarithm_is_the_libraries(void **state)
{
    (void)state;
    for (int i = 0; i < 280; i++) {
        double x = 1e-6 * pow(1.13, i);
        assert_close(gamma_at(x).log, lgamma(x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_values_of_the_handbooks_come_out),
        cmocka_unit_test(a_step_of_one_is_the_recurrence),
        cmocka_unit_test(the_logarithm_is_the_libraries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
