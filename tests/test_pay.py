"""The monthly pay of each position: 4500 + 5200 + 45 + 800 + 110 = 10655 at full time."""

from typing import Any

import pytest
from placements import asked, granted, heard
from proceedings import PAY
from scenario import Given


def paid(given: Given, on: str) -> tuple[str, str, str, str]:
    pay = given.entitled(on)["pay"]
    assert pay["monthly_retenue"] == "0.00"
    names = ("remuneration_universitaire", "emoluments_hospitaliers", "supplement_familial", "monthly_paid")
    return (pay[names[0]], pay[names[1]], pay[names[2]], pay[names[3]])


WHOLE = ("4500.00", "5200.00", "110.00", "10655.00")


def test_in_activity_everything_but_the_withholdings_and_the_charges() -> None:
    assert paid(Given(pay=PAY), "2025-06-01") == WHOLE


def test_an_unknown_pay_entitles_to_nothing_that_can_be_said() -> None:
    assert "pay" not in Given().when("2025-01-01", "agent.record_facts", None, facts={}).entitled("2025-06-01")


def test_what_is_not_known_is_not_shown() -> None:
    pay = Given(pay={"remuneration_universitaire": "4500.00"}).entitled("2025-06-01")["pay"]
    assert pay == {"remuneration_universitaire": "4500.00", "monthly_retenue": "0.00", "monthly_paid": "4500.00"}


def test_part_time_reduces_all_but_the_supplement() -> None:
    # 80 % of 10545 = 8436, and 110
    given = granted(Given(pay=PAY), "part_time", "2025-03-01", "2026-02-28")
    assert paid(given, "2025-02-28") == WHOLE
    assert paid(given, "2025-03-01") == ("3600.00", "4160.00", "110.00", "8546.00")
    pro_rata = granted(Given(choices={"part_time.sft": "pro_rata"}, pay=PAY), "part_time", "2025-03-01", "2026-02-28")
    assert paid(pro_rata, "2025-03-01")[2:] == ("88.00", "8524.00")


def test_in_delegation_what_the_decision_keeps_and_the_supplement() -> None:
    given = granted(Given(pay=PAY), "delegation", "2025-03-01", "2026-02-28")
    assert paid(given, "2025-02-28") == WHOLE
    assert paid(given, "2025-03-01") == ("3000.00", "0.00", "110.00", "3110.00")
    assert paid(given, "2026-02-28") == ("3000.00", "0.00", "110.00", "3110.00")
    assert paid(given, "2026-03-01") == WHOLE


def test_at_the_institut_universitaire_the_university_pay_is_kept_whole() -> None:
    given = granted(Given(pay=PAY), "delegation", "2025-03-01", "2026-02-28", purpose="iuf")
    assert paid(given, "2025-03-01") == ("4500.00", "0.00", "110.00", "4610.00")


def test_a_renewed_delegation_of_a_cca_is_not_paid() -> None:
    given = asked(
        Given("CCA", pay=PAY, chu_since="2020-11-01", nomination_ends_on="2030-10-31"),
        "delegation",
        "2025-01-10",
        "2025-03-01",
        "2025-08-31",
    )
    by = ["president_universite", "dg_chu"]
    given.when("2025-02-01", "delegation.decide", by=by, outcome="granted", pay_monthly="2000.00")
    given.when("2025-07-01", "delegation.renew", ends_on="2026-02-28")
    given.when("2025-07-02", "delegation.decide", object="renewal", by=by, outcome="granted")
    assert paid(given, "2025-08-31")[3] == "2110.00"
    assert paid(given, "2025-09-01") == ("0.00", "0.00", "110.00", "110.00")


@pytest.mark.parametrize("procedure", ["detachement", "disponibilite"])
def test_detached_or_on_disponibilite_nothing_from_the_establishment_of_origin(procedure: str) -> None:
    given = granted(Given(pay=PAY), procedure, "2025-03-01", "2026-02-28")
    assert paid(given, "2025-02-28") == WHOLE
    assert paid(given, "2025-03-01") == ("0.00", "0.00", "0.00", "0.00")
    assert paid(given, "2026-03-01") == WHOLE


@pytest.mark.parametrize("procedure", ["mise_a_disposition", "maintien_activite"])
def test_put_at_disposal_or_kept_in_activity_the_pay_is_whole(procedure: str) -> None:
    assert paid(granted(Given(pay=PAY), procedure, "2025-03-01", "2026-02-28"), "2025-03-01") == WHOLE


@pytest.mark.parametrize("procedure", ["delegation", "detachement", "disponibilite", "part_time"])
def test_what_is_only_asked_changes_no_pay(procedure: str) -> None:
    pending: Any = heard(
        asked(Given(pay=PAY), procedure, "2025-01-10", "2025-03-01", "2026-02-28"), procedure, "2025-01-20"
    )
    assert paid(pending, "2025-03-01") == WHOLE
