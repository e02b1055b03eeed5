/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "internal.h"

#include <inttypes.h>
#include <langinfo.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define LINE_SIZE   2048
#define OUT_COLUMNS 80

static bool is_ascii(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static const char *shown(char *dst, size_t size, const char *text)
{
    char clean[LINE_SIZE];
    text_clean(clean, sizeof clean, text);
    if (is_ascii())
        text_to_ascii(dst, size, clean);
    else
        text_append(dst, size, "%s", clean);
    return dst;
}

void out_line(FILE *out, const char *format, ...)
{
    char raw[LINE_SIZE], line[LINE_SIZE] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_drop_partial(raw);
    fprintf(out, "%s\n", shown(line, sizeof line, raw));
}

/* Words in lines of at most OUT_COLUMNS: the first line after `lead`, the others after `indent`
 * blanks. */
static void paragraph(FILE *out, const char *lead, int indent, char *text)
{
    char line[LINE_SIZE] = "";
    char *rest = NULL;
    bool is_empty = true; /* no word of it in `line` yet */
    text_append(line, sizeof line, "%s", lead);
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        if (!is_empty && text_width(line) + 1 + text_width(word) > OUT_COLUMNS) {
            out_line(out, "%s", line);
            line[0] = '\0';
            text_append(line, sizeof line, "%*s", indent, "");
            is_empty = true;
        }
        text_append(line, sizeof line, "%s%s", is_empty ? "" : " ", word);
        is_empty = false;
    }
    out_line(out, "%s", line);
}

static void paragraph_of(FILE *out, int first, int indent, const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));
static void paragraph_of(FILE *out, int first, int indent, const char *format, va_list arguments)
{
    char text[LINE_SIZE], lead[LINE_SIZE];
    vsnprintf(text, sizeof text, format, arguments);
    text_drop_partial(text);
    snprintf(lead, sizeof lead, "%*s", first, "");
    paragraph(out, lead, indent, text);
}

void out_words(FILE *out, int indent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    paragraph_of(out, indent, indent, format, arguments);
    va_end(arguments);
}

void out_hanging(FILE *out, int first, int indent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    paragraph_of(out, first, indent, format, arguments);
    va_end(arguments);
}

void out_entry(FILE *out, int indent, int columns, const char *name, const char *what)
{
    char text[LINE_SIZE], lead[LINE_SIZE];
    snprintf(text, sizeof text, "%s", what);
    text_drop_partial(text);
    snprintf(lead, sizeof lead, "%*s", indent, "");
    out_cell(lead, sizeof lead, name, columns);
    paragraph(out, lead, indent + columns + 1, text);
}

static void cell(char *dst, size_t size, const char *text, int columns, bool right)
{
    char clean[LINE_SIZE], clipped[LINE_SIZE];
    text_clean(clean, sizeof clean, text);
    int used = text_clip(clipped, sizeof clipped, clean, columns, is_ascii() ? "~" : "…");
    int gap = columns > used ? columns - used : 0;
    if (right)
        text_append(dst, size, "%*s%s ", gap, "", clipped);
    else
        text_append(dst, size, "%s%*s ", clipped, gap, "");
}

void out_cell(char *dst, size_t size, const char *text, int columns)
{
    cell(dst, size, text, columns, false);
}

void out_cell_right(char *dst, size_t size, const char *text, int columns)
{
    cell(dst, size, text, columns, true);
}

void out_step(const char *text)
{
    bool in_place = isatty(STDERR_FILENO);
    char line[LINE_SIZE] = "";
    if (text != NULL)
        shown(line, sizeof line, text);
    if (in_place) /* CR, the text, and clear what is left of the last one */
        fprintf(stderr, text != NULL ? "\r%s\033[K" : "\r\033[K", line);
    else if (text != NULL)
        fprintf(stderr, "%s\n", line);
    fflush(stderr);
}

/* --- JSON --- */

static void before_value(struct json *json, const char *name)
{
    if (json->needs_comma)
        fputc(',', json->out);
    json->needs_comma = true;
    if (name != NULL)
        json_text(&(struct json){.out = json->out}, NULL, name), fputc(':', json->out);
}

void json_open(struct json *json, const char *name, char bracket)
{
    before_value(json, name);
    fputc(bracket, json->out);
    json->needs_comma = false;
}

void json_close(struct json *json, char bracket)
{
    fputc(bracket, json->out);
    json->needs_comma = true;
}

void json_text(struct json *json, const char *name, const char *value)
{
    char quoted[LINE_SIZE];
    before_value(json, name);
    text_json_string(quoted, sizeof quoted, value);
    fputs(quoted, json->out);
}

void json_integer(struct json *json, const char *name, int64_t value)
{
    before_value(json, name);
    fprintf(json->out, "%" PRId64, value);
}

void json_bool(struct json *json, const char *name, bool value)
{
    before_value(json, name);
    fputs(value ? "true" : "false", json->out);
}

void json_money(struct json *json, const char *name, money value)
{
    char plain[32];
    before_value(json, name);
    money_format_plain(plain, sizeof plain, value);
    fputs(plain, json->out);
}

void json_null(struct json *json, const char *name)
{
    before_value(json, name);
    fputs("null", json->out);
}

void json_day(struct json *json, const char *name, int32_t day)
{
    char text[32];
    if (day == DATE_NONE) {
        json_null(json, name);
        return;
    }
    date_format_iso(text, sizeof text, day);
    json_text(json, name, text);
}

void moment_text(char *dst, size_t size, int64_t local_seconds)
{
    *dst = '\0';
    if (local_seconds == MOMENT_NONE)
        return;
    int64_t second = ((local_seconds % 86400) + 86400) % 86400;
    date_format_iso(dst, size, (int32_t)((local_seconds - second) / 86400));
    text_append(dst, size, "T%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
                (int)(second % 60));
}

void json_moment(struct json *json, const char *name, int64_t local_seconds)
{
    char text[48];
    moment_text(text, sizeof text, local_seconds);
    if (*text == '\0')
        json_null(json, name);
    else
        json_text(json, name, text);
}

void json_number(struct json *json, const char *name, double value, int decimals)
{
    if (!isfinite(value)) {
        json_null(json, name);
        return;
    }
    before_value(json, name);
    fprintf(json->out, "%.*f", decimals, value);
}

void json_plain(struct json *json, const char *name, const char *value)
{
    before_value(json, name);
    fputs(value, json->out);
}

void json_end(struct json *json)
{
    fputc('\n', json->out);
}

int fail_as(const struct error *error, bool json)
{
    if (json) {
        struct json page = {.out = stdout};
        json_open(&page, NULL, '{');
        json_text(&page, "error", error->message);
        json_text(&page, "hint", error->hint);
        json_integer(&page, "status", error_exit_status(error->code));
        json_close(&page, '}');
        json_end(&page);
    }
    return cli_fail(error);
}
