"""Times counted from the wall clock, for tests of processes, which have no other clock."""

from datetime import UTC, datetime, timedelta


def hour_in(*, days: int, at: int | None = None) -> datetime:
    """Return the beginning of this hour, or of the hour `at` (UTC), so many days from now."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return (now if at is None else now.replace(hour=at)) + timedelta(days=days)
