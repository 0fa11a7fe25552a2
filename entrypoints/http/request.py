"""ApiRequest: Litestar's request, with a body that is read within bounds and decoded by us."""

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
    """A body that is not declared as JSON in UTF-8."""

    status_code = 415


class RequestTimeout(HTTPException):
    """A body that did not arrive in time."""

    status_code = 408


class ApiRequest(Request[Caller | None, Any, State]):
    """The request class of all our handlers."""

    @property
    def caller(self) -> Caller:
        """Who calls. Raises Unauthenticated; the guard has seen to it where a caller is needed."""
        if self.user is None:
            raise Unauthenticated("This call needs an access token.")
        return self.user

    async def body(self) -> bytes:
        """At most MAX_BODY_BYTES, within BODY_TIMEOUT_SECONDS, and declared as JSON."""
        body = await self.raw_body()
        if body:
            self._check_content_type()
        return body

    async def raw_body(self) -> bytes:
        """The same within the same bounds, whatever it is declared to be."""
        try:
            async with asyncio.timeout(BODY_TIMEOUT_SECONDS):
                return await super().body()
        except TimeoutError:
            _give_up()

    async def json(self) -> Any:
        """The body as the type that the handler asks for; Litestar passes it on as it is."""
        wanted = self.route_handler.parsed_data_field
        return decode_body(await self.body(), wanted.annotation if wanted else Any)

    def _check_content_type(self) -> None:
        media_type, options = self.content_type
        charset = options.get("charset", "utf-8").lower()
        if media_type.lower() != _JSON or charset not in {"utf-8", "utf8"}:
            raise UnsupportedMediaType(f"Expected {_JSON} in UTF-8.")


def _give_up() -> NoReturn:
    raise RequestTimeout(
        detail="The body did not arrive in time.", headers={"Connection": "close"}
    ) from None
