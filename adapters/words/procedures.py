"""The words of procedures, of where they stand, and of who takes part in them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from adapters.words.figures import capital, listed


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
    "mission_temporaire": ProcedureWord("Mission temporaire", "Position", "MT"),
    "disponibilite": ProcedureWord("Disponibilité", "Position", "DP"),
    "detachement": ProcedureWord("Détachement", "Position", "DT"),
    "mise_a_disposition": ProcedureWord("Mise à disposition", "Position", "MD"),
    "mutation": ProcedureWord("Mutation", "Affectation", "MU"),
    "maintien_activite": ProcedureWord("Maintien en activité", "Fin de carrière", "MA"),
    "suspension": ProcedureWord("Suspension", "Suspension et discipline", "SU"),
    "discipline": ProcedureWord("Procédure disciplinaire", "Suspension et discipline", "DI"),
    "insuffisance_professionnelle": ProcedureWord("Insuffisance professionnelle", "Suspension et discipline", "IP"),
    "cessation": ProcedureWord("Cessation de fonctions", "Fin de carrière", "CE"),
    "mission_rights": ProcedureWord("Droits à mission temporaire", "Dossier", "DM"),
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
    "mission_temporaire.requested": "En instruction",
    "mission_temporaire.granted": "Accordée",
    "mission_temporaire.refused": "Refusée",
    "mission_temporaire.withdrawn": "Retirée",
    "mission_temporaire.done": "Terminée",
    "mission_temporaire.committed": "Terminée, engagement en cours",
    "mission_temporaire.fulfilled": "Engagement tenu",
    "mission_temporaire.broken": "Engagement rompu",
    "disponibilite.requested": "En instruction",
    "disponibilite.granted": "Accordée",
    "disponibilite.refused": "Refusée",
    "disponibilite.withdrawn": "Retirée",
    "disponibilite.ended": "Terminée",
    "detachement.requested": "En instruction",
    "detachement.granted": "Accordé",
    "detachement.refused": "Refusé",
    "detachement.withdrawn": "Retiré",
    "detachement.ended": "Terminé",
    "mise_a_disposition.requested": "En instruction",
    "mise_a_disposition.granted": "Accordée",
    "mise_a_disposition.refused": "Refusée",
    "mise_a_disposition.withdrawn": "Retirée",
    "mise_a_disposition.ended": "Terminée",
    "mutation.requested": "En instruction",
    "mutation.pronounced": "Prononcée",
    "mutation.refused": "Refusée",
    "mutation.withdrawn": "Retirée",
    "maintien_activite.requested": "En instruction",
    "maintien_activite.granted": "Accordé",
    "maintien_activite.refused": "Refusé",
    "maintien_activite.withdrawn": "Retiré",
    "maintien_activite.ended": "Terminé",
    "suspension.emergency": "Décidée en urgence, ministres à saisir",
    "suspension.referred": "Décidée en urgence, ministres saisis",
    "suspension.confirmed": "Confirmée par les ministres",
    "suspension.active": "En cours",
    "suspension.full_pay": "En cours, rémunération entière",
    "suspension.lifted": "Levée",
    "suspension.ended": "Terminée",
    "suspension.settlement_pending": "Terminée, jugement attendu",
    "suspension.settled": "Terminée, paie réglée",
    "discipline.open": "Ouverte",
    "discipline.sanctioned": "Sanction prononcée",
    "discipline.executed": "Sanction exécutée",
    "discipline.no_sanction": "Close sans sanction",
    "discipline.withdrawn": "Retirée",
    "insuffisance_professionnelle.open": "Ouverte",
    "insuffisance_professionnelle.decided": "Mesure décidée",
    "insuffisance_professionnelle.effective": "Mesure exécutée",
    "insuffisance_professionnelle.no_measure": "Close sans mesure",
    "cessation.requested": "Démission présentée",
    "cessation.accepted": "Démission acceptée",
    "cessation.not_accepted": "Démission sans effet, faute d'acceptation",
    "cessation.recorded": "Enregistrée",
    "cessation.withdrawn": "Retirée",
    "cessation.effective": "Effective",
    "mission_rights.open": "Compte tenu",
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


def authorities(codes: Iterable[str]) -> str:
    """The authorities in words, or Automatique when nobody is awaited."""
    known = [AUTHORITIES[code] for code in codes]
    return capital(listed(known)) if known else AUTOMATIC
