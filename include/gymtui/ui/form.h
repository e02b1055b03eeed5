/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A form: labelled fields one below the other, in a frame, checked field by field; Enter goes to
 * the next field and on the last one saves; ^S is the terminal's, so F2 saves from anywhere.
 * Tab/Down and Shift-Tab/Up move. Esc leaves, after asking when something was typed.
 */
#ifndef GYMTUI_UI_FORM_H
#define GYMTUI_UI_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/error.h"
#include "gymtui/base/money.h"
#include "gymtui/ui/draw.h"

enum form_kind {
    FORM_TEXT,
    FORM_SECRET,
    FORM_INT,
    FORM_MONEY,
    FORM_DATE,
    FORM_CHOICE,
    FORM_YES_NO
};

struct form_entry {
    const char *label;
    enum form_kind kind;
    const char *value; /* at the start; for CHOICE the key of the choice */
    bool required;
    double minimum, maximum; /* INT; for TEXT the most bytes in maximum (0: 200) */
    /* CHOICE: pairs key, shown; ends with NULL. Left/Right or the first letter chooses. */
    const char *const *choices;
    const char *hint; /* shown below while the field has the focus */
    bool read_only;
};

enum form_result { FORM_GOES_ON, FORM_SAVE, FORM_LEAVE };

struct form;
/* Copies the title and the entries' values; labels, hints and choices must live as long as the
 * form. */
struct form *form_new(const char *title, const struct form_entry *entries, int count);
void form_free(struct form *form); /* wipes secrets */
/* What F2 does where "save" is not the word: "start" and "Starting…". Both live as long as the
 * form. */
void form_set_action(struct form *form, const char *action, const char *doing);
/* FORM_SAVE only when every field is right. */
enum form_result form_key(struct form *form, uint32_t key);
void form_paste(struct form *form, const char *text);
bool form_is_changed(const struct form *form);
/* Values. Text is trimmed. Empty dates are DATE_NONE. */
const char *form_text(const struct form *form, int entry);
int form_int(const struct form *form, int entry);
money form_money(const struct form *form, int entry);
int32_t form_date(const struct form *form, int entry);
bool form_yes(const struct form *form, int entry);
/* Puts a message beside a field (from the data layer) and the focus on it; −1: below the form. */
void form_complain(struct form *form, int entry, const char *message);
/* While a save is under way keys are ignored and "Saving…" is shown. */
void form_set_busy(struct form *form, bool busy);
/* Sets a value from outside (concurrent edit resolution). */
void form_set(struct form *form, int entry, const char *value);
void form_draw(struct form *form, struct area screen);

#endif
