/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of the settings share: a folder of its own for each, and an environment without
 * * our variables.
 */
#ifndef GYMTUI_TESTS_UNIT_CONFIG_SETTINGS_H
#define GYMTUI_TESTS_UNIT_CONFIG_SETTINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gymtui/config/config.h"

extern char settings_folder[64], settings_system_file[96], settings_user_file[96];
extern struct error settings_error;

/* For cmocka. */
int settings_make_folder(void **state);
int settings_remove_folder(void **state);

void settings_write(const char *path, const char *text);
/* Loads the two files of the test, with these assignments of the command line. */
struct config *settings_load(const char *const *assignments);
/* The settings of one user's file. */
struct config *settings_load_text(const char *text);
/* `message` has a %s where the file is named; the hint contains `hint`. */
void settings_assert_refused(const char *text, const char *message, const char *hint);

/* What a printing function prints, or a file of the source tree; the caller frees. */
char *settings_printed(void (*print)(FILE *));
char *settings_printed_values(const struct config *config);
char *settings_read_source(const char *name);

#endif
