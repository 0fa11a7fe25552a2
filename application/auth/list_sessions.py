"""ListSessions: list the caller's live sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.common.caller import Caller
from application.common.paging import MAX_PAGE_SIZE
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.sessions import RefreshSession


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of the caller's sessions; `is_current` when the request was authenticated with it."""

    session: RefreshSession
    is_current: bool


class ListSessions:
    """List the caller's live sessions.

    Returns up to MAX_PAGE_SIZE, the most recently used first.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    async def __call__(self, caller: Caller) -> Sequence[OwnSession]:
        async with self._unit_of_work() as uow:
            live = await uow.refresh_sessions.list_live(
                caller.user_id, at=self._clock.now(), limit=MAX_PAGE_SIZE
            )
        return [OwnSession(session, session.id == caller.session_id) for session in live]
