"""Calendar feeds from and to rows of `calendar_feeds`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from application.ports.calendar_feeds import CalendarFeed


def calendar_feed_from(row: Row) -> CalendarFeed:
    """Return the feed of a row of `calendar_feeds`."""
    return CalendarFeed(
        user_id=row["user_id"],
        token_hash=row["token_hash"],
        created_at=row["created_at"],
    )


def calendar_feed_row(feed: CalendarFeed) -> dict[str, Any]:
    """Return the columns of `calendar_feeds`."""
    return {
        "user_id": feed.user_id,
        "token_hash": feed.token_hash,
        "created_at": feed.created_at,
    }
