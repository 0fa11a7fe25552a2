"""Every `code` that a problem can have, with its status, description and example."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.errors import DomainError
from entrypoints.http.error_status import status_of
from entrypoints.http.problems import DEFAULT_DETAILS, problem_title, problem_type


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A code, the status it is returned with, and a sentence that describes it."""

    name: str
    status: int
    description: str

    def example(self) -> dict[str, Any]:
        """Return a problem with this code."""
        return {
            "type": problem_type(self.name),
            "title": problem_title(self.name),
            "status": self.status,
            "code": self.name,
            "detail": self.description,
        } | _EXTENSION_MEMBERS.get(self.name, {})


_EXTENSION_MEMBERS: dict[str, dict[str, Any]] = {
    "validation_error": {
        "errors": [
            {"field": "start_time", "message": "Expected a time such as '2026-03-02T09:00:00Z'."}
        ]
    },
    "booking_conflict": {
        "alternatives": [
            {"start_time": "2026-03-02T10:00:00Z", "end_time": "2026-03-02T12:00:00Z"},
            {"start_time": "2026-03-02T06:00:00Z", "end_time": "2026-03-02T08:00:00Z"},
        ]
    },
    "invalid_transition": {"from": "CANCELLED", "to": "CHECKED_IN"},
}
"""Examples of the extension members that some codes add to a problem."""

_HTTP_CODES = (
    ErrorCode("malformed_json", 400, DEFAULT_DETAILS["malformed_json"]),
    ErrorCode("method_not_allowed", 405, DEFAULT_DETAILS["method_not_allowed"]),
    ErrorCode("request_timeout", 408, "The request body was not received within 20 seconds."),
    ErrorCode("body_too_large", 413, DEFAULT_DETAILS["body_too_large"]),
    ErrorCode(
        "unsupported_media_type",
        415,
        "The request body must be sent as `application/json`, encoded in UTF-8.",
    ),
    ErrorCode("internal_error", 500, DEFAULT_DETAILS["internal_error"]),
    ErrorCode("unavailable", 503, DEFAULT_DETAILS["unavailable"]),
)
"""Codes without a domain error."""

_HTTP_DESCRIPTIONS = {
    "validation_error": "The request does not match its schema. `errors` lists the invalid fields.",
}
"""Descriptions that depend on HTTP and replace the docstring of the domain error."""


def error_codes() -> dict[str, ErrorCode]:
    """Return all codes by name, ordered by status, then name."""
    codes = [*_HTTP_CODES, *_domain_codes()]
    return {code.name: code for code in sorted(codes, key=lambda code: (code.status, code.name))}


def _domain_codes() -> Iterator[ErrorCode]:
    """Yield the codes of the domain errors, described by the first paragraph of the docstring."""
    for error_type in _subclasses(DomainError):
        if hasattr(error_type, "code"):
            paragraph = " ".join((error_type.__doc__ or "").partition("\n\n")[0].split())
            summary = paragraph.partition(" Details: ")[0]
            description = _HTTP_DESCRIPTIONS.get(error_type.code, summary)
            yield ErrorCode(error_type.code, status_of(error_type), description)


def _subclasses(error_type: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in error_type.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
