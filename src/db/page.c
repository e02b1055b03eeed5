/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

unsigned page_note(int limit, bool is_before)
{
    return (unsigned)limit * 2 + is_before;
}

struct page page_of(const struct call *call, const PGresult *result)
{
    int limit = (int)(call->note / 2), fetched = PQntuples(result);
    return (struct page){.count = fetched > limit ? limit : fetched,
                         .more = fetched > limit,
                         .is_before = call->note & 1};
}

int page_place(const struct page *page, int i)
{
    return page->is_before ? page->count - 1 - i : i;
}
