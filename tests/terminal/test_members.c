/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The office at work on members, on a real terminal: a message to marked members through a mail
 * command, a call logged within its keys, two who edit the same member, a file of what is shown. */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[40];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/gymtui-members-XXXXXX");
    return mkdtemp(folder) ? chmod(folder, 0777) : -1;
}

static int end(void **state)
{
    char command[80];
    int closed = terminal_teardown(state);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command) == 0 ? closed : -1;
}

static struct terminal *open_members(const struct terminal_start *start)
{
    struct terminal *terminal = desk_open_as(start, DESK_MANAGER);
    terminal_key(terminal, "Tab");
    terminal_wait(terminal, "Find:");
    terminal_wait_gone(terminal, "Reading the members");
    return terminal;
}

/* The list narrowed to one member. */
static void find(struct terminal *terminal, const char *number)
{
    terminal_type(terminal, number);
    char shown[40];
    snprintf(shown, sizeof shown, "Find: %s", number);
    terminal_wait(terminal, shown);
    terminal_wait_gone(terminal, "10001 ");
}

static void open_card(struct terminal *terminal, const char *number)
{
    char shown[16];
    terminal_type(terminal, number);
    terminal_key(terminal, "Enter");
    snprintf(shown, sizeof shown, "#%s", number);
    terminal_wait(terminal, shown);
    terminal_wait(terminal, "[Visits]");
}

static void a_message_to_marked_members_goes_out_and_is_noted(void **state)
{
    (void)state;
    char command[120], from[] = "GYMTUI_MAIL_FROM=desk@iron.example", path[80], word[80];
    snprintf(path, sizeof path, "%s/sendmail", folder);
    FILE *script = fopen(path, "w");
    assert_non_null(script);
    fprintf(script, "#!/bin/sh\ncat > '%s'/\"$5\"\n", folder);
    assert_int_equal(fclose(script), 0);
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(command, sizeof command, "GYMTUI_MAIL_COMMAND=%s", path);
    demonstration_ask("UPDATE gym.customers SET email = 'to' || customer_id || '@example.org'"
                      " WHERE customer_id IN (10033, 10034)");

    const struct terminal_start start = {.environment = {command, from}};
    struct terminal *terminal = open_members(&start);
    find(terminal, "10033");
    terminal_key(terminal, "F5");
    terminal_wait(terminal, "1 marked");
    terminal_key(terminal, "Esc");
    terminal_wait(terminal, "name, number, key tag");
    find(terminal, "10034");
    terminal_wait_gone(terminal, "10033 ");
    terminal_key(terminal, "F5");
    terminal_wait(terminal, "2 marked");
    terminal_key(terminal, "F8");
    terminal_wait(terminal, "Message to 2 members");
    terminal_wait(terminal, "we miss you at Iron Temple");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "goes to 2 members");
    terminal_key(terminal, "y");
    terminal_wait(terminal, "2 sent and noted");
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.contacts WHERE outcome = "
                                         "'message' AND customer_id IN (10033, 10034)"),
                     2);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/to%d@example.org", folder, 10033 + i);
        FILE *letter = fopen(path, "r");
        assert_non_null(letter);
        assert_int_equal(fscanf(letter, "%79s", word), 1);
        assert_string_equal(word, "From:");
        fclose(letter);
    }
}

static void without_a_mail_command_the_key_says_how_to_set_one(void **state)
{
    (void)state;
    struct terminal *terminal = open_members(&(struct terminal_start){0});
    open_card(terminal, "10035");
    terminal_key(terminal, "m");
    terminal_wait(terminal, "Message to");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "set mail.command");
}

static void a_call_is_logged_within_four_keys(void **state)
{
    (void)state;
    struct terminal *terminal = open_members(&(struct terminal_start){0});
    open_card(terminal, "10036");
    terminal_keys_forget(terminal);
    terminal_key(terminal, "c");
    terminal_wait(terminal, "How did the call end?");
    terminal_key(terminal, "n");
    terminal_wait(terminal, "Call again from");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "Logged:");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_string_equal(demonstration_ask("SELECT outcome || ' ' || snooze_until - current_date"
                                          " FROM gym.contacts WHERE customer_id = 10036"
                                          " ORDER BY contact_id DESC LIMIT 1"),
                        "no answer 2");
}

static void rule_13_two_who_edit_one_member_see_each_other(void **state)
{
    (void)state;
    const struct terminal_start second_desk = {.environment = {"GYMTUI_DESK_NAME=2"}};
    struct terminal *one = open_members(&(struct terminal_start){0});
    struct terminal *two = open_members(&second_desk);
    open_card(one, "10037");
    open_card(two, "10037");
    terminal_key(one, "F4");
    terminal_wait(one, "F2 save");
    terminal_key(two, "F4");
    terminal_wait(two, "F2 save");
    terminal_key(one, "Tab");
    terminal_key(one, "^U");
    terminal_type(one, "+1 111");
    terminal_key(one, "F2");
    terminal_wait(one, "Saved");
    terminal_key(two, "Tab");
    terminal_key(two, "^U");
    terminal_type(two, "+2 222");
    terminal_key(two, "F2");
    terminal_wait(two, "Somebody was faster");
    terminal_wait(two, "yours “+2 222”, theirs “+1 111”");
    assert_string_equal(
        demonstration_ask("SELECT phone FROM gym.customers WHERE customer_id = 10037"), "+1 111");
    terminal_key(two, "m");
    terminal_wait(two, "Saved");
    terminal_wait(one, "+2 222"); /* and the first one sees it */
    assert_string_equal(
        demonstration_ask("SELECT phone FROM gym.customers WHERE customer_id = 10037"), "+2 222");
}

static void what_is_shown_is_saved_whole(void **state)
{
    (void)state;
    char path[80], line[400];
    snprintf(path, sizeof path, "%s/members.csv", folder);
    struct terminal *terminal = open_members(&(struct terminal_start){0});
    terminal_key(terminal, "F3");
    terminal_wait(terminal, "Which members");
    terminal_key(terminal, "a"); /* active */
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "filter: active");
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "All members that are: active");
    terminal_type(terminal, path);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, " members in /tmp");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int rows = -1;
    while (fgets(line, sizeof line, file))
        rows++;
    fclose(file);
    assert_int_equal(rows, demonstration_count(
                               "SELECT count(*) FROM gym.customers c JOIN gym.member_summary s"
                               " USING (customer_id) WHERE c.gym_id = 1 AND c.merged_into IS NULL"
                               " AND gym.shown_status(s.ends, s.cancelled_on, s.frozen,"
                               " (now() AT TIME ZONE (SELECT time_zone FROM gym.gyms WHERE"
                               " gym_id = 1))::date) = 'active'"));
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

int main(void)
{
#define STORY(story) cmocka_unit_test_setup_teardown(story, make_folder, end)
    const struct CMUnitTest tests[] = {
        STORY(a_message_to_marked_members_goes_out_and_is_noted),
        STORY(without_a_mail_command_the_key_says_how_to_set_one),
        STORY(a_call_is_logged_within_four_keys),
        STORY(rule_13_two_who_edit_one_member_see_each_other),
        STORY(what_is_shown_is_saved_whole),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
