/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/text.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xFFFD

size_t text_decode(const char *s, uint32_t *code)
{
    const unsigned char *bytes = (const unsigned char *)s;
    unsigned char lead = bytes[0];
    if (lead < 0x80) {
        *code = lead;
        return lead == 0 ? 0 : 1;
    }

    size_t length;
    uint32_t value, least;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2, value = lead & 0x1F, least = 0x80;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3, value = lead & 0x0F, least = 0x800;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4, value = lead & 0x07, least = 0x10000;
    } else {
        *code = REPLACEMENT;
        return 1;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) { /* also stops at the text's end */
            *code = REPLACEMENT;
            return 1;
        }
        value = value << 6 | (bytes[i] & 0x3F);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        *code = REPLACEMENT;
        return 1;
    }
    *code = value;
    return length;
}

size_t text_encode(uint32_t code, char *out)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = REPLACEMENT;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

struct range {
    uint32_t first, last;
};

/* Marks that take no column of their own (Unicode 15, the scripts a name may be written in). */
static const struct range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A}, {0x061C, 0x061C}, {0x064B, 0x065F},
    {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED},
    {0x0711, 0x0711}, {0x0730, 0x074A}, {0x07A6, 0x07B0}, {0x0900, 0x0902}, {0x093A, 0x093A},
    {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1160, 0x11FF}, {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x20D0, 0x20F0}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0001, 0xE01EF},
};

/* East Asian wide and fullwidth characters, and emoji. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4C6},   {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CD5}, {0x1AFF0, 0x1B2FB},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4},
    {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC},
    {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6D7}, {0x1F6DC, 0x1F6DF}, {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAF8}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].first;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

/* Columns, or −1 when the C library knows no width: its table is the one curses goes by, but it
 * holds only its locale's characters, so that outside of UTF-8 ours is asked. */
static int find_width(uint32_t code)
{
    if (is_control(code))
        return -1;
    if (code < 0x300)
        return 1;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return wcwidth((wchar_t)code);
    if (is_in(combining, sizeof combining / sizeof *combining, code))
        return 0;
    return is_in(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}

int text_code_width(uint32_t code)
{
    int width = code == 0 ? 0 : find_width(code);
    return width < 0 ? 1 : width;
}

int text_width(const char *s)
{
    int columns = 0;
    uint32_t code;
    for (size_t used; (used = text_decode(s, &code)) > 0; s += used)
        columns += text_code_width(code);
    return columns;
}

/* Characters that show nothing by themselves but move, reverse or break what stands around them,
 * or that terminals disagree on. Joiners stay: Persian and Hindi are spelled with them. */
static bool is_hidden(uint32_t code)
{
    return code == 0x00AD || code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x206F) ||
           code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||
           (code >= 0xE0000 && code <= 0xE007F);
}

static bool is_noncharacter(uint32_t code)
{
    return (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

size_t text_clean(char *dst, size_t size, const char *src)
{
    if (size == 0)
        return 0;
    size_t length = 0;
    uint32_t code;
    for (size_t used; (used = text_decode(src, &code)) > 0; src += used) {
        if (code == '\r' && src[1] == '\n')
            continue;
        if (code >= '\t' && code <= '\r')
            code = ' ';
        if (is_control(code) || is_hidden(code))
            continue;
        if (is_noncharacter(code))
            code = REPLACEMENT;
        char bytes[4];
        size_t count = text_encode(code, bytes);
        if (length + count >= size)
            break;
        memcpy(dst + length, bytes, count);
        length += count;
    }
    dst[length] = '\0';
    return length;
}

/* A base character with the marks on it: what clipping keeps or drops as a whole. */
struct cluster {
    size_t source; /* bytes it takes in the source */
    size_t bytes;  /* bytes it takes when written */
    int columns;
};

/* What curses cannot place shows as a question mark. */
static uint32_t printable(uint32_t code)
{
    return find_width(code) < 0 ? '?' : code;
}

static struct cluster measure_cluster(const char *s)
{
    struct cluster cluster = {0};
    char bytes[4];
    uint32_t code;
    size_t used = text_decode(s, &code);
    if (used == 0)
        return cluster;
    do {
        cluster.source += used;
        cluster.bytes += text_encode(printable(code), bytes);
        cluster.columns += text_code_width(code);
        used = text_decode(s + cluster.source, &code);
    } while (used > 0 && text_code_width(code) == 0);
    return cluster;
}

static size_t write_cluster(char *dst, const char *src, size_t source)
{
    size_t length = 0;
    uint32_t code;
    for (const char *s = src; s < src + source;) {
        s += text_decode(s, &code);
        length += text_encode(printable(code), dst + length);
    }
    return length;
}

int text_clip(char *dst, size_t size, const char *src, int columns, const char *ellipsis)
{
    if (size == 0)
        return 0;
    int mark_columns = text_width(ellipsis);
    size_t mark_bytes = strlen(ellipsis);
    if (mark_columns > columns || mark_bytes >= size) {
        mark_columns = 0;
        mark_bytes = 0;
    }

    /* One walk: `kept` is where the ellipsis would go if the text turns out not to fit. */
    size_t length = 0, kept_length = 0;
    int used = 0, kept_columns = 0;
    bool all = true;
    for (;;) {
        struct cluster cluster = measure_cluster(src);
        if (cluster.source == 0)
            break;
        if (cluster.columns == 0 && used == 0) { /* a mark with nothing to stand on */
            src += cluster.source;
            continue;
        }
        if (used + cluster.columns > columns || length + cluster.bytes >= size) {
            all = false;
            break;
        }
        length += write_cluster(dst + length, src, cluster.source);
        used += cluster.columns;
        src += cluster.source;
        if (used + mark_columns <= columns && length + mark_bytes < size) {
            kept_length = length;
            kept_columns = used;
        }
    }
    if (!all) {
        memcpy(dst + kept_length, ellipsis, mark_bytes);
        length = kept_length + mark_bytes;
        used = kept_columns + mark_columns;
    }
    dst[length] = '\0';
    return used;
}

bool text_is_doubled(const char *s, size_t least, char *half, size_t size)
{
    size_t length = strlen(s);
    size_t middle = length / 2;
    if (length == 0 || length % 2 != 0 || middle >= size || memcmp(s, s + middle, middle) != 0)
        return false;
    size_t characters = 0;
    uint32_t code;
    size_t at = 0;
    for (; at < middle; characters++)
        at += text_decode(s + at, &code);
    if (at != middle || characters < least)
        return false;
    memcpy(half, s, middle);
    half[middle] = '\0';
    return true;
}

void text_drop_partial(char *s)
{
    size_t length = strlen(s);
    size_t tail = 0;
    while (tail < 3 && tail < length && ((unsigned char)s[length - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (tail == length)
        return;
    unsigned char lead = (unsigned char)s[length - 1 - tail];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (tail + 1 < wanted)
        s[length - 1 - tail] = '\0';
}

size_t text_append(char *dst, size_t size, const char *format, ...)
{
    if (size == 0)
        return 0;
    size_t length = strnlen(dst, size - 1);
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(dst + length, size - length, format, arguments);
    va_end(arguments);
    if (wanted >= 0 && (size_t)wanted >= size - length)
        text_drop_partial(dst + length);
    return strlen(dst);
}
