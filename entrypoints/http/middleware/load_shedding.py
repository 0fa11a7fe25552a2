"""Shedding: what is more than can be answered in good time is refused at once."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from application.ports.unit_of_work import Unavailable

MAX_IN_FLIGHT = 200
"""Requests that a process works on at once: about half a second of work, and more than its
connections to the database can be busy with."""
MAX_PASSWORDS_IN_FLIGHT = 100
"""How many of them may be about a password, each of which takes as long as ten bookings."""
_ALWAYS_ANSWERED = frozenset({"/health/live"})
_ABOUT_A_PASSWORD = frozenset(
    {"/auth/login", "/auth/signup", "/auth/password", "/auth/password/reset"}
)


class ConcurrencyLimiter:
    """How many more requests may be in work."""

    def __init__(self, most: int) -> None:
        self._free = most

    def take(self) -> None:
        """Take one. Raises Unavailable when none is free."""
        if self._free <= 0:
            raise Unavailable("More is asked than can be answered in good time.")
        self._free -= 1

    def give_back(self) -> None:
        """Give back one that was taken."""
        self._free += 1


class LoadSheddingMiddleware:
    """An ASGI middleware that refuses a request when too many are in work, before any is done.

    It raises Unavailable then. A request is in work until its answer begins, but not while it
    waits for its client to send more: whoever sends slowly keeps nobody out.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        most: int = MAX_IN_FLIGHT,
        max_passwords: int = MAX_PASSWORDS_IN_FLIGHT,
    ) -> None:
        self._app = app
        self._all = ConcurrencyLimiter(most)
        self._for_passwords = ConcurrencyLimiter(max_passwords)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if there is a place for it."""
        if scope["type"] != ScopeType.HTTP or scope["path"] in _ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
        elif scope["path"] in _ABOUT_A_PASSWORD:
            # Passed on inwards, so that they take none of the others' places in vain.
            await _within(self._for_passwords, self._in_a_place, scope, receive, send)
        else:
            await self._in_a_place(scope, receive, send)

    async def _in_a_place(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _within(self._all, self._app, scope, receive, send)


async def _within(
    places: ConcurrencyLimiter, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    places.take()
    has_place = True

    async def receive_outside() -> ReceiveMessage:
        nonlocal has_place
        if not has_place:
            return await receive()
        places.give_back()
        has_place = False
        message = await receive()
        places.take()
        has_place = True
        return message

    async def send_and_leave(message: Message) -> None:
        nonlocal has_place
        if has_place:
            places.give_back()
            has_place = False
        await send(message)

    try:
        await app(scope, receive_outside, send_and_leave)
    finally:
        if has_place:
            places.give_back()
