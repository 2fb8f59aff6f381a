-- Refuses, even to the owner, any change of the register's tables, triggers, rules, functions and rights in a
-- transaction that has not declared itself in migrations_applied. Only a superuser may create event triggers,
-- hence this file apart from the migrations.

CREATE OR REPLACE FUNCTION public.guard() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    tables CONSTANT text[] := '{dossier_events,commands,outcomes,decided,checkpoints,migrations_applied}';
    functions CONSTANT text[] := '{append,append_deadline,conclude,receive,enchain,refuse,grow,chain_migration,guard}';
    protected CONSTANT text := format('\mpublic\.(%s|%s|appended|stored_event_uuid)\M|^public$',
        array_to_string(tables, '|'), array_to_string(functions, '|'));
    touched text;
    declared boolean;
BEGIN
    -- The identity, and not the schema: a rule on a table belongs to no schema.
    IF tg_event = 'sql_drop' THEN
        SELECT object_identity INTO touched FROM pg_event_trigger_dropped_objects()
            WHERE object_identity ~ protected LIMIT 1;
    ELSIF tg_tag IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES', 'DROP OWNED', 'REASSIGN OWNED') THEN
        touched := 'les droits';  -- these commands do not say on what they act
    ELSE
        SELECT object_identity INTO touched FROM pg_event_trigger_ddl_commands()
            WHERE object_identity ~ protected LIMIT 1;
    END IF;
    -- What was renamed or moved no longer bears its name; what inherits from a table shows rows in it.
    IF touched IS NULL THEN
        SELECT 'public.' || name INTO touched FROM unnest(tables) AS name
            WHERE to_regclass('public.' || name) IS NULL
               OR EXISTS (SELECT FROM pg_inherits WHERE inhparent = to_regclass('public.' || name)) LIMIT 1;
    END IF;
    IF touched IS NULL THEN
        SELECT 'public.' || name INTO touched FROM unnest(functions) AS name
            WHERE NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE p.proname = name AND n.nspname = 'public') LIMIT 1;
    END IF;
    IF touched IS NULL THEN
        RETURN;
    END IF;
    IF to_regclass('public.migrations_applied') IS NOT NULL THEN
        SELECT true INTO declared FROM public.migrations_applied m WHERE m.xmin = pg_current_xact_id()::xid LIMIT 1;
    END IF;
    IF declared THEN
        RETURN;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format(
        '%s refusé sur %s : déclarez une migration', tg_tag, touched);
END $$;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'greffe_guard_change') THEN
        CREATE EVENT TRIGGER greffe_guard_change ON ddl_command_end EXECUTE FUNCTION public.guard();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'greffe_guard_drop') THEN
        CREATE EVENT TRIGGER greffe_guard_drop ON sql_drop EXECUTE FUNCTION public.guard();
    END IF;
    ALTER EVENT TRIGGER greffe_guard_change ENABLE ALWAYS;
    ALTER EVENT TRIGGER greffe_guard_drop ENABLE ALWAYS;
END $$;
