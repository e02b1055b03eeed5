/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A manager's afternoon by keys alone (DESK.md, The office): the members one cannot lose are found,
 * exported and offered something, some held out; days later the campaign says what came of it. The
 * days pass in the database; what is pressed and read is what a person would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"

#define PLANTED 20

/* As after every change of visits that the desk makes: the members' summaries follow. */
static void recount(void)
{
    demonstration_ask("SELECT gym.recount_visits(customer_id) FROM gym.customers WHERE gym_id = 1");
}

/* Twenty members who came every day and stopped six weeks ago: of those who were quiet for longer
 * and whose term ended, so that nobody renews. They are the ones one cannot lose whatever the
 * season is, and nobody else is: the others who came often have been here again, and so have some
 * of those who were quiet the longest, beside whom six weeks would not be long. */
static void plant(void)
{
    demonstration_ask(
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT m.customer_id, t, t + interval '1 hour', 1, 1 FROM (SELECT r.customer_id FROM "
        "gym.rfm r JOIN gym.customers c USING (customer_id) JOIN gym.member_summary s USING "
        "(customer_id) WHERE r.gym_id = 1 AND r.r = 2 AND r.f < 4 AND r.recency_score > 68 AND "
        "c.banned_on IS NULL AND c.merged_into IS NULL AND s.ends < current_date ORDER BY "
        "r.recency_score, 1 LIMIT %d) m, generate_series(42, 67) d, LATERAL (SELECT now() - d * "
        "interval '1 day' - interval '2 hours' AS t) x",
        PLANTED);
    demonstration_ask(
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) "
        "SELECT m.customer_id, t, t + interval '1 hour', 1, 1 FROM ((SELECT customer_id FROM "
        "gym.rfm WHERE gym_id = 1 AND r = 1 AND f < 4 ORDER BY recency_score DESC, 1 LIMIT 80) "
        "UNION ALL SELECT customer_id FROM gym.rfm WHERE gym_id = 1 AND f >= 4 AND recency_score > "
        "3) m, LATERAL (SELECT now() - interval '3 days 2 hours' AS t) x");
    recount();
}

/* Asks for a recompute by keys and waits until it is done; ends on the overview. */
static void recompute(struct terminal *terminal)
{
    int64_t done = demonstration_count(
        "SELECT count(*) FROM gym.jobs WHERE kind = 'recompute' AND state = 'done'");
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Jobs in the background");
    terminal_key(terminal, "j");
    terminal_wait(terminal, "F2 new job");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "recompute every member");
    terminal_key(terminal, "c");
    terminal_wait_gone(terminal, "recompute every member");
    for (int i = 0; demonstration_count("SELECT count(*) FROM gym.jobs WHERE kind = 'recompute' "
                                        "AND state = 'done'") == done;
         i++)
        assert_true(i < 1000); /* each look is a round trip to the database */
    terminal_wait(terminal, "Nothing runs, nothing waits");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "What, when");
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "5    Analytics");
    terminal_key(terminal, "5");
    terminal_wait(terminal, "Campaigns");
}

/* `foot` stands below everything else on the page: when it is there, all is. */
static void turn_to(struct terminal *terminal, const char *page, const char *foot)
{
    static const char *const pages[] = {"[Overview]", "[Segments]",  "[At risk]",
                                        "[Value]",    "[Survival]",  "[Cohorts]",
                                        "[Hours]",    "[Campaigns]", "[Model]"};
    char wanted[40];
    int count = sizeof pages / sizeof *pages, here = 0;
    snprintf(wanted, sizeof wanted, "[%s]", page);
    for (int i = 0; i < count; i++)
        if (terminal_shows(terminal, pages[i]))
            here = i;
    while (strcmp(pages[here], wanted) != 0) {
        here = (here + 1) % count;
        terminal_key(terminal, "Right");
        terminal_wait(terminal, pages[here]);
    }
    terminal_wait(terminal, foot);
}

/* The whole number that follows `name` in the row where it stands. */
static int64_t number_after(struct terminal *terminal, const char *name)
{
    int row = terminal_row_of(terminal, name);
    assert_true(row >= 0);
    const char *at = strstr(terminal_row(terminal, row), name) + strlen(name);
    int64_t value = 0;
    while (*at == ' ')
        at++;
    for (; (*at >= '0' && *at <= '9') || *at == ','; at++)
        if (*at != ',')
            value = value * 10 + (*at - '0');
    return value;
}

/* Each row of the table against the rows that psql counts. */
static void expect_counts_of_psql(struct terminal *terminal)
{
    /* As they stand on the screen, with blanks where a name begins another; and as in SQL. */
    static const char *const names[][2] = {{"Champions", "Champions"},
                                           {"Loyal", "Loyal"},
                                           {"Potential", "Potential"},
                                           {"New  ", "New"},
                                           {"Promising", "Promising"},
                                           {"Need Attention", "Need Attention"},
                                           {"About to Sleep", "About to Sleep"},
                                           {"Can't Lose", "Can''t Lose"},
                                           {"At Risk  ", "At Risk"},
                                           {"Hibernating", "Hibernating"},
                                           {"Lost  ", "Lost"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(number_after(terminal, names[i][0]),
                         demonstration_count("SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND "
                                             "customer_segment = '%s'",
                                             names[i][1]));
}

/* Every number in the file is a member one cannot lose, and all of them are in it. */
static void expect_export(const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_non_null(strstr(line, "number,name,plan"));
    int rows = 0;
    while (fgets(line, sizeof line, file)) {
        rows++;
        assert_int_equal(demonstration_count("SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND "
                                             "customer_segment LIKE 'Can_t Lose' AND customer_id = "
                                             "%lld",
                                             strtoll(line, NULL, 10)),
                         1);
    }
    fclose(file);
    assert_int_equal(rows, demonstration_count("SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND "
                                               "customer_segment LIKE 'Can_t Lose'"));
}

static void a_campaign_for_those_one_cannot_lose_and_what_came_of_it(void **state)
{
    (void)state;
    char words[160], path[256];
    plant();
    struct terminal *terminal = desk_open_as(&(struct terminal_start){.rows = 24}, DESK_MANAGER);
    recompute(terminal);
    int lost = (int)demonstration_count("SELECT count(*) FROM gym.rfm WHERE gym_id = 1 AND "
                                        "customer_segment LIKE 'Can_t Lose'");
    assert_int_equal(lost, PLANTED);

    turn_to(terminal, "Segments", "Enter lists");
    expect_counts_of_psql(terminal);
    for (int i = 0; i < 7; i++)
        terminal_key(terminal, "Down");
    snprintf(words, sizeof words, "Can't Lose: %d members", lost);
    terminal_wait(terminal, words);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "R F M");
    terminal_wait_gone(terminal, "Reading");

    terminal_key(terminal, "e");
    terminal_wait(terminal, "~/cant-lose-");
    snprintf(path, sizeof path, "%s/cant-lose.csv", demonstration_directory());
    terminal_send(terminal, "\x15", 1); /* ^U */
    terminal_type(terminal, path);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "rows written to");
    expect_export(path);

    terminal_key(terminal, "n");
    snprintf(words, sizeof words, "Campaign for %d members: Can't Lose", lost);
    terminal_wait(terminal, words);
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "has begun");
    int held =
        (int)demonstration_count("SELECT count(*) FROM gym.campaign_members WHERE arm = 'holdout'");
    int offered =
        (int)demonstration_count("SELECT count(*) FROM gym.campaign_members WHERE arm = 'offer'");
    assert_int_equal(held + offered, lost);
    assert_int_equal(held, (lost + 4) / 5);

    /* Days pass: all but two of those who were offered it come, and none of the others. */
    demonstration_ask("UPDATE gym.campaigns SET starts_on = starts_on - 31");
    demonstration_ask(
        "INSERT INTO gym.attendance (customer_id, check_in, check_out, gym_id, home_gym_id) SELECT "
        "customer_id, now() - interval '5 days', now() - interval '5 days' + interval '1 hour', 1, "
        "1 FROM gym.campaign_members WHERE arm = 'offer' ORDER BY customer_id LIMIT %d",
        offered - 2);
    recount();
    terminal_key(terminal, "Esc");
    recompute(terminal);
    turn_to(terminal, "Campaigns", "It helped:");
    terminal_wait(terminal, "helped");
    snprintf(words, sizeof words, "%d of %d", offered - 2, offered);
    terminal_wait(terminal, words);
    snprintf(words, sizeof words, "0 of %d", held);
    terminal_wait(terminal, words);
    demonstration_gymtui("report", "campaigns", NULL);
}

/* --- the queue of those at risk --- */

/* The number of the member shown below the queue. */
static int64_t number_shown(struct terminal *terminal)
{
    int row = terminal_row_of(terminal, "  #");
    if (row < 0)
        return 0;
    return strtoll(strstr(terminal_row(terminal, row), "  #") + 3, NULL, 10);
}

static void one_call_is_logged_and_the_next_row_is_open(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open_as(&(struct terminal_start){.rows = 24}, DESK_MANAGER);
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "5    Analytics");
    terminal_key(terminal, "5");
    terminal_wait(terminal, "Campaigns");
    turn_to(terminal, "At risk", "the list.");
    int64_t first = number_shown(terminal);
    assert_int_equal(
        first, demonstration_count("SELECT v.customer_id FROM gym.clv v JOIN gym.member_summary s "
                                   "USING (customer_id) WHERE v.gym_id = 1 AND v.at_stake > 0 AND "
                                   "s.last_visit < v.as_of ORDER BY v.at_stake DESC, v.customer_id "
                                   "LIMIT 1"));
    terminal_keys_forget(terminal);
    terminal_key(terminal, "c");
    terminal_wait(terminal, "no answer");
    terminal_key(terminal, "n");
    terminal_wait(terminal, "Call again from");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "Logged");
    assert_true(terminal_keys_used(terminal) <= 4);
    char words[40];
    snprintf(words, sizeof words, "  #%lld", (long long)first);
    terminal_wait_gone(terminal, words);
    assert_true(number_shown(terminal) > 0);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.contacts WHERE customer_id = "
                                         "%lld AND outcome = 'no answer' AND snooze_until > "
                                         "current_date",
                                         (long long)first),
                     1);
}

static void a_check_in_takes_the_member_off_on_every_terminal(void **state)
{
    (void)state;
    struct terminal *terminals[2];
    /* One of the queue's first who would be let in without a word. */
    int64_t number = demonstration_count(
        "SELECT q.customer_id FROM (SELECT v.customer_id FROM gym.clv v JOIN gym.member_summary s "
        "USING (customer_id) WHERE v.gym_id = 1 AND v.at_stake > 0 AND s.last_visit < v.as_of "
        "AND NOT EXISTS (SELECT FROM gym.contacts x WHERE x.customer_id = v.customer_id) ORDER BY "
        "v.at_stake DESC LIMIT 6) q JOIN gym.member_summary s USING (customer_id) JOIN "
        "gym.customers c USING (customer_id) WHERE s.ends > current_date + 8 AND s.balance <= 0 "
        "AND (s.frozen IS NULL OR NOT s.frozen @> current_date) AND c.banned_on IS NULL LIMIT 1");
    assert_true(number > 0);
    char name[200], code[24];
    snprintf(name, sizeof name, "%.12s",
             demonstration_ask("SELECT name FROM gym.customers WHERE customer_id = %lld",
                               (long long)number));
    for (int i = 0; i < 2; i++) {
        terminals[i] = desk_open_as(&(struct terminal_start){.rows = 30}, DESK_MANAGER);
        terminal_key(terminals[i], "F10");
        terminal_wait(terminals[i], "5    Analytics");
        terminal_key(terminals[i], "5");
        terminal_wait(terminals[i], "Campaigns");
        turn_to(terminals[i], "At risk", "the list.");
        terminal_wait(terminals[i], name);
    }
    snprintf(code, sizeof code, "%lld", (long long)number);
    demonstration_gymtui("checkin", code, NULL);
    for (int i = 0; i < 2; i++)
        terminal_wait_gone(terminals[i], name);
}

/* From wherever one is, letters being enough that no other name begins with. */
static void a_page_is_opened_by_its_name(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open_as(&(struct terminal_start){.rows = 30}, DESK_MANAGER);
    terminal_type(terminal, ":campaigns\r");
    terminal_wait(terminal, "[Campaigns]");
    terminal_type(terminal, ":seg\r");
    terminal_wait(terminal, "F often");
    terminal_key(terminal, "v");
    terminal_wait(terminal, "Worth much is more than");
    terminal_type(terminal, ":segments\r"); /* as it is at first */
    terminal_wait(terminal, "F often");
    terminal_type(terminal, ":members\r");
    terminal_wait(terminal, "key tag, phone or e-mail");
    terminal_key(terminal, "Esc"); /* letters are commands now */
    terminal_type(terminal, ":at-risk\r");
    terminal_wait(terminal, "[At risk]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(one_call_is_logged_and_the_next_row_is_open, terminal_teardown),
        cmocka_unit_test_teardown(a_page_is_opened_by_its_name, terminal_teardown),
        cmocka_unit_test_teardown(a_check_in_takes_the_member_off_on_every_terminal,
                                  terminal_teardown),
        cmocka_unit_test_teardown(a_campaign_for_those_one_cannot_lose_and_what_came_of_it,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
