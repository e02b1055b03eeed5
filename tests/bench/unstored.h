/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recompute of all gyms as far as to where it would store anything. */
#ifndef UNSTORED_H
#define UNSTORED_H

/* Seconds to read the rows of all members of all gyms, fit every model and find every member's
 * figures, over two connections as the worker does it; nothing is kept or stored, as GROUP BY
 * stores nothing. Ends the program when the database refuses. */
double unstored_recompute(const char *conninfo);

#endif
