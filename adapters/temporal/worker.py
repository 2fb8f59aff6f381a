"""Runs the workflows and their activities; any number of workers may share one task queue."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from adapters.service import Service
from adapters.temporal.activities import Activities, Bells
from workflows.case import Case
from workflows.reconciliation import Reconciliation

MOST_CACHED = 500  # a dormant case needs no cache: about 90 KB each
MOST_AT_ONCE = 16  # more activities would only wait for a connection
GRACE = timedelta(seconds=10)
WORKFLOWS = (Case, Reconciliation)


def runner() -> SandboxedWorkflowRunner:
    """The sandbox of the workflows; what is pure passes through, so that classes are the same on both sides."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("domain", "workflows", "pydantic")
    return SandboxedWorkflowRunner(restrictions=restrictions)


def case_worker(client: Client, service: Service, bells: Bells, task_queue: str) -> Worker:
    """A worker; leaving its context lets the activities under way finish."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=Activities(service, bells).all(),
        workflow_runner=runner(),
        max_cached_workflows=MOST_CACHED,
        max_concurrent_local_activities=MOST_AT_ONCE,
        graceful_shutdown_timeout=GRACE,
    )
