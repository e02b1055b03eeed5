/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paper_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

/* --- lines --- */

static void add_line(char *dst, size_t size, const char *text)
{
    text_append(dst, size, "%s\n", text);
}

static void add_rule(char *dst, size_t size)
{
    add_line(dst, size, "----------------------------------------");
}

static void add_centred(char *dst, size_t size, const char *text)
{
    char clipped[400];
    int used = text_clip(clipped, sizeof clipped, text, PAPER_COLUMNS, "~");
    text_append(dst, size, "%*s%s\n", (PAPER_COLUMNS - used) / 2, "", clipped);
}

/* Left and right on one line; on two where they do not fit beside each other. */
static void add_pair(char *dst, size_t size, const char *left, const char *right)
{
    char shown[400], other[400];
    int used = text_clip(shown, sizeof shown, left, PAPER_COLUMNS, "~");
    int width = text_clip(other, sizeof other, right, PAPER_COLUMNS, "~");
    if (used + 1 + width > PAPER_COLUMNS) {
        add_line(dst, size, shown);
        used = 0, *shown = '\0';
    }
    text_append(dst, size, "%s%*s%s\n", shown, PAPER_COLUMNS - used - width, "", other);
}

static void add_money(char *dst, size_t size, const char *left, money amount)
{
    char text[40];
    money_format(text, sizeof text, amount);
    add_pair(dst, size, left, text);
}

/* Words over as many lines as they take. */
static void add_words(char *dst, size_t size, const char *text)
{
    while (*text != '\0') {
        char line[400], rest[400];
        int used = text_clip(line, sizeof line, text, PAPER_COLUMNS, "");
        size_t length = strlen(line);
        if (text[length] != '\0' && text[length] != ' ') { /* back to where a word ends */
            char *blank = strrchr(line, ' ');
            if (blank != NULL)
                *blank = '\0', length = (size_t)(blank - line);
        }
        snprintf(rest, sizeof rest, "%s", line);
        add_line(dst, size, rest);
        text += length;
        text += strspn(text, " ");
        if (used == 0)
            return;
    }
}

/* "Sat 21 Nov 2026, 18:04"; "still open" for none. */
static void write_moment(char *dst, size_t size, int64_t local_seconds)
{
    if (local_seconds == MOMENT_NONE) {
        snprintf(dst, size, "still open");
        return;
    }
    char day[32], clock[16];
    int32_t number = (int32_t)((local_seconds - ((local_seconds % 86400) + 86400) % 86400) / 86400);
    date_format_short(day, sizeof day, number, number - 1000); /* with its year */
    date_format_clock(clock, sizeof clock, local_seconds);
    snprintf(dst, size, "%s %s, %s", date_weekday_name(date_weekday(number)), day, clock);
}

const char *paper_kind_name(const char *kind)
{
    static const char *const names[][2] = {
        {"joining", "Joining"}, {"renewal", "Renewal"}, {"day_pass", "Day pass"},
        {"pack", "Visit pack"}, {"extra", "Extra"},     {"payment", "Payment"},
        {"refund", "Refund"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], kind) == 0)
            return names[i][1];
    return kind;
}

void paper_difference(char *dst, size_t size, money counted, money expected)
{
    char amount[40];
    money difference = counted - expected;
    money_format(amount, sizeof amount, difference < 0 ? -difference : difference);
    if (difference == 0)
        snprintf(dst, size, "agrees");
    else
        snprintf(dst, size, "%s too %s", amount, difference < 0 ? "little" : "much");
}

/* --- a receipt --- */

void paper_write_receipt(char *dst, size_t size, const struct receipt *receipt)
{
    const struct payment_row *payment = &receipt->payment;
    char text[400], when[64], amount[40];
    *dst = '\0';
    add_centred(dst, size, receipt->gym);
    if (*receipt->address != '\0')
        add_centred(dst, size, receipt->address);
    if (*receipt->phone != '\0')
        add_centred(dst, size, receipt->phone);
    add_rule(dst, size);
    snprintf(text, sizeof text, "%s %" PRId64, payment->amount < 0 ? "Refund" : "Receipt",
             payment->transaction_id);
    write_moment(when, sizeof when, payment->at_local);
    add_pair(dst, size, text, when);
    snprintf(text, sizeof text, "#%" PRId64, receipt->customer_id);
    add_pair(dst, size, receipt->member, text);
    add_rule(dst, size);
    snprintf(text, sizeof text, "%s%s%s", paper_kind_name(payment->kind),
             *payment->plan != '\0' ? ", " : "", payment->plan);
    add_money(dst, size, text, payment->amount);
    if (payment->starts != DATE_NONE && payment->ends != DATE_NONE) {
        char from[32], until[32];
        date_format_short(from, sizeof from, payment->starts, payment->starts - 1000);
        date_format_short(until, sizeof until, payment->ends, payment->ends - 1000);
        snprintf(text, sizeof text, "  %s - %s", from, until);
        add_line(dst, size, text);
    }
    if (payment->refunds != 0) {
        snprintf(text, sizeof text, "  for receipt %" PRId64, payment->refunds);
        add_line(dst, size, text);
    }
    if (*payment->note != '\0') {
        snprintf(text, sizeof text, "  %s", payment->note);
        add_words(dst, size, text);
    }
    add_rule(dst, size);
    money_format(amount, sizeof amount, payment->amount < 0 ? -payment->amount : payment->amount);
    snprintf(text, sizeof text, "%s %s", receipt->currency, amount);
    snprintf(when, sizeof when, "%s, %s", payment->amount < 0 ? "Given back" : "Paid",
             payment->method);
    add_pair(dst, size, when, text);
    if (receipt->balance != 0) {
        money left = receipt->balance;
        money_format(amount, sizeof amount, left < 0 ? -left : left);
        add_pair(dst, size, left > 0 ? "Still to pay" : "In credit", amount);
    }
    if (*payment->staff != '\0') {
        snprintf(text, sizeof text, "%s%s%s", payment->staff,
                 *payment->desk != '\0' ? ", desk " : "", payment->desk);
        add_line(dst, size, text);
    }
    add_line(dst, size, "");
    add_centred(dst, size, "Thank you");
}

/* --- a till --- */

static void add_heading(char *dst, size_t size, const struct session *session, const char *what)
{
    add_centred(dst, size, session->gym_name);
    add_centred(dst, size, what);
    add_rule(dst, size);
}

static void add_methods(char *dst, size_t size, const struct till_method *methods, int count)
{
    for (int i = 0; i < count; i++) {
        const struct till_method *method = &methods[i];
        char text[80];
        if (method->payments > 0) {
            snprintf(text, sizeof text, "%s, %d payment%s", method->method, method->payments,
                     method->payments == 1 ? "" : "s");
            add_money(dst, size, text, method->taken);
        }
        if (method->refunds > 0) {
            snprintf(text, sizeof text, "%s, %d refund%s", method->method, method->refunds,
                     method->refunds == 1 ? "" : "s");
            add_money(dst, size, text, -method->refunded);
        }
    }
}

static void add_moves(char *dst, size_t size, const struct till_report *report)
{
    for (int i = 0; i < report->move_count; i++) {
        const struct till_move *move = &report->moves[i];
        char text[400], clock[16];
        date_format_clock(clock, sizeof clock, move->at_local);
        snprintf(text, sizeof text, "%s %s", clock, move->reason);
        add_money(dst, size, text, move->amount);
    }
}

void paper_write_till(char *dst, size_t size, const struct till_report *report,
                      const struct session *session)
{
    const struct till_session *till = &report->session;
    char text[400], when[64];
    money taken = 0, refunded = 0;
    *dst = '\0';
    snprintf(text, sizeof text, "Till %" PRId64 ", desk %s", till->till_session_id, till->desk);
    add_heading(dst, size, session, text);
    write_moment(when, sizeof when, till->opened_local);
    add_pair(dst, size, "Opened", when);
    if (*till->opened_by != '\0')
        add_pair(dst, size, "  by", till->opened_by);
    write_moment(when, sizeof when, till->closed_local);
    add_pair(dst, size, "Closed", when);
    if (*till->closed_by != '\0')
        add_pair(dst, size, "  by", till->closed_by);
    int used = 0;
    for (int i = 0; i < report->method_count; i++)
        used += report->methods[i].payments + report->methods[i].refunds;
    if (used > 0)
        add_rule(dst, size);
    add_methods(dst, size, report->methods, report->method_count);
    for (int i = 0; i < report->method_count; i++) {
        if (!report->methods[i].is_cash)
            continue;
        taken += report->methods[i].taken;
        refunded += report->methods[i].refunded;
    }
    if (till->closed_local == MOMENT_NONE) {
        add_line(dst, size, "The cash is counted when it closes.");
        return;
    }
    add_rule(dst, size);
    snprintf(text, sizeof text, "Cash, %s", session->currency);
    add_line(dst, size, text);
    add_money(dst, size, "  Float", till->opening_float);
    add_money(dst, size, "  Taken", taken);
    if (refunded != 0)
        add_money(dst, size, "  Given back", -refunded);
    add_moves(dst, size, report);
    add_money(dst, size, "  Expected", till->expected);
    add_money(dst, size, "  Counted", till->counted);
    paper_difference(text, sizeof text, till->counted, till->expected);
    add_pair(dst, size, "  Difference", text);
    if (*till->reason != '\0')
        add_words(dst, size, till->reason);
    if (report->part_count == 0)
        return;
    add_rule(dst, size);
    for (int i = 0; i < report->part_count; i++) {
        const struct till_part *part = &report->parts[i];
        char value[40];
        money_format(value, sizeof value, part->value);
        snprintf(text, sizeof text, "%5d x %s", part->pieces, value);
        add_money(dst, size, text, part->value * part->pieces);
    }
}

/* --- the day --- */

static void add_till_of_day(char *dst, size_t size, const struct till_session *till)
{
    char text[400], from[16], until[16] = "open", counted[80];
    date_format_clock(from, sizeof from, till->opened_local);
    if (till->closed_local != MOMENT_NONE)
        date_format_clock(until, sizeof until, till->closed_local);
    snprintf(text, sizeof text, "Desk %s, %s-%s", till->desk, from, until);
    if (till->closed_local == MOMENT_NONE) {
        add_pair(dst, size, text, "not counted yet");
        return;
    }
    add_money(dst, size, text, till->counted);
    paper_difference(counted, sizeof counted, till->counted, till->expected);
    snprintf(text, sizeof text, "  %s%s%s", counted, *till->reason != '\0' ? ": " : "",
             till->reason);
    add_words(dst, size, text);
}

void paper_write_day(char *dst, size_t size, const struct till_day *day,
                     const struct session *session, int64_t now_local)
{
    char text[200], when[64], until[32];
    *dst = '\0';
    date_format_short(until, sizeof until, day->day, day->day - 1000);
    snprintf(text, sizeof text, "Report of %s %s", date_weekday_name(date_weekday(day->day)),
             until);
    add_heading(dst, size, session, text);
    const char *kind = "";
    for (int i = 0; i < day->line_count; i++) {
        const struct till_line *line = &day->lines[i];
        if (strcmp(kind, line->kind) != 0)
            add_line(dst, size, paper_kind_name(line->kind));
        kind = line->kind;
        snprintf(text, sizeof text, "  %s, %d", line->method, line->payments);
        add_money(dst, size, text, line->amount);
    }
    if (day->line_count == 0)
        add_line(dst, size, "No payment on this day.");
    add_rule(dst, size);
    snprintf(text, sizeof text, "Taken, %s", session->currency);
    add_money(dst, size, text, day->total);
    if (day->refunded != 0)
        add_money(dst, size, "  of it given back", -day->refunded);
    if (day->moved != 0)
        add_money(dst, size, day->moved > 0 ? "Cash put in" : "Cash taken out", day->moved);
    if (day->in_no_till != 0)
        add_money(dst, size, "Cash outside of any till", day->in_no_till);
    if (day->session_count > 0) {
        add_rule(dst, size);
        add_line(dst, size, "Tills, cash counted");
        for (int i = 0; i < day->session_count; i++)
            add_till_of_day(dst, size, &day->sessions[i]);
    }
    add_rule(dst, size);
    write_moment(when, sizeof when, now_local);
    add_pair(dst, size, "Made", when);
}
