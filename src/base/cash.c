/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/cash.h"

#include <string.h>

/* In hundredths, largest first, ended by 0. What central banks put out and shops take; coins that
 * are no longer made but still are in drawers are there too. */
static const struct {
    const char *currency;
    money values[CASH_KINDS_MOST];
} known[] = {
    {"EUR", {50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
    {"GBP", {5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
    {"USD", {10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1}},
    {"CAD", {10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5}},
    {"AUD", {10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5}},
    {"NZD", {10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10}},
    {"CHF", {100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5}},
    {"SEK", {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100}},
    {"NOK", {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100}},
    {"DKK", {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50}},
    {"PLN", {50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
    {"CZK", {500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100}},
    {"HUF", {2000000, 1000000, 500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500}},
    {"RON", {50000, 20000, 10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1}},
    {"BGN", {10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1}},
    {"TRY", {20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25, 10, 5}},
    {"UAH", {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 10}},
    {"GEL", {20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5}},
    {"AMD",
     {10000000, 5000000, 2000000, 1000000, 500000, 200000, 100000, 50000, 20000, 10000, 5000, 2000,
      1000}},
    {"JPY", {1000000, 500000, 200000, 100000, 50000, 10000, 5000, 1000, 500, 100}},
    {"INR", {50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100}},
    {"BRL", {20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5}},
    {"ZAR", {20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10}},
    {"AED", {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100, 50, 25}},
};

static const money usual[CASH_KINDS_MOST] = {100000, 50000, 20000, 10000, 5000, 2000, 1000, 500,
                                             200,    100,   50,    20,    10,   5,    2,    1};

static const money *find(const char *currency)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].currency, currency) == 0)
            return known[i].values;
    return NULL;
}

bool cash_is_known(const char *currency)
{
    return find(currency) != NULL;
}

int cash_kinds(const char *currency, money values[CASH_KINDS_MOST])
{
    const money *found = find(currency);
    int count = 0;
    if (found == NULL)
        found = usual;
    while (count < CASH_KINDS_MOST && found[count] != 0) {
        values[count] = found[count];
        count++;
    }
    return count;
}
