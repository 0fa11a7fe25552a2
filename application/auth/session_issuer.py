"""Sessions: opens and renews sessions within a unit of work, which the caller commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from application.auth.client import Client
from application.common.opaque_tokens import new_token, token_hash
from application.ports.access_tokens import AccessTokens
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork
from domain.ids import SessionId
from domain.sessions import RefreshSession
from domain.users import Account


@dataclass(frozen=True, slots=True)
class Session:
    """What a log-in gives: the tokens, the access token's lifetime, and whose they are."""

    access_token: str
    refresh_token: str
    expires_in: timedelta
    account: Account

    def __repr__(self) -> str:
        return f"Session(user_id={self.account.user.id})"


class SessionIssuer:
    """Opens and renews sessions within a unit of work, which the caller commits.

    The refresh token is random and handed out once; only its hash is stored. `refresh_lifetime` is
    how long each is good for.
    """

    def __init__(self, tokens: AccessTokens, ids: Ids, refresh_lifetime: timedelta) -> None:
        self._tokens = tokens
        self._ids = ids
        self._refresh_lifetime = refresh_lifetime

    def open(self, uow: UnitOfWork, account: Account, client: Client, *, at: datetime) -> Session:
        """Note a new log-in."""
        refresh_token = new_token()
        log_in = RefreshSession(
            id=SessionId(self._ids.new()),
            user_id=account.user.id,
            token_hash=token_hash(refresh_token),
            user_agent=client.user_agent,
            client_address=client.address,
            credentials_version=account.user.credentials_version,
            created_at=at,
            last_used_at=at,
            expires_at=at + self._refresh_lifetime,
        )
        uow.refresh_sessions.add(log_in)
        return self._session(log_in, refresh_token, account, at)

    def renew(
        self, uow: UnitOfWork, account: Account, log_in: RefreshSession, *, at: datetime
    ) -> Session:
        """Note that a log-in's token was used for a new one."""
        refresh_token = new_token()
        renewed = log_in.refreshed(
            token_hash(refresh_token), lifetime=self._refresh_lifetime, at=at
        )
        uow.refresh_sessions.rotate(renewed, used=log_in.token_hash)
        return self._session(renewed, refresh_token, account, at)

    def _session(
        self, log_in: RefreshSession, refresh_token: str, account: Account, at: datetime
    ) -> Session:
        user = account.user
        access_token = self._tokens.issue(user.id, log_in.id, user.credentials_version, at=at)
        return Session(access_token, refresh_token, self._tokens.lifetime, account)
