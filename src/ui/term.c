/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal is taken once and given back on every way out. For the orderly ones term_close and
 * atexit do it; for a crash everything that is needed (the bytes to send, the modes to set) is
 * prepared at the start, so that the handler only calls write, tcsetattr and raise. All signals
 * the interface understands are blocked from here on; the loop lets them in while it waits.
 */
#include "gymtui/ui/term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/base/log.h"
#include "gymtui/base/text.h"
#include "internal.h"

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

volatile sig_atomic_t term_signal_resized, term_signal_end, term_signal_hangup, term_signal_stop,
    term_signal_continued;

static const int loop_signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};
static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
#define LOOP_SIGNALS  (sizeof loop_signals / sizeof loop_signals[0])
#define CRASH_SIGNALS (sizeof crash_signals / sizeof crash_signals[0])

static struct {
    bool open, fixed, ascii, mouse, bell, cursor_shown, cursor_wanted;
    const char *substitute;
    SCREEN *screen;
    FILE *in, *out; /* /dev/null when fixed */
    int cursor_y, cursor_x;
    struct termios modes;
    sigset_t mask; /* before */
    struct sigaction loop_before[LOOP_SIGNALS], crash_before[CRASH_SIGNALS];
} term;

/* What the crash handler needs; set once before the handlers are. */
static char restore_bytes[256];
static size_t restore_count;
static struct termios restore_modes;
static volatile sig_atomic_t restore_armed;

static void send(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, count);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void send_text(const char *text)
{
    send(text, strlen(text));
}

static void on_crash(int number)
{
    if (restore_armed) {
        restore_armed = 0;
        send(restore_bytes, restore_count);
        tcsetattr(STDIN_FILENO, TCSANOW, &restore_modes);
    }
    /* The handler was installed to run once: raised again, the signal does what it always did. */
    raise(number);
}

static void on_signal(int number)
{
    switch (number) {
    case SIGWINCH:
        term_signal_resized = 1;
        break;
    case SIGHUP:
        term_signal_hangup = 1;
        break;
    case SIGTSTP:
        term_signal_stop = 1;
        break;
    case SIGCONT:
        term_signal_continued = 1;
        break;
    default:
        term_signal_end = 1;
        break;
    }
}

const char *term_capability(const char *name)
{
    const char *value = tigetstr(name);
    return value != NULL && (intptr_t)value != -1 ? value : NULL;
}

/* Appends a terminfo string without its $<5> delays. */
static void append_capability(const char *name)
{
    const char *value = term_capability(name);
    while (value != NULL && *value != '\0' && restore_count + 1 < sizeof restore_bytes) {
        if (value[0] == '$' && value[1] == '<' && strchr(value, '>') != NULL) {
            value = strchr(value, '>') + 1;
            continue;
        }
        restore_bytes[restore_count++] = *value++;
    }
}

static void prepare_restore(void)
{
    restore_count = 0;
    for (const char *s = MOUSE_OFF PASTE_OFF; *s != '\0'; s++) {
        restore_bytes[restore_count++] = *s;
    }
    append_capability("sgr0");
    append_capability("cnorm");
    append_capability("rmcup");
    restore_modes = term.modes;
    restore_armed = 1;
}

static void take_signals(void)
{
    sigset_t block;
    sigemptyset(&block);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaddset(&block, loop_signals[i]);
    }
    sigprocmask(SIG_BLOCK, &block, &term.mask);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        struct sigaction action = {.sa_handler = on_signal};
        sigfillset(&action.sa_mask);
        sigaction(loop_signals[i], &action, &term.loop_before[i]);
        /* What waits in the loop must come through even if our parent had it blocked. */
        sigdelset(&term.mask, loop_signals[i]);
    }
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        struct sigaction action = {.sa_handler = on_crash};
        action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
        sigfillset(&action.sa_mask);
        sigdelset(&action.sa_mask, crash_signals[i]);
        sigaction(crash_signals[i], &action, &term.crash_before[i]);
    }
}

static void give_signals_back(void)
{
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], &term.crash_before[i], NULL);
    }
    /* What came in while it was blocked has been answered: the end is on its way. */
    const struct timespec at_once = {0, 0};
    sigset_t pending;
    sigemptyset(&pending);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaddset(&pending, loop_signals[i]);
    }
    while (sigtimedwait(&pending, NULL, &at_once) > 0) {
    }
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaction(loop_signals[i], &term.loop_before[i], NULL);
    }
    if (term_signal_hangup) { /* the terminal is gone; what is left to do is done in peace */
        signal(SIGHUP, SIG_IGN);
    }
    sigprocmask(SIG_SETMASK, &term.mask, NULL);
}

const sigset_t *term_wait_mask(void)
{
    return &term.mask;
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
    take_signals();
    term.screen = start_screen(stdout, stdin);
    if (term.screen == NULL) {
        give_signals_back();
        return error_set(error, ERROR_SYSTEM, "Install ncurses-base, or set TERM.",
                         "no description of any usable terminal was found");
    }
    if (term_capability("cup") == NULL) {
        endwin();
        delscreen(term.screen);
        give_signals_back();
        return error_set(error, ERROR_SYSTEM, "Set TERM to what it really is, such as xterm.",
                         "this terminal cannot place its cursor");
    }
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
        prepare_restore();
        if (!registered) {
            registered = true;
            atexit(term_close);
        }
        log_screen_is_up(true);
        term_take_size();
        send_text(term.mouse ? PASTE_ON MOUSE_ON : PASTE_ON);
    }
    return true;
}

void term_close(void)
{
    if (!term.open) {
        return;
    }
    term.open = false;
    if (!term.fixed) {
        send_text(term.mouse ? MOUSE_OFF PASTE_OFF : PASTE_OFF);
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
    restore_armed = 0;
    /* endwin put back what it knew; the modes from before everything are the truth. */
    tcsetattr(STDIN_FILENO, TCSANOW, &term.modes);
    give_signals_back();
    log_screen_is_up(false);
}

void term_leave(void)
{
    send_text(term.mouse ? MOUSE_OFF PASTE_OFF : PASTE_OFF);
    def_prog_mode();
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &term.modes);
}

void term_return(void)
{
    reset_prog_mode();
    send_text(term.mouse ? PASTE_ON MOUSE_ON : PASTE_ON);
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

void term_flush(void)
{
    if (!term.open) {
        return;
    }
    int y = term.cursor_y;
    int x = term.cursor_x;
    bool shown = draw_take_cursor(&y, &x);
    term.cursor_wanted = shown;
    if (shown != term.cursor_shown && curs_set(shown ? 1 : 0) != ERR) {
        term.cursor_shown = shown;
    }
    /* A hidden cursor stays where it was, so that an unchanged screen sends nothing at all. */
    term.cursor_y = y < getmaxy(stdscr) ? y : getmaxy(stdscr) - 1;
    term.cursor_x = x < getmaxx(stdscr) ? x : getmaxx(stdscr) - 1;
    move(term.cursor_y, term.cursor_x);
    wnoutrefresh(stdscr);
    doupdate();
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
