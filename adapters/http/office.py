"""What the API and the pages both do: find a case, submit a command, wait for the views."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from fastapi import Request

from adapters import words
from adapters.http.identities import Identity, identify
from adapters.http.problems import Problem
from adapters.service import Handled, Service
from adapters.settings import Settings
from adapters.store import canonical
from adapters.store.connection import KeyReused
from adapters.store.drafts import Drafts
from adapters.store.persons import Persons
from adapters.store.queries import Queries
from adapters.store.register import CommandRow
from adapters.store.views import Views
from domain.kernel import Command, Opening, Subject, SubjectCommand

VIEWS_PATIENCE = 1.0  # seconds: an answer may come before the lists show it, but rarely does


class Desk(Protocol):
    """Takes a command to its case, and says since when the alarms are away."""

    degraded_since: datetime | None

    async def submit(self, row: CommandRow) -> Any: ...

    async def move_clock(self, day: date) -> Any: ...


@dataclass(frozen=True)
class Asked:
    """A command on its way: what is asked, of whom, by whom."""

    subject_id: UUID
    body: Mapping[str, Any]
    on: date
    who: Identity
    key: str | None
    request_id: str
    expected_version: int | None


@dataclass(frozen=True)
class Office:
    """The application behind the web: one register, one desk, one set of views."""

    service: Service
    desk: Desk
    queries: Queries
    settings: Settings

    @cached_property
    def views(self) -> Views:
        return Views(self.queries.pool)

    @cached_property
    def persons(self) -> Persons:
        return Persons(self.queries.pool)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.queries.pool)

    async def today(self) -> date:
        return await self.service.clock.today()

    def identity(self, request: Request) -> Identity:
        return identify(request, self.settings)

    def writer(self, request: Request) -> Identity:
        """The identity of a request that records; a problem when it may only read."""
        who = self.identity(request)
        if who.reads_only:
            raise Problem("forbidden", "Un auditeur consulte et vérifie ; il n'enregistre rien.")
        return who

    async def subject(
        self, subject_id: UUID, recorded_at: datetime | None = None, effective_on: date | None = None
    ) -> Subject:
        """A dossier that exists."""
        subject = await self.service.subject(subject_id, recorded_at, effective_on)
        if subject.version == 0:
            raise Problem("not_found", "Aucun dossier sous cet identifiant.")
        return subject

    async def find_case(self, ref: str, agent: UUID | None = None) -> tuple[UUID, str]:
        """The dossier and the reference of a case, by reference or identifier."""
        if agent is not None:
            return agent, ref
        found = [] if not ref.isprintable() else await self.queries.cases_named(ref)
        if not found:
            raise Problem("not_found", f"Aucune procédure sous la référence {ref}.")
        if len(found) > 1:
            raise Problem(
                "ambiguous_reference",
                "Plusieurs dossiers utilisent cette référence : désignez la procédure par son identifiant.",
                cases=[str(row["case_id"]) for row in found],
            )
        return found[0]["subject_id"], found[0]["ref"]

    def command(self, body: Mapping[str, Any]) -> type[Command]:
        """The class of a command by its type; a problem when there is none."""
        name = body.get("type")
        found = self.service.registry.commands.get(name) if isinstance(name, str) else None
        if found is None:
            raise Problem("invalid_command", "Champ « type » : cette commande est inconnue.", field="type")
        return found[0]

    async def asked_before(self, key: str | None) -> CommandRow | None:
        """The command that a repeated request repeats."""
        return None if key is None else await self.queries.command_under(key)

    async def with_reference(self, body: Mapping[str, Any], on: date, before: CommandRow | None) -> Mapping[str, Any]:
        """An opening command with its reference: the one given, the one given before, or the next number."""
        command = self.command(body)
        if not issubclass(command, Opening) or body.get("case") is not None:
            return body
        if before is not None and before.type == body["type"]:
            return {**body, "case": canonical.loads(before.body)["case"]}
        prefix = words.PROCEDURES[self.service.registry.commands[body["type"]][1].name].prefix
        while True:
            ref = f"{prefix}-{on.year}-{await self.queries.next_number(prefix, on.year):03d}"
            if not await self.queries.cases_named(ref):
                return {**body, "case": ref}

    async def submit(self, asked: Asked) -> tuple[Any, CommandRow]:
        """Keep a command and take it to its case; what came of it, and the row that was kept."""
        row = await self.service.receive(
            asked.subject_id, asked.body, asked.on, asked.who.actor, asked.key, asked.request_id, asked.expected_version
        )
        done = await self.desk.submit(row)
        if isinstance(done, Handled) and done.events:
            await self.views.caught_up(done.events[-1].pos, VIEWS_PATIENCE)
        return done, row

    async def open(self, asked: Asked, *, dated: bool, new: bool = False) -> tuple[Any, CommandRow]:
        """Submit a command of which the day, the reference or the dossier may have to be given.

        A repeated request keeps what the first one was given.
        """
        for last in (False, True):
            before = await self.asked_before(asked.key)
            on = asked.on if dated or before is None else before.acted_on
            subject_id = before.subject_id if new and before else asked.subject_id
            body = await self.with_reference(asked.body, on, before)
            try:
                return await self.submit(replace(asked, subject_id=subject_id, body=body, on=on))
            except KeyReused:
                if last or before is not None:
                    raise  # else the same request came twice at once: follow the first one
        raise AssertionError


def of_case(command: type[Command]) -> bool:
    return not issubclass(command, Opening | SubjectCommand)
