/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a configuration file, or as what follows --set: settings or an error, never both,
 * and never a value out of its range. */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gymtui/config/config.h"

static void check_values(const struct config *config)
{
    for (size_t i = 0; i < CONFIG_COUNT; i++) {
        const struct config_option *option = &config_options[i];
        const char *text = config_text(config, option->id);
        CHECK(text != NULL && config_origin(config, option->id) != NULL);
        double x =
            option->type == CONFIG_TEXT ? (double)strlen(text) : config_number(config, option->id);
        if (option->type == CONFIG_CHOICE)
            CHECK(*text != '\0' && strstr(option->choices, text) != NULL);
        else if (option->type != CONFIG_BOOL)
            CHECK(x >= option->minimum && x <= option->maximum);
    }
    static char printed[64 * 1024];
    FILE *out = fmemopen(printed, sizeof printed, "w");
    CHECK(out != NULL);
    config_print(config, out);
    fclose(out);
    for (const char *s = printed; *s != '\0'; s++)
        CHECK(*s == '\n' || (unsigned char)*s >= 0x20);
}

static void check_result(struct config *config, const struct error *error)
{
    if (config != NULL) {
        check_values(config);
    } else {
        CHECK(error->code == ERROR_CONFIG || error->code == ERROR_USAGE);
        CHECK(error->message[0] != '\0');
        for (const char *s = error->message; *s != '\0'; s++)
            CHECK((unsigned char)*s >= 0x20);
    }
    config_free(config);
}

static void check_assignment(const uint8_t *data, size_t size)
{
    static char assignment[8193];
    if (size >= sizeof assignment)
        size = sizeof assignment - 1;
    memcpy(assignment, data, size);
    assignment[size] = '\0';
    const char *const assignments[] = {assignment, NULL};
    struct config_sources sources = {.user_file = "/nonexistent/gymtui.conf",
                                     .system_file = "/nonexistent/gymtui.conf",
                                     .assignments = assignments};
    struct error error = {0};
    struct config *config = config_load(&sources, &error);
    check_result(config, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    static char path[64];
    if (size > 6 && memcmp(data, "--set ", 6) == 0) {
        check_assignment(data + 6, size - 6);
        return 0;
    }
    if (file < 0) { /* in memory: a file per input would keep the disk busy */
        file = memfd_create("gymtui.conf", MFD_CLOEXEC);
        CHECK(file >= 0 && fchmod(file, 0600) == 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    CHECK(ftruncate(file, 0) == 0);
    CHECK(pwrite(file, data, size, 0) == (ssize_t)size);
    struct config_sources sources = {.file = path};
    struct error error = {0};
    struct config *config = config_load(&sources, &error);
    check_result(config, &error);
    return 0;
}
