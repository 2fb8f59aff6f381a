"""Histories recorded once are still replayed by today's workflow: no change of code may break a case that runs.

They are recorded again with `RECORD_HISTORIES=1 pytest tests/service/test_case_workflow_years.py`, and only when
the workflow is changed behind a `workflow.patched`.
"""

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from adapters.temporal.client import CONVERTER
from adapters.temporal.worker import WORKFLOWS, runner
from workflows.messages import CaseStart

HISTORIES = sorted((Path(__file__).parent.parent / "histories").glob("*.json"))


def recorded(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text())


@workflow.defn(name="Case")
class Changed:
    """A workflow that begins otherwise."""

    @workflow.run
    async def run(self, _: CaseStart) -> None:
        await workflow.sleep(60)


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_a_recorded_history_is_replayed(file: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, data_converter=CONVERTER, workflow_runner=runner())
    await replayer.replay_workflow(recorded(file))


async def test_a_change_that_breaks_histories_is_seen() -> None:
    replayer = Replayer(workflows=[Changed], data_converter=CONVERTER, workflow_runner=UnsandboxedWorkflowRunner())
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(recorded(HISTORIES[0]))


def test_all_kinds_of_life_are_recorded() -> None:
    names = {file.stem for file in HISTORIES}
    assert names >= {"part_time_three_years", "refusal", "continued", "stage_moved", "career"}
