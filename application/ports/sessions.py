"""RefreshSessions: the log-ins that can be kept alive."""

from typing import Protocol

from domain.sessions import RefreshSession


class RefreshSessions(Protocol):
    """Writes are done by the unit of work's commit."""

    def add(self, session: RefreshSession) -> None:
        """Store a new log-in."""
        ...
