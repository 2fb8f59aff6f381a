"""Les dossiers de la démonstration : chaque état du temps partiel et du stage, autour d'un jour donné."""

from collections.abc import Iterator
from datetime import date, timedelta

from adapters.sandbox.recit import QUATRE_AVIS, Agent, Calendrier, Stage, TempsPartiel, actes
from domain.calendar import add_months

PU = {"corps": "PU-PH", "statut": "titulaire"}
MCU = {"corps": "MCU-PH", "statut": "titulaire"}
MCU_STAGIAIRE = {"corps": "MCU-PH", "statut": "stagiaire"}


def scenes(jour: date) -> tuple[Agent, ...]:
    """Tous les dossiers, tels qu'ils sont ce jour-là."""
    ici = Calendrier(jour)
    return (*demandes(ici), *accordes(ici), *fins(ici), *temporaires(ici), *stages(ici), *sans_procedure(ici))


# -- Temps partiel : avant la décision ---------------------------------------------------------------


def demandes(ici: Calendrier) -> Iterator[Agent]:
    tp = TempsPartiel("TP-1", ici.le(mois=3), quotite=80)
    yield Agent("demande déposée", PU, actes(tp.demande(ici.le(jours=-6))), "Cardiologie", "Pôle cœur")

    tp = TempsPartiel("TP-1", ici.le(mois=2), quotite=50)
    avis = tp.avis(ici.le(jours=-5), de=("directeur_ufr", "chef_pole"))
    yield Agent("avis en cours", MCU, actes(tp.demande(ici.le(jours=-25)), avis), "Bactériologie", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(jours=4), quotite=60, mois=6)
    complet = tp.avis(ici.le(jours=-20))
    yield Agent(
        "à décider avant quatre jours", MCU, actes(tp.demande(ici.le(mois=-2)), complet), "Pédiatrie", "Pôle enfant"
    )

    tp = TempsPartiel("TP-1", ici.le(mois=2), quotite=70, motif="de_droit_handicap")
    saisi = actes(tp.demande(ici.le(mois=-1)), tp.saisine_du_medecin(ici.le(mois=-1, jours=2)))
    yield Agent("médecin de prévention saisi", MCU, saisi, "Rhumatologie", "Pôle os et articulations")

    tp = TempsPartiel("TP-1", ici.le(mois=1), quotite=80, motif="de_droit_handicap")
    repute = actes(tp.demande(ici.le(mois=-3)), tp.saisine_du_medecin(ici.le(mois=-3)), tp.avis(ici.le(mois=-1)))
    yield Agent("avis du médecin réputé rendu", PU, repute, "Neurologie", "Pôle tête et cou")

    tp = TempsPartiel("TP-1", ici.le(mois=1, jours=10), quotite=80, motif="de_droit_handicap")
    tardif = (*actes(tp.demande(ici.le(mois=-3)), tp.saisine_du_medecin(ici.le(mois=-3))),)
    apres = tp.avis(ici.le(jours=-3), de=("medecin_prevention",))
    yield Agent("avis du médecin venu trop tard", MCU, (*tardif, apres), "Dermatologie", "Pôle médecine")

    tp = TempsPartiel("TP-1", ici.le(mois=4), quotite=90, motif="de_droit_famille")
    yield Agent("demande de droit", MCU, actes(tp.demande(ici.le(jours=-1))), "Radiologie", "Pôle imagerie")


# -- Temps partiel : en cours ------------------------------------------------------------------------


def accordes(ici: Calendrier) -> Iterator[Agent]:
    tp = TempsPartiel("TP-1", ici.le(mois=-4), quotite=80)
    yield Agent("première période", PU, tp.accorde(), "Hématologie", "Pôle cancer")

    tp = TempsPartiel("TP-1", ici.le(mois=-1), quotite=60, mois=6)
    yield Agent("CNG à informer, en retard", PU, tp.accorde(cng=False), "Anatomie", "Pôle chirurgie")

    tp = TempsPartiel("TP-1", ici.le(mois=1), quotite=50)
    tout_juste = actes(tp.demande(ici.le(mois=-2)), tp.avis(ici.le(mois=-1)), tp.decision(ici.jour))
    yield Agent("accordé ce jour, CNG à informer", PU, tout_juste, "Urologie", "Pôle chirurgie")

    tp = TempsPartiel("TP-1", ici.le(mois=-16), quotite=80)
    yield Agent("reconduit une fois", MCU, tp.accorde(), "Parasitologie", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=-25), quotite=70)
    yield Agent("reconduit deux fois", PU, tp.accorde(), "Gynécologie", "Pôle enfant")

    tp = TempsPartiel("TP-1", ici.le(mois=-6, jours=3), quotite=90, mois=6)
    yield Agent("reconduction dans trois jours", MCU, tp.accorde(), "Physiologie", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=-12, jours=20), quotite=80)
    yield Agent("reconduction dans le mois", PU, tp.accorde(), "Pneumologie", "Pôle thorax")

    tp = TempsPartiel("TP-1", ici.le(mois=-20), quotite=80, mois=8)
    yield Agent("périodes de huit mois", MCU, tp.accorde(), "Pharmacologie", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=-8), quotite=80)
    oppose = tp.opposition(ici.le(jours=-15))
    yield Agent("agent opposé à la reconduction", MCU, (*tp.accorde(), oppose), "Génétique", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=-10), quotite=80)
    change = actes(
        tp.changement(ici.le(mois=-5), quotite=60, effet=ici.le(mois=-2)),
        tp.avis(ici.le(mois=-4)),
        tp.decision(ici.le(mois=-3), objet="quotite"),
        tp.cng_informe(ici.le(mois=-3)),
    )
    yield Agent("quotité changée", PU, (*tp.accorde(), *change), "Nutrition", "Pôle médecine")

    tp = TempsPartiel("TP-1", ici.le(mois=-7), quotite=80)
    trop_tard = tp.changement(ici.le(jours=-10), quotite=50, effet=ici.le(mois=1))
    a_temps = tp.changement(ici.le(jours=-8), quotite=50, effet=ici.le(mois=2))
    yield Agent(
        "changement demandé, préavis d'abord manqué",
        MCU,
        (*tp.accorde(), trop_tard, a_temps),
        "Virologie",
        "Pôle biologie",
    )

    tp = TempsPartiel("TP-1", ici.le(mois=-34, jours=12), quotite=80)
    yield Agent("demande expresse à préparer", MCU, tp.accorde(), "Médecine interne", "Pôle médecine")

    tp = TempsPartiel("TP-1", ici.le(mois=-35), quotite=60)
    demande = tp.demande_expresse(ici.le(mois=-2))
    yield Agent(
        "demande expresse à décider", PU, (*tp.accorde(), demande, tp.avis(ici.le(mois=-1))), "Oncologie", "Pôle cancer"
    )


# -- Temps partiel : fins ----------------------------------------------------------------------------


def fins(ici: Calendrier) -> Iterator[Agent]:
    tp = TempsPartiel("TP-1", ici.le(mois=-37), quotite=80)
    yield Agent(
        "éteint au bout de trois ans",
        MCU,
        (*tp.accorde(), tp.cng_informe(ici.le(jours=-20))),
        "Histologie",
        "Pôle biologie",
    )

    tp = TempsPartiel("TP-1", ici.le(mois=-38), quotite=80)
    expresse = actes(
        tp.demande_expresse(ici.le(mois=-6)),
        tp.avis(ici.le(mois=-5)),
        tp.decision(ici.le(mois=-4), objet="renewal"),
        tp.cng_informe(ici.le(mois=-4)),
    )
    yield Agent("renouvelé expressément", PU, (*tp.accorde(), *expresse), "Ophtalmologie", "Pôle tête et cou")

    tp = TempsPartiel("TP-1", ici.le(mois=-14), quotite=80)
    fini = (*tp.accorde(), tp.opposition(ici.le(mois=-5), de="dg_chu"), tp.cng_informe(ici.le(mois=-1)))
    yield Agent("terminé par opposition", PU, fini, "Stomatologie", "Pôle tête et cou")

    tp = TempsPartiel("TP-1", ici.le(mois=-11), quotite=50)
    retour = actes(
        tp.retour(ici.le(mois=-6), effet=ici.le(mois=-3)),
        tp.decision(ici.le(mois=-5), objet="return_full_time"),
        tp.cng_informe(ici.le(mois=-5)),
    )
    yield Agent("revenu au temps plein", MCU, (*tp.accorde(), *retour), "Biochimie", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=-5), quotite=60)
    grave = actes(
        tp.retour(ici.le(jours=-4), effet=ici.le(jours=5), motif_grave=True),
        tp.decision(ici.le(jours=-2), objet="return_full_time"),
    )
    yield Agent("retour pour motif grave dans cinq jours", PU, (*tp.accorde(), *grave), "Réanimation", "Pôle urgences")

    tp = TempsPartiel("TP-1", ici.le(mois=1), quotite=80)
    refus = actes(
        tp.demande(ici.le(mois=-2)),
        tp.avis(ici.le(mois=-1), de=QUATRE_AVIS[:2]),
        tp.avis(ici.le(mois=-1), de=QUATRE_AVIS[2:], favorable=False),
        tp.decision(ici.le(jours=-12), accorde=False),
    )
    yield Agent("refusé", MCU, refus, "Chirurgie digestive", "Pôle chirurgie")

    tp = TempsPartiel("TP-1", ici.le(mois=2), quotite=70)
    yield Agent(
        "retiré",
        PU,
        actes(tp.demande(ici.le(mois=-1)), tp.retrait(ici.le(jours=-9))),
        "Psychiatrie",
        "Pôle tête et cou",
    )

    premier = TempsPartiel("TP-1", ici.le(mois=2), quotite=85)
    second = TempsPartiel("TP-2", ici.le(mois=2), quotite=80, mois=3)
    yield Agent(
        "deux demandes irrecevables",
        MCU,
        actes(premier.demande(ici.le(jours=-18)), second.demande(ici.le(jours=-17))),
        "Immunologie",
        "Pôle biologie",
    )


# -- Agents temporaires ------------------------------------------------------------------------------


def temporaires(ici: Calendrier) -> Iterator[Agent]:
    def nomme(corps: str, depuis: date, jusqu_au: date) -> dict[str, str]:
        debut, fin = depuis.isoformat(), jusqu_au.isoformat()
        return {"corps": corps, "hu_entry_on": debut, "chu_since": debut, "nomination_ends_on": fin}

    tp = TempsPartiel("TP-1", ici.le(mois=-9), quotite=80)
    phu = nomme("PHU", ici.le(mois=-20), ici.le(mois=7, jours=-1))
    yield Agent("temps partiel coupé par la nomination", phu, tp.accorde(cng=False), "Endocrinologie", "Pôle médecine")

    tp = TempsPartiel("TP-1", ici.le(mois=-11), quotite=60, mois=6)
    cca = nomme("CCA", ici.le(mois=-22), ici.le(jours=9))
    yield Agent(
        "nomination et temps partiel finissent sous dix jours",
        cca,
        tp.accorde(cng=False),
        "Néphrologie",
        "Pôle médecine",
    )

    tp = TempsPartiel("TP-1", ici.le(mois=-15), quotite=50, mois=6)
    ahu = nomme("AHU", ici.le(mois=-24), ici.le(mois=-1))
    yield Agent("temps partiel éteint avec la nomination", ahu, tp.accorde(cng=False), "Hygiène", "Pôle biologie")

    tp = TempsPartiel("TP-1", ici.le(mois=2), quotite=80)
    trop_long = nomme("CCA", ici.le(mois=-10), ici.le(mois=8))
    yield Agent(
        "demande au-delà de la nomination",
        trop_long,
        actes(tp.demande(ici.le(jours=-11))),
        "Orthopédie",
        "Pôle os et articulations",
    )


# -- Stages ------------------------------------------------------------------------------------------


def stages(ici: Calendrier) -> Iterator[Agent]:
    def fin(stage: Stage) -> date:
        return add_months(stage.debut, 12)

    stage = Stage("ST-1", ici.le(mois=-4))
    yield Agent("stage en cours", MCU_STAGIAIRE, actes(stage.ouverture()), "Anesthésie", "Pôle urgences")

    stage = Stage("ST-1", ici.le(mois=-10, jours=4))
    yield Agent(
        "avis de fin de stage à demander", MCU_STAGIAIRE, actes(stage.ouverture()), "Cytologie", "Pôle biologie"
    )

    stage = Stage("ST-1", ici.le(mois=-12, jours=15))
    rendus = stage.avis(ici.le(jours=-20))
    yield Agent(
        "avis rendus, stage bientôt fini",
        MCU_STAGIAIRE,
        actes(stage.ouverture(), rendus),
        "Toxicologie",
        "Pôle biologie",
    )

    stage = Stage("ST-1", ici.le(mois=-13))
    yield Agent(
        "stage fini, décision en retard",
        MCU_STAGIAIRE,
        actes(stage.ouverture(), stage.avis(ici.le(mois=-2))),
        "Médecine légale",
        "Pôle médecine",
    )

    stage = Stage("ST-1", ici.le(mois=-18))
    rates = actes(
        stage.ouverture(),
        stage.avis(ici.le(mois=-7), favorable=False),
        stage.decision(fin(stage) + timedelta(days=10), "prolonge"),
    )
    yield Agent("dernière année de stage", MCU_STAGIAIRE, rates, "Santé publique", "Pôle médecine")

    stage = Stage("ST-1", ici.le(mois=-20))
    titularise = actes(stage.ouverture(), stage.avis(ici.le(mois=-10)), stage.decision(fin(stage), "titularise"))
    yield Agent("titularisé", MCU_STAGIAIRE, titularise, "Biophysique", "Pôle imagerie")

    stage = Stage("ST-1", ici.le(mois=-15))
    reintegre = actes(
        stage.ouverture(), stage.avis(ici.le(mois=-5), favorable=False), stage.decision(ici.le(mois=-2), "reintegre")
    )
    origine = MCU_STAGIAIRE | {"corps_origine": "Praticien hospitalier"}
    yield Agent("réintégré dans son corps d'origine", origine, reintegre, "Gériatrie", "Pôle médecine")

    stage = Stage("ST-1", ici.le(mois=-14))
    licencie = actes(
        stage.ouverture(), stage.avis(ici.le(mois=-4), favorable=False), stage.decision(ici.le(mois=-1), "licencie")
    )
    yield Agent("licencié en fin de stage", MCU_STAGIAIRE, licencie, "Épidémiologie", "Pôle médecine")

    stage = Stage("ST-1", ici.le(mois=-9))
    conge = stage.absence(ici.le(mois=-7), ici.le(mois=-3, jours=-10), "maternite")
    yield Agent(
        "stage prolongé par une absence", MCU_STAGIAIRE, actes(stage.ouverture(), conge), "Obstétrique", "Pôle enfant"
    )

    stage, tp = Stage("ST-1", ici.le(mois=-11)), TempsPartiel("TP-1", ici.le(mois=-6), quotite=50)
    partiel = (stage.ouverture(), *tp.accorde())
    yield Agent("stage prolongé par un temps partiel", MCU_STAGIAIRE, partiel, "Infectiologie", "Pôle médecine")


# -- Dossiers ouverts, sans procédure ----------------------------------------------------------------


def sans_procedure(_: Calendrier) -> Iterator[Agent]:
    yield Agent("dossier ouvert, rien en cours", PU, (), "Thérapeutique", "Pôle médecine")
    yield Agent("dossier à compléter", {}, (), "Biostatistique", "Pôle biologie")
