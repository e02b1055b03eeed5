/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "message_state.h"

#define FILE_SIZE 10000

static const struct {
    const char *name, *text;
} built_in[] = {
    {"We miss you",
     "Subject: {first name}, we miss you at {gym}\n"
     "\n"
     "Dear {first name},\n"
     "\n"
     "your last visit was {last visit}, and we would like to see you again. Is there "
     "anything we can do? Answer this message, or come by: the first session back is "
     "the hardest, and we will make it an easy one.\n"
     "\n"
     "{staff}\n"
     "{gym}\n"},
    {"Ends soon",
     "Subject: Your membership ends on {ends}\n"
     "\n"
     "Dear {first name},\n"
     "\n"
     "your membership ({plan}) is paid until {ends}. To go on without a break, renew it "
     "at the desk on your next visit, or answer this message.\n"
     "\n"
     "{staff}\n"
     "{gym}\n"},
    {"Payment reminder",
     "Subject: An open amount at {gym}\n"
     "\n"
     "Dear {first name},\n"
     "\n"
     "{owed} {currency} of your membership are still open. You can pay at the desk, "
     "in cash or by card. If you have paid in the meantime, thank you, and never "
     "mind this message.\n"
     "\n"
     "{staff}\n"
     "{gym}\n"},
};
#define BUILT_IN ((int)(sizeof built_in / sizeof *built_in))

/* --- the folder --- */

static int is_template(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && strcmp(dot, ".txt") == 0;
}

static bool read_file(const char *folder, const char *name, char *text, size_t size,
                      struct error *error)
{
    char path[1300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, ERROR_SYSTEM, "Check mail.templates", "%s cannot be read", path);
    size_t got = fread(text, 1, size - 1, file);
    fclose(file);
    text[got] = 0;
    return true;
}

static bool add_folder(struct message_state *state, const char *folder, struct error *error)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_template, alphasort);
    if (count < 0)
        return error_set(error, ERROR_CONFIG, "Check mail.templates",
                         "The folder %s cannot be read", folder);
    char *text = malloc(FILE_SIZE);
    bool all = true;
    for (int i = 0; i < count; i++) {
        char name[sizeof names[i]->d_name];
        snprintf(name, sizeof name, "%s", names[i]->d_name);
        *strrchr(name, '.') = 0;
        struct error why;
        if (state->template_count == MESSAGE_TEMPLATES - 1 || !text) {
            all = error_set(error, ERROR_CONFIG, NULL, "There is room for %d templates",
                            MESSAGE_TEMPLATES - 1);
        } else if (read_file(folder, names[i]->d_name, text, FILE_SIZE, &why) &&
                   mail_template_parse(&state->templates[state->template_count], name, text,
                                       &why)) {
            state->template_count++;
        } else if (all) {
            *error = why;
            all = false;
        }
        free(names[i]);
    }
    free(names);
    free(text);
    return all;
}

bool message_templates_load(struct message_state *state, struct error *error)
{
    const char *folder = config_text(state->context.config, CONFIG_MAIL_TEMPLATES);
    struct error none;
    state->template_count = 0;
    for (int i = 0; i < BUILT_IN; i++)
        if (mail_template_parse(&state->templates[state->template_count], built_in[i].name,
                                built_in[i].text, &none))
            state->template_count++;
    bool loaded = !folder[0] || add_folder(state, folder, error);
    struct mail_template *own = &state->templates[state->template_count++];
    snprintf(own->name, sizeof own->name, "Own words");
    return loaded;
}

bool message_is_own(const struct message_state *state)
{
    return state->chosen == state->template_count - 1;
}

/* --- for one member --- */

static void first_word(char *dst, size_t size, const char *name)
{
    snprintf(dst, size, "%.*s", (int)strcspn(name, " "), name);
    text_drop_partial(dst);
}

static void write_day(char *dst, size_t size, int32_t day)
{
    struct date_civil civil = date_to_civil(day);
    if (day == DATE_NONE)
        snprintf(dst, size, "some time ago");
    else
        snprintf(dst, size, "%d %s %d", civil.day, date_month_name(civil.month), civil.year);
}

#define FIELDS 9

struct values {
    struct mail_field fields[FIELDS + 1];
    char first[200], ends[32], visit[32], owed[32];
};

static void fill_values(const struct message_state *state, const struct message_recipient *to,
                        struct values *values)
{
    const struct session *session = state->context.session;
    first_word(values->first, sizeof values->first, to->name);
    write_day(values->ends, sizeof values->ends, to->ends);
    write_day(values->visit, sizeof values->visit, to->last_visit);
    money_format(values->owed, sizeof values->owed, to->balance > 0 ? to->balance : 0);
    const struct mail_field fields[FIELDS + 1] = {
        {"name", to->name},
        {"first name", values->first},
        {"gym", session->gym_name},
        {"plan", to->plan[0] ? to->plan : "no plan"},
        {"ends", values->ends},
        {"last visit", values->visit},
        {"owed", values->owed},
        {"currency", session->currency},
        {"staff", session->staff_name},
        {NULL, NULL},
    };
    memcpy(values->fields, fields, sizeof fields);
}

/* The chosen template; own words as typed, below one another. */
static void template_text(const struct message_state *state, char *subject, size_t subject_size,
                          char *body, size_t body_size)
{
    const struct mail_template *template = &state->templates[state->chosen];
    if (!message_is_own(state)) {
        snprintf(subject, subject_size, "%s", template->subject);
        snprintf(body, body_size, "%s", template->body);
        return;
    }
    snprintf(subject, subject_size, "%s", state->own_subject);
    body[0] = 0;
    for (int i = 0; i < MESSAGE_OWN_LINES; i++)
        if (state->own[i][0])
            text_append(body, body_size, "%s%s\n", body[0] ? "\n" : "", state->own[i]);
}

void message_write(const struct message_state *state, const struct message_recipient *to,
                   char *subject, size_t subject_size, char *body, size_t body_size)
{
    struct values values;
    char subject_text[200], body_text[MAIL_BODY_SIZE];
    fill_values(state, to, &values);
    template_text(state, subject_text, sizeof subject_text, body_text, sizeof body_text);
    mail_fill(subject, subject_size, subject_text, values.fields);
    mail_fill(body, body_size, body_text, values.fields);
}

const char *message_untrue(const struct message_state *state, const struct message_recipient *to)
{
    const struct {
        const char *field, *why;
        bool is_so;
    } untrue[] = {
        {"{owed}", "owes nothing", to->balance <= 0},
        {"{ends}", "has no membership", to->ends == DATE_NONE},
        {"{last visit}", "never came", to->last_visit == DATE_NONE},
    };
    char subject[200], body[MAIL_BODY_SIZE];
    template_text(state, subject, sizeof subject, body, sizeof body);
    for (size_t i = 0; i < sizeof untrue / sizeof *untrue; i++)
        if (untrue[i].is_so && (strstr(subject, untrue[i].field) || strstr(body, untrue[i].field)))
            return untrue[i].why;
    return NULL;
}

bool message_unknown_field(const struct message_state *state, char *dst, size_t size)
{
    static const struct message_recipient nobody;
    struct values values;
    char subject[200], body[MAIL_BODY_SIZE];
    fill_values(state, &nobody, &values);
    template_text(state, subject, sizeof subject, body, sizeof body);
    return mail_unknown_field(dst, size, subject, values.fields) ||
           mail_unknown_field(dst, size, body, values.fields);
}
