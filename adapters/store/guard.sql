-- Refuses, even to the owner, any change of the register's tables, triggers, rules and functions outside a
-- declared migration. Only a superuser may create event triggers, hence this file apart from the migrations.

CREATE OR REPLACE FUNCTION public.guard() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    protected CONSTANT text :=
        '\mpublic\.(dossier_events|commands|outcomes|append|receive|enchain|refuse|guard)\M';
    touched text;
BEGIN
    IF current_setting('greffe.migration', true) = 'declared' THEN
        RETURN;
    END IF;
    -- The identity, and not the schema: a rule on a table belongs to no schema.
    IF tg_event = 'sql_drop' THEN
        SELECT object_identity INTO touched FROM pg_event_trigger_dropped_objects()
            WHERE object_identity ~ protected LIMIT 1;
    ELSE
        SELECT object_identity INTO touched FROM pg_event_trigger_ddl_commands()
            WHERE object_identity ~ protected LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format(
            '%s refusé sur %s : déclarez une migration', tg_tag, touched);
    END IF;
END $$;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'greffe_guard_change') THEN
        CREATE EVENT TRIGGER greffe_guard_change ON ddl_command_end EXECUTE FUNCTION public.guard();
        ALTER EVENT TRIGGER greffe_guard_change ENABLE ALWAYS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'greffe_guard_drop') THEN
        CREATE EVENT TRIGGER greffe_guard_drop ON sql_drop EXECUTE FUNCTION public.guard();
        ALTER EVENT TRIGGER greffe_guard_drop ENABLE ALWAYS;
    END IF;
END $$;
