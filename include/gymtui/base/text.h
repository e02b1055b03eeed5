/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8 text from people, which is hostile (DESK.md rule 19): cleaned before it reaches a
 * terminal, measured and clipped by display width. Independent of the C locale: decoding is our
 * own, widths come from wcwidth in a UTF-8 locale and from a built-in rule (wide East Asian
 * ranges, combining marks) otherwise.
 */
#ifndef GYMTUI_BASE_TEXT_H
#define GYMTUI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point at `s` (NUL-terminated); returns the bytes used (0 at the end of the
 * text). A broken, overlong or surrogate sequence uses one byte and gives U+FFFD. */
size_t text_decode(const char *s, uint32_t *code);
/* Encodes to `out` (4 bytes at least); returns the bytes written. */
size_t text_encode(uint32_t code, char *out);

/* Columns a code point takes: 0 combining, 1, or 2. Never negative: unknown ones count 1. */
int text_code_width(uint32_t code);
/* Columns the whole text takes. */
int text_width(const char *s);

/* Copies `src` (not onto itself) without control characters (C0, DEL, C1), line and paragraph
 * separators, bidi marks, overrides and isolates, and invisible characters that terminals disagree
 * on; tabs and line breaks become a space; broken UTF-8 becomes U+FFFD.
 * Returns the length written; always NUL-terminated; never cuts inside a character. */
size_t text_clean(char *dst, size_t size, const char *src);

/* Copies as much as fits in `columns`, ending in `ellipsis` ("…", or "~" for ASCII) when cut.
 * Returns the columns used. A combining mark stays with its base; one without a base is left out.
 * A control character that was not cleaned away, or a character that the C library has no width
 * for, shows as '?'. */
int text_clip(char *dst, size_t size, const char *src, int columns, const char *ellipsis);

/* Latin letters without their diacritics, typographic signs to their ASCII twins (– → -, … → ~,
 * ✔ → +, ✖ → x, ▲ → ^ …), anything else '?', twice for wide characters, so that columns hold. */
size_t text_to_ascii(char *dst, size_t size, const char *src);

/* Lower-case without diacritics, for matching as you type in memory (Latin, Cyrillic, Greek,
 * Armenian simple case folding). */
size_t text_fold(char *dst, size_t size, const char *src);

/* A doubled scan ("43544354"): true when `s` is twice the same half of at least `least` characters;
 * then `half` (size bytes) holds it. */
bool text_is_doubled(const char *s, size_t least, char *half, size_t size);

/* Guards a CSV cell and quotes it when needed; a cell that starts with = + - @ or a tab gets a
 * leading apostrophe unless it is a plain number. Returns the length. */
size_t text_csv_cell(char *dst, size_t size, const char *src);

/* Writes `src` as a JSON string with its quotes. Returns the length. */
size_t text_json_string(char *dst, size_t size, const char *src);

/* Takes an unfinished character off the end of a text that was cut by bytes. */
void text_drop_partial(char *s);

/* snprintf that appends at strlen(dst), cuts at a character's edge, and returns the new length. */
size_t text_append(char *dst, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
