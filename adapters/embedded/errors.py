"""The exception that this package raises."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL is not available; the message is one line, written for operators."""
