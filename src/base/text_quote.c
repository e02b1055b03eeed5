/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text inside other formats: a CSV cell, a JSON string. */
#include "gymtui/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A growing text in a fixed buffer, of which `reserve` bytes are kept for what closes it. */
struct sink {
    char *dst;
    size_t room, length;
    bool full;
};

static void put(struct sink *sink, const char *bytes, size_t count)
{
    if (sink->full || sink->length + count > sink->room) {
        sink->full = true;
        return;
    }
    memcpy(sink->dst + sink->length, bytes, count);
    sink->length += count;
}

static bool is_plain_number(const char *s)
{
    if (*s == '-' || *s == '+')
        s++;
    if (!isdigit((unsigned char)*s))
        return false;
    while (isdigit((unsigned char)*s))
        s++;
    if (*s == '.') {
        s++;
        if (!isdigit((unsigned char)*s))
            return false;
        while (isdigit((unsigned char)*s))
            s++;
    }
    return *s == '\0';
}

size_t text_csv_cell(char *dst, size_t size, const char *src)
{
    if (size == 0)
        return 0;
    /* A spreadsheet would take the cell for a formula (also after a carriage return). */
    bool guard = *src != '\0' && strchr("=+-@\t\r", *src) != NULL && !is_plain_number(src);
    size_t source = strlen(src);
    bool quote = src[strcspn(src, ",;\"\r\n")] != '\0' ||
                 (source > 0 && (*src == ' ' || src[source - 1] == ' '));
    if (quote && size < 3)
        quote = false, src = "";

    struct sink sink = {.dst = dst, .room = size - (quote ? 2 : 1)};
    if (quote)
        put(&sink, "\"", 1);
    if (guard)
        put(&sink, "'", 1);
    uint32_t code;
    for (size_t used; (used = text_decode(src, &code)) > 0; src += used) {
        char bytes[4];
        if (code == '"')
            put(&sink, "\"\"", 2);
        else
            put(&sink, bytes, text_encode(code, bytes));
    }
    if (quote)
        sink.dst[sink.length++] = '"';
    dst[sink.length] = '\0';
    return sink.length;
}

size_t text_json_string(char *dst, size_t size, const char *src)
{
    if (size < 3) { /* not even the two quotes */
        if (size > 0)
            *dst = '\0';
        return 0;
    }
    struct sink sink = {.dst = dst, .room = size - 2};
    put(&sink, "\"", 1);
    uint32_t code;
    for (size_t used; (used = text_decode(src, &code)) > 0; src += used) {
        char bytes[8];
        if (code == '"' || code == '\\') {
            bytes[0] = '\\';
            bytes[1] = (char)code;
            put(&sink, bytes, 2);
        } else if (code == '\n') {
            put(&sink, "\\n", 2);
        } else if (code == '\t') {
            put(&sink, "\\t", 2);
        } else if (code < 0x20 || (code >= 0x7F && code <= 0x9F)) {
            put(&sink, bytes, (size_t)snprintf(bytes, sizeof bytes, "\\u%04x", (unsigned)code));
        } else {
            put(&sink, bytes, text_encode(code, bytes));
        }
    }
    dst[sink.length++] = '"';
    dst[sink.length] = '\0';
    return sink.length;
}
