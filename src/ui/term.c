/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal is taken once and given back on every way out: by term_close and atexit for the
 * orderly ones, by term_signals.c for a crash.
 */
#include "gymtui/ui/term.h"

#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "internal.h"

#define ON(mouse)  ((mouse) ? TERM_PASTE_ON TERM_MOUSE_ON : TERM_PASTE_ON)
#define OFF(mouse) ((mouse) ? TERM_MOUSE_OFF TERM_PASTE_OFF : TERM_PASTE_OFF)

static struct {
    bool open, fixed, ascii, plain, mouse, bell, cursor_shown, cursor_wanted;
    const char *substitute;
    SCREEN *screen;
    FILE *in, *out; /* /dev/null when fixed */
    int cursor_y, cursor_x;
    struct termios modes;
} term;

const char *term_capability(const char *name)
{
    const char *value = tigetstr(name);
    return value != NULL && (intptr_t)value != -1 ? value : NULL;
}

int term_input_descriptor(void)
{
    return STDIN_FILENO;
}

/* --- opening --- */

static SCREEN *start_screen(FILE *out, FILE *in)
{
    static const char *const others[] = {"xterm-256color", "vt100"};
    /* What the terminal says of its size goes before LINES and COLUMNS of the shell, which would
     * stand against every later resize. */
    use_tioctl(TRUE);
    SCREEN *screen = newterm(NULL, out, in);
    for (size_t i = 0; screen == NULL && i < sizeof others / sizeof others[0]; i++) {
        screen = newterm(others[i], out, in);
        term.substitute = others[i];
    }
    return screen;
}

static bool choose_ascii(const char *wish)
{
    setlocale(LC_CTYPE, "");
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (strcmp(wish, "no") == 0 && !utf8) {
        utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    }
    return strcmp(wish, "yes") == 0 || !utf8;
}

static bool open_fixed(const struct term_options *options, struct error *error)
{
    term.in = fopen("/dev/null", "r");
    term.out = fopen("/dev/null", "w");
    term.screen = term.in != NULL && term.out != NULL ? start_screen(term.out, term.in) : NULL;
    if (term.screen == NULL) {
        return error_set(error, ERROR_SYSTEM, NULL, "the screen on /dev/null could not be opened");
    }
    resizeterm(options->fixed_rows, options->fixed_columns);
    return true;
}

static bool open_real(struct error *error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &term.modes) != 0) {
        return error_set(error, ERROR_USAGE, "Without one, see gymtui --help for the commands.",
                         "the screens need a terminal");
    }
    term_take_signals();
    term.screen = start_screen(stdout, stdin);
    if (term.screen == NULL) {
        term_give_signals_back();
        return error_set(error, ERROR_SYSTEM, "Install ncurses-base, or set TERM.",
                         "no description of any usable terminal was found");
    }
    if (term_capability("cup") == NULL) {
        endwin();
        delscreen(term.screen);
        term_give_signals_back();
        return error_set(error, ERROR_SYSTEM, "Set TERM to what it really is, such as xterm.",
                         "this terminal cannot place its cursor");
    }
    /* Until its first endwin, curses (6.4) takes nothing for granted and writes after each move of
     * the cursor: a frame in a dozen pieces. From here on it comes in one. */
    endwin();
    return true;
}

static void set_modes(void)
{
    cbreak(); /* not raw: ^S ^Q ^Z ^C keep their meaning */
    noecho();
    nonl();
    typeahead(-1);
    intrflush(NULL, FALSE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, FALSE);
}

bool term_open(const struct term_options *options, struct error *error)
{
    if (term.open) {
        return true;
    }
    term.fixed = options->fixed_rows > 0;
    term.ascii = choose_ascii(options->ascii != NULL ? options->ascii : "auto");
    term.mouse = options->mouse && !term.fixed;
    term.bell = options->bell;
    term.plain = options->plain;
    term.substitute = NULL;
    if (!(term.fixed ? open_fixed(options, error) : open_real(error))) {
        if (term.in != NULL) {
            fclose(term.in);
        }
        if (term.out != NULL) {
            fclose(term.out);
        }
        term.in = term.out = NULL;
        return false;
    }
    term.open = true;
    const char *no_colour = getenv("NO_COLOR");
    bool colour = term.fixed ? options->fixed_colour : no_colour == NULL || no_colour[0] == '\0';
    theme_start(options->theme != NULL ? options->theme : "auto", colour);
    term.cursor_shown = curs_set(0) == ERR;
    term.cursor_y = term.cursor_x = 0;
    if (!term.fixed) {
        static bool registered;
        set_modes();
        term_arm_restore(&term.modes);
        if (!registered) {
            registered = true;
            atexit(term_close);
        }
        log_screen_is_up(true);
        term_take_size();
        term_send(ON(term.mouse));
    }
    return true;
}

void term_set_interrupts(bool allowed)
{
    struct termios modes;
    if (!term.open || term.fixed || tcgetattr(STDIN_FILENO, &modes) != 0) {
        return;
    }
    if (allowed) {
        modes.c_lflag |= ISIG;
        modes.c_iflag |= term.modes.c_iflag & IXON;
    } else {
        modes.c_lflag &= ~(tcflag_t)ISIG;
        modes.c_iflag &= ~(tcflag_t)IXON; /* nor does ^S stop what others should see */
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
    def_prog_mode();
}

void term_close(void)
{
    if (!term.open) {
        return;
    }
    term.open = false;
    if (!term.fixed) {
        term_send(OFF(term.mouse));
    }
    curs_set(1);
    endwin();
    delscreen(term.screen);
    term.screen = NULL;
    if (term.fixed) {
        fclose(term.in);
        fclose(term.out);
        term.in = term.out = NULL;
        return;
    }
    /* endwin put back what it knew; the modes from before everything are the truth. */
    tcsetattr(STDIN_FILENO, TCSANOW, &term.modes);
    term_give_signals_back();
    log_screen_is_up(false);
}

void term_leave(void)
{
    term_send(OFF(term.mouse));
    def_prog_mode();
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &term.modes);
}

void term_return(void)
{
    reset_prog_mode();
    term_send(ON(term.mouse));
    curs_set(0);
    term.cursor_shown = false;
    term_take_size();
    term_redraw();
}

bool term_is_open(void)
{
    return term.open;
}

/* --- facts --- */

bool term_take_size(void)
{
    struct winsize size;
    if (term.fixed || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
        size.ws_col == 0) {
        return false;
    }
    if (size.ws_row == LINES && size.ws_col == COLS) {
        return false;
    }
    resizeterm(size.ws_row, size.ws_col);
    term_redraw();
    return true;
}

int term_rows(void)
{
    return term.open ? getmaxy(stdscr) : 0;
}

int term_columns(void)
{
    return term.open ? getmaxx(stdscr) : 0;
}

bool term_is_ascii(void)
{
    return term.ascii;
}

bool term_has_colour(void)
{
    return theme_has_colour();
}

bool term_is_plain(void)
{
    return term.plain;
}

const char *term_substitute(void)
{
    return term.substitute;
}

/* --- output --- */

void term_bell(void)
{
    if (term.open && term.bell && !term.fixed) {
        beep();
    }
}

void term_redraw(void)
{
    if (term.open) {
        clearok(curscr, TRUE);
    }
}

/* Whether doupdate will send more than the cursor's place. */
static bool frame_changes(void)
{
    return is_wintouched(newscr) || is_cleared(newscr) || is_cleared(curscr);
}

void term_flush(void)
{
    if (!term.open) {
        return;
    }
    int y = term.cursor_y;
    int x = term.cursor_x;
    bool shown = draw_take_cursor(&y, &x);
    term.cursor_wanted = shown;
    /* A hidden cursor stays where it was, so that an unchanged screen sends nothing at all. */
    term.cursor_y = y < getmaxy(stdscr) ? y : getmaxy(stdscr) - 1;
    term.cursor_x = x < getmaxx(stdscr) ? x : getmaxx(stdscr) - 1;
    move(term.cursor_y, term.cursor_x);
    wnoutrefresh(stdscr);
    bool changes = !term.fixed && frame_changes();
    if (changes) {
        term_send(TERM_FRAME_BEGIN); /* curses has nothing left to send from before */
    }
    if (shown != term.cursor_shown && curs_set(shown ? 1 : 0) != ERR) {
        term.cursor_shown = shown;
    }
    doupdate();
    if (changes) {
        term_send(TERM_FRAME_END);
    }
}

bool term_read_row(int y, char *text, int text_size, char *looks, int looks_size)
{
    if (!term.open || y < 0 || y >= getmaxy(stdscr) || text_size < 1 || looks_size < 1) {
        return false;
    }
    int length = 0;
    int letters = 0;
    int columns = getmaxx(stdscr);
    for (int x = 0; x < columns;) {
        cchar_t cell;
        wchar_t codes[CCHARW_MAX + 1] = {0};
        attr_t attributes = 0;
        short pair = 0;
        if (mvin_wch(y, x, &cell) == ERR ||
            getcchar(&cell, codes, &attributes, &pair, NULL) == ERR) {
            break;
        }
        char letter = theme_letter(attributes & ~(attr_t)A_COLOR, pair);
        int width = codes[0] != L'\0' ? text_code_width((uint32_t)codes[0]) : 1;
        for (int i = 0; codes[i] != L'\0' && length + 5 < text_size; i++) {
            length += (int)text_encode((uint32_t)codes[i], text + length);
        }
        for (int i = 0; i < (width < 1 ? 1 : width); i++, x++) {
            if (letters + 1 < looks_size) {
                looks[letters++] = letter;
            }
        }
    }
    text[length] = '\0';
    looks[letters] = '\0';
    return true;
}

bool term_read_cursor(int *y, int *x)
{
    *y = term.cursor_y;
    *x = term.cursor_x;
    return term.open && term.cursor_wanted;
}
