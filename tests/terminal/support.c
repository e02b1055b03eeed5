/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "demonstration.h"

#define TERMINALS  8
#define TEXT_SLOTS 8
#define ROW_BYTES  4000

struct terminal {
    int master;     /* −1 after a hang-up */
    int line;       /* the other end, kept open so that the modes can be read to the last */
    int process_fd; /* readable when the program has ended */
    pid_t process;
    bool ended;
    int status;
    int rows, columns;
    int keys, bells;
    bool alternate, cursor_shown;
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    char *output;
    size_t received, room;
    size_t shown; /* so much of the output is on the screen */
    /* Whether something was waited for and came, since the last input. */
    bool answered;
};

static struct terminal *all[TERMINALS];

/* GYMTUI_TEST_PATIENCE, in seconds, makes tests that fail fail sooner. */
static int64_t patience_ms(void)
{
    const char *text = getenv("GYMTUI_TEST_PATIENCE");
    long seconds = text != NULL ? strtol(text, NULL, 10) : 0;
    return seconds > 0 ? seconds * 1000 : TERMINAL_PATIENCE_MS;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Reading ---- */

static void keep(struct terminal *terminal, const char *bytes, size_t count)
{
    if (terminal->received + count + 1 > terminal->room) {
        terminal->room = (terminal->received + count + 1) * 2;
        terminal->output = realloc(terminal->output, terminal->room);
        assert_non_null(terminal->output);
    }
    memcpy(terminal->output + terminal->received, bytes, count);
    terminal->received += count;
    terminal->output[terminal->received] = '\0';
}

static void read_line(struct terminal *terminal)
{
    char bytes[4096];
    ssize_t count;
    while (terminal->master >= 0 && (count = read(terminal->master, bytes, sizeof bytes)) > 0)
        keep(terminal, bytes, (size_t)count);
}

/* ---- Whole frames ---- */

/* Between these the program paints (a synchronised update); the screen changes at the end. */
static const char frame_begin[] = "\033[?2026h", frame_end[] = "\033[?2026l";
#define MARK_LENGTH (sizeof frame_begin - 1)

/* The end of what may be shown next: of one frame and what comes before it, or of everything when
 * no frame has begun; as far as shown when a frame has begun and not ended. */
static size_t next_end(const struct terminal *terminal)
{
    const char *from = terminal->output + terminal->shown;
    size_t left = terminal->received - terminal->shown;
    const char *begin = memmem(from, left, frame_begin, MARK_LENGTH);
    if (begin != NULL) {
        size_t rest = left - (size_t)(begin - from);
        const char *end = memmem(begin, rest, frame_end, MARK_LENGTH);
        return end != NULL ? (size_t)(end - terminal->output) + MARK_LENGTH : terminal->shown;
    }
    /* The last bytes may be the begin of its mark. */
    size_t part = left < MARK_LENGTH ? left : MARK_LENGTH - 1;
    while (part > 0 && memcmp(from + left - part, frame_begin, part) != 0)
        part--;
    return terminal->received - part;
}

static void show_until(struct terminal *terminal, size_t end)
{
    size_t from = terminal->shown;
    bool answered = terminal->answered; /* what the terminal itself answers is no input */
    terminal->shown = end;
    if (end > from)
        vterm_input_write(terminal->vterm, terminal->output + from, end - from);
    terminal->answered = answered;
}

/* False when no whole frame has come. Of what nobody completes any more the rest is shown too. */
static bool show_frame(struct terminal *terminal)
{
    size_t from = terminal->shown;
    if (terminal->output != NULL)
        show_until(terminal, next_end(terminal));
    if (terminal->shown == from && (terminal->ended || terminal->master < 0))
        show_until(terminal, terminal->received);
    return terminal->shown > from;
}

static bool show_all(struct terminal *terminal)
{
    bool shown = false;
    while (show_frame(terminal))
        shown = true;
    return shown;
}

/* Reads whatever comes on any terminal, and on `descriptor` if it is not −1, for at most so long.
 * False when nothing came. */
static bool pump_all(int descriptor, int milliseconds, bool *ready)
{
    struct pollfd set[2 * TERMINALS + 1];
    struct terminal *whose[2 * TERMINALS + 1];
    nfds_t count = 0;
    for (int i = 0; i < TERMINALS; i++) {
        if (all[i] == NULL)
            continue;
        whose[count] = all[i];
        set[count++] = (struct pollfd){.fd = all[i]->master, .events = POLLIN};
        whose[count] = all[i];
        set[count++] =
            (struct pollfd){.fd = all[i]->ended ? -1 : all[i]->process_fd, .events = POLLIN};
    }
    set[count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    int found = poll(set, count + 1, milliseconds < 0 ? 0 : milliseconds);
    if (found <= 0)
        return false;
    for (nfds_t i = 0; i < count; i++) {
        if (set[i].revents == 0)
            continue;
        struct terminal *terminal = whose[i];
        read_line(terminal);
        if (i % 2 == 1 && waitpid(terminal->process, &terminal->status, WNOHANG) != 0)
            terminal->ended = true;
    }
    if (ready != NULL)
        *ready = set[count].revents != 0;
    return true;
}

/* The same, and shows what came on all terminals but one, whose frames are looked at one by one. */
static bool pump(const struct terminal *but, int descriptor, int milliseconds, bool *ready)
{
    bool came = pump_all(descriptor, milliseconds, ready);
    for (int i = 0; i < TERMINALS; i++) {
        if (all[i] != NULL && all[i] != but && show_all(all[i]))
            all[i]->answered = true; /* what stands there now is looked at for the first time */
    }
    return came;
}

size_t terminal_watch(struct terminal *terminal, int milliseconds)
{
    size_t before = terminal->received;
    int64_t until = now_ms() + milliseconds;
    while (now_ms() < until)
        pump(NULL, -1, (int)(until - now_ms()), NULL);
    terminal->answered = true;
    return terminal->received - before;
}

bool terminal_wait_descriptor(int descriptor, int milliseconds)
{
    int64_t until = now_ms() + milliseconds;
    bool ready = false;
    while (!ready && now_ms() < until)
        pump(NULL, descriptor, (int)(until - now_ms()), &ready);
    return ready;
}

/* ---- What libvterm reports ---- */

static void answer(const char *bytes, size_t count, void *owner)
{
    terminal_send(owner, bytes, count);
}

static int on_property(VTermProp property, VTermValue *value, void *owner)
{
    struct terminal *terminal = owner;
    if (property == VTERM_PROP_ALTSCREEN)
        terminal->alternate = value->boolean != 0;
    if (property == VTERM_PROP_CURSORVISIBLE)
        terminal->cursor_shown = value->boolean != 0;
    return 1;
}

static int on_bell(void *owner)
{
    ((struct terminal *)owner)->bells++;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

/* ---- Opening and closing ---- */

__attribute__((noreturn)) static void become_program(const char *const *command, char **environment,
                                                     int line)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    if (login_tty(line) == 0)
        execve(command[0], (char *const *)command, environment);
    dprintf(STDERR_FILENO, "%s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static struct terminal *new_terminal(int rows, int columns)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    assert_non_null(terminal);
    int slot = 0;
    while (slot < TERMINALS && all[slot] != NULL)
        slot++;
    assert_true(slot < TERMINALS);

    terminal->rows = rows;
    terminal->columns = columns;
    terminal->cursor_shown = true;
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (openpty(&terminal->master, &terminal->line, NULL, NULL, &size) != 0)
        fail_msg("no pseudo-terminal: %s", strerror(errno));
    fcntl(terminal->master, F_SETFD, FD_CLOEXEC);
    fcntl(terminal->line, F_SETFD, FD_CLOEXEC);
    fcntl(terminal->master, F_SETFL, O_NONBLOCK);
    tcgetattr(terminal->line, &terminal->before);

    terminal->vterm = vterm_new(rows, columns);
    vterm_set_utf8(terminal->vterm, 1);
    vterm_output_set_callback(terminal->vterm, answer, terminal);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
    all[slot] = terminal;
    return terminal;
}

struct terminal *terminal_open_as(const struct terminal_start *start)
{
    struct terminal *terminal =
        new_terminal(start->rows > 0 ? start->rows : 24, start->columns > 0 ? start->columns : 80);
    char term[64], locale[64];
    snprintf(term, sizeof term, "TERM=%s", start->term != NULL ? start->term : "xterm-256color");
    snprintf(locale, sizeof locale, "LC_ALL=%s", start->locale != NULL ? start->locale : "C.UTF-8");
    const char *more[16] = {term, locale};
    int count = 2;
    for (int i = 0; start->environment[i] != NULL; i++)
        more[count++] = start->environment[i];
    if (start->command == NULL)
        more[count] = TERMINAL_DESK_PATIENCE;
    char **environment = demonstration_environment(more);
    const char *const own[] = {demonstration_binary(), NULL};

    terminal->process = fork();
    if (terminal->process == 0)
        become_program(start->command != NULL ? start->command : own, environment, terminal->line);
    free(environment);
    assert_true(terminal->process > 0);
    terminal->process_fd = pidfd_open(terminal->process, 0);
    assert_true(terminal->process_fd >= 0);
    return terminal;
}

struct terminal *terminal_open(int rows, int columns)
{
    return terminal_open_as(&(struct terminal_start){.rows = rows, .columns = columns});
}

void terminal_hang_up(struct terminal *terminal)
{
    read_line(terminal);
    if (terminal->master >= 0)
        close(terminal->master);
    terminal->master = -1;
    show_all(terminal);
}

void terminal_close(struct terminal *terminal)
{
    for (int i = 0; i < TERMINALS; i++) {
        if (all[i] == terminal)
            all[i] = NULL;
    }
    if (!terminal->ended) {
        kill(terminal->process, SIGKILL);
        waitpid(terminal->process, &terminal->status, 0);
    }
    terminal_hang_up(terminal);
    close(terminal->line);
    close(terminal->process_fd);
    vterm_free(terminal->vterm);
    free(terminal->output);
    free(terminal);
}

int terminal_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < TERMINALS; i++) {
        if (all[i] != NULL)
            terminal_close(all[i]);
    }
    return 0;
}

/* ---- Keys ---- */

void terminal_send(struct terminal *terminal, const void *bytes, size_t count)
{
    const char *left = bytes;
    int64_t until = now_ms() + patience_ms();
    terminal->answered = false;
    while (count > 0 && terminal->master >= 0 && now_ms() < until) {
        ssize_t sent = write(terminal->master, left, count);
        if (sent > 0) {
            left += sent;
            count -= (size_t)sent;
        } else if (errno == EAGAIN) {
            pump_all(-1, 20, NULL); /* its line is full: it has to read first */
        } else {
            break;
        }
    }
    if (count > 0)
        fail_msg("the terminal takes no more input: %s", strerror(errno));
}

static void send_key(struct terminal *terminal, const char *key)
{
    static const struct {
        const char *name;
        VTermKey key;
        VTermModifier modifier;
    } names[] = {
        {"Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE},
        {"Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE},
        {"Tab", VTERM_KEY_TAB, VTERM_MOD_NONE},
        {"Shift-Tab", VTERM_KEY_TAB, VTERM_MOD_SHIFT},
        {"Backspace", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE},
        {"Up", VTERM_KEY_UP, VTERM_MOD_NONE},
        {"Down", VTERM_KEY_DOWN, VTERM_MOD_NONE},
        {"Left", VTERM_KEY_LEFT, VTERM_MOD_NONE},
        {"Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE},
        {"Home", VTERM_KEY_HOME, VTERM_MOD_NONE},
        {"End", VTERM_KEY_END, VTERM_MOD_NONE},
        {"Page-Up", VTERM_KEY_PAGEUP, VTERM_MOD_NONE},
        {"Page-Down", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE},
        {"Delete", VTERM_KEY_DEL, VTERM_MOD_NONE},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, key) == 0) {
            vterm_keyboard_key(terminal->vterm, names[i].key, names[i].modifier);
            return;
        }
    }
    if (key[0] == 'F' && key[1] >= '1' && key[1] <= '9')
        vterm_keyboard_key(terminal->vterm, (VTermKey)VTERM_KEY_FUNCTION(strtol(key + 1, NULL, 10)),
                           VTERM_MOD_NONE);
    else if (key[0] == '^' && key[1] != '\0')
        terminal_send(terminal, &(char){(char)(key[1] & 0x1f)}, 1);
    else
        terminal_send(terminal, key, strlen(key));
}

void terminal_key(struct terminal *terminal, const char *key)
{
    terminal->keys++;
    send_key(terminal, key);
}

void terminal_type(struct terminal *terminal, const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        terminal->keys += ((unsigned char)*at & 0xc0) != 0x80; /* one a character */
    terminal_send(terminal, text, strlen(text));
}

void terminal_paste(struct terminal *terminal, const char *text)
{
    vterm_keyboard_start_paste(terminal->vterm);
    terminal_send(terminal, text, strlen(text));
    vterm_keyboard_end_paste(terminal->vterm);
}

void terminal_scan(struct terminal *terminal, const char *code)
{
    char bytes[256];
    int length = snprintf(bytes, sizeof bytes, "%s\r", code);
    terminal_send(terminal, bytes, (size_t)length);
}

int terminal_keys_used(const struct terminal *terminal)
{
    return terminal->keys;
}

void terminal_keys_forget(struct terminal *terminal)
{
    terminal->keys = 0;
}

/* ---- Waiting ---- */

void terminal_wait_until_at(struct terminal *terminal, terminal_predicate *is_so, const void *owner,
                            const char *what, const char *file, int line)
{
    int64_t until = now_ms() + patience_ms();
    if (!terminal->answered && is_so(terminal, owner)) {
        print_error("%s:%d: this was so already when the last key was sent: %s\n"
                    "Wait for something that the key brings.\n",
                    file, line, what);
        terminal_print(terminal);
        _fail(file, line);
    }
    while (!is_so(terminal, owner)) {
        if (show_frame(terminal))
            continue;
        bool may_come = now_ms() < until && !(terminal->ended && !pump(terminal, -1, 0, NULL));
        if (may_come) {
            pump(terminal, -1, (int)(until - now_ms()), NULL);
            continue;
        }
        print_error("%s:%d: waited in vain: %s%s\n", file, line, what,
                    terminal->ended ? " (the program has ended)" : "");
        terminal_print(terminal);
        _fail(file, line);
    }
    terminal->answered = true;
}

struct wanted {
    const char *text;
    bool shown;
};

static bool is_as_wanted(struct terminal *terminal, const void *owner)
{
    const struct wanted *wanted = owner;
    return terminal_shows(terminal, wanted->text) == wanted->shown;
}

void terminal_wait_at(struct terminal *terminal, const char *text, bool shown, const char *file,
                      int line)
{
    struct wanted wanted = {text, shown};
    char what[200];
    snprintf(what, sizeof what, "“%s” %s", text, shown ? "is shown" : "is gone");
    terminal_wait_until_at(terminal, is_as_wanted, &wanted, what, file, line);
}

static bool has_ended(struct terminal *terminal, const void *owner)
{
    (void)owner;
    return terminal->ended;
}

int terminal_wait_end_at(struct terminal *terminal, const char *file, int line)
{
    terminal->answered = true;
    terminal_wait_until_at(terminal, has_ended, NULL, "the program ends", file, line);
    read_line(terminal);
    show_all(terminal);
    return terminal->status;
}

/* ---- What is seen ---- */

static char *next_text(void)
{
    static char texts[TEXT_SLOTS][ROW_BYTES];
    static int next;
    return texts[next++ % TEXT_SLOTS];
}

static size_t encode(uint32_t code, char *bytes)
{
    if (code < 0x80) {
        bytes[0] = (char)code;
        return 1;
    }
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = count; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(heads[count] | code);
    return count;
}

static size_t cell_text(const VTermScreenCell *cell, char *text)
{
    size_t length = 0;
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0; i++)
        length += encode(cell->chars[i], text + length);
    if (length == 0)
        text[length++] = ' ';
    return length;
}

const char *terminal_row(struct terminal *terminal, int row)
{
    char *text = next_text();
    size_t length = 0;
    for (int column = 0; column < terminal->columns && length + 32 < ROW_BYTES;) {
        VTermScreenCell cell = {0};
        vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
        length += cell_text(&cell, text + length);
        column += cell.width > 1 ? cell.width : 1;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}

int terminal_row_of(struct terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++) {
        if (strstr(terminal_row(terminal, row), text) != NULL)
            return row;
    }
    return -1;
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
    return terminal_row_of(terminal, text) >= 0;
}

int terminal_column_of(struct terminal *terminal, int row, const char *text)
{
    const char *whole = terminal_row(terminal, row);
    const char *found = strstr(whole, text);
    if (found == NULL)
        return -1;
    size_t bytes = 0;
    int column = 0;
    while (bytes < (size_t)(found - whole)) {
        VTermScreenCell cell = {0};
        char ignored[32];
        vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
        bytes += cell_text(&cell, ignored);
        column += cell.width > 1 ? cell.width : 1;
    }
    return column;
}

struct terminal_cell terminal_cell(struct terminal *terminal, int row, int column)
{
    VTermScreenCell cell = {0};
    vterm_screen_get_cell(terminal->screen, (VTermPos){row, column}, &cell);
    struct terminal_cell seen = {
        .bold = cell.attrs.bold,
        .reverse = cell.attrs.reverse,
        .underline = cell.attrs.underline != 0,
        .coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg),
        .coloured_ground = !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg),
    };
    seen.text[cell_text(&cell, seen.text)] = '\0';
    return seen;
}

int terminal_bells(const struct terminal *terminal)
{
    return terminal->bells;
}

bool terminal_is_alternate(const struct terminal *terminal)
{
    return terminal->alternate;
}

bool terminal_cursor_is_shown(const struct terminal *terminal)
{
    return terminal->cursor_shown;
}

size_t terminal_received(const struct terminal *terminal)
{
    return terminal->received;
}

const char *terminal_output(const struct terminal *terminal)
{
    return terminal->output != NULL ? terminal->output : "";
}

void terminal_print(struct terminal *terminal)
{
    print_error("---- %d rows, %d columns, %zu bytes received, %zu of them shown ----\n",
                terminal->rows, terminal->columns, terminal->received, terminal->shown);
    for (int row = 0; row < terminal->rows; row++)
        print_error("|%s\n", terminal_row(terminal, row));
    print_error("----\n");
}

/* ---- The program and its line ---- */

pid_t terminal_process(const struct terminal *terminal)
{
    return terminal->process;
}

bool terminal_has_ended(const struct terminal *terminal)
{
    return terminal->ended;
}

void terminal_signal(struct terminal *terminal, int number)
{
    assert_return_code(kill(terminal->process, number), errno);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    read_line(terminal);
    show_all(terminal);
    terminal->rows = rows;
    terminal->columns = columns;
    vterm_set_size(terminal->vterm, rows, columns);
    assert_return_code(ioctl(terminal->master, TIOCSWINSZ, &size), errno);
}

struct termios terminal_modes(const struct terminal *terminal)
{
    struct termios modes = {0};
    assert_return_code(tcgetattr(terminal->line, &modes), errno);
    return modes;
}

struct termios terminal_modes_before(const struct terminal *terminal)
{
    return terminal->before;
}

bool terminal_modes_are_same(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}
