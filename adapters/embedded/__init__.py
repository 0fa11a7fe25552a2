"""A PostgreSQL of our own, for those who have none: kept in a directory, shared by its users."""

from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.installation import Installation
from adapters.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Installation"]
