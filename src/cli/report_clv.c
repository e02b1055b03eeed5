/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report clv`: what customers are worth from today on, how that is spread, and who stands
 * at either end. */
#include <inttypes.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "report_dataset.h"

struct value_answer {
    struct answer answer;
    struct models_value value;
};

static void on_value(void *owner, const struct models_value *value, const struct error *error)
{
    struct value_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->value = *value;
}

static const struct sheet_column bucket_columns[] = {
    {.name = "from", .heading = "From", .kind = SHEET_NUMBER, .columns = 10},
    {.name = "to", .heading = "Up to", .kind = SHEET_NUMBER, .columns = 10},
    {.name = "customers", .heading = "Customers", .kind = SHEET_COUNT, .columns = 9},
    {.name = NULL},
};
static const struct sheet_column group_columns[] = {
    {.name = "name", .heading = "Group", .kind = SHEET_WORDS, .columns = 24},
    {.name = "customers", .heading = "Customers", .kind = SHEET_COUNT, .columns = 9},
    {.name = "each", .heading = "Worth each", .kind = SHEET_NUMBER, .columns = 11, .decimals = 2},
    {.name = "total", .heading = "Worth in all", .kind = SHEET_NUMBER, .columns = 13},
    {.name = NULL},
};
static const struct sheet_column customer_columns[] = {
    {.name = "name", .heading = "Customer", .kind = SHEET_WORDS, .columns = 26},
    {.name = "value", .heading = "Worth", .kind = SHEET_NUMBER, .columns = 10, .decimals = 2},
    {.name = "low", .heading = "from", .kind = SHEET_NUMBER, .columns = 10, .decimals = 2},
    {.name = "high", .heading = "to", .kind = SHEET_NUMBER, .columns = 10, .decimals = 2},
    {.name = "stays", .kind = SHEET_NUMBER, .decimals = 4},
    {.name = "type", .heading = " Type", .kind = SHEET_WORDS, .columns = 11},
    {.name = "segment", .kind = SHEET_WORDS},
    {.name = "model", .kind = SHEET_WORDS},
    {.name = NULL},
};

static void write_buckets(struct sheet *sheet, const struct models_value *value)
{
    for (int i = 0; i < value->bucket_count; i++) {
        sheet_number(sheet, value->buckets[i].from);
        if (isfinite(value->buckets[i].to))
            sheet_number(sheet, value->buckets[i].to);
        else
            sheet_none(sheet);
        sheet_count(sheet, value->buckets[i].customers);
    }
}

static void write_groups(struct sheet *sheet, const struct models_group *groups, int count)
{
    for (int i = 0; i < count; i++) {
        sheet_words(sheet, groups[i].name);
        sheet_count(sheet, groups[i].customers);
        sheet_number(sheet, groups[i].mean);
        sheet_number(sheet, groups[i].total);
    }
}

static void write_customers(struct sheet *sheet, const struct models_customer *rows, int count)
{
    for (int i = 0; i < count; i++) {
        sheet_words(sheet, rows[i].name);
        sheet_number(sheet, rows[i].clv);
        sheet_number(sheet, rows[i].low);
        sheet_number(sheet, rows[i].high);
        sheet_number(sheet, rows[i].p_stay);
        sheet_words(sheet, rows[i].type);
        sheet_words(sheet, rows[i].segment);
        sheet_words(sheet, rows[i].model);
    }
}

/* --- text --- */

static void print_buckets(const struct models_value *value)
{
    int64_t most = 0;
    for (int i = 0; i < value->bucket_count; i++)
        if (value->buckets[i].customers > most)
            most = value->buckets[i].customers;
    for (int i = 0; i < value->bucket_count; i++) {
        const struct models_bucket *bucket = &value->buckets[i];
        char bar[160], range[48];
        plot_bar(bar, sizeof bar, most > 0 ? (double)bucket->customers / (double)most : 0, 40);
        if (isfinite(bucket->to))
            snprintf(range, sizeof range, "%.0f to %.0f", bucket->from, bucket->to);
        else
            snprintf(range, sizeof range, "%.0f and more", bucket->from);
        out_line(stdout, "%20s %7" PRId64 " %s", range, bucket->customers, bar);
    }
}

static void print_groups(const char *what, const struct models_group *groups, int count)
{
    struct sheet sheet;
    if (count == 0)
        return;
    out_line(stdout, "%s", "");
    out_line(stdout, "%s", what);
    sheet_begin(&sheet, stdout, SHEET_TEXT, group_columns);
    write_groups(&sheet, groups, count);
    sheet_end(&sheet);
}

static void print_customers(const char *what, const struct models_customer *rows, int count)
{
    struct sheet sheet;
    if (count == 0)
        return;
    out_line(stdout, "%s", "");
    out_line(stdout, "%s, with 95 %% interval", what);
    sheet_begin(&sheet, stdout, SHEET_TEXT, customer_columns);
    write_customers(&sheet, rows, count);
    sheet_end(&sheet);
}

static void print_text(const struct report *report, const struct dataset_row *dataset,
                       const struct models_value *value)
{
    report_dataset_heading(report, dataset, "Lifetime value");
    if (value->as_of == DATE_NONE) {
        report_print_nothing(report, dataset);
        return;
    }
    if (value->customers == value->gone) {
        if (*value->model == '\0')
            out_words(stdout, 0,
                      "No model could be fitted to these customers, so nothing can be foretold of "
                      "them. Why, says: %s report model --dataset %s",
                      report->cli->program, dataset->name);
        else
            out_words(stdout, 0, "Nobody is left of whom anything is expected.");
        return;
    }
    out_words(
        stdout, 0, "%.0f %s from %" PRId64 " customers, by %s; nothing more from %" PRId64 ".",
        value->total, value->currency, value->customers - value->gone, value->model, value->gone);
    if (isfinite(value->mean))
        out_words(stdout, 0,
                  "Each %.2f on the mean; half of them between %.2f and %.2f. The best tenth makes "
                  "up %.0f %%.",
                  value->mean, value->lower_quartile, value->upper_quartile,
                  100 * value->tenth_share);
    out_line(stdout, "%s", "");
    print_buckets(value);
    print_groups("By type", value->types, value->type_count);
    print_groups("By segment", value->segments, value->segment_count);
    print_groups("By plan", value->packages, value->package_count);
    print_customers("Worth most", value->top, value->top_count);
    print_customers("Worth least", value->bottom, value->bottom_count);
}

/* --- JSON --- */

static void json_groups(struct json *json, const char *name, const struct models_group *groups,
                        int count)
{
    struct sheet sheet;
    sheet_begin_in(&sheet, json, name, group_columns);
    write_groups(&sheet, groups, count);
    sheet_end(&sheet);
}

static void json_customers(struct json *json, const char *name, const struct models_customer *rows,
                           int count)
{
    struct sheet sheet;
    sheet_begin_in(&sheet, json, name, customer_columns);
    write_customers(&sheet, rows, count);
    sheet_end(&sheet);
}

static void print_json(const struct dataset_row *dataset, const struct models_value *value)
{
    struct json json = {.out = stdout};
    struct sheet sheet;
    json_open(&json, NULL, '{');
    json_text(&json, "dataset", dataset->name);
    json_day(&json, "as_of", value->as_of);
    json_text(&json, "currency", value->currency);
    json_text(&json, "model", value->model);
    json_integer(&json, "customers", value->customers);
    json_integer(&json, "gone", value->gone);
    json_number(&json, "total", value->total, 2);
    json_number(&json, "mean", value->mean, 2);
    json_number(&json, "median", value->median, 2);
    json_number(&json, "lower_quartile", value->lower_quartile, 2);
    json_number(&json, "upper_quartile", value->upper_quartile, 2);
    json_number(&json, "tenth_share", value->tenth_share, 4);
    sheet_begin_in(&sheet, &json, "buckets", bucket_columns);
    write_buckets(&sheet, value);
    sheet_end(&sheet);
    json_groups(&json, "types", value->types, value->type_count);
    json_groups(&json, "segments", value->segments, value->segment_count);
    json_groups(&json, "plans", value->packages, value->package_count);
    json_customers(&json, "most", value->top, value->top_count);
    json_customers(&json, "least", value->bottom, value->bottom_count);
    json_close(&json, '}');
    json_end(&json);
}

int command_report_clv(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    struct value_answer take = {0};
    if (report_begin_dataset(&report, cli, words, &dataset)) {
        models_value(report.visit.db, dataset.dataset_id, on_value, &take);
        if (report_wait(&report, &take.answer)) {
            struct sheet sheet;
            switch (report.form) {
            case SHEET_TEXT:
                print_text(&report, &dataset, &take.value);
                break;
            case SHEET_JSON:
                print_json(&dataset, &take.value);
                break;
            case SHEET_CSV:
                sheet_begin(&sheet, stdout, SHEET_CSV, bucket_columns);
                write_buckets(&sheet, &take.value);
                sheet_end(&sheet);
                break;
            }
        }
    }
    return report_end(&report);
}
