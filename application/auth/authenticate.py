"""Authenticate: the caller behind an access token."""

from application.common.caller import Caller
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.session_lookup import SessionLookup
from domain.errors import InvalidToken


class Authenticate:
    """Return the caller that an access token identifies. Raises InvalidToken.

    User and session are read for each request, in one statement. A deactivation, a new role, a new
    password and the end of the session therefore take effect with the next request.
    """

    def __init__(self, session_lookup: SessionLookup, clock: Clock, tokens: AccessTokens) -> None:
        self._session_lookup = session_lookup
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, token: str, client_address: str | None = None) -> Caller:
        now = self._clock.now()
        claims = self._tokens.verify(token, at=now)
        state = await self._session_lookup.get(claims.user_id, claims.session_id, at=now)
        if (
            state is None
            or not state.is_active
            or not state.session_is_active
            or state.credentials_version != claims.credentials_version
        ):
            raise InvalidToken("The access token is no longer valid.")
        return Caller(claims.user_id, state.role, claims.session_id, client_address)
