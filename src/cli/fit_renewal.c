/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sBG, beta-discrete-Weibull and geometric, from survivor counts or from at-risk and lost counts.
 */
#include <stdlib.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/cli/cli.h"
#include "gymtui/model/renewal.h"

struct counts {
    struct fit_columns columns;
    double *at_risk, *lost;
    size_t renewals;
};

static bool counts_read(const struct fit_request *request, struct counts *c, struct error *error)
{
    *c = (struct counts){0};
    if (request->holdout != DATE_NONE || request->until != DATE_NONE)
        return error_set(error, ERROR_USAGE, "Use --horizon N --predict to look ahead.",
                         "counts by renewal have no dates");
    bool survivors = !fit_has_column(request->file, "at_risk");
    c->columns.columns = survivors ? 1 : 2;
    c->columns.column[0].name = survivors ? "survivors" : "at_risk";
    c->columns.column[1].name = "lost";
    if (!fit_columns_read(request->file, &c->columns, error))
        return false;
    size_t count = c->columns.count;
    c->at_risk = calloc(count + 1, sizeof *c->at_risk);
    c->lost = calloc(count + 1, sizeof *c->lost);
    if (!c->at_risk || !c->lost)
        return error_set(error, ERROR_SYSTEM, NULL, "not enough memory");
    if (survivors) {
        c->renewals = count ? count - 1 : 0;
        return renewal_from_survivors(c->columns.column[0].value, count, c->at_risk, c->lost,
                                      error);
    }
    c->renewals = count;
    memcpy(c->at_risk, c->columns.column[0].value, count * sizeof *c->at_risk);
    memcpy(c->lost, c->columns.column[1].value, count * sizeof *c->lost);
    return true;
}

static void counts_free(struct counts *c)
{
    fit_columns_free(&c->columns);
    free(c->at_risk);
    free(c->lost);
}

int fit_run_renewal(const struct fit_request *request)
{
    struct error error = {0};
    struct counts c;
    struct fit fit;
    enum renewal_model model = strcmp(request->model, "bdw") == 0   ? RENEWAL_BDW
                               : strcmp(request->model, "sbg") == 0 ? RENEWAL_SBG
                                                                    : RENEWAL_GEOMETRIC;
    bool fine = counts_read(request, &c, &error);
    struct renewals renewals = {c.renewals, c.at_risk, c.lost};
    if (fine && renewal_fit(model, &renewals, &fit, &error)) {
        struct renewal_parameters p = renewal_parameters(model, &fit);
        size_t last = renewals.count + (request->horizon > 0 ? (size_t)request->horizon : 0);
        char what[120];
        snprintf(what, sizeof what, "%zu renewals, %.0f decisions", renewals.count,
                 (double)fit.observations);
        const char *alike =
            model == RENEWAL_SBG && p.alpha + p.beta > 1e4
                ? "  alpha + beta is above 10,000: members are alike; the geometric "
                  "model says the same.\n"
                : "";
        fit_print(request, &(struct fit_report){renewal_model_name(model), what, &fit, "", alike,
                                                c.columns.bad});
        if (request->predict) {
            puts("renewal,rate,survival,actual_rate");
            for (size_t n = 1; n <= last; n++) {
                printf("%zu,%.10g,%.10g,", n, renewal_rate(&p, (int)n),
                       renewal_survival(&p, (int)n));
                if (n <= renewals.count && c.at_risk && c.lost && renewals.at_risk[n - 1] > 0)
                    printf("%.10g", 1 - renewals.lost[n - 1] / renewals.at_risk[n - 1]);
                putchar('\n');
            }
        }
    } else {
        fine = false;
    }
    counts_free(&c);
    return fine ? 0 : cli_fail(&error);
}
