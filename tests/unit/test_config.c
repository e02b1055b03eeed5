/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A folder of its own for each test, and an environment without our variables. */
static char folder[64];
static char system_file[96], user_file[96];
static struct error error;

static void clear_environment(void)
{
    for (char **entry = environ; *entry != NULL;) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*entry, "="), *entry);
        if (strncmp(name, "GYMTUI_", 7) == 0 && strcmp(name, "GYMTUI_SOURCE") != 0) {
            unsetenv(name);
            entry = environ;
        } else {
            entry++;
        }
    }
}

static int make_folder(void **state)
{
    (void)state;
    clear_environment();
    umask(022);
    snprintf(folder, sizeof folder, "/tmp/gymtui-test-config-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(system_file, sizeof system_file, "%s/system.conf", folder);
    snprintf(user_file, sizeof user_file, "%s/user.conf", folder);
    error_clear(&error);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); // NOLINT(cert-env33-c): a folder of our own
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Loads the two files of the test, with these assignments of the command line. */
static struct config *load(const char *const *assignments)
{
    error_clear(&error);
    struct config_sources sources = {
        .user_file = user_file, .system_file = system_file, .assignments = assignments};
    return config_load(&sources, &error);
}

/* The settings of one user's file. */
static struct config *load_text(const char *text)
{
    write_file(user_file, text);
    return load(NULL);
}

static void assert_refused(const char *text, const char *message, const char *hint)
{
    char expected[300];
    struct config *config = load_text(text);
    if (config != NULL)
        fail_msg("accepted: %s", text);
    snprintf(expected, sizeof expected, message, user_file);
    assert_string_equal(error.message, expected);
    assert_int_equal(error.code, ERROR_CONFIG);
    if (hint != NULL)
        assert_non_null(strstr(error.hint, hint));
}

/* What a printing function prints; the caller frees. */
static char *printed(void (*print)(FILE *))
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    print(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *printed_values(const struct config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    config_print(config, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static char *read_source(const char *name)
{
    const char *root = getenv("GYMTUI_SOURCE");
    assert_non_null(root);
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", root, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is missing", path);
    static const size_t limit = 200000;
    char *text = malloc(limit);
    assert_non_null(text);
    size_t length = fread(text, 1, limit - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

/* ---- precedence ---- */

static void each_source_beats_the_ones_below_it(void **state)
{
    (void)state;
    char origin[128];
    struct config *config = load(NULL);
    assert_non_null(config);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 3);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), "default");
    config_free(config);

    write_file(system_file, "# all desks\n\ndesk: { repeat_silent = 4; };\n");
    config = load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 4);
    snprintf(origin, sizeof origin, "%s:3", system_file);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), origin);
    config_free(config);

    write_file(user_file, "desk:\n{\n    repeat_silent = 5;\n};\n");
    config = load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 5);
    snprintf(origin, sizeof origin, "%s:3", user_file);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), origin);
    config_free(config);

    setenv("GYMTUI_DESK_REPEAT_SILENT", "6", 1);
    config = load(NULL);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 6);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT),
                        "GYMTUI_DESK_REPEAT_SILENT");
    config_free(config);

    const char *const assignments[] = {"desk.repeat_silent=7", NULL};
    config = load(assignments);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 7);
    assert_string_equal(config_origin(config, CONFIG_DESK_REPEAT_SILENT), "command line");
    assert_string_equal(config_origin(config, CONFIG_DESK_NAME), "default");
    config_free(config);
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");
}

static void a_file_named_on_the_command_line_stands_alone(void **state)
{
    (void)state;
    char other[96];
    snprintf(other, sizeof other, "%s/other.conf", folder);
    write_file(system_file, "desk: { repeat_silent = 4; };\n");
    write_file(user_file, "nonsense\n");
    write_file(other, "desk: { name = \"bar\"; };\n");
    struct config_sources sources = {
        .file = other, .user_file = user_file, .system_file = system_file};
    struct config *config = config_load(&sources, &error);
    assert_non_null(config);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "bar");
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 3);
    config_free(config);

    unlink(other);
    assert_null(config_load(&sources, &error)); /* named, so it has to be there */
    assert_non_null(strstr(error.message, other));
}

static void the_users_file_is_found_by_the_xdg_rules(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/.config/gymtui", folder);
    char command[400];
    snprintf(command, sizeof command, "mkdir -p %s %s/xdg/gymtui", path, folder);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a folder of our own
    snprintf(path, sizeof path, "%s/.config/gymtui/gymtui.conf", folder);
    write_file(path, "desk: { name = \"home\"; };\n");
    snprintf(path, sizeof path, "%s/xdg/gymtui/gymtui.conf", folder);
    write_file(path, "desk: { name = \"xdg\"; };\n");
    struct config_sources sources = {.system_file = system_file};

    setenv("HOME", folder, 1);
    unsetenv("XDG_CONFIG_HOME");
    struct config *config = config_load(&sources, &error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "home");
    config_free(config);

    setenv("XDG_CONFIG_HOME", "xdg", 1); /* relative: ignored */
    config = config_load(&sources, &error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "home");
    config_free(config);

    snprintf(path, sizeof path, "%s/xdg", folder);
    setenv("XDG_CONFIG_HOME", path, 1);
    config = config_load(&sources, &error);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "xdg");
    config_free(config);
    unsetenv("XDG_CONFIG_HOME");
}

static void a_first_start_is_told_from_any_other(void **state)
{
    (void)state;
    struct config *config = load(NULL);
    assert_true(config_is_untouched(config));
    config_free(config);

    config = load_text("");
    assert_false(config_is_untouched(config));
    config_free(config);
    unlink(user_file);

    setenv("GYMTUI_SCREEN_THEME", "mono", 1);
    config = load(NULL);
    assert_false(config_is_untouched(config));
    config_free(config);
    unsetenv("GYMTUI_SCREEN_THEME");

    const char *const assignments[] = {"desk.name=2", NULL};
    config = load(assignments);
    assert_false(config_is_untouched(config));
    config_free(config);
}

/* ---- values ---- */

static void each_type_is_read(void **state)
{
    (void)state;
    struct config *config = load_text("database: { conninfo = \"host=/run/pg dbname=gym\"; };\n"
                                      "desk: { name = \"Հ \\\"2\\\"\"; auto = TRUE; };\n"
                                      "screen: { theme = \"mono\"; bell = false; };\n"
                                      "demo = { seed = 0x7fffffff; };\n");
    if (config == NULL)
        fail_msg("%s", error.message);
    assert_string_equal(config_text(config, CONFIG_DATABASE_CONNINFO), "host=/run/pg dbname=gym");
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "Հ \"2\"");
    assert_true(config_bool(config, CONFIG_DESK_AUTO));
    assert_false(config_bool(config, CONFIG_SCREEN_BELL));
    assert_string_equal(config_text(config, CONFIG_SCREEN_THEME), "mono");
    assert_int_equal(config_int(config, CONFIG_DEMO_SEED), 2147483647);
    assert_true(config_number(config, CONFIG_DEMO_SEED) == 2147483647.0);
    config_free(config);
}

static void the_command_line_and_environment_may_say_yes(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool flag;
    } words[] = {{"desk.auto=true", true},   {"desk.auto=yes", true}, {"desk.auto=on", true},
                 {"desk.auto=1", true},      {"desk.auto=no", false}, {"desk.auto=off", false},
                 {"desk.auto=false", false}, {"desk.auto=0", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *const assignments[] = {words[i].word, NULL};
        struct config *config = load(assignments);
        assert_non_null(config);
        assert_int_equal(config_bool(config, CONFIG_DESK_AUTO), words[i].flag);
        config_free(config);
    }
}

static void an_empty_variable_is_as_if_unset(void **state)
{
    (void)state;
    write_file(user_file, "desk: { repeat_silent = 5; name = \"2\"; scanner_prefix = \"~\"; };\n");
    setenv("GYMTUI_DESK_REPEAT_SILENT", "", 1);
    setenv("GYMTUI_DESK_NAME", "", 1);
    setenv("GYMTUI_DESK_SCANNER_PREFIX", "", 1); /* here an empty text means something */
    struct config *config = load(NULL);
    assert_non_null(config);
    assert_int_equal(config_int(config, CONFIG_DESK_REPEAT_SILENT), 5);
    assert_string_equal(config_text(config, CONFIG_DESK_NAME), "2");
    assert_string_equal(config_text(config, CONFIG_DESK_SCANNER_PREFIX), "");
    config_free(config);
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");
    unsetenv("GYMTUI_DESK_NAME");
    unsetenv("GYMTUI_DESK_SCANNER_PREFIX");
}

/* ---- mistakes ---- */

static void a_value_out_of_range_names_file_line_and_range(void **state)
{
    (void)state;
    assert_refused("desk: {\n  name = \"1\";\n  repeat_silent = 90;\n};\n",
                   "desk.repeat_silent is 90 in %s line 3; allowed: 0 to 60 s", NULL);
    assert_refused("desk: { repeat_silent = -1; };\n",
                   "desk.repeat_silent is -1 in %s line 1; allowed: 0 to 60 s", NULL);
    assert_refused("screen: { theme = \"pink\"; };\n",
                   "screen.theme is \"pink\" in %s line 1; allowed: auto, dark, light or mono",
                   NULL);
    assert_refused("screen: { theme = \"auto dark\"; };\n",
                   "screen.theme is \"auto dark\" in %s line 1; allowed: auto, dark, light or mono",
                   NULL);
    assert_refused("desk: { name = \"\"; };\n",
                   "desk.name is empty in %s line 1; allowed: a text of 1 to 20 bytes", NULL);
    assert_refused("desk: { name = \"123456789012345678901\"; };\n",
                   "desk.name is 21 bytes long in %s line 1; allowed: a text of 1 to 20 bytes",
                   NULL);
}

/* libconfig 1.5 takes 4294967299 for 3 and 5000000000 for 705032704. */
static void a_large_number_does_not_wrap_into_the_range(void **state)
{
    (void)state;
    assert_refused("# 4294967299\ndesk: { /* 5000000000\n */ repeat_silent = 4294967299; };\n",
                   "desk.repeat_silent is 4294967299 in %s line 3; allowed: 0 to 60 s", NULL);
    assert_refused("database: { desk_timeout = 5000000000L; };\n",
                   "database.desk_timeout is 5000000000 in %s line 1; allowed: 200 to 60000 ms",
                   NULL);
    assert_refused("desk: { repeat_silent = 0x100000003; };\n",
                   "desk.repeat_silent is 4294967299 in %s line 1; allowed: 0 to 60 s", NULL);
    assert_refused("desk: { repeat_silent = -4294967293; };\n",
                   "desk.repeat_silent is -4294967293 in %s line 1; allowed: 0 to 60 s", NULL);
    assert_null(load_text("desk: { repeat_silent = 99999999999999999999999999; };\n"));
    /* Digits in texts, comments and names are no numbers. */
    struct config *config =
        load_text("login: { gym = \"gym 4294967299\\\" 5000000000\"; }; // 5000000000\n");
    assert_non_null(config);
    assert_string_equal(config_text(config, CONFIG_LOGIN_GYM), "gym 4294967299\" 5000000000");
    config_free(config);
}

static void another_type_is_refused(void **state)
{
    (void)state;
    assert_refused("desk: { repeat_silent = \"3\"; };\n",
                   "desk.repeat_silent is \"3\" in %s line 1; allowed: 0 to 60 s",
                   "without quotes");
    assert_refused("desk: { repeat_silent = 3.5; };\n",
                   "desk.repeat_silent is 3.5 in %s line 1; allowed: 0 to 60 s", NULL);
    assert_refused("desk: { repeat_silent = true; };\n",
                   "desk.repeat_silent is true in %s line 1; allowed: 0 to 60 s", NULL);
    assert_refused("desk: { auto = 1; };\n", "desk.auto is 1 in %s line 1; allowed: true or false",
                   NULL);
    assert_refused("desk: { auto = \"yes\"; };\n",
                   "desk.auto is \"yes\" in %s line 1; allowed: true or false", "without quotes");
    assert_refused("desk: { name = 1; };\n",
                   "desk.name is 1 in %s line 1; allowed: a text of 1 to 20 bytes",
                   "double quotes");
    assert_refused("screen: { ascii = true; };\n",
                   "screen.ascii is true in %s line 1; allowed: auto, yes or no", "double quotes");
    assert_refused("desk: { name = [ \"1\" ]; };\n",
                   "desk.name is not a single value in %s line 1; allowed: a text of 1 to 20 bytes",
                   NULL);
}

static void an_unknown_name_suggests_the_nearest(void **state)
{
    (void)state;
    assert_refused("desk:\n{\n  repeat_silnt = 3;\n};\n",
                   "desk.repeat_silnt in %s line 3 is not a setting",
                   "Did you mean desk.repeat_silent?");
    assert_refused("desk: { repeat_warm = 3; };\n",
                   "desk.repeat_warm in %s line 1 is not a setting", "desk.repeat_warn");
    assert_refused("screen: { conninfo = \"\"; };\n",
                   "screen.conninfo in %s line 1 is not a setting", "database.conninfo");
    assert_refused("dekS: { name = \"1\"; };\n", "dekS in %s line 1 is not a setting", "desk");
    assert_refused("repeat_warn = 3;\n", "repeat_warn in %s line 1 is not a setting",
                   "Did you mean desk.repeat_warn?");
    assert_refused("desk: { flavour = 3; };\n", "desk.flavour in %s line 1 is not a setting",
                   "The section desk has: name, scanner_prefix, auto, repeat_silent");
    assert_refused("flavour: { };\n", "flavour in %s line 1 is not a setting", "gymtui.conf(5)");
    assert_refused("desk = 3;\n", "desk in %s line 1 is not a setting", "section");
}

static void a_setting_twice_is_refused(void **state)
{
    (void)state;
    assert_refused("desk: { name = \"1\";\n name = \"2\"; };\n",
                   "The settings have a mistake in %s line 2: duplicate setting name", NULL);
    assert_refused("desk: { name = \"1\"; };\n\ndesk: { auto = true; };\n",
                   "The settings have a mistake in %s line 3: duplicate setting name", NULL);
}

static void a_mistake_in_the_form_names_its_line(void **state)
{
    (void)state;
    assert_refused("desk: {\n  name = \"1\"\n  auto true;\n};\n",
                   "The settings have a mistake in %s line 3: syntax error", "gymtui.conf(5)");
    assert_null(load_text("desk: { name = \"1"));
    assert_null(load_text("desk: { name = \"1\"; "));
    assert_null(load_text("}"));
}

static void what_is_no_settings_file_is_refused(void **state)
{
    (void)state;
    assert_refused("desk: { name = \"1\"; };\n  @include \"/etc/passwd\"\n",
                   "%s line 2 includes another file, which is not supported", NULL);

    struct config_sources sources = {.file = folder};
    assert_null(config_load(&sources, &error)); /* libconfig would end the program here */
    assert_int_equal(error.code, ERROR_CONFIG);
    assert_non_null(strstr(error.message, "not a file"));

    unlink(user_file);
    assert_int_equal(mkfifo(user_file, 0600), 0);
    assert_null(load(NULL)); /* and must not wait for a writer */
    unlink(user_file);

    FILE *file = fopen(user_file, "w");
    fwrite("desk: { };\0 };", 1, 14, file);
    fclose(file);
    assert_null(load(NULL));
    assert_non_null(strstr(error.message, "text file"));

    assert_int_equal(truncate(user_file, 2000000), 0);
    assert_null(load(NULL));
    assert_non_null(strstr(error.message, "too large"));

    unlink(user_file);
    assert_int_equal(symlink(user_file, user_file), 0); /* a circle: there, but unreadable */
    assert_null(load(NULL));
    assert_non_null(strstr(error.message, user_file));
}

static void a_wrong_variable_is_named(void **state)
{
    (void)state;
    setenv("GYMTUI_DESK_REPEAT_SILENT", "90", 1);
    assert_null(load(NULL));
    assert_string_equal(
        error.message, "desk.repeat_silent is 90 in GYMTUI_DESK_REPEAT_SILENT; allowed: 0 to 60 s");
    unsetenv("GYMTUI_DESK_REPEAT_SILENT");

    setenv("GYMTUI_DESK_NAEM", "2", 1);
    assert_null(load(NULL));
    assert_string_equal(error.message, "desk.naem in GYMTUI_DESK_NAEM is not a setting");
    assert_string_equal(error.hint, "Did you mean desk.name?");
    unsetenv("GYMTUI_DESK_NAEM");

    setenv("GYMTUI_BINARY", "x", 1); /* other variables of ours are no settings */
    struct config *config = load(NULL);
    assert_non_null(config);
    config_free(config);
}

static void a_wrong_assignment_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *assignment, *message;
    } cases[] = {
        {"desk.repeat_silent=x", "desk.repeat_silent is x on the command line; allowed: 0 to 60 s"},
        {"desk.repeat_silent= 3",
         "desk.repeat_silent is  3 on the command line; allowed: 0 to 60 s"},
        {"desk.repeat_silent=",
         "desk.repeat_silent is \"\" on the command line; allowed: 0 to 60 s"},
        {"desk.nme=2", "desk.nme on the command line is not a setting"},
        {"desk.name", "--set needs a name, an equals sign and a value"},
        {"=2", "--set needs a name, an equals sign and a value"},
        {"desk.auto=\x1b[2Jmaybe",
         "desk.auto is [2Jmaybe on the command line; allowed: true or false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const assignments[] = {cases[i].assignment, NULL};
        assert_null(load(assignments));
        assert_string_equal(error.message, cases[i].message);
    }
}

static void the_range_is_told_even_with_a_very_long_path(void **state)
{
    (void)state;
    char d[201], e[201], deep[600], command[700];
    memset(d, 'd', 200);
    memset(e, 'e', 200);
    d[200] = e[200] = '\0';
    snprintf(command, sizeof command, "mkdir -p %s/%s/%s", folder, d, e);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a folder of our own
    snprintf(deep, sizeof deep, "%s/%s/%s/gymtui.conf", folder, d, e);
    write_file(deep, "policy: { owing = \"never at all\"; };\n");
    struct config_sources sources = {.file = deep};
    assert_null(config_load(&sources, &error));
    assert_non_null(strstr(error.message, "eee/gymtui.conf line 1; allowed: ignore, warn or deny"));
}

/* ---- passwords ---- */

static void a_password_in_an_open_file_is_refused(void **state)
{
    (void)state;
    static const char *const secrets[] = {
        "login: { password = \"sesame\"; };\n",
        "database: { conninfo = \"host=db password=sesame dbname=gym\"; };\n",
        "database: { conninfo = \"password = 'open sesame'\"; };\n",
        "database: { browse_conninfo = \"postgresql://ana:sesame@db/gym\"; };\n",
        "database: { conninfo = \"postgres://db/gym?sslmode=require&password=sesame\"; };\n",
        "database: { conninfo = \"sslkey=k sslpassword=sesame\"; };\n",
    };
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0610};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        write_file(user_file, secrets[i]);
        for (size_t j = 0; j < sizeof modes / sizeof *modes; j++) {
            assert_int_equal(chmod(user_file, modes[j]), 0);
            if (load(NULL) != NULL)
                fail_msg("mode %o: %s", (unsigned)modes[j], secrets[i]);
            assert_null(strstr(error.message, "sesame"));
            assert_non_null(strstr(error.message, user_file));
            assert_non_null(strstr(error.hint, "chmod 600"));
            assert_non_null(strstr(error.hint, user_file));
        }
        chmod(user_file, 0600);
        struct config *config = load(NULL);
        if (config == NULL)
            fail_msg("%s", error.message);
        config_free(config);
    }
}

static void a_file_without_a_password_may_be_open(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "login: { password = \"\"; };\n",
        "database: { conninfo = \"host=db passfile=/etc/pgpass dbname=password\"; };\n",
        "database: { conninfo = \"postgresql://ana@db/gym\"; };\n",
        "database: { conninfo = \"host=db password=\"; };\n",
        "database: { conninfo = \"host=db password='' user=x\"; };\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config = load_text(texts[i]);
        if (config == NULL)
            fail_msg("%s: %s", texts[i], error.message);
        config_free(config);
    }
}

static void passwords_are_never_printed(void **state)
{
    (void)state;
    write_file(user_file,
               "login: { password = \"sesame\"; };\n"
               "database: { conninfo = \"host=db password='open \\\\' sesame' dbname=gym\";\n"
               "browse_conninfo = \"postgresql://ana:sesame@db/gym?password=sesame&user=x\"; };\n");
    chmod(user_file, 0600);
    struct config *config = load(NULL);
    if (config == NULL)
        fail_msg("%s", error.message);
    char *text = printed_values(config);
    assert_null(strstr(text, "sesame"));
    assert_non_null(strstr(text, "login.password             (set)"));
    assert_non_null(strstr(text, "\"host=db password=(set) dbname=gym\""));
    assert_non_null(strstr(text, "\"postgresql://ana:(set)@db/gym?password=(set)&user=x\""));
    free(text);
    config_free(config);

    char secret[320] = "login.password=";
    memset(secret + strlen(secret), 's', 201);
    const char *const assignments[] = {secret, NULL};
    assert_null(load(assignments));
    assert_string_equal(error.message, "login.password is 201 bytes long on the command line; "
                                       "allowed: a text of at most 200 bytes");
}

static void every_value_is_printed_with_its_origin(void **state)
{
    (void)state;
    write_file(user_file, "desk: {\n name = \"a\\x1b[2J\";\n};\n"
                          "keys: { attendance: { undo = \"F8\"; }; };\n");
    struct config *config = load(NULL);
    if (config == NULL)
        fail_msg("%s", error.message);
    char *text = printed_values(config);
    size_t lines = 0;
    for (const char *s = text; *s != '\0'; s++)
        lines += *s == '\n';
    assert_int_equal(lines, CONFIG_COUNT + 1);
    assert_null(strchr(text, '\x1b'));
    char row[200];
    snprintf(row, sizeof row, "desk.name                  \"a\\x1b[2J\"                %s:2\n",
             user_file);
    assert_non_null(strstr(text, row));
    assert_non_null(
        strstr(text, "\ndesk.repeat_silent         3 s                       default\n"));
    assert_non_null(strstr(text, "\nkeys.attendance.undo       \"F8\" "));
    free(text);
    config_free(config);
}

/* ---- keys ---- */

static bool know_undo(const char *command, const char *keys, struct error *why)
{
    if (strcmp(command, "attendance.undo") != 0)
        return error_set(why, ERROR_CONFIG, "See the help.", "There is no command %s", command);
    if (strcmp(keys, "F99") == 0)
        return error_set(why, ERROR_CONFIG, "F1 to F12.", "There is no key %s", keys);
    return true;
}

static void keys_are_bound_by_screen_and_command(void **state)
{
    (void)state;
    write_file(system_file, "keys: { attendance: { undo = \"F7\"; void = \"F9\"; }; };\n");
    write_file(user_file, "keys: { attendance: { undo = \"F8 -\"; }; };\n");
    struct config *config = load(NULL);
    assert_non_null(config);
    assert_string_equal(config_keys(config, "attendance.undo"), "F8 -");
    assert_string_equal(config_keys(config, "attendance.void"), "F9");
    assert_null(config_keys(config, "attendance"));
    assert_null(config_keys(config, "members.undo"));
    config_free(config);

    const char *const assignments[] = {"keys.attendance.undo=F6", NULL};
    config = load(assignments);
    assert_string_equal(config_keys(config, "attendance.undo"), "F6");
    config_free(config);
}

static void keys_that_the_toolkit_does_not_know_are_refused(void **state)
{
    (void)state;
    struct config_sources sources = {
        .user_file = user_file, .system_file = system_file, .check_key = know_undo};
    char expected[200];
    write_file(user_file, "keys: {\n attendance: { udo = \"F8\"; }; };\n");
    assert_null(config_load(&sources, &error));
    snprintf(expected, sizeof expected, "There is no command attendance.udo in %s line 2",
             user_file);
    assert_string_equal(error.message, expected);
    assert_string_equal(error.hint, "See the help.");

    write_file(user_file, "keys: { attendance: { undo = \"F99\"; }; };\n");
    assert_null(config_load(&sources, &error));
    write_file(user_file, "keys: { attendance: { undo = 8; }; };\n");
    assert_null(config_load(&sources, &error));
    assert_non_null(strstr(error.message, "keys.attendance.undo is not a text"));
    write_file(user_file, "keys: { attendance: { undo = \"F8\"; }; };\n");
    struct config *config = config_load(&sources, &error);
    assert_non_null(config);
    config_free(config);
}

/* ---- documents ---- */

static void the_example_file_is_the_tables(void **state)
{
    (void)state;
    char *made = printed(config_print_example);
    char *kept = read_source("gymtui.conf.example");
    if (strcmp(made, kept) != 0)
        fail_msg("gymtui.conf.example differs: gymtui config --example > gymtui.conf.example");
    free(made);
    free(kept);
}

static void the_manuals_options_are_the_tables(void **state)
{
    (void)state;
    char *made = printed(config_print_man);
    char *kept = read_source("man/gymtui.conf.5");
    char *begin = strstr(kept, ".\\\" options: begin");
    assert_non_null(begin);
    begin = strchr(begin, '\n') + 1;
    char *end = strstr(begin, ".\\\" options: end");
    assert_non_null(end);
    *end = '\0';
    if (strcmp(made, begin) != 0)
        fail_msg("the options in man/gymtui.conf.5 differ from gymtui config --man");
    free(made);
    free(kept);
}

/* Each line of the example may lose its sign #, alone or with all the others. */
static void the_example_file_can_be_used_as_it_is_and_line_by_line(void **state)
{
    (void)state;
    char *example = printed(config_print_example);
    struct config *config = load_text(example);
    if (config == NULL)
        fail_msg("%s", error.message);
    config_free(config);

    size_t opened = 0;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        char line[64];
        snprintf(line, sizeof line, "    # %s = ", strchr(config_options[i].name, '.') + 1);
        for (char *at = strstr(example, line); at != NULL; at = strstr(at + 1, line)) {
            at[4] = ' ';
            opened++;
        }
    }
    assert_int_equal(opened, CONFIG_COUNT);
    config = load_text(example);
    if (config == NULL)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        assert_string_equal(config_text(config, (enum config_id)i), config_options[i].initial);
        assert_string_not_equal(config_origin(config, (enum config_id)i), "default");
    }
    config_free(config);
    free(example);
}

static void every_option_says_what_it_does_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        assert_int_equal(option->id, i);
        assert_ptr_equal(config_find_option(option->name), option);
        const char *texts[] = {option->help, option->reason};
        for (size_t j = 0; j < 2; j++) {
            size_t length = strlen(texts[j]);
            if (length < 10 || texts[j][length - 1] != '.')
                fail_msg("%s: \"%s\"", option->name, texts[j]);
        }
    }
    assert_null(config_find_option("desk"));
}

/* ---- folders ---- */

static void folders_are_made_for_their_owner_alone(void **state)
{
    (void)state;
    char path[256], expected[256];
    struct stat status;
    setenv("HOME", folder, 1);
    unsetenv("XDG_STATE_HOME");
    assert_true(config_state_directory(path, sizeof path, &error));
    snprintf(expected, sizeof expected, "%s/.local/state/gymtui", folder);
    assert_string_equal(path, expected);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);

    struct config *config = load(NULL);
    char base[128];
    snprintf(base, sizeof base, "%s/data", folder);
    setenv("XDG_DATA_HOME", base, 1);
    assert_true(config_data_directory(config, path, sizeof path, &error));
    snprintf(expected, sizeof expected, "%s/data/gymtui", folder);
    assert_string_equal(path, expected);
    setenv("XDG_DATA_HOME", "data", 1);
    assert_true(config_data_directory(config, path, sizeof path, &error));
    snprintf(expected, sizeof expected, "%s/.local/share/gymtui", folder);
    assert_string_equal(path, expected);
    unsetenv("XDG_DATA_HOME");
    config_free(config);

    char assignment[128];
    snprintf(assignment, sizeof assignment, "demo.directory=%s/own", folder);
    const char *const assignments[] = {assignment, NULL};
    config = load(assignments);
    assert_true(config_data_directory(config, path, sizeof path, &error));
    assert_string_equal(path, assignment + strlen("demo.directory="));
    config_free(config);

    const char *const relative[] = {"demo.directory=own", NULL};
    config = load(relative);
    assert_false(config_data_directory(config, path, sizeof path, &error));
    assert_int_equal(error.code, ERROR_CONFIG);
    config_free(config);
}

static void a_folder_that_cannot_be_made_says_so(void **state)
{
    (void)state;
    char path[256];
    write_file(user_file, "");
    setenv("XDG_STATE_HOME", user_file, 1); /* a file stands in the way */
    assert_false(config_state_directory(path, sizeof path, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.message, user_file));
    unsetenv("XDG_STATE_HOME");
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(each_source_beats_the_ones_below_it),
        IN_FOLDER(a_file_named_on_the_command_line_stands_alone),
        IN_FOLDER(the_users_file_is_found_by_the_xdg_rules),
        IN_FOLDER(a_first_start_is_told_from_any_other),
        IN_FOLDER(each_type_is_read),
        IN_FOLDER(the_command_line_and_environment_may_say_yes),
        IN_FOLDER(an_empty_variable_is_as_if_unset),
        IN_FOLDER(a_value_out_of_range_names_file_line_and_range),
        IN_FOLDER(a_large_number_does_not_wrap_into_the_range),
        IN_FOLDER(another_type_is_refused),
        IN_FOLDER(an_unknown_name_suggests_the_nearest),
        IN_FOLDER(a_setting_twice_is_refused),
        IN_FOLDER(a_mistake_in_the_form_names_its_line),
        IN_FOLDER(what_is_no_settings_file_is_refused),
        IN_FOLDER(a_wrong_variable_is_named),
        IN_FOLDER(a_wrong_assignment_is_named),
        IN_FOLDER(the_range_is_told_even_with_a_very_long_path),
        IN_FOLDER(a_password_in_an_open_file_is_refused),
        IN_FOLDER(a_file_without_a_password_may_be_open),
        IN_FOLDER(passwords_are_never_printed),
        IN_FOLDER(every_value_is_printed_with_its_origin),
        IN_FOLDER(keys_are_bound_by_screen_and_command),
        IN_FOLDER(keys_that_the_toolkit_does_not_know_are_refused),
        IN_FOLDER(the_example_file_is_the_tables),
        IN_FOLDER(the_manuals_options_are_the_tables),
        IN_FOLDER(the_example_file_can_be_used_as_it_is_and_line_by_line),
        IN_FOLDER(every_option_says_what_it_does_and_why),
        IN_FOLDER(folders_are_made_for_their_owner_alone),
        IN_FOLDER(a_folder_that_cannot_be_made_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
