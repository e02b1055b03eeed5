/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "statement.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/log.h"
#include "sql_files.h"

#define NAME_MARKER     "-- name: "
#define FRAGMENT_MARKER "-- fragment: "
#define USE_MARKER      "-- use: "

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The beginning of the next line, or the end. */
static const char *next_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end ? end + 1 : text + strlen(text);
}

static bool is_head(const char *line)
{
    return starts_with(line, NAME_MARKER) || starts_with(line, FRAGMENT_MARKER);
}

/* The first line from `line` on that begins a statement or fragment, or the end. */
static const char *find_head(const char *line)
{
    while (*line && !is_head(line))
        line = next_line(line);
    return line;
}

/* Whether `line` is `marker` followed by the word `word` of this length. */
static bool names(const char *line, const char *marker, const char *word, size_t length)
{
    size_t skip = strlen(marker);
    return starts_with(line, marker) && strncmp(line + skip, word, length) == 0 &&
           line[skip + length] == '\n';
}

/* The fragment of this name in its file, or NULL. */
static const char *find_fragment(const char *file, const char *word, size_t length)
{
    for (const char *line = find_head(file); *line; line = find_head(next_line(line)))
        if (names(line, FRAGMENT_MARKER, word, length))
            return next_line(line);
    return NULL;
}

struct text {
    char *bytes;
    size_t length, room;
};

static bool add(struct text *text, const char *bytes, size_t length)
{
    if (!text->bytes || text->length + length + 1 > text->room) {
        size_t room = (text->length + length + 1) * 2;
        char *larger = realloc(text->bytes, room);
        if (!larger)
            return false;
        text->bytes = larger;
        text->room = room;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

/* Copies the lines up to the next head, with fragments in place of the lines that use them and
 * without comment lines. */
static bool add_body(struct text *text, const char *file, const char *line, int depth)
{
    for (; *line && !is_head(line); line = next_line(line)) {
        size_t length = (size_t)(next_line(line) - line);
        const char *word = line + strspn(line, " ");
        if (starts_with(word, USE_MARKER)) {
            word += strlen(USE_MARKER);
            const char *body = find_fragment(file, word, strcspn(word, "\n"));
            if (!body || depth > 3 || !add_body(text, file, body, depth + 1))
                return false;
        } else if (!starts_with(word, "--") && !add(text, line, length)) {
            return false;
        }
    }
    return true;
}

static void cut_end(char *text)
{
    size_t length = strlen(text);
    while (length && strchr(" \t\r\n;", text[length - 1]))
        text[--length] = '\0';
}

/* The highest $n in a statement. */
static int count_parameters(const char *text)
{
    int highest = 0;
    while ((text = strchr(text, '$')) != NULL) {
        int number = (int)strtol(text + 1, NULL, 10);
        if (number > highest)
            highest = number;
        text++;
    }
    return highest;
}

static bool load_statement(struct statements *statements, const char *file, const char *head)
{
    const char *name = head + strlen(NAME_MARKER);
    struct text text = {0};
    if (statements->count == STATEMENTS_MAX || !add_body(&text, file, next_line(head), 0) ||
        !text.bytes) {
        free(text.bytes);
        log_write(LOG_LEVEL_ERROR, "db", "statement %.*s cannot be loaded",
                  (int)strcspn(name, "\n"), name);
        return false;
    }
    cut_end(text.bytes);
    char *copy = strndup(name, strcspn(name, "\n"));
    if (!copy) {
        free(text.bytes);
        return false;
    }
    cut_end(copy);
    statements->rows[statements->count++] =
        (struct statement){copy, text.bytes, count_parameters(text.bytes)};
    return true;
}

bool statements_load(struct statements *statements)
{
    *statements = (struct statements){0};
    for (const struct sql_file *file = sql_files; file->name; file++) {
        if (starts_with(file->name, "migrations/"))
            continue;
        const char *head = find_head(file->text);
        for (; *head; head = find_head(next_line(head))) {
            if (starts_with(head, NAME_MARKER) && !load_statement(statements, file->text, head)) {
                statements_free(statements);
                return false;
            }
        }
    }
    return true;
}

void statements_free(struct statements *statements)
{
    for (int i = 0; i < statements->count; i++) {
        free(statements->rows[i].name);
        free(statements->rows[i].text);
    }
    *statements = (struct statements){0};
}

int statements_find(const struct statements *statements, const char *name)
{
    for (int i = 0; i < statements->count; i++)
        if (strcmp(statements->rows[i].name, name) == 0)
            return i;
    return -1;
}
