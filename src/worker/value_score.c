/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of one member (ANALYTICS §3, "CLV of a gym member"): what renewals to come are worth,
 * with a 95 % interval by the delta method over the parameters of the contract model and of the
 * renewal hazard; what is bought beside; what is at stake when the member has fallen silent.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/model/clv.h"
#include "gymtui/model/rfm.h"
#include "value_private.h"

#define NORMAL_975      1.959963984540054
#define SHARE_WEIGHT    20 /* visits that the gym's own share of extras stands for */
#define LEAST_SILENCE   7  /* days, below which nobody is missed */
#define MONTH           VALUE_DAYS_A_MONTH
#define SURVIVAL_MONTHS 60

double value_discount(double months)
{
    return exp(-log1p(clv_usual_terms.discount) / 12 * months);
}

/* ---- Beside the contract ---- */

static double spend_each(const struct value_models *models, const struct value_member *member)
{
    double mean = member->extras ? (double)member->spent_extra / 100 / member->extras : 0;
    if (!models->has_spend)
        return models->mean_spend;
    const struct spend_parameters p = spend_parameters(&models->spend);
    if (!spend_has_mean(&p) || (member->extras && !(mean > 0)))
        return models->mean_spend;
    return spend_expected(&p, member->extras, mean);
}

/* Purchases a visit: the member's own, drawn towards the gym's. */
static double extras_each(const struct value_models *models, const struct value_member *member)
{
    return (member->extras + SHARE_WEIGHT * models->extras_per_visit) /
           (member->visit_days + (double)SHARE_WEIGHT);
}

/* What is bought during visits in the next `days`, year by year. */
static double extras_until(const struct value_models *models, const struct value_member *member,
                           const struct value_habit *habit, double days)
{
    if (!models->has_visits || days <= 0)
        return 0;
    const struct visits_parameters p = visits_parameters(&models->visits);
    double each = spend_each(models, member) * extras_each(models, member);
    double before = 0, sum = 0;
    for (int year = 0; year < VALUE_YEARS && year * 12 * MONTH < days; year++) {
        double until = fmin((year + 1) * 12 * MONTH, days);
        double expected =
            visits_expected(models->visits_model, &p, habit->x, habit->t_x, habit->T, until);
        sum += (expected - before) * value_discount((year * 12 + until / MONTH) / 2);
        before = expected;
    }
    return clv_usual_terms.margin * fmax(each * sum, 0);
}

/* models->extras at (x, T), which many members have in common. */
static double outlook_of(const struct value_models *models, const struct value_habit *habit,
                         struct value_memo *memo)
{
    if (!memo)
        return outlook_at(&models->extras, habit->x, habit->T);
    uint32_t key = habit->x * UINT32_C(2654435761) + (uint32_t)habit->T * UINT32_C(40503);
    struct value_alike *alike = &memo->alike[(key ^ key >> 15) % VALUE_MEMO];
    if (alike->x != habit->x || fabs(alike->T - habit->T) > 0)
        *alike = (struct value_alike){habit->x, habit->T,
                                      outlook_at(&models->extras, habit->x, habit->T)};
    return alike->outlook;
}

/* The same of all the years that are looked ahead. */
static double extras_value(const struct value_models *models, const struct value_member *member,
                           const struct value_habit *habit, double alive, struct value_memo *memo)
{
    if (!models->has_visits)
        return 0;
    double each = spend_each(models, member) * extras_each(models, member);
    return clv_usual_terms.margin * fmax(each * alive * outlook_of(models, habit, memo), 0);
}

/* ---- Renewals ---- */

struct renewal {
    const struct value_models *models;
    const struct value_contract *contract;
    struct hazard_case now;
    int n;                /* renewals so far */
    double price, months; /* of a term; until its end */
    double chance;        /* of coming back, of who has left; NaN: of a contract that runs */
};

static double rate_at(const struct renewal *renewal, const struct value_table *table)
{
    struct hazard_case one = renewal->now;
    if (isfinite(renewal->chance))
        return renewal->chance;
    one.contract_rate = table->rate[renewal->n];
    return renewal->models->has_hazard ? hazard_rate(&renewal->models->hazard, &one)
                                       : one.contract_rate;
}

static double worth_at(const struct renewal *renewal, const struct value_table *table)
{
    return clv_usual_terms.margin * renewal->price * value_discount(renewal->months) *
           rate_at(renewal, table) * table->worth[renewal->n];
}

/* Variance of the value over the parameters it was made with. */
static double variance_of(const struct renewal *renewal, double value, double rate)
{
    const struct value_contract *contract = renewal->contract;
    double variance = 0, slope[3] = {0}, z[HAZARD_FEATURES];
    if (contract->is_fitted) {
        for (int i = 0; i < contract->fit.count; i++)
            slope[i] = (worth_at(renewal, &contract->bent[(size_t)2 * (size_t)i]) -
                        worth_at(renewal, &contract->bent[(size_t)2 * (size_t)i + 1])) /
                       (2 * contract->step[i]);
        for (int i = 0; i < contract->fit.count; i++)
            for (int j = 0; j < contract->fit.count; j++)
                variance += slope[i] * slope[j] * contract->fit.covariance[i][j];
    }
    if (isfinite(renewal->chance) || !renewal->models->has_hazard || !(rate > 0))
        return variance;
    /* The value is proportional to the rate, whose slope is r(1 − r) times the feature. */
    hazard_features(&renewal->now, z);
    const struct fit *hazard = &renewal->models->hazard;
    double per_logit = value * (1 - rate), sum = 0;
    for (int i = 0; i < HAZARD_FEATURES; i++)
        for (int j = 0; j < HAZARD_FEATURES; j++)
            sum += z[i] * z[j] * hazard->covariance[i][j];
    return variance + per_logit * per_logit * sum;
}

/* On the logarithm, so that it stays above zero (clv_delta_interval). What is bought beside the
 * contract goes along with it. */
static void set_value(struct value_figures *figures, double contract, double variance,
                      double extras)
{
    double spread = contract > 0 && variance > 0 && isfinite(variance)
                        ? exp(fmin(NORMAL_975 * sqrt(variance) / contract, 5))
                        : 1;
    figures->value = contract + extras;
    figures->low = contract / spread + extras;
    figures->high = contract * spread + extras;
}

/* ---- At stake ---- */

/* "usually 2.1 a week, silent for 19 days" */
static void say_silence(struct value_figures *figures, const struct value_habit *habit)
{
    double a_week = habit->x / habit->T * 7, a_month = a_week * MONTH / 7;
    if (habit->x == 0)
        snprintf(figures->reason, sizeof figures->reason, "joined %d days ago, has not come yet",
                 habit->away);
    else if (a_week >= .95)
        snprintf(figures->reason, sizeof figures->reason, "usually %.1f a week, silent for %d days",
                 a_week, habit->away);
    else if (a_month >= .95)
        snprintf(figures->reason, sizeof figures->reason,
                 "usually %.1f a month, silent for %d days", a_month, habit->away);
    else
        snprintf(figures->reason, sizeof figures->reason, "seldom comes, silent for %d days",
                 habit->away);
}

/* The member as the habit would have it: at the usual distance from the last visit. */
static void set_stake(const struct renewal *renewal, const struct value_habit *habit,
                      bool is_frozen, struct value_figures *figures)
{
    double gap = (habit->T + renewal->models->mean_gap) / (habit->x + 1.0);
    struct value_habit usual = *habit;
    struct renewal as_usual = *renewal;
    usual.T = fmax(habit->t_x, 1) + gap;
    as_usual.now = value_case(renewal->models, &usual, renewal->now.contract_rate);
    as_usual.now.overdue = 0;
    as_usual.now.trend = 0;
    as_usual.now.recent = log(30 / gap + .5);
    figures->p_usual = rate_at(&as_usual, &renewal->contract->table);
    double drop = figures->p_usual - figures->p_renew;
    if (is_frozen || !(drop > 0) || habit->away < LEAST_SILENCE || habit->away < 2 * gap)
        return;
    figures->at_stake = figures->value * drop;
    say_silence(figures, habit);
}

/* ---- The states ---- */

static struct renewal renewal_of(const struct value_gym *gym, const struct value_models *models,
                                 const struct value_contract *contract,
                                 const struct value_habit *habit, const struct value_spell *spell)
{
    int left = spell->end - gym->today;
    return (struct renewal){
        .models = models,
        .contract = contract,
        .now = value_case(models, habit, contract->table.rate[spell->renewals]),
        .n = spell->renewals,
        .price = (double)spell->last->price / 100,
        .months = left > 0 ? left / MONTH : 0,
        .chance = NAN,
    };
}

static void score_contract(const struct value_gym *gym, const struct value_models *models,
                           const struct value_member *member, const struct value_habit *habit,
                           const struct value_spell *spell, struct value_memo *memo,
                           struct value_figures *figures)
{
    const struct value_contract *contract = value_contract_of(models, spell->last->months);
    int left = spell->end - gym->today;
    if (!contract)
        return;
    struct renewal renewal = renewal_of(gym, models, contract, habit, spell);
    double extras = 0, value;
    switch (spell->state) {
    case VALUE_STAYS:
        figures->model = models->has_hazard    ? "renewal hazard"
                         : contract->is_fitted ? value_renewal_name(contract->parameters.model)
                                               : "no history yet";
        extras = extras_value(models, member, habit, renewal.now.p_alive, memo);
        break;
    case VALUE_LEAVES: /* what is cancelled is not renewed */
        figures->model = "cancelled";
        renewal.chance = 0;
        extras = extras_until(models, member, habit, left);
        break;
    case VALUE_HAS_LEFT:
    case VALUE_NO_CONTRACT:
        figures->model = "coming back";
        renewal.chance = spell->last->cancelled && !spell->has_ended
                             ? models->back[VALUE_RETURNS / 2]
                             : models->back[value_back(gym->today - spell->end)];
        renewal.n = 0;
        break;
    }
    value = worth_at(&renewal, &contract->table);
    double rate = rate_at(&renewal, &contract->table);
    set_value(figures, value, variance_of(&renewal, value, rate), extras);
    figures->p_renew = spell->state == VALUE_HAS_LEFT && spell->has_ended ? NAN : rate;
    figures->months_left = renewal.months + rate * contract->table.months[renewal.n];
    if (spell->state == VALUE_STAYS)
        set_stake(&renewal, habit, value_is_frozen(gym, member, gym->today), figures);
}

bool value_of_staying(const struct value_gym *gym, const struct value_models *models, size_t m,
                      struct value_memo *memo, double *value, double *p_renew)
{
    const struct value_member *member = &gym->members[m];
    struct value_spell spell = value_spell_at(gym, member, gym->today);
    const struct value_contract *contract =
        spell.state == VALUE_STAYS ? value_contract_of(models, spell.last->months) : NULL;
    if (!contract)
        return false;
    struct value_habit habit = value_habit_today(gym, member);
    struct renewal renewal = renewal_of(gym, models, contract, &habit, &spell);
    *value = worth_at(&renewal, &contract->table) +
             extras_value(models, member, &habit, renewal.now.p_alive, memo);
    *p_renew = rate_at(&renewal, &contract->table);
    return isfinite(*p_renew);
}

/* Visits to come by the models' parameters, or by bent ones, in money. */
static double visitor_value(const struct value_models *models, const struct outlook *outlook,
                            const struct value_habit *habit, double spent)
{
    double alive =
        visits_p_alive(models->visits_model, &outlook->p, habit->x, habit->t_x, habit->T);
    return fmax(clv_usual_terms.margin * spent * alive * outlook_at(outlook, habit->x, habit->T),
                0);
}

/* Passes and packs: visits to come, times what is spent at each. */
static void score_visitor(const struct value_models *models, const struct value_member *member,
                          const struct value_habit *habit, struct value_figures *figures)
{
    double spent = spend_each(models, member) * extras_each(models, member);
    double above[VALUE_BENDS_V / 2], below[VALUE_BENDS_V / 2];
    figures->model =
        models->has_visits ? value_visits_name(models->visits_model) : "no history yet";
    if (!models->has_visits)
        return;
    for (int i = 0; i < VALUE_BENDS_V / 2; i++) {
        above[i] = visitor_value(models, &models->bent_visits[(size_t)2 * (size_t)i], habit, spent);
        below[i] =
            visitor_value(models, &models->bent_visits[(size_t)2 * (size_t)i + 1], habit, spent);
    }
    struct clv_interval interval =
        clv_delta_of(&models->visits, visitor_value(models, &models->visits_to_come, habit, spent),
                     above, below);
    figures->value = interval.value;
    figures->low = fmin(interval.low, interval.value);
    figures->high = isfinite(interval.high) ? interval.high : interval.value;
}

/* ---- The survival form, for the star schema ---- */

static void score_survival(const struct value_gym *gym, const struct value_models *models,
                           const struct value_member *member, const struct value_spell *spell,
                           struct value_figures *figures)
{
    const struct fit *fit = &models->survival;
    double z[VALUE_AFT], monthly = 0, tenure = spell->days / MONTH;
    figures->days = spell->days;
    figures->has_ended = spell->has_ended;
    figures->p_stay = spell->has_ended ? 0 : figures->p_renew;
    if (spell->has_ended || !spell->last)
        return;
    if (spell->last->months > 0)
        monthly = (double)spell->last->price / 100 / spell->last->months;
    if (!models->has_survival || spell->last->months == 0) {
        figures->survival_value = figures->value;
        figures->survival_low = figures->low;
        figures->survival_high = figures->high;
        return;
    }
    int count = value_covariates(gym, member, models->columns, z);
    struct clv_survival sum = clv_survival_at(&models->rule, &clv_usual_terms,
                                              models->survival_model, fit, z, tenure, 1, monthly);
    double gradient[FIT_PARAMETERS], variance = 0;
    gradient[0] = sum.by_intercept;
    for (int i = 0; i < count; i++)
        gradient[i + 1] = sum.by_intercept * z[i];
    gradient[fit->count - 1] = sum.by_sigma;
    for (int i = 0; i < fit->count; i++)
        for (int j = 0; j < fit->count; j++)
            variance += gradient[i] * gradient[j] * fit->covariance[i][j];
    struct value_figures interval = {0};
    set_value(&interval, sum.value, variance, 0);
    figures->survival_value = interval.value;
    figures->survival_low = interval.low;
    figures->survival_high = interval.high;
}

static int tenure_of(const struct value_gym *gym, const struct value_member *member)
{
    return gym->today > member->joined ? gym->today - member->joined : 0;
}

int value_recency(const struct value_gym *gym, const struct value_member *member)
{
    int days =
        member->last_visit == DATE_NONE ? tenure_of(gym, member) : gym->today - member->last_visit;
    return days > 0 ? days : 0;
}

double value_frequency(const struct value_gym *gym, const struct value_member *member)
{
    return rfm_frequency(member->recent[2], tenure_of(gym, member));
}

void value_score_among(const struct value_gym *gym, const struct value_models *models, size_t m,
                       struct value_memo *memo, struct value_figures *figures)
{
    const struct value_member *member = &gym->members[m];
    struct value_habit habit = value_habit_today(gym, member);
    struct value_spell spell = value_spell_at(gym, member, gym->today);
    *figures = (struct value_figures){.p_alive = NAN,
                                      .p_renew = NAN,
                                      .p_usual = NAN,
                                      .months_left = NAN,
                                      .p_stay = NAN,
                                      .expected = NAN,
                                      .model = ""};
    figures->recency = value_recency(gym, member);
    figures->frequency = value_frequency(gym, member);
    figures->order = member->orders ? (double)member->ordered / 100 / member->orders : 0;
    if (models->has_visits) {
        const struct visits_parameters p = visits_parameters(&models->visits);
        figures->p_alive = visits_p_alive(models->visits_model, &p, habit.x, habit.t_x, habit.T);
    }
    if (spell.state == VALUE_NO_CONTRACT)
        score_visitor(models, member, &habit, figures);
    else
        score_contract(gym, models, member, &habit, &spell, memo, figures);
    score_survival(gym, models, member, &spell, figures);
    if (isfinite(figures->months_left) && spell.last && spell.last->months > 0)
        figures->expected = fmin(figures->months_left, 12) / spell.last->months;
}

void value_score_member(const struct value_gym *gym, const struct value_models *models, size_t m,
                        struct value_figures *figures)
{
    value_score_among(gym, models, m, NULL, figures);
}

/* ---- Among the others ---- */

/* One more than the cut points it reaches. */
static uint8_t placed(const double *cuts, double value, bool low_is_good)
{
    int score = 1;
    for (int i = 0; i < 4; i++)
        score += low_is_good ? value <= cuts[i] : value >= cuts[i];
    return (uint8_t)score;
}

void value_place_member(const struct value_gym *gym, const struct value_models *models, size_t m,
                        struct value_figures *figures)
{
    const struct value_member *member = &gym->members[m];
    figures->r = placed(models->cuts[0], figures->recency, true);
    figures->f = placed(models->cuts[1], figures->frequency, false);
    figures->m = placed(models->cuts[2], (double)member->paid_year, false);
    figures->segment =
        rfm_segment_name(rfm_segment(figures->r, figures->f, tenure_of(gym, member)));
    struct value_spell spell = value_spell_at(gym, member, gym->today);
    double stays = isfinite(figures->p_renew)         ? figures->p_renew
                   : spell.state == VALUE_NO_CONTRACT ? figures->p_alive
                                                      : 0;
    figures->type = clv_type_name(
        clv_customer_type(figures->value, models->median_value, stays, models->base_rate));
}
