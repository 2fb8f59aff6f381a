"""Each article of each source is encoded, data only, or not encoded with the reason."""

from domain.law.coverage import DATA, NOT_ENCODED, NUMBERS, coverage
from domain.law.editions import provision
from domain.procedures import REGISTRY

COVERAGE = {one.article.number: one for one in coverage(REGISTRY)}


def test_each_article_of_the_decree_is_listed_once_in_the_order_of_the_text() -> None:
    assert len(NUMBERS) == len(set(NUMBERS)) == len(COVERAGE)
    assert NUMBERS[0] == "1"
    assert NUMBERS[-1] == "96"


def test_an_article_that_is_not_encoded_says_why() -> None:
    assert [number for number, one in COVERAGE.items() if one.how == "not_encoded" and not one.why] == []


def test_no_reason_is_given_for_an_article_that_a_procedure_applies() -> None:
    encoded = {number for number, one in COVERAGE.items() if one.how == "encoded"}
    assert encoded & NOT_ENCODED.keys() == set()
    assert (DATA.keys() | NOT_ENCODED.keys()) - COVERAGE.keys() == set()


def test_every_article_that_a_procedure_cites_has_a_paraphrase() -> None:
    cited = {article for procedure in REGISTRY.procedures for article in procedure.articles}
    assert [str(article) for article in cited if provision(article) is None] == []
