/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <poll.h>

#include "support.h"

#define PAIRS 32

enum { PASS = 'p', SWALLOW = 's', FREEZE = 'f', CUT = 'c' };

struct pair {
    int program, server; /* -1: free */
};

static struct sockaddr_un address_in(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    return address;
}

static void hang_up(struct pair *pair)
{
    close(pair->program);
    close(pair->server);
    *pair = (struct pair){-1, -1};
}

/* Takes a new connection; while frozen it leads nowhere. */
static void take(int listening, const char *server_folder, struct pair *pairs)
{
    int program = accept(listening, NULL, NULL);
    for (int i = 0; i < PAIRS; i++) {
        if (pairs[i].program >= 0)
            continue;
        struct sockaddr_un address = address_in(server_folder);
        int server = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
            close(server);
            break;
        }
        pairs[i] = (struct pair){program, server};
        return;
    }
    close(program);
}

/* False at the end of the connection. */
static bool pass(int from, int to, bool deliver)
{
    char bytes[16384];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got <= 0)
        return false;
    for (ssize_t sent = 0; deliver && sent < got;) {
        ssize_t put = send(to, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        sent += put;
    }
    return true;
}

static void serve(int listening, int control, const char *server_folder)
{
    struct pair pairs[PAIRS];
    for (int i = 0; i < PAIRS; i++)
        pairs[i] = (struct pair){-1, -1};
    char mode = PASS;
    for (;;) {
        struct pollfd set[2 + 2 * PAIRS] = {{.fd = control, .events = POLLIN},
                                            {.fd = listening, .events = POLLIN}};
        for (int i = 0; i < PAIRS; i++) {
            short events = mode == FREEZE ? 0 : POLLIN;
            bool dead = mode == FREEZE; /* a cable that is pulled tells nobody */
            set[2 + 2 * i] = (struct pollfd){dead ? -1 : pairs[i].program, events, 0};
            set[3 + 2 * i] = (struct pollfd){dead ? -1 : pairs[i].server, events, 0};
        }
        if (mode == FREEZE)
            set[1].fd = -1;
        if (poll(set, 2 + 2 * PAIRS, -1) < 0)
            continue;
        if (set[0].revents) {
            char order;
            if (read(control, &order, 1) != 1)
                return;
            for (int i = 0; order == CUT && i < PAIRS; i++)
                if (pairs[i].program >= 0)
                    hang_up(&pairs[i]);
            mode = order == CUT ? PASS : order;
            if (write(control, &order, 1) != 1)
                return;
            continue;
        }
        for (int i = 0; i < PAIRS; i++) {
            if (pairs[i].program < 0)
                continue;
            if ((set[2 + 2 * i].revents && !pass(pairs[i].program, pairs[i].server, true)) ||
                (set[3 + 2 * i].revents && !pass(pairs[i].server, pairs[i].program, mode == PASS)))
                hang_up(&pairs[i]);
        }
        if (set[1].revents)
            take(listening, server_folder, pairs);
    }
}

void line_open(struct line *line)
{
    snprintf(line->folder, sizeof line->folder, "/tmp/gymtui-line-XXXXXX");
    assert_non_null(mkdtemp(line->folder));
    snprintf(line->conninfo, sizeof line->conninfo, "host=%s port=5432 dbname=%s", line->folder,
             TEST_DATABASE);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = address_in(line->folder);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listening, 16), 0);
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    line->process = fork();
    assert_true(line->process >= 0);
    if (line->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        serve(listening, ends[1], test_directory());
        _exit(0);
    }
    close(listening);
    close(ends[1]);
    line->control = ends[0];
}

static void order(struct line *line, char what)
{
    char answer = 0;
    assert_int_equal(write(line->control, &what, 1), 1);
    assert_int_equal(read(line->control, &answer, 1), 1);
    assert_int_equal(answer, what);
}

void line_swallow(struct line *line)
{
    order(line, SWALLOW);
}

void line_freeze(struct line *line)
{
    order(line, FREEZE);
}

void line_cut(struct line *line)
{
    order(line, CUT);
}

void line_close(struct line *line)
{
    close(line->control);
    kill(line->process, SIGKILL);
    waitpid(line->process, NULL, 0);
    struct sockaddr_un address = address_in(line->folder);
    unlink(address.sun_path);
    rmdir(line->folder);
}
