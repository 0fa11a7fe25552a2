"""Access: who may call an endpoint at all. What they may do there, the use cases decide.

An endpoint that says nothing needs a signed-in caller, so one that was forgotten is closed.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from application.caller import Caller
from domain.errors import InvalidToken, Unauthenticated

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]

PUBLIC = {"access": "public"}
"""For the `opt` of a handler that anybody may call."""
OPTIONAL = {"access": "optional"}
"""For one that anybody may call and that shows more to some. A bad token is refused here too."""


def caller_guard(authenticate: Callable[[str, str | None], Awaitable[Caller]]) -> Guard:
    """A guard for the whole application that puts the caller into `request.user`, or None.

    `authenticate` takes the token and the client's address.
    """

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        access = handler.opt.get("access")
        connection.scope["user"] = None
        if access == PUBLIC["access"]:
            return
        header = connection.headers.get("authorization")
        if header is not None:
            connection.scope["user"] = await authenticate(
                bearer_token(header), connection.client.host if connection.client else None
            )
        elif access != OPTIONAL["access"]:
            raise Unauthenticated("This call needs an access token.")

    return guard


def bearer_token(header: str) -> str:
    """The token in an Authorization header. Raises InvalidToken."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidToken("Expected 'Authorization: Bearer' with an access token.")
    return token
