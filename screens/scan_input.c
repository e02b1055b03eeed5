/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Design: while a prefix is configured, its characters are held back until the prefix is complete
 * (then everything up to Enter or Tab is a code, whatever has the focus) or broken (then they were
 * typing after all). Without a prefix a scan is typing that ends in Enter.
 */
#include "gymtui/screens/scan_input.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"

void scan_input_start(struct scan_input *input, const char *prefix)
{
    memset(input, 0, sizeof *input);
    if (prefix == NULL)
        return;
    uint32_t code_point = 0;
    size_t used = 0;
    while (input->prefix_length < SCAN_PREFIX_SIZE &&
           (used = text_decode(prefix, &code_point)) > 0) {
        input->prefix[input->prefix_length++] = code_point;
        prefix += used;
    }
}

void scan_input_reset(struct scan_input *input)
{
    input->matched = 0;
    input->scanning = false;
    input->too_long = false;
    input->length = 0;
    input->code[0] = '\0';
}

/* The part of the prefix that had come, as text. */
static size_t give_back(struct scan_input *input, char *typed)
{
    size_t length = 0;
    for (int i = 0; i < input->matched; i++)
        length += text_encode(input->prefix[i], typed + length);
    typed[length] = '\0';
    input->matched = 0;
    return length;
}

static void begin_code(struct scan_input *input)
{
    input->matched = 0;
    input->scanning = true;
    input->too_long = false;
    input->length = 0;
    input->code[0] = '\0';
}

enum scan_step scan_input_key(struct scan_input *input, uint32_t code_point, char *typed)
{
    typed[0] = '\0';
    bool is_control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    if (input->scanning) {
        char bytes[5];
        size_t size = is_control ? 0 : text_encode(code_point, bytes);
        if (input->length + size >= sizeof input->code) {
            input->too_long = true;
            return SCAN_TAKEN;
        }
        memcpy(input->code + input->length, bytes, size);
        input->length += size;
        input->code[input->length] = '\0';
        return SCAN_TAKEN;
    }
    if (input->prefix_length > 0 && code_point == input->prefix[input->matched]) {
        if (++input->matched == input->prefix_length)
            begin_code(input);
        return SCAN_TAKEN;
    }
    size_t length = give_back(input, typed);
    /* The key that broke one prefix may begin the next ("]]C1"). */
    if (input->prefix_length > 0 && code_point == input->prefix[0]) {
        input->matched = 1;
        if (input->prefix_length == 1)
            begin_code(input);
        return length > 0 ? SCAN_TYPED : SCAN_TAKEN;
    }
    if (!is_control)
        length += text_encode(code_point, typed + length);
    typed[length] = '\0';
    return SCAN_TYPED;
}

enum scan_step scan_input_end(struct scan_input *input, char *typed)
{
    typed[0] = '\0';
    if (!input->scanning) {
        give_back(input, typed);
        return SCAN_TYPED;
    }
    input->scanning = false;
    return SCAN_DONE;
}

static bool is_letter(uint32_t code_point)
{
    return (code_point >= 'a' && code_point <= 'z') || (code_point >= 'A' && code_point <= 'Z') ||
           code_point >= 0x80;
}

enum scan_kind scan_classify(const struct scan_input *input, const char *text, char *dst)
{
    char clean[4 * SCAN_CODE_SIZE];
    text_clean(clean, sizeof clean, text);
    char *begin = clean + strspn(clean, " ");

    /* A prefix that came through a paste, or after the field had the focus. */
    if (input != NULL && input->prefix_length > 0) {
        char prefix[4 * SCAN_PREFIX_SIZE + 1];
        size_t length = 0;
        for (int i = 0; i < input->prefix_length; i++)
            length += text_encode(input->prefix[i], prefix + length);
        prefix[length] = '\0';
        if (strncmp(begin, prefix, length) == 0)
            begin += length;
    }
    size_t end = strlen(begin);
    while (end > 0 && begin[end - 1] == ' ')
        begin[--end] = '\0';

    bool digit = false, letter = false, blank = false, other = false, at = false;
    uint32_t code_point = 0;
    size_t used = 0;
    for (const char *at_text = begin; (used = text_decode(at_text, &code_point)) > 0;
         at_text += used) {
        if (code_point >= '0' && code_point <= '9')
            digit = true;
        else if (is_letter(code_point))
            letter = true;
        else if (code_point == ' ')
            blank = true;
        else if (code_point == '@')
            at = true;
        else if (code_point == '+' || code_point == '(' || code_point == ')')
            other = true;
    }
    enum scan_kind kind = SCAN_NAME;
    if (begin[0] == '\0')
        kind = SCAN_NOTHING;
    else if (digit && !at && !other && !(letter && blank))
        kind = SCAN_CODE;

    size_t length = 0;
    for (size_t i = 0; begin[i] != '\0' && length + 1 < SCAN_CODE_SIZE; i++) {
        if (kind == SCAN_CODE && !letter && (begin[i] == ' ' || begin[i] == '-'))
            continue;
        if (kind == SCAN_CODE && length == 0 && begin[i] == '#')
            continue;
        dst[length++] = begin[i];
    }
    dst[length] = '\0';
    text_drop_partial(dst);
    return kind;
}

bool scan_repeat_is_same(struct scan_repeat *repeat, const char *code, int64_t now,
                         int64_t silent_ms)
{
    for (int i = 0; i < SCAN_REMEMBERED; i++) {
        if (repeat->seen[i].code[0] != '\0' && strcmp(repeat->seen[i].code, code) == 0) {
            bool same = now - repeat->seen[i].at <= silent_ms;
            repeat->seen[i].at = now;
            return same && silent_ms > 0;
        }
    }
    snprintf(repeat->seen[repeat->next].code, sizeof repeat->seen[0].code, "%s", code);
    repeat->seen[repeat->next].at = now;
    repeat->next = (repeat->next + 1) % SCAN_REMEMBERED;
    return false;
}

void scan_repeat_forget(struct scan_repeat *repeat, const char *code)
{
    for (int i = 0; i < SCAN_REMEMBERED; i++) {
        if (strcmp(repeat->seen[i].code, code) == 0)
            repeat->seen[i].code[0] = '\0';
    }
}
