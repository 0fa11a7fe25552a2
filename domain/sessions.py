"""RefreshSession: one log-in, kept alive by a refresh token of which only the hash is stored."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSession:
    """A log-in, from where it came, and until when its refresh token is good."""

    id: SessionId
    user_id: UserId
    token_hash: bytes
    user_agent: str | None
    client_address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
