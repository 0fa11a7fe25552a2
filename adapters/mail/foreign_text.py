"""Foreign text: what people named themselves and their spaces, made harmless in a mail."""

import re
import unicodedata

_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of all that follows, beyond the text that they came with."""
_LOOKS_LIKE_A_LINK = re.compile(r"[/@\\]|\w\.\w{2,}")


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that acts on what stands around it."""
    kept = (
        " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character
        for character in text
        if character not in _DIRECTION
    )
    return " ".join("".join(kept).split())


def greeted_name(full_name: str) -> str | None:
    """The name to greet somebody by; None for one that a mail program would make a link of.

    Whoever signs up with a stranger's address chooses the name: it shall not lead them anywhere.
    """
    name = one_line(full_name)
    return None if not name or _LOOKS_LIKE_A_LINK.search(name) else name
