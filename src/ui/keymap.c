/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A keymap is the screen's table and the common one, one binding an entry, with the keys that the
 * configuration gave instead. What was rebound is looked at first, so that a person's own choice
 * beats a default on the same key; a screen's own table always beats the common one.
 */
#include "gymtui/ui/keymap.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gymtui/base/text.h"

#define KEYS_MOST    8
#define KEYS_SIZE    96
#define SCREENS_MOST 32
#define COMMON       "common"

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

/* --- names of keys --- */

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

/* The next name of a list with blanks between; false at its end. */
static bool next_name(const char **list, char *name, size_t size)
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

/* --- a screen's keymap --- */

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
    while (binding->count < KEYS_MOST && next_name(&keys, name, sizeof name)) {
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
        if (keymap->bindings[i].entry->command == command && next_name(&keys, name, sizeof name)) {
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

/* --- all tables: configuration and man page --- */

static struct {
    const char *screen;
    const struct key_entry *entries;
} registered[SCREENS_MOST];
static int registered_count;

void keymap_register(const char *screen, const struct key_entry *entries)
{
    for (int i = 0; i < registered_count; i++) {
        if (strcmp(registered[i].screen, screen) == 0) {
            registered[i].entries = entries;
            return;
        }
    }
    if (registered_count < SCREENS_MOST && entries != NULL) {
        registered[registered_count].screen = screen;
        registered[registered_count++].entries = entries;
    }
}

static const struct key_entry *find_command(const char *command)
{
    const char *dot = strchr(command, '.');
    const struct key_entry *entry = NULL;
    if (dot == NULL) {
        return NULL;
    }
    size_t length = (size_t)(dot - command);
    if (length == strlen(COMMON) && strncmp(command, COMMON, length) == 0) {
        entry = keymap_common;
    }
    for (int i = 0; i < registered_count && entry == NULL; i++) {
        if (strlen(registered[i].screen) == length &&
            strncmp(command, registered[i].screen, length) == 0) {
            entry = registered[i].entries;
        }
    }
    while (entry != NULL && entry->command != COMMAND_NONE && strcmp(entry->name, dot + 1) != 0) {
        entry++;
    }
    return entry != NULL && entry->command != COMMAND_NONE ? entry : NULL;
}

/* ^S ^Q ^Z ^C ^\ never reach us. */
static bool is_terminals_own(uint32_t key)
{
    return key == 'S' - 64 || key == 'Q' - 64 || key == 'Z' - 64 || key == 'C' - 64 ||
           key == '\\' - 64;
}

bool keymap_check(const char *command, const char *keys, struct error *error)
{
    char name[KEYS_SIZE];
    int count = 0;
    if (find_command(command) == NULL) {
        return error_set(error, ERROR_CONFIG, "gymtui(1), KEYS, lists the commands.",
                         "there is no command \"%s\" to give keys to", command);
    }
    for (; next_name(&keys, name, sizeof name); count++) {
        uint32_t key;
        if (!key_parse(name, &key)) {
            return error_set(error, ERROR_CONFIG,
                             "Write F1 to F12, ^A to ^Z, Enter, Esc, Tab, Shift-Tab, Up, Down, "
                             "Left, Right, PgUp, PgDn, Home, End, Ins, Del, Backspace, Space, or "
                             "one character.",
                             "\"%s\" (for %s) is not the name of a key", name, command);
        }
        if (is_terminals_own(key)) {
            return error_set(error, ERROR_CONFIG, "Choose another key.",
                             "%s (for %s) belongs to the terminal", name, command);
        }
    }
    if (count == 0 || count > KEYS_MOST) {
        return error_set(error, ERROR_CONFIG, "Write the names with blanks between.",
                         "%s needs 1 to %d keys", command, KEYS_MOST);
    }
    return true;
}

/* A key's name as mdoc takes it literally: signs of punctuation are no macros' business. */
static void print_key(FILE *out, const char *name)
{
    if (name[1] == '\0' && ispunct((unsigned char)name[0])) {
        fputs("\\&", out);
    }
    for (const char *s = name; *s != '\0'; s++) {
        switch (*s) {
        case '\\':
            fputs("\\e", out);
            break;
        case '-':
            fputs("\\-", out);
            break;
        case '^':
            fputs("\\(ha", out);
            break;
        case '~':
            fputs("\\(ti", out);
            break;
        case '`':
            fputs("\\(ga", out);
            break;
        case '\'':
            fputs("\\(aq", out);
            break;
        case '"':
            fputs("\\(dq", out);
            break;
        default:
            fputc(*s, out);
            break;
        }
    }
}

/* Sentences, each on a line of its own as mdoc wants them. */
static void print_sentences(FILE *out, const char *text)
{
    if (text[0] == '.' || text[0] == '\'') {
        fputs("\\&", out);
    }
    for (const char *s = text; *s != '\0'; s++) {
        if (*s == '\\') {
            fputs("\\e", out);
        } else if (*s == ' ' && s > text && s[-1] == '.') {
            fputc('\n', out);
        } else {
            fputc(*s, out);
        }
    }
    fputc('\n', out);
}

static void print_table(FILE *out, const char *title, const char *screen,
                        const struct key_entry *entry)
{
    fprintf(out, ".Ss %c%s\n.Bl -tag -width Ds -compact\n", toupper((unsigned char)title[0]),
            title + 1);
    for (; entry->command != COMMAND_NONE; entry++) {
        char name[KEYS_SIZE];
        const char *keys = entry->keys;
        const char *between = ".It Ic ";
        while (next_name(&keys, name, sizeof name)) {
            fputs(between, out);
            print_key(out, name);
            between = " , ";
        }
        fputc('\n', out);
        print_sentences(out, entry->help);
        fprintf(out, ".Pq Va %s.%s\n", screen, entry->name);
    }
    fprintf(out, ".El\n");
}

void keymap_print_man(FILE *out)
{
    print_table(out, "everywhere", COMMON, keymap_common);
    for (int i = 0; i < registered_count; i++) {
        print_table(out, registered[i].screen, registered[i].screen, registered[i].entries);
    }
}
