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

CREATE TABLE public.dossier_events (
    originator_id      uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic              text NOT NULL CHECK (topic ~ '^greffe\.[A-Z][A-Za-z0-9]*/[1-9][0-9]*$'),
    state              bytea NOT NULL CHECK (octet_length(state) <= 262144),
    pos                bigint NOT NULL UNIQUE CHECK (pos >= 1),
    notification_id    bigint NOT NULL GENERATED ALWAYS AS (pos) STORED,
    command_id         uuid NOT NULL DEFAULT nullif(current_setting('greffe.command_id', true), '')::uuid,
    k                  integer NOT NULL CHECK (k >= 1),
    recorded_at        timestamptz NOT NULL,
    prev               bytea NOT NULL CHECK (octet_length(prev) = 32),
    hash               bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (originator_id, originator_version),
    UNIQUE (command_id, k),
    FOREIGN KEY (command_id, originator_id) REFERENCES public.commands (command_id, subject_id)
);

CREATE UNIQUE INDEX dossier_events_notification_id_idx ON public.dossier_events (notification_id);

-- What the library's recorder needs in order to write.
CREATE TYPE public.stored_event_uuid AS (
    originator_id uuid, originator_version bigint, topic text, state bytea
);

-- Outcomes ------------------------------------------------------------------------------------------

CREATE TABLE public.outcomes (
    command_id    uuid PRIMARY KEY REFERENCES public.commands (command_id),
    result        text NOT NULL CHECK (result IN ('accepted', 'rejected', 'fault')),
    body          bytea NOT NULL CHECK (octet_length(body) <= 262144),
    first_version bigint,
    last_version  bigint,
    decided_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((first_version IS NULL) = (last_version IS NULL)),
    CHECK (first_version <= last_version),
    CHECK (result = 'accepted' OR first_version IS NULL)
);

-- Numbering and chain -------------------------------------------------------------------------------
-- hash = SHA-256('greffe/event/v1' LF || prev (32 bytes) || stream LF seq LF pos LF topic LF command_id LF
-- k LF recorded_at LF || state), recorded_at in UTC with six digits: 2026-03-01T08:00:00.123456Z.
-- Two writers that forget the table lock cannot both take the same pos or version: they are unique.

CREATE FUNCTION public.enchain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head record;
    last record;
BEGIN
    SELECT e.pos, e.recorded_at INTO head FROM public.dossier_events e ORDER BY e.pos DESC LIMIT 1;
    SELECT e.originator_version, e.hash INTO last FROM public.dossier_events e
        WHERE e.originator_id = NEW.originator_id ORDER BY e.originator_version DESC LIMIT 1;
    IF NEW.originator_version IS DISTINCT FROM coalesce(last.originator_version, 0) + 1 THEN
        RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = format(
            'version %s refusée : la dernière du dossier est %s',
            NEW.originator_version, coalesce(last.originator_version, 0));
    END IF;
    IF NEW.k IS NULL THEN
        NEW.k := 1 + (SELECT count(*) FROM public.dossier_events e WHERE e.command_id = NEW.command_id);
    END IF;
    NEW.pos := coalesce(head.pos, 0) + 1;
    NEW.recorded_at := greatest(clock_timestamp(), head.recorded_at);
    NEW.prev := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    NEW.hash := sha256(
        convert_to(E'greffe/event/v1\n', 'UTF8') || NEW.prev || convert_to(concat(
            NEW.originator_id, E'\n', NEW.originator_version, E'\n', NEW.pos, E'\n', NEW.topic, E'\n',
            NEW.command_id, E'\n', NEW.k, E'\n',
            to_char(NEW.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), E'\n'
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

-- The two doors -------------------------------------------------------------------------------------

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

CREATE TYPE public.appended AS (
    status        text,  -- appended, replayed, conflict
    version       bigint,
    pos           bigint,
    result        text,
    body          bytea,
    first_version bigint,
    last_version  bigint,
    decided_at    timestamptz
);

-- Record the events and the outcome of a command, once for ever. `d_on` given: the command is a deadline,
-- whose row is made here.
CREATE FUNCTION public.append(
    p_command uuid, p_subject uuid, p_expected bigint, p_topics text[], p_states bytea[],
    p_result text, p_body bytea, d_on date, d_establishment text, d_body bytea
) RETURNS public.appended
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    answer public.appended;
BEGIN
    LOCK TABLE public.dossier_events IN EXCLUSIVE MODE;
    answer.version := coalesce((SELECT e.originator_version FROM public.dossier_events e
        WHERE e.originator_id = p_subject ORDER BY e.originator_version DESC LIMIT 1), 0);

    SELECT o.result, o.body, o.first_version, o.last_version, o.decided_at
        INTO answer.result, answer.body, answer.first_version, answer.last_version, answer.decided_at
        FROM public.outcomes o WHERE o.command_id = p_command;
    IF FOUND THEN
        answer.status := 'replayed';
        answer.pos := coalesce(
            (SELECT max(e.pos) FROM public.dossier_events e WHERE e.command_id = p_command), 0);
        RETURN answer;
    END IF;

    IF answer.version <> p_expected THEN
        answer.status := 'conflict';
        RETURN answer;
    END IF;

    IF d_on IS NOT NULL THEN
        INSERT INTO public.commands (command_id, subject_id, type, acted_on, actor, role, establishment, body)
            VALUES (p_command, p_subject, 'deadline', d_on, 'greffe', 'greffe', d_establishment, d_body)
            ON CONFLICT (command_id) DO NOTHING;
    END IF;

    answer.status := 'appended';
    answer.pos := 0;
    IF cardinality(p_topics) > 0 THEN
        INSERT INTO public.dossier_events (originator_id, originator_version, topic, state, command_id, k)
            SELECT p_subject, p_expected + t.k, t.topic, t.state, p_command, t.k
            FROM unnest(p_topics, p_states) WITH ORDINALITY AS t (topic, state, k) ORDER BY t.k;
        answer.first_version := p_expected + 1;
        answer.last_version := p_expected + cardinality(p_topics);
        answer.version := answer.last_version;
        SELECT e.pos INTO answer.pos FROM public.dossier_events e
            WHERE e.originator_id = p_subject AND e.originator_version = answer.last_version;
        NOTIFY dossier_events;
    END IF;

    INSERT INTO public.outcomes AS o (command_id, result, body, first_version, last_version)
        VALUES (p_command, p_result, p_body, answer.first_version, answer.last_version)
        RETURNING o.result, o.body, o.decided_at INTO answer.result, answer.body, answer.decided_at;
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
GRANT SELECT ON public.commands, public.dossier_events, public.outcomes, public.case_faults,
    public.agenda, public.dossiers, public.open_cases, public.views_tracking TO greffe_app, greffe_audit;
GRANT EXECUTE ON FUNCTION public.receive, public.append TO greffe_app;
GRANT INSERT, UPDATE ON public.case_faults TO greffe_app;
GRANT SELECT, INSERT, UPDATE ON public.person TO greffe_app;
GRANT INSERT, UPDATE, DELETE ON public.agenda, public.dossiers, public.open_cases TO greffe_app;
GRANT UPDATE ON public.views_tracking TO greffe_app;

-- A view is computed again beside the present one, in tables of the session.
DO $$ BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO greffe_app', current_database());
END $$;
