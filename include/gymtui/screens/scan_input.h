/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scanner sends, told from what a person types (DESK.md, scanner rules). Pure: no clock, no
 * terminal. Bytes may come all at once or one by one; nothing here depends on the time between
 * them. Times are milliseconds of any monotonic clock, passed in.
 */
#ifndef GYMTUI_SCREENS_SCAN_INPUT_H
#define GYMTUI_SCREENS_SCAN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_CODE_SIZE   128 /* bytes of a code with its NUL; a longer scan is cut and refused */
#define SCAN_PREFIX_SIZE 16
#define SCAN_REMEMBERED  16 /* codes kept for the repeat windows */

struct scan_input {
    uint32_t prefix[SCAN_PREFIX_SIZE]; /* code points the scanner sends before a code */
    int prefix_length;                 /* 0: none configured, every key is typing */
    int matched;                       /* how much of it has come so far */
    bool scanning;                     /* the prefix is complete, the code is coming */
    bool too_long;
    char code[SCAN_CODE_SIZE];
    size_t length;
};

enum scan_step {
    SCAN_TYPED, /* not the scanner's: give `typed` (what was held back, and this key) to the field
                 */
    SCAN_TAKEN, /* part of a prefix or a code: held here */
    SCAN_DONE,  /* a code is complete in `code`, without prefix and control characters */
};

void scan_input_start(struct scan_input *input, const char *prefix);
/* A printable key (its code point). `typed` (at least SCAN_TYPED_SIZE) gets the text to type. */
#define SCAN_TYPED_SIZE (4 * (SCAN_PREFIX_SIZE + 1) + 1)
enum scan_step scan_input_key(struct scan_input *input, uint32_t code_point, char *typed);
/* Enter or Tab. SCAN_DONE ends a scan; SCAN_TYPED: the field is what ends; `typed` holds what had
 * looked like the beginning of a prefix. */
enum scan_step scan_input_end(struct scan_input *input, char *typed);
/* Drops what was begun (Esc). */
void scan_input_reset(struct scan_input *input);

/* What stands in the field when Enter comes. */
enum scan_kind {
    SCAN_NOTHING,
    SCAN_CODE, /* a tag or a number: has a digit and neither '@' nor letters with blanks */
    SCAN_NAME, /* letters of a name, a phone number with its signs, an e-mail address */
};
/* Strips control characters and outer blanks, the blanks and dashes inside a number as people read
 * it out ("2041 7733"), and a leading prefix; says what it is. `dst` needs SCAN_CODE_SIZE. */
enum scan_kind scan_classify(const struct scan_input *input, const char *text, char *dst);

/* The same code again: within `silent` it is the same scan (a card held a moment longer). */
struct scan_repeat {
    struct {
        char code[SCAN_CODE_SIZE];
        int64_t at;
    } seen[SCAN_REMEMBERED];
    int next;
};
/* True when the code was seen at most `silent_ms` before `now`; remembers it as seen now. */
bool scan_repeat_is_same(struct scan_repeat *repeat, const char *code, int64_t now,
                         int64_t silent_ms);
/* The scan came to nothing (offline, not done): the next one is a fresh one. */
void scan_repeat_forget(struct scan_repeat *repeat, const char *code);

#endif
