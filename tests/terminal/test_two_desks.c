/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two desks, two real programs, at the same few members: scans, check-outs and undos in an order
 * that nobody chose, half of them of one member at both desks at the same moment. What a desk
 * showed as done is in the database once, what it showed as refused is not there, every rule of
 * check.sql holds, and no desk saw a word it could do nothing about.
 *
 * The order comes from a seed, which is printed; GYMTUI_TEST_SEED=NUMBER plays the same one again.
 */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEMBERS   6
#define STEPS     120
#define SECONDS   20 /* after which no new step begins */
#define FIRST_ROW 3  /* of the verdict, or of the panel in its place */
#define LAST_ROW  10
#define MESSAGE   22 /* the row of messages */

enum word { NOTHING, IN, IN_SINCE, OUT, NOT_IN, UNDONE };

static const char *const words[] = {
    [IN] = "✔ IN ",           [IN_SINCE] = "! IN SINCE", [OUT] = " OUT ",
    [NOT_IN] = "! IS NOT IN", [UNDONE] = "! UNDONE",
};

static struct terminal *desks[2];
static struct demonstration_member members[MEMBERS];
static int shown[2] = {-1, -1}; /* whom this desk's verdict is about, under a panel too */
static int told[UNDONE + 1];
static uint64_t random_state;

static int choose(int count)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((random_state >> 33) % (uint64_t)count);
}

/* What this desk says of the member now. */
static enum word read_word(struct terminal *desk, const struct demonstration_member *member)
{
    char number[32];
    snprintf(number, sizeof number, "#%" PRId64 " ", member->number);
    for (int row = FIRST_ROW; row <= LAST_ROW; row++) {
        const char *text = terminal_row(desk, row);
        if (strstr(text, number) == NULL)
            continue;
        for (enum word word = IN; word <= UNDONE; word++)
            if (strstr(text, words[word]) != NULL)
                return word;
    }
    return NOTHING;
}

/* An error where the verdict stands, or a sentence in the row of messages. */
static bool complains(struct terminal *desk)
{
    for (int row = FIRST_ROW; row <= LAST_ROW; row++)
        if (strstr(terminal_row(desk, row), "✖ ") != NULL)
            return true;
    return *terminal_row(desk, MESSAGE) != '\0';
}

struct wanted {
    const struct demonstration_member *member;
    enum word other_than;
};

static bool says_a_word(struct terminal *desk, const void *owner)
{
    const struct wanted *wanted = owner;
    enum word word = read_word(desk, wanted->member);
    return word != NOTHING && word != wanted->other_than;
}

/* The next word about this member, other than the one that stands there, and no complaint. */
static enum word wait_word(int desk, int member, enum word other_than)
{
    const struct wanted wanted = {&members[member], other_than};
    terminal_wait_until(desks[desk], says_a_word, &wanted);
    enum word word = read_word(desks[desk], &members[member]);
    if (complains(desks[desk])) {
        terminal_print(desks[desk]);
        fail_msg("desk %d complains", desk + 1);
    }
    told[word]++;
    if (word == IN || word == OUT || word == UNDONE)
        shown[desk] = member;
    return word;
}

/* Nobody of whom a word stands there already: it would be mistaken for the answer. */
static int choose_member(void)
{
    int member = choose(MEMBERS);
    while (member == shown[0] || member == shown[1])
        member = choose(MEMBERS);
    return member;
}

/* What a person does with the panel of one who is in already: out, or away with it. */
static void answer_panels(const bool *has_panel, int member)
{
    bool check_out = choose(3) > 0;
    for (int desk = 0; desk < 2; desk++)
        if (has_panel[desk])
            terminal_key(desks[desk], check_out ? "o" : "Esc");
    for (int desk = 0; desk < 2; desk++) {
        if (!has_panel[desk])
            continue;
        enum word word = check_out ? wait_word(desk, member, IN_SINCE) : IN_SINCE;
        if (word == NOT_IN)
            terminal_key(desks[desk], "Esc");
        assert_true(word == OUT || word == NOT_IN || !check_out);
        if (word != OUT)
            terminal_wait_gone(desks[desk], words[word]);
    }
}

static void one_desk(int desk)
{
    bool has_panel[2] = {false, false};
    int member = choose_member();
    terminal_scan(desks[desk], members[member].tag);
    enum word word = wait_word(desk, member, NOTHING);
    assert_true(word == IN || word == IN_SINCE);
    has_panel[desk] = word == IN_SINCE;
    if (has_panel[desk]) {
        answer_panels(has_panel, member);
    } else if (choose(4) == 0) {
        terminal_key(desks[desk], "F8");
        assert_int_equal(wait_word(desk, member, IN), UNDONE);
    }
}

static void both_desks(void)
{
    int member = choose_member();
    int first = choose(2);
    terminal_scan(desks[first], members[member].tag);
    terminal_scan(desks[1 - first], members[member].tag);
    enum word word[2];
    for (int desk = 0; desk < 2; desk++)
        word[desk] = wait_word(desk, member, NOTHING);
    /* Rule 1: at most one of them was first. */
    assert_true((word[0] == IN) + (word[1] == IN) <= 1);
    assert_true((word[0] == IN_SINCE) + (word[1] == IN_SINCE) >= 1);
    const bool has_panel[2] = {word[0] == IN_SINCE, word[1] == IN_SINCE};
    answer_panels(has_panel, member);
}

static const char *numbers(void)
{
    static char text[MEMBERS * 24];
    size_t used = 0;
    for (int i = 0; i < MEMBERS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64, i ? "," : "",
                                 members[i].number);
    return text;
}

static int64_t count_visits(const char *condition)
{
    return demonstration_count("SELECT count(*) FROM gym.attendance WHERE customer_id IN (%s) AND "
                               "check_in > now() - interval '1 hour' AND %s",
                               numbers(), condition);
}

static void two_desks_lose_nothing_and_double_nothing(void **state)
{
    (void)state;
    const char *given = getenv("GYMTUI_TEST_SEED");
    random_state = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("GYMTUI_TEST_SEED=%" PRIu64 "\n", random_state);
    /* The same card again is a step like any other here. */
    const struct terminal_start first = {
        .environment = {"GYMTUI_DESK_REPEAT_SILENT=0", "GYMTUI_DESK_REPEAT_WARN=0"}};
    const struct terminal_start second = {.environment = {"GYMTUI_DESK_NAME=2",
                                                          "GYMTUI_DESK_REPEAT_SILENT=0",
                                                          "GYMTUI_DESK_REPEAT_WARN=0"}};
    desks[0] = desk_open_as(&first, DESK_FIRST);
    desks[1] = desk_open_as(&second, DESK_SECOND);
    for (int i = 0; i < MEMBERS; i++)
        members[i] = demonstration_member();

    time_t begin = time(NULL);
    int steps = 0;
    for (; steps < STEPS && time(NULL) - begin < SECONDS; steps++) {
        if (choose(2) == 0)
            both_desks();
        else
            one_desk(choose(2));
    }
    print_message("%d steps: %d in, %d in already, %d out, %d not in, %d undone\n", steps, told[IN],
                  told[IN_SINCE], told[OUT], told[NOT_IN], told[UNDONE]);
    assert_true(told[IN] > 0 && told[OUT] > 0);

    assert_int_equal(count_visits("true"), told[IN]);
    assert_int_equal(count_visits("check_out IS NOT NULL"), told[OUT]);
    assert_int_equal(count_visits("voided_at IS NOT NULL"), told[UNDONE]);
    assert_int_equal(count_visits("request_id IS NULL"), 0);
    assert_int_equal(demonstration_count("SELECT count(DISTINCT request_id) FROM gym.attendance "
                                         "WHERE customer_id IN (%s) AND check_in > now() - "
                                         "interval '1 hour'",
                                         numbers()),
                     told[IN]);
    demonstration_gymtui("doctor", "--data", NULL);
    /* Both have seen all of it. */
    terminal_wait(desks[0], "● live");
    char inside[40];
    snprintf(inside, sizeof inside, "In now  %" PRId64 " of",
             demonstration_count("SELECT count(*) FROM gym.attendance WHERE gym_id = 1 AND "
                                 "check_out IS NULL AND voided_at IS NULL"));
    terminal_wait(desks[0], inside);
    terminal_wait(desks[1], inside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(two_desks_lose_nothing_and_double_nothing, terminal_teardown),
    };
    return cmocka_run_group_tests_name("two desks", tests, demonstration_setup,
                                       demonstration_teardown);
}
