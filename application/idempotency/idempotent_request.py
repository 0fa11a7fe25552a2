"""IdempotentRequest: a use case's part in processing a keyed request once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from application.idempotency.request_key import RequestKey
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse
from application.ports.unit_of_work import UnitOfWork
from domain.errors import IdempotencyKeyReused

RETENTION = timedelta(hours=24)
"""How long a stored response is replayed; after that, the key is as good as new."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class IdempotentRequest(Generic[Result]):
    """A request with a key, and how a use case turns its result into the response to store."""

    key: RequestKey
    render: Callable[[Result], StoredResponse]


class AlreadyProcessed(Exception):
    """The request was processed before; `response` is what it got."""

    def __init__(self, response: StoredResponse) -> None:
        super().__init__("The request was already processed.")
        self.response = response


async def ensure_not_processed(
    uow: UnitOfWork, request: IdempotentRequest[Result] | None, *, at: datetime
) -> None:
    """Raise AlreadyProcessed, or IdempotencyKeyReused when the key belongs to another request.

    Takes one statement; none for a request without a key.
    """
    if request is not None:
        await ensure_unused(uow, request.key, at=at)


def record_response(
    uow: UnitOfWork, request: IdempotentRequest[Result] | None, result: Result, *, at: datetime
) -> None:
    """Register the response to a keyed request in the unit of work that has its effect."""
    if request is not None:
        record(uow, request.key, request.render(result), at=at)


async def ensure_unused(uow: UnitOfWork, key: RequestKey, *, at: datetime) -> None:
    """Raise AlreadyProcessed or IdempotencyKeyReused if the key has a response that is kept."""
    processed = await uow.idempotency_keys.get(key.user_id, key.key)
    if processed is None or processed.answered_at <= at - RETENTION:
        return
    if processed.fingerprint != key.fingerprint:
        raise IdempotencyKeyReused("This key was used for another request.")
    raise AlreadyProcessed(processed.response)


def record(uow: UnitOfWork, key: RequestKey, response: StoredResponse, *, at: datetime) -> None:
    """Register a response under the key; it replaces one that is older than RETENTION."""
    processed = ProcessedRequest(key.user_id, key.key, key.fingerprint, response, at)
    uow.idempotency_keys.add(processed, replacing_before=at - RETENTION)
