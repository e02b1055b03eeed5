/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "functions/desk.h"

#include "support.h"

PGconn *desk_connection;

int desk_start(void **state)
{
    (void)state;
    test_cluster_start();
    desk_connection = test_connect("north", "desk1");
    return 0;
}

int desk_stop(void **state)
{
    (void)state;
    PQfinish(desk_connection);
    return 0;
}

int desk_forget_today(void **state)
{
    (void)state;
    test_run(test_superuser(),
             "DELETE FROM gym.attendance WHERE check_in > now() - interval '12 hours' OR backdated;"
             "DELETE FROM gym.access_log; "
             "SELECT gym.recount_visits(customer_id) FROM gym.customers");
    return 0;
}

const char *desk_check_in(const char *code, const char *column)
{
    return test_text(desk_connection,
                     "SELECT %s FROM gym.check_in(gen_random_uuid(), '%s', NULL, 'desk 1')", column,
                     code);
}

const char *desk_check_out(const char *code, const char *column)
{
    return test_text(desk_connection,
                     "SELECT %s FROM gym.check_out(gen_random_uuid(), '%s', NULL, 'desk 1')",
                     column, code);
}

int64_t desk_visits(int64_t member)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.attendance WHERE customer_id = %lld",
                       (long long)member);
}

int64_t desk_denials(int64_t member)
{
    return test_number(test_superuser(),
                       "SELECT count(*) FROM gym.access_log WHERE customer_id = %lld AND result = "
                       "'denied'",
                       (long long)member);
}

void desk_expect_denied(const char *code, int64_t member, const char *reason)
{
    int64_t before = desk_visits(member), denied = desk_denials(member);
    assert_string_equal(desk_check_in(code, "result || '|' || split_part(reasons, E'\\n', 1)"),
                        reason);
    assert_int_equal(desk_visits(member), before);
    assert_int_equal(desk_denials(member), denied + 1);
}
