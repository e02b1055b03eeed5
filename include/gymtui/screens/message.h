/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_message is opened with: whom to write to. For managers. */
#ifndef GYMTUI_SCREENS_MESSAGE_H
#define GYMTUI_SCREENS_MESSAGE_H

#include <stdint.h>

#include "gymtui/screens/screen.h"

struct message_argument {
    const int64_t *customer_ids; /* copied */
    int count;                   /* at most MESSAGE_RECIPIENTS_MOST */
};

extern const struct screen screen_message;

#endif
