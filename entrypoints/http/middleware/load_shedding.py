"""LoadSheddingMiddleware: rejects requests that could not be answered in good time."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from application.ports.unit_of_work import Unavailable

MAX_IN_FLIGHT = 200
"""Concurrent requests of a process: about half a second of work, and more than its database
connections can be busy with."""
MAX_PASSWORDS_IN_FLIGHT = 100
"""How many of them may hash a password, which takes as long as ten bookings."""
_NEVER_SHED = frozenset({"/health/live"})
_HASHES_A_PASSWORD = frozenset(
    {"/auth/login", "/auth/signup", "/auth/password", "/auth/password/reset"}
)


class ConcurrencyLimiter:
    """A semaphore that raises instead of waiting."""

    def __init__(self, limit: int) -> None:
        self._available = limit

    def acquire(self) -> None:
        """Take a slot. Raises Unavailable if all are taken."""
        if self._available <= 0:
            raise Unavailable("Too many concurrent requests.")
        self._available -= 1

    def release(self) -> None:
        """Return a slot."""
        self._available += 1


class LoadSheddingMiddleware:
    """ASGI middleware that raises Unavailable before any work if too many requests are in flight.

    A request is in flight until its response starts, except while it waits for its client to send
    more: slow clients do not occupy slots.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_in_flight: int = MAX_IN_FLIGHT,
        max_passwords_in_flight: int = MAX_PASSWORDS_IN_FLIGHT,
    ) -> None:
        self._app = app
        self._requests = ConcurrencyLimiter(max_in_flight)
        self._passwords = ConcurrencyLimiter(max_passwords_in_flight)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if there is a slot for it."""
        if scope["type"] != ScopeType.HTTP or scope["path"] in _NEVER_SHED:
            await self._app(scope, receive, send)
        elif scope["path"] in _HASHES_A_PASSWORD:
            # Its own limit first, so that a shed request never takes a slot of other requests.
            await _limited(self._passwords, self._call_limited, scope, receive, send)
        else:
            await self._call_limited(scope, receive, send)

    async def _call_limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _limited(self._requests, self._app, scope, receive, send)


async def _limited(
    limiter: ConcurrencyLimiter, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Call the application within a slot, which is free while it receives and once it sends."""
    limiter.acquire()
    has_slot = True

    async def receive_without_slot() -> ReceiveMessage:
        nonlocal has_slot
        if not has_slot:
            return await receive()
        limiter.release()
        has_slot = False
        message = await receive()
        limiter.acquire()
        has_slot = True
        return message

    async def release_and_send(message: Message) -> None:
        nonlocal has_slot
        if has_slot:
            limiter.release()
            has_slot = False
        await send(message)

    try:
        await app(scope, receive_without_slot, release_and_send)
    finally:
        if has_slot:
            limiter.release()
