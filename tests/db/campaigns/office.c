/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "campaigns/office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/worker/campaigns.h"
#include "support.h"

struct db *office_manager;
struct office_saw office_saw;

void office_note_error(const struct error *error)
{
    if (error)
        office_saw.error = *error;
    else
        memset(&office_saw.error, 0, sizeof office_saw.error);
}

void office_on_created(void *owner, const struct campaign_created *created,
                       const struct error *error)
{
    (void)owner;
    office_note_error(error);
    if (created)
        office_saw.created = *created;
}

void office_on_campaigns(void *owner, const struct campaign_row *rows, int count,
                         const struct error *error)
{
    (void)owner;
    office_note_error(error);
    office_saw.count = count;
    for (int i = 0; i < count && i < 32; i++)
        office_saw.campaigns[i] = rows[i];
}

void office_on_members(void *owner, const struct campaign_member *rows, int count, bool more,
                       const struct error *error)
{
    (void)owner;
    office_note_error(error);
    office_saw.count = count;
    office_saw.more = more;
    for (int i = 0; i < count && i < 600; i++)
        office_saw.members[i] = rows[i];
}

static void office_on_ended(void *owner, const struct campaign_ended *ended,
                            const struct error *error)
{
    (void)owner;
    office_note_error(error);
    if (ended)
        office_saw.ended = *ended;
}

int64_t office_create(const struct campaign_edit *edit)
{
    campaigns_create(office_manager, edit, office_on_created, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    return office_saw.created.campaign_id;
}

struct campaign_row office_read_campaign(int64_t campaign)
{
    campaigns_list(office_manager, office_on_campaigns, NULL);
    heard_wait(office_manager);
    assert_int_equal(office_saw.error.code, ERROR_NONE);
    for (int i = 0; i < office_saw.count; i++)
        if (office_saw.campaigns[i].campaign_id == campaign)
            return office_saw.campaigns[i];
    fail_msg("the campaign is not in the list");
    return office_saw.campaigns[0];
}

void office_end(int64_t campaign)
{
    campaigns_end(office_manager, request_id_new(), campaign, office_on_ended, NULL);
    heard_wait(office_manager);
}

void office_measure(void)
{
    struct error error;
    struct bulk *bulk = bulk_open(test_admin(), &error);
    assert_non_null(bulk);
    assert_true(campaigns_update(bulk, 1, &error));
    assert_true(bulk_commit(bulk, &error));
    bulk_close(bulk);
}

void office_age(int64_t campaign, int days)
{
    test_run(test_superuser(),
             "UPDATE gym.campaigns SET starts_on = gym.today() - %d WHERE campaign_id = %lld", days,
             (long long)campaign);
}

int office_set_up(void **state)
{
    (void)state;
    test_cluster_start();
    PGconn *su = test_superuser();
    test_run(su, "INSERT INTO gym.customers (customer_id, gym_id, name, join_date) SELECT 31000 + "
                 "n, 1, 'Former ' || n, gym.today() - 400 FROM generate_series(1, 150) n");
    test_run(su, "INSERT INTO gym.rfm (gym_id, customer_id, recency_score, frequency_score, "
                 "monetary_score, customer_segment, r, f, m, as_of) SELECT 1, 31000 + n, 200, 0, "
                 "0, 'Lost', 1, 1, 1, gym.today() FROM generate_series(1, 150) n");
    office_manager = house_sign_in("north", "mona", TEST_PASSWORD);
    return 0;
}

int office_tear_down(void **state)
{
    (void)state;
    db_close(office_manager);
    return 0;
}

static const struct segment_choice office_lost = {.segment = "Lost"};

struct campaign_edit office_lost_campaign(const char *name, enum campaign_slot slot)
{
    return (struct campaign_edit){.id = request_id_new(),
                                  .name = name,
                                  .offer = "a free month",
                                  .slot = slot,
                                  .holdout_share = CAMPAIGN_HOLDOUT,
                                  .window_days = CAMPAIGN_WINDOW,
                                  .choice = &office_lost};
}
