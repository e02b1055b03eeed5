/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every thing is done once, however many there are and whoever does it. */
#include "gymtui/base/ranges.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MOST 1000

struct done {
    int times[MOST];
    pthread_t by[MOST];
};

static void count_each(void *owner, size_t first, size_t end)
{
    struct done *done = owner;
    for (size_t i = first; i < end; i++) {
        done->times[i]++;
        done->by[i] = pthread_self();
    }
}

static void each_is_done_once(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 3, 5, 64, 999, MOST};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct done done;
        memset(&done, 0, sizeof done);
        ranges_run(counts[c], 2, count_each, &done);
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(done.times[i], i < counts[c] ? 1 : 0);
    }
}

static void few_are_done_by_who_asks(void **state)
{
    (void)state;
    struct done done;
    memset(&done, 0, sizeof done);
    ranges_run(MOST, MOST + 1, count_each, &done);
    for (size_t i = 0; i < MOST; i++)
        assert_true(done.times[i] == 1 && pthread_equal(done.by[i], pthread_self()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_done_once),
        cmocka_unit_test(few_are_done_by_who_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
