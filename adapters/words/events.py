"""What has happened, and what it warns about, in sentences."""

from collections.abc import Mapping

from adapters.words.deadlines import DEADLINES
from adapters.words.fields import FIELDS, value
from adapters.words.figures import day, length, told
from domain.kernel import DeadlineArmed, DeadlineRevised, Event

# Of several sentences, one a line, the first of which all is known is said.
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
    "DelegationGranted": "Délégation accordée jusqu'au {ends_on}, {pay_monthly} par mois\nDélégation accordée jusqu'au {ends_on}",
    "DelegationRenewed": "Délégation renouvelée jusqu'au {ends_on}, {pay_monthly} par mois\nDélégation renouvelée jusqu'au {ends_on}",
    "DelegationRefused": "Refus : {object}",
    "DelegationWithdrawn": "Demande retirée",
    "DelegationEnded": "Fin de la délégation : {cause}",
    "DelegationAuthorised": "Autorisation des ministres reçue",
    "DelegationConventionRecorded": "Convention conclue",
    "CompanyContributionSet": "Contribution de l'entreprise fixée : {kind}, {monthly} par mois\nContribution de l'entreprise fixée : {kind}",
    "CompanyContributionWaived": "Dispense d'une part de la contribution : {share}",
    "CompanyContributionMandatory": "Contribution b due de plein droit : {monthly} par mois\nContribution b due de plein droit",
    "TemporaryReplacementRecorded": "Remplacement temporaire enregistré",
    "MissionTemporaireRequested": "Mission temporaire demandée du {starts_on} au {ends_on} : {basis_of_right}",
    "MissionTemporaireGranted": "Mission temporaire accordée jusqu'au {ends_on} : {basis_of_right}",
    "MissionTemporaireRefused": "Mission temporaire refusée",
    "MissionTemporaireWithdrawn": "Demande retirée",
    "MissionTemporaireEnded": "Fin de la mission temporaire : {cause}",
    "AnticipatedBlockOpened": "Huit ans de droits pris d'avance, jusqu'au {until}",
    "MissionPayRecorded": "Rémunération de la mission enregistrée : {amount} ({base})",
    "CommitmentStarted": "Engagement de servir jusqu'au {until}",
    "CommitmentFulfilled": "Engagement de servir tenu",
    "CommitmentBroken": "Engagement rompu ({reason}) : restait à servir {remaining_days} jours sur {total_days}",
    "RepaymentDue": "Remboursement dû : {amount}",
    "CarryOverCredited": "Crédit reporté : {length}",
    "DisponibiliteRequested": "Disponibilité demandée du {starts_on} au {ends_on} : {kind}",
    "DisponibiliteOpinionGiven": "Avis {favourable}, {by}",
    "DisponibiliteRenewalRequested": "Renouvellement demandé jusqu'au {ends_on}",
    "DisponibiliteGranted": "Disponibilité accordée jusqu'au {ends_on}",
    "DisponibiliteRenewed": "Disponibilité renouvelée jusqu'au {ends_on}",
    "DisponibiliteRefused": "Refus : {object}",
    "DisponibiliteWithdrawn": "Demande retirée",
    "DisponibiliteEnded": "Fin de la disponibilité : {cause}",
    "PostMayBeFilled": "Absence d'un an : l'emploi peut être pourvu",
    "DetachementRequested": "Détachement demandé du {starts_on} au {ends_on} : {kind}",
    "DetachementOpinionGiven": "Avis {favourable}, {by}",
    "DetachementRenewalRequested": "Renouvellement demandé jusqu'au {ends_on}",
    "DetachementGranted": "Détachement accordé jusqu'au {ends_on}",
    "DetachementRenewed": "Détachement renouvelé jusqu'au {ends_on}",
    "DetachementRefused": "Refus : {object}",
    "DetachementWithdrawn": "Demande retirée",
    "DetachementEnded": "Fin du détachement : {cause}",
    "DetachementAuthorised": "Autorisation des ministres reçue",
    "MiseADispositionRequested": "Mise à disposition demandée du {starts_on} au {ends_on} : {host}",
    "MiseADispositionOpinionGiven": "Avis {favourable}, {by}",
    "MiseADispositionGranted": "Mise à disposition accordée jusqu'au {ends_on}",
    "MiseADispositionRefused": "Refus : {object}",
    "MiseADispositionWithdrawn": "Demande retirée",
    "MiseADispositionEnded": "Fin de la mise à disposition : {cause}",
    "MutationRequested": "Mutation demandée au {starts_on}, {same_chu} : {target_chu}",
    "MutationOpinionGiven": "Avis {favourable}, {by}",
    "MutationAccordRecorded": "Accord du CHU actuel enregistré",
    "MutationPronounced": "Mutation prononcée, {same_chu} : {target_chu}",
    "MutationRefused": "Mutation refusée",
    "MutationWithdrawn": "Demande retirée",
    "MaintienActiviteRequested": "Maintien en activité demandé du {starts_on} au {ends_on}",
    "MaintienActiviteOpinionGiven": "Avis {favourable}, {by}",
    "MaintienActiviteGranted": "Maintien en activité accordé jusqu'au {ends_on}",
    "MaintienActiviteRefused": "Refus : {object}",
    "MaintienActiviteWithdrawn": "Demande retirée",
    "MaintienActiviteEnded": "Fin du maintien en activité : {cause}",
    "SuspensionDecided": "Suspension décidée par les ministres, retenue de {universitaire} (université) et {hospitaliere} (hôpital)",
    "EmergencySuspensionDecided": "Suspension décidée en urgence",
    "EmergencySuspensionReferred": "Ministres saisis de la suspension",
    "SuspensionConfirmed": "Suspension confirmée, retenue de {universitaire} (université) et {hospitaliere} (hôpital)",
    "FullPayRestored": "Rémunération entière rétablie",
    "RetenueRefundDue": "Retenues à rembourser, {reason} : {amount}\nRetenues à rembourser, {reason} : montant à établir",
    "PaySettlementDeferred": "Règlement de la paie reporté au jugement définitif : {refund}",
    "SuspensionEnded": "Fin de la suspension : {cause}",
    "ProsecutionRecorded": "Poursuites pénales enregistrées : {counts}",
    "JudgmentRecorded": "Jugement {final} enregistré",
    "DisciplinaryProcedureOpened": "Juridiction disciplinaire saisie : {facts}\nJuridiction disciplinaire saisie",
    "SanctionPronounced": "Sanction prononcée : {sanction}, du {starts_on} au {ends_on}\nSanction prononcée : {sanction}, à effet du {starts_on}",
    "DisciplinaryProcedureClosedWithoutSanction": "Procédure disciplinaire close : {cause}",
    "ExclusionStarted": "Exclusion temporaire jusqu'au {ends_on}, {pay_deprivation} de la rémunération retirés",
    "ExclusionEnded": "Fin de l'exclusion : {cause}",
    "OrderProceedingsRecorded": "Poursuites de l'ordre ({body}) : {outcome}\nPoursuites de l'ordre enregistrées : {body}",
    "ReinstatedInCorpsOrigine": "Exclusion définitive, réintégration dans le corps d'origine : {corps_origine}\nExclusion définitive, réintégration dans le corps d'origine",
    "PhDisciplinaryAuthoritySeized": "Autorité disciplinaire des praticiens hospitaliers saisie",
    "InsuffisanceProfessionnelleOpened": "Procédure pour insuffisance professionnelle ouverte",
    "InsuffisanceProfessionnelleOpinionGiven": "Avis {favourable}, {by}",
    "InsuffisanceProfessionnelleDecided": "Décision : {outcome}, au {effective_on}\nDécision : {outcome}",
    "IndemniteLicenciementDue": "Indemnité de licenciement de {amount}, versée chaque mois du {first_on} au {last_on} : {monthly}, puis {last} pour finir",
    "CessationRequested": "Démission présentée pour le {effective_on}",
    "CessationAccepted": "Démission acceptée pour le {effective_on}",
    "CessationRecorded": "Cessation enregistrée pour le {effective_on} : {kind}",
    "CessationWithdrawn": "Cessation retirée",
    "ResignationNotAccepted": "Démission sans effet, faute d'acceptation",
    "CessationEffective": "Cessation des fonctions : {kind}",
}


def event(happened: Event) -> str:
    """What has happened, in one sentence."""
    held = {name: getattr(happened, name) for name in type(happened).model_fields}
    known = {name: value(name, found) for name, found in held.items() if found is not None}
    if {"months", "weeks", "days"} <= held.keys():
        known["length"] = length(held)
    if happened.bookkeeping:
        deadline = happened.deadline if isinstance(happened, DeadlineArmed | DeadlineRevised) else None
        known["due"] = day(deadline.due) if deadline else known.get("due", "")
        kind = deadline.kind if deadline else getattr(happened, "kind", "")
        known["title"] = DEADLINES.get(kind, "")
    return told(EVENTS[happened.name()], known)


WARNINGS: Mapping[str, str] = {
    "retroactive_decision": "Décision prise après sa date d'effet",
    "retenue_without_effect": "Trois mois écoulés : la retenue reste sans effet",
    "fact_missing": "À compléter : {}",
}


def warning(code: str) -> str:
    """A warning that an event carries: `fact_missing:corps` names the fact."""
    kind, _, name = code.partition(":")
    return WARNINGS[kind].format(FIELDS[name].label.lower() if name else "")
