/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Planted members: the first numbers of each gym, one for each edge rule of the desk, so that a
 * demonstration and the tests can show each case on a known card. The table of the first gym stands
 * in gymtui(1).
 */
#include "simulate_parts.h"

#include <stdio.h>
#include <string.h>

enum special {
    SPECIAL_NONE,
    SPECIAL_LAST_UNPAID, /* the charge of the last term is open */
    SPECIAL_FROZEN,
    SPECIAL_CANCELLED, /* the last term is cancelled at its end */
    SPECIAL_BANNED,
    SPECIAL_BIRTHDAY,
    SPECIAL_LEAP_BIRTHDAY,
    SPECIAL_AUTO_CLOSED, /* yesterday's visit */
    SPECIAL_VISITS,      /* `amount` visits of the pack used */
    SPECIAL_IN_NOW,      /* since `amount` minutes */
    SPECIAL_LEFT,        /* `amount` minutes ago */
    SPECIAL_NEXT_TERM,   /* the next one is paid already */
    SPECIAL_TWIN,        /* same birth date and phone as the member before */
    SPECIAL_REFUNDED,
    SPECIAL_CALLED, /* rung up by the office */
};

struct planted {
    const char *name, *plain;
    char gender;
    int age;
    enum plan plan;
    int terms;     /* bought so far */
    int days_left; /* last valid day, counted from today */
    int rate;      /* visits a month */
    int silent;    /* days without a visit */
    enum special special;
    int amount;
    const char *note;
};

static const struct planted cases[] = {
    {"Anahit Petrosyan", "anahit.petrosyan", 'f', 34, PLAN_MONTHLY, 19, 23, 9, 2, SPECIAL_NONE, 0,
     NULL},
    {"Tigran Hakobyan", "tigran.hakobyan", 'm', 41, PLAN_MONTHLY, 24, -12, 9, 18,
     SPECIAL_LAST_UNPAID, 0, NULL},
    {"Jo O'Neill", "jo.oneill", 'f', 29, PLAN_QUARTERLY, 3, -2, 6, 5, SPECIAL_NONE, 0, NULL},
    {"Siobhán Ní Chonaill", "siobhan.ni.chonaill", 'f', 46, PLAN_MONTHLY, 11, 40, 5, 14,
     SPECIAL_FROZEN, 0, NULL},
    {"Petra Lindqvist", "petra.lindqvist", 'f', 38, PLAN_ANNUAL, 2, 9, 4, 6, SPECIAL_CANCELLED, 0,
     NULL},
    {"Łukasz Wójcik", "lukasz.wojcik", 'm', 27, PLAN_MONTHLY, 7, -40, 3, 75, SPECIAL_CANCELLED, 0,
     NULL},
    {"Darragh Maguire", "darragh.maguire", 'm', 24, PLAN_MONTHLY, 5, 17, 6, 20, SPECIAL_BANNED, 0,
     NULL},
    {"Marguerite Anne-Sophie de La Tour-d'Auvergne-Lauraguais", "marguerite.delatour", 'f', 61,
     PLAN_OFF_PEAK, 9, 20, 6, 3, SPECIAL_LAST_UNPAID, 0, NULL},
    {"李小龍", "li.xiaolong", 'm', 33, PLAN_ANNUAL, 2, 200, 12, 3, SPECIAL_BIRTHDAY, 0, NULL},
    {"Zoë Byrne", "zoe.byrne", 'f', 15, PLAN_STUDENT, 4, 13, 5, 4, SPECIAL_NONE, 0, NULL},
    {"Paweł Szymański", "pawel.szymanski", 'm', 52, PLAN_ANNUAL, 1, 120, 7, 2, SPECIAL_NONE, 0,
     "Heart stent: the trainer on duty should know he is in"},
    {"فاطمة العلي", "fatima.alali", 'f', 30, PLAN_MONTHLY, 8, 11, 8, 2, SPECIAL_AUTO_CLOSED, 0,
     NULL},
    {"Ingrid Sørensen", "ingrid.sorensen", 'f', 36, PLAN_ALL_GYMS, 10, 15, 10, 2, SPECIAL_NONE, 0,
     NULL},
    {"Mehmet Yıldız", "mehmet.yildiz", 'm', 45, PLAN_TEN_VISITS, 1, 290, 0, 4, SPECIAL_VISITS, 9,
     NULL},
    {"Caoimhe Daly", "caoimhe.daly", 'f', 31, PLAN_TEN_VISITS, 1, 250, 0, 8, SPECIAL_VISITS, 10,
     NULL},
    {"Birgit Schäfer", "birgit.schaefer", 'f', 67, PLAN_OFF_PEAK, 14, 18, 8, 2, SPECIAL_NONE, 0,
     NULL},
    {"Anna Kowalska", "anna.kowalska", 'f', 26, PLAN_MONTHLY, 6, 21, 9, 2, SPECIAL_IN_NOW, 50,
     NULL},
    {"Սիրանուշ Տեր-Պետրոսյան-Հովհաննիսյան-Խաչատրյան", "siranush.ter.petrosyan", 'f', 39,
     PLAN_QUARTERLY, 4, 33, 7, 3, SPECIAL_NONE, 0, NULL},
    /* What is left of a name full of escape sequences, and a note that a spreadsheet would run. */
    {"Robert [2J[31mTables", "robert.tables", 'm', 22, PLAN_MONTHLY, 2, 9, 4, 5, SPECIAL_NONE, 0,
     "=1+1"},
    {"Seán Ó Súilleabháin", "sean.osuilleabhain", 'm', 0, PLAN_ANNUAL, 2, 77, 5, 4,
     SPECIAL_LEAP_BIRTHDAY, 0, NULL},
    {"Katarzyna Wiśniewska", "katarzyna.wisniewska", 'f', 28, PLAN_MONTHLY, 3, -210, 3, 230,
     SPECIAL_CANCELLED, 0, NULL},
    {"Katarzyna Wisniewska", "k.wisniewska", 'f', 28, PLAN_MONTHLY, 2, 24, 6, 3, SPECIAL_TWIN, 0,
     NULL},
    {"Fionn Gallagher", "fionn.gallagher", 'm', 23, PLAN_QUARTERLY, 2, 5, 6, 3, SPECIAL_NONE, 0,
     NULL},
    {"Elena Rossi", "elena.rossi", 'f', 44, PLAN_ANNUAL, 1, 160, 8, 2, SPECIAL_LEFT, 45, NULL},
    {"Prakash", "prakash", 'm', 35, PLAN_MONTHLY, 12, 19, 7, 3, SPECIAL_NONE, 0, NULL},
    {"Олександр Шевченко", "oleksandr.shevchenko", 'm', 32, PLAN_MONTHLY, 10, 14, 8, 2,
     SPECIAL_IN_NOW, 205, NULL},
    {"Conor Brennan", "conor.brennan", 'm', 37, PLAN_MONTHLY, 16, 12, 9, 19, SPECIAL_CALLED, 0,
     NULL},
    {"Ruth Keane", "ruth.keane", 'f', 48, PLAN_DAY_PASS, 1, -1, 0, 1, SPECIAL_VISITS, 1, NULL},
    {"Hans-Jürgen Müller-Lüdenscheidt", "hans.mueller", 'm', 58, PLAN_ANNUAL, 2, 4, 6, 2,
     SPECIAL_NEXT_TERM, 0, NULL},
    {"Zuzanna Dvořáková", "zuzanna.dvorakova", 'f', 25, PLAN_MONTHLY, 5, 22, 7, 2, SPECIAL_REFUNDED,
     0, NULL},
    {"Oisín Fitzpatrick", "oisin.fitzpatrick", 'm', 30, PLAN_MONTHLY, 14, 16, 11, 2, SPECIAL_IN_NOW,
     12, NULL},
    {"Nuno Magalhães", "nuno.magalhaes", 'm', 29, PLAN_ALL_GYMS, 4, 25, 9, 2, SPECIAL_IN_NOW, 28,
     NULL},
};
const int planted_count = sizeof cases / sizeof cases[0];

const struct planted_member planted_members[] = {
    {10001, "77001001", "all in order, 23 days left"},
    {10002, "77001002", "expired 12 days ago, owes 39.00"},
    {10003, "77001003", "expired 2 days ago, within the days of grace"},
    {10004, "77001004", "frozen for 10 days now, 20 to go"},
    {10005, "77001005", "cancelled, valid for 9 more days"},
    {10006, "77001006", "cancelled, ended 40 days ago"},
    {10007, "77001007", "banned"},
    {10008, "77001008", "owes 27.00, off-peak, a name of over 40 characters"},
    {10009, "77001009", "birthday today, a Chinese name"},
    {10010, "77001010", "15 years old"},
    {10011, "77001011", "a note for the desk"},
    {10012, "77001012", "yesterday's visit was closed automatically, an Arabic name"},
    {10013, "77001013", "all-gyms plan: enters every gym of the chain"},
    {10014, "77001014", "pack of ten visits, one left"},
    {10015, "77001015", "pack of ten visits, used up"},
    {10016, "77001016", "off-peak plan: weekdays 9 to 16"},
    {10017, "77001017", "in for 50 minutes"},
    {10018, "77001018", "an Armenian name of over 40 characters"},
    {10019, "77001019", "a hostile name and note, made harmless"},
    {10020, "77001020", "born on a 29 February"},
    {10021, "77001021", "an old card of 10022, cancelled"},
    {10022, "77001022", "the same person as 10021, enrolled again"},
    {10023, "77001023", "5 days left"},
    {10024, "77001024", "left 45 minutes ago: coming back is a re-entry"},
    {10025, "77001025", "a name of one word"},
    {10026, "77001026", "in for over three hours, has forgotten to check out"},
    {10027, "77001027", "usually twice a week, silent for 19 days, has been called"},
    {10028, "77001028", "a day pass of yesterday"},
    {10029, "77001029", "4 days left, the next term is paid already"},
    {10030, "77001030", "a payment taken twice and refunded"},
    {10031, "77001031", "in for 12 minutes"},
    {10032, "77001032", "in for 28 minutes, all-gyms plan"},
    {0, NULL, NULL},
};

/* The twin shares birth date and phone with the member before. */
static int identity_index(const struct life *life)
{
    return cases[life->index].special == SPECIAL_TWIN ? life->index - 1 : life->index;
}

static int32_t birth_day(const struct life *life, const struct planted *planted)
{
    int32_t today = life->gym->today;
    if (planted->special == SPECIAL_LEAP_BIRTHDAY) {
        int year = date_to_civil(today).year - 30;
        return date_from_civil(year - year % 4, 2, 29);
    }
    if (planted->special == SPECIAL_BIRTHDAY) {
        /* Who was born on a 29 February is a multiple of four years old on another. */
        struct date_civil day = date_to_civil(today);
        int before = day.month == 2 && day.day == 29 ? planted->age % 4 : 0;
        return date_add_months(today, -12 * (planted->age - before), 0);
    }
    return date_add_months(today, -12 * planted->age, 0) - 40 - 9 * identity_index(life);
}

static struct sim_member *make_member(struct life *life, const struct planted *planted)
{
    struct sim_member *member = &life->batch->members[life->member];
    snprintf(member->name, sizeof member->name, "%s", planted->name);
    snprintf(member->note, sizeof member->note, "%s", planted->note ? planted->note : "");
    snprintf(member->keytag, sizeof member->keytag, "77%03u%03u",
             (unsigned)(life->gym_index + 1) % 1000, (unsigned)(life->index + 1) % 1000);
    member->gender = planted->gender;
    member->birth = birth_day(life, planted);
    member->trainer = life->index == 0 && life->gym->trainer_count > 0 ? 0 : -1;
    random_seed(life->names, life->simulation->seed, life->gym_index, life->index, STREAM_PERSON);
    people_set_contact(life, member, planted->plain, identity_index(life));
    if (planted->special == SPECIAL_BANNED) {
        member->banned_on = life->gym->today - 19;
        snprintf(member->ban_reason, sizeof member->ban_reason, "threatened another member");
    }
    return member;
}

/* Terms one after another, the last one up to and including today + days_left, each paid on its
 * first day, and the visits in them. */
static void make_terms(struct life *life, const struct planted *planted)
{
    int months = plan_facts[planted->plan].months;
    int32_t end = life->gym->today + planted->days_left + 1;
    int32_t quiet_from = life->gym->today - planted->silent + 1;
    int tenure = 0;
    int freeze_days = planted->special == SPECIAL_FROZEN ? 31 : 0;
    /* A freeze of 31 days lengthens the term it is in. */
    int32_t unfrozen_end = end - freeze_days;
    for (int i = planted->terms; i > 0; i--) {
        bool last = i == 1;
        int32_t from = date_add_months(unfrozen_end, -i * months, 0);
        int32_t until = last ? end : date_add_months(unfrozen_end, -(i - 1) * months, 0);
        if (planted->plan == PLAN_TEN_VISITS)
            from = date_add_months(until, -12, 0);
        if (planted->plan == PLAN_DAY_PASS)
            from = until - 1;
        struct sim_term *term = rows_term(life->batch);
        if (!term)
            return;
        *term = (struct sim_term){.member = life->member,
                                  .plan = planted->plan,
                                  .from = from,
                                  .until = until,
                                  .anchor_day = date_to_civil(unfrozen_end).day,
                                  .price = life->gym->price[planted->plan],
                                  .cancelled = last && planted->special == SPECIAL_CANCELLED};
        if (term->cancelled)
            term->cancel_reason = "moved away";
        int index = (int)life->batch->term_count - 1;
        bool first = i == planted->terms;
        if (first)
            life->batch->members[life->member].joined = from;
        int charge = money_add_charge(life, index, term->price, from, plan_facts[term->plan].name);
        if (!last || planted->special != SPECIAL_LAST_UNPAID)
            money_add_payment(life, charge,
                              planted->plan == PLAN_TEN_VISITS ? SIM_PAY_PACK
                              : planted->plan == PLAN_DAY_PASS ? SIM_PAY_DAY_PASS
                              : first                          ? SIM_PAY_JOINING
                                                               : SIM_PAY_RENEWAL,
                              life->gym->price[planted->plan], life->person.method,
                              local_at(from, first ? 8 * 60 + 20 : 6 * 60) + life->index,
                              first || months > 1, NULL);
        for (int m = 0; m < months; m++) {
            int32_t begin = date_add_months(from, m, 0);
            int32_t over = m == months - 1 ? until : date_add_months(from, m + 1, 0);
            over = over > quiet_from ? quiet_from : over;
            if (first && m == 0)
                begin++;
            if (begin < over) {
                int count = visits_draw_count(life, ++tenure, begin, over, DATE_NONE, DATE_NONE);
                visits_place(life, count, begin, over, DATE_NONE, DATE_NONE, MOMENT_NONE);
            }
        }
    }
}

static void use_visits(struct life *life, const struct planted *planted)
{
    const struct sim_term *term = &life->batch->terms[life->batch->term_count - 1];
    int32_t last = life->gym->today - planted->silent;
    for (int k = planted->amount - 1; k >= 0; k--) {
        int32_t day = last - 6 * k;
        if (day >= term->from)
            visits_add(life, local_at(day, 10 * 60 + 17 * k), 55 + 3 * k, false);
    }
}

static void visit_now(struct life *life, int64_t in, int minutes)
{
    visits_add(life, in, minutes, false);
}

static void refund_twin(struct life *life)
{
    const struct sim_gym *gym = life->gym;
    int charge = (int)life->batch->charge_count - 1;
    const struct sim_charge *row = &life->batch->charges[charge];
    int64_t paid = local_at(row->due, 6 * 60) + life->index;
    money price = gym->price[life->person.plan];
    money_add_payment(life, charge, SIM_PAY_RENEWAL, price, 1, paid + 40, false, "taken twice");
    int twin = (int)life->batch->payment_count - 1;
    money_add_payment(life, charge, SIM_PAY_REFUND, -price, 1, local_at(row->due + 2, 11 * 60),
                      true, "was taken twice");
    if (!life->batch->out_of_memory)
        life->batch->payments[life->batch->payment_count - 1].refunds = twin;
}

static void next_term(struct life *life)
{
    const struct sim_term last = life->batch->terms[life->batch->term_count - 1];
    struct sim_term *next = rows_term(life->batch);
    if (!next)
        return;
    *next = last;
    next->from = last.until;
    next->until =
        date_add_months(last.until, plan_facts[last.plan].months, date_to_civil(last.until).day);
    int charge = money_add_charge(life, (int)life->batch->term_count - 1, last.price, next->from,
                                  plan_facts[last.plan].name);
    money_add_payment(life, charge, SIM_PAY_RENEWAL, last.price, 2,
                      local_at(life->gym->today - 2, 17 * 60 + 41), true, NULL);
}

static void make_special(struct life *life, const struct planted *planted)
{
    const struct sim_gym *gym = life->gym;
    struct sim_batch *batch = life->batch;
    switch (planted->special) {
    case SPECIAL_FROZEN: {
        struct sim_freeze *freeze = rows_freeze(batch);
        if (freeze)
            *freeze = (struct sim_freeze){.member = life->member,
                                          .term = (int)batch->term_count - 1,
                                          .from = gym->today - 10,
                                          .until = gym->today + 21,
                                          .reason = "knee injury"};
        break;
    }
    case SPECIAL_AUTO_CLOSED: {
        int32_t yesterday = gym->today - 1;
        struct sim_visit *visit = visits_add(life, local_at(yesterday, 18 * 60 + 9), 68, false);
        if (visit && visit->out != MOMENT_NONE)
            visit->auto_out = true;
        break;
    }
    case SPECIAL_VISITS:
        use_visits(life, planted);
        break;
    case SPECIAL_IN_NOW:
        visit_now(life, gym->now - seconds_of(planted->amount), planted->amount + 30);
        break;
    case SPECIAL_LEFT:
        visit_now(life, gym->now - seconds_of(planted->amount + 61), 61);
        break;
    case SPECIAL_NEXT_TERM:
        next_term(life);
        break;
    case SPECIAL_REFUNDED:
        refund_twin(life);
        break;
    case SPECIAL_CALLED: {
        struct sim_contact *contact = rows_contact(batch);
        if (contact)
            *contact = (struct sim_contact){.member = life->member,
                                            .at = local_at(gym->today - 3, 11 * 60 + 25),
                                            .outcome = "no answer",
                                            .snooze_until = gym->today - 1,
                                            .note = "Try in the evening"};
        break;
    }
    case SPECIAL_LAST_UNPAID:
        if (planted->days_left < 0)
            office_deny(life, gym->now - seconds_of(22), "expired",
                        gym->today + planted->days_left);
        break;
    case SPECIAL_NONE:
    case SPECIAL_CANCELLED:
    case SPECIAL_BANNED:
    case SPECIAL_BIRTHDAY:
    case SPECIAL_LEAP_BIRTHDAY:
    case SPECIAL_TWIN:
        break;
    }
}

void planted_live(struct life *life)
{
    const struct planted *planted = &cases[life->index];
    random_seed(life->random, life->simulation->seed, life->gym_index, life->index, STREAM_PERSON);
    people_draw_person(life, &life->person);
    /* Methods, habits and weekdays are drawn like anyone's; the plan decides the hours. */
    life->person.plan = planted->plan;
    life->person.gender = planted->gender;
    life->person.age = planted->age;
    life->person.rate = planted->rate;
    if (planted->plan == PLAN_OFF_PEAK)
        life->person.slot_weekday = 10 * 60 + 15;
    struct sim_member *member = make_member(life, planted);
    member->plan = planted->plan;
    make_terms(life, planted);
    make_special(life, planted);
}
