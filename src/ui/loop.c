/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/ui/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/ui/input.h"
#include "gymtui/ui/keymap.h"
#include "gymtui/ui/term.h"
#include "internal.h"

#define POLL_ROOM 32

struct loop {
    struct loop_calls calls;
    struct input *input;
    bool stopped, want_draw;
    int64_t wake_at; /* INT64_MAX: never */
};

int64_t loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What terminfo says of keys, for terminals whose forms are not the common ones. */
static void learn_keys(struct input *input)
{
    static const struct {
        const char *capability;
        uint32_t key;
    } keys[] = {
        {"kcuu1", KEY_CODE_UP},     {"kcud1", KEY_CODE_DOWN},    {"kcub1", KEY_CODE_LEFT},
        {"kcuf1", KEY_CODE_RIGHT},  {"khome", KEY_CODE_HOME},    {"kend", KEY_CODE_END},
        {"kpp", KEY_CODE_PAGE_UP},  {"knp", KEY_CODE_PAGE_DOWN}, {"kich1", KEY_CODE_INSERT},
        {"kdch1", KEY_CODE_DELETE}, {"kcbt", KEY_CODE_BACK_TAB}, {"kent", KEY_CODE_ENTER},
        {"kf1", KEY_CODE_F1},       {"kf2", KEY_CODE_F1 + 1},    {"kf3", KEY_CODE_F1 + 2},
        {"kf4", KEY_CODE_F1 + 3},   {"kf5", KEY_CODE_F1 + 4},    {"kf6", KEY_CODE_F1 + 5},
        {"kf7", KEY_CODE_F1 + 6},   {"kf8", KEY_CODE_F1 + 7},    {"kf9", KEY_CODE_F1 + 8},
        {"kf10", KEY_CODE_F1 + 9},  {"kf11", KEY_CODE_F1 + 10},  {"kf12", KEY_CODE_F1 + 11},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *sequence = term_capability(keys[i].capability);
        if (sequence != NULL) {
            input_learn(input, sequence, keys[i].key);
        }
    }
}

struct loop *loop_new(const struct loop_calls *calls)
{
    struct loop *loop = calloc(1, sizeof *loop);
    struct input *input = input_new();
    if (loop == NULL || input == NULL) {
        free(loop);
        input_free(input);
        return NULL;
    }
    loop->calls = *calls;
    loop->input = input;
    loop->want_draw = true;
    loop->wake_at = INT64_MAX;
    if (term_is_open()) {
        learn_keys(input);
    }
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop != NULL) {
        input_free(loop->input);
        free(loop);
    }
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}

void loop_want_draw(struct loop *loop)
{
    loop->want_draw = true;
}

void loop_wake_at(struct loop *loop, int64_t at)
{
    loop->wake_at = at < loop->wake_at ? at : loop->wake_at;
}

static void take_size(struct loop *loop)
{
    if (term_take_size() && loop->calls.resize != NULL) {
        loop->calls.resize(loop->calls.owner);
    }
    loop->want_draw = true;
}

void loop_suspend(struct loop *loop)
{
    sigset_t stop;
    sigset_t before;
    struct sigaction as_ever = {.sa_handler = SIG_DFL};
    struct sigaction ours;
    int rows = term_rows();
    int columns = term_columns();
    term_leave();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &as_ever, &ours);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &before); /* here the process stops, until SIGCONT */
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &ours, NULL);
    term_signal_stop = 0;
    term_signal_continued = 0;
    term_return();
    if ((rows != term_rows() || columns != term_columns()) && loop->calls.resize != NULL) {
        loop->calls.resize(loop->calls.owner);
    }
    loop->want_draw = true;
}

/* --- input --- */

/* Hands out the events that are whole. */
static void hand_out(struct loop *loop)
{
    uint32_t key;
    const char *text;
    enum input_event event = INPUT_NOTHING;
    while (!loop->stopped &&
           (event = input_next(loop->input, loop_now(), &key, &text)) != INPUT_NOTHING) {
        if (event == INPUT_KEY && loop->calls.key != NULL) {
            loop->calls.key(loop->calls.owner, key);
        } else if (event == INPUT_CLICK && loop->calls.click != NULL) {
            loop->calls.click(loop->calls.owner, (int)(key / INPUT_CLICK_ROW),
                              (int)(key % INPUT_CLICK_ROW));
        } else if (event == INPUT_PASTE && loop->calls.paste != NULL) {
            loop->calls.paste(loop->calls.owner, text);
        }
    }
}

/* Reads until nothing is left; false when the terminal went away. */
static bool drain(struct loop *loop)
{
    struct pollfd in = {.fd = term_input_descriptor(), .events = POLLIN};
    do {
        char bytes[4096];
        ssize_t count = read(in.fd, bytes, sizeof bytes);
        if (count > 0) {
            input_feed(loop->input, bytes, (size_t)count, loop_now());
            hand_out(loop);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            return false;
        }
    } while (!loop->stopped && poll(&in, 1, 0) == 1 && (in.revents & POLLIN) != 0);
    return true;
}

/* --- waiting --- */

static int timeout_of(const struct loop *loop)
{
    int64_t left = INT_MAX; /* weeks: nobody has to know a special value for "never" */
    if (loop->wake_at != INT64_MAX) {
        left = loop->wake_at - loop_now();
        left = left < 0 ? 0 : left < INT_MAX ? left : INT_MAX;
    }
    int unfinished = input_wait(loop->input, loop_now());
    return unfinished >= 0 && unfinished < left ? unfinished : (int)left;
}

/* Signals come through only here. Returns what the terminal's descriptor reported. */
static short wait_for_something(struct loop *loop)
{
    struct pollfd set[POLL_ROOM] = {{.fd = term_input_descriptor(), .events = POLLIN}};
    int own = timeout_of(loop);
    int timeout = own;
    int others = loop->calls.poll_set != NULL
                     ? loop->calls.poll_set(loop->calls.owner, set + 1, POLL_ROOM - 1, &timeout)
                     : 0;
    timeout = timeout >= 0 && timeout < own ? timeout : own;
    struct timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    int ready = ppoll(set, (nfds_t)others + 1, &limit, term_wait_mask());
    return ready > 0 ? set[0].revents : 0;
}

/* True when the loop has to end. */
static bool heed_signals(struct loop *loop, enum loop_end *end)
{
    if (term_signal_hangup) {
        *end = LOOP_HANGUP;
        return true;
    }
    if (term_signal_end) {
        *end = LOOP_SIGNAL;
        return true;
    }
    if (term_signal_stop) {
        loop_suspend(loop);
    }
    if (term_signal_continued) { /* stopped by something we could not catch */
        term_signal_continued = 0;
        term_return();
        take_size(loop);
    }
    if (term_signal_resized) {
        term_signal_resized = 0;
        take_size(loop);
    }
    return false;
}

enum loop_end loop_run(struct loop *loop)
{
    enum loop_end end = LOOP_QUIT;
    while (!loop->stopped && !heed_signals(loop, &end)) {
        if (loop->want_draw) {
            loop->want_draw = false;
            if (loop->calls.draw != NULL) {
                loop->calls.draw(loop->calls.owner);
            }
            term_flush();
        }
        short terminal = wait_for_something(loop);
        bool lost = (terminal & POLLIN) != 0 ? !drain(loop)
                                             : (terminal & (POLLHUP | POLLERR | POLLNVAL)) != 0;
        if (lost) {
            term_signal_hangup = 1;
            return LOOP_HANGUP;
        }
        if (input_wait(loop->input, loop_now()) == 0) {
            hand_out(loop); /* a lone Esc became old enough */
        }
        if (!loop->stopped && loop->calls.advance != NULL) {
            loop->calls.advance(loop->calls.owner);
        }
        if (!loop->stopped && loop->wake_at <= loop_now()) {
            loop->wake_at = INT64_MAX;
            if (loop->calls.tick != NULL) {
                loop->calls.tick(loop->calls.owner);
            }
        }
    }
    return end;
}
