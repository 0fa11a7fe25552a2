"""`/openapi.json`: the contract as a program reads it."""

import msgspec
from litestar import MediaType, Response, get

from entrypoints.http.access import PUBLIC
from entrypoints.http.document import openapi_document
from entrypoints.http.request import ApiRequest

_DOCUMENT = "openapi_document"
"""Where the application keeps it once it is made."""


@get(
    "/openapi.json",
    opt=PUBLIC,
    include_in_schema=False,
    media_type=MediaType.JSON,
    sync_to_thread=False,
)
def openapi_handler(request: ApiRequest) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    state = request.app.state
    if _DOCUMENT not in state:
        state[_DOCUMENT] = msgspec.json.encode(openapi_document(request.app))
    return Response(state[_DOCUMENT], media_type=MediaType.JSON)
