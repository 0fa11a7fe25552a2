"""AuthenticationMiddleware: identifies the caller. What a caller may do, the use cases decide.

An endpoint without a declaration requires a logged-in caller, so a forgotten one is closed.
"""

from collections.abc import Callable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from application.common.caller import Caller
from application.use_cases import UseCases
from domain.errors import InvalidToken, Unauthenticated

PUBLIC = {"access": "public"}
"""For the `opt` of a handler: no authentication."""
OPTIONAL = {"access": "optional"}
"""For the `opt` of a handler: authentication is optional. An invalid token is rejected."""


class AuthenticationMiddleware:
    """ASGI middleware behind the router. Sets `request.user` to the caller, or to None.

    Not a Litestar guard: each guard gets a copy of the route handler, made for every request
    (ADR 12).
    """

    def __init__(self, app: ASGIApp, use_cases: Callable[[], UseCases]) -> None:
        self._app = app
        self._use_cases = use_cases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate a request and pass it on. Raises Unauthenticated and InvalidToken."""
        if scope["type"] == ScopeType.HTTP:
            scope["user"] = await self._caller(scope)
        await self._app(scope, receive, send)

    async def _caller(self, scope: Any) -> Caller | None:
        access = scope["route_handler"].opt.get("access")
        if access == PUBLIC["access"]:
            return None
        for name, value in scope["headers"]:
            if name == b"authorization":
                token, client = bearer_token(value), scope["client"]
                return await self._use_cases().authenticate(token, client[0] if client else None)
        if access == OPTIONAL["access"]:
            return None
        raise Unauthenticated("An access token is required.")


def bearer_token(header: bytes) -> str:
    """Return the token in an Authorization header. Raises InvalidToken."""
    scheme, _, token = header.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise InvalidToken("Expected 'Authorization: Bearer' with an access token.")
    return token
