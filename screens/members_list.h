/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the members screen, shared by members.c (keys, questions to the data layer),
 * members_rows.c (what a row and the heading look like), members_filter.c (the filter's form) and
 * members_walk.c (marks, export).
 */
#ifndef GYMTUI_SCREENS_MEMBERS_LIST_H
#define GYMTUI_SCREENS_MEMBERS_LIST_H

#include "choices.h"
#include "gymtui/base/save.h"
#include "gymtui/db/members.h"
#include "gymtui/screens/campaign.h"
#include "gymtui/screens/members.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/table.h"

enum members_column {
    MEMBERS_NAME,
    MEMBERS_NUMBER,
    MEMBERS_PLAN,
    MEMBERS_ENDS,
    MEMBERS_LAST_VISIT,
    MEMBERS_STATE,
    MEMBERS_OWES,
    MEMBERS_SEGMENT,
    MEMBERS_VALUE,
    MEMBERS_PHONE,
    MEMBERS_COLUMNS
};

/* The one question that is under way; others wait for its answer, so that a fast typist asks once
 * a round trip and not once a letter. */
enum members_asking { ASKING_NOTHING, ASKING_START, ASKING_BEFORE, ASKING_AFTER, ASKING_REFRESH };

/* Something that goes through all pages of what is shown. */
enum walk_purpose { WALK_NONE, WALK_MARK, WALK_EXPORT };
struct members_walk {
    enum walk_purpose purpose;
    struct members_argument filter; /* as it was at the beginning */
    char search[FIELD_SIZE];
    bool only_marked;
    int count;
    struct save save;
    char path[64]; /* the file that is offered */
};

struct members_state {
    struct screen_context context;
    struct table *table;
    struct field find;
    bool on_list; /* the list has the focus: letters are commands */
    struct members_argument filter;
    struct choices plan_filter;

    enum members_asking asking;
    bool from_end;        /* the start that is asked for is the list's end */
    enum table_want jump; /* Home or End, pressed while another page was under way */
    bool outdated;        /* the answer under way is for an older search */
    bool refresh_later;   /* somebody came or went: read again in a moment */
    bool refresh;         /* something changed while a question was under way */
    bool open_when_there; /* Enter was pressed before the rows for what was typed came */
    bool mark_when_there; /* … or the key that marks */
    bool loaded;          /* rows, or none, of the present search */
    bool more_before;     /* rows before the first one held */
    int32_t today;
    char empty[320]; /* said while there are no rows */
    int64_t *marks;  /* numbers of the marked, sorted */
    int mark_count, mark_room;
    struct members_walk walk;
    struct campaign_flow campaign;
};

extern const struct table_column members_columns[MEMBERS_COLUMNS];
void members_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                        enum role *role);
/* "active, expiring ≤ 14 d, owing", or "". */
void members_filter_words(const struct members_state *state, char *dst, size_t size);
bool members_filter_is_set(const struct members_state *state);
void members_filter_clear(struct members_state *state);
void members_filter_ask(struct members_state *state);
/* The question for these, in the order that is shown. */
struct member_query members_query(const struct members_state *state,
                                  const struct members_argument *filter, const char *search);
/* The search, the filter or the order changed: the rows come anew. */
void members_start_over(struct members_state *state);

/* members_walk.c */
bool members_is_marked(const struct members_state *state, int64_t customer_id);
void members_mark(struct members_state *state, const struct member_row *row); /* or unmarks it */
void members_mark_all(struct members_state *state);                           /* that are shown */
void members_unmark_all(struct members_state *state);
void members_export_ask(struct members_state *state);
/* To the marked, or to the one under the cursor. */
void members_message(struct members_state *state);
void members_walk_close(struct members_state *state);

#endif
