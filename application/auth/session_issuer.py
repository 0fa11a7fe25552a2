"""Sessions: starts and renews sessions in a unit of work that the caller commits."""

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
    """The tokens of a new or renewed session, the access token's lifetime, and the account."""

    access_token: str
    refresh_token: str
    expires_in: timedelta
    account: Account

    def __repr__(self) -> str:
        return f"Session(user_id={self.account.user.id})"


class SessionIssuer:
    """Starts and renews sessions in a unit of work that the caller commits.

    The refresh token is random and returned once; only its hash is stored. Each refresh token is
    valid for `refresh_lifetime`.
    """

    def __init__(self, tokens: AccessTokens, ids: Ids, refresh_lifetime: timedelta) -> None:
        self._tokens = tokens
        self._ids = ids
        self._refresh_lifetime = refresh_lifetime

    def start(self, uow: UnitOfWork, account: Account, client: Client, *, at: datetime) -> Session:
        """Add a new session for the account."""
        refresh_token = new_token()
        session = RefreshSession(
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
        uow.refresh_sessions.add(session)
        return self._issue(session, refresh_token, account, at)

    def renew(
        self, uow: UnitOfWork, account: Account, session: RefreshSession, *, at: datetime
    ) -> Session:
        """Replace the session's refresh token; the old one counts as used from then on."""
        refresh_token = new_token()
        renewed = session.refreshed(
            token_hash(refresh_token), lifetime=self._refresh_lifetime, at=at
        )
        uow.refresh_sessions.rotate(renewed, used=session.token_hash)
        return self._issue(renewed, refresh_token, account, at)

    def _issue(
        self, session: RefreshSession, refresh_token: str, account: Account, at: datetime
    ) -> Session:
        user = account.user
        access_token = self._tokens.issue(user.id, session.id, user.credentials_version, at=at)
        return Session(access_token, refresh_token, self._tokens.lifetime, account)
