/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What receipts and reports of the till say, as text of PAPER_COLUMNS columns: what slips of 80 mm
 * hold, and what is read easily on a screen of 40. Lines end with \n.
 */
#ifndef GYMTUI_SCREENS_PAPER_TEXT_H
#define GYMTUI_SCREENS_PAPER_TEXT_H

#include "gymtui/db/session.h"
#include "gymtui/db/till.h"

#define PAPER_COLUMNS 40
#define PAPER_SIZE    12288

void paper_write_receipt(char *dst, size_t size, const struct receipt *receipt);
/* A till that was closed. */
void paper_write_till(char *dst, size_t size, const struct till_report *report,
                      const struct session *session);
/* The day's report; `now_local`: when it was made. */
void paper_write_day(char *dst, size_t size, const struct till_day *day,
                     const struct session *session, int64_t now_local);

/* "1.00 too little", "5.00 too much", "agrees". */
void paper_difference(char *dst, size_t size, money counted, money expected);
/* "Day pass" for a kind of transaction as the database has it. */
const char *paper_kind_name(const char *kind);

#endif
