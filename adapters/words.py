"""The French words of every code: procedures, acts, events, deadlines, refusals, fields and their values.

The domain speaks in codes; people read these. A test walks the registry: no code without a word, no word
without a code.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.kernel import Check, Deadline, DeadlineArmed, DeadlineRevised, Event
from domain.law import Article

# -- Dates, numbers, lists -----------------------------------------------------------------------------


def day(on: date) -> str:
    """12/03/2026."""
    return f"{on:%d/%m/%Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """12/03/2026 09:12, on the clock of the establishment."""
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M}"


def countdown(due: date, today: date) -> str:
    """J-49 before, J+7 after."""
    left = (due - today).days
    return "Aujourd'hui" if left == 0 else f"J{-left:+d}"


MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def month(on: date) -> str:
    """Mars 2026."""
    return f"{MONTHS[on.month - 1]} {on.year}".capitalize()


def listed(words: Iterable[str]) -> str:
    """A, b et c."""
    known = list(words)
    return " et ".join(part for part in (", ".join(known[:-1]), known[-1] if known else "") if part)


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# -- The law -------------------------------------------------------------------------------------------

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


# -- Procedures, statuses, authorities -------------------------------------------------------------------


class ProcedureWord(NamedTuple):
    """A procedure in words: its title, the group it is chosen in, the prefix of its references."""

    title: str
    group: str
    prefix: str


PROCEDURES: Mapping[str, ProcedureWord] = {
    "career": ProcedureWord("Carrière", "Dossier", "CA"),
    "stage": ProcedureWord("Stage et titularisation", "Stage et titularisation", "ST"),
    "part_time": ProcedureWord("Temps partiel", "Temps de travail", "TP"),
    "delegation": ProcedureWord("Délégation", "Position", "DE"),
}

STATUSES: Mapping[str, str] = {
    "career.unknown": "Inconnu",
    "career.open": "Ouvert",
    "stage.running": "Stage en cours",
    "stage.completed": "Stage accompli, décision attendue",
    "stage.last_year_running": "Dernière année en cours",
    "stage.last_year_completed": "Dernière année accomplie, décision attendue",
    "stage.titularised": "Titularisé",
    "stage.reintegrated": "Réintégré dans le corps d'origine",
    "stage.dismissed": "Licencié",
    "stage.closed": "Clos",
    "part_time.requested": "En instruction",
    "part_time.granted": "Accordé",
    "part_time.refused": "Refusé",
    "part_time.withdrawn": "Retiré",
    "part_time.lapsed": "Terminé au bout de trois ans",
    "part_time.ended": "Terminé",
    "delegation.requested": "En instruction",
    "delegation.granted": "Accordée",
    "delegation.refused": "Refusée",
    "delegation.withdrawn": "Retirée",
    "delegation.ended": "Terminée",
}

AUTHORITIES: Mapping[str, str] = {
    "president_universite": "président de l'université",
    "dg_chu": "directeur général du CHU",
    "directeur_ufr": "directeur de l'UFR",
    "conseil_ufr": "conseil de l'UFR",
    "cme": "commission médicale d'établissement",
    "president_cme": "président de la CME",
    "chef_pole": "chef de pôle",
    "chef_service": "chef de service",
    "responsable_structure": "responsable de la structure",
    "cng": "Centre national de gestion",
    "ministre_esr": "ministre chargé de l'enseignement supérieur",
    "ministre_sante": "ministre chargé de la santé",
    "comite_medical": "comité médical",
    "conseil_medical": "conseil médical",
    "medecin_prevention": "médecin de prévention",
    "cnu": "Conseil national des universités",
    "juridiction_disciplinaire": "juridiction disciplinaire",
    "directeur_etablissement": "directeur de l'établissement",
    "president_republique": "Président de la République",
    "jury": "jury",
    "ars": "agence régionale de santé",
    "etablissement": "établissement",
    "agent": "agent",
}
AUTOMATIC = "Automatique"

ROLES: Mapping[str, str] = {
    "gestionnaire": "Gestionnaire",
    "signataire_universite": "Signataire pour l'université",
    "signataire_chu": "Signataire pour le CHU",
    "auditeur": "Auditeur",
    "service": "Service",
}

LANES: Mapping[str, str] = {
    "corps": "Corps",
    "statut": "Statut",
    "position": "Position",
    "quotite": "Quotité",
    "paid": "Rémunération conservée",
}
LANE_VALUES: Mapping[str, str] = {
    "corps.inconnu": "Corps à préciser",
    "statut.stagiaire": "Stagiaire",
    "statut.titulaire": "Titulaire",
    "position.activite": "Activité",
    "position.hors_cadre": "Hors des fonctions",
    "position.delegation": "Délégation",
    "paid.whole": "En entier",
}


def lane_value(lane: str, value: str) -> str:
    """80 %, Stagiaire, MCU-PH."""
    return f"{value} %" if lane == "quotite" else LANE_VALUES.get(f"{lane}.{value}", value)


# -- Acts and their fields -----------------------------------------------------------------------------

COMMANDS: Mapping[str, str] = {
    "agent.register": "Ouvrir le dossier",
    "agent.record_facts": "Compléter le dossier",
    "agent.change_corps": "Enregistrer une nomination",
    "stage.open": "Ouvrir le stage",
    "stage.give_opinion": "Saisir un avis",
    "stage.record_absence": "Enregistrer une absence",
    "stage.decide": "Décider à la fin du stage",
    "part_time.request": "Demander un temps partiel",
    "part_time.refer_doctor": "Saisir le médecin de prévention",
    "part_time.give_opinion": "Saisir un avis",
    "part_time.decide": "Décider",
    "part_time.amend": "Demander un changement de quotité",
    "part_time.oppose_renewal": "S'opposer à la reconduction tacite",
    "part_time.request_renewal": "Demander le renouvellement exprès",
    "part_time.return_full_time": "Demander le retour à temps plein",
    "part_time.inform_cng": "Noter l'information du CNG",
    "part_time.withdraw": "Retirer la demande",
    "delegation.request": "Demander une délégation",
    "delegation.renew": "Demander le renouvellement",
    "delegation.decide": "Décider",
    "delegation.record_authorisation": "Enregistrer l'autorisation des ministres",
    "delegation.record_convention": "Enregistrer la convention",
    "delegation.set_contribution": "Fixer la contribution de l'entreprise",
    "delegation.waive_contribution": "Dispenser d'une part de la contribution",
    "delegation.end_early": "Mettre fin avant le terme",
    "delegation.replace": "Enregistrer le remplacement",
    "delegation.withdraw": "Retirer la demande",
}


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
}


def field(command: str, name: str) -> FieldWord:
    """The words of a field of an act."""
    last = name.rpartition(".")[2]
    return FIELDS.get(f"{command}.{name}") or FIELDS[last]


# By field and value.
VALUES: Mapping[str, str] = {
    "ground.convenance": "Convenance personnelle",
    "ground.de_droit_famille": "De droit, raisons familiales",
    "ground.de_droit_handicap": "De droit, handicap",
    "ground.motif_grave": "Motif grave",
    "object.authorisation": "L'autorisation",
    "object.quotite": "Le changement de quotité",
    "object.renewal": "Le renouvellement exprès",
    "object.return_full_time": "Le retour à temps plein",
    "object.placement": "La délégation",
    "purpose.mission_etude": "Mission d'étude",
    "purpose.enseignement": "Enseignement",
    "purpose.creation_entreprise": "Création d'entreprise",
    "purpose.iuf": "Institut universitaire de France",
    "kind.a": "Contribution a",
    "kind.b": "Contribution b",
    "kind.temporary": "Remplacement temporaire",
    "kind.permanent": "Remplacement définitif",
    "missing.conseil_administration": "conseil d'administration",
    "outcome.granted": "Accorder",
    "outcome.refused": "Refuser",
    "outcome.titularise": "Titulariser",
    "outcome.prolonge": "Accorder une dernière année",
    "outcome.reintegre": "Réintégrer dans le corps d'origine",
    "outcome.licencie": "Licencier",
    "kind.maladie": "Congé de maladie",
    "kind.maternite": "Congé de maternité",
    "kind.adoption": "Congé d'adoption",
    "kind.paternite": "Congé de paternité",
    "kind.conge_annuel": "Congé annuel",
    "kind.non_remunere": "Congé non rémunéré",
    "statut.stagiaire": "Stagiaire",
    "statut.titulaire": "Titulaire",
    "evidence.act": "Acte",
    "evidence.export": "Export d'un autre logiciel",
    "evidence.declaration": "Déclaration",
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
}


ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def value(name: str, found: Any) -> str:
    """A value of a field, as people read it."""
    if isinstance(found, bool):
        favourable = ("Défavorable", "Favorable")
        return favourable[found] if name == "favourable" else ("non", "oui")[found]
    if isinstance(found, date):
        return day(found)
    if isinstance(found, str) and ISO_DAY.fullmatch(found):
        return day(date.fromisoformat(found))
    if isinstance(found, tuple | list):
        return listed(value(name, one) for one in found)
    if isinstance(found, str):
        return VALUES.get(f"{name}.{found}") or AUTHORITIES.get(found) or found
    return "—" if found is None else str(found)


# -- Events --------------------------------------------------------------------------------------------

EVENTS: Mapping[str, str] = {
    "DeadlineArmed": "Échéance fixée au {due} : {title}",
    "DeadlineRevised": "Échéance du {due} précisée : {title}",
    "DeadlineCancelled": "Échéance du {due} sans objet : {title}",
    "DeadlineFell": "Échéance atteinte le {due} : {title}",
    "DeadlineMet": "Échéance du {due} satisfaite : {title}",
    "CaseClosed": "Procédure close sans décision : {cause}",
    "AgentRegistered": "Dossier ouvert",
    "AgentFactsRecorded": "Dossier complété",
    "CorpsChanged": "Nomination dans le corps {corps}",
    "StageOpened": "Stage ouvert, fin prévue le {due}",
    "StageOpinionGiven": "Avis {favourable}, {by}",
    "StageAbsenceRecorded": "Absence du {first} au {last} : {kind}",
    "StageEndMoved": "Fin du stage reportée du {old_due} au {new_due} : {cause}",
    "StageCompleted": "Durée du stage accomplie",
    "StagiaireTitularised": "Titularisation, ancienneté comptée depuis le {seniority_from}",
    "StageLastYearGranted": "Dernière année de stage accordée jusqu'au {new_due}",
    "StagiaireReintegrated": "Réintégration dans le corps d'origine",
    "StagiaireDismissed": "Licenciement à la fin du stage",
    "StageClosed": "Stage clos : {cause}",
    "PartTimeRequested": "Temps partiel à {quotite} % demandé du {effective_on} au {ends_on}",
    "PartTimeDoctorReferred": "Médecin de prévention saisi",
    "PartTimeOpinionGiven": "Avis {favourable}, {by}",
    "OpinionDeemedGiven": "Avis réputé rendu, {by}",
    "OpinionRecordedLate": "Avis tardif {favourable}, {by}, sans effet",
    "PartTimeGranted": "Temps partiel à {quotite} % accordé jusqu'au {ends_on}",
    "PartTimeRefused": "Refus : {object}",
    "PartTimeRenewedTacitly": "Temps partiel reconduit tacitement jusqu'au {ends_on}",
    "PartTimeRenewalOpposed": "Opposition à la reconduction tacite, {by}",
    "PartTimeRenewalRequested": "Renouvellement exprès demandé : {quotite} %, {months} mois",
    "PartTimeRenewalGranted": "Renouvellement exprès accordé : {quotite} %, {months} mois",
    "PartTimeRenewedExpressly": "Temps partiel à {quotite} % renouvelé expressément jusqu'au {ends_on}",
    "PartTimeQuotiteChangeRequested": "Quotité de {quotite} % demandée au {effective_on}",
    "PartTimeQuotiteChanged": "Quotité portée à {quotite} %",
    "PartTimeReturnRequested": "Retour à temps plein demandé au {effective_on}",
    "PartTimeLapsed": "Trois ans écoulés sans renouvellement exprès : retour à temps plein",
    "PartTimeEnded": "Fin du temps partiel : {cause}",
    "FullTimeResumed": "Retour à temps plein",
    "CngInformationDue": "Information du CNG à faire",
    "CngInformed": "CNG informé",
    "PartTimeWithdrawn": "Demande retirée",
    "DelegationRequested": "Délégation demandée du {starts_on} au {ends_on} : {purpose}",
    "DelegationRenewalRequested": "Renouvellement demandé jusqu'au {ends_on}",
    "DelegationGranted": "Délégation accordée jusqu'au {ends_on}",
    "DelegationRenewed": "Délégation renouvelée jusqu'au {ends_on}",
    "DelegationRefused": "Refus : {object}",
    "DelegationWithdrawn": "Demande retirée",
    "DelegationEnded": "Fin de la délégation : {cause}",
    "DelegationAuthorised": "Autorisation des ministres reçue",
    "DelegationConventionRecorded": "Convention conclue",
    "CompanyContributionSet": "Contribution de l'entreprise fixée : {kind}",
    "CompanyContributionWaived": "Dispense d'une part de la contribution : {share}",
    "CompanyContributionMandatory": "Contribution b due de plein droit",
    "TemporaryReplacementRecorded": "Remplacement temporaire enregistré",
}


def event(happened: Event) -> str:
    """What has happened, in one sentence."""
    told = {name: _inside(name, getattr(happened, name)) for name in type(happened).model_fields}
    if happened.bookkeeping:
        deadline = happened.deadline if isinstance(happened, DeadlineArmed | DeadlineRevised) else None
        told["due"] = day(deadline.due) if deadline else told.get("due", "")
        kind = deadline.kind if deadline else getattr(happened, "kind", "")
        told["title"] = DEADLINES.get(kind, "")
    return EVENTS[happened.name()].format_map(told)


def _inside(name: str, found: Any) -> str:
    """A value inside a sentence: it keeps its capital only when it is a name or a figure."""
    said = value(name, found)
    return said[:1].lower() + said[1:] if f"{name}.{found}" in VALUES or isinstance(found, bool) else said


WARNINGS: Mapping[str, str] = {
    "retroactive_decision": "Décision prise après sa date d'effet",
    "fact_missing": "À compléter : {}",
}


def warning(code: str) -> str:
    """A warning that an event carries: `fact_missing:corps` names the fact."""
    kind, _, name = code.partition(":")
    return WARNINGS[kind].format(FIELDS[name].label.lower() if name else "")


# -- Deadlines -----------------------------------------------------------------------------------------

DEADLINES: Mapping[str, str] = {
    "stage_opinions_reminder": "Demander les avis de fin de stage",
    "stage_end": "Décider à la fin du stage",
    "part_time_doctor_opinion": "Avis du médecin de prévention réputé rendu",
    "part_time_cng_information": "Informer le CNG",
    "part_time_tacit_renewal": "Reconduction tacite du temps partiel",
    "part_time_return": "Retour à temps plein",
    "part_time_nomination_term": "Terme de la nomination",
    "part_time_position_change": "Changement de position",
    "part_time_express_renewal": "Fin des trois ans de temps partiel",
    "part_time_express_renewal_reminder": "Préparer le renouvellement exprès du temps partiel",
    "delegation_end": "Fin de la délégation",
    "delegation_end_reminder": "Préparer la fin de la délégation",
    "delegation_contribution_b": "Contribution de l'entreprise due",
    "delegation_reopen": "Nouvelle délégation possible",
}
CONSEQUENCES: Mapping[str, str] = {
    "reminder": "Rappel, sans effet sur les droits.",
    "stage_completed": "La durée du stage est accomplie ; l'agent reste stagiaire jusqu'à la décision.",
    "opinion_deemed_given": "À défaut d'avis, il est réputé rendu.",
    "part_time_ends": "Le temps partiel prend fin.",
    "part_time_renewed_tacitly": "Sans opposition, le temps partiel est reconduit pour la même durée.",
    "part_time_renewed_expressly": "Le renouvellement accordé prend effet.",
    "part_time_lapses": "Sans demande ni décision expresses, retour à temps plein.",
    "full_time_resumed": "L'agent reprend à temps plein.",
    "delegation_ends": "La délégation prend fin et l'agent reprend son service.",
    "contribution_mandatory": "La contribution de l'entreprise devient due.",
    "delegation_open_again": "Une nouvelle délégation peut être demandée.",
}
NATURES: Mapping[str, str] = {"statutory": "Échéance statutaire", "internal": "Rappel interne"}


def awaited(deadline: Deadline) -> str:
    """Who is expected to act before a deadline."""
    return authorities(deadline.awaits)


def authorities(codes: Iterable[str]) -> str:
    """The authorities in words, or Automatique when nobody is awaited."""
    known = [AUTHORITIES[code] for code in codes]
    return capital(listed(known)) if known else AUTOMATIC


# -- Rules ---------------------------------------------------------------------------------------------


class RuleWord(NamedTuple):
    """A rule in words: met, not met, then the sentence of the refusal: fact and rule, way out.

    A rule of one procedure names its articles; one that all procedures share takes those of the act.

    The sentences name `found`, the facts expected, the values suggested (`to_<field>`). Of several
    sentences, one a line, the first of which all is given is said; when none is, the title stands for the fact.
    """

    met: str
    title: str
    fact: str = ""
    way: str = ""
    basis: tuple[str, ...] = ()  # where the rule is written, when it is one place


RULES: Mapping[str, RuleWord] = {
    "duplicate_case": RuleWord(
        "Référence nouvelle",
        "Référence déjà utilisée",
        "La référence {found} désigne déjà une procédure de ce dossier.",
        "Choisissez-en une autre, ou laissez-la vide.",
        basis=("GREFFE:cases",),
    ),
    "unknown_case": RuleWord(
        "Procédure connue",
        "Procédure inconnue",
        "Aucune procédure de cette sorte ne porte la référence {found} dans ce dossier.",
        "Ouvrez-la d'abord.",
        basis=("GREFFE:cases",),
    ),
    "already_registered": RuleWord(
        "Dossier nouveau", "Dossier déjà ouvert", way="Complétez le dossier existant.", basis=("D2021-1645:1",)
    ),
    "unknown_subject": RuleWord(
        "Dossier ouvert", "Dossier inconnu", way="Ouvrez d'abord le dossier de l'agent.", basis=("D2021-1645:1",)
    ),
    "invalid_state": RuleWord(
        "L'état de la procédure le permet",
        "L'état de la procédure ne le permet pas",
        way="Consultez l'historique, puis choisissez un acte proposé sur la page.",
    ),
    "missing_opinion": RuleWord(
        "Avis requis rendus", "Avis manquant", "Il manque l'avis : {missing}.", "Saisissez-le avant de décider."
    ),
    "missing_authority": RuleWord(
        "Signatures réunies",
        "Signature manquante",
        "Il manque la signature : {missing}.",
        "La décision n'existe qu'à la dernière signature.",
    ),
    "retroactive_decision": RuleWord(
        "Décision prise avant sa date d'effet",
        "Décision postérieure à sa date d'effet",
        "La décision ({found}) vient après la date d'effet ({latest}).\nLa date choisie ({found}) précède le jour de la décision ({earliest}).",
        "Choisissez une date d'effet qui ne soit pas passée.",
    ),
    "not_eligible": RuleWord(
        "Corps concerné",
        "Corps non concerné",
        "La situation de l'agent n'entre pas dans les catégories visées par le texte.",
        "Vérifiez le corps et le statut enregistrés au dossier.",
    ),
    "law_not_in_force": RuleWord(
        "Texte en vigueur",
        "Texte pas encore en vigueur",
        "La règle n'est pas en vigueur le {found}.",
        "Choisissez une date postérieure à son entrée en vigueur.",
    ),
    "position_incompatible": RuleWord(
        "Agent en activité",
        "Position incompatible",
        "L'agent n'est pas en activité le {found} : {position}.",
        "Choisissez une date où il est en activité.",
        basis=("D2021-1645:28.2",),
    ),
    "already_part_time": RuleWord(
        "Aucun autre temps partiel",
        "Temps partiel déjà en cours",
        "Un autre temps partiel est en cours ou demandé : {cases}.",
        "Modifiez-le ou mettez-y fin d'abord.",
        basis=("D2021-1645:28-2.1",),
    ),
    "quotite_not_allowed": RuleWord(
        "Quotité permise",
        "Quotité non permise",
        "La quotité demandée ({found} %) n'est pas l'une des quotités permises : {allowed} %.",
        "Choisissez {to_quotite} %.",
        basis=("D2021-1645:28-1",),
    ),
    "period_too_short": RuleWord(
        "Durée minimale atteinte",
        "Durée trop courte",
        "La durée demandée est inférieure à {least_months} mois.\nLa période finit le {found}, avant son premier jour ({earliest}).",
        "Demandez au moins {to_months} mois.\nChoisissez une fin à partir du {earliest}.",
    ),
    "period_too_long": RuleWord(
        "Durée d'un an au plus",
        "Durée trop longue",
        "La durée demandée dépasse {most_months} mois.",
        "Demandez au plus {to_months} mois.",
        basis=("D2021-1645:28-2.1",),
    ),
    "beyond_nomination_term": RuleWord(
        "Fin avant le terme de la nomination",
        "Au-delà du terme de la nomination",
        "La période finit le {found}, après le terme de la nomination ({latest}).",
        "Choisissez une période qui finit au plus tard le {latest}.",
    ),
    "service_too_short": RuleWord(
        "Ancienneté suffisante",
        "Ancienneté insuffisante",
        "L'ancienneté exigée n'est atteinte que le {earliest}.",
        "Choisissez une date à partir du {earliest}.",
    ),
    "authorisation_lapsed": RuleWord(
        "Temps partiel en cours",
        "Les trois ans sont écoulés",
        "Les trois ans de temps partiel sont écoulés.",
        "Ouvrez une nouvelle procédure de temps partiel.",
        basis=("D2021-1645:28-2.1",),
    ),
    "refusal_not_allowed": RuleWord(
        "Refus permis",
        "Refus impossible",
        "Ce temps partiel est de droit : il ne peut pas être refusé.",
        "Accordez-le.",
        basis=("D2021-1645:28-1",),
    ),
    "second_change_same_year": RuleWord(
        "Premier changement de l'année",
        "Second changement dans la même année",
        "La quotité a déjà changé cette année.",
        "Un second changement est exceptionnel et demande l'accord de l'agent : cochez les deux cases.",
        basis=("D2021-1645:28-2.3",),
    ),
    "change_limit_reached": RuleWord(
        "Nombre de changements de l'année non atteint",
        "Nombre de changements de l'année atteint",
        "La quotité a déjà changé {changes} fois dans l'année ; le maximum est {most}.",
        "Choisissez une date d'effet dans une autre année.",
        basis=("D2021-1645:28-2.3",),
    ),
    "outside_period": RuleWord(
        "Date dans la période autorisée",
        "Date hors de la période autorisée",
        "La date d'effet ({found}) est hors de la période autorisée, du {earliest} au {latest}.",
        "Choisissez une date de cette période.",
        basis=("D2021-1645:28-2.1",),
    ),
    "notice_too_short": RuleWord(
        "Préavis de deux mois respecté",
        "Préavis de deux mois non respecté",
        "La date d'effet ({found}) précède le délai de deux mois ({earliest}).",
        "Choisissez le {to_effective_on} ou plus tard.",
        basis=("D2021-1645:28-2.2",),
    ),
    "notice_too_short@D2021-1645:28-2.3": RuleWord(
        "Retour demandé au plus tôt le jour même",
        "Retour avant le jour de la demande",
        "La date d'effet ({found}) précède le jour de la demande ({earliest}).",
        "Choisissez le {to_effective_on} ou plus tard.",
    ),
    "stage_not_completed": RuleWord(
        "Durée du stage accomplie",
        "Durée du stage non accomplie",
        "Le stage n'est pas accompli avant le {earliest}.",
        "Décidez ce jour-là ou plus tard.",
        basis=("D2021-1645:51.2",),
    ),
    "extension_already_granted": RuleWord(
        "Dernière année pas encore accordée",
        "Dernière année déjà accordée",
        "Une dernière année a déjà été accordée.",
        "Choisissez une autre issue.",
        basis=("D2021-1645:51.2",),
    ),
    "no_corps_origine": RuleWord(
        "Corps d'origine connu",
        "Aucun corps d'origine",
        "Le dossier ne connaît pas de corps d'origine.",
        "Complétez le dossier, ou choisissez une autre issue.",
        basis=("D2021-1645:51.2",),
    ),
    "reintegration_required": RuleWord(
        "Licenciement possible",
        "Réintégration requise",
        "L'agent a un corps d'origine ({corps_origine}).",
        "Choisissez la réintégration.",
        basis=("D2021-1645:51.2",),
    ),
    "purpose_not_open_to_category": RuleWord(
        "Objet ouvert à cette catégorie",
        "Objet non ouvert à cette catégorie",
        "Cet objet n'est pas ouvert à la catégorie {category}.\nCet objet n'est pas ouvert à cet agent.",
        "Choisissez un autre objet.",
    ),
    "overlapping_delegation": RuleWord(
        "Aucune autre délégation sur la période",
        "Délégations qui se chevauchent",
        "Une autre délégation couvre une partie de la période qui commence le {found}.",
        "Choisissez une autre période.",
    ),
    "duration_exceeds_maximum": RuleWord(
        "Durée maximale respectée",
        "Durée maximale dépassée",
        "La période finit le {found} ; elle ne peut pas dépasser {months} mois, soit le {latest}.",
        "Choisissez une fin au plus tard le {to_ends_on}.",
    ),
    "return_to_duty_too_short": RuleWord(
        "Trois ans de reprise accomplis",
        "Reprise de fonctions trop courte",
        "Le premier jour ({found}) vient avant la fin des trois ans de reprise ({earliest}).",
        "Choisissez le {to_starts_on} ou plus tard.",
        basis=("D2021-1645:15.III.1",),
    ),
    "renewal_not_allowed": RuleWord(
        "Renouvellement possible",
        "Renouvellement impossible",
        "Cette période ne se renouvelle pas.",
        "Laissez-la finir à son terme.",
    ),
    "renewal_already_used": RuleWord(
        "Renouvellement disponible",
        "Renouvellement déjà accordé",
        "Le nombre de renouvellements ({most}) est atteint.",
        "Laissez la période finir à son terme.",
    ),
    "missing_ministerial_authorisation": RuleWord(
        "Autorisation des ministres reçue",
        "Autorisation des ministres manquante",
        "L'autorisation des deux ministres n'est pas enregistrée.",
        "Enregistrez-la avant d'accorder.",
        basis=("D2021-1645:16",),
    ),
    "missing_convention": RuleWord(
        "Convention conclue",
        "Convention manquante",
        "La convention avec l'entreprise n'est pas enregistrée.",
        "Enregistrez-la avant d'accorder.",
        basis=("D2021-1645:16",),
    ),
    "missing_contribution": RuleWord(
        "Contribution fixée",
        "Contribution à fixer",
        "La contribution de l'entreprise n'est pas fixée.",
        "Fixez-la avant d'accorder.",
        basis=("D2021-1645:16",),
    ),
    "pay_forbidden_on_renewal": RuleWord(
        "Rémunération permise au renouvellement",
        "Rémunération exclue au renouvellement",
        "Le renouvellement est accordé sans rémunération ({found} €).",
        "Laissez le montant vide.",
        basis=("D2021-1645:15.III.2",),
    ),
    "pay_not_specified": RuleWord(
        "Rémunération précisée",
        "Rémunération à préciser",
        "La décision doit dire ce qui reste payé.",
        "Indiquez un montant mensuel.",
        basis=("D2021-1645:15.II.1",),
    ),
    "pay_above_university_salary": RuleWord(
        "Rémunération dans la limite de la part universitaire",
        "Rémunération trop élevée",
        "Le montant ({found} €) dépasse la rémunération universitaire ({most} €).",
        "Choisissez au plus {most} €.",
        basis=("D2021-1645:15.II.1",),
    ),
    "pay_below_pension_contributions": RuleWord(
        "Rémunération couvrant les retenues pour pension",
        "Rémunération trop faible",
        "Le montant ({found} €) ne couvre pas les retenues pour pension ({least} €).",
        "Choisissez au moins {least} €.",
        basis=("D2021-1645:15.II.2",),
    ),
    "only_temporary_replacement": RuleWord(
        "Remplacement temporaire",
        "Remplacement définitif exclu",
        "Le poste reste celui de l'agent : son remplacement ne peut être que temporaire.",
        "Choisissez un remplacement temporaire.",
        basis=("D2021-1645:29.1",),
    ),
}


@dataclass(frozen=True)
class Sentence:
    """A refusal in words: what is the case and the rule, then the way out."""

    title: str
    fact: str
    way: str

    @property
    def detail(self) -> str:
        return " ".join(part for part in (self.fact, self.way) if part)


def _of(check: Check) -> RuleWord:
    """The words of a rule, those of its article where the same code has two meanings."""
    return RULES.get(f"{check.code}@{check.basis[0]}") or RULES[check.code]


def rule(check: Check) -> str:
    """The label of a tested rule, met or not."""
    word = _of(check)
    return word.met if check.met else word.title


def refusal(check: Check) -> Sentence:
    """The sentence of a rule that is not met."""
    word = _of(check)
    facts = {"found": check.found, **check.expected, **{f"to_{name}": one for name, one in check.suggestion.items()}}
    told = {name: value(name.removeprefix("to_"), one) for name, one in facts.items() if one not in (None, (), {})}
    return Sentence(word.title, _told(word.fact, told) or f"{word.title}.", _told(word.way, told))


def _told(sentences: str, facts: Mapping[str, str]) -> str:
    """The first of the sentences, one a line, of which every fact is given."""
    for sentence in sentences.split("\n"):
        try:
            return sentence.format_map(facts)
        except KeyError:
            continue
    return ""


# -- Entitlements --------------------------------------------------------------------------------------

SECTIONS: Mapping[str, str] = {
    "part_time": "Temps de service et congés",
    "pay": "Rémunération due pour un mois entier",
    "delegation": "Délégation",
}
ENTITLEMENTS: Mapping[str, str] = {
    "part_time.quotite": "Quotité",
    "part_time.pay_rate": "Part de la rémunération",
    "part_time.weekly_half_days": "Demi-journées de service par semaine",
    "part_time.annual_leave_half_days": "Demi-journées de congé de l'année",
    "delegation.earliest_next_start": "Nouvelle délégation possible à partir du",
    "pay.remuneration_universitaire": "Rémunération universitaire",
    "pay.emoluments_hospitaliers": "Émoluments hospitaliers",
    "pay.supplement_familial": "Supplément familial",
    "pay.monthly_retenue": "Retenues du mois",
    "pay.monthly_paid": "Total dû",
}

# -- Refusals of the interface itself ------------------------------------------------------------------

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "invalid_command": (400, "Demande mal formée"),
    "invalid_parameter": (400, "Paramètre mal formé"),
    "invalid_header": (400, "En-tête mal formé"),
    "idempotency_key_missing": (400, "En-tête Idempotency-Key absent"),
    "date_in_future": (422, "Date d'acte à venir"),
    "forbidden": (403, "Action non permise"),
    "not_found": (404, "Introuvable"),
    "method_not_allowed": (405, "Méthode non permise"),
    "ambiguous_reference": (409, "Référence ambiguë"),
    "in_progress": (409, "Demande en cours"),
    "stale_version": (412, "Le dossier a changé"),
    "body_too_large": (413, "Demande trop volumineuse"),
    "not_json": (415, "Type de contenu non pris en charge"),
    "idempotency_key_reused": (422, "Clé d'idempotence déjà utilisée pour une autre demande"),
    "precondition_required": (428, "En-tête If-Match absent"),
    "matricule_taken": (422, "Matricule déjà attribué"),
    "case_stopped": (500, "Procédure arrêtée par une erreur du programme"),
    "internal_error": (500, "Erreur interne"),
    "store_unavailable": (503, "Registre indisponible"),
}
