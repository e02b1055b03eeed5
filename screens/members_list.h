/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the members screen, shared by members.c (keys, questions to the data layer),
 * members_rows.c (what a row and the heading look like) and members_filter.c (the filter's form).
 */
#ifndef GYMTUI_SCREENS_MEMBERS_LIST_H
#define GYMTUI_SCREENS_MEMBERS_LIST_H

#include "choices.h"
#include "gymtui/db/members.h"
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
    MEMBERS_PHONE,
    MEMBERS_COLUMNS
};

/* The one question that is under way; others wait for its answer, so that a fast typist asks once
 * a round trip and not once a letter. */
enum members_asking { ASKING_NOTHING, ASKING_START, ASKING_BEFORE, ASKING_AFTER, ASKING_REFRESH };

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
    bool loaded;          /* rows, or none, of the present search */
    bool more_before;     /* rows before the first one held */
    int32_t today;
    char empty[256]; /* said while there are no rows */
};

extern const struct table_column members_columns[MEMBERS_COLUMNS];
void members_write_cell(void *owner, const void *row, int column, char *text, size_t size,
                        enum role *role);
/* "active · ends within 14 d · owing", or "". */
void members_filter_words(const struct members_state *state, char *dst, size_t size);
bool members_filter_is_set(const struct members_state *state);
void members_filter_clear(struct members_state *state);
void members_filter_ask(struct members_state *state);
/* The search, the filter or the order changed: the rows come anew. */
void members_start_over(struct members_state *state);

#endif
