"""What an office may read otherwise in a part time: the last day of a time limit, and who is heard."""

from typing import Any

import pytest

from domain.procedures import REGISTRY
from domain.simulation import read_scenario, simulate

ASKED = {"type": "part_time.request", "case": "T", "quotite": 80, "starts_on": "2025-06-01", "months": 12}
HANDICAP = {**ASKED, "ground": "de_droit_handicap"}


def ran(choices: dict[str, Any], until: str, *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    given = {
        "subject": {"kind": "agent", "id": "A1", "corps": "PU-PH"},
        "choices": choices,
        "steps": [{"on": on, "command": command} for on, command in steps],
        "until": until,
    }
    return simulate(REGISTRY, read_scenario(given)).as_json()


@pytest.mark.parametrize(("included", "due"), [(False, "2025-01-04"), (True, "2025-01-05")])
def test_the_anniversary_day_of_the_doctors_two_months_is_late_unless_the_office_counts_it(
    included: bool, due: str
) -> None:
    referred = ("2024-11-04", {"type": "part_time.refer_doctor", "case": "T"})
    shown = ran({"time_limit_last_day_included": included}, "2025-02-01", ("2024-11-04", HANDICAP), referred)
    assert [one["on"] for one in shown["events"] if one["type"] == "OpinionDeemedGiven"] == [due]


@pytest.mark.parametrize(
    ("heard", "code"), [(["chef_service"], "missing_opinion"), (["directeur_ufr", "chef_service"], None)]
)
def test_an_office_that_hears_the_ufr_director_alone_still_hears_the_head_of_the_unit(
    heard: list[str], code: str | None
) -> None:
    given = {"type": "part_time.give_opinion", "case": "T", "by": heard, "favourable": True}
    granted = {"type": "part_time.decide", "case": "T", "by": ["president_universite", "dg_chu"], "outcome": "granted"}
    choices = {"part_time.opinions": ["directeur_ufr"]}
    shown = ran(choices, "2025-06-02", ("2024-11-04", ASKED), ("2024-11-20", given), ("2024-12-02", granted))
    assert shown["steps"][2].get("code") == code
