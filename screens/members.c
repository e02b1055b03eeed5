/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members: search as you type over any number of them. The find field has the focus, and arrows
 * move in the list meanwhile; Esc on an empty field gives the focus to the list, where letters are
 * commands. The list asks for pages by keyset; one question is under way at a time, and the rows
 * of the last answer stay, dimmed, until the next one comes.
 */
#include "members_list.h"

#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"

#define PAGE_ROWS           120
#define ATTENDANCE_PAUSE_MS 2000
#define WINDOW_ROWS         480 /* four pages; below the data layer's limit of 500 for a re-read */

enum {
    MEMBERS_NEW = COMMAND_SCREEN,
    MEMBERS_FIND,
    MEMBERS_CLEAR,
    MEMBERS_MARK,
    MEMBERS_MARK_ALL,
    MEMBERS_UNMARK,
    MEMBERS_MESSAGE,
    MEMBERS_EXPORT,
    MEMBERS_CAMPAIGN,
};

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "open", "Enter", "open", "Open the selected member's card.", KEY_IN_BAR},
    {MEMBERS_NEW, "new", "F2 Ins a", "new member",
     "Enrol a new member: plan, payment and the first check-in in one form.", KEY_IN_BAR},
    {COMMAND_FILTER, "filter", "F3 f", "filter",
     "Show only some: by status, plan, end of the term, debt, absence or segment.", KEY_IN_BAR},
    {MEMBERS_CLEAR, "clear", "F4 c", "all", "Take the filter off and empty the search.",
     KEY_IN_BAR},
    {COMMAND_SORT, "sort", "F6 s", "sort",
     "Sort by the next column: name, number, end, last visit, value.", KEY_IN_BAR},
    {COMMAND_INVERT, "invert", "F7 I", "invert", "Turn the order round.", 0},
    {MEMBERS_MARK, "mark", "F5 Space", "mark",
     "Mark the selected member, or take the mark off; marks stay while you search on.",
     KEY_WHEN_EMPTY},
    {MEMBERS_MARK_ALL, "mark_all", "*", "mark all", "Mark all members that are shown.",
     KEY_WHEN_EMPTY},
    {MEMBERS_UNMARK, "unmark", "-", "unmark", "Take all marks off.", KEY_WHEN_EMPTY},
    {MEMBERS_MESSAGE, "message", "F8 m", "message",
     "Write an e-mail to the marked members, or to the selected one.", 0},
    {MEMBERS_EXPORT, "export", "F9 e", "export",
     "Save the marked members, or all that are shown, as CSV.", 0},
    {MEMBERS_CAMPAIGN, "campaign", "n", "campaign", "Start a campaign for the marked members.", 0},
    {MEMBERS_FIND, "find", "/", "find",
     "Type letters of a name, phone, e-mail, a number or a key tag. Esc empties the field; Esc "
     "again gives the letters to the list as commands.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"members", "attendance", NULL};

static void ask_next(struct members_state *state);
static void ask_start(struct members_state *state, bool from_end);

static bool same_member(const void *a, const void *b)
{
    return ((const struct member_row *)a)->customer_id ==
           ((const struct member_row *)b)->customer_id;
}

/* --- what the list says when it holds nobody --- */

static void explain_empty(struct members_state *state)
{
    char words[160];
    members_filter_words(state, words, sizeof words);
    if (!state->loaded)
        snprintf(state->empty, sizeof state->empty, "Reading the members…");
    else if (!field_is_empty(&state->find) && words[0])
        snprintf(state->empty, sizeof state->empty,
                 "Nobody called “%.60s” among: %s. F4 shows all, F2 enrols a new member.",
                 state->find.text, words);
    else if (!field_is_empty(&state->find))
        snprintf(state->empty, sizeof state->empty,
                 "Nobody called “%.60s”. Esc empties the search, F2 enrols a new member.",
                 state->find.text);
    else if (words[0])
        snprintf(state->empty, sizeof state->empty,
                 "Nobody is: %s. F3 changes the filter, F4 shows all.", words);
    else
        snprintf(state->empty, sizeof state->empty, "No members yet. F2 enrols the first one.");
    table_set_empty(state->table, state->empty);
}

/* --- questions and answers --- */

static void open_selected(struct members_state *state)
{
    const struct member_row *row = table_selected(state->table);
    if (!row)
        return;
    struct member_argument card = {.customer_id = row->customer_id};
    host_open(state->context.host, &screen_member, &card);
}

static void mark_selected(struct members_state *state)
{
    const struct member_row *row = table_selected(state->table);
    state->mark_when_there = !state->loaded;
    if (!row || !state->loaded)
        return;
    members_mark(state, row);
    table_command(state->table, COMMAND_DOWN);
}

static int64_t first_number(const struct members_state *state)
{
    const struct member_row *first = table_first(state->table);
    return first ? first->customer_id : 0;
}

static void take_rows(struct members_state *state, enum members_asking asked,
                      const struct member_row *rows, int count, bool more)
{
    int64_t held;
    switch (asked) {
    case ASKING_NOTHING:
        break;
    case ASKING_START:
        state->more_before = state->from_end && more;
        state->loaded = true;
        table_fill(state->table, rows, count, state->more_before, !state->from_end && more);
        table_set_match(state->table, field_is_empty(&state->find) ? NULL : state->find.text);
        break;
    case ASKING_BEFORE:
        state->more_before = more;
        table_prepend(state->table, rows, count, more);
        break;
    case ASKING_AFTER:
        held = first_number(state);
        table_append(state->table, rows, count, more);
        if (first_number(state) != held) /* the window moved on */
            state->more_before = true;
        break;
    case ASKING_REFRESH:
        if (!state->more_before) {
            table_replace(state->table, rows, count, false, more, same_member);
            break;
        }
        /* The re-read went on after the first row held, which stays as it was. */
        const struct member_row *first = table_first(state->table);
        struct member_row *all = calloc((size_t)count + 1, sizeof *all);
        if (first && all) {
            all[0] = *first;
            if (count > 0)
                memcpy(all + 1, rows, (size_t)count * sizeof *rows);
            table_replace(state->table, all, count + 1, true, more, same_member);
        }
        free(all);
        break;
    }
}

static void on_page(void *owner, const struct member_row *rows, int count, bool more,
                    const struct error *error)
{
    struct members_state *state = owner;
    enum members_asking asked = state->asking;
    state->asking = ASKING_NOTHING;
    if (state->outdated) {
        state->outdated = false;
        if (state->jump != TABLE_WANT_NOTHING)
            ask_start(state, state->jump == TABLE_WANT_END);
        else
            ask_next(state);
        return;
    }
    if (error) {
        state->open_when_there = state->mark_when_there = false;
        table_set_stale(state->table, true);
        /* An empty page lets the table ask again at the next key. */
        if (asked == ASKING_BEFORE)
            table_prepend(state->table, NULL, 0, true);
        else if (asked == ASKING_AFTER)
            table_append(state->table, NULL, 0, true);
        if (error->code != ERROR_OFFLINE) /* the host's banner says that */
            host_say_error(state->context.host, error);
        host_redraw(state->context.host);
        return;
    }
    table_set_stale(state->table, false);
    state->today = session_today(state->context.db);
    take_rows(state, asked, rows, count, more);
    explain_empty(state);
    host_redraw(state->context.host);
    if (state->open_when_there) {
        state->open_when_there = false;
        open_selected(state);
        return;
    }
    if (state->mark_when_there)
        mark_selected(state);
    ask_next(state);
}

struct member_query members_query(const struct members_state *state,
                                  const struct members_argument *filter, const char *search)
{
    static const enum member_sort sorts[MEMBERS_COLUMNS] = {
        [MEMBERS_NAME] = MEMBER_SORT_NAME,   [MEMBERS_NUMBER] = MEMBER_SORT_NUMBER,
        [MEMBERS_ENDS] = MEMBER_SORT_ENDS,   [MEMBERS_LAST_VISIT] = MEMBER_SORT_LAST_VISIT,
        [MEMBERS_VALUE] = MEMBER_SORT_VALUE,
    };
    bool descending;
    int column = table_sort(state->table, &descending);
    return (struct member_query){
        .search = search,
        .status = filter->status[0] ? filter->status : NULL,
        .package_id = filter->package_id,
        .expiring_within = filter->expiring_within,
        .owing = filter->owing,
        .absent_days = filter->absent_days,
        .segment = filter->segment,
        .sort = column >= 0 && column < MEMBERS_COLUMNS ? sorts[column] : MEMBER_SORT_NAME,
        .descending = descending,
    };
}

static void ask(struct members_state *state, enum members_asking asking,
                const struct member_row *anchor, bool before, int limit)
{
    struct member_query query = members_query(state, &state->filter, state->find.text);
    query.anchor = anchor;
    query.before = before;
    query.limit = limit;
    state->asking = asking;
    members_page(state->context.db, &query, on_page, state);
}

static void ask_start(struct members_state *state, bool from_end)
{
    state->from_end = from_end;
    state->refresh = false;
    state->jump = TABLE_WANT_NOTHING;
    ask(state, ASKING_START, NULL, from_end, PAGE_ROWS);
}

/* Asks what the table wants, or for what is held again after a change. */
static void ask_next(struct members_state *state)
{
    if (state->asking != ASKING_NOTHING)
        return;
    enum table_want want = table_wants(state->table);
    switch (want) {
    case TABLE_WANT_NOTHING:
        break;
    case TABLE_WANT_START:
    case TABLE_WANT_END:
        ask_start(state, want == TABLE_WANT_END);
        return;
    case TABLE_WANT_BEFORE:
        ask(state, ASKING_BEFORE, table_first(state->table), true, PAGE_ROWS);
        return;
    case TABLE_WANT_AFTER:
        ask(state, ASKING_AFTER, table_last(state->table), false, PAGE_ROWS);
        return;
    }
    if (state->refresh && state->loaded) {
        state->refresh = false;
        int held = table_count(state->table);
        const struct member_row *anchor = state->more_before ? table_first(state->table) : NULL;
        ask(state, ASKING_REFRESH, anchor, false, held > PAGE_ROWS ? held : PAGE_ROWS);
    }
}

void members_start_over(struct members_state *state)
{
    state->outdated = state->asking != ASKING_NOTHING;
    state->jump = TABLE_WANT_NOTHING;
    state->loaded = false;
    explain_empty(state);
    table_reset(state->table, true);
    ask_next(state);
    host_redraw(state->context.host);
}

static void on_packages(void *owner, const struct package_row *rows, int count,
                        const struct error *error)
{
    struct members_state *state = owner;
    if (error)
        return;
    choices_start(&state->plan_filter, "", "all plans");
    choices_add_plans(&state->plan_filter, rows, count, false);
    host_redraw(state->context.host);
}

/* --- the screen's slots --- */

static bool open_members(void *state_, const struct screen_context *context, const void *argument)
{
    struct members_state *state = state_;
    state->context = *context;
    state->today = session_today(context->db);
    members_filter_clear(state);
    choices_start(&state->plan_filter, "", "all plans");
    if (argument)
        state->filter = *(const struct members_argument *)argument;
    state->table = table_new(members_columns, MEMBERS_COLUMNS, sizeof(struct member_row),
                             WINDOW_ROWS, members_write_cell, state);
    if (!state->table)
        return false;
    /* Opened for those who are absent or about to end, the list starts with the most pressing. */
    int sort = state->filter.absent_days >= 0       ? MEMBERS_LAST_VISIT
               : state->filter.expiring_within >= 0 ? MEMBERS_ENDS
                                                    : MEMBERS_NAME;
    table_set_sort(state->table, sort, false);
    explain_empty(state);
    packages_list(context->db, on_packages, state);
    members_start_over(state);
    return true;
}

static void draw_members(void *state_, struct area area)
{
    struct members_state *state = state_;
    struct area top = area_take_top(&area, 1);
    draw_clear(top, ROLE_TEXT);
    int x = 1 + draw_text(top, 0, 1, state->on_list ? ROLE_DIM : ROLE_LABEL, "Find: ");
    char words[240] = "";
    if (state->mark_count > 0)
        text_append(words, sizeof words, "%d marked", state->mark_count);
    if (members_filter_is_set(state)) {
        char filter[160];
        members_filter_words(state, filter, sizeof filter);
        text_append(words, sizeof words, "%sfilter: %s", words[0] ? "  " : "", filter);
    }
    /* The field keeps at least 16 columns; the filter's words take what they need at the right. */
    int right = text_width(words);
    if (right > top.columns - x - 18)
        right = top.columns - x - 18;
    if (right < 0)
        right = 0;
    field_draw(&state->find, top, 0, x, top.columns - x - right - (right ? 3 : 1), !state->on_list);
    if (field_is_empty(&state->find) && !state->on_list)
        draw_text(area_part(top, 0, 0, 1, top.columns - right - 3), 0, x + 1, ROLE_DIM,
                  " name, number, key tag, phone or e-mail");
    if (right)
        draw_cell(top, 0, top.columns - right - 1, right, ALIGN_RIGHT, ROLE_ACCENT, words);
    draw_rule(area_take_top(&area, 1), 0);
    table_draw(state->table, area, true, true);
}

static void clear_all(struct members_state *state)
{
    field_clear(&state->find);
    members_filter_clear(state);
    members_start_over(state);
}

static bool go_back(struct members_state *state)
{
    if (!field_is_empty(&state->find)) {
        field_clear(&state->find);
        state->on_list = false;
        members_start_over(state);
        return true;
    }
    if (state->on_list)
        return false;
    state->on_list = true;
    host_say(state->context.host, ROLE_DIM, "Letters are commands now; / goes back to the search");
    return true;
}

static void ask_campaign(struct members_state *state)
{
    char whom[48];
    if (state->context.session->level < LEVEL_MANAGER) {
        host_say(state->context.host, ROLE_WARN, "Campaigns are for managers");
        return;
    }
    if (state->mark_count == 0) {
        host_say(state->context.host, ROLE_WARN, "Mark members first: Space one by one, * all");
        return;
    }
    snprintf(whom, sizeof whom, "%d marked member%s", state->mark_count,
             state->mark_count == 1 ? "" : "s");
    campaign_ask(&state->campaign, &state->context, whom, state->mark_count, NULL, state->marks,
                 state->mark_count, NULL, state);
}

static bool command_members(void *state_, int command)
{
    struct members_state *state = state_;
    bool descending;
    int column = table_sort(state->table, &descending);
    switch (command) {
    case COMMAND_OPEN:
        if (state->loaded)
            open_selected(state);
        else
            state->open_when_there = true;
        return true;
    case COMMAND_BACK:
        return go_back(state);
    case COMMAND_FILTER:
        members_filter_ask(state);
        return true;
    case COMMAND_SORT:
        table_next_sort(state->table);
        members_start_over(state);
        column = table_sort(state->table, &descending);
        if (column >= 0) /* its column may not be in sight */
            host_say(state->context.host, ROLE_DIM, "In the order of: %s; F7 turns it round",
                     members_columns[column].title);
        return true;
    case COMMAND_INVERT:
        table_set_sort(state->table, column, !descending);
        members_start_over(state);
        return true;
    case MEMBERS_NEW: {
        struct member_argument nobody_yet = {.customer_id = 0, .name = state->find.text};
        host_open(state->context.host, &screen_member, &nobody_yet);
        return true;
    }
    case MEMBERS_FIND:
        state->on_list = false;
        host_redraw(state->context.host);
        return true;
    case MEMBERS_CLEAR:
        clear_all(state);
        return true;
    case MEMBERS_MARK:
        mark_selected(state);
        ask_next(state);
        return true;
    case MEMBERS_MARK_ALL:
        members_mark_all(state);
        return true;
    case MEMBERS_UNMARK:
        members_unmark_all(state);
        return true;
    case MEMBERS_MESSAGE:
        members_message(state);
        return true;
    case MEMBERS_EXPORT:
        members_export_ask(state);
        return true;
    case MEMBERS_CAMPAIGN:
        ask_campaign(state);
        return true;
    default:
        break;
    }
    if (!table_command(state->table, command))
        return false;
    if ((command == COMMAND_FIRST || command == COMMAND_LAST) && state->asking != ASKING_NOTHING) {
        /* A jump overtakes the page under way, whose answer would be taken for the jump's. */
        enum table_want want = table_wants(state->table);
        if (want == TABLE_WANT_START || want == TABLE_WANT_END) {
            state->jump = want;
            state->outdated = true;
        }
    }
    ask_next(state);
    host_redraw(state->context.host);
    return true;
}

static bool text_members(void *state_, uint32_t key, const char *text)
{
    struct members_state *state = state_;
    char before[FIELD_SIZE];
    memcpy(before, state->find.text, sizeof before);
    if (text) {
        state->on_list = false;
        field_paste(&state->find, text);
    } else if (state->on_list || !field_key(&state->find, key)) {
        return false;
    }
    if (strcmp(before, state->find.text) != 0) {
        state->open_when_there = state->mark_when_there = false;
        members_start_over(state);
    }
    host_redraw(state->context.host);
    return true;
}

/* Enter went before the rows it is for: what is typed after it is for what it opens, not for the
 * search. */
static bool waits_members(const void *state_)
{
    const struct members_state *state = state_;
    return state->open_when_there && state->asking != ASKING_NOTHING;
}

static bool typing_members(const void *state_, bool *empty)
{
    const struct members_state *state = state_;
    *empty = field_is_empty(&state->find);
    return !state->on_list;
}

static void changed_members(void *state_, const char *topic)
{
    struct members_state *state = state_;
    if (strcmp(topic, "*") == 0 && !state->loaded) {
        members_start_over(state); /* the first page never came */
        return;
    }
    if (strcmp(topic, "attendance") == 0) {
        /* At six in the evening that is every few seconds, and moves a row or two: once a while. */
        if (!state->refresh_later)
            host_wake_in(state->context.host, ATTENDANCE_PAUSE_MS);
        state->refresh_later = true;
        return;
    }
    state->refresh = true;
    ask_next(state);
}

static void tick_members(void *state_)
{
    struct members_state *state = state_;
    if (!state->refresh_later)
        return;
    state->refresh_later = false;
    state->refresh = true;
    ask_next(state);
}

static void state_changed_members(void *state_, enum db_state db_state)
{
    struct members_state *state = state_;
    table_set_stale(state->table, db_state != DB_STATE_READY);
    host_redraw(state->context.host);
}

static void close_members(void *state_)
{
    struct members_state *state = state_;
    campaign_forget(&state->campaign);
    members_walk_close(state);
    table_free(state->table);
    field_clear(&state->find);
}

const struct screen screen_members = {
    .name = "members",
    .title = "Members",
    .about = "Everybody who is or was a member. Type to search; the list narrows with each letter.",
    .state_size = sizeof(struct members_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = open_members,
    .draw = draw_members,
    .command = command_members,
    .text = text_members,
    .waits = waits_members,
    .typing = typing_members,
    .changed = changed_members,
    .tick = tick_members,
    .state_changed = state_changed_members,
    .close = close_members,
};
