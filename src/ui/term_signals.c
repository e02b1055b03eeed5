/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals. What a crash needs (the bytes to send, the modes to set) is prepared at the start, so
 * that the handler only calls write, tcsetattr and raise. The signals that the interface
 * understands are blocked from here on, set a flag, and come through only while the loop waits.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

volatile sig_atomic_t term_signal_resized, term_signal_end, term_signal_hangup, term_signal_stop,
    term_signal_continued;

static const int loop_signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};
static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
#define LOOP_SIGNALS  (sizeof loop_signals / sizeof loop_signals[0])
#define CRASH_SIGNALS (sizeof crash_signals / sizeof crash_signals[0])

static struct {
    sigset_t mask;
    struct sigaction loop[LOOP_SIGNALS], crash[CRASH_SIGNALS];
} before; /* what was when the terminal was opened */

/* What the crash handler needs; set once before the handlers are. */
static char restore_bytes[256];
static size_t restore_count;
static struct termios restore_modes;
static volatile sig_atomic_t restore_armed;

static void send(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, count);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        count -= (size_t)sent;
    }
}

void term_send(const char *text)
{
    send(text, strlen(text));
}

static void on_crash(int number)
{
    if (restore_armed) {
        restore_armed = 0;
        send(restore_bytes, restore_count);
        tcsetattr(STDIN_FILENO, TCSANOW, &restore_modes);
    }
    /* The handler was installed to run once: raised again, the signal does what it always did. */
    raise(number);
}

static void on_signal(int number)
{
    switch (number) {
    case SIGWINCH:
        term_signal_resized = 1;
        break;
    case SIGHUP:
        term_signal_hangup = 1;
        break;
    case SIGTSTP:
        term_signal_stop = 1;
        break;
    case SIGCONT:
        term_signal_continued = 1;
        break;
    default:
        term_signal_end = 1;
        break;
    }
}

/* Appends a terminfo string without its $<5> delays. */
static void append_capability(const char *name)
{
    const char *value = term_capability(name);
    while (value != NULL && *value != '\0' && restore_count + 1 < sizeof restore_bytes) {
        if (value[0] == '$' && value[1] == '<' && strchr(value, '>') != NULL) {
            value = strchr(value, '>') + 1;
            continue;
        }
        restore_bytes[restore_count++] = *value++;
    }
}

void term_arm_restore(const struct termios *modes)
{
    restore_count = 0;
    for (const char *s = TERM_FRAME_END TERM_MOUSE_OFF TERM_PASTE_OFF; *s != '\0'; s++) {
        restore_bytes[restore_count++] = *s;
    }
    append_capability("sgr0");
    append_capability("cnorm");
    append_capability("rmcup");
    restore_modes = *modes;
    restore_armed = 1;
}

void term_take_signals(void)
{
    sigset_t block;
    sigemptyset(&block);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaddset(&block, loop_signals[i]);
    }
    sigprocmask(SIG_BLOCK, &block, &before.mask);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        struct sigaction action = {.sa_handler = on_signal};
        sigfillset(&action.sa_mask);
        sigaction(loop_signals[i], &action, &before.loop[i]);
        /* What waits in the loop must come through even if our parent had it blocked. */
        sigdelset(&before.mask, loop_signals[i]);
    }
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        struct sigaction action = {.sa_handler = on_crash};
        action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
        sigfillset(&action.sa_mask);
        sigdelset(&action.sa_mask, crash_signals[i]);
        sigaction(crash_signals[i], &action, &before.crash[i]);
    }
}

void term_give_signals_back(void)
{
    restore_armed = 0;
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], &before.crash[i], NULL);
    }
    /* What came in while it was blocked has been answered: the end is on its way. */
    const struct timespec at_once = {0, 0};
    sigset_t pending;
    sigemptyset(&pending);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaddset(&pending, loop_signals[i]);
    }
    while (sigtimedwait(&pending, NULL, &at_once) > 0) {
    }
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaction(loop_signals[i], &before.loop[i], NULL);
    }
    if (term_signal_hangup) { /* the terminal is gone; what is left to do is done in peace */
        signal(SIGHUP, SIG_IGN);
    }
    sigprocmask(SIG_SETMASK, &before.mask, NULL);
}

const sigset_t *term_wait_mask(void)
{
    return &before.mask;
}
