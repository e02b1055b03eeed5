/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gym's settings: how to reach it, its clock and currency, how many it holds, and what the door
 * does about those who owe, have expired, or find the house full (DESK.md, Check-in). */
#include "gyms_list.h"

#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "saved.h"

#define LEAST_PASSWORD 8

enum {
    ENTRY_NAME,
    ENTRY_ADDRESS,
    ENTRY_PHONE,
    ENTRY_EMAIL,
    ENTRY_CAPACITY,
    ENTRY_GRACE,
    ENTRY_EXPIRING,
    ENTRY_OWING,
    ENTRY_FULL,
    ENTRY_AUTO_OUT,
    ENTRY_TIME_ZONE,
    ENTRY_CURRENCY,
    ENTRY_USERNAME,
    EDIT_ENTRIES,
    ENTRY_PASSWORD = EDIT_ENTRIES,
    NEW_ENTRIES
};

static const char *const policies[] = {
    "ignore", "let in, say nothing", "warn", "let in, warn", "deny", "deny", NULL};

static void on_door(void *owner, int64_t row_version, const struct error *error)
{
    struct gyms_state *state = owner;
    (void)row_version;
    if (error)
        host_say_error(state->context.host, error);
    gyms_read(state);
}

static void on_saved(void *owner, int64_t gym_id, const struct error *error)
{
    struct gyms_state *state = owner;
    struct host *host = state->context.host;
    if (!saved_or_told(host, error)) {
        /* What is there now is told once it has been read again; ours stays in the form. */
        state->conflict = error->code == ERROR_CONFLICT && host_form_now(host);
        if (error->code == ERROR_CONFLICT)
            gyms_read(state);
        return;
    }
    host_say(host, ROLE_GOOD, "%s The gym's settings are saved", sign_text(SIGN_GOOD));
    if (state->edited.gym_id == 0) {
        /* The other policies that the configuration has for new gyms. */
        state->edited.gym_id = gym_id;
        state->edited.row_version = 1;
        gyms_save_settings(state->context.db, request_id_new(), &state->edited, on_door, state);
        return;
    }
    gyms_read(state);
}

static void add_text(char *dst, size_t size, const char *label, const char *before,
                     const char *theirs)
{
    if (strcmp(before, theirs) != 0)
        text_append(dst, size, " %s %.30s,", label, theirs[0] ? theirs : "nothing");
}

static void add_number(char *dst, size_t size, const char *label, int before, int theirs)
{
    if (before != theirs)
        text_append(dst, size, " %s %d,", label, theirs);
}

void gyms_settings_explain_conflict(struct gyms_state *state)
{
    struct form *form = host_form_now(state->context.host);
    if (!state->conflict || !form)
        return;
    state->conflict = false;
    const struct gym_row *before = &state->edited;
    for (int i = 0; i < state->count; i++) {
        const struct gym_row *theirs = &state->rows[i];
        if (theirs->gym_id != before->gym_id)
            continue;
        char text[400] = "Theirs:";
        size_t size = sizeof text;
        add_text(text, size, "name", before->name, theirs->name);
        add_text(text, size, "address", before->address, theirs->address);
        add_text(text, size, "phone", before->phone, theirs->phone);
        add_text(text, size, "e-mail", before->email, theirs->email);
        add_number(text, size, "holds", before->capacity, theirs->capacity);
        add_number(text, size, "grace", before->expired_grace, theirs->expired_grace);
        add_number(text, size, "ends soon", before->expiring_within, theirs->expiring_within);
        add_text(text, size, "who owes", before->owing, theirs->owing);
        add_text(text, size, "full house", before->capacity_policy, theirs->capacity_policy);
        add_number(text, size, "close visits", before->auto_checkout_minutes,
                   theirs->auto_checkout_minutes);
        add_text(text, size, "time zone", before->time_zone, theirs->time_zone);
        add_text(text, size, "currency", before->currency, theirs->currency);
        text_append(text, size, " F2 writes yours");
        form_complain(form, -1, text);
    }
}

static bool complain(struct gyms_state *state, struct form *form, int entry, const char *message)
{
    form_complain(form, entry, message);
    host_form_done(state->context.host, false);
    return false;
}

static bool check_form(struct gyms_state *state, struct form *form)
{
    const char *currency = form_text(form, ENTRY_CURRENCY);
    if (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return complain(state, form, ENTRY_CURRENCY, "Three capital letters, as EUR");
    if (state->edited.gym_id == 0 && strlen(form_text(form, ENTRY_PASSWORD)) < LEAST_PASSWORD)
        return complain(state, form, ENTRY_PASSWORD, "At least 8 characters");
    return true;
}

static void save_form(void *owner, struct form *form)
{
    struct gyms_state *state = owner;
    if (!check_form(state, form))
        return;
    int64_t gym_id = state->edited.gym_id;
    int row_version = state->edited.row_version;
    /* After a conflict the list has been read again: the version to replace is the present one. */
    for (int i = 0; i < state->count; i++)
        if (gym_id != 0 && state->rows[i].gym_id == gym_id)
            row_version = state->rows[i].row_version;
    struct gym_edit edit = {
        .id = request_id_new(),
        .gym_id = gym_id,
        .row_version = row_version,
        .name = form_text(form, ENTRY_NAME),
        .username = form_text(form, ENTRY_USERNAME),
        .email = form_text(form, ENTRY_EMAIL),
        .address = form_text(form, ENTRY_ADDRESS),
        .phone = form_text(form, ENTRY_PHONE),
        .time_zone = form_text(form, ENTRY_TIME_ZONE),
        .currency = form_text(form, ENTRY_CURRENCY),
        .capacity = form_int(form, ENTRY_CAPACITY),
        .expired_grace = form_int(form, ENTRY_GRACE),
        .expiring_within = form_int(form, ENTRY_EXPIRING),
        .auto_checkout_minutes = form_int(form, ENTRY_AUTO_OUT),
        .owing = form_text(form, ENTRY_OWING),
        .capacity_policy = form_text(form, ENTRY_FULL),
        .password = gym_id == 0 ? form_text(form, ENTRY_PASSWORD) : NULL,
    };
    if (gym_id == 0) {
        struct gym_row *made = &state->edited;
        made->expired_grace = edit.expired_grace;
        made->expiring_within = edit.expiring_within;
        made->auto_checkout_minutes = edit.auto_checkout_minutes;
        gyms_door_policy(made, REASON_OWING, edit.owing);
        gyms_door_policy(made, REASON_CAPACITY, edit.capacity_policy);
    }
    gyms_save(state->context.db, &edit, on_saved, state);
}

/* A new gym starts with the configuration's policies, and the clock of the gym it is made from. */
static struct gym_row new_gym(const struct gyms_state *state)
{
    const struct config *config = state->context.config;
    const struct session *session = state->context.session;
    struct gym_row row = {
        .expired_grace = config_int(config, CONFIG_POLICY_EXPIRED_GRACE),
        .expiring_within = config_int(config, CONFIG_POLICY_EXPIRING_WITHIN),
        .auto_checkout_minutes = config_int(config, CONFIG_POLICY_AUTO_CHECKOUT),
    };
    snprintf(row.owing, sizeof row.owing, "%s", config_text(config, CONFIG_POLICY_OWING));
    snprintf(row.capacity_policy, sizeof row.capacity_policy, "%s",
             config_text(config, CONFIG_POLICY_CAPACITY));
    gyms_door_defaults(config, &row);
    snprintf(row.time_zone, sizeof row.time_zone, "%s", session->time_zone);
    snprintf(row.currency, sizeof row.currency, "%s", session->currency);
    return row;
}

void gyms_settings_ask(struct gyms_state *state, const struct gym_row *row)
{
    char title[160], capacity[16], grace[16], expiring[16], auto_out[16];
    state->edited = row ? *row : new_gym(state);
    const struct gym_row *gym = &state->edited;
    snprintf(capacity, sizeof capacity, "%d", gym->capacity);
    snprintf(grace, sizeof grace, "%d", gym->expired_grace);
    snprintf(expiring, sizeof expiring, "%d", gym->expiring_within);
    snprintf(auto_out, sizeof auto_out, "%d", gym->auto_checkout_minutes);
    struct form_entry entries[NEW_ENTRIES] = {
        [ENTRY_NAME] = {.label = "Name",
                        .value = gym->name,
                        .required = true,
                        .maximum = sizeof gym->name - 1},
        [ENTRY_ADDRESS] = {.label = "Address",
                           .value = gym->address,
                           .maximum = sizeof gym->address - 1},
        [ENTRY_PHONE] = {.label = "Phone", .value = gym->phone, .maximum = sizeof gym->phone - 1},
        [ENTRY_EMAIL] = {.label = "E-mail",
                         .value = gym->email,
                         .required = true,
                         .maximum = sizeof gym->email - 1,
                         .hint = "Also a login of the gym itself"},
        [ENTRY_CAPACITY] = {.label = "Holds",
                            .kind = FORM_INT,
                            .value = capacity,
                            .maximum = 100000,
                            .hint = "Most people at a time; 0: no limit"},
        [ENTRY_GRACE] = {.label = "Grace, days",
                         .kind = FORM_INT,
                         .value = grace,
                         .maximum = 60,
                         .hint = "An expired term still lets in for so long, with a warning"},
        [ENTRY_EXPIRING] = {.label = "Ends soon, days",
                            .kind = FORM_INT,
                            .value = expiring,
                            .maximum = 60,
                            .hint = "Warn when a term ends within so many days"},
        [ENTRY_OWING] = {.label = "Who owes",
                         .kind = FORM_CHOICE,
                         .value = gym->owing,
                         .choices = policies},
        [ENTRY_FULL] = {.label = "Full house",
                        .kind = FORM_CHOICE,
                        .value = gym->capacity_policy,
                        .choices = policies},
        [ENTRY_AUTO_OUT] = {.label = "Close visits, min",
                            .kind = FORM_INT,
                            .value = auto_out,
                            .minimum = 30,
                            .maximum = 1440,
                            .hint = "A forgotten check-out is closed after so many minutes"},
        [ENTRY_TIME_ZONE] = {.label = "Time zone",
                             .value = gym->time_zone,
                             .required = true,
                             .maximum = sizeof gym->time_zone - 1,
                             .hint = "As Europe/Dublin or Asia/Yerevan"},
        [ENTRY_CURRENCY] = {.label = "Currency",
                            .value = gym->currency,
                            .required = true,
                            .maximum = 3,
                            .hint = "As EUR, AMD, USD"},
        [ENTRY_USERNAME] = {.label = "User name",
                            .value = gym->username,
                            .required = true,
                            .maximum = sizeof gym->username - 1,
                            .read_only = row != NULL,
                            .hint = "The gym's own login; letters, digits, - and _"},
        [ENTRY_PASSWORD] = {.label = "Password",
                            .kind = FORM_SECRET,
                            .required = true,
                            .maximum = 100,
                            .hint = "Of the gym's own login"},
    };
    if (row)
        snprintf(title, sizeof title, "Settings of %s", row->name);
    else
        snprintf(title, sizeof title, "New gym");
    struct form *form = form_new(title, entries, row ? EDIT_ENTRIES : NEW_ENTRIES);
    if (form)
        host_form(state->context.host, form, save_form, NULL, state);
}
