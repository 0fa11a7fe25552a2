"""IdempotencyKeys: which requests were answered already, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """An answer as the entry point gave it, so that it can give the same one again.

    Use cases neither make nor read it: to them it is what belongs to a key.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ProcessedRequest:
    """A request that was answered: whose it was, under which key, and what it asked for.

    `fingerprint` is a hash of all that the request said.
    """

    user_id: UserId
    key: str
    fingerprint: bytes
    answer: StoredResponse
    answered_at: datetime


class IdempotencyKeys(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        """What that user's request with that key was answered with, however long ago."""
        ...

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        """Delete, at once, at most `limit` that were answered before that; how many it were."""
        ...

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        """Store it, in the place of one with the same key that was answered before that time.

        The commit is Stale when the key has a later answer: another request was faster.
        """
        ...
