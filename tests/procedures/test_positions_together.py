"""What the positions share, and what they do to each other, to part time and to the stage: dates computed by hand."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Literal

import pytest
from placements import ASKED, AUTHORITY, OPINIONS, asked, decided, granted, heard, standing, violations
from scenario import Given

from domain.kernel import Check, CivilDate, Context, Event, Opening, Period, Procedure, Registry
from domain.law.d2021_1645 import ART_15
from domain.procedures import REGISTRY

POSITIONS = ["delegation", "disponibilite", "detachement"]
OVERLAYS = ["mise_a_disposition", "part_time", "maintien_activite"]
REVIEWED = ["disponibilite", "detachement", "mise_a_disposition", "maintien_activite"]
RENEWED = ["disponibilite", "detachement"]
WORDS = {
    "delegation": "Delegation",
    "disponibilite": "Disponibilite",
    "detachement": "Detachement",
    "mise_a_disposition": "MiseADisposition",
    "maintien_activite": "MaintienActivite",
}
ARTICLE = {
    "disponibilite": "D2021-1645:32",
    "detachement": "D2021-1645:30",
    "mise_a_disposition": "D2021-1645:31",
    "maintien_activite": "D2021-1645:37-1",
}
REMINDER = {
    "disponibilite": "disponibilite.reminder_months",
    "detachement": "detachement.reminder_months",
    "mise_a_disposition": "mad.reminder_months",
    "maintien_activite": "maintien_activite.reminder_months",
}

each_reviewed = pytest.mark.parametrize("procedure", REVIEWED)
each_renewed = pytest.mark.parametrize("procedure", RENEWED)
each_position = pytest.mark.parametrize("procedure", POSITIONS)


def agent(corps: str = "PU-PH", choices: dict[str, Any] | None = None, **facts: Any) -> Given:
    return Given(corps, choices, **{"chu_since": "2010-09-01", **facts})


def requested(
    procedure: str, given: Given | None = None, starts_on: str = "2025-09-01", ends_on: str = "2026-08-31", **more: Any
) -> Given:
    return asked(given or agent(), procedure, more.pop("on", "2025-03-03"), starts_on, ends_on, **more)


def away(
    procedure: str, given: Given | None = None, starts_on: str = "2025-09-01", ends_on: str = "2026-08-31", **more: Any
) -> Given:
    """Granted on 3 March 2025, for a year from 1 September unless said otherwise."""
    return granted(given or agent(), procedure, starts_on, ends_on, **{"on": "2025-03-03", **more})


def reviewed(procedure: str, given: Given | None = None, **more: Any) -> Given:
    return heard(requested(procedure, given, **more), procedure, "2025-04-01")


# -- Who may ask, and since when ---------------------------------------------------------------------


@each_reviewed
@pytest.mark.parametrize(
    ("corps", "code"),
    [
        ("PU-PH", None),
        ("MCU-PH", None),
        ("PHU", "not_eligible"),
        ("CCA", "not_eligible"),
        ("AHU", "not_eligible"),
        ("PH", "not_eligible"),
    ],
)
def test_the_chapter_on_titulaires_binds_category_1(procedure: str, corps: str, code: str | None) -> None:
    assert requested(procedure, agent(corps)).code() == code


@each_reviewed
def test_each_applies_from_its_day(procedure: str) -> None:
    first = {"maintien_activite": ("2024-10-18", "2024-10-19")}.get(procedure, ("2021-12-15", "2021-12-16"))
    period: dict[str, Any] = {"on": "2021-11-02", "ends_on": "2025-08-31"}
    assert requested(procedure, starts_on=first[0], **period).code() == "law_not_in_force"
    assert requested(procedure, starts_on=first[1], **period).code() is None


@each_reviewed
def test_a_period_does_not_end_before_it_begins(procedure: str) -> None:
    assert requested(procedure, ends_on="2025-08-31").code() == "bad_period"
    assert requested(procedure, ends_on="2025-09-01").code() is None


@each_reviewed
def test_the_corps_comes_before_the_law(procedure: str) -> None:
    early = requested(procedure, agent("CCA"), "2021-12-01", "2022-01-31", on="2021-11-02")
    assert violations(early) == ["not_eligible", "law_not_in_force"]


@pytest.mark.parametrize(
    ("procedure", "kind"), [("disponibilite", "convenances_personnelles"), ("detachement", "l531")]
)
def test_no_figure_is_read_before_the_decree(procedure: str, kind: str) -> None:
    early = requested(procedure, starts_on="2021-12-15", ends_on="2022-12-31", on="2021-11-02", kind=kind)
    assert violations(early) == ["law_not_in_force"]


@each_reviewed
def test_an_unknown_corps_is_left_to_the_office_with_a_warning(procedure: str) -> None:
    (request,) = requested(procedure, Given(None)).events(f"{WORDS[procedure]}Requested")
    assert request["warnings"] == ["fact_missing:corps"]


@each_reviewed
def test_a_case_is_opened_once_and_known_afterwards(procedure: str) -> None:
    assert requested(procedure, requested(procedure)).code() == "duplicate_case"
    assert agent().when("2025-03-03", f"{procedure}.withdraw").code() == "unknown_case"


# -- No two of the same at once ----------------------------------------------------------------------


@each_reviewed
@pytest.mark.parametrize("first", [requested, away])
def test_two_of_the_same_share_no_day(procedure: str, first: Any) -> None:
    def then(starts_on: str, ends_on: str) -> str | None:
        later: dict[str, Any] = {"on": "2025-04-07", "case": "C2"}
        return requested(procedure, first(procedure), starts_on, ends_on, **later).code()

    assert then("2026-08-31", "2027-02-28") == "position_incompatible"
    assert then("2026-09-01", "2027-02-28") is None
    assert then("2025-05-01", "2025-09-01") == "position_incompatible"
    assert then("2025-05-01", "2025-08-31") is None


@each_reviewed
def test_what_was_refused_or_withdrawn_bars_nothing(procedure: str) -> None:
    later: dict[str, Any] = {"on": "2025-05-05", "case": "C2"}
    refused = decided(requested(procedure), procedure, "2025-04-01", outcome="refused")
    assert requested(procedure, refused, **later).code() is None
    gone = away(procedure).when("2025-04-01", f"{procedure}.withdraw")
    assert requested(procedure, gone, **later).code() is None


@each_reviewed
def test_the_days_left_before_an_early_end_still_bar_another(procedure: str) -> None:
    def shortened() -> Given:
        return away(procedure).when("2025-11-03", f"{procedure}.end_early", ends_on="2026-01-31")

    later: dict[str, Any] = {"on": "2025-11-04", "case": "C2", "ends_on": "2026-06-30"}
    assert requested(procedure, shortened(), starts_on="2026-01-31", **later).code() == "position_incompatible"
    assert requested(procedure, shortened(), starts_on="2026-02-01", **later).code() is None


# -- The decision ------------------------------------------------------------------------------------


@each_reviewed
def test_a_grant_takes_effect_on_the_first_day(procedure: str) -> None:
    (event,) = away(procedure).events(f"{WORDS[procedure]}Granted")
    assert (event["on"], event["ends_on"], event["basis"]) == ("2025-09-01", "2026-08-31", [ARTICLE[procedure]])


@pytest.mark.parametrize(("procedure", "absent"), [(name, body) for name in REVIEWED for body in OPINIONS[name]])
def test_every_opinion_is_given(procedure: str, absent: str) -> None:
    others = [body for body in OPINIONS[procedure] if body != absent]
    heard_but_one = requested(procedure).when("2025-04-01", f"{procedure}.give_opinion", by=others, favourable=True)
    assert decided(heard_but_one, procedure, "2025-05-05").code() == "missing_opinion"
    heard_but_one = requested(procedure).when("2025-04-01", f"{procedure}.give_opinion", by=others, favourable=True)
    heard_but_one.when("2025-04-02", f"{procedure}.give_opinion", by=absent, favourable=False)
    assert decided(heard_but_one, procedure, "2025-05-05").code() is None


@each_reviewed
def test_opinions_do_not_bind(procedure: str) -> None:
    against = heard(requested(procedure), procedure, "2025-04-01", favourable=False)
    assert decided(against, procedure, "2025-05-05").code() is None


@each_reviewed
def test_each_opinion_is_kept(procedure: str) -> None:
    events = reviewed(procedure).events(f"{WORDS[procedure]}OpinionGiven")
    assert [event["by"] for event in events] == OPINIONS[procedure]
    assert {(event["on"], event["favourable"]) for event in events} == {("2025-04-01", True)}


@pytest.mark.parametrize(("procedure", "absent"), [(name, who) for name in REVIEWED for who in AUTHORITY[name]])
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_every_authority_signs(procedure: str, absent: str, outcome: str) -> None:
    others = [who for who in AUTHORITY[procedure] if who != absent]
    one_less = decided(reviewed(procedure), procedure, "2025-05-05", by=others, outcome=outcome)
    assert one_less.code() == "missing_authority"
    assert decided(reviewed(procedure), procedure, "2025-05-05", outcome=outcome).code() is None


@each_reviewed
def test_a_refusal_wants_no_opinion_and_is_never_late(procedure: str) -> None:
    (event,) = decided(requested(procedure), procedure, "2026-01-05", outcome="refused").events(
        f"{WORDS[procedure]}Refused"
    )
    assert (event["on"], event["object"]) == ("2026-01-05", "placement")


@each_reviewed
def test_a_grant_is_late_the_day_after_the_first(procedure: str) -> None:
    assert decided(reviewed(procedure), procedure, "2025-09-01").code() is None
    assert decided(reviewed(procedure), procedure, "2025-09-02").code() == "retroactive_decision"
    lenient = agent(choices={"decide.retroactive": "warn"})
    (event,) = decided(reviewed(procedure, lenient), procedure, "2025-09-02").events(f"{WORDS[procedure]}Granted")
    assert (event["on"], event["warnings"]) == ("2025-09-01", ["retroactive_decision"])


@each_reviewed
def test_a_decision_is_made_once(procedure: str) -> None:
    assert decided(away(procedure), procedure, "2025-04-01").code() == "invalid_state"
    assert heard(away(procedure), procedure, "2025-04-01").code() == "invalid_state"
    done = decided(requested(procedure), procedure, "2025-04-01", outcome="refused")
    assert decided(done, procedure, "2025-04-02").code() == "invalid_state"


@each_reviewed
def test_the_order_of_the_refusals_of_a_decision(procedure: str) -> None:
    late = requested(procedure)
    other = next(name for name in POSITIONS if name != procedure)
    granted(late, other, "2025-08-01", "2025-12-31", "P1", on="2025-05-05")
    decided(late, procedure, "2025-09-02", by=AUTHORITY[procedure][:1])
    assert violations(late) == ["position_incompatible", "missing_opinion", "missing_authority", "retroactive_decision"]


# -- The end, early or not, the reminder, the withdrawal ---------------------------------------------


@each_reviewed
def test_it_ends_the_day_after_its_last(procedure: str) -> None:
    name = f"{WORDS[procedure]}Ended"
    assert away(procedure).events(name, until="2026-08-31") == []
    (event,) = away(procedure).events(name, until="2026-09-01")
    assert (event["on"], event["cause"]) == ("2026-09-01", "term")
    assert away(procedure).deadlines(f"{procedure}_end") == {"2026-09-01": "open"}


@each_reviewed
def test_the_office_is_reminded_three_months_before(procedure: str) -> None:
    kind = f"{procedure}_end_reminder"
    assert away(procedure).deadlines(kind) == {"2026-06-01": "open"}
    sooner = away(procedure, agent(choices={REMINDER[procedure]: 5}))
    assert sooner.deadlines(kind) == {"2026-04-01": "open"}


@each_reviewed
def test_a_reminder_that_is_past_is_not_armed(procedure: str) -> None:
    brief = away(procedure, starts_on="2025-04-01", ends_on="2025-05-31")  # 1 March is past
    assert brief.deadlines(f"{procedure}_end_reminder") == {}


@each_reviewed
def test_it_may_end_early_from_the_day_it_is_said_to_the_eve_of_its_last(procedure: str) -> None:
    def said(on: str, ends_on: str) -> str | None:
        return away(procedure).when(on, f"{procedure}.end_early", ends_on=ends_on).code()

    assert said("2026-03-02", "2026-03-01") == "retroactive_decision"
    assert said("2026-03-02", "2026-03-02") is None
    assert said("2026-03-02", "2026-08-30") is None
    assert said("2026-03-02", "2026-08-31") == "invalid_state"
    assert said("2025-08-31", "2025-12-31") == "invalid_state"
    assert said("2025-09-01", "2025-12-31") is None
    assert said("2026-09-01", "2026-09-01") == "invalid_state"


@each_reviewed
def test_an_early_end_is_the_first_day_out(procedure: str) -> None:
    early = away(procedure).when("2026-03-02", f"{procedure}.end_early", ends_on="2026-03-31")
    (event,) = early.events(f"{WORDS[procedure]}Ended", until="2027-01-01")
    assert (event["on"], event["cause"]) == ("2026-04-01", "early")
    assert standing(early.deadlines(f"{procedure}_end", until="2027-01-01")) == ["2026-04-01"]


@each_reviewed
def test_it_is_withdrawn_until_the_eve(procedure: str) -> None:
    withdraw = f"{procedure}.withdraw"
    assert requested(procedure).when("2025-08-31", withdraw).code() is None
    assert requested(procedure).when("2025-09-01", withdraw).code() == "invalid_state"
    assert away(procedure).when("2025-08-31", withdraw).code() is None
    assert away(procedure).when("2025-09-01", withdraw).code() == "invalid_state"
    final = agent(choices={"withdraw.after_grant": "never"})
    assert away(procedure, final).when("2025-08-31", withdraw).code() == "invalid_state"


@each_reviewed
def test_a_withdrawal_gives_up_every_deadline(procedure: str) -> None:
    gone = away(procedure, ends_on="2027-08-31").when("2025-05-05", f"{procedure}.withdraw")
    assert gone.days(f"{WORDS[procedure]}Withdrawn") == ["2025-05-05"]
    assert all(one["status"] == "cancelled" for one in gone.result("2028-01-01")["deadlines"])


# -- Renewal of a disponibilité or a détachement -----------------------------------------------------


def renewing(procedure: str, given: Given | None = None, on: str = "2026-06-01", ends_on: str = "2027-02-28") -> Given:
    return (given or away(procedure)).when(on, f"{procedure}.renew", ends_on=ends_on)


@each_renewed
def test_a_renewal_is_asked_by_the_last_day(procedure: str) -> None:
    assert renewing(procedure, on="2026-08-31").code() is None
    assert renewing(procedure, on="2026-09-01").code() == "invalid_state"
    assert renewing(procedure, requested(procedure), "2025-04-01").code() == "invalid_state"
    assert renewing(procedure, renewing(procedure), "2026-06-02").code() == "invalid_state"


@each_renewed
def test_a_renewal_starts_the_day_after_and_moves_the_end(procedure: str) -> None:
    longer = decided(heard(renewing(procedure), procedure, "2026-06-02"), procedure, "2026-08-31")
    (event,) = longer.events(f"{WORDS[procedure]}Renewed")
    assert (event["on"], event["ends_on"]) == ("2026-09-01", "2027-02-28")
    assert longer.deadlines(f"{procedure}_end") == {"2026-09-01": "cancelled", "2027-03-01": "open"}
    assert standing(longer.deadlines(f"{procedure}_end_reminder", until="2026-11-30")) == ["2026-06-01", "2026-12-01"]


@each_renewed
def test_a_renewal_wants_its_own_opinions(procedure: str) -> None:
    assert decided(renewing(procedure), procedure, "2026-06-02").code() == "missing_opinion"


@each_renewed
def test_a_renewal_undecided_at_the_end_lapses(procedure: str) -> None:
    undecided = heard(renewing(procedure), procedure, "2026-06-02")
    assert undecided.days(f"{WORDS[procedure]}Ended", until="2026-09-01") == ["2026-09-01"]
    assert decided(undecided, procedure, "2026-09-01").code() == "invalid_state"


@each_renewed
def test_a_renewal_refused_leaves_the_placement(procedure: str) -> None:
    refused = decided(renewing(procedure), procedure, "2026-06-02", outcome="refused")
    (event,) = refused.events(f"{WORDS[procedure]}Refused")
    assert event["object"] == "renewal"
    assert refused.days(f"{WORDS[procedure]}Ended", until="2027-03-01") == ["2026-09-01"]


@each_renewed
def test_a_renewal_meets_no_other_position(procedure: str) -> None:
    def then() -> Given:
        return away("delegation", away(procedure), "2027-01-01", "2027-06-30", case="P1", on="2025-05-05")

    assert renewing(procedure, then(), ends_on="2027-01-01").code() == "position_incompatible"
    assert renewing(procedure, then(), ends_on="2026-12-31").code() is None
    other = requested(procedure, away(procedure), "2027-01-01", "2027-06-30", case="C2", on="2025-05-05")
    assert renewing(procedure, other, ends_on="2027-01-01").code() == "position_incompatible"


@each_renewed
def test_a_renewal_does_not_end_before_it_begins(procedure: str) -> None:
    assert renewing(procedure, ends_on="2026-08-31").code() == "bad_period"
    assert renewing(procedure, ends_on="2026-09-01").code() is None


# -- One position at a time --------------------------------------------------------------------------

PAIRS = [(held, wanted) for held, wanted in product(POSITIONS, ASKED) if held != wanted]
HELD: dict[str, Any] = {"starts_on": "2025-09-01", "ends_on": "2026-02-28", "case": "P1"}
LATER: dict[str, Any] = {"on": "2025-04-07"}


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_everything_starts_from_activite(held: str, wanted: str) -> None:
    def then(starts_on: str, ends_on: str) -> str | None:
        return requested(wanted, away(held, **HELD), starts_on, ends_on, **LATER).code()

    assert then("2025-09-01", "2026-08-31") == "position_incompatible"
    assert then("2026-02-28", "2027-02-27") == "position_incompatible"
    assert then("2026-03-01", "2027-02-28") is None


@pytest.mark.parametrize(("held", "wanted"), [pair for pair in PAIRS if pair[1] in POSITIONS])
def test_a_position_does_not_run_into_another(held: str, wanted: str) -> None:
    def then(ends_on: str) -> str | None:
        return requested(wanted, away(held, **HELD), "2025-07-01", ends_on, **LATER).code()

    assert then("2025-09-01") == "position_incompatible"
    assert then("2025-08-31") is None


@pytest.mark.parametrize(("held", "wanted"), [pair for pair in PAIRS if pair[1] not in POSITIONS])
def test_what_is_no_position_may_run_into_one(held: str, wanted: str) -> None:
    assert requested(wanted, away(held, **HELD), "2025-08-31", "2026-08-30", **LATER).code() is None


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_only_what_is_granted_bars_and_it_is_tested_again_at_the_grant(held: str, wanted: str) -> None:
    both = requested(wanted, requested(held, **HELD), **LATER)
    assert both.code() is None
    decided(heard(both, held, "2025-05-05", "P1"), held, "2025-05-05", "P1")
    decided(heard(both, wanted, "2025-06-02"), wanted, "2025-06-02")
    assert both.code() == "position_incompatible"


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_what_is_withdrawn_bars_nothing(held: str, wanted: str) -> None:
    gone = away(held, **HELD).when("2025-04-01", f"{held}.withdraw", "P1")
    assert requested(wanted, gone, **LATER).code() is None


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_an_early_end_frees_the_days_after_it(held: str, wanted: str) -> None:
    def back() -> Given:
        return away(held, **HELD).when("2025-10-01", f"{held}.end_early", "P1", ends_on="2025-11-30")

    later: dict[str, Any] = {"on": "2025-10-02", "ends_on": "2026-11-29"}
    assert requested(wanted, back(), starts_on="2025-11-30", **later).code() == "position_incompatible"
    assert requested(wanted, back(), starts_on="2025-12-01", **later).code() is None


@pytest.mark.parametrize(("held", "wanted"), list(product(OVERLAYS, POSITIONS)))
def test_who_is_lent_at_part_time_or_kept_is_in_activite(held: str, wanted: str) -> None:
    overlaid = away(held, starts_on="2025-06-02", ends_on="2026-06-01", case="P1")
    assert away(wanted, overlaid, on="2025-04-07").code() is None


# -- Mission temporaire ------------------------------------------------------------------------------

SPRING_OFF: dict[str, Any] = {"starts_on": "2025-03-01", "ends_on": "2025-05-31"}


def entered(**choices: Any) -> Given:
    """An agent whose present window of two years runs from 2 November 2023."""
    return agent(choices=choices, hu_entry_on="2019-11-02", chu_since="2022-06-01")


def mission(given: Given, on: str = "2025-01-13", **period: Any) -> Given:
    """A mission temporaire granted, from 1 March to 31 May 2025 unless said otherwise."""
    given.when(on, "mission_temporaire.request", "MT", basis="ordinary", **{**SPRING_OFF, **period})
    return given.when(on, "mission_temporaire.decide", "MT", by=["directeur_ufr", "dg_chu"], outcome="granted")


@pytest.mark.parametrize("wanted", list(ASKED))
def test_everything_starts_after_a_mission(wanted: str) -> None:
    def then(starts_on: str, ends_on: str) -> str | None:
        return requested(wanted, mission(entered()), starts_on, ends_on, on="2025-02-03").code()

    assert then("2025-05-31", "2026-05-30") == "position_incompatible"
    assert then("2025-06-01", "2026-05-31") is None


@pytest.mark.parametrize("held_before", POSITIONS)
def test_a_mission_starts_after_every_position(held_before: str) -> None:
    def then(starts_on: str) -> str | None:
        before = away(held_before, entered(), **SPRING_OFF, case="P1", on="2025-01-13")
        period = {"basis": "ordinary", "starts_on": starts_on, "ends_on": "2025-06-30"}
        return before.when("2025-02-03", "mission_temporaire.request", "MT", **period).code()

    assert then("2025-05-31") == "position_incompatible"
    assert then("2025-06-01") is None


def test_a_mission_leaves_part_time_and_the_stage() -> None:
    beside = mission(part_time(entered()))
    assert beside.code() is None
    assert beside.days("PartTimeEnded", until="2025-12-31") == []
    trainee = mission(
        agent("MCU-PH", statut="stagiaire", hu_entry_on="2024-11-01").when(
            "2024-11-01", "stage.open", "ST", starts_on="2024-11-01"
        )
    )
    assert trainee.code() is None
    assert trainee.events("StageEndMoved", until="2025-10-01") == []


def test_a_mission_is_duty_between_two_delegations() -> None:
    former = granted(entered(), "delegation", "2024-04-01", "2025-02-28", "D1", on="2024-01-08")  # 11 months
    apart = requested("delegation", mission(former), "2025-06-01", "2027-05-31", on="2025-02-03")
    assert apart.code() is None
    former = granted(entered(), "delegation", "2023-03-01", "2025-02-28", "D1", on="2023-01-09")
    assert mission(former).entitled("2025-03-01")["delegation"]["earliest_next_start"] == "2028-03-01"


def test_a_mission_is_service_before_a_mutation() -> None:
    # Three years from 1 June 2022.
    moving = requested("mutation", mission(entered()), "2025-06-01", same_chu=False, on="2025-02-03")
    assert decided(heard(moving, "mutation", "2025-03-03"), "mutation", "2025-04-07").code() is None


# -- Pay ---------------------------------------------------------------------------------------------

PAY = {
    "remuneration_universitaire": "5000.00",
    "emoluments_hospitaliers": "5500.00",
    "indemnite_residence": "50.00",
    "primes": "200.00",
    "supplement_familial": "110.00",
}


@pytest.mark.parametrize(
    ("procedure", "paid"),
    [
        ("disponibilite", "0.00"),
        ("detachement", "0.00"),
        ("delegation", "3110.00"),
        ("mise_a_disposition", "10860.00"),
        ("maintien_activite", "10860.00"),
        ("part_time", "8710.00"),  # 80 % of 10750.00, the family supplement whole
    ],
)
def test_what_the_establishment_of_origin_still_pays(procedure: str, paid: str) -> None:
    given = away(procedure, agent(pay=PAY))
    assert given.entitled("2025-08-31")["pay"]["monthly_paid"] == "10860.00"
    assert given.entitled("2025-09-01")["pay"]["monthly_paid"] == paid


@each_position
def test_after_a_position_that_ended_part_time_the_pay_is_whole(procedure: str) -> None:
    given = away(procedure, part_time(agent(pay=PAY)), **SPRING)
    assert given.entitled("2025-03-31")["pay"]["monthly_paid"] == "8710.00"
    assert given.entitled("2025-10-01")["pay"]["monthly_paid"] == "10860.00"


# -- Part time ---------------------------------------------------------------------------------------


def part_time(given: Given | None = None) -> Given:
    """80 % from 1 January 2025, a year at a time."""
    return granted(given or agent(), "part_time", "2025-01-01", "2025-12-31", "TP", on="2024-11-04")


SPRING = {"starts_on": "2025-04-01", "ends_on": "2025-09-30"}


@each_position
def test_a_position_ends_a_running_part_time_on_the_eve(procedure: str) -> None:
    interrupted = away(procedure, part_time(), **SPRING)
    (event,) = interrupted.events("PartTimeEnded", until="2026-06-01")
    assert (event["on"], event["cause"], event["case"]) == ("2025-04-01", "position_change", "TP")
    assert interrupted.days("PartTimeRenewedTacitly", until="2026-06-01") == []
    assert "2025-04-01" in interrupted.days("CngInformationDue", until="2026-06-01")


@each_position
def test_the_agent_is_back_at_full_time(procedure: str) -> None:
    interrupted = away(procedure, part_time(), **SPRING)
    quotites = {
        day: interrupted.entitled(day)["part_time"]["quotite"] for day in ("2025-03-31", "2025-04-01", "2025-10-01")
    }
    assert quotites == {"2025-03-31": 80, "2025-04-01": 100, "2025-10-01": 100}


@each_position
def test_a_position_granted_on_its_first_day_ends_it_at_once(procedure: str) -> None:
    assert away(procedure, part_time(), **SPRING, on="2025-04-01").days("PartTimeEnded") == ["2025-04-01"]


@each_position
def test_a_position_that_is_refused_or_withdrawn_leaves_it(procedure: str) -> None:
    asked_for = requested(procedure, part_time(), **SPRING)
    assert asked_for.days("PartTimeEnded", until="2025-12-31") == []
    refused = decided(asked_for, procedure, "2025-03-10", outcome="refused")
    assert refused.days("PartTimeEnded", until="2025-12-31") == []
    gone = away(procedure, part_time(), **SPRING).when("2025-03-31", f"{procedure}.withdraw")
    assert gone.days("PartTimeEnded", until="2025-12-31") == []
    assert gone.days("PartTimeRenewedTacitly", until="2026-01-01") == ["2026-01-01"]


@each_position
def test_part_time_may_go_on_beside_it(procedure: str) -> None:
    kept = away(procedure, part_time(agent(choices={"positions.part_time_then_other": "keep"})), **SPRING)
    assert kept.days("PartTimeEnded", until="2025-12-31") == []
    assert kept.days("PartTimeRenewedTacitly", until="2026-01-01") == ["2026-01-01"]


@pytest.mark.parametrize("procedure", ["mise_a_disposition", "maintien_activite", "mutation"])
def test_what_is_no_position_leaves_part_time(procedure: str) -> None:
    assert away(procedure, part_time(), **SPRING).days("PartTimeEnded", until="2025-12-31") == []


# -- The stage ---------------------------------------------------------------------------------------


def stage(choices: dict[str, Any] | None = None) -> Given:
    """A stage from 1 November 2024, whose year ends on 1 November 2025."""
    trainee = agent("MCU-PH", choices, statut="stagiaire")
    return trainee.when("2024-11-01", "stage.open", "ST", starts_on="2024-11-01")


def on_mission(
    given: Given, starts_on: str = "2025-03-01", ends_on: str = "2025-04-30", on: str = "2025-01-13"
) -> Given:
    return granted(given, "delegation", starts_on, ends_on, "D1", on=on)


def concluded(given: Given, on: str, outcome: str = "titularise") -> Given:
    given.when(on, "stage.give_opinion", "ST", by=["conseil_ufr", "cme"], favourable=True)
    return given.when(on, "stage.decide", "ST", by=["ministre_esr", "ministre_sante"], outcome=outcome)


def test_a_stagiaire_by_his_stage_goes_from_19_october_2024() -> None:
    def trainee() -> Given:
        return agent("MCU-PH").when("2024-09-01", "stage.open", "ST", starts_on="2024-09-01")

    short: dict[str, Any] = {"on": "2024-09-02", "ends_on": "2024-12-31"}
    assert requested("delegation", trainee(), "2024-10-18", **short).code() == "law_not_in_force"
    assert requested("delegation", trainee(), "2024-10-19", **short).code() is None


def test_a_stagiaire_joins_the_iuf_once_titularised() -> None:
    joining: dict[str, Any] = {"purpose": "iuf", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    assert requested("delegation", stage(), on="2025-10-01", **joining).code() == "not_eligible"
    assert requested("delegation", concluded(stage(), "2025-11-03"), on="2025-11-04", **joining).code() is None


def test_a_delegation_prolongs_the_stage_by_its_days() -> None:
    # 61 days from 1 March to 30 April; 1 November 2025 and 61 days is 1 January 2026.
    (event,) = on_mission(stage()).events("StageEndMoved")
    assert (event["old_due"], event["new_due"], event["cause"]) == ("2025-11-01", "2026-01-01", "delegation")
    assert (event["on"], event["case"], event["basis"]) == ("2025-01-13", "ST", ["D2021-1645:15.I.3"])
    assert standing(on_mission(stage()).deadlines("stage_end")) == ["2026-01-01"]


def test_not_the_day_on_which_the_titularisation_takes_effect() -> None:
    assert concluded(on_mission(stage()), "2025-12-31").code() == "stage_not_completed"
    (event,) = concluded(on_mission(stage()), "2026-01-01").events("StagiaireTitularised")
    assert (event["on"], event["seniority_from"]) == ("2025-11-01", "2024-11-01")


def test_a_delegation_over_the_end_of_the_year_keeps_the_stage_open() -> None:
    # 334 days are done by 1 October; the 31 others run from 1 January 2026.
    over = on_mission(stage(), "2025-10-01", "2025-12-31")
    assert standing(over.deadlines("stage_end")) == ["2026-02-01"]
    assert over.days("StageCompleted", until="2026-03-01") == ["2026-02-01"]
    (event,) = concluded(over, "2026-02-02").events("StagiaireTitularised")
    assert event["on"] == "2025-11-01"


def test_a_delegation_after_the_stage_moves_nothing() -> None:
    assert on_mission(stage(), "2025-11-01", "2025-12-31").events("StageEndMoved") == []


def test_an_early_end_moves_the_stage_back() -> None:
    # 31 days are left of the délégation: 1 November and 31 days is 2 December.
    back = on_mission(stage()).when("2025-03-10", "delegation.end_early", "D1", ends_on="2025-03-31")
    moves = [(event["on"], event["old_due"], event["new_due"]) for event in back.events("StageEndMoved")]
    assert moves == [("2025-01-13", "2025-11-01", "2026-01-01"), ("2025-03-10", "2026-01-01", "2025-12-02")]


def test_so_does_a_withdrawal() -> None:
    gone = on_mission(stage()).when("2025-02-28", "delegation.withdraw", "D1")
    assert [event["new_due"] for event in gone.events("StageEndMoved")] == ["2026-01-01", "2025-11-01"]


def test_a_request_alone_moves_nothing() -> None:
    pending = asked(stage(), "delegation", "2025-01-13", "2025-03-01", "2025-04-30", "D1")
    assert pending.events("StageEndMoved") == []


def test_a_delegation_in_the_first_round_delays_the_last_year_not_its_effect() -> None:
    # The last year runs from 1 January 2026 to the end of the year; its effect is of 1 November 2026.
    prolonged = concluded(on_mission(stage()), "2026-01-05", "prolonge")
    assert standing(prolonged.deadlines("stage_end", until="2026-06-01")) == ["2026-01-01", "2027-01-01"]
    (event,) = concluded(prolonged, "2027-01-04").events("StagiaireTitularised")
    assert (event["on"], event["seniority_from"]) == ("2026-11-01", "2025-11-01")


def test_a_delegation_in_the_last_year_prolongs_it() -> None:
    # 31 days from 1 January 2026; 1 November 2026 and 31 days is 2 December.
    prolonged = concluded(stage(), "2025-11-03", "prolonge")
    on_mission(prolonged, "2026-01-01", "2026-01-31", on="2025-12-01")
    assert standing(prolonged.deadlines("stage_end", until="2026-06-01")) == ["2025-11-01", "2026-12-02"]
    (event,) = concluded(prolonged, "2026-12-02").events("StagiaireTitularised")
    assert event["on"] == "2026-11-01"


def test_a_delegation_ends_the_part_time_that_prolonged_the_stage() -> None:
    # At 50 % from January to December 2025: 61 + 182.5 days done, 122 more from 1 January 2026.
    half = granted(stage(), "part_time", "2025-01-01", "2025-12-31", "TP", on="2024-11-04", quotite=50)
    assert standing(half.deadlines("stage_end")) == ["2026-05-03"]
    # En délégation in April: 61 + 45 days done by then, and 259 at full time from 1 May 2025.
    on_mission(half, "2025-04-01", "2025-04-30")
    assert standing(half.deadlines("stage_end")) == ["2026-01-15"]
    # With the 30 days of April: 136 done, 229 from 1 May.
    (event,) = concluded(half, "2026-01-15").events("StagiaireTitularised")
    assert (event["on"], event["seniority_from"]) == ("2025-12-16", "2024-12-16")


# -- Under suspension, excluded, gone ----------------------------------------------------------------


class Hold(Opening):
    type: Literal["holding.place"] = "holding.place"
    lane: str
    value: str
    starts_on: CivilDate
    ends_on: CivilDate | None = None


class Held(Event):
    lane: str
    value: str
    ends_on: Any


def no_rules(*_: object) -> Iterable[Check]:
    return ()


def place(_: Context, __: None, wanted: Hold) -> Iterator[Event]:
    yield Held(on=wanted.starts_on, basis=ART_15, lane=wanted.lane, value=wanted.value, ends_on=wanted.ends_on)


def marks(held: Held) -> Iterator[Period]:
    yield Period(held.lane, held.value, held.on, held.ends_on)


HOLDING = Procedure(
    name="holding",
    subject="agent",
    articles=(ART_15,),
    commands=(Hold,),
    events=(Held,),
    rules=no_rules,
    decide=place,
    evolve=lambda _, event: event,
    status=lambda _: "granted",
    statuses=("granted",),
    closed=lambda _: True,
    periods=marks,
)
WITH_HOLDING: Registry = replace(REGISTRY, procedures=(*REGISTRY.procedures, HOLDING))


def held(lane: str, value: str, starts_on: str, ends_on: str | None = None, given: Given | None = None) -> Given:
    """A mark put on a lane of the timeline on its first day, whatever the procedure that would put it there."""
    agent_held = given or Given("PU-PH", registry=WITH_HOLDING)
    return agent_held.when(
        starts_on, "holding.place", "H1", lane=lane, value=value, starts_on=starts_on, ends_on=ends_on
    )


@pytest.mark.parametrize("procedure", [*POSITIONS, "mise_a_disposition", "part_time"])
def test_a_suspended_agent_takes_no_position(procedure: str) -> None:
    def suspended() -> Given:
        return held("suspension", "suspension", "2025-02-03", "2025-08-31")

    assert requested(procedure, suspended(), "2025-08-31", "2026-08-30").code() == "position_incompatible"
    assert requested(procedure, suspended(), "2025-09-01", "2026-08-31").code() is None


@pytest.mark.parametrize("procedure", list(ASKED))
def test_an_excluded_agent_takes_no_position(procedure: str) -> None:
    def excluded() -> Given:
        return held("position", "exclusion", "2025-02-03", "2025-08-31")

    assert requested(procedure, excluded(), "2025-08-31", "2026-08-30").code() == "position_incompatible"
    assert requested(procedure, excluded(), "2025-09-01", "2026-08-31").code() is None


@each_position
def test_an_exclusion_ends_on_its_eve_what_runs(procedure: str) -> None:
    running = away(procedure, Given("PU-PH", registry=WITH_HOLDING))
    excluded = held("position", "exclusion", "2025-12-01", "2026-02-28", running)
    assert excluded.days(f"{WORDS[procedure]}Ended", until="2027-01-01") == ["2025-12-01"]


@each_position
@pytest.mark.parametrize(
    ("first", "ended_on", "cause"), [("2026-08-31", "2026-08-31", "early"), ("2026-09-01", "2026-09-01", "term")]
)
def test_an_exclusion_after_the_last_day_ends_nothing(procedure: str, first: str, ended_on: str, cause: str) -> None:
    running = away(procedure, Given("PU-PH", registry=WITH_HOLDING))
    excluded = held("position", "exclusion", first, "2026-12-31", running)
    (event,) = excluded.events(f"{WORDS[procedure]}Ended", until="2027-01-01")
    assert (event["on"], event["cause"]) == (ended_on, cause)


@each_position
@pytest.mark.parametrize("first", ["2025-08-01", "2025-09-01"])
def test_a_position_whose_first_day_is_one_of_exclusion_does_not_begin(procedure: str, first: str) -> None:
    to_come = away(procedure, Given("PU-PH", registry=WITH_HOLDING))
    excluded = held("position", "exclusion", first, "2025-09-30", to_come)
    assert excluded.events(f"{WORDS[procedure]}Ended", until="2027-01-01") == []
    assert standing(excluded.deadlines(f"{procedure}_end", until="2027-01-01")) == []
    assert excluded.when("2025-10-01", f"{procedure}.end_early", ends_on="2025-10-02").code() == "invalid_state"


@each_position
def test_a_position_that_begins_after_the_exclusion_begins(procedure: str) -> None:
    to_come = away(procedure, Given("PU-PH", registry=WITH_HOLDING))
    excluded = held("position", "exclusion", "2025-06-02", "2025-08-31", to_come)
    assert excluded.days(f"{WORDS[procedure]}Ended", until="2027-01-01") == ["2026-09-01"]


@each_position
def test_an_exclusion_leaves_what_is_pending(procedure: str) -> None:
    pending = requested(procedure, Given("PU-PH", registry=WITH_HOLDING))
    held("position", "exclusion", "2025-04-01", "2025-08-31", pending)
    assert decided(heard(pending, procedure, "2025-05-05"), procedure, "2025-06-02").code() is None


@pytest.mark.parametrize("procedure", [*POSITIONS, "mise_a_disposition", "maintien_activite"])
def test_leaving_the_functions_ends_what_runs_and_closes_the_rest(procedure: str) -> None:
    running = away(procedure, Given("PU-PH", registry=WITH_HOLDING))
    gone = held("position", "hors_cadre", "2025-12-01", None, running)
    (event,) = gone.events(f"{WORDS[procedure]}Ended", until="2027-01-01")
    assert (event["on"], event["cause"]) == ("2025-12-01", "cessation")
    assert gone.deadlines(f"{procedure}_end", until="2027-01-01") == {"2026-09-01": "cancelled"}


@pytest.mark.parametrize("procedure", [*POSITIONS, "mise_a_disposition", "maintien_activite", "mutation"])
def test_leaving_the_functions_closes_what_is_pending_without_event(procedure: str) -> None:
    pending = requested(procedure, Given("PU-PH", registry=WITH_HOLDING))
    gone = held("position", "hors_cadre", "2025-06-02", None, pending)
    assert [event["type"] for event in gone.result("2027-01-01")["events"]][-1] == "Held"
    assert decided(gone, procedure, "2025-07-01").codes()[-1] == "invalid_state"


@pytest.mark.parametrize("procedure", list(ASKED))
def test_who_has_left_asks_for_nothing_more(procedure: str) -> None:
    gone = held("position", "hors_cadre", "2025-02-03")
    assert requested(procedure, gone).code() == "position_incompatible"
