"""JsonResponse: a minimal JSON response that bypasses Litestar's generic pipeline (ADR 12)."""

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
    """A response whose content is a struct, or bytes that are JSON already.

    Supports neither cookies, type encoders, background tasks, nor the handler's own headers and
    media type.
    """

    __slots__ = ()

    def to_asgi_response(
        self,
        app: Any,  # noqa: ARG002 - part of the protocol, as is `request`
        request: Request[Any, Any, Any],  # noqa: ARG002
        *,
        status_code: int | None = None,
        **_: Any,
    ) -> ASGIResponse:
        """Return the encoded response."""
        content: Any = self.content
        body = content if isinstance(content, bytes) else _encoder.encode(content)
        headers = self.headers | {
            "content-type": self.media_type or JSON,
            "content-length": str(len(body)),
        }
        return _EncodedResponse(self.status_code or status_code or 200, headers, body)


class _EncodedResponse(ASGIResponse):
    """Status, headers and body as ASGI messages."""

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


def list_response(items: Sequence[str], next_cursor: str | None) -> Response[Any]:
    """Return a ListBody of items that are JSON already."""
    parts = ",".join(items).encode(), _encoder.encode(next_cursor)
    return JsonResponse(b'{"items":[%s],"next_cursor":%s}' % parts)
