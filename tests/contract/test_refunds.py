"""Refunds: due until accepted, and listed by what has to be done next."""

from datetime import timedelta

import pytest

from application.ports.unit_of_work import Stale
from domain.ids import RefundId
from domain.refunds import Refund
from tests.contract.conftest import Store
from tests.entities import HOUR, IDS, MONDAY, a_booking, a_refund, a_space, a_user, hours, save_all

SECOND = timedelta(seconds=1)


async def some_refunds(store: Store) -> tuple[Refund, Refund, Refund, Refund]:
    """Store one due, one rescheduled, one manual and one accepted; the last was decided first."""
    user, space = a_user(), a_space()
    booking = a_booking(user, space, hours(9, 10))
    to_send = a_refund(booking, decided_at=MONDAY + 3 * HOUR)
    rescheduled = a_refund(
        booking, decided_at=MONDAY + 2 * HOUR, attempts=6, next_attempt_at=MONDAY + 9 * HOUR
    )
    manual = a_refund(booking, decided_at=MONDAY + HOUR, is_manual=True)
    accepted = a_refund(booking, accepted_at=MONDAY, payment_id="pi_1")
    refunds = (to_send, rescheduled, manual, accepted)
    await save_all(store.unit_of_work, user, space, booking, *refunds)
    return refunds


async def test_each_query_returns_its_refunds_in_the_order_of_decision(store: Store) -> None:
    to_send, rescheduled, manual, accepted = await some_refunds(store)
    later = MONDAY + 9 * HOUR
    async with store.unit_of_work() as uow:
        refunds = uow.refunds
        everything = [to_send, rescheduled, manual, accepted]
        assert await refunds.of_booking(to_send.booking_id) == everything
        assert await refunds.due(limit=9) == [manual, rescheduled, to_send]
        assert await refunds.due(limit=1) == [manual]
        assert await refunds.to_send(at=later - SECOND, limit=9) == [to_send]
        assert await refunds.to_send(at=later, limit=9) == [rescheduled, to_send]
        assert await refunds.to_send(at=later, limit=1) == [rescheduled]
        assert await refunds.manual(limit=9) == [manual]
        assert await refunds.manual(limit=0) == []
        assert await refunds.failing(attempts=6, limit=9) == [rescheduled]
        assert await refunds.failing(attempts=7, limit=9) == []
        assert [await refunds.get(refund.id) for refund in everything] == everything
        assert await refunds.get(RefundId(IDS.new())) is None


async def test_a_refund_is_saved_only_from_the_version_that_was_read(store: Store) -> None:
    _, _, manual, _ = await some_refunds(store)
    accepted_manual = manual.accepted(at=MONDAY)
    async with store.unit_of_work() as uow:
        uow.refunds.save(accepted_manual)
        await uow.commit()
    async with store.unit_of_work() as uow:
        uow.refunds.save(accepted_manual)
        with pytest.raises(Stale):
            await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.refunds.get(manual.id) == accepted_manual
        assert await uow.refunds.manual(limit=9) == []
