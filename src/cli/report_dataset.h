/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reports on the models share: which dataset, and plots of characters. */
#ifndef GYMTUI_CLI_REPORT_DATASET_H
#define GYMTUI_CLI_REPORT_DATASET_H

#include "gymtui/db/models.h"
#include "gymtui/db/segments.h"
#include "report.h"

struct dataset_list {
    struct answer answer;
    struct dataset_row *rows;
    int count;
};
/* False: report_end tells why not. Freed in every case with dataset_list_free. */
bool dataset_list_read(struct report *report, struct dataset_list *list);
void dataset_list_free(struct dataset_list *list);

/* Options of these reports: the forms, and --dataset. */
enum { DATASET_NAME = REPORT_OPTIONS, DATASET_OPTIONS };
enum { RISK_LIMIT = DATASET_OPTIONS, SURVIVAL_BY = DATASET_OPTIONS };
extern const struct cli_option report_dataset_options[];
extern const struct cli_option report_risk_options[], report_survival_options[];

/* report_begin, and the dataset that --dataset names, or the gym's own members (dataset_id 0).
 * Freed by report_end alone. */
bool report_begin_dataset(struct report *report, const struct cli *cli,
                          const struct cli_words *words, struct dataset_row *dataset);
/* "Iron Temple · cdnow, as of 1998-06-30 · what" above a report in text. */
void report_dataset_heading(const struct report *report, const struct dataset_row *dataset,
                            const char *what);

/* Curves that outlive the reply. Freed in every case with curve_free. */
struct curve {
    struct answer answer;
    struct models_curve curve;
};
bool curve_read(struct report *report, const struct dataset_row *dataset, const char *name,
                struct curve *curve);
void curve_free(struct curve *curve);

/* Fits that outlive the reply; freed with fits_free. */
struct fits {
    struct answer answer;
    struct models_fit *rows;
    int count;
};
bool fits_read(struct report *report, const struct dataset_row *dataset, struct fits *fits);
void fits_free(struct fits *fits);

/* Says on a line of its own that nothing was computed yet, and what to do. */
void report_print_nothing(const struct report *report, const struct dataset_row *dataset);

/* --- report_plot.c: curves in braille, in ASCII where the locale is --- */

#define PLOT_SERIES 4

struct plot_point {
    double x, y;
};
struct plot_series {
    const char *name;
    const struct plot_point *points; /* x rises */
    int count;
};
struct plot {
    const char *x_words, *y_words; /* under the axis, above it */
    struct plot_series series[PLOT_SERIES];
    int series_count;
    double x_most, y_most; /* both begin at 0 */
    bool is_share;         /* y in per cent */
    bool is_step;          /* y stays until the next point */
    bool has_diagonal;     /* where the two are equal */
};
/* To stdout, under 72 columns wide. */
void plot_print(const struct plot *plot);
/* "██████▌   " (#####): a bar of at most `columns`. */
void plot_bar(char *dst, size_t size, double share, int columns);
bool plot_is_ascii(void);

#endif
