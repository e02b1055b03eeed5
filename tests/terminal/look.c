/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be seen on a terminal. */
#include <string.h>

#include "internal.h"

#define TEXT_SLOTS 8
#define ROW_BYTES  4000

static char *next_text(void)
{
    static char texts[TEXT_SLOTS][ROW_BYTES];
    static int next;
    return texts[next++ % TEXT_SLOTS];
}

static size_t encode(uint32_t code, char *bytes)
{
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = count; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(heads[count] | code);
    return count;
}

static size_t cell_text(const VTermScreenCell *cell, char *text)
{
    size_t length = 0;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0; i++)
        length += encode(cell->chars[i], text + length);
    if (length == 0)
        text[length++] = ' ';
    return length;
}

const char *terminal_row(struct terminal *terminal, int row)
{
    char *text = next_text();
    size_t length = 0;
    for (int column = 0; column < terminal->columns && length + 32 < ROW_BYTES;) {
        VTermScreenCell cell = {0};
        vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
        length += cell_text(&cell, text + length);
        column += cell.width > 1 ? cell.width : 1;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}

int terminal_row_of(struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++) {
        if (strstr(terminal_row(terminal, row), text) != NULL)
            return row;
    }
    return -1;
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
    return terminal_row_of(terminal, text) >= 0;
}

int terminal_column_of(struct terminal *terminal, int row, const char *text)
{
    const char *whole = terminal_row(terminal, row);
    const char *found = strstr(whole, text);
    if (found == NULL)
        return -1;
    size_t bytes = 0;
    int column = 0;
    while (bytes < (size_t)(found - whole)) {
        VTermScreenCell cell = {0};
        char ignored[32];
        vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
        bytes += cell_text(&cell, ignored);
        column += cell.width > 1 ? cell.width : 1;
    }
    return column;
}

struct terminal_cell terminal_cell(struct terminal *terminal, int row, int column)
{
    VTermScreenCell cell = {0};
    vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
    struct terminal_cell seen = {
        .bold = cell.attrs.bold,
        .reverse = cell.attrs.reverse,
        .underline = cell.attrs.underline != 0,
        .coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg),
        .coloured_ground = !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg),
    };
    seen.text[cell_text(&cell, seen.text)] = '\0';
    return seen;
}

int terminal_bells(const struct terminal *terminal)
{
    return terminal->bells;
}

bool terminal_is_alternate(const struct terminal *terminal)
{
    return terminal->alternate;
}

bool terminal_cursor_is_shown(const struct terminal *terminal)
{
    return terminal->cursor_shown;
}

size_t terminal_received(const struct terminal *terminal)
{
    return terminal->received;
}

const char *terminal_output(const struct terminal *terminal)
{
    return terminal->output != NULL ? terminal->output : "";
}

void terminal_print(struct terminal *terminal)
{
    print_error("---- %d rows, %d columns, %zu bytes received, %zu of them shown ----\n",
                terminal->rows, terminal->columns, terminal->received, terminal->shown);
    for (int row = 0; row < terminal->rows; row++)
        print_error("|%s\n", terminal_row(terminal, row));
    print_error("----\n");
}
