"""The words of what time will bring."""

from collections.abc import Mapping

from adapters.words.procedures import authorities
from domain.kernel import Deadline

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
    "mission_temporaire_end": "Fin de la mission temporaire",
    "mission_temporaire_report": "Rapport d'activité après la mission",
    "mission_temporaire_commitment_end": "Fin de l'engagement de servir",
    "mission_temporaire_commitment_breach": "Rupture de l'engagement de servir",
    "mission_temporaire_block_end": "Huit ans de droits à mission écoulés",
    "disponibilite_end": "Fin de la disponibilité",
    "disponibilite_end_reminder": "Préparer la fin de la disponibilité",
    "detachement_end": "Fin du détachement",
    "detachement_end_reminder": "Préparer la fin du détachement",
    "mise_a_disposition_end": "Fin de la mise à disposition",
    "mise_a_disposition_end_reminder": "Préparer la fin de la mise à disposition",
    "maintien_activite_end": "Fin du maintien en activité",
    "maintien_activite_end_reminder": "Préparer la fin du maintien en activité",
    "post_may_be_filled": "Emploi vacant depuis un an",
    "suspension_three_months": "Trois mois de suspension",
    "suspension_referral": "Saisir les ministres de la suspension d'urgence",
    "suspension_ministers_answer": "Relancer les ministres",
    "discipline_review": "Suivre la procédure disciplinaire",
    "exclusion_start": "Début de l'exclusion",
    "exclusion_end": "Fin de l'exclusion",
    "cessation_effective": "Cessation des fonctions",
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
    "mission_temporaire_ends": "La mission prend fin et l'agent reprend son service.",
    "commitment_fulfilled": "L'agent a servi aussi longtemps qu'il l'a promis.",
    "commitment_broken": "L'engagement est rompu ; la part à rembourser se calcule.",
    "carry_over_credited": "Ce qui n'a pas été pris devient un crédit, à prendre sur projet.",
    "disponibilite_ends": "La disponibilité prend fin et l'agent reprend son service.",
    "detachement_ends": "Le détachement prend fin et l'agent reprend son service.",
    "mise_a_disposition_ends": "La mise à disposition prend fin.",
    "maintien_activite_ends": "Le maintien en activité prend fin.",
    "post_may_be_filled": "L'emploi de l'agent absent peut être pourvu.",
    "full_pay_restored": "Sans décision ni poursuites pénales, la rémunération entière revient.",
    "exclusion_starts": "L'exclusion prend effet.",
    "exclusion_ends": "L'exclusion prend fin et l'agent reprend son service.",
    "cessation_effective": "L'agent quitte ses fonctions et ses procédures en cours sont closes.",
    "resignation_without_effect": "Sans acceptation, la démission reste sans effet.",
}
NATURES: Mapping[str, str] = {"statutory": "Échéance statutaire", "internal": "Rappel interne"}


def awaited(deadline: Deadline) -> str:
    """Who is expected to act before a deadline."""
    return authorities(deadline.awaits)
