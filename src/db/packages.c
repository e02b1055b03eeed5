/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/db/packages.h"

#include <stdlib.h>

#include "decode.h"
#include "lane.h"

static void deliver_packages(const struct call *call, PGresult *const *results,
                             const struct error *error)
{
    packages_fn *on_reply = (packages_fn *)call->on_reply;
    if (error) {
        on_reply(call->owner, NULL, 0, error);
        return;
    }
    struct package_row *rows = rows_allocate(PQntuples(results[0]), sizeof *rows);
    int filled = 0;
    for (struct row row = row_first(results[0]); rows && row_exists(&row); row_next(&row)) {
        struct package_row *package = &rows[filled++];
        package->package_id = row_integer(&row);
        row_text(&row, package->name, sizeof package->name);
        row_text(&row, package->description, sizeof package->description);
        package->duration_months = row_int(&row);
        package->visits_included = row_int(&row);
        package->price = row_money(&row);
        package->all_gyms = row_bool(&row);
        package->active = row_bool(&row);
        row_text(&row, package->hours, sizeof package->hours);
        package->members = row_int(&row);
        package->revenue_30_days = row_money(&row);
        package->row_version = row_int(&row);
        package->guests_included = row_int(&row);
    }
    on_reply(call->owner, rows, filled, NULL);
    free(rows);
}

void packages_list(struct db *db, packages_fn *on_reply, void *owner)
{
    call_one(db, DB_BROWSE, CALL_READ, "packages_list", NULL, deliver_packages,
             (call_reply_fn *)on_reply, owner);
}

static void deliver_saved(const struct call *call, PGresult *const *results,
                          const struct error *error)
{
    package_saved_fn *on_reply = (package_saved_fn *)call->on_reply;
    struct row row;
    int64_t package_id = 0;
    if (!error) {
        row = row_first(results[0]);
        package_id = row_integer(&row);
    }
    on_reply(call->owner, package_id, error);
}

void packages_save(struct db *db, const struct package_edit *edit, package_saved_fn *on_reply,
                   void *owner)
{
    struct parameters parameters = {0};
    parameters_text(&parameters, edit->id.text);
    parameters_id(&parameters, edit->package_id);
    parameters_integer(&parameters, edit->row_version);
    parameters_text(&parameters, edit->name);
    parameters_text(&parameters, edit->description);
    parameters_integer(&parameters, edit->duration_months);
    parameters_integer(&parameters, edit->visits_included);
    parameters_money(&parameters, edit->price);
    parameters_bool(&parameters, edit->all_gyms);
    parameters_bool(&parameters, edit->active);
    parameters_text(&parameters, edit->hours);
    parameters_integer(&parameters, edit->guests_included);
    call_one(db, DB_DESK, CALL_WRITE, "packages_save", &parameters, deliver_saved,
             (call_reply_fn *)on_reply, owner);
}
