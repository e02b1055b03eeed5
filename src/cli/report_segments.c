/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `gymtui report segments`: who is in which segment, what they spent and are worth, and the map of
 * recency and frequency they come from. */
#include <inttypes.h>
#include <math.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"
#include "report_dataset.h"

struct segments_answer {
    struct answer answer;
    struct segments segments;
};

static void on_segments(void *owner, const struct segments *segments, const struct error *error)
{
    struct segments_answer *take = owner;
    if (answer_take(&take->answer, error))
        take->segments = *segments;
}

static const struct sheet_column columns[] = {
    {.name = "segment", .heading = "Segment", .kind = SHEET_WORDS, .columns = 14},
    {.name = "customers", .heading = "Customers", .kind = SHEET_COUNT, .columns = 9},
    {.name = "percent", .heading = "%", .kind = SHEET_NUMBER, .columns = 6, .decimals = 1},
    {.name = "revenue", .heading = "Paid in a year", .kind = SHEET_NUMBER, .columns = 14},
    {.name = "value_each",
     .heading = "Worth each",
     .kind = SHEET_NUMBER,
     .columns = 10,
     .decimals = 2},
    {.name = "value", .heading = "Worth in all", .kind = SHEET_NUMBER, .columns = 12},
    {.name = "at_stake", .heading = "At stake", .kind = SHEET_NUMBER, .columns = 9},
    {.name = NULL},
};

static void write_row(struct sheet *sheet, const char *name, const struct segment_figures *figures)
{
    sheet_words(sheet, name);
    sheet_count(sheet, figures->customers);
    sheet_number(sheet, figures->share * 100);
    sheet_number(sheet, figures->revenue);
    sheet_number(sheet, figures->clv_mean);
    sheet_number(sheet, figures->clv_total);
    sheet_number(sheet, figures->at_stake);
}

static void write_segments(struct sheet *sheet, const struct segments *segments)
{
    for (int i = 0; i < SEGMENTS_COUNT; i++)
        write_row(sheet, segment_names[i], &segments->by_segment[i]);
}

static void print_map(const struct segments *segments)
{
    out_line(stdout, "%s", "");
    out_line(stdout, "Recency down, frequency across (1 worst, 5 best): customers");
    out_line(stdout, "%12s%8d%8d%8d%8d%8d", "", 1, 2, 3, 4, 5);
    for (int r = 5; r >= 1; r--) {
        char line[200] = "", bar[40];
        int64_t all = 0;
        text_append(line, sizeof line, "%10d  ", r);
        for (int f = 1; f <= 5; f++) {
            text_append(line, sizeof line, "%8" PRId64, segments->cells[r - 1][f - 1]);
            all += segments->cells[r - 1][f - 1];
        }
        plot_bar(bar, sizeof bar,
                 segments->customers > 0 ? (double)all / (double)segments->customers : 0, 12);
        out_line(stdout, "%s  %s", line, bar);
    }
}

static void print_json(const struct dataset_row *dataset, const struct segments *segments)
{
    struct json json = {.out = stdout};
    struct sheet sheet;
    json_open(&json, NULL, '{');
    json_text(&json, "dataset", dataset->name);
    json_day(&json, "as_of", segments->as_of);
    json_integer(&json, "customers", segments->customers);
    sheet_begin_in(&sheet, &json, "segments", columns);
    write_segments(&sheet, segments);
    sheet_end(&sheet);
    sheet_begin_in(&sheet, &json, "types", columns);
    for (int i = 0; i < SEGMENTS_TYPE_COUNT; i++)
        write_row(&sheet, segment_type_names[i], &segments->by_type[i]);
    sheet_end(&sheet);
    json_open(&json, "cells", '[');
    for (int r = 0; r < 5; r++) {
        json_open(&json, NULL, '[');
        for (int f = 0; f < 5; f++)
            json_integer(&json, NULL, segments->cells[r][f]);
        json_close(&json, ']');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    json_end(&json);
}

static void print(const struct report *report, const struct dataset_row *dataset,
                  const struct segments *segments)
{
    struct sheet sheet;
    if (report->form == SHEET_JSON) {
        print_json(dataset, segments);
        return;
    }
    report_dataset_heading(report, dataset, "Segments");
    if (segments->as_of == DATE_NONE) {
        report_print_nothing(report, dataset);
        return;
    }
    sheet_begin(&sheet, stdout, report->form, columns);
    write_segments(&sheet, segments);
    if (report->form == SHEET_TEXT) {
        write_row(&sheet, "All", &segments->all);
        out_line(stdout, "%s", "");
        for (int i = 0; i < SEGMENTS_TYPE_COUNT; i++)
            write_row(&sheet, segment_type_names[i], &segments->by_type[i]);
    }
    sheet_end(&sheet);
    if (report->form == SHEET_TEXT)
        print_map(segments);
}

int command_report_segments(const struct cli *cli, const struct cli_words *words)
{
    struct report report;
    struct dataset_row dataset;
    struct segments_answer take = {0};
    if (report_begin_dataset(&report, cli, words, &dataset)) {
        segments_read(report.visit.db, dataset.dataset_id, on_segments, &take);
        if (report_wait(&report, &take.answer))
            print(&report, &dataset, &take.segments);
    }
    return report_end(&report);
}
