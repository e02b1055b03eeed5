/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message to members, by e-mail: from a template or in own words, looked at before it goes, one
 * letter a member, each noted as a contact. Who has no address, or asked not to be contacted, is
 * left out, and the screen says how many and why. The letters go out one after the other through
 * the mail command, which never holds the screen up.
 */
#include "gymtui/screens/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "message_state.h"

#define LETTER_TIMEOUT_MS 30000
#define FAILURES_MOST     3 /* in a row, and the rest is not tried */

enum { MESSAGE_SEND = COMMAND_SCREEN, MESSAGE_WORDS };

static const struct key_entry keys[] = {
    {MESSAGE_SEND, "send", "F2 s", "send", "Send it to everybody it may go to; asks first.",
     KEY_IN_BAR},
    {COMMAND_RIGHT, "template", "Right l", "next template", "The next template.", KEY_IN_BAR},
    {COMMAND_LEFT, "template_back", "Left h", "template before", "The template before.", 0},
    {MESSAGE_WORDS, "words", "F4 w", "own words", "Write subject and text yourself.", KEY_IN_BAR},
    {COMMAND_DOWN, "next", "Down j", "next member", "The same message, as the next member gets it.",
     KEY_IN_BAR},
    {COMMAND_UP, "previous", "Up k", "member before", "As the member before gets it.", 0},
    {COMMAND_BACK, "back", "Esc q", "back", "Go back without sending.", KEY_IN_BAR},
    {.command = COMMAND_NONE},
};

/* --- whom --- */

static bool gets_it(const struct message_recipient *recipient)
{
    return recipient->may_contact && mail_address_is_plain(recipient->email);
}

static void on_recipients(void *owner, const struct message_recipient *rows, int count,
                          const struct error *error)
{
    struct message_state *state = owner;
    host_redraw(state->context.host);
    if (error) {
        state->failed = *error;
        return;
    }
    state->recipients = calloc((size_t)count + 1, sizeof *state->recipients);
    if (!state->recipients) {
        error_set(&state->failed, ERROR_SYSTEM, NULL, "Not enough memory for so many members");
        return;
    }
    for (int i = 0; i < count; i++)
        if (gets_it(&rows[i]))
            state->recipients[state->count++] = rows[i];
    for (int i = 0; i < count; i++) {
        if (gets_it(&rows[i]))
            continue;
        state->recipients[state->count + state->left_out++] = rows[i];
        if (!rows[i].may_contact)
            state->at_peace++;
        else
            state->without_address++;
    }
    state->loaded = true;
}

/* --- sending --- */

static void send_next(struct message_state *state);

static void say_outcome(struct message_state *state)
{
    struct host *host = state->context.host;
    char text[400] = "";
    int missing = state->count - state->sent - state->not_sent - state->not_meant;
    text_append(text, sizeof text, "%d sent and noted", state->sent - state->not_noted);
    if (state->not_noted > 0)
        text_append(text, sizeof text, ", %d sent but not noted", state->not_noted);
    if (state->not_sent > 0)
        text_append(text, sizeof text, ", %d failed (%s)", state->not_sent,
                    state->last_failure.message);
    if (missing > 0)
        text_append(text, sizeof text, ", %d not tried", missing);
    bool well = state->not_sent == 0 && state->not_noted == 0 && missing == 0;
    host_say(host, well ? ROLE_GOOD : ROLE_BAD, "%s %s", sign_text(well ? SIGN_GOOD : SIGN_BAD),
             text);
    state->sending = false;
    host_redraw(host);
}

static void on_logged(void *owner, int64_t contact_id, const struct error *error)
{
    struct message_state *state = owner;
    (void)contact_id;
    if (error)
        state->not_noted++;
    send_next(state);
}

static void after_letter(struct message_state *state, const struct error *error)
{
    if (error->code != ERROR_NONE) {
        state->not_sent++;
        state->failures_in_a_row++;
        state->last_failure = *error;
        state->at++;
        send_next(state);
        return;
    }
    state->failures_in_a_row = 0;
    state->sent++;
    struct contact_entry entry = {
        .id = request_id_new(),
        .customer_id = state->recipients[state->at++].customer_id,
        .outcome = CONTACT_MESSAGE,
        .snooze_until = DATE_NONE,
        .note = state->subject,
    };
    contacts_log(state->context.db, &entry, on_logged, state);
}

static bool start_letter(struct message_state *state, struct error *error)
{
    const struct config *config = state->context.config;
    const struct message_recipient *to = &state->recipients[state->at];
    char body[MAIL_BODY_SIZE];
    size_t size = 0;
    message_write(state, to, state->subject, sizeof state->subject, body, sizeof body);
    struct mail mail = {
        .from = config_text(config, CONFIG_MAIL_FROM),
        .from_name = state->context.session->gym_name,
        .to = to->email,
        .to_name = to->name,
        .subject = state->subject,
        .body = body,
    };
    char *message = mail_compose(&mail, &size, error);
    if (!message)
        return false;
    bool started = letter_start(&state->letter, config_text(config, CONFIG_MAIL_COMMAND), mail.from,
                                mail.to, message, size, LETTER_TIMEOUT_MS, error);
    free(message);
    return started;
}

static void send_next(struct message_state *state)
{
    struct error error;
    host_redraw(state->context.host);
    while (state->at < state->count && message_untrue(state, &state->recipients[state->at])) {
        state->not_meant++;
        state->at++;
    }
    if (state->at >= state->count || state->stopping || state->failures_in_a_row == FAILURES_MOST) {
        say_outcome(state);
        return;
    }
    if (start_letter(state, &error))
        host_wake_in(state->context.host, LETTER_LOOK_MS);
    else
        after_letter(state, &error);
}

static void tick_message(void *state_)
{
    struct message_state *state = state_;
    struct error error;
    if (!state->sending || state->letter.command == 0)
        return;
    if (letter_is_done(&state->letter, &error))
        after_letter(state, &error);
    else
        host_wake_in(state->context.host, LETTER_LOOK_MS);
}

static void answer_send(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct message_state *state = owner;
    (void)dialog;
    if (result != DIALOG_YES) {
        host_say(state->context.host, ROLE_DIM, "Nothing was sent");
        return;
    }
    state->sending = true;
    state->stopping = false;
    state->at = state->sent = state->not_sent = state->not_noted = state->not_meant = 0;
    state->failures_in_a_row = 0;
    send_next(state);
}

/* To how many of them the chosen template goes. */
static int count_meant(const struct message_state *state)
{
    int count = 0;
    for (int i = 0; i < state->count; i++)
        count += message_untrue(state, &state->recipients[i]) == NULL;
    return count;
}

/* Why it cannot go now; false: it can. */
static bool is_hindered(struct message_state *state)
{
    struct host *host = state->context.host;
    const struct config *config = state->context.config;
    char word[64];
    if (state->sending)
        host_say(host, ROLE_WARN, "It is being sent");
    else if (!state->loaded)
        host_say(host, ROLE_DIM, "The members are still being read");
    else if (!config_text(config, CONFIG_MAIL_COMMAND)[0])
        host_say(host, ROLE_WARN,
                 "No mail command yet: set mail.command and mail.from in gymtui.conf");
    else if (!mail_address_is_plain(config_text(config, CONFIG_MAIL_FROM)))
        host_say(host, ROLE_WARN,
                 "No sender yet: set mail.from to the gym's address in gymtui.conf");
    else if (state->count == 0)
        host_say(host, ROLE_WARN, "There is nobody it may go to");
    else if (message_is_own(state) && (!state->own_subject[0] || !state->own[0][0]))
        host_say(host, ROLE_WARN, "There are no words yet: F4 writes them");
    else if (message_unknown_field(state, word, sizeof word))
        host_say(host, ROLE_WARN,
                 "The template says %s, which is nothing that is known of a member", word);
    else if (count_meant(state) == 0)
        host_say(host, ROLE_WARN, "It would not be true (%s): choose another template with Right",
                 message_untrue(state, &state->recipients[state->here]));
    else
        return false;
    return true;
}

static void ask_send(struct message_state *state)
{
    if (is_hindered(state))
        return;
    char text[480], subject[200], body[MAIL_BODY_SIZE];
    int meant = count_meant(state), shown = state->here;
    for (int i = 0; i < state->count && message_untrue(state, &state->recipients[shown]); i++)
        shown = i; /* the first who gets it */
    message_write(state, &state->recipients[shown], subject, sizeof subject, body, sizeof body);
    snprintf(text, sizeof text,
             "“%s” goes to %d member%s, each in a letter of their own, and is noted on each card.",
             subject, meant, meant == 1 ? "" : "s");
    if (state->left_out > 0)
        text_append(text, sizeof text, " Left out: %d.", state->left_out);
    if (meant < state->count)
        text_append(text, sizeof text, " Not to %d more, of whom it is not true.",
                    state->count - meant);
    struct dialog *dialog = dialog_confirm("Send it", text, "y", "send", KEY_CODE_F1 + 1);
    if (dialog)
        host_ask(state->context.host, dialog, answer_send, state);
}

/* --- own words --- */

static void save_words(void *owner, struct form *form)
{
    struct message_state *state = owner;
    snprintf(state->own_subject, sizeof state->own_subject, "%s", form_text(form, 0));
    for (int i = 0; i < MESSAGE_OWN_LINES; i++)
        snprintf(state->own[i], sizeof state->own[i], "%s", form_text(form, i + 1));
    state->chosen = state->template_count - 1;
    host_form_done(state->context.host, true);
}

static void ask_words(struct message_state *state)
{
    static const char *const labels[MESSAGE_OWN_LINES] = {"Text", "", "", ""};
    struct form_entry entries[MESSAGE_OWN_LINES + 1] = {
        {.label = "Subject", .value = state->own_subject, .required = true, .maximum = 150}};
    for (int i = 0; i < MESSAGE_OWN_LINES; i++)
        entries[i + 1] = (struct form_entry){
            .label = labels[i],
            .value = state->own[i],
            .required = i == 0,
            .maximum = 199,
            .hint = "Each line is a paragraph; {first name}, {gym}, {ends} … are filled in"};
    struct form *form = form_new("In own words", entries, MESSAGE_OWN_LINES + 1);
    if (form)
        host_form(state->context.host, form, save_words, NULL, state);
}

/* --- the screen's slots --- */

static bool open_message(void *state_, const struct screen_context *context, const void *argument_)
{
    struct message_state *state = state_;
    const struct message_argument *argument = argument_;
    struct error error;
    state->context = *context;
    state->today = session_today(context->db);
    state->templates = calloc(MESSAGE_TEMPLATES, sizeof *state->templates);
    if (!state->templates || !argument || argument->count < 1)
        return false;
    if (!message_templates_load(state, &error))
        host_say_error(context->host, &error);
    members_recipients(context->db, argument->customer_ids, argument->count, on_recipients, state);
    return true;
}

static void draw_head(const struct message_state *state, struct area *area)
{
    char words[240];
    struct area top = area_take_top(area, 1);
    snprintf(words, sizeof words, "Message to %d member%s", state->count,
             state->count == 1 ? "" : "s");
    int x = 1 + draw_text(top, 0, 1, ROLE_STRONG, words);
    if (state->sending) {
        draw_format(top, 0, x + 2, ROLE_ACCENT, "sending %d of %d…",
                    state->at < state->count ? state->at + 1 : state->count, state->count);
    } else if (state->left_out > 0) {
        words[0] = 0;
        if (state->without_address > 0)
            text_append(words, sizeof words, "%d without e-mail", state->without_address);
        if (state->at_peace > 0)
            text_append(words, sizeof words, "%s%d not to be contacted", words[0] ? ", " : "",
                        state->at_peace);
        draw_format(top, 0, x + 2, ROLE_WARN, "%s left out: %s", sign_text(SIGN_WARN), words);
    }
    draw_rule(area_take_top(area, 1), 0);
}

static void draw_line(struct area *area, const char *label, enum role role, const char *text)
{
    struct area line = area_take_top(area, 1);
    draw_text(line, 0, 1, ROLE_LABEL, label);
    draw_text(line, 0, 11, role, text);
}

static void draw_body(struct area area, const char *body)
{
    char line[600];
    int y = 0;
    while (*body && y < area.rows) {
        size_t length = strcspn(body, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1),
                 body);
        if (length == 0)
            y++;
        else
            y += draw_paragraph(area_part(area, 0, 0, area.rows, area.columns - 1), y, 1, ROLE_TEXT,
                                line, false);
        body += length + (body[length] == '\n');
    }
}

static void draw_left_out(const struct message_state *state, struct area area)
{
    char words[1600] = "";
    for (int i = 0; i < state->left_out && strlen(words) < 1400; i++) {
        const struct message_recipient *member = &state->recipients[state->count + i];
        text_append(words, sizeof words, "%s%s #%" PRId64 " (%s)",
                    i ? ", " : "Left out: ", member->name, member->customer_id,
                    !member->may_contact ? "asked not to be contacted"
                    : member->email[0]   ? "the address is none"
                                         : "no e-mail address");
    }
    draw_paragraph(area_part(area, 0, 0, area.rows, area.columns - 1), 0, 1, ROLE_DIM, words,
                   false);
}

static void draw_message(void *state_, struct area area)
{
    struct message_state *state = state_;
    draw_clear(area, ROLE_TEXT);
    if (!state->loaded) {
        bool failed = state->failed.code != ERROR_NONE;
        draw_text(area, area.rows / 2, 1, failed ? ROLE_BAD : ROLE_DIM,
                  failed ? state->failed.message : "Reading who can be written to…");
        return;
    }
    draw_head(state, &area);
    char words[500], subject[200], body[MAIL_BODY_SIZE];
    snprintf(words, sizeof words, "%s  (%d of %d, Left and Right)",
             state->templates[state->chosen].name, state->chosen + 1, state->template_count);
    draw_line(&area, "Template", ROLE_TEXT, words);
    if (state->count == 0) {
        draw_line(&area, "To", ROLE_WARN, "nobody");
        draw_left_out(state, area_part(area, 1, 0, -1, area.columns));
        return;
    }
    const char *from = config_text(state->context.config, CONFIG_MAIL_FROM);
    const struct message_recipient *to = &state->recipients[state->here];
    snprintf(words, sizeof words, "%s <%s>", state->context.session->gym_name,
             from[0] ? from : "mail.from is not set");
    draw_line(&area, "From", from[0] ? ROLE_TEXT : ROLE_WARN, words);
    const char *untrue = message_untrue(state, to);
    words[0] = '\0';
    if (untrue)
        text_append(words, sizeof words, "%s %s: it does not go to ", sign_text(SIGN_WARN), untrue);
    text_append(words, sizeof words, "%s <%s>  (%d of %d)", to->name, to->email, state->here + 1,
                state->count);
    draw_line(&area, "To", untrue ? ROLE_WARN : ROLE_STRONG, words);
    message_write(state, to, subject, sizeof subject, body, sizeof body);
    draw_line(&area, "Subject", ROLE_STRONG, subject[0] ? subject : "F4 writes your own words");
    draw_rule(area_take_top(&area, 1), 0);
    if (state->left_out > 0 && area.rows >= 14) {
        draw_left_out(state, area_take_bottom(&area, 3));
        draw_rule(area_take_bottom(&area, 1), 0);
    }
    draw_body(area, body);
}

static void stop_sending(void *owner, enum dialog_result result, const struct dialog *dialog)
{
    struct message_state *state = owner;
    (void)dialog;
    if (result == DIALOG_YES && state->sending)
        state->stopping = true;
}

static bool may_close_message(void *state_)
{
    struct message_state *state = state_;
    if (!state->sending)
        return true;
    char text[200];
    snprintf(text, sizeof text, "%d of %d letters are gone; the one under way is finished.",
             state->sent, state->count);
    struct dialog *dialog = dialog_confirm("Stop sending", text, "y", "stop", KEY_CODE_ESCAPE);
    if (dialog)
        host_ask(state->context.host, dialog, stop_sending, state);
    return false;
}

static bool command_message(void *state_, int command)
{
    struct message_state *state = state_;
    bool free_to = !state->sending;
    switch (command) {
    case MESSAGE_SEND:
        ask_send(state);
        return true;
    case MESSAGE_WORDS:
        if (free_to)
            ask_words(state);
        return true;
    case COMMAND_RIGHT:
    case COMMAND_LEFT:
        if (free_to)
            state->chosen =
                (state->chosen + (command == COMMAND_RIGHT ? 1 : -1) + state->template_count) %
                state->template_count;
        break;
    case COMMAND_DOWN:
        if (state->here + 1 < state->count)
            state->here++;
        break;
    case COMMAND_UP:
        if (state->here > 0)
            state->here--;
        break;
    case COMMAND_BACK:
        return state->sending && !may_close_message(state);
    default:
        return false;
    }
    host_redraw(state->context.host);
    return true;
}

static void close_message(void *state_)
{
    struct message_state *state = state_;
    free(state->recipients);
    free(state->templates);
}

const struct screen screen_message = {
    .name = "message",
    .title = "Message",
    .about =
        "A message by e-mail to one member or to those that were marked, from a template or in "
        "your own words. It is shown before it goes, and noted on each member's card.",
    .state_size = sizeof(struct message_state),
    .keys = keys,
    .least = LEVEL_MANAGER,
    .open = open_message,
    .draw = draw_message,
    .command = command_message,
    .tick = tick_message,
    .may_close = may_close_message,
    .close = close_message,
};
