/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A terminal for the real program: a pseudo-terminal with libvterm behind it, so that a test sees
 * what a person would see and presses the keys that a person would press.
 *
 * Every wait polls the pseudo-terminals until the screen shows what is waited for; the deadline is
 * generous and only met by a failure, which then prints the screen. All open terminals are read
 * while one is waited for, so that none of them blocks. The program's frames are shown whole, as a
 * terminal does that knows synchronised updates, and each of them is looked at.
 *
 * A wait that follows a key is for what that key brings: one for something that stood there already
 * when the key was sent would prove nothing, and fails.
 *
 * Keys are counted, since DESK.md sets a limit to them. What a scanner sends is not a key.
 */
#ifndef GYMTUI_TESTS_TERMINAL_SUPPORT_H
#define GYMTUI_TESTS_TERMINAL_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include <cmocka.h>

#define TERMINAL_PATIENCE_MS 120000 /* a loaded machine, with sanitizers */

/* The program's own limit for a statement of the desk, where it is started by itself: what is slow
 * here is the machine, which builds and tests at once. The limit is tested in tests/db. */
#define TERMINAL_DESK_PATIENCE "GYMTUI_DATABASE_DESK_TIMEOUT=30000"

struct terminal;

struct terminal_start {
    int rows, columns;          /* 0: 24 × 80 */
    const char *term;           /* TERM; NULL: xterm-256color */
    const char *locale;         /* LC_ALL; NULL: C.UTF-8 */
    const char *environment[6]; /* more of it, "NO_COLOR=1"; ends with NULL */
    const char *const *command; /* ends with NULL; NULL: the program on the demonstration */
};

/* The program, $GYMTUI_BINARY, on the demonstration. Never NULL: what fails ends the test. */
struct terminal *terminal_open(int rows, int columns);
struct terminal *terminal_open_as(const struct terminal_start *start);
/* Pulls the plug: the line hangs up, what still runs is killed. */
void terminal_close(struct terminal *terminal);
/* For cmocka: closes what a failed test has left open. */
int terminal_teardown(void **state);

/* ---- Keys ---- */

/* "x", "Enter", "Esc", "Tab", "Shift-Tab", "Backspace", "Up" …, "Page-Down", "F1" … "F12", "^D". */
void terminal_key(struct terminal *terminal, const char *key);
/* As many keys as characters. */
void terminal_type(struct terminal *terminal, const char *text);
/* A bracketed paste; no key. */
void terminal_paste(struct terminal *terminal, const char *text);
/* What a scanner sends: the code and Enter, in one write. No key. */
void terminal_scan(struct terminal *terminal, const char *code);
/* Bytes as they are, in one write. No key. */
void terminal_send(struct terminal *terminal, const void *bytes, size_t count);
int terminal_keys_used(const struct terminal *terminal);
void terminal_keys_forget(struct terminal *terminal);

/* ---- Waiting ---- */

#define terminal_wait(terminal, text) terminal_wait_at(terminal, text, true, __FILE__, __LINE__)
#define terminal_wait_gone(terminal, text)                                                         \
    terminal_wait_at(terminal, text, false, __FILE__, __LINE__)
#define terminal_wait_until(terminal, is_so, owner)                                                \
    terminal_wait_until_at(terminal, is_so, owner, #is_so, __FILE__, __LINE__)
#define terminal_wait_end(terminal) terminal_wait_end_at(terminal, __FILE__, __LINE__)

typedef bool terminal_predicate(struct terminal *terminal, const void *owner);

/* Until `text` stands (or no longer stands) somewhere within one row. */
void terminal_wait_at(struct terminal *terminal, const char *text, bool shown, const char *file,
                      int line);
void terminal_wait_until_at(struct terminal *terminal, terminal_predicate *is_so, const void *owner,
                            const char *what, const char *file, int line);
/* Until the program has ended; returns its status as waitpid does. */
int terminal_wait_end_at(struct terminal *terminal, const char *file, int line);
/* Reads all terminals for so long; how many bytes this one received meanwhile. */
size_t terminal_watch(struct terminal *terminal, int milliseconds);
/* Until `descriptor` is readable, or false after `milliseconds`; all terminals are read. */
bool terminal_wait_descriptor(int descriptor, int milliseconds);

/* ---- What is seen ---- */

bool terminal_shows(struct terminal *terminal, const char *text);
/* A row's text without the blanks at its end; static storage, the last eight stay. */
const char *terminal_row(struct terminal *terminal, int row);
/* The row that shows `text`, or −1. */
int terminal_row_of(struct terminal *terminal, const char *text);

struct terminal_cell {
    char text[32];
    bool bold, reverse, underline;
    bool coloured, coloured_ground; /* other than the terminal's own colours */
};
struct terminal_cell terminal_cell(struct terminal *terminal, int row, int column);
/* Where `text` begins within its row, in columns. */
int terminal_column_of(struct terminal *terminal, int row, const char *text);

int terminal_bells(const struct terminal *terminal);
bool terminal_is_alternate(const struct terminal *terminal); /* on the alternate screen */
bool terminal_cursor_is_shown(const struct terminal *terminal);

/* Everything received so far; terminal_output + an earlier terminal_received is what came since. */
size_t terminal_received(const struct terminal *terminal);
const char *terminal_output(const struct terminal *terminal);

/* ---- The program and its line ---- */

pid_t terminal_process(const struct terminal *terminal);
bool terminal_has_ended(const struct terminal *terminal);
void terminal_signal(struct terminal *terminal, int number);
void terminal_resize(struct terminal *terminal, int rows, int columns);
/* The line goes dead; the program stays, and terminal_wait_end can be waited for. */
void terminal_hang_up(struct terminal *terminal);
struct termios terminal_modes(const struct terminal *terminal);
/* The modes before the program started. */
struct termios terminal_modes_before(const struct terminal *terminal);
bool terminal_modes_are_same(const struct termios *a, const struct termios *b);

/* Prints the screen, for failures. */
void terminal_print(struct terminal *terminal);

#endif
