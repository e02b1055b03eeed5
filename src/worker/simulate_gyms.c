/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain: its gyms, what they sell, how large they are, and when their members joined. */
#include "simulate_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct plan_facts plan_facts[PLAN_COUNT] = {
    {"Monthly", "Runs on from month to month", 1, 0, 3900, .48, false, false},
    {"All Gyms", "Monthly, opens every gym of the chain", 1, 0, 5500, .04, false, true},
    {"Off-Peak", "Monthly; weekdays 9 to 16, weekends all day", 1, 0, 2700, .08, true, false},
    {"Student", "Monthly, with a student card", 1, 0, 2900, .08, false, false},
    {"Quarterly", "Three months, paid ahead", 3, 0, 10500, .14, false, false},
    {"Annual", "Twelve months, paid ahead", 12, 0, 34900, .18, false, false},
    {"Ten Visits", "Ten visits within a year", 0, 10, 7000, 0, false, false},
    {"Day Pass", "One day", 0, 1, 1000, 0, false, false},
};

const double month_of_joining[12] = {1.9, 1.25, 1.05, .95, .95, .85, .75, .8, 1.25, 1.0, .8, .55};

const char *const simulate_zones[] = {"Europe/Dublin", "Europe/Paris", "Europe/Berlin", NULL};

/* Pairs of neighbours are sister gyms, so that who trains in both need not travel far. */
static const struct place {
    const char *name, *username, *street, *city, *phone;
    int country;
} places[] = {
    {"Iron Temple", "iron-temple", "14 Capel Street", "Dublin 1", "+353 20 910 0001", 0},
    {"Harbour Strength", "harbour-strength", "3 Hanover Quay", "Dublin 2", "+353 20 910 0002", 0},
    {"Salle Lumière", "salle-lumiere", "27 rue des Vinaigriers", "75010 Paris", "+33 1 99 00 10 03",
     1},
    {"Atelier Force", "atelier-force", "8 rue Oberkampf", "75011 Paris", "+33 1 99 00 10 04", 1},
    {"Eisenhalle Neun", "eisenhalle-neun", "Pappelallee 9", "10437 Berlin", "+49 30 23125 905", 2},
    {"Hof & Hantel", "hof-und-hantel", "Weserstraße 51", "12045 Berlin", "+49 30 23125 906", 2},
    {"The Boiler Room", "boiler-room", "20 Lavitt's Quay", "Cork", "+353 20 910 0007", 0},
    {"Shandon Barbell", "shandon-barbell", "5 Church Street", "Cork", "+353 20 910 0008", 0},
    {"Le Gymnase du Port", "gymnase-du-port", "2 quai Rambaud", "69002 Lyon", "+33 4 65 71 10 09",
     1},
    {"Fonte & Souffle", "fonte-et-souffle", "41 rue de Sèze", "69006 Lyon", "+33 4 65 71 10 10", 1},
    {"Elbkraft", "elbkraft", "Große Elbstraße 132", "22767 Hamburg", "+49 40 66969 911", 2},
    {"Speicher Sport", "speicher-sport", "Brooktorkai 11", "20457 Hamburg", "+49 40 66969 912", 2},
    {"West Gate Gym", "west-gate-gym", "7 Dominick Street", "Galway", "+353 20 910 0013", 0},
    {"Claddagh Fitness", "claddagh-fitness", "18 Fairhill Road", "Galway", "+353 20 910 0014", 0},
    {"La Grande Barre", "la-grande-barre", "12 rue de Gand", "59800 Lille", "+33 3 53 01 10 15", 1},
    {"Forme Atlantique", "forme-atlantique", "6 quai de la Fosse", "44000 Nantes",
     "+33 2 61 91 10 16", 1},
    {"Domkraft", "domkraft", "Eigelstein 77", "50668 Köln", "+49 221 4710 917", 2},
    {"Mainhalle", "mainhalle", "Hanauer Landstraße 136", "60314 Frankfurt", "+49 69 90009 918", 2},
    {"Treaty Athletic", "treaty-athletic", "9 Clancy's Strand", "Limerick", "+353 20 910 0019", 0},
    {"King John's Weights", "king-johns-weights", "1 Nicholas Street", "Limerick",
     "+353 20 910 0020", 0},
};
#define PLACES ((int)(sizeof places / sizeof places[0]))

static const char *const quarters[] = {"North", "South",  "East",   "West",    "Park", "Station",
                                       "Mill",  "Bridge", "Market", "Gardens", "Hill", "Riverside"};
#define QUARTERS ((int)(sizeof quarters / sizeof quarters[0]))

static void name_gym(struct sim_gym *gym, int index)
{
    const struct place *place = &places[index % PLACES];
    int round = index / PLACES;
    gym->country = place->country;
    snprintf(gym->phone, sizeof gym->phone, "%s", place->phone);
    snprintf(gym->address, sizeof gym->address, "%s, %s", place->street, place->city);
    if (round == 0) {
        snprintf(gym->name, sizeof gym->name, "%s", place->name);
        snprintf(gym->username, sizeof gym->username, "%s", place->username);
    } else {
        const char *quarter = quarters[(round - 1) % QUARTERS];
        int again = (round - 1) / QUARTERS;
        char number[12] = "";
        if (again > 0)
            snprintf(number, sizeof number, " %d", again + 1);
        snprintf(gym->name, sizeof gym->name, "%s %s%s", place->name, quarter, number);
        snprintf(gym->username, sizeof gym->username, "%.18s-%03d", place->username, index + 1);
    }
    snprintf(gym->email, sizeof gym->email, "desk@%s.example.org", gym->username);
    snprintf(gym->currency, sizeof gym->currency, "EUR");
}

static void price_plans(struct sim_gym *gym)
{
    for (int plan = 0; plan < PLAN_COUNT; plan++) {
        double price = (double)plan_facts[plan].price * gym->factor;
        gym->price[plan] = (money)lround(price / 100) * 100;
    }
}

/* Cumulative share of joiners by calendar month, the running one up to today. New gyms open with a
 * rush, and grow or shrink a little every month. */
static void spread_joins(const struct simulation *simulation, struct sim_gym *gym, double *joins,
                         gsl_rng *random)
{
    double growth = -.004 + .018 * gsl_rng_uniform(random), total = 0;
    struct date_civil today = date_to_civil(gym->today);
    for (int m = 0; m < simulation->months; m++) {
        struct date_civil civil = date_to_civil(date_add_months(gym->opened, m, 1));
        double weight = month_of_joining[civil.month - 1] * exp(growth * m);
        weight *= m == 0 ? 2.2 : m == 1 ? 1.6 : m == 2 ? 1.25 : 1;
        if (m == simulation->months - 1)
            weight *= (double)today.day / date_days_in_month(today.year, today.month);
        total += weight;
        joins[m] = total;
    }
    for (int m = 0; m < simulation->months; m++)
        joins[m] /= total;
}

/* A seat for everyone at the busiest hour of a good Monday, and some air. */
static int capacity_for(int members)
{
    int peak = (int)(members * .016);
    return (20 + peak * 2 + 4) / 5 * 5;
}

int32_t gyms_join_day(const struct simulation *simulation, int gym_index, int index,
                      gsl_rng *random)
{
    const struct sim_gym *gym = &simulation->gyms[gym_index];
    const double *joins = simulation->joins + (ptrdiff_t)gym_index * simulation->months;
    int ordinary = gym->members - planted_count;
    /* Stratified: index i falls in the i-th share, so numbers follow the days of joining. */
    double share = (index - planted_count + gsl_rng_uniform(random)) / ordinary;
    int m = 0;
    while (m < simulation->months - 1 && joins[m] < share)
        m++;
    double before = m > 0 ? joins[m - 1] : 0;
    double within = (share - before) / (joins[m] - before);
    int32_t first = date_add_months(gym->opened, m, 1);
    int32_t after = m == simulation->months - 1 ? gym->today + 1 : date_add_months(first, 1, 1);
    int32_t day = first + (int32_t)floor(within * (after - first));
    day = day < first ? first : day >= after ? after - 1 : day;
    /* Before nine in the morning nobody has joined today. */
    if (day == gym->today && gym->now < local_at(gym->today, 9 * 60))
        day--;
    return day;
}

bool gyms_lay_out(struct simulation *simulation, const struct zone_table *zones, int zone_count,
                  int64_t as_of_utc, struct error *error)
{
    int count = simulation->gym_count;
    simulation->gyms = calloc((size_t)count, sizeof *simulation->gyms);
    simulation->joins = calloc((size_t)count * (size_t)simulation->months, sizeof(double));
    gsl_rng *random = gsl_rng_alloc(&random_type);
    double *sizes = calloc((size_t)count, sizeof *sizes);
    if (!simulation->gyms || !simulation->joins || !random || !sizes) {
        free(sizes);
        gsl_rng_free(random);
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    }
    double total = 0;
    for (int i = 0; i < count; i++) {
        random_seed(random, simulation->seed, i, 0, STREAM_GYM);
        sizes[i] = i == 0 ? 1.25 : .75 + .5 * gsl_rng_uniform(random);
        total += sizes[i];
    }
    int64_t stride = 10000, left = simulation->member_total;
    while (stride < 2 * simulation->member_total / count)
        stride *= 10;
    bool found = true;
    for (int i = 0; i < count; i++) {
        struct sim_gym *gym = &simulation->gyms[i];
        random_seed(random, simulation->seed, i, 1, STREAM_GYM);
        name_gym(gym, i);
        gym->zone = NULL;
        for (int z = 0; z < zone_count; z++)
            if (strcmp(zones[z].name, simulate_zones[gym->country]) == 0)
                gym->zone = &zones[z];
        if (!gym->zone) {
            found = error_set(error, ERROR_INPUT, NULL, "No table for the time zone %s",
                              simulate_zones[gym->country]);
            break;
        }
        gym->now = zone_to_local(gym->zone, as_of_utc);
        gym->today = local_day(gym->now);
        struct date_civil civil = date_to_civil(gym->today);
        gym->opened =
            date_add_months(date_from_civil(civil.year, civil.month, 1), 1 - simulation->months, 1);
        gym->factor = i == 0 ? 1 : .85 + .05 * random_below(random, 10);
        gym->members = i == count - 1
                           ? (int)left
                           : (int)lround((double)simulation->member_total * sizes[i] / total);
        left -= gym->members;
        gym->sister = (i ^ 1) < count ? i ^ 1 : i;
        gym->all_night = i == 0 || random_chance(random, .15);
        gym->capacity = capacity_for(gym->members);
        gym->first_number = stride + i * stride + 1;
        price_plans(gym);
        spread_joins(simulation, gym, simulation->joins + (ptrdiff_t)i * simulation->months,
                     random);
        gym->trainer_count = gym->members < 300 ? 2 : gym->members < 1500 ? 4 : SIM_TRAINERS;
        for (int t = 0; t < gym->trainer_count; t++)
            people_trainer(gym, t, simulation->seed, i, random, &gym->trainers[t]);
    }
    free(sizes);
    gsl_rng_free(random);
    return found;
}
