"""CommonPasswords: the passwords that everybody tries first."""

from typing import Protocol


class CommonPasswords(Protocol):
    """A list that may take a moment to be read at first; nothing waits for the outside."""

    def contains(self, password: str) -> bool:
        """Whether it is one of them, in whatever case it is written."""
        ...
