/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scale/plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support.h"

static const char *const *large_tables;
static long begun_at; /* in the log */

static FILE *open_log(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/log", test_directory());
    FILE *log = fopen(path, "r");
    assert_non_null(log);
    return log;
}

void plans_log(PGconn *superuser, const char *database, const char *const *large)
{
    static const char *const settings[] = {
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_nested_statements = on",
        "auto_explain.log_analyze = on",
        "auto_explain.log_buffers = on",
        "auto_explain.log_timing = off",
        "auto_explain.log_format = text",
    };
    large_tables = large;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        test_run(superuser, "ALTER DATABASE %s SET %s", database, settings[i]);
}

void plans_begin(void)
{
    FILE *log = open_log();
    assert_int_equal(fseek(log, 0, SEEK_END), 0);
    begun_at = ftell(log);
    fclose(log);
}

/* The number after this word, or 0. */
static double number_after(const char *line, const char *word)
{
    const char *at = strstr(line, word);
    return at != NULL ? strtod(at + strlen(word), NULL) : 0;
}

/* Which of the large tables a line of a plan reads; NULL: none. */
static const char *large_table_of(const char *line)
{
    static const char *const scans[] = {"Seq Scan on ", "Bitmap Heap Scan on ", "Tid Scan on ",
                                        "Index Scan ", "Index Only Scan "};
    const char *name = NULL;
    for (size_t i = 0; i < sizeof scans / sizeof *scans && name == NULL; i++) {
        const char *at = strstr(line, scans[i]);
        name = at != NULL ? strstr(at, " on ") : NULL; /* an index comes before it */
    }
    if (name == NULL || strstr(line, "Bitmap Index Scan") != NULL)
        return NULL;
    name += strlen(" on ");
    size_t length = strcspn(name, " \n");
    for (int i = 0; large_tables[i] != NULL; i++)
        if (strlen(large_tables[i]) == length && memcmp(large_tables[i], name, length) == 0)
            return large_tables[i];
    return NULL;
}

static void note_whole(struct plans *plans, const char *table)
{
    if (strstr(plans->whole, table) != NULL)
        return;
    size_t used = strlen(plans->whole);
    snprintf(plans->whole + used, sizeof plans->whole - used, " %s", table);
}

struct plans plans_end(PGconn *superuser)
{
    struct plans plans = {0};
    char line[4096];
    double loops = 0; /* of the large table's scan that the lines are about; 0: of another node */
    bool root_is_next = false;
    while (test_number(superuser, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                  "current_database() AND pid <> pg_backend_pid() AND "
                                  "backend_type = 'client backend' AND state <> 'idle'") > 0)
        ;
    FILE *log = open_log();
    assert_int_equal(fseek(log, begun_at, SEEK_SET), 0);
    while (fgets(line, sizeof line, log) != NULL) {
        const char *actual = strstr(line, "(actual ");
        if (strstr(line, "Query Text:") != NULL) {
            plans.statements++;
            root_is_next = true;
        } else if (actual != NULL) {
            const char *table = large_table_of(line);
            loops = table != NULL ? number_after(actual, "loops=") : 0;
            plans.rows += number_after(actual, "rows=") * loops;
            if (table != NULL && loops > 0 && strstr(line, "Seq Scan on ") != NULL)
                note_whole(&plans, table);
        } else if (strstr(line, "Rows Removed by ") != NULL) {
            plans.rows += number_after(line, ": ") * loops;
        } else if (root_is_next && strstr(line, "Buffers: shared") != NULL) {
            double pages = number_after(line, "hit=") + number_after(line, "read=");
            plans.pages = pages > plans.pages ? pages : plans.pages;
            root_is_next = false;
        }
    }
    fclose(log);
    return plans;
}
