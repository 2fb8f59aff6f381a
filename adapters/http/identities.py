"""Who acts, and for which authority: the people of the sandbox, or the office itself."""

from dataclasses import dataclass

from fastapi import Request

from adapters.service import Actor
from adapters.settings import Settings

COOKIE = "greffe_identite"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person at the desk: `holds` is the authority this person signs for, if any."""

    key: str
    actor: Actor
    holds: str | None = None

    @property
    def reads_only(self) -> bool:
        return self.actor.role == "auditeur"

    def signs_for(self, authority: str) -> bool:
        """One's own authority; a gestionnaire enters the acts received from those that nobody holds here."""
        if self.actor.role == "gestionnaire":
            return authority not in HELD or self.key == OFFICE.key
        return authority == self.holds


SANDBOX = (
    Identity("gestionnaire", Actor("Aïda Benali", "gestionnaire")),
    Identity("universite", Actor("Paul Aubry", "signataire_universite"), "president_universite"),
    Identity("chu", Actor("Jeanne Morvan", "signataire_chu"), "dg_chu"),
    Identity("auditeur", Actor("Luc Fabre", "auditeur")),
)
OFFICE = Identity("bureau", Actor("bureau", "gestionnaire"))
HELD = frozenset(one.holds for one in SANDBOX if one.holds)


def identify(request: Request, settings: Settings) -> Identity:
    """The identity chosen in the sandbox; elsewhere, the office."""
    if not settings.demo:
        return OFFICE
    chosen = request.cookies.get(COOKIE)
    return next((one for one in SANDBOX if one.key == chosen), SANDBOX[0])
