/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkin and checkout: the desk's two movements for scripts and turnstiles. */
#include "internal.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

struct desk_answer {
    struct answer answer;
    struct verdict verdict;
};

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct desk_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->verdict = *verdict;
}

static const char *result_name(enum verdict_result result)
{
    switch (result) {
    case VERDICT_IN:
        return "in";
    case VERDICT_DENIED:
        return "denied";
    case VERDICT_ALREADY_IN:
        return "already_in";
    case VERDICT_REPEAT:
        return "repeat";
    case VERDICT_UNKNOWN:
        return "unknown";
    case VERDICT_OUT:
        return "out";
    case VERDICT_NOT_IN:
        return "not_in";
    case VERDICT_UNDONE:
        return "undone";
    }
    return "";
}

static int result_status(enum verdict_result result)
{
    switch (result) {
    case VERDICT_IN:
    case VERDICT_OUT:
    case VERDICT_UNDONE:
        return CLI_DONE;
    case VERDICT_DENIED:
        return CLI_DENIED;
    case VERDICT_ALREADY_IN:
    case VERDICT_REPEAT:
    case VERDICT_NOT_IN:
        return CLI_NOTHING_WRITTEN;
    case VERDICT_UNKNOWN:
        return error_exit_status(ERROR_NOT_FOUND);
    }
    return CLI_FAILED;
}

static const char *policy_name(enum reason_policy policy)
{
    switch (policy) {
    case POLICY_IGNORE:
        return "ignore";
    case POLICY_WARN:
        return "warn";
    case POLICY_DENY:
        return "deny";
    }
    return "";
}

/* --- as JSON --- */

static void print_json(const struct verdict *verdict)
{
    struct json json = {.out = stdout};
    json_open(&json, NULL, '{');
    json_text(&json, "result", result_name(verdict->result));
    json_bool(&json, "recovered", verdict->recovered);
    if (verdict->attendance_id != 0)
        json_integer(&json, "attendance_id", verdict->attendance_id);
    if (verdict->customer_id != 0) {
        json_open(&json, "member", '{');
        json_integer(&json, "number", verdict->customer_id);
        json_text(&json, "name", verdict->name);
        json_text(&json, "keytag", verdict->keytag);
        json_text(&json, "plan", verdict->plan);
        json_text(&json, "home_gym", verdict->home_gym);
        json_day(&json, "ends", verdict->ends);
        if (verdict->ends != DATE_NONE)
            json_integer(&json, "days_left", verdict->days_left);
        json_integer(&json, "visits_this_month", verdict->visits_this_month);
        json_integer(&json, "visits_total", verdict->visits_total);
        json_day(&json, "last_visit", verdict->last_visit);
        json_text(&json, "habit", verdict->habit);
        json_money(&json, "balance", verdict->balance);
        json_close(&json, '}');
        json_moment(&json, "at", verdict->at_local);
        json_moment(&json, "since", verdict->since_local);
        json_text(&json, "since_desk", verdict->since_desk);
        json_integer(&json, "seconds_in", verdict->seconds_in);
        json_open(&json, "reasons", '[');
        for (int i = 0; i < verdict->reason_count; i++) {
            json_open(&json, NULL, '{');
            json_text(&json, "code", reason_name(verdict->reasons[i].code));
            json_text(&json, "policy", policy_name(verdict->reasons[i].policy));
            json_text(&json, "text", verdict->reasons[i].text);
            json_close(&json, '}');
        }
        json_close(&json, ']');
        json_open(&json, "occupancy", '{');
        json_integer(&json, "inside", verdict->inside);
        json_integer(&json, "capacity", verdict->capacity);
        json_close(&json, '}');
    }
    json_close(&json, '}');
    json_end(&json);
}

/* --- as text --- */

static const char *ordinal_end(int number)
{
    if (number % 100 / 10 == 1)
        return "th";
    switch (number % 10) {
    case 1:
        return "st";
    case 2:
        return "nd";
    case 3:
        return "rd";
    default:
        return "th";
    }
}

static void print_member(const struct verdict *verdict)
{
    char line[512] = "";
    text_append(line, sizeof line, "%s", *verdict->plan != '\0' ? verdict->plan : "no plan");
    if (verdict->ends != DATE_NONE && verdict->days_left >= 0)
        text_append(line, sizeof line, ", %d day%s left", verdict->days_left,
                    verdict->days_left == 1 ? "" : "s");
    if (verdict->result == VERDICT_IN && verdict->visits_this_month > 0)
        text_append(line, sizeof line, " · %d%s visit this month", verdict->visits_this_month,
                    ordinal_end(verdict->visits_this_month));
    if (*verdict->habit != '\0')
        text_append(line, sizeof line, " · %s", verdict->habit);
    if (verdict->balance > 0) {
        char owed[32];
        money_format(owed, sizeof owed, verdict->balance);
        text_append(line, sizeof line, " · owes %s", owed);
    }
    out_line(stdout, "    %s", line);
}

static void print_outcome(const struct verdict *verdict)
{
    char when[32] = "", lasted[32] = "";
    if (verdict->since_local != MOMENT_NONE)
        date_format_clock(when, sizeof when, verdict->since_local);
    date_format_duration(lasted, sizeof lasted, verdict->seconds_in);
    switch (verdict->result) {
    case VERDICT_IN:
        out_line(stdout, "✔ IN   %s   #%" PRId64 "%s%s", verdict->name, verdict->customer_id,
                 *verdict->keytag != '\0' ? " · " : "", verdict->keytag);
        break;
    case VERDICT_DENIED:
        out_line(stdout, "✖ DENIED: %s   %s   #%" PRId64,
                 verdict->reason_count > 0 ? verdict->reasons[0].text : "not allowed in",
                 verdict->name, verdict->customer_id);
        break;
    case VERDICT_ALREADY_IN:
        out_line(stdout, "! ALREADY IN since %s%s%s   %s   #%" PRId64, when,
                 *verdict->since_desk != '\0' ? ", desk " : "", verdict->since_desk, verdict->name,
                 verdict->customer_id);
        break;
    case VERDICT_REPEAT:
        out_line(stdout, "! JUST LEFT; nothing was written   %s   #%" PRId64, verdict->name,
                 verdict->customer_id);
        break;
    case VERDICT_UNKNOWN:
        out_line(stdout, "✖ UNKNOWN: no member has this tag or number");
        break;
    case VERDICT_OUT:
        out_line(stdout, "✔ OUT after %s   %s   #%" PRId64, lasted, verdict->name,
                 verdict->customer_id);
        break;
    case VERDICT_NOT_IN:
        out_line(stdout, "! NOT IN; nothing was written   %s   #%" PRId64, verdict->name,
                 verdict->customer_id);
        break;
    case VERDICT_UNDONE:
        out_line(stdout, "✔ UNDONE   %s   #%" PRId64, verdict->name, verdict->customer_id);
        break;
    }
}

static void print_text(const struct verdict *verdict)
{
    print_outcome(verdict);
    if (verdict->customer_id == 0)
        return;
    print_member(verdict);
    int said = verdict->result == VERDICT_DENIED ? 1 : 0; /* the first stands in the headline */
    for (int i = said; i < verdict->reason_count; i++) {
        if (verdict->reasons[i].policy != POLICY_IGNORE)
            out_line(stdout, "    %s %s", verdict->reasons[i].policy == POLICY_DENY ? "✖" : "!",
                     verdict->reasons[i].text);
    }
}

/* --- the commands --- */

static int run(const struct cli *cli, const struct cli_words *words, bool out)
{
    bool as_json = words->values[DESK_JSON] != NULL;
    const char *desk = words->values[DESK_NAME];
    if (desk == NULL)
        desk = config_text(cli->config, CONFIG_DESK_NAME);
    struct error error = {0};
    struct visit visit;
    struct desk_answer take = {0};
    bool answered = false;
    if (visit_open(&visit, cli, LEVEL_MANAGER, &error)) {
        if (out) {
            struct check_out_request request = {
                .id = request_id_new(), .code = words->words[0], .desk = desk};
            attendance_check_out(visit.db, &request, on_verdict, &take);
        } else {
            struct check_in_request request = {.id = request_id_new(),
                                               .code = words->words[0],
                                               .desk = desk,
                                               .override_reason = words->values[DESK_REASON]};
            attendance_check_in(visit.db, &request, on_verdict, &take);
        }
        answered = visit_wait(&visit, cli, &take.answer, &error);
    }
    visit_close(&visit);
    if (!answered)
        return fail_as(&error, as_json);
    if (as_json)
        print_json(&take.verdict);
    else
        print_text(&take.verdict);
    return result_status(take.verdict.result);
}

int command_checkin(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, false);
}

int command_checkout(const struct cli *cli, const struct cli_words *words)
{
    return run(cli, words, true);
}
