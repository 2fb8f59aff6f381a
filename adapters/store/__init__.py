"""The register in PostgreSQL. In reading order:

migrations     the schema, as plain SQL; guard.sql protects it from later changes
canonical      the one way a value is written as bytes
event_names    stored topic to class, and what was stored before to what is read now
mapper         event to bytes and back, for us and for the eventsourcing library
register       commands, append, outcomes, reads
verify         numbering and hash chain, checked from the rows
persons        names and contacts, apart from the register
views          what the screens read: agenda, dossiers, cases
projections    keeps the views up to date while events come
rebuild        computes the views again, compares, replaces
"""
