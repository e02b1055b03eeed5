/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One table of commands per screen: dispatch, the bottom bar, the help screen, the man page and
 * rebinding (configuration group `keys`) all come from it.
 *
 * Keys are written as names with blanks between: "F8", "^L", "Enter", "Esc", "Tab", "Shift-Tab",
 * "Up" "Down" "Left" "Right" "PgUp" "PgDn" "Home" "End" "Ins" "Del" "Backspace" "Space", or a
 * character itself. The first one is shown in the bar.
 */
#ifndef GYMTUI_UI_KEYMAP_H
#define GYMTUI_UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/config/config.h"

/* A key event: a Unicode character, or one of these. */
enum key {
    KEY_CODE_BASE = 0x110000, /* above Unicode */
    KEY_CODE_F1,              /* F1…F12 follow one another */
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_INSERT,
    KEY_CODE_DELETE,
    KEY_CODE_BACKSPACE,
    KEY_CODE_BACK_TAB,
    KEY_CODE_ESCAPE,
    KEY_CODE_ENTER, /* also ^J and ^M */
    KEY_CODE_TAB,
    KEY_CODE_PASTE_BEGIN, /* bracketed paste */
    KEY_CODE_PASTE_END,
    KEY_CODE_CLICK, /* never handed out as a key: input.h */
};

/* Commands every screen understands; a screen's own start at COMMAND_SCREEN. */
enum command {
    COMMAND_NONE,
    COMMAND_UP,
    COMMAND_DOWN,
    COMMAND_LEFT,
    COMMAND_RIGHT,
    COMMAND_PAGE_UP,
    COMMAND_PAGE_DOWN,
    COMMAND_FIRST,
    COMMAND_LAST,
    COMMAND_OPEN,
    COMMAND_BACK,
    COMMAND_FILTER,
    COMMAND_SORT,
    COMMAND_INVERT,
    COMMAND_UNDO,
    COMMAND_REDRAW,
    COMMAND_HELP,
    COMMAND_MENU,
    COMMAND_COMMAND_LINE,
    COMMAND_NEXT_SCREEN,
    COMMAND_PREVIOUS_SCREEN,
    COMMAND_SCREEN_1,
    COMMAND_SCREEN_2,
    COMMAND_SCREEN_3,
    COMMAND_SCREEN_4,
    COMMAND_SCREEN_5,
    COMMAND_SCREEN_6,
    COMMAND_LOCK,
    COMMAND_QUIT,
    COMMAND_SCREEN = 100,
};

enum key_flag {
    KEY_IN_BAR = 1,     /* shown in the bottom bar while there is room, in table order */
    KEY_WHEN_EMPTY = 2, /* a printable key works only while the screen's field is empty */
};

struct key_entry {
    int command;
    const char *name;  /* "undo": rebound as keys.SCREEN.undo */
    const char *keys;  /* "F8 -" */
    const char *label; /* bar: "undo" */
    const char *help;  /* one sentence for help and man page */
    unsigned flags;
};

/* Keys that hold on every screen; ends with command COMMAND_NONE. A screen's own table wins. */
extern const struct key_entry keymap_common[];

/* The keys of one screen after rebinding. Freed with keymap_free. */
struct keymap;
struct keymap *keymap_new(const char *screen, const struct key_entry *entries,
                          const struct config *config);
void keymap_free(struct keymap *keymap);

/* The command of a key: the screen's own first, then the common ones. `typing`: a field has the
 * focus, so printable keys are text, except KEY_WHEN_EMPTY ones while `field_empty`. */
int keymap_command(const struct keymap *keymap, uint32_t key, bool typing, bool field_empty);
/* The first key of a command as shown ("F8", "Enter"), or "". */
const char *keymap_shown(const struct keymap *keymap, int command);

/* Visits the entries that hold now: the screen's own, then the common ones. */
typedef void keymap_visit_fn(void *owner, const struct key_entry *entry, const char *keys);
void keymap_visit(const struct keymap *keymap, keymap_visit_fn *visit, void *owner);

bool key_parse(const char *name, uint32_t *key);
void key_format(uint32_t key, char *dst, size_t size);
/* For config_sources.check_key. Screens register their tables with keymap_register at the start. */
void keymap_register(const char *screen, const struct key_entry *entries);
bool keymap_check(const char *command, const char *keys, struct error *error);
/* For config_sources.share_key. */
bool keymap_share_key(const char *keys, const char *others, char *name, size_t size);
/* The tables of all registered screens as the KEYS section of gymtui(1), in mdoc; behind each
 * entry the name under which the configuration's group `keys` binds it to other keys. */
void keymap_print_man(FILE *out);

#endif
