/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/ui/letter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "gymtui/ui/loop.h"

#define WORDS_MOST   24
#define COMMAND_SIZE 1024
#define NOT_STARTED  127 /* as a shell would say it */

/* The message as a file without a name, from its beginning. */
static int message_file(const char *message, size_t size)
{
    int file = memfd_create("gymtui-letter", MFD_CLOEXEC);
    if (file < 0)
        return -1;
    for (size_t at = 0; at < size;) {
        ssize_t written = write(file, message + at, size - at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            close(file);
            return -1;
        }
        at += (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

__attribute__((noreturn)) static void run(char *const *words, int input, int output)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (setsid() >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0)
        execvp(words[0], words);
    static const char prefix[] = "cannot be started: ";
    const char *why = strerror(errno);
    if (write(output, prefix, sizeof prefix - 1) < 0 || write(output, why, strlen(why)) < 0)
        _exit(1);
    _exit(NOT_STARTED);
}

bool letter_start(struct letter *letter, const char *command, const char *from, const char *to,
                  const char *message, size_t size, int timeout_ms, struct error *error)
{
    char copy[COMMAND_SIZE], sender[256], recipient[256];
    char flag_dots[] = "-i", flag_from[] = "-f", flag_end[] = "--";
    char *words[WORDS_MOST + 6], *rest = NULL;
    int count = 0;
    snprintf(copy, sizeof copy, "%s", command);
    for (char *word = strtok_r(copy, " \t", &rest); word && count < WORDS_MOST;
         word = strtok_r(NULL, " \t", &rest))
        words[count++] = word;
    if (count == 0)
        return error_set(error, ERROR_CONFIG, "Set mail.command, for instance to sendmail",
                         "There is no command to send mail with");
    snprintf(sender, sizeof sender, "%s", from);
    snprintf(recipient, sizeof recipient, "%s", to);
    words[count++] = flag_dots; /* a line with a single dot is a line */
    words[count++] = flag_from;
    words[count++] = sender;
    words[count++] = flag_end;
    words[count++] = recipient;
    words[count] = NULL;

    int input = message_file(message, size);
    int output = memfd_create("gymtui-letter-said", MFD_CLOEXEC);
    pid_t child = input >= 0 && output >= 0 ? fork() : -1;
    if (child == 0)
        run(words, input, output);
    int why = errno;
    if (input >= 0)
        close(input);
    if (child < 0) {
        if (output >= 0)
            close(output);
        return error_set(error, ERROR_SYSTEM, NULL, "The mail command cannot be started: %s",
                         strerror(why));
    }
    *letter =
        (struct letter){.command = child, .output = output, .give_up_at = loop_now() + timeout_ms};
    return true;
}

/* The last line that the command said, cleaned. */
static void last_words(int output, char *dst, size_t size)
{
    char said[512], line[512];
    off_t end = lseek(output, 0, SEEK_END);
    off_t from = end > (off_t)sizeof said - 1 ? end - (off_t)sizeof said + 1 : 0;
    ssize_t got = end > 0 ? pread(output, said, sizeof said - 1, from) : 0;
    said[got > 0 ? got : 0] = 0;
    for (size_t length = strlen(said);
         length > 0 && (said[length - 1] == '\n' || said[length - 1] == '\r');)
        said[--length] = 0;
    const char *start = strrchr(said, '\n');
    text_clean(line, sizeof line, start ? start + 1 : said);
    snprintf(dst, size, "%.200s", line);
    text_drop_partial(dst);
}

static void forget(struct letter *letter)
{
    close(letter->output);
    *letter = (struct letter){0};
}

bool letter_is_done(struct letter *letter, struct error *error)
{
    int status = 0;
    error_clear(error);
    if (letter->command == 0)
        return true;
    pid_t ended = waitpid(letter->command, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) {
        if (loop_now() < letter->give_up_at)
            return false;
        letter_stop(letter);
        error_set(error, ERROR_TOO_SLOW, "Look whether the mail system is well",
                  "The mail command took too long");
        return true;
    }
    if (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        char words[220];
        last_words(letter->output, words, sizeof words);
        error_set(error, ERROR_SYSTEM, "See mail.command in the configuration",
                  "The mail command failed%s%s", words[0] ? ": " : "", words);
        log_write(LOG_LEVEL_WARNING, "mail", "the mail command failed, status %d",
                  WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    forget(letter);
    return true;
}

void letter_stop(struct letter *letter)
{
    if (letter->command == 0)
        return;
    kill(-letter->command, SIGKILL); /* its session, once it has one of its own */
    kill(letter->command, SIGKILL);
    while (waitpid(letter->command, NULL, 0) < 0 && errno == EINTR)
        continue;
    forget(letter);
}
