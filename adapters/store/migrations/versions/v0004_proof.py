"""Checkpoints of the register, and the chain of the migrations that made its schema."""

from pathlib import Path

from adapters.store.migrations import declare, run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql")
    run_script(script, declared=False)
    for applied in sorted(script.parent.glob("v*.sql")):
        if applied.stem <= script.stem:
            declare(applied)
