/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One loop, no threads: ppoll on the terminal, the descriptors that a source adds, and a timer.
 * Signals are blocked except inside ppoll. All pending keys are handled before one draw and one
 * flush. The loop knows no screens and no database: it calls these functions.
 */
#ifndef GYMTUI_UI_LOOP_H
#define GYMTUI_UI_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum loop_end {
    LOOP_QUIT,   /* loop_stop */
    LOOP_HANGUP, /* the terminal went away: POLLHUP, POLLERR, SIGHUP */
    LOOP_SIGNAL, /* SIGTERM, SIGINT when not a key */
};

struct loop_calls {
    void (*key)(void *owner, uint32_t key);
    void (*paste)(void *owner, const char *text); /* a bracketed paste, cleaned of controls */
    void (*click)(void *owner, int y, int x);     /* the left button; may be NULL */
    void (*resize)(void *owner);
    void (*draw)(void *owner); /* after anything happened and loop_want_draw was called */
    /* Adds descriptors to poll and lowers *timeout_ms; and is called after each poll. */
    int (*poll_set)(void *owner, struct pollfd *set, int room, int *timeout_ms);
    void (*advance)(void *owner);
    /* Called when a time asked for with loop_wake_at has come. */
    void (*tick)(void *owner);
    void *owner;
};

struct loop;
struct loop *loop_new(const struct loop_calls *calls);
void loop_free(struct loop *loop);
enum loop_end loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
void loop_want_draw(struct loop *loop);
/* Monotonic milliseconds; the earliest asked-for time wins; asked anew after each tick. */
int64_t loop_now(void);
void loop_wake_at(struct loop *loop, int64_t at);
/* SIGUSR1 or SIGHUP for log files is not used: the log reopens by itself. ^Z: suspends. */
void loop_suspend(struct loop *loop);

#endif
