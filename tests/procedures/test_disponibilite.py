"""Disponibilité (32): what it shares with the other positions is in `test_positions_together`."""

from typing import Any

import pytest
from placements import asked, decided, granted, heard, standing, violations
from scenario import Given

NAME = "disponibilite"
CONVENANCES: dict[str, Any] = {"kind": "convenances_personnelles"}


def asked_for(starts_on: str, ends_on: str, given: Given | None = None, **more: Any) -> Given:
    return asked(given or Given(), NAME, more.pop("on", "2025-01-10"), starts_on, ends_on, **more)


def away(starts_on: str = "2025-06-01", ends_on: str = "2026-05-31", given: Given | None = None, **more: Any) -> Given:
    """A disponibilité granted on 10 January 2025, for a year from 1 June unless said otherwise."""
    return granted(given or Given(), NAME, starts_on, ends_on, **more)


def renew(given: Given, on: str, ends_on: str, case: str = "C1") -> Given:
    return given.when(on, "disponibilite.renew", case, ends_on=ends_on)


# -- How long ----------------------------------------------------------------------------------------


def test_two_years_at_most_for_convenances() -> None:
    assert asked_for("2025-06-01", "2027-05-31", **CONVENANCES).code() is None
    assert asked_for("2025-06-01", "2027-06-01", **CONVENANCES).code() == "duration_exceeds_maximum"


def test_two_years_from_29_february_end_before_the_28th() -> None:
    assert asked_for("2028-02-29", "2030-02-27", **CONVENANCES).code() is None
    assert asked_for("2028-02-29", "2030-02-28", **CONVENANCES).code() == "duration_exceeds_maximum"


def test_the_decree_sets_no_limit_to_the_other_kinds() -> None:
    assert asked_for("2025-06-01", "2035-05-31", kind="autre").code() is None


def test_the_request_says_its_kind() -> None:
    (request,) = asked_for("2025-06-01", "2026-05-31", **CONVENANCES).events("DisponibiliteRequested")
    assert request["kind"] == "convenances_personnelles"
    assert (request["starts_on"], request["ends_on"]) == ("2025-06-01", "2026-05-31")


# -- Pour convenances, not renewable -----------------------------------------------------------------


def test_it_is_not_renewable_even_below_two_years() -> None:
    assert renew(away(**CONVENANCES), "2026-03-02", "2026-06-30").code() == "not_renewable"


def test_the_other_kinds_are() -> None:
    assert renew(away(kind="autre"), "2026-03-02", "2031-06-30").code() is None


def test_a_new_one_without_a_day_of_duty_is_a_renewal() -> None:
    short: dict[str, Any] = {"on": "2026-03-02", "case": "C2", **CONVENANCES}
    assert asked_for("2026-06-01", "2026-12-31", away(**CONVENANCES), **short).code() == "not_renewable"
    assert asked_for("2026-06-02", "2026-12-31", away(**CONVENANCES), **short).code() is None


def test_a_detachement_between_is_no_day_of_duty() -> None:
    bridged = granted(away(**CONVENANCES), "detachement", "2026-06-01", "2026-08-31", "P1", on="2026-01-12")
    short: dict[str, Any] = {"on": "2026-03-02", "case": "C2", **CONVENANCES}
    assert asked_for("2026-09-01", "2026-12-31", bridged, **short).code() == "not_renewable"
    bridged = granted(away(**CONVENANCES), "detachement", "2026-06-01", "2026-08-31", "P1", on="2026-01-12")
    assert asked_for("2026-09-02", "2026-12-31", bridged, **short).code() is None


def test_after_an_early_end_the_return_is_counted_from_it() -> None:
    back = away(**CONVENANCES).when("2025-10-01", "disponibilite.end_early", ends_on="2025-12-31")
    short: dict[str, Any] = {"on": "2025-11-03", "case": "C2", **CONVENANCES}
    assert asked_for("2026-01-01", "2026-04-30", back, **short).code() == "not_renewable"
    back = away(**CONVENANCES).when("2025-10-01", "disponibilite.end_early", ends_on="2025-12-31")
    assert asked_for("2026-01-02", "2026-04-30", back, **short).code() is None


def test_another_kind_may_follow_and_precede() -> None:
    follow: dict[str, Any] = {"on": "2026-03-02", "case": "C2"}
    assert asked_for("2026-06-01", "2026-12-31", away(**CONVENANCES), kind="autre", **follow).code() is None
    assert asked_for("2026-06-01", "2026-12-31", away(kind="autre"), **CONVENANCES, **follow).code() is None


def test_what_was_refused_or_withdrawn_is_no_former_one() -> None:
    follow: dict[str, Any] = {"on": "2025-03-03", "case": "C2", **CONVENANCES}
    refused = decided(asked_for("2025-06-01", "2026-05-31", **CONVENANCES), NAME, "2025-02-03", outcome="refused")
    assert asked_for("2026-06-01", "2026-12-31", refused, **follow).code() is None
    gone = away(**CONVENANCES).when("2025-02-03", "disponibilite.withdraw")
    assert asked_for("2026-06-01", "2026-12-31", gone, **follow).code() is None


@pytest.mark.parametrize(
    ("reading", "at_once", "later"), [("never", "not_renewable", "not_renewable"), ("always", None, None)]
)
def test_whether_there_may_be_another_is_a_choice(reading: str, at_once: str | None, later: str | None) -> None:
    def former() -> Given:
        return away(given=Given(choices={"disponibilite.again": reading}), **CONVENANCES)

    follow: dict[str, Any] = {"on": "2026-03-02", "case": "C2", **CONVENANCES}
    assert asked_for("2026-06-01", "2026-12-31", former(), **follow).code() == at_once
    assert asked_for("2027-06-01", "2027-12-31", former(), **follow).code() == later


def test_it_is_tested_again_at_the_grant() -> None:
    both = asked_for(
        "2026-06-01", "2026-12-31", asked_for("2025-06-01", "2026-05-31", **CONVENANCES), case="C2", **CONVENANCES
    )
    decided(heard(both, NAME, "2025-02-03"), NAME, "2025-02-03")
    assert decided(heard(both, NAME, "2025-03-03", "C2"), NAME, "2025-03-03", "C2").code() == "not_renewable"


# -- The post after a year ---------------------------------------------------------------------------

POST = "post_may_be_filled"


@pytest.mark.parametrize("kind", ["convenances_personnelles", "autre"])
def test_the_post_may_be_filled_after_a_year(kind: str) -> None:
    (event,) = away(ends_on="2026-06-01", kind=kind).events("PostMayBeFilled", until="2026-06-01")
    assert (event["on"], event["basis"]) == ("2026-06-01", ["D2021-1645:32.1°"])


def test_not_when_the_agent_is_back_on_that_day() -> None:
    assert away(ends_on="2026-05-31").deadlines(POST, until="2026-12-31") == {}
    assert away(ends_on="2026-06-01").deadlines(POST) == {"2026-06-01": "open"}


def test_a_renewal_may_bring_it() -> None:
    longer = renew(away(ends_on="2025-11-30"), "2025-10-01", "2026-11-30")
    decided(heard(longer, NAME, "2025-11-03"), NAME, "2025-11-03")
    assert longer.days("PostMayBeFilled", until="2026-12-31") == ["2026-06-01"]


def test_an_early_end_may_take_it_away() -> None:
    def back(ends_on: str) -> Given:
        return away(ends_on="2026-12-31").when("2025-10-01", "disponibilite.end_early", ends_on=ends_on)

    assert standing(back("2026-05-31").deadlines(POST, until="2026-12-31")) == []
    assert back("2026-06-01").days("PostMayBeFilled", until="2026-12-31") == ["2026-06-01"]


def test_a_withdrawal_takes_it_away() -> None:
    gone = away(ends_on="2026-12-31").when("2025-02-03", "disponibilite.withdraw")
    assert standing(gone.deadlines(POST, until="2026-12-31")) == []


# -- The five opinions -------------------------------------------------------------------------------


def test_the_order_of_the_refusals_of_a_decision() -> None:
    late = asked_for("2025-06-01", "2026-05-31", **CONVENANCES)
    late.when("2025-06-02", "disponibilite.decide", by=["cng"], outcome="granted")
    assert violations(late) == ["missing_opinion", "missing_authority", "retroactive_decision"]


def test_the_order_of_the_refusals_of_a_request() -> None:
    former = away("2025-01-10", "2025-05-31", **CONVENANCES)
    granted(former, "detachement", "2026-01-01", "2026-01-31", "P1")
    asked_for("2025-06-01", "2027-06-01", former, on="2025-01-13", case="C2", **CONVENANCES)
    assert violations(former)[0] == "position_incompatible"
    assert set(violations(former)[1:]) == {"not_renewable", "duration_exceeds_maximum"}
