"""Ceux que l'on a placés ailleurs : délégation, mission temporaire, disponibilité, détachement, mutation et maintien."""

from collections.abc import Iterator

from adapters.sandbox.recit import (
    MCU,
    MINISTRES,
    PAIE,
    PU,
    QUATRE_AVIS,
    STAGIAIRE,
    Agent,
    Calendrier,
    Procedure,
    Stage,
    actes,
)

UNIVERSITE_ET_CNG = ("president_universite", "cng")
UFR_ET_CHU = ("directeur_ufr", "dg_chu")
DEUX_CONSEILS = ("conseil_ufr", "cme")


def ailleurs(ici: Calendrier) -> Iterator[Agent]:
    """Tous ces dossiers."""
    yield from delegations(ici)
    yield from missions(ici)
    yield from positions(ici)


# -- Délégation --------------------------------------------------------------------------------------


def delegations(ici: Calendrier) -> Iterator[Agent]:
    connu = PU | {"pay": PAIE}

    de = Procedure("DE-1", "delegation")
    etude = {"purpose": "mission_etude", **ici.periode(4, 16)}
    demande = de.acte(ici.le(jours=-12), "request", **etude)
    yield Agent("délégation demandée", connu, actes(demande), "Immunologie clinique", "Pôle biologie")

    enseignement = {"purpose": "enseignement", **ici.periode(-5, 3)}
    suite = actes(
        de.acte(ici.le(mois=-9), "request", **enseignement),
        de.accord(ici.le(mois=-7), *UNIVERSITE_ET_CNG, pay_monthly="3000.00"),
        de.acte(ici.le(mois=-6), "replace", kind="temporary"),
    )
    yield Agent("délégation en cours", connu, suite, "Chirurgie vasculaire", "Pôle thorax")

    longue = {"purpose": "mission_etude", **ici.periode(-26, -4)}
    suite = actes(
        de.acte(ici.le(mois=-30), "request", **longue),
        de.accord(ici.le(mois=-28), *UNIVERSITE_ET_CNG, pay_monthly="4500.00"),
    )
    yield Agent("délégation finie, trois ans de reprise", connu, suite, "Neurochirurgie", "Pôle tête et cou")

    societe = {"purpose": "creation_entreprise", "host": "Valmont Biotech", **ici.periode(-13, 11)}
    suite = actes(
        de.acte(ici.le(mois=-18), "request", **societe),
        de.acte(ici.le(mois=-17), "record_authorisation", by=list(MINISTRES)),
        de.acte(ici.le(mois=-16), "record_convention"),
        de.acte(ici.le(mois=-16), "set_contribution", kind="a", monthly="1500.00"),
        de.accord(ici.le(mois=-15), *UFR_ET_CHU),
    )
    yield Agent("délégation en entreprise, contribution due", connu, suite, "Biotechnologie", "Pôle biologie")

    stage = Stage("ST-1", ici.le(mois=-8))
    courte = {"purpose": "mission_etude", **ici.periode(-2, 2)}
    suite = actes(
        stage.ouverture(),
        de.acte(ici.le(mois=-5), "request", **courte),
        de.accord(ici.le(mois=-4), *UNIVERSITE_ET_CNG, pay_monthly="2800.00"),
    )
    yield Agent("stagiaire en délégation, stage déplacé", STAGIAIRE, suite, "Pharmacie clinique", "Pôle biologie")


# -- Mission temporaire ------------------------------------------------------------------------------


def missions(ici: Calendrier) -> Iterator[Agent]:
    mt = Procedure("MT-1", "mission_temporaire")

    def entre(mois: int) -> dict[str, str]:
        return {"hu_entry_on": ici.le(mois=mois).isoformat()}

    ordinaire = {"basis": "ordinary", **ici.periode(-1, 1)}
    suite = actes(mt.acte(ici.le(mois=-4), "request", **ordinaire), mt.accord(ici.le(mois=-3), *UFR_ET_CHU))
    yield Agent("mission temporaire en cours", PU | entre(-40), suite, "Génomique", "Pôle biologie")

    avance = {"basis": "anticipated", "commitment_accepted": True, **ici.periode(-10, -4)}
    suite = actes(mt.acte(ici.le(mois=-14), "request", **avance), mt.accord(ici.le(mois=-12), *UFR_ET_CHU))
    yield Agent("mission prise d'avance, engagement en cours", MCU | entre(-30), suite, "Virologie", "Pôle biologie")

    rompu = {"basis": "anticipated", "commitment_accepted": True, **ici.periode(-20, -14)}
    suite = actes(
        mt.acte(ici.le(mois=-24), "request", **rompu),
        mt.accord(ici.le(mois=-22), *UFR_ET_CHU),
        mt.acte(ici.le(mois=-13), "record_pay", amount="60000.00"),
        mt.acte(ici.le(mois=-2), "breach", reason="Départ pour une clinique privée"),
    )
    yield Agent("engagement rompu, remboursement", PU | entre(-50), suite, "Chirurgie plastique", "Pôle chirurgie")

    report = {"basis": "carry_over", "project": "Cohorte nationale", **ici.periode(-1, 4)}
    faits = PU | entre(-120) | {"last_report_on": ici.le(mois=-30).isoformat()}
    suite = actes(mt.acte(ici.le(mois=-5), "request", **report), mt.accord(ici.le(mois=-3), *UFR_ET_CHU))
    yield Agent("mission sur le reliquat de huit ans", faits, suite, "Épidémiologie clinique", "Pôle médecine")


# -- Disponibilité, détachement, mise à disposition, mutation, maintien -------------------------------


def positions(ici: Calendrier) -> Iterator[Agent]:
    di = Procedure("DP-1", "disponibilite")
    periode = {"kind": "convenances_personnelles", **ici.periode(-13, 5)}
    suite = actes(
        di.acte(ici.le(mois=-18), "request", **periode),
        di.avis(ici.le(mois=-16), *QUATRE_AVIS, "dg_chu"),
        di.accord(ici.le(mois=-15), *UNIVERSITE_ET_CNG),
    )
    yield Agent("disponibilité, emploi à pourvoir", PU, suite, "Médecine du sport", "Pôle os et articulations")

    dt = Procedure("DT-1", "detachement")
    periode = {"kind": "l531", **ici.periode(-26, -2)}
    avis = (*DEUX_CONSEILS, "dg_chu", "directeur_ufr")
    suite = actes(
        dt.acte(ici.le(mois=-32), "request", **periode),
        dt.acte(ici.le(mois=-31), "record_authorisation", by=list(MINISTRES)),
        dt.avis(ici.le(mois=-30), *avis),
        dt.accord(ici.le(mois=-29), *MINISTRES),
        dt.acte(ici.le(mois=-6), "renew", ends_on=ici.le(mois=10, jours=-1)),
        dt.avis(ici.le(mois=-5), *avis),
        dt.accord(ici.le(mois=-4), *MINISTRES),
    )
    yield Agent("détachement renouvelé", PU, suite, "Bioingénierie", "Pôle biologie")

    md = Procedure("MD-1", "mise_a_disposition")
    periode = {"host": "Agence régionale de Valmont", **ici.periode(-3, 9)}
    suite = actes(
        md.acte(ici.le(mois=-8), "request", **periode),
        md.avis(ici.le(mois=-6), *DEUX_CONSEILS),
        md.accord(ici.le(mois=-5), *UNIVERSITE_ET_CNG),
    )
    yield Agent("mise à disposition", MCU, suite, "Économie de la santé", "Pôle médecine")

    mu = Procedure("MU-1", "mutation")
    poste = {"vacancy_published": True, "target_chu": "CHU de Sorlande", "same_chu": False, "starts_on": ici.le(mois=4)}
    arrive = MCU | {"chu_since": ici.le(mois=-20).isoformat()}
    suite = actes(mu.acte(ici.le(mois=-1), "request", **poste), mu.avis(ici.le(jours=-10), *DEUX_CONSEILS))
    yield Agent("mutation qui attend l'accord du CHU", arrive, suite, "Médecine nucléaire", "Pôle imagerie")

    ma = Procedure("MA-1", "maintien_activite")
    periode = {**ici.periode(-2, 10)}
    suite = actes(
        ma.acte(ici.le(mois=-8), "request", **periode),
        ma.avis(ici.le(mois=-6), "directeur_ufr", "chef_service", "chef_pole"),
        ma.accord(ici.le(mois=-5), "president_universite", "dg_chu", "president_cme"),
    )
    yield Agent("maintien en activité", PU, suite, "Hématologie biologique", "Pôle cancer")
