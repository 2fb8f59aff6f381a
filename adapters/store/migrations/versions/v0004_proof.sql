-- What makes the register provable to somebody else: signed checkpoints of its tree, and the chain of the
-- migrations that its schema went through. Insert only, like the register.

-- Checkpoints ---------------------------------------------------------------------------------------
-- Written by the sealing process alone, which reads hashes and no content.

CREATE TABLE public.checkpoints (
    id        bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    size      bigint NOT NULL CHECK (size >= 1),
    note      text NOT NULL UNIQUE CHECK (length(note) <= 4096),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX checkpoints_size ON public.checkpoints (size);

CREATE FUNCTION public.grow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.size < (SELECT max(c.size) FROM public.checkpoints c)
       OR NEW.size > (SELECT coalesce(max(e.pos), 0) FROM public.dossier_events e) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = format(
            'point de contrôle de taille %s refusé : avant le dernier, ou au-delà du registre', NEW.size);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER grow BEFORE INSERT ON public.checkpoints FOR EACH ROW EXECUTE FUNCTION public.grow();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.checkpoints
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.checkpoints EXECUTE FUNCTION public.refuse();
ALTER TABLE public.checkpoints ENABLE ALWAYS TRIGGER grow;
ALTER TABLE public.checkpoints ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE public.checkpoints ENABLE ALWAYS TRIGGER refuse_truncate;

-- Migrations ----------------------------------------------------------------------------------------
-- hash = SHA-256('greffe/migration/v1' LF || prev (32 bytes) || n LF revision LF sha256 in hexadecimal LF
-- applied_by LF applied_at LF), applied_at as recorded_at in the chain of events. The guard lets the schema
-- of the register change only in a transaction that has declared itself here.

CREATE TABLE public.migrations_applied (
    n          bigint PRIMARY KEY,
    revision   text NOT NULL CHECK (revision ~ '^[a-z0-9_]{1,60}$'),
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    prev       bytea NOT NULL CHECK (octet_length(prev) = 32),
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32)
);

CREATE FUNCTION public.chain_migration() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last record;
BEGIN
    LOCK TABLE public.migrations_applied IN EXCLUSIVE MODE;
    SELECT m.n, m.hash INTO last FROM public.migrations_applied m ORDER BY m.n DESC LIMIT 1;
    NEW.n := coalesce(last.n, 0) + 1;
    NEW.applied_by := session_user;
    NEW.applied_at := clock_timestamp();
    NEW.prev := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    NEW.hash := sha256(convert_to(E'greffe/migration/v1\n', 'UTF8') || NEW.prev || convert_to(concat(
        NEW.n, E'\n', NEW.revision, E'\n', encode(NEW.sha256, 'hex'), E'\n', NEW.applied_by, E'\n',
        to_char(NEW.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), E'\n'), 'UTF8'));
    RETURN NEW;
END $$;

CREATE TRIGGER chain_migration BEFORE INSERT ON public.migrations_applied
    FOR EACH ROW EXECUTE FUNCTION public.chain_migration();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.migrations_applied
    FOR EACH ROW EXECUTE FUNCTION public.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.migrations_applied EXECUTE FUNCTION public.refuse();
ALTER TABLE public.migrations_applied ENABLE ALWAYS TRIGGER chain_migration;
ALTER TABLE public.migrations_applied ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE public.migrations_applied ENABLE ALWAYS TRIGGER refuse_truncate;

-- Who may do what -----------------------------------------------------------------------------------

REVOKE ALL ON public.checkpoints, public.migrations_applied FROM PUBLIC;
REVOKE ALL ON FUNCTION public.grow, public.chain_migration FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO greffe_seal;
GRANT SELECT (pos, hash) ON public.dossier_events TO greffe_seal;
GRANT SELECT ON public.checkpoints TO greffe_seal, greffe_app, greffe_audit;
GRANT INSERT (size, note) ON public.checkpoints TO greffe_seal;
GRANT SELECT ON public.migrations_applied TO greffe_seal, greffe_app, greffe_audit;
