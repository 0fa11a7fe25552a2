"""Hides from a process what only the tests need, so that it finds what it finds at a user's.

Packages of the service load these where they are there, which is a fifth of what a start takes.
"""

import sys
from typing import Any

HIDDEN = {"attr", "attrs", "cryptography", "pydantic", "starlette", "werkzeug"}


class Hider:
    """Says of what is hidden that it is not installed."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Hider)
