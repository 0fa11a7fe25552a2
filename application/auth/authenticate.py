"""Authenticate: from an access token to the caller that it stands for now."""

from application.caller import Caller
from application.ports.clock import Clock
from application.ports.tokens import AccessTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import InvalidToken


class Authenticate:
    """Tell who calls. Raises InvalidToken.

    The user is looked up each time, so that a deactivation or another role counts from the next
    request on.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, tokens: AccessTokens) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._tokens = tokens

    async def __call__(self, token: str) -> Caller:
        claims = self._tokens.verify(token, at=self._clock.now())
        async with self._unit_of_work() as uow:
            user = await uow.users.get(claims.user_id)
        if user is None or not user.is_active:
            raise InvalidToken("The access token is no longer honoured.")
        return Caller(user.id, user.role)
