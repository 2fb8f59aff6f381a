"""Maintien en activité (37-1): what it shares with the positions is in `test_positions_together`."""

from typing import Any

import pytest
from placements import AUTHORITY, MINISTERS, asked, decided, granted, heard, violations
from scenario import Given

NAME = "maintien_activite"
LOCAL = AUTHORITY[NAME]


def asked_for(given: Given | None = None, ends_on: str = "2026-08-31", **more: Any) -> Given:
    return asked(given or Given(), NAME, "2025-03-03", "2025-09-01", ends_on, **more)


def reviewed(given: Given | None = None, **more: Any) -> Given:
    return heard(asked_for(given, **more), NAME, "2025-04-01")


def test_the_ages_and_the_length_are_the_offices() -> None:
    assert asked_for(ends_on="2035-08-31").code() is None
    three_years = {"maintien_max_months": 36}
    assert asked_for(Given(choices=three_years), ends_on="2028-08-31").code() is None
    assert asked_for(Given(choices=three_years), ends_on="2028-09-01").code() == "duration_exceeds_maximum"


def test_the_order_of_the_refusals_of_a_request() -> None:
    early = asked(Given("CCA"), NAME, "2024-06-03", "2024-10-18", "2024-10-17")
    assert violations(early) == ["not_eligible", "law_not_in_force", "bad_period"]


def test_the_three_local_authorities_decide() -> None:
    (event,) = decided(reviewed(), NAME, "2025-06-02").events("MaintienActiviteGranted")
    assert (event["on"], event["ends_on"], event["basis"]) == ("2025-09-01", "2026-08-31", ["D2021-1645:37-1"])


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_not_when_the_request_is_for_the_act_that_strikes_the_agent_off(outcome: str) -> None:
    said: dict[str, Any] = {"outcome": outcome}
    assert decided(reviewed(radiation_same_act=True), NAME, "2025-06-02", **said).code() == "missing_authority"
    assert decided(reviewed(radiation_same_act=True), NAME, "2025-06-02", by=MINISTERS, **said).code() is None
    assert decided(reviewed(), NAME, "2025-06-02", by=MINISTERS, **said).code() == "missing_authority"


def test_nor_when_the_decision_is_that_act() -> None:
    same_act: dict[str, Any] = {"radiation_same_act": True}
    assert decided(reviewed(), NAME, "2025-06-02", by=LOCAL, **same_act).code() == "missing_authority"
    assert decided(reviewed(), NAME, "2025-06-02", by=MINISTERS, **same_act).code() is None
    assert decided(reviewed(), NAME, "2025-06-02", by=LOCAL, radiation_same_act=False).code() is None


def test_who_decides_then_is_a_choice() -> None:
    def pending() -> Given:
        choice = {"maintien_activite.radiation_authority": ["president_republique"]}
        return reviewed(Given(choices=choice), radiation_same_act=True)

    assert decided(pending(), NAME, "2025-06-02", by="president_republique").code() is None
    assert decided(pending(), NAME, "2025-06-02", by=MINISTERS).code() == "missing_authority"


def test_the_agent_stays_in_activite() -> None:
    kept = granted(Given(), NAME, "2025-09-01", "2026-08-31", case="M1")
    assert granted(kept, "delegation", "2025-12-01", "2026-02-28", on="2025-02-03").code() is None


def test_the_first_day_of_the_reform_is_a_choice() -> None:
    later = {"law.reform_2024.from": "2025-10-01"}
    assert asked_for(Given(choices=later)).code() == "law_not_in_force"
