/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An analyst with files and no database: every model through `gymtui fit`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/gymtui-fit-XXXXXX";

struct answer {
    int status;
    char out[16384], complaints[16384];
};

static void read_all(const char *path, char *dst, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    dst[fread(dst, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* Runs "gymtui fit ARGUMENTS" in the folder; words are split at blanks. */
static const struct answer *fit(const char *arguments)
{
    static struct answer answer;
    char command[1024], out[64], complaints[64];
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(complaints, sizeof complaints, "%s/complaints", folder);
    snprintf(command, sizeof command, "cd %s && HOME=%s \"$GYMTUI_BINARY\" fit %s >%s 2>%s", folder,
             folder, arguments, out, complaints);
    int status = system(command); /* NOLINT(cert-env33-c): the test's own words */
    assert_true(WIFEXITED(status));
    answer.status = WEXITSTATUS(status);
    read_all(out, answer.out, sizeof answer.out);
    read_all(complaints, answer.complaints, sizeof answer.complaints);
    return &answer;
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static FILE *new_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static void survivors_give_the_published_sbg(void **state)
{
    (void)state;
    FILE *file = new_file("survivors.csv");
    fputs("survivors\n1000\n631\n468\n382\n326\n289\n262\n241\n", file);
    fclose(file);
    const struct answer *answer = fit("sbg survivors.csv");
    assert_int_equal(answer->status, 0);
    assert_says(answer->out, "alpha                0.7040773");
    assert_says(answer->out, "beta                 1.1820430");
    assert_says(answer->out, "Log-likelihood -1680.26519");
    answer = fit("sbg survivors.csv --predict --horizon 1");
    assert_says(answer->out,
                "renewal,rate,survival,actual_rate\n1,0.626706054,0.626706054,0.631\n");
    assert_says(answer->out, "\n8,0.920766");
    assert_says(answer->complaints, "Log-likelihood -1680.26519");
    answer = fit("sbg survivors.csv --json");
    assert_says(answer->out, "\"alpha\":{\"estimate\":0.704077298");
    assert_says(answer->out, "\"converged\":true}");
    assert_int_equal(fit("geometric survivors.csv")->status, 0);
    assert_int_equal(fit("bdw survivors.csv")->status, 0);
}

static void durations_give_curves_and_effects(void **state)
{
    (void)state;
    static const int drug[] = {6,  6,  6,  7,  10, 13, 16, 22, 23, 6, 9,
                               10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
    static const int placebo[] = {1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                  8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    FILE *file = new_file("remission.csv");
    fputs("weeks,relapse,arm\n", file);
    for (int i = 0; i < 21; i++)
        fprintf(file, "%d,%d,drug\n%d,1,placebo\n", drug[i], i < 9, placebo[i]);
    fclose(file);
    const struct answer *answer = fit("km remission.csv --time weeks --event relapse --group arm");
    assert_int_equal(answer->status, 0);
    assert_says(answer->out, "Log-rank: chi-square 16.7929 with 1 degrees of freedom");
    answer = fit("km remission.csv --time weeks --event relapse --group arm --predict");
    assert_says(answer->out, "\ndrug,23,6,1,0,0.4481792717,0.1345914568,");
    answer = fit("weibull remission.csv --time weeks --event relapse --covariates arm");
    assert_says(answer->out, "arm=placebo         -1.2673346");
    assert_says(answer->out, "makes life 0.282 times as long");
    assert_int_equal(
        fit("lognormal remission.csv --time weeks --event relapse --covariates arm")->status, 0);
    assert_int_equal(
        fit("loglogistic remission.csv --time weeks --event relapse --covariates arm")->status, 0);
}

/* 500 customers who buy in a fixed but uneven way; the same file each time. */
static void write_transactions(const char *name)
{
    FILE *file = new_file(name);
    uint32_t turn = 12345;
    fputs("customer,date,amount\n", file);
    for (int customer = 0; customer < 500; customer++) {
        int day = customer % 28, gap = 3 + customer % 40;
        for (int bought = 0; day < 336; bought++) {
            fprintf(file, "c%03d,2025-%02d-%02d,%d.50\n", customer, day / 28 + 1, day % 28 + 1,
                    5 + customer % 17 + bought % 3);
            turn = turn * 1664525 + 1013904223;
            day += 1 + gap / 2 + (int)(turn >> 8) % gap;
            if (turn >> 24 < 40)
                break;
        }
    }
    fclose(file);
}

static void transactions_are_fitted_and_held_out(void **state)
{
    (void)state;
    write_transactions("buys.csv");
    static const char *const models[] = {"bgnbd", "mbgnbd", "pnbd"};
    for (size_t i = 0; i < 3; i++) {
        char arguments[200];
        snprintf(arguments, sizeof arguments, "%s buys.csv --unit weeks --holdout 2025-08-28",
                 models[i]);
        const struct answer *answer = fit(arguments);
        assert_int_equal(answer->status, 0);
        assert_says(answer->out, "500 customers");
        assert_says(answer->out, "Hold-out 2025-08-29 to 2025-12-");
        snprintf(arguments, sizeof arguments, "%s buys.csv --predict --horizon 30", models[i]);
        answer = fit(arguments);
        assert_says(answer->out, "customer,x,t_x,T,p_alive,expected_30\nc000,");
        assert_null(strstr(answer->out, "nan"));
    }
    const struct answer *answer = fit("gamma-gamma buys.csv --json");
    assert_says(answer->out, "\"model\":\"Gamma-Gamma\"");
    assert_says(answer->out, "\"population_mean\":");
}

static void summaries_are_fitted_too(void **state)
{
    (void)state;
    write_transactions("buys.csv");
    char predicted[128];
    snprintf(predicted, sizeof predicted, "%s/summaries.csv", folder);
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && HOME=%s \"$GYMTUI_BINARY\" fit bgnbd buys.csv --predict >%s 2>by_dates",
             folder, folder, predicted);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
    const struct answer *answer = fit("bgnbd summaries.csv");
    assert_int_equal(answer->status, 0);
    char by_dates[16384];
    snprintf(command, sizeof command, "%s/by_dates", folder);
    read_all(command, by_dates, sizeof by_dates);
    const char *from = strstr(by_dates, "Log-likelihood"),
               *here = strstr(answer->out, "Log-likelihood");
    assert_true(from && here);
    assert_memory_equal(from, here, strcspn(from, ","));
}

static void bad_rows_are_named_on_standard_error(void **state)
{
    (void)state;
    write_transactions("bad.csv");
    char path[128];
    snprintf(path, sizeof path, "%s/bad.csv", folder);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("c001,2025-02-30,5\n", file);
    fclose(file);
    const struct answer *answer = fit("bgnbd bad.csv");
    assert_int_equal(answer->status, 0);
    assert_says(answer->complaints,
                "the date cannot be read; write it as 2026-11-21; row left out");
    assert_says(answer->out, "1 bad rows were left out");
}

static void what_cannot_be_is_a_usage_error(void **state)
{
    (void)state;
    const struct answer *answer = fit("magic survivors.csv");
    assert_int_equal(answer->status, 2);
    assert_says(answer->complaints, "There is no model “magic”");
    assert_says(answer->complaints, "There are bgnbd");
    assert_int_equal(fit("")->status, 2);
    assert_int_equal(fit("sbg survivors.csv --holdout 2025-01-01")->status, 2);
    assert_int_equal(fit("bgnbd survivors.csv --until someday")->status, 2);
    assert_int_equal(fit("bgnbd nowhere.csv")->status, 1);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command); /* NOLINT(cert-env33-c) */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survivors_give_the_published_sbg),
        cmocka_unit_test(durations_give_curves_and_effects),
        cmocka_unit_test(transactions_are_fitted_and_held_out),
        cmocka_unit_test(summaries_are_fitted_too),
        cmocka_unit_test(bad_rows_are_named_on_standard_error),
        cmocka_unit_test(what_cannot_be_is_a_usage_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
