/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters: what a template makes of a member, and that nothing typed gets into the headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gymtui/base/mail.h"

static const struct mail_field fields[] = {
    {"name", "Zoë O'Neill"}, {"gym", "Iron Temple"}, {"odd", "two\nlines\033[31m"}, {NULL, NULL}};

static void test_template(void **unused)
{
    (void)unused;
    struct mail_template template;
    struct error error;
    assert_true(mail_template_parse(
        &template, "miss", "subject:  We miss you, {name}\r\n\r\nDear {name},\n\nBye\n", &error));
    assert_string_equal(template.subject, "We miss you, {name}");
    assert_string_equal(template.body, "Dear {name},\n\nBye\n");
    assert_false(mail_template_parse(&template, "bad", "Dear {name}", &error));
    assert_int_equal(error.code, ERROR_INPUT);
    char *longer = calloc(1, MAIL_BODY_SIZE + 100);
    assert_non_null(longer);
    memset(longer, 'x', MAIL_BODY_SIZE + 90);
    memcpy(longer, "Subject: s\n\n", 12);
    assert_false(mail_template_parse(&template, "long", longer, &error));
    free(longer);
}

static void test_fields(void **unused)
{
    (void)unused;
    char text[200], word[40];
    mail_fill(text, sizeof text, "Dear {name} of {gym}: {unknown} {name", fields);
    assert_string_equal(text, "Dear Zoë O'Neill of Iron Temple: {unknown} {name");
    mail_fill(text, sizeof text, "{odd}", fields);
    assert_string_equal(text, "two lines[31m");
    mail_fill(text, 9, "{name}{name}", fields); /* cut, and not inside a character */
    assert_string_equal(text, "Zoë O'N");
    assert_true(mail_unknown_field(word, sizeof word, "a {name} {nmae} b", fields));
    assert_string_equal(word, "{nmae}");
    assert_false(mail_unknown_field(word, sizeof word, "{ {} {name} {gym", fields));
}

static void test_addresses(void **unused)
{
    (void)unused;
    static const char *const good[] = {"a@b", "anna.o'neill+gym@example.co.uk", "x_y@1.2.3"};
    static const char *const bad[] = {
        "",      "a",       "@b",   "a@",    "-oQ/tmp@b", "a b@c", "a@b,c@d", "a@b\nBcc: c@d",
        "a@b c", "\"a\"@b", "a@b>", "<a@b>", "a@.b",      "a@-b",  "zoë@b",   "a@b@c"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_is_plain(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mail_address_is_plain(bad[i]))
            fail_msg("“%s” was taken for an address", bad[i]);
}

static char *compose(struct mail mail)
{
    struct error error;
    size_t size = 0;
    char *message = mail_compose(&mail, &size, &error);
    if (!message)
        fail_msg("%s", error.message);
    assert_int_equal(size, strlen(message));
    return message;
}

static void test_message(void **unused)
{
    (void)unused;
    char *message = compose((struct mail){.from = "desk@gym.example",
                                          .from_name = "Iron Temple",
                                          .to = "jo@example.org",
                                          .to_name = "Jo Smith",
                                          .subject = "Your membership",
                                          .body = "Dear Jo,\n\n1 = 1 \nBye"});
    assert_string_equal(message, "From: \"Iron Temple\" <desk@gym.example>\n"
                                 "To: \"Jo Smith\" <jo@example.org>\n"
                                 "Subject: Your membership\n"
                                 "MIME-Version: 1.0\n"
                                 "Content-Type: text/plain; charset=utf-8\n"
                                 "Content-Transfer-Encoding: quoted-printable\n"
                                 "Auto-Submitted: auto-generated\n"
                                 "\n"
                                 "Dear Jo,\n\n1 =3D 1=20\nBye\n");
    free(message);
}

static void test_other_scripts_are_encoded(void **unused)
{
    (void)unused;
    char *message = compose((struct mail){.from = "desk@gym.example",
                                          .from_name = "",
                                          .to = "n@example.org",
                                          .to_name = "Նարե",
                                          .subject = "Zoë",
                                          .body = "Zoë"});
    assert_non_null(strstr(message, "From: desk@gym.example\n"));
    assert_non_null(strstr(message, "To: =?UTF-8?B?1YbVodaA1aU=?=\n <n@example.org>\n"));
    assert_non_null(strstr(message, "Subject: =?UTF-8?B?Wm/Dqw==?=\n"));
    assert_non_null(strstr(message, "\n\nZo=C3=AB\n"));
    free(message);
}

/* Every line of the headers is one of ours, or goes on with one of ours. */
static void expect_headers(const char *message)
{
    static const char *const ours[] = {"From: ",           "To: ",
                                       "Subject: ",        "MIME-Version: ",
                                       "Content-Type: ",   "Content-Transfer-Encoding: ",
                                       "Auto-Submitted: ", " "};
    const char *end = strstr(message, "\n\n");
    assert_non_null(end);
    for (const char *line = message; line < end; line = strchr(line, '\n') + 1) {
        bool known = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            known = known || strncmp(line, ours[i], strlen(ours[i])) == 0;
        if (!known)
            fail_msg("a header of somebody else's: %.60s", line);
        assert_in_range(strcspn(line, "\n"), 1, 998);
        if (line == end)
            break;
    }
}

static void test_names_add_no_headers(void **unused)
{
    (void)unused;
    static const char *const evil[] = {
        "Jo\nBcc: all@example.org", "Jo\r\n\r\nBuy this",    "\"Jo\" <x@y>, z",
        "=?UTF-8?B?CkJjYzogYQ==?=", "Jo\xe2\x80\xa8 Bcc: x", "Jo\\\" <a@b>"};
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        char *message = compose((struct mail){.from = "desk@gym.example",
                                              .from_name = evil[i],
                                              .to = "jo@example.org",
                                              .to_name = evil[i],
                                              .subject = evil[i],
                                              .body = "x"});
        expect_headers(message);
        assert_null(strstr(message, "\nBcc"));
        assert_null(strstr(message, "To: \"Jo\" <x@y>"));
        free(message);
    }
    struct mail mail = {.from = "desk@gym.example",
                        .from_name = "",
                        .to = "a@b\nBcc: c@d",
                        .to_name = "",
                        .subject = "",
                        .body = ""};
    struct error error;
    size_t size;
    assert_null(mail_compose(&mail, &size, &error));
    assert_int_equal(error.code, ERROR_INPUT);
}

static void test_long_lines_are_broken(void **unused)
{
    (void)unused;
    char body[600], subject[600];
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = 0;
    memset(subject, 0, sizeof subject);
    for (int i = 0; i < 150; i++)
        memcpy(subject + i * 2, "\xc3\xab", 2);
    char *message = compose((struct mail){.from = "a@b",
                                          .from_name = "",
                                          .to = "c@d",
                                          .to_name = "",
                                          .subject = subject,
                                          .body = body});
    expect_headers(message);
    for (const char *line = message; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 86);
    free(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_other_scripts_are_encoded),
        cmocka_unit_test(test_names_add_no_headers),
        cmocka_unit_test(test_long_lines_are_broken),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
