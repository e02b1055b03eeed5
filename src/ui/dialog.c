/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One structure for the four dialogs: a title, a text, then choices or a field. The layout is
 * measured first, so that the frame is as high as what it holds; where the screen is lower, the
 * text gives way before the choices do.
 */
#include "gymtui/ui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/keymap.h"
#include "gymtui/ui/term.h"
#include "internal.h"

#define CHOICES_MOST 24
#define WIDTH_MOST   72

enum dialog_kind { DIALOG_CONFIRM, DIALOG_CHOOSE, DIALOG_TYPE, DIALOG_TELL };

struct choice {
    uint32_t key;
    char shown[24];
    char text[160];
};

struct dialog {
    enum dialog_kind kind;
    enum role role;
    char title[160];
    char text[2048];
    struct choice choices[CHOICES_MOST];
    int count;
    int here;           /* the choice the arrows are on; −1: none */
    uint32_t opened_by; /* not heeded until another key came */
    char label[80];
    char must_equal[FIELD_SIZE];
    bool required;
    bool complained;
    struct field field;
    char typed[FIELD_SIZE];
};

static struct dialog *new_dialog(enum dialog_kind kind, const char *title, const char *text)
{
    struct dialog *dialog = calloc(1, sizeof *dialog);
    if (dialog != NULL) {
        dialog->kind = kind;
        dialog->role = ROLE_STRONG;
        dialog->here = -1;
        text_append(dialog->title, sizeof dialog->title, "%s", title != NULL ? title : "");
        text_append(dialog->text, sizeof dialog->text, "%s", text != NULL ? text : "");
    }
    return dialog;
}

static void add_choice(struct dialog *dialog, const char *key, const char *text)
{
    if (dialog->count < CHOICES_MOST) {
        struct choice *choice = &dialog->choices[dialog->count++];
        if (!key_parse(key, &choice->key)) {
            choice->key = 0;
        }
        text_append(choice->shown, sizeof choice->shown, "%s", key);
        text_append(choice->text, sizeof choice->text, "%s", text);
    }
}

struct dialog *dialog_confirm(const char *title, const char *text, const char *yes_key,
                              const char *yes_label, uint32_t opened_by)
{
    struct dialog *dialog = new_dialog(DIALOG_CONFIRM, title, text);
    uint32_t yes;
    if (dialog == NULL) {
        return NULL;
    }
    if (!key_parse(yes_key, &yes) || yes == opened_by) { /* must differ from the opening one */
        yes_key = opened_by == 'y' ? "o" : "y";
    }
    add_choice(dialog, yes_key, yes_label);
    add_choice(dialog, "Enter", "no, leave it as it is");
    dialog->here = 1;
    dialog->opened_by = opened_by;
    return dialog;
}

struct dialog *dialog_choose(const char *title, const char *text,
                             const struct dialog_choice *choices, int count)
{
    struct dialog *dialog = new_dialog(DIALOG_CHOOSE, title, text);
    for (int i = 0; dialog != NULL && i < count; i++) {
        add_choice(dialog, choices[i].key, choices[i].text);
    }
    return dialog;
}

struct dialog *dialog_type(const char *title, const char *text, const char *label,
                           const char *must_equal, bool required)
{
    struct dialog *dialog = new_dialog(DIALOG_TYPE, title, text);
    if (dialog != NULL) {
        text_append(dialog->label, sizeof dialog->label, "%s", label != NULL ? label : "");
        text_append(dialog->must_equal, sizeof dialog->must_equal, "%s",
                    must_equal != NULL ? must_equal : "");
        dialog->required = required;
    }
    return dialog;
}

struct dialog *dialog_tell(const char *title, const char *text)
{
    return new_dialog(DIALOG_TELL, title, text);
}

void dialog_free(struct dialog *dialog)
{
    free(dialog);
}

void dialog_set_role(struct dialog *dialog, enum role role)
{
    dialog->role = role;
}

/* --- keys --- */

static enum dialog_result confirm_key(struct dialog *dialog, uint32_t key)
{
    if (key == dialog->opened_by) { /* still held down */
        return DIALOG_GOES_ON;
    }
    dialog->opened_by = 0;
    if (key == dialog->choices[0].key) {
        return DIALOG_YES;
    }
    return key == 'n' || key == KEY_CODE_ESCAPE || key == KEY_CODE_ENTER ? DIALOG_NO
                                                                         : DIALOG_GOES_ON;
}

static enum dialog_result choose_key(struct dialog *dialog, uint32_t key)
{
    for (int i = 0; i < dialog->count; i++) {
        if (key == dialog->choices[i].key && key != 0) {
            dialog->here = i;
            return DIALOG_YES;
        }
    }
    switch (key) {
    case KEY_CODE_ESCAPE:
        return DIALOG_NO;
    case KEY_CODE_ENTER: /* only what the arrows chose */
        return dialog->here >= 0 ? DIALOG_YES : DIALOG_GOES_ON;
    case KEY_CODE_DOWN:
    case KEY_CODE_TAB:
        dialog->here = dialog->count > 0 ? (dialog->here + 1) % dialog->count : -1;
        return DIALOG_GOES_ON;
    case KEY_CODE_UP:
    case KEY_CODE_BACK_TAB:
        dialog->here = dialog->here > 0 ? dialog->here - 1 : dialog->count - 1;
        return DIALOG_GOES_ON;
    default:
        return DIALOG_GOES_ON;
    }
}

static void take_typed(struct dialog *dialog)
{
    const char *from = dialog->field.text + strspn(dialog->field.text, " ");
    size_t length = strlen(from);
    while (length > 0 && from[length - 1] == ' ') {
        length--;
    }
    memcpy(dialog->typed, from, length);
    dialog->typed[length] = '\0';
}

static enum dialog_result type_key(struct dialog *dialog, uint32_t key)
{
    if (key == KEY_CODE_ESCAPE) {
        return DIALOG_NO;
    }
    if (key == KEY_CODE_ENTER) {
        take_typed(dialog);
        dialog->complained = dialog->must_equal[0] != '\0'
                                 ? strcmp(dialog->typed, dialog->must_equal) != 0
                                 : dialog->required && dialog->typed[0] == '\0';
        return dialog->complained ? DIALOG_GOES_ON : DIALOG_YES;
    }
    if (field_key(&dialog->field, key)) {
        dialog->complained = false;
    }
    return DIALOG_GOES_ON;
}

enum dialog_result dialog_key(struct dialog *dialog, uint32_t key)
{
    switch (dialog->kind) {
    case DIALOG_CONFIRM:
        return confirm_key(dialog, key);
    case DIALOG_CHOOSE:
        return choose_key(dialog, key);
    case DIALOG_TYPE:
        return type_key(dialog, key);
    case DIALOG_TELL:
        return DIALOG_YES;
    }
    return DIALOG_NO;
}

void dialog_paste(struct dialog *dialog, const char *text)
{
    if (dialog->kind == DIALOG_TYPE) {
        field_paste(&dialog->field, text);
        dialog->complained = false;
    }
}

int dialog_chosen(const struct dialog *dialog)
{
    return dialog->here;
}

const char *dialog_typed(const struct dialog *dialog)
{
    return dialog->typed;
}

/* --- drawing --- */

static int key_width(const struct dialog *dialog)
{
    int widest = dialog->kind == DIALOG_CHOOSE ? 3 : 1; /* for Esc */
    for (int i = 0; i < dialog->count; i++) {
        int width = text_width(dialog->choices[i].shown);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* Columns a choice's text has, in an answer of so many. */
static int choice_room(const struct dialog *dialog, int columns)
{
    int room = columns - 2 - key_width(dialog) - 2;
    return room > 1 ? room : 1;
}

static int choice_rows(const struct dialog *dialog, int choice, int columns)
{
    struct area measure = {0, 0, 1000, choice_room(dialog, columns)};
    int rows = draw_paragraph(measure, 0, 0, ROLE_TEXT, dialog->choices[choice].text, true);
    return rows > 1 ? rows : 1;
}

/* Rows below the text, in so many columns. */
static int answer_rows(const struct dialog *dialog, int columns)
{
    int rows = 0;
    for (int i = 0; i < dialog->count; i++) {
        rows += choice_rows(dialog, i, columns);
    }
    switch (dialog->kind) {
    case DIALOG_CONFIRM:
        return rows;
    case DIALOG_CHOOSE:
        return rows + 1;
    case DIALOG_TYPE:
        return 3;
    case DIALOG_TELL:
        return 1;
    }
    return 0;
}

static void draw_choices(const struct dialog *dialog, struct area area)
{
    int text = 2 + key_width(dialog) + 2;
    /* Where there are not even rows enough, each choice gets one; where there are too few for that
     * as well, the list follows the arrows. */
    bool wrapped = answer_rows(dialog, area.columns) <= area.rows;
    int hidden = wrapped || dialog->count < area.rows ? 0 : dialog->count - area.rows;
    int top = dialog->here + 2 - area.rows; /* the one after it is seen too */
    top = top > hidden ? hidden : top < 0 ? 0 : top;
    if (hidden > 0) {
        struct area edge = area_part(area, 0, area.columns - 1, area.rows, 1);
        draw_text(edge, 0, 0, ROLE_DIM, top > 0 ? sign_text(SIGN_UP) : "");
        draw_text(edge, area.rows - 1, 0, ROLE_DIM, top < hidden ? sign_text(SIGN_DOWN) : "");
        area = area_part(area, 0, 0, area.rows, area.columns - 2);
    }
    int y = 0;
    for (int i = top; i < dialog->count; i++) {
        const struct choice *choice = &dialog->choices[i];
        bool here = i == dialog->here;
        enum role role = here ? ROLE_CURSOR : ROLE_TEXT;
        int rows = wrapped ? choice_rows(dialog, i, area.columns) : 1;
        if (here) {
            draw_clear(area_part(area, y, 0, rows, area.columns), ROLE_CURSOR);
            draw_text(area, y, 0, ROLE_CURSOR, sign_text(SIGN_CURSOR));
            if (term_is_plain() && dialog->kind == DIALOG_CHOOSE) {
                draw_cursor(area, y, 2);
            }
        }
        draw_text(area, y, 2, here ? ROLE_CURSOR : ROLE_BAR_KEY, choice->shown);
        if (rows == 1) {
            draw_text(area, y, text, role, choice->text);
        } else {
            draw_paragraph(area, y, text, role, choice->text, false);
        }
        y += rows;
    }
    if (dialog->kind == DIALOG_CHOOSE) {
        draw_text(area, y, 2, ROLE_DIM, "Esc");
        draw_text(area, y, text, ROLE_DIM, "leave it");
    }
}

static void draw_typing(const struct dialog *dialog, struct area area)
{
    int x = 2;
    x += draw_text(area, 0, x, ROLE_LABEL, dialog->label);
    x += x > 2 ? 2 : 0;
    if (area.columns - x < 8) { /* a long label goes above */
        x = 2;
        area = area_part(area, 1, 0, area.rows, area.columns);
    }
    field_draw(&dialog->field, area, 0, x, area.columns - x - 2, true);
    if (dialog->complained) {
        draw_format(area, 1, area.columns - x < 26 ? 2 : x, ROLE_BAD, "%s %s", sign_text(SIGN_BAD),
                    dialog->must_equal[0] != '\0' ? "that is not the same"
                                                  : "something must be said");
    }
    draw_text(area, 2, 2, ROLE_DIM, "Enter goes on, Esc leaves it");
}

void dialog_draw(const struct dialog *dialog, struct area screen)
{
    int columns = screen.columns - 4 < WIDTH_MOST ? screen.columns - 4 : WIDTH_MOST;
    columns = columns < 46 ? screen.columns : columns;
    struct area measure = {0, 0, 1000, columns - 6 > 1 ? columns - 6 : 1};
    int text_rows = draw_paragraph(measure, 0, 0, ROLE_TEXT, dialog->text, true);
    int asked = answer_rows(dialog, columns - 3 > 1 ? columns - 3 : 1);
    int gaps = text_rows > 0 ? 2 : 1;
    int rows = text_rows + asked + gaps + 3;
    struct area inside = draw_panel(screen, rows, columns, dialog->role, dialog->title);
    struct area answer;
    bool airy = inside.rows >= text_rows + asked + gaps;
    if (airy) {
        area_take_top(&inside, 1);
    }
    answer = area_take_bottom(&inside, airy ? asked + 1 : asked);
    answer = area_part(answer, 0, 0, answer.rows, answer.columns - 1);
    inside = area_part(inside, 0, 2, airy && inside.rows > text_rows ? text_rows : inside.rows,
                       inside.columns - 4);
    draw_paragraph(inside, 0, 0, ROLE_TEXT, dialog->text, false);
    if (term_is_plain()) {
        draw_cursor(inside, 0, 0); /* the question; the selected answer or the field take it on */
    }
    switch (dialog->kind) {
    case DIALOG_CONFIRM:
    case DIALOG_CHOOSE:
        draw_choices(dialog, answer);
        break;
    case DIALOG_TYPE:
        draw_typing(dialog, answer);
        break;
    case DIALOG_TELL:
        draw_text(answer, 0, 2, ROLE_DIM, "Any key goes on");
        break;
    }
}
