/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/date.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SECONDS_A_DAY 86400

static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekday_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

/* Both conversions count in eras of 400 years that begin on 1 March, so that the leap day is the
 * last day of its year (E. Reingold and N. Dershowitz, Calendrical Calculations, chapter 2). */
int32_t date_from_civil(int year, int month, int day)
{
    int64_t shifted = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_divide(shifted, 400);
    int64_t year_of_era = shifted - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * 146097 + day_of_era - 719468);
}

struct date_civil date_to_civil(int32_t day)
{
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return (struct date_civil){
        .year = (int)(year_of_era + era * 400) + (month <= 2 ? 1 : 0),
        .month = month,
        .day = (int)(day_of_year - (153 * month_from_march + 2) / 5) + 1,
    };
}

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[(month - 1) % 12];
}

int date_weekday(int32_t day)
{
    int64_t shifted = (int64_t)day + 3; /* 1970-01-01 was a Thursday */
    return (int)(shifted - floor_divide(shifted, 7) * 7);
}

int32_t date_add_months(int32_t day, int months, int anchor_day)
{
    if (day == DATE_NONE)
        return DATE_NONE;
    struct date_civil civil = date_to_civil(day);
    int64_t count = (int64_t)civil.year * 12 + (civil.month - 1) + months;
    int year = (int)floor_divide(count, 12);
    int month = (int)(count - (int64_t)year * 12) + 1;
    int wanted = anchor_day > 0 ? anchor_day : civil.day;
    int last = date_days_in_month(year, month);
    return date_from_civil(year, month, wanted < last ? wanted : last);
}

/* The day a birthday is kept on in `year`: 29 February on the 28th where there is none. */
static int32_t birthday_in(struct date_civil birth, int year)
{
    int last = date_days_in_month(year, birth.month);
    return date_from_civil(year, birth.month, birth.day < last ? birth.day : last);
}

int date_age(int32_t birth, int32_t on)
{
    struct date_civil born = date_to_civil(birth);
    struct date_civil now = date_to_civil(on);
    return now.year - born.year - (on < birthday_in(born, now.year) ? 1 : 0);
}

bool date_is_birthday(int32_t birth, int32_t on)
{
    if (birth == DATE_NONE || on == DATE_NONE)
        return false;
    return on == birthday_in(date_to_civil(birth), date_to_civil(on).year);
}

/* One to `most` digits; false when there is none, or one more. */
static bool take_number(const char **s, int least, int most, int *value)
{
    int taken = 0;
    *value = 0;
    while (taken < most && isdigit((unsigned char)**s)) {
        *value = *value * 10 + (**s - '0');
        (*s)++;
        taken++;
    }
    return taken >= least && !isdigit((unsigned char)**s);
}

/* The first three letters of a month's English name, or the whole of it. */
static bool take_month_name(const char **s, int *month)
{
    static const char *const whole[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    size_t length = 0;
    while (isalpha((unsigned char)(*s)[length]))
        length++;
    for (int i = 0; i < 12; i++) {
        if ((length == 3 || length == strlen(whole[i])) && strncasecmp(*s, whole[i], length) == 0) {
            *month = i + 1;
            *s += length;
            return true;
        }
    }
    return false;
}

bool date_parse(const char *text, int32_t *day)
{
    const char *s = text;
    while (*s == ' ')
        s++;
    int year, month, day_of_month;
    if (strspn(s, "0123456789") == 4) {
        if (!take_number(&s, 4, 4, &year) || *s++ != '-' || !take_number(&s, 1, 2, &month) ||
            *s++ != '-' || !take_number(&s, 1, 2, &day_of_month))
            return false;
    } else {
        if (!take_number(&s, 1, 2, &day_of_month))
            return false;
        char separator = *s++;
        if (separator == '.' || separator == '/') {
            if (!take_number(&s, 1, 2, &month))
                return false;
        } else if (separator != ' ' || !take_month_name(&s, &month)) {
            return false;
        }
        if (*s++ != separator || !take_number(&s, 4, 4, &year))
            return false;
    }
    while (*s == ' ')
        s++;
    if (*s != '\0' || year < 1 || month < 1 || month > 12 || day_of_month < 1 ||
        day_of_month > date_days_in_month(year, month))
        return false;
    *day = date_from_civil(year, month, day_of_month);
    return true;
}

void date_format_iso(char *dst, size_t size, int32_t day)
{
    if (day == DATE_NONE) {
        snprintf(dst, size, "–");
        return;
    }
    struct date_civil civil = date_to_civil(day);
    snprintf(dst, size, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

void date_format_short(char *dst, size_t size, int32_t day, int32_t today)
{
    if (day == DATE_NONE) {
        snprintf(dst, size, "–");
        return;
    }
    struct date_civil civil = date_to_civil(day);
    int64_t distance = (int64_t)day - today;
    if (distance > 300 || distance < -300)
        snprintf(dst, size, "%d %s %d", civil.day, date_month_name(civil.month), civil.year);
    else
        snprintf(dst, size, "%d %s", civil.day, date_month_name(civil.month));
}

void date_format_ago(char *dst, size_t size, int32_t day, int32_t today)
{
    if (day == DATE_NONE) {
        snprintf(dst, size, "–");
        return;
    }
    int64_t days = (int64_t)today - day;
    if (days < 0)
        snprintf(dst, size, "in %" PRId64 " d", -days < 9999 ? -days : (int64_t)9999);
    else if (days == 0)
        snprintf(dst, size, "today");
    else if (days == 1)
        snprintf(dst, size, "yesterday");
    else if (days < 14)
        snprintf(dst, size, "%" PRId64 " d", days);
    else if (days < 92)
        snprintf(dst, size, "%" PRId64 " wk", days / 7);
    else if (days < 730)
        snprintf(dst, size, "%" PRId64 " mo", days * 12 / 365);
    else
        snprintf(dst, size, "%" PRId64 " y", days * 100 / 36525);
}

void date_format_clock(char *dst, size_t size, int64_t local_seconds)
{
    if (local_seconds == MOMENT_NONE) {
        snprintf(dst, size, "–");
        return;
    }
    int64_t second = local_seconds - floor_divide(local_seconds, SECONDS_A_DAY) * SECONDS_A_DAY;
    snprintf(dst, size, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
}

void date_format_moment(char *dst, size_t size, int64_t local_seconds, int32_t today)
{
    char clock[8];
    date_format_clock(clock, sizeof clock, local_seconds);
    int32_t day = (int32_t)floor_divide(local_seconds, SECONDS_A_DAY);
    if (local_seconds == MOMENT_NONE || day == today) {
        snprintf(dst, size, "%s", clock);
        return;
    }
    char short_day[24];
    date_format_short(short_day, sizeof short_day, day, today);
    snprintf(dst, size, "%s %s", short_day, clock);
}

void date_format_duration(char *dst, size_t size, int64_t seconds)
{
    if (seconds == MOMENT_NONE) {
        snprintf(dst, size, "–");
        return;
    }
    int64_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
    snprintf(dst, size, "%s%" PRId64 ":%02d", seconds <= -60 ? "-" : "", minutes / 60,
             (int)(minutes % 60));
}

const char *date_weekday_name(int weekday)
{
    return weekday >= 0 && weekday < 7 ? weekday_names[weekday] : "?";
}

const char *date_month_name(int month)
{
    return month >= 1 && month <= 12 ? month_names[month - 1] : "?";
}
