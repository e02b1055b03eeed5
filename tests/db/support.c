/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gymtui/db/schema.h"

#define PATIENCE_MS   60000
#define SLOTS         8
#define TEXT_BYTES    4000
#define FIXTURE_BYTES ((size_t)64 * 1024)

static struct {
    char directory[64]; /* with the data and the socket */
    char programs[256]; /* folder of initdb and postgres */
    pid_t owner;        /* the process that made it, and removes it */
    pid_t postmaster;
    uid_t uid; /* who runs it; our own when we are not root */
    gid_t gid;
    char zone[64]; /* of gym 1, when it is there */
    PGconn *superuser;
} cluster;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "test cluster: ");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(99);
}

/* ---- Making and removing ---- */

/* The newest release on this machine, unless GYMTUI_TEST_POSTGRES names a folder. */
static void find_programs(void)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin/initdb",
                                           "/usr/pgsql-*/bin/initdb", "/usr/local/bin/initdb",
                                           "/usr/bin/initdb"};
    const char *named = getenv("GYMTUI_TEST_POSTGRES");
    if (named) {
        snprintf(cluster.programs, sizeof cluster.programs, "%s", named);
        return;
    }
    int newest = -1;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++) {
            const char *digits = strpbrk(found.gl_pathv[j], "0123456789");
            int release = digits ? (int)strtol(digits, NULL, 10) : 0;
            if (release > newest) {
                newest = release;
                snprintf(cluster.programs, sizeof cluster.programs, "%.*s",
                         (int)(strlen(found.gl_pathv[j]) - strlen("/initdb")), found.gl_pathv[j]);
            }
        }
        globfree(&found);
    }
    if (newest < 0)
        die("no initdb found; install PostgreSQL's server, or set GYMTUI_TEST_POSTGRES");
}

static void find_account(void)
{
    cluster.uid = getuid();
    cluster.gid = getgid();
    if (cluster.uid != 0)
        return;
    const struct passwd *account = getpwnam("postgres");
    if (!account)
        account = getpwnam("nobody");
    if (!account)
        die("no unprivileged account to run PostgreSQL as");
    cluster.uid = account->pw_uid;
    cluster.gid = account->pw_gid;
}

/* In the child: ends with us, belongs to the account, says nothing. */
static void become_server(void)
{
    if (getuid() == 0 && (setgid(cluster.gid) != 0 || setuid(cluster.uid) != 0))
        _exit(98);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    char path[128];
    snprintf(path, sizeof path, "%s/log", cluster.directory);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0 ||
        chdir(cluster.directory) != 0)
        _exit(97);
    /* Signals that a test program blocks or ignores are the server's again. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
}

static void make_cluster(void)
{
    char program[300], data[128];
    snprintf(program, sizeof program, "%s/initdb", cluster.programs);
    snprintf(data, sizeof data, "%s/data", cluster.directory);
    pid_t child = fork();
    if (child == 0) {
        become_server();
        execl(program, program, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
              "--locale=C.UTF-8", "--no-sync", (char *)NULL);
        _exit(96);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        die("initdb failed, see %s/log", cluster.directory);

    char path[160];
    snprintf(path, sizeof path, "%s/pg_hba.conf", data);
    FILE *file = fopen(path, "w");
    if (!file)
        die("%s: %s", path, strerror(errno));
    fprintf(file, "local all postgres trust\nlocal all all scram-sha-256\n");
    fclose(file);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    remove(path); /* what is left is for the next pass */
    return 0;
}

static void clean_up(void)
{
    if (getpid() != cluster.owner)
        return; /* a forked child of the test */
    PQfinish(cluster.superuser);
    cluster.superuser = NULL;
    if (cluster.postmaster)
        test_server_stop(SIGQUIT);
    /* Backends of a postmaster that was killed may still be leaving, and write as they do. */
    for (int pass = 0; pass < 50 && access(cluster.directory, F_OK) == 0; pass++) {
        nftw(cluster.directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        struct timespec pause = {0, 20 * 1000000L};
        nanosleep(&pause, NULL);
    }
}

static void leave_on_signal(int signal)
{
    (void)signal;
    _exit(95); /* the server follows by PR_SET_PDEATHSIG */
}

static pid_t launch(const char *program, const char *data, const char *sockets)
{
    pid_t child = fork();
    if (child == 0) {
        become_server();
        execl(program, program, "-D", data, "-c", "listen_addresses=", "-c", sockets, "-c",
              "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60", "-c",
              "shared_buffers=64MB", "-c", "password_encryption=scram-sha-256", "-c",
              "timezone=UTC", "-c", "log_timezone=UTC", "-c", "log_min_messages=warning",
              (char *)NULL);
        _exit(96);
    }
    if (child < 0)
        die("fork: %s", strerror(errno));
    return child;
}

void test_server_start(void)
{
    char program[300], data[128], sockets[128];
    snprintf(program, sizeof program, "%s/postgres", cluster.programs);
    snprintf(data, sizeof data, "%s/data", cluster.directory);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", cluster.directory);
    char where[128];
    snprintf(where, sizeof where, "host=%s user=postgres dbname=postgres", cluster.directory);
    cluster.postmaster = 0;
    for (int waited = 0;; waited += 20) {
        if (waited > PATIENCE_MS)
            die("PostgreSQL does not start, see %s/log", cluster.directory);
        /* After a crash it refuses while backends of the old one are still leaving: again, then. */
        if (cluster.postmaster == 0 || waitpid(cluster.postmaster, NULL, WNOHANG) != 0)
            cluster.postmaster = launch(program, data, sockets);
        if (PQping(where) == PQPING_OK && waitpid(cluster.postmaster, NULL, WNOHANG) == 0)
            return;
        struct timespec pause = {0, 20 * 1000000L};
        nanosleep(&pause, NULL);
    }
}

void test_server_stop(int signal)
{
    if (kill(cluster.postmaster, signal) != 0)
        die("kill: %s", strerror(errno));
    waitpid(cluster.postmaster, NULL, 0);
    cluster.postmaster = 0;
}

/* ---- The fixture ---- */

static char *read_fixture(void)
{
    char path[1024];
    const char *here = strrchr(__FILE__, '/');
    snprintf(path, sizeof path, "%.*s/fixture.sql", here ? (int)(here - __FILE__) : 1,
             here ? __FILE__ : ".");
    FILE *file = fopen(path, "r");
    char *text = calloc(1, FIXTURE_BYTES);
    if (!file || !text || fread(text, 1, FIXTURE_BYTES - 1, file) == 0)
        die("%s: %s", path, strerror(errno));
    fclose(file);
    return text;
}

static void make_login(int gym_id, const char *staff, const char *name, const char *level)
{
    char *verifier = PQencryptPasswordConn(test_superuser(), TEST_PASSWORD, "any", "scram-sha-256");
    test_run(test_superuser(), "SELECT auth.create_staff(%d, '%s', '%s', '%s', '%s')", gym_id,
             staff, name, level, verifier);
    PQfreemem(verifier);
}

static void fill(void)
{
    struct error error;
    if (!schema_create_database(test_admin_of("postgres"), TEST_DATABASE, &error) ||
        !schema_create(test_admin(), NULL, NULL, &error))
        die("%s (%s)", error.message, error.hint);
    char *text = read_fixture();
    PGresult *result = PQexec(test_superuser(), text);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die("fixture: %s", PQresultErrorMessage(result));
    PQclear(result);
    free(text);
    snprintf(cluster.zone, sizeof cluster.zone, "%s",
             test_text(test_superuser(), "SELECT time_zone FROM gym.gyms WHERE gym_id = 1"));
    test_run(test_superuser(), "SET TimeZone = '%s'", cluster.zone);
    make_login(1, "", "North", "owner");
    make_login(1, "mona", "Mona Manager", "manager");
    make_login(1, "desk1", "Dan Desk", "desk");
    make_login(1, "desk2", "Dora Desk", "desk");
    make_login(1, "chain", "Cleo Chain", "chain");
    make_login(2, "", "South", "owner");
    make_login(2, "desk1", "Sid Desk", "desk");
}

void test_cluster_start(void)
{
    if (cluster.owner)
        return;
    find_programs();
    find_account();
    const char *base = getenv("TMPDIR");
    /* A socket's path has at most 107 bytes. */
    if (!base || strlen(base) > 30)
        base = "/tmp";
    snprintf(cluster.directory, sizeof cluster.directory, "%s/gymtui-test-XXXXXX", base);
    if (!mkdtemp(cluster.directory) || chmod(cluster.directory, 0755) != 0 ||
        (getuid() == 0 && chown(cluster.directory, cluster.uid, cluster.gid) != 0))
        die("%s: %s", cluster.directory, strerror(errno));
    cluster.owner = getpid();
    atexit(clean_up);
    signal(SIGTERM, leave_on_signal);
    make_cluster();
    test_server_start();
    fill();
}

/* ---- Where it is ---- */

static const char *conninfo_of(const char *database, const char *user)
{
    static char texts[SLOTS][256];
    static int next;
    char *text = texts[next++ % SLOTS];
    snprintf(text, sizeof texts[0], "host=%s port=5432 dbname=%s%s%s", cluster.directory, database,
             *user ? " user=" : "", user);
    return text;
}

const char *test_conninfo(void)
{
    static char text[256];
    snprintf(text, sizeof text, "%s", conninfo_of(TEST_DATABASE, ""));
    return text;
}

const char *test_admin(void)
{
    static char text[256];
    snprintf(text, sizeof text, "%s", conninfo_of(TEST_DATABASE, "postgres"));
    return text;
}

const char *test_admin_of(const char *database)
{
    return conninfo_of(database, "postgres");
}

const char *test_directory(void)
{
    return cluster.directory;
}

const char *test_role(const char *gym, const char *staff)
{
    static char roles[4][64];
    static int next;
    char *role = roles[next++ % 4];
    snprintf(role, sizeof roles[0], "%s:%s%s%s", TEST_DATABASE, gym, *staff ? ":" : "", staff);
    return role;
}

/* ---- Raw SQL ---- */

static void drop_notice(void *owner, const PGresult *result)
{
    (void)owner, (void)result;
}

PGconn *test_superuser(void)
{
    if (cluster.superuser && PQstatus(cluster.superuser) == CONNECTION_OK)
        return cluster.superuser;
    PQfinish(cluster.superuser);
    cluster.superuser = PQconnectdb(test_admin());
    if (PQstatus(cluster.superuser) != CONNECTION_OK)
        die("%s", PQerrorMessage(cluster.superuser));
    PQsetNoticeReceiver(cluster.superuser, drop_notice, NULL);
    test_run(cluster.superuser, "SET gymtui.gym_id = '1'");
    if (*cluster.zone != '\0')
        test_run(cluster.superuser, "SET TimeZone = '%s'", cluster.zone);
    return cluster.superuser;
}

PGconn *test_connect(const char *gym, const char *staff)
{
    const char *const keys[] = {"dbname", "user", "password", NULL};
    const char *const values[] = {test_conninfo(), test_role(gym, staff), TEST_PASSWORD, NULL};
    PGconn *connection = PQconnectdbParams(keys, values, 1);
    if (PQstatus(connection) != CONNECTION_OK)
        die("%s: %s", test_role(gym, staff), PQerrorMessage(connection));
    PQsetNoticeReceiver(connection, drop_notice, NULL);
    return connection;
}

static char last_message[2 * TEXT_BYTES];

static PGresult *run(PGconn *connection, const char *format, va_list arguments)
{
    char sql[TEXT_BYTES];
    int length = vsnprintf(sql, sizeof sql, format, arguments);
    if (length < 0 || (size_t)length >= sizeof sql)
        die("SQL too long: %.60s…", sql);
    PGresult *result = PQexec(connection, sql);
    snprintf(last_message, sizeof last_message, "%.*s: %.*s", TEXT_BYTES - 8, sql, TEXT_BYTES - 8,
             PQresultErrorMessage(result));
    return result;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

void test_run(PGconn *connection, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PGresult *result = run(connection, format, arguments);
    va_end(arguments);
    if (!is_good(result))
        die("%s", last_message);
    PQclear(result);
}

static const char *text_of(PGconn *connection, const char *format, va_list arguments)
{
    static char texts[SLOTS][TEXT_BYTES];
    static int next;
    PGresult *result = run(connection, format, arguments);
    if (!is_good(result))
        die("%s", last_message);
    char *text = texts[next++ % SLOTS];
    snprintf(text, TEXT_BYTES, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return text;
}

const char *test_text(PGconn *connection, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = text_of(connection, format, arguments);
    va_end(arguments);
    return text;
}

int64_t test_number(PGconn *connection, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = text_of(connection, format, arguments);
    va_end(arguments);
    return strtoll(text, NULL, 10);
}

const char *test_state(PGconn *connection, const char *format, ...)
{
    static char states[SLOTS][8];
    static int next;
    va_list arguments;
    va_start(arguments, format);
    PGresult *result = run(connection, format, arguments);
    va_end(arguments);
    char *state = states[next++ % SLOTS];
    const char *code = is_good(result) ? "" : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, sizeof states[0], "%s", code ? code : "08006");
    PQclear(result);
    return state;
}

const char *test_message(void)
{
    return last_message;
}
