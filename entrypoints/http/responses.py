"""JsonResponse: answers in JSON, sent with no more ado than that takes."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

T = TypeVar("T")

JSON = "application/json"
_encoder = msgspec.json.Encoder()


class JsonResponse(Response[T]):
    """An answer with a body: JSON of a struct, or bytes that are JSON already.

    Litestar's own response looks at cookies, encoders, background tasks, and headers and media
    types of the handler, none of which these answers have (ADR 12).
    """

    __slots__ = ()

    def to_asgi_response(
        self,
        app: Any,  # noqa: ARG002 - it and the next are a part of the protocol
        request: Request[Any, Any, Any],  # noqa: ARG002
        *,
        status_code: int | None = None,
        **_: Any,
    ) -> ASGIResponse:
        """What is sent."""
        content: Any = self.content
        body = content if isinstance(content, bytes) else _encoder.encode(content)
        headers = self.headers | {
            "content-type": self.media_type or JSON,
            "content-length": str(len(body)),
        }
        return _Sent(self.status_code or status_code or 200, headers, body)


class _Sent(ASGIResponse):
    """Status, headers and body, as they go out."""

    __slots__ = ("_start",)

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._start: Any = {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (name.lower().encode("latin-1"), text.encode("latin-1"))
                for name, text in headers.items()
            ],
        }
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send(self._start)
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def list_response(documents: Sequence[str], next_cursor: str | None) -> Response[Any]:
    """A ListBody, put together of its items in JSON."""
    items, following = ",".join(documents).encode(), _encoder.encode(next_cursor)
    return JsonResponse(b'{"items":[%s],"next_cursor":%s}' % (items, following))
