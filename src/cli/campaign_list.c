/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "campaign_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/worker/csv.h"

#define LIST_MOST 20000000

static bool read_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    while (*text == ' ')
        text++;
    *number = strtoll(text, &end, 10);
    while (*end == ' ')
        end++;
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *number > 0;
}

static bool append(struct campaign_list *list, int64_t number, struct error *error)
{
    /* Room is doubled when the count is a power of two. */
    if ((list->count & (list->count - 1)) == 0) {
        size_t room = list->count > 0 ? (size_t)list->count * 2 : 1;
        int64_t *more =
            list->count < LIST_MOST ? realloc(list->members, room * sizeof *list->members) : NULL;
        if (more == NULL)
            return error_set(error, ERROR_SYSTEM, NULL, "The list is too long for the memory");
        list->members = more;
    }
    list->members[list->count++] = number;
    return true;
}

static int by_number(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

static void drop_doubles(struct campaign_list *list)
{
    int kept = 0;
    if (list->count == 0)
        return;
    qsort(list->members, (size_t)list->count, sizeof *list->members, by_number);
    for (int i = 0; i < list->count; i++)
        if (i == 0 || list->members[i] != list->members[i - 1])
            list->members[kept++] = list->members[i];
    list->count = kept;
}

static bool read_rows(struct csv *csv, const char *path, struct campaign_list *list,
                      struct error *error)
{
    struct csv_row row;
    const char *reason = "";
    int column = 0;
    for (bool first = true;; first = false) {
        int64_t number;
        switch (csv_read(csv, &row, &reason)) {
        case CSV_END:
            return !csv_failed(csv, error);
        case CSV_BAD:
            return error_set(error, ERROR_INPUT, NULL, "%s, line %zu: %s", path, row.line, reason);
        case CSV_ROW:
            break;
        }
        if (first && !read_number(row.field[0], &number)) {
            column = csv_column(&row, "number");
            if (column < 0)
                return error_set(error, ERROR_INPUT,
                                 "A number a line is wanted, or a column “number”.",
                                 "%s has no column “number”", path);
            continue;
        }
        if (column >= row.count || !read_number(row.field[column], &number))
            return error_set(error, ERROR_INPUT, NULL, "%s, line %zu: “%s” is no member's number",
                             path, row.line, column < row.count ? row.field[column] : "");
        if (!append(list, number, error))
            return false;
    }
}

bool campaign_list_read(const char *path, struct campaign_list *list, struct error *error)
{
    struct csv *csv = csv_open(path, error);
    bool done = csv != NULL && read_rows(csv, path, list, error);
    csv_close(csv);
    drop_doubles(list);
    if (done && list->count == 0)
        done = error_set(error, ERROR_INPUT, NULL, "%s names no member", path);
    return done;
}

void campaign_list_free(struct campaign_list *list)
{
    free(list->members);
    *list = (struct campaign_list){0};
}
