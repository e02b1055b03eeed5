/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The desk: one field that always has the focus. A scan or a number checks in at once, letters
 * show candidates, and what is wrong becomes a panel with the keys that settle it (DESK.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance_private.h"
#include "gymtui/base/text.h"
#include "gymtui/screens/member.h"
#include "gymtui/ui/loop.h"

#define FIND_AFTER_MS 40 /* letters that come together are looked up together */
#define SLOW_AFTER_MS 200

/* The earliest of what this screen waits for. */
void attendance_schedule(struct attendance *state)
{
    int64_t at = state->find_at;
    if (state->busy && !state->slow) {
        int64_t slow_at = state->started_at + SLOW_AFTER_MS;
        if (at == 0 || slow_at < at)
            at = slow_at;
    }
    if (at != 0) {
        int64_t wait = at - loop_now();
        host_wake_in(state->context.host, wait > 0 ? (int)wait : 1);
    }
}

static void field_changed(struct attendance *state)
{
    state->list_chosen = false;
    state->found_chosen = false;
    if (field_is_empty(&state->field)) {
        state->found_known = false;
        state->found_for[0] = '\0';
        state->find_at = 0;
    } else if (attendance_worth_finding(state->field.text)) {
        state->find_at = loop_now() + FIND_AFTER_MS;
        attendance_schedule(state);
    }
    host_redraw(state->context.host);
}

void attendance_clear_field(struct attendance *state)
{
    field_clear(&state->field);
    field_changed(state);
}

void attendance_type(struct attendance *state, const char *text)
{
    field_paste(&state->field, text);
    field_changed(state);
}

/* --- Enter --- */

static void submit_code(struct attendance *state, const char *code)
{
    char seen[SCAN_CODE_SIZE + 4];
    snprintf(seen, sizeof seen, "%s", code);
    int64_t silent = (int64_t)config_int(state->context.config, CONFIG_DESK_REPEAT_SILENT) * 1000;
    if (scan_repeat_is_same(&state->repeat, seen, loop_now(), silent))
        return;
    struct job job = attendance_job(state->out_mode ? JOB_CODE_OUT : JOB_CODE, code);
    snprintf(job.code, sizeof job.code, "%s", code);
    attendance_submit(state, &job);
}

static void submit_member(struct attendance *state, int64_t customer_id, const char *name, bool out)
{
    struct job job = attendance_job(out ? JOB_OUT : JOB_IN, name);
    job.customer_id = customer_id;
    attendance_submit(state, &job);
}

static void submit_field(struct attendance *state)
{
    char text[SCAN_CODE_SIZE];
    enum scan_kind kind = scan_classify(&state->scan, state->field.text, text);
    bool fits = strlen(state->field.text) < SCAN_CODE_SIZE;
    const struct candidate *first = NULL;
    if (state->found_known && strcmp(state->found_for, state->field.text) == 0)
        first = table_selected(state->found);
    bool take_found = first != NULL && (kind == SCAN_NAME || state->found_chosen);
    int64_t customer_id = take_found ? first->customer_id : 0;
    char name[200] = "";
    if (take_found)
        memcpy(name, first->name, sizeof name);
    attendance_clear_field(state);
    if (!fits) {
        host_say(state->context.host, ROLE_WARN, "Too long for a code or a name; scan again");
        host_bell(state->context.host);
    } else if (take_found) {
        submit_member(state, customer_id, name, state->out_mode);
    } else if (kind == SCAN_CODE) {
        submit_code(state, text);
    } else if (kind == SCAN_NAME) {
        struct job job = attendance_job(JOB_NAME, text);
        snprintf(job.code, sizeof job.code, "%s", text);
        job.out = state->out_mode;
        attendance_submit(state, &job);
    }
}

/* Enter on an empty field acts on a row only if the person has moved to it: a scanner may send
 * more than one line end. */
static void open_row(struct attendance *state)
{
    if (!state->list_chosen)
        return;
    struct table *table = state->list == LIST_INSIDE ? state->inside : state->feed;
    const struct feed_row *row = table_selected(table);
    if (row == NULL || row->customer_id == 0)
        return;
    if (state->list == LIST_INSIDE) {
        state->list_chosen = false;
        submit_member(state, row->customer_id, row->name, true);
    } else {
        struct member_argument member = {.customer_id = row->customer_id};
        host_open(state->context.host, &screen_member, &member);
    }
}

static void submit(struct attendance *state)
{
    char typed[SCAN_TYPED_SIZE];
    if (scan_input_end(&state->scan, typed) == SCAN_DONE) {
        char code[SCAN_CODE_SIZE];
        if (state->scan.too_long) {
            host_say(state->context.host, ROLE_WARN, "Too long for a code; scan again");
            host_bell(state->context.host);
        } else if (scan_classify(NULL, state->scan.code, code) != SCAN_NOTHING) {
            submit_code(state, code);
        }
        scan_input_reset(&state->scan);
        return;
    }
    if (typed[0] != '\0')
        attendance_type(state, typed);
    if (!field_is_empty(&state->field))
        submit_field(state);
    else if (!attendance_alert_enter(state))
        open_row(state);
}

/* --- the screen --- */

static bool attendance_open(void *memory, const struct screen_context *context,
                            const void *argument)
{
    (void)argument;
    struct attendance *state = memory;
    state->context = *context;
    state->auto_mode = config_bool(context->config, CONFIG_DESK_AUTO);
    scan_input_start(&state->scan, config_text(context->config, CONFIG_DESK_SCANNER_PREFIX));
    state->feed = attendance_table_feed(
        state, "Nobody has come in yet today. Scan a card, or type a number or a name.");
    state->inside = attendance_table_inside(state);
    state->found = attendance_table_found(state);
    if (state->feed == NULL || state->inside == NULL || state->found == NULL)
        return false;
    state->offline = db_state(context->db) != DB_STATE_READY;
    state->read_in_hour = session_local_now(context->db) / 3600;
    attendance_read(state);
    return true;
}

static void attendance_close(void *memory)
{
    struct attendance *state = memory;
    table_free(state->feed);
    table_free(state->inside);
    table_free(state->found);
    field_clear(&state->field);
    field_clear(&state->reason);
}

static void toggle_inside(struct attendance *state)
{
    state->list = state->list == LIST_INSIDE ? LIST_FEED : LIST_INSIDE;
    state->list_chosen = false;
    state->inside_to_last = false;
    if (state->list == LIST_INSIDE)
        attendance_read_inside(state);
}

static bool move(struct attendance *state, int command)
{
    if (attendance_is_finding(state)) {
        state->found_chosen = true;
        return table_command(state->found, command);
    }
    if (!field_is_empty(&state->field))
        return true;
    struct table *table = state->list == LIST_INSIDE ? state->inside : state->feed;
    state->inside_to_last =
        command == COMMAND_LAST && state->list == LIST_INSIDE && state->inside_busy;
    if (!state->list_chosen) {
        /* The first arrow shows where the cursor is; it stands on the first row already. */
        state->list_chosen = table_count(table) > 0;
        table_select(table, 0);
        if (command == COMMAND_DOWN)
            return true;
    } else if (command == COMMAND_UP && table_selected_index(table) == 0) {
        state->list_chosen = false;
        return true;
    }
    return table_command(table, command);
}

static bool edit(struct attendance *state, uint32_t key)
{
    struct alert *alert = attendance_alert(state);
    if (alert != NULL && alert->stage == STAGE_REASON && field_is_empty(&state->field))
        return field_key(&state->reason, key);
    if (!field_key(&state->field, key))
        return false;
    field_changed(state);
    return true;
}

/* Home and End belong to the text while there is any. */
static void move_or_edit(struct attendance *state, int command, uint32_t key)
{
    const struct alert *alert = attendance_alert(state);
    if (field_is_empty(&state->field) && (alert == NULL || alert->stage != STAGE_REASON))
        move(state, command);
    else
        edit(state, key);
}

/* Esc takes back one thing at a time: the scan begun, the text, the panel, the cursor, the modes.
 */
static bool escape(struct attendance *state)
{
    bool was_scanning = state->scan.scanning || state->scan.matched > 0;
    scan_input_reset(&state->scan);
    if (was_scanning)
        return true;
    if (!field_is_empty(&state->field)) {
        attendance_clear_field(state);
        return true;
    }
    if (attendance_alert_escape(state))
        return true;
    if (state->list_chosen) {
        state->list_chosen = false;
    } else if (state->list == LIST_INSIDE) {
        toggle_inside(state);
    } else if (state->out_mode) {
        state->out_mode = false;
    } else {
        state->has_verdict = false;
        attendance_guest_host_is(state, 0, "");
    }
    return true;
}

static void open_new(struct attendance *state)
{
    struct member_argument fresh = {
        .close_when_saved = true, .enrolled = attendance_enrolled, .owner = state};
    char text[SCAN_CODE_SIZE];
    switch (scan_classify(&state->scan, state->field.text, text)) {
    case SCAN_NOTHING:
        break;
    case SCAN_CODE:
        fresh.keytag = text;
        break;
    case SCAN_NAME:
        fresh.name = text;
        break;
    }
    attendance_clear_field(state);
    host_open(state->context.host, &screen_member, &fresh);
}

static bool attendance_command(void *memory, int command)
{
    struct attendance *state = memory;
    struct host *host = state->context.host;
    state->announce = false;
    host_redraw(host);
    switch (command) {
    case ATTENDANCE_SUBMIT:
        submit(state);
        return true;
    case COMMAND_NEXT_SCREEN:
        if (field_is_empty(&state->field) && !state->scan.scanning && state->scan.matched == 0 &&
            (state->alert_count == 0 || attendance_alert(state)->stage == STAGE_CHOOSE))
            return false;
        submit(state);
        return true;
    case ATTENDANCE_NEW:
        open_new(state);
        return true;
    case ATTENDANCE_TILL:
        host_open(host, &screen_till, NULL);
        return true;
    case ATTENDANCE_GUEST:
        attendance_guest_ask(state);
        return true;
    case ATTENDANCE_INSIDE:
        toggle_inside(state);
        return true;
    case ATTENDANCE_OUT_MODE:
        state->out_mode = !state->out_mode;
        return true;
    case ATTENDANCE_AUTO:
        state->auto_mode = !state->auto_mode;
        host_say(host, ROLE_TEXT, "%s",
                 state->auto_mode ? "A second scan now checks out without asking"
                                  : "A second scan now asks before it checks out");
        return true;
    case COMMAND_UNDO: {
        struct job job = attendance_job(JOB_UNDO, "");
        attendance_submit(state, &job);
        return true;
    }
    case COMMAND_BACK:
        return escape(state);
    case COMMAND_UP:
    case COMMAND_DOWN:
    case COMMAND_PAGE_UP:
    case COMMAND_PAGE_DOWN:
        return move(state, command);
    case COMMAND_LEFT:
        edit(state, KEY_CODE_LEFT);
        return true;
    case COMMAND_RIGHT:
        edit(state, KEY_CODE_RIGHT);
        return true;
    case COMMAND_FIRST:
        move_or_edit(state, command, KEY_CODE_HOME);
        return true;
    case COMMAND_LAST:
        move_or_edit(state, command, KEY_CODE_END);
        return true;
    default: /* commands are numbers: common ones that this screen leaves to the application */
        return false;
    }
}

static void type_text(struct attendance *state, const char *typed)
{
    uint32_t code_point = 0;
    size_t used = 0;
    for (; (used = text_decode(typed, &code_point)) > 0; typed += used) {
        if (field_is_empty(&state->field) && attendance_alert_key(state, code_point))
            continue;
        field_key(&state->field, code_point);
        field_changed(state);
    }
}

/* The first click shows where the cursor is, the second does what Enter does there. */
static void attendance_clicked(void *memory, const struct table *table, bool again)
{
    struct attendance *state = memory;
    state->announce = false;
    if (table == state->found) {
        again = again && state->found_chosen;
        state->found_chosen = true;
    } else {
        again = again && state->list_chosen;
        state->list_chosen = true;
    }
    if (again)
        submit(state);
}

static bool attendance_text(void *memory, uint32_t key, const char *text)
{
    struct attendance *state = memory;
    state->announce = false;
    host_redraw(state->context.host);
    if (key == 0 && text != NULL) {
        attendance_type(state, text);
        return true;
    }
    bool printable = key >= 0x20 && key != 0x7f && key < KEY_CODE_BASE;
    if (!printable) {
        if (state->scan.scanning)
            return true; /* control characters inside a code */
        return edit(state, key);
    }
    char typed[SCAN_TYPED_SIZE];
    if (scan_input_key(&state->scan, key, typed) == SCAN_TYPED)
        type_text(state, typed);
    return true;
}

static bool is_punctuation(uint32_t key)
{
    return key > 0x20 && key < 0x7f && !(key >= '0' && key <= '9') && !(key >= 'a' && key <= 'z') &&
           !(key >= 'A' && key <= 'Z');
}

/* While a panel stands its letters belong to it, and while a scan comes in every key belongs to
 * the code. A prefix that is punctuation takes the place of the keys for an empty field. */
static bool attendance_typing(const void *memory, bool *empty)
{
    const struct attendance *state = memory;
    bool reason_has_focus =
        state->alert_count > 0 && state->alerts[state->alert_count - 1].stage == STAGE_REASON;
    *empty = field_is_empty(&state->field) && !state->scan.scanning && state->scan.matched == 0 &&
             !reason_has_focus &&
             !(state->scan.prefix_length > 0 && is_punctuation(state->scan.prefix[0]));
    return true;
}

/* The bottom line names what there is to do: no undo of nothing. */
static bool attendance_offers(const void *memory, int command)
{
    const struct attendance *state = memory;
    return command != COMMAND_UNDO || state->done_count > 0;
}

static void attendance_changed(void *memory, const char *topic)
{
    (void)topic;
    struct attendance *state = memory;
    /* A list read now would stand in the way of the scans that wait. */
    if (state->busy)
        state->read_later = true;
    else
        attendance_read(state);
}

static void attendance_state_changed(void *memory, enum db_state db_state)
{
    struct attendance *state = memory;
    state->offline = db_state != DB_STATE_READY;
    if (state->offline) {
        attendance_went_offline(state);
        table_set_stale(state->feed, true);
        table_set_stale(state->inside, true);
    } else {
        attendance_read(state);
        if (state->find_at != 0)
            attendance_find_now(state);
    }
    host_redraw(state->context.host);
}

static void attendance_tick(void *memory)
{
    struct attendance *state = memory;
    int64_t now = loop_now();
    if (state->find_at != 0 && now >= state->find_at)
        attendance_find_now(state);
    if (state->busy && now - state->started_at >= SLOW_AFTER_MS)
        state->slow = true;
    /* What is usual changes with the hour, and what counts as today with the day. */
    int64_t hour = session_local_now(state->context.db) / 3600;
    if (hour != state->read_in_hour) {
        state->read_in_hour = hour;
        attendance_read(state);
    }
    attendance_schedule(state);
    host_redraw(state->context.host);
}

static const struct key_entry keys[] = {
    {COMMAND_NEXT_SCREEN, "next_screen", "Tab", "next",
     "As Enter, since scanners send it too; with nothing typed, the next screen.", 0},
    {ATTENDANCE_NEW, "new", "F2 +", "enrol", "Enrols a new member, paid and checked in.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {ATTENDANCE_INSIDE, "inside", "F3 .", "who is in",
     "Shows who is in; Enter on a row checks out.", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {ATTENDANCE_GUEST, "visitor", "F5 &", "visitor",
     "Lets in somebody on a day pass: a guest of the member who has just come in, or a walk-in.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_UNDO, "undo", "F8 -", "undo", "Takes back this desk's last check-in or check-out.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {ATTENDANCE_TILL, "till", "F9 $", "till", "Opens, counts and closes this desk's till.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_MENU, "menu", "F10 =", "menu", "Screens, lock, sign out, quit.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {COMMAND_HELP, "help", "? F1", "help", "The keys of this screen; typing filters them.",
     KEY_IN_BAR | KEY_WHEN_EMPTY},
    {ATTENDANCE_SUBMIT, "submit", "Enter", "check in",
     "Checks in what stands in the field: a tag or number at once, letters the first match.",
     KEY_IN_BAR},
    {ATTENDANCE_OUT_MODE, "out_mode", "F4 /", "check out",
     "Scans check out instead of in, until pressed again.", KEY_IN_BAR | KEY_WHEN_EMPTY},
    {ATTENDANCE_AUTO, "auto", "F6 *", "auto",
     "A second scan checks out without asking, or asks again.", KEY_WHEN_EMPTY},
    {ATTENDANCE_RENEW, "renew", "p", "renew",
     "In a panel: renews, takes what is due, lets in; c d s o or Enter say how it is paid.", 0},
    {ATTENDANCE_DAY_PASS, "day_pass", "g", "day pass", "In a panel: sells a day pass, lets in.", 0},
    {ATTENDANCE_OVERRIDE, "override", "v", "let in",
     "In a panel: lets in for a reason, a digit or words.", 0},
    {ATTENDANCE_UNFREEZE, "unfreeze", "u", "unfreeze",
     "In a panel: ends the freeze today, lets in.", 0},
    {ATTENDANCE_CHECK_OUT, "check_out", "o", "check out",
     "In the panel of a member who is in already: checks out.", 0},
    {ATTENDANCE_AGAIN, "again", "i", "again", "In a panel: lets in again, or tries again.", 0},
    {ATTENDANCE_LOOK, "look", "f", "find",
     "In the panel of an unknown code: looks for it in phone numbers and names.", 0},
    {ATTENDANCE_BACKFILL, "backfill", "b", "add visit",
     "In the panel of a member who was not scanned in: adds the visit.", 0},
    {ATTENDANCE_ENROL, "enrol", "n", "new member",
     "In the panel of an unknown code or another gym's member: a new member with it.", 0},
    {0},
};

static const char *const topics[] = {"attendance", NULL};

const struct screen screen_attendance = {
    .name = "attendance",
    .title = "Attendance",
    .about = "Scan a card, or type a number, a name, a phone number or an e-mail address, and "
             "press Enter. What is wrong is shown with the keys that settle it.",
    .state_size = sizeof(struct attendance),
    .keys = keys,
    .topics = topics,
    .least = LEVEL_DESK,
    .open = attendance_open,
    .draw = attendance_draw,
    .command = attendance_command,
    .offers = attendance_offers,
    .clicked = attendance_clicked,
    .text = attendance_text,
    .typing = attendance_typing,
    .changed = attendance_changed,
    .state_changed = attendance_state_changed,
    .tick = attendance_tick,
    .close = attendance_close,
};
