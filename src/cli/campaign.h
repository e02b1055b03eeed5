/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign start, list, edit, retry and end: what the pages of the office do with campaigns, for
 * scripts. */
#ifndef GYMTUI_CLI_CAMPAIGN_H
#define GYMTUI_CLI_CAMPAIGN_H

#include "internal.h"

extern const struct cli_option campaign_start_options[], campaign_edit_options[],
    campaign_end_options[];

int command_campaign_start(const struct cli *cli, const struct cli_words *words);
int command_campaign_edit(const struct cli *cli, const struct cli_words *words);
int command_campaign_retry(const struct cli *cli, const struct cli_words *words);
int command_campaign_end(const struct cli *cli, const struct cli_words *words);

#endif
