"""RequestKey: what makes two requests the same."""

from dataclasses import dataclass
from hashlib import sha256

from domain.errors import InvalidValue
from domain.ids import UserId

MAX_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Caller, key and fingerprint of a request. Two requests with equal ones are the same.

    Raises InvalidValue unless the key has 1 to 255 visible ASCII characters.
    """

    user_id: UserId
    key: str
    fingerprint: bytes

    def __post_init__(self) -> None:
        is_visible = self.key.isascii() and self.key.isprintable() and " " not in self.key
        if not (is_visible and 1 <= len(self.key) <= MAX_KEY_LENGTH):
            raise InvalidValue(
                f"Expected 1 to {MAX_KEY_LENGTH} visible characters.", field="Idempotency-Key"
            )


def fingerprint_of(method: str, path: str, body: bytes) -> bytes:
    """Return the SHA-256 hash that distinguishes one request from another."""
    return sha256(b"%s %s\n%s" % (method.encode(), path.encode(), body)).digest()
