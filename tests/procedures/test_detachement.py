"""Détachement (30): what it shares with the other positions is in `test_positions_together`."""

from typing import Any

import pytest
from placements import AUTHORITY, MINISTERS, asked, decided, granted, heard, standing, violations
from scenario import Given

NAME = "detachement"
FOUR = ["conseil_ufr", "cme", "dg_chu", "directeur_ufr"]


def asked_for(given: Given | None = None, kind: str = "l531", ends_on: str = "2027-08-31", **more: Any) -> Given:
    return asked(given or Given(), NAME, "2025-01-10", "2025-09-01", ends_on, kind=kind, **more)


def authorised(given: Given, on: str = "2025-02-03") -> Given:
    return given.when(on, "detachement.record_authorisation", by=MINISTERS)


def heard_by(given: Given, on: str, bodies: list[str] = FOUR) -> Given:
    return given.when(on, "detachement.give_opinion", by=bodies, favourable=True)


def ready(given: Given | None = None, **more: Any) -> Given:
    """A détachement to create a company, its file complete."""
    return heard_by(authorised(asked_for(given, **more)), "2025-03-03")


def started(given: Given | None = None, **more: Any) -> Given:
    """The same, pronounced: two years from 1 September 2025 unless said otherwise."""
    return decided(ready(given, **more), NAME, "2025-04-01", by=MINISTERS)


def renew(given: Given, on: str, ends_on: str) -> Given:
    return given.when(on, "detachement.renew", ends_on=ends_on)


def renewed(given: Given, on: str, ends_on: str) -> Given:
    return decided(heard_by(renew(given, on, ends_on), on), NAME, on, by=MINISTERS)


# -- How long, how often -----------------------------------------------------------------------------


def test_a_company_project_lasts_two_years_at_most() -> None:
    assert asked_for(ends_on="2027-08-31").code() is None
    assert asked_for(ends_on="2027-09-01").code() == "duration_exceeds_maximum"


@pytest.mark.parametrize("kind", ["gip", "droit_commun"])
def test_the_decree_sets_no_limit_to_the_other_kinds(kind: str) -> None:
    assert asked_for(kind=kind, ends_on="2035-08-31").code() is None


def test_a_company_project_is_renewed_twice_so_six_years_at_most() -> None:
    twice = renewed(renewed(started(), "2027-06-01", "2029-08-31"), "2029-06-01", "2031-08-31")
    assert twice.days("DetachementRenewed") == ["2027-09-01", "2029-09-01"]
    assert twice.days("DetachementEnded", until="2031-12-31") == ["2031-09-01"]


def test_each_renewal_lasts_two_years_at_most() -> None:
    assert renew(started(), "2027-06-01", "2029-09-01").code() == "duration_exceeds_maximum"
    short = started(ends_on="2026-08-31")
    assert renew(short, "2026-06-01", "2028-08-31").code() is None


def test_a_third_renewal_is_refused_whatever_its_length() -> None:
    def twice() -> Given:
        return renewed(renewed(started(ends_on="2025-12-31"), "2025-11-03", "2026-03-31"), "2026-02-02", "2026-06-30")

    assert renew(twice(), "2026-05-04", "2026-07-01").code() == "renewal_limit_reached"
    assert renew(twice(), "2026-05-04", "2030-07-01").code() == "renewal_limit_reached"


@pytest.mark.parametrize("kind", ["gip", "droit_commun"])
def test_the_other_kinds_are_renewed_without_limit(kind: str) -> None:
    away = granted(Given(), NAME, "2025-09-01", "2026-08-31", kind=kind)
    for year in range(2026, 2030):
        renew(away, f"{year}-06-01", f"{year + 1}-08-31")
        decided(heard(away, NAME, f"{year}-07-01"), NAME, f"{year}-07-01")
    assert len(away.days("DetachementRenewed")) == 4


def test_a_refused_renewal_is_no_renewal() -> None:
    away = renew(started(), "2027-03-01", "2029-08-31")
    decided(away, NAME, "2027-04-01", by=MINISTERS, outcome="refused")
    renewed(away, "2027-06-01", "2029-08-31")
    renewed(away, "2029-06-01", "2031-08-31")
    assert len(away.days("DetachementRenewed")) == 2


# -- The authorisation, the opinions, the authority --------------------------------------------------


def test_a_company_project_wants_the_authorisation_first() -> None:
    bare = decided(asked_for(), NAME, "2025-09-02", by=["ministre_esr"])
    assert violations(bare) == [
        "missing_ministerial_authorisation",
        "missing_opinion",
        "missing_authority",
        "retroactive_decision",
    ]


@pytest.mark.parametrize("absent", FOUR)
def test_four_opinions_for_a_company_project(absent: str) -> None:
    others = [body for body in FOUR if body != absent]
    assert decided(
        heard_by(authorised(asked_for()), "2025-03-03", others), NAME, "2025-04-01", by=MINISTERS
    ).code() == ("missing_opinion")


def test_two_opinions_for_a_gip_none_under_common_rules() -> None:
    assert decided(asked_for(kind="gip"), NAME, "2025-04-01").code() == "missing_opinion"
    for body in ("conseil_ufr", "cme"):
        one = heard_by(asked_for(kind="gip"), "2025-03-03", [body])
        assert decided(one, NAME, "2025-04-01").code() == "missing_opinion"
    assert (
        decided(heard_by(asked_for(kind="gip"), "2025-03-03", ["conseil_ufr", "cme"]), NAME, "2025-04-01").code()
        is None
    )
    assert decided(asked_for(kind="droit_commun"), NAME, "2025-04-01").code() is None


def test_both_ministers_pronounce_a_company_project() -> None:
    for signed in (["ministre_esr"], ["ministre_sante"], AUTHORITY[NAME]):
        assert decided(ready(), NAME, "2025-04-01", by=signed).code() == "missing_authority"
    assert decided(ready(), NAME, "2025-04-01", by=MINISTERS).code() is None


@pytest.mark.parametrize("kind", ["gip", "droit_commun"])
def test_who_pronounces_the_other_kinds_is_a_choice(kind: str) -> None:
    def pending(**choices: list[str]) -> Given:
        given = Given(choices=dict(choices))
        return heard(asked_for(given, kind=kind), NAME, "2025-03-03")

    assert decided(pending(), NAME, "2025-04-01").code() is None
    assert decided(pending(), NAME, "2025-04-01", by=MINISTERS).code() == "missing_authority"
    ministers = {"detachement.authority": MINISTERS}
    assert decided(pending(**ministers), NAME, "2025-04-01", by=MINISTERS).code() is None
    assert decided(pending(**ministers), NAME, "2025-04-01").code() == "missing_authority"


def test_both_ministers_authorise() -> None:
    for minister in MINISTERS:
        assert asked_for().when("2025-02-03", "detachement.record_authorisation", by=minister).code() == (
            "missing_authority"
        )
    assert authorised(asked_for()).code() is None


def test_the_authorisation_is_for_a_living_company_project() -> None:
    assert authorised(asked_for(kind="gip")).code() == "invalid_state"
    refused = decided(asked_for(), NAME, "2025-01-13", by=MINISTERS, outcome="refused")
    assert authorised(refused).code() == "invalid_state"


def test_a_refusal_wants_neither_file_nor_opinions() -> None:
    assert decided(asked_for(), NAME, "2025-04-01", by=MINISTERS, outcome="refused").code() is None


def test_the_authorisation_serves_for_all_periods_the_opinions_for_one() -> None:
    away = renew(started(), "2027-06-01", "2029-08-31")
    assert decided(away, NAME, "2027-06-02", by=MINISTERS).code() == "missing_opinion"
    assert renewed(started(), "2027-06-01", "2029-08-31").code() is None


def test_the_opinions_may_serve_for_all_periods_too() -> None:
    once = Given(choices={"detachement.renewal_opinions": "once"})
    away = renew(started(once), "2027-06-01", "2029-08-31")
    assert decided(away, NAME, "2027-06-02", by=MINISTERS).code() is None


# -- The post after a year ---------------------------------------------------------------------------

POST = "post_may_be_filled"


def test_the_post_may_be_filled_after_a_year() -> None:
    (event,) = started(ends_on="2026-09-01").events("PostMayBeFilled", until="2026-09-01")
    assert (event["on"], event["basis"]) == ("2026-09-01", ["D2021-1645:30.4"])
    assert started(ends_on="2026-08-31").deadlines(POST, until="2027-01-01") == {}


def test_a_renewal_does_not_begin_another_year() -> None:
    longer = renewed(started(ends_on="2026-02-28"), "2026-01-05", "2028-01-31")
    assert longer.days("PostMayBeFilled", until="2028-02-01") == ["2026-09-01"]


def test_an_early_end_may_take_it_away() -> None:
    back = started().when("2026-03-02", "detachement.end_early", ends_on="2026-08-31")
    assert standing(back.deadlines(POST, until="2027-12-31")) == []
    back = started().when("2026-03-02", "detachement.end_early", ends_on="2026-09-01")
    assert back.days("PostMayBeFilled", until="2027-12-31") == ["2026-09-01"]
