/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A child process draws and writes what it reads back from curses into a pipe; the parent
 * compares. Curses cannot change its locale or terminal once it has started, so there is one
 * child a combination.
 */
#include "support.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gymtui/base/text.h"
#include "gymtui/ui/term.h"

#define ROW_SIZE   8192
#define LOOKS_MARK "--- looks\n"
#define DIFF_LINES 12

struct combination {
    int rows, columns;
    bool utf8, colour;
};

static bool plain;

void golden_set_plain(bool wanted)
{
    plain = wanted;
}

/* --- the child --- */

static void open_screen(const struct combination *combination)
{
    struct term_options options = {
        .theme = "dark",
        .ascii = "auto",
        .plain = plain,
        .fixed_rows = combination->rows,
        .fixed_columns = combination->columns,
        .fixed_colour = combination->colour,
    };
    struct error error;
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", combination->utf8 ? "C.UTF-8" : "C", 1);
    setenv("TERM", combination->colour ? "xterm-256color" : "vt100", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLORFGBG");
    if (!term_open(&options, &error)) {
        fprintf(stderr, "%s\n", error.message);
        _exit(2);
    }
    if (term_is_ascii() == combination->utf8 || term_has_colour() != combination->colour ||
        term_rows() != combination->rows || term_columns() != combination->columns) {
        fprintf(stderr, "the screen is not what was asked for\n");
        _exit(2);
    }
}

static void trim(char *line)
{
    size_t length = strlen(line);
    while (length > 0 && line[length - 1] == ' ') {
        line[--length] = '\0';
    }
}

static void write_screen(FILE *out)
{
    char text[ROW_SIZE];
    char looks[ROW_SIZE];
    for (int y = 0; term_read_row(y, text, sizeof text, looks, sizeof looks); y++) {
        trim(text);
        fprintf(out, "%s\n", text);
    }
    fputs(LOOKS_MARK, out);
    for (int y = 0; term_read_row(y, text, sizeof text, looks, sizeof looks); y++) {
        trim(looks);
        fprintf(out, "%s\n", looks);
    }
    int y;
    int x;
    if (term_read_cursor(&y, &x)) {
        fprintf(out, "--- cursor at row %d, column %d\n", y, x);
    } else {
        fputs("--- cursor hidden\n", out);
    }
}

/* Runs `work` in a child; returns what it wrote, or NULL with *status when it died. */
typedef void child_fn(FILE *out, const struct combination *combination, golden_draw_fn *draw,
                      void *owner);

static char *run_child(child_fn *work, const struct combination *combination, golden_draw_fn *draw,
                       void *owner, int *status)
{
    int pipes[2];
    char *text = NULL;
    size_t size = 0;
    fflush(NULL);
    if (pipe(pipes) != 0) {
        return NULL;
    }
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        FILE *out = fdopen(pipes[1], "w");
        if (out == NULL) {
            _exit(2);
        }
        open_screen(combination);
        work(out, combination, draw, owner);
        fclose(out);
        term_close();
        _exit(0);
    }
    close(pipes[1]);
    FILE *in = fdopen(pipes[0], "r");
    FILE *copy = open_memstream(&text, &size);
    int c;
    while (child > 0 && in != NULL && copy != NULL && (c = getc(in)) != EOF) {
        putc(c, copy);
    }
    if (copy != NULL) {
        fclose(copy);
    }
    if (in != NULL) {
        fclose(in);
    }
    *status = -1;
    while (child > 0 && waitpid(child, status, 0) < 0 && errno == EINTR) {
    }
    if (*status != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void draw_once(FILE *out, const struct combination *combination, golden_draw_fn *draw,
                      void *owner)
{
    (void)combination;
    draw_clear(area_whole(), ROLE_TEXT);
    draw(owner, area_whole());
    term_flush();
    write_screen(out);
}

/* --- comparing --- */

static void make_folders(const char *path)
{
    char folder[1024];
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        mkdir(folder, 0777);
    }
}

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        return NULL;
    }
    ssize_t length = getdelim(&text, &size, '\0', in);
    fclose(in);
    if (length < 0) {
        free(text);
        return strdup("");
    }
    return text;
}

static void write_file(const char *path, const char *text)
{
    make_folders(path);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static size_t line_length(const char *text)
{
    return strcspn(text, "\n");
}

/* The lines that differ, the expected one above the drawn one. */
static void print_difference(const char *path, const char *expected, const char *drawn)
{
    int printed = 0;
    const char *part = "row";
    print_error("%s differs:\n", path);
    for (int line = 1; *expected != '\0' || *drawn != '\0'; line++) {
        size_t was = line_length(expected);
        size_t is = line_length(drawn);
        if (strncmp(drawn, LOOKS_MARK, sizeof LOOKS_MARK - 1) == 0) {
            part = "looks";
            line = 0;
        }
        if ((was != is || memcmp(expected, drawn, was) != 0) && printed++ < DIFF_LINES) {
            print_error("  %s %d\n    expected |%.*s|\n    drawn    |%.*s|\n", part, line, (int)was,
                        expected, (int)is, drawn);
        }
        expected += was + (expected[was] == '\n' ? 1 : 0);
        drawn += is + (drawn[is] == '\n' ? 1 : 0);
    }
    if (printed > DIFF_LINES) {
        print_error("  and %d more lines\n", printed - DIFF_LINES);
    }
}

/* False after having printed what is wrong. */
static bool check_one(const char *name, const struct combination *combination, golden_draw_fn *draw,
                      void *owner)
{
    char path[1024];
    int status;
    const char *update = getenv("GYMTUI_GOLDEN_UPDATE");
    snprintf(path, sizeof path, "%s/%s.%dx%d.%s.%s.txt", TEST_GOLDEN_DIR, name,
             combination->columns, combination->rows, combination->utf8 ? "utf8" : "c",
             combination->colour ? "colour" : "mono");
    char *drawn = run_child(draw_once, combination, draw, owner, &status);
    if (drawn == NULL) {
        print_error("%s: drawing ended with status %d\n", path, status);
        return false;
    }
    if (update != NULL && strcmp(update, "1") == 0) {
        write_file(path, drawn);
        free(drawn);
        return true;
    }
    char *expected = read_file(path);
    bool same = expected != NULL && strcmp(expected, drawn) == 0;
    if (expected == NULL) {
        print_error("%s is missing; GYMTUI_GOLDEN_UPDATE=1 writes it\n", path);
    } else if (!same) {
        print_difference(path, expected, drawn);
    }
    free(expected);
    free(drawn);
    return same;
}

void golden_check(const char *name, golden_draw_fn *draw, void *owner)
{
    static const int sizes[][2] = {{24, 80}, {12, 40}, {43, 132}};
    int wrong = 0;
    for (int i = 0; i < 12; i++) {
        struct combination combination = {sizes[i % 3][0], sizes[i % 3][1], i / 3 % 2 == 0,
                                          i / 6 == 0};
        wrong += check_one(name, &combination, draw, owner) ? 0 : 1;
    }
    if (wrong > 0) {
        fail_msg("%s: %d of 12 drawings are not as in their golden files", name, wrong);
    }
}

/* --- all sizes --- */

#define MOST_ROWS    45
#define MOST_COLUMNS 90

/* Every cell that is marked and outside of the area must still be marked: a blank in ROLE_ACCENT.
 * Looks at the rows `from` to `to`. */
static bool is_untouched(struct area area, int from, int to)
{
    char text[ROW_SIZE];
    char looks[ROW_SIZE];
    for (int y = from; y <= to; y++) {
        bool row_inside = y >= area.y && y < area.y + area.rows;
        if (!term_read_row(y, text, sizeof text, looks, sizeof looks)) {
            return false;
        }
        const char *at = text;
        for (int x = 0; looks[x] != '\0';) {
            uint32_t code;
            bool inside = row_inside && x >= area.x && x < area.x + area.columns;
            at += text_decode(at, &code);
            if (!inside && (looks[x] != 'a' || code != ' ')) {
                return false;
            }
            x += text_code_width(code) > 1 ? text_code_width(code) : 1;
            while (text_decode(at, &code) > 0 && text_code_width(code) == 0) {
                at += text_decode(at, &code);
            }
        }
    }
    return true;
}

/* Small sizes are where things go wrong: above `all` every fifth is enough. */
static int next_size(int size, int all)
{
    return size < all ? size + 1 : size + 5;
}

/* The area grows column by column, so that the marks around it need no renewing; its last row and
 * the one below are looked at each time, the whole screen once a row. */
static void draw_all_sizes(FILE *out, const struct combination *combination, golden_draw_fn *draw,
                           void *owner)
{
    for (int rows = 0; rows <= MOST_ROWS; rows = next_size(rows, 25)) {
        draw_clear(area_whole(), ROLE_ACCENT);
        for (int columns = 0; columns <= MOST_COLUMNS; columns = next_size(columns, 50)) {
            struct area area = {1, 1, rows, columns};
            draw_clear(area, ROLE_TEXT);
            draw(owner, area);
            bool whole = columns == MOST_COLUMNS;
            if (!is_untouched(area, whole ? 0 : rows, whole ? MOST_ROWS + 1 : rows + 1)) {
                fprintf(out, "at %d×%d (%s) cells outside of the area were changed\n", rows,
                        columns, combination->utf8 ? "UTF-8" : "C");
                return;
            }
        }
    }
    term_flush();
}

void golden_check_sizes(const char *name, golden_draw_fn *draw, void *owner)
{
    for (int i = 0; i < 2; i++) {
        struct combination combination = {MOST_ROWS + 2, MOST_COLUMNS + 2, i == 0, true};
        int status;
        char *wrong = run_child(draw_all_sizes, &combination, draw, owner, &status);
        if (wrong == NULL) {
            fail_msg("%s: drawing at all sizes ended with status %d", name, status);
        }
        if (wrong[0] != '\0') {
            fail_msg("%s: %s", name, wrong);
        }
        free(wrong);
    }
}

char *golden_text(int rows, int columns, golden_draw_fn *draw, void *owner)
{
    struct combination combination = {rows, columns, true, true};
    int status;
    char *text = run_child(draw_once, &combination, draw, owner, &status);
    if (text == NULL) {
        fail_msg("drawing ended with status %d", status);
        return NULL;
    }
    char *looks = strstr(text, LOOKS_MARK);
    if (looks != NULL) {
        *looks = '\0';
    }
    return text;
}
