/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing arrays of a batch. */
#include "simulate_parts.h"

#include <stdlib.h>
#include <string.h>

static void *append(struct sim_batch *batch, void **rows, size_t *count, size_t *room, size_t size)
{
    if (batch->out_of_memory)
        return NULL;
    if (*count == *room) {
        size_t wanted = *room ? *room * 2 : 256;
        void *grown = realloc(*rows, wanted * size);
        if (!grown) {
            batch->out_of_memory = true;
            return NULL;
        }
        *rows = grown;
        *room = wanted;
    }
    void *row = (char *)*rows + *count * size;
    memset(row, 0, size);
    (*count)++;
    return row;
}

#define APPENDER(kind)                                                                             \
    struct sim_##kind *rows_##kind(struct sim_batch *batch)                                        \
    {                                                                                              \
        void *rows = batch->kind##s;                                                               \
        struct sim_##kind *row =                                                                   \
            append(batch, &rows, &batch->kind##_count, &batch->kind##_room, sizeof *row);          \
        batch->kind##s = rows;                                                                     \
        return row;                                                                                \
    }

APPENDER(member)
APPENDER(term)
APPENDER(freeze)
APPENDER(charge)
APPENDER(payment)
APPENDER(visit)
APPENDER(denial)
APPENDER(contact)

void rows_reset(struct sim_batch *batch)
{
    batch->member_count = batch->term_count = batch->freeze_count = batch->charge_count = 0;
    batch->payment_count = batch->visit_count = batch->denial_count = batch->contact_count = 0;
    batch->out_of_memory = false;
}

void sim_batch_free(struct sim_batch *batch)
{
    free(batch->members);
    free(batch->terms);
    free(batch->freezes);
    free(batch->charges);
    free(batch->payments);
    free(batch->visits);
    free(batch->denials);
    free(batch->contacts);
    memset(batch, 0, sizeof *batch);
}

static int compare_visits(const void *a, const void *b)
{
    const struct sim_visit *x = a, *y = b;
    if (x->in != y->in)
        return x->in < y->in ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

/* A payment with its place before sorting, so that equal times keep their order. */
struct placed {
    struct sim_payment payment;
    int place;
};

static int compare_payments(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->payment.at != y->payment.at)
        return x->payment.at < y->payment.at ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static bool sort_payments(struct sim_batch *batch)
{
    size_t count = batch->payment_count;
    struct placed *placed = calloc(count ? count : 1, sizeof *placed);
    int *moved_to = calloc(count ? count : 1, sizeof *moved_to);
    bool done = placed && moved_to;
    if (done) {
        for (size_t i = 0; i < count; i++)
            placed[i] = (struct placed){batch->payments[i], (int)i};
        qsort(placed, count, sizeof *placed, compare_payments);
        for (size_t i = 0; i < count; i++) {
            batch->payments[i] = placed[i].payment;
            moved_to[placed[i].place] = (int)i;
        }
        for (size_t i = 0; i < count; i++)
            if (batch->payments[i].refunds >= 0)
                batch->payments[i].refunds = moved_to[batch->payments[i].refunds];
    }
    free(placed);
    free(moved_to);
    return done;
}

bool rows_sort(struct sim_batch *batch)
{
    if (batch->visit_count > 1)
        qsort(batch->visits, batch->visit_count, sizeof *batch->visits, compare_visits);
    return sort_payments(batch);
}
