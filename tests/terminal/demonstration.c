/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include "demonstration.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS      8
#define TEXT_BYTES 4000
#define MOST_WORDS 16
#define GYM        "1"

static struct {
    char binary[512];
    char directory[64];
    char zone[80];   /* PGTZ=…, the first gym's */
    int keeper_line; /* when its other end reads the end of it, the demonstration is removed */
    int keeper_word; /* a byte comes when that is done */
    pid_t owner;
} demonstration = {.keeper_line = -1, .keeper_word = -1};

const char *demonstration_binary(void)
{
    return demonstration.binary;
}

const char *demonstration_directory(void)
{
    return demonstration.directory;
}

char **demonstration_environment(const char *const *more)
{
    static char path[600], home[100], place[120], zone[] = "TZ=UTC", locale[] = "LC_ALL=C.UTF-8";
    /* A loaded machine is no dead server. */
    static char patience[] = "GYMTUI_DATABASE_CONNECT_TIMEOUT=60000";
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    snprintf(home, sizeof home, "HOME=%s/home", demonstration.directory);
    snprintf(place, sizeof place, "GYMTUI_DEMO_DIRECTORY=%s", demonstration.directory);
    char *const own[] = {path, home, place, zone, locale, patience};
    char **environment = calloc(32, sizeof *environment);
    assert_non_null(environment);
    int count = 0;
    for (int i = 0; more != NULL && more[i] != NULL; i++)
        environment[count++] = (char *)more[i];
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        /* What is named twice is taken from the first. */
        size_t name = strcspn(own[i], "=") + 1;
        bool given = false;
        for (int j = 0; j < count; j++)
            given = given || strncmp(environment[j], own[i], name) == 0;
        if (!given)
            environment[count++] = own[i];
    }
    return environment;
}

/* ---- Running programs ---- */

static int run_with(const char *const *more, const char *const *command, char *output, size_t size)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail_msg("pipe: %s", strerror(errno));
    char **environment = demonstration_environment(more);
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execve(command[0], (char *const *)command, environment);
        _exit(127);
    }
    close(ends[1]);
    free(environment);
    size_t length = 0;
    ssize_t count = 0;
    char rest[512];
    while ((count = length + 1 < size ? read(ends[0], output + length, size - 1 - length)
                                      : read(ends[0], rest, sizeof rest)) > 0) {
        if (length + 1 < size)
            length += (size_t)count;
    }
    output[length] = '\0';
    close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        fail_msg("%s could not be run", command[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int demonstration_run(const char *const *command, char *output, size_t size)
{
    return run_with(NULL, command, output, size);
}

void demonstration_gymtui(const char *word, ...)
{
    const char *command[MOST_WORDS] = {demonstration.binary, word};
    va_list words;
    va_start(words, word);
    for (int i = 2; i < MOST_WORDS && (command[i] = va_arg(words, const char *)) != NULL; i++) {
    }
    va_end(words);
    char output[TEXT_BYTES];
    int status = demonstration_run(command, output, sizeof output);
    if (status != 0)
        fail_msg("gymtui %s: status %d: %s", word, status, output);
}

static const char *ask(const char *sql, va_list arguments)
{
    static char texts[SLOTS][TEXT_BYTES];
    static int next;
    char question[TEXT_BYTES];
    int length = vsnprintf(question, sizeof question, sql, arguments);
    if (length < 0 || (size_t)length >= sizeof question)
        fail_msg("SQL too long: %.60s…", sql);
    const char *const command[] = {demonstration.binary, "psql", "-XAtq",  "-v",
                                   "ON_ERROR_STOP=1",    "-c",   question, NULL};
    char *text = texts[next++ % SLOTS];
    const char *const zone[] = {demonstration.zone, NULL};
    int status = run_with(*demonstration.zone != '\0' ? zone : NULL, command, text, TEXT_BYTES);
    if (status != 0)
        fail_msg("%s: %s", question, text);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

const char *demonstration_ask(const char *sql, ...)
{
    va_list arguments;
    va_start(arguments, sql);
    const char *text = ask(sql, arguments);
    va_end(arguments);
    return text;
}

int64_t demonstration_count(const char *sql, ...)
{
    va_list arguments;
    va_start(arguments, sql);
    const char *text = ask(sql, arguments);
    va_end(arguments);
    return strtoll(text, NULL, 10);
}

/* ---- Making and removing ---- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void fall_silent(void)
{
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
}

/* A process that outlives a test program killed in the midst of a test, as ctest does it: with all
 * its descendants, so this is none of them. Ends with a byte when everything is removed. */
static void keep_watch(int line, int word)
{
    sigset_t everything;
    sigfillset(&everything);
    sigprocmask(SIG_BLOCK, &everything, NULL); /* ^C and ctest's time limit are not meant for it */
    setsid();
    fall_silent();
    char byte;
    while (read(line, &byte, 1) < 0 && errno == EINTR) {
    }
    sigprocmask(SIG_UNBLOCK, &everything, NULL);
    char **environment = demonstration_environment(NULL);
    pid_t child = fork();
    if (child == 0) {
        execle(demonstration.binary, "gymtui", "demo", "destroy", "--yes", (char *)NULL,
               environment);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0)
        _exit(1);
    nftw(demonstration.directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    bool gone = access(demonstration.directory, F_OK) != 0;
    _exit(!gone || write(word, "", 1) != 1);
}

static bool start_keeper(void)
{
    int line[2], word[2];
    if (pipe2(line, O_CLOEXEC) != 0 || pipe2(word, O_CLOEXEC) != 0)
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(line[1]);
        close(word[0]);
        if (fork() == 0)
            keep_watch(line[0], word[1]);
        _exit(0);
    }
    close(line[0]);
    close(word[1]);
    demonstration.keeper_line = line[1];
    demonstration.keeper_word = word[0];
    return child > 0 && waitpid(child, NULL, 0) == child;
}

static int remove_all(void)
{
    if (demonstration.owner != getpid())
        return 0;
    demonstration.owner = 0;
    close(demonstration.keeper_line);
    char word;
    bool gone = read(demonstration.keeper_word, &word, 1) == 1;
    if (!gone)
        fprintf(stderr, "the demonstration in %s could not be removed\n", demonstration.directory);
    return gone ? 0 : -1;
}

static void remove_at_exit(void)
{
    remove_all();
}

int demonstration_setup(void **state)
{
    (void)state;
    const char *binary = getenv("GYMTUI_BINARY");
    if (binary == NULL || access(binary, X_OK) != 0) {
        print_error("GYMTUI_BINARY does not name the program under test\n");
        return -1;
    }
    snprintf(demonstration.binary, sizeof demonstration.binary, "%s", binary);
    /* Not TMPDIR: a socket's path has at most 107 bytes, and its way must be open to everybody. */
    snprintf(demonstration.directory, sizeof demonstration.directory, "/tmp/gymtui-term-XXXXXX");
    if (mkdtemp(demonstration.directory) == NULL || chmod(demonstration.directory, 0711) != 0) {
        print_error("%s: %s\n", demonstration.directory, strerror(errno));
        return -1;
    }
    char home[100];
    snprintf(home, sizeof home, "%s/home", demonstration.directory);
    mkdir(home, 0700);

    if (!start_keeper())
        return -1;
    demonstration.owner = getpid();
    atexit(remove_at_exit);

    const char *const make[] = {demonstration.binary, "demo", "--no-ui", NULL};
    char output[TEXT_BYTES];
    int status = demonstration_run(make, output, sizeof output);
    if (status != 0) {
        print_error("gymtui demo: status %d: %s\n", status, output);
        return status;
    }
    snprintf(demonstration.zone, sizeof demonstration.zone, "PGTZ=%s",
             demonstration_ask("SELECT time_zone FROM gym.gyms WHERE gym_id = " GYM));
    return 0;
}

int demonstration_teardown(void **state)
{
    (void)state;
    return remove_all();
}

/* ---- What is in it ---- */

struct demonstration_member demonstration_member(void)
{
    /* Nothing to say of them: a plan for any hour that ends in a while, nothing owed, no birthday,
     * no note, grown up, and not here lately; a name that a list of 80 columns shows whole. */
    static int taken;
    struct demonstration_member member = {0};
    const char *line = demonstration_ask(
        "SELECT c.customer_id || '|' || c.keytag || '|' || c.name FROM gym.customers c"
        " JOIN gym.member_summary s USING (customer_id) JOIN gym.packages p ON p.package_id = "
        "s.package_id"
        " WHERE c.gym_id = " GYM
        " AND c.customer_id > 10100 AND c.keytag IS NOT NULL AND c.note = ''"
        " AND c.banned_on IS NULL AND s.starts <= current_date AND s.ends > current_date + 10"
        " AND s.cancelled_on IS NULL AND s.frozen IS NULL AND s.balance = 0"
        " AND p.hours_from IS NULL AND p.visits_included = 0"
        " AND s.last_check_in < now() - interval '1 day'"
        " AND to_char(c.birth_date, 'MM-DD') <> ALL (SELECT to_char(current_date + d, 'MM-DD')"
        " FROM generate_series(-3, 3) d)"
        " AND c.birth_date < current_date - interval '20 years'"
        " AND c.name ~ '^[A-Za-z]+ [A-Za-z]+$' AND length(c.name) <= 16"
        " AND NOT EXISTS (SELECT FROM gym.attendance a WHERE a.customer_id = c.customer_id"
        " AND (a.check_in > now() - interval '2 days' OR a.check_out IS NULL))"
        " ORDER BY c.customer_id OFFSET %d LIMIT 1",
        taken++);
    char number[24] = "";
    if (sscanf(line, "%23[^|]|%39[^|]|%199[^\n]", number, member.tag, member.name) != 3)
        fail_msg("the demonstration has no such member left (%s)", line);
    member.number = strtoll(number, NULL, 10);
    return member;
}

pid_t demonstration_postmaster(void)
{
    char path[120];
    snprintf(path, sizeof path, "%s/postgres/postmaster.pid", demonstration.directory);
    FILE *file = fopen(path, "r");
    char line[40] = "";
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        fail_msg("%s cannot be read", path);
    fclose(file);
    return (pid_t)strtol(line, NULL, 10);
}

/* Whether its environment names our folder. */
static bool is_ours(const char *process)
{
    char path[300], text[16384], wanted[120], link[600] = "";
    snprintf(path, sizeof path, "/proc/%s/exe", process);
    if (readlink(path, link, sizeof link - 1) < 0)
        return false;
    char binary[600];
    if (realpath(demonstration.binary, binary) == NULL || strcmp(link, binary) != 0)
        return false;
    snprintf(path, sizeof path, "/proc/%s/environ", process);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    snprintf(wanted, sizeof wanted, "GYMTUI_DEMO_DIRECTORY=%s", demonstration.directory);
    for (size_t at = 0; at < length; at += strlen(text + at) + 1) {
        text[length] = '\0';
        if (strcmp(text + at, wanted) == 0)
            return true;
    }
    return false;
}

int demonstration_processes(pid_t *processes, int most)
{
    DIR *folder = opendir("/proc");
    assert_non_null(folder);
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL && count < most) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_ours(entry->d_name))
            processes[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    closedir(folder);
    return count;
}
