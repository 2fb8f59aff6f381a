"""`greffe agenda`: what falls due, who is expected to act, what happens otherwise."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from adapters import words
from adapters.bootstrap import Parts
from adapters.cli.installation import connected
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, NoColor, Quiet
from adapters.cli.output import Voice
from adapters.store.queries import MOST_ROWS, AgendaAfter, AgendaFilter
from domain.calendar import add_months

HELP = "Montrer ce qui est en retard et ce qui vient à échéance."
WITHIN = re.compile(r"(\d{1,4})\s*(d|j|w|s|m)")


def add(app: typer.Typer) -> None:
    app.command("agenda", help=f"{HELP}\n\nExemple : greffe agenda --within 30d --authority dg_chu")(verb)


def verb(
    within: Annotated[str, typer.Option(metavar="DURÉE", help="30d (jours), 4w (semaines), 3m (mois).")] = "30d",
    authority: Annotated[
        str | None, typer.Option(metavar="AUTORITÉ", help="Qui est attendu, par exemple dg_chu.")
    ] = None,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    if authority is not None and authority not in words.AUTHORITIES:
        raise typer.BadParameter(f"autorité inconnue ; connues : {', '.join(words.AUTHORITIES)}")
    if WITHIN.fullmatch(within) is None:
        raise typer.BadParameter("une durée comme 30d, 4w ou 3m est attendue")

    async def run() -> None:
        async with connected(data, database) as parts:
            today = await parts.service.clock.today()
            wanted = AgendaFilter(authority=authority, due_until=until(today, within))
            lines = [row async for row in pages(parts, wanted)]
            show(Voice(quiet=quiet, color=not no_color), lines, today, as_json=as_json)

    asyncio.run(run())


def until(today: date, within: str) -> date:
    found = WITHIN.fullmatch(within)
    assert found is not None
    number, unit = int(found[1]), found[2]
    if unit == "m":
        return add_months(today, number)
    return today + timedelta(days=number * (7 if unit in "ws" else 1))


async def pages(parts: Parts, wanted: AgendaFilter) -> AsyncIterator[Any]:
    after: AgendaAfter | None = None
    while rows := await parts.queries.agenda(wanted, MOST_ROWS, after):
        for row in rows:
            yield row
        last = rows[-1]
        after = AgendaAfter(last["due"], last["subject_id"], last["case_ref"], last["kind"])


def show(voice: Voice, rows: list[Any], today: date, *, as_json: bool) -> None:
    if as_json:
        voice.document([line(row, today) for row in rows])
        return
    headers = ("Quand", "Date", "Agent", "Quoi", "Attendu de", "Procédure", "Fondement")
    voice.table(headers, [cells(row, today) for row in rows])
    if not rows:
        voice.say("Rien n'arrive à échéance d'ici là.")


def line(row: Any, today: date) -> dict[str, Any]:
    named = ("case_ref", "procedure", "kind", "nature", "consequence", "basis", "awaits", "matricule")
    return {name: row[name] for name in named} | {
        "agent": str(row["subject_id"]),
        "name": name(row),
        "due": row["due"].isoformat(),
        "title": words.DEADLINES[row["kind"]],
        "late": row["fallen_on"] is not None or row["due"] < today,
    }


def cells(row: Any, today: date) -> tuple[str, ...]:
    return (
        words.countdown(row["due"], today),
        words.day(row["due"]),
        name(row),
        words.DEADLINES[row["kind"]],
        words.authorities(row["awaits"]),
        row["case_ref"],
        ", ".join(row["basis"]),
    )


def name(row: Any) -> str:
    known = [row[part] for part in ("family_name", "given_name", "matricule") if row[part]]
    return " ".join(known) or str(row["subject_id"])
