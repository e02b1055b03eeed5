/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members a campaign is for, out of a file: a number a line, or a CSV file with a column
 * "number", as the pages and `gymtui export` write it. */
#ifndef GYMTUI_CLI_CAMPAIGN_LIST_H
#define GYMTUI_CLI_CAMPAIGN_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct campaign_list {
    int64_t *members; /* without doubles, rising */
    int count;
};

/* "-" is standard input. False: *error names the line. Freed in every case. */
bool campaign_list_read(const char *path, struct campaign_list *list, struct error *error);
void campaign_list_free(struct campaign_list *list);

#endif
