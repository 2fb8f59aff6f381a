"""The pages of reference say what the code says."""

import re
from pathlib import Path

import pytest

from adapters import reference
from adapters.__main__ import VERBS
from adapters.settings import PREFIX, Settings
from domain.law.choices import CHOICES
from domain.procedures import REGISTRY

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_of_reference_is_up_to_date(name: str) -> None:
    assert read(f"docs/{name}") == reference.page(name), "lancer : python -m adapters.reference"


def test_the_glossary_names_every_act_and_every_event() -> None:
    glossary = read("docs/glossaire.md")

    assert [code for code in REGISTRY.commands if f"| `{code}` |" not in glossary] == []
    assert [name for name in REGISTRY.events if f"| `{name}` |" not in glossary] == []


def test_every_choice_of_reading_is_listed_with_its_default() -> None:
    listed = read("docs/lectures-du-droit.md")

    assert [key for key in CHOICES if f"| `{key}` |" not in listed] == []
    assert "| `part_time.last_period` | `truncate` | `stop` |" in listed


def test_every_setting_is_documented() -> None:
    operating = read("docs/exploitation.md")

    assert [name for name in Settings.model_fields if f"{PREFIX}{name.upper()}" not in operating] == []


def test_every_verb_is_in_the_readme() -> None:
    said = read("README.md") + "greffe version"

    assert [verb for verb in VERBS if f"greffe {verb}" not in said] == []


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent

    assert [link for link in LINK.findall(read(page)) if not (folder / link).exists()] == []
