/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to a printer: nothing of it can leave the passthrough, and a command's end is known. */
#include "gymtui/ui/print.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void text_cannot_leave_the_passthrough(void **state)
{
    (void)state;
    char bytes[400];
    size_t length = print_pass_through("Gym\nEve \033[4i\033]0;x\007 Black\r\n\n39.00", false,
                                       bytes, sizeof bytes);
    assert_int_equal(length, strlen(bytes));
    assert_int_equal(strncmp(bytes, "\033[5iGym\r\nEve ", 13), 0);
    assert_string_equal(bytes + length - 11, "39.00\r\n\033[4i");
    int escapes = 0;
    for (const char *s = bytes; *s != '\0'; s++)
        escapes += *s == '\033';
    assert_int_equal(escapes, 2);
    assert_null(strchr(bytes, '\007'));
}

static void what_is_cut_ends_the_passthrough_all_the_same(void **state)
{
    (void)state;
    char text[600], bytes[64];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t size = 0; size <= sizeof bytes; size++) {
        size_t length = print_pass_through(text, false, bytes, size);
        if (length == 0)
            continue;
        assert_true(length < size);
        assert_int_equal(strncmp(bytes, "\033[5i", 4), 0);
        assert_string_equal(bytes + length - 4, "\033[4i");
    }
}

static void a_plain_printer_gets_ascii(void **state)
{
    (void)state;
    char bytes[200];
    print_pass_through("Zoë – Łukasz", true, bytes, sizeof bytes);
    assert_string_equal(bytes, "\033[5iZoe - Lukasz\r\n\033[4i");
}

static struct config *configure(const char *printer, const char *command)
{
    static char first[100], second[300];
    snprintf(first, sizeof first, "desk.printer=%s", printer);
    snprintf(second, sizeof second, "desk.print_command=%s", command);
    const char *const assignments[] = {first, second, NULL};
    struct config_sources sources = {.assignments = assignments};
    struct error error;
    struct config *config = config_load(&sources, &error);
    if (config == NULL)
        fail_msg("%s", error.message);
    return config;
}

static enum print_state wait_for(struct print *print)
{
    enum print_state state;
    for (int i = 0; (state = print_poll(print)) == PRINT_RUNS && i < 1000; i++)
        poll(NULL, 0, 10);
    return state;
}

static void a_command_gets_the_text(void **state)
{
    (void)state;
    char folder[] = "/tmp/gymtui-print-XXXXXX", path[100], command[200], text[100] = "";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
    snprintf(command, sizeof command, "cat >%s", path);
    struct config *config = configure("command", command);
    struct print print = {0};
    struct error error;
    assert_true(print_start(&print, config, "Receipt\nEve \033[31m\n", &error));
    assert_false(print_start(&print, config, "too early", &error));
    assert_int_equal(wait_for(&print), PRINT_DONE);
    assert_int_equal(print_poll(&print), PRINT_IDLE);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, "Receipt\nEve [31m\n");
    unlink(path);
    rmdir(folder);
    config_free(config);
}

static void what_fails_is_told(void **state)
{
    (void)state;
    struct print print = {0};
    struct error error;
    struct config *config = configure("command", "exit 3");
    assert_true(print_start(&print, config, "x", &error));
    assert_int_equal(wait_for(&print), PRINT_FAILED);
    assert_non_null(strstr(print.error.message, "failed"));
    config_free(config);

    config = configure("command", "gymtui-no-such-command");
    assert_true(print_start(&print, config, "x", &error));
    assert_int_equal(wait_for(&print), PRINT_FAILED);
    assert_non_null(strstr(print.error.message, "cannot be found"));
    config_free(config);

    config = configure("command", "");
    assert_false(print_start(&print, config, "x", &error));
    assert_non_null(strstr(error.hint, "desk.print_command"));
    config_free(config);

    config = configure("none", "");
    assert_false(print_start(&print, config, "x", &error));
    assert_non_null(strstr(error.hint, "desk.printer"));
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_cannot_leave_the_passthrough),
        cmocka_unit_test(what_is_cut_ends_the_passthrough_all_the_same),
        cmocka_unit_test(a_plain_printer_gets_ascii),
        cmocka_unit_test(a_command_gets_the_text),
        cmocka_unit_test(what_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
