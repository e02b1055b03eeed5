/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Purchase or visit histories read from a file of transactions, and the summaries that the models
 * take: repeat transactions x, time of the last one t_x, observation T, mean amount of the repeat
 * ones. Transactions of one customer on one day are one, their amounts added up.
 */
#ifndef GYMTUI_WORKER_HISTORY_H
#define GYMTUI_WORKER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gymtui/base/error.h"

struct history_event {
    uint32_t customer; /* index into ids, in order of first appearance in the file */
    int32_t day;
    double amount; /* 0 where the file has none */
};

struct history {
    size_t customers, events; /* events sorted by customer, day; at most one a day */
    struct history_event *event;
    size_t *first;  /* customers + 1: where each customer's events begin */
    char **id;      /* as in the file */
    char *id_bytes; /* holds all ids */
    int32_t first_day, last_day;
    size_t rows, bad; /* rows read without the heading; rows refused */
    bool has_amount;
};

/* Which columns to read; NULL: the usual names (customer_id customer id cust, date day
 * transaction_date, amount value price spend total). A column asked for must be there. */
struct history_columns {
    const char *customer, *date, *amount;
};

/* Called for each row refused: line and reason. */
typedef void history_bad_fn(void *owner, size_t line, const char *reason);

/* Reads the file ("-": standard input). The caller frees with history_free. */
bool history_read(const char *path, const struct history_columns *columns, history_bad_fn *on_bad,
                  void *owner, struct history *history, struct error *error);
void history_free(struct history *history);

/* Summaries as of a day: customers whose first transaction is on or before it. */
struct history_summary {
    size_t count;
    uint32_t *customer; /* index in the history */
    uint32_t *x;
    double *t_x, *T;
    double *mean; /* of repeat transactions; 0 where x is 0 */
};
/* `days_per_unit` 1 or 7. The caller frees with history_summary_free. */
bool history_summarise(const struct history *history, int32_t until, double days_per_unit,
                       struct history_summary *summary, struct error *error);
void history_summary_free(struct history_summary *summary);

/* Transaction days of a customer in (after, until]. */
uint32_t history_count(const struct history *history, uint32_t customer, int32_t after,
                       int32_t until);

#endif
