"""Every `code` that a problem can have: its status, what it means, and what it looks like."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.errors import DomainError
from entrypoints.http.problems import status_of


@dataclass(frozen=True, slots=True)
class Code:
    """A code, and what a client may know of it beforehand."""

    name: str
    status: int
    meaning: str

    def example(self) -> dict[str, Any]:
        """A problem with this code."""
        return {
            "type": f"urn:cowork-api:problem:{self.name}",
            "title": self.name.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.name,
            "detail": self.meaning,
        } | _MORE.get(self.name, {})


_MORE: dict[str, dict[str, Any]] = {
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
"""What some codes bring beside the standard members."""

_OF_HTTP = (
    Code("malformed_json", 400, "The body is not JSON."),
    Code("method_not_allowed", 405, "There is such a path, but not for this method."),
    Code("request_timeout", 408, "The request did not come to its end in time."),
    Code("body_too_large", 413, "A request body may have at most 1 MiB."),
    Code("unsupported_media_type", 415, "A body has to be declared as `application/json`."),
    Code("internal_error", 500, "Something went wrong on our side."),
    Code("unavailable", 503, "The service cannot answer now; try again soon."),
)
_IN_OTHER_WORDS = {
    "validation_error": "The request does not fit its schema; `errors` names the fields.",
}


def all_codes() -> dict[str, Code]:
    """All of them by name, in the order of their statuses."""
    named = [*_OF_HTTP, *_of_the_house()]
    return {code.name: code for code in sorted(named, key=lambda code: (code.status, code.name))}


def _of_the_house() -> Iterator[Code]:
    for kind in _kinds(DomainError):
        if hasattr(kind, "code"):
            told = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
            meaning = _IN_OTHER_WORDS.get(kind.code, told.partition(" Details: ")[0])
            yield Code(kind.code, status_of(kind), meaning)


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _kinds(sub)
