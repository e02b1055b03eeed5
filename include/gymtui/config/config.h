/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings: one typed table (option name, type, bounds, default, help) over libconfig.
 * Precedence: command line (--set name=value and the options that stand for it) > environment
 * (GYMTUI_SECTION_NAME) > $XDG_CONFIG_HOME/gymtui/gymtui.conf > /etc/gymtui/gymtui.conf > default.
 * `gymtui.conf.example`, gymtui.conf(5) and `gymtui config` are made from the same table.
 * An unknown or out-of-range setting is an error that names file, line and the allowed range.
 * A file that holds a password and can be read by others is refused. The options themselves stand
 * in options.h.
 */
#ifndef GYMTUI_CONFIG_CONFIG_H
#define GYMTUI_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gymtui/base/error.h"
#include "gymtui/config/options.h"

enum config_type { CONFIG_BOOL, CONFIG_INT, CONFIG_NUMBER, CONFIG_TEXT, CONFIG_CHOICE };

enum config_id {
#define CONFIG_ENUM(id, ...) id,
    CONFIG_OPTIONS(CONFIG_ENUM) CONFIG_COUNT
#undef CONFIG_ENUM
};

struct config_option {
    enum config_id id;
    const char *name;
    enum config_type type;
    double minimum, maximum; /* value for INT and NUMBER, length in bytes for TEXT */
    const char *initial;     /* the default, as text */
    const char *choices;     /* words with blanks between, for CHOICE */
    const char *unit;
    const char *help;   /* what it does */
    const char *reason; /* why the default is what it is */
};

extern const struct config_option config_options[CONFIG_COUNT];

struct config;

struct config_sources {
    const char *file;               /* --config FILE: read instead of the two below; NULL: none */
    const char *user_file;          /* NULL: from XDG_CONFIG_HOME or HOME */
    const char *system_file;        /* NULL: /etc/gymtui/gymtui.conf */
    const char *const *assignments; /* --set "section.name=value", NULL-terminated; may be NULL */
    /* Says whether a name in the group `keys` is a command that can be bound, and whether the keys
     * are known; fills *error otherwise. NULL: any. The toolkit's key table stands behind it. */
    bool (*check_key)(const char *command, const char *keys, struct error *error);
    /* Whether two lists of keys have one in common, which is written to `name`. Commands of one
     * screen that were given the same key are then an error. NULL: not looked for. */
    bool (*share_key)(const char *keys, const char *others, char *name, size_t size);
};

/* Reads all sources. The caller frees with config_free (may be NULL). NULL on error. An empty
 * variable of the environment counts as not set, unless an empty text is allowed. A variable that
 * starts like a section (GYMTUI_DESK_…) and names no option is an error too. */
struct config *config_load(const struct config_sources *sources, struct error *error);
void config_free(struct config *config);

/* The option of this name, or NULL. */
const struct config_option *config_find_option(const char *name);

bool config_bool(const struct config *config, enum config_id id);
int config_int(const struct config *config, enum config_id id);
double config_number(const struct config *config, enum config_id id);
/* For TEXT and CHOICE; of the other types the text they were read from. Lives as long as config. */
const char *config_text(const struct config *config, enum config_id id);
/* Where the value came from: "default", "GYMTUI_DESK_NAME", "/etc/gymtui/gymtui.conf:12",
 * "command line". */
const char *config_origin(const struct config *config, enum config_id id);
/* Whether any file was found, or a variable or option given (a first start has none). */
bool config_is_untouched(const struct config *config);

/* The keys that the group `keys` gives to a command ("attendance.undo"), or NULL. */
const char *config_keys(const struct config *config, const char *command);

/* `gymtui config`: every value and where it came from; passwords as "(set)". */
void config_print(const struct config *config, FILE *out);
/* The whole example file, and the options part of gymtui.conf(5), from the table. */
void config_print_example(FILE *out);
void config_print_man(FILE *out);

/* Folders by the XDG rules, made if missing (0700): "gymtui" below the base folder. */
bool config_state_directory(char *dst, size_t size, struct error *error);
bool config_data_directory(const struct config *config, char *dst, size_t size,
                           struct error *error); /* demo.directory, or XDG_DATA_HOME/gymtui */

#endif
