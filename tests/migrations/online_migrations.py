"""`python -m tests.migrations.online_migrations`: checks that new migrations can run online.

squawk lints their SQL. Migrations up to BASELINE are part of the first release and are exempt.
"""

import subprocess
import sys
from pathlib import Path

from migrations.revisions import head_revision
from migrations.runner import upgrade_sql

BASELINE = "0007"
OLDEST_POSTGRES = "15"
IGNORED_RULES = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    # The runner sets a lock timeout; filling new columns may take long.
    "require-lock-timeout",
    "require-statement-timeout",
)
_SQUAWK = Path(sys.executable).with_name("squawk")


def lint(sql: str) -> str:
    """Return the statements that would block concurrent work, or an empty string."""
    completed = subprocess.run(
        [
            str(_SQUAWK),
            f"--pg-version={OLDEST_POSTGRES}",
            "--assume-in-transaction",
            "--reporter=gcc",
            f"--exclude={','.join(IGNORED_RULES)}",
            "--stdin-filepath=migration.sql",
        ],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if completed.returncode == 0 else completed.stdout + completed.stderr


def new_sql() -> str:
    """Return the SQL of the migrations after BASELINE."""
    return upgrade_sql(f"{BASELINE}:head") if head_revision() > BASELINE else ""


if __name__ == "__main__":
    sys.exit(lint(new_sql()) or 0)
