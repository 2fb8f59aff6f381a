#!/bin/sh
# Bring Temporal's two databases to the version of the image; running it again changes nothing.
set -eu
for part in temporal visibility; do
    database=$([ "$part" = temporal ] && echo temporal || echo temporal_visibility)
    tool="temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db $database"
    $tool create
    $tool setup-schema -v 0.0
    $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$part/versioned"
done
