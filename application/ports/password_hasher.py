"""PasswordHasher: hashing and verifying passwords."""

from typing import Protocol

from application.ports.unit_of_work import Unavailable


class TooManyPasswords(Unavailable):
    """The queue of passwords is full; this one was not processed."""


class PasswordHasher(Protocol):
    """Slow hashing outside of the event loop, with limited concurrency.

    Raises TooManyPasswords, before any work, when a password would have to wait too long.
    """

    async def hash(self, password: str) -> str:
        """Return a salted hash that includes its parameters."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password matches the hash.

        Without a hash (there is no such account) it does the same work and returns False, so that
        the response time reveals nothing.
        """
        ...

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash has other parameters than the current ones."""
        ...
