"""Drafts of decisions, numbers of cases."""

from pathlib import Path

from adapters.store.migrations import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
