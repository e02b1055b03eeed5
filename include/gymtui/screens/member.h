/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_member is opened with. */
#ifndef GYMTUI_SCREENS_MEMBER_H
#define GYMTUI_SCREENS_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "gymtui/base/money.h"

struct member_enrolled {
    int64_t customer_id;
    const char *name;
    money paid;
};

struct member_argument {
    int64_t customer_id; /* 0: a new member; the enrolment form is shown first */
    /* New: filled in beforehand (letters typed at the desk, an unknown tag). May be NULL. */
    const char *name, *keytag;
    /* New: the card closes itself once the member is saved, so that the desk is back at its field;
     * otherwise the new member's card stays. */
    bool close_when_saved;
    /* New, to be checked in at once: done by whom the new member is handed to, so that the verdict
     * is told where it is looked for; NULL: by the card. */
    void (*enrolled)(void *owner, const struct member_enrolled *enrolled);
    void *owner;
    bool freeze; /* the form to freeze the membership comes first (after a call: injured) */
};

#endif
