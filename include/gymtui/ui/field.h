/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A one-line text field: cursor, word and line kill, paste, scrolling sideways, password dots. */
#ifndef GYMTUI_UI_FIELD_H
#define GYMTUI_UI_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/ui/draw.h"

#define FIELD_SIZE 256

struct field {
    char text[FIELD_SIZE]; /* clean UTF-8 */
    int cursor;            /* byte offset, at a character's edge */
    int limit;             /* most bytes; 0: FIELD_SIZE − 1 */
    bool secret;
};

void field_set(struct field *field, const char *text); /* cursor at the end */
void field_clear(struct field *field);                 /* wipes the bytes */
bool field_is_empty(const struct field *field);
/* True when the key was used (text, Left Right Home End Backspace Del ^U ^W ^A ^E ^K). */
bool field_key(struct field *field, uint32_t key);
void field_paste(struct field *field, const char *text);
void field_draw(const struct field *field, struct area area, int y, int x, int columns,
                bool focused);

#endif
