"""SpaceVersion: what a space offered from some time on, kept so that past days can be reckoned."""

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
        """What the space offers as it is now."""
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
        """What tells it from every other version of any space."""
        return self.space_id, self.version


@dataclass(frozen=True, slots=True)
class InForce:
    """So many desks, at these opening hours, from `start` to `end`; None goes on for ever."""

    start: datetime
    end: datetime | None
    desks: int
    opening_hours: OpeningHours | None


def times_in_force(versions: Sequence[SpaceVersion]) -> Iterator[InForce]:
    """When each version of one space, in their order, was in force; not while it was inactive.

    A version whose time is not before that of the next one, because the clocks of two machines
    differ, never was.
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
