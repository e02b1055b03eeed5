/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Money: whole hundredths of the gym's currency. numeric(12,2) in the database, never a double. */
#ifndef GYMTUI_BASE_MONEY_H
#define GYMTUI_BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t money; /* hundredths */

#define MONEY_LIMIT INT64_C(999999999999) /* 9,999,999,999.99 as numeric(12,2) holds */

/* "39", "39.5", "39.00", "39,00", "1,234.50", "-5". False on anything else, or out of range. */
bool money_parse(const char *text, money *amount);
/* "1,234.50"; "-5.00" */
void money_format(char *dst, size_t size, money amount);
/* "1234.50" for SQL, CSV and JSON */
void money_format_plain(char *dst, size_t size, money amount);
/* "1,235": rounded to the whole unit, for large figures on analytics pages */
void money_format_whole(char *dst, size_t size, money amount);

#endif
