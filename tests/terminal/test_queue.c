/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The queue at ten past six: seven people, one after the other, at a desk whose person knows no
 * more than the bottom line and the panels say. Before each key that is not typing, the screen must
 * be showing it. The members are the planted ones of gymtui(1), each used once.
 */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Presses a key that the screen names just now: "p  pay", "F5 visitor". */
static void press_shown(struct terminal *terminal, const char *key, const char *shown)
{
    if (!terminal_shows(terminal, shown))
        terminal_wait(terminal, shown);
    terminal_key(terminal, key);
}

static int64_t open_visits_of_name(const char *name)
{
    return demonstration_count("SELECT count(*) FROM gym.attendance a JOIN gym.customers c USING"
                               " (customer_id) WHERE c.name = '%s' AND a.check_out IS NULL"
                               " AND a.voided_at IS NULL",
                               name);
}

static void seven_people_with_only_the_bottom_line_as_help(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    terminal_wait(terminal, "F3 who is in");

    /* 1. A card, all good: nothing to press. */
    terminal_scan(terminal, "77001001");
    desk_wait_in(terminal, "Anahit Petrosyan");
    assert_int_equal(terminal_keys_used(terminal), 0);

    /* 2. No card, but a name. */
    terminal_type(terminal, "prak");
    terminal_wait(terminal, "Prakash");
    press_shown(terminal, "Enter", "Enter checks in the first one");
    desk_wait_in(terminal, "Prakash");

    /* 3. Expired, and owes. */
    terminal_scan(terminal, "77001002");
    desk_wait_expired(terminal, 10002);
    press_shown(terminal, "p", "p  pay 39.00 + 39.00");
    press_shown(terminal, "s", "s cash");
    desk_wait_in(terminal, "Tigran Hakobyan");
    assert_int_equal(desk_open_visits(10002), 1);
    assert_string_equal(
        demonstration_ask("SELECT balance FROM gym.member_summary WHERE customer_id = 10002"),
        "0.00");

    /* 4. Frozen, and well again. */
    terminal_scan(terminal, "77001004");
    terminal_wait(terminal, "FROZEN UNTIL");
    press_shown(terminal, "u", "u  end the freeze today, let in");
    desk_wait_in(terminal, "Siobhán Ní Chonaill");
    assert_int_equal(desk_open_visits(10004), 1);

    /* 5. A walk-in: for one day, pays by card. */
    press_shown(terminal, "F5", "F5 visitor");
    terminal_wait(terminal, "Comes with");
    terminal_type(terminal, "Wally Walker");
    terminal_key(terminal, "Enter");
    terminal_key(terminal, "Enter");
    terminal_key(terminal, "Enter");
    press_shown(terminal, "Right", "Left Right");
    terminal_wait(terminal, "nobody, a walk-in");
    press_shown(terminal, "Enter", "Enter lets the visitor in");
    desk_wait_in(terminal, "Wally Walker");
    terminal_wait(terminal, "10.00 paid");
    assert_int_equal(open_visits_of_name("Wally Walker"), 1);
    assert_string_equal(demonstration_ask("SELECT t.amount || ' ' || t.payment_method_id || ' ' ||"
                                          " COALESCE(c.guest_of::text, 'nobody''s guest')"
                                          " FROM gym.transactions t JOIN gym.customers c USING"
                                          " (customer_id) WHERE c.name = 'Wally Walker'"),
                        "10.00 1 nobody's guest");

    /* 6. A member with a guest. */
    terminal_scan(terminal, "77001023");
    desk_wait_in(terminal, "Fionn Gallagher");
    press_shown(terminal, "F5", "F5 visitor");
    terminal_wait(terminal, "Guest of Fionn Gallagher");
    terminal_type(terminal, "Gus Guest");
    press_shown(terminal, "F2", "F2 save");
    desk_wait_in(terminal, "Gus Guest");
    terminal_wait(terminal, "guest of Fionn Gallagher, 10.00 paid");
    terminal_wait(terminal, "Guest of Fionn");
    assert_int_equal(open_visits_of_name("Gus Guest"), 1);
    assert_int_equal(
        demonstration_count("SELECT guest_of FROM gym.customers WHERE name = 'Gus Guest'"), 10023);

    /* 7. Of another gym of the chain, without a plan for all gyms. */
    terminal_scan(terminal, "77002003");
    terminal_wait(terminal, "MEMBER OF HARBOUR STRENGTH");
    press_shown(terminal, "v", "v  let in all the same (reason)");
    terminal_wait(terminal, "4 manager agreed");
    terminal_key(terminal, "4");
    desk_wait_in(terminal, "Jo O'Neill");
    assert_string_equal(demonstration_ask("SELECT a.gym_id || ' ' || a.home_gym_id || ' ' ||"
                                          " a.override_reason FROM gym.attendance a WHERE"
                                          " customer_id = 20003 AND check_out IS NULL"),
                        "1 2 manager agreed");

    /* Nobody was counted twice, and the last one can be taken back. */
    press_shown(terminal, "F8", "F8 undo");
    terminal_wait(terminal, "UNDONE");
    assert_int_equal(desk_open_visits(20003), 0);
}

static void a_used_up_pack_is_sold_again_at_the_door(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    /* The last visit of the pack is told. */
    terminal_scan(terminal, "77001014");
    desk_wait_in(terminal, demonstration_ask("SELECT name FROM gym.customers WHERE customer_id ="
                                             " 10014"));
    terminal_wait(terminal, "10 of 10 used");
    terminal_wait(terminal, "last visit of the pack");
    /* Another one's is used up: the next pack, paid, and in. */
    terminal_keys_forget(terminal);
    terminal_scan(terminal, "77001015");
    terminal_wait(terminal, "USED");
    press_shown(terminal, "p", "let in");
    press_shown(terminal, "Enter", "paid by?");
    desk_wait_in(terminal, "Caoimhe Daly");
    terminal_wait(terminal, "1 of 10 used");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_int_equal(desk_open_visits(10015), 1);
}

static void a_visit_is_added_afterwards(void **state)
{
    (void)state;
    struct terminal *terminal = desk_open();
    struct demonstration_member member = demonstration_member();
    terminal_key(terminal, "F4");
    terminal_wait(terminal, "CHECK OUT:");
    terminal_scan(terminal, member.tag);
    terminal_wait(terminal, "IS NOT IN");
    press_shown(terminal, "b", "b  add the visit afterwards");
    terminal_wait(terminal, "Came at");
    terminal_type(terminal, "0:00");
    press_shown(terminal, "F2", "F2 save");
    terminal_wait(terminal, "left at");
    assert_string_equal(demonstration_ask("SELECT override_reason || ' ' || backdated FROM"
                                          " gym.attendance WHERE customer_id = %" PRId64
                                          " ORDER BY attendance_id DESC LIMIT 1",
                                          member.number),
                        "was not scanned in true");
}

static void a_desk_set_to_automatic_checks_out_by_a_second_scan(void **state)
{
    (void)state;
    const struct terminal_start automatic = {.environment = {"GYMTUI_DESK_AUTO=true", NULL}};
    struct terminal *terminal = desk_open_as(&automatic, DESK_FIRST);
    terminal_wait(terminal, "automatic check-out");
    terminal_scan(terminal, "77001026"); /* in for over three hours */
    terminal_wait(terminal, "OUT");
    assert_int_equal(terminal_keys_used(terminal), 0);
    assert_int_equal(desk_open_visits(10026), 0);
    /* A card held twice to the scanner does not: the visit is a moment old. */
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    terminal_scan(terminal, "77001030");
    desk_wait_in(terminal, "Zuzanna Dvořáková");
    terminal_scan(terminal, member.tag);
    terminal_watch(terminal, 300);
    assert_int_equal(desk_open_visits(member.number), 1);
    /* Out, and back at once: asked first, then let in as a re-entry. */
    terminal_keys_forget(terminal);
    terminal_send(terminal, "10030\r", 6);
    terminal_wait(terminal, "IN SINCE");
    terminal_key(terminal, "o");
    terminal_wait(terminal, "left at");
    terminal_watch(terminal, 3100); /* the same code within three seconds is the same scan */
    terminal_scan(terminal, "77001030");
    terminal_wait(terminal, "HAS JUST LEFT");
    terminal_key(terminal, "i");
    terminal_wait(terminal, "back again");
    assert_string_equal(demonstration_ask("SELECT reentry FROM gym.attendance WHERE customer_id ="
                                          " 10030 AND check_out IS NULL"),
                        "t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(seven_people_with_only_the_bottom_line_as_help,
                                  terminal_teardown),
        cmocka_unit_test_teardown(a_used_up_pack_is_sold_again_at_the_door, terminal_teardown),
        cmocka_unit_test_teardown(a_visit_is_added_afterwards, terminal_teardown),
        cmocka_unit_test_teardown(a_desk_set_to_automatic_checks_out_by_a_second_scan,
                                  terminal_teardown),
    };
    return cmocka_run_group_tests(tests, demonstration_setup, demonstration_teardown);
}
