/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The example file and the manual are the tables of the options; folders are made for their
 * owner.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/settings.h"

static void the_example_file_is_the_tables(void **state)
{
    (void)state;
    char *made = settings_printed(config_print_example);
    char *kept = settings_read_source("gymtui.conf.example");
    if (strcmp(made, kept) != 0)
        fail_msg("gymtui.conf.example differs: gymtui config --example > gymtui.conf.example");
    free(made);
    free(kept);
}

static void the_manuals_options_are_the_tables(void **state)
{
    (void)state;
    char *made = settings_printed(config_print_man);
    char *kept = settings_read_source("man/gymtui.conf.5");
    char *begin = strstr(kept, ".\\\" options: begin");
    assert_non_null(begin);
    begin = strchr(begin, '\n') + 1;
    char *end = strstr(begin, ".\\\" options: end");
    assert_non_null(end);
    *end = '\0';
    if (strcmp(made, begin) != 0)
        fail_msg("the options in man/gymtui.conf.5 differ from gymtui config --man");
    free(made);
    free(kept);
}

/* Each line of the example may lose its sign #, alone or with all the others. */
static void the_example_file_can_be_used_as_it_is_and_line_by_line(void **state)
{
    (void)state;
    char *example = settings_printed(config_print_example);
    struct config *config = settings_load_text(example);
    if (config == NULL)
        fail_msg("%s", settings_error.message);
    config_free(config);

    size_t opened = 0;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        char line[64];
        snprintf(line, sizeof line, "    # %s = ", strchr(config_options[i].name, '.') + 1);
        for (char *at = strstr(example, line); at != NULL; at = strstr(at + 1, line)) {
            at[4] = ' ';
            opened++;
        }
    }
    assert_int_equal(opened, CONFIG_COUNT);
    config = settings_load_text(example);
    if (config == NULL)
        fail_msg("%s", settings_error.message);
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        assert_string_equal(config_text(config, (enum config_id)i), config_options[i].initial);
        assert_string_not_equal(config_origin(config, (enum config_id)i), "default");
    }
    config_free(config);
    free(example);
}

static void every_option_says_what_it_does_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        assert_int_equal(option->id, i);
        assert_ptr_equal(config_find_option(option->name), option);
        const char *texts[] = {option->help, option->reason};
        for (size_t j = 0; j < 2; j++) {
            size_t length = strlen(texts[j]);
            if (length < 10 || texts[j][length - 1] != '.')
                fail_msg("%s: \"%s\"", option->name, texts[j]);
        }
    }
    assert_null(config_find_option("desk"));
}

static void folders_are_made_for_their_owner_alone(void **state)
{
    (void)state;
    char path[256], expected[256];
    struct stat status;
    setenv("HOME", settings_folder, 1);
    unsetenv("XDG_STATE_HOME");
    assert_true(config_state_directory(path, sizeof path, &settings_error));
    snprintf(expected, sizeof expected, "%s/.local/state/gymtui", settings_folder);
    assert_string_equal(path, expected);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);

    struct config *config = settings_load(NULL);
    char base[128];
    snprintf(base, sizeof base, "%s/data", settings_folder);
    setenv("XDG_DATA_HOME", base, 1);
    assert_true(config_data_directory(config, path, sizeof path, &settings_error));
    snprintf(expected, sizeof expected, "%s/data/gymtui", settings_folder);
    assert_string_equal(path, expected);
    setenv("XDG_DATA_HOME", "data", 1);
    assert_true(config_data_directory(config, path, sizeof path, &settings_error));
    snprintf(expected, sizeof expected, "%s/.local/share/gymtui", settings_folder);
    assert_string_equal(path, expected);
    unsetenv("XDG_DATA_HOME");
    config_free(config);

    char assignment[128];
    snprintf(assignment, sizeof assignment, "demo.directory=%s/own", settings_folder);
    const char *const assignments[] = {assignment, NULL};
    config = settings_load(assignments);
    assert_true(config_data_directory(config, path, sizeof path, &settings_error));
    assert_string_equal(path, assignment + strlen("demo.directory="));
    config_free(config);

    const char *const relative[] = {"demo.directory=own", NULL};
    config = settings_load(relative);
    assert_false(config_data_directory(config, path, sizeof path, &settings_error));
    assert_int_equal(settings_error.code, ERROR_CONFIG);
    config_free(config);
}

static void a_folder_that_cannot_be_made_says_so(void **state)
{
    (void)state;
    char path[256];
    settings_write(settings_user_file, "");
    setenv("XDG_STATE_HOME", settings_user_file, 1); /* a file stands in the way */
    assert_false(config_state_directory(path, sizeof path, &settings_error));
    assert_int_equal(settings_error.code, ERROR_SYSTEM);
    assert_non_null(strstr(settings_error.message, settings_user_file));
    unsetenv("XDG_STATE_HOME");
}

int main(void)
{
#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, settings_make_folder, settings_remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_example_file_is_the_tables),
        IN_FOLDER(the_manuals_options_are_the_tables),
        IN_FOLDER(the_example_file_can_be_used_as_it_is_and_line_by_line),
        IN_FOLDER(every_option_says_what_it_does_and_why),
        IN_FOLDER(folders_are_made_for_their_owner_alone),
        IN_FOLDER(a_folder_that_cannot_be_made_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
