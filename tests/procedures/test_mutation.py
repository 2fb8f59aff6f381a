"""Mutation (33), both sides of the three years: dates were computed by hand."""

from typing import Any

import pytest
from placements import MINISTERS, decided, granted, heard, violations
from scenario import Given

ELSEWHERE: dict[str, Any] = {"target_chu": "CHU B", "same_chu": False}
HERE: dict[str, Any] = {"target_chu": "CHU A", "same_chu": True}
ACCORD = ["directeur_ufr", "dg_chu"]


def agent(chu_since: str | None = "2023-03-01", choices: dict[str, Any] | None = None, corps: str = "PU-PH") -> Given:
    return Given(corps, choices, chu_since=chu_since)


def asked(given: Given | None = None, starts_on: str = "2026-02-01", on: str = "2025-09-01", **more: Any) -> Given:
    fields = {"vacancy_published": True, **ELSEWHERE, "starts_on": starts_on, **more}
    return (given or agent()).when(on, "mutation.request", **fields)


def opinion(given: Given, by: str | list[str], favourable: bool = True, on: str = "2025-10-01") -> Given:
    return given.when(on, "mutation.give_opinion", by=by, favourable=favourable)


def accord(given: Given, by: list[str] = ACCORD, on: str = "2025-10-01") -> Given:
    return given.when(on, "mutation.record_accord", by=by)


def pronounced(given: Given, on: str = "2025-12-01", **more: Any) -> Given:
    return decided(given, "mutation", on, **more)


def ready(given: Given | None = None, starts_on: str = "2026-02-01", **more: Any) -> Given:
    """A mutation asked for, both opinions favourable."""
    return heard(asked(given, starts_on, **more), "mutation", "2025-10-01")


def code(given: Given | None = None, starts_on: str = "2026-02-01", **more: Any) -> str | None:
    """What becomes of such a mutation when both ministers decide on it."""
    return pronounced(ready(given, starts_on, **more)).code()


# -- Who, since when, on what post -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corps", "expected"),
    [
        ("PU-PH", None),
        ("MCU-PH", None),
        ("PHU", "not_eligible"),
        ("CCA", "not_eligible"),
        ("AHU", "not_eligible"),
        ("PH", "not_eligible"),
    ],
)
def test_mutation_is_for_category_1(corps: str, expected: str | None) -> None:
    assert asked(agent(corps=corps)).code() == expected


def test_the_decree_applies_from_16_december_2021() -> None:
    assert asked(starts_on="2021-12-15", on="2021-11-02").code() == "law_not_in_force"
    assert asked(starts_on="2021-12-16", on="2021-11-02").code() is None


def test_the_vacancy_is_published() -> None:
    assert asked(vacancy_published=False).code() == "no_published_vacancy"
    assert asked(agent(corps="PHU"), vacancy_published=False).code() == "not_eligible"


# -- Three years in the same CHU ---------------------------------------------------------------------


def test_three_years_to_the_day_are_enough() -> None:
    assert code(starts_on="2026-02-28") == "accord_required"
    assert code(starts_on="2026-03-01") is None


def test_within_the_same_chu_there_is_no_such_rule() -> None:
    assert code(**HERE) is None
    unfavourable = opinion(asked(**HERE), ["conseil_ufr", "cme"], favourable=False)
    assert pronounced(unfavourable).code() is None


def test_an_unknown_entry_is_less_than_three_years() -> None:
    assert code(agent(chu_since=None)) == "accord_required"
    (request,) = asked(agent(chu_since=None)).events("MutationRequested")
    assert "fact_missing:chu_since" in request["warnings"]


@pytest.mark.parametrize("procedure", ["delegation", "disponibilite", "detachement"])
def test_days_out_of_activite_do_not_count(procedure: str) -> None:
    # 1 January to 31 March 2024 are 91 days; 1 March 2026 and 91 days is 31 May 2026.
    def away() -> Given:
        return granted(agent(), procedure, "2024-01-01", "2024-03-31", "P1", on="2023-10-02")

    assert code(away(), "2026-05-30") == "accord_required"
    assert code(away(), "2026-05-31") is None
    calendar = granted(
        agent(choices={"mutation.service": "calendar"}), procedure, "2024-01-01", "2024-03-31", "P1", on="2023-10-02"
    )
    assert code(calendar, "2026-03-01") is None


def test_days_away_after_the_third_year_count_too() -> None:
    # Away from 1 February to 30 April 2026, 89 days: the 28 days of February are served in May.
    def away() -> Given:
        return granted(agent(), "disponibilite", "2026-02-01", "2026-04-30", "P1", on="2025-08-04")

    assert code(away(), "2026-05-28") == "accord_required"
    assert code(away(), "2026-05-29") is None


def test_days_away_before_the_present_chu_do_not_matter() -> None:
    away = granted(agent(), "disponibilite", "2022-10-01", "2022-12-31", "P1", on="2022-05-02")
    assert code(away, "2026-03-01") is None
    across = granted(agent(), "disponibilite", "2023-01-01", "2023-03-10", "P1", on="2022-05-02")
    assert code(across, "2026-03-10") == "accord_required"  # ten days of March 2023
    across = granted(agent(), "disponibilite", "2023-01-01", "2023-03-10", "P1", on="2022-05-02")
    assert code(across, "2026-03-11") is None


def test_a_mise_a_disposition_is_service() -> None:
    lent = granted(agent(), "mise_a_disposition", "2024-01-01", "2024-12-31", "P1", on="2023-10-02")
    assert code(lent, "2026-03-01") is None


def test_a_mutation_begins_three_new_years() -> None:
    def moved() -> Given:
        gone = ready(agent("2019-09-01"), "2026-02-01")
        return pronounced(gone)

    later: dict[str, Any] = {
        "on": "2028-09-04",
        "case": "C2",
        "vacancy_published": True,
        "target_chu": "CHU C",
        "same_chu": False,
    }
    for starts_on, expected in (("2029-01-31", "accord_required"), ("2029-02-01", None)):
        again = moved().when(type="mutation.request", starts_on=starts_on, **later)
        heard(again, "mutation", "2028-10-02", "C2")
        assert pronounced(again, "2028-11-06", case="C2").code() == expected


def test_a_change_within_the_chu_begins_none() -> None:
    moved = pronounced(ready(agent("2019-09-01"), "2026-02-01", **HERE))
    later: dict[str, Any] = {"case": "C2", "vacancy_published": True, "target_chu": "CHU C", "same_chu": False}
    moved.when("2026-03-02", "mutation.request", starts_on="2026-09-01", **later)
    heard(moved, "mutation", "2026-04-01", "C2")
    assert pronounced(moved, "2026-05-04", case="C2").code() is None


def test_a_withdrawn_mutation_begins_none() -> None:
    stayed = pronounced(ready(agent("2019-09-01"), "2026-02-01")).when("2026-01-05", "mutation.withdraw")
    later: dict[str, Any] = {"case": "C2", "vacancy_published": True, "target_chu": "CHU C", "same_chu": False}
    stayed.when("2026-03-02", "mutation.request", starts_on="2026-09-01", **later)
    heard(stayed, "mutation", "2026-04-01", "C2")
    assert pronounced(stayed, "2026-05-04", case="C2").code() is None


# -- Before three years: accord, favourable opinions -------------------------------------------------


def test_with_the_accord_it_may_be_pronounced() -> None:
    (event,) = pronounced(accord(ready())).events("MutationPronounced")
    assert (event["on"], event["target_chu"], event["same_chu"]) == ("2026-02-01", "CHU B", False)
    assert event["basis"] == ["D2021-1645:33"]


@pytest.mark.parametrize("one", ACCORD)
def test_the_accord_is_of_both(one: str) -> None:
    assert accord(ready(), by=[one]).code() == "missing_authority"


@pytest.mark.parametrize("body", ["conseil_ufr", "cme"])
def test_both_opinions_are_then_favourable(body: str) -> None:
    other = "cme" if body == "conseil_ufr" else "conseil_ufr"
    against = opinion(opinion(accord(asked()), body, favourable=False), other)
    assert pronounced(against).code() == "favourable_opinion_required"


def test_after_three_years_an_unfavourable_opinion_does_not_bar() -> None:
    against = opinion(asked(agent("2019-09-01")), ["conseil_ufr", "cme"], favourable=False)
    assert pronounced(against).code() is None


def test_a_later_opinion_of_the_same_body_replaces_the_former() -> None:
    changed = opinion(accord(ready()), "cme", favourable=False, on="2025-10-06")
    assert pronounced(changed).code() == "favourable_opinion_required"
    back = opinion(opinion(accord(ready()), "cme", favourable=False, on="2025-10-06"), "cme", on="2025-10-07")
    assert pronounced(back).code() is None


@pytest.mark.parametrize("body", ["conseil_ufr", "cme"])
@pytest.mark.parametrize("same_chu", [True, False])
def test_both_opinions_are_given(body: str, same_chu: bool) -> None:
    one = opinion(asked(agent("2019-09-01"), same_chu=same_chu), body)
    assert pronounced(one).code() == "missing_opinion"


def test_the_order_of_the_refusals_of_a_decision() -> None:
    bare = pronounced(opinion(asked(), "cme", favourable=False), "2026-02-02", by=["ministre_esr"])
    assert violations(bare) == [
        "accord_required",
        "missing_opinion",
        "favourable_opinion_required",
        "missing_authority",
        "retroactive_decision",
    ]


# -- The decision ------------------------------------------------------------------------------------


@pytest.mark.parametrize("minister", MINISTERS)
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_both_ministers_decide(minister: str, outcome: str) -> None:
    assert pronounced(accord(ready()), by=minister, outcome=outcome).code() == "missing_authority"


def test_a_refusal_wants_neither_accord_nor_opinions_and_is_never_late() -> None:
    (event,) = pronounced(asked(), "2026-03-02", outcome="refused").events("MutationRefused")
    assert event["on"] == "2026-03-02"


def test_it_is_pronounced_by_the_day_it_takes_effect() -> None:
    assert pronounced(ready(**HERE), "2026-02-01").code() is None
    assert pronounced(ready(**HERE), "2026-02-02").code() == "retroactive_decision"
    late = pronounced(ready(agent(choices={"decide.retroactive": "warn"}), **HERE), "2026-02-02")
    (event,) = late.events("MutationPronounced")
    assert (event["on"], event["warnings"]) == ("2026-02-01", ["retroactive_decision"])


def test_it_is_decided_once() -> None:
    assert pronounced(pronounced(ready(**HERE)), "2025-12-02").code() == "invalid_state"
    done = pronounced(asked(), outcome="refused")
    assert opinion(done, "cme", on="2025-12-02").code() == "invalid_state"
    done = pronounced(asked(), outcome="refused")
    assert accord(done, on="2025-12-02").code() == "invalid_state"


def test_the_position_is_tested_again_at_the_grant() -> None:
    away = granted(ready(**HERE), "disponibilite", "2026-01-01", "2026-06-30", "P1", on="2025-11-03")
    assert pronounced(away).code() == "position_incompatible"


def test_it_is_withdrawn_until_the_eve() -> None:
    assert asked().when("2026-01-31", "mutation.withdraw").code() is None
    assert asked().when("2026-02-01", "mutation.withdraw").code() == "invalid_state"
    assert pronounced(ready(**HERE)).when("2026-01-31", "mutation.withdraw").code() is None
    assert pronounced(ready(**HERE)).when("2026-02-01", "mutation.withdraw").code() == "invalid_state"
    final = agent(choices={"withdraw.after_grant": "never"})
    assert pronounced(ready(final, **HERE)).when("2026-01-31", "mutation.withdraw").code() == "invalid_state"


def test_a_case_is_opened_once_and_known_afterwards() -> None:
    assert asked(asked(), on="2025-09-02").code() == "duplicate_case"
    assert agent().when("2025-09-01", "mutation.withdraw").code() == "unknown_case"
