"""Problems: every failure as an RFC 9457 response with a stable `code`.

`describe` turns any exception into a problem, whichever part of the stack raised it.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Meta

from application.ports.unit_of_work import Unavailable
from domain import errors
from domain.period import Period
from entrypoints.http.error_status import status_of
from entrypoints.http.responses import JsonResponse
from entrypoints.observability.metrics.requests import count_problem

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
_SERVER_ERROR = 500

_HTTP_CODES = {
    400: "validation_error",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "body_too_large",
    415: "unsupported_media_type",
}
DEFAULT_DETAILS = {
    "validation_error": "The request does not match its schema.",
    "malformed_json": "The request body is not valid JSON.",
    "not_found": "The requested resource does not exist.",
    "method_not_allowed": "The method is not allowed for this path; see the `Allow` header.",
    "body_too_large": "The request body is larger than 1 MiB.",
    "unavailable": "The service is temporarily unavailable; retry after `Retry-After` seconds.",
    "internal_error": "An unexpected error occurred on the server.",
}
"""By code: the `detail` of a problem whose exception has no message for clients."""
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}
_log = structlog.get_logger("cowork.http")


class FieldError(msgspec.Struct, frozen=True):
    """An invalid field of a request."""

    field: Annotated[
        str,
        Meta(
            description="Path of the field or parameter. Empty if the body as a whole is invalid.",
            examples=["start_time", "amenities[0]"],
        ),
    ]
    message: Annotated[str, Meta(description="Human-readable explanation of what is wrong.")]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An RFC 9457 problem. Branch on `code`; some codes add members of their own."""

    type: Annotated[
        str,
        Meta(
            description="URI that identifies the problem type. It is not dereferenceable.",
            examples=["urn:cowork-api:problem:booking_conflict"],
        ),
    ]
    title: Annotated[
        str, Meta(description="The code as a short phrase.", examples=["Booking conflict"])
    ]
    status: Annotated[int, Meta(description="HTTP status of the response.", examples=[409])]
    code: Annotated[
        str,
        Meta(
            description="Stable, machine-readable identifier of the error.",
            examples=["booking_conflict"],
        ),
    ]
    detail: Annotated[
        str, Meta(description="Human-readable explanation of this error. The wording may change.")
    ]
    errors: Annotated[
        Sequence[FieldError],
        Meta(description="With `validation_error`: the invalid fields."),
    ] = ()


def problem_type(code: str) -> str:
    """Return the URI of a code."""
    return f"urn:cowork-api:problem:{code}"


def problem_title(code: str) -> str:
    """Return the code as words."""
    return code.replace("_", " ").capitalize()


class InvalidRequest(Exception):
    """A request that does not match its schema, with an error for each invalid field."""

    def __init__(self, field_errors: Sequence[FieldError], code: str = "validation_error") -> None:
        super().__init__(code)
        self.code = code
        self.field_errors = field_errors


class ProblemResponse(msgspec.Struct, frozen=True):
    """A problem with its extension members and headers, ready to be sent."""

    problem: Problem
    extensions: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    def body(self) -> bytes:
        """Return the problem and its extension members as JSON."""
        members = msgspec.to_builtins(self.problem) | _serializable(self.extensions)
        return msgspec.json.encode(members)


def to_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Return the response to an exception. Litestar's handler for all of them.

    Logs the exceptions that become a 500.
    """
    response = describe(error)
    if response.status == _SERVER_ERROR:
        # Not `request.url`: building it parses the Host header.
        _log.error("request_failed", path=request.scope.get("path_template"), exc_info=error)
    return JsonResponse(
        response.body(),
        status_code=response.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=response.headers,
    )


def describe(error: Exception) -> ProblemResponse:
    """Return the problem for an exception, without internal details, and count it."""
    match error:
        case errors.InvalidValue():
            field_errors = [FieldError(error.field or "", error.message)]
            response = _problem(400, error.code, error.message, field_errors)
        case errors.RateLimited():
            headers = {"Retry-After": str(error.details["retry_after"])}
            response = _problem(status_of(type(error)), error.code, error.message, headers=headers)
        case errors.DomainError():
            response = _problem(
                status_of(type(error)), error.code, error.message, extensions=error.details
            )
        case InvalidRequest():
            response = _problem(400, error.code, field_errors=error.field_errors)
        case Unavailable():
            response = _problem(503, "unavailable")
        case ValidationException():
            response = _problem(400, "validation_error", field_errors=_parameter_errors(error))
        case HTTPException() if error.status_code in _HTTP_CODES:
            code = _HTTP_CODES[error.status_code]
            detail = DEFAULT_DETAILS.get(code, error.detail)
            response = _problem(error.status_code, code, detail, headers=error.headers)
        case _:
            response = _problem(_SERVER_ERROR, "internal_error")
    count_problem(response.problem.code)
    return response


def _problem(
    status: int,
    code: str,
    detail: str = "",
    field_errors: Sequence[FieldError] = (),
    *,
    extensions: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    problem = Problem(
        type=problem_type(code),
        title=problem_title(code),
        status=status,
        code=code,
        detail=detail or DEFAULT_DETAILS[code],
        errors=field_errors,
    )
    return ProblemResponse(
        problem, extensions or {}, _HEADERS.get(status, {}) | dict(headers or {})
    )


def _serializable(value: Any) -> Any:
    match value:
        case Period():
            return {"start_time": value.start, "end_time": value.end}
        case Mapping():
            return {name: _serializable(part) for name, part in value.items()}
        case tuple() | list():
            return [_serializable(part) for part in value]
        case _:
            return value


def _parameter_errors(error: ValidationException) -> list[FieldError]:
    entries = error.extra if isinstance(error.extra, list) else []
    return [FieldError(str(entry.get("key", "")), str(entry["message"])) for entry in entries]
