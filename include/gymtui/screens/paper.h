/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_paper is opened with: a text as it would be printed, to read, save and print. */
#ifndef GYMTUI_SCREENS_PAPER_H
#define GYMTUI_SCREENS_PAPER_H

#include <stdint.h>

enum paper_kind {
    PAPER_RECEIPT, /* number: the payment */
    PAPER_TILL,    /* number: the till session that was closed */
    PAPER_DAY,     /* day; DATE_NONE: today */
};

struct paper_argument {
    enum paper_kind kind;
    int64_t number;
    int32_t day;
};

#endif
