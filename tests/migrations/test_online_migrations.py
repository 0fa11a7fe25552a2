"""New migrations can run while the service is in use."""

import pytest

from migrations.revisions import head_revision
from tests.migrations.online_migrations import BASELINE, lint, new_sql


def test_every_new_migration_can_run_online() -> None:
    assert lint(new_sql()) == ""
    assert head_revision() >= BASELINE


@pytest.mark.parametrize(
    "sql, rule",
    [
        ("CREATE INDEX i ON bookings (notes);", "require-concurrent-index-creation"),
        ("ALTER TABLE bookings DROP COLUMN notes;", "ban-drop-column"),
        ("ALTER TABLE bookings RENAME COLUMN notes TO remarks;", "renaming-column"),
        ("ALTER TABLE bookings ALTER notes TYPE varchar(9);", "changing-column-type"),
        ("ALTER TABLE bookings ADD CONSTRAINT c CHECK (desk > 0);", "constraint-missing-not-valid"),
        ("ALTER TABLE bookings ADD color text NOT NULL;", "adding-required-field"),
    ],
)
def test_a_blocking_statement_is_detected(sql: str, rule: str) -> None:
    assert rule in lint(sql)


def test_adding_nullable_columns_and_tables_is_accepted() -> None:
    assert not lint(
        "ALTER TABLE bookings ADD color text;"
        "CREATE TABLE colors (id uuid PRIMARY KEY, place integer NOT NULL);"
    )
