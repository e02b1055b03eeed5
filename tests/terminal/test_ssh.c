/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The desk as it is really used: through ssh. A real sshd of our own on the loopback, on a port
 * that the system chose, with a host key, a user key and a configuration that live as long as the
 * test; it lets in the account that runs the tests, and nothing but the program is run.
 */
#include "desk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <shadow.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEPARATION "/run/sshd" /* sshd as root wants this folder to be there */
#define ATTEMPTS   5           /* somebody else may take the port before sshd does */

static struct {
    char program[200], directory[100], account[64], text[16];
    pid_t process;
    int log; /* what it says, as far as it was not read */
    bool made_separation;
} server;

/* --- the server --- */

/* A complete path: sshd insists on it. */
static bool find_program(const char *name, char *path, size_t size)
{
    static const char *const folders[] = {"/usr/sbin", "/usr/local/sbin", "/usr/bin",
                                          "/usr/local/bin"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, size, "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0)
            return true;
    }
    print_error("%s is not installed: Debian has it in %s\n", name,
                strcmp(name, "sshd") == 0 ? "openssh-server" : "openssh-client");
    return false;
}

static void run(const char *const *command)
{
    char output[2000];
    int status = demonstration_run(command, output, sizeof output);
    if (status != 0)
        fail_msg("%s: status %d: %s", command[0], status, output);
}

static void make_key(const char *name)
{
    char program[200], file[200];
    if (!find_program("ssh-keygen", program, sizeof program))
        fail();
    snprintf(file, sizeof file, "%s/%s", server.directory, name);
    const char *const command[] = {program, "-q", "-t", "ed25519", "-N", "", "-f", file, NULL};
    run(command);
}

/* Copies a public key into `name`, with `prefix` before it. */
static void copy_key(const char *key, const char *name, const char *prefix)
{
    char path[200], line[1000] = "";
    snprintf(path, sizeof path, "%s/%s.pub", server.directory, key);
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    assert_non_null(fgets(line, sizeof line, from));
    fclose(from);
    snprintf(path, sizeof path, "%s/%s", server.directory, name);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    fprintf(to, "%s%s", prefix, line);
    fclose(to);
    chmod(path, 0600);
}

/* sshd without PAM refuses an account whose password is locked, as root's often is. */
static bool account_is_locked(void)
{
    const struct spwd *entry = getuid() == 0 ? getspnam(server.account) : NULL;
    return entry != NULL && entry->sp_pwdp != NULL && entry->sp_pwdp[0] == '!';
}

static void write_settings(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/sshd_config", server.directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file,
            "ListenAddress 127.0.0.1\n"
            "HostKey %s/host\n"
            "AuthorizedKeysFile %s/authorized\n"
            "PidFile none\n"
            "StrictModes no\n"
            "AllowUsers %s\n"
            "PermitRootLogin prohibit-password\n"
            "AuthenticationMethods publickey\n"
            "PasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\n"
            "UsePAM %s\n"
            "X11Forwarding no\n"
            "AllowTcpForwarding no\n"
            "PrintMotd no\n"
            "PrintLastLog no\n",
            server.directory, server.directory, server.account, account_is_locked() ? "yes" : "no");
    fclose(file);
}

/* One that is free at the moment. */
static void choose_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(socket_fd >= 0);
    assert_return_code(bind(socket_fd, (struct sockaddr *)&address, size), errno);
    assert_return_code(getsockname(socket_fd, (struct sockaddr *)&address, &size), errno);
    close(socket_fd);
    snprintf(server.text, sizeof server.text, "%d", ntohs(address.sin_port));
}

/* Reads what sshd says until it listens; false when it gave up. */
static bool hears(int log, char *said, size_t size)
{
    size_t length = 0;
    while (length + 1 < size && terminal_wait_descriptor(log, TERMINAL_PATIENCE_MS)) {
        ssize_t count = read(log, said + length, size - 1 - length);
        if (count <= 0)
            break;
        length += (size_t)count;
        said[length] = '\0';
        if (strstr(said, "Server listening on 127.0.0.1") != NULL)
            return true;
    }
    return false;
}

static bool start_once(char *said, size_t size)
{
    choose_port();
    char settings[200];
    snprintf(settings, sizeof settings, "%s/sshd_config", server.directory);
    int ends[2];
    assert_return_code(pipe2(ends, O_CLOEXEC), errno);
    char **environment = demonstration_environment(NULL);
    server.process = fork();
    if (server.process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(ends[1], STDERR_FILENO);
        execle(server.program, server.program, "-D", "-e", "-f", settings, "-p", server.text,
               (char *)NULL, environment);
        _exit(127);
    }
    free(environment);
    close(ends[1]);
    said[0] = '\0';
    bool listens = hears(ends[0], said, size);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    server.log = ends[0];
    return listens;
}

/* Why a connection was refused or broken off stands only there. */
static int tell_troubles(void **state)
{
    char said[8000] = "", *rest = NULL;
    ssize_t count = read(server.log, said, sizeof said - 1);
    said[count > 0 ? count : 0] = '\0';
    for (char *line = strtok_r(said, "\r\n", &rest); line != NULL;
         line = strtok_r(NULL, "\r\n", &rest)) {
        if (strstr(line, "failed") != NULL || strstr(line, "fatal") != NULL ||
            strstr(line, "error:") != NULL || strstr(line, "not allowed") != NULL)
            print_error("sshd: %s\n", line);
    }
    return terminal_teardown(state);
}

static int start_server(void **state)
{
    if (!find_program("sshd", server.program, sizeof server.program) ||
        demonstration_setup(state) != 0)
        return -1;
    const struct passwd *who = getpwuid(getuid());
    if (who == NULL)
        return -1;
    snprintf(server.account, sizeof server.account, "%s", who->pw_name);
    snprintf(server.directory, sizeof server.directory, "%s/ssh", demonstration_directory());
    if (mkdir(server.directory, 0700) != 0)
        return -1;
    if (getuid() == 0)
        server.made_separation = mkdir(SEPARATION, 0755) == 0;
    make_key("host");
    make_key("user");
    copy_key("user", "authorized", "");
    write_settings();
    char said[4000];
    for (int i = 0; i < ATTEMPTS; i++) {
        if (start_once(said, sizeof said)) {
            char host[80];
            snprintf(host, sizeof host, "[127.0.0.1]:%s ", server.text);
            copy_key("host", "known", host);
            return 0;
        }
        kill(server.process, SIGKILL);
        waitpid(server.process, NULL, 0);
    }
    print_error("sshd does not start: %s\n", said);
    return -1;
}

static int stop_server(void **state)
{
    if (server.process > 0) {
        kill(server.process, SIGTERM);
        waitpid(server.process, NULL, 0);
    }
    if (server.made_separation)
        rmdir(SEPARATION);
    return demonstration_teardown(state);
}

/* --- the client --- */

static struct terminal *connect_to_desk(const char *term)
{
    char program[200], key[160], known[160], target[100], command[900];
    if (!find_program("ssh", program, sizeof program))
        fail();
    snprintf(key, sizeof key, "%s/user", server.directory);
    snprintf(known, sizeof known, "UserKnownHostsFile=%s/known", server.directory);
    snprintf(target, sizeof target, "%s@127.0.0.1", server.account);
    snprintf(command, sizeof command,
             "exec env LC_ALL=C.UTF-8 HOME=%s/home GYMTUI_DEMO_DIRECTORY=%s %s %s",
             demonstration_directory(), demonstration_directory(), TERMINAL_DESK_PATIENCE,
             demonstration_binary());
    const char *const words[] = {program, "-tt",
                                 "-F",    "none",
                                 "-i",    key,
                                 "-p",    server.text,
                                 "-o",    known,
                                 "-o",    "StrictHostKeyChecking=yes",
                                 "-o",    "IdentitiesOnly=yes",
                                 "-o",    "BatchMode=yes",
                                 target,  command,
                                 NULL};
    const struct terminal_start start = {.term = term, .command = words};
    return terminal_open_as(&start);
}

static void a_desk_works_through_ssh(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_FIRST);
    terminal_scan(terminal, "77001001");
    desk_wait_in(terminal, "Anahit Petrosyan");
    terminal_wait(terminal, "✔ IN");
    assert_int_equal(terminal_keys_used(terminal), 0);
    assert_int_equal(desk_open_visits(10001), 1);
    terminal_scan(terminal, "77001002");
    desk_wait_expired(terminal, 10002);
    terminal_key(terminal, "p");
    terminal_wait(terminal, "paid by?");
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, "Tigran Hakobyan");
    assert_in_range(terminal_keys_used(terminal), 1, 4);
    assert_int_equal(desk_open_visits(10002), 1);
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Leave gymtui");
    terminal_key(terminal, "q");
    int status = terminal_wait_end(terminal);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    struct termios before = terminal_modes_before(terminal), after = terminal_modes(terminal);
    assert_true(terminal_modes_are_same(&before, &after));
    assert_false(terminal_is_alternate(terminal));
}

static void keys_at_most(struct terminal *terminal, int most)
{
    assert_in_range(terminal_keys_used(terminal), 1, most);
    terminal_keys_forget(terminal);
}

/* The table of DESK.md, one journey after the other on one line, and what the database holds. */
static void the_journeys_keep_to_their_keys_through_ssh(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_FIRST);
    terminal_keys_forget(terminal);

    /* A name, no card: 2–5. */
    terminal_type(terminal, "prak");
    terminal_wait(terminal, "Prakash");
    terminal_key(terminal, "Enter");
    desk_wait_in(terminal, "Prakash");
    keys_at_most(terminal, 5);

    /* An override with a reason: 3. */
    terminal_scan(terminal, "77001015");
    terminal_wait(terminal, "Caoimhe Daly");
    terminal_wait(terminal, "✖");
    terminal_key(terminal, "v");
    terminal_wait(terminal, "Let in because:");
    terminal_key(terminal, "2");
    desk_wait_in(terminal, "Caoimhe Daly");
    keys_at_most(terminal, 3);
    assert_string_equal(demonstration_ask("SELECT override_reason FROM gym.attendance WHERE"
                                          " customer_id = 10015 AND check_out IS NULL"),
                        "has paid already");

    /* A mistaken check-in: 2. */
    terminal_scan(terminal, "77001018");
    desk_wait_in(terminal, "Սիրանուշ");
    terminal_key(terminal, "F8");
    terminal_wait(terminal, "UNDONE");
    keys_at_most(terminal, 2);
    assert_int_equal(desk_visits(10018), 0);

    /* Check-out by scan of one who is in: 1. */
    terminal_scan(terminal, "77001017");
    terminal_wait(terminal, "! IN SINCE");
    terminal_key(terminal, "o");
    terminal_wait_gone(terminal, "! IN SINCE");
    terminal_wait(terminal, "OUT");
    keys_at_most(terminal, 1);
    assert_int_equal(desk_open_visits(10017), 0);

    /* Frozen, and well again: 1. */
    terminal_scan(terminal, "77001004");
    terminal_wait(terminal, "✖ FROZEN");
    terminal_key(terminal, "u");
    desk_wait_in(terminal, "Siobhán Ní Chonaill");
    keys_at_most(terminal, 1);
    assert_int_equal(desk_open_visits(10004), 1);

    /* A guest: the name and 3. */
    static const char guest[] = "Gus Guest";
    terminal_scan(terminal, "77001023");
    desk_wait_in(terminal, "Fionn Gallagher");
    terminal_key(terminal, "F5");
    terminal_wait(terminal, "Guest of Fionn Gallagher");
    terminal_type(terminal, guest);
    terminal_key(terminal, "F2");
    desk_wait_in(terminal, guest);
    keys_at_most(terminal, (int)strlen(guest) + 3);
    assert_int_equal(
        demonstration_count("SELECT guest_of FROM gym.customers WHERE name = '%s'", guest), 10023);

    /* A new member, paid and checked in: the text and 8. */
    static const char name[] = "Grace Hopper";
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "New member");
    terminal_type(terminal, name);
    terminal_key(terminal, "F2");
    desk_wait_in(terminal, name);
    keys_at_most(terminal, (int)strlen(name) + 8);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.customers c JOIN gym.attendance"
                                         " a USING (customer_id) JOIN gym.transactions t USING"
                                         " (customer_id) WHERE c.name = '%s' AND a.check_out IS"
                                         " NULL",
                                         name),
                     1);

    /* A freeze of thirty days with its reason: 10. */
    terminal_wait(terminal, "Scan, number or name:");
    terminal_key(terminal, "Tab");
    terminal_wait_gone(terminal, "Scan, number or name:");
    terminal_type(terminal, "10020");
    terminal_wait(terminal, "Seán Ó Súilleabháin");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "#10020");
    terminal_key(terminal, "F8");
    terminal_wait(terminal, "Freeze Seán");
    terminal_key(terminal, "t");
    terminal_wait(terminal, "30 days, travel");
    terminal_key(terminal, "y");
    terminal_wait_gone(terminal, "30 days, travel");
    terminal_wait(terminal, "✔");
    keys_at_most(terminal, 10);
    assert_string_equal(demonstration_ask("SELECT reason || ' ' || upper(period) - lower(period)"
                                          " FROM gym.freezes WHERE customer_id = 10020"
                                          " AND period @> current_date"),
                        "travel 30");
}

/* The office's rows of the same table: the numbers and 4 for the cash-up, 4 for a call. */
static void the_till_and_the_queue_keep_to_their_keys_through_ssh(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_MANAGER);
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "No till is open at desk 1");
    terminal_send(terminal, "50", 2);
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "✔ The till is open");
    terminal_key(terminal, "Esc");
    terminal_wait(terminal, "Scan, number or name:");
    terminal_keys_forget(terminal);
    terminal_key(terminal, "F9");
    terminal_wait(terminal, "Till of desk 1");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "How many of each?");
    terminal_send(terminal, "0 0 0 1", 7); /* one of 50 */
    terminal_wait(terminal, "Counted 50.00 EUR");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "✔ Till closed, the cash agrees");
    keys_at_most(terminal, 4);
    assert_string_equal(
        demonstration_ask("SELECT concat_ws('|', expected, counted, closed_at IS NOT"
                          " NULL) FROM gym.till_sessions"
                          " ORDER BY till_session_id DESC LIMIT 1"),
        "50.00|50.00|t");

    terminal_key(terminal, "F10");
    terminal_wait(terminal, "5    Analytics");
    terminal_key(terminal, "5");
    terminal_wait(terminal, "[Overview]");
    terminal_key(terminal, "Right");
    terminal_wait(terminal, "[Segments]");
    terminal_key(terminal, "Right");
    terminal_wait(terminal, "[At risk]");
    terminal_wait(terminal, "the list.");
    terminal_keys_forget(terminal);
    terminal_key(terminal, "c");
    terminal_wait(terminal, "no answer");
    terminal_key(terminal, "n");
    terminal_wait(terminal, "Call again from");
    terminal_key(terminal, "F2");
    terminal_wait(terminal, "Logged");
    keys_at_most(terminal, 4);
    assert_int_equal(demonstration_count("SELECT count(*) FROM gym.contacts WHERE outcome = 'no "
                                         "answer' AND at > now() - interval '1 minute' AND "
                                         "snooze_until > current_date"),
                     1);
}

static void a_resize_comes_through(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("tmux-256color");
    desk_sign_in(terminal, DESK_FIRST);
    terminal_resize(terminal, 12, 40);
    terminal_wait(terminal, " Scan:");
    terminal_resize(terminal, 43, 132);
    terminal_wait(terminal, "Scan, number or name:");
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
}

/* A lone Esc is a key although it arrives through the line like the beginning of a sequence. */
static void esc_and_function_keys_arrive_as_themselves(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm");
    desk_sign_in(terminal, DESK_FIRST);
    terminal_scan(terminal, "77001007");
    terminal_wait(terminal, "✖ BANNED");
    terminal_key(terminal, "Esc");
    terminal_wait_gone(terminal, "✖ BANNED");
    terminal_key(terminal, "F3");
    terminal_wait(terminal, "Who is in, longest first.");
    terminal_key(terminal, "F3");
    terminal_wait_gone(terminal, "Who is in, longest first.");
}

static void a_dropped_connection_leaves_the_check_in_and_no_process(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_FIRST);
    struct demonstration_member member = demonstration_member();
    desk_check_in(terminal, member);
    pid_t far[8];
    assert_int_equal(demonstration_processes(far, 8), 1);
    int ended = pidfd_open(far[0], 0);
    assert_true(ended >= 0);
    terminal_signal(terminal, SIGKILL); /* the client: nobody says goodbye */
    terminal_wait_end(terminal);
    assert_true(terminal_wait_descriptor(ended, TERMINAL_PATIENCE_MS));
    close(ended);
    assert_int_equal(demonstration_processes(far, 8), 0);
    assert_int_equal(desk_open_visits(member.number), 1);
}

/* The job is not the session's: who signs in again finds it done. */
static void a_reseed_outlives_the_connection(void **state)
{
    (void)state;
    struct terminal *terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_MANAGER);
    terminal_keys_forget(terminal);
    terminal_key(terminal, "F10");
    terminal_wait(terminal, "Reseed the demonstration");
    terminal_key(terminal, "r");
    terminal_wait(terminal, "Type gymtui");
    terminal_type(terminal, "gymtui");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "1 running");
    keys_at_most(terminal, 3 + (int)strlen("gymtui"));
    terminal_signal(terminal, SIGKILL);
    terminal_wait_end(terminal);

    terminal = connect_to_desk("xterm-256color");
    desk_sign_in(terminal, DESK_MANAGER);
    terminal_type(terminal, ":jobs");
    terminal_key(terminal, "Enter");
    terminal_wait(terminal, "What, when");
    terminal_wait(terminal, "Reseed (small, seed 1)");
    terminal_wait(terminal, "✔ done");
    /* The visits that the other stories made are gone with the old data. */
    assert_int_equal(desk_open_visits(10001), 0);
    terminal_key(terminal, "Esc");
    terminal_wait(terminal, "Scan, number or name:");
    terminal_scan(terminal, "77001001");
    desk_wait_in(terminal, "Anahit Petrosyan");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_desk_works_through_ssh, tell_troubles),
        cmocka_unit_test_teardown(the_journeys_keep_to_their_keys_through_ssh, tell_troubles),
        cmocka_unit_test_teardown(the_till_and_the_queue_keep_to_their_keys_through_ssh,
                                  tell_troubles),
        cmocka_unit_test_teardown(a_resize_comes_through, tell_troubles),
        cmocka_unit_test_teardown(esc_and_function_keys_arrive_as_themselves, tell_troubles),
        cmocka_unit_test_teardown(a_dropped_connection_leaves_the_check_in_and_no_process,
                                  tell_troubles),
        cmocka_unit_test_teardown(a_reseed_outlives_the_connection, tell_troubles),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
