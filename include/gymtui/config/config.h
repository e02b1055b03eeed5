/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings: one typed table (option name, type, bounds, default, help) over libconfig.
 * Precedence: command line (--set name=value and the options that stand for it) > environment
 * (GYMTUI_SECTION_NAME) > $XDG_CONFIG_HOME/gymtui/gymtui.conf > /etc/gymtui/gymtui.conf > default.
 * `gymtui.conf.example`, gymtui.conf(5) and `gymtui config` are made from the same table.
 * An unknown or out-of-range setting is an error that names file, line and the allowed range.
 * A file that holds a password and can be read by others is refused.
 */
#ifndef GYMTUI_CONFIG_CONFIG_H
#define GYMTUI_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gymtui/base/error.h"

enum config_type { CONFIG_BOOL, CONFIG_INT, CONFIG_NUMBER, CONFIG_TEXT, CONFIG_CHOICE };

/* X(identifier, "section.name", type, minimum, maximum, default, choices, unit, help)
 * Every value is written as text in the default column, and parsed by the same code as a file's. */
#define CONFIG_OPTIONS(X)                                                                          \
    X(CONFIG_DATABASE_CONNINFO, "database.conninfo", CONFIG_TEXT, 0, 1000, "", "", "",             \
      "Which PostgreSQL: a libpq connection string (host, port, dbname, sslmode, service …). "     \
      "Empty: the private one that `gymtui demo` runs.")                                           \
    X(CONFIG_DATABASE_BROWSE_CONNINFO, "database.browse_conninfo", CONFIG_TEXT, 0, 1000, "", "",   \
      "", "Where lists and reports read, for instance a standby. Empty: the same server.")         \
    X(CONFIG_DATABASE_DESK_TIMEOUT, "database.desk_timeout", CONFIG_INT, 200, 60000, "2000", "",   \
      "ms", "Longest a check-in or another short statement may take.")                             \
    X(CONFIG_DATABASE_BROWSE_TIMEOUT, "database.browse_timeout", CONFIG_INT, 1000, 600000,         \
      "30000", "", "ms", "Longest a list, report or export may take.")                             \
    X(CONFIG_DATABASE_CONNECT_TIMEOUT, "database.connect_timeout", CONFIG_INT, 500, 60000, "5000", \
      "", "ms", "Longest to wait for one host to answer before the next is tried.")                \
    X(CONFIG_LOGIN_GYM, "login.gym", CONFIG_TEXT, 0, 60, "", "", "",                               \
      "The gym's user name, filled in on the login screen and used by the command line.")          \
    X(CONFIG_LOGIN_USER, "login.user", CONFIG_TEXT, 0, 60, "", "", "",                             \
      "The staff user name, filled in on the login screen and used by the command line.")          \
    X(CONFIG_LOGIN_PASSWORD, "login.password", CONFIG_TEXT, 0, 200, "", "", "",                    \
      "For unattended commands only. Better in ~/.pgpass or in GYMTUI_LOGIN_PASSWORD. A file "     \
      "with it that others can read is refused.")                                                  \
    X(CONFIG_DESK_NAME, "desk.name", CONFIG_TEXT, 1, 20, "1", "", "",                              \
      "What this desk is called in the feed and on receipts.")                                     \
    X(CONFIG_DESK_SCANNER_PREFIX, "desk.scanner_prefix", CONFIG_TEXT, 0, 8, "", "", "",            \
      "Characters the scanner sends before a code, so that a scan is told from typing.")           \
    X(CONFIG_DESK_AUTO, "desk.auto", CONFIG_BOOL, 0, 1, "false", "", "",                           \
      "A second scan checks the member out without asking.")                                       \
    X(CONFIG_DESK_REPEAT_SILENT, "desk.repeat_silent", CONFIG_INT, 0, 60, "3", "", "s",            \
      "The same code again within this time is taken for the same scan.")                          \
    X(CONFIG_DESK_REPEAT_WARN, "desk.repeat_warn", CONFIG_INT, 0, 3600, "300", "", "s",            \
      "The same code again within this time warns.")                                               \
    X(CONFIG_DESK_LOCK_AFTER, "desk.lock_after", CONFIG_INT, 0, 86400, "900", "", "s",             \
      "Lock the screen after this long without a key. 0: never.")                                  \
    X(CONFIG_POLICY_EXPIRED_GRACE, "policy.expired_grace", CONFIG_INT, 0, 60, "3", "", "days",     \
      "New gyms: how long after its end a term still lets in, with a warning.")                    \
    X(CONFIG_POLICY_EXPIRING_WITHIN, "policy.expiring_within", CONFIG_INT, 0, 60, "7", "", "days", \
      "New gyms: warn when a term ends within this time.")                                         \
    X(CONFIG_POLICY_OWING, "policy.owing", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny", "",    \
      "New gyms: a member who owes money.")                                                        \
    X(CONFIG_POLICY_CAPACITY, "policy.capacity", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",  \
      "", "New gyms: the house is full.")                                                          \
    X(CONFIG_POLICY_AUTO_CHECKOUT, "policy.auto_checkout", CONFIG_INT, 30, 1440, "240", "",        \
      "min", "New gyms: a forgotten check-out is closed after this long.")                         \
    X(CONFIG_SCREEN_THEME, "screen.theme", CONFIG_CHOICE, 0, 0, "auto",                            \
      "auto dark light mono", "", "Colours. auto follows the terminal and NO_COLOR.")              \
    X(CONFIG_SCREEN_ASCII, "screen.ascii", CONFIG_CHOICE, 0, 0, "auto", "auto yes no", "",         \
      "Signs and lines in plain ASCII. auto follows the locale.")                                  \
    X(CONFIG_SCREEN_BELL, "screen.bell", CONFIG_BOOL, 0, 1, "true", "", "",                        \
      "Sound the bell when a member is denied.")                                                   \
    X(CONFIG_SCREEN_MOUSE, "screen.mouse", CONFIG_BOOL, 0, 1, "false", "", "",                     \
      "Take clicks and the wheel; selecting text then needs Shift.")                               \
    X(CONFIG_LOG_FILE, "log.file", CONFIG_TEXT, 0, 1000, "", "", "",                               \
      "Empty: $XDG_STATE_HOME/gymtui/gymtui.log.")                                                 \
    X(CONFIG_LOG_LEVEL, "log.level", CONFIG_CHOICE, 0, 0, "info", "error warning info debug", "",  \
      "What is worth writing down.")                                                               \
    X(CONFIG_DEMO_DIRECTORY, "demo.directory", CONFIG_TEXT, 0, 1000, "", "", "",                   \
      "Where the private PostgreSQL lives. Empty: $XDG_DATA_HOME/gymtui.")                         \
    X(CONFIG_DEMO_PROFILE, "demo.profile", CONFIG_CHOICE, 0, 0, "small",                           \
      "small chain million harsh isp", "", "What `gymtui demo` generates.")                        \
    X(CONFIG_DEMO_SEED, "demo.seed", CONFIG_INT, 0, 2147483647, "1", "", "",                       \
      "The generator's seed number: the same number gives the same gym.")

enum config_id {
#define CONFIG_ENUM(id, ...) id,
    CONFIG_OPTIONS(CONFIG_ENUM)
#undef CONFIG_ENUM
        CONFIG_COUNT
};

struct config_option {
    enum config_id id;
    const char *name;
    enum config_type type;
    double minimum, maximum; /* value for INT and NUMBER, length in bytes for TEXT */
    const char *initial;     /* the default, as text */
    const char *choices;     /* words with blanks between, for CHOICE */
    const char *unit;
    const char *help;
};

extern const struct config_option config_options[CONFIG_COUNT];

struct config;

struct config_sources {
    const char *file;              /* --config FILE: read instead of the two below; NULL: none */
    const char *user_file;         /* NULL: from XDG_CONFIG_HOME or HOME */
    const char *system_file;       /* NULL: /etc/gymtui/gymtui.conf */
    const char *const *assignments; /* --set "section.name=value", NULL-terminated; may be NULL */
    /* Says whether a name in the group `keys` is a command that can be bound, and whether the keys
     * are known; fills *error otherwise. NULL: any. The toolkit's key table stands behind it. */
    bool (*check_key)(const char *command, const char *keys, struct error *error);
};

/* Reads all sources. The caller frees with config_free. NULL on error. */
struct config *config_load(const struct config_sources *sources, struct error *error);
void config_free(struct config *config);

bool config_bool(const struct config *config, enum config_id id);
int config_int(const struct config *config, enum config_id id);
double config_number(const struct config *config, enum config_id id);
const char *config_text(const struct config *config, enum config_id id); /* TEXT and CHOICE */
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
