"""IdempotencyKeys: processed requests and their responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response of an entry point, which alone interprets `code`, `metadata` and `body`.

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
    """The repository of keyed requests. Reads see committed data; `commit` applies the writes."""

    async def get(self, user_id: UserId, key: str) -> ProcessedRequest | None:
        """Return the user's request with the key, however old, or None."""
        ...

    async def purge(self, *, answered_before: datetime, limit: int) -> int:
        """Delete up to `limit` requests answered before `answered_before`.

        Takes effect immediately, without a commit. Returns the number deleted.
        """
        ...

    def add(self, request: ProcessedRequest, *, replacing_before: datetime) -> None:
        """Store a request; it replaces one with its key answered by `replacing_before`.

        The commit raises Stale when the key has a later response: another request was faster.
        """
        ...
