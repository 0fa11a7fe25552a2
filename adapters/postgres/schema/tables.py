"""Every table. Importing this module registers all of them with `metadata`."""

from adapters.postgres.schema import billing, bookings, identity, jobs, spaces
from adapters.postgres.schema.types import metadata

__all__ = ["billing", "bookings", "identity", "jobs", "metadata", "spaces"]
