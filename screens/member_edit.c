/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Editing a member, enrolling a new one, and what happens when somebody else was faster: the
 * second writer sees both values and chooses (DESK.md rule 13). Fields that only the other person
 * touched are never overwritten: what is sent is the three-way merge.
 */
#include "member_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "saved.h"

enum {
    ENTRY_NAME,
    ENTRY_PHONE,
    ENTRY_EMAIL,
    ENTRY_KEYTAG,
    ENTRY_BIRTH,
    ENTRY_GENDER,
    ENTRY_NOTE,
    ENTRY_TRAINER,
    EDIT_ENTRIES,
    ENTRY_PACKAGE = EDIT_ENTRIES,
    ENTRY_METHOD,
    ENTRY_CHECK_IN,
    ENROL_ENTRIES
};

static void edit_again(struct member_state *state);

/* --- values --- */

static struct member_values values_of_card(const struct member_card *card)
{
    struct member_values values = {.birth_date = card->birth_date, .trainer_id = card->trainer_id};
    snprintf(values.name, sizeof values.name, "%s", card->name);
    snprintf(values.email, sizeof values.email, "%s", card->email);
    snprintf(values.phone, sizeof values.phone, "%s", card->phone);
    snprintf(values.keytag, sizeof values.keytag, "%s", card->keytag);
    snprintf(values.gender, sizeof values.gender, "%s", card->gender);
    snprintf(values.note, sizeof values.note, "%s", card->note);
    return values;
}

static void take_typed(struct member_state *state, const struct form *form)
{
    struct member_values *typed = &state->typed;
    snprintf(typed->name, sizeof typed->name, "%s", form_text(form, ENTRY_NAME));
    snprintf(typed->email, sizeof typed->email, "%s", form_text(form, ENTRY_EMAIL));
    snprintf(typed->phone, sizeof typed->phone, "%s", form_text(form, ENTRY_PHONE));
    snprintf(typed->keytag, sizeof typed->keytag, "%s", form_text(form, ENTRY_KEYTAG));
    snprintf(typed->gender, sizeof typed->gender, "%s", form_text(form, ENTRY_GENDER));
    snprintf(typed->note, sizeof typed->note, "%s", form_text(form, ENTRY_NOTE));
    typed->birth_date = form_date(form, ENTRY_BIRTH);
    typed->trainer_id = strtoll(form_text(form, ENTRY_TRAINER), NULL, 10);
}

static void make_entries(const struct member_state *state, const struct member_values *values,
                         struct form_entry *entries, char *birth, size_t birth_size, char *trainer,
                         size_t trainer_size)
{
    birth[0] = 0;
    if (values->birth_date != DATE_NONE)
        date_format_iso(birth, birth_size, values->birth_date);
    snprintf(trainer, trainer_size, "%" PRId64, values->trainer_id);
    entries[ENTRY_NAME] = (struct form_entry){.label = "Name",
                                              .value = values->name,
                                              .required = true,
                                              .maximum = sizeof values->name - 1};
    entries[ENTRY_PHONE] = (struct form_entry){
        .label = "Phone", .value = values->phone, .maximum = sizeof values->phone - 1};
    entries[ENTRY_EMAIL] = (struct form_entry){
        .label = "E-mail", .value = values->email, .maximum = sizeof values->email - 1};
    entries[ENTRY_KEYTAG] = (struct form_entry){.label = "Key tag",
                                                .value = values->keytag,
                                                .maximum = sizeof values->keytag - 1,
                                                .hint = "Scan the tag, or leave it empty"};
    entries[ENTRY_BIRTH] = (struct form_entry){.label = "Born",
                                               .kind = FORM_DATE,
                                               .value = birth,
                                               .hint = "2001-03-14, 14.3.2001 or 14 Mar 2001"};
    entries[ENTRY_GENDER] = (struct form_entry){.label = "Gender",
                                                .kind = FORM_CHOICE,
                                                .value = values->gender,
                                                .choices = choices_genders};
    entries[ENTRY_NOTE] = (struct form_entry){.label = "Note",
                                              .value = values->note,
                                              .maximum = 200,
                                              .hint = "Shown at the desk at every check-in"};
    entries[ENTRY_TRAINER] = (struct form_entry){.label = "Trainer",
                                                 .kind = FORM_CHOICE,
                                                 .value = trainer,
                                                 .choices = state->trainers.pairs};
}

/* What the database would refuse is told where it was typed. */
static bool check_typed(struct member_state *state, struct form *form)
{
    const struct member_values *typed = &state->typed;
    const char *at = strchr(typed->email, '@');
    bool right = typed->email[0] == '\0' || (at != NULL && at != typed->email && at[1] != '\0' &&
                                             !strchr(at + 1, '@') && !strchr(typed->email, ' '));
    if (!right)
        form_complain(form, ENTRY_EMAIL, "not an e-mail address");
    else if (typed->birth_date != DATE_NONE && typed->birth_date > session_today(state->context.db))
        form_complain(form, ENTRY_BIRTH, "not in the future");
    else
        return true;
    host_form_done(state->context.host, false);
    return false;
}

static void complain(struct member_state *state, struct form *form, const struct error *error)
{
    const char *keytag = state->typed.keytag;
    bool is_keytag = keytag[0] != '\0' && error->code == ERROR_CONFLICT &&
                     strstr(error->message, keytag) != NULL;
    if (!is_keytag) {
        saved_or_told(state->context.host, error);
        return;
    }
    form_complain(form, ENTRY_KEYTAG, error->message);
    host_form_done(state->context.host, false);
}

/* --- saving an edit --- */

static void on_updated(void *owner, const struct member_saved *saved, const struct error *error)
{
    struct member_state *state = owner;
    struct form *form = host_form_now(state->context.host);
    if (!error) {
        if (form)
            host_form_done(state->context.host, true);
        host_say(state->context.host, ROLE_GOOD, "%s Saved", sign_text(SIGN_GOOD));
        member_read(state);
        return;
    }
    if (error->code == ERROR_CONFLICT && saved) {
        /* Both values are shown once the card has been read again. */
        snprintf(state->changed_by, sizeof state->changed_by, "%s", saved->changed_by);
        if (form)
            host_form_done(state->context.host, true);
        state->reread_for_conflict = true;
        member_read(state);
        return;
    }
    if (form) {
        complain(state, form, error);
    } else {
        host_say_error(state->context.host, error);
        edit_again(state);
    }
}

static void send_update(struct member_state *state)
{
    const struct member_values *typed = &state->typed;
    struct member_edit edit = {
        .id = request_id_new(),
        .customer_id = state->customer_id,
        .row_version = state->row_version,
        .name = typed->name,
        .email = typed->email,
        .phone = typed->phone,
        .keytag = typed->keytag,
        .gender = typed->gender,
        .note = typed->note,
        .birth_date = typed->birth_date,
        .trainer_id = typed->trainer_id,
    };
    members_update(state->context.db, &edit, on_updated, state);
}

static void save_edit(void *owner, struct form *form)
{
    struct member_state *state = owner;
    take_typed(state, form);
    if (check_typed(state, form))
        send_update(state);
}

static void edit_again(struct member_state *state)
{
    char title[240], birth[16], trainer[24];
    struct form_entry entries[EDIT_ENTRIES];
    make_entries(state, &state->typed, entries, birth, sizeof birth, trainer, sizeof trainer);
    snprintf(title, sizeof title, "Edit %s #%" PRId64, state->card.name, state->customer_id);
    struct form *form = form_new(title, entries, EDIT_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_edit, NULL, state);
}

void member_edit_ask(struct member_state *state)
{
    state->before = state->typed = values_of_card(&state->card);
    state->row_version = state->card.row_version;
    edit_again(state);
}

/* --- conflict --- */

/* One text field: takes theirs where only they changed it; adds a line where we differ. */
static void merge_text(char *mine, size_t size, const char *before, const char *theirs,
                       const char *label, char *lines, size_t lines_size)
{
    if (strcmp(mine, theirs) == 0)
        return;
    if (strcmp(mine, before) == 0) {
        text_append(lines, lines_size, "%s: now “%.60s” (you did not change it)\n", label, theirs);
        snprintf(mine, size, "%s", theirs);
        return;
    }
    if (strcmp(theirs, before) != 0)
        text_append(lines, lines_size, "%s: yours “%.60s”, theirs “%.60s”\n", label, mine, theirs);
    else
        text_append(lines, lines_size, "%s: yours “%.60s”, still “%.60s” there\n", label, mine,
                    theirs);
}

static void settle(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result != DIALOG_YES) {
        host_say(state->context.host, ROLE_DIM, "Nothing was changed");
        return;
    }
    switch (dialog_chosen(dialog)) {
    case 0:
        send_update(state);
        break;
    case 1:
        host_say(state->context.host, ROLE_DIM, "Theirs stays; nothing of yours was written");
        break;
    default:
        edit_again(state);
        break;
    }
}

void member_conflict_settle(struct member_state *state)
{
    static const struct dialog_choice choices[] = {
        {"m", "write mine where we differ"},
        {"t", "keep theirs"},
        {"e", "go on editing"},
    };
    struct member_values theirs = values_of_card(&state->card), *mine = &state->typed;
    const struct member_values *before = &state->before;
    char text[1400] = "", mine_day[32], their_day[32];
    text_append(text, sizeof text, "%s changed this member while you were typing.\n",
                state->changed_by[0] ? state->changed_by : "Somebody");
    merge_text(mine->name, sizeof mine->name, before->name, theirs.name, "Name", text, sizeof text);
    merge_text(mine->phone, sizeof mine->phone, before->phone, theirs.phone, "Phone", text,
               sizeof text);
    merge_text(mine->email, sizeof mine->email, before->email, theirs.email, "E-mail", text,
               sizeof text);
    merge_text(mine->keytag, sizeof mine->keytag, before->keytag, theirs.keytag, "Key tag", text,
               sizeof text);
    merge_text(mine->gender, sizeof mine->gender, before->gender, theirs.gender, "Gender", text,
               sizeof text);
    merge_text(mine->note, sizeof mine->note, before->note, theirs.note, "Note", text, sizeof text);
    if (mine->birth_date == before->birth_date) {
        mine->birth_date = theirs.birth_date;
    } else if (mine->birth_date != theirs.birth_date) {
        date_format_short(mine_day, sizeof mine_day, mine->birth_date, state->today);
        date_format_short(their_day, sizeof their_day, theirs.birth_date, state->today);
        text_append(text, sizeof text, "Born: yours %s, theirs %s\n", mine_day, their_day);
    }
    if (mine->trainer_id == before->trainer_id) {
        mine->trainer_id = theirs.trainer_id;
    } else if (mine->trainer_id != theirs.trainer_id) {
        char key[24];
        snprintf(key, sizeof key, "%" PRId64, mine->trainer_id);
        text_append(text, sizeof text, "Trainer: yours %s, theirs %s\n",
                    choices_text(&state->trainers, key),
                    state->card.trainer[0] ? state->card.trainer : "none");
    }
    state->before = theirs;
    state->row_version = state->card.row_version;
    struct dialog *dialog = dialog_choose("Somebody was faster", text, choices, 3);
    if (!dialog)
        return;
    dialog_set_role(dialog, ROLE_WARN_BIG);
    host_ask(state->context.host, dialog, settle, state);
}

/* --- enrolment --- */

static void enrol_again(struct member_state *state);
static void send_enrolment(struct member_state *state, bool duplicate_is_fine);

static void leave_enrolment(void *owner, struct form *form)
{
    struct member_state *state = owner;
    (void)form;
    host_close(state->context.host);
}

static void answer_duplicate(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result != DIALOG_YES) {
        enrol_again(state);
        return;
    }
    if (dialog_chosen(dialog) == 0) {
        state->customer_id = state->duplicate_id;
        member_read(state);
        return;
    }
    send_enrolment(state, true);
}

static void ask_duplicate(struct member_state *state, const struct member_saved *saved)
{
    static const struct dialog_choice choices[] = {
        {"o", "open the card that is there"},
        {"n", "no, this is somebody new: enrol"},
    };
    char text[480];
    state->duplicate_id = saved->duplicate_id;
    snprintf(text, sizeof text,
             "%s may be here already: %s, #%" PRId64 ". Esc goes back to the form.",
             state->typed.name, saved->other_name, saved->duplicate_id);
    struct dialog *dialog = dialog_choose("The same person?", text, choices, 2);
    if (!dialog)
        return;
    dialog_set_role(dialog, ROLE_WARN_BIG);
    host_ask(state->context.host, dialog, answer_duplicate, state);
}

static void hand_over(const struct member_state *state)
{
    struct member_enrolled enrolled = {.customer_id = state->customer_id,
                                       .name = state->typed.name};
    for (int i = 0; i < state->package_count; i++)
        if (state->packages[i].package_id == state->enrol.package_id)
            enrolled.paid = state->packages[i].price;
    state->hand_over(state->hand_over_to, &enrolled);
}

/* Whether the door lets the new member in is a question of its own, with an answer to be told. */
static void on_enrolled(void *owner, const struct member_saved *saved, const struct error *error)
{
    struct member_state *state = owner;
    struct host *host = state->context.host;
    struct form *form = host_form_now(host);
    if (!error) {
        if (form)
            host_form_done(host, true);
        host_say(host, ROLE_GOOD, "%s %s is member #%" PRId64 ", paid", sign_text(SIGN_GOOD),
                 state->typed.name, saved->customer_id);
        state->customer_id = saved->customer_id;
        if (!state->enrol.check_in)
            member_read(state);
        else if (!state->hand_over)
            member_check_in(state, NULL);
        else
            hand_over(state);
        if (state->close_when_saved)
            host_close(host); /* frees this state: nothing after it */
        return;
    }
    if (error->code == ERROR_CONFLICT && saved && saved->duplicate_id) {
        if (form)
            host_form_done(host, true);
        ask_duplicate(state, saved);
        return;
    }
    if (!form) {
        enrol_again(state);
        form = host_form_now(host);
    }
    if (!form)
        return;
    complain(state, form, error);
}

static void send_enrolment(struct member_state *state, bool duplicate_is_fine)
{
    const struct member_values *typed = &state->typed;
    struct member_edit edit = {
        .id = request_id_new(),
        .name = typed->name,
        .email = typed->email,
        .phone = typed->phone,
        .keytag = typed->keytag,
        .gender = typed->gender,
        .note = typed->note,
        .birth_date = typed->birth_date,
        .trainer_id = typed->trainer_id,
        .package_id = state->enrol.package_id,
        .payment_method_id = state->enrol.method,
        .desk = state->context.desk,
        .duplicate_is_fine = duplicate_is_fine,
    };
    members_enrol(state->context.db, &edit, on_enrolled, state);
}

static void save_enrolment(void *owner, struct form *form)
{
    struct member_state *state = owner;
    take_typed(state, form);
    state->enrol.package_id = strtoll(form_text(form, ENTRY_PACKAGE), NULL, 10);
    state->enrol.method = (int)strtol(form_text(form, ENTRY_METHOD), NULL, 10);
    state->enrol.check_in = form_yes(form, ENTRY_CHECK_IN);
    if (check_typed(state, form))
        send_enrolment(state, false);
}

static void enrol_again(struct member_state *state)
{
    char birth[16], trainer[24], package[24], method[12];
    struct form_entry entries[ENROL_ENTRIES];
    make_entries(state, &state->typed, entries, birth, sizeof birth, trainer, sizeof trainer);
    snprintf(package, sizeof package, "%" PRId64, state->enrol.package_id);
    snprintf(method, sizeof method, "%d", state->enrol.method);
    entries[ENTRY_PACKAGE] = (struct form_entry){.label = "Plan",
                                                 .kind = FORM_CHOICE,
                                                 .value = package,
                                                 .required = true,
                                                 .choices = state->plans.pairs,
                                                 .hint = "Starts today"};
    entries[ENTRY_METHOD] = (struct form_entry){.label = "Paid by",
                                                .kind = FORM_CHOICE,
                                                .value = method,
                                                .choices = choices_payment_methods};
    entries[ENTRY_CHECK_IN] = (struct form_entry){.label = "Check in now",
                                                  .kind = FORM_YES_NO,
                                                  .value = state->enrol.check_in ? "yes" : "no"};
    struct form *form = form_new("New member", entries, ENROL_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_enrolment, leave_enrolment, state);
}

void member_enrol_ask(struct member_state *state)
{
    if (state->plans.count == 0) {
        host_say(state->context.host, ROLE_WARN,
                 "No plan is on sale: a manager adds one under Packages");
        host_close(state->context.host);
        return;
    }
    state->enrol.package_id = strtoll(state->plans.keys[0], NULL, 10);
    /* Filled in is what most members have. */
    int most = -1;
    for (int i = 0; i < state->package_count; i++) {
        const struct package_row *plan = &state->packages[i];
        if (plan->active && plan->duration_months > 0 && plan->members > most) {
            most = plan->members;
            state->enrol.package_id = plan->package_id;
        }
    }
    state->enrol.method = 1;
    state->enrol.check_in = true;
    enrol_again(state);
}
