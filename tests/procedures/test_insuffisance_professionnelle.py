"""Insuffisance professionnelle (39): the avis conforme, retirement or dismissal, and the indemnity by instalments."""

from typing import Any

import pytest
from placements import violations
from proceedings import PAY, challenged, concluded, leaving, opinion
from scenario import Given

from domain.simulation import InputError


def heard(given: Given | None = None, favourable: bool = True, **facts: Any) -> Given:
    known = {"pay": PAY, "validated_years": "11.5", "pension_entitled": False, **facts}
    return opinion(challenged(given or Given("MCU-PH", **known)), "2025-06-10", favourable)


def dismissed(given: Given, on: str = "2025-07-01", effective_on: str = "2025-08-31") -> Given:
    return concluded(given, on, "licencie", effective_on=effective_on)


def owed(given: Given, until: str = "2025-08-31") -> dict[str, Any]:
    [indemnity] = given.events("IndemniteLicenciementDue", until)
    return indemnity


# -- Who, and who decides ----------------------------------------------------------------------------


def test_category_1_alone_under_both_ministers() -> None:
    assert challenged(Given("PU-PH")).code() is None
    assert challenged(Given("PHU")).code() == "not_eligible"
    assert challenged(Given("CCA")).code() == "not_eligible"
    assert challenged(by=["ministre_sante"]).code() == "missing_authority"
    assert challenged(on="2021-12-15").code() == "law_not_in_force"
    assert challenged(leaving(Given("MCU-PH"), "2025-01-01", "2025-01-05")).code() == "position_incompatible"


def test_no_outcome_without_the_opinion() -> None:
    assert concluded(challenged(), "2025-07-01", "aucune").code() == "missing_opinion"
    assert concluded(opinion(challenged(), "2025-06-10"), "2025-07-01", "aucune").code() is None


def test_the_opinion_binds() -> None:
    assert dismissed(heard(favourable=False)).code() == "avis_conforme_required"
    assert concluded(heard(favourable=False), "2025-07-01", "aucune").code() is None
    assert dismissed(opinion(heard(favourable=False), "2025-06-20")).code() is None


def test_retired_with_a_pension_dismissed_without() -> None:
    assert dismissed(heard(pension_entitled=True)).code() == "retirement_required"
    assert concluded(heard(), "2025-07-01", "retraite", effective_on="2025-08-31").code() == "no_pension_right"
    retired = concluded(heard(pension_entitled=True), "2025-07-01", "retraite", effective_on="2025-08-31")
    [left] = retired.events("CessationEffective", "2025-08-31")
    assert (left["kind"], left["imposed"], left["basis"]) == ("retraite", True, ["D2021-1645:39.1", "D2021-1645:37.2°"])
    assert retired.events("IndemniteLicenciementDue", "2025-12-31") == []


@pytest.mark.parametrize("outcome", ["licencie", "retraite"])
def test_an_unknown_pension_right_is_left_to_the_office_with_a_warning(outcome: str) -> None:
    given = concluded(heard(pension_entitled=None), "2025-07-01", outcome, effective_on="2025-08-31")
    [decided] = given.events("InsuffisanceProfessionnelleDecided")
    assert (decided["outcome"], decided["warnings"]) == (outcome, ["fact_missing:pension_entitled"])


def test_it_never_reaches_back() -> None:
    assert dismissed(heard(), effective_on="2025-06-30").code() == "retroactive_decision"
    assert dismissed(heard(), effective_on="2025-07-01").days("CessationEffective") == ["2025-07-01"]


def test_the_reasons_come_in_the_order_of_the_spec() -> None:
    given = concluded(
        challenged(Given("MCU-PH", pension_entitled=True)),
        "2025-07-01",
        "licencie",
        by="dg_chu",
        effective_on="2025-06-30",
    )
    assert violations(given) == ["missing_opinion", "retirement_required", "missing_authority", "retroactive_decision"]


def test_a_measure_has_a_day() -> None:
    with pytest.raises(InputError, match="effective_on"):
        concluded(heard(), "2025-07-01", "licencie").code()


def test_one_decision_ends_the_proceedings() -> None:
    done = concluded(heard(), "2025-07-01", "aucune")
    assert concluded(done, "2025-07-02", "aucune").code() == "invalid_state"
    done.json["steps"].pop()
    assert opinion(done, "2025-07-02").code() == "invalid_state"


def test_the_agent_leaves_on_the_day_and_not_before() -> None:
    given = dismissed(heard())
    assert given.deadlines("cessation_effective", "2025-08-31") == {"2025-08-31": "fallen"}
    assert given.days("CessationEffective", "2025-08-30") == []
    [left] = given.events("CessationEffective", "2025-08-31")
    assert (left["on"], left["kind"]) == ("2025-08-31", "licenciement")
    assert given.entitled("2025-08-30")["pay"]["monthly_paid"] == "10655.00"
    assert given.entitled("2025-08-31")["pay"]["monthly_paid"] == "0.00"


def test_nothing_is_due_to_an_agent_who_left_before() -> None:
    given = leaving(dismissed(heard()), "2025-07-02", "2025-08-01")
    assert given.events("IndemniteLicenciementDue", "2025-12-31") == []
    assert [one["kind"] for one in given.events("CessationEffective", "2025-12-31")] == ["retraite"]


# -- The indemnity -----------------------------------------------------------------------------------


def test_three_quarters_of_the_last_month_for_each_whole_year() -> None:
    # 0.75 x 9700 x 11 = 80025; eight instalments of 9700 = 77600, then 2425; first on 30 September, ninth on 31 May
    indemnity = owed(dismissed(heard()))
    assert indemnity["on"] == "2025-08-31"
    assert indemnity["basis"] == ["D2021-1645:39.3"]
    assert (indemnity["amount"], indemnity["instalments"]) == ("80025.00", 9)
    assert (indemnity["monthly"], indemnity["last"]) == ("9700.00", "2425.00")
    assert (indemnity["first_on"], indemnity["last_on"]) == ("2025-09-30", "2026-05-31")


def test_years_may_be_counted_exactly() -> None:
    # 0.75 x 9700 x 11.5 = 83662.50; eight instalments = 77600, then 6062.50
    exact = owed(dismissed(heard(Given("MCU-PH", {"insuffisance.years": "exact"}, pay=PAY, validated_years="11.5"))))
    assert (exact["amount"], exact["instalments"], exact["last"]) == ("83662.50", 9, "6062.50")


def test_instalments_may_be_capped_by_the_hospital_pay_alone() -> None:
    # 80025 / 5200 = 15.39: fifteen instalments = 78000, then 2025; sixteen months from 31 August 2025
    capped = {"insuffisance.cap": "hospital_only"}
    hospital = owed(dismissed(heard(Given("MCU-PH", capped, pay=PAY, validated_years="11.5"))))
    assert (hospital["instalments"], hospital["monthly"], hospital["last"]) == (16, "5200.00", "2025.00")
    assert hospital["last_on"] == "2026-12-31"


def test_a_single_instalment_is_the_whole() -> None:
    # 0.75 x 9700 x 1 = 7275, below 9700
    one = owed(dismissed(heard(validated_years="1.9")))
    assert (one["amount"], one["instalments"], one["monthly"], one["last"]) == ("7275.00", 1, "7275.00", "7275.00")
    assert one["first_on"] == one["last_on"] == "2025-09-30"


def test_whole_instalments_leave_no_rest() -> None:
    # 0.75 x 9700 x 4 = 29100 = 3 x 9700
    even = owed(dismissed(heard(validated_years="4")))
    assert (even["instalments"], even["monthly"], even["last"]) == (3, "9700.00", "9700.00")


def test_the_cents_are_rounded_once_at_the_end() -> None:
    # 0.75 x (3333.33 + 3333.34) x 3 = 15000.0075 -> 15000.01; two of 6666.67 = 13333.34, then 1666.67
    pay = {"remuneration_universitaire": "3333.33", "emoluments_hospitaliers": "3333.34"}
    odd = owed(dismissed(heard(pay=pay, validated_years="3")))
    assert (odd["amount"], odd["instalments"], odd["last"]) == ("15000.01", 3, "1666.67")


def test_no_validated_year_no_indemnity() -> None:
    given = dismissed(heard(validated_years="0.9"))
    assert given.events("IndemniteLicenciementDue", "2025-12-31") == []
    assert given.days("CessationEffective", "2025-12-31") == ["2025-08-31"]


def test_an_unknown_pay_is_told() -> None:
    given = dismissed(heard(pay=None, validated_years=None))
    assert given.events("IndemniteLicenciementDue", "2025-12-31") == []
    [left] = given.events("CessationEffective", "2025-12-31")
    assert left["warnings"] == [
        "fact_missing:validated_years",
        "fact_missing:remuneration_universitaire",
        "fact_missing:emoluments_hospitaliers",
    ]
