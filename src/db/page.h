/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list read page by page: its call asks for one row more than wanted, to know whether the
 * direction goes on, and rows before the anchor come in the other order.
 */
#ifndef GYMTUI_DB_PAGE_H
#define GYMTUI_DB_PAGE_H

#include "decode.h"
#include "lane.h"

/* For struct parameters.note; the statement's LIMIT is limit + 1. */
unsigned page_note(int limit, bool is_before);

struct page {
    int count;
    bool more;
    bool is_before;
};
struct page page_of(const struct call *call, const PGresult *result);
/* Where the row that came as number i stands on the page. */
int page_place(const struct page *page, int i);

#endif
