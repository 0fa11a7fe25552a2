"""ETags: an entity's version as HTTP has it."""

import re

from domain.errors import VersionMismatch

_STRONG_TAG = re.compile(r'"([0-9]{1,9})"')


def etag(version: int) -> str:
    """The version as a strong entity tag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that `If-Match` asks for; None when there is no such header, or it is `*`.

    Raises VersionMismatch for one that is no entity tag of ours, which nothing can match.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _STRONG_TAG.fullmatch(if_match.strip())
    if match is None:
        raise VersionMismatch("If-Match does not name a version.")
    return int(match[1])
