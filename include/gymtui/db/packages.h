/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages: the plans a gym sells, with their figures. */
#ifndef GYMTUI_DB_PACKAGES_H
#define GYMTUI_DB_PACKAGES_H

#include "gymtui/base/money.h"
#include "gymtui/db/db.h"

struct package_row {
    int64_t package_id;
    char name[80], description[200];
    int duration_months; /* 0: a day pass or a pack of visits */
    int visits_included; /* 0: no limit */
    int guests_included; /* guests a month who pay nothing */
    money price;
    bool all_gyms, active;
    char hours[24]; /* "", or "09-16" for off-peak plans on weekdays */
    int members;    /* active members on it now */
    money revenue_30_days;
    int row_version;
};
typedef void packages_fn(void *owner, const struct package_row *rows, int count,
                         const struct error *error);
/* All packages of the gym, active first, by duration then price. */
void packages_list(struct db *db, packages_fn *on_reply, void *owner);

struct package_edit {
    struct request_id id;
    int64_t package_id; /* 0: new */
    int row_version;
    const char *name, *description, *hours;
    int duration_months, visits_included, guests_included;
    money price;
    bool all_gyms, active;
};
typedef void package_saved_fn(void *owner, int64_t package_id, const struct error *error);
void packages_save(struct db *db, const struct package_edit *edit, package_saved_fn *on_reply,
                   void *owner);

#endif
