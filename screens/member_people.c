/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is seldom done with a record, behind one key: a duplicate merged into it and separated again
 * (DESK.md rule 21), a ban, and anonymising (rule 18). The card that is open is the record that is
 * kept; the other one is searched for.
 */
#include "member_card.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/db/people.h"

enum more { MORE_MERGE, MORE_SEPARATE, MORE_BAN, MORE_UNBAN, MORE_ANONYMISE, MORE_HISTORY };

static void show(struct member_state *state, struct dialog *dialog, host_dialog_fn *on_answer)
{
    if (dialog)
        host_ask(state->context.host, dialog, on_answer, state);
}

/* --- merge --- */

static void do_merge(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_merge(state->context.db, request_id_new(), state->other.customer_id,
                      state->customer_id, member_on_change, state);
    else
        host_say(state->context.host, ROLE_DIM, "Nothing was merged");
}

static const char *plural(int count)
{
    return count == 1 ? "" : "s";
}

static void on_merge_preview(void *owner, const struct merge_preview *preview,
                             const struct error *error)
{
    struct member_state *state = owner;
    if (error) {
        host_say_error(state->context.host, error);
        return;
    }
    char text[1000] = "", amount[32], day[32];
    text_append(text, sizeof text,
                "%s #%" PRId64 " becomes part of %s #%" PRId64 ", which is kept.\n",
                state->other.name, state->other.customer_id, state->card.name, state->customer_id);
    money_format(amount, sizeof amount, preview->paid);
    text_append(text, sizeof text, "What moves: %d visit%s, %d payment%s (%s), %d term%s",
                preview->visits, plural(preview->visits), preview->payments,
                plural(preview->payments), amount, preview->terms, plural(preview->terms));
    if (preview->freezes > 0)
        text_append(text, sizeof text, ", %d freeze%s", preview->freezes, plural(preview->freezes));
    if (preview->contacts > 0)
        text_append(text, sizeof text, ", %d call%s", preview->contacts, plural(preview->contacts));
    text_append(text, sizeof text, ".\n");
    if (preview->terms_left > 0)
        text_append(text, sizeof text, "%d term%s that overlap%s one of theirs stay%s behind.\n",
                    preview->terms_left, plural(preview->terms_left),
                    preview->terms_left == 1 ? "s" : "", preview->terms_left == 1 ? "s" : "");
    if (preview->ends != preview->ends_before) {
        date_format_short(day, sizeof day, preview->ends, state->today);
        text_append(text, sizeof text, "The last paid day is then %s.\n", day);
    }
    money_format(amount, sizeof amount,
                 preview->balance < 0 ? -preview->balance : preview->balance);
    if (preview->balance != 0)
        text_append(text, sizeof text, "%s after that: %s.\n",
                    preview->balance > 0 ? "Owed" : "To their credit", amount);
    text_append(text, sizeof text,
                "Its card and key tag lead here. It can be separated again, from this card.");
    struct dialog *dialog = dialog_confirm("Merge two records", text, "y", "merge them", 'd');
    if (dialog)
        dialog_set_role(dialog, ROLE_WARN_BIG);
    show(state, dialog, do_merge);
}

static void pick_other(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= state->other_count)
        return;
    state->other = state->others[chosen];
    members_preview_merge(state->context.db, state->other.customer_id, state->customer_id,
                          on_merge_preview, state);
}

/* The records of state->others to choose from, each by its digit. */
static void ask_which(struct member_state *state, const char *title, const char *text,
                      host_dialog_fn *on_answer)
{
    struct dialog_choice choices[MEMBER_OTHERS];
    static const char *const digits[MEMBER_OTHERS] = {"1", "2", "3", "4", "5", "6", "7", "8"};
    for (int i = 0; i < state->other_count; i++)
        choices[i] = (struct dialog_choice){digits[i], state->others[i].words};
    show(state, dialog_choose(title, text, choices, state->other_count), on_answer);
}

static void on_found(void *owner, const struct member_row *rows, int count, bool more,
                     const struct error *error)
{
    struct member_state *state = owner;
    (void)more;
    if (error) {
        host_say_error(state->context.host, error);
        return;
    }
    state->other_count = 0;
    for (int i = 0; i < count && state->other_count < MEMBER_OTHERS; i++) {
        if (rows[i].customer_id == state->customer_id)
            continue;
        struct member_other *other = &state->others[state->other_count++];
        char visited[24];
        other->customer_id = rows[i].customer_id;
        snprintf(other->name, sizeof other->name, "%s", rows[i].name);
        date_format_ago(visited, sizeof visited, rows[i].last_visit, state->today);
        other->words[0] = 0;
        text_append(other->words, sizeof other->words, "%.60s  #%" PRId64 "  %s, last visit: %s",
                    rows[i].name, rows[i].customer_id,
                    rows[i].plan[0] ? rows[i].plan : rows[i].status, visited);
    }
    if (state->other_count == 0) {
        host_say(state->context.host, ROLE_WARN, "Nobody else is called that");
        return;
    }
    ask_which(state, "Which record is the duplicate?", "It becomes part of the card that is open.",
              pick_other);
}

static void search_other(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result != DIALOG_YES)
        return;
    struct member_query query = {.search = dialog_typed(dialog),
                                 .expiring_within = -1,
                                 .absent_days = -1,
                                 .limit = MEMBER_OTHERS + 1};
    members_page(state->context.db, &query, on_found, state);
}

static void ask_merge(struct member_state *state)
{
    char text[320];
    snprintf(text, sizeof text,
             "%s #%" PRId64 " is kept. Find the duplicate: letters of its name, its number, phone "
             "or e-mail.",
             state->card.name, state->customer_id);
    show(state, dialog_type("Merge a duplicate", text, "Find", NULL, true), search_other);
}

/* --- separate --- */

static void do_separate(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_unmerge(state->context.db, request_id_new(), state->other.customer_id,
                        member_on_change, state);
}

static void confirm_separate(struct member_state *state)
{
    char text[500];
    snprintf(text, sizeof text,
             "%s #%" PRId64 " becomes a record of its own again, with the visits, payments and "
             "terms it brought in.",
             state->other.name, state->other.customer_id);
    struct dialog *dialog = dialog_confirm("Separate two records", text, "y", "separate them", 's');
    show(state, dialog, do_separate);
}

static void pick_merged(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= state->other_count)
        return;
    state->other = state->others[chosen];
    confirm_separate(state);
}

static void on_merged(void *owner, const struct merged_record *rows, int count,
                      const struct error *error)
{
    struct member_state *state = owner;
    if (error) {
        host_say_error(state->context.host, error);
        return;
    }
    state->other_count = 0;
    for (int i = 0; i < count && state->other_count < MEMBER_OTHERS; i++) {
        struct member_other *other = &state->others[state->other_count++];
        char when[32];
        other->customer_id = rows[i].customer_id;
        snprintf(other->name, sizeof other->name, "%s", rows[i].name);
        date_format_moment(when, sizeof when, rows[i].at_local, state->today);
        other->words[0] = 0;
        text_append(other->words, sizeof other->words, "%.60s  #%" PRId64 "  merged %s",
                    rows[i].name, rows[i].customer_id, when);
    }
    if (state->other_count == 0)
        host_say(state->context.host, ROLE_DIM, "Nothing was merged into this record");
    else
        ask_which(state, "Which one to separate?", state->card.name, pick_merged);
}

static void ask_separate(struct member_state *state)
{
    if (state->card.merged_into == 0) {
        members_merged(state->context.db, state->customer_id, on_merged, state);
        return;
    }
    state->other.customer_id = state->customer_id;
    snprintf(state->other.name, sizeof state->other.name, "%s", state->card.name);
    confirm_separate(state);
}

/* --- ban --- */

static void do_ban(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    if (result == DIALOG_YES)
        members_ban(state->context.db, request_id_new(), state->customer_id, dialog_typed(dialog),
                    member_on_change, state);
}

static void ask_ban(struct member_state *state)
{
    char text[320];
    snprintf(text, sizeof text, "%s #%" PRId64 " is not let in any more. The desk sees the reason.",
             state->card.name, state->customer_id);
    struct dialog *dialog = dialog_type("Ban", text, "Reason", NULL, true);
    if (dialog)
        dialog_set_role(dialog, ROLE_BAD_BIG);
    show(state, dialog, do_ban);
}

static void do_unban(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_unban(state->context.db, request_id_new(), state->customer_id, member_on_change,
                      state);
}

static void ask_unban(struct member_state *state)
{
    char text[480];
    snprintf(text, sizeof text, "%s #%" PRId64 " was banned: %s. From now on they may come in.",
             state->card.name, state->customer_id, state->card.banned_reason);
    show(state, dialog_confirm("Lift the ban", text, "y", "lift it", 'l'), do_unban);
}

/* --- anonymise --- */

static void do_anonymise(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES)
        members_anonymise(state->context.db, request_id_new(), state->customer_id, member_on_change,
                          state);
    else
        host_say(state->context.host, ROLE_DIM, "Nothing was taken away");
}

static void ask_anonymise(struct member_state *state)
{
    const struct member_card *card = &state->card;
    char text[640], number[24], amount[32], day[32];
    if (card->balance != 0) {
        money_format(amount, sizeof amount, card->balance < 0 ? -card->balance : card->balance);
        host_say(state->context.host, ROLE_WARN, "Not while %s %s; settle it first", amount,
                 card->balance > 0 ? "is owed" : "is to their credit");
        return;
    }
    if (card->ends != DATE_NONE && card->ends >= state->today) {
        date_format_short(day, sizeof day, card->ends, state->today);
        host_say(state->context.host, ROLE_WARN,
                 "Not while the membership runs (until %s); F9 cancels it", day);
        return;
    }
    snprintf(number, sizeof number, "%" PRId64, state->customer_id);
    snprintf(
        text, sizeof text,
        "Name, phone, e-mail, key tag, birthday, notes and what was ever noted about %s go for "
        "good. Visits and payments stay, under “Member #%s”. This cannot be undone.",
        card->name, number);
    struct dialog *dialog =
        dialog_type("Anonymise", text, "Type the member's number", number, true);
    if (dialog)
        dialog_set_role(dialog, ROLE_BAD_BIG);
    show(state, dialog, do_anonymise);
}

/* --- the menu --- */

static void answer_more(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct member_state *state = owner;
    int chosen = dialog_chosen(dialog);
    if (result != DIALOG_YES || chosen < 0 || chosen >= state->more_count)
        return;
    switch ((enum more)state->more[chosen]) {
    case MORE_MERGE:
        ask_merge(state);
        break;
    case MORE_SEPARATE:
        ask_separate(state);
        break;
    case MORE_BAN:
        ask_ban(state);
        break;
    case MORE_UNBAN:
        ask_unban(state);
        break;
    case MORE_ANONYMISE:
        ask_anonymise(state);
        break;
    case MORE_HISTORY:
        host_open(
            state->context.host, &screen_audit,
            &(struct member_argument){.customer_id = state->customer_id, .name = state->card.name});
        break;
    }
}

void member_more_ask(struct member_state *state)
{
    static const struct dialog_choice all[] = {
        [MORE_MERGE] = {"d", "merge a duplicate into this record"},
        [MORE_SEPARATE] = {"s", "separate a merged record again"},
        [MORE_BAN] = {"b", "ban (reason)"},
        [MORE_UNBAN] = {"l", "lift the ban"},
        [MORE_ANONYMISE] = {"n", "anonymise: take name and contact away for good"},
        [MORE_HISTORY] = {"h", "history: what was changed, when and by whom"},
    };
    enum level level = state->context.session->level;
    const struct member_card *card = &state->card;
    if (level < LEVEL_MANAGER) {
        host_say(state->context.host, ROLE_WARN, "Merging and banning are for managers");
        return;
    }
    if (card->is_anonymised) {
        host_say(state->context.host, ROLE_DIM,
                 "This member was anonymised; only figures are left");
        return;
    }
    const bool offered[] = {
        [MORE_MERGE] = card->merged_into == 0,
        [MORE_SEPARATE] = true,
        [MORE_BAN] = card->merged_into == 0 && !card->banned_reason[0],
        [MORE_UNBAN] = card->merged_into == 0 && card->banned_reason[0],
        [MORE_ANONYMISE] = card->merged_into == 0 && level >= LEVEL_OWNER,
        [MORE_HISTORY] = true,
    };
    struct dialog_choice choices[MEMBER_MORE];
    state->more_count = 0;
    for (int i = 0; i < MEMBER_MORE; i++) {
        if (!offered[i])
            continue;
        state->more[state->more_count] = i;
        choices[state->more_count++] = all[i];
    }
    char text[260];
    snprintf(text, sizeof text, "%s #%" PRId64, card->name, state->customer_id);
    show(state, dialog_choose("More about this record", text, choices, state->more_count),
         answer_more);
}

/* --- calls --- */

static void on_contact_logged(void *owner, int64_t customer_id, enum contact_outcome outcome,
                              bool wants_freeze)
{
    struct member_state *state = owner;
    (void)customer_id, (void)outcome;
    if (wants_freeze)
        member_freeze_ask(state);
    member_read(state);
}

void member_contact_ask(struct member_state *state)
{
    contact_ask(&state->contact, &state->context, state->customer_id, state->card.name,
                state->do_not_contact, on_contact_logged, state);
}
