"""ETags: the version of an entity as a strong entity tag (RFC 9110)."""

import re

from domain.errors import VersionMismatch

_STRONG_TAG = re.compile(r'"([0-9]{1,9})"')


def etag(version: int) -> str:
    """Return the version as a strong entity tag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """Return the version that `If-Match` requires; None without the header, or for `*`.

    Raises VersionMismatch for anything but an entity tag of the API, because nothing can match it.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _STRONG_TAG.fullmatch(if_match.strip())
    if match is None:
        raise VersionMismatch("If-Match does not contain an ETag of this API.")
    return int(match[1])
