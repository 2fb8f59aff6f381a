"""The words of the timeline: its lanes and what they hold."""

from collections.abc import Mapping

from adapters.words.figures import euros, percent
from domain.agents.pay import Rates

LANES: Mapping[str, str] = {
    "corps": "Corps",
    "statut": "Statut",
    "position": "Position",
    "quotite": "Quotité",
    "week": "Service de la semaine",
    "chu": "CHU",
    "mise_a_disposition": "Mise à disposition",
    "maintien_activite": "Au-delà de la limite d'âge",
    "suspension": "Suspension",
    "paid": "Rémunération conservée",
    "retenue": "Retenue de la suspension",
    "deprivation": "Rémunération retirée",
}
LANE_VALUES: Mapping[str, str] = {
    "corps.inconnu": "Corps à préciser",
    "statut.stagiaire": "Stagiaire",
    "statut.titulaire": "Titulaire",
    "position.activite": "Activité",
    "position.hors_cadre": "Hors des fonctions",
    "position.delegation": "Délégation",
    "position.mission_temporaire": "Mission temporaire",
    "position.disponibilite": "Disponibilité",
    "position.detachement": "Détachement",
    "position.exclusion": "Exclusion temporaire",
    "position.suspension": "Suspension",  # no position, but a rule names it as one
    "mise_a_disposition.mise_a_disposition": "Mise à disposition",
    "maintien_activite.maintien_activite": "Maintien en activité",
    "suspension.suspended": "Suspendu",
    "paid.whole": "En entier",
}


def lane_value(lane: str, value: str) -> str:
    """80 %, Stagiaire, MCU-PH, 3 000,00 €."""
    if f"{lane}.{value}" in LANE_VALUES:
        return LANE_VALUES[f"{lane}.{value}"]
    match lane:
        case "quotite":
            return f"{value} %"
        case "week":
            return f"{value} demi-journées"
        case "paid":
            return f"{euros(value)} par mois"
        case "deprivation":
            return percent(value)
        case "retenue":
            rates = Rates.parse(value)
            if rates.universitaire == rates.hospitaliere:
                return percent(rates.universitaire)
            return f"{percent(rates.universitaire)} (université), {percent(rates.hospitaliere)} (hôpital)"
    return value
