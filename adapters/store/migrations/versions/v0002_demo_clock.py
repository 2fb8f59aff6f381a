"""The movable clock of a demonstration."""

from pathlib import Path

from adapters.store.migrations import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
