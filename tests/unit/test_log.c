/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gymtui-test-log-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/deep/er/gymtui.log", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    log_close();
    log_screen_is_up(false);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); // NOLINT(cert-env33-c): a folder of our own
}

static const char *contents(const char *name)
{
    static char text[20000];
    FILE *file = fopen(name, "r");
    if (file == NULL)
        return NULL;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    if (text == NULL || regexec(&regex, text, 0, NULL, 0) != 0)
        fail_msg("\"%s\" does not match %s", text != NULL ? text : "(no file)", pattern);
    regfree(&regex);
}

static void a_line_says_when_how_bad_and_where_from(void **state)
{
    (void)state;
    struct error error = {0};
    assert_true(log_open(path, LOG_LEVEL_INFO, &error));
    log_write(LOG_LEVEL_INFO, "db", "member %d checked in", 7);
    log_write(LOG_LEVEL_DEBUG, "db", "not worth it");
    assert_matches(contents(path),
                   "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z info db: "
                   "member 7 checked in\n$");
}

static void only_its_owner_can_read_it(void **state)
{
    (void)state;
    umask(0);
    struct error error = {0};
    assert_true(log_open(path, LOG_LEVEL_INFO, &error));
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    char deep[128];
    snprintf(deep, sizeof deep, "%s/deep", folder);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    umask(022);
}

static void nobody_can_forge_a_line_or_paint_the_reader(void **state)
{
    (void)state;
    assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
    // NOLINTBEGIN(misc-misleading-bidirectional): what is tested
    log_write(LOG_LEVEL_INFO, "db",
              "a\n2026 error db: forged\r\x1b[2J\x9b\xc2\x9b\\ \t\u202E\u2028é");
    // NOLINTEND(misc-misleading-bidirectional)
    const char *text = contents(path);
    assert_non_null(strstr(text, "a\\n2026 error db: forged\\u000d\\u001b[2J\\x9b\\u009b\\\\ "
                                 "\\t\\u202e\\u2028é\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void after_a_rotation_lines_go_to_the_new_file(void **state)
{
    (void)state;
    char old[160];
    snprintf(old, sizeof old, "%s.1", path);
    assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
    log_write(LOG_LEVEL_INFO, "test", "before");
    assert_int_equal(rename(path, old), 0);
    log_write(LOG_LEVEL_INFO, "test", "after"); /* noticed without being told */
    assert_matches(contents(old), "^[^\n]*before\n$");
    assert_matches(contents(path), "^[^\n]*after\n$");

    assert_int_equal(unlink(path), 0);
    log_reopen();
    log_write(LOG_LEVEL_INFO, "test", "again");
    assert_matches(contents(path), "^[^\n]*again\n$");
}

/* What the function writes to standard error. */
static const char *standard_error_of(void (*function)(void))
{
    char name[160];
    snprintf(name, sizeof name, "%s/stderr", folder);
    int kept = dup(STDERR_FILENO);
    int file = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    assert_true(kept >= 0 && file >= 0);
    dup2(file, STDERR_FILENO);
    close(file);
    function();
    dup2(kept, STDERR_FILENO);
    close(kept);
    return contents(name);
}

static void write_all_levels(void)
{
    log_write(LOG_LEVEL_ERROR, "test", "e");
    log_write(LOG_LEVEL_WARNING, "test", "w");
    log_write(LOG_LEVEL_INFO, "test", "i");
    log_write(LOG_LEVEL_DEBUG, "test", "d");
}

static void the_terminal_stays_clean_while_a_screen_is_up(void **state)
{
    (void)state;
    assert_matches(standard_error_of(write_all_levels), "^[^\n]* error [^\n]*\n[^\n]* warning "
                                                        "[^\n]*\n$");
    assert_true(log_open("", LOG_LEVEL_DEBUG, NULL));
    assert_matches(standard_error_of(write_all_levels), "^([^\n]*\n){4}$");
    log_screen_is_up(true);
    assert_string_equal(standard_error_of(write_all_levels), "");
    assert_true(log_open(path, LOG_LEVEL_DEBUG, NULL));
    assert_string_equal(standard_error_of(write_all_levels), "");
    assert_matches(contents(path), "^([^\n]*\n){4}$");
}

static void a_log_that_cannot_be_opened_says_so(void **state)
{
    (void)state;
    struct error error = {0};
    char below_a_file[160];
    snprintf(below_a_file, sizeof below_a_file, "%s/plain", folder);
    FILE *file = fopen(below_a_file, "w");
    assert_non_null(file);
    fclose(file);
    snprintf(below_a_file, sizeof below_a_file, "%s/plain/gymtui.log", folder);
    assert_false(log_open(below_a_file, LOG_LEVEL_INFO, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.message, below_a_file));
    assert_non_null(strstr(error.hint, "log.file"));
}

/* A full disk, by a limit on the size of files: the program goes on, and the gap is told. */
static void lines_lost_to_a_full_disk_are_counted(void **state)
{
    (void)state;
    assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
    struct rlimit unlimited, none;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    none = unlimited;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    errno = EDOM;
    log_write(LOG_LEVEL_INFO, "test", "one");
    log_write(LOG_LEVEL_INFO, "test", "two");
    assert_int_equal(errno, EDOM);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    log_write(LOG_LEVEL_INFO, "test", "three");
    assert_matches(
        contents(path),
        "^[^\n]*warning log: 2 lines before this one could not be written\n[^\n]*three\n$");
}

static void a_huge_line_is_cut_and_still_a_line(void **state)
{
    (void)state;
    static char huge[10000];
    memset(huge, '\x01', sizeof huge - 1);
    assert_true(log_open(path, LOG_LEVEL_INFO, NULL));
    log_write(LOG_LEVEL_INFO, "test", "%s", huge);
    log_write(LOG_LEVEL_INFO, "test", "next");
    assert_matches(contents(path), "^[^\n]*\\\\u0001[^\n]*\n[^\n]* test: next\n$");
}

static void levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_LEVEL_ERROR;
    assert_true(log_level_parse("warning", &level));
    assert_int_equal(level, LOG_LEVEL_WARNING);
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_false(log_level_parse("loud", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
}

int main(void)
{
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_line_says_when_how_bad_and_where_from),
        WITH_FOLDER(only_its_owner_can_read_it),
        WITH_FOLDER(nobody_can_forge_a_line_or_paint_the_reader),
        WITH_FOLDER(after_a_rotation_lines_go_to_the_new_file),
        WITH_FOLDER(the_terminal_stays_clean_while_a_screen_is_up),
        WITH_FOLDER(a_log_that_cannot_be_opened_says_so),
        WITH_FOLDER(lines_lost_to_a_full_disk_are_counted),
        WITH_FOLDER(a_huge_line_is_cut_and_still_a_line),
        WITH_FOLDER(levels_have_names),
    };
    signal(SIGXFSZ, SIG_IGN); /* a write over the limit fails instead */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
