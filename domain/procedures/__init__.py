"""The procedures of the product, in the order in which they are shown."""

from domain.agents import career, pay
from domain.kernel import Registry
from domain.procedures import delegation, part_time, stage

REGISTRY = Registry(
    (career.PROCEDURE, stage.PROCEDURE, part_time.PROCEDURE, delegation.PROCEDURE), entitlements=(pay.entitlements,)
)
