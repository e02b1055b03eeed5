/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, pastes and scans on their way to the program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

void terminal_send(struct terminal *terminal, const void *bytes, size_t count)
{
    const char *left = bytes;
    int64_t until = terminal_now_ms() + terminal_patience_ms();
    terminal->answered = false;
    while (count > 0 && terminal->master >= 0 && terminal_now_ms() < until) {
        ssize_t sent = write(terminal->master, left, count);
        if (sent > 0) {
            left += sent;
            count -= (size_t)sent;
        } else if (errno == EAGAIN) {
            terminal_pump_all(-1, 20, NULL); /* its line is full: it has to read first */
        } else {
            break;
        }
    }
    if (count > 0)
        fail_msg("the terminal takes no more input: %s", strerror(errno));
}

static void send_key(struct terminal *terminal, const char *key)
{
    static const struct {
        const char *name;
        VTermKey key;
        VTermModifier modifier;
    } names[] = {
        {"Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE},
        {"Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE},
        {"Tab", VTERM_KEY_TAB, VTERM_MOD_NONE},
        {"Shift-Tab", VTERM_KEY_TAB, VTERM_MOD_SHIFT},
        {"Backspace", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE},
        {"Up", VTERM_KEY_UP, VTERM_MOD_NONE},
        {"Down", VTERM_KEY_DOWN, VTERM_MOD_NONE},
        {"Left", VTERM_KEY_LEFT, VTERM_MOD_NONE},
        {"Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE},
        {"Home", VTERM_KEY_HOME, VTERM_MOD_NONE},
        {"End", VTERM_KEY_END, VTERM_MOD_NONE},
        {"Page-Up", VTERM_KEY_PAGEUP, VTERM_MOD_NONE},
        {"Page-Down", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE},
        {"Delete", VTERM_KEY_DEL, VTERM_MOD_NONE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, key) == 0) {
            vterm_keyboard_key(terminal->vterm, names[i].key, names[i].modifier);
            return;
        }
    }
    if (key[0] == 'F' && key[1] >= '1' && key[1] <= '9')
        vterm_keyboard_key(terminal->vterm, (VTermKey)VTERM_KEY_FUNCTION(strtol(key + 1, NULL, 10)),
                           VTERM_MOD_NONE);
    else if (key[0] == '^' && key[1] != '\0')
        terminal_send(terminal, &(char){(char)(key[1] & 0x1f)}, 1);
    else
        terminal_send(terminal, key, strlen(key));
}

void terminal_key(struct terminal *terminal, const char *key)
{
    terminal->keys++;
    send_key(terminal, key);
}

void terminal_type(struct terminal *terminal, const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        terminal->keys += ((unsigned char)*at & 0xc0) != 0x80; /* one a character */
    terminal_send(terminal, text, strlen(text));
}

void terminal_paste(struct terminal *terminal, const char *text)
{
    vterm_keyboard_start_paste(terminal->vterm);
    terminal_send(terminal, text, strlen(text));
    vterm_keyboard_end_paste(terminal->vterm);
}

void terminal_scan(struct terminal *terminal, const char *code)
{
    char bytes[256];
    int length = snprintf(bytes, sizeof bytes, "%s\r", code);
    terminal_send(terminal, bytes, (size_t)length);
}

int terminal_keys_used(const struct terminal *terminal)
{
    return terminal->keys;
}

void terminal_keys_forget(struct terminal *terminal)
{
    terminal->keys = 0;
}
