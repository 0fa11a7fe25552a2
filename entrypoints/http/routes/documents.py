"""`/openapi.json`, the OpenAPI document, and `/docs`, its interactive page.

The page works without access to the internet: its script and styles come from a package.
"""

from pathlib import Path

import msgspec
from litestar import MediaType, Response, get
from litestar.params import FromPath
from litestar.response import File
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]  # it ships no types

from domain.errors import NotFound
from entrypoints.http.middleware.authentication import PUBLIC
from entrypoints.http.openapi.postprocess import openapi_document
from entrypoints.http.request import ApiRequest

_DOCUMENT = "openapi_document"
"""Key of the encoded document in the application state."""
_PAGE_FOLDER = Path(__file__).parent.parent / "docs_page"
_SWAGGER_UI = Path(swagger_ui_path)
_ASSETS = {
    "start.js": (_PAGE_FOLDER, "text/javascript"),
    "swagger-ui-bundle.js": (_SWAGGER_UI, "text/javascript"),
    "swagger-ui.css": (_SWAGGER_UI, "text/css"),
    "favicon-32x32.png": (_SWAGGER_UI, "image/png"),
}
# Only this origin. Swagger UI needs inline styles and `data:` icons.
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
    """Return the OpenAPI 3.1 document."""
    state = request.app.state
    if _DOCUMENT not in state:
        state[_DOCUMENT] = msgspec.json.encode(openapi_document(request.app))
    return Response(state[_DOCUMENT], media_type=MediaType.JSON)


@get("/docs", opt=PUBLIC, include_in_schema=False, media_type=MediaType.HTML, sync_to_thread=False)
def docs_handler() -> Response[str]:
    """Return the interactive documentation."""
    page = (_PAGE_FOLDER / "index.html").read_text(encoding="utf-8")
    return Response(page, headers={"Content-Security-Policy": _CONTENT_POLICY})


@get("/docs/{name:str}", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs_asset_handler(name: FromPath[str]) -> File:
    """Return a script, style or icon of the page."""
    if name not in _ASSETS:
        raise NotFound("This page does not exist.")
    folder, media_type = _ASSETS[name]
    return File(folder / name, media_type=media_type, content_disposition_type="inline")
