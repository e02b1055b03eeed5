/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels at the right of their column, fields beside them, one line for what there is to say. */
#include "gymtui/ui/form.h"

#include <string.h>

#include "form_private.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"
#include "internal.h"

#define WIDTH_MOST 76
#define FIELD_MOST 40
#define BESIDE     60 /* columns from which a problem stands beside its field, else below */

/* A choice's key is what its field holds. */
static const char *shown_choice(const struct entry *entry)
{
    for (const char *const *choice = form_choices(entry); *choice != NULL; choice += 2) {
        if (strcmp(choice[0], entry->field.text) == 0) {
            return choice[1];
        }
    }
    return "";
}

struct layout {
    int labels, fields; /* columns */
};

static struct layout lay_out(const struct form *form, int columns)
{
    struct layout layout = {0, 0};
    for (int i = 0; i < form->count; i++) {
        int width = text_width(form->entries[i].about.label);
        layout.labels = width > layout.labels ? width : layout.labels;
    }
    layout.labels = layout.labels > columns * 9 / 20 ? columns * 9 / 20 : layout.labels;
    layout.fields = columns - layout.labels - 2;
    layout.fields = layout.fields > FIELD_MOST ? FIELD_MOST : layout.fields;
    return layout;
}

static int field_width(const struct entry *entry, int room)
{
    int wish = room;
    switch (entry->about.kind) {
    case FORM_INT:
        wish = 10;
        break;
    case FORM_MONEY:
    case FORM_DATE:
        wish = 14;
        break;
    case FORM_TEXT:
    case FORM_SECRET:
        wish = entry->field.limit + 1;
        break;
    case FORM_CHOICE:
    case FORM_YES_NO:
        break;
    }
    return wish < room ? wish : room;
}

static int draw_choice(const struct entry *entry, struct area area, int y, int x, bool here)
{
    const char *shown = shown_choice(entry);
    if (!here) {
        return draw_text(area, y, x, ROLE_TEXT, shown);
    }
    int used = draw_format(area, y, x, ROLE_FIELD, " %s ", shown);
    if (term_is_plain()) {
        draw_cursor(area, y, x);
    }
    used += draw_text(area, y, x + used, ROLE_DIM, " Left Right");
    return used;
}

/* Returns whether the problem, if there is one, stands in full beside the field. */
static bool draw_entry(const struct form *form, int index, struct area area, int y,
                       struct layout layout)
{
    const struct entry *entry = &form->entries[index];
    bool here = index == form->here && !form->busy;
    int x = layout.labels + 2;
    enum role label = entry->problem[0] != '\0' ? ROLE_BAD : here ? ROLE_STRONG : ROLE_LABEL;
    draw_cell(area, y, 0, layout.labels, ALIGN_RIGHT, label, entry->about.label);
    int used;
    if (entry->about.read_only) {
        used = draw_text(area, y, x, ROLE_DIM,
                         form_is_choice(entry) ? shown_choice(entry) : entry->field.text);
    } else if (form_is_choice(entry)) {
        used = draw_choice(entry, area, y, x, here);
    } else {
        used = field_width(entry, layout.fields);
        field_draw(&entry->field, area, y, x, used, here);
        if (!here && field_is_empty(&entry->field)) {
            draw_text(area, y, x, ROLE_DIM, entry->about.required ? "needed" : "–");
        }
    }
    if (entry->problem[0] == '\0' || area.columns < BESIDE) {
        return false;
    }
    draw_format(area, y, x + used + 2, ROLE_BAD, "%s %s", sign_text(SIGN_BAD), entry->problem);
    return x + used + 2 + 2 + text_width(entry->problem) <= area.columns;
}

/* What the foot has to say besides its keys, and how: the state, what is wrong with the form or,
 * where its field could not say it in full, with the field, or else the hint. */
static enum role word_foot(const struct form *form, bool told, char *dst, size_t size)
{
    const struct entry *entry = form->count > 0 ? &form->entries[form->here] : NULL;
    dst[0] = '\0';
    if (form->busy) {
        snprintf(dst, size, "%s", form->doing);
        return ROLE_STRONG;
    }
    if (form->problem[0] != '\0') {
        snprintf(dst, size, "%s %s", sign_text(SIGN_BAD), form->problem);
        return ROLE_BAD;
    }
    if (entry != NULL && entry->problem[0] != '\0' && !told) {
        snprintf(dst, size, "%s %s: %s", sign_text(SIGN_BAD), entry->about.label, entry->problem);
        return ROLE_BAD;
    }
    if (entry != NULL && entry->about.hint != NULL) {
        snprintf(dst, size, "%s", entry->about.hint);
    }
    return ROLE_DIM;
}

/* Below the fields: the question, or the words above; then the keys in the last row. */
static void draw_foot(const struct form *form, struct area area, enum role role, const char *words)
{
    int keys = area.rows > 2 ? area.rows - 1 : 1;
    if (form->asking) {
        draw_text(area, 0, 0, ROLE_WARN,
                  strcmp(form->action, "save") == 0 ? "Leave without saving?"
                                                    : "Leave? What was typed goes.");
        draw_text(area, 1, 0, ROLE_TEXT, "y  leave      any other key  go on typing");
        return;
    }
    if (area.rows > 2)
        draw_paragraph(area_part(area, 0, 0, keys, area.columns), 0, 0, role, words, false);
    else
        draw_text(area, 0, 0, role, words);
    int x = draw_text(area, keys, 0, ROLE_BAR_KEY, "F2");
    x += draw_format(area, keys, x, ROLE_TEXT, " %s   ", form->action);
    x += draw_text(area, keys, x, ROLE_BAR_KEY, "Enter");
    x += draw_text(area, keys, x, ROLE_TEXT, " next   ");
    x += draw_text(area, keys, x, ROLE_BAR_KEY, "Esc");
    draw_text(area, keys, x, ROLE_TEXT, " leave");
}

static int count_lines(const char *text, int columns)
{
    return draw_paragraph((struct area){.columns = columns}, 0, 0, ROLE_TEXT, text, true);
}

/* The lines of the longest hint: fields do not jump about while one goes through them. */
static int count_hint_lines(const struct form *form, int columns)
{
    int most = 1;
    for (int i = 0; i < form->count; i++) {
        int lines = count_lines(form->entries[i].about.hint, columns);
        most = lines > most ? lines : most;
    }
    return most;
}

/* The rows of the words and the keys where not everything has room: a hint leaves three fields in
 * sight; what is wrong leaves the one it stands at. */
static int foot_rows(const struct form *form, int rows, enum role role, int said)
{
    int least = rows > 4 ? 2 : rows > 1 ? 1 : 0;
    int fields = role == ROLE_BAD ? 1 : form->count < 3 ? form->count : 3;
    int wish = 1 + said < rows - fields ? 1 + said : rows - fields;
    return wish > least ? wish : least;
}

void form_draw(struct form *form, struct area screen)
{
    char words[sizeof form->problem + 8];
    int columns = screen.columns - 4 < WIDTH_MOST ? screen.columns - 4 : WIDTH_MOST;
    columns = columns < 46 ? screen.columns : columns;
    struct area line = {.columns = columns - 6}; /* without rows: nothing is drawn yet */
    struct layout layout = lay_out(form, line.columns);
    bool told = form->count > 0 && draw_entry(form, form->here, line, 0, layout);
    enum role role = word_foot(form, told, words, sizeof words);
    int said = form->asking ? 1 : count_lines(words, columns - 6);
    int hint = count_hint_lines(form, columns - 6);
    int lines = said > hint ? said : hint;
    struct area inside =
        draw_panel(screen, form->count + 6 + lines, columns, ROLE_STRONG, form->title);
    bool airy = inside.rows >= form->count + 5 && inside.rows >= form->count + 3 + lines;
    inside = area_part(inside, airy ? 1 : 0, 2, airy ? inside.rows - 2 : inside.rows,
                       inside.columns - 4);
    struct area foot =
        area_take_bottom(&inside, airy ? 1 + lines : foot_rows(form, inside.rows, role, said));
    if (airy && inside.rows > form->count) {
        area_take_bottom(&inside, 1);
    }
    int page = inside.rows > 0 ? inside.rows : 1;
    form->top = form->here < form->top ? form->here : form->top;
    form->top = form->here >= form->top + page ? form->here - page + 1 : form->top;
    form->top = form->top > form->count - page ? form->count - page : form->top;
    form->top = form->top < 0 ? 0 : form->top;
    if (form->top + page < form->count) { /* there is more than fits */
        draw_text(inside, inside.rows - 1, inside.columns - 1, ROLE_DIM, sign_text(SIGN_DOWN));
    }
    if (form->top > 0) {
        draw_text(inside, 0, inside.columns - 1, ROLE_DIM, sign_text(SIGN_UP));
    }
    for (int y = 0; y < inside.rows && form->top + y < form->count; y++) {
        draw_entry(form, form->top + y, inside, y, layout);
    }
    draw_foot(form, foot, role, words);
}
