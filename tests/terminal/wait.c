/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the terminals, showing what came frame by frame, and waiting for it. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* GYMTUI_TEST_PATIENCE, in seconds, makes tests that fail fail sooner. */
int64_t terminal_patience_ms(void)
{
    const char *text = getenv("GYMTUI_TEST_PATIENCE");
    long seconds = text != NULL ? strtol(text, NULL, 10) : 0;
    return seconds > 0 ? seconds * 1000 : TERMINAL_PATIENCE_MS;
}

int64_t terminal_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Reading ---- */

static void keep(struct terminal *terminal, const char *bytes, size_t count)
{
    if (terminal->received + count + 1 > terminal->room) {
        terminal->room = (terminal->received + count + 1) * 2;
        terminal->output = realloc(terminal->output, terminal->room);
        assert_non_null(terminal->output);
    }
    memcpy(terminal->output + terminal->received, bytes, count);
    terminal->received += count;
    terminal->output[terminal->received] = '\0';
}

void terminal_read_line(struct terminal *terminal)
{
    char bytes[4096];
    ssize_t count;
    while (terminal->master >= 0 && (count = read(terminal->master, bytes, sizeof bytes)) > 0)
        keep(terminal, bytes, (size_t)count);
}

/* ---- Whole frames ---- */

/* Between these the program paints (a synchronised update); the screen changes at the end. */
static const char frame_begin[] = "\033[?2026h", frame_end[] = "\033[?2026l";
#define MARK_LENGTH (sizeof frame_begin - 1)

/* The end of what may be shown next: of one frame and what comes before it, or of everything when
 * no frame has begun; as far as shown when a frame has begun and not ended. */
static size_t next_end(const struct terminal *terminal)
{
    const char *from = terminal->output + terminal->shown;
    size_t left = terminal->received - terminal->shown;
    const char *begin = memmem(from, left, frame_begin, MARK_LENGTH);
    if (begin != NULL) {
        size_t rest = left - (size_t)(begin - from);
        const char *end = memmem(begin, rest, frame_end, MARK_LENGTH);
        return end != NULL ? (size_t)(end - terminal->output) + MARK_LENGTH : terminal->shown;
    }
    /* The last bytes may be the begin of its mark. */
    size_t part = left < MARK_LENGTH ? left : MARK_LENGTH - 1;
    while (part > 0 && memcmp(from + left - part, frame_begin, part) != 0)
        part--;
    return terminal->received - part;
}

static void show_until(struct terminal *terminal, size_t end)
{
    size_t from = terminal->shown;
    bool answered = terminal->answered; /* what the terminal itself answers is no input */
    terminal->shown = end;
    if (end > from)
        vterm_input_write(terminal->vterm, terminal->output + from, end - from);
    terminal->answered = answered;
}

/* False when no whole frame has come. Of what nobody completes any more the rest is shown too. */
static bool show_frame(struct terminal *terminal)
{
    size_t from = terminal->shown;
    if (terminal->output != NULL)
        show_until(terminal, next_end(terminal));
    if (terminal->shown == from && (terminal->ended || terminal->master < 0))
        show_until(terminal, terminal->received);
    return terminal->shown > from;
}

bool terminal_show_all(struct terminal *terminal)
{
    bool shown = false;
    while (show_frame(terminal))
        shown = true;
    return shown;
}

bool terminal_pump_all(int descriptor, int milliseconds, bool *ready)
{
    struct pollfd set[2 * TERMINALS + 1];
    struct terminal *whose[2 * TERMINALS + 1];
    nfds_t count = 0;
    for (int i = 0; i < TERMINALS; i++) {
        if (terminal_all[i] == NULL)
            continue;
        whose[count] = terminal_all[i];
        set[count++] = (struct pollfd){.fd = terminal_all[i]->master, .events = POLLIN};
        whose[count] = terminal_all[i];
        set[count++] = (struct pollfd){
            .fd = terminal_all[i]->ended ? -1 : terminal_all[i]->process_fd, .events = POLLIN};
    }
    set[count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    int found = poll(set, count + 1, milliseconds < 0 ? 0 : milliseconds);
    if (found <= 0)
        return false;
    for (nfds_t i = 0; i < count; i++) {
        if (set[i].revents == 0)
            continue;
        struct terminal *terminal = whose[i];
        terminal_read_line(terminal);
        if (i % 2 == 1 && waitpid(terminal->process, &terminal->status, WNOHANG) != 0)
            terminal->ended = true;
    }
    if (ready != NULL)
        *ready = set[count].revents != 0;
    return true;
}

/* The same, and shows what came on all terminals but one, whose frames are looked at one by one. */
static bool pump(const struct terminal *but, int descriptor, int milliseconds, bool *ready)
{
    bool came = terminal_pump_all(descriptor, milliseconds, ready);
    for (int i = 0; i < TERMINALS; i++) {
        if (terminal_all[i] != NULL && terminal_all[i] != but && terminal_show_all(terminal_all[i]))
            terminal_all[i]->answered =
                true; /* what stands there now is looked at for the first time */
    }
    return came;
}

size_t terminal_watch(struct terminal *terminal, int milliseconds)
{
    size_t before = terminal->received;
    int64_t until = terminal_now_ms() + milliseconds;
    while (terminal_now_ms() < until)
        pump(NULL, -1, (int)(until - terminal_now_ms()), NULL);
    terminal->answered = true;
    return terminal->received - before;
}

bool terminal_wait_descriptor(int descriptor, int milliseconds)
{
    int64_t until = terminal_now_ms() + milliseconds;
    bool ready = false;
    while (!ready && terminal_now_ms() < until)
        pump(NULL, descriptor, (int)(until - terminal_now_ms()), &ready);
    return ready;
}

/* ---- Waiting ---- */

void terminal_wait_until_at(struct terminal *terminal, terminal_predicate *is_so, const void *owner,
                            const char *what, const char *file, int line)
{
    int64_t until = terminal_now_ms() + terminal_patience_ms();
    if (!terminal->answered && is_so(terminal, owner)) {
        print_error("%s:%d: this was so already when the last key was sent: %s\n"
                    "Wait for something that the key brings.\n",
                    file, line, what);
        terminal_print(terminal);
        _fail(file, line);
    }
    while (!is_so(terminal, owner)) {
        if (show_frame(terminal))
            continue;
        bool may_come =
            terminal_now_ms() < until && !(terminal->ended && !pump(terminal, -1, 0, NULL));
        if (may_come) {
            pump(terminal, -1, (int)(until - terminal_now_ms()), NULL);
            continue;
        }
        print_error("%s:%d: waited in vain: %s%s\n", file, line, what,
                    terminal->ended ? " (the program has ended)" : "");
        terminal_print(terminal);
        _fail(file, line);
    }
    terminal->answered = true;
}

struct wanted {
    const char *text;
    bool shown;
};

static bool is_as_wanted(struct terminal *terminal, const void *owner)
{
    const struct wanted *wanted = owner;
    return terminal_shows(terminal, wanted->text) == wanted->shown;
}

void terminal_wait_at(struct terminal *terminal, const char *text, bool shown, const char *file,
                      int line)
{
    struct wanted wanted = {text, shown};
    char what[200];
    snprintf(what, sizeof what, "“%s” %s", text, shown ? "is shown" : "is gone");
    terminal_wait_until_at(terminal, is_as_wanted, &wanted, what, file, line);
}

static bool has_ended(struct terminal *terminal, const void *owner)
{
    (void)owner;
    return terminal->ended;
}

int terminal_wait_end_at(struct terminal *terminal, const char *file, int line)
{
    terminal->answered = true;
    terminal_wait_until_at(terminal, has_ended, NULL, "the program ends", file, line);
    terminal_read_line(terminal);
    terminal_show_all(terminal);
    return terminal->status;
}
