-- The register: commands, the events they made, their outcomes. Insert only, numbered without a hole, chained.
-- Beside it, and never mixed with it: persons, faults to repair, views that can be computed again.

-- Commands ------------------------------------------------------------------------------------------

CREATE TABLE public.commands (
    command_id      uuid PRIMARY KEY,
    subject_id      uuid NOT NULL,
    idempotency_key text UNIQUE CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    type            text NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
    acted_on        date NOT NULL,
    actor           text NOT NULL CHECK (length(actor) BETWEEN 1 AND 255),
    role            text NOT NULL CHECK (length(role) BETWEEN 1 AND 100),
    establishment   text,
    request_id      text,
    body            bytea NOT NULL CHECK (octet_length(body) <= 262144),
    body_sha256     bytea NOT NULL GENERATED ALWAYS AS (sha256(body)) STORED,
    received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (command_id, subject_id)
);

CREATE INDEX commands_subject ON public.commands (subject_id, received_at);

-- Events --------------------------------------------------------------------------------------------
-- The table of the eventsourcing library (its five columns, by its names) and ours. `notification_id` is
-- `pos` under the library's name. A writer that cannot name its command (the library) sets greffe.command_id.
-- `outcome`, on the first event of a command, is what else was said of it (the rules that were met); the hash
-- does not cover it.
-- What a row must satisfy is tested by the trigger and not by CHECK nor FOREIGN KEY: those are prepared again
-- at each statement, and a lookup made for a key locks the command's row. Commands are never removed.

CREATE TABLE public.dossier_events (
    originator_id      uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic              text NOT NULL,
    state              bytea NOT NULL,
    pos                bigint NOT NULL UNIQUE,
    notification_id    bigint NOT NULL,
    command_id         uuid NOT NULL DEFAULT nullif(current_setting('greffe.command_id', true), '')::uuid,
    k                  integer NOT NULL,
    recorded_at        timestamptz NOT NULL,
    prev               bytea NOT NULL,
    hash               bytea NOT NULL,
    outcome            bytea,
    PRIMARY KEY (originator_id, originator_version),
    UNIQUE (command_id, k)
);

CREATE UNIQUE INDEX dossier_events_notification_id_idx ON public.dossier_events (notification_id);

-- What the library's recorder needs in order to write.
CREATE TYPE public.stored_event_uuid AS (
    originator_id uuid, originator_version bigint, topic text, state bytea
);

-- Outcomes ------------------------------------------------------------------------------------------
-- A command that made events has its outcome in them; one that made none has a row here.

CREATE TABLE public.outcomes (
    command_id uuid PRIMARY KEY REFERENCES public.commands (command_id),
    result     text NOT NULL CHECK (result IN ('accepted', 'rejected', 'fault')),
    body       bytea NOT NULL CHECK (octet_length(body) <= 262144),
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE VIEW public.decided AS
    SELECT o.command_id, o.result, o.body, NULL::bigint AS first_version, NULL::bigint AS last_version,
        o.decided_at, 0::bigint AS pos
    FROM public.outcomes o
    UNION ALL
    SELECT e.command_id, 'accepted', coalesce(e.outcome, '{}'), e.originator_version, l.originator_version,
        l.recorded_at, l.pos
    FROM public.dossier_events e CROSS JOIN LATERAL (
        SELECT n.originator_version, n.recorded_at, n.pos FROM public.dossier_events n
        WHERE n.command_id = e.command_id ORDER BY n.k DESC LIMIT 1) l
    WHERE e.k = 1;

-- Numbering and chain -------------------------------------------------------------------------------
-- hash = SHA-256('greffe/event/v1' LF || prev (32 bytes) || stream LF seq LF pos LF topic LF command_id LF
-- k LF recorded_at LF || state), recorded_at in UTC with six digits: 2026-03-01T08:00:00.123456Z.
-- Two writers that forget the table lock cannot both take the same pos or version: they are unique.
-- No SET search_path here nor in `append`, which would double the cost of entering them: every name is said in
-- full, and neither the service nor the auditor may create a function or an operator anywhere but in pg_temp,
-- where none is looked for.

CREATE FUNCTION public.enchain() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    head_pos bigint;
    head_at  timestamptz;
    outcome  uuid;
BEGIN
    SELECT e.pos, e.recorded_at INTO head_pos, head_at FROM public.dossier_events e ORDER BY e.pos DESC LIMIT 1;
    IF NEW.originator_version = 1 THEN
        NEW.prev := '\x0000000000000000000000000000000000000000000000000000000000000000';
    ELSE
        SELECT e.hash INTO NEW.prev FROM public.dossier_events e
            WHERE e.originator_id = NEW.originator_id AND e.originator_version = NEW.originator_version - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = pg_catalog.format(
                'version %s refusée : le dossier n''a pas la précédente', NEW.originator_version);
        END IF;
    END IF;
    IF NEW.k IS NULL THEN
        NEW.k := 1 + (SELECT pg_catalog.count(*) FROM public.dossier_events e WHERE e.command_id = NEW.command_id);
    END IF;
    SELECT o.command_id INTO outcome FROM public.commands c LEFT JOIN public.outcomes o USING (command_id)
        WHERE c.command_id = NEW.command_id AND c.subject_id = NEW.originator_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '23503', MESSAGE = 'commande inconnue, ou d''un autre dossier';
    END IF;
    IF outcome IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'commande déjà décidée sans événement';
    END IF;
    IF NEW.topic !~ '^greffe\.[A-Z][A-Za-z0-9]*/[1-9][0-9]*$' OR NEW.k < 1 OR pg_catalog.octet_length(NEW.state) > 262144
        OR pg_catalog.octet_length(NEW.outcome) > 262144 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'événement refusé : nom, rang ou taille';
    END IF;
    NEW.pos := coalesce(head_pos, 0) + 1;
    NEW.notification_id := NEW.pos;
    NEW.recorded_at := greatest(pg_catalog.clock_timestamp(), head_at);
    NEW.hash := pg_catalog.sha256('\x6772656666652f6576656e742f76310a'::bytea || NEW.prev || pg_catalog.convert_to(pg_catalog.concat_ws(
        E'\n', NEW.originator_id, NEW.originator_version, NEW.pos, NEW.topic, NEW.command_id, NEW.k,
        pg_catalog.to_char(NEW.recorded_at AT TIME ZONE 'UTC', E'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\n')
    ), 'UTF8') || NEW.state);
    RETURN NEW;
END $$;

CREATE TRIGGER enchain BEFORE INSERT ON public.dossier_events
    FOR EACH ROW EXECUTE FUNCTION public.enchain();
ALTER TABLE public.dossier_events ENABLE ALWAYS TRIGGER enchain;

-- Insert only ---------------------------------------------------------------------------------------

CREATE FUNCTION public.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format(
        '%s refusé sur %s : le registre ne fait que s''ajouter', TG_OP, TG_TABLE_NAME);
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.dossier_events
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.dossier_events EXECUTE FUNCTION public.refuse();
ALTER TABLE public.dossier_events ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE public.dossier_events ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.commands
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.commands EXECUTE FUNCTION public.refuse();
ALTER TABLE public.commands ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE public.commands ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.outcomes
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.outcomes EXECUTE FUNCTION public.refuse();
ALTER TABLE public.outcomes ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE public.outcomes ENABLE ALWAYS TRIGGER refuse_truncate;

-- The doors -----------------------------------------------------------------------------------------

-- Keep a command; the rows already there when its id or its idempotency key is known.
CREATE FUNCTION public.receive(
    p_command uuid, p_subject uuid, p_key text, p_type text, p_on date, p_actor text, p_role text,
    p_establishment text, p_request text, p_body bytea
) RETURNS SETOF public.commands
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF p_type = 'deadline' THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'une échéance ne se reçoit pas';
    END IF;
    RETURN QUERY INSERT INTO public.commands AS c (command_id, subject_id, idempotency_key, type, acted_on,
            actor, role, establishment, request_id, body)
        VALUES (p_command, p_subject, p_key, p_type, p_on, p_actor, p_role, p_establishment, p_request, p_body)
        ON CONFLICT DO NOTHING RETURNING c.*;
    IF NOT FOUND THEN
        RETURN QUERY SELECT c.* FROM public.commands c
            WHERE c.command_id = p_command OR c.idempotency_key = p_key;
    END IF;
END $$;

CREATE TYPE public.appended AS (pos bigint, decided_at timestamptz);

-- Record the events of a command, once for ever: unique_violation when the stream is not at the version
-- expected, or when the command is decided already; `decided` tells which.
CREATE FUNCTION public.append(
    p_command uuid, p_subject uuid, p_expected bigint, p_topics text[], p_states bytea[], p_outcome bytea
) RETURNS public.appended
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    answer public.appended;
BEGIN
    LOCK TABLE public.dossier_events IN EXCLUSIVE MODE;
    FOR k IN 1 .. pg_catalog.cardinality(p_topics) LOOP
        INSERT INTO public.dossier_events AS e
                (originator_id, originator_version, topic, state, command_id, k, outcome)
            VALUES (p_subject, p_expected + k, p_topics[k], p_states[k], p_command, k,
                CASE k WHEN 1 THEN p_outcome END)
            RETURNING e.pos, e.recorded_at INTO answer;
    END LOOP;
    NOTIFY dossier_events;
    RETURN answer;
END $$;

-- The same for a deadline, a command that nobody sent: its row is made here.
CREATE FUNCTION public.append_deadline(
    p_command uuid, p_subject uuid, p_expected bigint, p_topics text[], p_states bytea[], p_outcome bytea,
    p_on date, p_establishment text, p_body bytea
) RETURNS public.appended
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOCK TABLE public.dossier_events IN EXCLUSIVE MODE;
    INSERT INTO public.commands (command_id, subject_id, type, acted_on, actor, role, establishment, body)
        VALUES (p_command, p_subject, 'deadline', p_on, 'greffe', 'greffe', p_establishment, p_body)
        ON CONFLICT (command_id) DO NOTHING;
    RETURN public.append(p_command, p_subject, p_expected, p_topics, p_states, p_outcome);
END $$;

-- Record the outcome of a command that makes no event, with the same promise.
CREATE FUNCTION public.conclude(p_command uuid, p_subject uuid, p_expected bigint, p_result text, p_body bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    answer timestamptz;
BEGIN
    LOCK TABLE public.dossier_events IN EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM public.dossier_events e WHERE e.command_id = p_command)
        OR p_expected <> (SELECT coalesce(max(e.originator_version), 0) FROM public.dossier_events e
            WHERE e.originator_id = p_subject) THEN
        RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = 'dossier modifié, ou commande déjà décidée';
    END IF;
    INSERT INTO public.outcomes AS o (command_id, result, body) VALUES (p_command, p_result, p_body)
        RETURNING o.decided_at INTO answer;
    RETURN answer;
END $$;

-- Cases stopped by a fault of the program -----------------------------------------------------------

CREATE TABLE public.case_faults (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    subject_id  uuid NOT NULL,
    case_ref    text NOT NULL,
    error       text NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at timestamptz
);

CREATE UNIQUE INDEX case_faults_open ON public.case_faults (subject_id, case_ref) WHERE resolved_at IS NULL;

-- Persons: the only place of names ------------------------------------------------------------------

CREATE TABLE public.person (
    subject_id    uuid PRIMARY KEY,
    matricule     text UNIQUE,
    family_name   text NOT NULL,
    given_name    text NOT NULL,
    birth_date    date,
    email         text,
    discipline    text,
    service       text,
    establishment text,
    university    text,
    source        text NOT NULL,
    sought        text NOT NULL,  -- what a search looks into: lower case, without accents
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Views: derived, may be thrown away and computed again ---------------------------------------------

CREATE TABLE public.agenda (
    subject_id  uuid NOT NULL,
    case_id     uuid NOT NULL,
    case_ref    text NOT NULL,
    kind        text NOT NULL,
    due         date NOT NULL,
    nature      text NOT NULL,
    basis       text[] NOT NULL,
    consequence text NOT NULL,
    awaits      text[] NOT NULL,
    armed_on    date NOT NULL,
    fallen_on   date,
    pos         bigint NOT NULL,
    PRIMARY KEY (subject_id, case_ref, kind, due)
);

CREATE INDEX agenda_due ON public.agenda (due, subject_id);

CREATE TABLE public.dossiers (
    subject_id       uuid PRIMARY KEY,
    kind             text NOT NULL,
    version          bigint NOT NULL,
    last_pos         bigint NOT NULL,
    last_recorded_at timestamptz NOT NULL,
    summary          jsonb NOT NULL,
    corps            text GENERATED ALWAYS AS (summary ->> 'corps') STORED,
    statut           text GENERATED ALWAYS AS (summary ->> 'statut') STORED,
    quotite          text GENERATED ALWAYS AS (summary ->> 'quotite') STORED,
    open_cases       integer NOT NULL,
    next_due         date
);

CREATE TABLE public.open_cases (
    case_id    uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    ref        text NOT NULL,
    procedure  text NOT NULL,
    status     text NOT NULL,
    standing   boolean NOT NULL,
    opened_on  date,
    closed     boolean NOT NULL,
    next_due   date,
    UNIQUE (subject_id, ref)
);

CREATE INDEX open_cases_open ON public.open_cases (next_due) WHERE NOT closed;

CREATE TABLE public.views_tracking (
    application_name text PRIMARY KEY,
    notification_id  bigint NOT NULL
);

INSERT INTO public.views_tracking VALUES ('dossier', 0);

-- Who may do what -----------------------------------------------------------------------------------

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO greffe_app, greffe_audit;
GRANT SELECT ON public.commands, public.dossier_events, public.outcomes, public.decided, public.case_faults,
    public.agenda, public.dossiers, public.open_cases, public.views_tracking TO greffe_app, greffe_audit;
GRANT EXECUTE ON FUNCTION public.receive, public.append, public.append_deadline, public.conclude TO greffe_app;
GRANT INSERT, UPDATE ON public.case_faults TO greffe_app;
GRANT SELECT, INSERT, UPDATE ON public.person TO greffe_app;
GRANT INSERT, UPDATE, DELETE ON public.agenda, public.dossiers, public.open_cases TO greffe_app;
GRANT UPDATE ON public.views_tracking TO greffe_app;

-- A view is computed again beside the present one, in tables of the session.
DO $$ BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO greffe_app', current_database());
END $$;
