"""Once a day: what the store says should ring against what is set to ring."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import Reconciled


@workflow.defn(name="Reconciliation")
class Reconciliation:
    """Sets the alarms that are missing or wrong, and reports them."""

    @workflow.run
    async def run(self) -> Reconciled:
        done: Reconciled = await workflow.execute_activity(
            "reconcile",
            result_type=Reconciled,
            start_to_close_timeout=timedelta(hours=2),
            heartbeat_timeout=timedelta(minutes=2),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=10)),
        )
        return done
