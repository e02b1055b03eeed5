/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person's first minutes at the command line: what the program asks, on a terminal, before there
 * is a screen, and what it does with the answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demonstration.h"
#include "support.h"

/* A machine where gymtui was never started: no configuration, no variable of ours, an empty folder
 * for data. The server that it starts is stopped with `demo destroy` at the end. */
static char folder[64];

static int set_up_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gymtui-first-XXXXXX");
    return mkdtemp(folder) != NULL && chmod(folder, 0711) == 0 ? 0 : -1;
}

static struct terminal *open_here(const char *const *words)
{
    static char data[100], home[100];
    /* Nothing is configured: only then is there anything to offer. */
    const char *command[20] = {
        "/usr/bin/env", "-u", "GYMTUI_DEMO_DIRECTORY", "-u", "GYMTUI_DATABASE_CONNECT_TIMEOUT",
        data,           home, demonstration_binary()};
    snprintf(data, sizeof data, "XDG_DATA_HOME=%s", folder);
    snprintf(home, sizeof home, "HOME=%s/home", folder);
    size_t count = 8;
    while (words != NULL && *words != NULL && count < 19)
        command[count++] = *words++;
    return terminal_open_as(&(struct terminal_start){.command = command});
}

static int exit_status(struct terminal *terminal)
{
    int status = terminal_wait_end(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int tear_down_folder(void **state)
{
    terminal_teardown(state);
    static const char *const destroy[] = {"demo", "destroy", "--yes", NULL};
    struct terminal *terminal = open_here(destroy);
    int status = exit_status(terminal);
    terminal_close(terminal);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return status != 0 || system(command) != 0;
}

static void a_first_start_offers_the_demonstration_and_takes_no(void **state)
{
    (void)state;
    struct terminal *terminal = open_here(NULL);
    terminal_wait(terminal, "Start the demonstration? [Y/n]");
    terminal_type(terminal, "n");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 0);
    assert_true(terminal_shows(terminal, "database.conninfo"));
    char path[200];
    snprintf(path, sizeof path, "%s/gymtui/postgres", folder);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void enter_takes_the_demonstration_and_the_screen_opens(void **state)
{
    (void)state;
    struct terminal *terminal = open_here(NULL);
    terminal_wait(terminal, "Start the demonstration? [Y/n]");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "demo-anna"); /* the login screen shows its logins */
    assert_true(terminal_is_alternate(terminal));
    terminal_key(terminal, "^D");
    assert_int_equal(exit_status(terminal), 0);

    /* The second time there is nothing to offer. */
    struct terminal *again = open_here(NULL);
    terminal_wait(again, "demo-anna");
    assert_false(terminal_shows(again, "[Y/n]"));
}

/* ^C in the midst of the making: the next start goes on from what is whole. */
static void an_interrupted_demonstration_is_made_by_the_next(void **state)
{
    (void)state;
    static const char *const steps[] = {"Making a private", "Starting PostgreSQL",
                                        "Tables:", "Making up gyms"};
    static const char *const demo[] = {"demo", "--no-ui", NULL};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct terminal *terminal = open_here(demo);
        terminal_wait(terminal, steps[i]);
        terminal_key(terminal, "^C");
        terminal_wait_end(terminal);
        terminal_close(terminal);
    }
    struct terminal *terminal = open_here(demo);
    assert_int_equal(exit_status(terminal), 0);
    assert_true(terminal_shows(terminal, "The demonstration is running"));
}

static void destroying_needs_a_whole_yes(void **state)
{
    (void)state;
    static const char *const demo[] = {"demo", "--no-ui", NULL};
    static const char *const destroy[] = {"demo", "destroy", NULL};
    char path[200];
    snprintf(path, sizeof path, "%s/gymtui/postgres", folder);
    assert_int_equal(exit_status(open_here(demo)), 0);

    struct terminal *terminal = open_here(destroy);
    terminal_wait(terminal, "Type yes to remove it:");
    terminal_type(terminal, "y");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 1);
    assert_int_equal(access(path, F_OK), 0);

    terminal = open_here(destroy);
    terminal_wait(terminal, "Type yes to remove it:");
    terminal_type(terminal, "yes");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 0);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* --- passwords, on the demonstration --- */

static struct terminal *set_password_of(const char *user)
{
    const char *const command[] = {demonstration_binary(), "staff", "passwd", user, NULL};
    return terminal_open_as(&(struct terminal_start){.command = command});
}

static void a_password_is_asked_for_twice_and_not_shown(void **state)
{
    (void)state;
    struct terminal *terminal = set_password_of("desk2");
    terminal_wait(terminal, "New password for desk2:");
    terminal_type(terminal, "open sesame now");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Once more:");
    terminal_type(terminal, "open sesame now");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 0);
    assert_null(strstr(terminal_output(terminal), "sesame"));
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
}

static void two_different_passwords_change_nothing(void **state)
{
    (void)state;
    struct terminal *terminal = set_password_of("desk1");
    terminal_wait(terminal, "New password");
    terminal_type(terminal, "open sesame now");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "Once more:");
    terminal_type(terminal, "open sesame new");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 1);
    assert_true(terminal_shows(terminal, "differ"));
}

static void control_c_at_a_password_gives_the_echo_back(void **state)
{
    (void)state;
    struct terminal *terminal = set_password_of("desk1");
    terminal_wait(terminal, "New password");
    terminal_type(terminal, "half of");
    terminal_key(terminal, "^C");
    assert_int_equal(exit_status(terminal), 1);
    assert_true(terminal_shows(terminal, "nothing was changed"));
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
}

/* --- a server of one's own: the demonstration's, named as such --- */

static struct terminal *ask_as_administrator(const char *database, const char *verb)
{
    char conninfo[200];
    snprintf(conninfo, sizeof conninfo, "database.conninfo=host=%s/run dbname=%s",
             demonstration_directory(), database);
    const char *const command[] = {
        demonstration_binary(), "--set", conninfo, "schema", verb, "--user", "architect", NULL};
    return terminal_open_as(&(struct terminal_start){.command = command});
}

static void an_administrators_password_is_asked_for(void **state)
{
    (void)state;
    demonstration_ask("CREATE ROLE architect LOGIN PASSWORD 'stone upon stone'");
    demonstration_ask("GRANT CONNECT ON DATABASE gymtui TO architect");
    demonstration_ask("GRANT USAGE ON SCHEMA public TO architect");
    demonstration_ask("GRANT SELECT ON public.schema_version TO architect");
    struct terminal *terminal = ask_as_administrator("gymtui", "status");
    terminal_wait(terminal, "administrator:");
    terminal_type(terminal, "stone upon stone");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 0);
    assert_true(terminal_shows(terminal, "Database gymtui is at version"));
    assert_null(strstr(terminal_output(terminal), "stone"));
    terminal_close(terminal);

    terminal = ask_as_administrator("gymtui", "status");
    terminal_wait(terminal, "administrator:");
    terminal_type(terminal, "sand");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 5);
    assert_true(terminal_shows(terminal, "password is wrong"));
}

/* Who may not make databases is told that, and not to do what was just done. */
static void a_database_that_may_not_be_made_says_who_could(void **state)
{
    (void)state;
    struct terminal *terminal = ask_as_administrator("elsewhere", "create");
    terminal_wait(terminal, "administrator:");
    terminal_type(terminal, "stone upon stone");
    terminal_key(terminal, "Enter");
    assert_int_equal(exit_status(terminal), 5);
    assert_true(terminal_shows(terminal, "The database elsewhere cannot be made"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define FIRST(name) cmocka_unit_test_setup_teardown(name, set_up_folder, tear_down_folder)
        FIRST(a_first_start_offers_the_demonstration_and_takes_no),
        FIRST(enter_takes_the_demonstration_and_the_screen_opens),
        FIRST(an_interrupted_demonstration_is_made_by_the_next),
        FIRST(destroying_needs_a_whole_yes),
        cmocka_unit_test_teardown(a_password_is_asked_for_twice_and_not_shown, terminal_teardown),
        cmocka_unit_test_teardown(two_different_passwords_change_nothing, terminal_teardown),
        cmocka_unit_test_teardown(control_c_at_a_password_gives_the_echo_back, terminal_teardown),
        cmocka_unit_test_teardown(an_administrators_password_is_asked_for, terminal_teardown),
        cmocka_unit_test_teardown(a_database_that_may_not_be_made_says_who_could,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
