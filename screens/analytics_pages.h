/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of the analytics screen. A page is a constant table, as a screen is: a new one is one
 * file, one line below and one in analytics.c, in the order of the line of pages.
 *
 * The frame (analytics.c) makes a page when it is first turned to, keeps it while the screen is
 * open, asks it to read, says "Counting…" until everything it asked for has come, dims what is
 * old, and makes it anew for another dataset. Use the page's state as the owner of its calls: the
 * frame forgets them before it frees the state.
 */
#ifndef GYMTUI_SCREENS_ANALYTICS_PAGES_H
#define GYMTUI_SCREENS_ANALYTICS_PAGES_H

#include "gymtui/db/statistics.h"
#include "gymtui/screens/screen.h"

/* Commands of the screen's key table beside the common ones (Enter, /, s, I, Esc). */
enum analytics_command {
    ANALYTICS_READ = COMMAND_SCREEN, /* the frame's: everything again */
    ANALYTICS_DATA,                  /* the frame's: another dataset */
    ANALYTICS_VIEW,                  /* the page's next view or grouping */
    ANALYTICS_EXPORT,
    ANALYTICS_CAMPAIGN,
    ANALYTICS_CONTACT,
    ANALYTICS_MESSAGE,
    ANALYTICS_EDIT, /* a campaign's */
    ANALYTICS_END,
};

struct analytics_state;
struct analytics_export;

/* Where a page is shown, and for what. Lives as long as the page. */
struct analytics_place {
    const struct screen_context *context;
    int64_t dataset_id;  /* 0: the gym's own members */
    const char *dataset; /* its name; the gym's for 0 */
    const char *currency;
    bool has_contract; /* bills of a subscription, as the gym's are; else purchases at any time */
    char note[72];     /* the page's: beside the time in the rule, as in "EUR, value by BG/NBD" */
    /* The frame's own: */
    struct analytics_state *frame;
    int under_way; /* replies that are still to come */
    bool is_there; /* everything came at least once */
    bool failed;   /* the newest reading did */
    bool is_dirty; /* something changed since it was read */
    int64_t read_at;
    int32_t read_on;
};

struct analytics_page {
    const char *name;
    size_t state_size; /* zeroed before open */
    /* For pages about members: what is said in their place for another dataset. NULL: any. */
    const char *members_only;
    bool is_live; /* read again as soon as something changes; else at the next full minute */

    /* Remembers the place. What it reads is asked for in `read`. */
    void (*open)(void *state, struct analytics_place *place);
    /* Asks the data layer for all it shows; never called while replies are to come. */
    void (*read)(void *state);
    /* Everything that was asked for is there. Any size from 1×1. */
    void (*draw)(void *state, struct area area);
    /* False: not used. NULL: knows none. */
    bool (*command)(void *state, int command);
    /* Whether the bar names the command on this page now. NULL: none beyond the frame's. */
    bool (*offers)(const void *state, int command);
    /* What is shown, for a CSV file: the stem of its name, NULL when there is nothing; and the
     * names of its columns, ended with NULL. The frame asks for the file's name. NULL: the page
     * sees to ANALYTICS_EXPORT itself, or does not know it. */
    const char *(*sheet)(const void *state, const char *const **columns);
    /* … and its rows (analytics_export.h). */
    void (*write_sheet)(const void *state, struct analytics_export *out);
    /* As in struct screen; NULL: no field. */
    bool (*text)(void *state, uint32_t key, const char *text);
    bool (*typing)(const void *state, bool *empty);
    /* Frees what the page made, not the state. May be NULL. */
    void (*close)(void *state);
};

extern const struct analytics_page analytics_page_overview, analytics_page_segments,
    analytics_page_at_risk, analytics_page_campaigns, analytics_page_hours;
extern const struct analytics_page analytics_page_value, analytics_page_survival,
    analytics_page_cohorts, analytics_page_model;

/* Before (or after) calls that answer `replies` times in all. */
void analytics_asked(struct analytics_place *place, int replies);
/* First in each reply function; false: it failed, which has been told. Redraws. */
bool analytics_answered(struct analytics_place *place, const struct error *error);
/* Asks the page to read again, now or when what is under way has come. */
void analytics_read_again(struct analytics_place *place);
/* … and now, for something else: what is under way is not waited for. */
void analytics_read_other(struct analytics_place *place);
/* Turns to another page. */
void analytics_turn_to(struct analytics_place *place, const struct analytics_page *page);

/* --- shared by the pages (analytics_shared.c) --- */

/* What the page means and what to do next, in a sentence or two at the foot, below a rule; on a
 * small screen the first of them alone, without the rule. The area shrinks. */
void analytics_draw_meaning(struct area *area, const char *text);
/* In the middle of a page that has nothing to show: why, and what to do. */
void analytics_draw_nothing(struct area area, const char *text);
/* "▲ 12 since a month ago" in its role; `good_up`: more is better. */
void analytics_draw_change(struct area area, int y, int x, double now, double before, bool percent,
                           bool good_up, const char *since);
/* Digits three rows high; returns the columns used, 0 where they do not fit or cannot be shown. */
int analytics_draw_large(struct area area, int y, int x, enum role role, const char *digits);
/* "1,234" */
void analytics_format_count(char *dst, size_t size, double value);

/* --- the heat map (analytics_hours.c) --- */

/* With its labels; cells as wide as fit, at most `most`. Nothing without visits. */
void analytics_draw_heat(const struct statistics_heat *heat, struct area area, int most);

#endif
