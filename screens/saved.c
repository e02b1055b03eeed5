/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saved.h"

#include <stdio.h>

#include "gymtui/ui/form.h"

bool saved_or_told(struct host *host, const struct error *error)
{
    struct form *form = host_form_now(host);
    if (error && form) {
        char words[sizeof error->message + sizeof error->hint + 2];
        snprintf(words, sizeof words, "%s%s%s", error->message, *error->hint ? ". " : "",
                 error->hint);
        form_complain(form, -1, words);
    }
    if (error && !form)
        host_say_error(host, error);
    if (form)
        host_form_done(host, !error);
    return !error;
}
