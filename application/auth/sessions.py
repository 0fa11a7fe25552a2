"""Opening a session: what signing up and logging in have in common."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from application.ports.ids import Ids
from application.ports.tokens import AccessTokens
from application.ports.unit_of_work import UnitOfWork
from domain.ids import SessionId
from domain.sessions import RefreshSession
from domain.users import Member, User

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Client:
    """Where a log-in comes from, as far as the entry point can tell."""

    user_agent: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A user together with their member."""

    user: User
    member: Member


@dataclass(frozen=True, slots=True)
class Session:
    """What a log-in gives: the tokens, the access token's lifetime, and whose they are."""

    access_token: str
    refresh_token: str
    expires_in: timedelta
    account: Account

    def __repr__(self) -> str:
        return f"Session(user_id={self.account.user.id})"


class Sessions:
    """Opens sessions. The refresh token is random and handed out once; only its hash is stored."""

    def __init__(self, tokens: AccessTokens, ids: Ids, refresh_lifetime: timedelta) -> None:
        self._tokens = tokens
        self._ids = ids
        self._refresh_lifetime = refresh_lifetime

    def open(self, uow: UnitOfWork, account: Account, client: Client, *, at: datetime) -> Session:
        """Note a new log-in in the unit of work, which the caller commits."""
        user_id = account.user.id
        session_id = SessionId(self._ids.new())
        refresh_token = secrets.token_urlsafe(_TOKEN_BYTES)
        uow.refresh_sessions.add(
            RefreshSession(
                id=session_id,
                user_id=user_id,
                token_hash=sha256(refresh_token.encode()).digest(),
                user_agent=client.user_agent,
                client_address=client.address,
                created_at=at,
                last_used_at=at,
                expires_at=at + self._refresh_lifetime,
            )
        )
        access_token = self._tokens.issue(user_id, session_id, at=at)
        return Session(access_token, refresh_token, self._tokens.lifetime, account)
