"""Acts on the positions, ready made: what is asked, who is heard, who signs."""

from typing import Any

from scenario import Given

MINISTERS = ["ministre_esr", "ministre_sante"]
UNIVERSITY_AND_CNG = ["president_universite", "cng"]
OPINIONS = {
    "delegation": [],
    "disponibilite": ["directeur_ufr", "chef_pole", "chef_service", "president_cme", "dg_chu"],
    "detachement": ["conseil_ufr", "cme"],
    "mise_a_disposition": ["conseil_ufr", "cme"],
    "mutation": ["conseil_ufr", "cme"],
    "maintien_activite": ["directeur_ufr", "chef_service", "chef_pole"],
    "part_time": ["directeur_ufr", "president_cme", "chef_pole", "chef_service"],
}
AUTHORITY = {
    "delegation": UNIVERSITY_AND_CNG,
    "disponibilite": UNIVERSITY_AND_CNG,
    "detachement": UNIVERSITY_AND_CNG,
    "mise_a_disposition": UNIVERSITY_AND_CNG,
    "mutation": MINISTERS,
    "maintien_activite": ["president_universite", "dg_chu", "president_cme"],
    "part_time": ["president_universite", "dg_chu"],
}
ASKED: dict[str, dict[str, Any]] = {
    "delegation": {"purpose": "mission_etude"},
    "disponibilite": {"kind": "autre"},
    "detachement": {"kind": "gip"},
    "mise_a_disposition": {"host": "ARS"},
    "mutation": {"vacancy_published": True, "target_chu": "CHU B", "same_chu": True},
    "maintien_activite": {},
    "part_time": {"quotite": 80},
}
DECIDED = {"delegation": {"pay_monthly": "3000.00"}}
WITHOUT_TERM = ("mutation",)


def asked(given: Given, procedure: str, on: str, starts_on: str, ends_on: str, case: str = "C1", **more: Any) -> Given:
    """The procedure asked for, for these days."""
    term = {} if procedure in WITHOUT_TERM else {"ends_on": ends_on}
    return given.when(on, f"{procedure}.request", case, **{**ASKED[procedure], "starts_on": starts_on, **term, **more})


def heard(given: Given, procedure: str, on: str, case: str = "C1", favourable: bool = True) -> Given:
    """Every opinion that the text requires, given on one day."""
    if OPINIONS[procedure]:
        given.when(on, f"{procedure}.give_opinion", case, by=OPINIONS[procedure], favourable=favourable)
    return given


def decided(given: Given, procedure: str, on: str, case: str = "C1", outcome: str = "granted", **more: Any) -> Given:
    """What is pending, decided by those who must sign."""
    said = {"by": AUTHORITY[procedure], "outcome": outcome, **DECIDED.get(procedure, {}), **more}
    return given.when(on, f"{procedure}.decide", case, **said)


def granted(
    given: Given, procedure: str, starts_on: str, ends_on: str, case: str = "C1", on: str = "2025-01-10", **more: Any
) -> Given:
    """The procedure asked for, reviewed and granted on one day."""
    asked(given, procedure, on, starts_on, ends_on, case, **more)
    return decided(heard(given, procedure, on, case), procedure, on, case)


def violations(given: Given) -> list[str]:
    """The codes of all the rules that the last step does not meet, in the order in which they are tested."""
    return [one["code"] for one in given.result()["steps"][-1].get("violations", [])]


def standing(deadlines: dict[str, str]) -> list[str]:
    """The due dates that were not given up."""
    return [due for due, status in deadlines.items() if status != "cancelled"]
