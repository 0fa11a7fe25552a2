"""Adds to Litestar's OpenAPI document what follows from rules rather than from one endpoint.

Authentication, the problems that any request can meet, response headers and file variants are
derived here, so that no endpoint has to repeat them or can omit them.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, cast

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from entrypoints.http.idempotency import HEADER
from entrypoints.http.middleware.authentication import OPTIONAL, PUBLIC
from entrypoints.http.openapi.components import (
    SCHEMAS,
    Json,
    complete_schemas,
    exclude_nul,
    public_names,
)
from entrypoints.http.openapi.error_catalog import ErrorCode, error_codes
from entrypoints.http.openapi.handler_options import (
    ALTERNATIVE_MEDIA_TYPE,
    FILE_VARIANT,
    FileVariant,
)
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE

_BODY_PROBLEMS = {
    "408": "request_timeout",
    "413": "body_too_large",
    "415": "unsupported_media_type",
}
_HEADERS = {
    "ETag": "Version of the resource. Send it as `If-Match` to change exactly this version.",
    "Idempotency-Replayed": (
        "`true` if this is the stored response of an earlier request with the same "
        "`Idempotency-Key`."
    ),
    "Location": "URL of the created resource.",
    "Retry-After": "Number of seconds to wait before the next attempt.",
    "WWW-Authenticate": "`Bearer`.",
    "X-Request-ID": "ID of the request, as it appears in the server's log.",
}
_HEADER_OF_STATUS = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
_NEVER_KEPT = {"401", "429", "500", "502", "503"}
"""Statuses of responses that are not stored for an `Idempotency-Key`."""
_VERSIONED = {f"{SCHEMAS}Booking", f"{SCHEMAS}Space"}
_DEFAULT_DESCRIPTIONS = {"200": "Success.", "202": "Accepted.", "204": "No content."}


def openapi_document(app: Litestar) -> Json:
    """Return the published document. Builds a new one on each call."""
    document: Json = public_names(app.openapi_schema.to_schema())
    codes = error_codes()
    components = document["components"]
    complete_schemas(components["schemas"], codes)
    for handler, _, operation in _operations(app, document["paths"]):
        _add_access(operation, handler)
        _add_common_problems(operation, handler)
        _add_alternative_media_type(operation, handler)
        _add_headers(operation)
        for parameter in operation.get("parameters", ()):
            _complete_parameter(parameter)
        for status, response in operation["responses"].items():
            if PROBLEM_MEDIA_TYPE in response.get("content", {}):
                _describe_problems(response, codes)
            elif status == str(handler.status_code):
                _describe_success(response, status, handler, components["schemas"])
    _add_file_variants(app, document["paths"])
    components["headers"] = {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in _HEADERS.items()
    }
    components["examples"] = {
        name: {"summary": code.description, "value": code.example()} for name, code in codes.items()
    }
    return document


def _operations(
    app: Litestar, paths: Mapping[str, Json]
) -> Iterator[tuple[HTTPRouteHandler, str, Json]]:
    for route in app.routes:
        for method, operation in paths.get(route.path_format, {}).items():
            handler, _ = cast("Any", route).route_handler_map[method.upper()]
            yield handler, route.path_format, operation


def _add_access(operation: Json, handler: HTTPRouteHandler) -> None:
    """Override the document's default, a bearer token, and add the 401s that access implies."""
    match handler.opt.get("access"):
        case access if access == PUBLIC["access"]:
            operation["security"] = []
        case access if access == OPTIONAL["access"]:
            operation["security"] = [{}, {"bearer": []}]
            _add_problem(operation, "401", "invalid_token")
        case _:
            _add_problem(operation, "401", "unauthenticated")
            _add_problem(operation, "401", "invalid_token")


def _add_common_problems(operation: Json, handler: HTTPRouteHandler) -> None:
    """Add invalid URLs, bodies that cannot be read, and an unavailable database."""
    _add_problem(operation, "400", "validation_error")
    if "requestBody" in operation:
        _add_problem(operation, "400", "malformed_json")
        for status, code in _BODY_PROBLEMS.items():
            _add_problem(operation, status, code)
    if handler.opt.get("needs_database", True):
        _add_problem(operation, "503", "unavailable")


def _add_problem(operation: Json, status: str, code: str) -> None:
    """Add the code to the description of its status, which `problem_responses` has begun."""
    problem = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    response = operation["responses"].get(status)
    if response is None or PROBLEM_MEDIA_TYPE not in response.get("content", {}):
        # Replaces Litestar's own 400, which is not a problem.
        response = operation["responses"][status] = {"description": "", "content": problem}
    if code not in (codes := _codes_of(response)):
        response["description"] = ", ".join(f"`{listed}`" for listed in [*codes, code])


def _codes_of(response: Json) -> list[str]:
    return re.findall(r"`(\w+)`", response["description"])


def _add_alternative_media_type(operation: Json, handler: HTTPRouteHandler) -> None:
    if media_type := handler.opt.get(ALTERNATIVE_MEDIA_TYPE):
        content = operation["responses"][str(handler.status_code)]["content"]
        content[media_type] = {"schema": {"type": "string"}}


def _add_headers(operation: Json) -> None:
    parameters = operation.get("parameters", ())
    is_idempotent = any(parameter["name"] == HEADER for parameter in parameters)
    for status, response in operation["responses"].items():
        names = ["X-Request-ID"]
        if status in _HEADER_OF_STATUS:
            names.append(_HEADER_OF_STATUS[status])
        if is_idempotent and status not in _NEVER_KEPT:
            names.append("Idempotency-Replayed")
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("$ref") in _VERSIONED:
            names += ["ETag", "Location"] if status == "201" else ["ETag"]
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _complete_parameter(parameter: Json) -> None:
    schema = _without_null(parameter["schema"])
    # Litestar writes the description of a parameter twice.
    schema.pop("description", None)
    exclude_nul(schema)
    parameter["schema"] = schema


def _without_null(schema: Json) -> Json:
    """Return the schema without the choice of null: a parameter is left out instead."""
    choices = [choice for choice in schema.get("oneOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    only: Json = choices[0]
    return only | {name: value for name, value in schema.items() if name != "oneOf"}


def _describe_problems(response: Json, codes: dict[str, ErrorCode]) -> None:
    """Replace the list of codes by their sentences, and refer to an example of each."""
    names = _codes_of(response)
    response["description"] = "\n".join(f"- `{name}`: {codes[name].description}" for name in names)
    response["content"][PROBLEM_MEDIA_TYPE]["examples"] = {
        name: {"$ref": f"#/components/examples/{name}"} for name in names
    }


def _describe_success(
    response: Json, status: str, handler: HTTPRouteHandler, schemas: dict[str, Json]
) -> None:
    """Describe the response by the handler, else by the first sentence of its schema."""
    if handler.response_description:
        return
    content = response.get("content", {})
    schema = content.get("application/json", {}).get("schema", {}).get("$ref")
    if schema is None:
        response["description"] = _DEFAULT_DESCRIPTIONS[status]
    else:
        description = schemas[schema.removeprefix(SCHEMAS)]["description"]
        response["description"] = re.split(r"(?<=\.) ", description)[0]


def _add_file_variants(app: Litestar, paths: Json) -> None:
    for handler, path, operation in list(_operations(app, paths)):
        file: FileVariant | None = handler.opt.get(FILE_VARIANT)
        if file is None:
            continue
        variant = deepcopy(operation)
        variant["operationId"] += file.suffix.replace(".", "_")
        variant["summary"], variant["description"] = file.summary, file.description
        response = variant["responses"][str(handler.status_code)]
        response["description"] = file.response_description
        response["content"] = {file.media_type: {"schema": {"type": "string", "format": "binary"}}}
        paths[f"{path}{file.suffix}"] = {"get": variant}
