"""StrictQueryMiddleware: rejects ambiguous query parameters.

Litestar would use the last value of a repeated parameter, and read the word `null` as no value.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.problems import FieldError, InvalidRequest

REPEATABLE = "repeatable_parameters"
"""In the `opt` of a handler: the parameters that may be repeated."""
FREE_TEXT = "free_text_parameters"
"""In the `opt` of a handler: the parameters in which `null` is ordinary text."""


class StrictQueryMiddleware:
    """ASGI middleware behind the router."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. Raises InvalidRequest with an error for each ambiguous parameter."""
        if scope["type"] == ScopeType.HTTP and scope["query_string"]:
            _check_query(scope)
        await self._app(scope, receive, send)


def _check_query(scope: Any) -> None:
    parameters = ASGIConnection[Any, Any, Any, Any](scope).query_params
    options = scope["route_handler"].opt
    repeatable, free_text = options.get(REPEATABLE, ()), options.get(FREE_TEXT, ())
    field_errors = []
    for name in parameters:
        values = parameters.getall(name)
        if len(values) > 1 and name not in repeatable:
            field_errors.append(FieldError(name, "Must not be repeated."))
        elif name not in free_text and any(value.lower() == "null" for value in values):
            field_errors.append(FieldError(name, "Must not be null; omit the parameter instead."))
    if field_errors:
        raise InvalidRequest(field_errors)
