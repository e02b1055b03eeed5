/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a setting comes from, what it may be, and who may read a password. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"

static void each_source_beats_the_ones_below_it(void **state)
{
    (void)state;
    char origin[128];
    struct config *config = settings_load(NULL);
    assert_non_null(config);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 3);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), "default");
    config_free(config);

    settings_write(settings_system_file, "# all desks\n\ndesk: { repeat_silent = 4; };\n");
    config = settings_load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 4);
    snprintf(origin, sizeof origin, "%s:3", settings_system_file);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), origin);
    config_free(config);

    settings_write(settings_user_file, "desk:\n{\n    repeat_silent = 5;\n};\n");
    config = settings_load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 5);
    snprintf(origin, sizeof origin, "%s:3", settings_user_file);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), origin);
    config_free(config);

    setenv("GYMTUI_DESK_REPEAT_SILENT", "6", 1);
    config = settings_load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 6);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT),
                        "GYMTUI_DESK_REPEAT_SILENT");
    config_free(config);

    const char *const assignments[] = {"desk.repeat_silent=7", NULL};
    config = settings_load(assignments);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 7);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), "command line");
    assert_string_equal(config_origin(config, CONFIG_DESK_NAME), "default");
    config_free(config);
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");
}

static void a_file_named_on_the_command_line_stands_alone(void **state)
{
    (void)state;
    char other[96];
    snprintf(other, sizeof other, "%s/other.conf", settings_folder);
    settings_write(settings_system_file, "desk: { repeat_silent = 4; };\n");
    settings_write(settings_user_file, "nonsense\n");
    settings_write(other, "desk: { name = \"bar\"; };\n");
    struct config_sources sources = {
        .file = other, .user_file = settings_user_file, .system_file = settings_system_file};
    struct config *config = config_load(&sources, &settings_error);
    assert_non_null(config);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "bar");
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 3);
    config_free(config);

    unlink(other);
    assert_null(config_load(&sources, &settings_error)); /* named, so it has to be there */
    assert_non_null(strstr(settings_error.message, other));
}

static void the_users_file_is_found_by_the_xdg_rules(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/.config/gymtui", settings_folder);
    char command[400];
    snprintf(command, sizeof command, "mkdir -p %s %s/xdg/gymtui", path, settings_folder);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a settings_folder of our own
    snprintf(path, sizeof path, "%s/.config/gymtui/gymtui.conf", settings_folder);
    settings_write(path, "desk: { name = \"home\"; };\n");
    snprintf(path, sizeof path, "%s/xdg/gymtui/gymtui.conf", settings_folder);
    settings_write(path, "desk: { name = \"xdg\"; };\n");
    struct config_sources sources = {.system_file = settings_system_file};

    setenv("HOME", settings_folder, 1);
    unsetenv("XDG_CONFIG_HOME");
    struct config *config = config_load(&sources, &settings_error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "home");
    config_free(config);

    setenv("XDG_CONFIG_HOME", "xdg", 1); /* relative: ignored */
    config = config_load(&sources, &settings_error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "home");
    config_free(config);

    snprintf(path, sizeof path, "%s/xdg", settings_folder);
    setenv("XDG_CONFIG_HOME", path, 1);
    config = config_load(&sources, &settings_error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "xdg");
    config_free(config);
    unsetenv("XDG_CONFIG_HOME");
}

static void a_first_start_is_told_from_any_other(void **state)
{
    (void)state;
    struct config *config = settings_load(NULL);
    assert_true(config_is_untouched(config));
    config_free(config);

    config = settings_load_text("");
    assert_false(config_is_untouched(config));
    config_free(config);
    unlink(settings_user_file);

    setenv("GYMTUI_SCREEN_THEME", "mono", 1);
    config = settings_load(NULL);
    assert_false(config_is_untouched(config));
    config_free(config);
    unsetenv("GYMTUI_SCREEN_THEME");

    const char *const assignments[] = {"desk.name=2", NULL};
    config = settings_load(assignments);
    assert_false(config_is_untouched(config));
    config_free(config);
}

static void each_type_is_read(void **state)
{
    (void)state;
    struct config *config =
        settings_load_text("database: { conninfo = \"host=/run/pg dbname=gym\"; };\n"
                           "desk: { name = \"Հ \\\"2\\\"\"; auto = TRUE; };\n"
                           "screen: { theme = \"mono\"; bell = false; };\n"
                           "demo = { seed = 0x7fffffff; };\n");
    if (config == NULL)
        fail_msg("%s", settings_error.message);
    assert_string_equal(config_text(config, CONFIG_DATABASE_CONNINFO), "host=/run/pg dbname=gym");
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "Հ \"2\"");
    assert_true(config_bool(config, CONFIG_DESK_AUTO));
    assert_false(config_bool(config, CONFIG_SCREEN_BELL));
    assert_string_equal(config_text(config, CONFIG_SCREEN_THEME), "mono");
    assert_int_equal(config_int(config, CONFIG_DEMO_SEED), 2147483647);
    assert_true(config_number(config, CONFIG_DEMO_SEED) == 2147483647.0);
    config_free(config);
}

static void the_command_line_and_environment_may_say_yes(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool flag;
    } words[] = {{"desk.auto=true", true},   {"desk.auto=yes", true}, {"desk.auto=on", true},
                 {"desk.auto=1", true},      {"desk.auto=no", false}, {"desk.auto=off", false},
                 {"desk.auto=false", false}, {"desk.auto=0", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *const assignments[] = {words[i].word, NULL};
        struct config *config = settings_load(assignments);
        assert_non_null(config);
        assert_int_equal(config_bool(config, CONFIG_DESK_AUTO), words[i].flag);
        config_free(config);
    }
}

static void an_empty_variable_is_as_if_unset(void **state)
{
    (void)state;
    settings_write(settings_user_file,
                   "desk: { repeat_silent = 5; name = \"2\"; scanner_prefix = \"~\"; };\n");
    setenv("GYMTUI_DESK_REPEAT_SILENT", "", 1);
    setenv("GYMTUI_DESK_NAME", "", 1);
    setenv("GYMTUI_DESK_SCANNER_PREFIX", "", 1); /* here an empty text means something */
    struct config *config = settings_load(NULL);
    assert_non_null(config);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 5);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "2");
    assert_string_equal(config_text(config, CONFIG_DESK_SCANNER_PREFIX), "");
    config_free(config);
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");
    unsetenv("GYMTUI_DESK_NAME");
    unsetenv("GYMTUI_DESK_SCANNER_PREFIX");
}

static void a_password_in_an_open_file_is_refused(void **state)
{
    (void)state;
    static const char *const secrets[] = {
        "login: { password = \"sesame\"; };\n",
        "database: { conninfo = \"host=db password=sesame dbname=gym\"; };\n",
        "database: { conninfo = \"password = 'open sesame'\"; };\n",
        "database: { browse_conninfo = \"postgresql://ana:sesame@db/gym\"; };\n",
        "database: { conninfo = \"postgres://db/gym?sslmode=require&password=sesame\"; };\n",
        "database: { conninfo = \"sslkey=k sslpassword=sesame\"; };\n",
    };
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0610};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        settings_write(settings_user_file, secrets[i]);
        for (size_t j = 0; j < sizeof modes / sizeof *modes; j++) {
            assert_int_equal(chmod(settings_user_file, modes[j]), 0);
            if (settings_load(NULL) != NULL)
                fail_msg("mode %o: %s", (unsigned)modes[j], secrets[i]);
            assert_null(strstr(settings_error.message, "sesame"));
            assert_non_null(strstr(settings_error.message, settings_user_file));
            assert_non_null(strstr(settings_error.hint, "chmod 600"));
            assert_non_null(strstr(settings_error.hint, settings_user_file));
        }
        chmod(settings_user_file, 0600);
        struct config *config = settings_load(NULL);
        if (config == NULL)
            fail_msg("%s", settings_error.message);
        config_free(config);
    }
}

static void a_file_without_a_password_may_be_open(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "login: { password = \"\"; };\n",
        "database: { conninfo = \"host=db passfile=/etc/pgpass dbname=password\"; };\n",
        "database: { conninfo = \"postgresql://ana@db/gym\"; };\n",
        "database: { conninfo = \"host=db password=\"; };\n",
        "database: { conninfo = \"host=db password='' user=x\"; };\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config = settings_load_text(texts[i]);
        if (config == NULL)
            fail_msg("%s: %s", texts[i], settings_error.message);
        config_free(config);
    }
}

static void passwords_are_never_printed(void **state)
{
    (void)state;
    settings_write(
        settings_user_file,
        "login: { password = \"sesame\"; };\n"
        "database: { conninfo = \"host=db password='open \\\\' sesame' dbname=gym\";\n"
        "browse_conninfo = \"postgresql://ana:sesame@db/gym?password=sesame&user=x\"; };\n");
    chmod(settings_user_file, 0600);
    struct config *config = settings_load(NULL);
    if (config == NULL)
        fail_msg("%s", settings_error.message);
    char *text = settings_printed_values(config);
    assert_null(strstr(text, "sesame"));
    assert_non_null(strstr(text, "login.password             (set)"));
    assert_non_null(strstr(text, "\"host=db password=(set) dbname=gym\""));
    assert_non_null(strstr(text, "\"postgresql://ana:(set)@db/gym?password=(set)&user=x\""));
    free(text);
    config_free(config);

    /* On the command line it would stand in the list of processes; nor is it told again. */
    assert_null(settings_load((const char *const[]){"login.password=sesame", NULL}));
    assert_non_null(strstr(settings_error.message, "login.password is not taken from"));
    assert_null(strstr(settings_error.message, "sesame"));
    assert_non_null(strstr(settings_error.hint, "GYMTUI_LOGIN_PASSWORD"));
}

static void every_value_is_printed_with_its_origin(void **state)
{
    (void)state;
    settings_write(settings_user_file, "desk: {\n name = \"a\\x1b[2J\";\n};\n"
                                       "keys: { attendance: { undo = \"F8\"; }; };\n");
    struct config *config = settings_load(NULL);
    if (config == NULL)
        fail_msg("%s", settings_error.message);
    char *text = settings_printed_values(config);
    size_t lines = 0;
    for (const char *s = text; *s != '\0'; s++)
        lines += *s == '\n';
    assert_int_equal(lines, CONFIG_COUNT + 1);
    assert_null(strchr(text, '\x1b'));
    char row[200];
    snprintf(row, sizeof row, "desk.name                  \"a\\x1b[2J\"                %s:2\n",
             settings_user_file);
    assert_non_null(strstr(text, row));
    assert_non_null(
        strstr(text, "\ndesk.repeat_silent         3 s                       default\n"));
    assert_non_null(strstr(text, "\nkeys.attendance.undo       \"F8\" "));
    free(text);
    config_free(config);
}

static bool know_undo(const char *command, const char *keys, struct error *why)
{
    if (strcmp(command, "attendance.undo") != 0)
        return error_set(why, ERROR_CONFIG, "See the help.", "There is no command %s", command);
    if (strcmp(keys, "F99") == 0)
        return error_set(why, ERROR_CONFIG, "F1 to F12.", "There is no key %s", keys);
    return true;
}

static void keys_are_bound_by_screen_and_command(void **state)
{
    (void)state;
    settings_write(settings_system_file,
                   "keys: { attendance: { undo = \"F7\"; void = \"F9\"; }; };\n");
    settings_write(settings_user_file, "keys: { attendance: { undo = \"F8 -\"; }; };\n");
    struct config *config = settings_load(NULL);
    assert_non_null(config);
    assert_string_equal(config_keys(config, "attendance.undo"), "F8 -");
    assert_string_equal(config_keys(config, "attendance.void"), "F9");
    assert_null(config_keys(config, "attendance"));
    assert_null(config_keys(config, "members.undo"));
    config_free(config);

    const char *const assignments[] = {"keys.attendance.undo=F6", NULL};
    config = settings_load(assignments);
    assert_string_equal(config_keys(config, "attendance.undo"), "F6");
    config_free(config);
}

static void keys_that_the_toolkit_does_not_know_are_refused(void **state)
{
    (void)state;
    struct config_sources sources = {.user_file = settings_user_file,
                                     .system_file = settings_system_file,
                                     .check_key = know_undo};
    char expected[200];
    settings_write(settings_user_file, "keys: {\n attendance: { udo = \"F8\"; }; };\n");
    assert_null(config_load(&sources, &settings_error));
    snprintf(expected, sizeof expected, "There is no command attendance.udo in %s line 2",
             settings_user_file);
    assert_string_equal(settings_error.message, expected);
    assert_string_equal(settings_error.hint, "See the help.");

    settings_write(settings_user_file, "keys: { attendance: { undo = \"F99\"; }; };\n");
    assert_null(config_load(&sources, &settings_error));
    settings_write(settings_user_file, "keys: { attendance: { undo = 8; }; };\n");
    assert_null(config_load(&sources, &settings_error));
    assert_non_null(strstr(settings_error.message, "keys.attendance.undo is not a text"));
    settings_write(settings_user_file, "keys: { attendance: { undo = \"F8\"; }; };\n");
    struct config *config = config_load(&sources, &settings_error);
    assert_non_null(config);
    config_free(config);
}

int main(void)
{
#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, settings_make_folder, settings_remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(each_source_beats_the_ones_below_it),
        IN_FOLDER(a_file_named_on_the_command_line_stands_alone),
        IN_FOLDER(the_users_file_is_found_by_the_xdg_rules),
        IN_FOLDER(a_first_start_is_told_from_any_other),
        IN_FOLDER(each_type_is_read),
        IN_FOLDER(the_command_line_and_environment_may_say_yes),
        IN_FOLDER(an_empty_variable_is_as_if_unset),
        IN_FOLDER(a_password_in_an_open_file_is_refused),
        IN_FOLDER(a_file_without_a_password_may_be_open),
        IN_FOLDER(passwords_are_never_printed),
        IN_FOLDER(every_value_is_printed_with_its_origin),
        IN_FOLDER(keys_are_bound_by_screen_and_command),
        IN_FOLDER(keys_that_the_toolkit_does_not_know_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
