/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of changes, from rows of JSON to words for people. */
#include "gymtui/db/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "gymtui/base/text.h"
#include "lane.h"

#define ROOM 8192

/* How a field's values are written. */
enum field_kind {
    FIELD_WORDS,
    FIELD_MONEY,
    FIELD_DAY,
    FIELD_PERIOD,
    FIELD_YES,
    FIELD_SHARE,
    FIELD_CHOICE, /* {"segment": "Loyal", "search": "an"} */
    FIELD_HIDDEN,
};

/* In the order in which they are told; a field that is not here is told by its own name, after
 * these. */
static const struct {
    const char *name, *words;
    enum field_kind kind;
} fields[] = {
    {"name", "Name", FIELD_WORDS},
    {"full_name", "Name", FIELD_WORDS},
    {"amount", "Amount", FIELD_MONEY},
    {"payment_method_id", "By", FIELD_WORDS},
    {"kind", "For", FIELD_WORDS},
    {"package_id", "Plan", FIELD_WORDS},
    {"term", "Term", FIELD_PERIOD},
    {"period", "Frozen", FIELD_PERIOD},
    {"price", "Price", FIELD_MONEY},
    {"due_on", "Due on", FIELD_DAY},
    {"cancelled_on", "Cancelled for", FIELD_DAY},
    {"reason", "Reason", FIELD_WORDS},
    {"status", "Status", FIELD_WORDS},
    {"email", "E-mail", FIELD_WORDS},
    {"phone", "Phone", FIELD_WORDS},
    {"keytag", "Key tag", FIELD_WORDS},
    {"birth_date", "Born", FIELD_DAY},
    {"gender", "Gender", FIELD_WORDS},
    {"trainer_id", "Trainer", FIELD_WORDS},
    {"join_date", "Joined", FIELD_DAY},
    {"banned_on", "Banned on", FIELD_DAY},
    {"banned_reason", "Banned for", FIELD_WORDS},
    {"merged_into", "Merged into", FIELD_WORDS},
    {"anonymised_on", "Anonymised on", FIELD_DAY},
    {"desk", "Desk", FIELD_WORDS},
    {"opening_float", "Float", FIELD_MONEY},
    {"expected", "Expected", FIELD_MONEY},
    {"counted", "Counted", FIELD_MONEY},
    {"opened_at", "Opened", FIELD_WORDS},
    {"closed_at", "Closed", FIELD_WORDS},
    {"check_in", "In", FIELD_WORDS},
    {"check_out", "Out", FIELD_WORDS},
    {"voided_at", "Taken back", FIELD_WORDS},
    {"void_reason", "Because", FIELD_WORDS},
    {"override_reason", "Let in because", FIELD_WORDS},
    {"username", "User name", FIELD_WORDS},
    {"level", "Level", FIELD_WORDS},
    {"disabled", "Disabled", FIELD_YES},
    {"password", "Password", FIELD_WORDS},
    {"description", "Description", FIELD_WORDS},
    {"duration_months", "Months", FIELD_WORDS},
    {"visits_included", "Visits included", FIELD_WORDS},
    {"guests_included", "Guests included", FIELD_WORDS},
    {"all_gyms", "In all gyms", FIELD_YES},
    {"active", "On sale", FIELD_YES},
    {"hours_from", "From hour", FIELD_WORDS},
    {"hours_until", "Until hour", FIELD_WORDS},
    {"address", "Address", FIELD_WORDS},
    {"time_zone", "Time zone", FIELD_WORDS},
    {"currency", "Currency", FIELD_WORDS},
    {"capacity", "Capacity", FIELD_WORDS},
    {"outcome", "Outcome", FIELD_WORDS},
    {"snooze_until", "Call again", FIELD_DAY},
    {"offer", "Offer", FIELD_WORDS},
    {"starts_on", "Starts on", FIELD_DAY},
    {"window_days", "Days to succeed", FIELD_WORDS},
    {"choice", "Chosen by", FIELD_CHOICE},
    {"offered", "Offered", FIELD_WORDS},
    {"held", "Held out", FIELD_WORDS},
    {"holdout_share", "To be held out", FIELD_SHARE},
    {"begun_at", "Begun", FIELD_WORDS},
    {"note", "Note", FIELD_WORDS},
    {"date", "Day", FIELD_DAY},
    /* Numbers of rows, and what says nothing to people. */
    {"unknown", "", FIELD_HIDDEN}, /* counters of a campaign, which its page shows */
    {"contacted", "", FIELD_HIDDEN},
    {"held_successes", "", FIELD_HIDDEN},
    {"offered_successes", "", FIELD_HIDDEN},
    {"gym_id", "", FIELD_HIDDEN},
    {"home_gym_id", "", FIELD_HIDDEN},
    {"customer_id", "", FIELD_HIDDEN},
    {"membership_id", "", FIELD_HIDDEN},
    {"freeze_id", "", FIELD_HIDDEN},
    {"charge_id", "", FIELD_HIDDEN},
    {"transaction_id", "", FIELD_HIDDEN},
    {"till_session_id", "", FIELD_HIDDEN},
    {"till_move_id", "", FIELD_HIDDEN},
    {"attendance_id", "", FIELD_HIDDEN},
    {"contact_id", "", FIELD_HIDDEN},
    {"campaign_id", "", FIELD_HIDDEN},
    {"staff_id", "", FIELD_HIDDEN},
    {"staff_in", "", FIELD_HIDDEN},
    {"staff_out", "", FIELD_HIDDEN},
    {"opened_by", "", FIELD_HIDDEN},
    {"closed_by", "", FIELD_HIDDEN},
    {"created_by", "", FIELD_HIDDEN},
    {"request_id", "", FIELD_HIDDEN},
    {"row_version", "", FIELD_HIDDEN},
    {"anchor_day", "", FIELD_HIDDEN},
    {"created_at", "", FIELD_HIDDEN},
    {"paid_at", "", FIELD_HIDDEN},
    {"at", "", FIELD_HIDDEN},
    {"denominations", "", FIELD_HIDDEN},
    {"rolname", "", FIELD_HIDDEN},
    {"is_alias", "", FIELD_HIDDEN},
    {"retired", "", FIELD_HIDDEN},
};
#define FIELDS ((int)(sizeof fields / sizeof *fields))

static const struct {
    const char *table, *words;
} subjects[] = {
    {"gym.customers", "Member"},
    {"gym.memberships", "Term"},
    {"gym.freezes", "Freeze"},
    {"gym.charges", "Charge"},
    {"gym.transactions", "Payment"},
    {"gym.till_sessions", "Till"},
    {"gym.till_moves", "Till cash"},
    {"gym.attendance", "Visit"},
    {"gym.packages", "Plan"},
    {"gym.trainers", "Trainer"},
    {"gym.contacts", "Contact"},
    {"gym.campaigns", "Campaign"},
    {"gym.gyms", "Gym"},
    {"auth.staff", "Login"},
};

const char *audit_action_name(enum audit_action action)
{
    static const char *const names[] = {"added", "changed", "removed"};
    return names[action];
}

/* ---- Values ---- */

static void write_day(char *dst, size_t size, int32_t day)
{
    date_format_short(dst, size, day, day - 1000); /* with its year */
}

/* "[2026-11-21,2026-12-21)" → "21 Nov 2026 – 20 Dec 2026" */
static void write_period(char *dst, size_t size, const char *text)
{
    char first[12] = "", until[12] = "", from[32], last[32];
    int32_t begin, end;
    if (sscanf(text, "[%10[0-9-],%10[0-9-])", first, until) != 2 || !date_parse(first, &begin) ||
        !date_parse(until, &end)) {
        *dst = '\0';
        text_append(dst, size, "%s", strcmp(text, "empty") == 0 ? "none" : text);
        return;
    }
    write_day(from, sizeof from, begin);
    write_day(last, sizeof last, end - 1);
    snprintf(dst, size, "%s – %s", from, last);
}

/* "segment Loyal, search an" */
static void write_choice(char *dst, size_t size, const char *text)
{
    size_t used = 0;
    for (; *text != '\0' && used + 1 < size; text++)
        if (strchr("{}[]\":", *text) == NULL)
            dst[used++] = *text;
    dst[used] = '\0';
}

static void write_value(char *dst, size_t size, enum field_kind kind, const char *text)
{
    money amount;
    int32_t day;
    char clean[256];
    text_clean(clean, sizeof clean, text);
    if (kind == FIELD_MONEY && money_parse(clean, &amount))
        money_format(dst, size, amount);
    else if (kind == FIELD_DAY && date_parse(clean, &day))
        write_day(dst, size, day);
    else if (kind == FIELD_PERIOD && *clean != '\0')
        write_period(dst, size, clean);
    else if (kind == FIELD_YES && *clean != '\0')
        snprintf(dst, size, "%s", strcmp(clean, "true") == 0 ? "yes" : "no");
    else if (kind == FIELD_SHARE && *clean != '\0')
        snprintf(dst, size, "%.0f %%", strtod(clean, NULL) * 100);
    else if (kind == FIELD_CHOICE)
        write_choice(dst, size, clean);
    else
        *dst = '\0', text_append(dst, size, "%s", clean);
}

/* ---- Changes ---- */

static int find_field(const char *name)
{
    for (int i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            return i;
    return FIELDS;
}

/* "policy_owing" → "Policy owing" */
static void write_name(char *dst, size_t size, const char *name)
{
    if (strncmp(name, "settings ", 9) == 0)
        name += 9;
    snprintf(dst, size, "%s", name);
    for (char *s = dst; *s != '\0'; s++)
        if (*s == '_')
            *s = ' ';
    if (*dst >= 'a' && *dst <= 'z')
        *dst = (char)(*dst - 'a' + 'A');
}

struct told {
    int place; /* in `fields`: their order */
    struct audit_change change;
};

static int by_place(const void *a, const void *b)
{
    return ((const struct told *)a)->place - ((const struct told *)b)->place;
}

/* Lines of name, before and after between tabs. */
static void read_changes(struct audit_row *row, char *lines)
{
    struct told told[AUDIT_CHANGES * 3];
    int count = 0, room = (int)(sizeof told / sizeof *told);
    char *rest_of_lines = NULL;
    for (char *line = strtok_r(lines, "\n", &rest_of_lines); line != NULL && count < room;
         line = strtok_r(NULL, "\n", &rest_of_lines)) {
        char *before = strchr(line, '\t'), *after = before ? strchr(before + 1, '\t') : NULL;
        if (!after)
            continue;
        *before++ = '\0';
        *after++ = '\0';
        int place = find_field(line);
        enum field_kind kind = place < FIELDS ? fields[place].kind : FIELD_WORDS;
        if (kind == FIELD_HIDDEN || strcmp(before, after) == 0)
            continue;
        struct told *here = &told[count];
        memset(here, 0, sizeof *here);
        here->place = place;
        bool secret = strcmp(line, "password") == 0; /* of which only the change is known */
        write_value(here->change.before, sizeof here->change.before, kind,
                    secret ? "the old one" : before);
        write_value(here->change.after, sizeof here->change.after, kind,
                    secret ? "a new one" : after);
        /* Of what was added only what says something: no "visits included 0", no "banned: no". */
        const char *value = row->action == AUDIT_REMOVED ? here->change.before : here->change.after;
        if (row->action != AUDIT_CHANGED &&
            (*value == '\0' || strcmp(value, "no") == 0 || strcmp(value, "false") == 0 ||
             strcmp(value, "0") == 0))
            continue;
        if (place < FIELDS)
            snprintf(here->change.what, sizeof here->change.what, "%s", fields[place].words);
        else
            write_name(here->change.what, sizeof here->change.what, line);
        count++;
    }
    qsort(told, (size_t)count, sizeof *told, by_place);
    for (int i = 0; i < count && i < AUDIT_CHANGES; i++)
        row->changes[row->change_count++] = told[i].change;
}

static void write_words(struct audit_row *row)
{
    char *words = row->words;
    size_t size = sizeof row->words;
    for (int i = 0; i < row->change_count; i++) {
        const struct audit_change *change = &row->changes[i];
        text_append(words, size, "%s%s ", i > 0 ? "; " : "", change->what);
        if (row->action != AUDIT_CHANGED)
            text_append(words, size, "%s",
                        row->action == AUDIT_ADDED ? change->after : change->before);
        else
            text_append(words, size, "%s → %s",
                        *change->before != '\0' ? change->before : "nothing",
                        *change->after != '\0' ? change->after : "nothing");
    }
}

/* ---- The call ---- */

static void read_row(struct row *from, struct audit_row *row)
{
    static const char *const actions[] = {"insert", "update", "delete", NULL};
    char table[64], lines[ROOM];
    row->audit_id = row_integer(from);
    row->at_local = row_moment(from);
    row->customer_id = row_integer(from);
    row_text(from, row->who, sizeof row->who);
    row_text(from, row->member, sizeof row->member);
    row_text(from, table, sizeof table);
    row->action = (enum audit_action)row_word(from, actions, AUDIT_CHANGED);
    snprintf(lines, sizeof lines, "%s", row_raw(from)); /* cleaned value by value */
    snprintf(row->subject, sizeof row->subject, "%.31s", table);
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (strcmp(subjects[i].table, table) == 0)
            snprintf(row->subject, sizeof row->subject, "%s", subjects[i].words);
    read_changes(row, lines);
    write_words(row);
}

static void deliver_page(const struct call *call, PGresult *const *results,
                         const struct error *error)
{
    audit_fn *on_reply = (audit_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, false, error);
        return;
    }
    struct audit_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int count = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row))
        read_row(&row, &rows[count++]);
    bool more = count > (int)call->note;
    on_reply(call->owner, rows, more ? (int)call->note : count, more, NULL);
    free(rows);
}

void audit_page(struct db *db, const struct audit_query *query, audit_fn *on_reply, void *owner)
{
    struct parameters parameters = {.note = (unsigned)query->limit};
    parameters_id(&parameters, query->customer_id);
    parameters_date(&parameters, query->since);
    parameters_id(&parameters, query->before);
    parameters_integer(&parameters, query->limit);
    call_one(db, DB_BROWSE, CALL_READ, "audit_page", &parameters, deliver_page,
             (call_reply_fn *)on_reply, owner);
}
