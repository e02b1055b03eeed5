/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terminals are opened and closed; the programs in them and their lines. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "demonstration.h"
#include "internal.h"

struct terminal *terminal_all[TERMINALS];

/* ---- What libvterm reports ---- */

static void answer(const char *bytes, size_t count, void *owner)
{
    terminal_send(owner, bytes, count);
}

static int on_property(VTermProp property, VTermValue *value, void *owner)
{
    struct terminal *terminal = owner;
    if (property == VTERM_PROP_ALTSCREEN)
        terminal->alternate = value->boolean != 0;
    if (property == VTERM_PROP_CURSORVISIBLE)
        terminal->cursor_shown = value->boolean != 0;
    return 1;
}

static int on_bell(void *owner)
{
    ((struct terminal *)owner)->bells++;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

/* ---- Opening and closing ---- */

__attribute__((noreturn)) static void become_program(const char *const *command, char **environment,
                                                     int line)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    if (login_tty(line) == 0)
        execve(command[0], (char *const *)command, environment);
    dprintf(STDERR_FILENO, "%s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static struct terminal *new_terminal(int rows, int columns)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    assert_non_null(terminal);
    int slot = 0;
    while (slot < TERMINALS && terminal_all[slot] != NULL)
        slot++;
    assert_true(slot < TERMINALS);

    terminal->rows = rows;
    terminal->columns = columns;
    terminal->cursor_shown = true;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (openpty(&terminal->master, &terminal->line, NULL, NULL, &size) != 0)
        fail_msg("no pseudo-terminal: %s", strerror(errno));
    fcntl(terminal->master, F_SETFD, FD_CLOEXEC);
    fcntl(terminal->line, F_SETFD, FD_CLOEXEC);
    fcntl(terminal->master, F_SETFL, O_NONBLOCK);
    tcgetattr(terminal->line, &terminal->before);

    terminal->vterm = vterm_new(rows, columns);
    vterm_set_utf8(terminal->vterm, 1);
    vterm_output_set_callback(terminal->vterm, answer, terminal);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
    terminal_all[slot] = terminal;
    return terminal;
}

struct terminal *terminal_open_as(const struct terminal_start *start)
{
    struct terminal *terminal =
        new_terminal(start->rows > 0 ? start->rows : 24, start->columns > 0 ? start->columns : 80);
    char term[64], locale[64];
    snprintf(term, sizeof term, "TERM=%s", start->term != NULL ? start->term : "xterm-256color");
    snprintf(locale, sizeof locale, "LC_ALL=%s", start->locale != NULL ? start->locale : "C.UTF-8");
    const char *more[16] = {term, locale};
    int count = 2;
    for (int i = 0; start->environment[i] != NULL; i++)
        more[count++] = start->environment[i];
    if (start->command == NULL)
        more[count] = TERMINAL_DESK_PATIENCE;
    char **environment = demonstration_environment(more);
    const char *const own[] = {demonstration_binary(), NULL};

    terminal->process = fork();
    if (terminal->process == 0)
        become_program(start->command != NULL ? start->command : own, environment, terminal->line);
    free(environment);
    assert_true(terminal->process > 0);
    terminal->process_fd = pidfd_open(terminal->process, 0);
    assert_true(terminal->process_fd >= 0);
    return terminal;
}

struct terminal *terminal_open(int rows, int columns)
{
    return terminal_open_as(&(struct terminal_start){.rows = rows, .columns = columns});
}

void terminal_hang_up(struct terminal *terminal)
{
    terminal_read_line(terminal);
    if (terminal->master >= 0)
        close(terminal->master);
    terminal->master = -1;
    terminal_show_all(terminal);
}

void terminal_close(struct terminal *terminal)
{
    for (int i = 0; i < TERMINALS; i++) {
        if (terminal_all[i] == terminal)
            terminal_all[i] = NULL;
    }
    if (!terminal->ended) {
        kill(terminal->process, SIGKILL);
        waitpid(terminal->process, &terminal->status, 0);
    }
    terminal_hang_up(terminal);
    close(terminal->line);
    close(terminal->process_fd);
    vterm_free(terminal->vterm);
    free(terminal->output);
    free(terminal);
}

int terminal_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < TERMINALS; i++) {
        if (terminal_all[i] != NULL)
            terminal_close(terminal_all[i]);
    }
    return 0;
}

/* ---- The program and its line ---- */

pid_t terminal_process(const struct terminal *terminal)
{
    return terminal->process;
}

bool terminal_has_ended(const struct terminal *terminal)
{
    return terminal->ended;
}

void terminal_signal(struct terminal *terminal, int number)
{
    assert_return_code(kill(terminal->process, number), errno);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    terminal_read_line(terminal);
    terminal_show_all(terminal);
    terminal->rows = rows;
    terminal->columns = columns;
    vterm_set_size(terminal->vterm, rows, columns);
    assert_return_code(ioctl(terminal->master, TIOCSWINSZ, &size), errno);
}

struct termios terminal_modes(const struct terminal *terminal)
{
    struct termios modes = {0};
    assert_return_code(tcgetattr(terminal->line, &modes), errno);
    return modes;
}

struct termios terminal_modes_before(const struct terminal *terminal)
{
    return terminal->before;
}

bool terminal_modes_are_same(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}
