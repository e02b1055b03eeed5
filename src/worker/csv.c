/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over the bytes, through a window that always holds the row being read from its first
 * byte on. After a bad row the reader goes back to it and on behind its first line, so that one
 * missing quote costs a line and not the file.
 */
#include "gymtui/worker/csv.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define INPUT_BYTES ((size_t)4 * CSV_ROW_BYTES)
#define RAW_BYTES   (2 * CSV_ROW_BYTES + CSV_FIELDS) /* of a row as it stands, quotes doubled */

struct csv {
    FILE *file;        /* NULL: memory, or a source */
    struct stat about; /* the file as it was when it was opened */
    csv_source_fn *source;
    void *owner;
    bool is_standard;  /* do not close */
    const char *bytes; /* what is being read */
    size_t at, size;
    size_t row_at;  /* where the row being read begins */
    size_t passed;  /* bytes that have left the window */
    char *input;    /* the file's window */
    size_t line;    /* of the next byte */
    char separator; /* of fields; 0 before the heading */
    bool began, is_utf16, failed;
    struct error error; /* of what failed */
    char row[CSV_ROW_BYTES];
};

static struct csv *csv_new(void)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (csv)
        csv->line = 1;
    return csv;
}

/* With a window; NULL: no memory. */
static struct csv *csv_new_window(struct error *error)
{
    struct csv *csv = csv_new();
    char *input = malloc(INPUT_BYTES);
    if (!csv || !input) {
        free(csv);
        free(input);
        error_set(error, ERROR_SYSTEM, NULL, "not enough memory to read");
        return NULL;
    }
    csv->input = input;
    return csv;
}

struct csv *csv_open(const char *path, struct error *error)
{
    struct csv *csv = csv_new_window(error);
    if (!csv)
        return NULL;
    csv->is_standard = strcmp(path, "-") == 0;
    csv->file = csv->is_standard ? stdin : fopen(path, "rbe");
    bool opened = csv->file && fstat(fileno(csv->file), &csv->about) == 0;
    if (!opened)
        error_set(error, ERROR_SYSTEM, "Check the file's name and that you may read it.",
                  "cannot open %s: %s", path, strerror(errno));
    else if (S_ISDIR(csv->about.st_mode))
        opened = error_set(error, ERROR_INPUT, "Name a file in it.", "%s is a folder", path);
    if (opened)
        return csv;
    csv_close(csv);
    return NULL;
}

struct csv *csv_open_source(csv_source_fn *read, void *owner, struct error *error)
{
    struct csv *csv = csv_new_window(error);
    if (csv) {
        csv->source = read;
        csv->owner = owner;
    }
    return csv;
}

struct csv *csv_open_memory(const char *bytes, size_t size, struct error *error)
{
    struct csv *csv = csv_new();
    if (!csv) {
        error_set(error, ERROR_SYSTEM, NULL, "not enough memory to read");
        return NULL;
    }
    csv->bytes = bytes;
    csv->size = size;
    return csv;
}

void csv_close(struct csv *csv)
{
    if (!csv)
        return;
    if (csv->file && !csv->is_standard)
        fclose(csv->file);
    free(csv->input);
    free(csv);
}

/* At its end a file is as it was at its beginning, or its last row may be half of one. */
static bool has_changed(const struct csv *csv)
{
    struct stat now;
    return S_ISREG(csv->about.st_mode) && fstat(fileno(csv->file), &now) == 0 &&
           (now.st_size != csv->about.st_size || now.st_mtim.tv_sec != csv->about.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != csv->about.st_mtim.tv_nsec);
}

/* More bytes, from the file or the source; 0: there are none, or reading failed. */
static size_t read_more(struct csv *csv, char *bytes, size_t size)
{
    size_t got = 0;
    if (csv->source) {
        csv->failed = !csv->source(csv->owner, bytes, size, &got, &csv->error);
        return csv->failed ? 0 : got;
    }
    got = fread(bytes, 1, size, csv->file);
    if (got == 0 && ferror(csv->file)) {
        csv->failed = true;
        error_set(&csv->error, ERROR_SYSTEM, "Nothing was changed; try again.",
                  "reading failed: %s", strerror(errno));
    } else if (got == 0 && has_changed(csv)) {
        csv->failed = true;
        error_set(&csv->error, ERROR_INPUT, "Nothing was changed; try again when it is whole.",
                  "the file changed while it was read");
    }
    return got;
}

/* Moves the row's bytes to the window's front and reads more behind them. */
static bool fill(struct csv *csv)
{
    size_t keep = csv->size - csv->row_at;
    if (!csv->input || csv->failed || keep >= INPUT_BYTES)
        return false;
    memmove(csv->input, csv->input + csv->row_at, keep);
    csv->at -= csv->row_at;
    csv->passed += csv->row_at;
    csv->row_at = 0;
    size_t got = read_more(csv, csv->input + keep, INPUT_BYTES - keep);
    csv->bytes = csv->input;
    csv->size = keep + got;
    return got > 0;
}

/* The next byte without taking it; −1 at the end. */
static int peek(struct csv *csv)
{
    if (csv->at == csv->size && !fill(csv))
        return -1;
    return (unsigned char)csv->bytes[csv->at];
}

static int take(struct csv *csv)
{
    int c = peek(csv);
    if (c >= 0)
        csv->at++;
    if (c == '\n')
        csv->line++;
    return c;
}

/* Takes CRLF, LF or CR; returns whether there was one. */
static bool take_line_end(struct csv *csv)
{
    int c = peek(csv);
    if (c == '\r') {
        take(csv);
        if (peek(csv) == '\n')
            take(csv);
        else
            csv->line++;
        return true;
    }
    if (c == '\n') {
        take(csv);
        return true;
    }
    return false;
}

/* Bytes that are skipped need not stay in the window. */
static void skip_line(struct csv *csv)
{
    while (peek(csv) >= 0) {
        csv->row_at = csv->at;
        if (take_line_end(csv))
            break;
        take(csv);
    }
}

struct writer {
    struct csv *csv;
    size_t used;
    const char *reason;
};

static void put(struct writer *writer, int c)
{
    if (c == 0)
        writer->reason = "a NUL byte";
    else if (writer->used + 2 >= CSV_ROW_BYTES || writer->csv->at - writer->csv->row_at > RAW_BYTES)
        writer->reason = "the row is longer than 65,535 bytes, or a quote is never closed";
    else
        writer->csv->row[writer->used++] = (char)c;
}

static void read_quoted(struct writer *writer)
{
    struct csv *csv = writer->csv;
    take(csv);
    while (!writer->reason) {
        int c = take(csv);
        if (c < 0) {
            writer->reason = "a quote is never closed";
        } else if (c == '"') {
            if (peek(csv) != '"')
                break;
            put(writer, take(csv));
        } else {
            put(writer, c);
        }
    }
    int next = peek(csv);
    if (!writer->reason && next != csv->separator && next != '\r' && next != '\n' && next >= 0)
        writer->reason = "text after a closing quote";
}

static void read_plain(struct writer *writer)
{
    for (int c; !writer->reason; put(writer, take(writer->csv))) {
        c = peek(writer->csv);
        if (c < 0 || c == writer->csv->separator || c == '\r' || c == '\n')
            break;
        if (c == '"')
            writer->reason = "a quote inside a field without quotes";
    }
}

static void skip_mark_and_blank_lines(struct csv *csv)
{
    if (!csv->began) {
        csv->began = true;
        while (csv->size - csv->at < 3 && fill(csv))
            continue;
        if (peek(csv) == 0xEF && csv->size - csv->at >= 3 &&
            memcmp(csv->bytes + csv->at, "\xEF\xBB\xBF", 3) == 0)
            csv->at += 3;
        csv->is_utf16 =
            csv->size - csv->at >= 2 && (memcmp(csv->bytes + csv->at, "\xFF\xFE", 2) == 0 ||
                                         memcmp(csv->bytes + csv->at, "\xFE\xFF", 2) == 0);
    }
    do
        csv->row_at = csv->at;
    while (take_line_end(csv));
}

/* A comma; or, where the first row has none outside quotes, the first semicolon or tab in it. Reads
 * ahead to that row's end without taking anything. */
static char find_separator(struct csv *csv)
{
    char found = ',';
    bool is_quoted = false;
    for (size_t ahead = 0;; ahead++) {
        if (csv->at + ahead == csv->size && !fill(csv))
            return found;
        char c = csv->bytes[csv->at + ahead];
        if (c == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (c == ',' || c == '\r' || c == '\n'))
            return c == ',' ? c : found;
        else if (!is_quoted && found == ',' && (c == ';' || c == '\t'))
            found = c;
    }
}

enum csv_result csv_read(struct csv *csv, struct csv_row *row, const char **reason)
{
    skip_mark_and_blank_lines(csv);
    if (csv->separator == '\0')
        csv->separator = find_separator(csv);
    row->count = 0;
    row->line = csv->line;
    csv->row_at = csv->at;
    if (peek(csv) < 0)
        return CSV_END;
    struct writer writer = {csv, 0, csv->is_utf16 ? "it is UTF-16: save it as CSV in UTF-8" : NULL};
    csv->is_utf16 = false;
    while (!writer.reason) {
        size_t start = writer.used;
        if (peek(csv) == '"')
            read_quoted(&writer);
        else
            read_plain(&writer);
        if (!writer.reason && row->count == CSV_FIELDS)
            writer.reason = "more than 64 fields";
        if (writer.reason)
            break;
        csv->row[writer.used++] = '\0';
        row->field[row->count++] = csv->row + start;
        if (peek(csv) != csv->separator)
            break;
        take(csv);
    }
    if (writer.reason) {
        csv->at = csv->row_at;
        csv->line = row->line;
        skip_line(csv);
        row->count = 0;
        if (reason)
            *reason = writer.reason;
        return CSV_BAD;
    }
    take_line_end(csv);
    return CSV_ROW;
}

char csv_separator(const struct csv *csv)
{
    return csv->separator;
}

size_t csv_position(const struct csv *csv)
{
    return csv->passed + csv->at;
}

bool csv_failed(const struct csv *csv, struct error *error)
{
    if (csv->failed && error)
        *error = csv->error;
    return csv->failed;
}

int csv_column(const struct csv_row *heading, const char *name)
{
    for (int i = 0; i < heading->count; i++)
        if (strcasecmp(heading->field[i], name) == 0)
            return i;
    return -1;
}

bool csv_number(const char *field, double *value)
{
    while (*field == ' ' || *field == '\t')
        field++;
    /* strtod would also take hexadecimal, infinity and NaN. */
    if (field[strspn(field, "+-.0123456789eE \t")] != '\0')
        return false;
    char *end;
    double number = strtod(field, &end);
    if (end == field || !isfinite(number))
        return false;
    if (end[strspn(end, " \t")] != '\0')
        return false;
    *value = number;
    return true;
}
