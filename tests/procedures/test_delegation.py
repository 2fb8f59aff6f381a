"""Délégation, both sides of every limit of 15, 16 and 29: dates and amounts were computed by hand."""

from typing import Any

import pytest
from placements import MINISTERS, UNIVERSITY_AND_CNG, granted, standing, violations
from scenario import Given

from domain.simulation import InputError

UNIVERSITY_AND_CHU = ["president_universite", "dg_chu"]
CHU_AND_UFR = ["dg_chu", "directeur_ufr"]
PAY = {
    "remuneration_universitaire": "5000.00",
    "emoluments_hospitaliers": "5500.00",
    "retenue_pension_civile": "555.00",
    "charges_sociales": "2100.00",
}
CAREER_CORPS = ["PU-PH", "MCU-PH"]
TEMPORARY_CORPS = ["PHU", "CCA", "AHU"]


def agent(corps: str = "PU-PH", choices: dict[str, Any] | None = None, **facts: Any) -> Given:
    """An agent whose facts bar nothing: long in the CHU, a nomination that ends late, a known pay."""
    known: dict[str, Any] = {"chu_since": "2015-09-01", "pay": PAY}
    if corps in TEMPORARY_CORPS:
        known["nomination_ends_on"] = "2032-10-31"
    return Given(corps, choices, **{**known, **facts})


def asked(
    given: Given | None = None,
    starts_on: str = "2025-09-01",
    ends_on: str = "2026-08-31",
    purpose: str = "mission_etude",
    on: str = "2025-03-03",
    case: str = "C1",
    **more: Any,
) -> Given:
    period = {"starts_on": starts_on, "ends_on": ends_on, "purpose": purpose}
    return (given or agent()).when(on, "delegation.request", case, **period, **more)


def request_code(given: Given | None = None, **request: Any) -> str | None:
    return asked(given, **request).code()


def decided(given: Given, on: str = "2025-04-01", case: str = "C1", pay: str | None = "3000.00", **more: Any) -> Given:
    paid = {} if pay is None else {"pay_monthly": pay}
    said: dict[str, Any] = {"by": UNIVERSITY_AND_CNG, "outcome": "granted", **paid, **more}
    return given.when(on, "delegation.decide", case, **said)


def running(given: Given | None = None, by: list[str] = UNIVERSITY_AND_CNG, **request: Any) -> Given:
    """A délégation of 15 asked for and granted, for the year from 1 September 2025 unless said otherwise."""
    case = request.get("case", "C1")
    return decided(asked(given, **request), on=request.get("on", "2025-04-01"), case=case, by=by)


def company(given: Given | None = None, on: str = "2025-03-10", case: str = "C1", **request: Any) -> Given:
    """A délégation of 16 asked for, its file complete, contribution a."""
    ready = asked(given, purpose="creation_entreprise", on=on, case=case, **request)
    ready.when(on, "delegation.record_authorisation", case, by=MINISTERS)
    ready.when(on, "delegation.record_convention", case)
    return ready.when(on, "delegation.set_contribution", case, kind="a")


def started(given: Given | None = None, on: str = "2025-03-10", case: str = "C1", **request: Any) -> Given:
    """A délégation of 16 granted."""
    return decided(company(given, on, case, **request), on=on, case=case, pay=None, by=CHU_AND_UFR)


def renew(given: Given, on: str, ends_on: str, case: str = "C1", **more: Any) -> Given:
    return given.when(on, "delegation.renew", case, ends_on=ends_on, **more)


def renewed(given: Given, on: str, ends_on: str, by: list[str], case: str = "C1") -> Given:
    return decided(renew(given, on, ends_on, case), on=on, case=case, pay=None, by=by, object="renewal")


def former(given: Given | None = None, last: str = "2024-08-31", case: str = "D0", **more: Any) -> Given:
    """A délégation of 15 from 1 September 2022, two years long unless said otherwise."""
    return running(given, starts_on="2022-09-01", ends_on=last, on="2022-05-02", case=case, **more)


def end_early(given: Given, on: str, ends_on: str, case: str = "C1") -> Given:
    return given.when(on, "delegation.end_early", case, ends_on=ends_on)


def next_start(given: Given, on: str) -> str | None:
    earliest: str | None = given.entitled(on)["delegation"]["earliest_next_start"]
    return earliest


# -- Who may ask, for what, and since when -----------------------------------------------------------


@pytest.mark.parametrize("corps", [*CAREER_CORPS, *TEMPORARY_CORPS])
def test_every_corps_may_ask_for_a_study_mission(corps: str) -> None:
    assert request_code(agent(corps), ends_on="2026-02-28") is None


@pytest.mark.parametrize("purpose", ["mission_etude", "enseignement", "creation_entreprise", "iuf"])
def test_another_corps_is_not_eligible(purpose: str) -> None:
    assert request_code(agent("PH"), purpose=purpose) == "not_eligible"


@pytest.mark.parametrize("corps", CAREER_CORPS)
def test_the_career_corps_may_teach_elsewhere_and_join_the_iuf(corps: str) -> None:
    assert request_code(agent(corps), purpose="enseignement") is None
    assert request_code(agent(corps), purpose="iuf") is None


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_the_temporary_corps_may_not(corps: str) -> None:
    assert request_code(agent(corps), purpose="enseignement", ends_on="2026-02-28") == "purpose_not_open_to_category"
    assert request_code(agent(corps), purpose="iuf", ends_on="2026-02-28") == "not_eligible"


def test_an_unknown_corps_is_left_to_the_office_with_a_warning() -> None:
    (request,) = asked(Given(None, pay=PAY)).events("DelegationRequested")
    assert "fact_missing:corps" in request["warnings"]


def test_the_decree_applies_from_16_december_2021() -> None:
    ends_on = "2022-05-31"
    assert request_code(on="2021-11-02", starts_on="2021-12-15", ends_on=ends_on) == "law_not_in_force"
    assert request_code(on="2021-11-02", starts_on="2021-12-16", ends_on=ends_on) is None


def test_a_stagiaire_may_ask_from_19_october_2024() -> None:
    def stagiaire(**choices: str) -> Given:
        return agent("MCU-PH", choices, statut="stagiaire")

    period = {"on": "2024-09-02", "ends_on": "2025-03-31"}
    assert request_code(stagiaire(), starts_on="2024-10-18", **period) == "law_not_in_force"
    assert request_code(stagiaire(), starts_on="2024-10-19", **period) is None
    assert request_code(agent("MCU-PH", statut="titulaire"), starts_on="2024-10-18", **period) is None
    later: dict[str, Any] = {"law.reform_2024.from": "2025-01-01"}
    assert request_code(stagiaire(**later), starts_on="2024-12-31", **period) == "law_not_in_force"
    assert request_code(stagiaire(**later), starts_on="2025-01-01", **period) is None


def test_the_iuf_is_for_titulaires_unless_the_office_reads_it_otherwise() -> None:
    assert request_code(agent("MCU-PH", statut="stagiaire"), purpose="iuf") == "not_eligible"
    allowed = {"delegation.iuf_stagiaire": "allow"}
    assert request_code(agent("MCU-PH", allowed, statut="stagiaire"), purpose="iuf") is None


def test_the_corps_is_the_one_of_the_first_day() -> None:
    def moving(on: str) -> Given:
        return agent("PHU").when("2025-01-06", "agent.change_corps", None, corps="MCU-PH", starts_on=on)

    assert request_code(moving("2025-09-01"), purpose="enseignement") is None
    assert request_code(moving("2025-09-02"), purpose="enseignement") == "purpose_not_open_to_category"


def test_a_request_says_what_is_asked() -> None:
    (request,) = asked(host="Université de Liège").events("DelegationRequested")
    assert (request["on"], request["starts_on"], request["ends_on"]) == ("2025-03-03", "2025-09-01", "2026-08-31")
    assert request["purpose"] == "mission_etude"
    assert request["basis"] == ["D2021-1645:15.I.1"]


# -- How long ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corps", "purpose", "last", "too_late"),
    [
        ("PU-PH", "mission_etude", "2027-08-31", "2027-09-01"),
        ("MCU-PH", "enseignement", "2027-08-31", "2027-09-01"),
        ("PHU", "mission_etude", "2026-02-28", "2026-03-01"),
        ("CCA", "mission_etude", "2026-08-31", "2026-09-01"),
        ("AHU", "mission_etude", "2026-08-31", "2026-09-01"),
        ("PU-PH", "creation_entreprise", "2027-08-31", "2027-09-01"),
        ("PHU", "creation_entreprise", "2027-08-31", "2027-09-01"),
        ("CCA", "creation_entreprise", "2026-08-31", "2026-09-01"),
        ("PU-PH", "iuf", "2030-08-31", "2030-09-01"),
    ],
)
def test_each_purpose_has_its_longest_period(corps: str, purpose: str, last: str, too_late: str) -> None:
    assert request_code(agent(corps), purpose=purpose, ends_on=last) is None
    assert request_code(agent(corps), purpose=purpose, ends_on=too_late) == "duration_exceeds_maximum"


def test_six_months_from_the_end_of_august_stop_before_the_last_day_of_february() -> None:
    assert request_code(agent("PHU"), starts_on="2025-08-31", ends_on="2026-02-27") is None
    assert request_code(agent("PHU"), starts_on="2025-08-31", ends_on="2026-02-28") == "duration_exceeds_maximum"


def test_the_length_of_a_company_project_in_category_1_is_a_choice() -> None:
    shorter = {"delegation.creation_months": 12}
    creation: dict[str, Any] = {"purpose": "creation_entreprise"}
    assert request_code(agent(choices=shorter), ends_on="2026-08-31", **creation) is None
    assert request_code(agent(choices=shorter), ends_on="2026-09-01", **creation) == "duration_exceeds_maximum"
    assert request_code(agent("PHU", shorter), ends_on="2027-08-31", **creation) is None


def test_a_period_does_not_end_before_it_begins() -> None:
    assert request_code(ends_on="2025-08-31") == "bad_period"
    assert request_code(ends_on="2025-09-01") is None


# -- Category 3 under 16: a year of continuous employment --------------------------------------------


def test_a_company_project_in_category_3_wants_a_year_of_employment() -> None:
    creation: dict[str, Any] = {"purpose": "creation_entreprise"}
    assert request_code(agent("CCA", chu_since="2024-09-01"), **creation) is None
    assert request_code(agent("CCA", chu_since="2024-09-02"), **creation) == "service_too_short"
    assert request_code(agent("CCA", chu_since=None, hu_entry_on="2024-09-01"), **creation) is None
    assert request_code(agent("CCA", chu_since=None, hu_entry_on="2024-09-02"), **creation) == "service_too_short"


def test_that_year_is_asked_of_nobody_else() -> None:
    assert request_code(agent("CCA", chu_since="2025-08-01")) is None
    assert request_code(agent("PHU", chu_since="2025-08-01"), purpose="creation_entreprise") is None
    assert request_code(agent("PU-PH", chu_since="2025-08-01"), purpose="creation_entreprise") is None


def test_that_year_is_not_tested_when_the_entry_is_unknown_but_the_office_is_warned() -> None:
    (request,) = asked(agent("CCA", chu_since=None), purpose="creation_entreprise").events("DelegationRequested")
    assert "fact_missing:chu_since" in request["warnings"]
    (request,) = asked(agent("CCA", chu_since=None)).events("DelegationRequested")
    assert "warnings" not in request


# -- Categories 2 and 3: the term of the nomination --------------------------------------------------


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
@pytest.mark.parametrize("purpose", ["mission_etude", "creation_entreprise"])
def test_a_delegation_does_not_pass_the_nomination(corps: str, purpose: str) -> None:
    in_time = agent(corps, nomination_ends_on="2025-12-31")
    assert request_code(in_time, purpose=purpose, ends_on="2025-12-31") is None
    assert (
        request_code(agent(corps, nomination_ends_on="2025-12-31"), purpose=purpose, ends_on="2026-01-01")
        == "beyond_nomination_term"
    )


def test_that_term_may_be_read_for_16_alone() -> None:
    narrow = {"delegation.nomination_term": "article_16_only"}
    assert request_code(agent("PHU", narrow, nomination_ends_on="2025-12-31"), ends_on="2026-01-31") is None
    assert (
        request_code(
            agent("PHU", narrow, nomination_ends_on="2025-12-31"), ends_on="2026-01-31", purpose="creation_entreprise"
        )
        == "beyond_nomination_term"
    )


def test_an_unknown_term_is_a_warning() -> None:
    (request,) = asked(agent("PHU", nomination_ends_on=None), ends_on="2026-02-28").events("DelegationRequested")
    assert request["warnings"] == ["fact_missing:nomination_ends_on"]


# -- No two at once ----------------------------------------------------------------------------------


def test_a_pending_delegation_bars_any_common_day() -> None:
    assert request_code(asked(case="D0"), starts_on="2026-08-31", ends_on="2026-12-31") == "overlapping_delegation"
    assert request_code(asked(case="D0"), starts_on="2026-09-01", ends_on="2026-12-31") is None
    assert request_code(asked(case="D0"), starts_on="2025-06-01", ends_on="2025-09-01") == "overlapping_delegation"
    assert request_code(asked(case="D0"), starts_on="2025-06-01", ends_on="2025-08-31") is None


def test_a_granted_delegation_bars_any_common_day() -> None:
    half_year: dict[str, Any] = {"ends_on": "2026-01-31", "case": "D0"}
    assert request_code(running(**half_year), starts_on="2026-01-31", on="2025-05-05") == "overlapping_delegation"
    assert request_code(running(**half_year), starts_on="2026-02-01", on="2025-05-05") is None


def test_a_refused_or_withdrawn_delegation_bars_nothing() -> None:
    assert request_code(decided(asked(case="D0"), case="D0", outcome="refused"), on="2025-05-05") is None
    assert request_code(running(case="D0").when("2025-05-05", "delegation.withdraw", "D0"), on="2025-05-05") is None


def test_the_days_left_before_an_early_end_still_bar_another() -> None:
    def shortened() -> Given:
        return end_early(running(case="D0"), "2025-11-03", "2026-01-31", case="D0")

    late: dict[str, Any] = {"on": "2025-11-04", "ends_on": "2026-06-30"}
    assert request_code(shortened(), starts_on="2026-01-31", **late) == "overlapping_delegation"
    assert request_code(shortened(), starts_on="2026-02-01", **late) is None


def test_a_case_is_opened_once_and_known_afterwards() -> None:
    assert request_code(asked()) == "duplicate_case"
    assert agent().when("2025-03-03", "delegation.withdraw").code() == "unknown_case"


# -- Category 1: three years of duty -----------------------------------------------------------------


def test_two_years_want_three_years_of_duty() -> None:
    late: dict[str, Any] = {"on": "2027-01-11", "purpose": "enseignement", "ends_on": "2028-01-31"}
    assert request_code(former(), starts_on="2027-08-31", **late) == "return_to_duty_too_short"
    assert request_code(former(), starts_on="2027-09-01", **late) is None


def test_twelve_months_to_the_day_are_not_less_than_a_year() -> None:
    assert (
        request_code(former(last="2023-08-30"), starts_on="2023-10-02", ends_on="2024-03-31", on="2023-09-04") is None
    )
    assert (
        request_code(former(last="2023-08-31"), starts_on="2023-10-02", ends_on="2024-03-31", on="2023-09-04")
        == "return_to_duty_too_short"
    )


def test_the_three_years_are_said_from_the_planned_end() -> None:
    assert next_start(former(), "2022-08-31") is None
    assert next_start(former(), "2022-09-01") == "2027-09-01"
    assert next_start(former(), "2027-08-31") == "2027-09-01"
    assert next_start(former(), "2027-09-01") is None


def test_a_short_one_holds_nothing_back() -> None:
    assert next_start(former(last="2023-08-30"), "2023-03-01") is None
    assert next_start(former(last="2023-08-31"), "2023-03-01") == "2026-09-01"


@pytest.mark.parametrize("purpose", ["creation_entreprise", "iuf"])
def test_only_a_delegation_of_15_is_held_back(purpose: str) -> None:
    soon: dict[str, Any] = {"starts_on": "2025-09-01", "ends_on": "2026-03-31", "purpose": purpose}
    assert request_code(former(), **soon) is None
    assert request_code(former(agent(choices={"delegation.three_year_scope": "all"})), **soon) == (
        "return_to_duty_too_short"
    )


def test_a_delegation_of_16_holds_back_too() -> None:
    def created(ends_on: str) -> Given:
        return started(starts_on="2022-09-01", ends_on=ends_on, on="2022-05-02", case="D0")

    assert request_code(created("2023-08-31"), starts_on="2025-09-01") == "return_to_duty_too_short"
    assert request_code(created("2023-08-30"), starts_on="2025-09-01") is None
    assert request_code(created("2023-08-31"), starts_on="2026-09-01", ends_on="2027-08-31") is None


def test_the_iuf_is_no_former_delegation() -> None:
    member = running(purpose="iuf", starts_on="2022-09-01", ends_on="2025-08-31", on="2022-05-02", case="D0")
    assert next_start(member, "2025-09-01") is None
    assert request_code(member, starts_on="2025-09-01") is None


def test_the_temporary_corps_owe_no_return() -> None:
    phu = running(agent("PHU"), by=UNIVERSITY_AND_CHU, ends_on="2026-02-28", case="D0")
    assert request_code(phu, starts_on="2026-03-02", ends_on="2026-09-01", on="2025-05-05") is None
    cca = running(agent("CCA"), by=UNIVERSITY_AND_CHU, case="D0")
    assert next_start(cca, "2026-09-01") is None


def test_days_out_of_activite_are_no_duty() -> None:
    # 1 January to 31 March 2025 are 90 days; 1 September 2027 and 90 days is 30 November 2027.
    away = granted(former(), "disponibilite", "2025-01-01", "2025-03-31", "P1", on="2024-11-04")
    assert next_start(away, "2025-06-01") == "2027-11-30"
    late: dict[str, Any] = {"on": "2027-01-11", "ends_on": "2028-01-31"}
    assert request_code(away, starts_on="2027-11-29", **late) == "return_to_duty_too_short"
    away = granted(former(), "disponibilite", "2025-01-01", "2025-03-31", "P1", on="2024-11-04")
    assert request_code(away, starts_on="2027-11-30", **late) is None


def test_days_away_that_pass_the_three_years_count_whole() -> None:
    # 1 June to 30 September 2027 are 122 days; 92 of them came before the third year was complete.
    away = granted(former(), "disponibilite", "2027-06-01", "2027-09-30", "P1", on="2025-01-10")
    assert next_start(away, "2026-01-01") == "2028-01-01"


def test_a_delegation_of_the_iuf_is_no_duty_either() -> None:
    # 365 days from 1 January to 31 December 2025; 2028 is a leap year.
    member = running(former(), purpose="iuf", starts_on="2025-01-01", ends_on="2025-12-31", on="2024-10-01", case="D1")
    assert next_start(member, "2026-01-01") == "2028-08-31"


def test_a_mise_a_disposition_is_duty() -> None:
    lent = granted(former(), "mise_a_disposition", "2025-01-01", "2025-12-31", "P1", on="2024-11-04")
    assert next_start(lent, "2026-01-01") == "2027-09-01"


def test_the_return_is_tested_again_at_the_grant() -> None:
    both = asked(asked(), starts_on="2027-01-01", ends_on="2027-12-31", case="C2")
    decided(both, on="2025-04-01")
    assert decided(both, on="2025-04-02", case="C2").code() == "return_to_duty_too_short"


# -- Délégations without a day of duty between them --------------------------------------------------

ELEVEN_MONTHS: dict[str, Any] = {"starts_on": "2025-01-01", "ends_on": "2025-11-30", "on": "2024-09-02", "case": "D0"}


def test_eleven_months_and_eleven_more_are_one_delegation() -> None:
    both = running(running(**ELEVEN_MONTHS), starts_on="2025-12-01", ends_on="2026-10-31", on="2025-09-01")
    assert next_start(both, "2026-02-01") == "2029-11-01"
    third: dict[str, Any] = {"on": "2026-05-04", "starts_on": "2026-11-01", "ends_on": "2026-12-31", "case": "C3"}
    assert request_code(both, **third) == "return_to_duty_too_short"


def test_together_they_hold_in_the_maximum() -> None:
    nxt: dict[str, Any] = {"starts_on": "2025-12-01", "on": "2025-09-01"}
    assert request_code(running(**ELEVEN_MONTHS), ends_on="2026-12-31", **nxt) is None
    assert request_code(running(**ELEVEN_MONTHS), ends_on="2027-01-01", **nxt) == "duration_exceeds_maximum"


def test_so_too_when_the_later_one_was_granted_first() -> None:
    later: dict[str, Any] = {"starts_on": "2025-12-01", "ends_on": "2026-10-31", "on": "2024-05-06", "case": "D0"}
    earlier: dict[str, Any] = {"starts_on": "2024-10-01", "on": "2024-06-03"}
    assert request_code(running(**later), ends_on="2025-10-31", **earlier) is None  # 1 to 30 November are duty
    assert request_code(running(**later), ends_on="2025-11-30", **earlier) == "duration_exceeds_maximum"  # 14 and 11
    assert request_code(running(**later), ends_on="2025-11-30", starts_on="2024-11-01", on="2024-06-03") is None


def test_a_pending_one_is_not_counted_with_them() -> None:
    pending = asked(**ELEVEN_MONTHS)
    assert request_code(pending, starts_on="2025-12-01", ends_on="2027-11-30", on="2024-10-01") is None


def test_one_day_of_duty_parts_them() -> None:
    nxt: dict[str, Any] = {"starts_on": "2025-12-02", "on": "2025-09-01"}
    assert request_code(running(**ELEVEN_MONTHS), ends_on="2027-12-01", **nxt) is None
    parted = running(running(**ELEVEN_MONTHS), ends_on="2026-10-31", **nxt)
    assert next_start(parted, "2026-11-01") is None


def test_a_disponibilite_between_them_is_no_day_of_duty() -> None:
    def bridged() -> Given:
        return granted(running(**ELEVEN_MONTHS), "disponibilite", "2025-12-01", "2025-12-31", "P1", on="2025-06-02")

    nxt: dict[str, Any] = {"starts_on": "2026-01-01", "on": "2025-09-01"}
    assert request_code(bridged(), ends_on="2027-01-31", **nxt) is None  # 11 months and 13
    assert request_code(bridged(), ends_on="2027-02-01", **nxt) == "duration_exceeds_maximum"


def test_the_maximum_is_of_one_article_the_year_of_both() -> None:
    longest = company(running(**ELEVEN_MONTHS), on="2025-06-02", starts_on="2025-12-01", ends_on="2027-11-30")
    assert longest.code() is None
    # 6 months under 16, then 7 under 15: 13 in all, from which three years run.
    half = started(starts_on="2025-01-01", ends_on="2025-06-30", on="2024-10-01", case="D0")
    both = running(half, starts_on="2025-07-01", ends_on="2026-01-31", on="2025-04-07")
    assert next_start(both, "2025-08-01") == "2029-02-01"


def test_they_may_be_read_apart() -> None:
    apart = agent(choices={"delegation.merge_contiguous": False})
    both = running(running(apart, **ELEVEN_MONTHS), starts_on="2025-12-01", ends_on="2026-10-31", on="2025-09-01")
    assert next_start(both, "2026-11-01") is None
    apart = agent(choices={"delegation.merge_contiguous": False})
    nxt: dict[str, Any] = {"starts_on": "2025-12-01", "on": "2025-09-01"}
    assert request_code(running(apart, **ELEVEN_MONTHS), ends_on="2027-11-30", **nxt) is None


# -- The order of the refusals of a request ----------------------------------------------------------


def test_the_corps_comes_before_the_law() -> None:
    early = asked(agent("PH"), on="2021-11-02", starts_on="2021-12-01", ends_on="2022-01-31")
    assert violations(early) == ["not_eligible", "law_not_in_force"]


def test_the_law_comes_before_the_purpose() -> None:
    early = asked(agent("CCA"), "2021-12-01", "2022-01-31", "enseignement", on="2021-11-02")
    assert violations(early) == ["law_not_in_force", "purpose_not_open_to_category"]


def test_then_the_position_the_overlap_and_the_length() -> None:
    away = granted(former(), "disponibilite", "2025-12-01", "2025-12-31", "P1", on="2025-01-10")
    asked(away, "2026-01-01", "2026-08-31", "creation_entreprise", on="2025-01-10", case="D1")
    asked(away, starts_on="2025-09-01", ends_on="2027-09-01")
    assert violations(away) == [
        "position_incompatible",
        "overlapping_delegation",
        "duration_exceeds_maximum",
        "return_to_duty_too_short",
    ]


def test_then_the_service_and_the_nomination() -> None:
    hasty = agent("CCA", chu_since="2025-01-01", nomination_ends_on="2026-08-31")
    assert violations(asked(hasty, ends_on="2026-09-01", purpose="creation_entreprise")) == [
        "duration_exceeds_maximum",
        "service_too_short",
        "beyond_nomination_term",
    ]


# -- The decision: pay, file, signatures, timing -----------------------------------------------------


def test_a_grant_takes_effect_on_the_first_day() -> None:
    (event,) = running().events("DelegationGranted")
    assert (event["on"], event["ends_on"], event["pay_monthly"]) == ("2025-09-01", "2026-08-31", "3000.00")


@pytest.mark.parametrize(
    ("corps", "amount", "code"),
    [
        ("PU-PH", None, "pay_not_specified"),
        ("PU-PH", "5000.00", None),
        ("PU-PH", "5000.01", "pay_above_university_salary"),
        ("PU-PH", "555.00", None),
        ("PU-PH", "554.99", "pay_below_pension_contributions"),
        ("CCA", None, "pay_not_specified"),
        ("CCA", "5000.00", None),
        ("CCA", "5000.01", "pay_above_university_salary"),
        ("CCA", "0.00", None),
        ("PHU", "554.99", None),
    ],
)
def test_the_pay_of_15_stays_within_its_bounds(corps: str, amount: str | None, code: str | None) -> None:
    by = UNIVERSITY_AND_CNG if corps == "PU-PH" else UNIVERSITY_AND_CHU
    assert decided(asked(agent(corps), ends_on="2026-02-28"), pay=amount, by=by).code() == code


def test_bounds_that_are_unknown_are_not_tested_but_the_office_is_warned() -> None:
    (event,) = running(agent(pay=None)).events("DelegationGranted")
    assert event["warnings"] == ["fact_missing:remuneration_universitaire", "fact_missing:retenue_pension_civile"]
    known = {"remuneration_universitaire": "5000.00"}
    (event,) = running(agent("CCA", pay=known), by=UNIVERSITY_AND_CHU).events("DelegationGranted")
    assert "warnings" not in event


@pytest.mark.parametrize(
    ("corps", "purpose", "by"),
    [
        ("PU-PH", "mission_etude", UNIVERSITY_AND_CNG),
        ("MCU-PH", "enseignement", UNIVERSITY_AND_CNG),
        ("PHU", "mission_etude", UNIVERSITY_AND_CHU),
        ("CCA", "mission_etude", UNIVERSITY_AND_CHU),
        ("AHU", "mission_etude", UNIVERSITY_AND_CHU),
        ("PU-PH", "iuf", UNIVERSITY_AND_CNG),
    ],
)
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_both_authorities_sign(corps: str, purpose: str, by: list[str], outcome: str) -> None:
    def said(*signed: str) -> str | None:
        ready = asked(agent(corps), purpose=purpose, ends_on="2026-02-28")
        return decided(ready, by=list(signed), outcome=outcome).code()

    assert said(*by) is None
    assert said(by[0]) == "missing_authority"
    assert said(by[1]) == "missing_authority"


def test_who_signs_for_the_iuf_is_a_choice() -> None:
    ministers = {"delegation.iuf_authority": MINISTERS}
    assert decided(asked(agent(choices=ministers), purpose="iuf")).code() == "missing_authority"
    assert decided(asked(agent(choices=ministers), purpose="iuf"), by=MINISTERS).code() is None


def test_a_refusal_wants_no_pay_no_file_and_is_never_late() -> None:
    refused: dict[str, Any] = {"pay": None, "outcome": "refused"}
    assert decided(asked(), on="2026-01-05", **refused).code() is None
    assert decided(asked(purpose="creation_entreprise"), by=CHU_AND_UFR, **refused).code() is None
    (event,) = decided(asked(), on="2025-04-07", **refused).events("DelegationRefused")
    assert event["on"] == "2025-04-07"


def test_a_grant_is_late_the_day_after_the_first() -> None:
    assert decided(asked(), on="2025-09-01").code() is None
    assert decided(asked(), on="2025-09-02").code() == "retroactive_decision"


def test_a_late_grant_may_be_a_warning() -> None:
    late = decided(asked(agent(choices={"decide.retroactive": "warn"})), on="2025-09-02")
    (event,) = late.events("DelegationGranted")
    assert (event["on"], event["warnings"]) == ("2025-09-01", ["retroactive_decision"])


def test_a_decision_is_made_once() -> None:
    assert decided(running(), on="2025-04-02").code() == "invalid_state"
    assert decided(decided(asked(), outcome="refused"), on="2025-04-02").code() == "invalid_state"
    assert decided(asked(), object="renewal").code() == "invalid_state"


def test_the_order_of_the_refusals_of_a_decision() -> None:
    late = asked()
    granted(late, "disponibilite", "2026-03-01", "2026-03-31", "P1", on="2025-04-01")
    decided(late, on="2025-09-02", pay=None, by=["cng"])
    assert violations(late) == [
        "position_incompatible",
        "pay_not_specified",
        "missing_authority",
        "retroactive_decision",
    ]


# -- Article 16: the file, the contribution ----------------------------------------------------------


def test_the_file_is_tested_in_its_order() -> None:
    bare = decided(asked(purpose="creation_entreprise"), on="2025-09-02", pay=None, by=["dg_chu"])
    assert violations(bare) == [
        "missing_ministerial_authorisation",
        "missing_convention",
        "missing_contribution",
        "missing_authority",
        "retroactive_decision",
    ]


def test_each_piece_of_the_file_is_wanted() -> None:
    ready = asked(purpose="creation_entreprise")
    ready.when("2025-03-10", "delegation.record_authorisation", by=MINISTERS)
    assert violations(decided(ready, pay=None, by=CHU_AND_UFR)) == ["missing_convention", "missing_contribution"]
    ready = asked(purpose="creation_entreprise")
    ready.when("2025-03-10", "delegation.record_authorisation", by=MINISTERS)
    ready.when("2025-03-10", "delegation.record_convention")
    assert violations(decided(ready, pay=None, by=CHU_AND_UFR)) == ["missing_contribution"]
    assert decided(company(), pay=None, by=CHU_AND_UFR).code() is None


@pytest.mark.parametrize("signed", [["dg_chu"], ["directeur_ufr"], UNIVERSITY_AND_CNG])
def test_the_chu_and_the_ufr_decide_on_16(signed: list[str]) -> None:
    assert decided(company(), pay=None, by=signed).code() == "missing_authority"


def test_both_ministers_authorise() -> None:
    for minister in MINISTERS:
        one = asked(purpose="creation_entreprise").when("2025-03-10", "delegation.record_authorisation", by=minister)
        assert one.code() == "missing_authority"


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("record_authorisation", {"by": MINISTERS}),
        ("record_convention", {}),
        ("set_contribution", {"kind": "a"}),
        ("waive_contribution", {"by": "directeur_ufr", "conseil_administration_opinion": True, "share": "1"}),
    ],
)
def test_the_file_is_of_16_alone_and_of_a_living_case(verb: str, fields: dict[str, Any]) -> None:
    assert asked().when("2025-03-10", f"delegation.{verb}", **fields).code() == "invalid_state"
    refused = decided(asked(purpose="creation_entreprise"), outcome="refused", by=CHU_AND_UFR)
    assert refused.when("2025-04-02", f"delegation.{verb}", **fields).code() == "invalid_state"


def test_the_university_pay_is_kept_whole_under_16_and_at_the_iuf() -> None:
    (event,) = decided(company(), pay="1.00", by=CHU_AND_UFR).events("DelegationGranted")
    assert event["pay_monthly"] is None
    (event,) = decided(asked(purpose="iuf"), pay="9999.00").events("DelegationGranted")
    assert event["pay_monthly"] is None


def waived(given: Given, on: str = "2025-05-05", share: str = "0.25", opinion: bool = True, **more: Any) -> Given:
    fields = {"by": "directeur_ufr", "conseil_administration_opinion": opinion, "share": share, **more}
    return given.when(on, "delegation.waive_contribution", **fields)


def test_beyond_a_year_the_company_owes_the_pay_and_its_charges() -> None:
    (event,) = started(ends_on="2027-08-31").events("CompanyContributionMandatory", until="2026-09-01")
    assert (event["on"], event["monthly"], event["basis"]) == ("2026-09-01", "7100.00", ["D2021-1645:16"])


def test_a_year_to_the_day_is_not_beyond_a_year() -> None:
    kind = "delegation_contribution_b"
    assert started(ends_on="2026-08-31").deadlines(kind, until="2027-01-01") == {}
    assert started(ends_on="2026-09-01").deadlines(kind, until="2026-08-31") == {"2026-09-01": "open"}
    assert started(ends_on="2026-09-01").deadlines(kind, until="2026-09-01") == {"2026-09-01": "fallen"}


def test_a_renewal_may_bring_it_beyond_a_year() -> None:
    longer = renewed(started(ends_on="2026-08-31"), "2026-06-01", "2027-02-28", CHU_AND_UFR)
    assert longer.days("CompanyContributionMandatory", until="2026-09-01") == ["2026-09-01"]


def test_an_early_end_within_the_year_frees_the_company() -> None:
    kind, until = "delegation_contribution_b", "2027-01-01"
    assert standing(end_early(started(ends_on="2027-08-31"), "2026-03-02", "2026-08-31").deadlines(kind, until)) == []
    beyond = end_early(started(ends_on="2027-08-31"), "2026-03-02", "2026-09-01")
    assert standing(beyond.deadlines(kind, until)) == ["2026-09-01"]


def test_no_other_delegation_makes_a_company_owe_anything() -> None:
    assert running(ends_on="2027-08-31").days("CompanyContributionMandatory", until="2027-08-31") == []


@pytest.mark.parametrize(("share", "owed"), [("0", "7100.00"), ("0.25", "5325.00"), ("1", "0.00")])
def test_the_ufr_may_waive_a_share(share: str, owed: str) -> None:
    freed = waived(started(ends_on="2027-08-31"), share=share)
    (event,) = freed.events("CompanyContributionMandatory", until="2026-09-01")
    assert event["monthly"] == owed
    (event,) = freed.events("CompanyContributionWaived")
    assert event["on"] == "2025-05-05"


def test_what_the_company_owes_is_rounded_half_up_once() -> None:
    pay = {"remuneration_universitaire": "3000.00", "charges_sociales": "1000.01"}
    freed = waived(started(agent(pay=pay), ends_on="2027-08-31"), share="0.5")  # 2000.005
    (event,) = freed.events("CompanyContributionMandatory", until="2026-09-01")
    assert event["monthly"] == "2000.01"


def test_what_the_company_owes_needs_a_known_pay() -> None:
    (event,) = started(agent(pay=None), ends_on="2027-08-31").events("CompanyContributionMandatory", "2026-09-01")
    assert event["monthly"] is None
    assert event["warnings"] == ["fact_missing:remuneration_universitaire", "fact_missing:charges_sociales"]


def test_a_waiver_wants_the_opinion_then_the_signature() -> None:
    assert waived(started(), opinion=False).code() == "missing_opinion"
    assert waived(started(), by="dg_chu").code() == "missing_authority"
    assert violations(waived(started(), opinion=False, by="dg_chu")) == ["missing_opinion", "missing_authority"]


# -- Renewal -----------------------------------------------------------------------------------------

HALF_YEAR: dict[str, Any] = {"ends_on": "2026-02-28"}


def phu(**facts: Any) -> Given:
    """A PHU en délégation from 1 September 2025 to 28 February 2026."""
    return running(agent("PHU", **facts), by=UNIVERSITY_AND_CHU, **HALF_YEAR)


def cca(**facts: Any) -> Given:
    """A CCA en délégation from 1 September 2025 to 31 August 2026."""
    return running(agent("CCA", **facts), by=UNIVERSITY_AND_CHU)


def test_category_1_does_not_renew_under_15() -> None:
    assert renew(running(), "2026-06-01", "2026-12-31").code() == "renewal_not_allowed"


def test_category_3_does_not_renew_under_16() -> None:
    assert renew(started(agent("CCA")), "2026-06-01", "2026-12-31").code() == "renewal_not_allowed"


def test_six_more_months_for_a_phu() -> None:
    assert renew(phu(), "2026-01-05", "2026-08-31").code() is None
    assert renew(phu(), "2026-01-05", "2026-09-01").code() == "duration_exceeds_maximum"


def test_a_short_first_period_gives_no_longer_renewal() -> None:
    short = running(agent("PHU"), by=UNIVERSITY_AND_CHU, ends_on="2025-11-30")
    assert renew(short, "2025-11-03", "2026-05-31").code() is None
    short = running(agent("PHU"), by=UNIVERSITY_AND_CHU, ends_on="2025-11-30")
    assert renew(short, "2025-11-03", "2026-06-01").code() == "duration_exceeds_maximum"


def test_twelve_more_months_for_a_cca() -> None:
    assert renew(cca(), "2026-06-01", "2027-08-31").code() is None
    assert renew(cca(), "2026-06-01", "2027-09-01").code() == "duration_exceeds_maximum"


def test_a_renewal_starts_the_day_after_the_first_period() -> None:
    (event,) = renewed(phu(), "2026-01-05", "2026-08-31", UNIVERSITY_AND_CHU).events("DelegationRenewed")
    assert (event["on"], event["ends_on"], event["pay_monthly"]) == ("2026-03-01", "2026-08-31", "0.00")


def test_categories_2_and_3_renew_once() -> None:
    twice = renewed(phu(), "2026-01-05", "2026-05-31", UNIVERSITY_AND_CHU)
    assert renew(twice, "2026-05-04", "2026-08-31").code() == "renewal_already_used"
    twice = renewed(cca(), "2026-06-01", "2026-12-31", UNIVERSITY_AND_CHU)
    assert renew(twice, "2026-11-02", "2027-03-31").code() == "renewal_already_used"


@pytest.mark.parametrize("corps", ["PU-PH", "PHU"])
def test_a_company_project_is_renewed_twice(corps: str) -> None:
    def once() -> Given:
        return started(agent(corps), ends_on="2027-08-31")

    assert renew(once(), "2027-06-01", "2029-09-01").code() == "duration_exceeds_maximum"
    twice = renewed(once(), "2027-06-01", "2029-08-31", CHU_AND_UFR)
    renewed(twice, "2029-06-01", "2031-08-31", CHU_AND_UFR)
    assert twice.code() is None
    assert renew(twice, "2031-06-01", "2031-12-31").code() == "renewal_already_used"


def test_the_iuf_is_renewed_without_limit_five_years_at_a_time() -> None:
    member = running(purpose="iuf", ends_on="2030-08-31")
    renewed(member, "2030-06-03", "2035-08-31", UNIVERSITY_AND_CNG)
    renewed(member, "2035-06-04", "2040-08-31", UNIVERSITY_AND_CNG)
    renewed(member, "2040-06-04", "2045-08-31", UNIVERSITY_AND_CNG)
    assert member.days("DelegationRenewed") == ["2030-09-01", "2035-09-01", "2040-09-01"]
    assert renew(member, "2045-06-05", "2050-09-01").code() == "duration_exceeds_maximum"


def test_two_years_of_service_for_the_renewal_of_category_3() -> None:
    # 365 days en délégation before 1 September 2026: 1 September 2025, and 365 days, is that day.
    assert renew(cca(chu_since="2023-09-01"), "2026-06-01", "2027-01-31").code() is None
    assert renew(cca(chu_since="2023-09-02"), "2026-06-01", "2027-01-31").code() == "service_too_short"
    assert renew(cca(chu_since=None, hu_entry_on="2023-09-01"), "2026-06-01", "2027-01-31").code() is None
    assert renew(cca(chu_since=None, hu_entry_on="2023-09-02"), "2026-06-01", "2027-01-31").code() == (
        "service_too_short"
    )
    assert renew(phu(chu_since="2025-01-01"), "2026-01-05", "2026-08-31").code() is None


def test_an_unknown_entry_is_a_warning_at_the_renewal() -> None:
    (event,) = renew(cca(chu_since=None), "2026-06-01", "2027-01-31").events("DelegationRenewalRequested")
    assert event["warnings"] == ["fact_missing:chu_since"]


def test_a_renewal_does_not_pass_the_nomination() -> None:
    assert renew(cca(nomination_ends_on="2026-10-31"), "2026-06-01", "2026-10-31").code() is None
    assert renew(cca(nomination_ends_on="2026-10-31"), "2026-06-01", "2026-11-01").code() == "beyond_nomination_term"


def test_the_order_of_the_refusals_of_a_renewal() -> None:
    used = renewed(phu(nomination_ends_on="2026-10-31"), "2026-01-05", "2026-04-30", UNIVERSITY_AND_CHU)
    assert violations(renew(used, "2026-04-01", "2026-11-30")) == [
        "renewal_already_used",
        "duration_exceeds_maximum",
        "beyond_nomination_term",
    ]
    hasty = cca(chu_since="2024-09-01", nomination_ends_on="2027-06-30")
    assert violations(renew(hasty, "2026-06-01", "2027-09-01")) == [
        "duration_exceeds_maximum",
        "service_too_short",
        "beyond_nomination_term",
    ]


def test_a_renewal_meets_no_other_position() -> None:
    def member() -> Given:
        joined = running(purpose="iuf", ends_on="2030-08-31")
        return granted(joined, "disponibilite", "2031-01-01", "2031-06-30", "P1", on="2030-01-10")

    assert renew(member(), "2030-06-03", "2031-01-01").code() == "position_incompatible"
    assert renew(member(), "2030-06-03", "2030-12-31").code() is None


def test_a_renewal_meets_no_other_delegation() -> None:
    member = asked(running(purpose="iuf", ends_on="2030-08-31"), "2031-01-01", "2031-06-30", on="2030-01-10", case="C2")
    assert renew(member, "2030-06-03", "2031-01-01").code() == "overlapping_delegation"


def test_a_renewal_is_asked_by_the_last_day() -> None:
    assert renew(phu(), "2026-02-28", "2026-08-31").code() is None
    assert renew(phu(), "2026-03-01", "2026-08-31").code() == "invalid_state"
    assert renew(asked(agent("PHU"), **HALF_YEAR), "2025-03-10", "2026-08-31").code() == "invalid_state"
    assert renew(renew(phu(), "2026-01-05", "2026-08-31"), "2026-01-06", "2026-07-31").code() == "invalid_state"


def test_a_renewal_is_decided_by_the_last_day() -> None:
    said: dict[str, Any] = {"pay": None, "by": UNIVERSITY_AND_CHU, "object": "renewal"}
    assert decided(renew(phu(), "2026-01-05", "2026-08-31"), on="2026-02-28", **said).code() is None
    undecided = decided(renew(phu(), "2026-01-05", "2026-08-31"), on="2026-03-01", **said)
    assert undecided.code() == "invalid_state"
    assert undecided.days("DelegationEnded") == ["2026-03-01"]


@pytest.mark.parametrize(
    ("amount", "code"), [(None, None), ("0.00", None), ("0.01", "pay_forbidden_on_renewal"), ("5000.00", None)]
)
def test_the_chu_pays_nothing_during_the_renewal_of_categories_2_and_3(amount: str | None, code: str | None) -> None:
    said: dict[str, Any] = {"pay": amount, "by": UNIVERSITY_AND_CHU, "object": "renewal", "on": "2026-02-02"}
    if amount != "5000.00":
        assert decided(renew(phu(), "2026-01-05", "2026-08-31"), **said).code() == code
    kept = {"delegation.renewal_pay": "university_part"}
    assert decided(renew(phu(choices=kept), "2026-01-05", "2026-08-31"), **said).code() is None


def test_the_university_part_of_a_renewal_is_at_most_the_university_pay() -> None:
    kept = {"delegation.renewal_pay": "university_part"}
    said: dict[str, Any] = {"pay": "5000.01", "by": UNIVERSITY_AND_CHU, "object": "renewal", "on": "2026-02-02"}
    over = decided(renew(phu(choices=kept), "2026-01-05", "2026-08-31"), **said)
    assert over.code() == "pay_above_university_salary"


def test_a_renewal_is_signed_like_the_placement() -> None:
    pending = renew(phu(), "2026-01-05", "2026-08-31")
    decided(pending, on="2026-02-02", pay=None, by=["dg_chu"], object="renewal")
    assert pending.code() == "missing_authority"


def test_a_renewal_refused_leaves_the_placement() -> None:
    refused = renew(phu(), "2026-01-05", "2026-08-31")
    decided(refused, on="2026-02-02", pay=None, by=UNIVERSITY_AND_CHU, object="renewal", outcome="refused")
    assert refused.days("DelegationEnded", until="2026-12-31") == ["2026-03-01"]
    assert refused.days("DelegationRenewed") == []


# -- The end, early or not, the withdrawal, the replacement ------------------------------------------


def test_it_ends_the_day_after_its_last() -> None:
    assert running().events("DelegationEnded", until="2026-08-31") == []
    (event,) = running().events("DelegationEnded", until="2026-09-01")
    assert (event["on"], event["cause"]) == ("2026-09-01", "term")


def test_a_renewal_moves_the_end_and_its_reminder() -> None:
    longer = renewed(phu(), "2026-01-05", "2026-08-31", UNIVERSITY_AND_CHU)
    assert longer.deadlines("delegation_end") == {"2026-03-01": "cancelled", "2026-09-01": "open"}
    assert standing(longer.deadlines("delegation_end_reminder", until="2026-05-31")) == ["2025-12-01", "2026-06-01"]
    assert longer.days("DelegationEnded", until="2026-12-31") == ["2026-09-01"]


def test_the_office_is_reminded_three_months_before_the_end() -> None:
    assert running().deadlines("delegation_end_reminder") == {"2026-06-01": "open"}
    sooner = running(agent(choices={"delegation.reminder_months": 6}))
    assert sooner.deadlines("delegation_end_reminder") == {"2026-03-01": "open"}


def test_a_reminder_that_is_past_is_not_armed() -> None:
    brief = running(starts_on="2025-09-01", ends_on="2025-10-31", on="2025-08-04")  # 1 August is past
    assert brief.deadlines("delegation_end_reminder") == {}
    assert brief.deadlines("delegation_end") == {"2025-11-01": "open"}


def test_it_may_end_early_from_the_day_it_is_said_to_the_eve_of_its_last() -> None:
    assert end_early(running(), "2026-03-02", "2026-03-01").code() == "retroactive_decision"
    assert end_early(running(), "2026-03-02", "2026-03-02").code() is None
    assert end_early(running(), "2026-03-02", "2026-08-30").code() is None
    assert end_early(running(), "2026-03-02", "2026-08-31").code() == "invalid_state"


def test_only_a_running_one_ends_early() -> None:
    assert end_early(running(), "2025-08-31", "2025-12-31").code() == "invalid_state"
    assert end_early(running(), "2025-09-01", "2025-12-31").code() is None
    assert end_early(running(), "2026-09-01", "2026-09-01").code() == "invalid_state"
    assert end_early(asked(), "2025-03-10", "2025-12-31").code() == "invalid_state"


def test_an_early_end_is_the_first_day_out() -> None:
    (event,) = end_early(running(), "2026-03-02", "2026-03-31").events("DelegationEnded", until="2027-01-01")
    assert (event["on"], event["cause"]) == ("2026-04-01", "early")


def test_after_an_early_end_the_length_that_was_done_decides() -> None:
    long: dict[str, Any] = {"ends_on": "2027-08-31"}
    assert next_start(end_early(running(**long), "2026-03-02", "2026-08-30"), "2026-09-01") is None
    assert next_start(end_early(running(**long), "2026-03-02", "2026-08-31"), "2026-09-01") == "2029-09-01"


def test_the_length_that_was_granted_may_decide() -> None:
    granted_counts = agent(choices={"delegation.duration_basis": "granted"})
    assert next_start(end_early(running(granted_counts), "2026-01-05", "2026-01-31"), "2026-03-01") == "2029-02-01"
    assert next_start(end_early(running(), "2026-01-05", "2026-01-31"), "2026-03-01") is None


def test_it_is_withdrawn_until_the_eve() -> None:
    assert asked().when("2025-08-31", "delegation.withdraw").code() is None
    assert asked().when("2025-09-01", "delegation.withdraw").code() == "invalid_state"
    assert running().when("2025-08-31", "delegation.withdraw").code() is None
    assert running().when("2025-09-01", "delegation.withdraw").code() == "invalid_state"


def test_a_grant_may_be_final() -> None:
    final = {"withdraw.after_grant": "never"}
    assert running(agent(choices=final)).when("2025-08-31", "delegation.withdraw").code() == "invalid_state"
    assert asked(agent(choices=final)).when("2025-08-31", "delegation.withdraw").code() is None


def test_what_is_withdrawn_never_was() -> None:
    gone = running(ends_on="2027-08-31").when("2025-06-02", "delegation.withdraw")
    assert gone.days("DelegationWithdrawn") == ["2025-06-02"]
    assert next_start(gone, "2026-01-01") is None
    for kind in ("delegation_end", "delegation_end_reminder", "delegation_reopen"):
        assert standing(gone.deadlines(kind, until="2031-01-01")) == []
    assert gone.when("2025-06-03", "delegation.withdraw").code() == "invalid_state"


def test_the_post_is_kept_the_replacement_temporary() -> None:
    assert running().when("2025-10-01", "delegation.replace", kind="temporary").code() is None
    assert running().when("2025-10-01", "delegation.replace", kind="permanent").code() == "only_temporary_replacement"
    (event,) = (
        running().when("2025-10-01", "delegation.replace", kind="temporary").events("TemporaryReplacementRecorded")
    )
    assert (event["on"], event["basis"]) == ("2025-10-01", ["D2021-1645:29.1"])


@pytest.mark.parametrize("corps", ["PHU", "CCA"])
def test_so_too_for_the_temporary_corps(corps: str) -> None:
    away = running(agent(corps), by=UNIVERSITY_AND_CHU, **HALF_YEAR)
    assert away.when("2025-10-01", "delegation.replace", kind="permanent").code() == "only_temporary_replacement"


def test_nobody_is_replaced_before_the_grant() -> None:
    assert asked().when("2025-03-10", "delegation.replace", kind="temporary").code() == "invalid_state"


# -- The day a new one may start ---------------------------------------------------------------------

REOPEN = "delegation_reopen"


def test_that_day_is_armed_at_the_grant() -> None:
    assert former().deadlines(REOPEN) == {"2027-09-01": "open"}
    assert former().deadlines(REOPEN, until="2027-09-01") == {"2027-09-01": "fallen"}
    assert asked(starts_on="2022-09-01", ends_on="2024-08-31", on="2022-05-02").deadlines(REOPEN) == {}


def test_that_day_is_not_armed_when_nothing_is_held_back() -> None:
    assert former(last="2023-08-30").deadlines(REOPEN) == {}
    assert cca().deadlines(REOPEN) == {}
    assert running(purpose="iuf", ends_on="2030-08-31").deadlines(REOPEN) == {}


def test_an_early_end_moves_that_day() -> None:
    sooner = end_early(running(ends_on="2027-08-31"), "2026-03-02", "2026-08-31")
    assert sooner.deadlines(REOPEN) == {"2030-09-01": "cancelled", "2029-09-01": "open"}
    free = end_early(running(ends_on="2027-08-31"), "2026-03-02", "2026-08-30")
    assert free.deadlines(REOPEN) == {"2030-09-01": "cancelled"}


def test_days_away_move_that_day_there_and_back() -> None:
    away = granted(former(), "disponibilite", "2025-01-01", "2025-03-31", "P1", on="2024-11-04")
    assert away.deadlines(REOPEN) == {"2027-09-01": "cancelled", "2027-11-30": "open"}
    # 1 January to 14 February are 45 days; 1 September 2027 and 45 days is 16 October 2027.
    away.when("2025-02-03", "disponibilite.end_early", "P1", ends_on="2025-02-14")
    assert standing(away.deadlines(REOPEN)) == ["2027-10-16"]
    gone = granted(former(), "disponibilite", "2025-01-01", "2025-03-31", "P1", on="2024-11-04")
    gone.when("2024-11-05", "disponibilite.withdraw", "P1")
    assert standing(gone.deadlines(REOPEN)) == ["2027-09-01"]


def test_a_later_delegation_of_16_moves_that_day() -> None:
    # A year under 16 from 1 September 2025 holds back until three years after its own end.
    both = started(former(), starts_on="2025-09-01", ends_on="2026-08-31")
    assert next_start(both, "2025-09-01") == "2029-09-01"
    assert standing(both.deadlines(REOPEN)) == ["2029-09-01"]


def test_two_that_form_one_reopen_once() -> None:
    both = running(running(**ELEVEN_MONTHS), starts_on="2025-12-01", ends_on="2026-10-31", on="2025-09-01")
    assert both.deadlines(REOPEN) == {"2029-11-01": "open"}


# -- What is paid ------------------------------------------------------------------------------------

FULL_PAY = {**PAY, "indemnite_residence": "50.00", "primes": "200.00", "supplement_familial": "110.00"}


def paid(given: Given, on: str) -> tuple[str, str, str]:
    """The university part, the hospital part and all that is paid in a month."""
    pay = given.entitled(on)["pay"]
    return pay["remuneration_universitaire"], pay["emoluments_hospitaliers"], pay["monthly_paid"]


def test_under_15_what_was_decided_stays_paid_with_the_family_supplement() -> None:
    away = running(agent(pay=FULL_PAY))
    assert paid(away, "2025-08-31") == ("5000.00", "5500.00", "10860.00")
    assert paid(away, "2025-09-01") == ("3000.00", "0.00", "3110.00")
    assert paid(away, "2026-08-31") == ("3000.00", "0.00", "3110.00")
    assert paid(away, "2026-09-01") == ("5000.00", "5500.00", "10860.00")


def test_under_16_and_at_the_iuf_the_university_pay_stays_whole() -> None:
    assert paid(started(agent(pay=FULL_PAY)), "2025-09-01") == ("5000.00", "0.00", "5110.00")
    assert paid(running(agent(pay=FULL_PAY), purpose="iuf"), "2025-09-01") == ("5000.00", "0.00", "5110.00")


def test_the_renewal_of_categories_2_and_3_is_not_paid() -> None:
    longer = renewed(phu(), "2026-01-05", "2026-08-31", UNIVERSITY_AND_CHU)
    assert paid(longer, "2026-02-28") == ("3000.00", "0.00", "3000.00")
    assert paid(longer, "2026-03-01") == ("0.00", "0.00", "0.00")
    assert paid(longer, "2026-09-01") == ("5000.00", "5500.00", "10500.00")


def test_each_period_has_its_own_pay() -> None:
    kept = {"delegation.renewal_pay": "university_part"}
    longer = renew(phu(choices=kept), "2026-01-05", "2026-08-31")
    decided(longer, on="2026-02-02", pay="1200.00", by=UNIVERSITY_AND_CHU, object="renewal")
    assert paid(longer, "2026-02-28") == ("3000.00", "0.00", "3000.00")
    assert paid(longer, "2026-03-01") == ("1200.00", "0.00", "1200.00")


def test_an_early_end_gives_the_pay_back() -> None:
    back = end_early(running(agent(pay=FULL_PAY)), "2026-03-02", "2026-03-31")
    assert paid(back, "2026-03-31") == ("3000.00", "0.00", "3110.00")
    assert paid(back, "2026-04-01") == ("5000.00", "5500.00", "10860.00")


# -- Input that is no lawful request -----------------------------------------------------------------


def test_a_share_is_between_nothing_and_all() -> None:
    for share in ("-0.01", "1.01"):
        with pytest.raises(InputError, match="share"):
            waived(started(), share=share).result()
