"""`greffe law`: which articles are encoded and where, and what is held of one."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from adapters import articles, words
from adapters.cli.options import Debug, Json, NoColor, day
from adapters.cli.output import DIM, Failure, Status, Voice
from domain.law.coverage import ARTICLES, Coverage, coverage
from domain.law.d2021_1645 import TEXT
from domain.law.editions import EDITION, current
from domain.law.sheet import Sheet, sheet
from domain.procedures import REGISTRY

HELP = "Consulter le droit encodé : articles, chiffres, lectures, procédures."


def add(app: typer.Typer) -> None:
    law = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)
    law.command("coverage", help="Lister les articles, et ce qui en est encodé.\n\nExemple : greffe law coverage")(
        listed
    )
    law.command("show", help="Montrer un article.\n\nExemple : greffe law show 28-2 --on 2025-01-01")(show)
    app.add_typer(law, name="law")


# -- The list ----------------------------------------------------------------------------------------


def listed(
    text: Annotated[str, typer.Argument(metavar="[TEXTE]", help="Le texte.")] = TEXT,
    as_json: Json = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    if text not in ARTICLES:
        raise Failure(f"texte inconnu : {text}", f"textes connus : {', '.join(ARTICLES)}", Status.NOT_FOUND)
    voice = Voice(color=not no_color)
    lines = list(coverage(REGISTRY, text))
    if as_json:
        shown = [articles.line_json(line) for line in lines]
        voice.document({"text": text, "edition": EDITION, "summary": articles.total(lines), "articles": shown})
        return
    voice.table(("Article", "État", "Titre", "Où, ou pourquoi"), map(row, lines))
    voice.line()
    voice.line(articles.total(lines))


def row(line: Coverage) -> tuple[str, ...]:
    files = [file for one in articles.procedures(line) for file in (one["rules"], *one["tests"])]
    where = " ; ".join([part for part in (line.why, ", ".join(files)) if part])
    return (line.article.number, articles.STATES[line.how], line.title, where)


# -- One article -------------------------------------------------------------------------------------


def show(
    ref: Annotated[str, typer.Argument(metavar="ARTICLE", help="28-2, ou D2021-1645:28-2.")],
    on: Annotated[date | None, day("Dire ce qui vaut ce jour-là.")] = None,
    as_json: Json = False,
    no_color: NoColor = False,
    _: Debug = False,
) -> None:
    article = articles.reference(ref)
    found = sheet(REGISTRY, article) if article is not None else None
    if found is None:
        raise Failure(f"article inconnu : {ref}", "les lister : greffe law coverage", Status.NOT_FOUND)
    voice = Voice(color=not no_color)
    if as_json:
        voice.document(articles.sheet_json(found, current(), on))
        return
    for line, style in said(found, on):
        voice.line(line, style)


def said(found: Sheet, on: date | None) -> Iterator[tuple[str, str]]:
    known, line = found.provision, found.coverage
    yield f"{found.article}{f'  {known.title}' if known else ''}", ""
    if known:
        yield known.paraphrase, ""
        yield "Résumé de Greffe, non le texte officiel.", DIM
        until = f", jusqu'au {words.day(known.until)}" if known.until else ""
        yield f"En vigueur depuis le {words.day(known.since)}{until}", ""
    if on and known:
        yield f"Au {words.day(on)} : {'en vigueur' if found.in_force(on) else 'pas en vigueur'}", ""
    if line:
        yield f"{articles.STATES[line.how]}{f' : {line.why}' if line.why else ''}", ""
    parts = {
        "Chiffres": figures(found, on),
        "Lectures du droit": (f"{one.key} = {articles.told(one.default)} : {one.why}" for one in found.choices),
        "Procédures": (
            ", ".join((one["title"], one["rules"], *one["tests"])) for one in articles.procedures(found.coverage)
        ),
        "Refus": (f"{code} : {title}" for code, title in articles.refusals(found.article).items()),
    }
    for title, content in parts.items():
        shown = list(content)
        if shown:
            yield "", ""
            yield title, DIM
            yield from ((f"  {one}", "") for one in shown)


def figures(found: Sheet, on: date | None) -> Iterator[str]:
    """Every version of each figure, or the one that applies on the day."""
    law = current()
    for figure in found.figures:
        applied = law.in_force(figure, on) if on else None
        shown = [one for one in articles.versions(figure, found.article) if on is None or one is applied]
        dated = " ; ".join(f"{articles.told(one.value)} depuis le {words.day(law.since(one))}" for one in shown)
        yield f"{figure.name} : {dated or f'rien au {words.day(on)}' if on else dated}"
