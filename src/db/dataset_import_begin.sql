-- SPDX-License-Identifier: GPL-3.0-or-later
-- An import: what is wished for, and the rows of the files as they come. These tables are this
-- session's alone and go with it, however it ends.

SET LOCAL statement_timeout = 0;
SET LOCAL "TimeZone" = 'UTC';
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY TABLE import_wish (
    gym_id       bigint NOT NULL,
    dataset_id   bigint,
    name         text NOT NULL,
    source       text NOT NULL,
    kind         text NOT NULL,
    currency     text NOT NULL,
    has_contract boolean NOT NULL,
    time_unit    text NOT NULL,
    fit_until    date,
    as_of        date,
    replaces     boolean NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_transactions (
    line        bigint NOT NULL,
    customer    text COLLATE "C" NOT NULL,
    day         date NOT NULL,
    amount      numeric(12,2) NOT NULL,
    method      text COLLATE "C",
    transaction text COLLATE "C"
) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_customers (
    line     bigint NOT NULL,
    customer text COLLATE "C" NOT NULL,
    age      integer,
    gender   text
) ON COMMIT DROP;
-- Where the server can see that this program has died, it need not work on for nobody.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 140000 THEN
        PERFORM set_config('client_connection_check_interval', '1s', true);
    END IF;
END
$$;
