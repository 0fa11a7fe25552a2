"""Access: who may call an endpoint at all. What they may do there, the use cases decide.

An endpoint that says nothing needs a signed-in caller, so one that was forgotten is closed.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.common.caller import Caller
from domain.errors import InvalidToken, Unauthenticated
from entrypoints.http.query import check_query

Authenticate = Callable[[str, str | None], Awaitable[Caller]]
"""Takes the token and the client's address."""

PUBLIC = {"access": "public"}
"""For the `opt` of a handler that anybody may call."""
OPTIONAL = {"access": "optional"}
"""For one that anybody may call and that shows more to some. A bad token is refused here too."""


def gate(authenticate: Authenticate) -> Callable[[ASGIApp], ASGIApp]:
    """A middleware before every handler: puts the caller, or None, into `request.user`.

    And refuses a query that is not clear.

    Not one of Litestar's guards, each of which is handed a copy of the handler, made anew for every
    request (ADR 12).
    """

    def before(app: ASGIApp) -> ASGIApp:
        async def passed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP:
                scope["user"] = await _caller(scope, authenticate)
                check_query(scope)
            await app(scope, receive, send)

        return passed

    return before


async def _caller(scope: Any, authenticate: Authenticate) -> Caller | None:
    access = scope["route_handler"].opt.get("access")
    if access == PUBLIC["access"]:
        return None
    for name, value in scope["headers"]:
        if name == b"authorization":
            client = scope["client"]
            return await authenticate(bearer_token(value), client[0] if client else None)
    if access == OPTIONAL["access"]:
        return None
    raise Unauthenticated("This call needs an access token.")


def bearer_token(header: bytes) -> str:
    """The token in an Authorization header. Raises InvalidToken."""
    scheme, _, token = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidToken("Expected 'Authorization: Bearer' with an access token.")
    return token
