/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options: the one table that the reader, `gymtui config`, gymtui.conf.example and
 * gymtui.conf(5) are made from. `gymtui config --example` and `--man` print the latter two anew.
 */
#ifndef GYMTUI_CONFIG_OPTIONS_H
#define GYMTUI_CONFIG_OPTIONS_H

/* X(identifier, "section.name", type, minimum, maximum, default, choices, unit, help, reason)
 * Every value is written as text in the default column, and parsed by the same code as a file's.
 * `help` says what the option does, `reason` why its default is what it is. */
#define CONFIG_OPTIONS(X)                                                                          \
    X(CONFIG_DATABASE_CONNINFO, "database.conninfo", CONFIG_TEXT, 0, 1000, "", "", "",             \
      "Which PostgreSQL: a libpq connection string (host, port, dbname, sslmode, service "         \
      "\u2026). "                                                                                  \
      "Empty: the private one that `gymtui demo` runs.",                                           \
      "A first look needs no server.")                                                             \
    X(CONFIG_DATABASE_BROWSE_CONNINFO, "database.browse_conninfo", CONFIG_TEXT, 0, 1000, "", "",   \
      "", "Where lists and reports read, for instance a standby. Empty: the same server.",         \
      "One server is what most gyms have.")                                                        \
    X(CONFIG_DATABASE_DESK_TIMEOUT, "database.desk_timeout", CONFIG_INT, 200, 60000, "2000", "",   \
      "ms", "Longest a check-in or another short statement may take.",                             \
      "Who stands at the desk waits no longer than that for an answer.")                           \
    X(CONFIG_DATABASE_BROWSE_TIMEOUT, "database.browse_timeout", CONFIG_INT, 1000, 600000,         \
      "30000", "", "ms", "Longest a list, report or export may take.",                             \
      "Enough for a report over years of visits, short enough to find out that something hangs.")  \
    X(CONFIG_DATABASE_CONNECT_TIMEOUT, "database.connect_timeout", CONFIG_INT, 500, 60000, "5000", \
      "", "ms", "Longest to wait for one host to answer before the next is tried.",                \
      "A slow line answers within it, and a dead host does not keep the desk waiting.")            \
    X(CONFIG_LOGIN_GYM, "login.gym", CONFIG_TEXT, 0, 60, "", "", "",                               \
      "The gym's user name, filled in on the login screen and used by the command line.",          \
      "Whoever signs in first types it.")                                                          \
    X(CONFIG_LOGIN_USER, "login.user", CONFIG_TEXT, 0, 60, "", "", "",                             \
      "The staff user name, filled in on the login screen and used by the command line.",          \
      "A desk is shared; each person signs in with a name of their own.")                          \
    X(CONFIG_LOGIN_PASSWORD, "login.password", CONFIG_TEXT, 0, 200, "", "", "",                    \
      "For unattended commands only. Better in ~/.pgpass or in GYMTUI_LOGIN_PASSWORD. A file "     \
      "with it that others can read is refused, and so is --set.",                                 \
      "A person types the password.")                                                              \
    X(CONFIG_DESK_NAME, "desk.name", CONFIG_TEXT, 1, 20, "1", "", "",                              \
      "What this desk is called in the feed and on receipts.",                                     \
      "A gym with one desk needs no other name.")                                                  \
    X(CONFIG_DESK_SCANNER_PREFIX, "desk.scanner_prefix", CONFIG_TEXT, 0, 8, "", "", "",            \
      "Characters the scanner sends before a code, so that a scan is told from typing.",           \
      "A scanner sends none until it is told to.")                                                 \
    X(CONFIG_DESK_AUTO, "desk.auto", CONFIG_BOOL, 0, 1, "false", "", "",                           \
      "A second scan checks the member out without asking.",                                       \
      "A card scanned twice by mistake must not end a visit.")                                     \
    X(CONFIG_DESK_REPEAT_SILENT, "desk.repeat_silent", CONFIG_INT, 0, 60, "3", "", "s",            \
      "The same code again within this time is taken for the same scan.",                          \
      "A card held to the scanner is read two or three times.")                                    \
    X(CONFIG_DESK_REPEAT_WARN, "desk.repeat_warn", CONFIG_INT, 0, 3600, "300", "", "s",            \
      "The same code again within this time warns.",                                               \
      "Nobody trains for less; a card passed back to a friend shows.")                             \
    X(CONFIG_DESK_LOCK_AFTER, "desk.lock_after", CONFIG_INT, 0, 86400, "900", "", "s",             \
      "Lock the screen after this long without a key. 0: never.",                                  \
      "A desk left alone shows nobody's data for more than a quarter of an hour.")                 \
    X(CONFIG_DESK_KIOSK, "desk.kiosk", CONFIG_BOOL, 0, 1, "false", "", "",                         \
      "Only the check-in, for members to use by themselves: nothing personal on the screen, and "  \
      "the way out needs a staff password.",                                                       \
      "A desk with somebody behind it shows more.")                                                \
    X(CONFIG_DESK_PRINTER, "desk.printer", CONFIG_CHOICE, 0, 0, "none",                            \
      "none passthrough command", "",                                                              \
      "Where receipts and the day's report print. passthrough: on the printer of the terminal, "   \
      "through the line; command: by desk.print_command.",                                         \
      "Most desks hand out no paper, and a terminal without a printer shows the text instead.")    \
    X(CONFIG_DESK_PRINT_COMMAND, "desk.print_command", CONFIG_TEXT, 0, 500, "", "", "",            \
      "Shell command that prints what it reads, such as lp -d counter.",                           \
      "The machine's printers are not known to gymtui.")                                           \
    X(CONFIG_WORKER_CONNINFO, "worker.conninfo", CONFIG_TEXT, 0, 1000, "", "", "",                 \
      "How the background worker connects: a libpq connection string with the worker's login "     \
      "(NAME_worker of the database NAME). Empty: the private PostgreSQL, where it needs none.",   \
      "A server's desks have no business with the worker's login; see gymtui-worker(8).")          \
    X(CONFIG_POLICY_EXPIRED_GRACE, "policy.expired_grace", CONFIG_INT, 0, 60, "3", "", "days",     \
      "New gyms: how long after its end a term still lets in, with a warning.",                    \
      "A weekend is enough to renew.")                                                             \
    X(CONFIG_POLICY_EXPIRING_WITHIN, "policy.expiring_within", CONFIG_INT, 0, 60, "7", "", "days", \
      "New gyms: warn when a term ends within this time.",                                         \
      "Who comes once a week hears of it in time.")                                                \
    X(CONFIG_POLICY_OWING, "policy.owing", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny", "",    \
      "New gyms: a member who owes money.",                                                        \
      "The desk settles it; turning people away is the owner's choice.")                           \
    X(CONFIG_POLICY_CAPACITY, "policy.capacity", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",  \
      "", "New gyms: the house is full.",                                                          \
      "The count is as good as the check-outs; people judge better.")                              \
    X(CONFIG_POLICY_BANNED, "policy.banned", CONFIG_CHOICE, 0, 0, "deny", "ignore warn deny", "",  \
      "New gyms: somebody who is banned.",                                                         \
      "The ban is there for a reason; only a manager lets in against it.")                         \
    X(CONFIG_POLICY_OTHER_GYM, "policy.other_gym", CONFIG_CHOICE, 0, 0, "deny",                    \
      "ignore warn deny", "",                                                                      \
      "New gyms: a member of another gym of the chain without a plan for all gyms.",               \
      "A plan for all gyms costs more.")                                                           \
    X(CONFIG_POLICY_CANCELLED, "policy.cancelled", CONFIG_CHOICE, 0, 0, "deny",                    \
      "ignore warn deny", "", "New gyms: a membership that was cancelled and has ended.",          \
      "The member knows, and may want to come back: the desk can sell at once.")                   \
    X(CONFIG_POLICY_FROZEN, "policy.frozen", CONFIG_CHOICE, 0, 0, "deny", "ignore warn deny", "",  \
      "New gyms: a frozen membership.", "One key ends the freeze.")                                \
    X(CONFIG_POLICY_EXPIRED, "policy.expired", CONFIG_CHOICE, 0, 0, "deny", "ignore warn deny",    \
      "", "New gyms: a term that ended longer ago than the days of grace.", "One key renews it.")  \
    X(CONFIG_POLICY_OFF_HOURS, "policy.off_hours", CONFIG_CHOICE, 0, 0, "deny",                    \
      "ignore warn deny", "", "New gyms: an off-peak plan outside its hours.",                     \
      "It is cheaper for that.")                                                                   \
    X(CONFIG_POLICY_NO_VISITS, "policy.no_visits", CONFIG_CHOICE, 0, 0, "deny",                    \
      "ignore warn deny", "", "New gyms: a pack of visits that is used up.",                       \
      "One key sells the next one.")                                                               \
    X(CONFIG_POLICY_GRACE, "policy.grace", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny", "",    \
      "New gyms: a term that ended within the days of grace.",                                     \
      "The member hears of it and is not turned away.")                                            \
    X(CONFIG_POLICY_EXPIRING, "policy.expiring", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",  \
      "", "New gyms: a term that ends soon.",                                                      \
      "The desk offers the next one while the member is there.")                                   \
    X(CONFIG_POLICY_BIRTHDAY, "policy.birthday", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",  \
      "", "New gyms: today is the member's birthday.", "A word at the desk costs nothing.")        \
    X(CONFIG_POLICY_UNDER_16, "policy.under_16", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",  \
      "", "New gyms: a member younger than sixteen.",                                              \
      "The house may have rules about it; the desk sees who is meant.")                            \
    X(CONFIG_POLICY_NOTE, "policy.note", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny", "",      \
      "New gyms: a note stands on the member's card.", "It was written to be read.")               \
    X(CONFIG_POLICY_AUTO_CLOSED, "policy.auto_closed", CONFIG_CHOICE, 0, 0, "warn",                \
      "ignore warn deny", "", "New gyms: the last visit was closed by itself.",                    \
      "The member is reminded of checking out.")                                                   \
    X(CONFIG_POLICY_SESSIONS_LOW, "policy.sessions_low", CONFIG_CHOICE, 0, 0, "warn",              \
      "ignore warn deny", "", "New gyms: a pack of visits that is nearly used up.",                \
      "The desk offers the next one in time.")                                                     \
    X(CONFIG_POLICY_REENTRY, "policy.reentry", CONFIG_CHOICE, 0, 0, "warn", "ignore warn deny",    \
      "", "New gyms: somebody who has been here today already.",                                   \
      "A card passed on to a friend shows.")                                                       \
    X(CONFIG_POLICY_AUTO_CHECKOUT, "policy.auto_checkout", CONFIG_INT, 30, 1440, "240", "", "min", \
      "New gyms: a forgotten check-out is closed after this long.",                                \
      "Longer than nearly every real visit.")                                                      \
    X(CONFIG_MAIL_COMMAND, "mail.command", CONFIG_TEXT, 0, 500, "", "", "",                        \
      "Program that sends e-mail, with sendmail's interface, such as /usr/sbin/sendmail or "       \
      "msmtp. "                                                                                    \
      "It gets -i -f SENDER -- RECIPIENT and the message; blanks part its words, and no shell "    \
      "reads them. Empty: no messages.",                                                           \
      "Nothing leaves the house before somebody said how.")                                        \
    X(CONFIG_MAIL_FROM, "mail.from", CONFIG_TEXT, 0, 250, "", "", "",                              \
      "The address that messages come from, and that answers go to.",                              \
      "Only the gym knows which of its addresses is read.")                                        \
    X(CONFIG_MAIL_TEMPLATES, "mail.templates", CONFIG_TEXT, 0, 1000, "", "", "",                   \
      "Folder with templates beside the built-in ones: files NAME.txt that begin with \"Subject: " \
      "\u2026\" and an empty line, and may say {name}, {first name}, {gym}, {plan}, {ends}, "      \
      "{last visit}, {owed}, {currency} and {staff}.",                                             \
      "The built-in ones do for a start.")                                                         \
    X(CONFIG_SCREEN_THEME, "screen.theme", CONFIG_CHOICE, 0, 0, "auto", "auto dark light mono",    \
      "", "Colours. auto follows the terminal and NO_COLOR.", "The terminal usually knows.")       \
    X(CONFIG_SCREEN_ASCII, "screen.ascii", CONFIG_CHOICE, 0, 0, "auto", "auto yes no", "",         \
      "Signs and lines in plain ASCII. auto follows the locale.",                                  \
      "A UTF-8 locale can show the signs; others cannot.")                                         \
    X(CONFIG_SCREEN_BELL, "screen.bell", CONFIG_BOOL, 0, 1, "true", "", "",                        \
      "Sound the bell when a member is denied.",                                                   \
      "The desk looks at the member, not at the screen.")                                          \
    X(CONFIG_SCREEN_MOUSE, "screen.mouse", CONFIG_BOOL, 0, 1, "false", "", "",                     \
      "Take clicks and the wheel; selecting text then needs Shift.",                               \
      "Everything has a key, and copying a phone number works as everywhere.")                     \
    X(CONFIG_SCREEN_PLAIN, "screen.plain", CONFIG_BOOL, 0, 1, "false", "", "",                     \
      "For screen readers: no lines, frames, bars or sparklines, numbers in words instead, and "   \
      "the cursor stands where the focus or the verdict is.",                                      \
      "Who sees the screen reads frames faster.")                                                  \
    X(CONFIG_LOG_FILE, "log.file", CONFIG_TEXT, 0, 1000, "", "", "",                               \
      "Where the log goes. Empty: $XDG_STATE_HOME/gymtui/gymtui.log.",                             \
      "Each user can write there.")                                                                \
    X(CONFIG_LOG_LEVEL, "log.level", CONFIG_CHOICE, 0, 0, "info", "error warning info debug", "",  \
      "What is worth writing down.",                                                               \
      "Enough to tell afterwards what happened; a day's lines fit a few screens.")                 \
    X(CONFIG_DEMO_DIRECTORY, "demo.directory", CONFIG_TEXT, 0, 1000, "", "", "",                   \
      "Where the private PostgreSQL lives. Empty: $XDG_DATA_HOME/gymtui, and /var/lib/gymtui "     \
      "for root.",                                                                                 \
      "Data belong where the desktop's backup looks for them.")                                    \
    X(CONFIG_DEMO_PROGRAMS, "demo.programs", CONFIG_TEXT, 0, 250, "", "", "",                      \
      "Folder of PostgreSQL's server programs (initdb, pg_ctl, postgres). Empty: the newest "      \
      "found.",                                                                                    \
      "They stand where the distribution's package puts them.")                                    \
    X(CONFIG_DEMO_PROFILE, "demo.profile", CONFIG_CHOICE, 0, 0, "small",                           \
      "small chain million harsh isp", "", "What `gymtui demo` generates.",                        \
      "It is there within a minute or two, and looks like one real gym.")                          \
    X(CONFIG_DEMO_SEED, "demo.seed", CONFIG_INT, 0, 2147483647, "1", "", "",                       \
      "The generator's seed number: the same number gives the same gym.",                          \
      "Everybody who tries it out sees the same gym, and can talk about it.")                      \
    X(CONFIG_DEMO_RESEED_ON_START, "demo.reseed_on_start", CONFIG_BOOL, 0, 1, "false", "", "",     \
      "`gymtui demo` makes the gyms up anew each time; what was entered is lost.",                 \
      "What somebody tried out yesterday should still be there today.")

#endif
