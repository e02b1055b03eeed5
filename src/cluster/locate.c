/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the cluster is, whose it is, and which PostgreSQL's programs run it. */
#include "gymtui/cluster/cluster.h"

#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

#define ROOT_DATA      "/var/lib/gymtui" /* root's own home is closed to PostgreSQL's account */
#define ROOT_ACCOUNT   "postgres"        /* the one that Debian's package makes */
#define SOCKET_NAME    "/.s.PGSQL." CLUSTER_PORT ".lock" /* the longest name made there */
#define INSTALL_ADVICE "Install it, as root: apt install postgresql"

static bool root_has_no_folder(const struct config *config)
{
    const char *xdg = getenv("XDG_DATA_HOME");
    return geteuid() == 0 && *config_text(config, CONFIG_DEMO_DIRECTORY) == '\0' &&
           (xdg == NULL || *xdg != '/');
}

/* As root, folders that are missing on the way are made passable: PostgreSQL's account must get
 * through. What cannot be made is complained of by config_data_directory. */
static void make_way(const char *path)
{
    char way[512];
    if (*path != '/' || snprintf(way, sizeof way, "%s", path) >= (int)sizeof way)
        return;
    for (char *slash = strchr(way + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(way, 0711);
        *slash = '/';
    }
    mkdir(way, 0711);
}

static bool find_data(const struct config *config, char *dst, size_t size, struct error *error)
{
    if (root_has_no_folder(config)) {
        snprintf(dst, size, "%s", ROOT_DATA);
        return true;
    }
    char named[512];
    if (geteuid() == 0)
        make_way(config_text(config, CONFIG_DEMO_DIRECTORY));
    if (!config_data_directory(config, named, sizeof named, error))
        return false;
    /* The server changes its working folder: a relative name must not follow it. */
    char *whole = realpath(named, NULL);
    bool fits = snprintf(dst, size, "%s", whole != NULL ? whole : named) < (int)size;
    free(whole);
    return fits || error_set(error, ERROR_CONFIG, "Set demo.directory to a shorter one.",
                             "The data folder's name is too long");
}

/* The owner of what is there; for a new cluster PostgreSQL's own account. */
static bool find_account(struct cluster *cluster, struct error *error)
{
    if (geteuid() != 0)
        return true;
    struct stat there;
    const struct passwd *who = NULL;
    if (stat(cluster->directory, &there) == 0 && there.st_uid != 0) {
        who = getpwuid(there.st_uid);
        if (who == NULL)
            return error_set(error, ERROR_SYSTEM, "Give the folder to an account with chown.",
                             "%s belongs to user number %u, which has no account here",
                             cluster->directory, (unsigned)there.st_uid);
    } else {
        who = getpwnam(ROOT_ACCOUNT);
        if (who == NULL)
            return error_set(error, ERROR_SYSTEM, INSTALL_ADVICE,
                             "PostgreSQL's server is not installed, and it does not run as root");
    }
    if (strlen(who->pw_name) >= sizeof cluster->account)
        return error_set(error, ERROR_SYSTEM, NULL, "The account's name %s is too long",
                         who->pw_name);
    snprintf(cluster->account, sizeof cluster->account, "%s", who->pw_name);
    return true;
}

bool cluster_locate(const struct config *config, struct cluster *cluster, struct error *error)
{
    memset(cluster, 0, sizeof *cluster);
    if (!find_data(config, cluster->data, sizeof cluster->data, error))
        return false;
    snprintf(cluster->directory, sizeof cluster->directory, "%s/postgres", cluster->data);
    snprintf(cluster->socket, sizeof cluster->socket, "%s/run", cluster->data);
    snprintf(cluster->bin, sizeof cluster->bin, "%s", config_text(config, CONFIG_DEMO_PROGRAMS));

    size_t longest = sizeof((struct sockaddr_un *)NULL)->sun_path - sizeof SOCKET_NAME;
    if (strlen(cluster->socket) > longest)
        return error_set(error, ERROR_CONFIG, "Set demo.directory to a shorter one.",
                         "The folder %s is %zu bytes too long for a Unix socket", cluster->data,
                         strlen(cluster->socket) - longest);
    return find_account(cluster, error);
}

/* 0: not a folder with PostgreSQL's server programs. */
static int release_of(const char *folder)
{
    static const char *const needed[] = {"initdb", "pg_ctl", "postgres"};
    char path[512];
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (snprintf(path, sizeof path, "%s/%s", folder, needed[i]) >= (int)sizeof path ||
            access(path, X_OK) != 0)
            return 0;
    }
    const char *const question[] = {path, "--version", NULL};
    struct process_result answer;
    if (!process_run("", question, &answer, NULL) || answer.status != 0)
        return 0;
    const char *number = strstr(answer.output, "(PostgreSQL) ");
    return number == NULL ? 0 : (int)strtol(number + strlen("(PostgreSQL) "), NULL, 10);
}

struct search {
    int wanted;  /* the release that made the cluster; 0: the newest */
    int release; /* the best so far */
    int newest;  /* of any release seen */
    char bin[256];
};

static void consider(struct search *search, const char *folder)
{
    int release = release_of(folder);
    if (release > search->newest)
        search->newest = release;
    bool fits = search->wanted != 0 ? release == search->wanted : release > search->release;
    if (!fits || release == search->release || strlen(folder) >= sizeof search->bin)
        return;
    search->release = release;
    snprintf(search->bin, sizeof search->bin, "%s", folder);
}

static void consider_usual_places(struct search *search)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                           "/usr/local/pgsql/bin"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        if (glob(patterns[i], 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++)
            consider(search, found.gl_pathv[j]);
        globfree(&found);
    }
}

static void consider_path(struct search *search)
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        char folder[256], asked[300];
        size_t length = strcspn(path, ":");
        snprintf(folder, sizeof folder, "%.*s", (int)length, path);
        path += length + (path[length] == ':');
        if (*folder != '/') /* nothing from the current folder, least of all as root */
            continue;
        consider(search, folder);
        snprintf(asked, sizeof asked, "%s/pg_config", folder);
        const char *const question[] = {asked, "--bindir", NULL};
        struct process_result answer;
        if (access(asked, X_OK) == 0 && process_run("", question, &answer, NULL) &&
            answer.status == 0) {
            answer.output[strcspn(answer.output, "\n")] = '\0';
            consider(search, answer.output);
        }
    }
}

static int release_of_cluster(const struct cluster *cluster)
{
    char path[600], line[32] = "";
    snprintf(path, sizeof path, "%s/PG_VERSION", cluster->directory);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) == NULL)
        line[0] = '\0';
    fclose(file);
    return (int)strtol(line, NULL, 10);
}

bool cluster_find_programs(struct cluster *cluster, struct error *error)
{
    if (cluster->release != 0)
        return true;
    struct search search = {.wanted = release_of_cluster(cluster)};
    if (*cluster->bin != '\0') {
        consider(&search, cluster->bin);
        if (search.newest == 0)
            return error_set(error, ERROR_CONFIG,
                             "Correct demo.programs, or leave it out to have them found.",
                             "There is no PostgreSQL server in %s", cluster->bin);
    } else {
        consider_usual_places(&search);
        consider_path(&search);
        if (search.newest == 0)
            return error_set(error, ERROR_SYSTEM, INSTALL_ADVICE,
                             "PostgreSQL's server is not installed");
    }
    if (search.release == 0) {
        char advice[160];
        snprintf(advice, sizeof advice,
                 "As root: apt install postgresql-%d. Or begin anew: gymtui demo destroy",
                 search.wanted);
        return error_set(error, ERROR_SYSTEM, advice,
                         "The database in %s was made by PostgreSQL %d, which is not installed",
                         cluster->directory, search.wanted);
    }
    if (search.release < CLUSTER_OLDEST_RELEASE)
        return error_set(error, ERROR_SYSTEM, INSTALL_ADVICE,
                         "PostgreSQL %d is too old: gymtui needs %d or later", search.release,
                         CLUSTER_OLDEST_RELEASE);
    snprintf(cluster->bin, sizeof cluster->bin, "%s", search.bin);
    cluster->release = search.release;
    return true;
}

bool cluster_exists(const struct cluster *cluster)
{
    struct stat there;
    /* The folder appears under this name only when it is complete. */
    return stat(cluster->directory, &there) == 0 && S_ISDIR(there.st_mode);
}
