"""Stage des MCU-PH, both sides of every limit of 51 and 15.I: dates were computed by hand, or day by day here."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from positions import WITH_POSITIONS
from scenario import Given

from domain.simulation import InputError

BODIES = ["conseil_ufr", "cme"]
MINISTERS = ["ministre_esr", "ministre_sante"]
PART_TIME_OPINIONS = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
JOINTLY = ["president_universite", "dg_chu"]


def stage(starts_on: str = "2025-01-01", on: str | None = None, choices: Any = None, **facts: Any) -> Given:
    known = {"corps": "MCU-PH", "statut": "stagiaire", **facts}
    return Given(choices=choices, registry=WITH_POSITIONS, **known).when(
        on or "2024-09-01", "stage.open", "ST", starts_on=starts_on
    )


def consulted(given: Given, on: str) -> Given:
    return given.when(on, "stage.give_opinion", "ST", by=BODIES, favourable=True)


def decided(given: Given, on: str, outcome: str = "titularise", by: Any = tuple(MINISTERS)) -> Given:
    return given.when(on, "stage.decide", "ST", by=list(by) if isinstance(by, tuple) else by, outcome=outcome)


def concluded(given: Given, on: str, outcome: str = "titularise") -> Given:
    return decided(consulted(given, on), on, outcome)


def absent(given: Given, first: str, days: int, kind: str = "maladie", on: str | None = None) -> Given:
    last = date.fromisoformat(first) + timedelta(days=days - 1)
    fields = {"from": first, "to": last.isoformat(), "kind": kind}
    return given.when(on or first, "stage.record_absence", "ST", **fields)


def delegated(given: Given, first: str, last: str, on: str = "2024-12-01", case: str = "D1") -> Given:
    return given.when(on, "delegation.hold", case, value="delegation", starts_on=first, ends_on=last)


def part_time(
    given: Given, starts_on: str = "2025-01-01", quotite: int = 80, months: int = 12, decided_on: str = "2024-12-15"
) -> Given:
    asked = {"quotite": quotite, "starts_on": starts_on, "months": months}
    given.when("2024-11-04", "part_time.request", "TP", **asked)
    given.when("2024-11-20", "part_time.give_opinion", "TP", by=PART_TIME_OPINIONS, favourable=True)
    return given.when(decided_on, "part_time.decide", "TP", by=JOINTLY, outcome="granted")


def moves(given: Given, until: str) -> list[tuple[str, str, str, str]]:
    return [(e["on"], e["old_due"], e["new_due"], e["cause"]) for e in given.events("StageEndMoved", until)]


def last_end(given: Given, until: str) -> str:
    """The end of the round as it now stands."""
    running = [due for due, status in given.deadlines("stage_end", until).items() if status != "cancelled"]
    return running[-1]


def effect(given: Given, on: str) -> tuple[str, str]:
    (event,) = concluded(given, on).events("StagiaireTitularised")
    return event["on"], event["seniority_from"]


# -- An independent walk: one weight a day -----------------------------------------------------------


def days_of(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


def end_of_round(start: str, statutory_days: int, weights: dict[date, Fraction]) -> str:
    """Walk from the start until the weights reach the statutory days; the next day is the end."""
    day, total = date.fromisoformat(start), Fraction(0)
    while total < statutory_days:
        total += weights.get(day, Fraction(1))
        day += timedelta(days=1)
    return day.isoformat()


def at(share: int, first: str, last: str) -> dict[date, Fraction]:
    return dict.fromkeys(days_of(first, last), Fraction(share, 100))


# -- Opening -----------------------------------------------------------------------------------------


def test_a_stage_opens_on_its_first_day_and_lasts_a_year() -> None:
    given = stage("2024-09-01", on="2024-07-15")
    (event,) = given.events("StageOpened")
    assert (event["on"], event["case"]) == ("2024-09-01", "ST")
    assert given.days("StageCompleted", "2026-01-01") == ["2025-09-01"]
    assert given.deadlines("stage_end", "2026-01-01") == {"2025-09-01": "fallen"}
    assert given.deadlines("stage_opinions_reminder", "2026-01-01") == {"2025-07-01": "fallen"}


@pytest.mark.parametrize(
    ("starts_on", "end", "reminder"),
    [
        ("2025-01-01", "2026-01-01", "2025-11-01"),
        ("2024-02-29", "2025-02-28", "2024-12-28"),
        ("2028-02-29", "2029-02-28", "2028-12-28"),
        ("2023-02-28", "2024-02-28", "2023-12-28"),
        ("2023-03-01", "2024-03-01", "2024-01-01"),
        ("2024-08-31", "2025-08-31", "2025-06-30"),
        ("2024-10-31", "2025-10-31", "2025-08-31"),
        ("2023-04-30", "2024-04-30", "2024-02-29"),
    ],
)
def test_the_end_and_the_reminder_are_counted_in_months(starts_on: str, end: str, reminder: str) -> None:
    given = stage(starts_on, on=starts_on)
    assert list(given.deadlines("stage_end")) == [end]
    assert list(given.deadlines("stage_opinions_reminder")) == [reminder]


def test_a_stage_opened_long_after_its_end_is_completed_on_its_day() -> None:
    late = stage("2022-09-01", on="2024-09-01")
    assert late.days("StageCompleted", "2024-09-02") == ["2023-09-01"]


@pytest.mark.parametrize("corps", ["PU-PH", "PHU", "CCA", "AHU", "PH"])
def test_only_a_MCU_PH_is_a_trainee(corps: str) -> None:
    assert stage(corps=corps).code() == "not_eligible"


def test_a_titulaire_is_not_a_trainee() -> None:
    assert stage(statut="titulaire").code() == "not_eligible"


def test_a_status_that_is_unknown_is_no_obstacle() -> None:
    assert Given("MCU-PH").when("2024-09-01", "stage.open", "ST", starts_on="2024-09-01").code() is None


def test_one_stage_is_open_at_a_time() -> None:
    def again(given: Given, on: str) -> str | None:
        return given.when(on, "stage.open", "S2", starts_on="2026-09-01").code()

    assert again(stage(), "2025-02-01") == "invalid_state"
    assert again(stage(), "2026-02-01") == "invalid_state"  # completed, not decided
    assert again(concluded(stage(), "2026-01-01", "licencie"), "2026-02-01") != "invalid_state"


def test_the_state_is_tested_before_the_eligibility() -> None:
    given = stage().when("2025-02-01", "agent.change_corps", case=None, corps="PU-PH", starts_on="2025-02-01")
    assert given.when("2025-02-02", "stage.open", "S2", starts_on="2025-03-01").code() == "invalid_state"


def test_the_decree_is_in_force_from_16_december_2021() -> None:
    assert stage("2021-12-15", on="2021-12-01").code() == "law_not_in_force"
    assert stage("2021-12-16", on="2021-12-01").code() is None


def test_eligibility_is_tested_before_the_law_in_force() -> None:
    assert stage("2021-01-01", on="2021-01-01", corps="PHU").code() == "not_eligible"


def test_a_used_case_is_said_first() -> None:
    assert stage().when("2025-02-01", "stage.open", "ST", starts_on="2020-01-01").code() == "duplicate_case"
    assert Given("MCU-PH").when("2025-02-01", "stage.decide", by="cng", outcome="titularise").code() == "unknown_case"


# -- The decision ------------------------------------------------------------------------------------


def test_a_stage_is_decided_from_the_day_of_its_end() -> None:
    assert concluded(stage("2024-09-01"), "2025-08-31").code() == "stage_not_completed"
    given = concluded(stage("2024-09-01"), "2025-09-01")
    assert given.code() is None
    (event,) = given.events("StagiaireTitularised")
    assert (event["on"], event["seniority_from"]) == ("2025-09-01", "2024-09-01")
    assert "D2021-1645:51.2" in event["basis"]


@pytest.mark.parametrize("outcome", ["titularise", "prolonge", "reintegre", "licencie"])
def test_no_outcome_comes_before_the_end(outcome: str) -> None:
    given = stage("2024-09-01", corps_origine="PH")
    assert concluded(given, "2025-08-31", outcome).code() == "stage_not_completed"


def test_there_is_no_tacit_titularisation() -> None:
    given = consulted(stage("2024-09-01"), "2025-06-01")
    assert given.days("StagiaireTitularised", "2030-01-01") == []
    assert given.days("StageCompleted", "2030-01-01") == ["2025-09-01"]
    assert decided(given, "2030-01-01").code() is None


@pytest.mark.parametrize("by", [[], ["conseil_ufr"], ["cme"]])
def test_both_opinions_are_needed(by: list[str]) -> None:
    given = stage("2024-09-01")
    if by:
        given.when("2025-06-01", "stage.give_opinion", "ST", by=by, favourable=True)
    assert decided(given, "2025-09-01").code() == "missing_opinion"


def test_opinions_may_be_unfavourable_and_may_come_after_the_end() -> None:
    given = stage("2024-09-01")
    given.when("2025-06-01", "stage.give_opinion", "ST", by="conseil_ufr", favourable=False)
    given.when("2025-10-01", "stage.give_opinion", "ST", by="cme", favourable=False)
    assert decided(given, "2025-10-02").code() is None


@pytest.mark.parametrize("by", ["ministre_esr", "ministre_sante", ["cng", "ministre_sante"]])
@pytest.mark.parametrize("outcome", ["titularise", "prolonge", "licencie"])
def test_both_ministers_sign(by: Any, outcome: str) -> None:
    given = consulted(stage("2024-09-01"), "2025-06-01")
    assert decided(given, "2025-09-01", outcome, by=by).code() == "missing_authority"


def test_the_authority_is_a_choice() -> None:
    given = consulted(stage("2024-09-01", choices={"stage.authority": ["cng"]}), "2025-06-01")
    assert decided(given, "2025-09-01", by="cng").code() is None


def test_the_order_of_refusals() -> None:
    def code(on: str, outcome: str, *, opinions: bool = False, **facts: Any) -> str | None:
        given = stage("2024-09-01", **facts)
        if opinions:
            consulted(given, "2025-06-01")
        return decided(given, on, outcome, by="cng").code()

    assert code("2025-08-31", "reintegre") == "stage_not_completed"
    assert code("2025-09-01", "reintegre") == "no_corps_origine"
    assert code("2025-09-01", "licencie", corps_origine="PH") == "reintegration_required"
    assert code("2025-09-01", "titularise") == "missing_opinion"
    assert code("2025-09-01", "titularise", opinions=True) == "missing_authority"


def test_an_agent_returns_to_the_corps_of_origin_on_the_day_of_the_decision() -> None:
    assert concluded(stage("2024-09-01"), "2025-09-15", "reintegre").code() == "no_corps_origine"
    given = concluded(stage("2024-09-01", corps_origine="PH"), "2025-09-15", "reintegre")
    assert given.days("StagiaireReintegrated") == ["2025-09-15"]


def test_an_agent_is_dismissed_on_the_day_of_the_decision() -> None:
    given = concluded(stage("2024-09-01"), "2025-09-15", "licencie")
    assert given.days("StagiaireDismissed") == ["2025-09-15"]


def test_an_official_is_not_dismissed_unless_the_office_allows_it() -> None:
    def code(**choices: Any) -> str | None:
        return concluded(stage("2024-09-01", choices=choices, corps_origine="PH"), "2025-09-15", "licencie").code()

    assert code() == "reintegration_required"
    assert code(**{"stage.dismiss_official": "allow"}) is None


@pytest.mark.parametrize("outcome", ["titularise", "reintegre", "licencie"])
def test_a_decided_stage_takes_no_further_act(outcome: str) -> None:
    facts = {"corps_origine": "PH"} if outcome == "reintegre" else {}

    def over() -> Given:
        return concluded(stage("2024-09-01", **facts), "2025-09-15", outcome)

    assert decided(over(), "2025-09-16").code() == "invalid_state"
    assert consulted(over(), "2025-09-16").code() == "invalid_state"
    assert absent(over(), "2025-09-16", 1).code() == "invalid_state"
    assert [d for d in over().result("2030-01-01")["deadlines"] if d["status"] == "open"] == []


def test_a_late_titularisation_takes_effect_on_the_end_of_the_stage() -> None:
    assert effect(stage("2024-09-01"), "2025-11-15") == ("2025-09-01", "2024-09-01")


def test_an_office_may_let_a_late_titularisation_take_effect_on_its_day() -> None:
    on_the_day = {"stage.late_decision": "decision_day"}
    assert effect(stage("2024-09-01", choices=on_the_day), "2025-11-15") == ("2025-11-15", "2024-11-15")
    assert effect(stage("2024-09-01", choices=on_the_day), "2025-09-01") == ("2025-09-01", "2024-09-01")


@pytest.mark.parametrize(
    ("starts_on", "on", "expected"),
    [
        # 28 February less twelve months is 28 February, and the stage began on the 29th
        ("2024-02-29", "2025-02-28", ("2025-02-28", "2024-02-29")),
        ("2027-02-28", "2028-02-28", ("2028-02-28", "2027-02-28")),
        ("2023-03-01", "2024-03-01", ("2024-03-01", "2023-03-01")),
    ],
)
def test_seniority_never_starts_before_the_stage(starts_on: str, on: str, expected: tuple[str, str]) -> None:
    assert effect(stage(starts_on, on=starts_on), on) == expected


# -- The last year -----------------------------------------------------------------------------------


def last_year(given: Given | None = None, on: str = "2025-09-01") -> Given:
    return concluded(given or stage("2024-09-01"), on, "prolonge")


def test_a_last_year_starts_on_the_end_of_the_first_round() -> None:
    given = last_year()
    (event,) = given.events("StageLastYearGranted")
    assert (event["on"], event["new_due"]) == ("2025-09-01", "2026-09-01")
    assert given.days("StageCompleted", "2027-01-01") == ["2025-09-01", "2026-09-01"]
    assert given.deadlines("stage_end", "2027-01-01") == {"2025-09-01": "fallen", "2026-09-01": "fallen"}
    assert given.deadlines("stage_opinions_reminder", "2027-01-01")["2026-07-01"] == "fallen"


def test_a_last_year_granted_late_still_starts_on_the_end_of_the_first_round() -> None:
    given = last_year(on="2025-12-01")
    (event,) = given.events("StageLastYearGranted")
    assert (event["on"], event["new_due"]) == ("2025-09-01", "2026-09-01")


def test_a_last_year_granted_after_it_would_have_ended_is_completed_on_its_day() -> None:
    given = last_year(on="2026-10-01")
    assert given.days("StageCompleted", "2026-10-02") == ["2025-09-01", "2026-09-01"]


def test_the_opinions_of_the_first_round_do_not_serve_the_second() -> None:
    assert decided(last_year(), "2026-09-01").code() == "missing_opinion"
    assert concluded(last_year(), "2026-08-31").code() == "stage_not_completed"
    assert concluded(last_year(), "2026-09-01").code() is None


def test_one_last_year_only() -> None:
    assert concluded(last_year(), "2026-09-01", "prolonge").code() == "extension_already_granted"
    assert decided(last_year(), "2026-09-01", "prolonge", by="cng").code() == "extension_already_granted"
    assert decided(last_year(), "2026-08-31", "prolonge").code() == "stage_not_completed"


def test_titularisation_after_the_last_year_keeps_one_year_of_seniority() -> None:
    assert effect(last_year(), "2026-12-01") == ("2026-09-01", "2025-09-01")


@pytest.mark.parametrize(("outcome", "facts"), [("reintegre", {"corps_origine": "PH"}), ("licencie", {})])
def test_the_last_year_may_end_otherwise(outcome: str, facts: dict[str, Any]) -> None:
    assert concluded(last_year(stage("2024-09-01", **facts)), "2026-10-01", outcome).code() is None


def test_a_stage_of_29_february_followed_by_a_last_year() -> None:
    given = last_year(stage("2024-02-29", on="2024-02-29"), on="2025-02-28")
    assert list(given.deadlines("stage_end", "2026-03-01")) == ["2025-02-28", "2026-02-28"]
    assert effect(given, "2026-02-28") == ("2026-02-28", "2025-02-28")


# -- Absences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "days", "end"),
    [
        ("2024-09-01", 35, "2025-09-01"),
        ("2024-09-01", 36, "2025-09-01"),
        ("2024-09-01", 37, "2025-09-02"),
        ("2024-09-01", 46, "2025-09-11"),
        ("2027-09-01", 36, "2028-09-01"),  # 366 days: the tenth is 36 too
        ("2027-09-01", 37, "2028-09-02"),
    ],
)
def test_paid_absences_count_up_to_the_tenth(starts_on: str, days: int, end: str) -> None:
    given = absent(stage(starts_on), f"{int(starts_on[:4]) + 1}-01-06", days)
    assert last_end(given, end) == end
    assert moves(given, end) == (
        [] if end[-2:] == "01" else [(given.json["steps"][1]["on"], f"{end[:8]}01", end, "absence")]
    )


def test_the_tenth_is_shared_by_all_paid_absences() -> None:
    given = absent(absent(stage("2024-09-01"), "2024-10-01", 20), "2025-02-01", 20, "paternite")
    assert moves(given, "2025-09-05") == [("2025-02-01", "2025-09-01", "2025-09-05", "absence")]


def test_an_absence_recorded_twice_counts_once() -> None:
    given = absent(absent(stage("2024-09-01"), "2025-01-06", 37), "2025-01-06", 37, on="2025-03-01")
    assert last_end(given, "2025-08-01") == "2025-09-02"


def test_unpaid_absences_do_not_count_and_spare_the_tenth() -> None:
    given = absent(stage("2024-09-01"), "2025-01-06", 10, "non_remunere")
    assert last_end(given, "2025-08-01") == "2025-09-11"
    absent(given, "2025-03-01", 36)
    assert last_end(given, "2025-08-01") == "2025-09-11"


def test_annual_leave_counts_and_spares_the_tenth() -> None:
    given = absent(stage("2024-09-01"), "2025-01-06", 60, "conge_annuel")
    absent(given, "2025-04-01", 36)
    assert list(given.deadlines("stage_end", "2025-09-02")) == ["2025-09-01"]


def test_an_absence_that_passes_the_end_of_the_round() -> None:
    given = absent(stage("2024-09-01"), "2025-08-25", 17, "non_remunere", on="2025-08-20")
    assert last_end(given, "2025-08-30") == "2025-09-18"


def test_an_absence_during_the_prolongation_prolongs_again() -> None:
    given = absent(stage("2024-09-01"), "2025-06-01", 10, "non_remunere")
    absent(given, "2025-09-05", 5, "non_remunere")
    assert moves(given, "2025-09-30") == [
        ("2025-06-01", "2025-09-01", "2025-09-11", "absence"),
        ("2025-09-05", "2025-09-11", "2025-09-16", "absence"),
    ]
    assert given.days("StageCompleted", "2025-09-30") == ["2025-09-16"]


def test_an_absence_outside_the_round_moves_nothing() -> None:
    given = absent(stage("2024-09-01"), "2024-07-01", 62, "non_remunere", on="2024-09-02")
    absent(given, "2025-09-01", 30, "non_remunere", on="2025-08-01")
    assert list(given.deadlines("stage_end", "2025-08-31")) == ["2025-09-01"]


def test_absences_are_recorded_while_a_round_runs() -> None:
    assert absent(stage("2024-09-01"), "2025-08-31", 1).code() is None
    assert absent(stage("2024-09-01"), "2025-08-31", 1, on="2025-09-01").code() == "invalid_state"


def test_an_absence_ends_after_it_begins() -> None:
    with pytest.raises(InputError):
        absent(stage("2024-09-01"), "2025-01-06", 0).code()


def test_deadlines_move_with_the_end() -> None:
    given = absent(stage("2024-09-01"), "2025-01-06", 10, "non_remunere")
    assert given.deadlines("stage_end", "2025-12-01") == {"2025-09-01": "cancelled", "2025-09-11": "fallen"}
    assert given.deadlines("stage_opinions_reminder", "2025-12-01") == {
        "2025-07-01": "cancelled",
        "2025-07-11": "fallen",
    }


def test_each_round_has_its_own_tenth() -> None:
    given = absent(last_year(absent(stage("2024-09-01"), "2025-01-06", 36)), "2026-01-05", 36)
    assert list(given.deadlines("stage_end", "2026-09-02")) == ["2025-09-01", "2026-09-01"]
    absent(given, "2026-03-02", 1)
    assert last_end(given, "2026-08-01") == "2026-09-02"


def test_an_absence_of_the_last_year_moves_the_last_year_only() -> None:
    given = absent(last_year(), "2026-01-05", 10, "non_remunere")
    assert moves(given, "2026-10-01") == [("2026-01-05", "2026-09-01", "2026-09-11", "absence")]
    assert effect(given, "2026-10-01") == ("2026-09-11", "2025-09-11")


def test_a_titularisation_follows_the_end_prolonged_by_illness() -> None:
    given = absent(stage("2024-09-01"), "2025-01-06", 37)
    assert effect(given, "2025-10-01") == ("2025-09-02", "2024-09-02")


@pytest.mark.parametrize("kind", ["maternite", "adoption", "paternite"])
def test_family_leave_prolongs_the_stage_and_not_the_day_of_titularisation(kind: str) -> None:
    given = absent(stage("2024-09-01"), "2025-01-06", 112, kind)
    assert last_end(given, "2025-08-01") == "2025-11-16"  # 112 less 36 is 76 days
    assert concluded(given, "2025-11-15").code() == "stage_not_completed"
    given = absent(stage("2024-09-01"), "2025-01-06", 112, kind)
    assert effect(given, "2025-11-16") == ("2025-09-01", "2024-09-01")


def test_family_leave_uses_the_tenth_of_the_stage_and_not_of_the_day_of_titularisation() -> None:
    given = absent(absent(stage("2024-09-01"), "2024-10-01", 40), "2025-01-06", 112, "maternite")
    assert last_end(given, "2025-08-01") == "2025-12-26"  # 152 less 36 is 116 days
    assert effect(given, "2025-12-26") == ("2025-09-05", "2024-09-05")


def test_no_absence_prolongs_when_the_office_reads_none() -> None:
    given = stage("2024-09-01", choices={"stage.absence": "none"})
    absent(absent(given, "2024-10-01", 30, "non_remunere"), "2025-01-06", 112, "maternite")
    assert list(given.deadlines("stage_end", "2025-09-02")) == ["2025-09-01"]


@pytest.mark.parametrize(
    ("kind", "end", "titularised"),
    [
        ("maladie", "2025-09-11", "2025-09-11"),
        ("non_remunere", "2025-09-11", "2025-09-11"),
        ("conge_annuel", "2025-09-01", "2025-09-01"),
        ("maternite", "2025-09-11", "2025-09-01"),
    ],
)
def test_every_absence_prolongs_but_annual_leave_when_the_office_reads_full(
    kind: str, end: str, titularised: str
) -> None:
    given = absent(stage("2024-09-01", choices={"stage.absence": "full"}), "2025-01-06", 10, kind)
    assert last_end(given, "2025-08-01") == end
    assert effect(given, end)[0] == titularised


# -- Part time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quotite", "granted_end", "renewed_end"),
    [
        # 80 %: 292 days counted, 73 left; then 91.25 at 80 %
        (80, "2026-03-15", "2026-04-03"),
        # 60 %: 219 days counted, 146 left; then 243.33 at 60 %
        (60, "2026-05-27", "2026-09-02"),
    ],
)
def test_part_time_moves_the_end_as_authorised_and_again_when_renewed(
    quotite: int, granted_end: str, renewed_end: str
) -> None:
    given = part_time(stage(), quotite=quotite)
    assert moves(given, "2026-12-31") == [
        ("2024-12-15", "2026-01-01", granted_end, "part_time"),
        ("2026-01-01", granted_end, renewed_end, "part_time"),
    ]
    assert given.days("StageCompleted", "2026-12-31") == [renewed_end]
    assert given.deadlines("stage_end", "2026-12-31") == {
        "2026-01-01": "cancelled",
        granted_end: "cancelled",
        renewed_end: "fallen",
    }
    assert effect(given, renewed_end)[0] == renewed_end


@pytest.mark.parametrize("quotite", [50, 60, 70, 80, 90])
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months"), [("2025-03-01", "2025-08-31", 6), ("2025-02-10", "2025-12-09", 10)]
)
def test_part_time_weighs_its_quotite_each_day(quotite: int, starts_on: str, ends_on: str, months: int) -> None:
    given = part_time(stage(), starts_on, quotite, months)
    expected = end_of_round("2025-01-01", 365, at(quotite, starts_on, ends_on))
    assert last_end(given, "2024-12-31") == expected


def test_part_time_does_not_move_the_end_when_the_office_reads_none() -> None:
    given = part_time(stage(choices={"stage.part_time": "none"}))
    assert moves(given, "2026-02-01") == []
    assert given.days("StageCompleted", "2026-02-01") == ["2026-01-01"]


def test_a_return_to_full_time_moves_the_end_back() -> None:
    given = part_time(stage())
    given.when("2025-02-01", "part_time.return_full_time", "TP", effective_on="2025-07-01")
    given.when("2025-03-01", "part_time.decide", "TP", object="return_full_time", by=JOINTLY, outcome="granted")
    # 181 days at 80 % are 144.8; 220.2 are left
    assert moves(given, "2026-12-31") == [
        ("2024-12-15", "2026-01-01", "2026-03-15", "part_time"),
        ("2025-03-01", "2026-03-15", "2026-02-07", "part_time"),
    ]


def test_a_change_of_quotite_moves_the_end() -> None:
    given = part_time(stage())
    given.when("2025-02-01", "part_time.amend", "TP", quotite=50, effective_on="2025-07-01")
    given.when("2025-02-01", "part_time.give_opinion", "TP", by=PART_TIME_OPINIONS, favourable=True)
    given.when("2025-03-01", "part_time.decide", "TP", object="quotite", by=JOINTLY, outcome="granted")
    weights = at(80, "2025-01-01", "2025-06-30") | at(50, "2025-07-01", "2025-12-31")
    assert last_end(given, "2025-12-31") == end_of_round("2025-01-01", 365, weights)
    assert moves(given, "2025-12-31")[-1][0] == "2025-03-01"


def test_a_part_time_withdrawn_brings_the_first_end_back() -> None:
    given = part_time(stage()).when("2024-12-20", "part_time.withdraw", "TP")
    assert moves(given, "2024-12-31") == [
        ("2024-12-15", "2026-01-01", "2026-03-15", "part_time"),
        ("2024-12-20", "2026-03-15", "2026-01-01", "part_time"),
    ]
    assert given.deadlines("stage_end", "2026-02-01") == {"2026-01-01": "fallen", "2026-03-15": "cancelled"}
    assert given.days("StageCompleted", "2026-02-01") == ["2026-01-01"]


def test_an_opposed_part_time_is_not_counted_beyond_its_end() -> None:
    given = part_time(stage()).when("2025-12-01", "part_time.oppose_renewal", "TP", by="agent")
    assert given.days("StageCompleted", "2026-12-31") == ["2026-03-15"]


def test_weights_multiply_when_absence_and_part_time_overlap() -> None:
    given = absent(part_time(stage()), "2025-02-01", 50)
    days = sorted(days_of("2025-02-01", "2025-03-22"))
    weights = at(80, "2025-01-01", "2025-12-31") | dict.fromkeys(days[36:], Fraction(0))
    assert last_end(given, "2025-06-01") == end_of_round("2025-01-01", 365, weights)


def test_unpaid_days_at_part_time_weigh_nothing() -> None:
    given = absent(part_time(stage(), quotite=60), "2025-02-01", 10, "non_remunere")
    weights = at(60, "2025-01-01", "2025-12-31") | at(0, "2025-02-01", "2025-02-10")
    assert last_end(given, "2025-06-01") == end_of_round("2025-01-01", 365, weights)


def test_part_time_in_the_last_year_moves_the_last_year_only() -> None:
    given = part_time(last_year(stage("2023-11-01", on="2023-11-01"), on="2024-11-02"), "2025-01-01")
    assert moves(given, "2025-06-01") == [("2024-12-15", "2025-11-01", last_end(given, "2025-06-01"), "part_time")]
    expected = end_of_round("2024-11-01", 365, at(80, "2025-01-01", "2025-12-31"))
    assert last_end(given, "2025-06-01") == expected


def test_a_last_year_begun_at_part_time_counts_it_at_once() -> None:
    given = part_time(stage())
    concluded(given, "2026-04-03", "prolonge")
    (event,) = given.events("StageLastYearGranted")
    first_end = "2026-04-03"
    expected = end_of_round(first_end, 365, at(80, "2026-04-03", "2026-12-31"))
    assert (event["on"], event["new_due"]) == (first_end, expected)


# -- Délégation --------------------------------------------------------------------------------------


def test_a_delegation_prolongs_the_stage_and_not_the_day_of_titularisation() -> None:
    given = delegated(stage(), "2025-03-01", "2025-08-31")  # 184 days
    assert moves(given, "2025-12-31") == [("2024-12-01", "2026-01-01", "2026-07-04", "delegation")]
    assert concluded(given, "2026-07-03").code() == "stage_not_completed"
    given = delegated(stage(), "2025-03-01", "2025-08-31")
    assert effect(given, "2026-07-04") == ("2026-01-01", "2025-01-01")
    (event,) = given.events("StagiaireTitularised")
    assert "D2021-1645:15.I.3" in event["basis"]


def test_a_delegation_that_passes_the_end_keeps_the_round_open() -> None:
    given = delegated(stage(), "2025-12-22", "2026-06-30")
    assert given.days("StageCompleted", "2026-12-31") == ["2026-07-11"]  # ten days were left


def test_days_of_delegation_do_not_use_the_tenth() -> None:
    given = absent(delegated(stage(), "2025-03-01", "2025-08-31"), "2025-04-01", 40)
    absent(given, "2025-10-01", 36)
    assert last_end(given, "2025-12-31") == "2026-07-04"
    absent(given, "2025-11-15", 1)
    assert last_end(given, "2025-12-31") == "2026-07-05"


def test_a_mission_temporaire_does_not_prolong_the_stage() -> None:
    given = stage().when(
        "2024-12-01", "delegation.hold", "M1", value="mission_temporaire", starts_on="2025-03-01", ends_on="2025-05-31"
    )
    assert given.days("StageCompleted", "2026-12-31") == ["2026-01-01"]


def test_a_delegation_of_the_first_round_does_not_delay_the_titularisation_after_the_last_year() -> None:
    given = concluded(delegated(stage(), "2025-03-01", "2025-08-31"), "2026-07-04", "prolonge")
    (event,) = given.events("StageLastYearGranted")
    assert (event["on"], event["new_due"]) == ("2026-07-04", "2027-07-04")
    assert effect(given, "2027-07-04") == ("2027-01-01", "2026-01-01")


def test_a_delegation_and_an_illness_prolong_each_its_own() -> None:
    given = absent(delegated(stage(), "2025-03-01", "2025-08-31"), "2025-10-01", 40)
    assert last_end(given, "2025-12-31") == "2026-07-08"
    assert effect(given, "2026-07-08") == ("2026-01-05", "2025-01-05")


# -- Leaving -----------------------------------------------------------------------------------------


def test_leaving_the_functions_closes_the_stage() -> None:
    given = stage().when("2025-05-01", "delegation.hold", "X", value="hors_cadre", starts_on="2025-05-01")
    (event,) = given.events("StageClosed", "2026-02-01")
    assert (event["on"], event["cause"]) == ("2025-05-01", "cessation")
    assert given.days("StageCompleted", "2026-02-01") == []
    assert given.deadlines("stage_end", "2026-02-01") == {"2026-01-01": "cancelled"}


def test_a_dismissal_ends_a_running_part_time() -> None:
    given = concluded(part_time(stage()), "2026-04-03", "licencie")
    (ended,) = given.events("PartTimeEnded", "2027-06-01")
    assert (ended["on"], ended["cause"]) == ("2026-04-03", "cessation")
    assert given.entitled("2026-04-03")["part_time"]["quotite"] == 100
    assert given.days("PartTimeRenewedTacitly", "2027-06-01") == ["2026-01-01"]


def test_nobody_goes_part_time_after_a_dismissal() -> None:
    given = concluded(stage(), "2026-01-02", "licencie")
    given.when("2026-02-01", "part_time.request", "TP", quotite=80, starts_on="2026-06-01", months=6)
    assert given.code() == "position_incompatible"
