/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analytics: the frame around its pages. Figures are read when a page is first turned to, again at
 * each full minute when something changed, and at once with F5: they are sums over the whole gym
 * and not worth recounting at every check-in. Pages that say so (the queue of those at risk) are
 * read as soon as something changes.
 */
#include "analytics_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/segments.h"
#include "gymtui/screens/analytics.h"
#include "gymtui/ui/term.h"

static const struct key_entry keys[] = {
    {COMMAND_RIGHT, "next_page", "Right l", "next page", "Show the next page.", KEY_IN_BAR},
    {COMMAND_LEFT, "previous_page", "Left h", "page before", "Show the page before.", 0},
    {COMMAND_OPEN, "open", "Enter", "open",
     "Show what is behind the selected line: its members, or the member.", KEY_IN_BAR},
    {ANALYTICS_CONTACT, "contact", "c", "call", "Log a call to the selected member.", KEY_IN_BAR},
    {ANALYTICS_MESSAGE, "message", "m", "message",
     "Write a message to the selected member, or to all whom the campaign offers something.",
     KEY_IN_BAR},
    {ANALYTICS_CAMPAIGN, "campaign", "n", "campaign", "Start a campaign with the members shown.",
     KEY_IN_BAR},
    {COMMAND_FILTER, "filter", "/", "filter", "Show only those whose name has what is typed.",
     KEY_IN_BAR},
    {ANALYTICS_VIEW, "view", "v", "other view", "The page's next view, or grouping.", KEY_IN_BAR},
    {COMMAND_SORT, "sort", "s", "sort", "Sort by the next column.", 0},
    {COMMAND_INVERT, "invert", "I", "invert", "Turn the order round.", 0},
    {ANALYTICS_EXPORT, "export", "e", "export", "Write what is shown to a CSV file.", KEY_IN_BAR},
    {ANALYTICS_EDIT, "edit", "F4 E", "edit", "Change the selected campaign.", KEY_IN_BAR},
    {ANALYTICS_END, "end", "F8 x", "end",
     "End the selected campaign today, or remove one that has not begun.", KEY_IN_BAR},
    {ANALYTICS_DATA, "data", "d", "data", "Choose whose figures: the gym's, or a dataset's.",
     KEY_IN_BAR},
    {ANALYTICS_READ, "read", "F5 r", "count again", "Count everything again now.", 0},
    {.command = COMMAND_NONE},
};

static const char *const topics[] = {"attendance", "members", "packages", "campaigns",
                                     "datasets",   "jobs",    NULL};

enum { PAGE_COUNT = 9 };

/* In the order of the line of pages. */
static const struct analytics_page *const pages[PAGE_COUNT] = {
    &analytics_page_overview, &analytics_page_segments,  &analytics_page_at_risk,
    &analytics_page_value,    &analytics_page_survival,  &analytics_page_cohorts,
    &analytics_page_hours,    &analytics_page_campaigns, &analytics_page_model,
};

const char *const analytics_page_commands[PAGE_COUNT + 1] = {
    "overview", "segments", "at-risk",   "value", "survival",
    "cohorts",  "hours",    "campaigns", "model", NULL,
};

/* As many as there are keys for in the dialog; the gym's own is the first. */
#define DATASETS_MOST 18
#define LOW           12 /* rows of a window in which every one counts */

struct analytics_state {
    struct screen_context context;
    struct dataset_row datasets[DATASETS_MOST]; /* as they were offered last */
    int dataset_count;
    bool asks_datasets;
    int page;
    int64_t dataset_id;
    char dataset[128], currency[8];
    bool has_contract;
    bool is_offline;
    struct {
        void *state; /* NULL: never turned to */
        struct analytics_place place;
        struct analytics_export export_; /* of a page that leaves it to the frame */
    } held[PAGE_COUNT];
};

/* --- pages, their reading and their end --- */

static bool is_shown(const struct analytics_state *state, int page)
{
    return state->dataset_id == 0 || pages[page]->members_only == NULL;
}

static void read_page(struct analytics_state *state, int page)
{
    struct analytics_place *place = &state->held[page].place;
    if (!state->held[page].state || !is_shown(state, page))
        return;
    if (place->under_way > 0) {
        place->is_dirty = true; /* what is under way may be older than the change */
        return;
    }
    place->is_dirty = false;
    place->failed = false;
    pages[page]->read(state->held[page].state);
}

static void turn_to(struct analytics_state *state, int page)
{
    state->page = page;
    if (!state->held[page].state) {
        void *made = calloc(1, pages[page]->state_size);
        if (!made) {
            host_say(state->context.host, ROLE_BAD, "Out of memory");
            return;
        }
        state->held[page].state = made;
        state->held[page].place = (struct analytics_place){
            .context = &state->context,
            .dataset_id = state->dataset_id,
            .dataset = state->dataset,
            .currency = state->currency,
            .has_contract = state->has_contract,
            .frame = state,
            .is_dirty = true,
        };
        pages[page]->open(made, &state->held[page].place);
    }
    if (state->held[page].place.is_dirty)
        read_page(state, page);
    host_redraw(state->context.host);
}

static void drop_pages(struct analytics_state *state)
{
    for (int i = 0; i < PAGE_COUNT; i++) {
        if (!state->held[i].state)
            continue;
        db_forget(state->context.db, state->held[i].state);
        if (pages[i]->close)
            pages[i]->close(state->held[i].state);
        free(state->held[i].state);
        state->held[i].state = NULL;
    }
}

static int page_of(const struct analytics_place *place)
{
    for (int i = 0; i < PAGE_COUNT; i++)
        if (&place->frame->held[i].place == place)
            return i;
    return 0;
}

void analytics_asked(struct analytics_place *place, int replies)
{
    place->under_way += replies;
}

bool analytics_answered(struct analytics_place *place, const struct error *error)
{
    struct analytics_state *state = place->frame;
    if (error) {
        if (error->code != ERROR_OFFLINE && !place->failed)
            host_say_error(state->context.host, error);
        place->failed = true;
    }
    if (place->under_way > 0)
        place->under_way--;
    if (place->under_way == 0 && !place->failed) {
        place->is_there = true;
        place->read_at = session_local_now(state->context.db);
        place->read_on = session_today(state->context.db);
    }
    int page = page_of(place);
    if (place->under_way == 0 && place->is_dirty && pages[page]->is_live && page == state->page)
        read_page(state, page);
    host_redraw(state->context.host);
    return error == NULL;
}

void analytics_read_again(struct analytics_place *place)
{
    read_page(place->frame, page_of(place));
}

void analytics_read_other(struct analytics_place *place)
{
    int page = page_of(place);
    db_forget(place->frame->context.db, place->frame->held[page].state);
    place->under_way = 0;
    read_page(place->frame, page);
}

void analytics_turn_to(struct analytics_place *place, const struct analytics_page *page)
{
    for (int i = 0; i < PAGE_COUNT; i++)
        if (pages[i] == page)
            turn_to(place->frame, i);
}

/* --- another dataset --- */

static void show_dataset(struct analytics_state *state, const struct dataset_row *dataset)
{
    drop_pages(state);
    state->dataset_id = dataset->dataset_id;
    state->has_contract = dataset->has_contract;
    snprintf(state->dataset, sizeof state->dataset, "%s", dataset->name);
    snprintf(state->currency, sizeof state->currency, "%s", dataset->currency);
    if (!is_shown(state, state->page)) /* what was asked for is to be seen */
        for (int i = 0; i < PAGE_COUNT; i++)
            if (pages[i] == &analytics_page_segments)
                state->page = i;
    turn_to(state, state->page);
}

static void choose_dataset(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct analytics_state *state = owner;
    int chosen = dialog_chosen(dialog);
    if (result == DIALOG_YES && chosen >= 0 && chosen < state->dataset_count)
        show_dataset(state, &state->datasets[chosen]);
}

static void on_datasets(void *owner, const struct dataset_row *rows, int count,
                        const struct error *error)
{
    static const char *const letters[DATASETS_MOST] = {"1", "2", "3", "4", "5", "6", "7", "8", "9",
                                                       "a", "b", "c", "e", "f", "g", "i", "m", "o"};
    struct analytics_state *state = owner;
    char texts[DATASETS_MOST][160];
    struct dialog_choice choices[DATASETS_MOST];
    state->asks_datasets = false;
    if (error) {
        host_say_error(state->context.host, error);
        return;
    }
    state->dataset_count = count > DATASETS_MOST ? DATASETS_MOST : count;
    for (int i = 0; i < state->dataset_count; i++) {
        char customers[32];
        state->datasets[i] = rows[i];
        analytics_format_count(customers, sizeof customers, (double)rows[i].customers);
        snprintf(texts[i], sizeof texts[i], "%.60s: %s %s%s", rows[i].name, customers,
                 rows[i].dataset_id == 0 ? "members" : "customers",
                 rows[i].dataset_id == state->dataset_id ? " (shown now)" : "");
        choices[i] = (struct dialog_choice){letters[i], texts[i]};
    }
    char about[200];
    if (count > DATASETS_MOST)
        snprintf(about, sizeof about,
                 "The gym's own members, or the first %d of %d datasets by name; “gymtui report "
                 "--dataset NAME” shows the others.",
                 DATASETS_MOST - 1, count - 1);
    else
        snprintf(about, sizeof about, "%s",
                 count > 1 ? "The gym's own members, or a dataset that was imported or made up."
                           : "There is only the gym itself. Payments of another business come in "
                             "under Jobs: F10, j, then F2 and i.");
    struct dialog *dialog = dialog_choose("Whose figures?", about, choices, state->dataset_count);
    if (dialog)
        host_ask(state->context.host, dialog, choose_dataset, state);
}

/* --- the screen's slots --- */

static bool open_analytics(void *state_, const struct screen_context *context, const void *argument)
{
    struct analytics_state *state = state_;
    const struct analytics_argument *wanted = argument;
    int page = 0;
    state->context = *context;
    state->has_contract = true;
    snprintf(state->dataset, sizeof state->dataset, "%s", context->session->gym_name);
    snprintf(state->currency, sizeof state->currency, "%s", context->session->currency);
    for (int i = 0; wanted && wanted->page && i < PAGE_COUNT; i++)
        if (strcmp(pages[i]->name, wanted->page) == 0)
            page = i;
    turn_to(state, page);
    return true;
}

static void close_analytics(void *state_)
{
    drop_pages(state_);
}

/* The names of the pages; on a narrow screen those around the present one. */
static void draw_names(const struct analytics_state *state, struct area line)
{
    int from = 0, width = 0;
    for (int i = 0; i < PAGE_COUNT; i++)
        width += text_width(pages[i]->name) + 2;
    if (width > line.columns) { /* the present one with its neighbours */
        for (from = state->page; from > 0; from--) {
            int upto_here = 2; /* the sign that there are more */
            for (int i = from - 1; i <= state->page; i++)
                upto_here += text_width(pages[i]->name) + 2;
            if (upto_here + 2 > line.columns)
                break;
        }
    }
    int x = 0;
    if (from > 0)
        x += draw_text(line, 0, x, ROLE_DIM, term_is_ascii() ? "< " : "‹ ");
    for (int i = from; i < PAGE_COUNT; i++) {
        bool here = i == state->page;
        char name[40];
        snprintf(name, sizeof name, here ? "[%s]" : " %s ", pages[i]->name);
        if (x + text_width(name) > line.columns && !here) {
            draw_text(line, 0, line.columns - 1, ROLE_DIM, term_is_ascii() ? ">" : "›");
            break;
        }
        x += draw_text(line, 0, x, here ? ROLE_STRONG : ROLE_DIM, name);
    }
}

/* Whose figures these are, and of when, at the right end; with the page's note where it has room.
 */
static void draw_origin(const struct analytics_state *state, struct area line)
{
    const struct analytics_place *place = &state->held[state->page].place;
    char whose[140] = "", when[48] = "", text[300];
    if (state->dataset_id != 0)
        snprintf(whose, sizeof whose, " %s ", state->dataset);
    if (place->is_there) {
        char clock[16];
        date_format_clock(clock, sizeof clock, place->read_at);
        snprintf(when, sizeof when, "%s %s ", place->under_way > 0 ? " counting, as of" : " as of",
                 clock);
    }
    const char *parts[] = {whose, place->note, when};
    bool has_note = place->is_there && place->note[0];
    int width = 0;
    for (int with_note = has_note; with_note >= 0; with_note--) {
        text[0] = '\0';
        for (int i = 0; i < 3; i++) {
            if (!parts[i][0] || (i == 1 && !with_note))
                continue;
            text_append(text, sizeof text, "%s%s%s%s", text[0] ? sign_text(SIGN_DOT) : "",
                        i == 1 ? " " : "", parts[i], i == 1 ? " " : "");
        }
        width = text_width(text);
        if (width + 4 < line.columns)
            break;
    }
    if (width && width + 4 < line.columns)
        draw_text(line, 0, line.columns - width - 2,
                  state->dataset_id != 0 ? ROLE_ACCENT : ROLE_DIM, text);
}

/* In a low window every row counts: the page's name and its origin share one. */
static void draw_low_head(const struct analytics_state *state, struct area line)
{
    const char *before = term_is_ascii() ? "< " : "‹ ", *after = term_is_ascii() ? " >" : " ›";
    draw_rule(line, 0);
    int x = draw_text(line, 0, 0, ROLE_DIM, before);
    x += draw_text(line, 0, x, ROLE_STRONG, pages[state->page]->name);
    x += draw_format(line, 0, x, ROLE_DIM, "%s ", after);
    draw_origin(state, area_part(line, 0, x, 1, line.columns - x));
}

static void draw_analytics(void *state_, struct area area)
{
    const struct analytics_state *state = state_;
    const struct analytics_page *page = pages[state->page];
    const struct analytics_place *place = &state->held[state->page].place;
    draw_clear(area, ROLE_TEXT);
    if (area.rows <= LOW) {
        draw_low_head(state, area_take_top(&area, 1));
    } else {
        draw_names(state, area_take_top(&area, 1));
        struct area rule = area_take_top(&area, 1);
        draw_rule(rule, 0);
        draw_origin(state, rule);
    }
    if (!is_shown(state, state->page)) {
        analytics_draw_nothing(area, page->members_only);
        return;
    }
    if (!state->held[state->page].state || !place->is_there) {
        const char *text =
            place->under_way > 0 ? "Counting…" : "Could not be counted. F5 tries again.";
        draw_text(area, area.rows / 3, (area.columns - text_width(text)) / 2, ROLE_DIM, text);
        return;
    }
    page->draw(state->held[state->page].state, area);
    if (state->is_offline || place->failed)
        draw_dim(area);
}

static void write_sheet(void *owner)
{
    struct analytics_state *state = owner;
    int page = state->page;
    if (state->held[page].state && pages[page]->write_sheet)
        pages[page]->write_sheet(state->held[page].state, &state->held[page].export_);
    analytics_export_finish(&state->held[page].export_, NULL);
}

static bool has_sheet(const struct analytics_state *state)
{
    const char *const *columns;
    const struct analytics_page *page = pages[state->page];
    return page->sheet && state->held[state->page].place.is_there &&
           page->sheet(state->held[state->page].state, &columns) != NULL;
}

static bool export_page(struct analytics_state *state)
{
    const char *const *columns;
    if (!has_sheet(state))
        return false;
    const char *stem = pages[state->page]->sheet(state->held[state->page].state, &columns);
    analytics_export_ask(&state->held[state->page].export_, &state->context, stem, columns,
                         write_sheet, state);
    return true;
}

/* Asked for by its name: without what was opened on it. */
static void show_page(struct analytics_state *state, int page)
{
    void *held = state->held[page].state;
    if (held && pages[page]->command)
        for (int deep = 0; deep < 4 && pages[page]->command(held, COMMAND_BACK); deep++)
            continue;
    turn_to(state, page);
}

static bool command_analytics(void *state_, int command)
{
    struct analytics_state *state = state_;
    void *page = state->held[state->page].state;
    if (command >= ANALYTICS_SHOW_PAGE && command < ANALYTICS_SHOW_PAGE + PAGE_COUNT) {
        show_page(state, command - ANALYTICS_SHOW_PAGE);
        return true;
    }
    if (page && pages[state->page]->command && is_shown(state, state->page) &&
        (state->held[state->page].place.is_there || command == COMMAND_BACK) &&
        pages[state->page]->command(page, command)) {
        host_redraw(state->context.host);
        return true;
    }
    switch (command) {
    case ANALYTICS_EXPORT:
        if (!page || !is_shown(state, state->page) || !export_page(state))
            return false;
        break;
    case COMMAND_RIGHT:
        turn_to(state, (state->page + 1) % PAGE_COUNT);
        break;
    case COMMAND_LEFT:
        turn_to(state, (state->page + PAGE_COUNT - 1) % PAGE_COUNT);
        break;
    case ANALYTICS_DATA:
        if (!state->asks_datasets) {
            state->asks_datasets = true;
            datasets_list(state->context.db, on_datasets, state);
        }
        break;
    case ANALYTICS_READ:
        for (int i = 0; i < PAGE_COUNT; i++)
            state->held[i].place.is_dirty = true;
        read_page(state, state->page);
        break;
    default:
        return false;
    }
    host_redraw(state->context.host);
    return true;
}

static bool typing_analytics(const void *state_, bool *empty)
{
    const struct analytics_state *state = state_;
    const struct analytics_page *page = pages[state->page];
    return page->typing && state->held[state->page].state &&
           page->typing(state->held[state->page].state, empty);
}

static bool offers_analytics(const void *state_, int command)
{
    const struct analytics_state *state = state_;
    const struct analytics_page *page = pages[state->page];
    bool is_empty = true;
    if (typing_analytics(state, &is_empty)) /* letters are text then; the field says its keys */
        return command == COMMAND_HELP && is_empty;
    if (command == ANALYTICS_EXPORT && page->sheet)
        return state->held[state->page].state && is_shown(state, state->page) && has_sheet(state);
    switch (command) {
    case COMMAND_OPEN:
    case COMMAND_FILTER:
    case COMMAND_SORT:
    case COMMAND_INVERT:
    case ANALYTICS_VIEW:
    case ANALYTICS_EXPORT:
    case ANALYTICS_CAMPAIGN:
    case ANALYTICS_CONTACT:
    case ANALYTICS_MESSAGE:
    case ANALYTICS_EDIT:
    case ANALYTICS_END:
        return page->offers && state->held[state->page].state && is_shown(state, state->page) &&
               page->offers(state->held[state->page].state, command);
    default:
        return true;
    }
}

static bool text_analytics(void *state_, uint32_t key, const char *text)
{
    struct analytics_state *state = state_;
    const struct analytics_page *page = pages[state->page];
    return page->text && state->held[state->page].state &&
           page->text(state->held[state->page].state, key, text);
}

static void changed_analytics(void *state_, const char *topic)
{
    struct analytics_state *state = state_;
    if (strcmp(topic, "jobs") == 0) { /* how far the worker is that draws up a campaign */
        if (pages[state->page] == &analytics_page_campaigns)
            read_page(state, state->page);
        return;
    }
    for (int i = 0; i < PAGE_COUNT; i++)
        state->held[i].place.is_dirty = true;
    if (strcmp(topic, "*") == 0 || strcmp(topic, "campaigns") == 0 ||
        strcmp(topic, "datasets") == 0 || pages[state->page]->is_live ||
        !state->held[state->page].place.is_there)
        read_page(state, state->page);
}

/* What came while it was read is read at the next of these. */
static void tick_analytics(void *state_)
{
    struct analytics_state *state = state_;
    const struct analytics_place *place = &state->held[state->page].place;
    if (place->is_dirty || (place->is_there && session_today(state->context.db) != place->read_on))
        read_page(state, state->page);
}

static void state_changed_analytics(void *state_, enum db_state db_state)
{
    struct analytics_state *state = state_;
    state->is_offline = db_state != DB_STATE_READY;
    host_redraw(state->context.host);
}

const struct screen screen_analytics = {
    .name = "analytics",
    .title = "Analytics",
    .about = "How the gym is doing, who is about to leave, what they are worth, and whether "
             "campaigns helped.",
    .state_size = sizeof(struct analytics_state),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_MANAGER,
    .open = open_analytics,
    .draw = draw_analytics,
    .command = command_analytics,
    .offers = offers_analytics,
    .text = text_analytics,
    .typing = typing_analytics,
    .changed = changed_analytics,
    .tick = tick_analytics,
    .state_changed = state_changed_analytics,
    .close = close_analytics,
};
