/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "generate/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gymtui/db/schema.h"
#include "support.h"

struct error load_error;
int64_t load_now;
PGconn *load_admin;
const char *load_place;

struct generate_options load_options_for(uint64_t seed)
{
    return (struct generate_options){.profile = "small",
                                     .members = 600,
                                     .seed = seed,
                                     .as_of = (int32_t)(load_now / 86400),
                                     .as_of_utc = load_now};
}

void load_seed(uint64_t seed)
{
    struct generate_options options = load_options_for(seed);
    if (!generate_into(load_place, &options, NULL, NULL, &load_error))
        fail_msg("%s (%s)", load_error.message, load_error.hint);
}

/* Whether the rows are this seed's, and now() of the transaction is of their day at every gym. */
static bool is_made(uint64_t seed)
{
    return test_number(load_admin, "SELECT seed FROM gym.database_info") == (int64_t)seed &&
           test_number(load_admin,
                       "SELECT count(*) FROM gym.gyms WHERE (now() AT TIME ZONE time_zone)::date "
                       "<> (to_timestamp(%lld) AT TIME ZONE time_zone)::date",
                       (long long)load_now) == 0;
}

void load_today(uint64_t seed)
{
    test_run(load_admin, "BEGIN");
    while (!is_made(seed)) {
        test_run(load_admin, "ROLLBACK");
        load_now = time(NULL);
        load_seed(seed);
        test_run(load_admin, "BEGIN");
    }
}

void load_read_days(char days[64])
{
    snprintf(days, 64, "%s",
             test_text(load_admin, "SELECT string_agg((now() AT TIME ZONE time_zone)::date::text, "
                                   "' ' ORDER BY gym_id) FROM gym.gyms"));
}

int load_roll_back(void **state)
{
    (void)state;
    test_run(load_admin, "ROLLBACK");
    return 0;
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(connection), CONNECTION_OK);
    test_run(connection, "SET gymtui.gym_id = '1'");
    return connection;
}

int load_begin(void **state)
{
    (void)state;
    static char kept[1024];
    test_cluster_start();
    load_now = time(NULL);
    snprintf(kept, sizeof kept, "%s", test_admin_of(LOAD_DATABASE));
    load_place = kept;
    if (!schema_create_database(test_admin_of("postgres"), LOAD_DATABASE, &load_error) ||
        !schema_create(load_place, NULL, NULL, &load_error) ||
        !schema_mark_demonstration(load_place, &load_error)) {
        fprintf(stderr, "%s\n", load_error.message);
        return 1;
    }
    load_admin = connect_to(load_place);
    return 0;
}

int load_end(void **state)
{
    (void)state;
    PQfinish(load_admin);
    return 0;
}

void load_fingerprint(char sum[64])
{
    static const char *const tables[] = {
        "packages",     "trainers",      "customers",  "memberships", "freezes",  "charges",
        "transactions", "attendance",    "access_log", "rfm",         "contacts", "member_summary",
        "search_terms", "till_sessions", "till_moves", "till_counts"};
    char all[1024] = "";
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        strncat(all,
                test_text(load_admin,
                          "SELECT md5(string_agg(x, '|' ORDER BY x COLLATE \"C\")) FROM "
                          "(SELECT t::text AS x FROM gym.%s t) y",
                          tables[i]),
                sizeof all - strlen(all) - 1);
    snprintf(sum, 64, "%s", test_text(load_admin, "SELECT md5('%s')", all));
}
