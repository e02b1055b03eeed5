/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys by their names, as they stand in key tables and in the configuration. */
#include <string.h>
#include <strings.h>

#include "gymtui/base/text.h"
#include "keymap_private.h"

static const struct {
    const char *name;
    uint32_t key;
} key_names[] = {
    {"Enter", KEY_CODE_ENTER},
    {"Esc", KEY_CODE_ESCAPE},
    {"Tab", KEY_CODE_TAB},
    {"Shift-Tab", KEY_CODE_BACK_TAB},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"PgUp", KEY_CODE_PAGE_UP},
    {"PgDn", KEY_CODE_PAGE_DOWN},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"Ins", KEY_CODE_INSERT},
    {"Del", KEY_CODE_DELETE},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Space", ' '},
};
#define KEY_NAMES (sizeof key_names / sizeof key_names[0])

/* Some control characters are keys of their own. */
static uint32_t control_key(uint32_t control)
{
    switch (control) {
    case '\r':
    case '\n':
        return KEY_CODE_ENTER;
    case '\t':
        return KEY_CODE_TAB;
    case '\b':
        return KEY_CODE_BACKSPACE;
    case 27:
        return KEY_CODE_ESCAPE;
    default:
        return control;
    }
}

bool key_parse(const char *name, uint32_t *key)
{
    for (size_t i = 0; i < KEY_NAMES; i++) {
        if (strcasecmp(name, key_names[i].name) == 0) {
            *key = key_names[i].key;
            return true;
        }
    }
    size_t length = strlen(name);
    if ((name[0] == 'F' || name[0] == 'f') && length >= 2 && length <= 3 && name[1] != '0' &&
        strspn(name + 1, "0123456789") == length - 1) {
        int number = name[1] - '0';
        number = length == 3 ? number * 10 + (name[2] - '0') : number;
        *key = (uint32_t)(KEY_CODE_F1 + number - 1);
        return number <= 12;
    }
    if (name[0] == '^' && length == 2) {
        char letter = name[1] >= 'a' && name[1] <= 'z' ? (char)(name[1] - 32) : name[1];
        if (letter == '?') {
            *key = KEY_CODE_BACKSPACE;
            return true;
        }
        *key = control_key((uint32_t)(letter - 64));
        return letter > '@' && letter <= '_';
    }
    uint32_t code;
    size_t used = text_decode(name, &code);
    *key = code;
    return used > 0 && name[used] == '\0' && code > ' ' && code != 127 &&
           !(code >= 0x80 && code < 0xa0);
}

void key_format(uint32_t key, char *dst, size_t size)
{
    char bytes[5] = {0};
    for (size_t i = 0; i < KEY_NAMES; i++) {
        if (key == key_names[i].key) {
            snprintf(dst, size, "%s", key_names[i].name);
            return;
        }
    }
    if (key >= KEY_CODE_F1 && key <= KEY_CODE_F12) {
        snprintf(dst, size, "F%u", key - KEY_CODE_F1 + 1);
    } else if (key < ' ') {
        snprintf(dst, size, "^%c", (char)(key + 64));
    } else if (key < KEY_CODE_BASE) {
        bytes[text_encode(key, bytes)] = '\0';
        snprintf(dst, size, "%s", bytes);
    } else {
        snprintf(dst, size, "%s", "");
    }
}

bool key_next_name(const char **list, char *name, size_t size)
{
    *list += strspn(*list, " ");
    size_t length = strcspn(*list, " ");
    if (length == 0) {
        return false;
    }
    snprintf(name, size, "%.*s", (int)length, *list);
    *list += length;
    return true;
}
