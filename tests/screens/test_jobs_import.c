/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file is chosen, sent and imported; and the rows of it that could not be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_host.h"
#include "gymtui/base/date.h"
#include "gymtui/db/imports.h"
#include "gymtui/screens/jobs.h"
#include "office_data.h"
#include "support.h"

/* --- the data layer --- */

#define AGO(seconds) (OFFICE_NOW - (seconds))

static struct {
    struct job_row job;
    int job_count, requests;
    char parameters[900];
    job_requested_fn *requested;
    char name[80];
    int64_t bytes, sent;
    int begun, parts, part;
    imports_begun_fn *on_begun;
    imports_put_fn *on_put;
    int pages, rejects; /* rejects: how many there are */
    bool has_names;     /* they are of members */
    bool is_lost;       /* reading them fails after the first page */
    void *owner;
} saw;

void jobs_list(struct db *db, int limit, job_list_fn *on_reply, void *owner)
{
    (void)db, (void)limit;
    const struct job_list list = {&saw.job, saw.job_count, true};
    on_reply(owner, &list, NULL);
}

void jobs_request(struct db *db, struct request_id id, const char *kind, const char *parameters,
                  job_requested_fn *on_reply, void *owner)
{
    (void)db, (void)id;
    assert_string_equal(kind, "import");
    saw.requests++;
    snprintf(saw.parameters, sizeof saw.parameters, "%s", parameters);
    saw.requested = on_reply;
    saw.owner = owner;
}

void imports_begin(struct db *db, struct request_id id, const char *name, int64_t bytes,
                   imports_begun_fn *on_reply, void *owner)
{
    (void)db, (void)id;
    saw.begun++;
    snprintf(saw.name, sizeof saw.name, "%s", name);
    saw.bytes = bytes;
    saw.on_begun = on_reply;
    saw.owner = owner;
}

void imports_put(struct db *db, int64_t file_id, int part, const unsigned char *bytes, size_t size,
                 imports_put_fn *on_reply, void *owner)
{
    (void)db, (void)bytes;
    assert_int_equal(file_id, 44);
    saw.parts++;
    saw.part = part;
    saw.sent = (int64_t)size;
    saw.on_put = on_reply;
    saw.owner = owner;
}

void imports_rejects(struct db *db, int64_t job_id, int64_t after, int limit,
                     imports_rejects_fn *on_reply, void *owner)
{
    (void)db;
    assert_int_equal(job_id, 7);
    struct error error;
    if (saw.pages++ > 1 && saw.is_lost) {
        error_set(&error, ERROR_OFFLINE, NULL, "The database is gone");
        on_reply(owner, NULL, 0, &error);
        return;
    }
    int left = saw.rejects - (int)after, count = left < limit ? left : limit;
    struct import_reject *rows = calloc((size_t)count + 1, sizeof *rows);
    assert_non_null(rows);
    for (int i = 0; i < count; i++) {
        rows[i].number = after + i + 1;
        rows[i].line = 2 * (after + i + 1);
        if (saw.has_names)
            snprintf(rows[i].name, sizeof rows[i].name, "Ann %d", i);
        snprintf(rows[i].reason, sizeof rows[i].reason, "%s",
                 i % 3 ? "there is no such day" : "=the amount, is not a number");
    }
    on_reply(owner, rows, count, NULL);
    free(rows);
}

void imports_reasons(struct db *db, int64_t job_id, int limit, imports_reasons_fn *on_reply,
                     void *owner)
{
    (void)db, (void)job_id, (void)limit;
    static const struct import_reason reasons[] = {{"there is no such day", 4000},
                                                   {"=the amount, is not a number", 2000}};
    on_reply(owner, reasons, 2, NULL);
}

/* --- small words --- */

static char folder[] = "/tmp/gymtui-jobs-XXXXXX", path[200];

static void write_file(size_t size)
{
    snprintf(path, sizeof path, "%s/orders.csv", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < size; i++)
        fputc('x', file);
    assert_int_equal(fclose(file), 0);
}

static void on_demonstration(struct host *host)
{
    host->session.level = LEVEL_MANAGER;
    host->session.is_demonstration = true;
}

static struct host *open_jobs(void)
{
    return fake_open_with(&screen_jobs, NULL, NULL, on_demonstration);
}

static void expect(struct host *host, const char *wanted)
{
    char *text = fake_text(host);
    if (strstr(text, wanted) == NULL) {
        fputs(text, stderr);
        fail_msg("“%s” is not on the screen", wanted);
    }
    free(text);
}

static int begin(void **state)
{
    (void)state;
    memset(&saw, 0, sizeof saw);
    write_file(IMPORTS_PART_BYTES + 1000);
    return 0;
}

static struct job_row import_job(enum job_state state)
{
    struct job_row job = {.job_id = 7,
                          .kind = "import",
                          .what = "shop",
                          .state = state,
                          .seconds_left = -1,
                          .requested_by = "Anna",
                          .requested_local = AGO(60),
                          .started_local = AGO(58),
                          .finished_local = AGO(50),
                          .attempts = 1};
    return job;
}

static void answer(int file)
{
    saw.on_begun(saw.owner, file, NULL);
}

static void put_done(void)
{
    saw.on_put(saw.owner, NULL);
}

/* The form with the file in it. */
static struct host *open_form(void)
{
    struct host *host = open_jobs();
    fake_key(host, "F2");
    expect(host, "import a file");
    fake_key(host, "i");
    fake_type(host, path);
    return host;
}

/* --- stories --- */

static void a_file_goes_part_by_part_and_then_the_job_is_asked_for(void **state)
{
    (void)state;
    struct host *host = open_jobs();
    fake_key(host, "F2");
    fake_key(host, "i");
    golden_check("jobs_import", fake_draw, host);
    char *text = fake_text(host); /* a job is started, nothing is saved */
    assert_non_null(strstr(text, "F2 start"));
    free(text);
    fake_type(host, path);
    fake_type(host, "\t\tshop \"one\"\t1997-09-30\tw\tcustomer=Client");
    fake_key(host, "F2");
    assert_null(host->form);
    assert_int_equal(saw.begun, 1);
    assert_string_equal(saw.name, "orders.csv");
    assert_int_equal(saw.bytes, IMPORTS_PART_BYTES + 1000);
    answer(44);
    assert_int_equal(saw.sent, IMPORTS_PART_BYTES);
    assert_int_equal(saw.part, 0);
    put_done();
    expect(host, "99 %");
    assert_int_equal(saw.part, 1);
    assert_int_equal(saw.sent, 1000);
    assert_false(host->screen->may_close(host->state));
    assert_non_null(strstr(host->said, "still being sent"));
    fake_key(host, "F2"); /* one at a time */
    assert_null(host->dialog);
    put_done();
    assert_int_equal(saw.requests, 1);
    assert_string_equal(saw.parameters,
                        "{\"file\":44,\"target\":\"dataset\",\"dry_run\":\"1\",\"dataset\":\"shop "
                        "\\\"one\\\"\",\"unit\":\"weeks\",\"until\":\"1997-09-30\",\"map\":"
                        "\"customer=Client\"}");
    saw.requested(saw.owner, 7, true, NULL);
    saw.job = import_job(JOB_DONE);
    snprintf(saw.job.outcome, sizeof saw.job.outcome,
             "10 transactions of 4 customers, 2026-01-05 to 2026-03-20; nothing was changed");
    saw.job_count = 1;
    host->screen->changed(host->state, "jobs");
    assert_non_null(strstr(host->said, "10 transactions of 4 customers"));

    /* After the trial everything stands there again, and it is meant. */
    fake_key(host, "F2");
    fake_key(host, "i");
    expect(host, "shop \"one\"");
    fake_key(host, "F2");
    answer(44);
    put_done();
    put_done();
    assert_null(strstr(saw.parameters, "dry_run"));
    fake_close(host);
}

static void what_cannot_be_read_is_said_at_once(void **state)
{
    (void)state;
    struct host *host = open_jobs();
    fake_key(host, "F2");
    fake_key(host, "i");
    fake_type(host, "/no/such/file.csv\t\tshop");
    fake_key(host, "F2");
    expect(host, "It cannot be read: No such file");
    fake_key(host, "^U");
    fake_type(host, folder);
    fake_key(host, "F2");
    expect(host, "This is no file");
    write_file(0);
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "F2");
    expect(host, "The file is empty");
    assert_int_equal(saw.begun, 0);
    fake_close(host);
}

static void a_dataset_needs_a_name_and_members_need_none(void **state)
{
    (void)state;
    struct host *host = open_form();
    fake_key(host, "F2");
    expect(host, "A dataset needs a name");
    fake_key(host, "Up");
    fake_type(host, "m"); /* members */
    fake_key(host, "F2");
    answer(44);
    put_done();
    put_done();
    assert_string_equal(saw.parameters, "{\"file\":44,\"target\":\"members\",\"dry_run\":\"1\","
                                        "\"duplicates\":\"refuse\"}");
    fake_close(host);
}

static void a_part_is_sent_again_but_not_for_ever(void **state)
{
    (void)state;
    struct error slow, taken;
    error_set(&slow, ERROR_UNKNOWN, NULL, "The connection broke");
    error_set(&taken, ERROR_CONFLICT, NULL, "Another file has taken the place of this one");
    struct host *host = open_form();
    fake_type(host, "\t\tshop");
    fake_key(host, "F2");
    answer(44);
    for (int i = 0; i < 4; i++)
        saw.on_put(saw.owner, &slow);
    assert_int_equal(saw.parts, 5);
    assert_int_equal(saw.part, 0);
    put_done();
    assert_int_equal(saw.part, 1);
    for (int i = 0; i < 5; i++)
        saw.on_put(saw.owner, &slow);
    assert_non_null(strstr(host->said, "The connection broke"));
    assert_true(host->screen->may_close(host->state));
    saw.on_put(saw.owner, NULL); /* a late answer changes nothing */
    assert_int_equal(saw.requests, 0);
    fake_close(host);

    host = open_form();
    fake_type(host, "\t\tshop");
    fake_key(host, "F2");
    answer(44);
    saw.on_put(saw.owner, &taken);
    assert_non_null(strstr(host->said, "Another file"));
    fake_close(host);
}

static void sending_can_be_ended(void **state)
{
    (void)state;
    struct host *host = open_form();
    fake_type(host, "\t\tshop");
    fake_key(host, "F2");
    answer(44);
    fake_key(host, "F8");
    assert_non_null(strstr(host->said, "nothing was changed"));
    assert_true(host->screen->may_close(host->state));
    put_done();
    assert_int_equal(saw.parts, 1);
    assert_int_equal(saw.requests, 0);
    fake_close(host);
}

static void bad_rows_are_offered_where_there_are_some(void **state)
{
    (void)state;
    saw.job = import_job(JOB_FAILED);
    snprintf(saw.job.error, sizeof saw.job.error, "6000 of 9000 rows cannot be used");
    saw.job_count = 1;
    struct host *host = open_jobs();
    fake_key(host, "F6");
    assert_null(host->opened);
    saw.job.rejects = 6000;
    host->screen->changed(host->state, "jobs");
    expect(host, "6000 bad rows: F6");
    fake_key(host, "F6");
    assert_ptr_equal(host->opened, &screen_rejects);
    fake_close(host);
}

static int64_t lines_of(const char *file)
{
    FILE *in = fopen(file, "rb");
    int64_t lines = 0;
    if (in == NULL)
        return -1;
    for (int c; (c = fgetc(in)) != EOF;)
        lines += c == '\n';
    fclose(in);
    return lines;
}

static void the_first_hundreds_are_shown_and_all_go_into_a_file(void **state)
{
    (void)state;
    saw.job = import_job(JOB_FAILED);
    saw.job.rejects = saw.rejects = 6000;
    struct host *host = fake_open_with(&screen_rejects, &saw.job, NULL, on_demonstration);
    golden_check("jobs_rejects", fake_draw, host);
    golden_check_sizes("jobs_rejects", fake_draw, host);
    expect(host, "the first 500 are listed");
    expect(host, "4000 × there is no such day");
    char *text = fake_text(host);
    assert_null(strstr(text, "Member")); /* the rows of a dataset are nobody's */
    free(text);
    fake_key(host, "F5");
    fake_key(host, "^U");
    fake_type(host, folder);
    fake_type(host, "/bad.csv\r");
    assert_null(host->form);
    assert_non_null(strstr(host->said, "6000 rows written"));
    char file[220];
    snprintf(file, sizeof file, "%s/bad.csv", folder);
    assert_int_equal(lines_of(file), 6001);
    unlink(file);

    saw.is_lost = true;
    saw.pages = 1;
    fake_key(host, "s");
    fake_key(host, "^U");
    fake_type(host, folder);
    fake_type(host, "/bad.csv\r");
    assert_non_null(strstr(host->said, "The database is gone"));
    assert_int_equal(lines_of(file), -1); /* whole or not at all */
    fake_close(host);
}

static void rows_of_members_are_shown_by_their_names(void **state)
{
    (void)state;
    saw.job = import_job(JOB_FAILED);
    saw.has_names = true;
    saw.job.rejects = saw.rejects = 2;
    struct host *host = fake_open_with(&screen_rejects, &saw.job, NULL, on_demonstration);
    expect(host, "Member");
    expect(host, "Ann 1");
    fake_close(host);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_file_goes_part_by_part_and_then_the_job_is_asked_for, begin),
        cmocka_unit_test_setup(what_cannot_be_read_is_said_at_once, begin),
        cmocka_unit_test_setup(a_dataset_needs_a_name_and_members_need_none, begin),
        cmocka_unit_test_setup(a_part_is_sent_again_but_not_for_ever, begin),
        cmocka_unit_test_setup(sending_can_be_ended, begin),
        cmocka_unit_test_setup(bad_rows_are_offered_where_there_are_some, begin),
        cmocka_unit_test_setup(the_first_hundreds_are_shown_and_all_go_into_a_file, begin),
        cmocka_unit_test_setup(rows_of_members_are_shown_by_their_names, begin),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
