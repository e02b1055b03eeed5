/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demonstration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "../support.h"
#include "gymtui/db/schema.h"
#include "gymtui/worker/generate.h"

static bool make_up(const char *place, int members, uint64_t seed, struct error *error)
{
    time_t now = time(NULL);
    const struct generate_options options = {.profile = "small",
                                             .members = members,
                                             .seed = seed,
                                             .as_of = (int32_t)(now / 86400),
                                             .as_of_utc = now};
    return generate_into(place, &options, NULL, NULL, error);
}

PGconn *demonstration_open(const char *database, int members, uint64_t seed, const char **place)
{
    static char kept[1024];
    struct error error = {0};
    test_cluster_start();
    snprintf(kept, sizeof kept, "%s", test_admin_of(database));
    *place = kept;
    if (!schema_create_database(test_admin_of("postgres"), database, &error) ||
        !schema_create(kept, NULL, NULL, &error) || !schema_mark_demonstration(kept, &error) ||
        !make_up(kept, members, seed, &error)) {
        fprintf(stderr, "%s (%s)\n", error.message, error.hint);
        return NULL;
    }
    PGconn *admin = PQconnectdb(kept);
    test_run(admin, "SET gymtui.gym_id = '1'");
    return admin;
}

void demonstration_make_up(const char *place, int members, uint64_t seed)
{
    struct error error = {0};
    if (!make_up(place, members, seed, &error))
        fail_msg("%s (%s)", error.message, error.hint);
}
