/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring: global options, configuration, log, and the subcommand table. */
int main(void)
{
    return 0;
}
