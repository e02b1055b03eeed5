/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A keymap is the screen's table and the common one, one binding an entry, with the keys that the
 * configuration gave instead. What was rebound is looked at first, so that a person's own choice
 * beats a default on the same key; a screen's own table always beats the common one.
 */
#include "gymtui/ui/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "keymap_private.h"

const struct key_entry keymap_common[] = {
    {COMMAND_UP, "up", "Up k", "up", "One row up.", 0},
    {COMMAND_DOWN, "down", "Down j", "down", "One row down.", 0},
    {COMMAND_LEFT, "left", "Left h", "left", "To the left.", 0},
    {COMMAND_RIGHT, "right", "Right l", "right", "To the right.", 0},
    {COMMAND_PAGE_UP, "page_up", "PgUp ^B", "page up", "One page up.", 0},
    {COMMAND_PAGE_DOWN, "page_down", "PgDn ^F", "page down", "One page down.", 0},
    {COMMAND_FIRST, "first", "Home g", "first", "To the first row.", 0},
    {COMMAND_LAST, "last", "End G", "last", "To the last row.", 0},
    {COMMAND_OPEN, "open", "Enter", "open", "Open what is selected.", 0},
    {COMMAND_BACK, "back", "Esc", "back", "Go back.", 0},
    {COMMAND_FILTER, "filter", "/", "find", "Type to filter the list.", KEY_WHEN_EMPTY},
    {COMMAND_SORT, "sort", "s", "sort", "Sort by the next column.", 0},
    {COMMAND_INVERT, "invert", "I", "invert", "Turn the order around.", 0},
    {COMMAND_UNDO, "undo", "u", "undo", "Undo the last action that can be undone.", 0},
    {COMMAND_REDRAW, "redraw", "^L", "redraw", "Draw the screen again.", 0},
    {COMMAND_HELP, "help", "? F1", "help", "Keys of this screen; type to filter.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_MENU, "menu", "F10 =", "menu", "The menu: jobs, lock, leave.", KEY_WHEN_EMPTY},
    {COMMAND_COMMAND_LINE, "command_line", ":", "command", "Type a command, such as :members.",
     KEY_WHEN_EMPTY},
    {COMMAND_NEXT_SCREEN, "next_screen", "Tab", "next", "The next screen.", 0},
    {COMMAND_PREVIOUS_SCREEN, "previous_screen", "Shift-Tab", "previous", "The screen before.", 0},
    {COMMAND_SCREEN_1, "screen_1", "1", "attendance", "The first screen.", 0},
    {COMMAND_SCREEN_2, "screen_2", "2", "members", "The second screen.", 0},
    {COMMAND_SCREEN_3, "screen_3", "3", "packages", "The third screen.", 0},
    {COMMAND_SCREEN_4, "screen_4", "4", "gyms", "The fourth screen.", 0},
    {COMMAND_SCREEN_5, "screen_5", "5", "analytics", "The fifth screen.", 0},
    {COMMAND_SCREEN_6, "screen_6", "6", "sixth", "The sixth screen.", 0},
    {COMMAND_LOCK, "lock", "F12 !", "lock", "Lock the screen; your password opens it again.",
     KEY_WHEN_EMPTY},
    {COMMAND_QUIT, "quit", "^D q", "leave", "Leave gymtui.", 0},
    {COMMAND_NONE, NULL, NULL, NULL, NULL, 0},
};

struct binding {
    const struct key_entry *entry;
    bool own, rebound;
    int count;
    uint32_t codes[KEYS_MOST];
    char shown[KEYS_SIZE]; /* the keys that really lead here */
};

struct keymap {
    struct binding *bindings;
    int count;
};

static void bind_keys(struct binding *binding, const char *keys)
{
    char name[KEYS_SIZE];
    while (binding->count < KEYS_MOST && key_next_name(&keys, name, sizeof name)) {
        if (key_parse(name, &binding->codes[binding->count])) {
            binding->count++;
        }
    }
}

static void add_entries(struct keymap *keymap, const char *screen, const struct key_entry *entries,
                        bool own, const struct config *config)
{
    for (; entries->command != COMMAND_NONE; entries++) {
        char name[128];
        struct binding *binding = &keymap->bindings[keymap->count++];
        *binding = (struct binding){.entry = entries, .own = own};
        snprintf(name, sizeof name, "%s.%s", screen, entries->name);
        const char *chosen = config != NULL ? config_keys(config, name) : NULL;
        binding->rebound = chosen != NULL;
        bind_keys(binding, chosen != NULL ? chosen : entries->keys);
    }
}

static size_t count_entries(const struct key_entry *entries)
{
    size_t count = 0;
    while (entries[count].command != COMMAND_NONE) {
        count++;
    }
    return count;
}

static bool has_key(const struct binding *binding, uint32_t key)
{
    for (int i = 0; i < binding->count; i++) {
        if (binding->codes[i] == key) {
            return true;
        }
    }
    return false;
}

static const struct binding *find(const struct keymap *keymap, uint32_t key)
{
    for (int pass = 0; pass < 4; pass++) { /* own rebound, own, common rebound, common */
        for (int i = 0; i < keymap->count; i++) {
            const struct binding *binding = &keymap->bindings[i];
            if (binding->own == (pass < 2) && binding->rebound == (pass % 2 == 0) &&
                has_key(binding, key)) {
                return binding;
            }
        }
    }
    return NULL;
}

struct keymap *keymap_new(const char *screen, const struct key_entry *entries,
                          const struct config *config)
{
    static const struct key_entry none = {COMMAND_NONE, NULL, NULL, NULL, NULL, 0};
    entries = entries != NULL ? entries : &none;
    struct keymap *keymap = calloc(1, sizeof *keymap);
    size_t most = count_entries(entries) + count_entries(keymap_common) + 1;
    if (keymap == NULL || (keymap->bindings = calloc(most, sizeof *keymap->bindings)) == NULL) {
        free(keymap);
        return NULL;
    }
    add_entries(keymap, screen, entries, true, config);
    add_entries(keymap, COMMON, keymap_common, false, config);
    for (int i = 0; i < keymap->count; i++) {
        struct binding *binding = &keymap->bindings[i];
        for (int k = 0; k < binding->count; k++) {
            char name[16];
            if (find(keymap, binding->codes[k]) == binding) {
                key_format(binding->codes[k], name, sizeof name);
                text_append(binding->shown, sizeof binding->shown, "%s%s",
                            binding->shown[0] != '\0' ? " " : "", name);
            }
        }
    }
    return keymap;
}

void keymap_free(struct keymap *keymap)
{
    if (keymap != NULL) {
        free(keymap->bindings);
        free(keymap);
    }
}

/* Keys that edit the text of a field which has some. */
static bool is_editing(uint32_t key)
{
    switch (key) {
    case KEY_CODE_LEFT:
    case KEY_CODE_RIGHT:
    case KEY_CODE_HOME:
    case KEY_CODE_END:
    case KEY_CODE_DELETE:
    case KEY_CODE_BACKSPACE:
    case 'A' - 64:
    case 'E' - 64:
    case 'K' - 64:
    case 'U' - 64:
    case 'W' - 64:
        return true;
    default:
        return false;
    }
}

int keymap_command(const struct keymap *keymap, uint32_t key, bool typing, bool field_empty)
{
    const struct binding *binding = find(keymap, key);
    if (binding == NULL) {
        return COMMAND_NONE;
    }
    bool printable = key >= ' ' && key < KEY_CODE_BASE;
    if (typing && printable && !(field_empty && (binding->entry->flags & KEY_WHEN_EMPTY) != 0)) {
        return COMMAND_NONE;
    }
    if (typing && !field_empty && is_editing(key)) {
        return COMMAND_NONE;
    }
    return binding->entry->command;
}

const char *keymap_shown(const struct keymap *keymap, int command)
{
    static char name[KEYS_SIZE];
    for (int i = 0; i < keymap->count; i++) {
        const char *keys = keymap->bindings[i].shown;
        if (keymap->bindings[i].entry->command == command &&
            key_next_name(&keys, name, sizeof name)) {
            return name;
        }
    }
    return "";
}

static bool is_own_command(const struct keymap *keymap, int command)
{
    for (int i = 0; i < keymap->count; i++) {
        if (keymap->bindings[i].own && keymap->bindings[i].entry->command == command) {
            return true;
        }
    }
    return false;
}

void keymap_visit(const struct keymap *keymap, keymap_visit_fn *visit, void *owner)
{
    for (int i = 0; i < keymap->count; i++) {
        const struct binding *binding = &keymap->bindings[i];
        if (binding->shown[0] != '\0' &&
            (binding->own || !is_own_command(keymap, binding->entry->command))) {
            visit(owner, binding->entry, binding->shown);
        }
    }
}
