"""An embedded PostgreSQL server, stored in a directory and shared by the processes that use it."""

from adapters.embedded.errors import EmbeddedPostgresError
from adapters.embedded.installation import Installation
from adapters.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Installation"]
