"""One invented career of forty years, through every position and procedure: each date is computed by hand.

Entered on 1 September 2024, the two-year periods of missions run from each 1 September of an even year, the
eight-year ones to 31 August 2032 and 2040, until an anticipation on 1 March 2043 opens eight years of its own;
all is then counted from 1 March 2051.
"""

from datetime import date
from functools import cache
from typing import Any

import pytest
from placements import AUTHORITY, MINISTERS, OPINIONS
from proceedings import BENCH, HEADS

from domain.agents.career import AgentFacts, Career, Register
from domain.kernel import Context, Event, Outcome, Subject, submit
from domain.law.editions import current
from domain.procedures import REGISTRY
from domain.simulation import Run, event_json, read_command

Json = dict[str, Any]
DEANS = ["directeur_ufr", "dg_chu"]
PAY = {
    "remuneration_universitaire": "4000.00",
    "emoluments_hospitaliers": "3000.00",
    "primes": "500.00",
    "supplement_familial": "100.00",
    "retenue_pension_civile": "400.00",
    "charges_sociales": "1000.00",
}
FACTS = {
    "corps": "MCU-PH",
    "statut": "stagiaire",
    "hu_entry_on": "2024-09-01",
    "chu_since": "2024-09-01",
    "pension_entitled": True,
    "pay": PAY,
}


# -- What the office did -----------------------------------------------------------------------------


def asked(procedure: str, case: str, on: str, starts_on: str, ends_on: str | None, **more: Any) -> list[Json]:
    """The request, and the opinions on it the same day."""
    term = {} if ends_on is None else {"ends_on": ends_on}
    acts = [{"on": on, "type": f"{procedure}.request", "case": case, "starts_on": starts_on, **term, **more}]
    return [*acts, *heard(procedure, case, on)]


def heard(procedure: str, case: str, on: str) -> list[Json]:
    given = {"on": on, "type": f"{procedure}.give_opinion", "case": case, "favourable": True}
    return [{**given, "by": OPINIONS[procedure]}] if OPINIONS.get(procedure) else []


def decided(procedure: str, case: str, on: str, **more: Any) -> list[Json]:
    by = DEANS if procedure == "mission_temporaire" else AUTHORITY[procedure]
    return [{"on": on, "type": f"{procedure}.decide", "case": case, "by": by, "outcome": "granted", **more}]


def mission(case: str, on: str, starts_on: str, ends_on: str, basis: str = "ordinary", **more: Any) -> list[Json]:
    """A mission asked for, and granted the same day."""
    acts = asked("mission_temporaire", case, on, starts_on, ends_on, basis=basis, **more)
    return acts + decided("mission_temporaire", case, on)


def refused(code: str, acts: list[Json]) -> list[Json]:
    """The same acts, the last of which is refused."""
    return [*acts[:-1], {**acts[-1], "refused": code}]


CAREER: list[Json] = [
    # A year of stage, prolonged by the 90 days of a délégation.
    {"on": "2024-09-01", "type": "stage.open", "case": "ST", "starts_on": "2024-09-01"},
    *asked("delegation", "D1", "2024-11-04", "2025-01-01", "2025-03-31", purpose="mission_etude"),
    *decided("delegation", "D1", "2024-12-02", pay_monthly="4000.00"),
    {"on": "2025-10-06", "type": "stage.give_opinion", "case": "ST", "by": ["conseil_ufr", "cme"], "favourable": True},
    *refused(
        "stage_not_completed",
        [{"on": "2025-11-29", "type": "stage.decide", "case": "ST", "by": MINISTERS, "outcome": "titularise"}],
    ),
    {"on": "2025-12-01", "type": "stage.decide", "case": "ST", "by": MINISTERS, "outcome": "titularise"},
    # Part time at 80 %, renewed twice tacitly, then expressly at 60 % after three years; full time in January 2030.
    *asked("part_time", "TP", "2026-01-05", "2026-03-01", None, months=12, quotite=80),
    *decided("part_time", "TP", "2026-02-02"),
    {"on": "2026-02-03", "type": "part_time.inform_cng", "case": "TP"},
    *mission("M1", "2027-02-01", "2027-04-01", "2027-05-20"),
    *mission("M2", "2028-06-05", "2028-08-15", "2028-09-14"),
    {"on": "2028-12-04", "type": "part_time.request_renewal", "case": "TP", "months": 12, "quotite": 60},
    *heard("part_time", "TP", "2028-12-04"),
    *decided("part_time", "TP", "2029-01-15", object="renewal"),
    {"on": "2029-10-15", "type": "part_time.return_full_time", "case": "TP", "effective_on": "2030-01-01"},
    *decided("part_time", "TP", "2029-11-12", object="return_full_time"),
    {"on": "2029-11-13", "type": "part_time.inform_cng", "case": "TP"},
    # Two years of délégation, then three years of duty, in which a mission counts.
    *asked("delegation", "D2", "2030-03-04", "2030-09-01", "2032-08-31", purpose="mission_etude"),
    *decided("delegation", "D2", "2030-05-06", pay_monthly="3000.00"),
    *mission("M3", "2033-06-01", "2033-10-01", "2033-12-15", "carry_over", project="Un an de registre"),
    *refused(
        "return_to_duty_too_short",
        asked("delegation", "D3", "2035-01-15", "2035-08-31", "2035-12-31", purpose="enseignement"),
    ),
    # PU-PH, then away: a disponibilité renewed, a détachement renewed.
    {"on": "2035-12-03", "type": "agent.change_corps", "corps": "PU-PH", "starts_on": "2036-01-01"},
    *asked("disponibilite", "DP1", "2035-12-10", "2036-02-01", "2037-06-30", kind="autre"),
    *decided("disponibilite", "DP1", "2036-01-11"),
    {"on": "2037-05-04", "type": "disponibilite.renew", "case": "DP1", "ends_on": "2037-12-31"},
    *heard("disponibilite", "DP1", "2037-05-04"),
    *decided("disponibilite", "DP1", "2037-06-01"),
    *asked("detachement", "DT", "2038-03-01", "2038-09-01", "2040-08-31", kind="l531"),
    {
        "on": "2038-04-05",
        "type": "detachement.give_opinion",
        "case": "DT",
        "by": ["dg_chu", "directeur_ufr"],
        "favourable": False,
    },
    *refused(
        "missing_ministerial_authorisation",
        [{"on": "2038-05-03", "type": "detachement.decide", "case": "DT", "by": MINISTERS, "outcome": "granted"}],
    ),
    {"on": "2038-06-01", "type": "detachement.record_authorisation", "case": "DT", "by": MINISTERS},
    {"on": "2038-06-07", "type": "detachement.decide", "case": "DT", "by": MINISTERS, "outcome": "granted"},
    {"on": "2040-03-05", "type": "detachement.renew", "case": "DT", "ends_on": "2042-08-31"},
    {
        "on": "2040-04-02",
        "type": "detachement.give_opinion",
        "case": "DT",
        "by": ["conseil_ufr", "cme", "dg_chu", "directeur_ufr"],
        "favourable": True,
    },
    {"on": "2040-05-07", "type": "detachement.decide", "case": "DT", "by": MINISTERS, "outcome": "granted"},
    # A month of mission, then eleven months in advance, and the thirty-three to be served for them.
    *mission("M4", "2042-09-08", "2042-10-01", "2042-10-31"),
    *refused(
        "anticipated_limit_exceeded",
        asked(
            "mission_temporaire",
            "M5",
            "2042-12-01",
            "2043-03-01",
            "2044-02-01",
            basis="anticipated",
            commitment_accepted=True,
        ),
    ),
    *asked(
        "mission_temporaire",
        "M6",
        "2042-12-01",
        "2043-03-01",
        "2044-01-31",
        basis="anticipated",
        commitment_accepted=True,
    ),
    *decided("mission_temporaire", "M6", "2043-01-12"),
    {"on": "2044-02-10", "type": "mission_temporaire.record_pay", "case": "M6", "amount": "83600.00"},
    *asked("mise_a_disposition", "MD", "2044-10-03", "2045-01-01", "2045-12-31", host="ARS"),
    *decided("mise_a_disposition", "MD", "2044-11-07"),
    *refused(
        "rights_consumed_in_advance",
        asked("mission_temporaire", "M7", "2046-01-08", "2046-03-01", "2046-03-31", basis="ordinary"),
    ),
    # Another CHU, an emergency there, half the pay withheld, a year of exclusion.
    *asked("mutation", "MU1", "2046-06-04", "2047-01-01", None, vacancy_published=True, target_chu="B", same_chu=False),
    *decided("mutation", "MU1", "2046-10-01"),
    {
        "on": "2048-03-01",
        "type": "suspension.emergency",
        "case": "SU",
        "by": HEADS,
        "starts_on": "2048-03-01",
        "circumstances": {"continuite": True, "securite_patients": True},
    },
    {"on": "2048-03-02", "type": "suspension.refer", "case": "SU"},
    {"on": "2048-03-10", "type": "discipline.open", "case": "DI", "by": MINISTERS},
    {
        "on": "2048-03-15",
        "type": "suspension.confirm",
        "case": "SU",
        "by": MINISTERS,
        "procedure": "DI",
        "retenue": "0.50",
    },
    {
        "on": "2048-09-14",
        "type": "discipline.decide",
        "case": "DI",
        "by": BENCH,
        "sanction": "exclusion_temporaire",
        "starts_on": "2048-10-01",
        "ends_on": "2049-09-30",
        "pay_deprivation": "1",
    },
    # Three years of activité in that CHU, the 365 days of exclusion apart: 1 January 2051.
    *asked("mutation", "MU2", "2050-05-02", "2050-12-31", None, vacancy_published=True, target_chu="C", same_chu=False),
    *refused("accord_required", decided("mutation", "MU2", "2050-06-06")),
    {"on": "2050-06-07", "type": "mutation.withdraw", "case": "MU2"},
    *asked("mutation", "MU3", "2050-06-07", "2051-01-01", None, vacancy_published=True, target_chu="C", same_chu=False),
    *decided("mutation", "MU3", "2050-09-05"),
    # A year of délégation to the day, then 181 days away that put off the next one; no insuffisance.
    *asked("delegation", "D4", "2052-03-04", "2052-09-01", "2053-08-31", purpose="enseignement"),
    *decided("delegation", "D4", "2052-05-06", pay_monthly="400.00"),
    *asked("disponibilite", "DP2", "2053-10-06", "2054-01-01", "2054-06-30", kind="convenances_personnelles"),
    *decided("disponibilite", "DP2", "2053-11-03"),
    *refused(
        "not_renewable", [{"on": "2054-05-04", "type": "disponibilite.renew", "case": "DP2", "ends_on": "2054-12-31"}]
    ),
    *mission("M8", "2055-01-11", "2055-04-01", "2055-06-30"),
    {"on": "2058-01-14", "type": "insuffisance_professionnelle.open", "case": "IP", "by": MINISTERS},
    {
        "on": "2058-05-06",
        "type": "insuffisance_professionnelle.give_opinion",
        "case": "IP",
        "by": BENCH,
        "favourable": False,
    },
    {
        "on": "2058-06-03",
        "type": "insuffisance_professionnelle.decide",
        "case": "IP",
        "by": MINISTERS,
        "outcome": "aucune",
    },
    # A resignation nobody accepts, then a year more than the age, and the end.
    {"on": "2060-01-12", "type": "cessation.request", "case": "CE1", "kind": "demission", "effective_on": "2060-09-01"},
    *asked("maintien_activite", "MA", "2063-01-08", "2063-09-01", "2064-08-31"),
    *decided("maintien_activite", "MA", "2063-03-05"),
    {
        "on": "2064-03-03",
        "type": "cessation.record",
        "case": "CE2",
        "kind": "retraite_limite_age",
        "effective_on": "2064-09-01",
    },
]
UNTIL = date(2070, 1, 1)


@cache
def career(until: date = UNTIL) -> Run:
    """The career up to a day: its acts up to then, and what time has brought."""
    registered = submit(
        Subject.new("A1", "agent", REGISTRY), Register(facts=AgentFacts(**FACTS)), date(2024, 9, 1), current({})
    )
    assert isinstance(registered, Outcome)
    run = Run(registered.subject, current({}), events=[(None, event) for event in registered.events])
    for number, said in enumerate(CAREER):
        on = date.fromisoformat(said["on"])
        if on <= until:
            run.act(number, on, read_command(REGISTRY, {k: v for k, v in said.items() if k not in ("on", "refused")}))
    run.advance(until)
    return run


def test_the_acts_are_in_the_order_of_their_days() -> None:
    days = [said["on"] for said in CAREER]
    assert days == sorted(days)


def test_each_act_is_accepted_or_refused_as_the_law_says() -> None:
    for step, said in zip(career().steps, CAREER, strict=True):
        code = None if isinstance(step.decision, Outcome) else step.decision.code
        assert code == said.get("refused"), said


def test_every_procedure_and_every_position_is_met() -> None:
    procedures = {procedure.name for procedure in REGISTRY.procedures if not procedure.standing}
    assert {case.procedure.name for case in career().subject.cases.values()} >= procedures
    positions = {period.value for period in Career(Context(UNTIL, career().subject, career().law)).positions}
    away = {"delegation", "mission_temporaire", "disponibilite", "detachement", "exclusion", "hors_cadre"}
    assert positions == away


# -- What time brought -------------------------------------------------------------------------------

BROUGHT: list[Json] = [
    {"type": "StageEndMoved", "on": "2024-12-02", "old_due": "2025-09-01", "new_due": "2025-11-30"},
    {"type": "StageCompleted", "on": "2025-11-30"},
    {"type": "StagiaireTitularised", "on": "2025-09-01", "seniority_from": "2024-09-01"},
    {"type": "PartTimeRenewedTacitly", "on": "2027-03-01", "ends_on": "2028-02-29"},
    {"type": "PartTimeRenewedTacitly", "on": "2028-03-01", "ends_on": "2029-02-28"},
    {"type": "PartTimeRenewedExpressly", "on": "2029-03-01", "ends_on": "2030-02-28"},
    {"type": "PartTimeEnded", "on": "2030-01-01", "cause": "return_full_time"},
    {"type": "CarryOverCredited", "on": "2032-09-01", "months": 9, "weeks": 1, "days": 2},
    {"type": "DelegationEnded", "on": "2032-09-01", "case": "D2", "cause": "term"},
    {"type": "PostMayBeFilled", "on": "2037-02-01", "case": "DP1"},
    {"type": "DisponibiliteEnded", "on": "2038-01-01", "case": "DP1", "cause": "term"},
    {"type": "PostMayBeFilled", "on": "2039-09-01", "case": "DT"},
    {"type": "CarryOverCredited", "on": "2040-09-01", "months": 12, "weeks": 0, "days": 0},
    {"type": "DetachementEnded", "on": "2042-09-01", "cause": "term"},
    {"type": "AnticipatedBlockOpened", "on": "2043-03-01", "until": "2051-02-28"},
    {"type": "CommitmentStarted", "on": "2044-02-01", "until": "2046-10-31"},
    {"type": "MiseADispositionEnded", "on": "2046-01-01"},
    {"type": "CommitmentFulfilled", "on": "2046-11-01"},
    {"type": "MutationPronounced", "on": "2047-01-01", "target_chu": "B"},
    {"type": "FullPayRestored", "on": "2048-06-01"},
    # half of 4000 over two months and seventeen days
    {"type": "RetenueRefundDue", "on": "2048-06-01", "amount": "5133.33", "reason": "three_months"},
    {"type": "SuspensionEnded", "on": "2048-09-14", "cause": "procedure_ended"},
    {"type": "SanctionPronounced", "on": "2048-09-14", "rank": 5},
    {"type": "ExclusionStarted", "on": "2048-10-01"},
    {"type": "ExclusionEnded", "on": "2049-10-01", "cause": "term"},
    {"type": "MutationPronounced", "on": "2051-01-01", "target_chu": "C"},
    {"type": "CarryOverCredited", "on": "2051-03-01", "months": 0, "weeks": 0, "days": 0},
    {"type": "DelegationEnded", "on": "2053-09-01", "case": "D4"},
    {"type": "DisponibiliteEnded", "on": "2054-07-01", "case": "DP2"},
    {"type": "CarryOverCredited", "on": "2059-03-01", "months": 9, "weeks": 0, "days": 0},
    {"type": "ResignationNotAccepted", "on": "2060-09-01"},
    {"type": "MaintienActiviteEnded", "on": "2064-09-01", "cause": "term"},
    {"type": "CessationEffective", "on": "2064-09-01", "kind": "retraite_limite_age"},
]


@pytest.mark.parametrize("expected", BROUGHT, ids=lambda one: f"{one['on']} {one['type']}")
def test_each_day_brings_what_the_law_says(expected: Json) -> None:
    happened = [event_json(event) for _, event in career().events if not event.bookkeeping]
    assert [one for one in happened if expected.items() <= one.items()], [
        one for one in happened if one["type"] == expected["type"]
    ]


def test_it_brings_nothing_else() -> None:
    kinds = {one["type"] for one in BROUGHT}
    happened = [event.name() for _, event in career().events if event.name() in kinds]
    assert sorted(happened) == sorted([*(one["type"] for one in BROUGHT), "DelegationEnded"])  # that of the stage


# -- What holds on a day -----------------------------------------------------------------------------


def left(months: int = 0, weeks: int = 0, days: int = 0) -> dict[str, int]:
    return {"months": months, "weeks": weeks, "days": days}


def two_years(first: str, last: str) -> dict[str, str]:
    return {"from": first, "to": last}


NOTHING, COMMITTED = left(), two_years("2044-02-01", "2046-10-31")
IN_ADVANCE = two_years("2043-03-01", "2051-02-28")
WHOLE, UNPAID = "7600.00", "0.00"

DAYS: dict[str, Json] = {
    # before 19 October 2024 nothing may be taken in advance
    "2024-10-01": {
        "held": ("activite", 100, "stagiaire"),
        "window": two_years("2024-09-01", "2026-08-31"),
        "available": (left(3), NOTHING, NOTHING),
        "paid": WHOLE,
    },
    "2025-02-01": {
        "held": ("delegation", 100, "stagiaire"),
        "available": (left(3), left(12), NOTHING),
        "paid": "4100.00",
    },
    "2025-10-15": {"held": ("activite", 100, "stagiaire"), "paid": WHOLE},
    # 59 days at 50 half-days and 306 at 40: 41.6; the year after, 59 at 40 and 306 at 50: 48.4
    "2026-06-15": {"held": ("activite", 80, "titulaire"), "paid": "6100.00", "leave": {"2026": 42, "2027": 48}},
    # 1 April to 20 May: a month and twenty days, 50 of 90
    "2027-04-15": {
        "held": ("mission_temporaire", 80, "titulaire"),
        "window": two_years("2026-09-01", "2028-08-31"),
        "available": (left(1, 1, 3), left(10, 1, 3), NOTHING),
        "paid": "6100.00",
    },
    # 15 to 31 August: 17 more, 23 left; eight years opened that day would bear 50, 5 and 26 more to 14 September
    "2028-08-20": {
        "held": ("mission_temporaire", 80, "titulaire"),
        "available": (left(0, 3, 2), left(9, 1, 2), NOTHING),
    },
    # 1 to 14 September: 14 of the next 90
    "2028-09-05": {
        "held": ("mission_temporaire", 80, "titulaire"),
        "window": two_years("2028-09-01", "2030-08-31"),
        "available": (left(2, 2, 2), left(11, 2, 2), NOTHING),
    },
    # 59 days at 40 and 306 at 30: 31.6
    "2029-06-15": {"held": ("activite", 60, "titulaire"), "paid": "4600.00", "leave": {"2029": 32}},
    "2030-01-01": {"held": ("activite", 100, "titulaire"), "paid": WHOLE, "leave": {"2030": 50}},
    "2031-06-15": {"held": ("delegation", 100, "titulaire"), "earliest": "2035-09-01", "paid": "3100.00"},
    # 360 less 81 taken since 2024: 279; two months and fifteen days of mission: 75
    "2033-11-15": {
        "held": ("mission_temporaire", 100, "titulaire"),
        "earliest": "2035-09-01",
        "window": two_years("2032-09-01", "2034-08-31"),
        "available": (left(3), left(12), left(6, 3, 3)),
        "paid": WHOLE,
    },
    "2037-08-01": {
        "held": ("disponibilite", 100, "titulaire"),
        "available": (left(3), left(12), left(6, 3, 3)),
        "paid": UNPAID,
    },
    # nothing ordinary taken from 2032 to 2040: twelve months replace what was left
    "2040-10-01": {
        "held": ("detachement", 100, "titulaire"),
        "window": two_years("2040-09-01", "2042-08-31"),
        "available": (left(3), left(12), left(12)),
        "paid": UNPAID,
    },
    "2042-11-15": {
        "held": ("activite", 100, "titulaire"),
        "window": two_years("2042-09-01", "2044-08-31"),
        "available": (left(2), left(11), left(12)),
    },
    # eleven months asked from 1 March: the two years stop on the eve, and nothing more may be taken in advance then
    "2042-12-15": {
        "held": ("activite", 100, "titulaire"),
        "window": two_years("2042-09-01", "2043-02-28"),
        "available_ordinary": left(2),
    },
    "2043-06-15": {
        "held": ("mission_temporaire", 100, "titulaire"),
        "window": IN_ADVANCE,
        "available": (NOTHING, NOTHING, left(12)),
        "commitment": COMMITTED,
        "paid": WHOLE,
    },
    "2045-06-15": {
        "held": ("activite", 100, "titulaire"),
        "lent": True,
        "window": IN_ADVANCE,
        "available": (NOTHING, NOTHING, left(12)),
        "commitment": COMMITTED,
        "paid": WHOLE,
    },
    "2048-04-10": {"held": ("activite", 100, "titulaire"), "suspended": True, "paid": "4100.00"},
    "2048-06-15": {"held": ("activite", 100, "titulaire"), "suspended": True, "paid": WHOLE},
    "2049-01-15": {"held": ("exclusion", 100, "titulaire"), "paid": UNPAID},
    # all is counted anew; the years in advance leave nothing
    "2051-03-01": {
        "held": ("activite", 100, "titulaire"),
        "window": two_years("2051-03-01", "2053-02-28"),
        "available": (left(3), left(12), NOTHING),
    },
    "2053-02-01": {"held": ("delegation", 100, "titulaire"), "earliest": "2056-09-01", "paid": "500.00"},
    # 1 January to 30 June 2054: 181 days after 1 September 2056
    "2054-03-01": {"held": ("disponibilite", 100, "titulaire"), "earliest": "2057-03-01", "paid": UNPAID},
    "2055-05-15": {
        "held": ("mission_temporaire", 100, "titulaire"),
        "earliest": "2057-03-01",
        "window": two_years("2055-03-01", "2057-02-28"),
        "available": (NOTHING, left(9), NOTHING),
        "paid": WHOLE,
    },
    # 360 less the 90 of 2055
    "2064-01-15": {
        "held": ("activite", 100, "titulaire"),
        "kept": True,
        "window": two_years("2063-03-01", "2065-02-28"),
        "available": (left(3), left(12), left(9)),
        "paid": WHOLE,
    },
    "2064-09-01": {"held": ("hors_cadre", 100, "titulaire"), "paid": UNPAID},
}
each_day = pytest.mark.parametrize("day", DAYS)


def context(day: str) -> Context:
    """The dossier as it was on a day, looked at on that day."""
    run = career(date.fromisoformat(day))
    return Context(date.fromisoformat(day), run.subject, run.law)


@each_day
def test_the_position_the_quotite_and_the_statut_of_a_day(day: str) -> None:
    seen, on = Career(context(day)), date.fromisoformat(day)
    assert (seen.position(on), seen.quotite(on), seen.statut(on)) == DAYS[day]["held"]
    assert seen.suspended(on) is DAYS[day].get("suspended", False)
    for lane, said in (("mise_a_disposition", "lent"), ("maintien_activite", "kept")):
        assert any(p.span.covers(on) for p in context(day).lane(lane)) is DAYS[day].get(said, False)


@each_day
def test_the_rights_to_mission_of_a_day(day: str) -> None:
    expected, shown = DAYS[day], REGISTRY.entitled(context(day))["mission_temporaire"]
    assert shown["commitment"] == expected.get("commitment")
    if "window" in expected:
        assert shown["window"] == expected["window"]
    if "available" in expected:
        open_to = (f"{right}_available" for right in ("ordinary", "anticipated", "carry_over"))
        assert tuple(shown[right] for right in open_to) == expected["available"]
    if "available_ordinary" in expected:
        assert shown["ordinary_available"] == expected["available_ordinary"]


@each_day
def test_the_first_day_of_a_next_delegation(day: str) -> None:
    assert REGISTRY.entitled(context(day))["delegation"] == {"earliest_next_start": DAYS[day].get("earliest")}


@each_day
def test_the_pay_and_the_leave_of_a_day(day: str) -> None:
    shown = REGISTRY.entitled(context(day))
    if "paid" in DAYS[day]:
        assert shown["pay"]["monthly_paid"] == DAYS[day]["paid"]
    assert DAYS[day].get("leave", {}).items() <= shown["part_time"]["annual_leave_half_days"].items()


# -- Replay ------------------------------------------------------------------------------------------


@each_day
def test_the_first_events_of_the_career_are_those_of_a_career_halted_that_day(day: str) -> None:
    halted = career(date.fromisoformat(day))
    first: list[Event] = [event for _, event in career().events[: len(halted.events)]]
    assert first == [event for _, event in halted.events]
    assert Subject.new("A1", "agent", REGISTRY).fold(first) == halted.subject


def test_after_the_end_no_deadline_is_left() -> None:
    assert not career().subject.armed
    assert all(case.closed or case.procedure.standing for case in career().subject.cases.values())
