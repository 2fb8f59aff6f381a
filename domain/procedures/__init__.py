"""The procedures of the product, in the order in which they are shown."""

from domain.agents import career, leaving, mission_rights, pay
from domain.kernel import Registry
from domain.procedures import (
    cessation,
    delegation,
    detachement,
    discipline,
    disponibilite,
    insuffisance_professionnelle,
    maintien_activite,
    mise_a_disposition,
    mission_temporaire,
    mutation,
    part_time,
    stage,
    suspension,
)

REGISTRY = Registry(
    (
        career.PROCEDURE,
        stage.PROCEDURE,
        part_time.PROCEDURE,
        delegation.PROCEDURE,
        mission_temporaire.PROCEDURE,
        disponibilite.PROCEDURE,
        detachement.PROCEDURE,
        mise_a_disposition.PROCEDURE,
        mutation.PROCEDURE,
        maintien_activite.PROCEDURE,
        suspension.PROCEDURE,
        discipline.PROCEDURE,
        insuffisance_professionnelle.PROCEDURE,
        cessation.PROCEDURE,
        mission_rights.PROCEDURE,
    ),
    entitlements=(pay.entitlements,),
    departure=leaving.departure,
)
