/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/ui/print.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define LINE_BYTES  1024
#define TEXT_BYTES  65536

#define PRINTER_ON  "\033[5i"
#define PRINTER_OFF "\033[4i"

/* The text line by line, cleaned, with `end` after each line. */
static size_t clean_lines(const char *text, bool ascii, const char *end, char *dst, size_t size)
{
    size_t length = 0;
    *dst = '\0';
    while (*text != '\0') {
        char raw[LINE_BYTES], line[LINE_BYTES], plain[LINE_BYTES];
        size_t bytes = strcspn(text, "\n"), kept = bytes < sizeof raw ? bytes : sizeof raw - 1;
        memcpy(raw, text, kept);
        raw[kept] = '\0';
        text_drop_partial(raw);
        text_clean(line, sizeof line, raw);
        if (ascii)
            text_to_ascii(plain, sizeof plain, line);
        length = text_append(dst, size, "%s%s", ascii ? plain : line, end);
        text += bytes + (text[bytes] == '\n');
    }
    return length;
}

size_t print_pass_through(const char *text, bool ascii, char *dst, size_t size)
{
    if (size < sizeof PRINTER_ON PRINTER_OFF)
        return 0;
    /* Whatever has to be cut, the printer is switched off again. */
    size_t used = strlen(PRINTER_ON);
    memcpy(dst, PRINTER_ON, sizeof PRINTER_ON);
    used += clean_lines(text, ascii, "\r\n", dst + used, size - used - strlen(PRINTER_OFF));
    memcpy(dst + used, PRINTER_OFF, sizeof PRINTER_OFF);
    return used + strlen(PRINTER_OFF);
}

static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = file, .events = POLLOUT};
            if (poll(&ready, 1, 2000) <= 0)
                return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static bool pass_through(struct print *print, const char *text, struct error *error)
{
    char *bytes = malloc(TEXT_BYTES);
    if (bytes == NULL)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    size_t length = print_pass_through(text, term_is_ascii(), bytes, TEXT_BYTES);
    /* Between two flushes nothing of ours is under way to the terminal. */
    bool sent = !isatty(STDOUT_FILENO) || write_all(STDOUT_FILENO, bytes, length);
    free(bytes);
    if (!sent)
        return error_set(error, ERROR_SYSTEM, NULL, "The terminal does not take the text");
    print->state = PRINT_DONE;
    return true;
}

/* In the child: nothing of the screen's, the text as standard input. */
static void run_command(const char *command, int text)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    if (null < 0 || dup2(text, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0 || setsid() < 0)
        _exit(127);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool start_command(struct print *print, const char *command, const char *text,
                          struct error *error)
{
    if (*command == '\0')
        return error_set(error, ERROR_CONFIG, "Set desk.print_command, for instance to lp.",
                         "There is no command to print with");
    char *bytes = malloc(TEXT_BYTES);
    if (bytes == NULL)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    /* A file and no pipe: a command that does not read must not hold the desk up. */
    int file = memfd_create("gymtui-print", MFD_CLOEXEC);
    size_t length = clean_lines(text, false, "\n", bytes, TEXT_BYTES);
    bool ready = file >= 0 && write_all(file, bytes, length) && lseek(file, 0, SEEK_SET) == 0;
    free(bytes);
    pid_t child = ready ? fork() : -1;
    if (child == 0)
        run_command(command, file);
    int why = errno;
    if (file >= 0)
        close(file);
    if (child < 0)
        return error_set(error, ERROR_SYSTEM, NULL, "Printing cannot be started: %s",
                         strerror(why));
    print->command = child;
    print->state = PRINT_RUNS;
    return true;
}

bool print_start(struct print *print, const struct config *config, const char *text,
                 struct error *error)
{
    const char *way = config_text(config, CONFIG_DESK_PRINTER);
    if (print->state == PRINT_RUNS)
        return error_set(error, ERROR_INPUT, NULL, "The last text is still being printed");
    if (strcmp(way, "command") == 0)
        return start_command(print, config_text(config, CONFIG_DESK_PRINT_COMMAND), text, error);
    if (strcmp(way, "passthrough") != 0)
        return error_set(error, ERROR_CONFIG,
                         "Set desk.printer to passthrough, or to command with desk.print_command.",
                         "There is no printer");
    /* A screen reader would read the escape sequences, and the whole text, aloud. */
    if (config_bool(config, CONFIG_SCREEN_PLAIN))
        return error_set(error, ERROR_CONFIG, "Set desk.printer to command.",
                         "A plain screen does not print through the terminal");
    return pass_through(print, text, error);
}

enum print_state print_poll(struct print *print)
{
    int status = 0;
    if (print->state == PRINT_RUNS) {
        pid_t ended = waitpid(print->command, &status, WNOHANG);
        if (ended == 0 || (ended < 0 && errno == EINTR))
            return PRINT_RUNS;
        /* Somebody else may have waited for it: then nothing is known against it. */
        print->state = PRINT_DONE;
        if (ended > 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
            error_set(&print->error, ERROR_SYSTEM, "See desk.print_command.",
                      "The command to print with failed%s",
                      WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ": it cannot be found"
                                                                      : "");
            print->state = PRINT_FAILED;
        }
    }
    enum print_state state = print->state;
    if (state == PRINT_DONE || state == PRINT_FAILED)
        print->state = PRINT_IDLE;
    return state;
}
