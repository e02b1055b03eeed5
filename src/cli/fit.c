/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of `gymtui fit`, and which family of models a name belongs to. */
#include "fit.h"

#include <stdlib.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/worker/csv.h"

static const struct model {
    const char *name;
    int (*run)(const struct fit_request *request);
} models[] = {
    {"bgnbd", fit_run_visits},      {"mbgnbd", fit_run_visits},   {"pnbd", fit_run_visits},
    {"gamma-gamma", fit_run_spend}, {"sbg", fit_run_renewal},     {"bdw", fit_run_renewal},
    {"geometric", fit_run_renewal}, {"km", fit_run_survival},     {"weibull", fit_run_aft},
    {"lognormal", fit_run_aft},     {"loglogistic", fit_run_aft},
};

static const struct model *find_model(const char *name)
{
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(name, models[i].name) == 0)
            return &models[i];
    return NULL;
}

static bool unknown_model(const char *name, struct error *error)
{
    char known[256] = "There are";
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        text_append(known, sizeof known, "%s %s", i > 0 ? "," : "", models[i].name);
    return error_set(error, ERROR_USAGE, known, "There is no model “%s”", name);
}

struct option_of_fit {
    const char *name;
    const char **text; /* takes a word */
    int32_t *day;
    double *number;
    bool *flag;
};

static bool take_value(const struct option_of_fit *option, const char *word, struct error *error)
{
    if (option->text)
        *option->text = word;
    if (option->day && !date_parse(word, option->day))
        return error_set(error, ERROR_USAGE, "Nothing was fitted.",
                         "%s takes a day as in 1997-09-30, not “%s”", option->name, word);
    if (option->number && (!csv_number(word, option->number) || *option->number <= 0))
        return error_set(error, ERROR_USAGE, "Nothing was fitted.",
                         "%s takes a number above zero, not “%s”", option->name, word);
    return true;
}

static bool parse(int argc, char **argv, struct fit_request *request, const struct model **model,
                  struct error *error)
{
    const char *unit = "days";
    const struct option_of_fit options[] = {
        {.name = "--customer", .text = &request->customer},
        {.name = "--date", .text = &request->date},
        {.name = "--amount", .text = &request->amount},
        {.name = "--time", .text = &request->time},
        {.name = "--event", .text = &request->event},
        {.name = "--covariates", .text = &request->covariates},
        {.name = "--group", .text = &request->group},
        {.name = "--unit", .text = &unit},
        {.name = "--until", .day = &request->until},
        {.name = "--holdout", .day = &request->holdout},
        {.name = "--horizon", .number = &request->horizon},
        {.name = "--predict", .flag = &request->predict},
        {.name = "--json", .flag = &request->json},
    };
    for (int i = 1; i < argc; i++) {
        const struct option_of_fit *option = NULL;
        for (size_t j = 0; j < sizeof options / sizeof *options; j++)
            if (strcmp(argv[i], options[j].name) == 0)
                option = &options[j];
        if (option && option->flag) {
            *option->flag = true;
        } else if (option) {
            if (i + 1 >= argc)
                return error_set(error, ERROR_USAGE, "See gymtui fit --help", "%s needs a value",
                                 option->name);
            if (!take_value(option, argv[++i], error))
                return false;
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            return error_set(error, ERROR_USAGE, "See gymtui fit --help",
                             "“gymtui fit” has no option %s", argv[i]);
        } else if (!request->model) {
            request->model = argv[i];
        } else if (!request->file) {
            request->file = argv[i];
        } else {
            return error_set(error, ERROR_USAGE, "Give one model and one file.",
                             "“%s” is a word too many for “gymtui fit”", argv[i]);
        }
    }
    if (request->model) {
        *model = find_model(request->model);
        if (!*model)
            return unknown_model(request->model, error);
    }
    if (!*model || !request->file)
        return error_set(error, ERROR_USAGE, "gymtui fit MODEL FILE.csv, for instance bgnbd.",
                         "A model and a file are needed");
    if (strcmp(unit, "days") != 0 && strcmp(unit, "weeks") != 0)
        return error_set(error, ERROR_USAGE, "Nothing was fitted.",
                         "--unit takes days or weeks, not “%s”", unit);
    request->weeks = strcmp(unit, "weeks") == 0;
    return true;
}

int cli_fit(const struct cli *cli, int argc, char **argv)
{
    (void)cli;
    struct fit_request request = {.until = DATE_NONE, .holdout = DATE_NONE};
    struct error error = {0};
    const struct model *model = NULL;
    if (!parse(argc, argv, &request, &model, &error) || !model)
        return cli_fail(&error);
    return model->run(&request);
}
