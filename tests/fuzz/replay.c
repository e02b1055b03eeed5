/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_NAME CORPUS [ROUNDS]: runs a target over the files of a folder and over ROUNDS mutations of
 * them. The same inputs each time, so that a failure is found again; for long searches there is
 * the coverage-guided program beside it.
 */
#include "fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define SEED_LIMIT  4096
#define INPUT_LIMIT 8192
#define MOST_SEEDS  256

struct seed {
    uint8_t *data;
    size_t size;
};

static struct seed seeds[MOST_SEEDS];
static size_t seed_count;
static uint64_t random_state = 0x9E3779B97F4A7C15;

/* What is being run, for who looks into a failure. */
static const uint8_t *current;
static size_t current_size;

/* splitmix64: S. Vigna's public-domain generator. */
static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

static size_t random_below(size_t limit)
{
    return limit == 0 ? 0 : (size_t)(next_random() % limit);
}

static void add_seed(const uint8_t *data, size_t size)
{
    if (seed_count == MOST_SEEDS)
        return;
    struct seed *seed = &seeds[seed_count++];
    seed->data = malloc(size + 1);
    CHECK(seed->data != NULL);
    memcpy(seed->data, data, size);
    seed->size = size;
}

static bool read_seeds(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return false;
    for (int i = 0; i < count; i++) {
        char path[4096];
        uint8_t data[SEED_LIMIT];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        FILE *file = entries[i]->d_name[0] != '.' ? fopen(path, "rb") : NULL;
        free(entries[i]);
        if (file == NULL)
            continue;
        add_seed(data, fread(data, 1, sizeof data, file));
        fclose(file);
    }
    free(entries);
    return seed_count > 0;
}

/* Puts `count` bytes at `at`, the rest moves up; what does not fit is left out. */
static size_t insert(uint8_t *input, size_t size, size_t at, const uint8_t *bytes, size_t count)
{
    if (count > INPUT_LIMIT - size)
        count = INPUT_LIMIT - size;
    memmove(input + at + count, input + at, size - at);
    memcpy(input + at, bytes, count);
    return size + count;
}

static size_t mutate(uint8_t *input, size_t size)
{
    static const char *const tokens[] = {"\x1b[2J",
                                         "\x1b]0;",
                                         "\xc2\x9b",
                                         "\xe2\x80\xae", // NOLINT(misc-misleading-bidirectional)
                                         "\xcc\x88",
                                         "\xe6\x9d\x8e",
                                         "\xf0\x9f\x98\x80",
                                         "\xed\xa0\x80",
                                         "\xff",
                                         "\"",
                                         "\\",
                                         "\n",
                                         "{",
                                         "}",
                                         "};",
                                         "[",
                                         "(",
                                         "/*",
                                         "*/",
                                         "@include \"",
                                         "4294967299",
                                         "0x",
                                         "1e999",
                                         "password=",
                                         "-",
                                         ",",
                                         ".",
                                         "=",
                                         "L"};
    size_t at = random_below(size + 1);
    uint8_t byte = (uint8_t)next_random();
    switch (next_random() % 7) {
    case 0: /* change a byte */
        if (at < size)
            input[at] = byte;
        return size;
    case 1: /* flip a bit */
        if (at < size)
            input[at] ^= (uint8_t)(1U << (byte & 7));
        return size;
    case 2:
        return insert(input, size, at, &byte, 1);
    case 3: { /* a piece goes */
        size_t count = random_below(size - at + 1);
        memmove(input + at, input + at + count, size - at - count);
        return size - count;
    }
    case 4: { /* a piece comes twice */
        uint8_t piece[256];
        size_t count = random_below(size - at + 1);
        if (count > sizeof piece)
            count = sizeof piece;
        memcpy(piece, input + at, count);
        return insert(input, size, at, piece, count);
    }
    case 5: { /* a piece of another seed */
        const struct seed *other = &seeds[random_below(seed_count)];
        size_t from = random_below(other->size);
        return insert(input, size, at, other->data + from, random_below(other->size - from + 1));
    }
    default: {
        const char *token = tokens[random_below(sizeof tokens / sizeof *tokens)];
        return insert(input, size, at, (const uint8_t *)token, strlen(token));
    }
    }
}

static void run(const uint8_t *data, size_t size)
{
    current = data;
    current_size = size;
    LLVMFuzzerTestOneInput(data, size);
}

/* Shows the input in hexadecimal; only calls that a signal handler may make. */
static void show_input(int number)
{
    static const char digits[] = "0123456789abcdef";
    char text[2];
    (void)!write(STDERR_FILENO, "the input: ", 11);
    for (size_t i = 0; i < current_size; i++) {
        text[0] = digits[current[i] >> 4];
        text[1] = digits[current[i] & 15];
        (void)!write(STDERR_FILENO, text, sizeof text);
    }
    (void)!write(STDERR_FILENO, "\n", 1);
    signal(number, SIG_DFL);
    raise(number);
}

int main(int count, char **arguments)
{
    unsigned long rounds = count > 2 ? strtoul(arguments[2], NULL, 10) : 50000;
    if (count < 2 || !read_seeds(arguments[1])) {
        fprintf(stderr, "usage: %s CORPUS [ROUNDS]\n", arguments[0]);
        return 2;
    }
    signal(SIGABRT, show_input);
    signal(SIGSEGV, show_input);
    signal(SIGALRM, show_input);
    static uint8_t input[INPUT_LIMIT];
    for (size_t i = 0; i < seed_count; i++)
        run(seeds[i].data, seeds[i].size);
    for (unsigned long i = 0; i < rounds; i++) {
        const struct seed *seed = &seeds[random_below(seed_count)];
        size_t size = seed->size;
        memcpy(input, seed->data, size);
        for (size_t steps = 1 + random_below(6); steps > 0; steps--)
            size = mutate(input, size);
        alarm(10); /* one that hangs fails too */
        run(input, size);
    }
    alarm(0);
    printf("%lu mutations of %zu seeds: every property held\n", rounds, seed_count);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].data);
    return 0;
}
