"""ListedPasswords: commonly used passwords, from the list that comes with the package zxcvbn."""

import unicodedata
from functools import cached_property


class ListedPasswords:
    """The port CommonPasswords, on the 30,000 passwords that leaks show most often.

    The list is read when it is first asked for, which takes some tens of milliseconds.
    """

    def contains(self, password: str) -> bool:
        """Whether it is one of them, in whatever case it is written."""
        return _folded(password) in self._passwords

    @cached_property
    def _passwords(self) -> frozenset[str]:
        # Imported here because a process that checks no password needs no list.
        from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - the reason above

        return frozenset(map(_folded, FREQUENCY_LISTS["passwords"]))


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password).casefold()
