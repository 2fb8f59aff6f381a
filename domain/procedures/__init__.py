"""The procedures of the product, in the order in which they are shown."""

from domain.agents import career, pay
from domain.kernel import Registry
from domain.procedures import (
    delegation,
    detachement,
    disponibilite,
    maintien_activite,
    mise_a_disposition,
    mutation,
    part_time,
    stage,
)

REGISTRY = Registry(
    (
        career.PROCEDURE,
        stage.PROCEDURE,
        part_time.PROCEDURE,
        delegation.PROCEDURE,
        disponibilite.PROCEDURE,
        detachement.PROCEDURE,
        mise_a_disposition.PROCEDURE,
        mutation.PROCEDURE,
        maintien_activite.PROCEDURE,
    ),
    entitlements=(pay.entitlements,),
)
