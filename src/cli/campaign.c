/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "campaign.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign_list.h"
#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "gymtui/db/campaigns.h"
#include "report.h"

enum start_option {
    START_SEGMENT,
    START_TYPE,
    START_CELL,
    START_FIND,
    START_AT_RISK,
    START_MEMBERS,
    START_OFFER,
    START_SUCCESS,
    START_WINDOW,
    START_HOLD_OUT,
    START_COST,
    START_NO_WAIT,
    START_JSON
};
enum edit_option { EDIT_NAME, EDIT_OFFER, EDIT_COST, EDIT_UNTIL, EDIT_JSON };
enum end_option { END_JSON };

const struct cli_option campaign_start_options[] = {
    [START_SEGMENT] = {"--segment", "NAME", "For the members of a segment, as in \"Can't Lose\"."},
    [START_TYPE] = {"--type", "NAME", "For a type: Star, Vulnerable, Free Rider or Lost Cause."},
    [START_CELL] = {"--cell", "RF", "For a cell of the map, as in 15: recency 1, frequency 5."},
    [START_FIND] = {"--find", "TEXT", "For those whose name has this."},
    [START_AT_RISK] = {"--at-risk", NULL, "For the queue of those at risk, as it stands."},
    [START_MEMBERS] = {"--members", "FILE",
                       "For these members: a number a line, or CSV with a column number; - is "
                       "standard input."},
    [START_OFFER] = {"--offer", "TEXT", "What they are promised."},
    [START_SUCCESS] = {"--success", "WHAT",
                       "any: a visit or a renewal (the default); win-back: a visit in 30 days and "
                       "a member on day 60; renewal: a payment within 45 days."},
    [START_WINDOW] = {"--window", "DAYS", "How long a visit or renewal counts; 30 if left out."},
    [START_HOLD_OUT] = {"--hold-out", "PERCENT",
                        "So many are offered nothing, to compare with; 20 if left out."},
    [START_COST] = {"--cost", "AMOUNT", "What it costs in all."},
    [START_NO_WAIT] = {"--no-wait", NULL,
                       "Do not wait while the worker draws up a large one; see gymtui jobs."},
    [START_JSON] = {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

const struct cli_option campaign_edit_options[] = {
    [EDIT_NAME] = {"--name", "NAME", "Call it this."},
    [EDIT_OFFER] = {"--offer", "TEXT", "What was promised."},
    [EDIT_COST] = {"--cost", "AMOUNT", "What it costs in all; none takes it off."},
    [EDIT_UNTIL] = {"--until", "DAY", "Its last day, while it is open."},
    [EDIT_JSON] = {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

const struct cli_option campaign_end_options[] = {
    [END_JSON] = {"--json", NULL, "Print JSON."},
    {NULL, NULL, NULL},
};

/* What was wrong, that nothing came of it, and what to do: as far as that is sure. */
static int refuse(const struct error *error, bool as_json)
{
    struct error said = *error;
    bool is_unchanged = error->code == ERROR_USAGE || error->code == ERROR_INPUT ||
                        error->code == ERROR_NOT_FOUND || error->code == ERROR_PERMISSION ||
                        error->code == ERROR_CONFLICT || error->code == ERROR_SYSTEM;
    if (is_unchanged) {
        const char *next = *error->hint != '\0'         ? error->hint
                           : error->code == ERROR_USAGE ? "Mend that, and say it again."
                                                        : "“gymtui campaign list” shows them.";
        said.hint[0] = '\0';
        text_append(said.hint, sizeof said.hint, "Nothing was changed. %s", next);
    }
    return fail_as(&said, as_json);
}

/* --- which one --- */

struct find_answer {
    struct answer answer;
    int64_t campaign_id;
    struct campaign_row row;
    bool is_there;
};

static void on_list(void *owner, const struct campaign_row *rows, int count,
                    const struct error *error)
{
    struct find_answer *take = owner;
    if (!answer_take(&take->answer, error))
        return;
    for (int i = 0; i < count; i++) {
        if (rows[i].campaign_id == take->campaign_id) {
            take->row = rows[i];
            take->is_there = true;
        }
    }
}

static bool read_number(const char *text, int64_t *number, struct error *error)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return (*end == '\0' && errno == 0 && *number > 0) ||
           error_set(error, ERROR_USAGE, "“gymtui campaign list” shows the numbers.",
                     "A campaign's number is expected, not “%s”", text);
}

static bool find(struct visit *visit, const struct cli *cli, int64_t campaign_id,
                 struct campaign_row *row, struct error *error)
{
    struct find_answer take = {.campaign_id = campaign_id};
    campaigns_list(visit->db, on_list, &take);
    if (!visit_wait(visit, cli, &take.answer, error))
        return false;
    *row = take.row;
    return take.is_there || error_set(error, ERROR_NOT_FOUND, "“gymtui campaign list” shows them.",
                                      "There is no campaign %" PRId64, campaign_id);
}

static bool read_cost(const char *text, bool *has_cost, money *cost, struct error *error)
{
    *has_cost = true;
    if (strcmp(text, "none") == 0)
        *has_cost = false;
    else if (!money_parse(text, cost) || *cost < 0)
        return error_set(error, ERROR_USAGE, "As in --cost 120.50, or none.", "“%s” is no amount",
                         text);
    return true;
}

/* --- start --- */

struct created_answer {
    struct answer answer;
    struct campaign_created created;
};

static void on_created(void *owner, const struct campaign_created *created,
                       const struct error *error)
{
    struct created_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->created = *created;
}

static bool is_same(const char *a, const char *b)
{
    char first[64], second[64];
    text_fold(first, sizeof first, a);
    text_fold(second, sizeof second, b);
    return strcmp(first, second) == 0;
}

static bool read_word(const char *option, const char *value, const char *const *words, char *dst,
                      size_t size, struct error *error)
{
    char all[300] = "";
    for (const char *const *word = words; *word != NULL; word++) {
        if (is_same(*word, value)) {
            snprintf(dst, size, "%s", *word);
            return true;
        }
        text_append(all, sizeof all, "%s%s", *all != '\0' ? ", " : "", *word);
    }
    char hint[340];
    snprintf(hint, sizeof hint, "There are %s.", all);
    return error_set(error, ERROR_USAGE, hint, "%s has no “%s”", option, value);
}

static bool read_choice(const struct cli_words *words, struct segment_choice *choice,
                        struct error *error)
{
    const char *segment = words->values[START_SEGMENT], *type = words->values[START_TYPE];
    const char *cell = words->values[START_CELL], *text = words->values[START_FIND];
    *choice = (struct segment_choice){.at_risk = words->values[START_AT_RISK] != NULL};
    if (segment != NULL && !read_word("--segment", segment, segment_names, choice->segment,
                                      sizeof choice->segment, error))
        return false;
    if (type != NULL &&
        !read_word("--type", type, segment_type_names, choice->type, sizeof choice->type, error))
        return false;
    if (cell != NULL) {
        if (strlen(cell) != 2 || cell[0] < '1' || cell[0] > '5' || cell[1] < '1' || cell[1] > '5')
            return error_set(error, ERROR_USAGE, "Two digits from 1 to 5: recency, frequency.",
                             "“%s” is no cell", cell);
        choice->r = cell[0] - '0';
        choice->f = cell[1] - '0';
    }
    if (text != NULL)
        snprintf(choice->search, sizeof choice->search, "%s", text);
    text_drop_partial(choice->search);
    bool is_choice = segment != NULL || type != NULL || cell != NULL || choice->search[0] != '\0' ||
                     choice->at_risk;
    if (is_choice == (words->values[START_MEMBERS] != NULL))
        return error_set(error, ERROR_USAGE,
                         "--segment, --type, --cell, --find and --at-risk narrow it down together; "
                         "--members FILE is a list.",
                         is_choice ? "Either a choice or a list of members is wanted"
                                   : "It is not said for whom");
    return true;
}

static bool read_edit(const struct cli_words *words, struct campaign_edit *edit,
                      struct error *error)
{
    int window = CAMPAIGN_WINDOW, hold_out = (int)(CAMPAIGN_HOLDOUT * 100);
    const char *success = words->values[START_SUCCESS];
    *edit = (struct campaign_edit){
        .id = request_id_new(), .name = words->words[0], .offer = words->values[START_OFFER]};
    if (success == NULL || strcmp(success, "any") == 0)
        edit->slot = CAMPAIGN_ANY;
    else if (strcmp(success, "win-back") == 0)
        edit->slot = CAMPAIGN_WIN_BACK;
    else if (strcmp(success, "renewal") == 0)
        edit->slot = CAMPAIGN_RENEWAL;
    else
        return error_set(error, ERROR_USAGE, "There are any, win-back and renewal.",
                         "--success has no “%s”", success);
    if (!option_number("--window", words->values[START_WINDOW], 1, 365, &window, error) ||
        !option_number("--hold-out", words->values[START_HOLD_OUT], 0, 90, &hold_out, error) ||
        (words->values[START_COST] != NULL &&
         !read_cost(words->values[START_COST], &edit->has_cost, &edit->cost, error)))
        return false;
    edit->window_days = window;
    edit->holdout_share = hold_out / 100.0;
    return true;
}

struct ended_answer {
    struct answer answer;
    struct campaign_ended ended;
};

static void on_ended(void *owner, const struct campaign_ended *ended, const struct error *error)
{
    struct ended_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->ended = *ended;
}

/* The list, part by part; the last one begins the campaign. What does not come whole is removed. */
static bool send_parts(struct visit *visit, const struct cli *cli, const struct campaign_list *list,
                       int parts, struct created_answer *take, struct error *error)
{
    int64_t campaign = take->created.campaign_id;
    bool done = true;
    for (int part = 1; done && part <= parts; part++) {
        int from = (part - 1) * CAMPAIGN_PART;
        int count = list->count - from < CAMPAIGN_PART ? list->count - from : CAMPAIGN_PART;
        char line[80];
        snprintf(line, sizeof line, "%3d %%  list of members", (part - 1) * 100 / parts);
        if (parts > 1)
            out_step(line);
        *take = (struct created_answer){0};
        campaigns_add(visit->db, request_id_new(), campaign, part, list->members + from, count,
                      on_created, take);
        done = visit_wait(visit, cli, &take->answer, error);
    }
    if (parts > 1)
        out_step(NULL);
    if (!done) {
        struct error ignored;
        struct ended_answer removed = {0};
        campaigns_end(visit->db, request_id_new(), campaign, on_ended, &removed);
        visit_wait(visit, cli, &removed.answer, &ignored);
    }
    return done;
}

static bool wait_for_members(struct visit *visit, const struct cli *cli, bool waits,
                             const struct campaign_created *created, struct error *error)
{
    struct job_row job;
    struct job_asked asked = {.job_id = created->job_id,
                              .worker_is_alive = created->worker_is_alive};
    return created->job_id == 0 ||
           job_follow(visit, cli, &asked, waits ? "Drawing up the campaign" : NULL, &job, error);
}

static void print_started(const struct cli *cli, const struct campaign_row *row, bool as_json)
{
    char until[24];
    if (as_json) {
        struct json json = {.out = stdout};
        json_open(&json, NULL, '{');
        json_integer(&json, "campaign", row->campaign_id);
        json_text(&json, "name", row->name);
        json_bool(&json, "begun", row->state == CAMPAIGN_BEGUN);
        json_integer(&json, "offered", row->offer_arm.members);
        json_integer(&json, "held_out", row->holdout_arm.members);
        json_integer(&json, "left_out", row->left_out);
        json_day(&json, "open_until", row->open_until);
        json_close(&json, '}');
        json_end(&json);
        return;
    }
    if (row->state != CAMPAIGN_BEGUN) {
        out_line(stdout, "Campaign %" PRId64 ", %s, begins when its members are drawn: %s jobs",
                 row->campaign_id, row->name, cli->program);
        return;
    }
    date_format_iso(until, sizeof until, row->open_until);
    out_line(stdout,
             "Campaign %" PRId64 ", %s, has begun: %d are offered it, %d held out, until %s.",
             row->campaign_id, row->name, row->offer_arm.members, row->holdout_arm.members, until);
    if (row->left_out > 0)
        out_line(stdout, "%d left out: they asked not to be contacted, or are banned.",
                 row->left_out);
}

int command_campaign_start(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct segment_choice choice;
    struct campaign_edit edit;
    struct campaign_list list = {0};
    struct created_answer take = {0};
    struct campaign_row row = {0};
    bool as_json = words->values[START_JSON] != NULL;
    const char *file = words->values[START_MEMBERS];
    bool done = read_choice(words, &choice, &error) && read_edit(words, &edit, &error) &&
                (file == NULL || campaign_list_read(file, &list, &error)) &&
                visit_open(&visit, cli, LEVEL_MANAGER, &error);
    if (done) {
        edit.choice = &choice;
        edit.parts = (list.count + CAMPAIGN_PART - 1) / CAMPAIGN_PART;
        campaigns_create(visit.db, &edit, on_created, &take);
        done = visit_wait(&visit, cli, &take.answer, &error) &&
               (edit.parts == 0 || send_parts(&visit, cli, &list, edit.parts, &take, &error)) &&
               wait_for_members(&visit, cli, words->values[START_NO_WAIT] == NULL, &take.created,
                                &error) &&
               find(&visit, cli, take.created.campaign_id, &row, &error);
    }
    campaign_list_free(&list);
    visit_close(&visit);
    if (!done)
        return refuse(&error, as_json);
    print_started(cli, &row, as_json);
    return CLI_DONE;
}

int command_campaign_retry(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct created_answer take = {0};
    struct campaign_row row = {0};
    int64_t campaign;
    bool as_json = words->values[END_JSON] != NULL;
    bool done = read_number(words->words[0], &campaign, &error) &&
                visit_open(&visit, cli, LEVEL_MANAGER, &error);
    if (done) {
        campaigns_retry(visit.db, request_id_new(), campaign, on_created, &take);
        done = visit_wait(&visit, cli, &take.answer, &error) &&
               wait_for_members(&visit, cli, true, &take.created, &error) &&
               find(&visit, cli, campaign, &row, &error);
    }
    visit_close(&visit);
    if (!done)
        return refuse(&error, as_json);
    print_started(cli, &row, as_json);
    return CLI_DONE;
}

/* --- edit --- */

struct changed_answer {
    struct answer answer;
    struct campaign_changed changed;
};

static void on_changed(void *owner, const struct campaign_changed *changed,
                       const struct error *error)
{
    struct changed_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->changed = *changed;
}

static bool read_change(const struct cli_words *words, const struct campaign_row *row,
                        struct campaign_change *change, struct error *error)
{
    const char *name = words->values[EDIT_NAME], *offer = words->values[EDIT_OFFER];
    *change = (struct campaign_change){.id = request_id_new(),
                                       .campaign_id = row->campaign_id,
                                       .row_version = row->row_version,
                                       .name = name != NULL ? name : row->name,
                                       .offer = offer != NULL ? offer : row->offer,
                                       .has_cost = row->has_cost,
                                       .cost = row->cost,
                                       .until = DATE_NONE};
    if (name == NULL && offer == NULL && words->values[EDIT_COST] == NULL &&
        words->values[EDIT_UNTIL] == NULL)
        return error_set(error, ERROR_USAGE, "There are --name, --offer, --cost and --until.",
                         "It is not said what is to be changed");
    return option_day("--until", words->values[EDIT_UNTIL], &change->until, error) &&
           (words->values[EDIT_COST] == NULL ||
            read_cost(words->values[EDIT_COST], &change->has_cost, &change->cost, error));
}

int command_campaign_edit(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct changed_answer take = {0};
    struct campaign_row row;
    struct campaign_change change;
    int64_t campaign;
    bool as_json = words->values[EDIT_JSON] != NULL;
    bool done = read_number(words->words[0], &campaign, &error) &&
                visit_open(&visit, cli, LEVEL_MANAGER, &error) &&
                find(&visit, cli, campaign, &row, &error) &&
                read_change(words, &row, &change, &error);
    if (done) {
        campaigns_edit(visit.db, &change, on_changed, &take);
        done = visit_wait(&visit, cli, &take.answer, &error);
    }
    visit_close(&visit);
    if (done && !take.changed.is_saved)
        done = error_set(&error, ERROR_CONFLICT, "Look at it, and change it again.",
                         "%s changed it at the same moment", take.changed.changed_by);
    if (!done)
        return refuse(&error, as_json);
    if (as_json) {
        struct json json = {.out = stdout};
        json_open(&json, NULL, '{');
        json_integer(&json, "campaign", campaign);
        json_text(&json, "name", take.changed.name);
        json_day(&json, "open_until", take.changed.until);
        if (take.changed.has_cost)
            json_money(&json, "cost", take.changed.cost);
        else
            json_null(&json, "cost");
        json_close(&json, '}');
        json_end(&json);
        return CLI_DONE;
    }
    char until[24], cost[32] = "";
    date_format_iso(until, sizeof until, take.changed.until);
    if (take.changed.has_cost)
        money_format_plain(cost, sizeof cost, take.changed.cost);
    out_line(stdout, "Campaign %" PRId64 ": %s, until %s%s%s.", campaign, take.changed.name, until,
             *cost != '\0' ? ", costs " : "", cost);
    return CLI_DONE;
}

/* --- end --- */

int command_campaign_end(const struct cli *cli, const struct cli_words *words)
{
    struct error error = {0};
    struct visit visit = {0};
    struct ended_answer take = {0};
    int64_t campaign;
    bool as_json = words->values[END_JSON] != NULL;
    bool done = read_number(words->words[0], &campaign, &error) &&
                visit_open(&visit, cli, LEVEL_MANAGER, &error);
    if (done) {
        campaigns_end(visit.db, request_id_new(), campaign, on_ended, &take);
        done = visit_wait(&visit, cli, &take.answer, &error);
    }
    visit_close(&visit);
    if (!done)
        return refuse(&error, as_json);
    if (as_json) {
        struct json json = {.out = stdout};
        json_open(&json, NULL, '{');
        json_integer(&json, "campaign", campaign);
        json_text(&json, "name", take.ended.name);
        json_bool(&json, "removed", take.ended.is_removed);
        json_close(&json, '}');
        json_end(&json);
        return CLI_DONE;
    }
    if (take.ended.is_removed)
        out_line(stdout, "Campaign %" PRId64 ", %s, had not begun and is removed.", campaign,
                 take.ended.name);
    else
        out_line(stdout,
                 "Campaign %" PRId64 ", %s, ends today. The next recompute says what came of it.",
                 campaign, take.ended.name);
    return CLI_DONE;
}
