"""IdempotencyKeys: processed requests and their responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response of an entry point, which alone gives `code`, `metadata` and `body` a meaning.

    The application stores it with the effect of the request and never reads it.
    """

    code: int
    metadata: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ProcessedRequest:
    """A request that got a response: its caller, its key, and a hash of its content."""

    user_id: UserId
    key: str
    fingerprint: bytes
    response: StoredResponse
    answered_at: datetime


class IdempotencyKeys(Protocol):
    """Reads see what is committed; writes are done by the unit of work's commit."""

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        """Return that user's request with that key, however old, or None."""
        ...

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        """Immediately delete up to `limit` requests answered before that time.

        Returns the number deleted.
        """
        ...

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        """Store it; it replaces one with the same key that was answered before that time.

        The commit is Stale when the key has a later response: another request was faster.
        """
        ...
