"""ListSessions: the caller's live log-ins, last used first, at most MAX_PAGE_SIZE of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.common.caller import Caller
from application.common.paging import MAX_PAGE_SIZE
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.sessions import RefreshSession


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of the caller's log-ins; the current one is that which they called with."""

    session: RefreshSession
    is_current: bool


class ListSessions:
    """The caller's live log-ins, last used first, at most MAX_PAGE_SIZE of them."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self, caller: Caller) -> Sequence[OwnSession]:
        async with self._unit_of_work() as uow:
            live = await uow.refresh_sessions.live_of(
                caller.user_id, at=self._clock.now(), limit=MAX_PAGE_SIZE
            )
        return [OwnSession(session, session.id == caller.session_id) for session in live]
