"""Mise à disposition (31 and 12): what it shares with the positions is in `test_positions_together`."""

from typing import Any

import pytest
from placements import MINISTERS, asked, decided, granted, heard
from scenario import Given

from domain.simulation import InputError

NAME = "mise_a_disposition"


def asked_for(given: Given | None = None, ends_on: str = "2026-08-31", **more: Any) -> Given:
    return asked(given or Given(), NAME, "2025-01-10", "2025-09-01", ends_on, **more)


@pytest.mark.parametrize("corps", ["PHU", "CCA", "AHU"])
def test_a_linked_establishment_is_open_to_the_three_categories(corps: str) -> None:
    assert asked_for(Given(corps)).code() == "not_eligible"
    assert asked_for(Given(corps), ground="art12").code() is None
    assert granted(Given(corps), NAME, "2025-09-01", "2026-08-31", ground="art12").code() is None


@pytest.mark.parametrize("corps", ["PU-PH", "MCU-PH"])
def test_category_1_may_be_lent_anywhere(corps: str) -> None:
    assert asked_for(Given(corps)).code() is None
    assert asked_for(Given(corps), gip=True).code() is None
    assert asked_for(Given(corps), ground="art12").code() is None


def test_another_corps_is_not_eligible_there_either() -> None:
    assert asked_for(Given("PH"), ground="art12").code() == "not_eligible"


def test_the_request_says_where_and_on_what_ground() -> None:
    (request,) = asked_for(host="ARS Bretagne", gip=True).events("MiseADispositionRequested")
    assert (request["host"], request["gip"], request["ground"]) == ("ARS Bretagne", True, None)
    (request,) = asked_for(host="CH lié", ground="art12").events("MiseADispositionRequested")
    assert (request["host"], request["gip"], request["ground"]) == ("CH lié", False, "art12")


def test_the_decree_sets_no_maximum_the_office_may() -> None:
    assert asked_for(ends_on="2045-08-31").code() is None
    one_year = {"mad.max_months": 12}
    assert asked_for(Given(choices=one_year), ends_on="2026-08-31").code() is None
    assert asked_for(Given(choices=one_year), ends_on="2026-09-01").code() == "duration_exceeds_maximum"


def test_who_pronounces_it_is_a_choice() -> None:
    def pending(**choices: list[str]) -> Given:
        return heard(asked_for(Given(choices=dict(choices))), NAME, "2025-02-03")

    assert decided(pending(), NAME, "2025-03-03").code() is None
    assert decided(pending(), NAME, "2025-03-03", by=MINISTERS).code() == "missing_authority"
    assert decided(pending(**{"mad.authority": MINISTERS}), NAME, "2025-03-03", by=MINISTERS).code() is None
    assert decided(pending(**{"mad.authority": MINISTERS}), NAME, "2025-03-03").code() == "missing_authority"


def test_the_agent_stays_in_activite() -> None:
    lent = granted(Given(), NAME, "2025-09-01", "2026-08-31", case="M1")
    assert granted(lent, "delegation", "2025-12-01", "2026-02-28", on="2025-02-03").code() is None


def test_the_post_is_not_given_away() -> None:
    lent = granted(Given(), NAME, "2025-09-01", "2028-08-31")
    assert lent.deadlines("post_may_be_filled", until="2028-09-01") == {}


def test_it_is_not_renewed() -> None:
    with pytest.raises(InputError, match=r"mise_a_disposition\.renew"):
        granted(Given(), NAME, "2025-09-01", "2026-08-31").when("2026-06-01", f"{NAME}.renew").result()
