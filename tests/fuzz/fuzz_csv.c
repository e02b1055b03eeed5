/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a CSV file: reading ends, rows are whole texts in order, and what we write ourselves
 * comes back as it was. */
#include "fuzz.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/worker/csv.h"

static void check_row(const struct csv_row *row, size_t size)
{
    CHECK(row->count >= 1 && row->count <= CSV_FIELDS);
    size_t bytes = 0;
    for (int i = 0; i < row->count; i++) {
        double value;
        bytes += strlen(row->field[i]);
        if (csv_number(row->field[i], &value))
            CHECK(isfinite(value));
    }
    CHECK(bytes <= size);
    int column = csv_column(row, "name");
    CHECK(column >= -1 && column < row->count);
}

static void check_reading(const char *bytes, size_t size)
{
    struct error error = {0};
    struct csv *csv = csv_open_memory(bytes, size, &error);
    CHECK(csv != NULL);
    size_t rows = 0, line = 0;
    for (;;) {
        struct csv_row row = {0};
        const char *reason = NULL;
        enum csv_result result = csv_read(csv, &row, &reason);
        if (result == CSV_END)
            break;
        CHECK(++rows <= size + 1);
        CHECK(row.line >= line && row.line >= 1 && row.line <= size + 1);
        line = row.line;
        if (result == CSV_BAD)
            CHECK(reason != NULL && *reason != '\0');
        else
            check_row(&row, size);
    }
    CHECK(!csv_failed(csv, &error));
    csv_close(csv);
}

/* A row of two cells: the text, cleaned as it is before it is stored, and a fixed one. */
static void check_round_trip(const char *bytes, size_t size)
{
    static char name[2001], clean[6100], cell[12300], line[12400];
    size_t length = size < sizeof name ? size : sizeof name - 1;
    memcpy(name, bytes, length);
    name[length] = '\0';
    text_clean(clean, sizeof clean, name);
    text_csv_cell(cell, sizeof cell, clean);
    int written = snprintf(line, sizeof line, "%s,end\r\n", cell);

    struct error error = {0};
    struct csv *csv = csv_open_memory(line, (size_t)written, &error);
    CHECK(csv != NULL);
    struct csv_row row = {0};
    CHECK(csv_read(csv, &row, NULL) == CSV_ROW && row.count == 2);
    const char *field = row.field[0];
    if (*field == '\'' && *clean != '\'')
        field++; /* the guard against formulas */
    CHECK(strcmp(field, clean) == 0);
    CHECK(strcmp(row.field[1], "end") == 0);
    CHECK(csv_read(csv, &row, NULL) == CSV_END);
    csv_close(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    check_reading((const char *)data, size);
    check_round_trip((const char *)data, size);
    return 0;
}
