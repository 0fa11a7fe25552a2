"""`/openapi.json`: the contract as a program reads it."""

from litestar import MediaType, get

from entrypoints.http.access import PUBLIC
from entrypoints.http.request import ApiRequest


@get(
    "/openapi.json",
    opt=PUBLIC,
    include_in_schema=False,
    media_type=MediaType.JSON,
    sync_to_thread=False,
)
def openapi_handler(request: ApiRequest) -> dict[str, object]:
    """The OpenAPI 3.1 document."""
    return request.app.openapi_schema.to_schema()
