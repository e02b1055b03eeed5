/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A desk without anybody behind it: members scan their card or type their number themselves. The
 * screen says no more than a first name, forgets it after some seconds, and says of nobody why they
 * are not let in: that is the desk's to tell. What is typed is not shown. The way out goes over a
 * staff password (the application's part).
 */
#include <stdio.h>
#include <string.h>

#include "gymtui/base/text.h"
#include "gymtui/db/attendance.h"
#include "gymtui/screens/scan_input.h"
#include "gymtui/screens/screen.h"
#include "gymtui/ui/field.h"
#include "gymtui/ui/loop.h"

#define RESULT_MS     6000 /* what somebody is told stays so long */
#define QUEUE_SIZE    16
#define LEAST_DOUBLED 3
#define FIELD_COLUMNS 24
#define BANNER_ROWS   5

enum kiosk_command { KIOSK_SUBMIT = COMMAND_SCREEN };

enum kiosk_shows { SHOWS_IDLE, SHOWS_WORKING, SHOWS_RESULT };

struct kiosk_job {
    char code[SCAN_CODE_SIZE];
    int64_t customer_id; /* for a check-out after "in already" */
    bool out, halved;
    struct request_id id;
};

struct kiosk {
    struct screen_context context;
    struct field field;
    struct scan_input scan;
    struct scan_repeat repeat;
    struct kiosk_job queue[QUEUE_SIZE], now;
    int queue_count;
    enum kiosk_shows shows;
    bool offline, busy;
    int64_t result_until;
    char result[160];
    enum sign sign;
    enum role role;
};

static void start_next(struct kiosk *state);

/* --- telling --- */

static void tell(struct kiosk *state, enum sign sign, enum role role, const char *text)
{
    state->shows = SHOWS_RESULT;
    state->sign = sign;
    state->role = role;
    snprintf(state->result, sizeof state->result, "%s", text);
    text_drop_partial(state->result);
    state->result_until = loop_now() + RESULT_MS;
    host_wake_in(state->context.host, RESULT_MS);
    if (role != ROLE_GOOD_BIG)
        host_bell(state->context.host);
    host_redraw(state->context.host);
}

static void send_to_desk(struct kiosk *state)
{
    tell(state, SIGN_WARN, ROLE_WARN_BIG, "Please see the desk");
}

/* "Welcome, Anahit": what is before the first blank of the name. */
static void greet(struct kiosk *state, const char *word, const char *name)
{
    char text[160];
    int length = (int)strcspn(name, " ");
    snprintf(text, sizeof text, "%s%s%.*s", word, length > 0 ? ", " : "", length, name);
    tell(state, SIGN_GOOD, ROLE_GOOD_BIG, text);
}

/* --- doing --- */

static void submit_first(struct kiosk *state, const struct kiosk_job *job)
{
    if (state->queue_count == QUEUE_SIZE)
        return;
    memmove(state->queue + 1, state->queue, sizeof *state->queue * (size_t)state->queue_count);
    state->queue[0] = *job;
    state->queue_count++;
}

/* True: the member is on the way out, and is not asked. */
static bool goes_out(const struct kiosk *state, const struct verdict *verdict)
{
    return config_bool(state->context.config, CONFIG_DESK_AUTO) &&
           verdict->at_local - verdict->since_local >=
               config_int(state->context.config, CONFIG_DESK_REPEAT_WARN);
}

static void on_unknown(struct kiosk *state, const struct kiosk_job *job)
{
    struct kiosk_job half = *job;
    if (!job->halved && text_is_doubled(job->code, LEAST_DOUBLED, half.code, sizeof half.code)) {
        half.id = request_id_new();
        half.halved = true;
        submit_first(state, &half);
        return;
    }
    scan_repeat_forget(&state->repeat, job->code);
    send_to_desk(state);
}

static void on_verdict(void *owner, const struct verdict *verdict, const struct error *error)
{
    struct kiosk *state = owner;
    struct kiosk_job job = state->now;
    state->busy = false;
    state->shows = SHOWS_IDLE;
    if (error != NULL) {
        scan_repeat_forget(&state->repeat, job.code);
        send_to_desk(state);
        start_next(state);
        return;
    }
    switch (verdict->result) {
    case VERDICT_IN:
        greet(state, "Welcome", verdict->name);
        break;
    case VERDICT_OUT:
        greet(state, "Goodbye", verdict->name);
        break;
    case VERDICT_ALREADY_IN:
        if (goes_out(state, verdict)) {
            struct kiosk_job out = {
                .customer_id = verdict->customer_id, .out = true, .id = request_id_new()};
            submit_first(state, &out);
        } else {
            tell(state, SIGN_WARN, ROLE_WARN_BIG, "You are in already");
        }
        break;
    case VERDICT_UNKNOWN:
        on_unknown(state, &job);
        break;
    case VERDICT_DENIED:
    case VERDICT_REPEAT:
    case VERDICT_NOT_IN:
    case VERDICT_UNDONE:
        send_to_desk(state);
        break;
    }
    start_next(state);
    host_redraw(state->context.host);
}

static void start_next(struct kiosk *state)
{
    if (state->busy || state->queue_count == 0)
        return;
    state->now = state->queue[0];
    state->queue_count--;
    memmove(state->queue, state->queue + 1, sizeof *state->queue * (size_t)state->queue_count);
    state->busy = true;
    state->shows = SHOWS_WORKING;
    const struct kiosk_job *job = &state->now;
    if (job->out) {
        const struct check_out_request out = {
            .id = job->id, .customer_id = job->customer_id, .desk = state->context.desk};
        attendance_check_out(state->context.db, &out, on_verdict, state);
    } else {
        const struct check_in_request in = {
            .id = job->id,
            .code = job->code,
            .desk = state->context.desk,
            .repeat_seconds = config_int(state->context.config, CONFIG_DESK_REPEAT_WARN)};
        attendance_check_in(state->context.db, &in, on_verdict, state);
    }
}

static void submit_code(struct kiosk *state, const char *code)
{
    int64_t silent = (int64_t)config_int(state->context.config, CONFIG_DESK_REPEAT_SILENT) * 1000;
    if (scan_repeat_is_same(&state->repeat, code, loop_now(), silent))
        return;
    if (state->offline || state->queue_count == QUEUE_SIZE) {
        scan_repeat_forget(&state->repeat, code);
        send_to_desk(state);
        return;
    }
    struct kiosk_job job = {.id = request_id_new()};
    snprintf(job.code, sizeof job.code, "%s", code);
    state->queue[state->queue_count++] = job;
    start_next(state);
}

static void submit(struct kiosk *state)
{
    char typed[SCAN_TYPED_SIZE], code[SCAN_CODE_SIZE], text[FIELD_SIZE];
    if (scan_input_end(&state->scan, typed) == SCAN_DONE) {
        bool fits = !state->scan.too_long;
        bool is_code = scan_classify(NULL, state->scan.code, code) != SCAN_NOTHING;
        scan_input_reset(&state->scan);
        if (fits && is_code)
            submit_code(state, code);
        else if (!fits)
            send_to_desk(state);
        return;
    }
    if (typed[0] != '\0')
        field_paste(&state->field, typed);
    memcpy(text, state->field.text, sizeof text);
    field_clear(&state->field);
    if (text[0] == '\0')
        return;
    /* Names are not looked up here: anybody could read who is a member. */
    if (strlen(text) < SCAN_CODE_SIZE && scan_classify(&state->scan, text, code) == SCAN_CODE)
        submit_code(state, code);
    else
        tell(state, SIGN_WARN, ROLE_WARN_BIG, "Your card or your number, please");
    explicit_bzero(text, sizeof text);
}

/* --- the screen --- */

static bool kiosk_open(void *memory, const struct screen_context *context, const void *argument)
{
    (void)argument;
    struct kiosk *state = memory;
    state->context = *context;
    state->field.secret = true;
    state->offline = db_state(context->db) != DB_STATE_READY;
    scan_input_start(&state->scan, config_text(context->config, CONFIG_DESK_SCANNER_PREFIX));
    return true;
}

static void kiosk_close(void *memory)
{
    struct kiosk *state = memory;
    field_clear(&state->field);
}

static bool kiosk_command(void *memory, int command)
{
    struct kiosk *state = memory;
    host_redraw(state->context.host);
    switch (command) {
    case KIOSK_SUBMIT:
        submit(state);
        return true;
    case COMMAND_BACK:
        scan_input_reset(&state->scan);
        field_clear(&state->field);
        if (state->shows == SHOWS_RESULT)
            state->shows = SHOWS_IDLE;
        return true;
    default: /* nothing else is done here; the application asks for the password */
        return command != COMMAND_LOCK && command != COMMAND_REDRAW;
    }
}

static bool kiosk_text(void *memory, uint32_t key, const char *text)
{
    struct kiosk *state = memory;
    host_redraw(state->context.host);
    if (key == 0 && text != NULL) {
        field_paste(&state->field, text);
        return true;
    }
    if (key < 0x20 || key == 0x7f || key >= KEY_CODE_BASE)
        return field_key(&state->field, key);
    char typed[SCAN_TYPED_SIZE];
    if (scan_input_key(&state->scan, key, typed) == SCAN_TYPED)
        field_paste(&state->field, typed);
    return true;
}

static bool kiosk_typing(const void *memory, bool *empty)
{
    (void)memory;
    *empty = false; /* no punctuation is a command: it may begin a code */
    return true;
}

/* Nothing of what works everywhere works here. */
static bool kiosk_offers(const void *memory, int command)
{
    (void)memory;
    return command == KIOSK_SUBMIT || command == COMMAND_LOCK;
}

static void kiosk_state_changed(void *memory, enum db_state db_state)
{
    struct kiosk *state = memory;
    state->offline = db_state != DB_STATE_READY;
    host_redraw(state->context.host);
}

static void kiosk_tick(void *memory)
{
    struct kiosk *state = memory;
    if (state->shows == SHOWS_RESULT && loop_now() >= state->result_until) {
        state->shows = SHOWS_IDLE;
        memset(state->result, 0, sizeof state->result);
        /* A number somebody began and left. */
        field_clear(&state->field);
    }
    host_redraw(state->context.host);
}

/* --- drawing --- */

static void draw_banner(const struct kiosk *state, struct area area)
{
    char text[200];
    int rows = area.rows >= BANNER_ROWS + 6 ? BANNER_ROWS : area.rows >= 6 ? 3 : 1;
    int y = (area.rows - rows) / 3;
    for (int row = 0; row < rows; row++)
        draw_cell(area, y + row, 0, area.columns, ALIGN_CENTRE, state->role, "");
    snprintf(text, sizeof text, "%s  %s", sign_text(state->sign), state->result);
    draw_cell(area, y + rows / 2, 0, area.columns, ALIGN_CENTRE, state->role, text);
}

static void kiosk_draw(void *memory, struct area area)
{
    struct kiosk *state = memory;
    const struct session *session = state->context.session;
    draw_clear(area, ROLE_TEXT);
    struct area field = area_take_bottom(&area, area.rows >= 4 ? 2 : 1);
    if (state->shows == SHOWS_RESULT) {
        draw_banner(state, area);
    } else {
        int y = area.rows / 3;
        const char *words = state->offline ? "Please see the desk"
                            : state->shows == SHOWS_WORKING
                                ? "One moment"
                                : "Scan your card, or type your number and press Enter";
        if (y >= 2 && session != NULL)
            draw_cell(area, y - 2, 0, area.columns, ALIGN_CENTRE, ROLE_STRONG, session->gym_name);
        draw_cell(area, y, 0, area.columns, ALIGN_CENTRE, state->offline ? ROLE_WARN : ROLE_TEXT,
                  words);
    }
    int columns = field.columns < FIELD_COLUMNS ? field.columns : FIELD_COLUMNS;
    field_draw(&state->field, field, 0, (field.columns - columns) / 2, columns, true);
}

static const struct key_entry keys[] = {
    {KIOSK_SUBMIT, "submit", "Enter Tab", "check in", "Checks in the card or number.", KEY_IN_BAR},
    {COMMAND_BACK, "clear", "Esc", "clear", "Forgets what was typed.", 0},
    {COMMAND_LOCK, "leave", "F12", "staff", "Asks for the staff password that ends the kiosk.",
     KEY_IN_BAR},
    {0},
};

const struct screen screen_kiosk = {
    .name = "kiosk",
    .title = "Check-in",
    .about = "Members check themselves in, with their card or their number.",
    .state_size = sizeof(struct kiosk),
    .keys = keys,
    .least = LEVEL_DESK,
    .open = kiosk_open,
    .draw = kiosk_draw,
    .command = kiosk_command,
    .offers = kiosk_offers,
    .text = kiosk_text,
    .typing = kiosk_typing,
    .state_changed = kiosk_state_changed,
    .tick = kiosk_tick,
    .close = kiosk_close,
};
