/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The office without a database: segments and their members, the queue of those at risk, campaigns
 * and datasets, answered from tables, and what was asked for. Linked into test_office_… alone,
 * since it stands in for calls that other tests leave to the fakes.
 */
#ifndef GYMTUI_TESTS_SCREENS_OFFICE_OFFICE_H
#define GYMTUI_TESTS_SCREENS_OFFICE_OFFICE_H

#include <stdint.h>

#include "fake_host.h"
#include "gymtui/db/campaigns.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/segments.h"
#include "office_data.h"

#define OFFICE_CUSTOMERS 9
#define OFFICE_RISKS     6

/* What the database has, which a test may change, and what was asked of it. */
struct office_saw {
    struct segments segments;
    struct segment_customer customers[OFFICE_CUSTOMERS];
    struct segment_query query; /* the last one */
    char search[64];
    int queries;
    struct at_risk at_risk;
    struct at_risk_row risks[OFFICE_RISKS];
    int risk_count, risk_reads;
    struct campaign_row campaigns[6];
    int campaign_count;
    struct campaign_edit created;
    int changes, changed_version;
    money changed_cost;
    char changed_name[80];
    int64_t ended;
    char created_name[80];
    struct segment_choice created_choice;
    int creations;
    struct contact_entry logged;
    int contacts;
    struct dataset_row datasets[24];
    int dataset_count;
    bool more; /* pages of customers have a next one */
    int64_t dataset_read;
};
extern struct office_saw office_saw;

/* The tables as they are at first; nothing was asked. */
void office_begin(void);
/* The analytics screen on this page. */
struct host *office_open_page(const char *page);
/* On the screen, be it over the end of a line. */
void office_expect_text(struct host *host, const char *wanted);
/* Against its golden file; _all: and at every size. */
void office_check(const char *name, struct host *host);
void office_check_all(const char *name, struct host *host);

#endif
