"""Ceux que l'on poursuit, que l'on suspend, ou qui quittent leurs fonctions."""

from collections.abc import Iterator

from adapters.sandbox.recit import AUTORITES, MCU, MINISTRES, PAIE, PU, Agent, Calendrier, Procedure, actes

JURIDICTION = "juridiction_disciplinaire"
PAYES = PU | {"pay": PAIE}


def departs(ici: Calendrier) -> Iterator[Agent]:
    """Tous ces dossiers."""
    yield from suspensions(ici)
    yield from poursuites(ici)
    yield from cessations(ici)


# -- Suspension --------------------------------------------------------------------------------------


def suspensions(ici: Calendrier) -> Iterator[Agent]:
    di, su = Procedure("DI-1", "discipline"), Procedure("SU-1", "suspension")

    depuis = ici.le(mois=-4)
    retenue = {"procedure": di.ref, "by": list(MINISTRES), "starts_on": depuis, "retenue": "0.50"}
    suite = actes(
        di.acte(ici.le(mois=-5), "open", by=list(MINISTRES), facts="Manquements répétés"),
        su.acte(depuis, "decide", **retenue),
    )
    yield Agent("suspension, trois mois passés, retenues remboursées", PAYES, suite, "Anesthésie", "Pôle urgences")

    danger = {"continuite": True, "securite_patients": True}
    suite = actes(
        su.acte(ici.le(jours=-6), "emergency", by=list(AUTORITES), starts_on=ici.le(jours=-6), circumstances=danger),
        su.acte(ici.le(jours=-5), "refer"),
    )
    yield Agent("suspension d'urgence, ministres saisis", PAYES, suite, "Chirurgie pédiatrique", "Pôle enfant")


# -- Discipline et insuffisance ----------------------------------------------------------------------


def poursuites(ici: Calendrier) -> Iterator[Agent]:
    di = Procedure("DI-1", "discipline")
    ouverte = di.acte(ici.le(mois=-2), "open", by=list(MINISTRES), facts="Plagiat")
    ordre = di.acte(ici.le(mois=-1), "record_order_proceedings", body="Conseil de l'ordre")
    yield Agent("procédure disciplinaire ouverte", MCU, actes(ouverte, ordre), "Odontologie", "Pôle tête et cou")

    exclusion = {"sanction": "exclusion_temporaire", **ici.periode(-2, 4)}
    suite = actes(
        di.acte(ici.le(mois=-9), "open", by=list(MINISTRES)),
        di.acte(ici.le(mois=-3), "decide", by=JURIDICTION, pay_deprivation="0.50", **exclusion),
    )
    yield Agent("exclusion temporaire en cours", PAYES, suite, "Cancérologie", "Pôle cancer")

    ip = Procedure("IP-1", "insuffisance_professionnelle")
    suite = actes(ip.acte(ici.le(mois=-5), "open", by=list(MINISTRES)), ip.avis(ici.le(jours=-20), JURIDICTION))
    faits = PAYES | {"pension_entitled": False, "validated_years": "12"}
    yield Agent("insuffisance professionnelle, avis rendu", faits, suite, "Angiologie", "Pôle cœur")


# -- Cessation de fonctions --------------------------------------------------------------------------


def cessations(ici: Calendrier) -> Iterator[Agent]:
    ce = Procedure("CE-1", "cessation")
    suite = actes(
        ce.acte(ici.le(mois=-1), "request", kind="demission", effective_on=ici.le(mois=2)),
        ce.acte(ici.le(jours=-10), "accept", by=list(MINISTRES)),
    )
    yield Agent("démission acceptée pour dans deux mois", MCU, suite, "Allergologie", "Pôle médecine")

    retraite = ce.acte(ici.le(mois=-3), "record", kind="retraite", effective_on=ici.le(mois=-1))
    yield Agent("retraité depuis un mois", PU, actes(retraite), "Chirurgie cardiaque", "Pôle cœur")
