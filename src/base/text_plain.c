/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text without diacritics: the ASCII form for terminals that have no more, and the folded form that
 * searches in memory compare. */
#include "gymtui/base/text.h"

#include <string.h>

/* The base letters of U+00C0 to U+024F, and of U+1E00 to U+1EFF; '?' where there is none. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                            "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"
                            "bBBb??OCcDDDd?EEEFfG???IKkl?MNnOOo??Pp?????tTtTUu?VYyZz?????????"
                            "????DDdLLlNNnAaIiOoUuUuUuUuUueAaAa??GgGgKkOoOo??jDDdGg??NnAa??Oo"
                            "AaAaEeEeIiIiOoOoRrRrUuUuSsTt??HhNd??ZzAaEeOoOoOoOoYylntj??ACcLTs"
                            "z??BUVEeJjQqRrYy";
static const char latin_more[] = "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
                                 "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
                                 "WwWwWwWwWwXxXxYyZzZzZzhtwyasssSsAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
                                 "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy????Yy";

static char latin_base(uint32_t code)
{
    if (code >= 0xC0 && code <= 0x24F)
        return latin[code - 0xC0];
    if (code == 0x259) /* ə, the small form of Ə */
        return 'e';
    if (code >= 0x1E00 && code <= 0x1EFF)
        return latin_more[code - 0x1E00];
    return '?';
}

/* Signs and their ASCII twins: each character of `signs` stands for `ascii`. */
static const struct {
    char ascii;
    const char *signs;
} twins[] = {
    {' ', "\u00A0\u2002\u2003\u2007\u2009\u200A\u202F\u2800"},
    {'!', "¡⚠"},
    {'"', "“”„‟"},
    {'#', "█▓▐▌■◼№▅▆▇"},
    {'%', "‰"},
    {'\'', "‘’‚‛´ʼ՚′"},
    {'*', "●★◆"},
    {'+', "✔✓┌┐└┘├┤┬┴┼┏┓┗┛╔╗╚╝╠╣╦╩╬╭╮╰╯±"},
    {',', "‚"},
    {'-', "–—‐‑‒―−─━╌┄═▔"},
    {'.', "·•∙░▁▂"},
    {':', "▒։"},
    {'<', "‹«←◀◂≤↵⏎"},
    {'=', "▃▄≡▀"},
    {'>', "›»→▶▸≥⇒"},
    {'E', "€"},
    {'L', "£"},
    {'^', "▲△▴↑⇧"},
    {'c', "¢©"},
    {'o', "○◯◦°º"},
    {'u', "µ"},
    {'v', "▼▽▾↓"},
    {'x', "✖✗✘✕☒"},
    {'|', "│┃║▏▎▍▕╎┆¦"},
    {'~', "…≈"},
};

static char sign_twin(uint32_t code)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        uint32_t sign;
        size_t used;
        for (const char *s = twins[i].signs; (used = text_decode(s, &sign)) > 0; s += used)
            if (sign == code)
                return twins[i].ascii;
    }
    return '?';
}

size_t text_to_ascii(char *dst, size_t size, const char *src)
{
    if (size == 0)
        return 0;
    size_t length = 0;
    uint32_t code;
    for (size_t used; (used = text_decode(src, &code)) > 0; src += used) {
        int columns = text_code_width(code);
        char plain = '?';
        if (code < 0x80)
            plain = code >= 0x20 && code < 0x7F ? (char)code : '?';
        else if (columns == 1)
            plain = latin_base(code);
        if (plain == '?' && code >= 0x80 && columns == 1)
            plain = sign_twin(code);
        if (length + (size_t)columns >= size)
            break;
        memset(dst + length, plain, (size_t)columns);
        length += (size_t)columns;
    }
    dst[length] = '\0';
    return length;
}

static uint32_t fold_greek(uint32_t code)
{
    switch (code) {
    case 0x386:
    case 0x3AC:
        return 0x3B1;
    case 0x388:
    case 0x3AD:
        return 0x3B5;
    case 0x389:
    case 0x3AE:
        return 0x3B7;
    case 0x38A:
    case 0x390:
    case 0x3AA:
    case 0x3AF:
    case 0x3CA:
        return 0x3B9;
    case 0x38C:
    case 0x3CC:
        return 0x3BF;
    case 0x38E:
    case 0x3AB:
    case 0x3B0:
    case 0x3CB:
    case 0x3CD:
        return 0x3C5;
    case 0x38F:
    case 0x3CE:
        return 0x3C9;
    case 0x3C2: /* final sigma */
        return 0x3C3;
    default:
        return code >= 0x391 && code <= 0x3A9 && code != 0x3A2 ? code + 32 : code;
    }
}

/* Letters that Unicode decomposes into a base and a mark fold to the base, so that both spellings
 * of й match. */
static uint32_t fold_cyrillic(uint32_t code)
{
    if (code >= 0x410 && code <= 0x42F)
        code += 32;
    else if (code >= 0x400 && code <= 0x40F)
        code += 80;
    else if ((code >= 0x460 && code <= 0x481) || (code >= 0x48A && code <= 0x52F))
        return code >= 0x4C0 && code <= 0x4CF ? code : code | 1;
    switch (code) {
    case 0x439: /* й */
    case 0x45D:
        return 0x438;
    case 0x450:
    case 0x451: /* ё */
        return 0x435;
    case 0x453:
        return 0x433;
    case 0x457:
        return 0x456;
    case 0x45C:
        return 0x43A;
    case 0x45E:
        return 0x443;
    default:
        return code;
    }
}

/* Letters that fold to two. */
static const char *fold_pair(uint32_t code)
{
    switch (code) {
    case 0xC6:
    case 0xE6:
        return "ae";
    case 0xDE:
    case 0xFE:
        return "th";
    case 0xDF:
    case 0x1E9E:
        return "ss";
    case 0x132:
    case 0x133:
        return "ij";
    case 0x152:
    case 0x153:
        return "oe";
    case 0x587:
        return "եւ";
    default:
        return NULL;
    }
}

static uint32_t fold_code(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    char base = latin_base(code);
    if (base != '?')
        return (uint32_t)(base >= 'A' && base <= 'Z' ? base + 32 : base);
    if (code >= 0x370 && code <= 0x3FF)
        return fold_greek(code);
    if (code >= 0x400 && code <= 0x52F)
        return fold_cyrillic(code);
    if (code >= 0x531 && code <= 0x556)
        return code + 48;
    return code;
}

size_t text_fold(char *dst, size_t size, const char *src)
{
    if (size == 0)
        return 0;
    size_t length = 0;
    uint32_t code;
    for (size_t used; (used = text_decode(src, &code)) > 0; src += used) {
        if (code >= 0x300 && text_code_width(code) == 0)
            continue;
        char bytes[5] = "";
        const char *out = fold_pair(code);
        if (out == NULL) {
            text_encode(fold_code(code), bytes);
            out = bytes;
        }
        size_t count = strlen(out);
        if (length + count >= size)
            break;
        memcpy(dst + length, out, count);
        length += count;
    }
    dst[length] = '\0';
    return length;
}
