/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui import members FILE.csv`: members from another program, all of them or none. */
#ifndef GYMTUI_CLI_IMPORT_MEMBERS_H
#define GYMTUI_CLI_IMPORT_MEMBERS_H

#include "internal.h"

extern const struct cli_option import_members_options[];
int command_import_members(const struct cli *cli, const struct cli_words *words);

#endif
