"""Authenticate: from an access token to the caller that it stands for now."""

from application.caller import Caller
from application.ports.clock import Clock
from application.ports.log_ins import LogIns
from application.ports.tokens import AccessTokens
from domain.errors import InvalidToken


class Authenticate:
    """Tell who calls. Raises InvalidToken.

    User and log-in are looked up each time, in one statement, so that a deactivation, another role,
    another password, and the end of the log-in count from the next request on.
    """

    def __init__(self, log_ins: LogIns, clock: Clock, tokens: AccessTokens) -> None:
        self._log_ins = log_ins
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, token: str, client_address: str | None = None) -> Caller:
        now = self._clock.now()
        claims = self._tokens.verify(token, at=now)
        signed_in = await self._log_ins.signed_in(claims.user_id, claims.session_id, at=now)
        if (
            signed_in is None
            or not signed_in.is_active
            or not signed_in.session_is_live
            or signed_in.credentials_version != claims.credentials_version
        ):
            raise InvalidToken("The access token is no longer honoured.")
        return Caller(claims.user_id, signed_in.role, claims.session_id, client_address)
