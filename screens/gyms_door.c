/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the door does: hours, days and limits, and for every reason whether it lets in, warns or
 * turns away (DESK.md, Check-in). A new gym starts with what the configuration says. */
#include "gyms_list.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "saved.h"

enum {
    DOOR_OPENING,
    DOOR_CLOSING,
    DOOR_GRACE,
    DOOR_EXPIRING,
    DOOR_SESSIONS,
    DOOR_AUTO_OUT,
    DOOR_AGE,
    DOOR_PACK,
    DOOR_FREEZE,
    DOOR_BACKFILL,
    DOOR_POLICIES,
    DOOR_COUNT = DOOR_POLICIES + REASON_COUNT
};

static const char *const policies[] = {
    "ignore", "let in, say nothing", "warn", "let in, warn", "deny", "deny", NULL};

/* As the desk would ask: "what about who …?" */
static const char *const reason_labels[REASON_COUNT] = {
    [REASON_BANNED] = "Banned",
    [REASON_OTHER_GYM] = "Of another gym",
    [REASON_CANCELLED] = "Cancelled",
    [REASON_FROZEN] = "Frozen",
    [REASON_EXPIRED] = "Expired",
    [REASON_OFF_HOURS] = "Outside the hours",
    [REASON_NO_VISITS] = "Pack used up",
    [REASON_OWING] = "Owes money",
    [REASON_CAPACITY] = "Full house",
    [REASON_GRACE] = "In the days of grace",
    [REASON_EXPIRING] = "Ends soon",
    [REASON_BIRTHDAY] = "Birthday",
    [REASON_UNDER_16] = "Young",
    [REASON_NOTE] = "Note on the card",
    [REASON_AUTO_CLOSED] = "Forgot to check out",
    [REASON_SESSIONS_LOW] = "Pack nearly used up",
    [REASON_REENTRY] = "Back the same day",
};

/* The numbers of the form, each with its place in the row and the bounds the database holds to. */
static const struct {
    const char *label, *hint;
    size_t at;
    int minimum, maximum;
} numbers[] = {
    [DOOR_GRACE] = {"Grace, days", "An expired term still lets in for so long, with a warning",
                    offsetof(struct gym_row, expired_grace), 0, 60},
    [DOOR_EXPIRING] = {"Ends soon, days", "Warn when a term ends within so many days",
                       offsetof(struct gym_row, expiring_within), 0, 60},
    [DOOR_SESSIONS] = {"Few visits left", "Warn when a pack has so many visits left, or fewer",
                       offsetof(struct gym_row, sessions_low), 0, 50},
    [DOOR_AUTO_OUT] = {"Close visits, min", "A forgotten check-out is closed after so many minutes",
                       offsetof(struct gym_row, auto_checkout_minutes), 30, 1440},
    [DOOR_AGE] = {"Young below, years", "Members younger than this are pointed out",
                  offsetof(struct gym_row, under_age), 0, 30},
    [DOOR_PACK] = {"Packs hold, months", "A pack of visits can be used for so long",
                   offsetof(struct gym_row, pack_months), 1, 60},
    [DOOR_FREEZE] = {"Longest freeze, days", "No freeze is longer",
                     offsetof(struct gym_row, freeze_max_days), 1, 1000},
    [DOOR_BACKFILL] = {"Add visits, days",
                       "How far back the desk may add a visit; managers may more",
                       offsetof(struct gym_row, backfill_days), 0, 366},
};

static int *number_of(struct gym_row *row, int entry)
{
    return (int *)((char *)row + numbers[entry].at);
}

static const char *policy_word(enum reason_policy policy)
{
    return policies[2 * (size_t)policy];
}

static enum reason_policy policy_of(const char *word)
{
    for (int policy = POLICY_IGNORE; policy <= POLICY_DENY; policy++)
        if (strcmp(word, policy_word((enum reason_policy)policy)) == 0)
            return (enum reason_policy)policy;
    return POLICY_WARN;
}

void gyms_door_policy(struct gym_row *row, enum reason_code code, const char *word)
{
    row->policies[code] = policy_of(word);
}

void gyms_door_defaults(const struct config *config, struct gym_row *row)
{
    row->sessions_low = 2;
    row->under_age = 16;
    row->pack_months = 12;
    row->freeze_max_days = 366;
    row->backfill_days = 31;
    for (int code = 0; code < REASON_COUNT; code++) {
        char name[64];
        snprintf(name, sizeof name, "policy.%s", reason_name((enum reason_code)code));
        const struct config_option *option = config_find_option(name);
        row->policies[code] =
            option != NULL ? policy_of(config_text(config, option->id)) : POLICY_WARN;
    }
}

/* "6:30" → "06:30"; "" stays; false on anything else. */
static bool read_time(const char *typed, char *dst, size_t size)
{
    char *end;
    dst[0] = '\0';
    if (typed[0] == '\0')
        return true;
    if (typed[0] < '0' || typed[0] > '9')
        return false;
    long hour = strtol(typed, &end, 10);
    if (end[0] != ':' || end[1] < '0' || end[1] > '5' || end[2] < '0' || end[2] > '9' ||
        end[3] != '\0' || hour > 23)
        return false;
    snprintf(dst, size, "%02d:%.2s", (int)hour % 24, end + 1);
    return true;
}

static void on_saved(void *owner, int64_t row_version, const struct error *error)
{
    struct gyms_state *state = owner;
    struct host *host = state->context.host;
    (void)row_version;
    if (!saved_or_told(host, error)) {
        if (error->code == ERROR_CONFLICT)
            gyms_read(state); /* the next try replaces what is there by then */
        return;
    }
    host_say(host, ROLE_GOOD, "%s The door of %s does so from now on", sign_text(SIGN_GOOD),
             state->edited.name);
    gyms_read(state);
}

static void save_door(void *owner, struct form *form)
{
    struct gyms_state *state = owner;
    struct gym_row *edited = &state->edited;
    if (!read_time(form_text(form, DOOR_OPENING), edited->opening, sizeof edited->opening) ||
        !read_time(form_text(form, DOOR_CLOSING), edited->closing, sizeof edited->closing)) {
        bool opening =
            !read_time(form_text(form, DOOR_OPENING), edited->opening, sizeof edited->opening);
        form_complain(form, opening ? DOOR_OPENING : DOOR_CLOSING,
                      "Hours and minutes, as 22:30, or empty");
        host_form_done(state->context.host, false);
        return;
    }
    for (int entry = DOOR_GRACE; entry < DOOR_POLICIES; entry++)
        *number_of(edited, entry) = form_int(form, entry);
    for (int code = 0; code < REASON_COUNT; code++)
        edited->policies[code] = policy_of(form_text(form, DOOR_POLICIES + code));
    for (int i = 0; i < state->count; i++)
        if (state->rows[i].gym_id == edited->gym_id)
            edited->row_version = state->rows[i].row_version;
    gyms_save_settings(state->context.db, request_id_new(), edited, on_saved, state);
}

void gyms_door_ask(struct gyms_state *state, const struct gym_row *row)
{
    char title[160], texts[DOOR_POLICIES][16];
    struct form_entry entries[DOOR_COUNT] = {
        [DOOR_OPENING] = {.label = "Opens at",
                          .value = row->opening,
                          .maximum = 5,
                          .hint = "The gym's time, as 06:30; empty: not said"},
        [DOOR_CLOSING] = {.label = "Closes at",
                          .value = row->closing,
                          .maximum = 5,
                          .hint = "Open visits end then at the latest; empty: not said"},
    };
    state->edited = *row;
    for (int entry = DOOR_GRACE; entry < DOOR_POLICIES; entry++) {
        snprintf(texts[entry], sizeof texts[entry], "%d", *number_of(&state->edited, entry));
        entries[entry] = (struct form_entry){.label = numbers[entry].label,
                                             .kind = FORM_INT,
                                             .value = texts[entry],
                                             .required = true,
                                             .minimum = numbers[entry].minimum,
                                             .maximum = numbers[entry].maximum,
                                             .hint = numbers[entry].hint};
    }
    for (int code = 0; code < REASON_COUNT; code++)
        entries[DOOR_POLICIES + code] =
            (struct form_entry){.label = reason_labels[code],
                                .kind = FORM_CHOICE,
                                .value = policy_word(row->policies[code]),
                                .choices = policies,
                                .hint = "Left and Right choose; d denies"};
    snprintf(title, sizeof title, "The door of %s", row->name);
    struct form *form = form_new(title, entries, DOOR_COUNT);
    if (form != NULL)
        host_form(state->context.host, form, save_door, NULL, state);
}
