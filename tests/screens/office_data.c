/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "office_data.h"

#include <stdio.h>

#include "gymtui/base/date.h"

#define DAY(back) (OFFICE_TODAY - (back))

const struct member_row office_members[OFFICE_MEMBERS] = {
    {.customer_id = 10482,
     .name = "Anahit Petrosyan",
     .plan = "Monthly",
     .status = "active",
     .segment = "Loyal",
     .phone = "+353 1 555 0482",
     .ends = DAY(-23),
     .last_visit = DAY(0),
     .is_in = true},
    {.customer_id = 10077,
     .name = "Tigran Hakobyan",
     .plan = "Monthly",
     .status = "expired",
     .segment = "Lost",
     .ends = DAY(12),
     .last_visit = DAY(18),
     .balance = 3900},
    {.customer_id = 11020,
     .name = "Պետրոս Ավետիսյան",
     .plan = "Off-peak",
     .status = "active",
     .segment = "At Risk",
     .ends = DAY(-60),
     .last_visit = DAY(31)},
    {.customer_id = 10301,
     .name = "李小龍",
     .plan = "Annual",
     .status = "active",
     .segment = "Champions",
     .phone = "+353 86 123 4567",
     .ends = DAY(-200),
     .last_visit = DAY(1)},
    {.customer_id = 10555,
     .name = "Marguerite de La Tour-d'Auvergne-Lauragu",
     .plan = "Quarterly, students of the university",
     .status = "active",
     .segment = "Needs attention",
     .ends = DAY(-5),
     .last_visit = DAY(3)},
    {.customer_id = 10666,
     .name = "Bobby \033[31m\033]0;owned\007Tables",
     .plan = "Monthly",
     .status = "active",
     .ends = DAY(-40),
     .last_visit = DAY(2),
     .balance = 123450},
    {.customer_id = 10700,
     .name = "Jo O'Neill",
     .plan = "Monthly",
     .status = "frozen",
     .segment = "Hibernating",
     .ends = DAY(-20),
     .last_visit = DAY(70)},
    {.customer_id = 10701,
     .name = "Petra Lindqvist",
     .plan = "Annual",
     .status = "cancelled",
     .segment = "Lost",
     .ends = DAY(400),
     .last_visit = DAY(420)},
    {.customer_id = 10966,
     .name = "New Member",
     .plan = "Monthly",
     .status = "active",
     .segment = "New",
     .ends = DAY(0),
     .last_visit = DATE_NONE},
};

const struct package_row office_packages[OFFICE_PACKAGES] = {
    {.package_id = 1,
     .name = "Monthly",
     .description = "All hours, no commitment beyond the month",
     .duration_months = 1,
     .price = 3900,
     .active = true,
     .members = 436,
     .revenue_30_days = 1700400,
     .row_version = 3},
    {.package_id = 2,
     .name = "Off-peak",
     .duration_months = 1,
     .price = 2700,
     .hours = "09-16",
     .active = true,
     .members = 67,
     .revenue_30_days = 180900},
    {.package_id = 3,
     .name = "Annual",
     .description = "Twelve months, every gym of the chain",
     .duration_months = 12,
     .price = 34900,
     .all_gyms = true,
     .active = true,
     .members = 151,
     .revenue_30_days = 418800},
    {.package_id = 4,
     .name = "Ten visits",
     .duration_months = 0,
     .visits_included = 10,
     .price = 7000,
     .active = true,
     .members = 12,
     .revenue_30_days = 21000},
    {.package_id = 5,
     .name = "Founders' rate",
     .duration_months = 12,
     .price = 19900,
     .active = false,
     .members = 4,
     .revenue_30_days = 0},
};

const struct trainer_row office_trainers[2] = {
    {.trainer_id = 1, .name = "Siobhán Ní Bhriain"},
    {.trainer_id = 2, .name = "Կարեն Սարգսյան"},
};

/* --- the card --- */

static const struct member_term terms[] = {
    {.membership_id = 31,
     .plan = "Monthly",
     .starts = DAY(37),
     .ends = DAY(-23),
     .price = 3900,
     .cancelled_on = DATE_NONE},
    {.membership_id = 30,
     .plan = "Quarterly",
     .starts = DAY(190),
     .ends = DAY(98),
     .price = 10500,
     .cancelled_on = DATE_NONE},
    {.membership_id = 29,
     .plan = "Annual",
     .starts = DAY(556),
     .ends = DAY(191),
     .price = 34900,
     .cancelled_on = DATE_NONE},
};
static const struct member_freeze freezes[] = {
    {.starts = DAY(330), .ends = DAY(300), .reason = "injury"},
};
static const struct member_payment payments[] = {
    {.transaction_id = 903, .day = DAY(37), .amount = 3900, .kind = "renewal", .method = "card"},
    {.transaction_id = 901,
     .day = DAY(100),
     .amount = -2000,
     .kind = "refund",
     .method = "cash",
     .note = "paid twice"},
    {.transaction_id = 900,
     .day = DAY(190),
     .amount = 10500,
     .kind = "renewal",
     .method = "debit card"},
};

#define VISITS 30

const struct member_card *office_card(void)
{
    static struct member_visit visits[VISITS];
    static struct member_card card;
    for (int i = 0; i < VISITS; i++) {
        int64_t in = INT64_C(86400) * DAY(i * 3) + INT64_C(60) * (18 * 60 + i * 7 % 20);
        int64_t seconds = INT64_C(60) * (50 + i * 11 % 40);
        visits[i] = (struct member_visit){.attendance_id = 5000 - i,
                                          .in_local = in,
                                          .out_local = i == 0 ? MOMENT_NONE : in + seconds,
                                          .seconds = i == 0 ? 240 : seconds,
                                          .desk = "2"};
    }
    snprintf(visits[3].remark, sizeof visits[3].remark, "auto-closed");
    snprintf(visits[5].remark, sizeof visits[5].remark, "voided: mistake");
    card = (struct member_card){
        .customer_id = 10482,
        .gym_id = 1,
        .package_id = 1,
        .trainer_id = 1,
        .name = "Anahit Petrosyan",
        .email = "anahit@example.org",
        .phone = "+353 1 555 0482",
        .keytag = "20417733",
        .gender = "female",
        .note = "Knee: no jumping until spring",
        .plan = "Monthly",
        .status = "active",
        .trainer = "Siobhán Ní Bhriain",
        .home_gym = "Iron Temple",
        .birth_date = DAY(13000),
        .join_date = DAY(556),
        .ends = DAY(-23),
        .balance = 3900,
        .paid_total = 49300,
        .paid_12_months = 12400,
        .row_version = 7,
        .visits_total = 214,
        .visits_month = 9,
        .visits_per_week = {2, 3, 2, 1, 0, 0, 0, 1, 2, 2, 3, 3, 2,
                            2, 1, 2, 3, 4, 3, 2, 2, 3, 3, 2, 3, 2},
        .last_visit = DAY(0),
        .habit = "usually Sat 18:10",
        .is_in = true,
        .open_attendance_id = 5000,
        .r = 5,
        .f = 4,
        .m = 3,
        .segment = "Loyal",
        .has_clv = true,
        .clv = 412.4,
        .clv_low = 310,
        .clv_high = 540,
        .p_renew = .82,
        .p_renew_usual = .91,
        .at_stake = 37.1,
        .risk_reason = "usually 2.1 a week, silent for 19 days",
        .model = "renewal hazard",
        .value_as_of = DAY(0),
        .terms = terms,
        .term_count = 3,
        .freezes = freezes,
        .freeze_count = 1,
        .visits = visits,
        .visit_count = VISITS,
        .payments = payments,
        .payment_count = 3,
    };
    return &card;
}

/* --- gyms --- */

const struct gym_row office_gyms[OFFICE_GYMS] = {
    {.gym_id = 1,
     .name = "Iron Temple",
     .username = "iron-temple",
     .email = "desk@iron-temple.example",
     .address = "1 Quay Street, Dublin",
     .phone = "+353 1 555 0100",
     .time_zone = "Europe/Dublin",
     .currency = "EUR",
     .capacity = 120,
     .row_version = 2,
     .members = 839,
     .inside = 87,
     .staff = 4,
     .expired_grace = 3,
     .expiring_within = 7,
     .auto_checkout_minutes = 240,
     .owing = "warn",
     .capacity_policy = "warn",
     .sessions_low = 2,
     .under_age = 16,
     .pack_months = 12,
     .freeze_max_days = 366,
     .backfill_days = 31,
     .opening = "06:30",
     .closing = "22:00"},
    {.gym_id = 2,
     .name = "Երևան Ֆիտնես",
     .username = "yerevan",
     .email = "yerevan@example.org",
     .time_zone = "Asia/Yerevan",
     .currency = "AMD",
     .members = 402,
     .inside = 12,
     .staff = 2,
     .auto_checkout_minutes = 180,
     .owing = "deny",
     .capacity_policy = "ignore"},
    {.gym_id = 3,
     .name = "東京ジム",
     .username = "tokyo",
     .email = "tokyo@example.org",
     .time_zone = "Asia/Tokyo",
     .currency = "JPY",
     .capacity = 40,
     .members = 259,
     .inside = 40,
     .staff = 3,
     .auto_checkout_minutes = 240,
     .owing = "ignore",
     .capacity_policy = "deny"},
};

const struct staff_row office_staff[OFFICE_STAFF] = {
    {.username = "anna", .name = "Anna Byrne", .level = LEVEL_MANAGER, .gym_id = 1},
    {.username = "desk1", .name = "Desk One", .level = LEVEL_DESK, .gym_id = 1},
    {.username = "karen",
     .name = "Կարեն Սարգսյան",
     .level = LEVEL_DESK,
     .disabled = true,
     .gym_id = 1},
    {.username = "maeve", .name = "Maeve O'Shea", .level = LEVEL_OWNER, .gym_id = 1},
};

/* --- figures --- */

const struct statistics_overview *office_overview(void)
{
    static struct statistics_overview overview;
    overview = (struct statistics_overview){
        .members = 839,
        .members_month_ago = 827,
        .visits_7_days = 1104,
        .visits_previous_7_days = 1310,
        .revenue_30_days = 3310000,
        .revenue_previous_30_days = 3271000,
        .recurring = 3142000,
        .recurring_month_ago = 3180000,
        .expiring_14_days = 61,
        .owing_members = 12,
        .owing_total = 49800,
        .absent_14_days = 75,
        .absent_14_days_month_ago = 66,
        .owing_members_month_ago = 15,
        .valued_on = OFFICE_TODAY,
        .valued_before = OFFICE_TODAY - 7,
        .clv_mean = 209.4,
        .clv_mean_before = 205.1,
        .at_risk = 64,
        .at_risk_before = 58,
        .at_stake = 19700,
        .at_stake_before = 17350,
        .by_status = {{.name = "active", .members = 803, .share = .957},
                      {.name = "frozen", .members = 36, .share = .043}},
        .status_count = 2,
        .by_package = {{"Monthly", 436, .52, 431},
                       {"Annual", 151, .18, 152},
                       {"Quarterly", 117, .139, 117},
                       {"Off-peak", 67, .08, 61},
                       {"学生プラン (students)", 68, .081, 66}},
        .package_count = 5,
        .month_count = STATISTICS_MONTHS,
    };
    for (int i = 0; i < STATISTICS_MONTHS; i++) {
        int month = 11 + i; /* December 2024 … November 2026 */
        overview.months[i] = (struct statistics_month){
            .month = date_from_civil(2024 + month / 12, month % 12 + 1, 1),
            .revenue = 2500000 + (i * 37 % 11) * 90000,
            .payments = 640 + i * 37 % 90,
            .joined = 30 + i * 7 % 13,
            .left = 24 + i * 5 % 11,
            .visits = 4200 + i * 53 % 700,
            .members_at_end = 600 + i * 10,
            .recurring = 2400000 + i * 32000,
        };
    }
    return &overview;
}

const struct statistics_heat *office_heat(void)
{
    static struct statistics_heat heat;
    static const double weekday[7] = {1.15, 1.18, 1.10, 1.02, .88, .80, .72};
    static const double hours[18] = {2,   7, 9, 6,  5,  4,    3.5, 5, 4,
                                     2.5, 3, 5, 10, 13, 10.5, 6.5, 3, 1};
    heat = (struct statistics_heat){.weeks = 8};
    for (int day = 0; day < 7; day++) {
        for (int hour = 5; hour < 23; hour++) {
            double mean = weekday[day] * hours[hour - 5] * 2.5;
            if (day >= 5)
                mean = hour < 8 || hour > 20 ? 0 : mean / 2;
            heat.visits[day][hour] = mean;
            if (mean > heat.highest)
                heat.highest = mean;
        }
    }
    return &heat;
}
