/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "failure.h"

#include <ctype.h>
#include <string.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"

struct words {
    const char *state; /* a whole SQLSTATE, or a class of two characters */
    enum error_code code;
    const char *message, *hint;
};

/* The first that fits counts: whole states stand before their class. */
static const struct words statement_words[] = {
    {"57014", ERROR_TOO_SLOW, "The database took too long; nothing was written", "Try again"},
    {"57P", ERROR_OFFLINE, "The database server ended the connection",
     "It is tried again by itself"},
    {"55P03", ERROR_TOO_SLOW, "Somebody else holds this record; nothing was written",
     "Try again in a moment"},
    {"40", ERROR_CONFLICT, "Two desks changed the same thing at the same moment",
     "Nothing was written; try again"},
    {"42501", ERROR_PERMISSION, "Your account may not do this",
     "Ask somebody with a higher level, or sign in with another account"},
    {"42P01", ERROR_DATABASE, "The database does not fit this program",
     "Run gymtui schema status; an administrator brings it up to date with gymtui schema create"},
    {"42703", ERROR_DATABASE, "The database does not fit this program",
     "Run gymtui schema status; an administrator brings it up to date with gymtui schema create"},
    {"42883", ERROR_DATABASE, "The database does not fit this program",
     "Run gymtui schema status; an administrator brings it up to date with gymtui schema create"},
    {"3F000", ERROR_DATABASE, "The database holds no gymtui tables",
     "An administrator makes them with gymtui schema create"},
    {"23505", ERROR_CONFLICT, "There is already a record with this value", "Choose another one"},
    {"23503", ERROR_CONFLICT, "It refers to a record that is not there, or is still referred to",
     "Read the list again and choose from it"},
    {"23P01", ERROR_CONFLICT, "The dates overlap with what is there already", "Choose other dates"},
    {"23502", ERROR_INPUT, "A value is missing", "Fill in every field that is marked"},
    {"23", ERROR_INPUT, "A value is not allowed here", "Look at the fields again"},
    {"22001", ERROR_INPUT, "A text is too long", "Shorten it"},
    {"22003", ERROR_INPUT, "A number is too large", "Look at the numbers again"},
    {"22008", ERROR_INPUT, "A date is out of range", "Look at the dates again"},
    {"22", ERROR_INPUT, "A value cannot be used", "Look at the fields again"},
    {"53100", ERROR_SYSTEM, "The database server's disk is full; nothing was written",
     "An administrator must free space on the server"},
    {"53200", ERROR_SYSTEM, "The database server has no memory left; nothing was written",
     "Try again; an administrator should look at the server"},
    {"53300", ERROR_OFFLINE, "No connection to the database server is left",
     "It is tried again by itself; one login serves 25 terminals, and max_connections bounds all"},
    {"53", ERROR_SYSTEM, "The database server is short of something; nothing was written",
     "Try again; an administrator should look at the server"},
    {"58", ERROR_SYSTEM, "The database server has trouble with its disk",
     "An administrator should look at the server's log now"},
    {"XX", ERROR_DATABASE, "The database server met an internal error",
     "An administrator should look at the server's log now"},
    {NULL, ERROR_DATABASE, "The database refused this; nothing was written",
     "The log of gymtui has the reason"},
};

/* Unique constraints and exclusions that a person can run into, by the beginning of
 * their name. */
static const struct words constraint_words[] = {
    {"customers_keytag", ERROR_CONFLICT, "This key tag belongs to another member",
     "Scan another one"},
    {"gyms_username", ERROR_CONFLICT, "This user name is taken", "Choose another one"},
    {"gyms_email", ERROR_CONFLICT, "This e-mail address is taken", "Choose another one"},
    {"attendance_one_open", ERROR_CONFLICT, "This member is in already", "Read the screen again"},
    {"memberships_no_overlap", ERROR_CONFLICT, "The dates overlap with another term of this member",
     "Look at the member's terms"},
    {"freezes_no_overlap", ERROR_CONFLICT, "The dates overlap with another freeze of this member",
     "Look at the member's freezes"},
    {"packages_name", ERROR_CONFLICT, "There is a package with this name", "Choose another name"},
    {"till_sessions_one_open", ERROR_CONFLICT, "A till is open at this desk already",
     "Close it first"},
    {NULL, ERROR_NONE, NULL, NULL},
};

/* Reasons why the server does not let us in, as FATAL messages at connecting. */
static const struct words connection_words[] = {
    {"28P01", ERROR_LOGIN, "User name or password is wrong", "Type them again"},
    {"28", ERROR_LOGIN, "The database does not let this account in",
     "Look at the user name; an administrator finds the reason in the server's log"},
    {"3D000", ERROR_DATABASE, "There is no such database on the server",
     "Look at database.conninfo; an administrator makes it with gymtui schema create "
     "--user ADMIN"},
    {"42501", ERROR_LOGIN, "This account may not use this database",
     "Ask the owner of the gym for access"},
    {NULL, ERROR_NONE, NULL, NULL},
};

static const struct words *find_words(const struct words *words, const char *state)
{
    while (words->state && strncmp(words->state, state, strlen(words->state)) != 0)
        words++;
    return words;
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

/* What the log may hold: no DETAIL, and no message of a class that quotes values. */
static void log_failure(const PGresult *result, const char *name, const char *state)
{
    bool quotes_values = strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0 ||
                         strncmp(state, "GT", 2) == 0 || strncmp(state, "P0", 2) == 0;
    char message[400];
    text_clean(message, sizeof message,
               quotes_values ? "" : field(result, PG_DIAG_MESSAGE_PRIMARY));
    enum log_level level = strncmp(state, "GT", 2) == 0 ? LOG_LEVEL_DEBUG
                           : strncmp(state, "XX", 2) == 0 || strncmp(state, "58", 2) == 0
                               ? LOG_LEVEL_ERROR
                               : LOG_LEVEL_WARNING;
    const char *constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    log_write(level, "db", "%s failed: SQLSTATE %s%s%s%s%s", name, state, *message ? ": " : "",
              message, *constraint ? ", constraint " : "", constraint);
}

static enum error_code code_of_ours(const char *state)
{
    static const struct {
        const char *state;
        enum error_code code;
    } codes[] = {
        {"GT001", ERROR_INPUT},    {"GT002", ERROR_NOT_FOUND}, {"GT003", ERROR_PERMISSION},
        {"GT004", ERROR_CONFLICT}, {"GT005", ERROR_NOT_DONE},  {"GT006", ERROR_LOGIN},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(codes[i].state, state) == 0)
            return codes[i].code;
    return ERROR_INPUT;
}

static enum failure_kind kind_of_state(const char *state, bool ends_session)
{
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        return FAILURE_RETRY;
    if (strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0)
        return FAILURE_STALE;
    if (strcmp(state, "25006") == 0)
        return FAILURE_READ_ONLY;
    if (ends_session || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)
        return FAILURE_LOST;
    return FAILURE_FINAL;
}

enum failure_kind failure_of_result(const PGresult *result, const char *name, struct error *error)
{
    const char *state = field(result, PG_DIAG_SQLSTATE);
    const char *severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (!*state) { /* libpq's own: the connection broke */
        log_write(LOG_LEVEL_WARNING, "db", "%s: the connection broke", name);
        error_set(error, ERROR_OFFLINE, NULL, "The connection to the database broke");
        return FAILURE_LOST;
    }
    log_failure(result, name, state);
    if (strncmp(state, "GT", 2) == 0 || strcmp(state, "P0001") == 0) {
        char message[256], hint[256];
        text_clean(message, sizeof message, field(result, PG_DIAG_MESSAGE_PRIMARY));
        text_clean(hint, sizeof hint, field(result, PG_DIAG_MESSAGE_HINT));
        message[0] = (char)toupper((unsigned char)message[0]);
        if (strncmp(hint, "gymtui ", 7) != 0) /* a command is typed as it stands */
            hint[0] = (char)toupper((unsigned char)hint[0]);
        error_set(error, code_of_ours(state), hint, "%s", message);
        return FAILURE_FINAL;
    }
    const struct words *words = NULL;
    if (strncmp(state, "23505", 5) == 0 || strncmp(state, "23P01", 5) == 0) {
        const char *constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
        words = constraint_words;
        while (words->state && strncmp(constraint, words->state, strlen(words->state)) != 0)
            words++;
        if (!words->state)
            words = NULL;
    }
    if (!words)
        words = find_words(statement_words, state);
    error_set(error, words->code, words->hint, "%s", words->message);
    return kind_of_state(state, strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

/* The last SQLSTATE in a verbose message ("FATAL:  28P01: password …"), whatever its language;
 * "" when there is none. */
static void find_state(const char *message, char state[6])
{
    state[0] = '\0';
    for (const char *at = message; (at = strchr(at, ':')); at++) {
        const char *code = at + 1 + strspn(at + 1, " ");
        size_t length = 0, digits = 0;
        for (; length < 5; length++) {
            bool is_digit = isdigit((unsigned char)code[length]);
            if (!is_digit && (code[length] < 'A' || code[length] > 'Z'))
                break;
            digits += is_digit;
        }
        /* "FATAL:" has five letters too. */
        if (code != at + 1 && length == 5 && digits > 0 && code[5] == ':') {
            memcpy(state, code, 5);
            state[5] = '\0';
        }
    }
}

bool failure_of_connection(PGconn *connection, struct error *error)
{
    char state[6];
    find_state(PQerrorMessage(connection), state);
    if (PQconnectionNeedsPassword(connection)) {
        error_set(error, ERROR_LOGIN, "Give the password, or put it into ~/.pgpass",
                  "The database asks for a password");
        return true;
    }
    const struct words *words = *state ? find_words(connection_words, state) : NULL;
    if (words && words->state) {
        log_write(LOG_LEVEL_WARNING, "db", "the server refuses: SQLSTATE %s", state);
        error_set(error, words->code, words->hint, "%s", words->message);
        return true;
    }
    if (*state) {
        words = find_words(statement_words, state);
        bool starting = strcmp(state, "57P03") == 0;
        if (starting || !words->state)
            error_set(error, ERROR_OFFLINE, "It is tried again by itself", "%s",
                      starting ? "The database server is just starting or stopping"
                               : "The database server does not take connections now");
        else
            error_set(error, ERROR_OFFLINE, words->hint, "%s", words->message);
        log_write(LOG_LEVEL_WARNING, "db", "no connection: SQLSTATE %s", state);
        return false;
    }
    char why[300];
    text_clean(why, sizeof why, PQerrorMessage(connection));
    log_write(LOG_LEVEL_WARNING, "db", "no connection: %s", why);
    error_set(error, ERROR_OFFLINE,
              "It is tried again by itself; look at the network and at database.conninfo",
              "The database server cannot be reached");
    return false;
}
