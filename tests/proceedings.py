"""Proceedings against an agent, and ways out of the functions, ready made."""

from typing import Any

from scenario import Given

MINISTERS = ["ministre_esr", "ministre_sante"]
HEADS = ["dg_chu", "president_universite"]
BENCH = "juridiction_disciplinaire"
PAY = {
    "remuneration_universitaire": "4500.00",
    "emoluments_hospitaliers": "5200.00",
    "indemnite_residence": "45.00",
    "primes": "800.00",
    "supplement_familial": "110.00",
    "retenue_pension_civile": "500.00",
    "charges_sociales": "2000.00",
}


def accused(given: Given | None = None, on: str = "2025-01-10", case: str = "DI", by: Any = None) -> Given:
    """An agent under disciplinary proceedings."""
    return (given or Given(pay=PAY)).when(on, "discipline.open", case, by=MINISTERS if by is None else by)


def judged(given: Given, on: str, sanction: str = "aucune", case: str = "DI", **more: Any) -> Given:
    return given.when(on, "discipline.decide", case, **{"by": BENCH, "sanction": sanction, **more})


def challenged(given: Given | None = None, on: str = "2025-01-10", case: str = "IP", by: Any = None) -> Given:
    """An agent under proceedings for insuffisance professionnelle."""
    started = given or Given("MCU-PH", pay=PAY)
    return started.when(on, "insuffisance_professionnelle.open", case, by=MINISTERS if by is None else by)


def opinion(given: Given, on: str, favourable: bool = True, case: str = "IP") -> Given:
    return given.when(on, "insuffisance_professionnelle.give_opinion", case, by=BENCH, favourable=favourable)


def concluded(given: Given, on: str, outcome: str, case: str = "IP", by: Any = None, **more: Any) -> Given:
    said = {"by": MINISTERS if by is None else by, "outcome": outcome, **more}
    return given.when(on, "insuffisance_professionnelle.decide", case, **said)


def leaving(given: Given, on: str, effective_on: str, kind: str = "retraite", case: str = "CE") -> Given:
    return given.when(on, "cessation.record", case, kind=kind, effective_on=effective_on)


def suspended(given: Given | None = None, on: str = "2025-01-15", case: str = "SU", **more: Any) -> Given:
    """An accused agent suspended at half pay by both ministers, from the day of the decision."""
    said = {"procedure": "DI", "by": MINISTERS, "starts_on": on, "retenue": "0.50", **more}
    return (given or accused()).when(on, "suspension.decide", case, **said)


def in_emergency(given: Given | None = None, on: str = "2025-01-15", case: str = "SU", **more: Any) -> Given:
    """An agent suspended by both heads of the establishments, from the day of the decision."""
    danger = {"continuite": True, "securite_patients": True}
    said = {"by": HEADS, "starts_on": on, "circumstances": danger, **more}
    return (given or Given(pay=PAY)).when(on, "suspension.emergency", case, **said)
