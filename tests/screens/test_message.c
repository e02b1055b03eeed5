/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message: whom it goes to and whom not, what it says to each, and that it goes out through the
 * mail command and is noted; with a command that is a script of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/contacts.h"
#include "gymtui/db/people.h"
#include "gymtui/screens/message.h"
#include "office_data.h"
#include "support.h"

static const struct message_recipient people[] = {
    {.customer_id = 10482,
     .name = "Anahit Petrosyan",
     .email = "anahit@example.org",
     .plan = "Monthly",
     .ends = OFFICE_TODAY + 23,
     .last_visit = OFFICE_TODAY - 19,
     .balance = 3900,
     .may_contact = true},
    {.customer_id = 10701,
     .name = "Petra Lindqvist",
     .email = "",
     .ends = DATE_NONE,
     .last_visit = DATE_NONE,
     .may_contact = true},
    {.customer_id = 10077,
     .name = "Tigran\nBcc: all@example.org",
     .email = "tigran@example.org",
     .plan = "Annual",
     .ends = OFFICE_TODAY + 100,
     .last_visit = OFFICE_TODAY - 40,
     .may_contact = true},
    {.customer_id = 11020,
     .name = "Jo O'Neill",
     .email = "jo@example.org",
     .ends = DATE_NONE,
     .last_visit = DATE_NONE,
     .may_contact = false},
};

static int only; /* the first of those above that is answered */

static struct {
    int asked;
    bool fails;
    int logged;
    int64_t noted[4];
    char note[200];
} db_saw;

void members_recipients(struct db *db, const int64_t *customer_ids, int count,
                        message_recipients_fn *on_reply, void *owner)
{
    (void)db, (void)customer_ids;
    db_saw.asked = count;
    on_reply(owner, people + only, count, NULL);
}

void contacts_log(struct db *db, const struct contact_entry *entry, contact_logged_fn *on_reply,
                  void *owner)
{
    struct error error;
    (void)db;
    assert_int_equal(entry->outcome, CONTACT_MESSAGE);
    db_saw.noted[db_saw.logged++ % 4] = entry->customer_id;
    snprintf(db_saw.note, sizeof db_saw.note, "%s", entry->note);
    error_set(&error, ERROR_CONFLICT, NULL, "this record was merged");
    on_reply(owner, 1, db_saw.fails ? &error : NULL);
}

static char folder[40], script[80];

/* A mail command that keeps what it is given. */
static void write_script(const char *body)
{
    FILE *file = fopen(script, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s\n", body);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(script, 0700), 0);
}

static int set_up(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof folder, "/tmp/gymtui-message-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(script, sizeof script, "%s/sendmail", folder);
    memset(&db_saw, 0, sizeof db_saw);
    return 0;
}

static int tear_down(void **unused)
{
    char command[120];
    (void)unused;
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static struct host *open_with(const char *const *assignments, int count)
{
    static const int64_t ids[] = {10482, 10701, 10077, 11020};
    struct message_argument argument = {ids, count};
    return fake_open(&screen_message, &argument, assignments);
}

static struct host *open_ready(int count)
{
    static char command[120];
    snprintf(command, sizeof command, "mail.command=%s --kept", script);
    const char *const assignments[] = {command, "mail.from=desk@iron.example", NULL};
    return open_with(assignments, count);
}

static void expect_text(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (!strstr(text, wanted)) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

/* Ticks as the application does, until the screen asks for no more. */
static void let_it_go(struct host *host)
{
    for (int i = 0; host->wake_in > 0 && i < 2000; i++) {
        const struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL); /* as long as the command takes */
        host->wake_in = -1;
        host->screen->tick(host->state);
    }
    assert_int_equal(host->wake_in, -1);
}

static char *kept(const char *name)
{
    static char text[8000];
    char path[120];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s was not written", path);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* --- stories --- */

static void test_looks(void **unused)
{
    (void)unused;
    struct host *host = open_ready(4);
    golden_check("message", fake_draw, host);
    golden_check_sizes("message", fake_draw, host);
    expect_text(host, "Message to 2 members");
    expect_text(host, "1 without e-mail, 1 not to be contacted");
    expect_text(host, "Petra Lindqvist #10701 (no e-mail address)");
    fake_key(host, "Down");
    expect_text(host, "tigran@example.org");
    fake_key(host, "Right");
    expect_text(host, "Your membership ends on");
    fake_key(host, "Right");
    fake_key(host, "Up");
    expect_text(host, "39.00 EUR of your membership are still open");
    fake_key(host, "F2");
    golden_check("message_send", fake_draw, host);
    fake_key(host, "Esc");
    assert_int_equal(db_saw.logged, 0);
    fake_close(host);
}

static void test_it_goes_out_and_is_noted(void **unused)
{
    (void)unused;
    write_script("cat > \"$(dirname \"$0\")/$(echo $6 | cut -d@ -f1)\"\n"
                 "echo \"$@\" >> \"$(dirname \"$0\")/words\"");
    struct host *host = open_ready(4);
    fake_key(host, "F2");
    fake_key(host, "F2"); /* the opening key is no yes */
    assert_int_equal(host->wake_in, -1);
    fake_type(host, "y");
    assert_true(host->wake_in > 0); /* and the screen is free meanwhile */
    expect_text(host, "sending 1 of 2");
    fake_key(host, "F2");
    assert_non_null(strstr(host->said, "being sent"));
    let_it_go(host);
    assert_non_null(strstr(host->said, "2 sent and noted"));
    assert_int_equal(db_saw.logged, 2);
    assert_int_equal(db_saw.noted[0], 10482);
    assert_int_equal(db_saw.noted[1], 10077);
    assert_string_equal(kept("words"), "--kept -i -f desk@iron.example -- anahit@example.org\n"
                                       "--kept -i -f desk@iron.example -- tigran@example.org\n");
    char *letter = kept("anahit");
    assert_non_null(strstr(letter, "To: \"Anahit Petrosyan\" <anahit@example.org>\n"));
    assert_non_null(strstr(letter, "Subject: Anahit, we miss you at Iron Temple\n"));
    assert_non_null(strstr(letter, "your last visit was 2 Nov 2026"));
    assert_null(strstr(kept("tigran"), "\nBcc"));
    fake_close(host);
}

/* Nobody is asked for money they do not owe. */
static void test_it_does_not_go_to_whom_it_is_not_true_of(void **unused)
{
    (void)unused;
    write_script("cat > \"$(dirname \"$0\")/$(echo $6 | cut -d@ -f1)\"");
    struct host *host = open_ready(4);
    fake_key(host, "Left");
    fake_key(host, "Left"); /* own words lie between */
    fake_key(host, "Down");
    expect_text(host, "owes nothing: it does not go to Tigran");
    fake_key(host, "F2");
    expect_text(host, "goes to 1 member,");
    fake_type(host, "y");
    let_it_go(host);
    assert_non_null(strstr(host->said, "1 sent and noted"));
    assert_null(strstr(host->said, "not tried"));
    assert_int_equal(db_saw.logged, 1);
    assert_int_equal(db_saw.noted[0], 10482);
    assert_non_null(strstr(kept("anahit"), "39.00 EUR of your membership"));
    fake_close(host);

    only = 2; /* the one who owes nothing, alone */
    host = open_ready(1);
    only = 0;
    fake_key(host, "Left");
    fake_key(host, "Left");
    fake_key(host, "F2");
    assert_null(host->dialog);
    assert_non_null(strstr(host->said, "owes nothing"));
    fake_close(host);
}

static void test_failures_are_told_and_not_noted(void **unused)
{
    (void)unused;
    write_script("case $6 in anahit*) echo mailbox is full >&2; exit 75;; esac");
    struct host *host = open_ready(4);
    fake_key(host, "F2");
    fake_type(host, "y");
    let_it_go(host);
    assert_non_null(strstr(host->said, "1 sent and noted, 1 failed"));
    assert_non_null(strstr(host->said, "mailbox is full"));
    assert_int_equal(db_saw.logged, 1);
    assert_int_equal(db_saw.noted[0], 10077);

    db_saw.fails = true;
    write_script("exit 0");
    fake_key(host, "F2");
    fake_type(host, "y");
    let_it_go(host);
    assert_non_null(strstr(host->said, "2 sent but not noted"));
    unlink(script);
    fake_key(host, "F2");
    fake_type(host, "y");
    let_it_go(host);
    assert_non_null(strstr(host->said, "cannot be started"));
    fake_close(host);
}

static void test_leaving_stops_after_the_letter_under_way(void **unused)
{
    (void)unused;
    write_script("exit 0");
    struct host *host = open_ready(4);
    fake_key(host, "F2");
    fake_type(host, "y");
    assert_false(host->screen->may_close(host->state));
    fake_type(host, "y");
    let_it_go(host);
    assert_non_null(strstr(host->said, "1 sent and noted, 1 not tried"));
    assert_true(host->screen->may_close(host->state));
    fake_close(host);
}

static void test_without_a_mail_command_it_says_how(void **unused)
{
    (void)unused;
    struct host *host = open_with(NULL, 4);
    fake_key(host, "F2");
    assert_null(host->dialog);
    assert_non_null(strstr(host->said, "mail.command"));
    fake_close(host);
    static const char *const no_sender[] = {"mail.command=true", NULL};
    host = open_with(no_sender, 4);
    fake_key(host, "F2");
    assert_non_null(strstr(host->said, "mail.from"));
    fake_close(host);
}

static void test_own_words_and_templates_of_a_folder(void **unused)
{
    (void)unused;
    char path[120], templates[80];
    snprintf(path, sizeof path, "%s/Autumn.txt", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("Subject: Autumn at {gym}\n\nDear {nmae}\n", file);
    assert_int_equal(fclose(file), 0);
    snprintf(templates, sizeof templates, "mail.templates=%s", folder);
    const char *const assignments[] = {"mail.command=true", "mail.from=a@b", templates, NULL};
    struct host *host = open_with(assignments, 1);
    for (int i = 0; i < 3; i++)
        fake_key(host, "Right");
    expect_text(host, "Autumn at Iron Temple");
    fake_key(host, "F2");
    assert_non_null(strstr(host->said, "{nmae}"));
    fake_key(host, "Right");
    fake_key(host, "F2");
    assert_non_null(strstr(host->said, "no words yet"));
    fake_key(host, "F4");
    fake_type(host, "Closed on Monday\tDear {first name}, we paint the walls.\tSee you");
    golden_check("message_words", fake_draw, host);
    fake_key(host, "F2");
    expect_text(host, "Dear Anahit, we paint the walls.");
    fake_close(host);
}

static void test_nobody_to_write_to(void **unused)
{
    (void)unused;
    const char *const assignments[] = {"mail.command=true", "mail.from=a@b",
                                       "mail.templates=/nonexistent", NULL};
    only = 1; /* Petra, who has no address */
    struct host *host = open_with(assignments, 1);
    assert_non_null(strstr(host->said, "/nonexistent"));
    expect_text(host, "nobody");
    fake_key(host, "F2");
    assert_non_null(strstr(host->said, "nobody it may go to"));
    only = 0;
    fake_close(host);
}

int main(void)
{
#define STORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(test_looks),
        STORY(test_it_goes_out_and_is_noted),
        STORY(test_it_does_not_go_to_whom_it_is_not_true_of),
        STORY(test_failures_are_told_and_not_noted),
        STORY(test_leaving_stops_after_the_letter_under_way),
        STORY(test_without_a_mail_command_it_says_how),
        STORY(test_own_words_and_templates_of_a_folder),
        STORY(test_nobody_to_write_to),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
