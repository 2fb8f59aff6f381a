"""Décret 2021-1645, text consolidated on 4 November 2024: its articles and its dated figures."""

from datetime import date
from decimal import Decimal

from domain.law import Article, Parameter, Provision, Version
from domain.law.choices import REFORM_2024_FROM

TEXT = "D2021-1645"
IN_FORCE = date(2021, 12, 16)  # the day after publication, Journal officiel of 15 December 2021
REFORM = date(2024, 10, 19)
CHECKED = date(2026, 11, 21)  # the day these figures were last read beside the text


def art(number: str) -> Article:
    return Article(TEXT, number)


ART_1, ART_5, ART_6, ART_15, ART_28, ART_51 = (art(n) for n in ("1", "5", "6", "15", "28", "51"))
ART_28_1, ART_28_2, ART_28_3, ART_28_4 = (art(n) for n in ("28-1", "28-2", "28-3", "28-4"))
ART_16, ART_29 = art("16"), art("29")
ART_12, ART_30, ART_31, ART_32, ART_33, ART_37_1 = (art(n) for n in ("12", "30", "31", "32", "33", "37-1"))
ART_18, ART_19, ART_20, ART_21, ART_22, ART_23 = (art(n) for n in ("18", "19", "20", "21", "22", "23"))
ART_24, ART_25, ART_26 = art("24"), art("25"), art("26")
ART_37, ART_38, ART_39, ART_86, ART_96 = (art(n) for n in ("37", "38", "39", "86", "96"))
ART_85, ART_92 = art("85"), art("92")
ART_40, ART_MISSION = art("40"), art("mission-temporaire")  # the second carries no number in the source

TITLE = "Statut des personnels enseignants et hospitaliers des CHU"

PROVISIONS = (
    Provision(
        ART_1,
        "Personnels concernés",
        "Les fonctions universitaires et hospitalières sont exercées ensemble, à temps plein, par trois catégories : "
        "1° les MCU-PH et PU-PH titulaires ; 2° les PHU, à titre temporaire ; 3° les CCA et AHU, non titulaires.",
        IN_FORCE,
    ),
    Provision(
        ART_5,
        "Activité sur l'année civile",
        "L'activité professionnelle est consacrée tout entière aux fonctions et s'étend sur l'année civile, "
        "congés annuels et jours fériés déduits.",
        IN_FORCE,
    ),
    Provision(ART_6, "Service hebdomadaire", "Le service est de onze demi-journées par semaine.", IN_FORCE),
    Provision(
        ART_15,
        "Délégation",
        "Sur sa demande l'agent peut être délégué pour une mission d'étude, ou, en catégorie 1, pour enseigner hors du CHU : "
        "deux ans, six mois ou un an au plus selon la catégorie. L'arrêté fixe la rémunération maintenue, au plus celle de "
        "l'université, au moins les retenues pour pension. Une nouvelle délégation veut trois ans de reprise, sauf si la "
        "précédente a duré moins d'un an ; les catégories 2 et 3 peuvent renouveler une fois. La délégation est ouverte aux MCU-PH stagiaires depuis la réforme de 2024 : le stage est prolongé jusqu'à sa "
        "durée normale, mais la titularisation prend effet à la fin statutaire du stage, sans compter cette prolongation.",
        IN_FORCE,
    ),
    Provision(
        ART_16,
        "Délégation pour création d'entreprise",
        "La délégation peut servir à créer une entreprise qui valorise les travaux de l'agent (L. 531-1 à L. 531-5 du code "
        "de la recherche) : autorisation des deux ministres, convention avec l'entreprise, contribution de celle-ci, due en "
        "tout cas après la première année. Deux ans renouvelables deux fois ; un an pour la catégorie 3, après un an "
        "d'exercice, sans prolonger la nomination.",
        IN_FORCE,
    ),
    Provision(
        ART_29,
        "Emploi gardé, Institut universitaire de France",
        "L'agent en délégation garde son emploi et n'est remplacé qu'à titre temporaire ; la délégation compte pour "
        "l'avancement et la pension. Elle peut être prononcée auprès de l'Institut universitaire de France pour cinq ans "
        "renouvelables, la rémunération universitaire étant conservée.",
        IN_FORCE,
    ),
    Provision(
        ART_MISSION,
        "Mission temporaire",
        "I. Le directeur de l'UFR et le directeur général du CHU peuvent placer l'agent, stagiaire compris, en mission "
        "temporaire : trois mois par période de deux ans, rémunération entière. Depuis la réforme de 2024, douze mois au plus "
        "peuvent être pris d'avance sur les huit années à venir ; les catégories 1 et 2 s'engagent alors à servir trois fois "
        "cette durée et remboursent, en cas de rupture, la part qui reste à accomplir. II. Ce qui est pris d'avance se déduit "
        "des droits ouverts dans une autre catégorie. Après huit années, ce qui n'a pas été pris reste utilisable, sur projet "
        "et avec un rapport. III. Les droits se comptent sur toute la carrière, quels que soient le corps et la catégorie.",
        IN_FORCE,
    ),
    Provision(
        ART_40,
        "Rapport d'activité",
        "L'agent rend compte de toutes ses activités au moins tous les cinq ans, au directeur de l'UFR et au directeur "
        "général du CHU.",
        IN_FORCE,
    ),
    Provision(
        ART_28,
        "Temps partiel",
        "Le premier alinéa vise le temps partiel thérapeutique. Le second ouvre aux agents de la catégorie 1 le temps "
        "partiel du code général de la fonction publique, sous les réserves du décret.",
        REFORM,
    ),
    Provision(
        ART_28_1,
        "Quotités",
        "La durée du service à temps partiel est de 50, 60, 70, 80 ou 90 % des obligations de service de l'article 6.",
        REFORM,
    ),
    Provision(
        ART_28_2,
        "Autorisation, renouvellement, modification",
        "L'autorisation vaut de six mois à un an et se renouvelle tacitement pour la même durée pendant trois ans au plus ; "
        "au-delà il faut une demande et une décision expresses. Un changement de quotité se demande deux mois à l'avance et "
        "se décide après quatre avis ; un second dans l'année est exceptionnel et veut l'accord de tous. Un motif grave "
        "permet le retour immédiat au temps plein. Le CNG est informé pour la catégorie 1. L'avis du médecin de prévention "
        "est réputé rendu deux mois après sa saisine.",
        REFORM,
    ),
    Provision(
        ART_28_3,
        "Rémunération",
        "Traitement universitaire, émoluments hospitaliers, indemnité de résidence, primes et indemnités sont versés "
        "au prorata exact de la quotité.",
        REFORM,
    ),
    Provision(
        ART_28_4,
        "Congés annuels à temps partiel",
        "25, 30, 35, 40 ou 45 demi-journées de congé par an pour 5, 6, 7, 8 ou 9 demi-journées de service par semaine.",
        REFORM,
    ),
    Provision(
        ART_12,
        "Exercice dans un établissement lié",
        "Les fonctions peuvent s'exercer dans un établissement lié au CHU par convention ; quand toutes les fonctions "
        "hospitalières y sont exercées, l'agent y est mis à disposition.",
        IN_FORCE,
    ),
    Provision(
        ART_30,
        "Détachement",
        "Détachement de droit commun des enseignants-chercheurs ; pour créer une entreprise, par arrêté des deux ministres, "
        "deux ans renouvelables deux fois, sur autorisation et après quatre avis ; auprès d'un groupement d'intérêt public, "
        "après deux avis. L'emploi peut être pourvu après un an.",
        IN_FORCE,
    ),
    Provision(
        ART_31,
        "Mise à disposition",
        "L'agent en activité peut être mis à disposition, après avis du conseil de l'UFR et de la CME, par arrêté du "
        "président de l'université et du directeur général du CNG.",
        IN_FORCE,
    ),
    Provision(
        ART_32,
        "Disponibilité",
        "Prononcée par le président de l'université et le directeur général du CNG après cinq avis. Pour convenances "
        "personnelles : deux ans au plus, sans renouvellement. L'emploi peut être pourvu après un an.",
        IN_FORCE,
    ),
    Provision(
        ART_33,
        "Mutation",
        "Sur un emploi publié vacant, par les deux ministres après avis du conseil de l'UFR et de la CME. Avant trois ans "
        "d'activité dans le même CHU, aller dans un autre veut l'accord du directeur de l'UFR et du directeur général, et "
        "deux avis favorables.",
        IN_FORCE,
    ),
    Provision(
        ART_37_1,
        "Maintien en activité",
        "Prononcé par le président de l'université, le directeur général du CHU et le président de la CME, après avis du "
        "directeur de l'UFR, du chef de service et du chef de pôle, sauf si le même acte prévoit la radiation des cadres.",
        REFORM,
    ),
    Provision(
        ART_51,
        "Stage et titularisation",
        "Les MCU-PH sont nommés stagiaires. Après un an, et après avis du conseil de l'UFR et de la CME, ils sont "
        "titularisés, admis à une dernière année, réintégrés dans leur corps d'origine ou licenciés. Le stage compte "
        "pour l'avancement dans la limite d'un an.",
        IN_FORCE,
    ),
    Provision(
        ART_18,
        "Juridiction disciplinaire",
        "Les sanctions des personnels de CHU sont prononcées par la juridiction nationale de l'article L. 952-22 du code de "
        "l'éducation, et par elle seule.",
        IN_FORCE,
    ),
    Provision(
        ART_19,
        "Composition : président et membres nommés",
        "Un président et son suppléant, nommés pour trois ans ; trois titulaires et trois suppléants choisis par chacun des "
        "deux ministres hors des personnels en cause. Abrogé au prochain renouvellement des membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_20,
        "Composition : disciplines médicales",
        "Trois titulaires et trois suppléants du corps ou de la catégorie de l'agent, élus dans les collèges de médecine, de "
        "chirurgie et de biologie. Abrogé au prochain renouvellement des membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_21,
        "Composition : disciplines pharmaceutiques",
        "Trois titulaires et trois suppléants du corps ou de la catégorie de l'agent. Abrogé au prochain renouvellement des "
        "membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_22,
        "Composition : disciplines odontologiques",
        "Trois titulaires et trois suppléants du corps ou de la catégorie de l'agent. Abrogé au prochain renouvellement des "
        "membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_23,
        "Remplacement des membres",
        "Un siège vacant revient à un suppléant, le premier de la liste pour les élus, jusqu'au terme du mandat en cours ; "
        "le mandat est renouvelable. Abrogé au prochain renouvellement des membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_24,
        "Saisine",
        "Les deux ministres saisissent ensemble la juridiction disciplinaire. Abrogé au prochain renouvellement des "
        "membres, date inconnue.",
        IN_FORCE,
    ),
    Provision(
        ART_25,
        "Poursuites devant l'ordre",
        "L'ordre professionnel peut poursuivre les mêmes faits de son côté : aucune des deux actions n'arrête l'autre.",
        IN_FORCE,
    ),
    Provision(
        ART_26,
        "Suspension",
        "Les ministres peuvent suspendre, par précaution, un agent visé par une procédure disciplinaire ou pour "
        "insuffisance professionnelle ; la retenue ne passe pas la moitié de la rémunération, le supplément familial reste "
        "dû. Sans décision au bout de trois mois, ni poursuites pénales, la rémunération entière revient et les retenues "
        "universitaires sont remboursées ; elles le sont aussi faute de sanction, ou après un avertissement ou un blâme. En "
        "cas de péril, le directeur général et le président suspendent ensemble et en réfèrent aussitôt aux ministres.",
        IN_FORCE,
    ),
    Provision(
        ART_37,
        "Cessation définitive de fonctions",
        "Démission acceptée, retraite, licenciement, révocation, perte des droits civiques.",
        IN_FORCE,
    ),
    Provision(
        ART_38,
        "Sanctions des titulaires",
        "Sept degrés, de l'avertissement à la révocation ; l'exclusion temporaire, avec privation de tout ou partie de la "
        "rémunération, dure trois ans au plus.",
        IN_FORCE,
    ),
    Provision(
        ART_39,
        "Insuffisance professionnelle",
        "L'agent est mis à la retraite s'il a droit à pension, sinon licencié, par les ministres, sur avis conforme de la "
        "juridiction disciplinaire. Le licenciement donne une indemnité des trois quarts du dernier mois par année validée, "
        "versée par mensualités qui ne passent pas la dernière rémunération.",
        IN_FORCE,
    ),
    Provision(
        ART_86,
        "Sanctions des PHU",
        "Six degrés, de l'avertissement à l'exclusion définitive ; celle-ci réintègre l'agent dans son corps d'origine et "
        "saisit l'autorité disciplinaire des praticiens hospitaliers.",
        IN_FORCE,
    ),
    Provision(
        ART_96,
        "Sanctions des CCA et AHU",
        "Avertissement, blâme, exclusion temporaire de trois ans au plus, licenciement.",
        IN_FORCE,
    ),
    Provision(
        ART_85,
        "Temps partiel des PHU",
        "Les PHU ont le temps partiel du second alinéa de l'article 28 et des articles 28-1 à 28-3 ; il peut être "
        "accompli sur l'année. Le barème des congés est celui de l'article 28-4.",
        IN_FORCE,
    ),
    Provision(
        ART_92,
        "Congés et temps partiel des CCA et AHU",
        "Le 11° ouvre le temps partiel des articles 28-1 à 28-3. Les droits ne passent pas le terme de la nomination "
        "et ne la prolongent pas.",
        IN_FORCE,
    ),
)

SERVICE_HALF_DAYS = Parameter("demi-journées de service par semaine", (Version(IN_FORCE, 11, ART_6),), CHECKED)
FULL_TIME_LEAVE_HALF_DAYS = Parameter(
    # Article 5 refers to R. 6152-35 of the public health code: twenty-five working days, outside the sources.
    "demi-journées de congé annuel à temps plein",
    (Version(IN_FORCE, 50, ART_5),),
    CHECKED,
)

PART_TIME_QUOTITES = Parameter(
    "quotités de temps partiel, en centièmes", (Version(REFORM_2024_FROM, (50, 60, 70, 80, 90), ART_28_1),), CHECKED
)
PART_TIME_MONTHS_LEAST = Parameter(
    "durée la plus courte d'une autorisation de temps partiel, en mois",
    (Version(REFORM_2024_FROM, 6, ART_28_2.par(1)),),
    CHECKED,
)
PART_TIME_MONTHS_MOST = Parameter(
    "durée la plus longue d'une autorisation de temps partiel, en mois",
    (Version(REFORM_2024_FROM, 12, ART_28_2.par(1)),),
    CHECKED,
)
PART_TIME_LIMIT_MONTHS = Parameter(
    "limite des reconductions tacites du temps partiel, en mois",
    (Version(REFORM_2024_FROM, 36, ART_28_2.par(1)),),
    CHECKED,
)
PART_TIME_NOTICE_MONTHS = Parameter(
    "préavis d'un changement de quotité, en mois", (Version(REFORM_2024_FROM, 2, ART_28_2.par(2)),), CHECKED
)
PART_TIME_CHANGES_A_YEAR = Parameter(
    "changements de quotité dans la même année, le second à titre exceptionnel",
    (Version(REFORM_2024_FROM, 2, ART_28_2.par(3)),),
    CHECKED,
)
PART_TIME_DOCTOR_MONTHS = Parameter(
    "délai de l'avis du médecin de prévention, en mois", (Version(REFORM_2024_FROM, 2, ART_28_2.par(5)),), CHECKED
)
PART_TIME_LEAVE_HALF_DAYS = Parameter(
    "demi-journées de congé annuel par demi-journées de service hebdomadaire",
    (Version(REFORM_2024_FROM, {5: 25, 6: 30, 7: 35, 8: 40, 9: 45}, ART_28_4.par("II")),),
    CHECKED,
)

STAGE_MONTHS = Parameter("durée du stage, en mois", (Version(IN_FORCE, 12, ART_51.par(2)),), CHECKED)
STAGE_LAST_YEAR_MONTHS = Parameter(
    "durée de la dernière année de stage, en mois", (Version(IN_FORCE, 12, ART_51.par(2)),), CHECKED
)
STAGE_SENIORITY_MONTHS = Parameter(
    "part du stage prise en compte pour l'avancement, en mois", (Version(IN_FORCE, 12, ART_51.par(3)),), CHECKED
)

DELEGATION_MONTHS = Parameter(
    "durée maximale d'une délégation de l'article 15, en mois, par catégorie",
    (Version(IN_FORCE, {1: 24, 2: 6, 3: 12}, ART_15.par("I.2")),),
    CHECKED,
)
DELEGATION_RENEWAL_MONTHS = Parameter(
    "durée maximale du renouvellement d'une délégation de l'article 15, en mois, par catégorie",
    (Version(IN_FORCE, {2: 6, 3: 12}, ART_15.par("III.3")),),
    CHECKED,
)
DELEGATION_RETURN_MONTHS = Parameter(
    "reprise de fonctions entre deux délégations de l'article 15, en mois",
    (Version(IN_FORCE, 36, ART_15.par("III.1")),),
    CHECKED,
)
DELEGATION_SHORT_MONTHS = Parameter(
    "durée sous laquelle une délégation n'exige pas de reprise, en mois",
    (Version(IN_FORCE, 12, ART_15.par("III.1")),),
    CHECKED,
)
DELEGATION_RENEWAL_SERVICE_MONTHS = Parameter(
    "service en CHU avant le renouvellement de la délégation d'un CCA ou AHU, en mois",
    (Version(IN_FORCE, 24, ART_15.par("III.3")),),
    CHECKED,
)
CREATION_MONTHS = Parameter(
    "durée maximale d'une période de délégation de l'article 16, en mois, par catégorie",
    (Version(IN_FORCE, {2: 24, 3: 12}, ART_16),),
    CHECKED,
)
CREATION_RENEWALS = Parameter(
    "renouvellements d'une délégation de l'article 16, par catégorie",
    (Version(IN_FORCE, {1: 2, 2: 2, 3: 0}, ART_16),),
    CHECKED,
)
CREATION_SERVICE_MONTHS = Parameter(
    "exercice continu avant la délégation de l'article 16 d'un CCA ou AHU, en mois",
    (Version(IN_FORCE, 12, ART_16),),
    CHECKED,
)
CREATION_FREE_MONTHS = Parameter(
    "mois après lesquels la contribution de l'entreprise est obligatoire", (Version(IN_FORCE, 12, ART_16),), CHECKED
)
IUF_MONTHS = Parameter(
    "durée d'une délégation auprès de l'Institut universitaire de France, en mois",
    (Version(IN_FORCE, 60, ART_29.par(2)),),
    CHECKED,
)
STAGIAIRE_DELEGATION = Parameter(
    "délégation ouverte aux MCU-PH stagiaires", (Version(REFORM_2024_FROM, True, ART_15.par("I.3")),), CHECKED
)

POST_FILLED_MONTHS = Parameter(
    "mois d'absence après lesquels l'emploi peut être pourvu", (Version(IN_FORCE, 12, ART_32.par("1°")),), CHECKED
)
CONVENANCES_MONTHS = Parameter(
    "durée maximale de la disponibilité pour convenances personnelles, en mois",
    (Version(IN_FORCE, 24, ART_32.par("2°")),),
    CHECKED,
)
DETACHEMENT_MONTHS = Parameter(
    "durée maximale d'une période de détachement pour création d'entreprise, en mois",
    (Version(IN_FORCE, 24, ART_30.par(2)),),
    CHECKED,
)
DETACHEMENT_RENEWALS = Parameter(
    "renouvellements d'un détachement pour création d'entreprise", (Version(IN_FORCE, 2, ART_30.par(2)),), CHECKED
)
MUTATION_SERVICE_MONTHS = Parameter(
    "activité dans le CHU avant une mutation libre vers un autre, en mois",
    (Version(IN_FORCE, 36, ART_33.par(3)),),
    CHECKED,
)
MAINTIEN = Parameter("maintien en activité par décision locale", (Version(REFORM_2024_FROM, True, ART_37_1),), CHECKED)

DECREE = Parameter("statut des personnels de CHU", (Version(IN_FORCE, True, ART_1),), CHECKED)
SUSPENSION_FULL_PAY_MONTHS = Parameter(
    "suspension après laquelle la rémunération entière revient, en mois",
    (Version(IN_FORCE, 3, ART_26.par("I")),),
    CHECKED,
)
SUSPENSION_RETENUE_MOST = Parameter(
    "part la plus haute de la rémunération retenue pendant une suspension",
    (Version(IN_FORCE, Decimal("0.5"), ART_26.par("I")),),
    CHECKED,
)
SANCTIONS_RANKED = Parameter(
    "échelle des sanctions, par catégorie",
    (
        Version(
            IN_FORCE,
            {
                1: (
                    "avertissement",
                    "blame",
                    "reduction_anciennete_echelon",
                    "abaissement_echelon",
                    "exclusion_temporaire",
                    "retraite_office",
                    "revocation",
                ),
                2: (
                    "avertissement",
                    "blame",
                    "reduction_anciennete_echelon",
                    "abaissement_echelon",
                    "exclusion_temporaire",
                    "exclusion_definitive",
                ),
                3: ("avertissement", "blame", "exclusion_temporaire", "licenciement"),
            },
            ART_38,
        ),
    ),
    CHECKED,
)
EXCLUSION_MONTHS = Parameter(
    "durée maximale de l'exclusion temporaire, en mois", (Version(IN_FORCE, 36, ART_38),), CHECKED
)
INSUFFISANCE_SHARE = Parameter(
    "part du dernier mois due par année validée, en cas de licenciement pour insuffisance professionnelle",
    (Version(IN_FORCE, Decimal("0.75"), ART_39.par(3)),),
    CHECKED,
)

MISSION_MONTHS = Parameter(
    "mission temporaire par période, en mois", (Version(IN_FORCE, 3, ART_MISSION.par("I.2")),), CHECKED
)
MISSION_WINDOW_MONTHS = Parameter(
    "période à laquelle la mission temporaire se mesure, en mois",
    (Version(IN_FORCE, 24, ART_MISSION.par("I.2")),),
    CHECKED,
)
MISSION_BLOCK_MONTHS = Parameter(
    "période après laquelle les missions temporaires non prises restent utilisables, en mois",
    (Version(IN_FORCE, 96, ART_MISSION.par("II.3")),),
    CHECKED,
)
MISSION_ANTICIPATED_MONTHS = Parameter(
    "mission temporaire prise d'avance sur les huit années à venir, en mois",
    (Version(REFORM_2024_FROM, 12, ART_MISSION.par("I.3")),),
    CHECKED,
)
MISSION_COMMITMENT_TIMES = Parameter(
    "durée de l'engagement à servir, en fois la mission prise d'avance",
    (Version(REFORM_2024_FROM, 3, ART_MISSION.par("I.3")),),
    CHECKED,
)
REPORT_MONTHS = Parameter("intervalle des rapports d'activité, en mois", (Version(IN_FORCE, 60, ART_40),), CHECKED)
