/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long members stay (ANALYTICS §1 and §3): Kaplan–Meier for all and by group, the log-rank test
 * of each grouping, and accelerated failure time on age, gender, way to pay and length of a term.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "value_private.h"

#define GROUPS       8     /* the largest of a grouping */
#define LEAST_GROUP  20    /* members of a group that is shown */
#define LEAST_EVENTS 20    /* of those who left, for a fit */
#define HELD_OUT     50000 /* members that fits are held against, of a gym with more: a sample */

struct lives {
    struct value_book *book;
    const struct value_gym *gym;
    const double *z; /* of every member of the gym, VALUE_AFT each: all covariates */
    size_t count;
    uint32_t *member;
    double *time; /* days */
    bool *event;
    bool has_contracts; /* else everybody counts, by signs of life */
};

static void lives_free(struct lives *lives)
{
    free(lives->member);
    free(lives->time);
    free(lives->event);
}

static const double *covariates_of(const struct lives *lives, size_t life)
{
    return lives->z + (size_t)lives->member[life] * VALUE_AFT;
}

/* The covariates of everybody, once. NULL: no memory. */
static double *covariates_of_all(const struct value_gym *gym)
{
    double *z = malloc((gym->count + 1) * VALUE_AFT * sizeof *z);
    for (size_t m = 0; z && m < gym->count; m++)
        value_covariates(gym, &gym->members[m], (UINT32_C(1) << VALUE_AFT) - 1, z + m * VALUE_AFT);
    return z;
}

/* Whether enough have a contract for the others to be left out. */
static bool has_contracts(const struct value_gym *gym)
{
    size_t with = 0;
    for (size_t m = 0; m < gym->count && with < LEAST_GROUP; m++)
        with += value_spell_at(gym, &gym->members[m], gym->today).state != VALUE_NO_CONTRACT;
    return with >= LEAST_GROUP;
}

/* Every `step`-th member's spell as of a day; with `running`, only of those who were there then. */
static bool lives_take(struct lives *lives, int32_t day, bool running, size_t step,
                       struct error *error)
{
    const struct value_gym *gym = lives->gym;
    size_t room = gym->count / step + 2;
    lives->count = 0;
    lives->member = malloc(room * sizeof *lives->member);
    lives->time = malloc(room * sizeof *lives->time);
    lives->event = malloc(room * sizeof *lives->event);
    if (!lives->member || !lives->time || !lives->event)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    lives->has_contracts = has_contracts(gym);
    for (size_t m = 0; m < gym->count; m += step) {
        const struct value_member *member = &gym->members[m];
        struct value_spell spell = value_spell_at(gym, member, day);
        if (member->joined > day || (lives->has_contracts && spell.state == VALUE_NO_CONTRACT) ||
            (running && (spell.state == VALUE_HAS_LEFT || spell.has_ended)))
            continue;
        lives->member[lives->count] = (uint32_t)m;
        lives->time[lives->count] = spell.days;
        lives->event[lives->count++] = spell.has_ended;
    }
    return true;
}

/* By covariates, so that those who are alike come in a row (aft.h). */
static int by_key_then_life(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static bool lives_sort(struct lives *lives, struct error *error)
{
    size_t count = lives->count;
    uint64_t *order = malloc((count + 1) * sizeof *order);
    uint32_t *member = malloc((count + 1) * sizeof *member);
    double *time = malloc((count + 1) * sizeof *time);
    bool *event = malloc(count + 1);
    bool done =
        (order && member && time && event) || error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; done && i < count; i++) {
        const double *z = covariates_of(lives, i);
        uint64_t key = 0;
        for (int c = 0; c < VALUE_AFT; c++)
            key = key * 7 + (uint64_t)(z[c] * 10); /* alike share a key; sharing one does no harm */
        order[i] = key << 32 | (uint32_t)i;
    }
    if (done && order)
        qsort(order, count, sizeof *order, by_key_then_life);
    for (size_t i = 0; done && i < count; i++) {
        size_t from = order[i] & UINT32_MAX;
        member[i] = lives->member[from];
        time[i] = lives->time[from];
        event[i] = lives->event[from];
    }
    free(order);
    if (!done) {
        free(member);
        free(time);
        free(event);
        return false;
    }
    lives_free(lives);
    lives->member = member;
    lives->time = time;
    lives->event = event;
    return true;
}

/* ---- Groups ---- */

struct grouping {
    int count;
    char name[GROUPS][64];
    uint8_t *of; /* a group for each life; GROUPS: none */
};

static bool store_group(const struct lives *lives, const struct grouping *grouping, int group,
                        const char *curve, struct error *error)
{
    size_t count = 0;
    double *time = malloc((lives->count + 1) * sizeof *time);
    bool *event = malloc(lives->count + 1);
    bool done = time && event;
    for (size_t i = 0; done && i < lives->count; i++) {
        if (grouping->of[i] != group)
            continue;
        time[count] = lives->time[i];
        event[count++] = lives->event[i];
    }
    done = done ? value_book_survival(lives->book, curve, grouping->name[group],
                                      &(struct survival_times){count, time, event}, error)
                : error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    free(time);
    free(event);
    return done;
}

/* Groups with too few members are left out of the curves and of the test. */
static void drop_small_groups(const struct lives *lives, struct grouping *grouping)
{
    size_t members[GROUPS + 1] = {0};
    uint8_t becomes[GROUPS + 1];
    int kept = 0;
    memset(becomes, GROUPS, sizeof becomes);
    for (size_t i = 0; i < lives->count; i++)
        members[grouping->of[i]]++;
    for (int group = 0; group < grouping->count; group++) {
        becomes[group] = members[group] >= LEAST_GROUP ? (uint8_t)kept : GROUPS;
        if (becomes[group] == GROUPS)
            continue;
        if (kept != group)
            memcpy(grouping->name[kept], grouping->name[group], sizeof grouping->name[0]);
        kept++;
    }
    becomes[GROUPS] = GROUPS;
    for (size_t i = 0; i < lives->count; i++)
        grouping->of[i] = becomes[grouping->of[i]];
    grouping->count = kept;
}

static bool test_groups(const struct lives *lives, const struct grouping *grouping,
                        const char *subject, struct error *error)
{
    struct survival_test test;
    size_t count = 0;
    double *time = malloc((lives->count + 1) * sizeof *time);
    bool *event = malloc(lives->count + 1);
    uint8_t *group = malloc(lives->count + 1);
    bool done = time && event && group;
    for (size_t i = 0; done && i < lives->count; i++) {
        if (grouping->of[i] == GROUPS)
            continue;
        time[count] = lives->time[i];
        event[count] = lives->event[i];
        group[count++] = grouping->of[i];
    }
    if (!done) {
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    } else {
        const struct survival_times times = {count, time, event};
        const struct value_fit about = {.purpose = "test",
                                        .model = "log-rank",
                                        .subject = subject,
                                        .fitted_on = lives->gym->today};
        struct error why;
        if (survival_log_rank(&times, group, grouping->count, &test, &why))
            value_book_test(lives->book, subject, lives->gym->today, &test, count);
        else
            value_book_failure(lives->book, &about, &why);
    }
    free(time);
    free(event);
    free(group);
    return done;
}

static bool store_grouping(const struct lives *lives, struct grouping *grouping,
                           const char *subject, struct error *error)
{
    char curve[40];
    snprintf(curve, sizeof curve, "survival by %s", subject);
    drop_small_groups(lives, grouping);
    value_book_drop_curve(lives->book, curve);
    for (int group = 0; group < grouping->count; group++)
        if (!store_group(lives, grouping, group, curve, error))
            return false;
    return grouping->count < 2 || test_groups(lives, grouping, subject, error);
}

static uint8_t age_group(const struct value_gym *gym, const struct value_member *member)
{
    static const int from[] = {25, 35, 45, 55};
    if (member->birth == DATE_NONE)
        return GROUPS;
    int age = date_age(member->birth, gym->today), group = 0;
    while (group < 4 && age >= from[group])
        group++;
    return (uint8_t)group;
}

static bool by_age(const struct lives *lives, struct grouping *grouping, struct error *error)
{
    static const char *const names[] = {"under 25", "25–34", "35–44", "45–54", "55 and over"};
    grouping->count = 5;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        snprintf(grouping->name[i], sizeof grouping->name[i], "%s", names[i]);
    for (size_t i = 0; i < lives->count; i++)
        grouping->of[i] = age_group(lives->gym, &lives->gym->members[lives->member[i]]);
    return store_grouping(lives, grouping, "age", error);
}

static bool by_gender(const struct lives *lives, struct grouping *grouping, struct error *error)
{
    static const char *const names[] = {"women", "men", "other"};
    grouping->count = 3;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        snprintf(grouping->name[i], sizeof grouping->name[i], "%s", names[i]);
    for (size_t i = 0; i < lives->count; i++) {
        uint8_t gender = lives->gym->members[lives->member[i]].gender;
        grouping->of[i] = gender ? (uint8_t)(gender - 1) : GROUPS;
    }
    return store_grouping(lives, grouping, "gender", error);
}

/* "p 12 Monthly": the name of a package or of a way to pay. */
static void find_name(const char *names, char kind, int64_t number, char *dst, size_t size)
{
    snprintf(dst, size, "%lld", (long long)number);
    for (const char *line = names; *line;) {
        size_t length = strcspn(line, "\n");
        char *after;
        if (line[0] == kind && strtoll(line + 1, &after, 10) == number && *after == ' ') {
            snprintf(dst, size, "%.*s", (int)(line + length - after - 1), after + 1);
            text_drop_partial(dst);
            return;
        }
        line += length + (line[length] == '\n');
    }
}

static int64_t key_of(const struct lives *lives, size_t life, char kind)
{
    const struct value_member *member = &lives->gym->members[lives->member[life]];
    if (kind == 'm')
        return member->method;
    return member->term_count > 0
               ? lives->gym->terms[member->term + member->term_count - 1].package_id
               : 0;
}

/* By the package of the last term, or by the way of the last payment: the most frequent ones. */
static bool by_key(const struct lives *lives, struct grouping *grouping, char kind,
                   const char *names, const char *subject, struct error *error)
{
    struct {
        int64_t key;
        size_t members;
    } seen[64] = {{0}};
    int count = 0;
    for (size_t i = 0; i < lives->count; i++) {
        int64_t key = key_of(lives, i, kind);
        int at = 0;
        while (at < count && seen[at].key != key)
            at++;
        if (key == 0 || at == 64)
            continue;
        count += at == count;
        seen[at].key = key;
        seen[at].members++;
        for (; at > 0 && seen[at].members > seen[at - 1].members; at--) {
            int64_t other = seen[at - 1].key;
            size_t members = seen[at - 1].members;
            seen[at - 1] = seen[at];
            seen[at].key = other;
            seen[at].members = members;
        }
    }
    grouping->count = count < GROUPS ? count : GROUPS;
    for (int group = 0; group < grouping->count; group++)
        find_name(names, kind, seen[group].key, grouping->name[group], sizeof grouping->name[0]);
    /* Two packages of one name are one group to whoever reads it: the second gets its number. */
    for (int group = 1; group < grouping->count; group++)
        for (int before = 0; before < group; before++)
            if (strcmp(grouping->name[before], grouping->name[group]) == 0) {
                size_t length = strlen(grouping->name[group]);
                length = length < 40 ? length : 40;
                snprintf(grouping->name[group] + length, sizeof grouping->name[0] - length,
                         " (%lld)", (long long)seen[group].key);
            }
    for (size_t i = 0; i < lives->count; i++) {
        int64_t key = key_of(lives, i, kind);
        grouping->of[i] = GROUPS;
        for (int group = 0; group < grouping->count; group++)
            if (seen[group].key == key && key != 0)
                grouping->of[i] = (uint8_t)group;
    }
    return store_grouping(lives, grouping, subject, error);
}

static bool store_curves(const struct lives *lives, const char *names, struct error *error)
{
    struct grouping *grouping = calloc(1, sizeof *grouping);
    bool done = grouping && (grouping->of = malloc(lives->count + 1)) != NULL;
    if (!done)
        error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    const struct survival_times all = {lives->count, lives->time, lives->event};
    done = done && value_book_survival(lives->book, "survival", "all", &all, error) &&
           by_key(lives, grouping, 'p', names, "plan", error) &&
           by_key(lives, grouping, 'm', names, "method", error) &&
           by_gender(lives, grouping, error) && by_age(lives, grouping, error);
    if (grouping)
        free(grouping->of);
    free(grouping);
    return done;
}

/* ---- Accelerated failure time ---- */

struct design {
    uint32_t columns;
    int count;
    const char *names[VALUE_AFT];
};

/* Covariates that differ among those who left as well as among those who stayed. */
static void choose_columns(const struct lives *lives, struct design *design)
{
    double least[2][VALUE_AFT], most[2][VALUE_AFT];
    size_t other[2][VALUE_AFT] = {{0}};
    bool seen[2] = {false, false};
    for (size_t i = 0; i < lives->count; i++) {
        const double *z = covariates_of(lives, i);
        int event = lives->event[i];
        for (int c = 0; c < VALUE_AFT; c++) {
            least[event][c] = seen[event] ? fmin(least[event][c], z[c]) : z[c];
            most[event][c] = seen[event] ? fmax(most[event][c], z[c]) : z[c];
            other[event][c] += z[c] > least[event][c];
        }
        seen[event] = true;
    }
    *design = (struct design){0};
    for (int c = 0; c < VALUE_AFT && seen[0] && seen[1]; c++) {
        if (!(most[0][c] > least[0][c]) || !(most[1][c] > least[1][c]) || other[0][c] < 10 ||
            other[1][c] < 10)
            continue;
        design->columns |= UINT32_C(1) << c;
        design->names[design->count++] = value_covariate_names[c];
    }
}

/* Lives as a fit takes them, once for all three models. */
struct rows {
    const struct lives *lives;
    const struct design *design;
    size_t events;
    double *time, *z; /* months; covariates */
};

static void rows_free(struct rows *rows)
{
    free(rows->time);
    free(rows->z);
}

static bool rows_make(struct rows *rows, const struct lives *lives, const struct design *design,
                      struct error *error)
{
    size_t width = (size_t)design->count;
    *rows = (struct rows){lives, design, 0, malloc((lives->count + 1) * sizeof(double)),
                          malloc((lives->count * width + 1) * sizeof(double))};
    if (!rows->time || !rows->z)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    for (size_t i = 0; i < lives->count; i++) {
        rows->time[i] = lives->time[i] / VALUE_DAYS_A_MONTH;
        rows->events += lives->event[i];
        const double *z = covariates_of(lives, i);
        double *row = rows->z + i * width;
        for (int c = 0; c < VALUE_AFT; c++)
            if (design->columns & UINT32_C(1) << c)
                *row++ = z[c];
    }
    return true;
}

static bool fit_rows(const struct rows *rows, enum aft_model model, const struct fit *start,
                     struct fit *fit, struct error *error)
{
    const struct aft_data data = {
        .count = rows->lives->count,
        .columns = rows->design->count,
        .time = rows->time,
        .event = rows->lives->event,
        .covariates = rows->design->count ? rows->z : NULL,
        .names = rows->design->names,
    };
    if (rows->events < LEAST_EVENTS)
        return error_set(error, ERROR_INPUT, NULL, "only %zu members have left yet", rows->events);
    return aft_fit_from(model, &data, start, fit, error);
}

/* Of those who were there on the split day, who stayed in the time that has been decided since. */
static bool *outcome_of(const struct lives *there, int32_t split)
{
    const struct value_gym *gym = there->gym;
    bool *outcome = malloc(there->count + 1);
    for (size_t i = 0; outcome && i < there->count; i++) {
        struct value_spell now = value_spell_at(gym, &gym->members[there->member[i]], gym->today);
        /* A spell that began later: the one of then is over. */
        outcome[i] = now.start <= split && !(now.has_ended && now.end <= gym->today - gym->grace);
    }
    return outcome;
}

static bool judge(const struct rows *there, const bool *outcome, enum aft_model model,
                  const struct fit *then, int32_t split, struct measure *left,
                  struct measure *stayed)
{
    size_t count = there->lives->count, width = (size_t)there->design->count;
    double *predicted = malloc((count + 1) * sizeof *predicted);
    const struct value_gym *gym = there->lives->gym;
    double months = (gym->today - gym->grace - split) / VALUE_DAYS_A_MONTH;
    bool done = false;
    if (predicted && outcome && count >= LEAST_EVENTS) {
        for (size_t i = 0; i < count; i++)
            predicted[i] =
                aft_conditional(model, then, there->z + i * width, there->time[i], months);
        done = measure_both(predicted, outcome, count, stayed, left, NULL);
    }
    free(predicted);
    return done;
}

struct candidate {
    bool is_fitted, is_judged;
    struct fit fit, then;
    struct measure left, stayed;
    struct error why;
};

static void store_aft(const struct lives *lives, const struct value_models *models,
                      enum aft_model model, int32_t split, const struct candidate *one)
{
    const struct value_fit about = {.purpose = "survival",
                                    .model = value_survival_name(model),
                                    .time_unit = "months",
                                    .fitted_on = lives->gym->today,
                                    .in_use =
                                        models->has_survival && models->survival_model == model,
                                    .holdout = one->is_judged ? &one->left : NULL,
                                    .holdout_from = split};
    if (!one->is_fitted) {
        value_book_failure(lives->book, &about, &one->why);
        return;
    }
    value_book_fit(lives->book, &about, &one->fit);
    if (one->is_judged)
        value_book_calibration(lives->book, about.model, &one->stayed);
}

static bool is_better(const struct candidate *one, const struct candidate *best)
{
    if (!best || !best->is_fitted)
        return true;
    return one->is_judged && best->is_judged ? one->left.log_loss < best->left.log_loss
                                             : one->fit.log_likelihood > best->fit.log_likelihood;
}

/* Up to the split, of a sample where there are many: what the models are held against. */
static bool judge_all(const struct lives *now, const struct design *design, int32_t split,
                      struct candidate *all, struct error *error)
{
    const struct value_gym *gym = now->gym;
    size_t step = 1 + gym->count / HELD_OUT;
    struct lives then = {.book = now->book, .gym = gym, .z = now->z}, there = then;
    struct rows before = {0}, held_out = {0};
    struct design past = {0};
    bool *outcome = NULL;
    bool done = lives_take(&then, split, false, step, error) && lives_sort(&then, error) &&
                lives_take(&there, split, true, step, error);
    if (done) {
        choose_columns(&then, &past);
        outcome = outcome_of(&there, split);
        done =
            rows_make(&before, &then, &past, error) && rows_make(&held_out, &there, &past, error);
    }
    for (int model = AFT_WEIBULL; done && model <= AFT_LOG_LOGISTIC; model++) {
        struct candidate *one = &all[model];
        const struct fit *start =
            one->is_fitted && past.columns == design->columns ? &one->fit : NULL;
        one->is_judged = fit_rows(&before, (enum aft_model)model, start, &one->then, NULL) &&
                         judge(&held_out, outcome, (enum aft_model)model, &one->then, split,
                               &one->left, &one->stayed);
    }
    free(outcome);
    rows_free(&before);
    rows_free(&held_out);
    lives_free(&then);
    lives_free(&there);
    return done;
}

static bool fit_models(struct lives *now, struct value_models *models, struct error *error)
{
    int32_t split = now->gym->today - VALUE_HELD_OUT;
    struct candidate *all = calloc(3, sizeof *all), *best = NULL;
    struct design design = {0};
    struct rows rows = {0};
    if (!all)
        return error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    choose_columns(now, &design);
    models->columns = design.columns;
    bool done = lives_sort(now, error) && rows_make(&rows, now, &design, error);
    for (int model = AFT_WEIBULL; done && model <= AFT_LOG_LOGISTIC; model++)
        all[model].is_fitted =
            fit_rows(&rows, (enum aft_model)model, NULL, &all[model].fit, &all[model].why);
    rows_free(&rows);
    done = done && judge_all(now, &design, split, all, error);
    for (int model = AFT_WEIBULL; done && model <= AFT_LOG_LOGISTIC; model++)
        if (all[model].is_fitted && is_better(&all[model], best)) {
            best = &all[model];
            models->has_survival = true;
            models->survival_model = (enum aft_model)model;
            models->survival = best->fit;
        }
    for (int model = AFT_WEIBULL; done && model <= AFT_LOG_LOGISTIC; model++)
        store_aft(now, models, (enum aft_model)model, split, &all[model]);
    free(all);
    return done;
}

bool value_fit_survival(struct value_book *book, const struct value_gym *gym, const char *names,
                        struct value_models *models, struct error *error)
{
    double *z = covariates_of_all(gym);
    struct lives lives = {.book = book, .gym = gym, .z = z};
    bool done = z ? lives_take(&lives, gym->today, false, 1, error) &&
                        (lives.count == 0 || store_curves(&lives, names, error)) &&
                        fit_models(&lives, models, error)
                  : error_set(error, ERROR_SYSTEM, NULL, "Out of memory");
    lives_free(&lives);
    free(z);
    return done;
}
