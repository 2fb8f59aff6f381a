"""Every reading of the law and every office setting: its key, default, alternatives, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.law import Choice

REFORM_2024_FROM = Choice(
    "law.reform_2024.from",
    date(2024, 10, 19),
    None,
    "Le décret 2024-940, au Journal officiel du 18 octobre 2024, entre en vigueur le lendemain.",
)

DECIDE_RETROACTIVE = Choice(
    "decide.retroactive",
    "reject",
    ("warn",),
    "Une décision qui accorde ne peut prendre effet avant le jour où elle est prise.",
)
TIME_LIMIT_LAST_DAY_INCLUDED = Choice(
    "time_limit_last_day_included",
    False,
    (True,),
    "Un délai donné à une personne en mois : le jour anniversaire est déjà hors délai.",
)
WITHDRAW_AFTER_GRANT = Choice(
    "withdraw.after_grant",
    "until_start",
    ("never",),
    "Le texte est muet : le retrait est admis jusqu'à la veille du premier jour.",
)
POSITIONS_PART_TIME_THEN_OTHER = Choice(
    "positions.part_time_then_other",
    "end",
    ("keep",),
    "Délégation, détachement et disponibilité mettent fin, la veille, au temps partiel en cours.",
)
PAY_PART_MONTH = Choice("pay.part_month", "thirtieths", ("calendar",), "Une fraction de mois se compte en trentièmes.")

PART_TIME_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "part_time.authority",
    ("president_universite", "dg_chu"),
    None,
    "L'article 28-2 nomme ces deux autorités pour la modification ; lu de même pour l'autorisation et le renouvellement.",
)
PART_TIME_OPINIONS: Choice[tuple[str, ...]] = Choice(
    "part_time.opinions",
    ("directeur_ufr", "president_cme", "chef_pole"),
    None,
    "L'article 28-2 demande ces avis, et celui du chef de service ou du responsable de la structure, pour la "
    "modification ; lus de même pour l'autorisation et le renouvellement.",
)
PART_TIME_LAST_PERIOD = Choice(
    "part_time.last_period",
    "truncate",
    ("stop",),
    "« Dans la limite de trois ans » : la dernière période tacite est coupée au terme des trois ans, ou n'est pas ouverte.",
)
PART_TIME_YEAR = Choice(
    "part_time.year",
    "civil",
    ("rolling12", "authorisation"),
    "« La même année » : l'année civile des dates d'effet, car l'article 5 compte le service par année civile.",
)
PART_TIME_SFT = Choice(
    "part_time.sft",
    "full",
    ("pro_rata",),
    "L'article 28-3 ne nomme pas le supplément familial de traitement parmi ce qui est réduit.",
)
PART_TIME_EXPRESS_REMINDER_MONTHS = Choice(
    "part_time.express_reminder_months",
    2,
    None,
    "Rappel interne avant le terme des trois ans ; le texte n'en prévoit pas.",
)
PART_TIME_PHU_TERM = Choice(
    "part_time.phu_nomination_term",
    "applies",
    ("ignored",),
    "L'article 92 borne le temps partiel au terme de la nomination pour la catégorie 3 ; étendu aux PHU.",
)
PART_TIME_WEEK_MAPPING = Choice(
    "part_time.week_mapping",
    "floor",
    (),
    "Demi-journées entières de service par semaine, pour les congés : la quotité de onze, arrondie à l'entier "
    "inférieur (50, 60, 70, 80, 90 % : 5, 6, 7, 8, 9) ; la décision peut fixer un autre entier de 5 à 9.",
)
PART_TIME_CCA_MIN_SERVICE_MONTHS: Choice[int | None] = Choice(
    "part_time.cca_min_service_months",
    None,
    None,
    "Le décret 91-155 peut exiger un service antérieur des CCA et AHU.",
    outside=True,
    of=int,
)
PART_TIME_MIXED_YEAR_LEAVE = Choice(
    "part_time.mixed_year_leave",
    "pro_rata",
    (),
    "Congés d'une année à quotités successives : au prorata des jours civils, arrondis à la demi-journée.",
    outside=True,
)

STAGE_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "stage.authority",
    ("ministre_esr", "ministre_sante"),
    None,
    "L'article 51 ne nomme pas l'autorité ; lue comme à l'article 50.",
)
STAGE_PART_TIME = Choice(
    "stage.part_time",
    "pro_rata",
    ("none",),
    "Un jour à 60 % vaut 0,60 jour de stage ; la titularisation suit la fin ainsi reportée.",
    outside=True,
)
STAGE_ABSENCE = Choice(
    "stage.absence",
    "one_tenth",
    ("none", "full"),
    "Les congés rémunérés autres qu'annuels comptent dans la limite du dixième de la durée du stage.",
    outside=True,
)
STAGE_LATE_DECISION = Choice(
    "stage.late_decision",
    "retroactive",
    ("decision_day",),
    "La titularisation décidée après la fin du stage prend effet à cette fin.",
)
STAGE_DISMISS_OFFICIAL = Choice(
    "stage.dismiss_official",
    "reject",
    ("allow",),
    "Un agent qui a un corps d'origine y est réintégré plutôt que licencié.",
)

DELEGATION_REMINDER_MONTHS = Choice(
    "delegation.reminder_months", 3, None, "Rappel interne avant la fin d'une délégation ; le texte n'en prévoit pas."
)
DELEGATION_CREATION_MONTHS = Choice(
    "delegation.creation_months",
    24,
    None,
    "L'article 16 ne fixe pas de durée pour la catégorie 1 ; lue comme pour la catégorie 2 : deux ans, renouvelables deux fois.",
)
DELEGATION_MERGE_CONTIGUOUS = Choice(
    "delegation.merge_contiguous",
    True,
    (False,),
    "Deux délégations sans un jour de reprise entre elles n'en font qu'une, pour la durée maximale et pour le seuil d'un an.",
)
DELEGATION_DURATION_BASIS = Choice(
    "delegation.duration_basis",
    "actual",
    ("granted",),
    "Après une fin anticipée, la durée accomplie décide du seuil d'un an, plutôt que la durée accordée.",
)
DELEGATION_THREE_YEAR_SCOPE = Choice(
    "delegation.three_year_scope",
    "article_15",
    ("all",),
    "Les trois ans de reprise ne bloquent qu'une nouvelle délégation de l'article 15, non celles des articles 16 et 29.",
)
DELEGATION_NOMINATION_TERM = Choice(
    "delegation.nomination_term",
    "applies",
    ("article_16_only",),
    "L'article 16 borne la délégation au terme de la nomination des catégories 2 et 3 ; étendu à l'article 15.",
)
DELEGATION_RENEWAL_PAY = Choice(
    "delegation.renewal_pay",
    "none",
    ("university_part",),
    "« Aucune rémunération de son CHU » pendant le renouvellement (catégories 2 et 3) : aucune rémunération du tout.",
)
DELEGATION_IUF_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "delegation.iuf_authority",
    ("president_universite", "cng"),
    None,
    "L'article 29 ne nomme pas l'autorité ; lue comme à l'article 15.",
)
DELEGATION_IUF_STAGIAIRE = Choice(
    "delegation.iuf_stagiaire", "reject", ("allow",), "L'article 29 figure au chapitre des titulaires."
)

DISPONIBILITE_REMINDER_MONTHS = Choice(
    "disponibilite.reminder_months",
    3,
    None,
    "Rappel interne avant la fin d'une disponibilité ; le texte n'en prévoit pas.",
)
DISPONIBILITE_AGAIN = Choice(
    "disponibilite.again",
    "after_return",
    ("never", "always"),
    "« Non renouvelable » : une nouvelle disponibilité pour convenances veut au moins un jour de reprise.",
)
DETACHEMENT_REMINDER_MONTHS = Choice(
    "detachement.reminder_months", 3, None, "Rappel interne avant la fin d'un détachement ; le texte n'en prévoit pas."
)
DETACHEMENT_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "detachement.authority",
    ("president_universite", "cng"),
    None,
    "L'article 30 ne nomme l'autorité que pour l'article L. 531-1 ; lue comme pour la disponibilité.",
)
DETACHEMENT_RENEWAL_OPINIONS = Choice(
    "detachement.renewal_opinions",
    "again",
    ("once",),
    "L'autorisation des ministres vaut pour toutes les périodes, les avis pour une seule.",
)
MAD_REMINDER_MONTHS = Choice(
    "mad.reminder_months", 3, None, "Rappel interne avant la fin d'une mise à disposition ; le texte n'en prévoit pas."
)
MAD_MAX_MONTHS: Choice[int | None] = Choice(
    "mad.max_months",
    None,
    None,
    "Le décret ne fixe pas de durée à la mise à disposition ; les règles des enseignants-chercheurs peuvent en fixer une.",
    outside=True,
    of=int,
)
MAD_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "mad.authority",
    ("president_universite", "cng"),
    None,
    "L'article 31 nomme ces autorités ; lues de même pour l'exercice dans un établissement lié (article 12).",
)
MUTATION_SERVICE = Choice(
    "mutation.service",
    "activite",
    ("calendar",),
    "« Trois ans de fonctions en position d'activité » : délégation, détachement et disponibilité ne comptent pas ; "
    "mission temporaire et mise à disposition comptent.",
)
MAINTIEN_REMINDER_MONTHS = Choice(
    "maintien_activite.reminder_months", 3, None, "Rappel interne avant la fin du maintien ; le texte n'en prévoit pas."
)
MAINTIEN_MAX_MONTHS: Choice[int | None] = Choice(
    "maintien_max_months",
    None,
    None,
    "Les limites d'âge et la durée du maintien sont dans le code général de la fonction publique, hors des sources.",
    outside=True,
    of=int,
)
MAINTIEN_RADIATION_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "maintien_activite.radiation_authority",
    ("ministre_esr", "ministre_sante"),
    None,
    "Quand la radiation des cadres est prévue dans le même acte, l'article 37-1 écarte les trois autorités locales.",
)

CESSATION_AUTHORITY: Choice[tuple[str, ...]] = Choice(
    "cessation.authority",
    ("ministre_esr", "ministre_sante"),
    None,
    "L'article 37 veut une démission régulièrement acceptée sans dire par qui ; lue comme à l'article 39.",
)
CESSATION_CATEGORIES = Choice(
    "cessation.categories",
    "all",
    ("titulaires",),
    "L'article 37 figure au chapitre des titulaires ; étendu aux PHU, CCA et AHU.",
)
DISCIPLINE_REVIEW_MONTHS = Choice(
    "discipline.review_months",
    6,
    None,
    "Rappel interne d'une procédure disciplinaire en cours ; le texte n'a pas de délai.",
)
EXCLUSION_SFT = Choice(
    "exclusion.sft",
    "reduced",
    ("full",),
    "« Privation totale ou partielle de la rémunération » : le supplément familial en fait partie.",
    outside=True,
)
INSUFFISANCE_YEARS = Choice(
    "insuffisance.years",
    "floor",
    ("exact",),
    "« Nombre d'années de service validées » : les années entières, ou leur fraction aussi.",
)
INSUFFISANCE_CAP = Choice(
    "insuffisance.cap",
    "total",
    ("hospital_only",),
    "« Derniers émoluments perçus » : la rémunération universitaire et les émoluments hospitaliers, ou ceux-ci seuls.",
)
SUSPENSION_SPLIT = Choice(
    "suspension.split",
    "same_rate",
    (),
    "Une seule quotité de retenue vaut pour la part universitaire et pour la part hospitalière.",
)
SUSPENSION_BASE = Choice(
    "suspension.base",
    "without_primes",
    (),
    "La moitié se compte sur le traitement universitaire et les émoluments hospitaliers, que le texte nomme seuls.",
)
SUSPENSION_REFUND_HOSPITAL = Choice(
    "suspension.refund_hospital",
    False,
    (True,),
    "Le texte ne rembourse que les retenues opérées sur le traitement universitaire.",
)
SUSPENSION_REFERRAL_DAYS = Choice(
    "suspension.referral_days", 1, None, "« Sans délai » : les ministres sont saisis le lendemain au plus tard."
)
SUSPENSION_ANSWER_REMINDER_DAYS = Choice(
    "suspension.answer_reminder_days",
    15,
    None,
    "Rappel interne de la réponse des ministres ; le texte n'a pas de délai.",
)
SUSPENSION_EMERGENCY_COUNT = Choice(
    "suspension.emergency_count",
    "from_first_day",
    ("from_confirmation",),
    "La suspension d'urgence confirmée n'en fait qu'une, dont les trois mois courent du premier jour.",
)
SUSPENSION_LATE_PROSECUTION = Choice(
    "suspension.late_prosecution",
    "ignored",
    ("defers",),
    "Des poursuites engagées après les trois mois ne changent rien, ou reportent le règlement définitif.",
)
SUSPENSION_INSUFFISANCE_WITHOUT_MEASURE = Choice(
    "suspension.insuffisance_without_measure",
    "no_sanction",
    ("not_refunded",),
    "Une procédure pour insuffisance close sans licenciement ni retraite vaut absence de sanction.",
)
SUSPENSION_REFUND_ON_CESSATION = Choice(
    "suspension.refund_on_cessation",
    False,
    (True,),
    "Le texte est muet sur les retenues quand l'agent quitte ses fonctions avant l'issue de la procédure.",
)

MT_UNIT = Choice(
    "mt.unit",
    "month30",
    ("calendar_days",),
    "Les droits se comptent en mois, semaines et jours : un mois vaut 30 unités, une semaine 7, un jour 1 ; "
    "sinon chaque jour civil compte pour un.",
)
MT_WINDOW = Choice(
    "mt.window",
    "anchored",
    ("rolling", "civil"),
    "« Par période de deux ans » : périodes comptées de l'entrée dans les fonctions ; sinon toute période glissante de "
    "vingt-quatre mois, ou d'une année civile impaire à l'année paire qui suit.",
)
MT_DEDUCT_CURRENT_WINDOW = Choice(
    "mt.deduct_current_window",
    True,
    (False,),
    "Ce qui a été pris ou demandé dans la période de deux ans en cours se déduit des douze mois anticipés.",
)
MT_CARRY_OVER = Choice(
    "mt.carry_over",
    "last_block",
    ("cumulative",),
    "« Après une période de huit années » : le reliquat d'une période remplace celui de la précédente, ou s'y ajoute.",
)
MT_BROKEN_BLOCK = Choice(
    "mt.broken_block",
    "no_credit",
    (),
    "La période de huit ans qu'une anticipation interrompt n'est pas révolue : elle ne laisse aucun reliquat.",
)
MT_REPAYMENT_BASE = Choice(
    "mt.repayment_base",
    "gross",
    ("net",),
    "« La rémunération perçue » pendant la mission : le total brut, ou le total net, que l'office enregistre.",
)
MT_COMMITMENT_BASE = Choice(
    "mt.commitment_base",
    "whole",
    ("beyond_current_window",),
    "« Sur le fondement de droits anticipés » : toute la mission anticipée, ou ce qui passe le droit ordinaire encore "
    "ouvert dans la période de deux ans en cours.",
)
MT_COMMITMENT_START = Choice(
    "mt.commitment_start",
    "after_mission",
    (),
    "Le texte est muet : l'engagement court du lendemain de la mission, non de la décision.",
)
MT_DISPONIBILITE = Choice(
    "mt.disponibilite",
    "suspend",
    ("breach",),
    "Une disponibilité ne compte pas dans l'engagement et en reporte le terme d'autant ; sinon elle le rompt.",
)
MT_BREACH_KINDS: Choice[tuple[str, ...]] = Choice(
    "mt.breach_kinds",
    ("demission", "revocation", "retraite"),
    None,
    "Les fins de fonctions qui rompent l'engagement ; une retraite ou un licenciement imposés ne le rompent pas.",
    members=frozenset(
        {
            *("demission", "retraite", "retraite_limite_age", "retraite_invalidite"),
            *("licenciement", "revocation", "perte_droits_civiques"),
        }
    ),
)
MT_REPORT = Choice(
    "mt.report",
    "article_40",
    ("after_mission",),
    "Le rapport de la mission est remis avec le rapport d'activité de l'article 40 qui suit, ou dès la fin de la mission.",
)

CHOICES: Mapping[str, Choice[Any]] = {
    choice.key: choice for choice in list(globals().values()) if isinstance(choice, Choice)
}


def read_choices(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The given values, checked; those equal to their default are left out.

    Raises ValueError naming the key that is unknown or the value that is not allowed.
    """
    read: dict[str, Any] = {}
    for key, value in given.items():
        choice = CHOICES.get(key)
        if choice is None:
            raise ValueError(f"{key} : choix inconnu")
        taken = choice.read(value)
        if taken != choice.default:
            read[key] = taken
    return read
