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
            raise ValueError(f"{key}: unknown choice")
        taken = choice.read(value)
        if taken != choice.default:
            read[key] = taken
    return read
