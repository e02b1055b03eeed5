/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person at a terminal mistypes an option, or makes a mistake in the settings: what was wrong and
 * what to do next is said in words, the terminal is as it was, and nothing is made or started.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* A machine where gymtui was never started. */
static char folder[64];

static int set_up_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gymtui-mistakes-XXXXXX");
    return mkdtemp(folder) != NULL && chmod(folder, 0711) == 0 ? 0 : -1;
}

static int tear_down_folder(void **state)
{
    char command[100];
    terminal_teardown(state);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); /* NOLINT(cert-env33-c): the test's own words */
}

/* What the program says to these words before it leaves with `status`. */
static void expect_complaint(const char *const *words, int status, const char *complaint,
                             const char *advice)
{
    static char data[100], demo[100], home[100];
    const char *command[16] = {"/usr/bin/env", data, demo, home, getenv("GYMTUI_BINARY")};
    snprintf(data, sizeof data, "XDG_DATA_HOME=%s/data", folder);
    snprintf(demo, sizeof demo, "GYMTUI_DEMO_DIRECTORY=%s/data/gymtui", folder);
    snprintf(home, sizeof home, "HOME=%s/home", folder);
    for (size_t count = 5; *words != NULL && count < 15; count++)
        command[count] = *words++;
    struct terminal *terminal = terminal_open_as(&(struct terminal_start){.command = command});
    int ended = terminal_wait_end(terminal);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), status);
    assert_true(terminal_shows(terminal, complaint));
    assert_true(terminal_shows(terminal, advice));
    assert_false(terminal_is_alternate(terminal));
    terminal_close(terminal);

    char made[128];
    snprintf(made, sizeof made, "%s/data", folder);
    assert_int_not_equal(access(made, F_OK), 0);
}

static void a_setting_on_the_command_line(void **state)
{
    (void)state;
    static const char *const unknown[] = {"--set", "desk.nmae=2", NULL};
    static const char *const wrong[] = {"--set", "screen.plain=maybe", NULL};
    static const char *const key[] = {"--kiosk", "--set", "keys.no-such-command=F9", NULL};
    expect_complaint(unknown, 1, "desk.nmae", "desk.name");
    expect_complaint(wrong, 1, "screen.plain is maybe", "true");
    expect_complaint(key, 1, "no-such-command", "gymtui(1), KEYS");
}

static void the_settings_themselves(void **state)
{
    (void)state;
    char path[128];
    const char *const words[] = {"--config", path, NULL};
    snprintf(path, sizeof path, "%s/gymtui.conf", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("desk: { name = \"1\" \n", file);
    fclose(file);
    expect_complaint(words, 1, "The settings have a mistake", "gymtui.conf(5)");
    assert_int_equal(unlink(path), 0);
    expect_complaint(words, 1, "cannot be read", "--config");
}

static void options_and_commands(void **state)
{
    (void)state;
    static const char *const option[] = {"--knoisk", NULL};
    static const char *const profile[] = {"demo", "--profile", "huge", NULL};
    static const char *const word[] = {"demo", "small", NULL};
    expect_complaint(option, 2, "no option --knoisk", "gymtui --help");
    expect_complaint(profile, 1, "no profile", "small, chain, million and harsh");
    expect_complaint(word, 2, "small", "gymtui demo --help");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_setting_on_the_command_line, set_up_folder,
                                        tear_down_folder),
        cmocka_unit_test_setup_teardown(the_settings_themselves, set_up_folder, tear_down_folder),
        cmocka_unit_test_setup_teardown(options_and_commands, set_up_folder, tear_down_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
