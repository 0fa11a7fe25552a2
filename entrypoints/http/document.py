"""The whole OpenAPI document: Litestar's, and what operations have in common that it cannot know.

Who may call an operation, the failures that any request can meet on its way, the headers of
answers: each follows from a rule here, so that no endpoint has to repeat it or can forget it.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from entrypoints.http.access import OPTIONAL, PUBLIC
from entrypoints.http.described import describe
from entrypoints.http.once import HEADER
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE
from entrypoints.http.schemas.common import ANY_TEXT, request_bodies

Json = dict[str, Any]

BESIDE_JSON = "also_answers"
"""In the `opt` of a handler: the media type that it answers with when it does not with JSON."""

AS_FILE = "as_file"
"""In the `opt` of a handler that also serves a file, below its address with a suffix: `File`."""

ANSWERS_WITHOUT_DATABASE = {"needs_database": False}
"""For the `opt` of a handler that never fails because the database is away."""


@dataclass(frozen=True)
class File:
    """What is behind that suffix: an operation of its own to whoever reads the document."""

    suffix: str
    media_type: str
    description: str


_BODY_FAILURES = {
    "408": "request_timeout",
    "413": "body_too_large",
    "415": "unsupported_media_type",
}
_HEADERS = {
    "ETag": "The version, for `If-Match`.",
    "Idempotency-Replayed": "`true` when this is the answer to an earlier request with this key.",
    "Location": "Where what was made can be read.",
    "Retry-After": "After how many seconds to try again.",
    "WWW-Authenticate": "`Bearer`.",
    "X-Request-ID": "The request's id, as the log has it.",
}
_OF_STATUS = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
_NEVER_KEPT = {"401", "429", "500", "502", "503"}
"""The statuses of answers that no `Idempotency-Key` keeps."""
_VERSIONED = {"#/components/schemas/BookingBody", "#/components/schemas/SpaceBody"}


def openapi_document(app: Litestar) -> Json:
    """The document that is published. Each call makes it anew."""
    document: Json = app.openapi_schema.to_schema()
    for handler, _, operation in _operations(app, document["paths"]):
        _tell_access(operation, handler)
        _tell_failures(operation, handler)
        _tell_media_types(operation, handler)
        _tell_headers(operation)
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
            _tell_text(parameter["schema"])
    _tell_files(app, document["paths"])
    schemas = document["components"]["schemas"]
    for body in request_bodies():
        if body.__name__ in schemas:
            schemas[body.__name__] |= body.schema_rules
            _tell_text(schemas[body.__name__]["properties"])
    document["components"]["headers"] = {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in _HEADERS.items()
    }
    return describe(document)


def _operations(
    app: Litestar, paths: Mapping[str, Json]
) -> Iterator[tuple[HTTPRouteHandler, str, Json]]:
    for route in app.routes:
        for method, operation in paths.get(route.path_format, {}).items():
            handler, _ = cast("Any", route).route_handler_map[method.upper()]
            yield handler, route.path_format, operation


def _tell_access(operation: Json, handler: HTTPRouteHandler) -> None:
    """What is not said here is the document's own rule: a bearer token."""
    match handler.opt.get("access"):
        case access if access == PUBLIC["access"]:
            operation["security"] = []
        case access if access == OPTIONAL["access"]:
            operation["security"] = [{}, {"bearer": []}]
            _add_failure(operation, "401", "invalid_token")
        case _:
            _add_failure(operation, "401", "unauthenticated")
            _add_failure(operation, "401", "invalid_token")


def _tell_failures(operation: Json, handler: HTTPRouteHandler) -> None:
    """Any address may be no text, any body too large or late, and the database may be away."""
    _add_failure(operation, "400", "validation_error")
    if "requestBody" in operation:
        _add_failure(operation, "400", "malformed_json")
        for status, code in _BODY_FAILURES.items():
            _add_failure(operation, status, code)
    if handler.opt.get("needs_database", True):
        _add_failure(operation, "503", "unavailable")


def _add_failure(operation: Json, status: str, code: str) -> None:
    """The code among those of its status, which `problems.failures` lists in the description."""
    problem = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = operation["responses"].get(status)
    if answer is None or PROBLEM_MEDIA_TYPE not in answer.get("content", {}):
        # Litestar's own 400 looks like none of ours.
        answer = operation["responses"][status] = {"description": "", "content": problem}
    codes = [named for named in answer["description"].split(", ") if named]
    if f"`{code}`" not in codes:
        answer["description"] = ", ".join([*codes, f"`{code}`"])


def _tell_media_types(operation: Json, handler: HTTPRouteHandler) -> None:
    content = operation["responses"][str(handler.status_code)].get("content")
    if (media_type := handler.opt.get(BESIDE_JSON)) and content is not None:
        content[media_type] = {"schema": {"type": "string"}}
    if content and content.get("application/json", {}).get("schema") == {"type": "null"}:
        del operation["responses"][str(handler.status_code)]["content"]


def _tell_files(app: Litestar, paths: Json) -> None:
    for handler, path, operation in list(_operations(app, paths)):
        file: File | None = handler.opt.get(AS_FILE)
        if file is None:
            continue
        alike = deepcopy(operation)
        alike["operationId"] += file.suffix.replace(".", "_")
        alike["description"] = file.description
        answer = alike["responses"][str(handler.status_code)]
        answer["content"] = {file.media_type: {"schema": {"type": "string", "format": "binary"}}}
        paths[f"{path}{file.suffix}"] = {"get": alike}


def _tell_headers(operation: Json) -> None:
    is_keyed = any(parameter["name"] == HEADER for parameter in operation.get("parameters", ()))
    for status, answer in operation["responses"].items():
        names = ["X-Request-ID"]
        if status in _OF_STATUS:
            names.append(_OF_STATUS[status])
        if is_keyed and status not in _NEVER_KEPT:
            names.append("Idempotency-Replayed")
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("$ref") in _VERSIONED:
            names += ["ETag", "Location"] if status == "201" else ["ETag"]
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _tell_text(part: Any) -> None:
    """Say of every string in it that has no form of its own what the decoders hold all to."""
    match part:
        case {"type": "string"} if not part.keys() & {"enum", "format", "pattern"}:
            part["pattern"] = ANY_TEXT
        case dict():
            for inner in part.values():
                _tell_text(inner)
        case list():
            for inner in part:
                _tell_text(inner)


def _without_null(schema: Json) -> Json:
    """A parameter's schema as one can be sent: it may be left out, but there is no null in it."""
    kinds = schema.get("oneOf", ())
    kept = [kind for kind in kinds if kind != {"type": "null"}]
    if len(kept) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name != "oneOf"}
    only: Json = kept[0]
    return only | rest
