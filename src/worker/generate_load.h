/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes simulated rows into the incoming tables (src/db/reseed_prepare.sql). */
#ifndef GYMTUI_WORKER_GENERATE_LOAD_H
#define GYMTUI_WORKER_GENERATE_LOAD_H

#include "gymtui/db/bulk.h"
#include "gymtui/worker/simulate.h"

/* The numbers of a gym's rows: each gym has a range of its own, so that gyms can be loaded in any
 * order, and by several connections, and get the same numbers. */
struct load_numbers {
    int64_t base, limit; /* rows are base + 1 … limit in each table */
    int64_t terms, freezes, charges, payments, visits, denials, contacts;
};
struct load_numbers load_numbers_of(const struct simulation *simulation, int gym);

int64_t load_gym_id(int gym);

/* The gym's own row, its packages and trainers. */
bool load_gym(struct bulk *bulk, const struct simulation *simulation, int gym, struct error *error);
bool load_visits(struct bulk *bulk, const struct simulation *simulation,
                 const struct sim_batch *batch, struct load_numbers *numbers, struct error *error);
/* Everything of the members but their visits. */
bool load_members(struct bulk *bulk, const struct simulation *simulation,
                  const struct sim_batch *batch, struct load_numbers *numbers, struct error *error);
/* Adds what the batch's payments brought into each till of the past, in cash. */
void load_take_cash(const struct sim_gym *gym, const struct sim_batch *batch, money *cash);
/* The tills, when all payments are in. */
bool load_tills(struct bulk *bulk, const struct simulation *simulation, int gym, const money *cash,
                struct error *error);
/* RFM rows of all members of a gym, from measures in order of number. */
bool load_rfm(struct bulk *bulk, const struct simulation *simulation, int gym,
              const struct sim_measures *measures, struct error *error);

/* Shared by the files of this module. */
int64_t load_package_id(int gym, enum plan plan);
int64_t load_trainer_id(int gym, int trainer);
int64_t load_till_id(const struct load_numbers *numbers, int till); /* as simulate_till_of */
void load_put_local(struct bulk *bulk, const struct sim_gym *gym, int64_t local);
void load_put_midnight(struct bulk *bulk, const struct sim_gym *gym, int32_t day);
bool load_check_numbers(int64_t used, const struct load_numbers *numbers, struct error *error);
extern const char *const load_desks[]; /* by sim_visit.desk */

#endif
