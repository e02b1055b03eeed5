/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui fit`: every model on a file, without a database. */
#ifndef GYMTUI_CLI_FIT_H
#define GYMTUI_CLI_FIT_H

#include "gymtui/cli/cli.h"

/* Arguments and help for the table of subcommands. */
#define FIT_ARGUMENTS                                                                              \
    "MODEL FILE.csv [--customer COL] [--date COL] [--amount COL] [--until DATE] "                  \
    "[--unit days|weeks] [--holdout DATE] [--predict [--horizon N]] [--time COL] [--event COL] "   \
    "[--covariates A,B] [--group COL] [--json]"
#define FIT_HELP                                                                                   \
    "Fit a model to a file: bgnbd mbgnbd pnbd gamma-gamma sbg bdw geometric km weibull lognormal " \
    "loglogistic."

int cli_fit(const struct cli *cli, int argc, char **argv);

#endif
