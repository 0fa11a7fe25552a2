"""`python -m tests.migrations.online`: whether new migrations can run while the service does.

squawk reads their SQL. Those up to BASELINE made the first release, which had nobody to disturb.
"""

import subprocess
import sys
from pathlib import Path

from migrations.revisions import head_revision
from migrations.runner import upgrade_sql

BASELINE = "0007"
OLDEST_POSTGRES = "15"
NOT_ABOUT_DOWNTIME = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    # The runner sets it; filling new columns may take its time.
    "require-lock-timeout",
    "require-statement-timeout",
)
_SQUAWK = Path(sys.executable).with_name("squawk")


def trouble_with(sql: str) -> str:
    """What would stand in the way of those who work meanwhile; empty if nothing would."""
    checked = subprocess.run(
        [
            str(_SQUAWK),
            f"--pg-version={OLDEST_POSTGRES}",
            "--assume-in-transaction",
            "--reporter=gcc",
            f"--exclude={','.join(NOT_ABOUT_DOWNTIME)}",
            "--stdin-filepath=migration.sql",
        ],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr


def new_sql() -> str:
    """The SQL of the migrations after BASELINE."""
    return upgrade_sql(f"{BASELINE}:head") if head_revision() > BASELINE else ""


if __name__ == "__main__":
    sys.exit(trouble_with(new_sql()) or 0)
