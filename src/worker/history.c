/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ids are kept once in one block of bytes and found by an open-addressing table; events go into a
 * growing array and are put in order by a counting sort over customers, then by day within each.
 */
#include "gymtui/worker/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/worker/csv.h"

struct reader {
    struct history *history;
    size_t event_room, id_room, id_used, customer_room;
    size_t *id_at;   /* offset of each customer's id */
    uint32_t *table; /* customer + 1; 0: free */
    size_t table_size;
    bool no_memory;
};

static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

static bool grow(void **array, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return true;
    size_t more = *room ? *room * 2 : 1024;
    if (more < need)
        more = need;
    void *bigger = realloc(*array, more * size);
    if (!bigger)
        return false;
    *array = bigger;
    *room = more;
    return true;
}

static const char *id_of(const struct reader *reader, uint32_t customer)
{
    return reader->id_at ? reader->history->id_bytes + reader->id_at[customer] : "";
}

static bool table_grow(struct reader *reader)
{
    size_t size = reader->table_size ? reader->table_size * 2 : 4096;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < reader->history->customers; i++) {
        size_t at = hash_text(id_of(reader, (uint32_t)i)) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(reader->table);
    reader->table = table;
    reader->table_size = size;
    return true;
}

/* The customer's index; a new one when not seen before. UINT32_MAX: no memory. */
static uint32_t find_customer(struct reader *reader, const char *id)
{
    struct history *history = reader->history;
    if (history->customers * 2 >= reader->table_size && !table_grow(reader))
        return UINT32_MAX;
    if (!reader->table) /* table_grow made it */
        return UINT32_MAX;
    size_t at = hash_text(id) & (reader->table_size - 1);
    for (; reader->table[at]; at = (at + 1) & (reader->table_size - 1))
        if (strcmp(id_of(reader, reader->table[at] - 1), id) == 0)
            return reader->table[at] - 1;
    size_t length = strlen(id) + 1;
    if (history->customers >= UINT32_MAX - 1 ||
        !grow((void **)&history->id_bytes, &reader->id_room, reader->id_used + length, 1) ||
        !grow((void **)&reader->id_at, &reader->customer_room, history->customers + 1,
              sizeof *reader->id_at))
        return UINT32_MAX;
    memcpy(history->id_bytes + reader->id_used, id, length);
    reader->id_at[history->customers] = reader->id_used;
    reader->id_used += length;
    reader->table[at] = (uint32_t)++history->customers;
    return (uint32_t)history->customers - 1;
}

static int find_column(const struct csv_row *heading, const char *wanted, const char *const *usual)
{
    if (wanted)
        return csv_column(heading, wanted);
    for (; *usual; usual++) {
        int at = csv_column(heading, *usual);
        if (at >= 0)
            return at;
    }
    return -1;
}

struct places {
    int customer, date, amount;
};

static bool read_heading(struct csv *csv, const struct history_columns *columns,
                         struct places *places, struct error *error)
{
    static const char *const customers[] = {"customer_id", "customer", "id", "cust", NULL};
    static const char *const dates[] = {"date", "day", "transaction_date", NULL};
    static const char *const amounts[] = {"amount", "value", "price", "spend", "total", NULL};
    struct csv_row row;
    const char *reason = "the file is empty";
    enum csv_result result = csv_read(csv, &row, &reason);
    if (csv_failed(csv, error))
        return false;
    if (result != CSV_ROW)
        return error_set(error, ERROR_INPUT, "The first line must name the columns.",
                         "no heading: %s", reason);
    places->customer = find_column(&row, columns->customer, customers);
    places->date = find_column(&row, columns->date, dates);
    places->amount = find_column(&row, columns->amount, amounts);
    const char *missing = places->customer < 0                    ? "customer"
                          : places->date < 0                      ? "date"
                          : columns->amount && places->amount < 0 ? "amount"
                                                                  : NULL;
    if (missing)
        return error_set(error, ERROR_INPUT,
                         "Say which column it is: --customer, --date, --amount.",
                         "the heading has no column for the %s", missing);
    return true;
}

/* NULL: taken; else why not. */
static const char *take_row(struct reader *reader, const struct csv_row *row,
                            const struct places *places)
{
    struct history *history = reader->history;
    int most = places->customer > places->date ? places->customer : places->date;
    if (places->amount > most)
        most = places->amount;
    if (row->count <= most)
        return "too few fields";
    const char *id = row->field[places->customer];
    struct history_event event = {0};
    if (*id == '\0')
        return "no customer";
    if (!date_parse(row->field[places->date], &event.day))
        return "the date cannot be read; write it as 2026-11-21";
    if (places->amount >= 0 && !csv_number(row->field[places->amount], &event.amount))
        return "the amount is not a number";
    event.customer = find_customer(reader, id);
    if (event.customer == UINT32_MAX || !grow((void **)&history->event, &reader->event_room,
                                              history->events + 1, sizeof *history->event)) {
        reader->no_memory = true;
        return "not enough memory";
    }
    history->event[history->events++] = event;
    return NULL;
}

static int by_day(const void *a, const void *b)
{
    const struct history_event *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

/* Events by customer and day; one a day; `first` filled. */
static bool put_in_order(struct history *history)
{
    size_t n = history->customers;
    history->first = calloc(n + 2, sizeof *history->first);
    struct history_event *sorted = malloc((history->events + 1) * sizeof *sorted);
    if (!history->first || !sorted) {
        free(sorted);
        return false;
    }
    size_t *next = history->first + 1; /* shifted by one while it is being filled */
    for (size_t i = 0; i < history->events; i++)
        next[history->event[i].customer]++;
    /* next[c] counts customer c; turn counts into starts, one place further on. */
    size_t start = 0;
    for (size_t c = 0; c < n; c++) {
        size_t here = next[c];
        next[c] = start;
        start += here;
    }
    for (size_t i = 0; i < history->events; i++)
        sorted[next[history->event[i].customer]++] = history->event[i];
    /* Now next[c] is where customer c ends, so first[c] (= next[c − 1]) is where c begins. */
    history->first[0] = 0;
    size_t out = 0;
    for (size_t c = 0, begin = 0; c < n; c++) {
        size_t end = next[c];
        qsort(sorted + begin, end - begin, sizeof *sorted, by_day);
        size_t own = out;
        for (size_t i = begin; i < end; i++) {
            if (out > own && sorted[out - 1].day == sorted[i].day)
                sorted[out - 1].amount += sorted[i].amount;
            else
                sorted[out++] = sorted[i];
        }
        history->first[c] = own;
        begin = end;
        next[c] = out; /* the beginning of customer c + 1 */
    }
    history->first[n] = out;
    free(history->event);
    history->event = sorted;
    history->events = out;
    return true;
}

static bool make_ids(struct reader *reader)
{
    struct history *history = reader->history;
    history->id = malloc((history->customers + 1) * sizeof *history->id);
    if (!history->id)
        return false;
    for (size_t i = 0; reader->id_at && i < history->customers; i++)
        history->id[i] = history->id_bytes + reader->id_at[i];
    return true;
}

static bool read_rows(struct csv *csv, struct reader *reader, const struct places *places,
                      history_bad_fn *on_bad, void *owner, struct error *error)
{
    struct history *history = reader->history;
    struct csv_row row;
    const char *reason = NULL;
    for (enum csv_result r; (r = csv_read(csv, &row, &reason)) != CSV_END && !reader->no_memory;) {
        history->rows++;
        if (r == CSV_ROW)
            reason = take_row(reader, &row, places);
        if (reason) {
            history->bad++;
            if (on_bad)
                on_bad(owner, row.line, reason);
        }
        reason = NULL;
    }
    if (csv_failed(csv, error))
        return false;
    if (reader->no_memory)
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory after %zu rows", history->rows);
    if (history->events == 0)
        return error_set(error, ERROR_INPUT, "Give a file with transactions below its heading.",
                         "no row could be used");
    return true;
}

bool history_read(const char *path, const struct history_columns *columns, history_bad_fn *on_bad,
                  void *owner, struct history *history, struct error *error)
{
    *history = (struct history){0};
    struct reader reader = {.history = history};
    struct places places = {-1, -1, -1};
    struct csv *csv = csv_open(path, error);
    if (!csv)
        return false;
    bool fine = read_heading(csv, columns, &places, error) &&
                read_rows(csv, &reader, &places, on_bad, owner, error);
    csv_close(csv);
    if (fine && !(put_in_order(history) && make_ids(&reader)))
        fine = error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory for %zu transactions", history->events);
    free(reader.table);
    free(reader.id_at);
    if (!fine) {
        history_free(history);
        return false;
    }
    history->has_amount = places.amount >= 0;
    history->first_day = INT32_MAX;
    history->last_day = INT32_MIN;
    for (size_t i = 0; i < history->events; i++) {
        if (history->event[i].day < history->first_day)
            history->first_day = history->event[i].day;
        if (history->event[i].day > history->last_day)
            history->last_day = history->event[i].day;
    }
    return true;
}

void history_free(struct history *history)
{
    free(history->event);
    free(history->first);
    free(history->id);
    free(history->id_bytes);
    *history = (struct history){0};
}

bool history_summarise(const struct history *history, int32_t until, double days_per_unit,
                       struct history_summary *s, struct error *error)
{
    size_t n = history->customers + 1;
    *s = (struct history_summary){
        .customer = malloc(n * sizeof *s->customer),
        .x = malloc(n * sizeof *s->x),
        .t_x = malloc(n * sizeof *s->t_x),
        .T = malloc(n * sizeof *s->T),
        .mean = malloc(n * sizeof *s->mean),
    };
    if (!s->customer || !s->x || !s->t_x || !s->T || !s->mean) {
        history_summary_free(s);
        return error_set(error, ERROR_SYSTEM, "Close other programs, or use a larger machine.",
                         "not enough memory for %zu customers", history->customers);
    }
    for (size_t c = 0; c < history->customers; c++) {
        const struct history_event *own = history->event + history->first[c];
        size_t count = history->first[c + 1] - history->first[c], seen = 0;
        double sum = 0;
        for (; seen < count && own[seen].day <= until; seen++)
            sum += seen ? own[seen].amount : 0;
        if (seen == 0)
            continue;
        size_t to = s->count++;
        s->customer[to] = (uint32_t)c;
        s->x[to] = (uint32_t)(seen - 1);
        s->t_x[to] = (own[seen - 1].day - own[0].day) / days_per_unit;
        s->T[to] = (until - own[0].day) / days_per_unit;
        s->mean[to] = seen > 1 ? sum / (double)(seen - 1) : 0;
    }
    if (s->count == 0) {
        history_summary_free(s);
        return error_set(error, ERROR_INPUT, "Give a later date.",
                         "no customer has a transaction by that date");
    }
    return true;
}

void history_summary_free(struct history_summary *s)
{
    free(s->customer);
    free(s->x);
    free(s->t_x);
    free(s->T);
    free(s->mean);
    *s = (struct history_summary){0};
}

uint32_t history_count(const struct history *history, uint32_t customer, int32_t after,
                       int32_t until)
{
    uint32_t count = 0;
    for (size_t i = history->first[customer]; i < history->first[customer + 1]; i++)
        count += history->event[i].day > after && history->event[i].day <= until;
    return count;
}
