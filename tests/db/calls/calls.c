/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calls/calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "support.h"

struct house calls_house;
struct heard calls_heard;
struct db *calls_desk, *calls_boss, *calls_owner;

int calls_set_up(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&calls_house, "nordlicht");
    calls_desk = house_sign_in("nordlicht", "desk1", "desk-secret");
    calls_boss = house_sign_in("nordlicht", "boss", "boss-secret");
    calls_owner = house_sign_in("nordlicht", "", "owner-secret");
    return 0;
}

int calls_tear_down(void **state)
{
    (void)state;
    db_close(calls_desk);
    db_close(calls_boss);
    db_close(calls_owner);
    return 0;
}

void calls_scan(const char *code)
{
    struct check_in_request request = {
        .id = request_id_new(), .code = code, .desk = "2", .repeat_seconds = 300};
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

void calls_scan_out(const char *code)
{
    struct check_out_request request = {.id = request_id_new(), .code = code, .desk = "2"};
    attendance_check_out(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

void calls_let_anna_come(void)
{
    test_run(
        test_superuser(),
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT %lld, t - interval '10 min', t + interval '50 min', %lld, %lld "
        "FROM (SELECT now() - k * interval '7 days' AS t FROM generate_series(1, 8) AS k) AS w",
        (long long)calls_house.anna, (long long)calls_house.gym_id, (long long)calls_house.gym_id);
    calls_scan("TAG-ANNA");
    calls_scan_out("TAG-ANNA");
}

int64_t calls_enrol_lapsed(const char *name, const char *keytag)
{
    int64_t member = house_enrol(&calls_house, calls_desk, name, keytag);
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(current_date - 41, current_date - 11) "
             "WHERE customer_id = %lld",
             (long long)member);
    return member;
}

/* Tigran's term was over: he is sent away, pays in cash and goes in. */
static void let_tigran_pay(void)
{
    struct renew_and_check_in_request renew = {.id = request_id_new(),
                                               .customer_id =
                                                   calls_enrol_lapsed("Tigran Late", "TAG-TIGRAN"),
                                               .payment_method_id = 3,
                                               .desk = "2",
                                               .check_in = true};
    calls_scan("TAG-TIGRAN");
    renew.package_id = calls_heard.verdict.renew_package_id;
    attendance_renew_and_check_in(calls_desk, &renew, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

/* So was Olga's, who is let in without. */
static void let_olga_in(void)
{
    struct check_in_request request = {.id = request_id_new(),
                                       .customer_id = calls_enrol_lapsed("Olga Over", "TAG-OLGA"),
                                       .desk = "2",
                                       .override_reason = "pays tomorrow"};
    attendance_check_in(calls_desk, &request, heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

/* Fay's was frozen. */
static void thaw_fay(void)
{
    int64_t fay = house_enrol(&calls_house, calls_desk, "Fay Frost", "TAG-FAY");
    int32_t today = session_today(calls_desk);
    members_freeze(calls_desk, request_id_new(), fay, today, today + 29, "holiday", heard_change,
                   &calls_heard);
    heard_well(calls_desk, &calls_heard);
    calls_scan("TAG-FAY");
    attendance_unfreeze_and_check_in(calls_desk, request_id_new(), fay, "2", heard_verdict,
                                     &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

/* Mia was there yesterday at six in the evening, without her tag. */
static void enter_mias_visit(void)
{
    int64_t mia = house_enrol(&calls_house, calls_desk, "Mia Mistake", "TAG-MIA");
    int64_t from = ((int64_t)session_today(calls_desk) - 1) * 86400 + INT64_C(18) * 3600;
    test_run(test_superuser(),
             "UPDATE gym.customers SET join_date = current_date - 9 WHERE customer_id = %lld",
             (long long)mia);
    attendance_backfill(calls_desk, request_id_new(), mia, from, from + INT64_C(4200),
                        "forgot her tag", "2", heard_verdict, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

/* Rosa pays a part of her renewal, and cancels it. */
static void cancel_rosas_term(void)
{
    int64_t rosa = house_enrol(&calls_house, calls_desk, "Rosa Renew", NULL);
    members_renew(calls_desk, request_id_new(), rosa, calls_house.annual, 0, "2", heard_change,
                  &calls_heard);
    heard_well(calls_desk, &calls_heard);
    members_pay(calls_desk, request_id_new(), rosa, 10000, 2, "2", "first part", heard_change,
                &calls_heard);
    heard_well(calls_desk, &calls_heard);
    members_cancel(calls_desk, request_id_new(), rosa, session_today(calls_desk) + 10, "moving",
                   heard_change, &calls_heard);
    heard_well(calls_desk, &calls_heard);
}

void calls_spend_day(void)
{
    calls_let_anna_come();
    house_enrol(&calls_house, calls_desk, "Ben Twice", "TAG-BEN");
    calls_scan("TAG-BEN");
    let_tigran_pay();
    let_olga_in();
    thaw_fay();
    enter_mias_visit();
    for (int i = 0; i < 45; i++) {
        char name[64];
        snprintf(name, sizeof name, "Walker %c", 'a' + i % 5);
        int64_t walker = house_enrol(&calls_house, calls_desk, name, NULL);
        if (i == 0)
            test_run(test_superuser(),
                     "INSERT INTO gym.charges (gym_id, customer_id, amount, due_on) "
                     "VALUES (%lld, %lld, 12.34, current_date)",
                     (long long)calls_house.gym_id, (long long)walker);
    }
    cancel_rosas_term();
}
