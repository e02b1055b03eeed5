/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the keymap share. */
#ifndef GYMTUI_UI_KEYMAP_PRIVATE_H
#define GYMTUI_UI_KEYMAP_PRIVATE_H

#include "gymtui/ui/keymap.h"

#define KEYS_MOST 8        /* of one command */
#define KEYS_SIZE 96       /* bytes for all their names */
#define COMMON    "common" /* the group of the common table */

/* The next name of a list with blanks between; false at its end. */
bool key_next_name(const char **list, char *name, size_t size);

#endif
