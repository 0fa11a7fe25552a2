"""Idempotency keys: a request that repeats a key gets the saved response."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from adapters.stripe.sandbox.errors import ApiError

_EXPIRES_AFTER_SECONDS = 24 * 60 * 60
_MAX_KEY_LENGTH = 255


@dataclass(frozen=True)
class ApiResponse:
    """A response of the API. `document` is its JSON body."""

    status: int
    document: Mapping[str, Any]
    request_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _KeyedRequest:
    """The first request with a key. `response` is None while it is in progress."""

    fingerprint: str
    started_at: int
    response: ApiResponse | None = None


class IdempotencyKeys:
    """The requests and saved responses by idempotency key. The caller holds the account's lock."""

    def __init__(self) -> None:
        self._requests: dict[str, _KeyedRequest] = {}

    def state(self) -> dict[str, Any]:
        """Return the keys that have a saved response."""
        return {
            key: {
                "asked": request.fingerprint,
                "began_at": request.started_at,
                "answer": asdict(request.response),
            }
            for key, request in self._requests.items()
            if request.response is not None
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace all keys by `state`."""
        self._requests = {
            key: _KeyedRequest(saved["asked"], saved["began_at"], ApiResponse(**saved["answer"]))
            for key, saved in state.items()
        }

    def begin(self, key: str, fingerprint: str, now: int) -> ApiResponse | None:
        """Return the response saved for this key, or None if the request is new.

        A new request must end with `save` or `release`. Raises ApiError if the key is in use, or
        was used with another fingerprint. Keys expire after 24 hours.
        """
        if len(key) > _MAX_KEY_LENGTH:
            raise ApiError(f"Idempotency keys may be at most {_MAX_KEY_LENGTH} characters long.")
        request = self._requests.get(key)
        if request is None or request.started_at + _EXPIRES_AFTER_SECONDS <= now:
            self._requests[key] = _KeyedRequest(fingerprint, now)
            return None
        if request.fingerprint != fingerprint:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type="idempotency_error",
            )
        if request.response is None:
            raise ApiError(
                "There is currently another in-progress request using this Idempotent Key "
                f"({key}).",
                status=HTTPStatus.CONFLICT,
                type="idempotency_error",
                code="idempotency_key_in_use",
            )
        return request.response

    def save(self, key: str, response: ApiResponse) -> None:
        """Save the response of the request that began with this key."""
        self._requests[key].response = response

    def release(self, key: str) -> None:
        """Forget the request that began with this key, so that the key is unused."""
        del self._requests[key]
