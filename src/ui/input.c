/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes wait in `pending` until they are whole: a key, a sequence, a character. What comes
 * back from a read function is how many bytes were used; NEED_MORE leaves them where they are.
 * A sequence that nobody knows is swallowed, so that it never turns into text.
 */
#include "gymtui/ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/keymap.h"

#define ESC           27
#define LEARNED       64
#define SEQUENCE      16
#define NEED_MORE     0
#define SEQUENCE_MOST 256

struct input {
    unsigned char *pending;
    size_t count, room;
    int64_t last_byte; /* when */
    bool pasting;
    char *paste; /* raw while gathered */
    size_t paste_count;
    char *clean; /* what was handed out last */
    int repeat;  /* of a wheel step */
    uint32_t repeated;
    uint32_t clicked; /* where */
    struct {
        char sequence[SEQUENCE];
        size_t length;
        uint32_t key;
    } learned[LEARNED];
    int learned_count;
};

struct input *input_new(void)
{
    struct input *input = calloc(1, sizeof *input);
    if (input != NULL) {
        input->paste = malloc(INPUT_PASTE_MOST + 1);
        input->clean = malloc(INPUT_PASTE_MOST * 3 + 1); /* a broken byte grows to three */
        if (input->paste == NULL || input->clean == NULL) {
            input_free(input);
            return NULL;
        }
    }
    return input;
}

void input_free(struct input *input)
{
    if (input != NULL) {
        free(input->pending);
        free(input->paste);
        free(input->clean);
        free(input);
    }
}

void input_learn(struct input *input, const char *sequence, uint32_t key)
{
    size_t length = strlen(sequence);
    /* Single bytes and plain text are read without being told. */
    if (length < 2 || length >= SEQUENCE || sequence[0] != ESC || input->learned_count == LEARNED) {
        return;
    }
    memcpy(input->learned[input->learned_count].sequence, sequence, length + 1);
    input->learned[input->learned_count].length = length;
    input->learned[input->learned_count++].key = key;
}

void input_feed(struct input *input, const char *bytes, size_t count, int64_t now)
{
    if (input->count + count > input->room) {
        size_t room = (input->count + count) * 2;
        unsigned char *larger = realloc(input->pending, room);
        if (larger == NULL) {
            return;
        }
        input->pending = larger;
        input->room = room;
    }
    memcpy(input->pending + input->count, bytes, count);
    input->count += count;
    input->last_byte = now;
}

static void drop(struct input *input, size_t count)
{
    input->count -= count;
    memmove(input->pending, input->pending + count, input->count);
}

/* --- sequences --- */

static uint32_t letter_key(unsigned char letter)
{
    switch (letter) {
    case 'A':
    case 'a': /* rxvt with Ctrl or Shift */
        return KEY_CODE_UP;
    case 'B':
    case 'b':
        return KEY_CODE_DOWN;
    case 'C':
    case 'c':
        return KEY_CODE_RIGHT;
    case 'D':
    case 'd':
        return KEY_CODE_LEFT;
    case 'H':
        return KEY_CODE_HOME;
    case 'F':
        return KEY_CODE_END;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return (uint32_t)(KEY_CODE_F1 + (letter - 'P'));
    case 'Z':
        return KEY_CODE_BACK_TAB;
    case 'M':
        return KEY_CODE_ENTER;
    default:
        return 0;
    }
}

/* CSI n ~ */
static uint32_t number_key(int number)
{
    static const unsigned char functions[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
    for (size_t i = 0; i < sizeof functions; i++) {
        if (functions[i] == number) {
            return KEY_CODE_F1 + (uint32_t)i;
        }
    }
    switch (number) {
    case 1:
    case 7:
        return KEY_CODE_HOME;
    case 2:
        return KEY_CODE_INSERT;
    case 3:
        return KEY_CODE_DELETE;
    case 4:
    case 8:
        return KEY_CODE_END;
    case 5:
        return KEY_CODE_PAGE_UP;
    case 6:
        return KEY_CODE_PAGE_DOWN;
    case 200:
        return KEY_CODE_PASTE_BEGIN;
    case 201:
        return KEY_CODE_PASTE_END;
    default:
        return 0;
    }
}

/* The key of one byte or one character. */
static uint32_t code_key(uint32_t code)
{
    switch (code) {
    case '\r':
    case '\n':
        return KEY_CODE_ENTER;
    case '\t':
        return KEY_CODE_TAB;
    case '\b':
    case 127:
        return KEY_CODE_BACKSPACE;
    case ESC:
        return KEY_CODE_ESCAPE;
    default:
        return code < 0x110000 ? code : 0;
    }
}

/* 0 when there is none. */
static int number_at(const char *text)
{
    int number = 0;
    for (; *text >= '0' && *text <= '9' && number < 100000000; text++) {
        number = number * 10 + (*text - '0');
    }
    return number;
}

static uint32_t csi_key(struct input *input, const char *parameters, unsigned char final)
{
    if (parameters[0] == '<') { /* the mouse: its wheel, and the left button going down */
        const char *column = strchr(parameters, ';');
        const char *row = column != NULL ? strchr(column + 1, ';') : NULL;
        if (final == 'M' && row != NULL && number_at(parameters + 1) == 0) {
            int x = number_at(column + 1) - 1;
            int y = number_at(row + 1) - 1;
            if (x < 0 || y < 0 || x >= INPUT_CLICK_ROW || y >= INPUT_CLICK_ROW) {
                return 0;
            }
            input->clicked = (uint32_t)y * INPUT_CLICK_ROW + (uint32_t)x;
            return KEY_CODE_CLICK;
        }
        int button = number_at(parameters + 1) & ~28;
        if (final == 'M' && (button == 64 || button == 65)) {
            input->repeated = button == 64 ? KEY_CODE_UP : KEY_CODE_DOWN;
            input->repeat = 2;
            return input->repeated;
        }
        return 0;
    }
    if (parameters[0] == '?' || parameters[0] == '>' || parameters[0] == '=') {
        return 0; /* an answer to a question nobody asked */
    }
    if (final == '~' || final == '$' || final == '^' || final == '@') { /* rxvt's modified ones */
        int number = number_at(parameters);
        const char *third = strchr(parameters, ';');
        third = third != NULL ? strchr(third + 1, ';') : NULL;
        if (number == 27 && third != NULL) { /* modifyOtherKeys */
            return code_key((uint32_t)number_at(third + 1));
        }
        return number_key(number);
    }
    if (final == 'u') {
        int number = number_at(parameters);
        return number > 0 ? code_key((uint32_t)number) : 0;
    }
    return letter_key(final);
}

/* ESC [ … : parameters, then a final byte from @ to ~. */
static size_t read_csi(struct input *input, uint32_t *key)
{
    const unsigned char *p = input->pending;
    char parameters[32] = "";
    size_t filled = 0;
    if (input->count >= 3 && p[2] == '[') { /* linux: F1–F5 are ESC [ [ A … E */
        if (input->count < 4) {
            return NEED_MORE;
        }
        *key = p[3] >= 'A' && p[3] <= 'E' ? (uint32_t)(KEY_CODE_F1 + (p[3] - 'A')) : 0;
        return 4;
    }
    if (input->count >= 3 && p[2] == 'M') { /* the old mouse report */
        return input->count < 6 ? NEED_MORE : 6;
    }
    for (size_t i = 2; i < input->count; i++) {
        bool shifted = p[i] == '$' && i > 2; /* rxvt ends Shift's forms with it */
        if (p[i] == ESC || p[i] < ' ' || p[i] > '~') {
            return i; /* broken off: what comes now is something new */
        }
        if (p[i] >= '@' || shifted) {
            *key = filled + 1 < sizeof parameters ? csi_key(input, parameters, p[i]) : 0;
            return i + 1;
        }
        if (filled + 1 < sizeof parameters) {
            parameters[filled++] = (char)p[i];
            parameters[filled] = '\0';
        }
    }
    if (input->count > SEQUENCE_MOST) { /* no sequence is that long */
        return input->count;
    }
    return NEED_MORE;
}

static size_t read_ss3(const struct input *input, uint32_t *key)
{
    static const char keypad[] = "jklmnopqrstuvwxyX";
    static const char text[] = "*+,-./0123456789=";
    const unsigned char *p = input->pending;
    size_t at = 2;
    while (at < input->count && (p[at] == ';' || (p[at] >= '0' && p[at] <= '9'))) {
        at++; /* a modifier */
    }
    if (at >= input->count) {
        return NEED_MORE;
    }
    const char *found = strchr(keypad, p[at]);
    *key = found != NULL && *found != '\0' ? (uint32_t)text[found - keypad] : letter_key(p[at]);
    return at + 1;
}

static size_t read_escape(struct input *input, uint32_t *key)
{
    bool partly = false;
    for (int i = 0; i < input->learned_count; i++) {
        size_t length = input->learned[i].length;
        size_t known = length < input->count ? length : input->count;
        if (memcmp(input->pending, input->learned[i].sequence, known) == 0) {
            if (known == length) {
                *key = input->learned[i].key;
                return length;
            }
            partly = true;
        }
    }
    if (input->count < 2) {
        return NEED_MORE;
    }
    if (input->pending[1] == '[') {
        return read_csi(input, key);
    }
    if (input->pending[1] == 'O') {
        return read_ss3(input, key);
    }
    if (partly) {
        return NEED_MORE;
    }
    *key = KEY_CODE_ESCAPE;
    return 1;
}

static size_t read_character(const struct input *input, uint32_t *key)
{
    unsigned char first = input->pending[0];
    size_t needed = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
    char bytes[5] = {0};
    size_t have = input->count < needed ? input->count : needed;
    for (size_t i = 0; i < have; i++) {
        if (i > 0 && (input->pending[i] & 0xc0) != 0x80) {
            needed = have = i; /* cut off by something new */
            break;
        }
        bytes[i] = (char)input->pending[i];
    }
    if (have < needed) {
        return NEED_MORE;
    }
    uint32_t code;
    size_t used = text_decode(bytes, &code);
    /* C1 controls are nobody's text and nobody's key. */
    *key = used == 0 || (code >= 0x80 && code < 0xa0) ? 0 : code_key(code);
    return used == 0 ? 1 : used;
}

/* --- paste --- */

static bool ends_paste(struct input *input)
{
    static const char end[] = "\033[201~";
    size_t length = sizeof end - 1;
    size_t at = 0;
    while (at < input->count) {
        size_t known = input->count - at < length ? input->count - at : length;
        if (memcmp(input->pending + at, end, known) == 0) {
            break;
        }
        if (input->paste_count < INPUT_PASTE_MOST) {
            input->paste[input->paste_count++] = (char)input->pending[at];
        }
        at++;
    }
    bool whole = input->count - at >= length;
    drop(input, whole ? at + length : at);
    return whole;
}

static enum input_event hand_out_paste(struct input *input, const char **text)
{
    input->pasting = false;
    for (size_t i = 0; i < input->paste_count; i++) {
        if (input->paste[i] == '\0' || input->paste[i] == '\r') {
            input->paste[i] = '\n'; /* text_clean makes it a blank */
        }
    }
    input->paste[input->paste_count] = '\0';
    text_clean(input->clean, INPUT_PASTE_MOST * 3 + 1, input->paste);
    input->paste_count = 0;
    *text = input->clean;
    return INPUT_PASTE;
}

/* --- events --- */

static int64_t patience(const struct input *input)
{
    return input->pasting                                  ? INPUT_PASTE_WAIT
           : input->count == 1 && input->pending[0] == ESC ? INPUT_ESCAPE_WAIT
                                                           : INPUT_REST_WAIT;
}

int input_wait(const struct input *input, int64_t now)
{
    if (input->count == 0 && !input->pasting) {
        return -1;
    }
    int64_t left = input->last_byte + patience(input) - now;
    return left > 0 ? (int)left : 0;
}

/* The wait is over and nothing came: what is there has to be something by itself. */
static size_t give_up(const struct input *input, uint32_t *key)
{
    bool is_key = input->pending[0] == ESC && input->count <= 2;
    *key = is_key ? KEY_CODE_ESCAPE : 0;
    return is_key ? 1 : input->count;
}

enum input_event input_next(struct input *input, int64_t now, uint32_t *key, const char **text)
{
    if (input->repeat > 0) {
        input->repeat--;
        *key = input->repeated;
        return INPUT_KEY;
    }
    while (input->count > 0 || input->pasting) {
        bool late = now - input->last_byte >= patience(input);
        if (input->pasting) {
            if (ends_paste(input) || late) {
                return hand_out_paste(input, text);
            }
            return INPUT_NOTHING;
        }
        uint32_t found = 0;
        size_t used =
            input->pending[0] == ESC ? read_escape(input, &found) : read_character(input, &found);
        if (used == NEED_MORE && late) {
            used = give_up(input, &found);
        }
        if (used == NEED_MORE) {
            return INPUT_NOTHING;
        }
        drop(input, used);
        if (found == KEY_CODE_CLICK) {
            *key = input->clicked;
            return INPUT_CLICK;
        }
        if (found == KEY_CODE_PASTE_BEGIN) {
            input->pasting = true;
        } else if (found != 0 && found != KEY_CODE_PASTE_END) {
            *key = found;
            return INPUT_KEY;
        }
    }
    return INPUT_NOTHING;
}
