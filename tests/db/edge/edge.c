/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "edge/edge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

PGconn *edge_desk, *edge_other_desk, *edge_manager, *edge_owner;

int edge_start(void **state)
{
    (void)state;
    test_cluster_start();
    edge_desk = test_connect("north", "desk1");
    edge_other_desk = test_connect("north", "desk2");
    edge_manager = test_connect("north", "mona");
    edge_owner = test_connect("north", "");
    return 0;
}

int edge_stop(void **state)
{
    (void)state;
    PQfinish(edge_desk);
    PQfinish(edge_other_desk);
    PQfinish(edge_manager);
    PQfinish(edge_owner);
    return 0;
}

const char *edge_make_member(const char *tag, int from, int until)
{
    static char numbers[8][24];
    static int next;
    char *number = numbers[next++ % 8];
    snprintf(number, sizeof numbers[0], "%s",
             test_text(test_superuser(),
                       "SELECT customer_id FROM gym.enrol(gen_random_uuid(), 'Member %s', '', '', "
                       "'%s', '', '1980-06-15', '', NULL, NULL, NULL, 'x', false, true)",
                       tag, tag));
    test_run(
        test_superuser(),
        "UPDATE gym.customers SET join_date = gym.today() - 400 WHERE customer_id = %s;"
        "INSERT INTO gym.memberships (gym_id, customer_id, package_id, term, price, anchor_day)"
        " VALUES (1, %s, 1, daterange(gym.today() + %d, gym.today() + %d), 0, 1)",
        number, number, from, until + 1);
    return number;
}

const char *edge_check_in(const char *member, const char *columns)
{
    return test_text(edge_desk,
                     "SELECT %s FROM gym.check_in(gen_random_uuid(), NULL, %s, 'desk 1')", columns,
                     member);
}

const char *edge_check_out(const char *member, const char *columns)
{
    return test_text(edge_desk,
                     "SELECT %s FROM gym.check_out(gen_random_uuid(), NULL, %s, 'desk 1')", columns,
                     member);
}

int64_t edge_count_rows(const char *table, const char *member)
{
    return test_number(test_superuser(), "SELECT count(*) FROM gym.%s WHERE customer_id = %s",
                       table, member);
}

const char *edge_first_code(const char *member)
{
    return edge_check_in(member, "result || ' ' || split_part(reasons, E'\\t', 1)");
}

void edge_expect_sqlstate(const char *got, const char *wanted, const char *words)
{
    assert_string_equal(got, wanted);
    assert_non_null(strstr(test_message(), words));
}
