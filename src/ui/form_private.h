/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of the form share: its fields and keys, and its drawing. */
#ifndef GYMTUI_UI_FORM_PRIVATE_H
#define GYMTUI_UI_FORM_PRIVATE_H

#include "gymtui/ui/field.h"
#include "gymtui/ui/form.h"

struct entry {
    struct form_entry about;
    struct field field;
    char before[FIELD_SIZE]; /* what it was at the start */
    char value[FIELD_SIZE];  /* trimmed, for form_text */
    char problem[160];
};

struct form {
    char title[300];
    struct entry *entries;
    int count;
    int here;
    int top; /* first entry shown when not all fit */
    bool busy;
    bool asking; /* leave with changes? */
    char problem[512];
    const char *action, *doing; /* "save", "Saving…" */
};

bool form_is_choice(const struct entry *entry);
/* Pairs of key and text; ends with NULL. */
const char *const *form_choices(const struct entry *entry);

#endif
