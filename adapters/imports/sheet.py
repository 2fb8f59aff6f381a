"""A CSV file as spreadsheets write it: UTF-8 or Windows-1252, semicolons, commas or tabs."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST = 50_000_000  # bytes
MOST_LINES = 50_000
SEPARATORS = ";,\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run when it opens the cell


class NotASheet(Exception):
    """The file is not a CSV file that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of cells, with its number in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns and the lines of a file."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    separator: str


def read_sheet(path: Path) -> Sheet:
    """The sheet in this file; NotASheet when it is something else."""
    text = _decoded(_content(path))
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=lambda one: (first.count(one), -SEPARATORS.index(one)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[Line] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(reader.line_num, tuple(cell.strip() for cell in cells)))
            if len(lines) > MOST_LINES + 1:
                raise NotASheet(f"plus de {MOST_LINES} lignes : couper le fichier")
    except csv.Error as error:
        raise NotASheet(f"ligne {reader.line_num} : guillemets ou cellule illisibles ({error})") from error
    if not lines:
        raise NotASheet("fichier vide")
    return Sheet(path.name, lines[0].cells, tuple(lines[1:]), separator)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise NotASheet(f"illisible : {error.strerror}") from error
    if len(content) > LARGEST:
        raise NotASheet(f"plus de {LARGEST // 1_000_000} Mo")
    return content


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise NotASheet("ce n'est pas un fichier CSV : enregistrer la feuille en « CSV UTF-8 »")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet("ni UTF-8 ni Windows-1252 : enregistrer la feuille en « CSV UTF-8 »")


def plain(text: str) -> str:
    """The words of a heading or of a value: no accent, no case, no punctuation."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    kept = "".join(c if c.isalnum() else " " for c in parts if not unicodedata.combining(c))
    return " ".join(kept.split())


def harmless(cell: str) -> str:
    """The cell as text for a spreadsheet too: what would be run as a formula is quoted."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def write_errors(path: Path, sheet: Sheet, errors: Sequence[tuple[Line, str]]) -> None:
    """The lines in error with their own columns, and one more that says what is wrong."""
    width = len(sheet.columns)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=sheet.separator)
        writer.writerow([harmless(column) for column in (*sheet.columns, "erreur")])
        for line, message in errors:
            cells = (*line.cells, *[""] * (width - len(line.cells)))[:width]
            writer.writerow([harmless(cell) for cell in (*cells, message)])
