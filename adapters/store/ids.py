"""The identifiers that are computed and never drawn: the same facts give the same identifier."""

from datetime import date
from uuid import UUID, uuid5


def case_id(subject_id: UUID, case_ref: str) -> UUID:
    """The identifier of a case, from its subject and its reference."""
    return uuid5(subject_id, case_ref)


def deadline_command_id(subject_id: UUID, case_ref: str, kind: str, due: date) -> UUID:
    """The command of a deadline: one for ever, so that it can fall only once."""
    return uuid5(subject_id, f"deadline\n{case_ref}\n{kind}\n{due.isoformat()}")
