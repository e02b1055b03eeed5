/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a file to import: each row of it is good, with a customer, a day and an amount that
 * the database takes, or it has a reason; however the bytes come in pieces; and as a list of
 * members it is a list of objects, or refused.
 */
#include "../../src/worker/import_rows.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/worker/import_members.h"

#define TODAY 20778 /* 2026-11-21 */

struct sum {
    size_t rows, good, bad;
    uint64_t hash; /* of all that was found, in order */
};

static void add(struct sum *sum, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum->hash = (sum->hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
}

static void check_text(const char *text, size_t most)
{
    CHECK(strlen(text) <= most);
    for (size_t used; *text; text += used) {
        uint32_t code;
        used = text_decode(text, &code);
        CHECK(used > 1 || (unsigned char)*text < 0x80);
    }
}

static void check_good(const struct import_row *row, bool customers)
{
    check_text(row->customer, IMPORT_KEY_BYTES);
    CHECK(*row->customer);
    if (customers) {
        CHECK(row->age >= -1 && row->age <= 130);
        check_text(row->gender, IMPORT_NAME_BYTES);
        return;
    }
    CHECK(row->day <= TODAY && row->day >= date_from_civil(1900, 1, 1));
    CHECK(row->amount <= MONEY_LIMIT && row->amount >= -MONEY_LIMIT);
    check_text(row->method, IMPORT_NAME_BYTES);
    check_text(row->transaction, IMPORT_KEY_BYTES);
}

static void read_rows(struct csv *csv, const struct import_places *places, bool customers,
                      struct sum *sum)
{
    struct csv_row row;
    struct import_row good;
    const char *reason = NULL;
    size_t line = 0;
    for (enum csv_result r; (r = csv_read(csv, &row, &reason)) != CSV_END; reason = NULL) {
        if (r == CSV_ROW)
            reason = customers ? import_check_customer(&row, places, &good)
                               : import_check_transaction(&row, places, TODAY, &good);
        CHECK(r == CSV_ROW || (reason && *reason));
        CHECK(row.line >= line); /* a quoted field may hold line ends, so none comes twice */
        line = row.line;
        sum->rows++;
        add(sum, &row.line, sizeof row.line);
        if (reason) {
            sum->bad++;
            add(sum, reason, strlen(reason));
        } else {
            check_good(&good, customers);
            sum->good++;
            add(sum, good.customer, strlen(good.customer));
            add(sum, customers ? (const void *)&good.age : &good.day, sizeof good.day);
        }
    }
    CHECK(sum->good + sum->bad == sum->rows);
}

static struct sum read_file(struct csv *csv, bool customers)
{
    static const char *const usual[IMPORT_COLUMN_COUNT] = {0};
    struct sum sum = {.hash = UINT64_C(14695981039346656037)};
    struct import_places places;
    struct error error = {0};
    CHECK(csv != NULL);
    if (import_read_heading(csv, "file", usual, customers, &places, &error)) {
        for (int i = 0; i < IMPORT_COLUMN_COUNT; i++)
            CHECK(places.at[i] >= -1 && places.at[i] < places.fields);
        read_rows(csv, &places, customers, &sum);
    } else {
        CHECK(error.code == ERROR_INPUT && *error.message);
    }
    csv_close(csv);
    return sum;
}

/* The bytes in pieces of uneven sizes, as parts of a file come. */
struct pieces {
    const char *bytes;
    size_t size, at, turn;
};

static bool give(void *owner, char *bytes, size_t size, size_t *got, struct error *error)
{
    static const size_t sizes[] = {1, 7, 64, 3, 1000, 2, 65536};
    struct pieces *pieces = owner;
    (void)error;
    size_t left = pieces->size - pieces->at, piece = sizes[pieces->turn++ % 7];
    *got = left < piece ? left : piece;
    *got = *got < size ? *got : size;
    if (*got > 0)
        memcpy(bytes, pieces->bytes + pieces->at, *got);
    pieces->at += *got;
    return true;
}

static void check_as(const char *bytes, size_t size, bool customers)
{
    struct pieces pieces = {.bytes = bytes, .size = size};
    struct error error;
    struct sum whole = read_file(csv_open_memory(bytes, size, &error), customers);
    struct sum parts = read_file(csv_open_source(give, &pieces, &error), customers);
    CHECK(whole.rows == parts.rows && whole.good == parts.good && whole.hash == parts.hash);
}

static void check_members(const char *bytes, size_t size)
{
    struct error error = {0};
    int count = 0;
    struct csv *csv = csv_open_memory(bytes, size, &error);
    CHECK(csv != NULL);
    char *json = import_members_json(csv, &count, NULL, NULL, &error);
    csv_close(csv);
    if (!json) {
        CHECK(error.code == ERROR_INPUT && *error.message);
        return;
    }
    size_t length = strlen(json);
    int objects = 0;
    CHECK(count > 0 && length >= 2 && json[0] == '[' && json[length - 1] == ']');
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        CHECK((unsigned char)json[i] >= ' ');
        if (quoted && json[i] == '\\')
            i++;
        else if (json[i] == '"')
            quoted = !quoted;
        else if (!quoted && json[i] == '{')
            objects++;
    }
    CHECK(!quoted && objects == count);
    free(json);
}

/* "customer=Client,date=Day", of which each part points into the text or the whole is refused. */
static void check_map(const char *bytes, size_t size)
{
    char map[400];
    const char *columns[IMPORT_COLUMN_COUNT] = {0};
    struct error error = {0};
    size_t length = size < sizeof map ? size : sizeof map - 1;
    memcpy(map, bytes, length);
    map[length] = '\0';
    if (!import_read_map(map, columns, &error))
        CHECK(*error.message);
    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++)
        CHECK(!columns[i] || (columns[i] > map && columns[i] < map + sizeof map));
}

/* A row of a megabyte is a bad one, and those around it are good. */
static void check_long_row(void)
{
    enum { LONG = 1 << 20 };
    static const char before[] = "customer,date,amount\na,2026-01-05,1\n\"",
                      behind[] = ",2026-01-05,1\nb,2026-01-06,2\n";
    static char file[LONG + sizeof before + sizeof behind];
    struct error error;
    memcpy(file, before, sizeof before - 1);
    memset(file + sizeof before - 1, 'x', LONG);
    memcpy(file + sizeof before - 1 + LONG, behind, sizeof behind - 1);
    size_t size = sizeof before - 1 + LONG + sizeof behind - 1;
    struct sum sum = read_file(csv_open_memory(file, size, &error), false);
    CHECK(sum.rows == 3 && sum.good == 2 && sum.bad == 1);
    check_as(file, size, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char heading[] = "customer,date,amount,method,transaction_id\n";
    static const char people[] = "customer,age,gender\n";
    static const char members[] = "name,email,born,joined,package,starts\n";
    static char file[sizeof heading + ((size_t)1 << 21)];
    static bool began;
    if (!began)
        check_long_row();
    began = true;
    if (size > (size_t)1 << 20)
        return 0;
    check_as((const char *)data, size, false);
    check_map((const char *)data, size);
    /* The same below a good heading, where its rows are looked at. */
    memcpy(file, heading, sizeof heading - 1);
    if (size > 0)
        memcpy(file + sizeof heading - 1, data, size);
    check_as(file, sizeof heading - 1 + size, false);
    memcpy(file, people, sizeof people - 1);
    if (size > 0)
        memcpy(file + sizeof people - 1, data, size);
    check_as(file, sizeof people - 1 + size, true);
    memcpy(file, members, sizeof members - 1);
    if (size > 0)
        memcpy(file + sizeof members - 1, data, size);
    check_members(file, sizeof members - 1 + size);
    return 0;
}
