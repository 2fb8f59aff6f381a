"""The words of what an agent is entitled to, figures included."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.words.fields import value
from adapters.words.figures import THIN, euros, length
from domain.agents.mission_rights import length as parts

SECTIONS: Mapping[str, str] = {
    "part_time": "Temps de service et congés",
    "pay": "Rémunération due pour un mois entier",
    "delegation": "Délégation",
    "mission_temporaire": "Mission temporaire",
}
ENTITLEMENTS: Mapping[str, str] = {
    "part_time.quotite": "Quotité",
    "part_time.pay_rate": "Part de la rémunération",
    "part_time.weekly_half_days": "Demi-journées de service par semaine",
    "part_time.annual_leave_half_days": "Demi-journées de congé de l'année",
    "delegation.earliest_next_start": "Nouvelle délégation possible",
    "mission_temporaire.window": "Période en cours",
    "mission_temporaire.ordinary_available": "À prendre sur la période",
    "mission_temporaire.anticipated_available": "À prendre d'avance",
    "mission_temporaire.carry_over_available": "Crédit reporté",
    "mission_temporaire.commitment": "Engagement de servir",
    "mission_temporaire.ledger": "Compte",
    "pay.remuneration_universitaire": "Rémunération universitaire",
    "pay.emoluments_hospitaliers": "Émoluments hospitaliers",
    "pay.supplement_familial": "Supplément familial",
    "pay.monthly_retenue": "Retenues du mois",
    "pay.monthly_paid": "Total dû",
}
ABSENT: Mapping[str, str] = {"delegation.earliest_next_start": "Sans délai", "mission_temporaire.commitment": "Aucun"}
RIGHTS: Mapping[str, str] = {"ordinary": "Période", "anticipated": "D'avance", "carry_over": "Crédit reporté"}
MOVES: Mapping[str, str] = {
    "opened": "ouverture",
    "credited": "report",
    "taken": "mission",
    "deducted": "mission déduite",
    "used": "mission déjà prise",
}


def entitlement(name: str, found: Any) -> Iterator[tuple[str, str]]:
    """A right as lines, each with its label; `name` is dotted, with its section."""
    label = ENTITLEMENTS[name]
    match found:
        case {"months": _, "weeks": _, "days": _}:
            yield label, length(found)
        case {"from": first, "to": last}:
            yield (
                label,
                f"du {value('from', first)} au {value('to', last)}" if last else f"depuis le {value('from', first)}",
            )
        case Mapping():
            yield from ((f"{label} {key}", value(name, one)) for key, one in found.items())
        case [*entries] if name.endswith("ledger"):
            yield from map(ledger_line, entries)
        case _:
            yield label, ABSENT.get(name, "—") if found is None else figure(name, found)


def figure(name: str, found: Any) -> str:
    """80 %, 4 843,80 €."""
    if name.startswith("pay."):
        return euros(found)
    if name.endswith("quotite"):
        return f"{found}{THIN}%"
    return value(name, found).replace(".", ",")


def ledger_line(entry: Mapping[str, Any]) -> tuple[str, str]:
    """What a day gave to an account or took from it, and what it left."""
    case = f" {entry['case']}" if entry["case"] and entry["kind"] not in ("opened", "credited") else ""
    label = f"{value('on', entry['on'])} · {RIGHTS[entry['right']]}, {MOVES[entry['kind']]}{case}"
    sign = "−" if entry["units"] < 0 else "+"
    left = "dépassé" if entry["balance"] < 0 else f"reste {length(parts(entry['balance']))}"
    return label, f"{sign}{THIN}{length(parts(abs(entry['units'])))}, {left}"
