/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gymtui/base/date.h"
#include "support.h"

struct house people_house;
struct heard people_heard;
struct db *people_desk, *people_boss, *people_owner;

struct people_told people_told;

static void note(void *owner_, int count, const struct error *error)
{
    struct heard *to = owner_;
    to->replies++;
    to->count = count;
    to->error = error ? *error : (struct error){0};
}

void people_told_preview(void *to, const struct member_preview *preview, const struct error *error)
{
    note(to, 1, error);
    if (!error)
        people_told.preview = *preview;
}

void people_told_merge(void *to, const struct merge_preview *preview, const struct error *error)
{
    note(to, 1, error);
    if (!error)
        people_told.merge = *preview;
}

void people_told_merged(void *to, const struct merged_record *rows, int count,
                        const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 8; i++)
        people_told.merged[i] = rows[i];
}

void people_told_contacts(void *to, const struct contact_row *rows, int count,
                          const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 20; i++)
        people_told.contacts[i] = rows[i];
}

void people_told_recipients(void *to, const struct message_recipient *rows, int count,
                            const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 8; i++)
        people_told.recipients[i] = rows[i];
}

void people_told_import(void *to, const struct member_import_row *rows, int count,
                        const struct error *error)
{
    note(to, count, error);
    for (int i = 0; i < count && i < 16; i++)
        people_told.rows[i] = rows[i];
}

int64_t people_enrol(const char *name)
{
    return house_enrol(&people_house, people_desk, name, NULL);
}

int32_t people_today(void)
{
    return session_today(people_desk);
}

void people_preview(enum member_preview_kind kind, int64_t member, int64_t package, int32_t from,
                    int32_t until, int method)
{
    struct member_preview_request request = {.kind = kind,
                                             .customer_id = member,
                                             .package_id = package,
                                             .from = from,
                                             .until = until,
                                             .payment_method_id = method};
    members_preview(people_desk, &request, people_told_preview, &people_heard);
    heard_wait(people_desk);
}

void people_expect_error(enum error_code code)
{
    if (people_heard.error.code != code)
        fail_msg("error %d, not %d: %s", (int)people_heard.error.code, (int)code,
                 people_heard.error.message);
}

const char *people_figures(int64_t member)
{
    return test_text(test_superuser(),
                     "SELECT concat_ws('|', starts, ends, package_id, balance, paid_total, "
                     "visit_count) FROM gym.member_summary WHERE customer_id = %lld",
                     (long long)member);
}

void people_expect_as_shown(int64_t member)
{
    assert_string_equal(people_heard.change.text, people_told.preview.text);
    assert_int_equal(people_heard.change.ends, people_told.preview.ends);
    assert_int_equal(people_heard.change.balance, people_told.preview.balance);
    char starts[16], ends[16], amount[32];
    date_format_iso(starts, sizeof starts, people_told.preview.starts);
    date_format_iso(ends, sizeof ends, people_told.preview.ends);
    money_format_plain(amount, sizeof amount, people_told.preview.balance);
    char wanted[160];
    snprintf(wanted, sizeof wanted, "%s|%s|%s|%s", starts, ends, people_told.preview.plan, amount);
    assert_string_equal(
        test_text(test_superuser(),
                  "SELECT concat_ws('|', s.starts, s.ends, p.name, s.balance) FROM "
                  "gym.member_summary s JOIN gym.packages p USING (package_id) WHERE "
                  "s.customer_id = %lld",
                  (long long)member),
        wanted);
}

int64_t people_twin(const char *name)
{
    int64_t member = people_enrol(name);
    test_run(test_superuser(),
             "UPDATE gym.memberships SET term = daterange(lower(term) - 400 - customer_id::int %% "
             "10 * 40, lower(term) - 380 - customer_id::int %% 10 * 40) WHERE customer_id = %lld; "
             "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
             "VALUES (%lld, now() - interval '2 days', now() - interval '47 hours', %lld, %lld); "
             "SELECT gym.recount_visits(%lld)",
             (long long)member, (long long)member, (long long)people_house.gym_id,
             (long long)people_house.gym_id, (long long)member);
    return member;
}

void people_merge(int64_t loser, int64_t winner)
{
    members_merge(people_boss, request_id_new(), loser, winner, heard_change, &people_heard);
    heard_well(people_boss, &people_heard);
}

void people_separate(int64_t loser)
{
    members_unmerge(people_boss, request_id_new(), loser, heard_change, &people_heard);
    heard_well(people_boss, &people_heard);
}

int people_set_up(void **state)
{
    (void)state;
    test_cluster_start();
    house_build(&people_house, "nordlicht");
    people_desk = house_sign_in("nordlicht", "desk1", "desk-secret");
    people_boss = house_sign_in("nordlicht", "boss", "boss-secret");
    people_owner = house_sign_in("nordlicht", "", "owner-secret");
    test_run(test_superuser(), "SELECT auth.pick_gym(%lld)", (long long)people_house.gym_id);
    return 0;
}

int people_tear_down(void **state)
{
    (void)state;
    db_close(people_desk);
    db_close(people_boss);
    db_close(people_owner);
    return 0;
}
