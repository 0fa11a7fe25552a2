"""Sanitizes user-supplied text, such as the names of people and spaces, for use in a mail."""

import re
import unicodedata

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""They change the text direction beyond the value that contains them."""
_LOOKS_LIKE_A_LINK = re.compile(r"[/@\\]|\w\.\w{2,}")


def single_line(text: str) -> str:
    """Return the text on one line, without control characters that affect the text around it."""
    cleaned = (
        " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character
        for character in text
        if character not in _BIDI_CONTROLS
    )
    return " ".join("".join(cleaned).split())


def greeting_name(full_name: str) -> str | None:
    """Return the name for the greeting, or None if a mail program would turn it into a link.

    Anyone can sign up with another person's address and choose the name: it must not lead the
    recipient anywhere.
    """
    name = single_line(full_name)
    return None if not name or _LOOKS_LIKE_A_LINK.search(name) else name
