/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords: typed without echo, or read from a file; never an argument, which others can see. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SHORTEST 8      /* bytes; only a verifier reaches the database, so it is checked here */
#define CANCEL   '\003' /* ^C, which ends the line while the terminal makes no signals of keys */

void password_wipe(char *password, size_t size)
{
    explicit_bzero(password, size);
}

/* One line, byte by byte: what follows it on a pipe is not ours. */
static bool read_line(int file, char *dst, size_t size)
{
    size_t used = 0;
    for (;;) {
        char letter;
        ssize_t got = read(file, &letter, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if (letter == '\n')
            break;
        if (used + 1 == size) {
            password_wipe(dst, size);
            return false;
        }
        dst[used++] = letter;
        if (letter == CANCEL)
            break;
    }
    if (used > 0 && dst[used - 1] == '\r')
        used--;
    dst[used] = '\0';
    return used > 0;
}

bool password_ask(const char *prompt, char *dst, size_t size, struct error *error)
{
    struct termios usual, silent;
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0 || tcgetattr(terminal, &usual) != 0) {
        if (terminal >= 0)
            close(terminal);
        return error_set(error, ERROR_USAGE, "Use --password-file FILE, or - for standard input.",
                         "There is no terminal to ask for the password on");
    }
    /* No signals from keys: the echo must be back before anything ends or stops us. */
    silent = usual;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    silent.c_cc[VEOL] = CANCEL;
    bool asked = tcsetattr(terminal, TCSAFLUSH, &silent) == 0 &&
                 write(terminal, prompt, strlen(prompt)) >= 0;
    bool typed = asked && read_line(terminal, dst, size);
    tcsetattr(terminal, TCSAFLUSH, &usual);
    if (write(terminal, "\n", 1) < 0)
        typed = false;
    close(terminal);
    if (typed && strchr(dst, CANCEL) != NULL) {
        password_wipe(dst, size);
        return error_set(error, ERROR_CANCELLED, NULL, "Cancelled; nothing was changed");
    }
    return typed || error_set(error, ERROR_CANCELLED, NULL, "No password was given");
}

static bool read_file(const char *file, char *dst, size_t size, struct error *error)
{
    bool piped = strcmp(file, "-") == 0;
    int source = piped ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return error_set(error, ERROR_INPUT, NULL, "The password file %s cannot be read: %s", file,
                         strerror(errno));
    bool whole = read_line(source, dst, size);
    if (!piped)
        close(source);
    return whole || error_set(error, ERROR_INPUT, "Put the password alone on the first line.",
                              "There is no usable password in %s", piped ? "standard input" : file);
}

static bool ask_twice(const char *whose, char *dst, size_t size, struct error *error)
{
    char prompt[160], again[256];
    snprintf(prompt, sizeof prompt, "New password for %s: ", whose);
    if (!password_ask(prompt, dst, size, error) ||
        !password_ask("Once more: ", again, sizeof again, error))
        return false;
    bool same = strcmp(dst, again) == 0;
    password_wipe(again, sizeof again);
    return same || error_set(error, ERROR_INPUT, "Run the command again.",
                             "The two passwords differ; nothing was changed");
}

bool password_read(const char *file, const char *whose, char *dst, size_t size, struct error *error)
{
    dst[0] = '\0';
    bool have =
        file != NULL ? read_file(file, dst, size, error) : ask_twice(whose, dst, size, error);
    if (have && strlen(dst) < SHORTEST)
        have = error_set(error, ERROR_INPUT, "A few words are easy to remember.",
                         "The password is too short: at least %d characters", SHORTEST);
    if (!have)
        password_wipe(dst, size);
    return have;
}
