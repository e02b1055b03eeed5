/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ctrl-C, a kill or a line that is cut, in the middle of a command. The program ends at once, by
 * the signal as its parent expects, whatever it waits for; before that it says what it has left
 * behind, and removes the file that is not whole. The handler does only what a handler may: what it
 * needs is laid out beforehand, and changed over with the signals held back.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "internal.h"

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
#define NUMBERS (sizeof numbers / sizeof *numbers)

static char words[2048];
static size_t words_length;
static char unfinished[4096]; /* a file; "": none */

static void end(int number)
{
    if (*unfinished != '\0')
        unlink(unfinished);
    if (words_length > 0 && write(STDERR_FILENO, words, words_length) < 0)
        words_length = 0; /* nobody reads it */
    signal(number, SIG_DFL);
    raise(number); /* takes effect when the handler returns */
}

/* A signal that is ignored, as under nohup, stays so. */
static void catch_signals(void)
{
    static bool done;
    struct sigaction action = {.sa_handler = end}, before;
    if (done)
        return;
    done = true;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaddset(&action.sa_mask, numbers[i]);
    for (size_t i = 0; i < NUMBERS; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

static void hold(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaddset(&held, numbers[i]);
    sigprocmask(SIG_BLOCK, &held, before);
}

void interrupt_say(const char *format, ...)
{
    char text[1600] = "", next[sizeof words] = "";
    if (format != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        text_drop_partial(text);
        FILE *memory = fmemopen(next, sizeof next, "w");
        if (memory != NULL) {
            fputs(isatty(STDERR_FILENO) ? "\r\033[K" : "", memory); /* the step on its way */
            out_hanging(memory, 0, 8, "gymtui: Interrupted. %s", text);
            fclose(memory);
        }
    }
    sigset_t before;
    hold(&before);
    memcpy(words, next, sizeof words);
    words_length = strlen(words);
    sigprocmask(SIG_SETMASK, &before, NULL);
    catch_signals();
}

void interrupt_remove(const char *path)
{
    sigset_t before;
    hold(&before);
    snprintf(unfinished, sizeof unfinished, "%s", path != NULL ? path : "");
    sigprocmask(SIG_SETMASK, &before, NULL);
    catch_signals();
}
