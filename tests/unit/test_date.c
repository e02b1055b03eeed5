/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void days_and_calendar_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int32_t day = -200000; day <= 200000; day++) {
        time_t seconds = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&seconds, &tm);
        struct date_civil civil = date_to_civil(day);
        if (civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 ||
            civil.day != tm.tm_mday || date_weekday(day) != (tm.tm_wday + 6) % 7 ||
            date_from_civil(civil.year, civil.month, civil.day) != day)
            fail_msg("day %d", (int)day);
    }
}

static void february_knows_the_centuries(void **state)
{
    (void)state;
    assert_int_equal(date_days_in_month(2024, 2), 29);
    assert_int_equal(date_days_in_month(2023, 2), 28);
    assert_int_equal(date_days_in_month(2000, 2), 29);
    assert_int_equal(date_days_in_month(1900, 2), 28);
    assert_int_equal(date_days_in_month(2026, 12), 31);
}

static void assert_added(const char *from, int months, int anchor, const char *expected)
{
    int32_t day;
    char text[16];
    assert_true(date_parse(from, &day));
    date_format_iso(text, sizeof text, date_add_months(day, months, anchor));
    assert_string_equal(text, expected);
}

/* DESK.md rule 9: 31 Jan → 28 Feb → 31 Mar. */
static void a_renewal_keeps_its_anchor_day(void **state)
{
    (void)state;
    assert_added("2026-01-31", 1, 0, "2026-02-28");
    assert_added("2026-02-28", 1, 31, "2026-03-31");
    assert_added("2026-03-31", 1, 31, "2026-04-30");
    assert_added("2026-02-28", 1, 0, "2026-03-28");
    assert_added("2023-12-31", 2, 31, "2024-02-29");
    assert_added("2024-02-29", 12, 29, "2025-02-28");
    assert_added("2025-02-28", 36, 29, "2028-02-29");
    assert_added("2026-11-15", 2, 0, "2027-01-15");
    assert_added("2026-01-15", -1, 0, "2025-12-15");
    assert_added("2026-03-31", -1, 31, "2026-02-28");
    assert_int_equal(date_add_months(DATE_NONE, 1, 0), DATE_NONE);
}

static int32_t day_of(const char *text)
{
    int32_t day = DATE_NONE;
    assert_true(date_parse(text, &day));
    return day;
}

/* DESK.md rule 20: 29 February birthdays show on 28 February. */
static void a_birthday_on_29_february_is_kept_on_the_28th(void **state)
{
    (void)state;
    int32_t birth = day_of("2008-02-29");
    assert_false(date_is_birthday(birth, day_of("2023-02-27")));
    assert_true(date_is_birthday(birth, day_of("2023-02-28")));
    assert_false(date_is_birthday(birth, day_of("2023-03-01")));
    assert_false(date_is_birthday(birth, day_of("2024-02-28")));
    assert_true(date_is_birthday(birth, day_of("2024-02-29")));
    assert_int_equal(date_age(birth, day_of("2024-02-28")), 15);
    assert_int_equal(date_age(birth, day_of("2024-02-29")), 16);
    assert_int_equal(date_age(birth, day_of("2025-02-27")), 16);
    assert_int_equal(date_age(birth, day_of("2025-02-28")), 17);
    assert_int_equal(date_age(day_of("1990-11-21"), day_of("2026-11-20")), 35);
    assert_int_equal(date_age(day_of("1990-11-21"), day_of("2026-11-21")), 36);
    assert_false(date_is_birthday(DATE_NONE, birth));
}

static void days_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const char *const good[] = {"2026-11-21", "21 Nov 2026",  "21.11.2026",
                                       "21/11/2026", " 2026-11-21 ", "21 november 2026",
                                       "21 NOV 2026"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (day_of(good[i]) != date_from_civil(2026, 11, 21))
            fail_msg("%s", good[i]);
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-11",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-02-29",
                                      "2026-02-30",
                                      "31.04.2026",
                                      "0000-01-01",
                                      "21.11.26",
                                      "21-11-2026",
                                      "2026/11/21",
                                      "21.11/2026",
                                      "21 Nov",
                                      "Nov 21 2026",
                                      "2026-11-21x",
                                      "2026-11-211",
                                      "21 Novem 2026",
                                      "tomorrow",
                                      "32 Jan 2026",
                                      "1 . 1 . 2026",
                                      "-1-1-1",
                                      "20261121",
                                      "2026-11-21 10:00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int32_t day = 4711;
        if (date_parse(bad[i], &day) || day != 4711)
            fail_msg("%s", bad[i]);
    }
}

static void assert_ago(int32_t days_back, const char *expected)
{
    char text[16];
    int32_t today = day_of("2026-11-21");
    date_format_ago(text, sizeof text, days_back == DATE_NONE ? DATE_NONE : today - days_back,
                    today);
    assert_string_equal(text, expected);
}

static void how_long_ago_is_said_in_few_words(void **state)
{
    (void)state;
    assert_ago(0, "today");
    assert_ago(1, "yesterday");
    assert_ago(5, "5 d");
    assert_ago(49, "7 wk");
    assert_ago(430, "14 mo");
    assert_ago(3 * 366, "3 y");
    assert_ago(-4, "in 4 d");
    assert_ago(-100000, "in 9999 d");
    assert_ago(DATE_NONE, "–");
}

static void days_and_times_are_shown_short(void **state)
{
    (void)state;
    char text[40];
    int32_t today = day_of("2026-11-21");
    date_format_short(text, sizeof text, day_of("2026-03-05"), today);
    assert_string_equal(text, "5 Mar");
    date_format_short(text, sizeof text, day_of("2024-11-21"), today);
    assert_string_equal(text, "21 Nov 2024");
    date_format_short(text, sizeof text, DATE_NONE, today);
    assert_string_equal(text, "–");

    int64_t evening = (int64_t)today * 86400 + 65099; /* 18:04:59 */
    date_format_clock(text, sizeof text, evening);
    assert_string_equal(text, "18:04");
    date_format_moment(text, sizeof text, evening, today);
    assert_string_equal(text, "18:04");
    date_format_moment(text, sizeof text, evening - 86400, today);
    assert_string_equal(text, "20 Nov 18:04");
    date_format_moment(text, sizeof text, MOMENT_NONE, today);
    assert_string_equal(text, "–");
    date_format_clock(text, sizeof text, -60); /* the evening before 1970 */
    assert_string_equal(text, "23:59");

    date_format_duration(text, sizeof text, 299);
    assert_string_equal(text, "0:04");
    date_format_duration(text, sizeof text, 5700);
    assert_string_equal(text, "1:35");
    date_format_duration(text, sizeof text, 90000);
    assert_string_equal(text, "25:00");
    date_format_duration(text, sizeof text, -90);
    assert_string_equal(text, "-0:01");
}

static void names_outside_the_calendar_are_harmless(void **state)
{
    (void)state;
    assert_string_equal(date_weekday_name(0), "Mon");
    assert_string_equal(date_weekday_name(6), "Sun");
    assert_string_equal(date_weekday_name(7), "?");
    assert_string_equal(date_month_name(1), "Jan");
    assert_string_equal(date_month_name(0), "?");
    assert_string_equal(date_month_name(13), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_calendar_agree_with_the_c_library),
        cmocka_unit_test(february_knows_the_centuries),
        cmocka_unit_test(a_renewal_keeps_its_anchor_day),
        cmocka_unit_test(a_birthday_on_29_february_is_kept_on_the_28th),
        cmocka_unit_test(days_are_read_as_people_write_them),
        cmocka_unit_test(how_long_ago_is_said_in_few_words),
        cmocka_unit_test(days_and_times_are_shown_short),
        cmocka_unit_test(names_outside_the_calendar_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
