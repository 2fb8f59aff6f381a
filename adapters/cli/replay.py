"""`greffe replay`: a dossier as it was known at an instant, and as it stands on a day."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

import typer

from adapters import words
from adapters.bootstrap import Parts
from adapters.cli.installation import connected, find_agent
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, NoColor, Quiet, day
from adapters.cli.output import DIM, Failure, Status, Voice
from adapters.store.register import Recorded
from domain.kernel import Context, Subject
from domain.law import NotCovered
from domain.simulation import event_json

HELP = "Reconstituer un dossier : ce qui était enregistré à un instant, ce qui vaut un jour donné."


def add(app: typer.Typer) -> None:
    example = "greffe replay VAL-0012 --as-recorded-at 2028-03-01T12:00:00Z --effective-on 2028-06-01"
    app.command("replay", help=f"{HELP}\n\nExemple : {example}")(verb)


def verb(
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Matricule, nom ou identifiant.")],
    as_recorded_at: Annotated[str | None, typer.Option(metavar="INSTANT", help="Jour, ou instant ISO 8601.")] = None,
    effective_on: Annotated[date | None, day("Jour d'effet ; par défaut aujourd'hui.")] = None,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    voice = Voice(quiet=quiet, color=not no_color)

    async def run() -> None:
        async with connected(data, database) as parts:
            recorded_at = None if as_recorded_at is None else instant(as_recorded_at, parts)
            shown = await replayed(parts, agent, recorded_at, effective_on)
            if as_json:
                voice.document(shown.as_json())
            else:
                shown.show(voice)

    asyncio.run(run())


def instant(text: str, parts: Parts) -> datetime:
    """An instant, or the end of a day in the establishment's zone."""
    zone = parts.settings.zone
    try:
        if len(text) == len("2028-03-01"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, zone)
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} n'est pas un instant : 2028-03-01 ou 2028-03-01T12:00:00Z") from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


async def replayed(parts: Parts, agent: str, recorded_at: datetime | None, effective_on: date | None) -> "Replayed":
    subject_id = await find_agent(parts, agent)
    on = effective_on or await parts.service.clock.today()
    history = await parts.service.register.load(subject_id, recorded_at)
    if not history:
        raise Failure(f"rien n'était enregistré de « {agent} » à cet instant", status=Status.NOT_FOUND)
    subject = await parts.service.subject(subject_id, recorded_at, on)
    context = Context(on, subject, parts.service.law)
    try:
        rights = parts.service.registry.entitled(context)
    except NotCovered as gap:
        rights = {"not_covered": str(gap)}
    return Replayed(str(subject_id), on, recorded_at, history, subject, dict(rights), context)


class Replayed:
    """A dossier at two dates."""

    def __init__(
        self,
        agent: str,
        on: date,
        recorded_at: datetime | None,
        history: list[Recorded],
        subject: Subject,
        rights: dict[str, Any],
        context: Context,
    ) -> None:
        self.agent = agent
        self.on = on
        self.recorded_at = recorded_at
        self.history = history
        self.cases = [case for case in subject.cases.values() if case.state is not None]
        self.armed = sorted(subject.armed.values(), key=lambda armed: armed.deadline.due)
        self.rights = rights
        self.periods = context.timeline
        self.version = subject.version

    def as_json(self) -> dict[str, Any]:
        return {
            "agent": self.agent,
            "as_recorded_at": self.recorded_at and self.recorded_at.astimezone(UTC).isoformat(),
            "effective_on": self.on.isoformat(),
            "version": self.history[-1].seq,
            "cases": [
                {"ref": case.ref, "procedure": case.procedure.name, "status": case.status, "closed": case.closed}
                for case in self.cases
            ],
            "timeline": [
                {
                    "lane": one.lane,
                    "value": one.value,
                    "first": None if one.first == date.min else one.first.isoformat(),
                    "last": one.last and one.last.isoformat(),
                    "case": one.case,
                    "granted": one.granted,
                }
                for one in self.periods
            ],
            "deadlines": [
                armed.deadline.model_dump(mode="json")
                | {"fallen": armed.fallen, "armed_on": armed.armed_on.isoformat()}
                for armed in self.armed
            ],
            "entitlements": self.rights,
            "events": [
                event_json(one.event)
                | {"seq": one.seq, "recorded_at": one.recorded_at.astimezone(UTC).isoformat(), "hash": one.hash.hex()}
                for one in self.history
            ],
        }

    def show(self, voice: Voice) -> None:
        known = "" if self.recorded_at is None else f", tel qu'enregistré au {self.recorded_at.isoformat()}"
        voice.line(f"Situation au {words.day(self.on)}{known}", DIM)
        named = [(words.PROCEDURES[one.procedure.name].title, one.ref, _status(one)) for one in self.cases]
        voice.table(("Procédure", "Référence", "État"), named)
        if self.armed:
            voice.line()
            voice.table(
                ("Échéance", "Quoi", "Procédure", "Fondement"),
                [
                    (
                        one.deadline.due,
                        words.DEADLINES[one.deadline.kind],
                        one.deadline.case,
                        _basis(one.deadline.basis),
                    )
                    for one in self.armed
                ],
            )
        voice.line()
        voice.table(
            ("N°", "Effet", "Enregistré", "Événement", "Fondement"),
            [
                (one.seq, one.event.on, _recorded(one), words.event(one.event), _basis(one.event.basis))
                for one in self.history
                if not one.event.bookkeeping or one.seq == 1
            ],
        )


def _status(case: Any) -> str:
    return words.STATUSES.get(f"{case.procedure.name}.{case.status}", case.status)


def _basis(basis: Any) -> str:
    return ", ".join(map(str, basis))


def _recorded(one: Recorded) -> str:
    return one.recorded_at.astimezone(UTC).isoformat(timespec="seconds")
