"""CreateCalendarFeed: create a private calendar feed of the caller's bookings."""

from application.common.caller import Caller
from application.common.opaque_tokens import new_token, token_hash
from application.common.retry import retry_on_conflict
from application.ports.calendar_feeds import CalendarFeed
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


class CreateCalendarFeed:
    """Return the secret token of a new feed of the caller's bookings.

    Only the token's hash is stored, so the token cannot be shown again. A new feed replaces the
    previous one, whose token becomes invalid.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    @retry_on_conflict
    async def __call__(self, caller: Caller) -> str:
        token = new_token()
        feed = CalendarFeed(caller.user_id, token_hash(token), self._clock.now())
        async with self._unit_of_work() as uow:
            uow.calendar_feeds.put(feed)
            await uow.commit()
        return token
