/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "analytics_export.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

/* "Can't Lose" → "cant-lose" */
static void write_stem(char *dst, size_t size, const char *words)
{
    char folded[160];
    size_t length = 0;
    text_fold(folded, sizeof folded, words);
    for (const char *s = folded; *s && length + 2 < size; s++) {
        bool plain = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');
        if (plain)
            dst[length++] = *s;
        else if ((*s == ' ' || *s == '-' || *s == ',') && length > 0 && dst[length - 1] != '-')
            dst[length++] = '-';
    }
    while (length > 0 && dst[length - 1] == '-')
        length--;
    dst[length] = '\0';
}

static void begin_file(void *owner, struct form *form)
{
    struct analytics_export *export_ = owner;
    struct error error;
    if (!save_begin(&export_->save, form_text(form, 0), &error)) {
        form_complain(form, 0, error.message);
        host_form_done(export_->context->host, false);
        return;
    }
    export_->is_open = true;
    export_->is_first = true;
    export_->rows = -1; /* the headings are no row */
    for (const char *const *column = export_->columns; *column; column++)
        analytics_export_text(export_, *column);
    analytics_export_row(export_);
    host_form_done(export_->context->host, true);
    host_say(export_->context->host, ROLE_DIM, "Writing %s…", export_->save.path);
    export_->next(export_->owner);
}

void analytics_export_ask(struct analytics_export *export_, const struct screen_context *context,
                          const char *stem, const char *const *columns, void (*next)(void *owner),
                          void *owner)
{
    char name[96], day[24], path[160];
    if (export_->is_open) {
        host_say(context->host, ROLE_WARN, "Still writing %s", export_->save.path);
        return;
    }
    *export_ = (struct analytics_export){
        .context = context, .next = next, .owner = owner, .columns = columns};
    write_stem(name, sizeof name, stem);
    date_format_iso(day, sizeof day, session_today(context->db));
    snprintf(path, sizeof path, "~/%s-%s.csv", name, day);
    struct form_entry entry = {.label = "File",
                               .kind = FORM_TEXT,
                               .value = path,
                               .required = true,
                               .maximum = 250,
                               .hint = "On the machine that gymtui runs on; Enter writes it"};
    struct form *form = form_new("Write what is shown to a CSV file", &entry, 1);
    if (!form)
        return;
    form_set_action(form, "write", "Writing…");
    host_form(context->host, form, begin_file, NULL, export_);
}

void analytics_export_text(struct analytics_export *export_, const char *text)
{
    save_csv_cell(export_->save.out, export_->is_first, text);
    export_->is_first = false;
}

void analytics_export_number(struct analytics_export *export_, double value, int decimals)
{
    char text[64] = "";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.*f", decimals, value);
    analytics_export_text(export_, text);
}

void analytics_export_count(struct analytics_export *export_, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    analytics_export_text(export_, text);
}

void analytics_export_day(struct analytics_export *export_, int32_t day)
{
    char text[32] = "";
    if (day != DATE_NONE)
        date_format_iso(text, sizeof text, day);
    analytics_export_text(export_, text);
}

void analytics_export_row(struct analytics_export *export_)
{
    fputs("\r\n", export_->save.out);
    export_->is_first = true;
    export_->rows++;
}

void analytics_export_finish(struct analytics_export *export_, const struct error *error)
{
    struct error failed;
    if (!export_->is_open)
        return;
    export_->is_open = false;
    if (error) {
        save_abandon(&export_->save);
        host_say_error(export_->context->host, error);
    } else if (!save_finish(&export_->save, &failed)) {
        host_say_error(export_->context->host, &failed);
    } else {
        host_say(export_->context->host, ROLE_GOOD, "%" PRId64 " row%s written to %s",
                 export_->rows, export_->rows == 1 ? "" : "s", export_->save.path);
    }
    host_redraw(export_->context->host);
}

void analytics_export_drop(struct analytics_export *export_)
{
    if (export_->is_open)
        save_abandon(&export_->save);
    export_->is_open = false;
}
