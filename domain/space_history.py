"""SpaceVersion: what a space offered from a time on, stored for reports about past days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.ids import SpaceId
from domain.opening_hours import OpeningHours
from domain.spaces import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceVersion:
    """A space's desks and opening hours from `since` until its next version."""

    space_id: SpaceId
    version: int
    since: datetime
    desks: int
    opening_hours: OpeningHours | None
    is_active: bool

    @classmethod
    def of(cls, space: Space) -> Self:
        """Return the version that the space has now."""
        return cls(
            space_id=space.id,
            version=space.version,
            since=space.updated_at,
            desks=space.desks,
            opening_hours=space.opening_hours,
            is_active=space.is_active,
        )

    @property
    def id(self) -> tuple[SpaceId, int]:
        """Return the key that identifies the version among those of all spaces."""
        return self.space_id, self.version


@dataclass(frozen=True, slots=True)
class InForce:
    """Desks and opening hours from `start` to `end`; an `end` of None is open-ended."""

    start: datetime
    end: datetime | None
    desks: int
    opening_hours: OpeningHours | None


def times_in_force(versions: Sequence[SpaceVersion]) -> Iterator[InForce]:
    """Yield when each of the ordered versions of a space was in force and active.

    A version that is not older than the next one, because the clocks of two machines differ, is
    skipped.
    """
    if not versions:
        return
    start = versions[0].since
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        end = None if following is None else max(start, following.since)
        if version.is_active and (end is None or start < end):
            yield InForce(start, end, version.desks, version.opening_hours)
        if end is not None:
            start = end
