/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong in a settings file, a variable or an assignment is named, with its line and a way
 * * out.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"

static void a_value_out_of_range_names_file_line_and_range(void **state)
{
    (void)state;
    settings_assert_refused("desk: {\n  name = \"1\";\n  repeat_silent = 90;\n};\n",
                            "desk.repeat_silent is 90 in %s line 3; allowed: 0 to 60 s", NULL);
    settings_assert_refused("desk: { repeat_silent = -1; };\n",
                            "desk.repeat_silent is -1 in %s line 1; allowed: 0 to 60 s", NULL);
    settings_assert_refused(
        "screen: { theme = \"pink\"; };\n",
        "screen.theme is \"pink\" in %s line 1; allowed: auto, dark, light or mono", NULL);
    settings_assert_refused(
        "screen: { theme = \"auto dark\"; };\n",
        "screen.theme is \"auto dark\" in %s line 1; allowed: auto, dark, light or mono", NULL);
    settings_assert_refused("desk: { name = \"\"; };\n",
                            "desk.name is empty in %s line 1; allowed: a text of 1 to 20 bytes",
                            NULL);
    settings_assert_refused(
        "desk: { name = \"123456789012345678901\"; };\n",
        "desk.name is 21 bytes long in %s line 1; allowed: a text of 1 to 20 bytes", NULL);
}

/* libconfig 1.5 takes 4294967299 for 3 and 5000000000 for 705032704. */
static void a_large_number_does_not_wrap_into_the_range(void **state)
{
    (void)state;
    settings_assert_refused(
        "# 4294967299\ndesk: { /* 5000000000\n */ repeat_silent = 4294967299; };\n",
        "desk.repeat_silent is 4294967299 in %s line 3; allowed: 0 to 60 s", NULL);
    settings_assert_refused(
        "database: { desk_timeout = 5000000000L; };\n",
        "database.desk_timeout is 5000000000 in %s line 1; allowed: 200 to 60000 ms", NULL);
    settings_assert_refused("desk: { repeat_silent = 0x100000003; };\n",
                            "desk.repeat_silent is 4294967299 in %s line 1; allowed: 0 to 60 s",
                            NULL);
    settings_assert_refused("desk: { repeat_silent = -4294967293; };\n",
                            "desk.repeat_silent is -4294967293 in %s line 1; allowed: 0 to 60 s",
                            NULL);
    assert_null(settings_load_text("desk: { repeat_silent = 99999999999999999999999999; };\n"));
    /* Digits in texts, comments and names are no numbers. */
    struct config *config =
        settings_load_text("login: { gym = \"gym 4294967299\\\" 5000000000\"; }; // 5000000000\n");
    assert_non_null(config);
    assert_string_equal(config_text(config, CONFIG_LOGIN_GYM), "gym 4294967299\" 5000000000");
    config_free(config);
}

static void another_type_is_refused(void **state)
{
    (void)state;
    settings_assert_refused("desk: { repeat_silent = \"3\"; };\n",
                            "desk.repeat_silent is \"3\" in %s line 1; allowed: 0 to 60 s",
                            "without quotes");
    settings_assert_refused("desk: { repeat_silent = 3.5; };\n",
                            "desk.repeat_silent is 3.5 in %s line 1; allowed: 0 to 60 s", NULL);
    settings_assert_refused("desk: { repeat_silent = true; };\n",
                            "desk.repeat_silent is true in %s line 1; allowed: 0 to 60 s", NULL);
    settings_assert_refused("desk: { auto = 1; };\n",
                            "desk.auto is 1 in %s line 1; allowed: true or false", NULL);
    settings_assert_refused("desk: { auto = \"yes\"; };\n",
                            "desk.auto is \"yes\" in %s line 1; allowed: true or false",
                            "without quotes");
    settings_assert_refused("desk: { name = 1; };\n",
                            "desk.name is 1 in %s line 1; allowed: a text of 1 to 20 bytes",
                            "double quotes");
    settings_assert_refused("screen: { ascii = true; };\n",
                            "screen.ascii is true in %s line 1; allowed: auto, yes or no",
                            "double quotes");
    settings_assert_refused(
        "desk: { name = [ \"1\" ]; };\n",
        "desk.name is not a single value in %s line 1; allowed: a text of 1 to 20 bytes", NULL);
}

static void an_unknown_name_suggests_the_nearest(void **state)
{
    (void)state;
    settings_assert_refused("desk:\n{\n  repeat_silnt = 3;\n};\n",
                            "desk.repeat_silnt in %s line 3 is not a setting",
                            "Did you mean desk.repeat_silent?");
    settings_assert_refused("desk: { repeat_warm = 3; };\n",
                            "desk.repeat_warm in %s line 1 is not a setting", "desk.repeat_warn");
    settings_assert_refused("screen: { conninfo = \"\"; };\n",
                            "screen.conninfo in %s line 1 is not a setting", "database.conninfo");
    settings_assert_refused("dekS: { name = \"1\"; };\n", "dekS in %s line 1 is not a setting",
                            "desk");
    settings_assert_refused("repeat_warn = 3;\n", "repeat_warn in %s line 1 is not a setting",
                            "Did you mean desk.repeat_warn?");
    settings_assert_refused("desk: { flavour = 3; };\n",
                            "desk.flavour in %s line 1 is not a setting",
                            "The section desk has: name, scanner_prefix, auto, repeat_silent");
    settings_assert_refused("flavour: { };\n", "flavour in %s line 1 is not a setting",
                            "gymtui.conf(5)");
    settings_assert_refused("desk = 3;\n", "desk in %s line 1 is not a setting", "section");
}

static void a_setting_twice_is_refused(void **state)
{
    (void)state;
    settings_assert_refused("desk: { name = \"1\";\n name = \"2\"; };\n",
                            "The settings have a mistake in %s line 2: duplicate setting name",
                            NULL);
    settings_assert_refused("desk: { name = \"1\"; };\n\ndesk: { auto = true; };\n",
                            "The settings have a mistake in %s line 3: duplicate setting name",
                            NULL);
}

static void a_mistake_in_the_form_names_its_line(void **state)
{
    (void)state;
    settings_assert_refused("desk: {\n  name = \"1\"\n  auto true;\n};\n",
                            "The settings have a mistake in %s line 3: syntax error",
                            "gymtui.conf(5)");
    assert_null(settings_load_text("desk: { name = \"1"));
    assert_null(settings_load_text("desk: { name = \"1\"; "));
    assert_null(settings_load_text("}"));
}

static void what_is_no_settings_file_is_refused(void **state)
{
    (void)state;
    settings_assert_refused("desk: { name = \"1\"; };\n  @include \"/etc/passwd\"\n",
                            "%s line 2 includes another file, which is not supported", NULL);

    struct config_sources sources = {.file = settings_folder};
    assert_null(config_load(&sources, &settings_error)); /* libconfig would end the program here */
    assert_int_equal(settings_error.code, ERROR_CONFIG);
    assert_non_null(strstr(settings_error.message, "not a file"));

    unlink(settings_user_file);
    assert_int_equal(mkfifo(settings_user_file, 0600), 0);
    assert_null(settings_load(NULL)); /* and must not wait for a writer */
    unlink(settings_user_file);

    FILE *file = fopen(settings_user_file, "w");
    fwrite("desk: { };\0 };", 1, 14, file);
    fclose(file);
    assert_null(settings_load(NULL));
    assert_non_null(strstr(settings_error.message, "text file"));

    assert_int_equal(truncate(settings_user_file, 2000000), 0);
    assert_null(settings_load(NULL));
    assert_non_null(strstr(settings_error.message, "too large"));

    unlink(settings_user_file);
    assert_int_equal(symlink(settings_user_file, settings_user_file),
                     0); /* a circle: there, but unreadable */
    assert_null(settings_load(NULL));
    assert_non_null(strstr(settings_error.message, settings_user_file));
}

static void a_wrong_variable_is_named(void **state)
{
    (void)state;
    setenv("GYMTUI_DESK_REPEAT_SILENT", "90", 1);
    assert_null(settings_load(NULL));
    assert_string_equal(
        settings_error.message,
        "desk.repeat_silent is 90 in GYMTUI_DESK_REPEAT_SILENT; allowed: 0 to 60 s");
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");

    setenv("GYMTUI_DESK_NAEM", "2", 1);
    assert_null(settings_load(NULL));
    assert_string_equal(settings_error.message, "desk.naem in GYMTUI_DESK_NAEM is not a setting");
    assert_string_equal(settings_error.hint, "Did you mean desk.name?");
    unsetenv("GYMTUI_DESK_NAEM");

    setenv("GYMTUI_BINARY", "x", 1); /* other variables of ours are no settings */
    struct config *config = settings_load(NULL);
    assert_non_null(config);
    config_free(config);
}

static void a_wrong_assignment_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *assignment, *message;
    } cases[] = {
        {"desk.repeat_silent=x", "desk.repeat_silent is x on the command line; allowed: 0 to 60 s"},
        {"desk.repeat_silent= 3",
         "desk.repeat_silent is  3 on the command line; allowed: 0 to 60 s"},
        {"desk.repeat_silent=",
         "desk.repeat_silent is \"\" on the command line; allowed: 0 to 60 s"},
        {"desk.nme=2", "desk.nme on the command line is not a setting"},
        {"desk.name", "--set needs a name, an equals sign and a value"},
        {"=2", "--set needs a name, an equals sign and a value"},
        {"desk.auto=\x1b[2Jmaybe",
         "desk.auto is [2Jmaybe on the command line; allowed: true or false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const assignments[] = {cases[i].assignment, NULL};
        assert_null(settings_load(assignments));
        assert_string_equal(settings_error.message, cases[i].message);
    }
}

static void the_range_is_told_even_with_a_very_long_path(void **state)
{
    (void)state;
    char d[201], e[201], deep[600], command[700];
    memset(d, 'd', 200);
    memset(e, 'e', 200);
    d[200] = e[200] = '\0';
    snprintf(command, sizeof command, "mkdir -p %s/%s/%s", settings_folder, d, e);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a settings_folder of our own
    snprintf(deep, sizeof deep, "%s/%s/%s/gymtui.conf", settings_folder, d, e);
    settings_write(deep, "policy: { owing = \"never at all\"; };\n");
    struct config_sources sources = {.file = deep};
    assert_null(config_load(&sources, &settings_error));
    assert_non_null(
        strstr(settings_error.message, "eee/gymtui.conf line 1; allowed: ignore, warn or deny"));
}

int main(void)
{
#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, settings_make_folder, settings_remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_value_out_of_range_names_file_line_and_range),
        IN_FOLDER(a_large_number_does_not_wrap_into_the_range),
        IN_FOLDER(another_type_is_refused),
        IN_FOLDER(an_unknown_name_suggests_the_nearest),
        IN_FOLDER(a_setting_twice_is_refused),
        IN_FOLDER(a_mistake_in_the_form_names_its_line),
        IN_FOLDER(what_is_no_settings_file_is_refused),
        IN_FOLDER(a_wrong_variable_is_named),
        IN_FOLDER(a_wrong_assignment_is_named),
        IN_FOLDER(the_range_is_told_even_with_a_very_long_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
