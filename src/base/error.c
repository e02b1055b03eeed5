/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"

bool error_set(struct error *error, enum error_code code, const char *hint, const char *format, ...)
{
    if (error == NULL)
        return false;

    /* Built aside: the arguments may point into *error itself, when a caller adds to an error. */
    struct error fresh = {.code = code};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fresh.message, sizeof fresh.message, format, arguments);
    va_end(arguments);
    text_drop_partial(fresh.message);
    if (hint != NULL)
        text_append(fresh.hint, sizeof fresh.hint, "%s", hint);
    *error = fresh;
    return false;
}

void error_clear(struct error *error)
{
    if (error != NULL)
        memset(error, 0, sizeof *error);
}

int error_exit_status(enum error_code code)
{
    switch (code) {
    case ERROR_NONE:
        return 0;
    case ERROR_USAGE:
        return 2;
    case ERROR_NOT_FOUND:
        return 3;
    case ERROR_PERMISSION:
    case ERROR_LOGIN:
        return 5;
    case ERROR_OFFLINE:
    case ERROR_UNKNOWN:
        return 6;
    case ERROR_CONFIG:
    case ERROR_INPUT:
    case ERROR_CONFLICT:
    case ERROR_NOT_DONE:
    case ERROR_TOO_SLOW:
    case ERROR_TOO_NEW:
    case ERROR_DATABASE:
    case ERROR_SYSTEM:
    case ERROR_CANCELLED:
        return 1;
    }
    return 1;
}
