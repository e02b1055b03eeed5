/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/save.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gymtui-save-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when a test left something behind */
}

static const char *place(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void check_content(const char *path, const char *expected)
{
    char found[128] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(found, 1, sizeof found - 1, file);
    found[length] = '\0';
    fclose(file);
    assert_string_equal(found, expected);
}

static void a_file_appears_when_it_is_whole_and_for_its_owner_alone(void **state)
{
    (void)state;
    struct save save;
    struct error error;
    struct stat about;
    assert_true(save_begin(&save, place("list.csv"), &error));
    fputs("one\n", save.out);
    assert_int_equal(stat(place("list.csv"), &about), -1);
    assert_true(save_finish(&save, &error));
    assert_int_equal(stat(place("list.csv"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    check_content(place("list.csv"), "one\n");

    /* Another over it: the old one stays until the new one is done, and when it is given up. */
    assert_true(save_begin(&save, place("list.csv"), &error));
    fputs("two\n", save.out);
    check_content(place("list.csv"), "one\n");
    save_abandon(&save);
    save_abandon(&save);
    check_content(place("list.csv"), "one\n");
    unlink(place("list.csv"));
}

static void what_is_no_file_stays_what_it_is(void **state)
{
    (void)state;
    struct save save;
    struct error error;
    struct stat about;
    char pipe[128], found[16] = "";
    snprintf(pipe, sizeof pipe, "%s", place("pipe"));
    assert_int_equal(mkfifo(pipe, 0600), 0);
    int reader = open(pipe, O_RDWR); /* so that the writer does not wait for one */
    assert_true(reader >= 0);
    assert_true(save_begin(&save, pipe, &error));
    fputs("one\n", save.out);
    assert_true(save_finish(&save, &error));
    assert_int_equal(lstat(pipe, &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
    assert_int_equal(read(reader, found, sizeof found - 1), 4);
    assert_string_equal(found, "one\n");
    assert_true(save_begin(&save, pipe, &error));
    save_abandon(&save);
    assert_int_equal(lstat(pipe, &about), 0);
    close(reader);
    unlink(pipe);

    char link[128];
    snprintf(link, sizeof link, "%s", place("link"));
    assert_int_equal(symlink("list.csv", link), 0);
    assert_true(save_begin(&save, place("list.csv"), &error));
    assert_true(save_finish(&save, &error));
    assert_true(save_begin(&save, link, &error));
    fputs("two\n", save.out);
    assert_true(save_finish(&save, &error));
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    check_content(place("list.csv"), "two\n");
    unlink(link);
    unlink(place("list.csv"));

    assert_false(save_begin(&save, folder, &error));
    assert_int_equal(error.code, ERROR_INPUT);
    assert_non_null(strstr(error.message, "is a folder"));
}

static void a_file_that_cannot_be_written_is_told_and_leaves_nothing(void **state)
{
    (void)state;
    struct save save;
    struct error error = {0};
    assert_false(save_begin(&save, place("nowhere/list.csv"), &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.hint, "folder"));
    assert_false(save_begin(&save, "", &error));
    assert_int_equal(error.code, ERROR_INPUT);

    /* The disk is full when it comes to it. */
    assert_true(save_begin(&save, place("full.csv"), &error));
    FILE *full = freopen("/dev/full", "w", save.out);
    assert_non_null(full);
    fputs("one\n", save.out);
    assert_false(save_finish(&save, &error));
    assert_non_null(strstr(error.message, "full.csv"));
    assert_int_equal(access(place("full.csv"), F_OK), -1);
}

static void a_tilde_is_the_home_folder(void **state)
{
    (void)state;
    struct save save;
    struct error error;
    const char *home = getenv("HOME");
    char kept[256] = "";
    if (home != NULL)
        snprintf(kept, sizeof kept, "%s", home);
    setenv("HOME", folder, 1);
    assert_true(save_begin(&save, "~/list.csv", &error));
    assert_true(save_finish(&save, &error));
    if (home != NULL)
        setenv("HOME", kept, 1);
    else
        unsetenv("HOME");
    assert_int_equal(unlink(place("list.csv")), 0);
}

static void cells_are_guarded_against_formulas(void **state)
{
    (void)state;
    struct save save;
    struct error error;
    assert_true(save_begin(&save, place("cells.csv"), &error));
    save_csv_cell(save.out, true, "=cmd|' /C calc'!A0");
    save_csv_cell(save.out, false, "-39.00");
    save_csv_cell(save.out, false, "+374 91 123456");
    save_csv_cell(save.out, false, "O'Hara, \"Ben\"");
    save_csv_cell(save.out, false, "");
    assert_true(save_finish(&save, &error));
    check_content(place("cells.csv"),
                  "'=cmd|' /C calc'!A0,-39.00,'+374 91 123456,\"O'Hara, \"\"Ben\"\"\",");
    unlink(place("cells.csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_when_it_is_whole_and_for_its_owner_alone),
        cmocka_unit_test(what_is_no_file_stays_what_it_is),
        cmocka_unit_test(a_file_that_cannot_be_written_is_told_and_leaves_nothing),
        cmocka_unit_test(a_tilde_is_the_home_folder),
        cmocka_unit_test(cells_are_guarded_against_formulas),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
