/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the import: which columns a file has, and what is wrong with a row. */
#ifndef GYMTUI_WORKER_IMPORT_ROWS_H
#define GYMTUI_WORKER_IMPORT_ROWS_H

#include "gymtui/base/money.h"
#include "gymtui/worker/csv.h"
#include "gymtui/worker/import.h"

/* Where each column stands; −1: nowhere. */
struct import_places {
    int at[IMPORT_COLUMN_COUNT];
    bool has_semicolons; /* between the fields: a point may group thousands */
    int fields;          /* of the heading */
};

/* Reads the heading. `customers`: that of the second file. */
bool import_read_heading(struct csv *csv, const char *file, const char *const *columns,
                         bool customers, struct import_places *places, struct error *error);

struct import_row {
    const char *customer, *method, *transaction; /* "": none */
    int32_t day;
    money amount;
    int age;            /* −1: not known */
    const char *gender; /* "": not known */
};

/* NULL: it is good, and *out points into the row; else the reason, static text. */
const char *import_check_transaction(const struct csv_row *row, const struct import_places *places,
                                     int32_t today, struct import_row *out);
const char *import_check_customer(const struct csv_row *row, const struct import_places *places,
                                  struct import_row *out);

#endif
