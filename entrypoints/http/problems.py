"""Problems: how every failure looks to a client, RFC 9457 with a stable `code`.

One table gives each kind of failure its status, and one converter makes the answer, whatever part
of the stack the failure comes from.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from application.ports.unit_of_work import Unavailable
from domain import errors
from domain.period import Period
from entrypoints.http.answers import JsonResponse
from entrypoints.metrics.requests import failed

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
_SERVER_ERROR = 500

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidValue: 400,
    errors.Unauthenticated: 401,
    errors.InvalidCredentials: 401,
    errors.InvalidToken: 401,
    errors.InvalidSignature: 400,
    errors.PaymentProviderError: 502,
    errors.PaymentsNotConfigured: 503,
    errors.RefreshTokenReused: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.StateConflict: 409,
    errors.VersionMismatch: 412,
    errors.HouseRule: 422,
    errors.IdempotencyKeyReused: 422,
    errors.RateLimited: 429,
    errors.PaymentsNotConfigured: 503,
    errors.PaymentProviderError: 502,
    errors.InvalidSignature: 400,
}
_CODES_OF_HTTP = {
    400: "validation_error",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "body_too_large",
    415: "unsupported_media_type",
}
_DETAILS = {
    "validation_error": "The request does not fit its schema.",
    "malformed_json": "The body is not JSON.",
    "not_found": "There is nothing here.",
    "method_not_allowed": "This method is not allowed here.",
    "body_too_large": "A request body may have at most 1 MiB.",
    "unavailable": "The service cannot answer now; try again soon.",
    "internal_error": "Something went wrong on our side.",
}
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": str(RETRY_AFTER_SECONDS)},
}
_log = structlog.get_logger("cowork.http")


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field, named by its path."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An RFC 9457 problem. A program can branch on `code`; some codes bring more members."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: Sequence[FieldError] = ()


class InvalidRequest(Exception):
    """A request that does not fit its schema, with what is wrong at each field."""

    def __init__(self, field_errors: Sequence[FieldError], code: str = "validation_error") -> None:
        super().__init__(code)
        self.code = code
        self.field_errors = field_errors


class Answer(msgspec.Struct, frozen=True):
    """An answer to a failure, before anything is sent."""

    problem: Problem
    more: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.problem.status

    def body(self) -> bytes:
        """The problem with what its code brings beside the standard members."""
        return msgspec.json.encode(msgspec.to_builtins(self.problem) | _shown(self.more))


def to_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's handler for any exception that leaves a route, or comes up on the way to one."""
    answer = describe(error)
    if answer.status == _SERVER_ERROR:
        # Not `request.url`, which takes the Host apart.
        _log.error("request_failed", path=request.scope.get("path_template"), exc_info=error)
    return JsonResponse(
        answer.body(),
        status_code=answer.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=answer.headers,
    )


def describe(error: Exception) -> Answer:
    """The answer to a failure. Nothing of the inside shows in it."""
    match error:
        case errors.InvalidValue():
            wrong = [FieldError(error.field or "", error.message)]
            answer = _answer(400, error.code, error.message, wrong)
        case errors.RateLimited():
            wait = {"Retry-After": str(error.details["retry_after"])}
            answer = _answer(status_of(type(error)), error.code, error.message, headers=wait)
        case errors.DomainError():
            answer = _answer(status_of(type(error)), error.code, error.message, more=error.details)
        case InvalidRequest():
            answer = _answer(400, error.code, field_errors=error.field_errors)
        case Unavailable():
            answer = _answer(503, "unavailable")
        case ValidationException():
            answer = _answer(400, "validation_error", field_errors=_query_errors(error))
        case HTTPException() if error.status_code in _CODES_OF_HTTP:
            code = _CODES_OF_HTTP[error.status_code]
            detail = _DETAILS.get(code, error.detail)
            answer = _answer(error.status_code, code, detail, headers=error.headers)
        case _:
            answer = _answer(_SERVER_ERROR, "internal_error")
    failed(answer.problem.code)
    return answer


def status_of(kind: type[errors.DomainError]) -> int:
    """The status of that kind of error, or of the kind that it is a kind of."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def failures(*kinds: type[errors.DomainError]) -> dict[int, ResponseSpec]:
    """For the `responses` of a handler: the errors that it can answer with, by their status."""
    codes: dict[int, list[str]] = {}
    for kind in kinds:
        codes.setdefault(status_of(kind), []).append(kind.code)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            description=", ".join(f"`{code}`" for code in named),
            media_type=PROBLEM_MEDIA_TYPE,
        )
        for status, named in sorted(codes.items())
    }


def _answer(
    status: int,
    code: str,
    detail: str = "",
    field_errors: Sequence[FieldError] = (),
    *,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    problem = Problem(
        type=f"urn:cowork-api:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail or _DETAILS[code],
        errors=field_errors,
    )
    return Answer(problem, more or {}, _HEADERS.get(status, {}) | dict(headers or {}))


def _shown(value: Any) -> Any:
    match value:
        case Period():
            return {"start_time": value.start, "end_time": value.end}
        case Mapping():
            return {name: _shown(part) for name, part in value.items()}
        case tuple() | list():
            return [_shown(part) for part in value]
        case _:
            return value


def _query_errors(error: ValidationException) -> list[FieldError]:
    found = error.extra if isinstance(error.extra, list) else []
    return [FieldError(str(entry.get("key", "")), str(entry["message"])) for entry in found]
