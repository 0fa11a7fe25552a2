"""CommonPasswords: the most frequently used passwords."""

from typing import Protocol


class CommonPasswords(Protocol):
    """A local list, possibly read on first use; it needs no network."""

    def contains(self, password: str) -> bool:
        """Whether the password is in the list, ignoring case."""
        ...
