"""RevokeCalendarFeed: revoke the caller's calendar feed."""

from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.ports.unit_of_work import UnitOfWorkFactory


class RevokeCalendarFeed:
    """Revoke the caller's calendar feed, if there is one. Its token becomes invalid."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    @retry_on_conflict
    async def __call__(self, caller: Caller) -> None:
        async with self._unit_of_work() as uow:
            feed = await uow.calendar_feeds.of_user(caller.user_id)
            if feed is not None:
                uow.calendar_feeds.remove(feed)
                await uow.commit()
