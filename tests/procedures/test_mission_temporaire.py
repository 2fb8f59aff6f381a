"""Mission temporaire, both sides of every limit of its article: dates, units and amounts were computed by hand.

The agent entered on 2 November 2019 unless said otherwise: the two years run to 1 November 2021, 2023, 2025, 2027,
the eight years to 1 November 2027.
"""

from typing import Any

import pytest
from placements import asked as asked_position
from placements import granted as granted_position
from placements import standing, violations
from scenario import Given

from domain.simulation import InputError

ENTRY = "2019-11-02"
DEANS = ["directeur_ufr", "dg_chu"]
MINISTERS = ["ministre_esr", "ministre_sante"]
NOTHING = {"months": 0, "weeks": 0, "days": 0}
YEAR = {"months": 12, "weeks": 0, "days": 0}
IN_ADVANCE: dict[str, Any] = {"basis": "anticipated", "commitment_accepted": True}
CARRIED: dict[str, Any] = {"basis": "carry_over", "project": "Un projet"}


def agent(corps: str | None = "PU-PH", hu_entry_on: str | None = ENTRY, **more: Any) -> Given:
    entry: dict[str, Any] = {} if hu_entry_on is None else {"hu_entry_on": hu_entry_on}
    return Given(corps, **entry, **more)


def asked(given: Given, starts_on: str, ends_on: str, case: str = "C1", on: str = "2025-01-06", **more: Any) -> Given:
    said = {"basis": "ordinary", "starts_on": starts_on, "ends_on": ends_on, **more}
    return given.when(on, "mission_temporaire.request", case, **said)


def decided(given: Given, case: str = "C1", on: str = "2025-01-20", outcome: str = "granted", **more: Any) -> Given:
    return given.when(on, "mission_temporaire.decide", case, **{"by": DEANS, "outcome": outcome, **more})


def granted(given: Given, starts_on: str, ends_on: str, case: str = "C1", on: str = "2025-01-06", **more: Any) -> Given:
    return decided(asked(given, starts_on, ends_on, case, on, **more), case, on)


def a_year_in_advance(given: Given | None = None, **more: Any) -> Given:
    """From 1 September 2025 to 31 August 2026: the commitment runs to 31 August 2029, 1096 days."""
    return granted(given or agent(), "2025-09-01", "2026-08-31", **{**IN_ADVANCE, **more})


def paid(given: Given, on: str = "2026-09-15", amount: str = "114000.00", case: str = "C1") -> Given:
    return given.when(on, "mission_temporaire.record_pay", case, amount=amount)


def breached(given: Given, on: str, case: str = "C1") -> Given:
    return given.when(on, "mission_temporaire.breach", case, reason="prive")


def withdrawn(given: Given, on: str, case: str = "C1") -> Given:
    return given.when(on, "mission_temporaire.withdraw", case)


def ended(given: Given, on: str, ends_on: str, case: str = "C1") -> Given:
    return given.when(on, "mission_temporaire.end_early", case, ends_on=ends_on)


def open_rights(given: Given, on: str) -> dict[str, Any]:
    rights: dict[str, Any] = given.entitled(on)["mission_temporaire"]
    return rights


def months(number: int, weeks: int = 0, days: int = 0) -> dict[str, int]:
    return {"months": number, "weeks": weeks, "days": days}


# -- Who may ask, and since when ---------------------------------------------------------------------


@pytest.mark.parametrize("corps", ["PU-PH", "MCU-PH", "PHU", "CCA", "AHU", None])
def test_every_category_may_ask(corps: str | None) -> None:
    assert asked(agent(corps), "2025-03-01", "2025-05-31").code() is None


def test_a_stagiaire_may_ask() -> None:
    assert asked(agent("MCU-PH", statut="stagiaire"), "2025-03-01", "2025-05-31").code() is None


@pytest.mark.parametrize(("corps", "entry"), [("PH", ENTRY), ("PU-PH", None), ("PU-PH", "2025-03-02")])
def test_another_corps_or_an_entry_unknown_or_to_come_is_not_eligible(corps: str, entry: str | None) -> None:
    assert asked(agent(corps, entry), "2025-03-01", "2025-05-31").code() == "not_eligible"


def test_the_first_day_in_the_functions_may_be_the_first_of_a_mission() -> None:
    assert asked(agent(hu_entry_on="2025-03-01"), "2025-03-01", "2025-05-31").code() is None


@pytest.mark.parametrize(("starts_on", "code"), [("2021-12-15", "law_not_in_force"), ("2021-12-16", None)])
def test_the_decree_is_in_force_from_16_december_2021(starts_on: str, code: str | None) -> None:
    assert asked(agent(), starts_on, "2022-01-15", on="2021-12-01").code() == code


@pytest.mark.parametrize(("starts_on", "code"), [("2024-10-18", "law_not_in_force"), ("2024-10-19", None)])
def test_rights_may_be_anticipated_from_19_october_2024(starts_on: str, code: str | None) -> None:
    assert asked(agent(), starts_on, "2025-01-15", on="2024-10-01", **IN_ADVANCE).code() == code


def test_a_mission_ends_on_or_after_its_first_day() -> None:
    assert asked(agent(), "2025-03-01", "2025-02-28").code() == "bad_period"
    assert asked(agent(), "2025-03-01", "2025-03-01").code() is None


def test_a_fact_that_is_unknown_is_said_on_the_request() -> None:
    assert asked(agent(None), "2025-03-01", "2025-05-31").events("MissionTemporaireRequested")[0]["warnings"] == [
        "fact_missing:corps"
    ]
    assert asked(agent("CCA"), "2025-03-01", "2025-05-31").events("MissionTemporaireRequested")[0]["warnings"] == [
        "fact_missing:nomination_ends_on"
    ]


# -- Where a mission may be placed -------------------------------------------------------------------


def test_a_mission_starts_from_activity() -> None:
    away = granted_position(agent(), "delegation", "2025-03-01", "2025-08-31", "D1", pay_monthly="3000.00")
    assert asked(away, "2025-08-31", "2025-09-30", on="2025-02-03").code() == "position_incompatible"
    away.json["steps"].pop()
    assert asked(away, "2025-09-01", "2025-09-30", on="2025-02-03").code() is None


def test_a_mission_runs_into_no_other_position() -> None:
    away = granted_position(agent(), "delegation", "2025-03-01", "2025-08-31", "D1", pay_monthly="3000.00")
    assert asked(away, "2025-02-10", "2025-03-01", on="2025-02-03").code() == "position_incompatible"


def test_the_position_is_looked_at_again_at_the_grant() -> None:
    given = asked(agent(), "2025-03-01", "2025-03-31")
    granted_position(given, "delegation", "2025-03-15", "2025-08-31", "D1", pay_monthly="3000.00")
    assert decided(given).code() == "position_incompatible"


def test_a_position_that_is_only_asked_holds_nothing() -> None:
    pending = asked_position(agent(), "delegation", "2025-01-02", "2025-03-01", "2025-08-31", "D1")
    assert asked(pending, "2025-03-01", "2025-03-31").code() is None


def test_a_suspended_agent_starts_no_mission() -> None:
    given = agent().when("2025-01-02", "discipline.open", "DI", by=MINISTERS)
    said = {"procedure": "DI", "by": MINISTERS, "starts_on": "2025-01-03", "retenue": "0"}
    given.when("2025-01-03", "suspension.decide", "SU", **said)
    assert asked(given, "2025-03-01", "2025-03-31").code() == "position_incompatible"


@pytest.mark.parametrize(("starts_on", "code"), [("2025-03-31", "overlapping_mission"), ("2025-04-01", None)])
def test_missions_pending_or_granted_do_not_overlap(starts_on: str, code: str | None) -> None:
    assert asked(asked(agent(), "2025-03-01", "2025-03-31"), starts_on, "2025-04-15", "C2").code() == code
    assert asked(granted(agent(), "2025-03-01", "2025-03-31"), starts_on, "2025-04-15", "C2").code() == code


def test_a_mission_ended_early_still_holds_its_days() -> None:
    given = ended(granted(agent(), "2025-03-01", "2025-03-31"), "2025-03-02", "2025-03-20")
    assert asked(given, "2025-03-20", "2025-03-25", "C2", on="2025-03-03").code() == "overlapping_mission"
    given.json["steps"].pop()
    assert asked(given, "2025-03-21", "2025-03-25", "C2", on="2025-03-03").code() is None


@pytest.mark.parametrize("corps", ["PHU", "CCA", "AHU"])
@pytest.mark.parametrize(("ends_on", "code"), [("2025-04-30", None), ("2025-05-01", "beyond_nomination_term")])
def test_a_temporary_nomination_is_not_passed(corps: str, ends_on: str, code: str | None) -> None:
    given = agent(corps, nomination_ends_on="2025-04-30")
    assert asked(given, "2025-03-01", ends_on).code() == code


def test_a_mission_leaves_part_time_running() -> None:
    given = granted_position(agent(), "part_time", "2025-02-01", "2026-01-31", "TP", on="2025-01-02")
    granted(given, "2025-03-01", "2025-03-31")
    assert given.events("PartTimeEnded", "2025-06-01") == []
    assert given.entitled("2025-03-15")["part_time"]["quotite"] == 80


def test_a_mission_does_not_prolong_the_stage() -> None:
    given = agent("MCU-PH", statut="stagiaire", hu_entry_on="2025-01-01")
    given.when("2025-01-01", "stage.open", "S", starts_on="2025-01-01")
    granted(given, "2025-03-01", "2025-03-31")
    assert given.days("StageEndMoved") == []


# -- Three months per period of two years ------------------------------------------------------------


@pytest.mark.parametrize(("ends_on", "code"), [("2025-05-31", None), ("2025-06-01", "mission_limit_exceeded")])
def test_three_months_to_the_day(ends_on: str, code: str | None) -> None:
    assert asked(agent(), "2025-03-01", ends_on).code() == code


def test_what_is_left_is_counted_in_months_weeks_and_days() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20")  # one month to 2 March, then eighteen days: 48 of 90
    assert open_rights(given, "2025-03-21")["ordinary_available"] == months(1, 1, 5)
    assert given.events("CarryOverCredited", "2027-11-02") == [
        {
            "type": "CarryOverCredited",
            "on": "2027-11-02",
            "case": "mission_rights",
            "basis": ["D2021-1645:mission-temporaire.II.3"],
            **months(10, 1, 5),
        }
    ]


def test_what_is_left_may_be_taken_to_the_day() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20")
    assert asked(given, "2025-06-01", "2025-07-13", "C2").code() == "mission_limit_exceeded"  # 43
    given.json["steps"].pop()
    assert asked(given, "2025-06-01", "2025-07-12", "C2").code() is None  # one month and twelve days: 42


def test_a_mission_is_cut_at_the_border_of_the_two_years() -> None:
    given = granted(agent(), "2025-10-01", "2026-01-15")  # 1 month and 1 day, then 2 months and 14 days
    assert open_rights(given, "2025-10-15")["ordinary_available"] == months(1, 4, 1)
    assert open_rights(given, "2025-12-01")["ordinary_available"] == months(0, 2, 2)


@pytest.mark.parametrize(("ends_on", "code"), [("2026-02-01", None), ("2026-02-02", "mission_limit_exceeded")])
def test_each_part_must_fit(ends_on: str, code: str | None) -> None:
    assert asked(agent(), "2025-10-31", ends_on).code() == code


def test_what_two_years_leave_is_not_usable_in_the_next() -> None:
    assert asked(agent(), "2025-11-02", "2026-02-02").code() == "mission_limit_exceeded"


def test_a_pending_mission_takes_its_days_until_it_is_refused_or_withdrawn() -> None:
    given = asked(agent(), "2025-03-01", "2025-05-31")
    assert asked(given, "2025-06-01", "2025-06-01", "C2").code() == "mission_limit_exceeded"
    given.json["steps"].pop()
    assert open_rights(given, "2025-01-07")["ordinary_available"] == NOTHING
    decided(given, outcome="refused", by=DEANS)
    assert open_rights(given, "2025-01-21")["ordinary_available"] == months(3)
    assert asked(given, "2025-06-01", "2025-06-01", "C2", on="2025-01-21").code() is None


def test_an_early_end_gives_back_what_is_not_done() -> None:
    given = ended(granted(agent(), "2025-03-01", "2025-05-31"), "2025-04-01", "2025-04-15")
    assert given.days("MissionTemporaireEnded") == ["2025-04-16"]
    assert open_rights(given, "2025-04-16")["ordinary_available"] == months(1, 2, 1)  # 45 done


def test_rights_follow_the_agent_from_corps_to_corps() -> None:
    given = granted(agent("CCA", nomination_ends_on="2025-08-31"), "2025-03-01", "2025-05-31")
    given.when("2025-08-01", "agent.change_corps", None, corps="PU-PH", starts_on="2025-09-01")
    assert asked(given, "2025-10-01", "2025-10-01", "C2", on="2025-09-02").code() == "mission_limit_exceeded"


@pytest.mark.parametrize(("ends_on", "code"), [("2025-05-29", None), ("2025-05-30", "mission_limit_exceeded")])
def test_calendar_days_may_be_counted_instead(ends_on: str, code: str | None) -> None:
    assert asked(agent(choices={"mt.unit": "calendar_days"}), "2025-03-01", ends_on).code() == code


def test_civil_years_may_make_the_two_years() -> None:
    given = granted(agent(choices={"mt.window": "civil"}), "2024-12-01", "2025-02-28", on="2024-11-04")
    assert open_rights(given, "2024-12-15")["window"] == {"from": "2023-01-01", "to": "2024-12-31"}
    assert open_rights(given, "2024-12-15")["ordinary_available"] == months(2)
    assert open_rights(given, "2025-01-15")["window"] == {"from": "2025-01-01", "to": "2026-12-31"}
    assert open_rights(given, "2025-01-15")["ordinary_available"] == months(1)


def test_the_first_civil_years_begin_with_the_functions() -> None:
    given = asked(
        agent(hu_entry_on="2022-03-10", choices={"mt.window": "civil"}), "2022-05-01", "2022-05-31", on="2022-04-01"
    )
    assert open_rights(given, "2022-04-01")["window"] == {"from": "2022-03-10", "to": "2022-12-31"}


@pytest.mark.parametrize(("day", "code"), [("2027-03-01", "mission_limit_exceeded"), ("2027-03-02", None)])
def test_any_twenty_four_months_may_make_the_two_years(day: str, code: str | None) -> None:
    given = granted(agent(choices={"mt.window": "rolling"}), "2025-03-01", "2025-05-31")
    assert asked(given, day, day, "C2").code() == code  # from 3 March 2025 the first one is 2 months and 29 days


def test_rolling_rights_open_again_as_days_leave_the_twenty_four_months() -> None:
    given = granted(agent(choices={"mt.window": "rolling"}), "2025-03-01", "2025-05-31")
    assert open_rights(given, "2025-06-01")["ordinary_available"] == NOTHING
    assert open_rights(given, "2027-06-01") | {"ledger": []} == {
        "window": {"from": "2025-06-02", "to": "2027-06-01"},
        "ordinary_available": months(3),
        "carry_over_available": NOTHING,
        "anticipated_available": YEAR,
        "commitment": None,
        "ledger": [],
    }


# -- What eight years leave --------------------------------------------------------------------------


def test_past_periods_of_eight_years_are_credited_before_the_first_act() -> None:
    given = asked(agent(hu_entry_on="1999-11-02"), "2025-03-01", "2025-03-31")
    assert given.days("CarryOverCredited") == ["2007-11-02", "2015-11-02", "2023-11-02"]
    assert given.deadlines("mission_temporaire_block_end") == {
        "2007-11-02": "fallen",
        "2015-11-02": "fallen",
        "2023-11-02": "fallen",
        "2031-11-02": "open",
    }


def test_an_entry_learnt_later_arms_the_periods_of_eight_years() -> None:
    given = agent(hu_entry_on=None)
    given.when("2025-01-06", "agent.record_facts", None, facts={"hu_entry_on": "2010-01-01"})
    assert given.days("CarryOverCredited", "2025-01-07") == ["2018-01-01"]
    assert standing(given.deadlines("mission_temporaire_block_end", "2025-01-07")) == ["2018-01-01", "2026-01-01"]


def test_eight_years_fully_used_credit_nothing_but_say_so() -> None:
    full = agent(hu_entry_on="2022-01-01")
    for year in (2022, 2024, 2026, 2028):
        granted(full, f"{year}-02-01", f"{year}-04-30", f"C{year}", on="2022-01-10")
    credit = full.events("CarryOverCredited", "2030-01-01")
    assert [(one["on"], one["months"], one["weeks"], one["days"]) for one in credit] == [("2030-01-01", 0, 0, 0)]


@pytest.mark.parametrize(("on", "code"), [("2025-02-28", "carry_over_insufficient"), ("2025-03-01", None)])
def test_a_credit_is_usable_from_the_day_after_the_eight_years(on: str, code: str | None) -> None:
    given = agent(hu_entry_on="2017-03-01")
    assert asked(given, "2025-09-01", "2026-08-31", on=on, **CARRIED).code() == code


def test_a_credit_is_not_passed_and_is_charged_uncut() -> None:
    given = agent(hu_entry_on="2017-03-01")
    assert asked(given, "2025-09-01", "2026-09-01", on="2025-03-01", **CARRIED).code() == "carry_over_insufficient"
    given.json["steps"].pop()
    granted(given, "2027-02-01", "2027-03-15", on="2025-03-01", **CARRIED)  # across a border: 1 month, 15 days
    assert open_rights(given, "2025-03-02")["carry_over_available"] == months(10, 2, 1)
    assert open_rights(given, "2025-03-02")["ordinary_available"] == months(3)


def test_a_carried_mission_needs_a_project() -> None:
    given = agent(hu_entry_on="2017-03-01")
    assert asked(given, "2025-09-01", "2025-12-31", on="2025-03-01", basis="carry_over").code() == "missing_project"


def test_the_project_is_asked_for_before_the_credit() -> None:
    given = asked(agent(), "2025-09-01", "2025-12-31", basis="carry_over")
    assert violations(given) == ["missing_project", "carry_over_insufficient"]


def test_the_credit_of_the_last_eight_years_replaces_the_former_one() -> None:
    given = agent(hu_entry_on="2009-01-01")
    asked(given, "2025-03-01", "2025-03-31")
    assert open_rights(given, "2025-02-01")["carry_over_available"] == YEAR


def test_credits_may_add_up_instead() -> None:
    given = agent(hu_entry_on="2009-01-01", choices={"mt.carry_over": "cumulative"})
    granted(given, "2025-03-01", "2026-06-30", on="2025-01-06", **CARRIED)  # sixteen months of twenty-four
    assert open_rights(given, "2025-02-01")["carry_over_available"] == months(8)


def test_a_carried_mission_is_charged_to_the_credit_of_the_day_it_was_asked() -> None:
    given = agent(hu_entry_on="2009-01-01")
    granted(given, "2025-03-01", "2025-12-31", on="2024-11-04", **CARRIED)
    assert open_rights(given, "2024-11-05")["carry_over_available"] == months(2)
    assert open_rights(given, "2025-02-01")["carry_over_available"] == YEAR


def test_an_act_that_comes_late_corrects_the_credit() -> None:
    given = agent(hu_entry_on="2017-03-01", choices={"decide.retroactive": "warn"})
    granted(given, "2025-02-01", "2025-02-28", on="2025-03-10")
    credit = given.events("CarryOverCredited", "2025-03-11")
    assert [(one["on"], one["months"]) for one in credit] == [("2025-03-01", 12), ("2025-03-01", 11)]
    assert open_rights(given, "2025-03-11")["carry_over_available"] == months(11)


@pytest.mark.parametrize(
    ("last_report_on", "ends_on", "due"),
    [
        ("2022-03-15", "2027-03-14", "2027-03-15"),
        ("2022-03-15", "2027-03-15", "2032-03-15"),
        (None, "2026-12-31", "2027-03-01"),
    ],
)
def test_the_report_comes_with_the_next_one_of_article_40(last_report_on: str | None, ends_on: str, due: str) -> None:
    reported = {} if last_report_on is None else {"last_report_on": last_report_on}
    given = granted(agent(hu_entry_on="2017-03-01", **reported), "2026-12-01", ends_on, on="2025-03-01", **CARRIED)
    assert given.deadlines("mission_temporaire_report") == {due: "open"}
    assert given.deadlines("mission_temporaire_report", due) == {due: "fallen"}


def test_the_report_may_come_at_the_end_of_the_mission() -> None:
    given = agent(hu_entry_on="2017-03-01", choices={"mt.report": "after_mission"})
    granted(given, "2026-12-01", "2026-12-31", on="2025-03-01", **CARRIED)
    assert list(given.deadlines("mission_temporaire_report")) == ["2027-01-01"]


def test_an_ordinary_mission_owes_no_report() -> None:
    assert granted(agent(), "2025-03-01", "2025-03-31").deadlines("mission_temporaire_report") == {}


# -- Twelve months in advance ------------------------------------------------------------------------


@pytest.mark.parametrize(("ends_on", "code"), [("2026-08-31", None), ("2026-09-01", "duration_exceeds_maximum")])
def test_a_year_at_most_in_advance(ends_on: str, code: str | None) -> None:
    assert asked(agent(), "2025-09-01", ends_on, **IN_ADVANCE).code() == code


@pytest.mark.parametrize(("ends_on", "code"), [("2026-07-12", None), ("2026-07-13", "anticipated_limit_exceeded")])
def test_what_was_taken_in_the_running_two_years_is_deducted(ends_on: str, code: str | None) -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20")  # 48 units: 312 are left, 10 months and 12 days
    assert asked(given, "2025-09-01", ends_on, "C2", **IN_ADVANCE).code() == code


def test_the_running_two_years_may_be_left_alone() -> None:
    given = granted(agent(choices={"mt.deduct_current_window": False}), "2025-02-03", "2025-03-20")
    assert asked(given, "2025-09-01", "2026-08-31", "C2", **IN_ADVANCE).code() is None


def test_what_was_taken_in_earlier_two_years_is_not_deducted() -> None:
    given = granted(agent(), "2023-08-01", "2023-10-31", on="2023-06-01")
    assert asked(given, "2025-09-01", "2026-08-31", "C2", **IN_ADVANCE).code() is None


@pytest.mark.parametrize("deduct", [True, False])
@pytest.mark.parametrize(("ends_on", "code"), [("2026-06-30", None), ("2026-07-01", "anticipated_limit_exceeded")])
def test_what_is_asked_later_inside_the_eight_years_is_deducted(deduct: bool, ends_on: str, code: str | None) -> None:
    given = asked(agent(choices={"mt.deduct_current_window": deduct}), "2026-12-01", "2027-01-31")  # two months
    assert asked(given, "2025-09-01", ends_on, "C2", **IN_ADVANCE).code() == code


@pytest.mark.parametrize(("starts_on", "code"), [("2033-08-31", "rights_consumed_in_advance"), ("2033-09-01", None)])
def test_no_ordinary_right_is_left_inside_the_eight_years(starts_on: str, code: str | None) -> None:
    assert asked(a_year_in_advance(), starts_on, "2033-09-10", "C2").code() == code


def test_a_pending_anticipation_consumes_the_rights_too() -> None:
    given = asked(agent(), "2025-09-01", "2026-08-31", **IN_ADVANCE)
    assert asked(given, "2027-01-01", "2027-01-31", "C2").code() == "rights_consumed_in_advance"


def test_an_ordinary_mission_that_waits_is_not_granted_inside_the_eight_years() -> None:
    given = asked(agent(), "2026-12-01", "2027-01-31", "C2")
    granted(given, "2025-09-01", "2026-06-30", **IN_ADVANCE)
    assert decided(given, "C2").code() == "rights_consumed_in_advance"


def test_the_eight_years_in_advance_take_the_place_of_the_two_years() -> None:
    given = a_year_in_advance()
    assert given.events("AnticipatedBlockOpened")[0]["until"] == "2033-08-31"
    before, inside, after = (open_rights(given, day) for day in ("2025-06-01", "2027-01-01", "2033-09-01"))
    assert before["window"] == {"from": "2023-11-02", "to": "2025-08-31"}
    assert before["ordinary_available"] == months(3)
    assert inside["window"] == {"from": "2025-09-01", "to": "2033-08-31"}
    assert (inside["ordinary_available"], inside["anticipated_available"]) == (NOTHING, NOTHING)
    assert after["window"] == {"from": "2033-09-01", "to": "2035-08-31"}
    assert (after["ordinary_available"], after["anticipated_available"]) == (months(3), YEAR)


@pytest.mark.parametrize(("ends_on", "code"), [("2028-06-30", None), ("2028-07-01", "anticipated_limit_exceeded")])
def test_further_missions_share_the_twelve_months(ends_on: str, code: str | None) -> None:
    given = granted(agent(), "2025-09-01", "2026-02-28", **IN_ADVANCE)
    assert asked(given, "2028-01-01", ends_on, "C2", **IN_ADVANCE).code() == code


def test_a_further_mission_opens_no_other_eight_years() -> None:
    given = granted(agent(), "2025-09-01", "2026-02-28", **IN_ADVANCE)
    granted(given, "2028-01-01", "2028-06-30", "C2", **IN_ADVANCE)
    assert given.days("AnticipatedBlockOpened") == ["2025-09-01"]
    assert open_rights(given, "2028-07-01")["anticipated_available"] == NOTHING


def test_the_broken_eight_years_leave_nothing_and_those_in_advance_leave_their_rest() -> None:
    given = granted(agent(), "2025-09-01", "2026-02-28", **IN_ADVANCE)  # six months of twelve
    credit = given.events("CarryOverCredited", "2034-01-01")
    assert [(one["on"], one["months"], one["weeks"], one["days"]) for one in credit] == [("2033-09-01", 6, 0, 0)]
    assert given.deadlines("mission_temporaire_block_end", "2034-01-01") == {
        "2027-11-02": "cancelled",
        "2033-09-01": "fallen",
        "2041-09-01": "open",
    }


def test_eight_years_that_end_on_the_eve_of_an_anticipation_have_run_whole() -> None:
    given = granted(agent(), "2027-11-02", "2028-04-30", **IN_ADVANCE)
    assert given.days("CarryOverCredited", "2028-01-01") == ["2027-11-02"]


def test_a_pending_anticipation_leaves_the_deadline_in_place() -> None:
    given = asked(agent(), "2025-09-01", "2026-08-31", **IN_ADVANCE)
    assert given.deadlines("mission_temporaire_block_end") == {"2027-11-02": "open"}


def test_nothing_is_open_in_advance_before_the_reform() -> None:
    given = granted(agent(), "2024-03-01", "2024-03-31", on="2024-02-01")
    assert open_rights(given, "2024-10-18")["anticipated_available"] == NOTHING
    assert open_rights(given, "2024-10-19")["anticipated_available"] == months(11)


def test_rights_are_counted_again_at_the_grant() -> None:
    given = asked(agent(), "2025-09-01", "2026-08-31", **IN_ADVANCE)
    granted(given, "2025-06-01", "2025-06-30", "C2")
    assert decided(given, on="2025-02-01").code() == "anticipated_limit_exceeded"


def test_what_is_asked_after_the_grant_of_an_anticipation_does_not_reduce_it() -> None:
    given = granted(a_year_in_advance(), "2025-06-01", "2025-06-30", "C2", on="2025-02-01")
    assert open_rights(given, "2025-09-02")["anticipated_available"] == NOTHING
    assert min(line["balance"] for line in open_rights(given, "2025-09-02")["ledger"]) == 0


def test_withdrawing_gives_the_rights_back() -> None:
    given = withdrawn(a_year_in_advance(), "2025-08-31")
    rights = open_rights(given, "2025-08-31")
    assert (rights["anticipated_available"], rights["commitment"]) == (YEAR, None)
    assert rights["window"] == {"from": "2023-11-02", "to": "2025-11-01"}
    assert standing(given.deadlines("mission_temporaire_block_end")) == ["2027-11-02"]
    assert standing(given.deadlines("mission_temporaire_end")) == []


def test_a_mission_that_shared_withdrawn_years_opens_its_own() -> None:
    given = granted(agent(), "2025-09-01", "2025-12-31", **IN_ADVANCE)
    granted(given, "2027-01-01", "2027-03-31", "C2", **IN_ADVANCE)
    withdrawn(given, "2025-08-31")
    opened = given.events("AnticipatedBlockOpened")
    assert [(one["case"], one["on"], one["until"]) for one in opened] == [
        ("C1", "2025-09-01", "2033-08-31"),
        ("C2", "2027-01-01", "2034-12-31"),
    ]


# -- The decision ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [["directeur_ufr"], ["dg_chu"], ["president_universite", "dg_chu"]])
def test_the_director_of_the_ufr_and_of_the_chu_decide(by: list[str]) -> None:
    assert decided(asked(agent(), "2025-03-01", "2025-03-31"), by=by).code() == "missing_authority"


@pytest.mark.parametrize(("on", "code"), [("2025-03-01", None), ("2025-03-02", "retroactive_decision")])
def test_a_grant_comes_by_the_first_day(on: str, code: str | None) -> None:
    assert decided(asked(agent(), "2025-03-01", "2025-03-31"), on=on).code() == code


def test_a_refusal_is_never_late() -> None:
    assert decided(asked(agent(), "2025-03-01", "2025-03-31"), on="2025-04-01", outcome="refused").code() is None


def test_a_mission_is_decided_once() -> None:
    assert decided(granted(agent(), "2025-03-01", "2025-03-31")).code() == "invalid_state"


def test_a_mission_ends_the_day_after_its_last() -> None:
    given = granted(agent(), "2025-03-01", "2025-05-31")
    assert given.deadlines("mission_temporaire_end", "2025-06-01") == {"2025-06-01": "fallen"}
    end = given.events("MissionTemporaireEnded", "2025-06-01")[0]
    assert (end["on"], end["cause"]) == ("2025-06-01", "term")
    assert given.events("MissionTemporaireGranted")[0]["basis_of_right"] == "ordinary"


@pytest.mark.parametrize(("on", "code"), [("2025-02-28", None), ("2025-03-01", "invalid_state")])
def test_a_mission_is_withdrawn_until_the_eve(on: str, code: str | None) -> None:
    assert withdrawn(granted(agent(), "2025-03-01", "2025-03-31"), on).code() == code


def test_an_office_may_forbid_withdrawal_after_the_grant() -> None:
    given = granted(agent(choices={"withdraw.after_grant": "never"}), "2025-03-01", "2025-03-31")
    assert withdrawn(given, "2025-02-01").code() == "invalid_state"


@pytest.mark.parametrize(
    ("ends_on", "code"),
    [("2025-02-28", "outside_period"), ("2025-04-01", "outside_period"), ("2025-03-09", "retroactive_decision")],
)
def test_an_early_end_is_inside_the_mission_and_not_past(ends_on: str, code: str) -> None:
    assert ended(granted(agent(), "2025-03-01", "2025-03-31"), "2025-03-10", ends_on).code() == code


@pytest.mark.parametrize("ends_on", ["2025-03-10", "2025-03-31"])
def test_an_early_end_may_be_the_day_itself(ends_on: str) -> None:
    assert ended(granted(agent(), "2025-03-01", "2025-03-31"), "2025-03-10", ends_on).code() is None


def test_a_mission_that_is_over_is_not_ended() -> None:
    given = granted(agent(), "2025-03-01", "2025-03-31")
    assert ended(given, "2025-04-01", "2025-03-31").code() == "invalid_state"
    assert ended(asked(agent(), "2025-03-01", "2025-03-31"), "2025-03-02", "2025-03-15").code() == "invalid_state"


# -- The commitment to stay --------------------------------------------------------------------------


@pytest.mark.parametrize("corps", ["PU-PH", "MCU-PH", "PHU"])
def test_categories_1_and_2_commit_themselves(corps: str) -> None:
    given = asked(agent(corps), "2025-09-01", "2026-08-31", basis="anticipated")
    assert given.code() == "commitment_not_signed"


def test_category_3_does_not() -> None:
    given = granted(agent("CCA", nomination_ends_on="2027-10-31"), "2025-09-01", "2026-08-31", basis="anticipated")
    assert given.events("CommitmentStarted", "2026-09-01") == []
    assert open_rights(given, "2026-01-01")["commitment"] is None
    assert breached(given, "2026-10-01").code() == "no_commitment"


def test_rights_are_counted_before_the_commitment_is_asked_for() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20")
    asked(given, "2025-09-01", "2026-09-01", "C2", basis="anticipated")
    assert violations(given) == ["duration_exceeds_maximum", "anticipated_limit_exceeded", "commitment_not_signed"]


def test_the_commitment_lasts_three_times_the_mission() -> None:
    given = a_year_in_advance()
    assert open_rights(given, "2025-01-06")["commitment"] == {"from": "2026-09-01", "to": "2029-08-31"}
    start = given.events("CommitmentStarted", "2026-09-01")[0]
    assert (start["on"], start["until"]) == ("2026-09-01", "2029-08-31")
    assert given.days("CommitmentFulfilled", "2029-09-01") == ["2029-09-01"]
    assert given.deadlines("mission_temporaire_commitment_end", "2029-09-01") == {"2029-09-01": "fallen"}
    assert open_rights(given, "2029-09-01")["commitment"] is None


def test_months_are_tripled_before_days() -> None:
    given = granted(agent(), "2025-09-01", "2025-10-15", **IN_ADVANCE)  # to 16 January 2026, then 45 days
    assert given.events("CommitmentStarted", "2025-10-16")[0]["until"] == "2026-03-01"


def test_an_early_end_shortens_the_commitment() -> None:
    given = ended(a_year_in_advance(), "2025-10-01", "2026-02-28")
    start = given.events("CommitmentStarted", "2026-03-01")[0]
    assert (start["on"], start["until"]) == ("2026-03-01", "2027-08-31")
    assert standing(given.deadlines("mission_temporaire_commitment_end", "2026-03-01")) == ["2027-09-01"]


def test_the_right_still_open_may_be_left_out_of_the_commitment() -> None:
    given = a_year_in_advance(agent(choices={"mt.commitment_base": "beyond_current_window"}))
    assert given.events("CommitmentStarted", "2026-09-01")[0]["until"] == "2028-11-30"  # nine months, 27


def test_only_what_is_left_of_the_right_still_open_is_left_out() -> None:
    given = granted(agent(choices={"mt.commitment_base": "beyond_current_window"}), "2025-02-03", "2025-03-20")
    granted(given, "2025-09-01", "2026-06-30", "C2", **IN_ADVANCE)  # 300 less 42: 8 months and 18 days
    assert given.events("CommitmentStarted", "2026-07-01")[0]["until"] == "2028-08-23"  # 24 months, then 54 days


def test_a_breach_is_repaid_in_proportion_of_the_days_left() -> None:
    given = breached(paid(a_year_in_advance()), "2028-03-01")
    rupture = given.events("CommitmentBroken")[0]
    assert (rupture["on"], rupture["remaining_days"], rupture["total_days"]) == ("2028-03-01", 549, 1096)
    assert [(one["on"], one["amount"]) for one in given.events("RepaymentDue")] == [("2028-03-01", "57104.01")]
    assert given.events("RepaymentDue")[0]["basis"] == ["D2021-1645:mission-temporaire.I.3"]
    assert standing(given.deadlines("mission_temporaire_commitment_end")) == []


def test_pay_recorded_after_the_breach_is_claimed_that_day() -> None:
    given = paid(breached(a_year_in_advance(), "2028-03-01"), "2028-05-02")
    assert [(one["on"], one["amount"]) for one in given.events("RepaymentDue")] == [("2028-05-02", "57104.01")]


def test_pay_corrected_later_replaces_the_claim() -> None:
    given = paid(breached(paid(a_year_in_advance()), "2028-03-01"), "2028-05-02", "57000.00")
    assert [one["amount"] for one in given.events("RepaymentDue")] == ["57104.01", "28552.01"]  # 28552.007


def test_the_office_may_record_net_pay() -> None:
    assert paid(a_year_in_advance()).events("MissionPayRecorded")[0]["base"] == "gross"
    net = a_year_in_advance(agent(choices={"mt.repayment_base": "net"}))
    assert paid(net).events("MissionPayRecorded")[0]["base"] == "net"


def test_a_breach_on_the_last_day_leaves_one_day_to_repay() -> None:
    given = breached(paid(a_year_in_advance()), "2029-08-31")
    assert given.events("CommitmentBroken")[0]["remaining_days"] == 1
    assert given.events("RepaymentDue")[0]["amount"] == "104.01"  # 114000 / 1096 = 104.0146


def test_a_commitment_fulfilled_or_broken_is_not_broken_again() -> None:
    assert breached(a_year_in_advance(), "2029-09-01").code() == "invalid_state"
    assert breached(breached(a_year_in_advance(), "2028-03-01"), "2028-03-02").code() == "invalid_state"


def test_nothing_is_broken_before_the_mission_starts() -> None:
    assert breached(a_year_in_advance(), "2025-08-31").code() == "invalid_state"
    assert breached(asked(agent(), "2025-09-01", "2026-08-31", **IN_ADVANCE), "2025-02-01").code() == "invalid_state"


def test_an_ordinary_mission_carries_no_commitment() -> None:
    assert breached(granted(agent(), "2025-03-01", "2025-03-31"), "2025-04-01").code() == "no_commitment"


def test_a_breach_during_the_mission_ends_it_and_claims_the_whole_pay() -> None:
    given = breached(paid(a_year_in_advance(), "2026-02-01", "57000.00"), "2026-03-01")
    assert given.days("MissionTemporaireEnded") == ["2026-03-01"]
    rupture = given.events("CommitmentBroken")[0]
    assert (rupture["remaining_days"], rupture["total_days"]) == (549, 549)  # eighteen months from 1 March 2026
    assert given.events("RepaymentDue")[0]["amount"] == "57000.00"
    assert given.events("CommitmentStarted", "2026-09-01") == []


def test_a_breach_on_the_first_day_leaves_no_mission() -> None:
    given = breached(paid(a_year_in_advance(), "2025-08-01", "100.00"), "2025-09-01")
    assert given.events("CommitmentBroken")[0]["total_days"] == 0
    assert given.events("RepaymentDue")[0]["amount"] == "100.00"
    assert asked(given, "2025-09-01", "2025-09-30", "C2", on="2025-09-01").code() is None


def test_pay_is_recorded_of_a_granted_mission_only() -> None:
    assert paid(asked(agent(), "2025-03-01", "2025-03-31"), "2025-04-01").code() == "invalid_state"


def test_pay_is_not_negative() -> None:
    with pytest.raises(InputError, match="0 au moins est attendu"):
        paid(a_year_in_advance(), amount="-0.01").result()


def test_a_disponibilite_puts_the_end_off() -> None:
    given = granted_position(a_year_in_advance(), "disponibilite", "2027-01-01", "2027-12-31", "DI", on="2026-10-01")
    assert open_rights(given, "2027-06-01")["commitment"] == {"from": "2026-09-01", "to": "2030-08-31"}
    assert given.days("CommitmentFulfilled", "2030-09-01") == ["2030-09-01"]


def test_a_disponibilite_counts_neither_as_served_nor_as_owed() -> None:
    given = granted_position(a_year_in_advance(), "disponibilite", "2027-01-01", "2027-12-31", "DI", on="2026-10-01")
    breached(paid(given), "2028-03-01")  # 547 days since the mission, 365 of them away
    rupture = given.events("CommitmentBroken")[0]
    assert (rupture["remaining_days"], rupture["total_days"]) == (914, 1096)
    assert given.events("RepaymentDue")[0]["amount"] == "95069.34"


def test_a_disponibilite_may_break_the_commitment_instead() -> None:
    given = a_year_in_advance(agent(choices={"mt.disponibilite": "breach"}))
    granted_position(given, "disponibilite", "2027-01-01", "2027-12-31", "DI", on="2026-10-01")
    rupture = given.events("CommitmentBroken", "2027-01-01")[0]
    assert (rupture["on"], rupture["remaining_days"], rupture["total_days"]) == ("2027-01-01", 974, 1096)


# -- Leaving the post --------------------------------------------------------------------------------


def resigned(given: Given, effective_on: str) -> Given:
    given.when("2026-01-05", "cessation.request", "CE", kind="demission", effective_on=effective_on)
    return given.when("2026-01-06", "cessation.accept", "CE", by=MINISTERS)


def left(given: Given, kind: str, effective_on: str) -> Given:
    return given.when("2026-01-06", "cessation.record", "CE", kind=kind, effective_on=effective_on)


def sanctioned(given: Given, sanction: str, on: str, **more: Any) -> Given:
    given.when("2026-01-05", "discipline.open", "DI", by=MINISTERS)
    return given.when(on, "discipline.decide", "DI", by="juridiction_disciplinaire", sanction=sanction, **more)


def test_a_resignation_breaks_the_commitment() -> None:
    given = resigned(paid(a_year_in_advance()), "2028-03-01")
    assert given.events("CommitmentBroken", "2028-03-02")[0]["remaining_days"] == 549
    assert [one["amount"] for one in given.events("RepaymentDue", "2028-03-02")] == ["57104.01"]


def test_pay_may_still_be_recorded_after_the_agent_has_left() -> None:
    given = resigned(a_year_in_advance(), "2028-03-01")
    assert [one["on"] for one in paid(given, "2028-05-02").events("RepaymentDue")] == ["2028-05-02"]


@pytest.mark.parametrize("kind", ["retraite", "revocation"])
def test_a_retirement_on_request_and_a_revocation_break_it(kind: str) -> None:
    assert left(a_year_in_advance(), kind, "2028-03-01").days("CommitmentBroken", "2028-03-01") == ["2028-03-01"]


def test_a_revocation_by_sanction_breaks_it() -> None:
    assert sanctioned(a_year_in_advance(), "revocation", "2028-03-01").days("CommitmentBroken") == ["2028-03-01"]


@pytest.mark.parametrize(
    "kind", ["retraite_limite_age", "retraite_invalidite", "perte_droits_civiques", "licenciement"]
)
def test_other_ways_out_close_it_without_a_word(kind: str) -> None:
    given = left(a_year_in_advance(), kind, "2028-03-01")
    assert given.events("CommitmentBroken", "2029-10-01") == given.events("CommitmentFulfilled", "2029-10-01") == []
    assert standing(given.deadlines("mission_temporaire_commitment_end", "2029-10-01")) == []
    assert paid(given, "2028-05-02").code() == "invalid_state"


def test_a_retirement_by_sanction_closes_it_without_a_word() -> None:
    given = sanctioned(a_year_in_advance(), "retraite_office", "2028-03-01")
    assert given.days("CessationEffective") == ["2028-03-01"]
    assert given.events("CommitmentBroken") == []


def test_a_retirement_for_insuffisance_closes_it_without_a_word() -> None:
    given = a_year_in_advance(agent(pension_entitled=True))
    given.when("2027-01-05", "insuffisance_professionnelle.open", "IP", by=MINISTERS)
    opinion = {"by": "juridiction_disciplinaire", "favourable": True}
    given.when("2027-06-01", "insuffisance_professionnelle.give_opinion", "IP", **opinion)
    said = {"by": MINISTERS, "outcome": "retraite", "effective_on": "2028-03-01"}
    given.when("2028-01-05", "insuffisance_professionnelle.decide", "IP", **said)
    assert given.days("CessationEffective", "2028-03-01") == ["2028-03-01"]
    assert given.events("CommitmentBroken", "2028-03-01") == []


def test_an_office_may_read_otherwise_which_ways_out_break_it() -> None:
    given = a_year_in_advance(agent(choices={"mt.breach_kinds": ["licenciement"]}))
    assert left(given, "licenciement", "2028-03-01").days("CommitmentBroken", "2028-03-01") == ["2028-03-01"]


@pytest.mark.parametrize(("effective_on", "broken"), [("2029-08-31", 1), ("2029-09-01", 0)])
def test_a_commitment_served_to_the_end_is_fulfilled_even_if_the_agent_leaves_that_day(
    effective_on: str, broken: int
) -> None:
    given = resigned(a_year_in_advance(), effective_on)
    assert len(given.events("CommitmentBroken", "2029-09-02")) == broken
    assert len(given.events("CommitmentFulfilled", "2029-09-02")) == 1 - broken


def test_leaving_during_the_mission_ends_it_and_claims_the_whole_pay() -> None:
    given = resigned(paid(a_year_in_advance(), "2026-02-01", "57000.00"), "2026-03-01")
    end = given.events("MissionTemporaireEnded", "2026-03-01")[0]
    assert (end["on"], end["cause"]) == ("2026-03-01", "cessation")
    assert given.events("RepaymentDue", "2026-03-01")[0]["amount"] == "57000.00"


def test_leaving_on_the_day_after_the_mission_breaks_all_of_it() -> None:
    given = resigned(a_year_in_advance(), "2026-09-01")
    rupture = given.events("CommitmentBroken", "2026-09-02")[0]
    assert (rupture["remaining_days"], rupture["total_days"]) == (1096, 1096)
    assert given.days("MissionTemporaireEnded", "2026-09-02") == ["2026-09-01"]


def test_leaving_for_another_reason_during_the_mission_ends_it_only() -> None:
    given = left(a_year_in_advance(), "retraite_invalidite", "2026-03-01")
    assert given.days("MissionTemporaireEnded", "2029-10-01") == ["2026-03-01"]
    assert given.events("CommitmentStarted", "2029-10-01") == given.events("CommitmentBroken", "2029-10-01") == []


def test_a_mission_to_come_is_closed_without_a_word() -> None:
    given = left(granted(agent(), "2027-03-01", "2027-03-31"), "retraite", "2026-03-01")
    assert given.events("MissionTemporaireEnded", "2027-05-01") == []
    assert withdrawn(given, "2026-04-01").code() == "invalid_state"


def test_nothing_is_credited_after_the_agent_has_left() -> None:
    given = left(asked(agent(), "2025-03-01", "2025-03-31"), "retraite", "2026-03-01")
    assert given.days("CarryOverCredited", "2028-01-01") == []


def test_an_exclusion_ends_the_mission_and_starts_the_commitment() -> None:
    given = a_year_in_advance()
    said = {"starts_on": "2026-03-01", "ends_on": "2026-03-31", "pay_deprivation": "1"}
    sanctioned(given, "exclusion_temporaire", "2026-02-02", **said)
    end = given.events("MissionTemporaireEnded", "2026-03-01")[0]
    assert (end["on"], end["cause"]) == ("2026-03-01", "early")
    start = given.events("CommitmentStarted", "2026-03-01")[0]
    assert (start["on"], start["until"]) == ("2026-03-01", "2027-08-31")


# -- The ledger explains itself ----------------------------------------------------------------------


def lines(rights: dict[str, Any], right: str) -> list[tuple[Any, ...]]:
    names = ("on", "kind", "units", "balance", "source", "case", "basis")
    return [tuple(line[name] for name in names) for line in rights["ledger"] if line["right"] == right]


ARTICLE = "D2021-1645:mission-temporaire"


def test_the_ledger_says_what_opened_and_what_was_taken() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20", "M1")
    asked(given, "2025-06-01", "2025-06-10", "M2")
    rights = open_rights(given, "2025-01-06")
    assert lines(rights, "ordinary") == [
        ("2023-11-02", "opened", 90, 90, "hu_entry_on", None, f"{ARTICLE}.I.2"),
        ("2025-02-03", "taken", -48, 42, "MissionTemporaireGranted", "M1", f"{ARTICLE}.I.2"),
        ("2025-06-01", "taken", -10, 32, "MissionTemporaireRequested", "M2", f"{ARTICLE}.I.2"),
    ]
    assert lines(rights, "carry_over") == []


def test_the_ledger_says_what_a_credit_is_made_of() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20", "M1")
    granted(given, "2028-02-01", "2028-02-29", "M2", on="2027-12-01", **CARRIED)
    assert lines(open_rights(given, "2028-03-01"), "carry_over") == [
        ("2027-11-02", "credited", 360, 360, "CarryOverCredited", "mission_rights", f"{ARTICLE}.II.3"),
        ("2025-02-03", "used", -48, 312, "MissionTemporaireGranted", "M1", f"{ARTICLE}.II.3"),
        ("2028-02-01", "taken", -30, 282, "MissionTemporaireGranted", "M2", f"{ARTICLE}.II.3"),
    ]


def test_the_ledger_says_what_is_deducted_from_an_anticipation() -> None:
    given = granted(agent(), "2025-02-03", "2025-03-20", "M1")
    granted(given, "2025-09-01", "2026-06-30", "M2", **IN_ADVANCE)
    assert lines(open_rights(given, "2026-01-01"), "anticipated") == [
        ("2025-09-01", "opened", 360, 360, "AnticipatedBlockOpened", "M2", f"{ARTICLE}.I.3"),
        ("2025-02-03", "deducted", -48, 312, "MissionTemporaireGranted", "M1", f"{ARTICLE}.I.3"),
        ("2025-09-01", "taken", -300, 12, "MissionTemporaireGranted", "M2", f"{ARTICLE}.I.3"),
    ]
    after = lines(open_rights(given, "2033-09-01"), "ordinary")
    assert after == [("2033-09-01", "opened", 90, 90, "AnticipatedBlockOpened", "M2", f"{ARTICLE}.I.2")]


def test_an_agent_whose_entry_is_unknown_has_no_ledger() -> None:
    given = Given("PU-PH").when("2025-01-06", "agent.record_facts", None, facts={"chu_since": "2020-01-01"})
    assert "mission_temporaire" not in given.entitled("2025-02-01")
