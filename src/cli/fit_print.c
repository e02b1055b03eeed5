/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of estimates, as text or JSON. */
#include <math.h>
#include <string.h>

#include "fit_private.h"
#include "gymtui/base/text.h"

FILE *fit_report_stream(const struct fit_request *request)
{
    return request->predict ? stderr : stdout;
}

void fit_bad_row(void *owner, size_t line, const char *reason)
{
    fprintf(stderr, "gymtui: %s line %zu: %s; row left out\n", (const char *)owner, line, reason);
}

void fit_format_number(char *dst, size_t size, double value, int decimals)
{
    char digits[48], out[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, value);
    size_t whole = strcspn(digits, "."), used = 0;
    for (size_t i = 0; digits[i] && used + 2 < sizeof out; i++) {
        if (i && i < whole && (whole - i) % 3 == 0 && digits[i - 1] != '-')
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    snprintf(dst, size, "%s", out);
}

static void json_number(FILE *out, const char *name, double value)
{
    if (isfinite(value))
        fprintf(out, "\"%s\":%.12g", name, value);
    else
        fprintf(out, "\"%s\":null", name);
}

static void print_json(FILE *out, const struct fit_report *report)
{
    char text[512];
    const struct fit *fit = report->fit;
    text_json_string(text, sizeof text, report->model);
    fprintf(out, "{\"model\":%s,\"bad_rows\":%zu", text, report->bad);
    if (fit) {
        fprintf(out, ",\"observations\":%zu,\"parameters\":{", fit->observations);
        for (int i = 0; i < fit->count; i++) {
            text_json_string(text, sizeof text, fit->name[i]);
            fprintf(out, "%s%s:{", i ? "," : "", text);
            json_number(out, "estimate", fit->value[i]);
            fputc(',', out);
            json_number(out, "standard_error", fit->standard_error[i]);
            fputc('}', out);
        }
        fputs("},", out);
        json_number(out, "log_likelihood", fit->log_likelihood);
        fprintf(out, ",\"iterations\":%d,\"converged\":%s", fit->iterations,
                fit->converged ? "true" : "false");
    }
    fprintf(out, "%s}\n", report->json_extra ? report->json_extra : "");
}

static void print_text(FILE *out, const struct fit_report *report)
{
    const struct fit *fit = report->fit;
    fprintf(out, "%s\n%s\n", report->model, report->what);
    if (fit) {
        int widest = 14;
        for (int i = 0; i < fit->count; i++)
            if (text_width(fit->name[i]) > widest)
                widest = text_width(fit->name[i]);
        fprintf(out, "\n  %-*s  %14s  %12s\n", widest, "Parameter", "Estimate", "Std. error");
        for (int i = 0; i < fit->count; i++)
            fprintf(out, "  %s%*s  %14.7f  %12.7f\n", fit->name[i],
                    widest - text_width(fit->name[i]), "", fit->value[i], fit->standard_error[i]);
        fprintf(out, "\n  Log-likelihood %.5f, converged in %d steps\n", fit->log_likelihood,
                fit->iterations);
    }
    if (report->text_extra && *report->text_extra)
        fprintf(out, "\n%s", report->text_extra);
    if (report->bad)
        fprintf(out, "\n  %zu bad rows were left out; they are named on standard error.\n",
                report->bad);
}

void fit_print(const struct fit_request *request, const struct fit_report *report)
{
    if (request->json)
        print_json(fit_report_stream(request), report);
    else
        print_text(fit_report_stream(request), report);
}
