"""Idempotency keys: a request that comes again is answered as the first time, and does nothing.

The answer is stored in the commit that does what was asked for, so that there is neither without
the other, whenever a process dies. Three parts play together:

- The entry point makes a RequestKey, and calls the use case through AnswerOnce.
- AnswerOnce hands the use case a KeyedRequest, and keeps refusals, which have no commit.
- A use case calls `check_unanswered` first and `note_answer` just before its commit, in each
  attempt: when two requests with one key race, the commit of the second is Stale, it begins anew,
  and finds the answer of the first.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

from application.ports.clock import Clock
from application.ports.idempotency_keys import AnsweredRequest, KeptAnswer
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.retry import retried_when_stale
from domain.errors import DomainError, IdempotencyKeyReused, InvalidValue
from domain.ids import UserId

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
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
        if not (is_visible and 1 <= len(self.key) <= LONGEST_KEY):
            raise InvalidValue(
                f"Expected 1 to {LONGEST_KEY} visible characters.", field="Idempotency-Key"
            )


@dataclass(frozen=True, slots=True)
class KeyedRequest(Generic[Result]):
    """A request with a key, and how its result will be answered, for a use case to store."""

    key: RequestKey
    render: Callable[[Result], KeptAnswer]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer, and whether that is what was answered before."""

    kept: KeptAnswer
    is_replayed: bool = False


class AlreadyAnswered(Exception):
    """The request was answered before; nothing is to be done but to give that answer again."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__("Answered before.")
        self.answer = answer


def fingerprint_of(method: str, path: str, body: bytes) -> bytes:
    """The hash that tells one request from another."""
    return sha256(b"%s %s\n%s" % (method.encode(), path.encode(), body)).digest()


async def check_unanswered(
    uow: UnitOfWork, request: KeyedRequest[Result] | None, *, at: datetime
) -> None:
    """Raise AlreadyAnswered, or IdempotencyKeyReused when the key was another request's.

    Takes one statement, and none for a request without a key.
    """
    if request is not None:
        await _check_unanswered(uow, request.key, at)


def note_answer(
    uow: UnitOfWork, request: KeyedRequest[Result] | None, result: Result, *, at: datetime
) -> None:
    """Note the answer among what the unit of work is to commit."""
    if request is not None:
        _note(uow, request.key, request.render(result), at)


class AnswerOnce:
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
        call: Callable[[KeyedRequest[Result] | None], Awaitable[Result]],
        render: Callable[[Result], KeptAnswer],
        render_refusal: Callable[[DomainError], KeptAnswer],
    ) -> Answer:
        """The answer to `call`, or to what it was called with before.

        Raises IdempotencyKeyReused, whatever `call` raises that is not final, and, without a key,
        all that it raises.
        """
        if key is None:
            return Answer(render(await call(None)))
        try:
            return Answer(render(await call(KeyedRequest(key, render))))
        except AlreadyAnswered as answered:
            return Answer(answered.answer, is_replayed=True)
        except IdempotencyKeyReused:
            raise
        except DomainError as refusal:
            refused = render_refusal(refusal)
            if refused.status in _NOT_FINAL or refused.status >= _SERVER_ERROR:
                raise
            return await self.keep(key, refused)

    async def keep(self, key: RequestKey, answer: KeptAnswer) -> Answer:
        """Store an answer that no use case has stored, unless the key has one already.

        Gives the one that is stored in the end. Raises IdempotencyKeyReused.
        """
        try:
            await self._store(key, answer)
        except AlreadyAnswered as answered:
            return Answer(answered.answer, is_replayed=True)
        return Answer(answer)

    @retried_when_stale
    async def _store(self, key: RequestKey, answer: KeptAnswer) -> None:
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
    raise AlreadyAnswered(found.answer)


def _note(uow: UnitOfWork, key: RequestKey, answer: KeptAnswer, now: datetime) -> None:
    answered = AnsweredRequest(key.user_id, key.key, key.fingerprint, answer, now)
    uow.idempotency_keys.add(answered, replacing_before=now - KEPT_FOR)
