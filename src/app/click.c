/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mouse: tabs, rows of lists, and what the bottom line names. */
#include "gymtui/ui/click.h"
#include "gymtui/app/core.h"
#include "gymtui/ui/table.h"

static void click_row(struct app *app, struct host *top, const struct click *click)
{
    bool again = table_selected_index(click->table) == click->value;
    table_select(click->table, click->value);
    if (top->screen->clicked != NULL)
        top->screen->clicked(top->state, click->table, again);
    else if (again)
        app_command(app, COMMAND_OPEN);
}

void app_click(struct app *app, int y, int x)
{
    struct host *top = app_top(app);
    struct click click = click_at(y, x);
    app->last_key_at = app->clock();
    app->want_draw = true;
    /* What lies over the screen is answered by keys. */
    bool covered = app->help != NULL || app->line_open ||
                   (app->dialog != NULL && app_overlay_is_live(app, app->dialog_host)) ||
                   (app->form != NULL && app_overlay_is_live(app, app->form_host));
    if (top == NULL || covered)
        return;
    app->message[0] = '\0';
    switch (click.kind) {
    case CLICK_NOTHING:
        break;
    case CLICK_TAB:
        if (app->login == NULL)
            app_show_tab(app, click.value);
        break;
    case CLICK_COMMAND:
        app->last_key = 0;
        app_command(app, click.value);
        break;
    case CLICK_ROW:
        click_row(app, top, &click);
        break;
    }
    app_settle(app);
}
