"""The scenes played through the service: every dossier is made by real commands, on the days they tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from adapters.clock import DemoClock
from adapters.sandbox.recit import ETABLISSEMENT, UNIVERSITE, Acte, Agent
from adapters.sandbox.scenes import scenes
from adapters.service import Actor, Service
from adapters.store.connection import connected
from adapters.store.persons import Person, Persons

SEED = 1645
SOURCE = "dossier inventé, démonstration du "
CLERK = Actor("Bureau de démonstration", "gestionnaire")
# The part time of the reform began in October 2024: three of its years are over from this day on.
FIRST_DAY = date(2028, 3, 1)

FAMILY_NAMES = (
    "Abellard", "Barrotin", "Cassegrain-Duval", "Dauphinelle", "Estournel", "Fauvergne", "Garancier", "Hautecloque",
    "Imbertin", "Jolivard", "Kerbastin", "Lamourette", "Marchelier", "Nivernaud", "Ormesson-Vial", "Pastourel",
    "Quincampoix", "Rochebrune", "Sauvageot-Lys", "Tournemine", "Urvoisel", "Valdinguer", "Wassencourt", "Yvetotin",
    "Zacharide", "Aubespin", "Bellefontaine", "Courtebarbe", "Desgranges-Ney", "Épinasse", "Fontarelle", "Grandval",
    "Houspinel", "Jonquillon", "Lavaudière", "Montrachin", "Noiraude", "Peyrelade", "Rivaudel", "Saintclairin",
    "Trévenec", "Villardieu", "Bruneteau-Clos", "Malvoisel", "Hersentin", "Corbelin",
)  # fmt: skip
GIVEN_NAMES = (
    "Aurore", "Bastien", "Clémence", "Damien", "Élise", "Fabrice", "Gaëlle", "Hugo", "Inès", "Joachim", "Karine", "Loïc",
    "Maëva", "Nicolas", "Odile", "Pascal", "Quitterie", "Rémi", "Solène", "Tanguy", "Ursule", "Victor", "Wilfried",
    "Yasmine", "Zoé", "Anselme", "Béatrice", "Côme", "Delphine", "Eudes",
)  # fmt: skip


class NotASandbox(Exception):
    """Dossiers are here, and none of them was invented."""


@dataclass(frozen=True)
class Loaded:
    """What the sandbox holds: its dossiers, its acts, the day around which it was made."""

    dossiers: int
    acts: int
    day: date


async def load(
    service: Service,
    persons: Persons,
    clock: DemoClock,
    progress: Callable[[int], None] = lambda _: None,
    seed: int = SEED,
) -> Loaded | None:
    """Play every scene; None when it was done already. Interrupted, it goes on where it stopped."""
    day = await _day(service, clock)
    cast = list(_cast(scenes(day), seed))
    if await service.register.stream_version(cast[-1][0].subject_id):
        return None
    if await clock.today() < day:
        await clock.move_to(day)
    acts = 0
    for person, agent in cast:
        acts += await _play(service, persons, person, agent, day)
        progress(1)
    return Loaded(len(cast), acts, day)


async def _day(service: Service, clock: DemoClock) -> date:
    """The day of a sandbox begun before, else today; NotASandbox when dossiers are here and none was invented."""
    async with connected(service.register.pool) as connection:
        rows = await connection.fetch(
            """SELECT DISTINCT coalesce(p.source, '') AS source FROM person p
               UNION SELECT '' FROM dossier_events e
               WHERE e.originator_version = 1 AND NOT EXISTS (SELECT FROM person p WHERE p.subject_id = e.originator_id)"""
        )
    sources = [row["source"] for row in rows]
    invented = [source for source in sources if source.startswith(SOURCE)]
    if sources and not invented:
        raise NotASandbox
    if invented:
        return date.fromisoformat(invented[0].removeprefix(SOURCE))
    return max(FIRST_DAY, await clock.today())


def _cast(agents: tuple[Agent, ...], seed: int) -> Iterator[tuple[Person, Agent]]:
    """Each scene with somebody to play it, always the same for a seed."""
    chance = Random(seed)  # noqa: S311  # invented names, not secrets
    family = chance.sample(FAMILY_NAMES, len(agents))
    for number, agent in enumerate(agents, 1):
        yield (
            Person(
                subject_id=UUID(int=chance.getrandbits(128), version=4),
                family_name=family[number - 1],
                given_name=chance.choice(GIVEN_NAMES),
                source=SOURCE,
                matricule=f"VAL-{number:04}",
                birth_date=date(1962, 1, 1) + timedelta(days=chance.randrange(30 * 365)),
                discipline=agent.discipline,
                service=agent.service,
                establishment=ETABLISSEMENT,
                university=UNIVERSITE,
            ),
            agent,
        )


async def _play(service: Service, persons: Persons, person: Person, agent: Agent, day: date) -> int:
    await persons.put(replace(person, source=f"{SOURCE}{day.isoformat()}"))
    opened = min([act.le for act in agent.actes], default=day - timedelta(days=30))
    provenance = {"source": ETABLISSEMENT, "evidence": "declaration"}
    register = Acte(opened, {"type": "agent.register", "facts": dict(agent.faits), "provenance": provenance})
    acts = (register, *sorted(agent.actes, key=lambda act: act.le))
    for number, act in enumerate(acts):
        key = f"{person.matricule}-{number}"
        row = await service.receive(person.subject_id, act.commande, act.le, CLERK, key, key)
        await service.handle(row.command_id)
    await service.lapse(person.subject_id, day)
    return len(acts)
