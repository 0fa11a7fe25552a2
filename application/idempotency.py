"""Idempotency keys: a request that comes again is answered as the first time, and does nothing.

The answer is stored in the commit that does what was asked for, so that there is neither without
the other, whenever a process dies. Three parts play together:

- The entry point makes a RequestKey, and calls the use case through IdempotentExecutor.
- IdempotentExecutor hands the use case a IdempotentRequest, and keeps refusals, which have no commit.
- A use case calls `ensure_not_processed` first and `record_response` just before its commit, in each
  attempt: when two requests with one key race, the commit of the second is Stale, it begins anew,
  and finds the answer of the first.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.errors import DomainError, IdempotencyKeyReused, InvalidValue
from domain.ids import UserId

KEPT_FOR = timedelta(hours=24)
MAX_KEY_LENGTH = 255
_NOT_FINAL = frozenset({401, 429})
_SERVER_ERROR = 500

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What makes two requests one: the same caller, key, and fingerprint.

    Raises InvalidValue unless the key has 1 to 255 visible ASCII characters.
    """

    user_id: UserId
    key: str
    fingerprint: bytes

    def __post_init__(self) -> None:
        is_visible = self.key.isascii() and self.key.isprintable() and " " not in self.key
        if not (is_visible and 1 <= len(self.key) <= MAX_KEY_LENGTH):
            raise InvalidValue(
                f"Expected 1 to {MAX_KEY_LENGTH} visible characters.", field="Idempotency-Key"
            )


@dataclass(frozen=True, slots=True)
class IdempotentRequest(Generic[Result]):
    """A request with a key, and how its result will be answered, for a use case to store."""

    key: RequestKey
    render: Callable[[Result], StoredResponse]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer, and whether that is what was answered before."""

    kept: StoredResponse
    is_replayed: bool = False


class AlreadyProcessed(Exception):
    """The request was answered before; nothing is to be done but to give that answer again."""

    def __init__(self, answer: StoredResponse) -> None:
        super().__init__("Answered before.")
        self.answer = answer


def fingerprint_of(method: str, path: str, body: bytes) -> bytes:
    """The hash that tells one request from another."""
    return sha256(b"%s %s\n%s" % (method.encode(), path.encode(), body)).digest()


async def ensure_not_processed(
    uow: UnitOfWork, request: IdempotentRequest[Result] | None, *, at: datetime
) -> None:
    """Raise AlreadyProcessed, or IdempotencyKeyReused when the key was another request's.

    Takes one statement, and none for a request without a key.
    """
    if request is not None:
        await _check_unanswered(uow, request.key, at)


def record_response(
    uow: UnitOfWork, request: IdempotentRequest[Result] | None, result: Result, *, at: datetime
) -> None:
    """Note the answer among what the unit of work is to commit."""
    if request is not None:
        _note(uow, request.key, request.render(result), at)


class IdempotentExecutor:
    """Calls a use case so that a request with a key is answered once, and then replayed.

    Refusals are kept as well, but for those that say nothing final: with status 401, 429 or 5xx.
    Without a key it does nothing of its own.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(
        self,
        key: RequestKey | None,
        call: Callable[[IdempotentRequest[Result] | None], Awaitable[Result]],
        render: Callable[[Result], StoredResponse],
        render_refusal: Callable[[DomainError], StoredResponse],
    ) -> Answer:
        """The answer to `call`, or to what it was called with before.

        Raises IdempotencyKeyReused, whatever `call` raises that is not final, and, without a key,
        all that it raises.
        """
        if key is None:
            return Answer(render(await call(None)))
        try:
            return Answer(render(await call(IdempotentRequest(key, render))))
        except AlreadyProcessed as answered:
            return Answer(answered.answer, is_replayed=True)
        except IdempotencyKeyReused:
            raise
        except DomainError as refusal:
            refused = render_refusal(refusal)
            if refused.status in _NOT_FINAL or refused.status >= _SERVER_ERROR:
                raise
            return await self.keep(key, refused)

    async def keep(self, key: RequestKey, answer: StoredResponse) -> Answer:
        """Store an answer that no use case has stored, unless the key has one already.

        Gives the one that is stored in the end. Raises IdempotencyKeyReused.
        """
        try:
            await self._store(key, answer)
        except AlreadyProcessed as answered:
            return Answer(answered.answer, is_replayed=True)
        return Answer(answer)

    @retry_on_conflict
    async def _store(self, key: RequestKey, answer: StoredResponse) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await _check_unanswered(uow, key, now)
            _note(uow, key, answer, now)
            await uow.commit()


async def _check_unanswered(uow: UnitOfWork, key: RequestKey, now: datetime) -> None:
    found = await uow.idempotency_keys.get(key.user_id, key.key)
    if found is None or found.answered_at <= now - KEPT_FOR:
        return
    if found.fingerprint != key.fingerprint:
        raise IdempotencyKeyReused("This key was used for another request.")
    raise AlreadyProcessed(found.answer)


def _note(uow: UnitOfWork, key: RequestKey, answer: StoredResponse, now: datetime) -> None:
    answered = ProcessedRequest(key.user_id, key.key, key.fingerprint, answer, now)
    uow.idempotency_keys.add(answered, replacing_before=now - KEPT_FOR)
