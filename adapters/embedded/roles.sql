-- Who may do what in the register's database. Run by a superuser inside it; repeating it changes nothing.
-- Passwords are set apart. Tables and their grants belong to the migrations.

DO $$
BEGIN
    IF to_regrole('greffe_owner') IS NULL THEN CREATE ROLE greffe_owner NOLOGIN; END IF;
    IF to_regrole('greffe_migration') IS NULL THEN CREATE ROLE greffe_migration LOGIN; END IF;
    IF to_regrole('greffe_app') IS NULL THEN CREATE ROLE greffe_app LOGIN; END IF;
    IF to_regrole('greffe_audit') IS NULL THEN CREATE ROLE greffe_audit LOGIN; END IF;
    IF to_regrole('greffe_seal') IS NULL THEN CREATE ROLE greffe_seal LOGIN; END IF;

    EXECUTE format('ALTER DATABASE %I OWNER TO greffe_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO greffe_migration, greffe_app, greffe_audit, greffe_seal', current_database());
END
$$;

-- The migration role acts as the owner only after SET ROLE, so that an ordinary session of it owns nothing.
GRANT greffe_owner TO greffe_migration WITH INHERIT FALSE, SET TRUE;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER ROLE greffe_audit SET default_transaction_read_only = on;
