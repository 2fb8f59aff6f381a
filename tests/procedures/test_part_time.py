"""Temps partiel, both sides of every limit of 28 to 28-4, 85 and 92: dates and amounts were computed by hand."""

from typing import Any

import pytest
from positions import WITH_POSITIONS
from scenario import Given

from domain.simulation import InputError

DEANS = ["directeur_ufr", "president_cme", "chef_pole"]
OPINIONS = [*DEANS, "chef_service"]
JOINTLY = ["president_universite", "dg_chu"]
CAREER_CORPS = ["PU-PH", "MCU-PH"]
TEMPORARY_CORPS = ["PHU", "CCA", "AHU"]


def asked(
    starts_on: str = "2025-01-01", months: int | None = 12, quotite: int = 80, on: str = "2024-11-04", **more: Any
) -> dict[str, Any]:
    length = {} if months is None else {"months": months}
    return {"on": on, "type": "part_time.request", "quotite": quotite, "starts_on": starts_on, **length, **more}


def consulted(given: Given, on: str, case: str = "C1") -> Given:
    return given.when(on, "part_time.give_opinion", case, by=OPINIONS, favourable=True)


def decided(given: Given, on: str, case: str = "C1", outcome: str = "granted", **more: Any) -> Given:
    return given.when(on, "part_time.decide", case, by=JOINTLY, outcome=outcome, **more)


def granted(given: Given | None = None, decided_on: str = "2024-12-02", case: str = "C1", **request: Any) -> Given:
    """A part time asked for and granted, 80 % for a year from 1 January 2025 unless said otherwise."""
    ready = consulted((given or Given()).when(**asked(**request), case=case), "2024-11-20", case)
    return decided(ready, decided_on, case)


def request_code(given: Given | None = None, **request: Any) -> str | None:
    return (given or Given()).when(**asked(**request)).code()


def change(given: Given, on: str, effective_on: str, quotite: int = 60, **more: Any) -> Given:
    return given.when(on, "part_time.amend", quotite=quotite, effective_on=effective_on, **more)


def changed(given: Given, on: str, effective_on: str, quotite: int = 60, **more: Any) -> Given:
    change(given, on, effective_on, quotite, **more)
    return decided(consulted(given, on), on, object="quotite")


def back(given: Given, on: str, effective_on: str, **more: Any) -> Given:
    return given.when(on, "part_time.return_full_time", effective_on=effective_on, **more)


def renewal(given: Given, on: str, months: int = 12, **more: Any) -> Given:
    return given.when(on, "part_time.request_renewal", months=months, **more)


# -- Who may ask, and since when ---------------------------------------------------------------------


@pytest.mark.parametrize("corps", CAREER_CORPS)
def test_the_career_corps_may_ask(corps: str) -> None:
    assert request_code(Given(corps)) is None


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_the_temporary_corps_may_ask(corps: str) -> None:
    assert request_code(Given(corps, nomination_ends_on="2028-10-31")) is None


@pytest.mark.parametrize("corps", ["PH", "PR", "chef de clinique"])
def test_another_corps_is_not_eligible(corps: str) -> None:
    assert request_code(Given(corps)) == "not_eligible"


def test_a_trainee_of_a_career_corps_may_ask() -> None:
    assert request_code(Given("MCU-PH", statut="stagiaire")) is None


def test_the_corps_is_the_one_of_the_first_day_of_the_part_time() -> None:
    moving = Given("PH").when("2024-10-20", "agent.change_corps", case=None, corps="PU-PH", starts_on="2025-01-01")
    assert request_code(moving, starts_on="2025-01-01") is None
    moving = Given("PH").when("2024-10-20", "agent.change_corps", case=None, corps="PU-PH", starts_on="2025-01-02")
    assert request_code(moving, starts_on="2025-01-01") == "not_eligible"


@pytest.mark.parametrize("corps", [*CAREER_CORPS, *TEMPORARY_CORPS])
def test_part_time_exists_from_19_october_2024(corps: str) -> None:
    facts: dict[str, Any] = {"nomination_ends_on": "2028-10-31"} if corps in TEMPORARY_CORPS else {}
    early = {"on": "2024-09-02", "starts_on": "2024-10-18"}
    assert request_code(Given(corps, **facts), **early) == "law_not_in_force"
    assert request_code(Given(corps, **facts), on="2024-09-02", starts_on="2024-10-19") is None


def test_the_first_day_of_the_reform_is_a_choice() -> None:
    later = {"law.reform_2024.from": "2025-01-01"}
    assert request_code(Given(choices=later), starts_on="2024-12-31") == "law_not_in_force"
    assert request_code(Given(choices=later), starts_on="2025-01-01") is None
    sooner = {"law.reform_2024.from": "2024-09-01"}
    assert request_code(Given(choices=sooner), on="2024-08-01", starts_on="2024-08-31") == "law_not_in_force"
    assert request_code(Given(choices=sooner), on="2024-08-01", starts_on="2024-09-01") is None


# -- Quotité and length ------------------------------------------------------------------------------


@pytest.mark.parametrize("quotite", [50, 60, 70, 80, 90])
def test_these_quotites_are_allowed(quotite: int) -> None:
    assert request_code(quotite=quotite) is None


@pytest.mark.parametrize("quotite", [-10, 0, 40, 49, 51, 55, 75, 85, 89, 91, 95, 99, 100, 110])
def test_no_other_quotite_is_allowed(quotite: int) -> None:
    assert request_code(quotite=quotite) == "quotite_not_allowed"


@pytest.mark.parametrize(
    ("months", "code"),
    [
        *((months, "period_too_short") for months in (-1, 0, 5)),
        *((months, None) for months in (6, 7, 11, 12)),
        *((months, "period_too_long") for months in (13, 36)),
    ],
)
def test_a_period_lasts_from_six_to_twelve_months(months: int, code: str | None) -> None:
    assert request_code(months=months) == code


@pytest.mark.parametrize("months", [100_000, -100_000])
def test_an_absurd_length_is_refused_and_breaks_nothing(months: int) -> None:
    try:
        code = request_code(months=months)
    except InputError:
        return
    assert code == ("period_too_long" if months > 0 else "period_too_short")


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "code"),
    [
        ("2025-01-01", "2025-06-29", "period_too_short"),
        ("2025-01-01", "2025-06-30", None),
        ("2025-01-01", "2025-12-31", None),
        ("2025-01-01", "2026-01-01", "period_too_long"),
        # 31 August and six months is 28 February: the period may end on the 27th.
        ("2025-08-31", "2026-02-26", "period_too_short"),
        ("2025-08-31", "2026-02-27", None),
        ("2025-08-31", "2026-08-30", None),
        ("2025-08-31", "2026-08-31", "period_too_long"),
        # In a leap year it is 29 February.
        ("2027-08-31", "2028-02-27", "period_too_short"),
        ("2027-08-31", "2028-02-28", None),
        # 29 February and twelve months is 28 February.
        ("2028-02-29", "2028-08-27", "period_too_short"),
        ("2028-02-29", "2028-08-28", None),
        ("2028-02-29", "2029-02-27", None),
        ("2028-02-29", "2029-02-28", "period_too_long"),
        ("2025-01-01", "2025-01-01", "period_too_short"),
    ],
)
def test_a_period_given_by_its_last_day(starts_on: str, ends_on: str, code: str | None) -> None:
    assert request_code(months=None, starts_on=starts_on, ends_on=ends_on) == code


@pytest.mark.parametrize(
    "fields",
    [
        {"months": None},
        {"months": 12, "ends_on": "2025-12-31"},
        {"months": "12"},
        {"months": 12.0},
        {"quotite": "80"},
        {"quotite": 80.5},
        {"starts_on": "2025-02-30"},
        {"starts_on": 20250101},
        {"ground": "plaisir"},
        {"annualised": "oui"},
        {"surplus": 1},
    ],
)
def test_a_malformed_request_is_an_input_error_and_not_a_refusal(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        request_code(**fields)


# -- One at a time -----------------------------------------------------------------------------------


def second(given: Given, starts_on: str, on: str = "2024-12-03") -> str | None:
    return given.when(**asked(starts_on=starts_on, on=on), case="C2").code()


def test_a_pending_part_time_bars_another_even_much_later() -> None:
    assert second(Given().when(**asked()), "2028-06-01") == "already_part_time"


def test_a_granted_part_time_bars_another_even_after_its_cap() -> None:
    assert second(granted(), "2028-06-01") == "already_part_time"


def test_a_refused_part_time_bars_nothing() -> None:
    refused = decided(consulted(Given().when(**asked()), "2024-11-20"), "2024-12-02", outcome="refused")
    assert second(refused, "2025-01-01") is None


def test_a_withdrawn_part_time_bars_nothing() -> None:
    assert second(granted().when("2024-12-03", "part_time.withdraw"), "2025-01-01") is None


def test_a_lapsed_part_time_bars_nothing_from_the_cap_day_on() -> None:
    assert second(granted(), "2028-02-01", on="2027-12-31") == "already_part_time"
    assert second(granted(), "2028-02-01", on="2028-01-01") is None


def test_an_opposed_part_time_bars_nothing_once_it_has_ended() -> None:
    opposed = granted().when("2025-12-31", "part_time.oppose_renewal", by="agent")
    assert second(opposed, "2026-03-01", on="2026-01-01") is None


def test_a_return_that_is_granted_lets_another_start_on_the_day_of_the_end() -> None:
    def returning() -> Given:
        return decided(back(granted(), "2025-02-01", "2025-06-01"), "2025-02-15", object="return_full_time")

    assert second(returning(), "2025-05-31", on="2025-03-01") == "already_part_time"
    assert second(returning(), "2025-06-01", on="2025-03-01") is None


def test_a_return_that_is_only_asked_bars_another() -> None:
    assert second(back(granted(), "2025-02-01", "2025-06-01"), "2025-06-01", on="2025-03-01") == "already_part_time"


# -- The term of the nomination ----------------------------------------------------------------------


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_the_period_ends_by_the_term_of_the_nomination(corps: str) -> None:
    assert request_code(Given(corps, nomination_ends_on="2025-12-30")) == "beyond_nomination_term"
    assert request_code(Given(corps, nomination_ends_on="2025-12-31")) is None


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_a_period_given_by_its_last_day_ends_by_the_term_too(corps: str) -> None:
    def code(ends_on: str) -> str | None:
        return request_code(Given(corps, nomination_ends_on="2025-08-31"), months=None, ends_on=ends_on)

    assert code("2025-08-31") is None
    assert code("2025-09-01") == "beyond_nomination_term"


@pytest.mark.parametrize("corps", CAREER_CORPS)
def test_the_term_of_a_nomination_does_not_bind_category_1(corps: str) -> None:
    assert request_code(Given(corps, nomination_ends_on="2025-06-30")) is None


def test_the_term_is_read_as_binding_the_PHU_unless_the_office_says_otherwise() -> None:
    free = {"part_time.phu_nomination_term": "ignored"}
    assert request_code(Given("PHU", free, nomination_ends_on="2025-06-30")) is None
    assert request_code(Given("CCA", free, nomination_ends_on="2025-06-30")) == "beyond_nomination_term"


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_a_term_that_is_unknown_is_a_warning_and_not_a_refusal(corps: str) -> None:
    (event,) = Given(corps).when(**asked()).events("PartTimeRequested")
    assert event["warnings"] == ["fact_missing:nomination_ends_on"]


def test_a_corps_that_is_unknown_is_a_warning_and_not_a_refusal() -> None:
    (event,) = Given(None).when(**asked()).events("PartTimeRequested")
    assert event["warnings"] == ["fact_missing:corps"]


def test_earlier_service_of_category_3_is_asked_only_when_the_office_says_so() -> None:
    def code(corps: str, since: str, **choices: Any) -> str | None:
        facts: dict[str, Any] = {"nomination_ends_on": "2028-10-31", "hu_entry_on": since}
        return request_code(Given(corps, choices, **facts))

    a_year = {"part_time.cca_min_service_months": 12}
    assert code("CCA", "2024-11-02") is None
    assert code("CCA", "2024-01-02", **a_year) is not None
    assert code("AHU", "2024-01-01", **a_year) is None
    assert code("PHU", "2024-11-02", **a_year) is None


# -- The position ------------------------------------------------------------------------------------


def away(value: str, starts_on: str, ends_on: str | None = None, **more: Any) -> Given:
    last = {} if ends_on is None else {"ends_on": ends_on}
    given = Given(registry=WITH_POSITIONS, **more)
    return given.when("2024-10-20", "delegation.hold", "D1", value=value, starts_on=starts_on, **last)


@pytest.mark.parametrize("value", ["delegation", "mission_temporaire", "detachement", "disponibilite", "exclusion"])
def test_part_time_starts_from_activite(value: str) -> None:
    assert request_code(away(value, "2024-11-01", "2025-01-01")) == "position_incompatible"
    assert request_code(away(value, "2024-11-01", "2024-12-31")) is None
    assert request_code(away(value, "2025-01-01", "2025-06-30")) == "position_incompatible"


def test_part_time_does_not_start_after_the_functions_have_ended() -> None:
    assert request_code(away("hors_cadre", "2025-01-01")) == "position_incompatible"


def test_a_suspended_agent_does_not_start_a_part_time() -> None:
    suspended = Given(registry=WITH_POSITIONS).when(
        "2024-10-20", "delegation.hold", "S1", lane="suspension", value="suspended", starts_on="2024-11-01"
    )
    assert request_code(suspended) == "position_incompatible"


def test_the_position_is_tested_again_at_the_grant() -> None:
    ready = consulted(Given(registry=WITH_POSITIONS).when(**asked()), "2024-11-20")
    ready.when("2024-11-25", "delegation.hold", "D1", value="delegation", starts_on="2024-12-15", ends_on="2025-03-31")
    assert decided(ready, "2024-12-02").code() == "position_incompatible"


@pytest.mark.parametrize("value", ["delegation", "detachement", "disponibilite"])
def test_another_position_ends_the_part_time_on_its_first_day(value: str) -> None:
    given = granted(away(value, "2025-06-01", "2025-12-31"))
    (ended,) = given.events("PartTimeEnded", "2028-02-01")
    assert (ended["on"], ended["cause"]) == ("2025-06-01", "position_change")
    assert given.days("CngInformationDue", "2028-02-01") == ["2024-12-02", "2025-06-01"]
    assert given.days("PartTimeLapsed", "2028-02-01") == []
    assert given.entitled("2025-05-31")["part_time"]["quotite"] == 80
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 100


def test_a_position_granted_later_ends_the_part_time_too() -> None:
    given = granted(Given(registry=WITH_POSITIONS))
    given.when("2025-04-01", "delegation.hold", "D1", value="delegation", starts_on="2025-06-01", ends_on="2025-12-31")
    assert given.days("PartTimeEnded", "2028-02-01") == ["2025-06-01"]
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == []


def test_a_mission_temporaire_does_not_end_the_part_time() -> None:
    given = granted(away("mission_temporaire", "2025-06-01", "2025-08-31"))
    assert given.days("PartTimeEnded", "2026-02-01") == []
    assert given.days("PartTimeRenewedTacitly", "2026-02-01") == ["2026-01-01"]


def test_an_office_may_let_a_part_time_run_through_a_delegation() -> None:
    kept = granted(away("delegation", "2025-06-01", "2025-08-31", choices={"positions.part_time_then_other": "keep"}))
    assert kept.days("PartTimeEnded", "2026-02-01") == []


def test_the_end_of_the_functions_ends_the_part_time_without_telling_the_CNG() -> None:
    given = granted(Given(registry=WITH_POSITIONS))
    given.when("2025-06-01", "delegation.hold", "D1", value="hors_cadre", starts_on="2025-06-01")
    (ended,) = given.events("PartTimeEnded", "2026-02-01")
    assert (ended["on"], ended["cause"]) == ("2025-06-01", "cessation")
    assert given.days("CngInformationDue", "2026-02-01") == ["2024-12-02"]


# -- The order of refusals ---------------------------------------------------------------------------


def test_a_used_case_is_said_before_anything_else() -> None:
    given = Given("PH").when("2024-10-20", "agent.change_corps", case=None, corps="PU-PH", starts_on="2024-11-01")
    given.when(**asked())
    assert given.when(**asked(quotite=42, months=1, starts_on="2024-06-01")).code() == "duplicate_case"


@pytest.mark.parametrize("verb", ["decide", "withdraw", "inform_cng", "refer_doctor"])
def test_a_verb_on_a_case_that_does_not_exist(verb: str) -> None:
    fields = {"by": JOINTLY, "outcome": "granted"} if verb == "decide" else {}
    assert Given().when("2025-01-01", f"part_time.{verb}", "NOT", **fields).code() == "unknown_case"


def test_a_case_of_another_procedure_is_unknown() -> None:
    given = Given("MCU-PH").when("2024-12-01", "stage.open", starts_on="2025-01-01")
    assert decided(given, "2024-12-02").code() == "unknown_case"


def test_eligibility_is_tested_before_the_law_in_force() -> None:
    assert request_code(Given("PH"), starts_on="2024-06-01", quotite=42) == "not_eligible"


def test_the_law_in_force_is_tested_before_the_position() -> None:
    assert request_code(away("delegation", "2024-01-01", "2024-12-31"), starts_on="2024-10-18") == "law_not_in_force"


def test_the_position_is_tested_before_the_overlap() -> None:
    given = away("delegation", "2025-06-01", "2025-12-31").when(**asked())
    assert second(given, "2025-06-01", on="2024-11-05") == "position_incompatible"


def test_the_overlap_is_tested_before_the_length() -> None:
    given = Given().when(**asked())
    assert given.when(**asked(months=5), case="C2").code() == "already_part_time"


def test_the_length_is_tested_before_the_term_of_the_nomination() -> None:
    assert request_code(Given("CCA", nomination_ends_on="2025-06-30"), months=13) == "period_too_long"


def test_opinions_are_tested_before_the_authority_and_the_authority_before_the_day() -> None:
    def late(*, opinions: bool, by: list[str]) -> str | None:
        given = Given().when(**asked())
        if opinions:
            consulted(given, "2024-11-20")
        return given.when("2025-01-02", "part_time.decide", by=by, outcome="granted").code()

    assert late(opinions=False, by=["dg_chu"]) == "missing_opinion"
    assert late(opinions=True, by=["dg_chu"]) == "missing_authority"
    assert late(opinions=True, by=JOINTLY) == "retroactive_decision"


def test_the_state_is_tested_before_the_quotite() -> None:
    assert change(Given().when(**asked()), "2024-11-05", "2025-06-01", 42).code() == "invalid_state"


def test_the_quotite_is_tested_before_the_period_and_the_notice() -> None:
    assert change(granted(), "2025-01-02", "2025-01-03", 100).code() == "quotite_not_allowed"


# -- Opinions and decisions --------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", DEANS)
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_each_opinion_is_needed_to_grant_and_to_refuse(left_out: str, outcome: str) -> None:
    given = Given().when(**asked())
    others = [body for body in OPINIONS if body != left_out]
    given.when("2024-11-20", "part_time.give_opinion", by=others, favourable=True)
    assert decided(given, "2024-12-02", outcome=outcome).code() == "missing_opinion"


@pytest.mark.parametrize(
    ("heads", "code"),
    [
        ([], "missing_opinion"),
        (["chef_service"], None),
        (["responsable_structure"], None),
        (["chef_service", "responsable_structure"], None),
    ],
)
def test_the_head_of_the_service_or_of_the_structure_gives_the_fourth_opinion(
    heads: list[str], code: str | None
) -> None:
    given = Given().when(**asked()).when("2024-11-20", "part_time.give_opinion", by=[*DEANS, *heads], favourable=True)
    assert decided(given, "2024-12-02").code() == code


def test_an_unfavourable_opinion_does_not_bind() -> None:
    given = Given().when(**asked()).when("2024-11-20", "part_time.give_opinion", by=OPINIONS, favourable=False)
    assert decided(given, "2024-12-02").code() is None


def test_opinions_may_come_one_by_one() -> None:
    given = Given().when(**asked())
    for body in OPINIONS:
        given.when("2024-11-20", "part_time.give_opinion", by=body, favourable=True)
    assert decided(given, "2024-12-02").code() is None
    assert [event["by"] for event in given.events("PartTimeOpinionGiven")] == OPINIONS


@pytest.mark.parametrize("by", [["president_universite"], ["dg_chu"], "dg_chu", ["cng", "agent"]])
@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_the_president_and_the_director_decide_jointly(by: Any, outcome: str) -> None:
    given = consulted(Given().when(**asked()), "2024-11-20")
    assert given.when("2024-12-02", "part_time.decide", by=by, outcome=outcome).code() == "missing_authority"


def test_a_further_signature_does_no_harm() -> None:
    given = consulted(Given().when(**asked()), "2024-11-20")
    assert given.when("2024-12-02", "part_time.decide", by=["cng", *JOINTLY], outcome="granted").code() is None


def test_the_authority_is_a_choice() -> None:
    given = consulted(Given(choices={"part_time.authority": ["dg_chu"]}).when(**asked()), "2024-11-20")
    assert given.when("2024-12-02", "part_time.decide", by="dg_chu", outcome="granted").code() is None


def test_a_grant_comes_at_the_latest_on_the_first_day() -> None:
    assert granted(decided_on="2025-01-01").code() is None
    assert granted(decided_on="2025-01-02").code() == "retroactive_decision"


def test_a_refusal_is_never_late() -> None:
    given = consulted(Given().when(**asked()), "2024-11-20")
    assert decided(given, "2025-03-01", outcome="refused").code() is None
    assert given.days("PartTimeRefused") == ["2025-03-01"]


def test_an_office_may_take_a_late_grant_with_a_warning() -> None:
    late = granted(Given(choices={"decide.retroactive": "warn"}), decided_on="2025-02-15")
    (event,) = late.events("PartTimeGranted")
    assert (event["on"], event["warnings"]) == ("2025-01-01", ["retroactive_decision"])


def test_a_grant_taken_after_a_boundary_lets_the_boundary_fall_on_its_day() -> None:
    late = granted(Given(choices={"decide.retroactive": "warn"}), months=6, decided_on="2025-08-01")
    assert late.days("PartTimeRenewedTacitly", "2025-12-31") == ["2025-07-01"]


def test_a_refusal_closes_the_case() -> None:
    refused = decided(consulted(Given().when(**asked()), "2024-11-20"), "2024-12-02", outcome="refused")
    assert refused.result("2028-02-01")["deadlines"] == []
    assert decided(refused, "2024-12-03").code() == "invalid_state"


def test_a_case_is_granted_once() -> None:
    assert decided(granted(), "2024-12-03").code() == "invalid_state"


@pytest.mark.parametrize("ground", ["de_droit_famille", "de_droit_handicap"])
def test_a_part_time_de_droit_is_not_refused(ground: str) -> None:
    given = consulted(Given().when(**asked(ground=ground)), "2024-11-20")
    given.when("2024-11-21", "part_time.give_opinion", by="medecin_prevention", favourable=False)
    assert decided(given, "2024-12-02", outcome="refused").code() == "refusal_not_allowed"
    del given.json["steps"][-1]
    assert decided(given, "2024-12-02").code() is None


def test_a_change_of_a_part_time_de_droit_may_be_refused() -> None:
    given = change(granted(ground="de_droit_famille"), "2025-02-01", "2025-06-01")
    assert decided(consulted(given, "2025-02-02"), "2025-02-03", object="quotite", outcome="refused").code() is None


# -- The médecin de prévention -----------------------------------------------------------------------


def handicap(referred_on: str | None = "2024-11-05", starts_on: str = "2025-06-01") -> Given:
    given = consulted(Given().when(**asked(ground="de_droit_handicap", starts_on=starts_on)), "2024-11-04")
    return given.when(referred_on, "part_time.refer_doctor") if referred_on else given


def test_a_part_time_for_disability_needs_the_doctor() -> None:
    assert decided(handicap(None), "2024-12-02").code() == "missing_opinion"
    heard = handicap().when("2024-12-01", "part_time.give_opinion", by="medecin_prevention", favourable=False)
    assert decided(heard, "2024-12-02").code() is None


def test_no_other_ground_needs_the_doctor() -> None:
    assert granted(ground="de_droit_famille").code() is None
    assert granted(ground="convenance").code() is None


@pytest.mark.parametrize(
    ("referred_on", "eve", "due"),
    [
        ("2024-11-05", "2025-01-04", "2025-01-05"),
        ("2024-12-31", "2025-02-27", "2025-02-28"),
        ("2024-12-30", "2025-02-27", "2025-02-28"),
    ],
)
def test_the_doctor_is_deemed_to_have_spoken_after_two_months(referred_on: str, eve: str, due: str) -> None:
    assert decided(handicap(referred_on), eve).code() == "missing_opinion"
    deemed = decided(handicap(referred_on), due)
    assert deemed.code() is None
    assert deemed.deadlines("part_time_doctor_opinion") == {due: "fallen"}
    (event,) = deemed.events("OpinionDeemedGiven")
    assert (event["on"], event["by"]) == (due, "medecin_prevention")
    assert event["basis"] == ["D2021-1645:28-2.5"]


def test_a_doctor_who_speaks_in_time_is_not_deemed_to() -> None:
    given = handicap().when("2025-01-04", "part_time.give_opinion", by="medecin_prevention", favourable=True)
    assert given.events("OpinionDeemedGiven", "2025-02-01") == []
    assert given.deadlines("part_time_doctor_opinion", "2025-02-01") == {"2025-01-05": "cancelled"}


def test_a_doctor_who_speaks_late_is_recorded_without_effect() -> None:
    given = handicap().when("2025-01-05", "part_time.give_opinion", by="medecin_prevention", favourable=False)
    assert given.code() is None
    assert given.days("OpinionRecordedLate") == ["2025-01-05"]
    assert given.events("PartTimeOpinionGiven")[-1]["by"] != "medecin_prevention"


def test_the_renewal_of_a_part_time_for_disability_does_not_need_the_doctor() -> None:
    given = handicap().when("2024-12-01", "part_time.give_opinion", by="medecin_prevention", favourable=True)
    renewal(decided(given, "2024-12-02"), "2027-01-05")
    assert decided(consulted(given, "2027-02-01"), "2027-03-01", object="renewal").code() is None


# -- The grant, the periods and the three years ------------------------------------------------------


def test_the_grant_takes_effect_on_the_first_day() -> None:
    (event,) = granted().events("PartTimeGranted")
    assert (event["on"], event["case"], event["quotite"], event["ends_on"]) == ("2025-01-01", "C1", 80, "2025-12-31")
    assert "D2021-1645:28-2.1" in event["basis"]


PERIODS = [
    # first day, length, each tacit renewal with the last day of its period, the end of the three years, the reminder
    (
        "2025-01-01",
        {"months": 6},
        {
            "2025-07-01": "2025-12-31",
            "2026-01-01": "2026-06-30",
            "2026-07-01": "2026-12-31",
            "2027-01-01": "2027-06-30",
            "2027-07-01": "2027-12-31",
        },
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"months": 7},
        {
            "2025-08-01": "2026-02-28",
            "2026-03-01": "2026-09-30",
            "2026-10-01": "2027-04-30",
            "2027-05-01": "2027-11-30",
            "2027-12-01": "2027-12-31",
        },
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"months": 8},
        {
            "2025-09-01": "2026-04-30",
            "2026-05-01": "2026-12-31",
            "2027-01-01": "2027-08-31",
            "2027-09-01": "2027-12-31",
        },
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"months": 9},
        {"2025-10-01": "2026-06-30", "2026-07-01": "2027-03-31", "2027-04-01": "2027-12-31"},
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"months": 10},
        {"2025-11-01": "2026-08-31", "2026-09-01": "2027-06-30", "2027-07-01": "2027-12-31"},
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"months": 12},
        {"2026-01-01": "2026-12-31", "2027-01-01": "2027-12-31"},
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-01-01",
        {"ends_on": "2025-07-10"},  # six months and ten days, one after the other
        {
            "2025-07-11": "2026-01-20",
            "2026-01-21": "2026-07-30",
            "2026-07-31": "2027-02-09",
            "2027-02-10": "2027-08-19",
            "2027-08-20": "2027-12-31",
        },
        "2028-01-01",
        "2027-11-01",
    ),
    (
        "2025-08-31",
        {"months": 6},
        {
            "2026-02-28": "2026-08-30",
            "2026-08-31": "2027-02-27",
            "2027-02-28": "2027-08-30",
            "2027-08-31": "2028-02-28",
            "2028-02-29": "2028-08-30",
        },
        "2028-08-31",
        "2028-06-30",
    ),
    (
        "2025-08-31",
        {"ends_on": "2026-02-27"},  # six whole months too
        {
            "2026-02-28": "2026-08-30",
            "2026-08-31": "2027-02-27",
            "2027-02-28": "2027-08-30",
            "2027-08-31": "2028-02-28",
            "2028-02-29": "2028-08-30",
        },
        "2028-08-31",
        "2028-06-30",
    ),
    (
        "2028-02-29",
        {"months": 12},
        {"2029-02-28": "2030-02-27", "2030-02-28": "2031-02-27"},
        "2031-02-28",
        "2030-12-28",
    ),
    (
        "2028-02-29",
        {"months": 6},
        {
            "2028-08-29": "2029-02-27",
            "2029-02-28": "2029-08-28",
            "2029-08-29": "2030-02-27",
            "2030-02-28": "2030-08-28",
            "2030-08-29": "2031-02-27",
        },
        "2031-02-28",
        "2030-12-28",
    ),
]


def of_length(starts_on: str, length: dict[str, Any], choices: dict[str, Any] | None = None) -> Given:
    return granted(Given(choices=choices), starts_on=starts_on, **{"months": None, **length})


@pytest.mark.parametrize(("starts_on", "length", "renewals", "cap", "reminder"), PERIODS)
def test_it_is_renewed_tacitly_for_the_same_length_until_the_three_years_are_over(
    starts_on: str, length: dict[str, Any], renewals: dict[str, str], cap: str, reminder: str
) -> None:
    given = of_length(starts_on, length)
    assert {one["on"]: one["ends_on"] for one in given.events("PartTimeRenewedTacitly", "2033-01-01")} == renewals
    assert given.deadlines("part_time_tacit_renewal", "2033-01-01") == dict.fromkeys(renewals, "fallen")
    (lapsed,) = given.events("PartTimeLapsed", "2033-01-01")
    assert (lapsed["on"], lapsed["basis"]) == (cap, ["D2021-1645:28-2.1"])
    assert given.deadlines("part_time_express_renewal", "2033-01-01") == {cap: "fallen"}
    assert given.deadlines("part_time_express_renewal_reminder", "2033-01-01") == {reminder: "fallen"}


STOPPED = [
    ("2025-01-01", {"months": 6}, "2027-07-01", "2028-01-01", "2027-11-01"),
    ("2025-01-01", {"months": 7}, "2027-05-01", "2027-12-01", "2027-10-01"),
    ("2025-01-01", {"months": 8}, "2027-01-01", "2027-09-01", "2027-07-01"),
    ("2025-01-01", {"months": 10}, "2026-09-01", "2027-07-01", "2027-05-01"),
    ("2025-01-01", {"months": 12}, "2027-01-01", "2028-01-01", "2027-11-01"),
    ("2025-01-01", {"ends_on": "2025-07-10"}, "2027-02-10", "2027-08-20", "2027-06-20"),
]


@pytest.mark.parametrize(("starts_on", "length", "last_renewal", "cap", "reminder"), STOPPED)
def test_an_office_may_stop_at_the_last_full_period(
    starts_on: str, length: dict[str, Any], last_renewal: str, cap: str, reminder: str
) -> None:
    given = of_length(starts_on, length, {"part_time.last_period": "stop"})
    assert given.days("PartTimeRenewedTacitly", "2033-01-01")[-1] == last_renewal
    assert given.days("PartTimeLapsed", "2033-01-01") == [cap]
    assert given.deadlines("part_time_express_renewal_reminder", "2033-01-01") == {reminder: "fallen"}
    assert given.entitled(cap)["part_time"]["quotite"] == 100


def test_the_reminder_comes_as_many_months_before_as_the_office_says() -> None:
    given = granted(Given(choices={"part_time.express_reminder_months": 3}))
    assert list(given.deadlines("part_time_express_renewal_reminder")) == ["2027-10-01"]


def test_service_is_back_to_full_time_on_the_day_of_the_lapse() -> None:
    given = granted()
    assert given.entitled("2027-12-31")["part_time"]["quotite"] == 80
    assert given.entitled("2028-01-01")["part_time"]["quotite"] == 100


# -- Opposition --------------------------------------------------------------------------------------


def oppose(given: Given, on: str, by: Any = "agent") -> Given:
    return given.when(on, "part_time.oppose_renewal", by=by)


@pytest.mark.parametrize("by", ["agent", "president_universite", "dg_chu"])
def test_an_opposition_by_the_eve_ends_the_part_time(by: str) -> None:
    given = oppose(granted(), "2025-12-31", by)
    assert given.code() is None
    (ended,) = given.events("PartTimeEnded", "2028-02-01")
    assert (ended["on"], ended["cause"]) == ("2026-01-01", "opposed")
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == []
    assert given.days("PartTimeLapsed", "2028-02-01") == []
    assert given.entitled("2025-12-31")["part_time"]["quotite"] == 80
    assert given.entitled("2026-01-01")["part_time"]["quotite"] == 100


def test_an_opposition_on_the_day_applies_to_the_next_renewal() -> None:
    given = oppose(granted(), "2026-01-01")
    assert given.code() is None
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == ["2026-01-01"]
    assert given.days("PartTimeEnded", "2028-02-01") == ["2027-01-01"]


def test_nothing_is_left_to_oppose_in_the_last_period() -> None:
    assert oppose(granted(), "2026-12-31").code() is None
    assert oppose(granted(), "2027-01-01").code() == "invalid_state"
    assert oppose(granted(months=10), "2027-06-30").code() is None
    assert oppose(granted(months=10), "2027-07-01").code() == "invalid_state"


def test_nothing_is_left_to_oppose_after_the_three_years() -> None:
    assert oppose(granted(), "2028-01-01").code() == "invalid_state"


def test_nothing_is_left_to_oppose_in_the_last_period_before_an_office_stops() -> None:
    def stopped() -> Given:
        return granted(Given(choices={"part_time.last_period": "stop"}), months=10)

    assert oppose(stopped(), "2026-08-31").code() is None
    assert oppose(stopped(), "2026-09-01").code() == "invalid_state"


def test_nothing_is_left_to_oppose_in_the_last_period_before_the_term() -> None:
    given = granted(Given("CCA", nomination_ends_on="2026-06-30"))
    assert oppose(given, "2026-01-01").code() == "invalid_state"


def test_a_part_time_that_is_not_granted_has_nothing_to_oppose() -> None:
    assert oppose(Given().when(**asked()), "2024-11-05").code() == "invalid_state"


def test_an_opposition_comes_from_the_agent_or_from_those_who_decide() -> None:
    with pytest.raises(InputError):
        oppose(granted(), "2025-12-31", "cng").code()


# -- Express renewal ---------------------------------------------------------------------------------


def renewed(decided_on: str = "2027-12-01", asked_on: str = "2027-10-01", **more: Any) -> Given:
    return decided(consulted(renewal(granted(), asked_on, **more), asked_on), decided_on, object="renewal")


def test_an_express_renewal_opens_three_years_more() -> None:
    given = renewed()
    (event,) = given.events("PartTimeRenewedExpressly", "2032-01-01")
    assert (event["on"], event["ends_on"], event["quotite"]) == ("2028-01-01", "2028-12-31", 80)
    assert given.days("PartTimeRenewedTacitly", "2032-01-01") == [
        "2026-01-01",
        "2027-01-01",
        "2029-01-01",
        "2030-01-01",
    ]
    assert given.days("PartTimeLapsed", "2032-01-01") == ["2031-01-01"]
    assert given.deadlines("part_time_express_renewal_reminder", "2032-01-01")["2030-11-01"] == "fallen"
    assert given.entitled("2030-12-31")["part_time"]["quotite"] == 80
    assert given.entitled("2031-01-01")["part_time"]["quotite"] == 100


def test_an_express_renewal_may_change_the_length_and_the_quotite() -> None:
    given = renewed(months=6, quotite=50)
    assert given.days("PartTimeRenewedTacitly", "2031-02-01")[2:] == [
        "2028-07-01",
        "2029-01-01",
        "2029-07-01",
        "2030-01-01",
        "2030-07-01",
    ]
    assert given.entitled("2027-12-31")["part_time"]["quotite"] == 80
    assert given.entitled("2028-01-01")["part_time"]["quotite"] == 50


def test_an_express_renewal_keeps_the_quotite_as_changed() -> None:
    given = renewal(changed(granted(), "2025-02-01", "2025-06-01", 50), "2027-10-01")
    decided(consulted(given, "2027-10-02"), "2027-11-01", object="renewal")
    assert given.events("PartTimeRenewedExpressly", "2028-02-01")[0]["quotite"] == 50


def test_an_express_renewal_may_be_asked_from_the_first_period() -> None:
    assert renewal(granted(), "2025-01-02").code() is None


def test_an_express_renewal_is_decided_at_the_latest_on_the_eve() -> None:
    assert renewed("2027-12-31").code() is None
    assert renewed("2028-01-01").code() == "authorisation_lapsed"
    assert renewed("2028-02-01").code() == "authorisation_lapsed"


def test_an_express_renewal_is_asked_at_the_latest_on_the_eve() -> None:
    assert renewal(granted(), "2027-12-31").code() is None
    assert renewal(granted(), "2028-01-01").code() == "invalid_state"


def test_after_the_lapse_a_new_request_is_open() -> None:
    assert second(granted(), "2028-01-01", on="2028-01-01") is None


def test_an_express_renewal_that_is_pending_at_the_cap_is_lost() -> None:
    given = consulted(renewal(granted(), "2027-10-01"), "2027-10-02")
    assert given.days("PartTimeLapsed", "2028-02-01") == ["2028-01-01"]


def test_an_express_renewal_that_is_refused_leads_to_the_lapse() -> None:
    given = consulted(renewal(granted(), "2027-10-01"), "2027-10-02")
    decided(given, "2027-11-01", object="renewal", outcome="refused")
    assert given.days("PartTimeLapsed", "2028-02-01") == ["2028-01-01"]
    assert renewal(given, "2027-11-02").code() is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"months": 5}, "period_too_short"),
        ({"months": 6}, None),
        ({"months": 12}, None),
        ({"months": 13}, "period_too_long"),
        ({"months": 12, "quotite": 55}, "quotite_not_allowed"),
        ({"months": 12, "quotite": 100}, "quotite_not_allowed"),
    ],
)
def test_an_express_renewal_keeps_the_limits_of_a_request(fields: dict[str, Any], code: str | None) -> None:
    assert renewal(granted(), "2027-10-01", **fields).code() == code


def test_a_second_express_renewal_is_not_asked_while_one_is_pending() -> None:
    assert renewal(renewal(granted(), "2027-10-01"), "2027-10-02").code() == "invalid_state"


def test_an_express_renewal_needs_its_own_opinions_and_both_authorities() -> None:
    given = renewal(granted(), "2027-10-01")
    assert decided(given, "2027-11-01", object="renewal").code() == "missing_opinion"
    given = consulted(renewal(granted(), "2027-10-01"), "2027-10-02")
    given.when("2027-11-01", "part_time.decide", object="renewal", by="dg_chu", outcome="granted")
    assert given.code() == "missing_authority"


def test_a_renewal_that_was_not_asked_is_not_decided() -> None:
    assert decided(consulted(granted(), "2024-12-01"), "2027-11-01", object="renewal").codes()[-1] == "invalid_state"


# -- Change of quotité -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "effective_on", "code"),
    [
        ("2025-04-01", "2025-06-01", None),
        ("2025-04-02", "2025-06-01", "notice_too_short"),
        ("2025-12-31", "2026-02-28", None),  # two months after 31 December is the last day of February
        ("2025-12-31", "2026-02-27", "notice_too_short"),
        ("2027-04-30", "2027-06-30", None),
        ("2027-04-30", "2027-06-29", "notice_too_short"),
    ],
)
def test_a_change_is_asked_two_months_before(on: str, effective_on: str, code: str | None) -> None:
    assert change(granted(), on, effective_on).code() == code


@pytest.mark.parametrize(
    ("effective_on", "code"),
    [("2025-05-31", "outside_period"), ("2025-06-01", None), ("2028-05-31", None), ("2028-06-01", "outside_period")],
)
def test_a_change_takes_effect_between_the_first_day_and_the_eve_of_the_cap(
    effective_on: str, code: str | None
) -> None:
    assert change(granted(starts_on="2025-06-01"), "2025-01-02", effective_on).code() == code


@pytest.mark.parametrize(("effective_on", "code"), [("2026-06-30", None), ("2026-07-01", "outside_period")])
def test_a_change_takes_effect_by_the_term_of_the_nomination(effective_on: str, code: str | None) -> None:
    given = granted(Given("CCA", nomination_ends_on="2026-06-30"))
    assert change(given, "2025-02-01", effective_on).code() == code
    assert back(granted(Given("CCA", nomination_ends_on="2026-06-30")), "2025-02-01", effective_on).code() == code


@pytest.mark.parametrize(("effective_on", "code"), [("2027-06-30", None), ("2027-07-01", "outside_period")])
def test_a_change_takes_effect_before_the_office_stops(effective_on: str, code: str | None) -> None:
    given = granted(Given(choices={"part_time.last_period": "stop"}), months=10)
    assert change(given, "2025-02-01", effective_on).code() == code


@pytest.mark.parametrize("quotite", [0, 45, 85, 100])
def test_a_change_keeps_to_the_list_and_full_time_is_asked_otherwise(quotite: int) -> None:
    assert change(granted(), "2025-02-01", "2025-06-01", quotite).code() == "quotite_not_allowed"


def test_a_change_takes_effect_on_its_day_with_its_own_opinions() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01", 50)
    (event,) = given.events("PartTimeQuotiteChanged")
    assert (event["on"], event["quotite"]) == ("2025-06-01", 50)
    assert "D2021-1645:28-2.2" in event["basis"]
    assert given.entitled("2025-05-31")["part_time"]["quotite"] == 80
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 50
    assert given.entitled("2026-06-01")["part_time"]["quotite"] == 50


def test_opinions_on_the_authorisation_do_not_serve_the_change() -> None:
    assert decided(change(granted(), "2025-02-01", "2025-06-01"), "2025-03-01", object="quotite").code() == (
        "missing_opinion"
    )


def test_opinions_on_a_change_do_not_serve_the_next() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert decided(change(given, "2025-09-01", "2026-06-01", 70), "2025-10-01", object="quotite").code() == (
        "missing_opinion"
    )


def test_a_change_is_decided_by_its_day() -> None:
    def code(on: str) -> str | None:
        given = consulted(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02")
        return decided(given, on, object="quotite").code()

    assert code("2025-06-01") is None
    assert code("2025-06-02") == "retroactive_decision"


def test_a_change_is_decided_jointly() -> None:
    given = consulted(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02")
    given.when("2025-03-01", "part_time.decide", object="quotite", by="dg_chu", outcome="granted")
    assert given.code() == "missing_authority"


def test_a_refused_change_changes_nothing() -> None:
    given = consulted(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02")
    assert decided(given, "2025-08-01", object="quotite", outcome="refused").code() is None
    assert given.entitled("2025-09-01")["part_time"]["quotite"] == 80
    assert given.days("PartTimeQuotiteChanged") == []


def test_one_change_is_asked_at_a_time() -> None:
    assert change(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02", "2026-06-01").code() == "invalid_state"


def test_a_change_is_not_asked_after_the_end() -> None:
    assert change(granted(), "2028-01-01", "2028-03-01").code() == "invalid_state"
    assert change(oppose(granted(), "2025-12-01"), "2026-01-01", "2026-04-01").code() == "invalid_state"


def test_a_change_does_not_restart_the_three_years() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == ["2026-01-01", "2027-01-01"]
    assert given.days("PartTimeLapsed", "2028-02-01") == ["2028-01-01"]


EXCEPTIONAL = {"exceptional": True, "agent_consent": True}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "second_change_same_year"),
        ({"exceptional": True}, "second_change_same_year"),
        ({"agent_consent": True}, "second_change_same_year"),
        (EXCEPTIONAL, None),
    ],
)
def test_a_second_change_in_the_year_is_exceptional_and_agreed(said: dict[str, Any], code: str | None) -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert change(given, "2025-09-01", "2025-12-31", 70, **said).code() == code


def test_a_second_change_needs_no_notice() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert change(given, "2025-09-01", "2025-09-01", 70, **EXCEPTIONAL).code() is None


def test_the_year_is_tested_before_the_notice() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert change(given, "2025-09-01", "2025-09-02", 70).code() == "second_change_same_year"


def test_a_third_change_in_the_year_is_too_many() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    changed(given, "2025-09-01", "2025-10-01", 70, **EXCEPTIONAL)
    assert change(given, "2025-10-02", "2025-12-31", 50, **EXCEPTIONAL).code() == "change_limit_reached"


def test_the_third_change_is_tested_before_the_notice() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    changed(given, "2025-09-01", "2025-10-01", 70, **EXCEPTIONAL)
    assert change(given, "2025-12-30", "2025-12-31", 50).code() == "change_limit_reached"


def test_only_granted_changes_count() -> None:
    given = consulted(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02")
    decided(given, "2025-03-01", object="quotite", outcome="refused")
    assert change(given, "2025-09-01", "2025-12-31", 70).code() is None


def test_the_next_civil_year_starts_the_count_again() -> None:
    def after(effective_on: str) -> str | None:
        return change(changed(granted(), "2025-02-01", "2025-12-31"), "2025-09-01", effective_on, 70).code()

    assert after("2025-11-30") == "second_change_same_year"
    assert after("2026-01-01") is None


def test_a_rolling_year_counts_twelve_months_both_ways() -> None:
    def after(first: str, effective_on: str) -> str | None:
        given = changed(granted(Given(choices={"part_time.year": "rolling12"})), "2025-01-02", first)
        return change(given, "2025-03-01", effective_on, 70).code()

    assert after("2025-06-01", "2026-05-31") == "second_change_same_year"
    assert after("2025-06-01", "2026-06-01") is None
    assert after("2026-06-02", "2025-06-03") == "second_change_same_year"
    assert after("2026-06-02", "2025-06-02") is None


def test_a_year_of_the_authorisation_runs_from_its_first_day() -> None:
    def after(effective_on: str) -> str | None:
        given = granted(Given(choices={"part_time.year": "authorisation"}), starts_on="2025-03-15")
        return change(changed(given, "2025-03-16", "2025-12-01"), "2025-10-01", effective_on, 70).code()

    assert after("2026-03-14") == "second_change_same_year"
    assert after("2026-03-15") is None


# -- Return to full time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "effective_on", "code"),
    [
        ("2025-04-01", "2025-06-01", None),
        ("2025-04-02", "2025-06-01", "notice_too_short"),
        ("2025-12-31", "2026-02-28", None),
        ("2027-10-31", "2027-12-31", None),
        ("2027-10-31", "2028-01-01", "outside_period"),
    ],
)
def test_a_return_is_asked_two_months_before(on: str, effective_on: str, code: str | None) -> None:
    assert back(granted(), on, effective_on).code() == code


@pytest.mark.parametrize(
    ("effective_on", "code"), [("2025-03-09", "notice_too_short"), ("2025-03-10", None), ("2025-03-11", None)]
)
def test_a_motif_grave_needs_no_notice(effective_on: str, code: str | None) -> None:
    assert back(granted(), "2025-03-10", effective_on, ground="motif_grave").code() == code


def test_a_return_is_not_asked_before_the_first_day() -> None:
    given = granted(starts_on="2025-06-01")
    assert back(given, "2025-03-10", "2025-05-31", ground="motif_grave").code() == "outside_period"


def test_a_return_is_not_asked_of_what_is_not_granted_or_has_ended() -> None:
    assert back(Given().when(**asked()), "2024-11-05", "2025-06-01").code() == "invalid_state"
    assert back(granted(), "2028-01-01", "2028-03-01").code() == "invalid_state"


def test_one_return_is_asked_at_a_time() -> None:
    assert back(back(granted(), "2025-02-01", "2025-06-01"), "2025-02-02", "2025-07-01").code() == "invalid_state"


def test_a_return_ends_the_part_time_without_any_opinion() -> None:
    given = decided(back(granted(), "2025-02-01", "2025-06-01"), "2025-03-01", object="return_full_time")
    (ended,) = given.events("PartTimeEnded", "2028-02-01")
    assert (ended["on"], ended["cause"]) == ("2025-06-01", "return_full_time")
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == []
    assert given.days("PartTimeLapsed", "2028-02-01") == []
    assert given.deadlines("part_time_express_renewal", "2028-02-01") == {"2028-01-01": "cancelled"}
    assert given.entitled("2025-05-31")["part_time"]["quotite"] == 80
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 100


def test_renewals_fall_until_the_day_of_the_return() -> None:
    given = decided(back(granted(), "2025-02-01", "2026-06-01"), "2025-03-01", object="return_full_time")
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == ["2026-01-01"]
    assert given.entitled("2026-05-31")["part_time"]["quotite"] == 80
    assert given.entitled("2026-06-01")["part_time"]["quotite"] == 100


def test_a_return_on_the_day_of_a_renewal_leaves_nothing_to_renew() -> None:
    given = decided(back(granted(), "2025-02-01", "2026-01-01"), "2025-03-01", object="return_full_time")
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == []
    assert given.entitled("2026-01-01")["part_time"]["quotite"] == 100


def test_a_return_decided_on_its_day_is_in_time() -> None:
    def code(on: str) -> str | None:
        return decided(back(granted(), "2025-02-01", "2025-06-01"), on, object="return_full_time").code()

    assert code("2025-06-01") is None
    assert code("2025-06-02") == "retroactive_decision"


def test_an_immediate_return_for_a_motif_grave() -> None:
    given = back(granted(), "2025-03-10", "2025-03-10", ground="motif_grave", reason="Divorce")
    assert decided(given, "2025-03-10", object="return_full_time").code() is None
    assert given.days("PartTimeEnded", "2028-02-01") == ["2025-03-10"]
    assert given.entitled("2025-03-10")["part_time"]["quotite"] == 100
    assert [one for one in given.result("2028-02-01")["deadlines"] if one["status"] == "open"] == []


def test_a_return_is_decided_jointly() -> None:
    given = back(granted(), "2025-02-01", "2025-06-01")
    given.when("2025-03-01", "part_time.decide", object="return_full_time", by="dg_chu", outcome="granted")
    assert given.code() == "missing_authority"


def test_a_refused_return_changes_nothing() -> None:
    given = back(granted(), "2025-02-01", "2025-06-01")
    assert decided(given, "2025-08-01", object="return_full_time", outcome="refused").code() is None
    assert given.days("PartTimeEnded", "2027-06-01") == []
    assert given.entitled("2025-09-01")["part_time"]["quotite"] == 80


# -- Withdrawal --------------------------------------------------------------------------------------


def withdrawn(given: Given, on: str) -> Given:
    return given.when(on, "part_time.withdraw")


def test_a_request_may_be_withdrawn_until_the_eve() -> None:
    assert withdrawn(Given().when(**asked()), "2024-12-31").code() is None
    assert withdrawn(Given().when(**asked()), "2025-01-01").code() == "invalid_state"


def test_a_grant_may_be_withdrawn_until_the_eve() -> None:
    assert withdrawn(granted(), "2024-12-31").code() is None
    assert withdrawn(granted(), "2025-01-01").code() == "invalid_state"


def test_an_office_may_allow_no_withdrawal_of_a_grant() -> None:
    never = {"withdraw.after_grant": "never"}
    assert withdrawn(granted(Given(choices=never)), "2024-12-31").code() == "invalid_state"
    assert withdrawn(Given(choices=never).when(**asked()), "2024-12-31").code() is None


def test_a_withdrawal_gives_the_rights_back() -> None:
    given = withdrawn(granted(), "2024-12-31")
    assert given.days("PartTimeWithdrawn") == ["2024-12-31"]
    assert given.entitled("2025-03-01")["part_time"] == {
        "quotite": 100,
        "pay_rate": "1.00",
        "weekly_half_days": "11",
        "annual_leave_half_days": {"2025": 50},
    }
    left = [one for one in given.result("2028-02-01")["deadlines"] if one["kind"] != "part_time_cng_information"]
    assert {one["status"] for one in left} == {"cancelled"}
    assert given.days("PartTimeLapsed", "2028-02-01") == []


def test_what_is_refused_or_withdrawn_is_not_withdrawn() -> None:
    assert withdrawn(withdrawn(granted(), "2024-12-03"), "2024-12-04").code() == "invalid_state"
    refused = decided(consulted(Given().when(**asked()), "2024-11-20"), "2024-12-02", outcome="refused")
    assert withdrawn(refused, "2024-12-03").code() == "invalid_state"


# -- Information of the CNG --------------------------------------------------------------------------


@pytest.mark.parametrize("corps", CAREER_CORPS)
def test_the_CNG_is_told_of_the_grant_on_the_day_of_the_decision(corps: str) -> None:
    given = granted(Given(corps))
    (event,) = given.events("CngInformationDue")
    assert (event["on"], event["basis"]) == ("2024-12-02", ["D2021-1645:28-2.4"])
    assert list(given.deadlines("part_time_cng_information", "2024-12-31")) == ["2024-12-02"]


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_the_CNG_is_not_told_of_categories_2_and_3(corps: str) -> None:
    given = changed(granted(Given(corps, nomination_ends_on="2029-10-31")), "2025-02-01", "2025-06-01")
    oppose(given, "2025-12-01")
    assert given.days("CngInformationDue", "2026-02-01") == []
    assert given.deadlines("part_time_cng_information", "2026-02-01") == {}
    assert given.when("2026-02-02", "part_time.inform_cng").code() == "invalid_state"


def test_the_CNG_is_told_of_a_change_on_the_day_of_the_decision() -> None:
    given = changed(granted(), "2025-02-01", "2025-06-01")
    assert given.days("CngInformationDue") == ["2024-12-02", "2025-02-01"]


def test_the_CNG_is_told_of_a_return_on_the_day_of_the_decision() -> None:
    given = decided(back(granted(), "2025-02-01", "2025-06-01"), "2025-03-01", object="return_full_time")
    assert given.days("CngInformationDue", "2026-02-01") == ["2024-12-02", "2025-03-01"]


def test_the_CNG_is_told_of_a_lapse_on_the_cap_day_and_not_of_tacit_renewals() -> None:
    assert granted().days("CngInformationDue", "2028-02-01") == ["2024-12-02", "2028-01-01"]


def test_the_CNG_is_told_of_an_opposed_end_on_the_day_of_the_end() -> None:
    assert oppose(granted(), "2025-12-01").days("CngInformationDue", "2026-02-01") == ["2024-12-02", "2026-01-01"]


def test_the_CNG_is_not_told_of_a_refusal() -> None:
    given = consulted(change(granted(), "2025-02-01", "2025-06-01"), "2025-02-02")
    decided(given, "2025-03-01", object="quotite", outcome="refused")
    assert given.days("CngInformationDue") == ["2024-12-02"]


def test_the_CNG_is_informed_once_for_all_that_is_due() -> None:
    given = granted().when("2024-12-05", "part_time.inform_cng")
    assert given.days("CngInformed") == ["2024-12-05"]
    assert given.when("2024-12-06", "part_time.inform_cng").code() == "invalid_state"


def test_the_CNG_may_still_be_informed_after_the_end() -> None:
    given = granted().when("2024-12-05", "part_time.inform_cng").when("2028-01-15", "part_time.inform_cng")
    assert given.code() is None


# -- Ends by the nomination --------------------------------------------------------------------------


@pytest.mark.parametrize("corps", TEMPORARY_CORPS)
def test_a_renewal_that_would_pass_the_term_is_cut_there(corps: str) -> None:
    given = granted(Given(corps, nomination_ends_on="2026-06-30"))
    (once,) = given.events("PartTimeRenewedTacitly", "2028-02-01")
    assert (once["on"], once["ends_on"]) == ("2026-01-01", "2026-06-30")
    (ended,) = given.events("PartTimeEnded", "2028-02-01")
    assert (ended["on"], ended["cause"]) == ("2026-07-01", "nomination_term")
    assert given.deadlines("part_time_express_renewal", "2028-02-01") == {}
    assert given.deadlines("part_time_express_renewal_reminder", "2028-02-01") == {}
    assert given.entitled("2026-06-30")["part_time"]["quotite"] == 80
    assert given.entitled("2026-07-01")["part_time"]["quotite"] == 100


def test_a_term_on_the_eve_of_a_renewal_leaves_nothing_to_renew() -> None:
    given = granted(Given("CCA", nomination_ends_on="2025-12-31"))
    assert given.days("PartTimeRenewedTacitly", "2028-02-01") == []
    assert given.days("PartTimeEnded", "2028-02-01") == ["2026-01-01"]


def test_a_term_on_the_eve_of_the_cap_takes_the_place_of_the_lapse() -> None:
    given = granted(Given("AHU", nomination_ends_on="2027-12-31"))
    (ended,) = given.events("PartTimeEnded", "2028-02-01")
    assert (ended["on"], ended["cause"]) == ("2028-01-01", "nomination_term")
    assert given.days("PartTimeLapsed", "2028-02-01") == []
    assert given.deadlines("part_time_express_renewal", "2028-02-01") == {}


def test_a_term_on_the_cap_day_leaves_the_lapse() -> None:
    given = granted(Given("AHU", nomination_ends_on="2028-01-01"))
    assert given.days("PartTimeLapsed", "2028-02-01") == ["2028-01-01"]
    assert given.days("PartTimeEnded", "2028-02-01") == []


def test_an_office_may_leave_the_PHU_unbound() -> None:
    free = {"part_time.phu_nomination_term": "ignored"}
    given = granted(Given("PHU", free, nomination_ends_on="2026-06-30"))
    assert given.days("PartTimeEnded", "2028-02-01") == []
    assert given.days("PartTimeLapsed", "2028-02-01") == ["2028-01-01"]


# -- Rights ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quotite", "rate", "week", "leave"),
    [
        (50, "0.50", "5.5", 25),
        (60, "0.60", "6.6", 30),
        (70, "0.70", "7.7", 35),
        (80, "0.80", "8.8", 40),
        (90, "0.90", "9.9", 45),
    ],
)
def test_the_rights_of_a_full_year(quotite: int, rate: str, week: str, leave: int) -> None:
    rights = granted(quotite=quotite).entitled("2025-03-01")["part_time"]
    assert rights == {
        "quotite": quotite,
        "pay_rate": rate,
        "weekly_half_days": week,
        "annual_leave_half_days": {"2025": leave},
    }


def test_a_request_gives_no_right() -> None:
    assert Given().when(**asked()).entitled("2025-03-01")["part_time"]["quotite"] == 100


@pytest.mark.parametrize(
    ("request_", "on", "leave"),
    [
        # 181 days at 50 and 184 at 30: 39.92; the other way round: 40.08
        ({"quotite": 60, "starts_on": "2025-07-01"}, "2025-08-01", {"2025": 40, "2026": 40}),
        # six months only are authorised so far: 181 days at 25, 184 at 50: 37.6
        ({"quotite": 50, "months": 6}, "2025-03-01", {"2025": 38}),
        # once renewed, the whole year
        ({"quotite": 50, "months": 6}, "2025-07-01", {"2025": 25}),
        # leap year: 183 days at 50 and 183 at 35 is 42.5, rounded up
        ({"quotite": 70, "starts_on": "2028-07-02", "months": 6}, "2028-08-01", {"2028": 43}),
    ],
)
def test_the_leave_of_a_mixed_year_is_pro_rata_of_its_days(
    request_: dict[str, Any], on: str, leave: dict[str, int]
) -> None:
    shown = granted(**request_).entitled(on)["part_time"]["annual_leave_half_days"]
    assert {year: shown[year] for year in leave} == leave


def test_the_leave_of_a_year_whose_quotite_changes() -> None:
    given = changed(granted(), "2025-02-01", "2025-07-01", 50)
    # 181 days at 40 and 184 at 25: 32.44
    assert given.entitled("2025-03-01")["part_time"]["annual_leave_half_days"]["2025"] == 32


PAY = {
    "remuneration_universitaire": "5000.00",
    "emoluments_hospitaliers": "5500.00",
    "indemnite_residence": "100.00",
    "primes": "200.00",
    "supplement_familial": "110.00",
    "retenue_pension_civile": "555.00",
    "charges_sociales": "300.00",
}


def test_pay_is_strictly_pro_rata_and_the_family_supplement_whole() -> None:
    given = granted(Given(pay=PAY))
    assert given.entitled("2024-12-31")["pay"] == {
        "remuneration_universitaire": "5000.00",
        "emoluments_hospitaliers": "5500.00",
        "supplement_familial": "110.00",
        "monthly_retenue": "0.00",
        "monthly_paid": "10910.00",
    }
    assert given.entitled("2025-01-01")["pay"] == {
        "remuneration_universitaire": "4000.00",
        "emoluments_hospitaliers": "4400.00",
        "supplement_familial": "110.00",
        "monthly_retenue": "0.00",
        "monthly_paid": "8750.00",
    }


def test_ninety_per_cent_is_paid_ninety_per_cent() -> None:
    pay = granted(Given(pay=PAY), quotite=90).entitled("2025-01-01")["pay"]
    assert (pay["remuneration_universitaire"], pay["monthly_paid"]) == ("4500.00", "9830.00")


def test_an_office_may_reduce_the_family_supplement() -> None:
    pay = granted(Given(choices={"part_time.sft": "pro_rata"}, pay=PAY)).entitled("2025-01-01")["pay"]
    assert (pay["supplement_familial"], pay["monthly_paid"]) == ("88.00", "8728.00")


def test_pay_is_rounded_half_up_once() -> None:
    cents = {"remuneration_universitaire": "5000.05", "emoluments_hospitaliers": "5000.05"}
    pay = granted(Given(pay=cents), quotite=70).entitled("2025-01-01")["pay"]
    assert (pay["remuneration_universitaire"], pay["monthly_paid"]) == ("3500.04", "7000.07")


# -- Several acts on one part time -------------------------------------------------------------------


def test_a_return_before_the_cap_undoes_an_express_renewal() -> None:
    given = back(renewed(), "2027-12-10", "2027-12-15", ground="motif_grave")
    decided(given, "2027-12-15", object="return_full_time")
    assert given.days("PartTimeRenewedExpressly", "2029-02-01") == []
    assert given.days("PartTimeLapsed", "2029-02-01") == []
    assert given.days("PartTimeEnded", "2029-02-01") == ["2027-12-15"]
    assert given.entitled("2028-02-01")["part_time"]["quotite"] == 100


def test_a_return_on_the_first_day_leaves_no_day_at_part_time() -> None:
    given = decided(
        back(granted(starts_on="2025-06-01"), "2025-02-01", "2025-06-01"), "2025-03-01", object="return_full_time"
    )
    assert given.days("PartTimeEnded", "2025-07-01") == ["2025-06-01"]
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 100
    assert given.entitled("2025-06-01")["part_time"]["annual_leave_half_days"]["2025"] == 50


def test_a_change_on_the_first_day_takes_the_place_of_the_authorised_quotite() -> None:
    given = changed(granted(starts_on="2025-06-01"), "2025-02-01", "2025-06-01", 50)
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 50


def test_changes_may_be_granted_out_of_the_order_of_their_days() -> None:
    given = changed(granted(), "2025-02-01", "2026-06-01", 50)
    changed(given, "2025-03-01", "2025-06-01", 60)
    shares = {day: given.entitled(day)["part_time"]["quotite"] for day in ("2025-05-31", "2025-06-01", "2026-06-01")}
    assert shares == {"2025-05-31": 80, "2025-06-01": 60, "2026-06-01": 50}


def test_an_express_renewal_of_a_leap_day_counts_from_the_end_of_february() -> None:
    given = granted(starts_on="2028-02-29")
    decided(consulted(renewal(given, "2031-01-05"), "2031-01-06"), "2031-02-01", object="renewal")
    assert given.days("PartTimeRenewedExpressly", "2034-06-01") == ["2031-02-28"]
    assert given.days("PartTimeLapsed", "2034-06-01") == ["2034-02-28"]


def test_a_second_express_renewal_opens_three_years_more() -> None:
    given = renewal(renewed(), "2030-10-01")
    decided(consulted(given, "2030-10-02"), "2030-11-01", object="renewal")
    assert given.days("PartTimeRenewedExpressly", "2034-06-01") == ["2028-01-01", "2031-01-01"]
    assert given.days("PartTimeLapsed", "2034-06-01") == ["2034-01-01"]


def test_an_opposition_after_an_express_renewal_ends_the_new_period() -> None:
    given = oppose(renewed(), "2028-06-01")
    assert given.code() is None
    assert given.days("PartTimeEnded", "2034-06-01") == ["2029-01-01"]


def test_a_part_time_that_follows_a_return_gives_its_own_quotite() -> None:
    given = decided(back(granted(), "2025-02-01", "2025-06-01"), "2025-02-15", object="return_full_time")
    given.when(**asked(on="2025-03-01", starts_on="2025-06-01", quotite=50), case="C2")
    decided(consulted(given, "2025-04-01", "C2"), "2025-05-02", "C2")
    assert given.code() is None
    assert given.entitled("2025-05-31")["part_time"]["quotite"] == 80
    assert given.entitled("2025-06-01")["part_time"]["quotite"] == 50
    # 151 days at 40 and 214 at 25: 31.21
    assert given.entitled("2025-06-01")["part_time"]["annual_leave_half_days"]["2025"] == 31


def test_an_earlier_change_leaves_the_later_renewal_its_own_quotite() -> None:
    given = renewal(granted(), "2027-09-01", quotite=50)
    decided(consulted(given, "2027-09-02"), "2027-09-03", object="renewal")
    changed(given, "2027-09-10", "2027-12-01", 90)
    shares = {day: given.entitled(day)["part_time"]["quotite"] for day in ("2027-12-01", "2027-12-31", "2028-01-01")}
    assert shares == {"2027-12-01": 90, "2027-12-31": 90, "2028-01-01": 50}


# -- Acts made before the reform on a part time that starts after it ---------------------------------


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("amend", {"quotite": 60, "effective_on": "2025-02-01"}),
        ("return_full_time", {"effective_on": "2025-02-01"}),
        ("return_full_time", {"effective_on": "2025-02-01", "ground": "motif_grave"}),
        ("oppose_renewal", {"by": "agent"}),
        ("request_renewal", {"months": 12}),
        ("withdraw", {}),
    ],
)
def test_an_act_made_before_the_reform_breaks_nothing(verb: str, fields: dict[str, Any]) -> None:
    early = consulted(Given().when(**asked(on="2024-09-02")), "2024-09-02")
    decided(early, "2024-09-02").when("2024-09-03", f"part_time.{verb}", **fields)
    assert early.code() in (None, "law_not_in_force")


def test_a_doctor_referred_to_before_the_reform_breaks_nothing() -> None:
    early = Given().when(**asked(on="2024-09-02", ground="de_droit_handicap"))
    assert early.when("2024-09-03", "part_time.refer_doctor").code() in (None, "law_not_in_force")
