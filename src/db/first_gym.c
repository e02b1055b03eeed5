/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/first_gym.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "gymtui/db/db.h"

#define VERIFIER_BYTES 256

/* Settings beyond those that save_gym takes. The administrator works at no gym: this one is picked
 * for the rest of the session. */
static bool save_settings(PGconn *connection, const char *gym_id, const char *settings,
                          struct error *error)
{
    char answer[24];
    if (settings == NULL || settings[0] == '\0')
        return true;
    const char *values[] = {gym_id, settings};
    return blocking_text(connection, "SELECT set_config('gymtui.gym_id', $1, false)", 1, values,
                         answer, sizeof answer, error) &&
           blocking_text(connection,
                         "SELECT gym.save_settings(NULL, $1::bigint, 1, (SELECT jsonb_object_agg("
                         "split_part(l, '=', 1), split_part(l, '=', 2)) FROM unnest("
                         "string_to_array($2, E'\\n')) AS l WHERE l <> ''))",
                         2, values, answer, sizeof answer, error);
}

bool first_gym_create(const char *conninfo, const struct first_gym *gym, int64_t *gym_id,
                      struct error *error)
{
    PGconn *connection = blocking_connect(conninfo, error);
    if (connection == NULL)
        return false;
    char verifier[VERIFIER_BYTES], capacity[16], grace[16], expiring[16], checkout[16], made[24];
    snprintf(capacity, sizeof capacity, "%d", gym->capacity);
    snprintf(grace, sizeof grace, "%d", gym->expired_grace);
    snprintf(expiring, sizeof expiring, "%d", gym->expiring_within);
    snprintf(checkout, sizeof checkout, "%d", gym->auto_checkout_minutes);
    struct request_id request = request_id_new();
    const char *values[] = {request.text,   gym->name,     gym->username, gym->email,
                            gym->time_zone, gym->currency, capacity,      grace,
                            expiring,       checkout,      gym->owing,    gym->capacity_policy,
                            verifier};
    bool done =
        blocking_verifier(connection, gym->username, gym->password, verifier, sizeof verifier,
                          error) &&
        blocking_text(connection,
                      "SELECT gym.save_gym($1::uuid, NULL, 0, $2, $3, $4, '', '', $5, $6, $7::int, "
                      "$8::int, $9::int, $10::int, $11, $12, $13)",
                      (int)(sizeof values / sizeof *values), values, made, sizeof made, error) &&
        save_settings(connection, made, gym->settings, error);
    explicit_bzero(verifier, sizeof verifier);
    PQfinish(connection);
    if (done)
        *gym_id = strtoll(made, NULL, 10);
    return done;
}
