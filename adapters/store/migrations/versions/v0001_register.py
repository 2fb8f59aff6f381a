"""The register, the persons and the views."""

from pathlib import Path

from adapters.store.migrations import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
