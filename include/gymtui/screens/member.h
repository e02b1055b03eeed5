/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What screen_member is opened with. */
#ifndef GYMTUI_SCREENS_MEMBER_H
#define GYMTUI_SCREENS_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

struct member_argument {
    int64_t customer_id; /* 0: a new member; the enrolment form is shown first */
    /* New: filled in beforehand (letters typed at the desk, an unknown tag). May be NULL. */
    const char *name, *keytag;
    /* New: the card closes itself once the member is saved, so that the desk is back at its field;
     * otherwise the new member's card stays. */
    bool close_when_saved;
    bool freeze; /* the form to freeze the membership comes first (after a call: injured) */
};

#endif
