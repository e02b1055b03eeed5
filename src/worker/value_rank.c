/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members among each other: cut points of the scores, median value and base rate, which take a look
 * at everybody; then the figures of a range of members, each by itself, so that nobody's depend on
 * who is looked at with them, nor on how many threads look.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/ranges.h"
#include "gymtui/model/rfm.h"
#include "value_private.h"

#define THREADED  50000 /* members from which on a second thread is worth it */
#define MEMORABLE 500   /* members from which on many are alike */

/* What is known already of members alike: the gym's own, where no two threads look at once, else a
 * new one, which the caller frees; NULL: none, for a few members only, or no memory. */
static struct value_memo *memo_of(const struct value_gym *gym, size_t count)
{
    if (gym->memo)
        return gym->memo;
    return count > MEMORABLE ? calloc(1, sizeof(struct value_memo)) : NULL;
}

/* Begins the memo of a gym that one thread takes care of. */
static void renew_memo(struct value_gym *gym)
{
    if (gym->memo && gym->count < THREADED) {
        memset(gym->memo, 0, sizeof *gym->memo);
        return;
    }
    free(gym->memo);
    gym->memo =
        gym->count > MEMORABLE && gym->count < THREADED ? calloc(1, sizeof *gym->memo) : NULL;
}

/* ---- Cut points ---- */

typedef double measure_fn(const struct value_gym *gym, const struct value_member *member);

static double recency_of(const struct value_gym *gym, const struct value_member *member)
{
    return value_recency(gym, member);
}

static double paid_of(const struct value_gym *gym, const struct value_member *member)
{
    (void)gym;
    return (double)member->paid_year;
}

/* The least good value of each score from 2 on: whoever is scored alone is placed by them. */
static bool cut(const struct value_gym *gym, measure_fn *measure, bool low_is_good, double *cuts,
                struct error *error)
{
    double *values = malloc((gym->count + 1) * sizeof *values);
    uint8_t *scores = malloc(gym->count + 1);
    bool done = values && scores;
    for (int i = 0; i < 4; i++)
        cuts[i] = low_is_good ? -INFINITY : INFINITY;
    for (size_t m = 0; done && m < gym->count; m++)
        values[m] = measure(gym, &gym->members[m]);
    if (!done)
        no_memory(error);
    else
        done = gym->count == 0 || rfm_score(values, gym->count, low_is_good, scores, error);
    for (size_t m = 0; done && m < gym->count; m++)
        for (int i = 0; i < scores[m] - 1; i++)
            if (low_is_good ? values[m] > cuts[i] : values[m] < cuts[i])
                cuts[i] = values[m];
    free(values);
    free(scores);
    return done;
}

/* ---- The middle ---- */

struct middle {
    const struct value_gym *gym;
    const struct value_models *models;
    double *value, *rate; /* of those whose contract runs; else NaN */
};

static void take_values(void *owner, size_t first, size_t end)
{
    const struct middle *middle = owner;
    struct value_memo *memo = memo_of(middle->gym, end - first);
    for (size_t m = first; m < end; m++)
        if (!value_of_staying(middle->gym, middle->models, m, memo, &middle->value[m],
                              &middle->rate[m]))
            middle->value[m] = middle->rate[m] = NAN;
    if (memo != middle->gym->memo)
        free(memo);
}

/* The place-th smallest, by Hoare's selection; what is smaller comes to stand before it. */
static double select_place(double *values, size_t count, size_t place)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swap = values[i];
            values[i++] = values[j];
            values[j--] = swap;
        }
        /* Before j nothing is larger than the pivot, behind it nothing smaller. */
        if (place <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[place];
}

static double median_of(double *values, size_t count)
{
    double upper = select_place(values, count, count / 2), lower = upper;
    if (count % 2 == 0) {
        lower = values[0];
        for (size_t i = 1; i < count / 2; i++)
            lower = fmax(lower, values[i]);
    }
    return count % 2 ? upper : (lower + upper) / 2;
}

/* Median value and mean chance to renew of those whose contract runs. */
static bool take_middle(const struct value_gym *gym, struct value_models *models,
                        struct error *error)
{
    struct middle middle = {gym, models, malloc((gym->count + 1) * sizeof(double)),
                            malloc((gym->count + 1) * sizeof(double))};
    size_t count = 0;
    double rates = 0;
    bool done = (middle.value && middle.rate) || no_memory(error);
    if (done)
        ranges_run(gym->count, THREADED, take_values, &middle);
    for (size_t m = 0; done && m < gym->count; m++) {
        if (!isfinite(middle.rate[m]))
            continue;
        middle.value[count++] = middle.value[m];
        rates += middle.rate[m];
    }
    if (count > 0) {
        models->median_value = median_of(middle.value, count);
        models->base_rate = rates / (double)count;
    }
    free(middle.value);
    free(middle.rate);
    return done;
}

bool value_rank(struct value_gym *gym, struct value_models *models, struct error *error)
{
    renew_memo(gym);
    return value_models_prepare(models, error) &&
           cut(gym, recency_of, true, models->cuts[0], error) &&
           cut(gym, value_frequency, false, models->cuts[1], error) &&
           cut(gym, paid_of, false, models->cuts[2], error) && take_middle(gym, models, error);
}

/* ---- Figures ---- */

struct figuring {
    const struct value_gym *gym;
    const struct value_models *models;
    size_t first;
    struct value_figures *figures;
};

static void figure_range(void *owner, size_t first, size_t end)
{
    const struct figuring *all = owner;
    struct value_memo *memo = memo_of(all->gym, end - first);
    for (size_t i = first; i < end; i++) {
        value_score_among(all->gym, all->models, all->first + i, memo, &all->figures[i]);
        value_place_member(all->gym, all->models, all->first + i, &all->figures[i]);
    }
    if (memo != all->gym->memo)
        free(memo);
}

void value_figures_of(const struct value_gym *gym, const struct value_models *models, size_t first,
                      size_t count, struct value_figures *figures)
{
    struct figuring all = {gym, models, first, figures};
    ranges_run(count, THREADED, figure_range, &all);
}
