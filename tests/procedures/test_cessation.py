"""Cessation définitive de fonctions (37): resignation, retirement, and all that ends with them."""

from typing import Any

import pytest
from placements import ASKED, asked, granted, standing, violations
from proceedings import MINISTERS, PAY, accused, challenged, judged, leaving, suspended
from scenario import Given


def resigning(given: Given | None = None, on: str = "2025-01-10", effective_on: str = "2025-06-01") -> Given:
    return (given or Given()).when(on, "cessation.request", "CE", kind="demission", effective_on=effective_on)


def accepted(given: Given, on: str, by: Any = tuple(MINISTERS)) -> Given:
    return given.when(on, "cessation.accept", "CE", by=list(by))


# -- Resignation -------------------------------------------------------------------------------------


def test_a_resignation_accepted_takes_effect_on_its_day() -> None:
    given = accepted(resigning(), "2025-05-31")
    assert given.code() is None
    [left] = given.events("CessationEffective", "2025-06-01")
    assert (left["on"], left["kind"], left["imposed"], left["basis"]) == (
        "2025-06-01",
        "demission",
        False,
        ["D2021-1645:37.1°"],
    )
    assert given.deadlines("cessation_effective", "2025-06-01") == {"2025-06-01": "fallen"}
    assert given.days("CessationEffective", "2025-05-31") == []


def test_a_resignation_not_accepted_by_its_day_has_no_effect_and_stays_open() -> None:
    given = resigning()
    assert given.days("ResignationNotAccepted", "2025-07-01") == ["2025-06-01"]
    assert given.days("CessationEffective", "2025-07-01") == []
    assert accepted(resigning(), "2025-06-01").code() == "retroactive_decision"
    assert given.when("2025-07-01", "cessation.withdraw", "CE").code() is None


def test_both_ministers_accept_unless_the_office_says_otherwise() -> None:
    assert accepted(resigning(), "2025-02-01", by=["ministre_esr"]).code() == "missing_authority"
    cng = {"cessation.authority": ["cng"]}
    assert accepted(resigning(Given(choices=cng)), "2025-02-01", by=["cng"]).code() is None


def test_a_resignation_is_accepted_once() -> None:
    assert accepted(accepted(resigning(), "2025-02-01"), "2025-02-02").code() == "invalid_state"


def test_an_accepted_resignation_is_withdrawn_until_the_eve() -> None:
    def withdrawn(on: str, choices: Any = None) -> Given:
        return accepted(resigning(Given(choices=choices)), "2025-02-01").when(on, "cessation.withdraw", "CE")

    assert withdrawn("2025-05-31").code() is None
    assert withdrawn("2025-05-31").days("CessationEffective", "2025-07-01") == []
    assert withdrawn("2025-06-01").code() == "invalid_state"
    assert withdrawn("2025-05-31", {"withdraw.after_grant": "never"}).code() == "invalid_state"


# -- Other ways out ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "basis"),
    [
        ("retraite", "37.2°"),
        ("retraite_limite_age", "37.2°"),
        ("retraite_invalidite", "37.2°"),
        ("licenciement", "37.3°"),
        ("revocation", "37.4°"),
        ("perte_droits_civiques", "37.5°"),
    ],
)
def test_a_recorded_cessation_takes_effect_on_its_day(kind: str, basis: str) -> None:
    [left] = leaving(Given(), "2025-01-10", "2025-09-01", kind).events("CessationEffective", "2025-09-01")
    assert (left["on"], left["kind"], left["basis"]) == ("2025-09-01", kind, [f"D2021-1645:{basis}"])


def test_a_resignation_is_not_recorded_but_accepted() -> None:
    assert leaving(Given(), "2025-01-10", "2025-09-01", "demission").code() == "resignation_not_accepted"


def test_a_retirement_is_withdrawn_before_its_day_and_a_revocation_is_not() -> None:
    def withdrawn(kind: str) -> str | None:
        return leaving(Given(), "2025-01-10", "2025-09-01", kind).when("2025-08-31", "cessation.withdraw", "CE").code()

    assert withdrawn("retraite") is None
    assert withdrawn("revocation") == "invalid_state"


def test_what_is_recorded_late_takes_effect_on_its_own_day() -> None:
    given = leaving(Given(), "2025-09-10", "2025-09-01", "retraite_limite_age")
    assert given.days("CessationEffective", "2025-09-11") == ["2025-09-01"]


def test_every_category_leaves_unless_the_office_keeps_article_37_to_titulaires() -> None:
    titulaires = {"cessation.categories": "titulaires"}
    for corps in ("PU-PH", "MCU-PH", "PHU", "CCA", "AHU"):
        assert leaving(Given(corps), "2025-01-10", "2025-09-01").code() is None
    assert leaving(Given("CCA", titulaires), "2025-01-10", "2025-09-01").code() == "not_eligible"
    assert leaving(Given("MCU-PH", titulaires), "2025-01-10", "2025-09-01").code() is None
    assert leaving(Given("PH"), "2025-01-10", "2025-09-01").code() == "not_eligible"


def test_nothing_is_recorded_before_the_decree_nor_after_the_agent_has_left() -> None:
    assert leaving(Given(), "2021-12-01", "2021-12-15").code() == "law_not_in_force"
    assert leaving(Given(), "2021-12-01", "2021-12-16").code() is None
    gone = leaving(Given(), "2025-01-10", "2025-09-01")
    assert leaving(gone, "2025-09-02", "2026-09-01", case="CE2").code() == "position_incompatible"


# -- What ends with it -------------------------------------------------------------------------------

RUNNING = {
    "delegation": "DelegationEnded",
    "disponibilite": "DisponibiliteEnded",
    "detachement": "DetachementEnded",
    "mise_a_disposition": "MiseADispositionEnded",
    "maintien_activite": "MaintienActiviteEnded",
}


@pytest.mark.parametrize(("procedure", "ended"), RUNNING.items())
def test_what_runs_ends_on_the_day(procedure: str, ended: str) -> None:
    given = granted(Given(pay=PAY), procedure, "2025-03-01", "2026-02-28")
    [over] = leaving(given, "2025-04-01", "2025-09-01").events(ended, "2026-06-01")
    assert (over["on"], over["cause"]) == ("2025-09-01", "cessation")


def test_a_part_time_ends_on_the_day_and_its_reminders_with_it() -> None:
    given = granted(Given(), "part_time", "2025-03-01", "2026-02-28")
    leaving(given, "2025-04-01", "2025-09-01")
    [over] = given.events("PartTimeEnded", "2026-06-01")
    assert (over["on"], over["cause"]) == ("2025-09-01", "cessation")
    assert standing(given.deadlines("part_time_tacit_renewal", "2026-06-01")) == []
    assert standing(given.deadlines("part_time_express_renewal", "2026-06-01")) == []


def test_a_stage_closes() -> None:
    given = Given("MCU-PH", statut="stagiaire").when("2025-01-01", "stage.open", "ST", starts_on="2025-01-01")
    leaving(given, "2025-04-01", "2025-09-01")
    assert given.days("StageClosed", "2026-06-01") == ["2025-09-01"]
    assert standing(given.deadlines("stage_end", "2026-06-01")) == []


@pytest.mark.parametrize("procedure", ASKED)
def test_what_is_pending_closes_without_an_event_and_without_a_deadline(procedure: str) -> None:
    given = asked(Given(), procedure, "2025-01-10", "2025-10-01", "2026-08-31")
    leaving(given, "2025-04-01", "2025-09-01")
    events = given.result("2026-12-01")["events"]
    assert [event["type"] for event in events if event["on"] >= "2025-09-01"] == ["CessationEffective"]
    opinion = given.when("2025-09-02", f"{procedure}.withdraw")
    assert opinion.code() == "invalid_state"


def test_proceedings_and_another_cessation_close() -> None:
    given = leaving(challenged(accused(Given("MCU-PH"))), "2025-01-10", "2026-01-01", "retraite", "LATER")
    leaving(given, "2025-04-01", "2025-09-01")
    assert given.days("CessationEffective", "2026-06-01") == ["2025-09-01"]
    assert judged(given, "2025-09-02", "blame").code() == "invalid_state"


def test_deadlines_of_the_career_are_gone() -> None:
    given = granted(Given(pay=PAY), "delegation", "2025-03-01", "2026-02-28")
    leaving(given, "2025-04-01", "2027-09-01")
    assert given.deadlines("delegation_reopen", "2027-08-31") == {"2029-03-01": "open"}
    assert given.deadlines("delegation_reopen", "2027-09-01") == {"2029-03-01": "cancelled"}


def test_a_dossier_full_of_open_cases_holds_none_after_the_day() -> None:
    """One case of each procedure that may be open together; after leaving, no deadline is armed, none falls."""
    given = Given("MCU-PH", statut="stagiaire", pay=PAY, hu_entry_on="2019-11-02")
    given.when("2024-12-01", "stage.open", "stage", starts_on="2025-01-01")
    granted(given, "part_time", "2025-02-01", "2026-01-31", "part_time", "2025-01-10")
    granted(given, "mise_a_disposition", "2025-03-01", "2026-02-28", "mise_a_disposition", "2025-01-11")
    for procedure in ("delegation", "disponibilite", "detachement", "mutation", "maintien_activite"):
        asked(given, procedure, "2025-01-12", "2026-05-01", "2026-09-30", procedure)
    mission = {"basis": "ordinary", "starts_on": "2025-10-01", "ends_on": "2025-10-31"}
    given.when("2025-01-12", "mission_temporaire.request", "mission", **mission)
    challenged(accused(given, "2025-02-01", "discipline"), "2025-02-01", "insuffisance_professionnelle")
    suspended(given, "2025-03-01", "suspension", procedure="discipline")
    leaving(given, "2025-04-01", "2025-09-01", case="cessation")
    assert not any(given.codes())
    result = given.result("2035-01-01")
    opened = {event["case"] for event in result["events"]}
    assert opened >= {"stage", "part_time", "delegation", "suspension", "discipline", "insuffisance_professionnelle"}
    assert [one for one in result["deadlines"] if one["status"] == "open"] == []
    assert [event for event in result["events"] if event["on"] > "2025-09-01"] == []


def test_a_new_appointment_ends_the_absence_of_functions() -> None:
    given = leaving(Given("CCA", pay=PAY), "2025-01-10", "2025-09-01")
    given.when("2025-10-01", "agent.change_corps", None, corps="PU-PH", starts_on="2025-11-01")
    asked(given, "part_time", "2025-10-02", "2025-10-31", "2026-10-30", "BEFORE")
    asked(given, "part_time", "2025-10-02", "2025-11-01", "2026-10-31", "AFTER")
    assert given.codes() == [None, None, "position_incompatible", None]
    assert given.entitled("2025-10-31")["pay"]["monthly_paid"] == "0.00"
    assert given.entitled("2025-11-01")["pay"]["monthly_paid"] == "10655.00"


def test_every_reason_is_told() -> None:
    refused = leaving(Given("PH"), "2021-01-10", "2021-09-01", "demission")
    assert violations(refused) == ["not_eligible", "law_not_in_force", "resignation_not_accepted"]
