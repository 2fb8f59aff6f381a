"""Les mots dans lesquels un dossier inventé se raconte : un agent, des actes, des jours comptés d'un autre."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.calendar import add_months

ETABLISSEMENT = "CHU de Valmont"
UNIVERSITE = "Université de Valmont"

QUATRE_AVIS = ("directeur_ufr", "president_cme", "chef_pole", "chef_service")
AUTORITES = ("president_universite", "dg_chu")
MINISTRES = ("ministre_esr", "ministre_sante")


@dataclass(frozen=True, slots=True)
class Acte:
    """Une commande et le jour où elle est faite."""

    le: date
    commande: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agent:
    """Un dossier : ce que l'on sait de l'agent à l'ouverture, puis ce qui a été fait."""

    situation: str  # en un mot, ce que ce dossier montre
    faits: Mapping[str, Any]
    actes: tuple[Acte, ...] = ()
    discipline: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class Calendrier:
    """Les jours autour de celui de la démonstration."""

    jour: date

    def le(self, mois: int = 0, jours: int = 0) -> date:
        """Le jour qui vient après tant de mois puis tant de jours ; avant, s'ils sont négatifs."""
        return add_months(self.jour, mois) + timedelta(days=jours)


def actes(*suite: Acte | tuple[Acte, ...]) -> tuple[Acte, ...]:
    """Une suite d'actes, mis bout à bout."""
    return tuple(acte for element in suite for acte in ((element,) if isinstance(element, Acte) else element))


# -- Temps partiel -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TempsPartiel:
    """Un temps partiel sous sa référence ; chaque méthode est un acte."""

    ref: str
    debut: date
    quotite: int = 80
    mois: int = 12
    motif: str = "convenance"

    def _acte(self, le: date, verbe: str, **champs: Any) -> Acte:
        return Acte(le, {"type": f"part_time.{verbe}", "case": self.ref, **champs})

    def demande(self, le: date) -> Acte:
        return self._acte(
            le, "request", quotite=self.quotite, starts_on=self.debut.isoformat(), months=self.mois, ground=self.motif
        )

    def avis(self, le: date, *, de: tuple[str, ...] = QUATRE_AVIS, favorable: bool = True) -> Acte:
        return self._acte(le, "give_opinion", by=list(de), favourable=favorable)

    def saisine_du_medecin(self, le: date) -> Acte:
        return self._acte(le, "refer_doctor")

    def decision(self, le: date, *, objet: str = "authorisation", accorde: bool = True) -> Acte:
        issue = "granted" if accorde else "refused"
        return self._acte(le, "decide", object=objet, by=list(AUTORITES), outcome=issue)

    def cng_informe(self, le: date) -> Acte:
        return self._acte(le, "inform_cng")

    def opposition(self, le: date, *, de: str = "agent") -> Acte:
        return self._acte(le, "oppose_renewal", by=[de])

    def demande_expresse(self, le: date, *, mois: int = 12) -> Acte:
        return self._acte(le, "request_renewal", months=mois)

    def changement(self, le: date, *, quotite: int, effet: date) -> Acte:
        return self._acte(le, "amend", quotite=quotite, effective_on=effet.isoformat())

    def retour(self, le: date, *, effet: date, motif_grave: bool = False) -> Acte:
        grave = {"ground": "motif_grave", "reason": "Situation de famille"} if motif_grave else {}
        return self._acte(le, "return_full_time", effective_on=effet.isoformat(), **grave)

    def retrait(self, le: date) -> Acte:
        return self._acte(le, "withdraw")

    def accorde(self, *, cng: bool = True) -> tuple[Acte, ...]:
        """La suite ordinaire, dans les trois mois qui précèdent le premier jour."""
        decide = self.debut - timedelta(days=40)
        suite = (
            self.demande(self.debut - timedelta(days=90)),
            self.avis(self.debut - timedelta(days=60)),
            self.decision(decide),
        )
        return (*suite, self.cng_informe(decide)) if cng else suite


# -- Stage -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """Un stage sous sa référence ; chaque méthode est un acte."""

    ref: str
    debut: date

    def _acte(self, le: date, verbe: str, **champs: Any) -> Acte:
        return Acte(le, {"type": f"stage.{verbe}", "case": self.ref, **champs})

    def ouverture(self) -> Acte:
        return self._acte(self.debut, "open", starts_on=self.debut.isoformat())

    def avis(self, le: date, *, de: tuple[str, ...] = ("conseil_ufr", "cme"), favorable: bool = True) -> Acte:
        return self._acte(le, "give_opinion", by=list(de), favourable=favorable)

    def absence(self, premier: date, dernier: date, motif: str) -> Acte:
        champs = {"from": premier.isoformat(), "to": dernier.isoformat(), "kind": motif}
        return self._acte(dernier, "record_absence", **champs)

    def decision(self, le: date, issue: str) -> Acte:
        return self._acte(le, "decide", by=list(MINISTRES), outcome=issue)
