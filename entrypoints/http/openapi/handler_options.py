"""Entries for the `opt` of a handler that change how the operation is documented."""

from dataclasses import dataclass

ALTERNATIVE_MEDIA_TYPE = "alternative_media_type"
"""Key: the media type that the handler can return instead of JSON."""

FILE_VARIANT = "file_variant"
"""Key: the `FileVariant` that the handler serves as well."""

WITHOUT_DATABASE = {"needs_database": False}
"""The handler does not fail when the database is unavailable."""


@dataclass(frozen=True)
class FileVariant:
    """A file that a handler serves below its own path plus `suffix`.

    The document lists it as a separate operation.
    """

    suffix: str
    media_type: str
    summary: str
    description: str
    response_description: str
