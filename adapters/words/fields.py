"""The words of the fields of an act and of an event, and of what they hold."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from adapters.words.figures import day, euros, length, listed, lowered, percent
from adapters.words.lanes import LANE_VALUES
from adapters.words.procedures import AUTHORITIES


class FieldWord(NamedTuple):
    """A field in words: its label, and what helps to fill it."""

    label: str
    hint: str = ""


# By field, or by act and field where the words differ.
FIELDS: Mapping[str, FieldWord] = {
    "case": FieldWord("Référence", "Laisser vide : elle est attribuée à l'ouverture."),
    "on": FieldWord("Date de l'acte", "Jour où la demande est reçue, l'avis rendu ou la décision prise."),
    "quotite": FieldWord("Quotité", "En pour cent du temps plein : 50, 60, 70, 80 ou 90."),
    "starts_on": FieldWord("Premier jour"),
    "months": FieldWord("Durée en mois", "De six mois à un an."),
    "ends_on": FieldWord("Dernier jour"),
    "ground": FieldWord("Motif"),
    "annualised": FieldWord("Service annualisé"),
    "by": FieldWord("Autorité"),
    "favourable": FieldWord("Avis"),
    "object": FieldWord("Objet de la décision"),
    "outcome": FieldWord("Sens de la décision"),
    "effective_on": FieldWord("Date d'effet", "Au plus tôt deux mois après la demande."),
    "exceptional": FieldWord("Changement exceptionnel", "Second changement de la même année."),
    "agent_consent": FieldWord("Accord de l'agent"),
    "reason": FieldWord("Précisions"),
    "from": FieldWord("Premier jour d'absence"),
    "to": FieldWord("Dernier jour d'absence"),
    "kind": FieldWord("Nature"),
    "corps": FieldWord("Corps", "PU-PH, MCU-PH, PHU, CCA ou AHU."),
    "statut": FieldWord("Statut"),
    "nomination_ends_on": FieldWord("Terme de la nomination"),
    "facts": FieldWord("Situation connue"),
    "corps_origine": FieldWord("Corps d'origine"),
    "hu_entry_on": FieldWord("Entrée dans les fonctions hospitalo-universitaires"),
    "chu_since": FieldWord("Au CHU depuis"),
    "last_report_on": FieldWord("Dernier rapport d'activité"),
    "validated_years": FieldWord("Années validées"),
    "pension_entitled": FieldWord("Droit à pension ouvert"),
    "pay": FieldWord("Rémunération mensuelle à temps plein"),
    "remuneration_universitaire": FieldWord("Rémunération universitaire", "En euros."),
    "emoluments_hospitaliers": FieldWord("Émoluments hospitaliers", "En euros."),
    "indemnite_residence": FieldWord("Indemnité de résidence", "En euros."),
    "primes": FieldWord("Primes et indemnités", "En euros."),
    "supplement_familial": FieldWord("Supplément familial de traitement", "En euros."),
    "retenue_pension_civile": FieldWord("Retenue pour pension civile", "En euros."),
    "charges_sociales": FieldWord("Charges sociales", "En euros."),
    "weekly_half_days": FieldWord(
        "Demi-journées de service par semaine", "De cinq à neuf, si la quotité n'en donne pas un nombre entier."
    ),
    "purpose": FieldWord("Objet"),
    "pay_monthly": FieldWord("Rémunération conservée par mois", "En euros."),
    "host": FieldWord("Organisme d'accueil"),
    "monthly": FieldWord("Montant mensuel", "En euros."),
    "share": FieldWord("Part dispensée", "De 0 à 1."),
    "conseil_administration_opinion": FieldWord("Avis du conseil d'administration rendu"),
    "basis": FieldWord("Droit utilisé"),
    "commitment_accepted": FieldWord("Engagement de servir accepté", "Trois fois la durée prise d'avance."),
    "project": FieldWord("Projet", "À décrire pour prendre un crédit reporté."),
    "amount": FieldWord("Rémunération de toute la mission", "En euros."),
    "gip": FieldWord("Auprès d'un groupement d'intérêt public"),
    "vacancy_published": FieldWord("Emploi publié vacant"),
    "target_chu": FieldWord("CHU d'accueil"),
    "same_chu": FieldWord("Nouvelle affectation"),
    "radiation_same_act": FieldWord("Radiation des cadres dans le même acte"),
    "procedure": FieldWord(
        "Procédure engagée", "Référence de la procédure disciplinaire ou pour insuffisance professionnelle en cours."
    ),
    "retenue": FieldWord("Retenue", "La moitié au plus des deux parts réunies : 0,5 pour la moitié, 0 pour rien."),
    "universitaire": FieldWord("Sur la part universitaire", "De 0 à 1."),
    "hospitaliere": FieldWord("Sur la part hospitalière", "De 0 à 1."),
    "penal_prosecution": FieldWord("Poursuites pénales en cours"),
    "circumstances": FieldWord("Circonstances exceptionnelles", "La continuité du service, et une sécurité au moins."),
    "continuite": FieldWord("Continuité du service menacée"),
    "securite_patients": FieldWord("Sécurité des patients menacée"),
    "securite_etudiants": FieldWord("Sécurité des étudiants menacée"),
    "final": FieldWord("Jugement"),
    "sanction": FieldWord("Sanction", "Dans l'échelle de la catégorie de l'agent."),
    "pay_deprivation": FieldWord("Part de la rémunération retirée", "De 0,01 à 1 ; pour une exclusion temporaire."),
    "body": FieldWord("Ordre"),
    "provenance": FieldWord("Provenance"),
    "source": FieldWord("Source"),
    "evidence": FieldWord("Justificatif"),
    "part_time.request_renewal.quotite": FieldWord("Quotité", "Laisser vide pour garder la même."),
    "part_time.return_full_time.ground": FieldWord("Motif", "Un motif grave dispense de préavis."),
    "agent.change_corps.starts_on": FieldWord("Date de la nomination"),
    "part_time.request.ends_on": FieldWord("Dernier jour", "À la place de la durée en mois."),
    "delegation.decide.pay_monthly": FieldWord(
        "Rémunération conservée par mois", "En euros ; à préciser pour accorder."
    ),
    "delegation.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "mission_temporaire.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "disponibilite.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "detachement.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "mise_a_disposition.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "maintien_activite.end_early.ends_on": FieldWord("Nouveau dernier jour"),
    "mission_temporaire.breach.reason": FieldWord("Motif du départ"),
    "disponibilite.request.kind": FieldWord("Motif"),
    "detachement.request.kind": FieldWord("Cadre"),
    "mise_a_disposition.request.ground": FieldWord("Cadre", "Laisser vide pour la mise à disposition de l'article 31."),
    "mutation.request.starts_on": FieldWord("Date d'effet"),
    "maintien_activite.request.starts_on": FieldWord("Premier jour", "Au-delà de la limite d'âge."),
    "suspension.confirm.procedure": FieldWord("Procédure engagée", "Nécessaire pour une retenue."),
    "discipline.open.facts": FieldWord("Faits reprochés"),
    "discipline.decide.starts_on": FieldWord("Premier jour d'effet", "Laisser vide pour le jour de la décision."),
    "discipline.decide.ends_on": FieldWord("Dernier jour de l'exclusion", "Pour une exclusion temporaire."),
    "discipline.record_order_proceedings.outcome": FieldWord("Issue", "Laisser vide tant qu'elle n'est pas connue."),
    "insuffisance_professionnelle.decide.effective_on": FieldWord(
        "Premier jour hors des fonctions", "Pour une retraite ou un licenciement."
    ),
    "cessation.request.kind": FieldWord("Cause"),
    "cessation.record.kind": FieldWord("Cause", "Une démission s'ouvre par une demande, puis s'accepte."),
    "cessation.request.effective_on": FieldWord("Premier jour hors des fonctions"),
    "cessation.record.effective_on": FieldWord("Premier jour hors des fonctions"),
}


def field(command: str, name: str) -> FieldWord:
    """The words of a field of an act."""
    last = name.rpartition(".")[2]
    return FIELDS.get(f"{command}.{name}") or FIELDS[last]


# By field and value, as inside a sentence.
VALUES: Mapping[str, str] = {
    "ground.convenance": "convenance personnelle",
    "ground.de_droit_famille": "de droit, raisons familiales",
    "ground.de_droit_handicap": "de droit, handicap",
    "ground.motif_grave": "motif grave",
    "object.authorisation": "l'autorisation",
    "object.quotite": "le changement de quotité",
    "object.renewal": "le renouvellement",
    "object.return_full_time": "le retour à temps plein",
    "object.placement": "la demande",
    "purpose.mission_etude": "mission d'étude",
    "purpose.enseignement": "enseignement",
    "purpose.creation_entreprise": "création d'entreprise",
    "purpose.iuf": "Institut universitaire de France",
    "kind.a": "contribution a",
    "kind.b": "contribution b",
    "kind.temporary": "remplacement temporaire",
    "kind.permanent": "remplacement définitif",
    "missing.conseil_administration": "conseil d'administration",
    "outcome.granted": "accorder",
    "outcome.refused": "refuser",
    "outcome.titularise": "titulariser",
    "outcome.prolonge": "accorder une dernière année",
    "outcome.reintegre": "réintégrer dans le corps d'origine",
    "outcome.licencie": "licencier",
    "kind.maladie": "congé de maladie",
    "kind.maternite": "congé de maternité",
    "kind.adoption": "congé d'adoption",
    "kind.paternite": "congé de paternité",
    "kind.conge_annuel": "congé annuel",
    "kind.non_remunere": "congé non rémunéré",
    "statut.stagiaire": "stagiaire",
    "statut.titulaire": "titulaire",
    "evidence.act": "acte",
    "evidence.export": "export d'un autre logiciel",
    "evidence.declaration": "déclaration",
    "cause.opposed": "opposition à la reconduction",
    "cause.nomination_term": "terme de la nomination",
    "cause.return_full_time": "retour à temps plein",
    "cause.position_change": "changement de position",
    "cause.cessation": "cessation des fonctions",
    "cause.delegation": "délégation",
    "cause.absence": "absence",
    "cause.part_time": "temps partiel",
    "cause.term": "terme",
    "cause.early": "fin anticipée",
    "cause.lifted": "levée",
    "cause.procedure_ended": "fin de la procédure engagée",
    "cause.no_sanction": "aucune sanction",
    "cause.withdrawn": "saisine retirée",
    "ground.art12": "établissement lié au CHU par convention (article 12)",
    "basis.ordinary": "trois mois par période de deux ans",
    "basis.anticipated": "droits pris d'avance",
    "basis.carry_over": "crédit reporté",
    "basis_of_right.ordinary": "trois mois par période de deux ans",
    "basis_of_right.anticipated": "droits pris d'avance",
    "basis_of_right.carry_over": "crédit reporté",
    "base.gross": "brut",
    "base.net": "net",
    "kind.convenances_personnelles": "convenances personnelles",
    "kind.autre": "autre motif",
    "kind.l531": "création d'entreprise",
    "kind.gip": "groupement d'intérêt public",
    "kind.droit_commun": "droit commun",
    "kind.demission": "démission",
    "kind.retraite": "retraite",
    "kind.retraite_limite_age": "retraite à la limite d'âge",
    "kind.retraite_invalidite": "retraite pour invalidité",
    "kind.licenciement": "licenciement",
    "kind.revocation": "révocation",
    "kind.perte_droits_civiques": "perte des droits civiques",
    "outcome.retraite": "mettre à la retraite",
    "outcome.aucune": "ne prendre aucune mesure",
    "reason.three_months": "trois mois sans décision",
    "reason.no_heavy_sanction": "ni sanction ni mesure qui la justifie",
    "reason.disponibilite": "disponibilité",
    "reason.demission": "démission",
    "reason.retraite": "retraite",
    "reason.revocation": "révocation",
    "reason.retraite_limite_age": "retraite à la limite d'âge",
    "reason.retraite_invalidite": "retraite pour invalidité",
    "reason.licenciement": "licenciement",
    "reason.perte_droits_civiques": "perte des droits civiques",
    "sanction.aucune": "aucune sanction",
    "sanction.avertissement": "avertissement",
    "sanction.blame": "blâme",
    "sanction.reduction_anciennete_echelon": "réduction d'ancienneté d'échelon",
    "sanction.abaissement_echelon": "abaissement d'échelon",
    "sanction.exclusion_temporaire": "exclusion temporaire",
    "sanction.retraite_office": "mise à la retraite d'office",
    "sanction.revocation": "révocation",
    "sanction.exclusion_definitive": "exclusion définitive",
    "sanction.licenciement": "licenciement",
}
TRUTHS: Mapping[str, tuple[str, str]] = {  # of what is true or false, when yes and no do not say it
    "favourable": ("défavorable", "favorable"),
    "same_chu": ("dans un autre CHU", "dans le même CHU"),
    "final": ("non définitif", "définitif"),
    "counts": ("sans effet sur la retenue", "la retenue court au-delà des trois mois"),
    "refund": ("aucun remboursement à attendre", "remboursement à prévoir"),
}

EUROS = frozenset(
    {
        "amount",
        "charges_sociales",
        "emoluments_hospitaliers",
        "indemnite_residence",
        "last",
        "monthly",
        "pay_monthly",
        "primes",
        "remuneration_universitaire",
        "retenue_pension_civile",
        "supplement_familial",
    }
)
SHARES = frozenset({"hospitaliere", "pay_deprivation", "retenue", "share", "universitaire"})
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_LENGTH = re.compile(r"P(\d+)M(\d+)D")


def value(name: str, found: Any) -> str:
    """A value of a field, as people read it inside a sentence."""
    match found:
        case None:
            return "—"
        case bool():
            return TRUTHS.get(name, ("non", "oui"))[found]
        case date():
            return day(found)
        case Mapping() if "days" in found:
            return length(found)
        case tuple() | list():
            return listed(value(name, one) for one in found)
        case str() if ISO_DAY.fullmatch(found):
            return day(date.fromisoformat(found))
        case str() if lasting := ISO_LENGTH.fullmatch(found):
            return length({"months": int(lasting[1]), "days": int(lasting[2])})
        case str() | Decimal() if name in EUROS | SHARES:
            return _amount(name, found)
        case str():
            return _word(name, found)
    return str(found)


def _amount(name: str, found: Decimal | str) -> str:
    try:
        return euros(found) if name in EUROS else percent(found)
    except InvalidOperation:  # not yet read: a form shows what was entered
        return str(found)


def _word(name: str, code: str) -> str:
    known = VALUES.get(f"{name}.{code}") or AUTHORITIES.get(code)
    return known or lowered(LANE_VALUES.get(f"{name}.{code}", "")) or code
