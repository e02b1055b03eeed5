/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown on the analytics pages about models, written to a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "curves/curves.h"
#include "fake_host.h"

/* `e` on the present page: the name that is proposed, then the file's first line and how many
 * rows follow, the first of them in `row`. */
static int export_page(struct host *host, const char *proposed, const char *headings, char row[512])
{
    char folder[] = "/tmp/gymtui-curves-XXXXXX", path[128], line[512];
    int rows = 0;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/shown.csv", folder);
    fake_key(host, "e");
    curves_expect_text(host, proposed);
    curves_expect_text(host, "F2 write");
    fake_key(host, "^U");
    fake_type(host, path);
    fake_key(host, "F2");
    assert_null(host->form);
    assert_int_equal(host->said_role, ROLE_GOOD);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    line[strcspn(line, "\r\n")] = '\0';
    assert_string_equal(line, headings);
    row[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (rows++ == 0)
            snprintf(row, 512, "%s", line);
    }
    fclose(file);
    unlink(path);
    rmdir(folder);
    return rows;
}

static void what_is_shown_of_value_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    struct host *host = curves_begin();
    curves_show_page(host, "Value");
    assert_int_equal(export_page(host, "~/value-2026-11-21.csv", "from,to,customers", row),
                     curves_has.value.bucket_count);
    assert_string_equal(row, "0.00,50.00,38");
    fake_key(host, "v");
    assert_int_equal(export_page(host, "~/value-by-segment-2026-11-21.csv",
                                 "by,name,customers,total,average", row),
                     curves_has.value.segment_count + curves_has.value.package_count);
    assert_int_equal(strncmp(row, "segment,Champions,", 18), 0);
    fake_key(host, "v");
    assert_int_equal(
        export_page(host, "~/value-by-type-2026-11-21.csv", "by,name,customers,total,average", row),
        curves_has.value.type_count);
    fake_key(host, "v");
    assert_int_equal(export_page(host, "~/value-top-and-bottom-2026-11-21.csv",
                                 "number,name,type,segment,value,low,high,p_stay,model", row),
                     curves_has.value.top_count + curves_has.value.bottom_count);
    assert_non_null(strstr(row, "1240.00,992.00,1550.00,0.9"));
    fake_close(host);
}

static void what_is_shown_of_survival_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    int points = 0;
    struct host *host = curves_begin();
    curves_show_page(host, "Survival");
    fake_key(host, "v");
    const struct models_curve *curve = model_curve_named("survival by plan");
    for (int i = 0; i < curve->series_count; i++)
        points += curve->series[i].count + (curve->series[i].points[0].x > 0);
    assert_int_equal(export_page(host, "~/survival-by-plan-2026-11-21.csv",
                                 "group,months,still_there,low,high,seen", row),
                     points);
    assert_int_equal(strncmp(row, "Monthly,0.000,1.00000,1.00000,1.00000,", 38), 0);
    fake_key(host, "v"); /* by way of paying: there is no curve, and nothing to write */
    curves_expect_text(host, "There is no curve by way of paying");
    fake_key(host, "e");
    assert_null(host->form);
    for (int i = 0; i < 3; i++)
        fake_key(host, "v");
    assert_int_equal(export_page(host, "~/survival-effects-2026-11-21.csv",
                                 "model,what,times_as_long,low,high", row),
                     4);
    assert_int_equal(strncmp(row, "Weibull,", 8), 0);
    fake_close(host);
}

static void what_is_shown_of_cohorts_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    int cells = 0;
    struct host *host = curves_begin();
    curves_show_page(host, "Cohorts");
    for (int i = 0; i < curves_has.cohorts.count; i++) {
        int observed = curves_has.cohorts.cohorts[i].observed;
        cells += 1 + (observed > MODELS_MONTHS ? MODELS_MONTHS : observed);
    }
    assert_int_equal(export_page(host, "~/cohorts-2026-11-21.csv",
                                 "joined,members,months,still_there,share", row),
                     cells);
    assert_int_equal(strncmp(row, "2024-12-01,", 11), 0);
    assert_non_null(strstr(row, ",0,")); /* all of them are there at the beginning */
    assert_non_null(strstr(row, ",1.00000"));
    fake_close(host);
}

static void what_is_shown_of_hours_goes_to_a_file(void **state)
{
    (void)state;
    char row[512];
    struct host *host = curves_begin();
    curves_show_page(host, "Hours");
    assert_int_equal(export_page(host, "~/hours-2026-11-21.csv", "weekday,hour,visits", row),
                     7 * 24);
    assert_int_equal(strncmp(row, "Mon,0,", 6), 0);
    fake_key(host, "v");
    assert_int_equal(
        export_page(host, "~/occupancy-2026-11-21.csv", "hour,inside_today,inside_usually", row),
        24);
    assert_int_equal(strncmp(row, "0,0,", 4), 0);
    fake_close(host);
}

static void what_is_shown_of_the_models_goes_to_a_file(void **state)
{
    (void)state;
    char row[512], wanted[128];
    int parameters = 0;
    struct host *host = curves_begin();
    curves_show_page(host, "Model");
    for (int i = 0; i < curves_has.fit_count; i++)
        parameters += curves_has.fits[i].parameter_count;
    assert_int_equal(export_page(host, "~/models-2026-11-21.csv",
                                 "purpose,model,subject,in_use,parameter,estimate,standard_error,"
                                 "log_likelihood,customers",
                                 row),
                     parameters);
    snprintf(wanted, sizeof wanted, "%s,%s,", curves_has.fits[0].purpose, curves_has.fits[0].model);
    assert_int_equal(strncmp(row, wanted, strlen(wanted)), 0);
    curves_has.is_empty = true; /* nothing is fitted: nothing is written */
    fake_key(host, "F5");
    fake_key(host, "e");
    assert_null(host->form);
    fake_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_of_value_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_survival_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_cohorts_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_hours_goes_to_a_file),
        cmocka_unit_test(what_is_shown_of_the_models_goes_to_a_file),
    };
    return cmocka_run_group_tests_name("curves_export", tests, NULL, NULL);
}
