"""The law as data: dated figures without a gap, each with its article, and every reading of the spec."""

from datetime import date
from typing import Any

import pytest

from domain.law import Article, Choice, NotCovered, Parameter, Version, choices, d2021_1645
from domain.law.choices import CHOICES
from domain.law.editions import EDITION, PROVISIONS, TEXTS, current, provision
from domain.procedures import REGISTRY
from domain.procedures import part_time as part_time_module

PARAMETERS = [value for value in vars(d2021_1645).values() if isinstance(value, Parameter)]
LAW = current()

# Every CHOICE of the general rules, of `stage` and of `part_time`: its default, then its alternatives.
SPEC: dict[str, tuple[Any, ...]] = {
    "law.reform_2024.from": (date(2024, 10, 19),),
    "decide.retroactive": ("reject", "warn"),
    "withdraw.after_grant": ("until_start", "never"),
    "pay.part_month": ("thirtieths", "calendar"),
    "time_limit_last_day_included": (False, True),
    "stage.dismiss_official": ("reject", "allow"),
    "stage.authority": (("ministre_esr", "ministre_sante"),),
    "stage.late_decision": ("retroactive", "decision_day"),
    "stage.part_time": ("pro_rata", "none"),
    "stage.absence": ("one_tenth", "none", "full"),
    "part_time.authority": (("president_universite", "dg_chu"),),
    "part_time.express_reminder_months": (2,),
    "part_time.sft": ("full",),
    "part_time.last_period": ("truncate", "stop"),
    "part_time.week_mapping": (),
    "part_time.year": ("civil", "rolling12", "authorisation"),
    "part_time.mixed_year_leave": (),
    "part_time.cca_min_service_months": (None,),
}
OUTSIDE = ["stage.part_time", "stage.absence", "part_time.mixed_year_leave", "part_time.cca_min_service_months"]


def first_day(version: Version[Any]) -> date:
    return version.since if isinstance(version.since, date) else LAW.choice(version.since)


# -- Parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_the_versions_of_a_figure_are_in_order_and_have_their_article(parameter: Parameter[Any]) -> None:
    days = [first_day(version) for version in parameter.versions]
    assert days
    assert days == sorted(set(days))
    assert all(provision(version.source) is not None for version in parameter.versions)
    assert parameter.checked_on >= max(days)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.name)
def test_a_figure_is_covered_from_its_first_day_on_and_not_before(parameter: Parameter[Any]) -> None:
    first = first_day(parameter.versions[0])
    assert LAW.value(parameter, first) == parameter.versions[0].value
    assert LAW.value(parameter, date(2100, 1, 1)) == parameter.versions[-1].value
    with pytest.raises(NotCovered, match=date.fromordinal(first.toordinal() - 1).isoformat()):
        LAW.value(parameter, date.fromordinal(first.toordinal() - 1))


def test_each_figure_has_its_own_name() -> None:
    names = [parameter.name for parameter in PARAMETERS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVICE_HALF_DAYS", 11),
        ("FULL_TIME_LEAVE_HALF_DAYS", 50),
        ("PART_TIME_QUOTITES", (50, 60, 70, 80, 90)),
        ("PART_TIME_MONTHS_LEAST", 6),
        ("PART_TIME_MONTHS_MOST", 12),
        ("PART_TIME_LIMIT_MONTHS", 36),
        ("PART_TIME_NOTICE_MONTHS", 2),
        ("PART_TIME_CHANGES_A_YEAR", 2),
        ("PART_TIME_DOCTOR_MONTHS", 2),
        ("PART_TIME_LEAVE_HALF_DAYS", {5: 25, 6: 30, 7: 35, 8: 40, 9: 45}),
        ("STAGE_MONTHS", 12),
        ("STAGE_LAST_YEAR_MONTHS", 12),
        ("STAGE_SENIORITY_MONTHS", 12),
    ],
)
def test_the_figures_are_those_of_the_decree(name: str, value: Any) -> None:
    assert LAW.value(getattr(d2021_1645, name), date(2025, 1, 1)) == value


def test_a_figure_that_depends_on_a_choice_moves_with_it() -> None:
    later = current({"law.reform_2024.from": "2025-01-01"})
    assert later.in_force(d2021_1645.PART_TIME_QUOTITES, date(2024, 12, 31)) is None
    assert later.in_force(d2021_1645.PART_TIME_QUOTITES, date(2025, 1, 1)) is not None


# -- Choices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SPEC)
def test_every_choice_of_the_spec_can_be_made(key: str) -> None:
    assert key in CHOICES
    choice = CHOICES[key]
    if SPEC[key]:
        default, *alternatives = SPEC[key]
        assert choice.default == default
        assert all(choice.read(value) == value for value in alternatives)
    assert choice.why


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_reading_that_rests_on_other_law_is_marked_so(key: str) -> None:
    assert CHOICES[key].outside


@pytest.mark.parametrize("choice", CHOICES.values(), ids=lambda choice: choice.key)
def test_a_choice_takes_its_default_and_its_alternatives_and_nothing_else(choice: Choice[Any]) -> None:
    assert choice.read(choice.default) == choice.default
    for value in choice.alternatives or ():
        assert choice.read(value) == value
    with pytest.raises(ValueError, match=choice.key):
        choice.read(object())


def test_the_choices_are_all_listed() -> None:
    written = {value.key for value in vars(choices).values() if isinstance(value, Choice)}
    assert written == set(CHOICES)


def test_every_choice_is_one_that_a_rule_may_read() -> None:
    with pytest.raises(ValueError, match=r"part_time\.nothing: unknown"):
        current({"part_time.nothing": 1})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("part_time.last_period", "cut"),
        ("part_time.express_reminder_months", "2"),
        ("part_time.express_reminder_months", True),
        ("law.reform_2024.from", "19 octobre"),
        ("stage.authority", "cng"),
        ("decide.retroactive", None),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(ValueError):
        current({key: value})


@pytest.mark.parametrize("value", [["nobody"], [], [1], ["dg_chu", "nobody"]])
@pytest.mark.parametrize("key", ["stage.authority", "part_time.authority"])
def test_an_authority_that_does_not_exist_cannot_be_chosen(key: str, value: Any) -> None:
    with pytest.raises(ValueError):
        current({key: value})


@pytest.mark.parametrize("value", [-1, -100_000])
def test_a_reminder_is_not_chosen_after_what_it_reminds_of(value: int) -> None:
    with pytest.raises(ValueError):
        current({"part_time.express_reminder_months": value})


def test_the_reference_of_the_law_tells_two_sets_of_choices_apart() -> None:
    stop, rolling = current({"part_time.last_period": "stop"}), current({"part_time.year": "rolling12"})
    assert len({LAW.reference, stop.reference, rolling.reference}) == 3
    assert LAW.reference == EDITION
    assert all(law.reference.startswith(EDITION) for law in (stop, rolling))
    both = {"part_time.last_period": "stop", "part_time.year": "rolling12"}
    assert current(both).reference == current(dict(reversed(both.items()))).reference


def test_a_choice_set_to_its_default_is_no_choice() -> None:
    assert current({"part_time.last_period": "truncate"}).reference == LAW.reference


# -- Articles ----------------------------------------------------------------------------------------


def test_every_provision_is_of_a_text_that_is_known_and_says_something() -> None:
    for article, one in PROVISIONS.items():
        assert article == one.article == article.whole
        assert article.text in TEXTS
        assert one.title
        assert one.paraphrase
        assert one.until is None or one.since <= one.until


def test_every_procedure_rests_on_articles_that_are_known() -> None:
    for procedure in REGISTRY.procedures:
        assert procedure.articles
        assert all(provision(article) is not None for article in procedure.articles)


def test_the_articles_of_part_time_are_those_of_the_spec() -> None:
    numbers = {article.number for article in part_time_module.PROCEDURE.articles}
    assert {"28", "28-1", "28-2", "28-3", "28-4", "85", "92"} <= numbers


@pytest.mark.parametrize("ref", ["D2021-1645:28-2", "D2021-1645:28-2.2", "D2021-1645:mission-temporaire.I"])
def test_a_reference_is_read_as_it_is_written(ref: str) -> None:
    assert str(Article.parse(ref)) == ref


@pytest.mark.parametrize("ref", ["", "28-2", ":28", "D2021-1645:", 28, None])
def test_what_is_not_a_reference_is_not_read(ref: object) -> None:
    with pytest.raises(ValueError):
        Article.parse(ref)


def test_an_article_covers_its_paragraphs_and_no_neighbour() -> None:
    article = Article.parse("D2021-1645:28")
    assert article.covers(article)
    assert article.covers(Article.parse("D2021-1645:28.2"))
    assert not article.covers(Article.parse("D2021-1645:28-2"))
    assert not Article.parse("D2021-1645:28-2.2").covers(Article.parse("D2021-1645:28-2"))
    assert Article.parse("D2021-1645:28-2.2").whole == Article.parse("D2021-1645:28-2")
