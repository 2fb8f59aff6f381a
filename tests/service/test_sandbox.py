"""The invented dossiers: every state is there, every act is real, nothing real is touched."""

import time
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.clock import DemoClock
from adapters.sandbox import load as sandbox
from adapters.sandbox.load import FIRST_DAY, NotASandbox, load
from adapters.sandbox.recit import Acte, Agent
from adapters.sandbox.scenes import scenes
from adapters.service import Service
from adapters.store.mapper import EventMapper
from adapters.store.persons import Person, Persons
from adapters.store.register import Register
from adapters.store.verify import verify
from domain.kernel import Armed, Rejection, Subject
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.simulation import Run, read_command

pytestmark = pytest.mark.service

# What the scenes do not show: a way out that adds nothing to look at, or a moment too short to be caught.
UNSEEN: dict[str, set[str]] = {
    "stage": {"closed", "last_year_completed"},
    "delegation": {"refused", "withdrawn"},
    "mission_temporaire": {"requested", "refused", "withdrawn", "done", "fulfilled"},
    "disponibilite": {"requested", "refused", "withdrawn", "ended"},
    "detachement": {"requested", "refused", "withdrawn", "ended"},
    "mise_a_disposition": {"requested", "refused", "withdrawn", "ended"},
    "maintien_activite": {"requested", "refused", "withdrawn", "ended"},
    "mutation": {"pronounced", "refused", "withdrawn"},
    "suspension": {"emergency", "confirmed", "active", "lifted", "ended", "settlement_pending", "settled"},
    "discipline": {"executed", "no_sanction", "withdrawn"},
    "insuffisance_professionnelle": {"decided", "effective", "no_measure"},
    "cessation": {"requested", "not_accepted", "recorded", "withdrawn"},
}
ASKED_AND_REFUSED = {
    "changement demandé, préavis d'abord manqué": {"notice_too_short"},
    "deux demandes irrecevables": {"quotite_not_allowed", "period_too_short"},
    "demande au-delà de la nomination": {"beyond_nomination_term"},
}


@pytest.fixture
def mapper() -> EventMapper:
    return EventMapper(REGISTRY)


@pytest.fixture
def persons(register: Register) -> Persons:
    return Persons(register.pool)


@pytest.fixture
def clock(register: Register) -> DemoClock:
    return DemoClock(register.pool, ZoneInfo("Europe/Paris"))


@pytest.fixture
def service(register: Register, clock: DemoClock) -> Service:
    return Service(register, current(), clock)


async def subjects(service: Service) -> list[Subject]:
    return [await service.subject(subject_id) for subject_id in await service.register.subjects()]


async def test_every_state_of_every_procedure_is_shown_or_said_not_to_be(
    service: Service, persons: Persons, clock: DemoClock
) -> None:
    await load(service, persons, clock)

    cases = [case for subject in await subjects(service) for case in subject.cases.values() if case.state]
    for procedure in REGISTRY.procedures:
        if not procedure.standing:
            seen = {case.status for case in cases if case.procedure is procedure}
            assert seen == set(procedure.statuses) - UNSEEN.get(procedure.name, set()), procedure.name


async def test_it_loads_quickly_and_its_chain_holds(service: Service, persons: Persons, clock: DemoClock) -> None:
    begun = time.monotonic()

    loaded = await load(service, persons, clock)

    assert time.monotonic() - begun < 20
    assert loaded is not None
    assert loaded.dossiers == len(scenes(FIRST_DAY)) >= 60
    assert (await verify(service.register.pool)).intact


async def test_only_what_a_scene_wants_refused_is_refused(service: Service, persons: Persons, clock: DemoClock) -> None:
    await load(service, persons, clock)

    cast = scenes(await clock.today())
    rows = await service.register.pool.fetch(
        """SELECT p.matricule, convert_from(o.body, 'UTF8')::json->>'code' AS code FROM outcomes o
           JOIN commands c USING (command_id) JOIN person p USING (subject_id) WHERE o.result <> 'accepted'"""
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(cast[int(row["matricule"][-4:]) - 1].situation, set()).add(row["code"])
    assert found == ASKED_AND_REFUSED


async def test_the_agenda_has_something_late_this_week_and_this_month(
    service: Service, persons: Persons, clock: DemoClock
) -> None:
    await load(service, persons, clock)

    today = await clock.today()
    armed: list[Armed] = [one for subject in await subjects(service) for one in subject.armed.values()]
    to_come = [one.deadline.due for one in armed if not one.fallen]
    assert sum(one.fallen for one in armed) >= 3
    assert sum(due <= today + timedelta(days=7) for due in to_come) >= 3
    assert sum(due <= today + timedelta(days=31) for due in to_come) >= 6
    assert min(to_come) > today


def played(agent: Agent, day: date) -> Run:
    """A scene in the domain alone, from the opening of the dossier to the day."""
    opening = min([act.le for act in agent.actes], default=day)
    run = Run(Subject.new("A1", "agent", REGISTRY), current())
    registered = {"type": "agent.register", "facts": dict(agent.faits)}
    for number, act in enumerate((Acte(opening, registered), *sorted(agent.actes, key=lambda act: act.le))):
        run.advance(act.le)
        run.act(number, act.le, read_command(REGISTRY, dict(act.commande)))
    run.advance(day)
    return run


@pytest.mark.parametrize(
    "day", [date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 31), date(2030, 12, 31), date(2031, 8, 30)]
)
def test_scenes_are_told_and_go_the_same_way_around_any_day(day: date) -> None:
    for agent in scenes(day):
        assert all(act.le <= day for act in agent.actes)
        refused = {step.decision.code for step in played(agent, day).steps if isinstance(step.decision, Rejection)}
        assert refused == ASKED_AND_REFUSED.get(agent.situation, set()), agent.situation


@pytest.mark.parametrize(
    ("situation", "events", "awaited"),
    [
        ("délégation finie, trois ans de reprise", {"DelegationEnded"}, {"delegation_reopen"}),
        ("délégation en entreprise, contribution due", {"CompanyContributionMandatory"}, {"delegation_end"}),
        ("stagiaire en délégation, stage déplacé", {"StageEndMoved"}, {"stage_end", "delegation_end"}),
        ("mission temporaire en cours", {"MissionTemporaireGranted"}, {"mission_temporaire_end"}),
        ("mission prise d'avance, engagement en cours", {"CommitmentStarted"}, {"mission_temporaire_commitment_end"}),
        ("engagement rompu, remboursement", {"CommitmentBroken", "RepaymentDue"}, set()),
        ("mission sur le reliquat de huit ans", {"CarryOverCredited"}, {"mission_temporaire_report"}),
        ("disponibilité, emploi à pourvoir", {"PostMayBeFilled"}, {"disponibilite_end"}),
        ("détachement renouvelé", {"DetachementRenewed"}, {"detachement_end"}),
        ("suspension, trois mois passés, retenues remboursées", {"FullPayRestored", "RetenueRefundDue"}, set()),
        ("suspension d'urgence, ministres saisis", {"EmergencySuspensionReferred"}, {"suspension_ministers_answer"}),
        ("exclusion temporaire en cours", {"ExclusionStarted"}, {"exclusion_end"}),
        ("démission acceptée pour dans deux mois", {"CessationAccepted"}, {"cessation_effective"}),
    ],
)
def test_a_scene_shows_what_its_name_says(situation: str, events: set[str], awaited: set[str]) -> None:
    (agent,) = [one for one in scenes(FIRST_DAY) if one.situation == situation]

    run = played(agent, FIRST_DAY)

    assert events <= {event.name() for _, event in run.events}
    assert awaited <= {armed.deadline.kind for armed in run.subject.armed.values()}


async def test_loading_again_does_nothing_and_an_interrupted_load_goes_on(
    service: Service, persons: Persons, clock: DemoClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load(service, persons, clock, stop)
    first = await service.register.subjects()
    await clock.move_to(await clock.today() + timedelta(days=40))

    assert await load(service, persons, clock) is not None
    head = await service.register.head()
    assert (await service.register.subjects())[:1] == first
    assert await load(service, persons, clock) is None
    assert await service.register.head() == head


def test_a_seed_always_gives_the_same_people() -> None:
    told = scenes(FIRST_DAY)

    assert list(sandbox._cast(told, 1)) == list(sandbox._cast(told, 1))
    assert [one for one, _ in sandbox._cast(told, 1)] != [one for one, _ in sandbox._cast(told, 2)]


async def test_a_base_with_real_dossiers_is_refused(service: Service, persons: Persons, clock: DemoClock) -> None:
    await persons.put(Person(UUID(int=1), "Durand", "Zoé", "export.csv ligne 2", matricule="A1"))

    with pytest.raises(NotASandbox):
        await load(service, persons, clock)

    assert await service.register.head() == 0


async def test_dossiers_added_to_a_demonstration_do_not_close_it(
    service: Service, persons: Persons, clock: DemoClock
) -> None:
    await load(service, persons, clock)
    await persons.put(Person(UUID(int=1), "Durand", "Zoé", "export.csv ligne 2", matricule="A1"))

    assert await load(service, persons, clock) is None
