/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/base/mail.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gymtui/base/text.h"

#define HEADER_SIZE 1024
#define WORD_BYTES  42 /* of text in an encoded word, which is at most 75 characters then */
#define LINE_MOST   74 /* columns of quoted-printable before the soft break */

/* --- templates --- */

bool mail_template_parse(struct mail_template *template, const char *name, const char *text,
                         struct error *error)
{
    static const char prefix[] = "Subject:";
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* an editor's byte order mark */
        text += 3;
    if (strncasecmp(text, prefix, sizeof prefix - 1) != 0)
        return error_set(error, ERROR_INPUT, "Begin it with “Subject: …” and an empty line",
                         "The template %s has no subject", name);
    text += sizeof prefix - 1;
    size_t length = strcspn(text, "\r\n");
    char line[sizeof template->subject];
    snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1),
             text);
    const char *from = line + strspn(line, " \t");
    text_clean(template->subject, sizeof template->subject, from);
    snprintf(template->name, sizeof template->name, "%s", name);
    text_drop_partial(template->name);
    text += length;
    while (*text == '\r' || *text == '\n')
        text++;
    if (strlen(text) >= sizeof template->body)
        return error_set(error, ERROR_INPUT, NULL, "The template %s is longer than %d bytes", name,
                         MAIL_BODY_SIZE);
    snprintf(template->body, sizeof template->body, "%s", text);
    return true;
}

/* The field at "{name}", or NULL; *length is that of the braces and what is between them. */
static const struct mail_field *field_at(const char *text, const struct mail_field *fields,
                                         size_t *length)
{
    size_t inside = strcspn(text + 1, "{}\n");
    if (text[1 + inside] != '}' || inside == 0)
        return NULL;
    *length = inside + 2;
    for (; fields->name; fields++)
        if (strlen(fields->name) == inside && strncmp(fields->name, text + 1, inside) == 0)
            return fields;
    return NULL;
}

size_t mail_fill(char *dst, size_t size, const char *text, const struct mail_field *fields)
{
    size_t used = 0, length;
    while (*text && used + 1 < size) {
        const struct mail_field *field = *text == '{' ? field_at(text, fields, &length) : NULL;
        if (!field) {
            dst[used++] = *text++;
            continue;
        }
        text += length;
        /* A value is one line: it was typed by somebody. */
        used += text_clean(dst + used, size - used, field->value);
    }
    dst[used] = 0;
    text_drop_partial(dst);
    return strlen(dst);
}

bool mail_unknown_field(char *dst, size_t size, const char *text, const struct mail_field *fields)
{
    for (; (text = strchr(text, '{')) != NULL; text++) {
        size_t length = 0;
        if (field_at(text, fields, &length) || length == 0)
            continue;
        snprintf(dst, size, "%.*s", (int)length, text);
        return true;
    }
    return false;
}

/* --- addresses --- */

bool mail_address_is_plain(const char *address)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "!#$%&'*+-/=?^_`{|}~.";
    const char *at = strchr(address, '@');
    if (!at || at == address || !at[1] || strlen(address) > 254 || address[0] == '-')
        return false;
    size_t before = strspn(address, allowed);
    static const char host[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    return address + before == at && strspn(at + 1, host) == strlen(at + 1) && at[1] != '.' &&
           at[1] != '-';
}

/* --- headers --- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static void encode_base64(FILE *out, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < count; i += 3) {
        size_t left = count - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (left > 1)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (left > 2)
            group |= bytes[i + 2];
        fputc(digits[group >> 18], out);
        fputc(digits[group >> 12 & 63], out);
        fputc(left > 1 ? digits[group >> 6 & 63] : '=', out);
        fputc(left > 2 ? digits[group & 63] : '=', out);
    }
}

/* Encoded words (RFC 2047), cut between characters, one a line. */
static void write_encoded(FILE *out, const char *text)
{
    bool first = true;
    while (*text) {
        size_t bytes = 0;
        uint32_t code;
        for (size_t next; text[bytes] && (next = text_decode(text + bytes, &code)) > 0 &&
                          bytes + next <= WORD_BYTES;
             bytes += next)
            continue;
        fputs(first ? "=?UTF-8?B?" : "\n =?UTF-8?B?", out);
        encode_base64(out, (const unsigned char *)text, bytes);
        fputs("?=", out);
        text += bytes;
        first = false;
    }
}

static void write_text_header(FILE *out, const char *name, const char *value)
{
    char clean[HEADER_SIZE];
    text_clean(clean, sizeof clean, value);
    fprintf(out, "%s: ", name);
    /* What looks like an encoded word is encoded, too, so that it reads as it was typed. */
    if (is_ascii(clean) && strlen(clean) < 900 && !strstr(clean, "=?"))
        fputs(clean, out);
    else
        write_encoded(out, clean);
    fputc('\n', out);
}

static void write_address_header(FILE *out, const char *name, const char *person,
                                 const char *address)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ";
    char clean[HEADER_SIZE];
    text_clean(clean, sizeof clean, person);
    fprintf(out, "%s: ", name);
    if (clean[0] && strspn(clean, plain) == strlen(clean))
        fprintf(out, "\"%s\" <%s>\n", clean, address);
    else if (clean[0]) {
        write_encoded(out, clean);
        fprintf(out, "\n <%s>\n", address);
    } else {
        fprintf(out, "%s\n", address);
    }
}

/* --- the body: quoted-printable, so that any mail system carries it unharmed --- */

static void write_body(FILE *out, const char *body)
{
    int column = 0;
    for (const char *s = body; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\r')
            continue;
        if (c == '\n') {
            fputc('\n', out);
            column = 0;
            continue;
        }
        bool ends_line = s[1] == '\n' || s[1] == '\r' || !s[1];
        bool quoted = c == '=' || c >= 0x7f || (c < ' ' && c != '\t') ||
                      ((c == ' ' || c == '\t') && ends_line);
        int width = quoted ? 3 : 1;
        if (column + width > LINE_MOST) {
            fputs("=\n", out);
            column = 0;
        }
        if (quoted)
            fprintf(out, "=%02X", c);
        else
            fputc(c, out);
        column += width;
    }
    if (column > 0)
        fputc('\n', out);
}

char *mail_compose(const struct mail *mail, size_t *size, struct error *error)
{
    const char *wrong = !mail_address_is_plain(mail->to)     ? mail->to
                        : !mail_address_is_plain(mail->from) ? mail->from
                                                             : NULL;
    if (wrong) {
        error_set(error, ERROR_INPUT, NULL, "“%.100s” is no plain e-mail address", wrong);
        return NULL;
    }
    char *message = NULL;
    FILE *out = open_memstream(&message, size);
    if (out) {
        write_address_header(out, "From", mail->from_name, mail->from);
        write_address_header(out, "To", mail->to_name, mail->to);
        write_text_header(out, "Subject", mail->subject);
        fputs("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
              "Content-Transfer-Encoding: quoted-printable\nAuto-Submitted: auto-generated\n\n",
              out);
        write_body(out, mail->body);
        bool failed = ferror(out) != 0;
        if (fclose(out) == 0 && !failed)
            return message;
        free(message);
    }
    error_set(error, ERROR_SYSTEM, NULL, "Not enough memory for a message");
    return NULL;
}
