/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every widget as a person would meet it, against golden files, and at every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/ui/chart.h"
#include "gymtui/ui/dialog.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/form.h"
#include "gymtui/ui/help.h"
#include "gymtui/ui/keymap.h"
#include "gymtui/ui/table.h"
#include "support.h"

/* --- a list of members --- */

struct member {
    int number;
    const char *name, *plan, *ends, *last, *segment;
    enum role role;
};

static const struct member members[] = {
    {10482, "Anahit Petrosyan", "Monthly", "14 Dec", "today", "Loyal", ROLE_TEXT},
    {10966, "Petra Lindqvist", "Annual", "3 Dec", "5 d", "Champions", ROLE_TEXT},
    {11020, "Petros Ավետիսյան", "Off-peak", "29 Nov", "31 d", "At Risk", ROLE_WARN},
    {10077, "Tigran Hakobyan", "Monthly", "9 Nov", "18 d", "At Risk", ROLE_BAD},
    {10331, "李小龍", "Annual", "2 Mar", "today", "Champions", ROLE_TEXT},
    {10555, "Marguerite de La Tour-d'Auvergne-Lauraguais", "Off-peak", "6 Jan", "2 d", "Loyal",
     ROLE_TEXT},
    {10812, "Zoë\033[31m Müller", "Quarterly", "11 Feb", "yesterday", "Promising", ROLE_GOOD},
};
#define MEMBERS (int)(sizeof members / sizeof members[0])

static const struct table_column columns[] = {
    {"Name", 16, 1, ALIGN_LEFT, 0, true},       {"Number", 6, 0, ALIGN_RIGHT, 3, true},
    {"Plan", 9, 0, ALIGN_LEFT, 2, true},        {"Ends", 6, 0, ALIGN_LEFT, 1, true},
    {"Last visit", 10, 0, ALIGN_LEFT, 4, true}, {"Segment", 10, 0, ALIGN_LEFT, 5, false},
};
#define COLUMNS (int)(sizeof columns / sizeof columns[0])

static void write_cell(void *owner, const void *row, int column, char *text, size_t size,
                       enum role *role)
{
    const struct member *member = row;
    const char *texts[] = {member->name, "",           member->plan,
                           member->ends, member->last, member->segment};
    (void)owner;
    if (column == 1) {
        snprintf(text, size, "%d", member->number);
    } else {
        snprintf(text, size, "%s", texts[column]);
    }
    if (column == 3) {
        *role = member->role;
    }
}

static struct table *new_list(void)
{
    struct table *table = table_new(columns, COLUMNS, sizeof(struct member), 100, write_cell, NULL);
    table_set_sort(table, 0, false);
    table_set_empty(table, "Nobody by that name. Esc clears the filter, n adds a member.");
    return table;
}

static void draw_list(void *owner, struct area area)
{
    table_draw(owner, area, true, true);
}

static void test_list(void **state)
{
    struct table *table = new_list();
    (void)state;
    table_fill(table, members, MEMBERS, false, false);
    table_select(table, 1);
    table_set_match(table, "PETR");
    golden_check("toolkit/list", draw_list, table);
    golden_check_sizes("list", draw_list, table);
    table_set_stale(table, true);
    table_set_match(table, NULL);
    golden_check("toolkit/list_stale", draw_list, table);
    table_free(table);
}

static void test_list_empty(void **state)
{
    struct table *table = new_list();
    (void)state;
    table_fill(table, NULL, 0, false, false);
    golden_check("toolkit/list_empty", draw_list, table);
    golden_check_sizes("list_empty", draw_list, table);
    table_free(table);
}

/* --- what asks --- */

/* Something to be dimmed below. */
static void draw_background(struct area area)
{
    struct table *table = new_list();
    table_fill(table, members, MEMBERS, false, false);
    table_draw(table, area, true, true);
    table_free(table);
}

static void draw_dialog(void *owner, struct area area)
{
    draw_background(area);
    dialog_draw(owner, area);
}

static void test_confirm(void **state)
{
    struct dialog *dialog = dialog_confirm(
        "Cancel the membership of Anahit Petrosyan",
        "Her Monthly plan ends on 14 Dec and is not renewed. She can come in until then.", "c",
        "cancel it at the end of its term", 'x');
    (void)state;
    golden_check("toolkit/confirm", draw_dialog, dialog);
    golden_check_sizes("confirm", draw_dialog, dialog);
    dialog_free(dialog);
}

static void test_choose(void **state)
{
    static const struct dialog_choice choices[] = {
        {"p", "pay 39.00 + 39.00, renew to 9 Jan, let in"},
        {"g", "day pass 10.00"},
        {"v", "let in without paying (reason)"},
    };
    struct dialog *dialog = dialog_choose(
        "✖ EXPIRED 12 DAYS AGO", "Tigran Hakobyan, Monthly. Owes 39.00 since 9 Nov.", choices, 3);
    (void)state;
    dialog_set_role(dialog, ROLE_BAD_BIG);
    golden_check("toolkit/choose", draw_dialog, dialog);
    golden_check_sizes("choose", draw_dialog, dialog);
    dialog_free(dialog);
}

static void test_type(void **state)
{
    struct dialog *dialog = dialog_type(
        "Reseed the database", "Every member, visit and payment in it is replaced by made-up ones.",
        "Its name, to go on", "iron_temple", true);
    (void)state;
    dialog_paste(dialog, "iron");
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_GOES_ON);
    golden_check("toolkit/type", draw_dialog, dialog);
    golden_check_sizes("type", draw_dialog, dialog);
    dialog_free(dialog);
}

static void test_tell(void **state)
{
    struct dialog *dialog =
        dialog_tell("No worker runs", "The job waits in the queue. Start one on the server:\n\n"
                                      "systemctl start gymtui-worker");
    (void)state;
    golden_check("toolkit/tell", draw_dialog, dialog);
    golden_check_sizes("tell", draw_dialog, dialog);
    dialog_free(dialog);
}

/* --- a form --- */

static const char *const plans[] = {"1", "Monthly, 39.00", "2", "Annual, 390.00", NULL};

static const struct form_entry entries[] = {
    {.label = "Name", .kind = FORM_TEXT, .required = true, .hint = "As she wants to be called"},
    {.label = "E-mail", .kind = FORM_TEXT, .value = "anahit@example.org"},
    {.label = "Born",
     .kind = FORM_DATE,
     .value = "1990-02-29",
     .hint = "2026-11-21 or 21 Nov 2026"},
    {.label = "Plan", .kind = FORM_CHOICE, .value = "2", .choices = plans},
    {.label = "Pays now", .kind = FORM_MONEY, .value = "39.00", .maximum = 1000},
    {.label = "Visits a month", .kind = FORM_INT, .value = "400", .minimum = 1, .maximum = 31},
    {.label = "Password", .kind = FORM_SECRET, .value = "open sesame"},
    {.label = "Number", .kind = FORM_TEXT, .value = "10482", .read_only = true},
    {.label = "Check in now", .kind = FORM_YES_NO, .value = "yes"},
};
#define ENTRIES (int)(sizeof entries / sizeof entries[0])

static void draw_form(void *owner, struct area area)
{
    draw_background(area);
    form_draw(owner, area);
}

static void test_form(void **state)
{
    struct form *form = form_new("New member", entries, ENTRIES);
    (void)state;
    golden_check("toolkit/form", draw_form, form);
    golden_check_sizes("form", draw_form, form);
    assert_int_equal(form_key(form, KEY_CODE_F1 + 1), FORM_GOES_ON);
    golden_check("toolkit/form_wrong", draw_form, form);
    golden_check_sizes("form_wrong", draw_form, form);
    form_free(form);
}

static void test_form_saves_only_what_is_right(void **state)
{
    struct form *form = form_new("New member", entries, ENTRIES);
    (void)state;
    assert_int_equal(form_key(form, KEY_CODE_F1 + 1), FORM_GOES_ON);
    assert_false(form_is_changed(form));
    form_paste(form, " Anahit Petrosyan ");
    assert_true(form_is_changed(form));
    assert_int_equal(form_key(form, KEY_CODE_F1 + 1), FORM_GOES_ON); /* 1990 had no 29 February */
    form_set(form, 2, "1992-02-29");
    form_set(form, 5, "12");
    assert_int_equal(form_key(form, KEY_CODE_F1 + 1), FORM_SAVE);
    assert_string_equal(form_text(form, 0), "Anahit Petrosyan");
    assert_int_equal(form_int(form, 5), 12);
    assert_int_equal(form_money(form, 4), 3900);
    assert_true(form_yes(form, 8));
    form_complain(form, 1, "another member has this address");
    form_key(form, 'x'); /* lands in the field complained about */
    assert_string_equal(form_text(form, 1), "anahit@example.orgx");
    form_set_busy(form, true);
    assert_int_equal(form_key(form, KEY_CODE_ESCAPE), FORM_GOES_ON);
    form_set_busy(form, false);
    assert_int_equal(form_key(form, KEY_CODE_ESCAPE), FORM_GOES_ON); /* asks */
    assert_int_equal(form_key(form, KEY_CODE_ESCAPE), FORM_GOES_ON); /* held down: no answer */
    assert_int_equal(form_key(form, 'y'), FORM_LEAVE);
    form_free(form);
}

/* Every word of `text` is on the screen, in a small window's room under the two bars. */
static void assert_all_said(struct form *form, const char *text, const char *field)
{
    char words[512], *rest;
    char *screen = golden_text(10, 40, draw_form, form);
    snprintf(words, sizeof words, "%s", text);
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
        if (strstr(screen, word) == NULL)
            fail_msg("“%s” of “%s” is not on the screen:\n%s", word, text, screen);
    if (strstr(screen, field) == NULL)
        fail_msg("the field “%s” is not on the screen:\n%s", field, screen);
    free(screen);
}

static void test_form_complains_in_full(void **state)
{
    static const char all[] = "The connection to the database was lost while this was being saved. "
                              "Nothing was changed. F2 saves it again once the line is back.";
    static const char one[] = "another member of this gym has the same address; find them first, "
                              "and merge the two if they are one";
    struct form *form = form_new("New member", entries, ENTRIES);
    (void)state;
    for (int i = 0; i < 4; i++)
        form_key(form, KEY_CODE_DOWN);
    form_complain(form, -1, all);
    assert_all_said(form, all, "39.00");
    golden_check_sizes("form_complains", draw_form, form);
    form_key(form, KEY_CODE_BACKSPACE);
    form_complain(form, 1, one);
    assert_all_said(form, one, "ahit@example.org");
    golden_check_sizes("form_field_complains", draw_form, form);
    form_free(form);
}

static void test_form_by_enter_alone(void **state)
{
    static const struct form_entry two[] = {
        {.label = "Reason", .kind = FORM_TEXT, .required = true},
        {.label = "Plan", .kind = FORM_CHOICE, .choices = plans},
    };
    struct form *form = form_new("Two", two, 2);
    (void)state;
    assert_int_equal(form_key(form, KEY_CODE_ENTER), FORM_GOES_ON);
    form_key(form, 'r');
    assert_int_equal(form_key(form, KEY_CODE_ENTER), FORM_GOES_ON); /* on the second field now */
    form_key(form, 'a');
    assert_string_equal(form_text(form, 1), "2");
    form_key(form, KEY_CODE_RIGHT);
    assert_string_equal(form_text(form, 1), "1");
    assert_int_equal(form_key(form, KEY_CODE_ENTER), FORM_SAVE);
    form_free(form);
}

/* --- charts --- */

static void draw_charts(void *owner, struct area area)
{
    static const double shares[] = {0, 0.01, 0.25, 0.725, 1, 3};
    static const double weeks[] = {0, 1, 2, 3, 5, 8, 13, 8, 5, 3, 2, 1, 0};
    static const struct chart_column months[] = {{"Jun", 28100}, {"Jul", 29950}, {"Aug", 26040},
                                                 {"Sep", 31002}, {"Oct", 31800}, {"Nov", 0}};
    (void)owner;
    for (int i = 0; i < 6; i++) {
        draw_format(area, i, 0, ROLE_LABEL, "%4.0f %%", shares[i] * 100);
        chart_bar(area, i, 7, 20, shares[i], ROLE_ACCENT);
    }
    draw_text(area, 7, 0, ROLE_LABEL, "26 wk");
    chart_spark(area, 7, 7, 20, weeks, 13, ROLE_GOOD);
    chart_columns(area_part(area, 9, 0, -1, 50), months, 6, ROLE_ACCENT, "EUR a month");
    chart_columns(area_part(area, 0, 32, 8, 6), months, 6, ROLE_ACCENT, "EUR");
}

static void draw_heat(void *owner, struct area area)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const hours[] = {"6", "", "8", "", "10", "", "12", "", "14", ""};
    double values[70];
    (void)owner;
    for (int i = 0; i < 70; i++) {
        values[i] = i % 10 == 9 && i > 49 ? -1 : (i % 10) * (i / 10) * 10 / 54.0;
    }
    struct chart_heat heat = {7, 10, 4, days, hours, values, 10};
    chart_heat(area, &heat);
}

static void test_charts(void **state)
{
    (void)state;
    golden_check("toolkit/charts", draw_charts, NULL);
    golden_check("toolkit/heat", draw_heat, NULL);
    golden_check_sizes("charts", draw_charts, NULL);
    golden_check_sizes("heat", draw_heat, NULL);
}

/* --- bars, help --- */

static const struct key_entry keys[] = {
    {COMMAND_OPEN, "check_in", "Enter", "check in", "Check in what the field names.", KEY_IN_BAR},
    {COMMAND_SCREEN, "new_member", "F2 +", "new member", "Enrol a new member.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_SCREEN + 1, "who", "F3", "who is in", "Who is in now.", KEY_IN_BAR},
    {COMMAND_UNDO, "undo", "F8 -", "undo", "Take the last check-in back.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_NONE, NULL, NULL, NULL, NULL, 0},
};

static void draw_bars(void *owner, struct area area)
{
    static const char *const tabs[] = {"Attendance", "Members", "Packages", "Gyms", "Analytics"};
    struct keymap *keymap = keymap_new("attendance", keys, NULL);
    (void)owner;
    char right[80]; /* as the application writes it: it is to be cut at the same signs */
    const char *dot = sign_text(SIGN_DOT);
    snprintf(right, sizeof right, "Iron Temple %s desk 2 %s Anna %s 18:04", dot, dot, dot);
    bar_draw_top(area_take_top(&area, 1), tabs, 5, 1, right);
    bar_draw_bottom(area_take_bottom(&area, 1), keymap, NULL, NULL, "● live", ROLE_GOOD);
    draw_rule(area, 1);
    draw_text(area, 3, 2, ROLE_GOOD_BIG, " ✔ IN ");
    draw_text(area, 3, 10, ROLE_STRONG, "Anahit Petrosyan");
    draw_cell(area, 3, 40, area.columns - 42, ALIGN_RIGHT, ROLE_DIM, "#10482 · 2041 7733");
    draw_text(area, 5, 2, ROLE_WARN_BIG, " ! OWES 39.00 ");
    draw_text(area, 6, 2, ROLE_BAD_BIG, " ✖ EXPIRED 12 DAYS AGO ");
    draw_paragraph(area, 8, 2, ROLE_TEXT,
                   "Half of the monthly members have left after 14.2 months; annual members stay "
                   "2.1 times as long.",
                   false);
    keymap_free(keymap);
}

static void draw_help(void *owner, struct area area)
{
    draw_background(area);
    help_draw(owner, area);
}

static void test_bars_and_help(void **state)
{
    struct keymap *keymap = keymap_new("attendance", keys, NULL);
    struct help *help =
        help_new("Attendance", "One field: a scan, a number or a name, and Enter.", keymap);
    (void)state;
    golden_check("toolkit/bars", draw_bars, NULL);
    golden_check_sizes("bars", draw_bars, NULL);
    golden_check("toolkit/help", draw_help, help);
    golden_check_sizes("help", draw_help, help);
    assert_true(help_key(help, 'u'));
    assert_true(help_key(help, 'n'));
    assert_true(help_key(help, 'd'));
    golden_check("toolkit/help_filter", draw_help, help);
    assert_true(help_key(help, KEY_CODE_ESCAPE)); /* the filter first */
    assert_false(help_key(help, KEY_CODE_ESCAPE));
    help_free(help);
    keymap_free(keymap);
}

/* --- fields on screen --- */

static void draw_fields(void *owner, struct area area)
{
    struct field field = {0};
    (void)owner;
    field_set(&field, "Marguerite de La Tour-d'Auvergne 李小龍");
    field_draw(&field, area, 0, 1, 20, false);
    field_draw(&field, area, 1, 1, 20, true);
    field_key(&field, KEY_CODE_HOME);
    field_draw(&field, area, 2, 1, 20, true);
    field_draw(&field, area, 3, 1, 70, true);
    field.secret = true;
    field_draw(&field, area, 4, 1, 20, true);
    field_clear(&field);
    field_draw(&field, area, 5, 1, 20, true);
}

static void test_fields(void **state)
{
    (void)state;
    golden_check("toolkit/fields", draw_fields, NULL);
    golden_check_sizes("fields", draw_fields, NULL);
}

/* --- the window over many rows --- */

#define ROWS 100000
#define PAGE 60

struct feed {
    struct table *table;
    int asked;
};

static void write_number(void *owner, const void *row, int column, char *text, size_t size,
                         enum role *role)
{
    (void)owner;
    (void)column;
    (void)role;
    snprintf(text, size, "%d", *(const int *)row);
}

/* What a screen does after every command: asks for the page that is wanted. */
static void serve(struct feed *feed)
{
    int page[PAGE];
    enum table_want want;
    while ((want = table_wants(feed->table)) != TABLE_WANT_NOTHING) {
        int from = 0;
        feed->asked++;
        switch (want) {
        case TABLE_WANT_NOTHING:
        case TABLE_WANT_START:
            break;
        case TABLE_WANT_END:
            from = ROWS - PAGE;
            break;
        case TABLE_WANT_BEFORE:
            from = *(const int *)table_first(feed->table) - PAGE;
            from = from < 0 ? 0 : from;
            break;
        case TABLE_WANT_AFTER:
            from = *(const int *)table_last(feed->table) + 1;
            break;
        }
        int count = 0;
        int end = want == TABLE_WANT_BEFORE ? *(const int *)table_first(feed->table) : ROWS;
        while (count < PAGE && from + count < end) {
            page[count] = from + count;
            count++;
        }
        assert_int_equal(table_wants(feed->table), TABLE_WANT_NOTHING); /* asked once */
        if (want == TABLE_WANT_BEFORE) {
            table_prepend(feed->table, page, count, from > 0);
        } else if (want == TABLE_WANT_AFTER) {
            table_append(feed->table, page, count, from + count < ROWS);
        } else {
            table_fill(feed->table, page, count, from > 0, from + count < ROWS);
        }
    }
}

static int selected(const struct feed *feed)
{
    const int *row = table_selected(feed->table);
    assert_non_null(row);
    return *row;
}

static void press(struct feed *feed, int command, int times)
{
    for (int i = 0; i < times; i++) {
        assert_true(table_command(feed->table, command));
        serve(feed);
        assert_true(table_count(feed->table) <= 300);
    }
}

static void test_window_walks_over_all_rows(void **state)
{
    static const struct table_column one[] = {{"Number", 6, 0, ALIGN_RIGHT, 0, false}};
    struct feed feed = {table_new(one, 1, sizeof(int), 300, write_number, NULL), 0};
    (void)state;
    /* The height is known once drawn; nothing is on a screen here, so all of it is clipped. */
    table_draw(feed.table, (struct area){0, 0, 21, 20}, true, true);
    serve(&feed);
    assert_int_equal(selected(&feed), 0);
    press(&feed, COMMAND_DOWN, 1000);
    assert_int_equal(selected(&feed), 1000);
    press(&feed, COMMAND_PAGE_DOWN, 100);
    assert_int_equal(selected(&feed), 1000 + 100 * 19);
    press(&feed, COMMAND_UP, 2500);
    assert_int_equal(selected(&feed), 400);
    press(&feed, COMMAND_LAST, 1);
    assert_int_equal(selected(&feed), ROWS - 1);
    press(&feed, COMMAND_DOWN, 3);
    assert_int_equal(selected(&feed), ROWS - 1);
    press(&feed, COMMAND_PAGE_UP, 50);
    assert_int_equal(selected(&feed), ROWS - 1 - 50 * 19);
    press(&feed, COMMAND_FIRST, 1);
    assert_int_equal(selected(&feed), 0);
    press(&feed, COMMAND_UP, 1);
    assert_int_equal(selected(&feed), 0);
    assert_true(feed.asked < 120); /* a page at a time, not a row at a time */
    table_free(feed.table);
}

static bool is_same(const void *a, const void *b)
{
    return *(const int *)a == *(const int *)b;
}

static void test_cursor_stays_on_its_row(void **state)
{
    static const struct table_column one[] = {{"Number", 6, 0, ALIGN_RIGHT, 0, false}};
    struct feed feed = {table_new(one, 1, sizeof(int), 10, write_number, NULL), 0};
    int first[] = {10, 11, 12, 13};
    int second[] = {7, 8, 12, 13, 14};
    int third[] = {1, 2};
    (void)state;
    table_fill(feed.table, first, 4, false, false);
    table_select(feed.table, 2);
    table_replace(feed.table, second, 5, false, false, is_same);
    assert_int_equal(selected(&feed), 12);
    table_replace(feed.table, third, 2, false, false, is_same);
    assert_int_equal(selected(&feed), 2);
    table_replace(feed.table, NULL, 0, false, false, is_same);
    assert_null(table_selected(feed.table));
    assert_int_equal(table_selected_index(feed.table), -1);
    table_free(feed.table);
}

/* --- answers --- */

static void test_confirmation_is_not_answered_by_the_key_that_opened_it(void **state)
{
    struct dialog *dialog = dialog_confirm("Delete", "It goes.", "x", "delete", 'x');
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(dialog_key(dialog, 'x'), DIALOG_GOES_ON);
    }
    assert_int_equal(dialog_key(dialog, 'q'), DIALOG_GOES_ON);
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_NO); /* the default */
    assert_int_equal(dialog_key(dialog, 'y'), DIALOG_YES);           /* instead of x */
    dialog_free(dialog);
    dialog = dialog_confirm("Leave", "", "y", "leave", KEY_CODE_ENTER);
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_GOES_ON);
    assert_int_equal(dialog_key(dialog, KEY_CODE_ESCAPE), DIALOG_NO);
    dialog_free(dialog);
}

static void test_typed_name_must_be_the_same(void **state)
{
    struct dialog *dialog = dialog_type("Reseed", "", "Name", "iron_temple", true);
    (void)state;
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_GOES_ON);
    dialog_paste(dialog, " iron_templ");
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_GOES_ON);
    dialog_key(dialog, 'e');
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_YES);
    assert_string_equal(dialog_typed(dialog), "iron_temple");
    dialog_free(dialog);
}

static void test_choice_by_key_and_by_arrows(void **state)
{
    static const struct dialog_choice choices[] = {{"p", "pay"}, {"g", "day pass"}};
    struct dialog *dialog = dialog_choose("Expired", "", choices, 2);
    (void)state;
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_GOES_ON); /* nothing is chosen */
    assert_int_equal(dialog_key(dialog, 'g'), DIALOG_YES);
    assert_int_equal(dialog_chosen(dialog), 1);
    assert_int_equal(dialog_key(dialog, KEY_CODE_DOWN), DIALOG_GOES_ON);
    assert_int_equal(dialog_key(dialog, KEY_CODE_ENTER), DIALOG_YES);
    assert_int_equal(dialog_chosen(dialog), 0);
    dialog_free(dialog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_list_empty),
        cmocka_unit_test(test_confirm),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_type),
        cmocka_unit_test(test_tell),
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_form_saves_only_what_is_right),
        cmocka_unit_test(test_form_complains_in_full),
        cmocka_unit_test(test_form_by_enter_alone),
        cmocka_unit_test(test_charts),
        cmocka_unit_test(test_bars_and_help),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_window_walks_over_all_rows),
        cmocka_unit_test(test_cursor_stays_on_its_row),
        cmocka_unit_test(test_confirmation_is_not_answered_by_the_key_that_opened_it),
        cmocka_unit_test(test_typed_name_must_be_the_same),
        cmocka_unit_test(test_choice_by_key_and_by_arrows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
