"""Authenticate: from an access token to the caller that it stands for now."""

from application.common.caller import Caller
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.session_lookup import SessionLookup
from domain.errors import InvalidToken


class Authenticate:
    """Tell who calls. Raises InvalidToken.

    User and log-in are looked up each time, in one statement, so that a deactivation, another role,
    another password, and the end of the log-in count from the next request on.
    """

    def __init__(self, session_lookup: SessionLookup, clock: Clock, tokens: AccessTokens) -> None:
        self._session_lookup = session_lookup
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, token: str, client_address: str | None = None) -> Caller:
        now = self._clock.now()
        claims = self._tokens.verify(token, at=now)
        signed_in = await self._session_lookup.get(claims.user_id, claims.session_id, at=now)
        if (
            signed_in is None
            or not signed_in.is_active
            or not signed_in.session_is_active
            or signed_in.credentials_version != claims.credentials_version
        ):
            raise InvalidToken("The access token is no longer honoured.")
        return Caller(claims.user_id, signed_in.role, claims.session_id, client_address)
