-- SPDX-License-Identifier: GPL-3.0-or-later
-- Before any row: nobody else works on a dataset of this name, and the name is free, or is to be
-- replaced. The lock is let go with the transaction.

DO $$
DECLARE
    wish  record;
    there record;
BEGIN
    SELECT * INTO wish FROM pg_temp.import_wish;
    IF wish.kind = 'generated' AND NOT (SELECT i.is_demonstration FROM gym.database_info i) THEN
        RAISE EXCEPTION 'this database is no demonstration: its data are real and stay'
            USING ERRCODE = 'GT003', HINT = 'made-up customers are for gymtui demo only';
    ELSIF NOT EXISTS (SELECT FROM gym.gyms g WHERE g.gym_id = wish.gym_id) THEN
        RAISE EXCEPTION 'there is no gym %', wish.gym_id USING ERRCODE = 'GT002';
    ELSIF NOT pg_try_advisory_xact_lock(hashtext('gymtui dataset'), hashtext(wish.gym_id || ' ' || wish.name)) THEN
        RAISE EXCEPTION 'the dataset “%” is being worked on', wish.name
            USING ERRCODE = 'GT004', HINT = 'wait until the other import or refresh is done';
    END IF;
    SELECT d.dataset_id, d.kind INTO there FROM clv.dataset d
        WHERE d.gym_id = wish.gym_id AND d.name = wish.name;
    IF NOT FOUND THEN
        RETURN;
    ELSIF there.kind = 'gym' THEN
        RAISE EXCEPTION '“%” is the name of the gym''s own members', wish.name
            USING ERRCODE = 'GT004', HINT = 'take another name';
    ELSIF NOT wish.replaces OR (wish.kind = 'generated' AND there.kind <> 'generated') THEN
        RAISE EXCEPTION 'there is a dataset “%” already', wish.name
            USING ERRCODE = 'GT004', HINT = 'take another name, or say --replace';
    END IF;
    UPDATE pg_temp.import_wish w SET dataset_id = there.dataset_id;
END
$$;
