"""IdempotentExecutor: process a request with a key once, and replay its response."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    AlreadyProcessed,
    IdempotentRequest,
    ensure_unused,
    record,
)
from application.idempotency.request_key import RequestKey
from application.ports.clock import Clock
from application.ports.idempotency_keys import StoredResponse
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import DomainError, IdempotencyKeyReused

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """The response to a request, and whether it is the stored one of an earlier request."""

    response: StoredResponse
    is_replayed: bool = False


class IdempotentExecutor:
    """Calls a use case so that a request with a key has one effect and one response.

    The entry point decides what a response is and which refusals are final; this class stores
    responses and never reads them. Without a key it only calls the use case.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(
        self,
        key: RequestKey | None,
        call: Callable[[IdempotentRequest[Result] | None], Awaitable[Result]],
        render: Callable[[Result], StoredResponse],
        *,
        render_refusal: Callable[[DomainError], StoredResponse],
        is_final: Callable[[DomainError], bool],
    ) -> ExecutionResult:
        """Return the response to `call`, or the stored one of the same request.

        A refusal that `is_final` is stored as well. Raises IdempotencyKeyReused, every other
        exception of `call`, and without a key all of them.
        """
        if key is None:
            return ExecutionResult(render(await call(None)))
        try:
            return ExecutionResult(render(await call(IdempotentRequest(key, render))))
        except AlreadyProcessed as processed:
            return ExecutionResult(processed.response, is_replayed=True)
        except IdempotencyKeyReused:
            raise
        except DomainError as refusal:
            if not is_final(refusal):
                raise
            return await self.store(key, render_refusal(refusal))

    async def store(self, key: RequestKey, response: StoredResponse) -> ExecutionResult:
        """Store the response to a request that no use case has stored, unless the key has one.

        Returns the response that is stored in the end. Raises IdempotencyKeyReused.
        """
        try:
            await self._store(key, response)
        except AlreadyProcessed as processed:
            return ExecutionResult(processed.response, is_replayed=True)
        return ExecutionResult(response)

    @retry_on_conflict
    async def _store(self, key: RequestKey, response: StoredResponse) -> None:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_unused(uow, key, at=now)
            record(uow, key, response, at=now)
            await uow.commit()
