/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the configuration layer share. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "gymtui/config/config.h"

/* Where a value stands. */
struct place {
    const char *file;     /* NULL: not from a file */
    unsigned line;        /* in the file */
    const char *variable; /* the environment's variable; NULL with file NULL: the command line */
};

struct value {
    char *text; /* as it was written; owned */
    long long integer;
    double number;
    bool flag;
    char *origin; /* as config_origin gives it; owned */
};

struct binding {
    char *command, *keys, *origin; /* owned */
};

struct config {
    struct value values[CONFIG_COUNT];
    struct binding *bindings;
    size_t binding_count;
    bool touched;
    bool (*check_key)(const char *command, const char *keys, struct error *error);
};

/* What was written, for messages: a value and how it was spelled. */
enum spelling { SPELLED_WORD, SPELLED_TEXT, SPELLED_NUMBER, SPELLED_TRUTH };

/* value.c: checks `text` against the option's type and range and keeps it; on error *error names
 * the option, the value (never a password), the place and what is allowed. */
bool value_set(struct config *config, const struct config_option *option, const char *text,
               enum spelling spelling, const struct place *place, struct error *error);
bool value_set_keys(struct config *config, const char *command, const char *keys,
                    const struct place *place, struct error *error);
/* "allowed: 0 to 60 s" without the word in front; for messages and the manual. */
void value_describe_range(const struct config_option *option, char *dst, size_t size);
/* " in FILE line 12", " in GYMTUI_DESK_NAME", " on the command line" */
void value_describe_place(const struct place *place, char *dst, size_t size);
/* Whether a connection string holds a password; the copy in dst (may be NULL) hides it. */
bool value_hide_password(const char *conninfo, char *dst, size_t size);

/* table.c: the name that was probably meant, or NULL; `has_section` false for a section's name. */
const char *table_nearest_option(const char *name);
const char *table_nearest_section(const char *name);
bool table_is_section(const char *name);
/* Fills *error for a name that is no setting. */
bool table_refuse_name(const char *name, const struct place *place, struct error *error);

struct section {
    const char *name;
    const char *title;
};
extern const struct section table_sections[];
extern const size_t table_section_count;

/* file.c: reads one file into *config. A file that does not exist is fine when `optional`. */
bool file_read(struct config *config, const char *path, bool optional, struct error *error);

/* paths.c: the user's configuration file by the XDG rules; false when there is no home. */
bool paths_user_file(char *dst, size_t size);

#endif
