/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Letters: templates with fields in braces, and messages as a mail program takes them (RFC 5322,
 * 2045, 2047) from them. Pure. What people typed, a name above all, cannot add a header or a
 * recipient: control characters go, names that are not plain are encoded, and an address that holds
 * more than an address is refused.
 */
#ifndef GYMTUI_BASE_MAIL_H
#define GYMTUI_BASE_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "gymtui/base/error.h"

#define MAIL_BODY_SIZE 8000

struct mail_template {
    char name[40];
    char subject[200];
    char body[MAIL_BODY_SIZE];
};

/* What stands for "{name}". `fields` end with a NULL name. */
struct mail_field {
    const char *name, *value;
};

/* A file's text: "Subject: …" on the first line, an empty line, the body. */
bool mail_template_parse(struct mail_template *template, const char *name, const char *text,
                         struct error *error);
/* Fills in the fields; "{" and a word that is no field stay as they are. Returns the length. */
size_t mail_fill(char *dst, size_t size, const char *text, const struct mail_field *fields);
/* The first {word} that is no field, in `dst`; false: there is none. */
bool mail_unknown_field(char *dst, size_t size, const char *text, const struct mail_field *fields);

/* One plain address: no blanks, no control characters, no list, not beginning like an option. */
bool mail_address_is_plain(const char *address);

struct mail {
    const char *from, *from_name; /* from_name may be "" */
    const char *to, *to_name;
    const char *subject, *body; /* UTF-8; line breaks only in the body */
};
/* The message with its headers, freed by the caller, its length in *size. NULL: an address is not
 * plain, or there is no memory; *error says which. */
char *mail_compose(const struct mail *mail, size_t *size, struct error *error);

#endif
