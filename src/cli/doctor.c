/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doctor: what stands between a person and a working screen, one line each, with what to do about
 * it. ✔ fine, ! works but look at it, ✖ does not work. It changes nothing and starts nothing.
 */
#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gymtui/base/text.h"
#include "gymtui/db/check.h"
#include "gymtui/db/schema.h"
#include "internal.h"

#define SKEW_LIMIT 2.0 /* seconds: DESK.md rule 11 */

struct doctor {
    const struct cli *cli;
    bool is_bad;
};

static void say(const char *sign, const char *what, const char *text, const char *advice)
{
    char line[700] = "";
    text_append(line, sizeof line, "%s ", sign);
    out_cell(line, sizeof line, what, 14);
    text_append(line, sizeof line, "%s", text);
    out_line(stdout, "%s", line);
    if (advice != NULL && *advice != '\0')
        out_line(stdout, "%17s%s", "", advice);
}

static void good(const char *what, const char *text)
{
    say("✔", what, text, NULL);
}

static void doubtful(const char *what, const char *text, const char *advice)
{
    say("!", what, text, advice);
}

static void bad(struct doctor *doctor, const char *what, const char *text, const char *advice)
{
    doctor->is_bad = true;
    say("✖", what, text, advice);
}

static void bad_error(struct doctor *doctor, const char *what, const struct error *error)
{
    bad(doctor, what, error->message, error->hint);
}

/* --- the terminal --- */

/* Terminal descriptions stand by their first letter, or by its code on other systems. */
static bool is_described(const char *term)
{
    static const char *const folders[] = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo",
                                          "/usr/local/share/terminfo"};
    const char *own = getenv("TERMINFO"), *home = getenv("HOME");
    char path[1100], own_folder[1024] = "";
    if (own != NULL)
        snprintf(own_folder, sizeof own_folder, "%s", own);
    else if (home != NULL)
        snprintf(own_folder, sizeof own_folder, "%s/.terminfo", home);
    for (size_t i = 0; i <= sizeof folders / sizeof *folders; i++) {
        const char *folder = i == 0 ? own_folder : folders[i - 1];
        snprintf(path, sizeof path, "%s/%c/%s", folder, *term, term);
        if (access(path, R_OK) == 0)
            return true;
        snprintf(path, sizeof path, "%s/%02x/%s", folder, (unsigned)(unsigned char)*term, term);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

static void check_terminal(void)
{
    const char *term = getenv("TERM");
    char text[200];
    struct winsize size = {0};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        doubtful("Terminal", "none here", "The screen needs one; the other commands do not.");
        return;
    }
    if (term == NULL || *term == '\0' || strchr(term, '/') != NULL || !is_described(term)) {
        snprintf(text, sizeof text, "TERM is “%s”, which this machine does not know",
                 term != NULL ? term : "");
        doubtful("Terminal", text,
                 "xterm-256color is taken instead. Debian: apt install ncurses-term");
        return;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
        (size.ws_col < 80 || size.ws_row < 24)) {
        snprintf(text, sizeof text, "%s, %d×%d", term, size.ws_col, size.ws_row);
        doubtful("Terminal", text, "80×24 shows everything; below, columns are left out.");
        return;
    }
    snprintf(text, sizeof text, "%s, %d×%d", term, size.ws_col, size.ws_row);
    good("Terminal", text);
}

static void check_locale(void)
{
    const char *codeset = nl_langinfo(CODESET);
    if (strcmp(codeset, "UTF-8") == 0)
        good("Locale", codeset);
    else
        doubtful("Locale", codeset,
                 "Names lose their accents. Set LANG to a UTF-8 locale, as in LANG=C.UTF-8");
}

/* --- configuration and log --- */

static bool check_config(struct doctor *doctor)
{
    const struct cli *cli = doctor->cli;
    if (cli->config == NULL) {
        bad_error(doctor, "Configuration", &cli->config_error);
        return false;
    }
    good("Configuration", config_is_untouched(cli->config)
                              ? "none; every option has its default"
                              : "read; gymtui config shows each value's origin");
    return true;
}

static void check_log(struct doctor *doctor)
{
    char path[1100], folder[1024];
    struct error error = {0};
    const char *named = config_text(doctor->cli->config, CONFIG_LOG_FILE);
    if (*named != '\0') {
        snprintf(path, sizeof path, "%s", named);
    } else if (config_state_directory(folder, sizeof folder, &error)) {
        snprintf(path, sizeof path, "%s/gymtui.log", folder);
    } else {
        doubtful("Log", error.message, error.hint);
        return;
    }
    if (access(path, W_OK) == 0) {
        good("Log", path);
        return;
    }
    char text[1300];
    snprintf(text, sizeof text, "%s cannot be written: %s", path, strerror(errno));
    doubtful("Log", text, "Set log.file to a file that can be.");
}

/* --- the database --- */

/* On the private one nothing is started to be looked at. */
static bool check_private(struct doctor *doctor)
{
    struct cluster cluster;
    struct error error = {0};
    char text[700];
    if (*config_text(doctor->cli->config, CONFIG_DATABASE_CONNINFO) != '\0')
        return true;
    if (!cluster_locate(doctor->cli->config, &cluster, &error)) {
        bad_error(doctor, "PostgreSQL", &error);
        return false;
    }
    bool running = cluster_is_running(&cluster);
    if (!running && !cluster_find_programs(&cluster, &error)) {
        bad_error(doctor, "PostgreSQL", &error);
        return false;
    }
    if (running) {
        snprintf(text, sizeof text, "the private one runs in %s", cluster.data);
        good("PostgreSQL", text);
        return true;
    }
    if (cluster_exists(&cluster)) {
        snprintf(text, sizeof text, "the private one in %s is stopped", cluster.data);
        doubtful("PostgreSQL", text, "It starts by itself with the next gymtui.");
    } else {
        bad(doctor, "Database", "there is none yet",
            "Run gymtui demo, or name your server in database.conninfo.");
    }
    return false;
}

static void check_schema(struct doctor *doctor, const struct visit *visit)
{
    char text[200];
    int here = visit->session.schema_version, ours = schema_program_version();
    snprintf(text, sizeof text, "version %d; this program brings %d", here, ours);
    if (here == ours)
        good("Schema", text);
    else
        bad(doctor, "Schema", text,
            here < ours ? "Run gymtui schema create." : "Install a newer gymtui.");
}

static void check_clock(struct doctor *doctor, const struct visit *visit)
{
    double skew = db_clock_skew(visit->db);
    char text[200];
    snprintf(text, sizeof text, "this machine is %.1f s %s the database", fabs(skew),
             skew < 0 ? "behind" : "ahead of");
    if (fabs(skew) <= SKEW_LIMIT)
        good("Clock", text);
    else
        bad(doctor, "Clock", text,
            "Only the database's clock counts. Set this one by NTP: timedatectl set-ntp true");
}

static void check_database(struct doctor *doctor)
{
    struct error error = {0};
    struct visit visit;
    char text[500];
    if (visit_open(&visit, doctor->cli, LEVEL_MANAGER, &error)) {
        snprintf(text, sizeof text, "signed in to %s as %s, level %s", visit.session.gym_name,
                 *visit.session.staff_username != '\0' ? visit.session.staff_username
                                                       : "the gym itself",
                 level_name(visit.session.level));
        good("Database", text);
        check_schema(doctor, &visit);
        check_clock(doctor, &visit);
    } else {
        bad_error(doctor, "Database", &error);
    }
    visit_close(&visit);
}

/* --- the data --- */

static void say_rule(void *owner, const char *rule, int64_t found, int64_t example)
{
    struct doctor *doctor = owner;
    char text[200];
    if (found == 0)
        snprintf(text, sizeof text, "no %s", rule);
    else
        snprintf(text, sizeof text, "%lld %s, for instance number %lld", (long long)found, rule,
                 (long long)example);
    if (found == 0)
        good("Data", text);
    else
        bad(doctor, "Data", text, NULL);
}

static void check_all_data(struct doctor *doctor)
{
    char conninfo[1400];
    struct error error = {0};
    if (!worker_conninfo(doctor->cli, conninfo, sizeof conninfo, &error) ||
        !check_data(conninfo, say_rule, doctor, &error))
        bad_error(doctor, "Data", &error);
}

int command_doctor(const struct cli *cli, const struct cli_words *words)
{
    struct doctor doctor = {.cli = cli};
    if (words->values[DOCTOR_DATA] != NULL) {
        if (check_config(&doctor))
            check_all_data(&doctor);
        return doctor.is_bad ? CLI_FAILED : CLI_DONE;
    }
    check_terminal();
    check_locale();
    if (check_config(&doctor)) {
        check_log(&doctor);
        if (check_private(&doctor))
            check_database(&doctor);
    }
    return doctor.is_bad ? CLI_FAILED : CLI_DONE;
}
