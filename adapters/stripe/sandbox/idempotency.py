"""Stripe's rules for idempotency keys."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from adapters.stripe.sandbox.failures import ApiError

_KEPT_FOR = 24 * 60 * 60
_LONGEST = 255


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: int
    document: Mapping[str, Any]
    request_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Use:
    asked: str
    began_at: int
    answer: Answer | None = None


class IdempotencyKeys:
    """Which keys were used for what, and how it was answered."""

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def state(self) -> dict[str, Any]:
        """The keys whose requests were answered, as a document."""
        uses = self._uses.items()
        return {key: asdict(use) for key, use in uses if use.answer is not None}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Know those keys, and no others."""
        self._uses = {
            key: _Use(use["asked"], use["began_at"], Answer(**use["answer"]))
            for key, use in state.items()
        }

    def begin(self, key: str, asked: str, now: int) -> Answer | None:
        """The earlier answer for this key, or None: then end the use with `keep` or `forget`."""
        if len(key) > _LONGEST:
            raise ApiError(f"Idempotency keys may be at most {_LONGEST} characters long.")
        use = self._uses.get(key)
        if use is None or use.began_at + _KEPT_FOR <= now:
            self._uses[key] = _Use(asked, now)
            return None
        if use.asked != asked:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type="idempotency_error",
            )
        if use.answer is None:
            raise ApiError(
                "There is currently another in-progress request using this Idempotent Key "
                f"({key}).",
                status=HTTPStatus.CONFLICT,
                type="idempotency_error",
                code="idempotency_key_in_use",
            )
        return use.answer

    def keep(self, key: str, answer: Answer) -> None:
        """The key is answered with this from now on."""
        self._uses[key].answer = answer

    def forget(self, key: str) -> None:
        """As if the key had not been used."""
        del self._uses[key]
