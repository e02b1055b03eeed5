/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What asks for an answer, in a frame over the dimmed screen.
 *   dialog_confirm  names the record and what will happen; defaults to No; its key differs from
 *                   the one that opened it; auto-repeat of the opening key is ignored.
 *   dialog_choose   a short list, one key each.
 *   dialog_type     one line of text (a reason; or a name that must be typed exactly).
 *   dialog_tell     something to read; any key goes on.
 */
#ifndef GYMTUI_UI_DIALOG_H
#define GYMTUI_UI_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/ui/draw.h"

enum dialog_result { DIALOG_GOES_ON, DIALOG_YES, DIALOG_NO };

struct dialog_choice {
    const char *key;  /* one key name: "p" */
    const char *text; /* "pay 39.00, renew to 9 Jan, let in" */
};

struct dialog;
struct dialog *dialog_confirm(const char *title, const char *text, const char *yes_key,
                              const char *yes_label, uint32_t opened_by);
struct dialog *dialog_choose(const char *title, const char *text,
                             const struct dialog_choice *choices, int count);
struct dialog *dialog_type(const char *title, const char *text, const char *label,
                           const char *must_equal, bool required);
struct dialog *dialog_tell(const char *title, const char *text);
void dialog_free(struct dialog *dialog);

/* Title in this role (ROLE_BAD_BIG for a denial). */
void dialog_set_role(struct dialog *dialog, enum role role);

enum dialog_result dialog_key(struct dialog *dialog, uint32_t key);
void dialog_paste(struct dialog *dialog, const char *text);
int dialog_chosen(const struct dialog *dialog);        /* index of the choice */
const char *dialog_typed(const struct dialog *dialog); /* trimmed text */
void dialog_draw(const struct dialog *dialog, struct area screen);

#endif
