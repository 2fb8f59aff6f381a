"""Acts on a register of the toy procedures, as the service would do them."""

from datetime import date
from uuid import UUID, uuid4

from service.store_procedure import LAW, REGISTRY

from adapters.store import canonical
from adapters.store.ids import deadline_command_id
from adapters.store.register import Appended, CommandRow, Conflict, Register, Verdict
from domain.kernel import Command, Event, Outcome, Subject, key_of, lapse_next, submit

ACCEPTED = Verdict("accepted", b"{}")
REFUSED = Verdict("rejected", b'{"code":"no"}')
DAY = date(2026, 3, 1)


def command_row(subject_id: UUID, command_id: UUID | None = None, body: bytes = b"{}") -> CommandRow:
    return CommandRow(command_id or uuid4(), subject_id, "toy.open", DAY, "u1", "gestionnaire", body)


async def received(register: Register, subject_id: UUID) -> UUID:
    """A new command of this subject."""
    return (await register.put_command(command_row(subject_id))).command_id


async def appended(register: Register, subject_id: UUID, expected: int, *events: Event) -> Appended:
    """The events of a new command, that nothing hinders."""
    done = await register.append(await received(register, subject_id), subject_id, expected, events, ACCEPTED)
    assert isinstance(done, Appended)
    return done


async def folded(register: Register, subject_id: UUID) -> Subject:
    events = [recorded.event for recorded in await register.load(subject_id)]
    return Subject.new(str(subject_id), "agent", REGISTRY).fold(events)


async def act(register: Register, subject_id: UUID, command: Command, on: date = DAY) -> Appended:
    """Decide a command as the kernel does, and record it."""
    subject = await folded(register, subject_id)
    outcome = submit(subject, command, on, LAW)
    assert isinstance(outcome, Outcome)
    return await appended(register, subject_id, subject.version, *outcome.events)


async def lapse(register: Register, subject_id: UUID, until: date) -> Appended | Conflict:
    """Let the next deadline fall."""
    subject = await folded(register, subject_id)
    fallen = lapse_next(subject, until, LAW)
    assert fallen is not None
    deadline, outcome = fallen
    command_id = deadline_command_id(subject_id, *key_of(deadline))
    row = CommandRow(
        command_id, subject_id, "deadline", deadline.due, "greffe", "greffe", canonical.dumps({"kind": deadline.kind})
    )
    return await register.append(command_id, subject_id, subject.version, outcome.events, ACCEPTED, deadline_row=row)
