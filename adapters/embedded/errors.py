"""The one error that all of this raises."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be had; the message is one line for people."""
