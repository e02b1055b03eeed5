/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fits and curves, gathered to be stored at once: each column of the rows to come is an array, as
 * PostgreSQL reads one, so that however many fits there are it is one statement for them and one
 * for those that failed; and one deletes the curves of before, and one COPY takes all points.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/worker/value.h"

#define NUMBER_BYTES 32
#define LIST_BYTES   (FIT_PARAMETERS * FIT_PARAMETERS * 26 + 3)

/* An array in the making: {"one","two",NULL. */
struct list {
    char *text;
    size_t used, room;
};

enum { FIT_COLUMNS = 18, FAILURE_COLUMNS = 6, SERIES_COLUMNS = 2 };

/* Points of a series, of those of all. */
struct series {
    char *curve, *name;
    size_t first, count;
};

struct value_book {
    struct value_dataset dataset;
    struct list fits[FIT_COLUMNS], failures[FAILURE_COLUMNS];
    struct list stale[SERIES_COLUMNS]; /* curve and series; NULL: all of the curve */
    size_t fit_count, failure_count, stale_count;
    struct series *series;
    size_t series_count, series_room;
    struct value_point *points;
    size_t point_count, point_room;
    bool is_full; /* no memory: what was written is not whole */
};

struct value_book *value_book_new(const struct value_dataset *dataset, struct error *error)
{
    struct value_book *book = calloc(1, sizeof *book);
    if (!book)
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    else
        book->dataset = *dataset;
    return book;
}

static void free_lists(struct list *lists, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lists[i].text);
}

void value_book_free(struct value_book *book)
{
    if (!book)
        return;
    free_lists(book->fits, FIT_COLUMNS);
    free_lists(book->failures, FAILURE_COLUMNS);
    free_lists(book->stale, SERIES_COLUMNS);
    for (size_t i = 0; i < book->series_count; i++) {
        free(book->series[i].curve);
        free(book->series[i].name);
    }
    free(book->series);
    free(book->points);
    free(book);
}

/* ---- Arrays ---- */

static bool has_room(struct value_book *book, struct list *list, size_t bytes)
{
    if (book->is_full || list->used + bytes <= list->room)
        return !book->is_full;
    size_t room = list->room ? list->room * 2 : 256;
    while (room < list->used + bytes)
        room *= 2;
    char *grown = realloc(list->text, room);
    book->is_full = !grown;
    if (!grown)
        return false;
    list->text = grown;
    list->room = room;
    return true;
}

/* An element that needs no quotes: a number, or NULL. */
static void put_plain(struct value_book *book, struct list *list, const char *value)
{
    size_t length = strlen(value);
    if (!has_room(book, list, length + 3))
        return;
    list->text[list->used] = list->used ? ',' : '{';
    memcpy(list->text + list->used + 1, value, length + 1);
    list->used += length + 1;
}

static void put_text(struct value_book *book, struct list *list, const char *value)
{
    if (!value) {
        put_plain(book, list, "NULL");
        return;
    }
    if (!has_room(book, list, 2 * strlen(value) + 5))
        return;
    char *at = list->text + list->used;
    *at++ = list->used ? ',' : '{';
    *at++ = '"';
    for (const char *from = value; *from; from++) {
        if (*from == '"' || *from == '\\')
            *at++ = '\\';
        *at++ = *from;
    }
    *at++ = '"';
    *at = '\0';
    list->used = (size_t)(at - list->text);
}

/* As PostgreSQL reads and writes a double precision, to the last bit. */
static const char *number(char *dst, size_t size, double value)
{
    if (isfinite(value))
        snprintf(dst, size, "%.17g", value);
    else
        snprintf(dst, size, "%s", isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return dst;
}

/* NULL where it is no number. */
static void put_number(struct value_book *book, struct list *list, double value)
{
    char text[NUMBER_BYTES];
    put_plain(book, list, isfinite(value) ? number(text, sizeof text, value) : "NULL");
}

static void put_count(struct value_book *book, struct list *list, int64_t value)
{
    char text[NUMBER_BYTES];
    snprintf(text, sizeof text, "%" PRId64, value);
    put_plain(book, list, text);
}

/* The whole array, closed. */
static const char *text_of(const struct list *list)
{
    if (!list->used)
        return "{}";
    list->text[list->used] = '}'; /* has_room leaves two bytes for it */
    list->text[list->used + 1] = '\0';
    return list->text;
}

/* ---- Fits ---- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void put_holdout(struct value_book *book, struct list *columns,
                        const struct value_fit *about)
{
    const struct measure *measure = about->holdout;
    bool is_held_out = measure && about->holdout_from != DATE_NONE;
    char day[16];
    if (is_held_out)
        date_format_iso(day, sizeof day, about->holdout_from);
    put_text(book, &columns[0], is_held_out ? day : NULL);
    put_number(book, &columns[1], is_held_out ? measure->auc : NAN);
    put_number(book, &columns[2], is_held_out ? measure->log_loss : NAN);
    put_number(book, &columns[3], is_held_out ? measure->calibration_error : NAN);
    put_number(book, &columns[4], is_held_out ? measure->worst_tenth : NAN);
}

static void put_numbers(struct value_book *book, struct list *column, char *scratch,
                        const double *values, size_t count)
{
    char one[NUMBER_BYTES];
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(scratch + used, LIST_BYTES - used, "%s%s", i ? "," : "{",
                                 number(one, sizeof one, values[i]));
    snprintf(scratch + used, LIST_BYTES - used, "%s", used ? "}" : "{}");
    put_text(book, column, scratch);
}

void value_book_fit(struct value_book *book, const struct value_fit *about, const struct fit *fit)
{
    char day[16], scratch[LIST_BYTES];
    double square[FIT_PARAMETERS * FIT_PARAMETERS];
    size_t count = (size_t)fit->count;
    struct list *column = book->fits, names = {0};
    for (size_t i = 0; i < count; i++) {
        put_text(book, &names, fit->name[i]);
        for (size_t j = 0; j < count; j++)
            square[i * count + j] = fit->covariance[i][j];
    }
    date_format_iso(day, sizeof day, about->fitted_on);
    put_text(book, column++, about->purpose);
    put_text(book, column++, about->model);
    put_text(book, column++, or_empty(about->subject));
    put_text(book, column++, text_of(&names));
    free(names.text);
    put_numbers(book, column++, scratch, fit->value, count);
    put_numbers(book, column++, scratch, fit->standard_error, count);
    put_numbers(book, column++, scratch, square, count * count);
    put_number(book, column++, fit->log_likelihood);
    put_count(book, column++, (int64_t)fit->observations);
    put_count(book, column++, fit->iterations);
    put_text(book, column++, or_empty(about->time_unit));
    put_plain(book, column++, about->in_use ? "true" : "false");
    put_text(book, column++, day);
    put_holdout(book, column, about);
    book->fit_count++;
}

void value_book_failure(struct value_book *book, const struct value_fit *about,
                        const struct error *why)
{
    char day[16];
    date_format_iso(day, sizeof day, about->fitted_on);
    put_text(book, &book->failures[0], about->purpose);
    put_text(book, &book->failures[1], about->model);
    put_text(book, &book->failures[2], or_empty(about->subject));
    put_text(book, &book->failures[3], or_empty(about->time_unit));
    put_text(book, &book->failures[4], day);
    put_text(book, &book->failures[5], why->message);
    book->failure_count++;
}

void value_book_test(struct value_book *book, const char *subject, int32_t fitted_on,
                     const struct survival_test *test, size_t observations)
{
    const struct value_fit about = {
        .purpose = "test", .model = "log-rank", .subject = subject, .fitted_on = fitted_on};
    const struct fit fit = {.count = 3,
                            .name = {"chi_square", "degrees", "p_value"},
                            .value = {test->chi_square, test->degrees, test->p_value},
                            .log_likelihood = NAN,
                            .converged = true,
                            .observations = observations};
    value_book_fit(book, &about, &fit);
}

/* ---- Curves ---- */

static void put_stale(struct value_book *book, const char *curve, const char *series)
{
    put_text(book, &book->stale[0], curve);
    put_text(book, &book->stale[1], series);
    book->stale_count++;
}

void value_book_drop_curve(struct value_book *book, const char *curve)
{
    put_stale(book, curve, NULL);
}

/* Room for `more` elements behind `count`; false: no memory. */
static bool grow(struct value_book *book, void **elements, size_t *room, size_t count, size_t more,
                 size_t size)
{
    if (count + more <= *room)
        return true;
    size_t wanted = *room ? 2 * *room : 64;
    while (wanted < count + more)
        wanted *= 2;
    void *grown = realloc(*elements, wanted * size);
    book->is_full = book->is_full || !grown;
    if (!grown)
        return false;
    *elements = grown;
    *room = wanted;
    return true;
}

void value_book_points(struct value_book *book, const char *curve, const char *series,
                       const struct value_point *points, size_t count)
{
    void *all = book->points, *rows = book->series;
    put_stale(book, curve, series);
    bool fits = grow(book, &all, &book->point_room, book->point_count, count, sizeof *points);
    book->points = all;
    fits =
        fits && grow(book, &rows, &book->series_room, book->series_count, 1, sizeof(struct series));
    book->series = rows;
    if (!fits)
        return;
    struct series *row = &book->series[book->series_count++];
    *row = (struct series){strdup(curve), strdup(series), book->point_count, count};
    book->is_full = book->is_full || !row->curve || !row->name;
    if (count > 0)
        memcpy(book->points + book->point_count, points, count * sizeof *points);
    book->point_count += count;
}

/* ---- Into the database ---- */

/* A statement over arrays: the gym, the dataset, and the columns. */
static bool run(const struct value_book *book, struct bulk *bulk, const char *statement,
                const struct list *columns, int count, struct error *error)
{
    char gym[24], dataset[24];
    const char *values[2 + FIT_COLUMNS] = {gym, dataset};
    snprintf(gym, sizeof gym, "%" PRId64, book->dataset.gym_id);
    snprintf(dataset, sizeof dataset, "%" PRId64, book->dataset.dataset_id);
    for (int i = 0; i < count; i++)
        values[2 + i] = text_of(&columns[i]);
    return bulk_named(bulk, statement, 2 + count, values, NULL, 0, error);
}

static void put_or_null(struct bulk *bulk, double value)
{
    if (isfinite(value))
        bulk_float8(bulk, value);
    else
        bulk_null(bulk);
}

static void put_points(const struct value_book *book, const struct series *series,
                       struct bulk *bulk)
{
    for (size_t i = 0; i < series->count; i++) {
        const struct value_point *point = &book->points[series->first + i];
        bulk_row(bulk, 9);
        bulk_int64(bulk, book->dataset.gym_id);
        bulk_int64(bulk, book->dataset.dataset_id);
        bulk_text_field(bulk, series->curve);
        bulk_text_field(bulk, series->name);
        bulk_float8(bulk, point->x);
        bulk_float8(bulk, point->y);
        put_or_null(bulk, point->low);
        put_or_null(bulk, point->high);
        if (point->n < 0)
            bulk_null(bulk);
        else
            bulk_int64(bulk, point->n);
    }
}

static bool store_points(const struct value_book *book, struct bulk *bulk, struct error *error)
{
    if (book->point_count == 0)
        return true;
    if (!bulk_begin(bulk, "clv.curve_point (gym_id, dataset_id, curve, series, x, y, low, high, n)",
                    error))
        return false;
    for (size_t i = 0; i < book->series_count; i++)
        put_points(book, &book->series[i], bulk);
    return bulk_end(bulk, NULL, error);
}

bool value_book_store(const struct value_book *book, struct bulk *bulk, struct error *error)
{
    if (book->is_full)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    return (book->fit_count == 0 ||
            run(book, bulk, "value_store_fits", book->fits, FIT_COLUMNS, error)) &&
           (book->failure_count == 0 ||
            run(book, bulk, "value_store_failures", book->failures, FAILURE_COLUMNS, error)) &&
           (book->stale_count == 0 ||
            run(book, bulk, "value_remove_series", book->stale, SERIES_COLUMNS, error)) &&
           store_points(book, bulk, error);
}
