"""New migrations do not hold up those who book meanwhile."""

import pytest

from migrations.revisions import head_revision
from tests.migrations.online import BASELINE, new_sql, trouble_with


def test_every_new_migration_can_run_while_the_service_does() -> None:
    assert trouble_with(new_sql()) == ""
    assert head_revision() >= BASELINE


@pytest.mark.parametrize(
    "sql, rule",
    [
        ("CREATE INDEX i ON bookings (notes);", "require-concurrent-index-creation"),
        ("ALTER TABLE bookings DROP COLUMN notes;", "ban-drop-column"),
        ("ALTER TABLE bookings RENAME COLUMN notes TO remarks;", "renaming-column"),
        ("ALTER TABLE bookings ALTER notes TYPE varchar(9);", "changing-column-type"),
        ("ALTER TABLE bookings ADD CONSTRAINT c CHECK (desk > 0);", "constraint-missing-not-valid"),
        ("ALTER TABLE bookings ADD colour text NOT NULL;", "adding-required-field"),
    ],
)
def test_what_would_hold_them_up_is_found(sql: str, rule: str) -> None:
    assert rule in trouble_with(sql)


def test_expanding_is_fine() -> None:
    assert not trouble_with(
        "ALTER TABLE bookings ADD colour text;"
        "CREATE TABLE colours (id uuid PRIMARY KEY, place integer NOT NULL);"
    )
