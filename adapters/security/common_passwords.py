"""ListedPasswords: commonly used passwords, from the list in the package zxcvbn."""

import unicodedata
from functools import cached_property


class ListedPasswords:
    """Implements the port CommonPasswords with the 30,000 most frequent passwords in leaks.

    The list is loaded on first use, which takes some tens of milliseconds.
    """

    def contains(self, password: str) -> bool:
        """Return whether the password is on the list, ignoring case."""
        return _normalized(password) in self._passwords

    @cached_property
    def _passwords(self) -> frozenset[str]:
        # Imported here, so that a process that checks no passwords does not load the list.
        from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - the reason above

        return frozenset(map(_normalized, FREQUENCY_LISTS["passwords"]))


def _normalized(password: str) -> str:
    return unicodedata.normalize("NFKC", password).casefold()
