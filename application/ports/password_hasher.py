"""PasswordHasher: how passwords are kept."""

from typing import Protocol

from application.ports.unit_of_work import Unavailable


class TooManyPasswords(Unavailable):
    """So many passwords wait already that this one was not looked at."""


class PasswordHasher(Protocol):
    """Slow hashing, done beside the event loop and with a bound on how many run at once.

    Who would wait too long for that gets TooManyPasswords, before anything is done.
    """

    async def hash(self, password: str) -> str:
        """A salted hash that carries its own parameters."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password made that hash.

        Without a hash (there is no such account) it does the same work and answers False, so that
        the time taken tells nothing.
        """
        ...

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than those in force."""
        ...
