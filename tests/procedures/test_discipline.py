"""Discipline (18 to 25, 38, 86, 96): who may pronounce what, and what a sanction does."""

from typing import Any

import pytest
from placements import asked, granted, standing, violations
from proceedings import BENCH, MINISTERS, PAY, accused, judged, leaving
from scenario import Given

from domain.simulation import InputError

SCALES = {
    "PU-PH": [
        "avertissement",
        "blame",
        "reduction_anciennete_echelon",
        "abaissement_echelon",
        "exclusion_temporaire",
        "retraite_office",
        "revocation",
    ],
    "PHU": [
        "avertissement",
        "blame",
        "reduction_anciennete_echelon",
        "abaissement_echelon",
        "exclusion_temporaire",
        "exclusion_definitive",
    ],
    "CCA": ["avertissement", "blame", "exclusion_temporaire", "licenciement"],
}
ALL = sorted({sanction for scale in SCALES.values() for sanction in scale})
EXCLUSION = {"starts_on": "2025-10-01", "ends_on": "2026-03-31", "pay_deprivation": "0.50"}


def excluded(given: Given | None = None, on: str = "2025-09-10", **more: Any) -> Given:
    said = {name: value for name, value in {**EXCLUSION, **more}.items() if value is not None}
    return judged(given or accused(), on, "exclusion_temporaire", **said)


# -- Who is brought before the bench -----------------------------------------------------------------


def test_both_ministers_seize_the_bench_for_the_three_categories() -> None:
    assert accused(by=["ministre_esr"]).code() == "missing_authority"
    for corps in ("PU-PH", "MCU-PH", "PHU", "CCA", "AHU"):
        assert accused(Given(corps)).code() is None
    assert accused(Given("PH")).code() == "not_eligible"
    assert accused(on="2021-12-15").code() == "law_not_in_force"
    assert accused(on="2021-12-16").code() is None
    assert accused(leaving(Given(), "2025-01-01", "2025-02-01"), "2025-02-02").code() == "position_incompatible"


def test_both_ministers_withdraw_and_only_before_the_decision() -> None:
    given = accused().when("2025-02-01", "discipline.withdraw", "DI", by=["ministre_esr"])
    assert given.code() == "missing_authority"
    withdrawn = accused().when("2025-02-01", "discipline.withdraw", "DI", by=MINISTERS)
    [closed] = withdrawn.events("DisciplinaryProcedureClosedWithoutSanction")
    assert (closed["on"], closed["cause"]) == ("2025-02-01", "withdrawn")
    assert judged(withdrawn, "2025-02-02").code() == "invalid_state"
    assert judged(accused(), "2025-02-01").when("2025-02-02", "discipline.withdraw", "DI", by=MINISTERS).code() == (
        "invalid_state"
    )


def test_a_reminder_comes_back_every_six_months_until_the_decision() -> None:
    given = accused(on="2025-08-31")
    assert given.deadlines("discipline_review", "2026-09-01") == {
        "2026-02-28": "fallen",
        "2026-08-31": "fallen",
        "2027-02-28": "open",
    }
    decided = judged(given, "2026-03-01")
    assert standing(decided.deadlines("discipline_review", "2027-01-01")) == ["2026-02-28"]
    every_month = accused(Given(choices={"discipline.review_months": 1}), "2025-01-10")
    assert list(every_month.deadlines("discipline_review", "2025-01-11")) == ["2025-02-10"]


# -- The scales --------------------------------------------------------------------------------------


@pytest.mark.parametrize("corps", SCALES)
@pytest.mark.parametrize("sanction", ALL)
def test_each_category_has_its_scale_in_the_order_of_its_article(corps: str, sanction: str) -> None:
    more = EXCLUSION if sanction == "exclusion_temporaire" else {}
    given = judged(accused(Given(corps)), "2025-09-10", sanction, **more)
    if sanction not in SCALES[corps]:
        assert given.code() == "sanction_not_in_scale"
        return
    [pronounced] = given.events("SanctionPronounced")
    assert pronounced["on"] == "2025-09-10"
    assert pronounced["rank"] == SCALES[corps].index(sanction) + 1
    article = {"PU-PH": "D2021-1645:38", "PHU": "D2021-1645:86", "CCA": "D2021-1645:96"}[corps]
    assert pronounced["basis"] == ["D2021-1645:18", article]


@pytest.mark.parametrize("corps", SCALES)
def test_no_sanction_is_open_to_all(corps: str) -> None:
    [closed] = judged(accused(Given(corps)), "2025-09-10").events("DisciplinaryProcedureClosedWithoutSanction")
    assert (closed["on"], closed["cause"]) == ("2025-09-10", "no_sanction")


def test_the_scale_is_that_of_the_category_on_the_day_of_the_decision() -> None:
    given = accused(Given("CCA")).when("2025-05-01", "agent.change_corps", None, corps="PHU", starts_on="2025-09-10")
    assert judged(given, "2025-09-09", "exclusion_definitive").code() == "sanction_not_in_scale"
    given.json["steps"].pop()
    assert judged(given, "2025-09-10", "exclusion_definitive").code() is None


def test_an_unknown_corps_is_left_to_the_office_with_a_warning() -> None:
    [pronounced] = judged(accused(Given(None)), "2025-09-10", "revocation").events("SanctionPronounced")
    assert pronounced["rank"] is None
    assert pronounced["warnings"] == ["fact_missing:corps"]


def test_nobody_but_the_bench_sanctions() -> None:
    assert judged(accused(), "2025-09-10", "blame", by=MINISTERS).code() == "missing_authority"


def test_a_sanction_never_reaches_back() -> None:
    assert judged(accused(), "2025-09-10", "revocation", starts_on="2025-09-09").code() == "retroactive_sanction"
    assert judged(accused(), "2025-09-10", "revocation", starts_on="2025-09-10").code() is None


def test_one_decision_ends_the_proceedings() -> None:
    assert judged(judged(accused(), "2025-09-10", "blame"), "2025-09-11", "blame").code() == "invalid_state"


def test_the_ordre_runs_apart_before_and_after() -> None:
    def told(given: Given, on: str) -> Given:
        return given.when(on, "discipline.record_order_proceedings", "DI", body="Ordre des médecins", outcome="blâme")

    given = told(judged(told(accused(), "2025-02-01"), "2025-09-10", "blame"), "2025-10-01")
    assert given.codes() == [None, None, None, None]
    assert [one["basis"] for one in given.events("OrderProceedingsRecorded")] == [["D2021-1645:25"]] * 2


# -- Temporary exclusion -----------------------------------------------------------------------------


def test_an_exclusion_lasts_three_years_at_most_from_its_first_day() -> None:
    assert excluded(ends_on="2028-09-30").code() is None
    assert excluded(ends_on="2028-10-01").code() == "exclusion_exceeds_three_years"
    assert excluded(starts_on=None, ends_on="2028-09-09").code() is None
    assert excluded(starts_on=None, ends_on="2028-09-10").code() == "exclusion_exceeds_three_years"
    assert excluded(ends_on="2025-09-30").code() == "bad_period"
    assert excluded(ends_on="2025-10-01").code() is None


def test_an_exclusion_says_how_long_and_what_is_taken() -> None:
    assert excluded(ends_on=None).code() == "duration_not_specified"
    assert excluded(pay_deprivation=None).code() == "pay_not_specified"
    for share in ("0.01", "1"):
        assert excluded(pay_deprivation=share).code() is None
    refused: list[str | float] = ["0", "1.01", 0.5]
    for wrong in refused:
        with pytest.raises(InputError, match=r"steps\.1\.command\.pay_deprivation"):
            excluded(pay_deprivation=wrong).code()


def test_the_reasons_come_in_the_order_of_the_spec() -> None:
    given = judged(accused(), "2025-09-10", "exclusion_temporaire", by="dg_chu", starts_on="2025-09-09")
    assert violations(given) == [
        "duration_not_specified",
        "pay_not_specified",
        "missing_authority",
        "retroactive_sanction",
    ]


def test_an_exclusion_starts_and_ends_on_its_days() -> None:
    given = excluded()
    assert given.days("ExclusionStarted", "2025-09-30") == []
    assert given.days("ExclusionStarted", "2025-10-01") == ["2025-10-01"]
    [ended] = given.events("ExclusionEnded", "2026-04-01")
    assert (ended["on"], ended["cause"]) == ("2026-04-01", "term")
    assert given.deadlines("exclusion_end", "2026-04-01") == {"2026-04-01": "fallen"}


def test_an_exclusion_from_today_starts_at_once() -> None:
    given = excluded(on="2025-10-01")
    assert given.days("ExclusionStarted") == ["2025-10-01"]
    assert given.deadlines("exclusion_start") == {}


@pytest.mark.parametrize(
    ("procedure", "ended"),
    [
        ("delegation", "DelegationEnded"),
        ("disponibilite", "DisponibiliteEnded"),
        ("detachement", "DetachementEnded"),
        ("part_time", "PartTimeEnded"),
    ],
)
def test_an_exclusion_ends_what_runs_on_its_eve(procedure: str, ended: str) -> None:
    given = excluded(accused(granted(Given(pay=PAY), procedure, "2025-03-01", "2026-02-28", on="2025-01-09")))
    assert given.days(ended, "2027-01-01") == ["2025-10-01"]


def test_no_other_position_starts_within_an_exclusion_pronounced() -> None:
    assert asked(excluded(), "part_time", "2025-09-11", "2026-03-31", "2027-03-30").code() == "position_incompatible"
    assert asked(excluded(), "part_time", "2025-09-11", "2026-04-01", "2027-03-31").code() is None


def test_an_exclusion_takes_its_share_of_the_pay() -> None:
    # 4500 + 5200 + 45 + 800 + 110 = 10655; half of it 5327.50, the supplément familial kept whole 5382.50
    given = excluded()
    assert given.entitled("2025-09-30")["pay"]["monthly_paid"] == "10655.00"
    assert given.entitled("2025-10-01")["pay"]["monthly_paid"] == "5327.50"
    assert given.entitled("2026-03-31")["pay"]["monthly_paid"] == "5327.50"
    assert given.entitled("2026-04-01")["pay"]["monthly_paid"] == "10655.00"
    kept = excluded(accused(Given(choices={"exclusion.sft": "full"}, pay=PAY)))
    assert kept.entitled("2025-10-01")["pay"]["monthly_paid"] == "5382.50"


def test_an_exclusion_of_category_3_is_not_cut_by_the_nomination() -> None:
    given = excluded(accused(Given("CCA", nomination_ends_on="2025-10-31")))
    assert given.days("ExclusionEnded", "2026-06-01") == ["2026-04-01"]


def test_leaving_ends_an_exclusion_that_runs_and_forgets_one_to_come() -> None:
    [ended] = leaving(excluded(), "2025-11-01", "2026-01-01").events("ExclusionEnded", "2026-06-01")
    assert (ended["on"], ended["cause"]) == ("2026-01-01", "cessation")
    early = leaving(excluded(), "2025-09-11", "2025-09-20")
    assert early.days("ExclusionStarted", "2026-06-01") == []
    assert early.days("ExclusionEnded", "2026-06-01") == []
    assert standing(early.deadlines("exclusion_end", "2026-06-01")) == []


# -- Leaving by a sanction ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corps", "sanction", "kind"),
    [
        ("PU-PH", "retraite_office", "retraite"),
        ("PU-PH", "revocation", "revocation"),
        ("AHU", "licenciement", "licenciement"),
    ],
)
def test_the_last_degrees_end_the_functions(corps: str, sanction: str, kind: str) -> None:
    given = accused(
        granted(Given(corps, pay=PAY, nomination_ends_on="2030-10-31"), "part_time", "2025-03-01", "2025-12-31")
    )
    at_once = judged(given, "2025-09-10", sanction)
    [left] = at_once.events("CessationEffective", "2025-09-10")
    assert (left["on"], left["kind"], left["imposed"]) == ("2025-09-10", kind, True)
    [ended] = at_once.events("PartTimeEnded", "2025-09-10")
    assert (ended["on"], ended["cause"]) == ("2025-09-10", "cessation")
    assert at_once.entitled("2025-09-10")["pay"]["monthly_paid"] == "0.00"


def test_a_revocation_to_come_waits_for_its_day() -> None:
    given = judged(accused(), "2025-09-10", "revocation", starts_on="2025-10-01")
    assert given.days("CessationEffective", "2025-09-30") == []
    assert given.days("CessationEffective", "2025-10-01") == ["2025-10-01"]
    assert given.deadlines("cessation_effective", "2025-10-01") == {"2025-10-01": "fallen"}
    retired = leaving(given, "2025-09-11", "2025-09-20")
    assert [one["kind"] for one in retired.events("CessationEffective", "2025-11-01")] == ["retraite"]


def test_a_phu_excluded_for_good_returns_to_the_corps_of_origin() -> None:
    given = accused(Given("PHU", corps_origine="PH", pay=PAY, nomination_ends_on="2030-10-31"))
    judged(given, "2025-09-10", "exclusion_definitive")
    [back] = given.events("ReinstatedInCorpsOrigine")
    assert (back["on"], back["corps_origine"], back["basis"]) == ("2025-09-10", "PH", ["D2021-1645:86"])
    assert given.days("PhDisciplinaryAuthoritySeized") == ["2025-09-10"]
    assert given.days("CessationEffective") == []
    assert given.entitled("2025-09-10")["pay"]["monthly_paid"] == "0.00"


def test_a_phu_excluded_for_good_later_keeps_the_functions_until_then() -> None:
    given = granted(Given("PHU", nomination_ends_on="2030-10-31"), "part_time", "2025-03-01", "2026-02-28")
    judged(accused(given), "2025-09-10", "exclusion_definitive", starts_on="2025-10-01")
    assert given.days("ReinstatedInCorpsOrigine", "2025-09-30") == []
    [back] = given.events("ReinstatedInCorpsOrigine", "2025-10-01")
    assert back["warnings"] == ["fact_missing:corps_origine"]
    assert given.days("PartTimeEnded", "2025-10-01") == ["2025-10-01"]


def test_by_is_one_code_or_a_list() -> None:
    assert judged(accused(), "2025-09-10", "blame", by=[BENCH]).code() is None
