/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL files beside the data layer, embedded by embed.cmake. */
#ifndef GYMTUI_DB_SQL_FILES_H
#define GYMTUI_DB_SQL_FILES_H

struct sql_file {
    const char *name; /* "attendance" or "migrations/0001_tables"; NULL ends the table */
    const char *text; /* NUL-terminated */
};

extern const struct sql_file sql_files[];

#endif
