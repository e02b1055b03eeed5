/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/first_gym.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blocking.h"
#include "gymtui/db/db.h"

#define VERIFIER_BYTES 256

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
                      (int)(sizeof values / sizeof *values), values, made, sizeof made, error);
    explicit_bzero(verifier, sizeof verifier);
    PQfinish(connection);
    if (done)
        *gym_id = strtoll(made, NULL, 10);
    return done;
}
