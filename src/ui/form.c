/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every field holds its text as typed; checking gives each a problem in words or none, and the
 * values are read from the text when they are asked for. A choice is kept as its index.
 */
#include "gymtui/ui/form.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "form_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/keymap.h"

#define VALUE_MOST 200

/* --- values --- */

bool form_is_choice(const struct entry *entry)
{
    return entry->about.kind == FORM_CHOICE || entry->about.kind == FORM_YES_NO;
}

const char *const *form_choices(const struct entry *entry)
{
    static const char *const yes_no[] = {"yes", "yes", "no", "no", NULL};
    static const char *const none[] = {NULL};
    if (entry->about.kind == FORM_YES_NO) {
        return yes_no;
    }
    return entry->about.choices != NULL ? entry->about.choices : none;
}

static void set_value(struct entry *entry, const char *value)
{
    value = value != NULL ? value : "";
    if (form_is_choice(entry)) {
        const char *const *choices = form_choices(entry);
        const char *chosen = entry->about.kind == FORM_YES_NO ? "no" : choices[0];
        for (const char *const *choice = choices; *choice != NULL; choice += 2) {
            chosen = strcmp(choice[0], value) == 0 ? choice[0] : chosen;
        }
        value = chosen != NULL ? chosen : "";
    }
    field_set(&entry->field, value);
}

static void trim(struct entry *entry)
{
    const char *from = entry->field.text + strspn(entry->field.text, " ");
    size_t length = strlen(from);
    while (length > 0 && from[length - 1] == ' ') {
        length--;
    }
    if (entry->about.kind == FORM_SECRET) { /* blanks may belong to a password */
        from = entry->field.text;
        length = strlen(from);
    }
    memcpy(entry->value, from, length);
    entry->value[length] = '\0';
}

struct form *form_new(const char *title, const struct form_entry *entries, int count)
{
    struct form *form = calloc(1, sizeof *form);
    if (form == NULL ||
        (form->entries = calloc((size_t)count + 1, sizeof *form->entries)) == NULL) {
        free(form);
        return NULL;
    }
    text_append(form->title, sizeof form->title, "%s", title != NULL ? title : "");
    form->count = count;
    form->here = -1;
    form_set_action(form, "save", "Saving…");
    for (int i = 0; i < count; i++) {
        struct entry *entry = &form->entries[i];
        entry->about = entries[i];
        entry->field.secret = entries[i].kind == FORM_SECRET;
        bool bounded = entries[i].kind == FORM_TEXT || entries[i].kind == FORM_SECRET;
        entry->field.limit = bounded && entries[i].maximum >= 1 && entries[i].maximum < FIELD_SIZE
                                 ? (int)entries[i].maximum
                                 : VALUE_MOST;
        set_value(entry, entries[i].value);
        memcpy(entry->before, entry->field.text, sizeof entry->before);
        entry->about.value = NULL;
        if (form->here < 0 && !entries[i].read_only) {
            form->here = i;
        }
    }
    form->here = form->here < 0 ? 0 : form->here;
    return form;
}

void form_set_action(struct form *form, const char *action, const char *doing)
{
    form->action = action;
    form->doing = doing;
}

void form_free(struct form *form)
{
    if (form != NULL) {
        explicit_bzero(form->entries, (size_t)form->count * sizeof *form->entries);
        free(form->entries);
        free(form);
    }
}

bool form_is_changed(const struct form *form)
{
    for (int i = 0; i < form->count; i++) {
        if (strcmp(form->entries[i].field.text, form->entries[i].before) != 0) {
            return true;
        }
    }
    return false;
}

const char *form_text(const struct form *form, int entry)
{
    trim(&form->entries[entry]);
    return form->entries[entry].value;
}

static bool parse_int(const char *text, int *value)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    *value = (int)number;
    return end != text && *end == '\0' && errno == 0 && number >= INT32_MIN && number <= INT32_MAX;
}

int form_int(const struct form *form, int entry)
{
    int value = 0;
    return parse_int(form_text(form, entry), &value) ? value : 0;
}

money form_money(const struct form *form, int entry)
{
    money value = 0;
    return money_parse(form_text(form, entry), &value) ? value : 0;
}

int32_t form_date(const struct form *form, int entry)
{
    int32_t day = DATE_NONE;
    return date_parse(form_text(form, entry), &day) ? day : DATE_NONE;
}

bool form_yes(const struct form *form, int entry)
{
    return strcmp(form->entries[entry].field.text, "yes") == 0;
}

void form_complain(struct form *form, int entry, const char *message)
{
    form->busy = false;
    if (entry < 0 || entry >= form->count) {
        text_clean(form->problem, sizeof form->problem, message);
        return;
    }
    text_clean(form->entries[entry].problem, sizeof form->entries[entry].problem, message);
    form->here = entry;
}

void form_set_busy(struct form *form, bool busy)
{
    form->busy = busy;
}

void form_set(struct form *form, int entry, const char *value)
{
    set_value(&form->entries[entry], value);
    form->entries[entry].problem[0] = '\0';
}

/* --- checking --- */

static void check_int(struct entry *entry)
{
    const struct form_entry *about = &entry->about;
    int value;
    bool bounded = about->maximum > about->minimum;
    if (!parse_int(entry->value, &value)) {
        text_append(entry->problem, sizeof entry->problem, "a whole number");
    } else if (bounded && (value < about->minimum || value > about->maximum)) {
        text_append(entry->problem, sizeof entry->problem, "from %.0f to %.0f", about->minimum,
                    about->maximum);
    }
}

static void check_money(struct entry *entry)
{
    const struct form_entry *about = &entry->about;
    money value;
    bool bounded = about->maximum > about->minimum;
    if (!money_parse(entry->value, &value)) {
        text_append(entry->problem, sizeof entry->problem, "an amount, such as 39.00");
    } else if (bounded &&
               ((double)value < about->minimum * 100 || (double)value > about->maximum * 100)) {
        text_append(entry->problem, sizeof entry->problem, "from %.2f to %.2f", about->minimum,
                    about->maximum);
    }
}

/* Fills the problem; true when there is none. */
static bool check(struct entry *entry)
{
    int32_t day;
    entry->problem[0] = '\0';
    trim(entry);
    if (entry->about.read_only) {
        return true;
    }
    if (entry->value[0] == '\0') {
        if (entry->about.required) {
            text_append(entry->problem, sizeof entry->problem, "is needed");
        }
        return !entry->about.required;
    }
    switch (entry->about.kind) {
    case FORM_INT:
        check_int(entry);
        break;
    case FORM_MONEY:
        check_money(entry);
        break;
    case FORM_DATE:
        if (!date_parse(entry->value, &day)) {
            text_append(entry->problem, sizeof entry->problem, "a day, such as 2026-11-21");
        }
        break;
    case FORM_TEXT:
    case FORM_SECRET:
    case FORM_CHOICE:
    case FORM_YES_NO:
        break;
    }
    return entry->problem[0] == '\0';
}

/* --- keys --- */

static bool step_to(struct form *form, int step)
{
    for (int at = form->here + step; at >= 0 && at < form->count; at += step) {
        if (!form->entries[at].about.read_only) {
            form->here = at;
            return true;
        }
    }
    return false;
}

static enum form_result save(struct form *form)
{
    int first = -1;
    for (int i = form->count - 1; i >= 0; i--) {
        first = check(&form->entries[i]) ? first : i;
    }
    if (first >= 0) {
        form->here = first;
        return FORM_GOES_ON;
    }
    return FORM_SAVE;
}

/* How many choices there are, and which one is chosen now. */
static size_t count_choices(const struct entry *entry, size_t *now)
{
    const char *const *choices = form_choices(entry);
    size_t count = 0;
    *now = 0;
    for (; choices[count * 2] != NULL; count++) {
        *now = strcmp(choices[count * 2], entry->field.text) == 0 ? count : *now;
    }
    return count;
}

/* `step` is 1, or −1. */
static void turn_choice(struct entry *entry, int step)
{
    size_t now;
    size_t count = count_choices(entry, &now);
    if (count > 0) {
        now = step > 0 ? now + 1 : now + count - 1;
        field_set(&entry->field, form_choices(entry)[now % count * 2]);
    }
}

/* The next choice whose text starts with this letter. */
static void pick_choice(struct entry *entry, uint32_t key)
{
    char typed[8] = {0};
    char wanted[16];
    size_t now;
    size_t count = count_choices(entry, &now);
    if (key >= KEY_CODE_BASE) {
        return;
    }
    typed[text_encode(key, typed)] = '\0';
    text_fold(wanted, sizeof wanted, typed);
    for (size_t i = 1; i <= count; i++) {
        const char *const *choice = form_choices(entry) + (now + i) % count * 2;
        char folded[FIELD_SIZE];
        text_fold(folded, sizeof folded, choice[1]);
        if (wanted[0] != '\0' && strncmp(folded, wanted, strlen(wanted)) == 0) {
            field_set(&entry->field, choice[0]);
            return;
        }
    }
}

static void edit(struct form *form, uint32_t key)
{
    struct entry *entry = &form->entries[form->here];
    if (form->count == 0 || entry->about.read_only) {
        return;
    }
    if (!form_is_choice(entry)) {
        field_key(&entry->field, key);
    } else if (key == KEY_CODE_LEFT) {
        turn_choice(entry, -1);
    } else if (key == KEY_CODE_RIGHT || key == ' ') {
        turn_choice(entry, 1);
    } else {
        pick_choice(entry, key);
    }
    entry->problem[0] = '\0';
    form->problem[0] = '\0';
}

static enum form_result answer_leaving(struct form *form, uint32_t key)
{
    if (key == 'y' || key == 'Y') {
        return FORM_LEAVE;
    }
    /* Esc held down does not answer its own question. */
    form->asking = key == KEY_CODE_ESCAPE;
    return FORM_GOES_ON;
}

enum form_result form_key(struct form *form, uint32_t key)
{
    if (form->busy) {
        return FORM_GOES_ON;
    }
    if (form->asking) {
        return answer_leaving(form, key);
    }
    switch (key) {
    case KEY_CODE_ESCAPE:
        if (!form_is_changed(form)) {
            return FORM_LEAVE;
        }
        form->asking = true;
        return FORM_GOES_ON;
    case KEY_CODE_F1 + 1:
        return save(form);
    case KEY_CODE_ENTER: {
        bool right = form->count == 0 || check(&form->entries[form->here]);
        return !right || step_to(form, 1) ? FORM_GOES_ON : save(form);
    }
    case KEY_CODE_TAB:
    case KEY_CODE_DOWN:
    case KEY_CODE_UP:
    case KEY_CODE_BACK_TAB:
        if (form->count > 0) {
            check(&form->entries[form->here]);
            step_to(form, key == KEY_CODE_TAB || key == KEY_CODE_DOWN ? 1 : -1);
        }
        return FORM_GOES_ON;
    default:
        edit(form, key);
        return FORM_GOES_ON;
    }
}

void form_paste(struct form *form, const char *text)
{
    if (form->count == 0 || form->busy || form->asking) {
        return;
    }
    struct entry *entry = &form->entries[form->here];
    if (!entry->about.read_only && !form_is_choice(entry)) {
        field_paste(&entry->field, text);
        entry->problem[0] = '\0';
    }
}
