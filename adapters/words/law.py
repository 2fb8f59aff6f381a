"""How an article is named."""

from collections.abc import Mapping

from domain.law import Article

TEXTS: Mapping[str, str] = {"D2021-1645": "", "GREFFE": "registre"}  # before "art."; none for the statute itself
PLACES: Mapping[str, str] = {"GREFFE:cases": "règle du registre", "D2021-1645:92.11": "art. 92, 11°"}


def chip(article: Article | str) -> str:
    """The short form of a reference: art. 28-2, al. 2."""
    article = Article.parse(article)
    if str(article) in PLACES:
        return PLACES[str(article)]
    text = TEXTS.get(article.text, article.text)
    said = f"art. {article.number}"
    for part in article.paragraph.split(".") if article.paragraph else ():
        said += f", al. {part}" if part.isdigit() else f", {'dernier al.' if part == 'dernier' else part}"
    return f"{text} {said}".strip()
