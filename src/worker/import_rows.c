/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import_rows.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "gymtui/base/date.h"
#include "gymtui/base/text.h"

#define NAMES_MOST 10

static const struct {
    const char *word;
    const char *usual[NAMES_MOST]; /* in a heading */
} columns_known[IMPORT_COLUMN_COUNT] = {
    [IMPORT_CUSTOMER] = {"customer", {"customer_id", "customer", "customerid", "cust", "id"}},
    [IMPORT_DATE] = {"date", {"date", "transaction_date", "day", "invoice_date", "invoicedate"}},
    [IMPORT_AMOUNT] = {"amount", {"amount", "value", "price", "spend", "total"}},
    [IMPORT_METHOD] = {"method",
                       {"payment_method", "payment_method_name", "method", "paymentmethod"}},
    [IMPORT_TRANSACTION] = {"transaction", {"transaction_id", "transactionid"}},
    [IMPORT_AGE] = {"age", {"age"}},
    [IMPORT_GENDER] = {"gender", {"gender", "sex"}},
};

const char *import_column_name(enum import_column column)
{
    return columns_known[column].word;
}

static bool take_map_entry(char *entry, const char **columns, struct error *error)
{
    char *equals = strchr(entry, '=');
    while (*entry == ' ')
        entry++;
    for (int i = 0; equals && i < IMPORT_COLUMN_COUNT; i++) {
        const char *word = columns_known[i].word;
        if (strncmp(entry, word, (size_t)(equals - entry)) != 0 ||
            strlen(word) != (size_t)(equals - entry) || equals[1] == '\0')
            continue;
        columns[i] = equals + 1;
        return true;
    }
    return error_set(error, ERROR_USAGE,
                     "There are customer, date, amount, method, transaction, age and gender, as in "
                     "customer=Client,date=Day",
                     "“%s” says of no column which it is", entry);
}

bool import_read_map(char *map, const char *columns[IMPORT_COLUMN_COUNT], struct error *error)
{
    char *rest = NULL;
    for (char *entry = strtok_r(map, ",", &rest); entry; entry = strtok_r(NULL, ",", &rest))
        if (!take_map_entry(entry, columns, error))
            return false;
    return true;
}

/* ---- Headings ---- */

static int find_column(const struct csv_row *heading, const char *wanted, enum import_column column)
{
    if (wanted)
        return csv_column(heading, wanted);
    for (int i = 0; i < NAMES_MOST && columns_known[column].usual[i]; i++) {
        int at = csv_column(heading, columns_known[column].usual[i]);
        if (at >= 0)
            return at;
    }
    return -1;
}

static bool stands_twice(const struct csv_row *heading, int at)
{
    for (int i = at + 1; i < heading->count; i++)
        if (strcasecmp(heading->field[i], heading->field[at]) == 0)
            return true;
    return false;
}

bool import_read_heading(struct csv *csv, const char *file, const char *const *columns,
                         bool customers, struct import_places *places, struct error *error)
{
    struct csv_row heading;
    const char *reason = "the file is empty";
    enum csv_result result = csv_read(csv, &heading, &reason);
    if (csv_failed(csv, error))
        return false;
    if (result != CSV_ROW)
        return error_set(error, ERROR_INPUT,
                         "Nothing was changed. The first line must name the columns, as in "
                         "customer,date,amount",
                         "%s: %s", file, reason);
    places->has_semicolons = csv_separator(csv) == ';';
    places->fields = heading.count;
    for (int i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        bool is_of_customers = i == IMPORT_AGE || i == IMPORT_GENDER;
        places->at[i] = -1;
        if (i != IMPORT_CUSTOMER && is_of_customers != customers)
            continue;
        places->at[i] = find_column(&heading, columns[i], (enum import_column)i);
        bool is_needed = columns[i] != NULL || i == IMPORT_CUSTOMER ||
                         (!customers && (i == IMPORT_DATE || i == IMPORT_AMOUNT));
        if (places->at[i] >= 0 && stands_twice(&heading, places->at[i]))
            return error_set(error, ERROR_INPUT,
                             "Nothing was changed. Give each column a name of its own",
                             "%s has two columns “%s”", file, heading.field[places->at[i]]);
        if (places->at[i] >= 0 || !is_needed)
            continue;
        if (columns[i])
            return error_set(error, ERROR_INPUT, "Look at the first line of the file",
                             "%s has no column “%s”", file, columns[i]);
        return error_set(
            error, ERROR_INPUT,
            "Say which it is, as in customer=…,date=…,amount=…: --map, or the form's Columns",
            "%s has no column that is the %s by its name", file, columns_known[i].word);
    }
    if (customers && places->at[IMPORT_AGE] < 0 && places->at[IMPORT_GENDER] < 0)
        return error_set(error, ERROR_INPUT, "Say which they are: --map age=…,gender=…",
                         "%s has neither an age nor a gender", file);
    return true;
}

/* ---- Rows ---- */

static const char *field_of(const struct csv_row *row, const struct import_places *places,
                            enum import_column column)
{
    if (places->at[column] < 0)
        return "";
    const char *field = row->field[places->at[column]];
    while (*field == ' ' || *field == '\t')
        field++;
    return field;
}

/* PostgreSQL takes no broken UTF-8; NUL bytes have been refused by the reader. */
static bool is_utf8(const char *text)
{
    for (size_t used; *text; text += used) {
        uint32_t code;
        used = text_decode(text, &code);
        if (used == 1 && (unsigned char)*text >= 0x80)
            return false;
    }
    return true;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

static const char *check_text(const struct csv_row *row)
{
    for (int i = 0; i < row->count; i++)
        if (!is_utf8(row->field[i]))
            return "it is not UTF-8";
    return NULL;
}

static const char *check_customer_key(const char *key)
{
    if (*key == '\0')
        return "no customer";
    if (strlen(key) > IMPORT_KEY_BYTES)
        return "the customer's key is longer than 200 bytes";
    return has_control(key) ? "a control character in the customer's key" : NULL;
}

/* A day that is written like one but is not on the calendar, or no day at all. */
static const char *why_no_day(const char *text)
{
    static const char shape[] = "0000-00-00";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return "the date cannot be read";
    return "there is no such day";
}

/* A date, or a date with a time of day behind it, which is left off. */
static const char *read_day(const char *text, int32_t today, int32_t *day)
{
    char plain[40];
    size_t length = strlen(text);
    if (length == 0)
        return "no date";
    if (length >= sizeof plain)
        return "the date cannot be read";
    memcpy(plain, text, length + 1);
    if (length > 10 && (plain[10] == ' ' || plain[10] == 'T') &&
        strspn(plain + 11, "0123456789:.+-Z ") == length - 11)
        plain[10] = '\0';
    if (!date_parse(plain, day))
        return why_no_day(plain);
    if (*day > today)
        return "the date is in the future";
    return *day < date_from_civil(1900, 1, 1) ? "the date is before 1900" : NULL;
}

/* Where semicolons separate, the comma is often the decimal sign: “1.234” is a thousand there, and
 * not for a program to guess. */
static bool may_group(const char *text)
{
    const char *point = strchr(text, '.');
    return point && strspn(point + 1, "0123456789") == 3;
}

static const char *read_amount(const char *text, bool has_semicolons, money *amount)
{
    double number;
    if (*text == '\0')
        return "no amount";
    if (has_semicolons && may_group(text))
        return "the amount's point may mean thousands: write it without";
    if (money_parse(text, amount))
        return NULL;
    if (!csv_number(text, &number)) /* more decimals than two, an exponent … */
        return strspn(text, "-0123456789,. ") == strlen(text) && strlen(text) > 12
                   ? "the amount is too large"
                   : "the amount is not a number";
    if (fabs(number) > (double)MONEY_LIMIT / 100)
        return "the amount is too large";
    *amount = llround(number * 100);
    return NULL;
}

const char *import_check_transaction(const struct csv_row *row, const struct import_places *places,
                                     int32_t today, struct import_row *out)
{
    const char *reason;
    if (row->count < places->fields)
        return "fewer fields than the heading";
    if (row->count > places->fields)
        return "more fields than the heading";
    *out = (struct import_row){.customer = field_of(row, places, IMPORT_CUSTOMER),
                               .method = field_of(row, places, IMPORT_METHOD),
                               .transaction = field_of(row, places, IMPORT_TRANSACTION)};
    if ((reason = check_text(row)) || (reason = check_customer_key(out->customer)) ||
        (reason = read_day(field_of(row, places, IMPORT_DATE), today, &out->day)) ||
        (reason = read_amount(field_of(row, places, IMPORT_AMOUNT), places->has_semicolons,
                              &out->amount)))
        return reason;
    if (strlen(out->method) > IMPORT_NAME_BYTES)
        return "the payment method's name is longer than 60 bytes";
    if (has_control(out->method))
        return "a control character in the payment method";
    if (places->at[IMPORT_TRANSACTION] >= 0 && *out->transaction == '\0')
        return "no transaction number";
    if (strlen(out->transaction) > IMPORT_KEY_BYTES)
        return "the transaction's number is longer than 200 bytes";
    return NULL;
}

/* One word for what is written in several ways; anything else as it is, in lower case. */
static const char *gender_of(const char *text)
{
    static const char *const words[][2] = {
        {"f", "female"},      {"w", "female"},  {"woman", "female"}, {"m", "male"},
        {"man", "male"},      {"d", "other"},   {"x", "other"},      {"diverse", "other"},
        {"female", "female"}, {"male", "male"}, {"other", "other"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i][0]) == 0)
            return words[i][1];
    return text;
}

const char *import_check_customer(const struct csv_row *row, const struct import_places *places,
                                  struct import_row *out)
{
    const char *reason, *age = NULL;
    double years;
    if (row->count != places->fields)
        return row->count < places->fields ? "fewer fields than the heading"
                                           : "more fields than the heading";
    *out = (struct import_row){.customer = field_of(row, places, IMPORT_CUSTOMER),
                               .age = -1,
                               .gender = gender_of(field_of(row, places, IMPORT_GENDER))};
    age = field_of(row, places, IMPORT_AGE);
    if ((reason = check_text(row)) || (reason = check_customer_key(out->customer)))
        return reason;
    if (*age != '\0') {
        if (!csv_number(age, &years) || years < 0 || years > 130)
            return "the age is not a number from 0 to 130";
        out->age = (int)years;
    }
    if (strlen(out->gender) > IMPORT_NAME_BYTES || has_control(out->gender))
        return "the gender is longer than 60 bytes";
    return NULL;
}
