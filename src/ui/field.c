/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The field scrolls as a pure function of its cursor: nothing about drawing is remembered. */
#include "gymtui/ui/field.h"

#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/keymap.h"
#include "gymtui/ui/term.h"
#include "internal.h"

static int limit_of(const struct field *field)
{
    return field->limit > 0 && field->limit < FIELD_SIZE ? field->limit : FIELD_SIZE - 1;
}

void field_clear(struct field *field)
{
    explicit_bzero(field->text, sizeof field->text);
    field->cursor = 0;
}

void field_set(struct field *field, const char *text)
{
    field_clear(field);
    field_paste(field, text != NULL ? text : "");
}

bool field_is_empty(const struct field *field)
{
    return field->text[0] == '\0';
}

/* A character is a base with its marks. */
static int next_edge(const struct field *field, int at)
{
    uint32_t code;
    at += (int)text_decode(field->text + at, &code);
    size_t used = text_decode(field->text + at, &code);
    while (used > 0 && text_code_width(code) == 0) {
        at += (int)used;
        used = text_decode(field->text + at, &code);
    }
    return at;
}

static int previous_edge(const struct field *field, int at)
{
    int edge = 0;
    for (int next = 0; next < at; next = next_edge(field, next)) {
        edge = next;
    }
    return edge;
}

static int word_start(const struct field *field, int at)
{
    while (at > 0 && field->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && field->text[at - 1] != ' ') {
        at--;
    }
    return at;
}

static void cut(struct field *field, int from, int to)
{
    size_t length = strlen(field->text);
    memmove(field->text + from, field->text + to, length - (size_t)to + 1);
    size_t left = strlen(field->text);
    explicit_bzero(field->text + left, length - left); /* a secret leaves nothing behind */
    field->cursor = from;
}

/* Puts in as many whole characters as there is room for. */
void field_paste(struct field *field, const char *text)
{
    char clean[FIELD_SIZE];
    size_t length = strlen(field->text);
    int room = limit_of(field) - (int)length;
    text_clean(clean, room > 0 ? (size_t)room + 1 : 1, text);
    size_t added = strlen(clean);
    if (added > 0) {
        memmove(field->text + field->cursor + added, field->text + field->cursor,
                length - (size_t)field->cursor + 1);
        memcpy(field->text + field->cursor, clean, added);
        field->cursor += (int)added;
    }
    explicit_bzero(clean, sizeof clean);
}

static void type_code(struct field *field, uint32_t code)
{
    char bytes[5] = {0};
    bytes[text_encode(code, bytes)] = '\0';
    field_paste(field, bytes);
}

#define CTRL_KEY(letter) (0x1f & (letter))

bool field_key(struct field *field, uint32_t key)
{
    int end = (int)strlen(field->text);
    switch (key) {
    case KEY_CODE_LEFT:
        field->cursor = previous_edge(field, field->cursor);
        return true;
    case KEY_CODE_RIGHT:
        field->cursor = next_edge(field, field->cursor);
        return true;
    case KEY_CODE_HOME:
    case CTRL_KEY('A'):
        field->cursor = 0;
        return true;
    case KEY_CODE_END:
    case CTRL_KEY('E'):
        field->cursor = end;
        return true;
    case KEY_CODE_BACKSPACE:
        cut(field, previous_edge(field, field->cursor), field->cursor);
        return true;
    case KEY_CODE_DELETE: {
        int at = field->cursor;
        cut(field, at, next_edge(field, at));
        return true;
    }
    case CTRL_KEY('U'):
        cut(field, 0, field->cursor);
        return true;
    case CTRL_KEY('K'):
        cut(field, field->cursor, end);
        return true;
    case CTRL_KEY('W'):
        cut(field, word_start(field, field->cursor), field->cursor);
        return true;
    default:
        break;
    }
    if (key < ' ' || key >= KEY_CODE_BASE) {
        return false;
    }
    type_code(field, key);
    return true;
}

/* What is shown: the text, or a dot for each of its characters; and the cursor's column in it. */
static int make_shown(const struct field *field, char *shown, size_t size)
{
    if (!field->secret) {
        char before[FIELD_SIZE];
        char prepared[LINE_SIZE];
        memcpy(before, field->text, (size_t)field->cursor);
        before[field->cursor] = '\0';
        draw_prepare(prepared, sizeof prepared, before);
        draw_prepare(shown, size, field->text);
        return text_width(prepared);
    }
    int column = 0;
    int dots = 0;
    shown[0] = '\0';
    for (int at = 0; field->text[at] != '\0'; at = next_edge(field, at)) {
        column = at < field->cursor ? dots + 1 : column;
        dots++;
        text_append(shown, size, "%s", term_is_ascii() ? "*" : "•");
    }
    return column;
}

void field_draw(const struct field *field, struct area area, int y, int x, int columns,
                bool focused)
{
    char shown[LINE_SIZE];
    enum role role = focused ? ROLE_FIELD : ROLE_TEXT;
    columns = columns < area.columns - x ? columns : area.columns - x;
    if (columns < 1) {
        return;
    }
    int cursor = make_shown(field, shown, sizeof shown);
    int width = text_width(shown);
    /* The cursor needs a column after the last character. */
    int hidden = focused && cursor > columns - 1 ? cursor - (columns - 1) : 0;
    const char *from = shown;
    int skipped = 0;
    uint32_t code;
    while (skipped < hidden) {
        size_t used = text_decode(from, &code);
        if (used == 0) {
            break;
        }
        skipped += text_code_width(code);
        from += used;
    }
    size_t used = text_decode(from, &code);
    while (used > 0 && skipped > 0 && text_code_width(code) == 0) {
        from += used;
        used = text_decode(from, &code);
    }
    if (focused && width - skipped > columns) { /* the end is cut silently while typing goes on */
        char clipped[LINE_SIZE];
        text_clip(clipped, sizeof clipped, from, columns, "");
        draw_cell(area, y, x, columns, ALIGN_LEFT, role, clipped);
    } else {
        draw_cell(area, y, x, columns, ALIGN_LEFT, role, from);
    }
    if (skipped > 0 && columns > 2) {
        draw_cell(area, y, x, 1, ALIGN_LEFT, role, draw_ellipsis());
    }
    if (focused) {
        draw_cursor(area, y, x + cursor - skipped);
    }
}
