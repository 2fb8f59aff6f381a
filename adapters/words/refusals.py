"""The words of the rules: met or not, and what to do when they are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from adapters.words.fields import value
from adapters.words.figures import told
from domain.kernel import Check


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
        "La décision ({found}) vient après la date d'effet ({latest}).\nLa date choisie ({found}) précède le jour de la décision ({earliest}).\nLa décision ({found}) doit venir avant la date d'effet ({before}).",
        "La date du {before} est passée : retirez la démission, puis présentez-la pour une autre date.\nChoisissez le {earliest} ou plus tard.\nChoisissez une date d'effet qui ne soit pas passée.",
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
        "L'agent n'est pas en activité le {found} : {position}.\nUne autre procédure de même nature couvre une partie de la période qui commence le {found}.",
        "Choisissez une période où il est en activité, sans autre procédure de même nature.",
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
        "La durée demandée ({found}) est inférieure à {least} mois.\nLa période finit le {found}, avant son premier jour ({earliest}).",
        "Demandez au moins {to_months} mois.\nChoisissez une fin à partir du {earliest}.",
    ),
    "period_too_long": RuleWord(
        "Durée d'un an au plus",
        "Durée trop longue",
        "La durée demandée ({found}) dépasse {most} mois.",
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
    "outside_period@ends_on": RuleWord(
        "Fin pendant la mission",
        "Fin hors de la mission",
        "Le nouveau dernier jour ({found}) est hors de la mission, du {earliest} au {latest}.",
        "Choisissez un jour de la mission.",
        basis=("D2021-1645:mission-temporaire.I.1",),
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
        basis=("D2021-1645:16", "D2021-1645:30.2"),
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
        "Le renouvellement est accordé sans rémunération ({found}).",
        "Laissez le montant vide.",
        basis=("D2021-1645:15.III.2",),
    ),
    "pay_not_specified": RuleWord(
        "Rémunération précisée",
        "Rémunération à préciser",
        "La décision doit dire ce qui reste payé.",
        "Indiquez un montant mensuel.",
    ),
    "pay_not_specified@retenue": RuleWord(
        "Retenue précisée",
        "Retenue à préciser",
        "La décision doit dire ce qui est retenu sur la rémunération.",
        "Indiquez les deux parts de la retenue, 0 pour ne rien retenir.",
        basis=("D2021-1645:26.I",),
    ),
    "pay_not_specified@pay_deprivation": RuleWord(
        "Part retirée précisée",
        "Part retirée à préciser",
        "L'exclusion temporaire retire tout ou partie de la rémunération.",
        "Indiquez la part retirée, de 0,01 à 1.",
    ),
    "pay_above_university_salary": RuleWord(
        "Rémunération dans la limite de la part universitaire",
        "Rémunération trop élevée",
        "Le montant ({found}) dépasse la rémunération universitaire ({most}).",
        "Choisissez au plus {most}.",
        basis=("D2021-1645:15.II.1",),
    ),
    "pay_below_pension_contributions": RuleWord(
        "Rémunération couvrant les retenues pour pension",
        "Rémunération trop faible",
        "Le montant ({found}) ne couvre pas les retenues pour pension ({least}).",
        "Choisissez au moins {least}.",
        basis=("D2021-1645:15.II.2",),
    ),
    "only_temporary_replacement": RuleWord(
        "Remplacement temporaire",
        "Remplacement définitif exclu",
        "Le poste reste celui de l'agent : son remplacement ne peut être que temporaire.",
        "Choisissez un remplacement temporaire.",
        basis=("D2021-1645:29.1",),
    ),
    "bad_period": RuleWord(
        "Période bien ordonnée",
        "Période à l'envers",
        "Le dernier jour ({found}) précède le premier ({earliest}).",
        "Choisissez le {earliest} ou plus tard.",
    ),
    "overlapping_mission": RuleWord(
        "Aucune autre mission sur la période",
        "Missions qui se chevauchent",
        "Une autre mission couvre une partie de la période qui commence le {found}.",
        "Choisissez une autre période.",
        basis=("D2021-1645:mission-temporaire.I.1",),
    ),
    "missing_project": RuleWord(
        "Projet présenté",
        "Projet manquant",
        "Un crédit reporté se prend sur un projet.",
        "Décrivez le projet.",
        basis=("D2021-1645:mission-temporaire.II.3",),
    ),
    "rights_consumed_in_advance": RuleWord(
        "Droits non pris d'avance",
        "Droits déjà pris d'avance",
        "Le {found}, les droits sont déjà pris d'avance.",
        "Prenez la mission sur un autre droit, ou choisissez une période après ces huit ans.",
        basis=("D2021-1645:mission-temporaire.I.3",),
    ),
    "mission_limit_exceeded": RuleWord(
        "Droits de la période suffisants",
        "Droits de la période dépassés",
        "La mission compte {found} ; il reste {available} sur la période de deux ans.",
        "Raccourcissez-la, ou prenez-la sur un autre droit.",
        basis=("D2021-1645:mission-temporaire.I.2",),
    ),
    "anticipated_limit_exceeded": RuleWord(
        "Droits à prendre d'avance suffisants",
        "Droits à prendre d'avance dépassés",
        "La mission compte {found} ; il reste {available} à prendre d'avance.",
        "Raccourcissez-la.",
        basis=("D2021-1645:mission-temporaire.I.3",),
    ),
    "carry_over_insufficient": RuleWord(
        "Crédit reporté suffisant",
        "Crédit reporté insuffisant",
        "La mission compte {found} ; il reste {available} de crédit reporté.",
        "Raccourcissez-la, ou prenez-la sur un autre droit.",
        basis=("D2021-1645:mission-temporaire.II.3",),
    ),
    "commitment_not_signed": RuleWord(
        "Engagement de servir accepté",
        "Engagement de servir à accepter",
        "Une mission prise d'avance engage l'agent à servir trois fois sa durée.",
        "Recueillez l'engagement, puis cochez la case.",
        basis=("D2021-1645:mission-temporaire.I.3",),
    ),
    "no_commitment": RuleWord(
        "Engagement donné",
        "Aucun engagement",
        "Cette mission n'a donné lieu à aucun engagement de servir.",
        "Il n'y a rien à rompre : n'enregistrez rien ici.",
        basis=("D2021-1645:mission-temporaire.I.3",),
    ),
    "not_renewable": RuleWord(
        "Disponibilité possible à ce titre",
        "Disponibilité non renouvelable",
        "Une disponibilité pour convenances personnelles ne se renouvelle pas.",
        "Attendez que l'agent ait repris ses fonctions.",
        basis=("D2021-1645:32.2°",),
    ),
    "renewal_limit_reached": RuleWord(
        "Renouvellement disponible",
        "Renouvellements épuisés",
        "Le nombre de renouvellements ({most}) est atteint.",
        "Laissez le détachement finir à son terme.",
        basis=("D2021-1645:30.2",),
    ),
    "no_published_vacancy": RuleWord(
        "Emploi publié vacant",
        "Aucun emploi publié vacant",
        "La mutation suppose un emploi publié vacant.",
        "Attendez la publication, puis répondez « oui ».",
        basis=("D2021-1645:33.1",),
    ),
    "accord_required": RuleWord(
        "Accord du CHU actuel non requis, ou donné",
        "Accord du CHU actuel requis",
        "L'agent n'a pas trois ans d'activité connus dans son CHU : il faut l'accord du directeur de l'UFR et du directeur général.",
        "Enregistrez cet accord, ou complétez au dossier la date d'arrivée au CHU.",
        basis=("D2021-1645:33.3",),
    ),
    "favourable_opinion_required": RuleWord(
        "Avis favorables",
        "Avis favorables requis",
        "Avant trois ans d'activité dans le CHU, les avis doivent être favorables ; ne l'est pas celui-ci : {unfavourable}.",
        "Refusez la mutation, ou attendez les trois ans.",
        basis=("D2021-1645:33.3",),
    ),
    "already_suspended": RuleWord(
        "Agent non suspendu",
        "Agent déjà suspendu",
        "Une autre suspension court encore le {found}, ou commence ensuite.",
        "Levez-la d'abord, ou choisissez un jour qui vienne après.",
        basis=("D2021-1645:26",),
    ),
    "no_procedure_open": RuleWord(
        "Procédure engagée en cours",
        "Aucune procédure engagée",
        "La référence {found} ne désigne pas une procédure disciplinaire ou pour insuffisance professionnelle en cours.\nUne retenue suppose une procédure disciplinaire ou pour insuffisance professionnelle en cours.",
        "Ouvrez cette procédure, puis donnez sa référence.",
        basis=("D2021-1645:26.I",),
    ),
    "retenue_above_half": RuleWord(
        "Retenue de la moitié au plus",
        "Retenue trop élevée",
        "La retenue ({found}, part universitaire et part hospitalière) dépasse {most} de la rémunération.",
        "Choisissez une retenue de {most} au plus.",
        basis=("D2021-1645:26.I",),
    ),
    "conditions_not_met": RuleWord(
        "Circonstances exceptionnelles réunies",
        "Circonstances exceptionnelles non réunies",
        "L'urgence suppose que soient menacées la continuité du service, et la sécurité des patients ou des étudiants.",
        "Cochez les circonstances constatées, ou saisissez les ministres.",
        basis=("D2021-1645:26.II",),
    ),
    "not_referred": RuleWord(
        "Ministres saisis",
        "Ministres non saisis",
        "Les ministres n'ont pas encore été saisis de cette suspension.",
        "Enregistrez la saisine, puis la confirmation.",
        basis=("D2021-1645:26.II",),
    ),
    "sanction_not_in_scale": RuleWord(
        "Sanction de l'échelle",
        "Sanction hors de l'échelle",
        "Cette sanction ({found}) n'est pas dans l'échelle de l'agent : {scale}.",
        "Choisissez une sanction de cette échelle.",
    ),
    "duration_not_specified": RuleWord(
        "Durée de l'exclusion précisée",
        "Durée de l'exclusion à préciser",
        "Une exclusion temporaire a un dernier jour.",
        "Indiquez-le.",
    ),
    "exclusion_exceeds_three_years": RuleWord(
        "Exclusion de trois ans au plus",
        "Exclusion trop longue",
        "L'exclusion finit le {found} ; elle ne peut pas dépasser {months} mois, soit le {latest}.",
        "Choisissez une fin au plus tard le {to_ends_on}.",
    ),
    "retroactive_sanction": RuleWord(
        "Sanction sans effet rétroactif",
        "Sanction rétroactive",
        "La sanction prendrait effet le {found}, avant le jour de la décision ({earliest}).",
        "Choisissez le {earliest} ou plus tard.",
        basis=("D2021-1645:18",),
    ),
    "avis_conforme_required": RuleWord(
        "Mesure conforme à l'avis",
        "Avis conforme défavorable",
        "L'avis de la juridiction disciplinaire est défavorable, et il lie la décision.",
        "Ne prenez aucune mesure.",
        basis=("D2021-1645:39.2",),
    ),
    "retirement_required": RuleWord(
        "Licenciement possible, ou non choisi",
        "Mise à la retraite requise",
        "L'agent a droit à pension : il ne peut pas être licencié.",
        "Mettez-le à la retraite.",
        basis=("D2021-1645:39.1",),
    ),
    "no_pension_right": RuleWord(
        "Retraite possible, ou non choisie",
        "Aucun droit à pension",
        "L'agent n'a pas droit à pension : il ne peut pas être mis à la retraite.",
        "Licenciez-le, ou complétez le dossier.",
        basis=("D2021-1645:39.1",),
    ),
    "resignation_not_accepted": RuleWord(
        "Cause qui s'enregistre",
        "Démission non acceptée",
        "Une démission n'a d'effet qu'une fois acceptée.",
        "Présentez la démission, puis faites-la accepter.",
        basis=("D2021-1645:37.1°",),
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


def word_of(check: Check) -> RuleWord:
    """The words of a rule, those of its article or of its field where the same code has two meanings."""
    for place in (check.basis[0], check.field):
        if f"{check.code}@{place}" in RULES:
            return RULES[f"{check.code}@{place}"]
    return RULES[check.code]


def rule(check: Check) -> str:
    """The label of a tested rule, met or not."""
    word = word_of(check)
    return word.met if check.met else word.title


def refusal(check: Check) -> Sentence:
    """The sentence of a rule that is not met."""
    word = word_of(check)
    facts = {"found": check.found, **check.expected, **{f"to_{name}": one for name, one in check.suggestion.items()}}
    known = {name: value(_field(name, check), one) for name, one in facts.items() if one not in (None, (), [], {})}
    return Sentence(word.title, told(word.fact, known) or f"{word.title}.", told(word.way, known))


def _field(fact: str, check: Check) -> str:
    """The field whose words say a fact: what was found and its bounds are values of the field at fault."""
    return (check.field or fact) if fact in ("found", "most", "least", "scale") else fact.removeprefix("to_")
