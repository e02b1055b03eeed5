/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line between the program and the test server that can go bad: a process that passes bytes from
 * one Unix socket to the other. What it is told holds from the moment the function returns.
 */
#ifndef TEST_DB_LINE_H
#define TEST_DB_LINE_H

#include <sys/types.h>

struct line {
    pid_t process;
    int control;
    char folder[64], conninfo[160];
};

void line_open(struct line *line); /* to the server of support.h; conninfo without a user */
void line_close(struct line *line);
/* What the server says is thrown away; what the program says still arrives. */
void line_swallow(struct line *line);
/* Nothing passes in either direction and nobody is told: a cable pulled somewhere on the way. */
void line_freeze(struct line *line);
/* Ends every connection, and passes bytes again for the ones to come. */
void line_cut(struct line *line);

#endif
