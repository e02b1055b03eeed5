/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The notes and coins of a currency, for counting a till. */
#ifndef GYMTUI_BASE_CASH_H
#define GYMTUI_BASE_CASH_H

#include <stdbool.h>

#include "gymtui/base/money.h"

#define CASH_KINDS_MOST 20

/* The notes and coins in circulation of a currency (three letters, "EUR"), largest first; of one
 * that is not known a series that fits most. Returns how many. */
int cash_kinds(const char *currency, money values[CASH_KINDS_MOST]);
/* Whether the currency's own notes and coins are known. */
bool cash_is_known(const char *currency);

#endif
