/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing what a page shows to a CSV file: asks for the file's name, lets the page read page after
 * page, and says how many rows it wrote. */
#ifndef GYMTUI_SCREENS_ANALYTICS_EXPORT_H
#define GYMTUI_SCREENS_ANALYTICS_EXPORT_H

#include "analytics_pages.h"
#include "gymtui/base/save.h"

struct analytics_export {
    const struct screen_context *context;
    void (*next)(void *owner); /* reads the first rows, or those after the last ones */
    void *owner;
    const char *const *columns; /* ends with NULL */
    struct save save;
    bool is_open;
    bool is_first; /* no cell in this row yet */
    int64_t rows;
};

/* `stem` of the proposed name: "Can't Lose" → ~/cant-lose-2026-11-21.csv. */
void analytics_export_ask(struct analytics_export *export_, const struct screen_context *context,
                          const char *stem, const char *const *columns, void (*next)(void *owner),
                          void *owner);
/* Cell after cell of a row, then its end. */
void analytics_export_text(struct analytics_export *export_, const char *text);
void analytics_export_number(struct analytics_export *export_, double value, int decimals);
void analytics_export_count(struct analytics_export *export_, int64_t value);
void analytics_export_day(struct analytics_export *export_, int32_t day);
void analytics_export_row(struct analytics_export *export_);
/* That was all, or reading failed (`error`). */
void analytics_export_finish(struct analytics_export *export_, const struct error *error);
/* For the page's close: leaves no half a file. */
void analytics_export_drop(struct analytics_export *export_);

#endif
