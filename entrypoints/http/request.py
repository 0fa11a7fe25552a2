"""ApiRequest: Litestar's request, with limits on the body and the project's own decoder."""

import asyncio
from typing import Any, NoReturn

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from application.common.caller import Caller
from domain.errors import Unauthenticated
from entrypoints.http.decoding import decode_body

BODY_TIMEOUT_SECONDS = 20
MAX_BODY_BYTES = 1024 * 1024
_JSON = "application/json"


class UnsupportedMediaType(HTTPException):
    """The body is not declared as JSON in UTF-8."""

    status_code = 415


class RequestTimeout(HTTPException):
    """The body did not arrive in time."""

    status_code = 408


class ApiRequest(Request[Caller | None, Any, State]):
    """The request class of all handlers."""

    @property
    def caller(self) -> Caller:
        """The caller. Raises Unauthenticated at endpoints that do not require one."""
        if self.user is None:
            raise Unauthenticated("An access token is required.")
        return self.user

    async def body(self) -> bytes:
        """Return the body, which must be declared as JSON.

        Limited to MAX_BODY_BYTES and BODY_TIMEOUT_SECONDS.
        """
        body = await self.raw_body()
        if body:
            self._check_content_type()
        return body

    async def raw_body(self) -> bytes:
        """Return the body within the same limits, of any content type."""
        try:
            async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
                return await super().body()
        except TimeoutError:
            _raise_timeout()

    async def json(self) -> Any:
        """Return the body as the type of the handler's `data`; Litestar passes it on unchanged."""
        field = self.route_handler.parsed_data_field
        return decode_body(await self.body(), field.annotation if field else Any)

    def _check_content_type(self) -> None:
        media_type, options = self.content_type
        charset = options.get("charset", "utf-8").lower()
        if media_type.lower() != _JSON or charset not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(f"Expected {_JSON} in UTF-8.")


def _raise_timeout() -> NoReturn:
    raise RequestTimeout(
        detail="The body did not arrive in time.", headers={"Connection": "close"}
    ) from None
