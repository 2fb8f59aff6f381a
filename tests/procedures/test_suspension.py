"""Suspension (26): who suspends, what is withheld, when it is given back. Amounts were computed by hand.

Unless said otherwise 4500 + 5200 a month at half pay: 2250.00 is withheld each month from the university pay.
"""

from typing import Any

import pytest
from placements import asked, granted, standing, violations
from proceedings import (
    HEADS,
    MINISTERS,
    PAY,
    accused,
    challenged,
    concluded,
    in_emergency,
    judged,
    leaving,
    opinion,
    suspended,
)
from scenario import Given

EXCLUSION = {"ends_on": "2026-03-31", "pay_deprivation": "1"}


def refunds(given: Given, until: str) -> list[tuple[str, str | None, str]]:
    return [(one["on"], one["amount"], one["reason"]) for one in given.events("RetenueRefundDue", until)]


def ends(given: Given, until: str) -> list[tuple[str, str]]:
    return [(one["on"], one["cause"]) for one in given.events("SuspensionEnded", until)]


def under(choices: dict[str, Any]) -> Given:
    return accused(Given(choices=choices, pay=PAY))


# -- By the ministers --------------------------------------------------------------------------------


def test_the_ministers_suspend_an_agent_under_open_proceedings() -> None:
    assert suspended().code() is None
    assert suspended(procedure="OTHER").code() == "no_procedure_open"
    assert suspended(judged(accused(), "2025-01-12", "blame")).code() == "no_procedure_open"
    withdrawn = accused().when("2025-01-12", "discipline.withdraw", "DI", by=MINISTERS)
    assert suspended(withdrawn).code() == "no_procedure_open"
    assert suspended(challenged(), procedure="IP").code() is None
    part_time = granted(Given(pay=PAY), "part_time", "2025-03-01", "2026-02-28", "PT", "2025-01-05")
    assert suspended(part_time, procedure="PT").code() == "no_procedure_open"


def test_of_all_categories_and_no_other() -> None:
    for corps in ("PU-PH", "MCU-PH", "PHU", "CCA", "AHU"):
        assert suspended(accused(Given(corps, pay=PAY))).code() is None
    moved = accused().when("2025-01-12", "agent.change_corps", None, corps="PH", starts_on="2025-01-13")
    assert suspended(moved).code() == "not_eligible"
    assert in_emergency(on="2021-12-15").code() == "law_not_in_force"
    assert in_emergency(leaving(Given(), "2025-01-01", "2025-01-10")).code() == "position_incompatible"


def test_both_ministers_sign_and_say_what_is_withheld() -> None:
    assert suspended(by=["ministre_esr"]).code() == "missing_authority"
    assert suspended(by=HEADS).code() == "missing_authority"
    assert suspended(retenue=None).code() == "pay_not_specified"
    assert suspended(retenue="0").code() is None


def test_never_for_a_day_that_is_past_unless_the_office_is_only_warned() -> None:
    assert suspended(starts_on="2025-01-14").code() == "retroactive_decision"
    assert suspended(starts_on="2025-01-15").code() is None
    warned = suspended(under({"decide.retroactive": "warn"}), starts_on="2025-01-14")
    assert warned.events("SuspensionDecided")[0]["warnings"] == ["retroactive_decision"]


def test_a_suspension_decided_after_its_own_three_months_is_paid_whole_at_once() -> None:
    late = suspended(under({"decide.retroactive": "warn"}), on="2025-05-01", starts_on="2025-02-01")
    assert late.days("FullPayRestored") == ["2025-05-01"]
    assert refunds(late, "2025-05-01") == [("2025-05-01", "6750.00", "three_months")]


def test_half_of_both_parts_together_at_most() -> None:
    # half of 9700 is 4850
    assert suspended(retenue="0.5").code() is None
    assert suspended(retenue="0.5001").code() == "retenue_above_half"
    assert suspended(retenue={"universitaire": "1", "hospitaliere": "0.0673"}).code() is None  # 4500 + 349.96
    assert suspended(retenue={"universitaire": "1", "hospitaliere": "0.0674"}).code() == "retenue_above_half"  # 350.48
    assert suspended(retenue={"universitaire": "0", "hospitaliere": "0.9326"}).code() is None  # 4849.52
    assert suspended(retenue={"universitaire": "0", "hospitaliere": "0.9327"}).code() == "retenue_above_half"  # 4850.04


def test_without_a_known_pay_only_what_is_surely_too_much_is_refused() -> None:
    unknown = accused(Given())
    assert suspended(unknown, retenue="0.51").code() == "retenue_above_half"
    unknown.json["steps"].pop()
    given = suspended(unknown, retenue={"universitaire": "0.60", "hospitaliere": "0.20"})
    [decided] = given.events("SuspensionDecided")
    assert decided["warnings"] == ["fact_missing:remuneration_universitaire", "fact_missing:emoluments_hospitaliers"]
    assert refunds(given, "2025-05-01") == [("2025-04-15", None, "three_months")]


def test_one_suspension_at_a_time() -> None:
    assert suspended(suspended(), "2025-02-01", "SU2").code() == "already_suspended"
    assert in_emergency(suspended(), "2025-02-01", "SU2").code() == "already_suspended"
    lifted = suspended().when("2025-02-01", "suspension.lift", "SU", by=MINISTERS)
    assert suspended(lifted, "2025-02-01", "SU2").code() is None


def test_the_reasons_come_in_the_order_of_the_spec() -> None:
    again = suspended(
        suspended(), "2025-02-01", "SU2", procedure="NO", retenue="0.6", by="dg_chu", starts_on="2025-01-31"
    )
    assert violations(again) == [
        "no_procedure_open",
        "already_suspended",
        "retenue_above_half",
        "missing_authority",
        "retroactive_decision",
    ]
    urgent = in_emergency(suspended(), "2025-02-01", "SU2", circumstances={}, by="dg_chu", starts_on="2025-01-31")
    assert violations(urgent) == [
        "already_suspended",
        "conditions_not_met",
        "missing_authority",
        "retroactive_decision",
    ]


def test_a_suspended_agent_starts_no_other_position() -> None:
    given = asked(suspended(), "disponibilite", "2025-01-16", "2025-02-01", "2025-06-30")
    assert given.code() == "position_incompatible"


# -- Pay ---------------------------------------------------------------------------------------------


def test_what_is_withheld_leaves_the_primes_and_the_supplement_whole() -> None:
    # 10655 less 2250 and 2600
    pay = suspended().entitled("2025-02-01")["pay"]
    assert pay["monthly_retenue"] == "4850.00"
    assert pay["monthly_paid"] == "5805.00"
    assert pay["supplement_familial"] == "110.00"
    assert (pay["remuneration_universitaire"], pay["emoluments_hospitaliers"]) == ("2250.00", "2600.00")


def test_two_rates_withhold_each_its_part() -> None:
    given = suspended(retenue={"universitaire": "0.10", "hospitaliere": "0.25"})
    assert given.entitled("2025-02-01")["pay"]["monthly_retenue"] == "1750.00"  # 450 + 1300
    assert refunds(given, "2025-04-15") == [("2025-04-15", "1350.00", "three_months")]  # 450 x 3


def test_the_pay_is_whole_again_from_the_day_of_the_three_months() -> None:
    given = suspended()
    assert given.entitled("2025-04-14")["pay"]["monthly_paid"] == "5805.00"
    assert given.entitled("2025-04-15")["pay"]["monthly_paid"] == "10655.00"
    assert given.entitled("2025-04-15")["pay"]["monthly_retenue"] == "0.00"


# -- Three months ------------------------------------------------------------------------------------


def test_after_three_months_without_decision_nor_prosecution_the_university_part_is_refunded() -> None:
    given = suspended()
    assert given.days("FullPayRestored", "2025-04-14") == []
    assert given.days("FullPayRestored", "2025-04-15") == ["2025-04-15"]
    assert refunds(given, "2025-06-01") == [("2025-04-15", "6750.00", "three_months")]
    assert ends(given, "2026-01-01") == []
    assert given.deadlines("suspension_three_months", "2025-04-15") == {"2025-04-15": "fallen"}


def test_three_months_from_the_last_day_of_a_month() -> None:
    given = suspended(on="2025-11-30")
    assert given.days("FullPayRestored", "2026-03-01") == ["2026-02-28"]
    assert refunds(given, "2026-03-01") == [("2026-02-28", "6750.00", "three_months")]


def test_the_hospital_part_is_refunded_when_the_office_reads_so() -> None:
    given = suspended(under({"suspension.refund_hospital": True}))
    assert refunds(given, "2025-04-15") == [("2025-04-15", "14550.00", "three_months")]  # 4850 x 3


def test_nothing_withheld_nothing_restored() -> None:
    given = suspended(retenue="0")
    assert given.days("FullPayRestored", "2025-06-01") == []
    assert refunds(given, "2025-06-01") == []
    assert given.deadlines("suspension_three_months", "2025-06-01") == {"2025-04-15": "fallen"}


def test_only_hospital_pay_withheld_is_restored_and_not_refunded() -> None:
    given = judged(suspended(retenue={"universitaire": "0", "hospitaliere": "0.50"}), "2025-09-01")
    assert given.days("FullPayRestored", "2025-10-01") == ["2025-04-15"]
    assert refunds(given, "2025-10-01") == []


def test_a_refund_is_not_made_twice() -> None:
    given = judged(suspended(), "2025-09-01")
    assert refunds(given, "2025-10-01") == [("2025-04-15", "6750.00", "three_months")]
    assert ends(given, "2025-10-01") == [("2025-09-01", "procedure_ended")]


# -- The end of the proceedings ----------------------------------------------------------------------


@pytest.mark.parametrize("sanction", ["aucune", "avertissement", "blame"])
def test_no_sanction_or_a_light_one_gives_the_university_part_back(sanction: str) -> None:
    # 15 January to 19 March: two months and five days; 2250 x 65 / 30 = 4875
    given = judged(suspended(), "2025-03-20", sanction)
    assert ends(given, "2025-03-20") == [("2025-03-20", "procedure_ended")]
    assert refunds(given, "2025-06-01") == [("2025-03-20", "4875.00", "no_heavy_sanction")]
    assert standing(given.deadlines("suspension_three_months", "2025-06-01")) == []
    assert given.entitled("2025-03-20")["pay"]["monthly_paid"] == "10655.00"


def test_a_part_of_a_month_may_be_counted_in_calendar_days() -> None:
    # five days of the thirty-one from 15 March to 14 April: 4500 + 2250 x 5 / 31 = 4862.903
    given = judged(suspended(under({"pay.part_month": "calendar"})), "2025-03-20")
    assert refunds(given, "2025-06-01") == [("2025-03-20", "4862.90", "no_heavy_sanction")]


def test_the_refund_is_exact_to_the_cent() -> None:
    # 3333.33 x 0.37 = 1233.3321 a month; one month and one day: x 31 / 30 = 1274.44317
    pay = {"remuneration_universitaire": "3333.33", "emoluments_hospitaliers": "4000.00"}
    given = judged(suspended(accused(Given(pay=pay)), retenue="0.37"), "2025-02-16")
    assert refunds(given, "2025-03-01") == [("2025-02-16", "1274.44", "no_heavy_sanction")]


@pytest.mark.parametrize("sanction", ["reduction_anciennete_echelon", "abaissement_echelon", "exclusion_temporaire"])
def test_a_heavier_sanction_gives_nothing_back(sanction: str) -> None:
    given = judged(suspended(), "2025-03-20", sanction, **(EXCLUSION if sanction == "exclusion_temporaire" else {}))
    assert ends(given, "2025-03-20") == [("2025-03-20", "procedure_ended")]
    assert refunds(given, "2026-06-01") == []


def test_a_revocation_ends_it_as_the_end_of_the_proceedings() -> None:
    given = judged(suspended(), "2025-03-20", "revocation")
    assert ends(given, "2025-06-01") == [("2025-03-20", "procedure_ended")]
    assert refunds(given, "2025-06-01") == []


def test_proceedings_withdrawn_give_the_university_part_back() -> None:
    given = suspended().when("2025-03-20", "discipline.withdraw", "DI", by=MINISTERS)
    assert refunds(given, "2025-06-01") == [("2025-03-20", "4875.00", "no_heavy_sanction")]


def test_insuffisance_without_a_measure_is_no_sanction_unless_the_office_says_otherwise() -> None:
    def closed(choices: Any = None, outcome: str = "aucune", **more: Any) -> Given:
        started = challenged(Given("MCU-PH", choices, pay=PAY, validated_years="3", pension_entitled=False))
        given = opinion(suspended(started, procedure="IP"), "2025-03-01")
        return concluded(given, "2025-03-20", outcome, **more)

    assert refunds(closed(), "2025-06-01") == [("2025-03-20", "4875.00", "no_heavy_sanction")]
    assert refunds(closed({"suspension.insuffisance_without_measure": "not_refunded"}), "2025-06-01") == []
    dismissed = closed(None, "licencie", effective_on="2025-04-30")
    assert refunds(dismissed, "2025-06-01") == []
    assert ends(dismissed, "2025-06-01") == [("2025-03-20", "procedure_ended")]


def test_only_its_own_proceedings_end_it() -> None:
    given = judged(accused(suspended(), "2025-01-20", "DI2"), "2025-02-01", "blame", "DI2")
    assert ends(given, "2025-03-01") == []


def test_a_part_time_agent_gets_back_what_was_withheld() -> None:
    # at 80 % from 1 March: 15 January to 28 February 2250 x (1 + 14/30) = 3300; 1 to 19 March 1800 x 19/30 = 1140
    given = granted(Given(pay=PAY), "part_time", "2025-03-01", "2026-02-28", "PT", "2025-01-05")
    given = judged(suspended(accused(given)), "2025-03-20")
    assert refunds(given, "2025-06-01") == [("2025-03-20", "4440.00", "no_heavy_sanction")]
    assert given.entitled("2025-03-01")["pay"]["monthly_retenue"] == "3880.00"


# -- Lifted before -----------------------------------------------------------------------------------


def test_the_ministers_lift_it_at_any_time_and_the_heads_do_not() -> None:
    assert suspended().when("2025-02-15", "suspension.lift", "SU", by=HEADS).code() == "missing_authority"
    given = suspended().when("2025-02-15", "suspension.lift", "SU", by=MINISTERS)
    assert ends(given, "2025-06-01") == [("2025-02-15", "lifted")]
    assert standing(given.deadlines("suspension_three_months", "2025-06-01")) == []
    assert given.when("2025-02-16", "suspension.lift", "SU", by=MINISTERS).code() == "invalid_state"


def test_what_was_withheld_until_it_was_lifted_is_settled_by_the_end_of_the_proceedings() -> None:
    def lifted() -> Given:
        return suspended().when("2025-02-15", "suspension.lift", "SU", by=MINISTERS)

    assert refunds(lifted(), "2026-01-01") == []
    assert refunds(judged(lifted(), "2025-09-01"), "2026-01-01") == [("2025-09-01", "2250.00", "no_heavy_sanction")]
    assert refunds(judged(lifted(), "2025-09-01", "abaissement_echelon"), "2026-01-01") == []


def test_lifted_on_its_first_day_nothing_was_withheld() -> None:
    given = suspended().when("2025-01-15", "suspension.lift", "SU", by=MINISTERS)
    assert refunds(judged(given, "2025-09-01"), "2026-01-01") == []


# -- Prosecution -------------------------------------------------------------------------------------


def prosecuted(**more: Any) -> Given:
    return suspended(penal_prosecution=True, **more)


def final_judgment(given: Given, on: str) -> Given:
    return given.when(on, "suspension.record_judgment", "SU", final=True)


@pytest.mark.parametrize("recorded_on", [None, "2025-04-14"])
def test_under_prosecution_the_three_months_change_nothing(recorded_on: str | None) -> None:
    given = prosecuted() if recorded_on is None else suspended()
    if recorded_on is not None:
        given.when(recorded_on, "suspension.record_prosecution", "SU")
    assert given.days("FullPayRestored", "2025-12-31") == []
    assert refunds(given, "2025-12-31") == []
    assert given.deadlines("suspension_three_months", "2025-12-31") == {"2025-04-15": "fallen"}


def test_a_prosecution_recorded_after_the_three_months_changes_nothing() -> None:
    given = judged(suspended().when("2025-04-15", "suspension.record_prosecution", "SU"), "2025-09-01")
    assert given.days("FullPayRestored", "2025-10-01") == ["2025-04-15"]
    assert given.days("PaySettlementDeferred", "2025-10-01") == []
    deferring = suspended(under({"suspension.late_prosecution": "defers"}))
    judged(deferring.when("2025-04-15", "suspension.record_prosecution", "SU"), "2025-09-01")
    assert deferring.days("PaySettlementDeferred", "2025-10-01") == ["2025-09-01"]


def test_under_prosecution_the_settlement_waits_for_the_judgment() -> None:
    # 15 January to 31 August: seven months and seventeen days; 2250 x 227 / 30 = 17025
    given = final_judgment(judged(prosecuted(), "2025-09-01", "blame"), "2027-03-15")
    [deferred] = given.events("PaySettlementDeferred")
    assert (deferred["on"], deferred["refund"]) == ("2025-09-01", True)
    assert ends(given, "2027-03-15") == [("2025-09-01", "procedure_ended")]
    assert refunds(given, "2027-03-15") == [("2027-03-15", "17025.00", "no_heavy_sanction")]
    assert final_judgment(given, "2027-03-16").code() == "invalid_state"


def test_under_prosecution_a_heavy_sanction_leaves_nothing_to_refund() -> None:
    given = final_judgment(judged(prosecuted(), "2025-09-01", "revocation"), "2027-03-15")
    assert given.code() is None
    assert [one["refund"] for one in given.events("PaySettlementDeferred")] == [False]
    assert refunds(given, "2027-03-15") == []


def test_a_settlement_survives_the_departure_of_the_agent() -> None:
    given = leaving(judged(prosecuted(), "2025-09-01"), "2025-09-02", "2025-12-01")
    assert refunds(final_judgment(given, "2027-03-15"), "2027-03-15") == [
        ("2027-03-15", "17025.00", "no_heavy_sanction")
    ]


def test_a_judgment_before_any_decision_and_after_three_months_restores_the_pay_that_day() -> None:
    # 15 January to 14 June: five months
    given = final_judgment(prosecuted(), "2025-06-15")
    assert given.days("FullPayRestored", "2025-12-31") == ["2025-06-15"]
    assert refunds(given, "2025-12-31") == [("2025-06-15", "11250.00", "three_months")]


def test_a_judgment_before_the_three_months_lets_them_count_again() -> None:
    given = final_judgment(prosecuted(), "2025-04-14")
    assert refunds(given, "2025-12-31") == [("2025-04-15", "6750.00", "three_months")]


def test_a_judgment_that_is_not_final_changes_nothing() -> None:
    given = prosecuted().when("2025-03-01", "suspension.record_judgment", "SU", final=False)
    assert given.code() is None
    assert refunds(given, "2025-12-31") == []


def test_a_judgment_needs_a_prosecution_and_a_prosecution_is_recorded_once() -> None:
    assert final_judgment(suspended(), "2025-03-01").code() == "invalid_state"
    assert prosecuted().when("2025-03-01", "suspension.record_prosecution", "SU").code() == "invalid_state"
    over = judged(suspended(), "2025-03-20").when("2025-03-21", "suspension.record_prosecution", "SU")
    assert over.code() == "invalid_state"


def test_a_suspension_lifted_under_prosecution_is_settled_by_the_judgment() -> None:
    lifted = prosecuted().when("2025-02-15", "suspension.lift", "SU", by=MINISTERS)
    given = final_judgment(judged(lifted, "2025-09-01"), "2026-01-15")
    assert refunds(given, "2026-01-15") == [("2026-01-15", "2250.00", "no_heavy_sanction")]
    acquitted = final_judgment(lifted, "2026-01-15")
    assert acquitted.code() == "invalid_state"


# -- In an emergency ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("circumstances", "code"),
    [
        ({"continuite": True, "securite_patients": True}, None),
        ({"continuite": True, "securite_etudiants": True}, None),
        ({"continuite": True}, "conditions_not_met"),
        ({"securite_patients": True, "securite_etudiants": True}, "conditions_not_met"),
    ],
)
def test_the_service_and_the_patients_or_the_students_are_in_danger(circumstances: Any, code: str | None) -> None:
    assert in_emergency(circumstances=circumstances).code() == code


def test_both_heads_sign_the_emergency() -> None:
    assert in_emergency(by=["dg_chu"]).code() == "missing_authority"
    assert in_emergency(by=MINISTERS).code() == "missing_authority"
    [decided] = in_emergency().events("EmergencySuspensionDecided")
    assert (decided["on"], decided["basis"]) == ("2025-01-15", ["D2021-1645:26.II"])


def test_an_emergency_suspension_is_paid_whole() -> None:
    given = in_emergency()
    assert given.entitled("2025-02-01")["pay"]["monthly_paid"] == "10655.00"
    assert given.days("FullPayRestored", "2025-06-01") == []


def referred(given: Given | None = None, on: str = "2025-01-16") -> Given:
    return (given or in_emergency()).when(on, "suspension.refer", "SU")


def confirmed(given: Given, on: str = "2025-02-01", **more: Any) -> Given:
    return given.when(on, "suspension.confirm", "SU", **{"by": MINISTERS, **more})


def test_it_is_referred_the_next_day_and_answered_within_a_fortnight() -> None:
    assert in_emergency().deadlines("suspension_referral", "2025-03-01") == {"2025-01-16": "fallen"}
    assert standing(referred(on="2025-01-15").deadlines("suspension_referral", "2025-03-01")) == []
    assert referred().deadlines("suspension_ministers_answer", "2025-01-30") == {"2025-01-31": "open"}
    answered = confirmed(referred(), "2025-01-30")
    assert standing(answered.deadlines("suspension_ministers_answer", "2025-03-01")) == []
    own = Given(choices={"suspension.referral_days": 3, "suspension.answer_reminder_days": 8})
    given = referred(in_emergency(own), "2025-01-16")
    assert list(given.deadlines("suspension_referral", "2025-01-16")) == ["2025-01-18"]
    assert list(given.deadlines("suspension_ministers_answer", "2025-01-16")) == ["2025-01-24"]


def test_it_is_referred_once_and_confirmed_after() -> None:
    assert confirmed(in_emergency()).code() == "not_referred"
    assert referred(referred(), "2025-01-17").code() == "invalid_state"
    assert confirmed(referred(), by=HEADS).code() == "missing_authority"
    assert confirmed(confirmed(referred()), "2025-02-02").code() == "invalid_state"
    assert confirmed(suspended()).code() == "invalid_state"


def test_a_retenue_needs_open_proceedings() -> None:
    assert confirmed(referred(), retenue="0.50").code() == "no_procedure_open"
    assert confirmed(referred(), retenue="0").code() is None
    assert confirmed(referred(), procedure="NO").code() == "no_procedure_open"
    charged = accused(referred(), "2025-01-20")
    assert confirmed(charged, retenue="0.50", procedure="DI").code() is None
    charged.json["steps"].pop()
    assert confirmed(charged, retenue="0.51", procedure="DI").code() == "retenue_above_half"


def test_the_retenue_runs_from_the_confirmation_and_the_three_months_from_the_first_day() -> None:
    # 1 February to 14 April: two months and fourteen days; 2250 x 74 / 30 = 5550
    given = confirmed(accused(referred(), "2025-01-20"), retenue="0.50", procedure="DI")
    assert given.entitled("2025-01-31")["pay"]["monthly_retenue"] == "0.00"
    assert given.entitled("2025-02-01")["pay"]["monthly_retenue"] == "4850.00"
    assert refunds(given, "2025-12-31") == [("2025-04-15", "5550.00", "three_months")]


def test_the_three_months_may_be_read_from_the_confirmation() -> None:
    own = Given(choices={"suspension.emergency_count": "from_confirmation"}, pay=PAY)
    given = confirmed(accused(referred(in_emergency(own)), "2025-01-20"), retenue="0.50", procedure="DI")
    assert refunds(given, "2025-12-31") == [("2025-05-01", "6750.00", "three_months")]
    assert standing(given.deadlines("suspension_three_months", "2025-12-31")) == ["2025-05-01"]


def test_a_retenue_set_after_the_three_months_has_no_effect() -> None:
    given = confirmed(accused(referred(), "2025-01-20"), "2025-04-15", retenue="0.50", procedure="DI")
    [said] = given.events("SuspensionConfirmed")
    assert (said["universitaire"], said["warnings"]) == ("0", ["retenue_without_effect"])
    assert given.entitled("2025-05-01")["pay"]["monthly_retenue"] == "0.00"


def test_both_heads_lift_it_until_the_ministers_confirm() -> None:
    assert ends(in_emergency().when("2025-01-17", "suspension.lift", "SU", by=HEADS), "2025-02-01") == [
        ("2025-01-17", "lifted")
    ]
    assert referred().when("2025-01-17", "suspension.lift", "SU", by=["dg_chu"]).code() == "missing_authority"
    assert referred().when("2025-01-17", "suspension.lift", "SU", by=MINISTERS).code() is None
    assert confirmed(referred()).when("2025-02-02", "suspension.lift", "SU", by=HEADS).code() == "missing_authority"


def test_without_named_proceedings_it_ends_with_the_last_of_those_of_the_agent() -> None:
    given = confirmed(accused(accused(referred(), "2025-01-20"), "2025-01-21", "DI2"))
    judged(given, "2025-03-01", "blame", "DI2")
    assert ends(given, "2025-03-02") == []
    assert ends(judged(given, "2025-03-20", "blame"), "2025-03-21") == [("2025-03-20", "procedure_ended")]


# -- Leaving -----------------------------------------------------------------------------------------


def test_leaving_ends_it_and_leaves_the_refund_to_the_office() -> None:
    given = leaving(suspended(), "2025-02-01", "2025-03-15")
    assert ends(given, "2025-06-01") == [("2025-03-15", "cessation")]
    assert refunds(given, "2025-06-01") == []
    refunding = leaving(suspended(under({"suspension.refund_on_cessation": True})), "2025-02-01", "2025-03-15")
    assert refunds(refunding, "2025-06-01") == [("2025-03-15", "4500.00", "no_heavy_sanction")]


def test_leaving_closes_a_suspension_lifted_before_the_end_of_the_proceedings() -> None:
    given = suspended().when("2025-02-15", "suspension.lift", "SU", by=MINISTERS)
    leaving(given, "2025-02-20", "2025-03-15")
    assert refunds(given, "2025-06-01") == []
    given.when("2025-03-16", "suspension.record_prosecution", "SU")
    assert given.code() == "invalid_state"
