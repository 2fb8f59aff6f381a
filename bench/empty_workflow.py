"""A workflow whose update calls an empty local activity: what Temporal takes when there is nothing to do."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn(name="nothing")
async def nothing() -> None:
    """Do nothing."""


@workflow.defn(name="Empty")
class Empty:
    """It waits for updates, for ever."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def ask(self) -> None:
        await workflow.execute_local_activity("nothing", start_to_close_timeout=timedelta(seconds=5))
