"""`/openapi.json`, the contract as a program reads it, and `/docs`, the same for people.

The page at `/docs` needs no network but this service: its script and style come out of a package.
"""

from pathlib import Path

import msgspec
from litestar import MediaType, Response, get
from litestar.params import FromPath
from litestar.response import File
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]  # it ships no types

from domain.errors import NotFound
from entrypoints.http.access import PUBLIC
from entrypoints.http.document import openapi_document
from entrypoints.http.request import ApiRequest

_DOCUMENT = "openapi_document"
"""Where the application keeps it once it is made."""
_OURS = Path(__file__).parent.parent / "docs_page"
_PACKAGED = Path(swagger_ui_path)
_ASSETS = {
    "start.js": (_OURS, "text/javascript"),
    "swagger-ui-bundle.js": (_PACKAGED, "text/javascript"),
    "swagger-ui.css": (_PACKAGED, "text/css"),
    "favicon-32x32.png": (_PACKAGED, "image/png"),
}
# What it may load, and where from: itself. Swagger UI sets styles in the page, and draws icons.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


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


@get("/docs", opt=PUBLIC, include_in_schema=False, media_type=MediaType.HTML, sync_to_thread=False)
def docs_handler() -> Response[str]:
    """The interactive documentation."""
    page = (_OURS / "index.html").read_text(encoding="utf-8")
    return Response(page, headers={"Content-Security-Policy": _CONTENT_POLICY})


@get("/docs/{name:str}", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs_asset_handler(name: FromPath[str]) -> File:
    """One of the files that the page is made of."""
    if name not in _ASSETS:
        raise NotFound("There is no such page.")
    folder, media_type = _ASSETS[name]
    return File(folder / name, media_type=media_type, content_disposition_type="inline")
