#!/bin/sh
# Run once by the PostgreSQL image, after the roles exist: their passwords, and Temporal's own role.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set migration="$MIGRATION_PASSWORD" --set app="$APP_PASSWORD" \
    --set audit="$AUDIT_PASSWORD" --set seal="$SEAL_PASSWORD" --set temporal="$TEMPORAL_PASSWORD" <<'SQL'
ALTER ROLE greffe_migration PASSWORD :'migration';
ALTER ROLE greffe_app PASSWORD :'app';
ALTER ROLE greffe_audit PASSWORD :'audit';
ALTER ROLE greffe_seal PASSWORD :'seal';
CREATE ROLE temporal LOGIN CREATEDB PASSWORD :'temporal';
SQL
