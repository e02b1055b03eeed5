/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Days and wall-clock times. The database converts between instants and a gym's wall clock; in C
 * a time to show is "local seconds": seconds since 1970-01-01 00:00 on the gym's own wall clock,
 * and a day is days since 1970-01-01 (proleptic Gregorian). Durations are made from instants (UTC
 * seconds), never from wall clocks, so that days of 23 and 25 hours are right.
 */
#ifndef GYMTUI_BASE_DATE_H
#define GYMTUI_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_NONE   INT32_MIN /* no day: SQL NULL */
#define MOMENT_NONE INT64_MIN /* no time: SQL NULL */

struct date_civil {
    int year, month, day; /* month 1–12, day 1–31 */
};

int32_t date_from_civil(int year, int month, int day);
struct date_civil date_to_civil(int32_t day);
int date_days_in_month(int year, int month);
int date_weekday(int32_t day); /* 0 Monday … 6 Sunday */

/* `months` later, the anchor day kept: 31 Jan + 1 → 28 Feb, and with anchor 31, 28 Feb + 1 →
 * 31 Mar. `anchor_day` 0 means the day's own. */
int32_t date_add_months(int32_t day, int months, int anchor_day);

/* Whole years from birth to `on`; 29 February counts on 28 February (DESK.md rule 20). */
int date_age(int32_t birth, int32_t on);
bool date_is_birthday(int32_t birth, int32_t on);

/* "2026-11-21", "21 Nov 2026", "21.11.2026", "21/11/2026". False on anything else or an impossible
 * day. */
bool date_parse(const char *text, int32_t *day);

/* "2026-11-21"; "–" for none, as in all that follow */
void date_format_iso(char *dst, size_t size, int32_t day);
/* "21 Nov", with the year ("21 Nov 2024") when it is over 300 days from `today`; "–" for none */
void date_format_short(char *dst, size_t size, int32_t day, int32_t today);
/* "today", "yesterday", "5 d", "7 wk", "14 mo", "3 y", "in 4 d", "–": how long ago, in at most 9
 * columns */
void date_format_ago(char *dst, size_t size, int32_t day, int32_t today);
/* "18:04" */
void date_format_clock(char *dst, size_t size, int64_t local_seconds);
/* "18:04" today, "21 Nov 18:04" otherwise */
void date_format_moment(char *dst, size_t size, int64_t local_seconds, int32_t today);
/* "0:04", "1:35" hours and minutes */
void date_format_duration(char *dst, size_t size, int64_t seconds);

const char *date_weekday_name(int weekday); /* "Mon" … "Sun" */
const char *date_month_name(int month);     /* "Jan" … "Dec" */

#endif
