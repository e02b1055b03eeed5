/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Name lists. An entry is the name as written, and after a bar its form in plain Latin letters
 * where the two differ by more than diacritics ("Անահիտ|Anahit"); e-mail addresses use the latter.
 */
#ifndef GYMTUI_WORKER_SIMULATE_NAMES_H
#define GYMTUI_WORKER_SIMULATE_NAMES_H

enum name_order {
    NAME_WESTERN,       /* given, space, family */
    NAME_EASTERN,       /* family, given, no space */
    NAME_EASTERN_SPACE, /* family, space, given */
};

struct name_culture {
    const char *const *women, *const *men, *const *family; /* each ends with NULL */
    enum name_order order;
    double home[3];    /* share of members in Ireland, France, Germany */
    double two_family; /* chance of a hyphenated family name */
};

extern const struct name_culture name_cultures[];
extern const int name_culture_count;

extern const char *const names_single[]; /* people with one name */
extern const char *const names_long[];   /* "w:" or "m:" and a name of over 40 characters */
/* Endings that differ for women: pairs "ов", "ова", …; ends with NULL. */
extern const char *const name_endings[];

#endif
