"""While a unit of work holds a space's lock, no other adds bookings to the space or changes it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from application.ports.unit_of_work import Stale, Unavailable
from domain.bookings import Booking
from domain.ids import SpaceId
from domain.spaces import Space
from tests.contract.conftest import Store
from tests.contract.racing import finished, is_waiting
from tests.entities import IDS, MONDAY, a_booking, a_space, a_user, hours, save_all

OWNER = a_user()


async def book(store: Store, space: Space) -> None:
    """Add a booking from nine to ten."""
    async with store.unit_of_work() as uow:
        uow.bookings.add(a_booking(OWNER, space, hours(9, 10)), space=space)
        await uow.commit()


async def rename(store: Store, space: Space) -> None:
    """Change the space without locking it."""
    async with store.unit_of_work() as uow:
        uow.spaces.save(space.changed(at=MONDAY, name="Renamed"))
        await uow.commit()


async def lock(store: Store, space: Space) -> None:
    """Lock the space briefly."""
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)


Act = Callable[[Store, Space], Coroutine[Any, Any, None]]

EXCLUDED: dict[str, Act] = {
    "booking it": book,
    "changing it": rename,
    "locking it": lock,
}


async def bookings_of(store: Store, space: Space) -> list[Booking]:
    async with store.unit_of_work() as uow:
        return list(await uow.bookings.upcoming(space.id, after=MONDAY))


@pytest.mark.parametrize("other", EXCLUDED.values(), ids=EXCLUDED)
async def test_others_wait_until_the_block_is_left(store: Store, other: Act) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        waiting = asyncio.create_task(other(store, space))
        assert await is_waiting(waiting)
        assert await uow.spaces.get(space.id) == space
        assert await bookings_of(store, space) == []
    await finished(waiting)


@pytest.mark.parametrize("other", [book, rename], ids=["booking it", "changing it"])
async def test_a_waiting_writer_is_stale_when_the_space_was_changed(
    store: Store, other: Act
) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        waiting = asyncio.create_task(other(store, space))
        assert await is_waiting(waiting)
        uow.spaces.save(space.deactivated(at=MONDAY))
        await uow.commit()
    with pytest.raises(Stale):
        await finished(waiting)
    assert await bookings_of(store, space) == []


@pytest.mark.parametrize("other", EXCLUDED.values(), ids=EXCLUDED)
async def test_an_exception_in_the_block_releases_the_space(store: Store, other: Act) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    waiting: list[asyncio.Task[None]] = []

    async def lock_and_fail() -> None:
        async with store.unit_of_work() as uow:
            await uow.lock_space(space.id)
            waiting.append(asyncio.create_task(other(store, space)))
            assert await is_waiting(waiting[0])
            raise LookupError("a mistake")

    with pytest.raises(LookupError):
        await lock_and_fail()
    await finished(waiting[0])


@pytest.mark.parametrize("other", EXCLUDED.values(), ids=EXCLUDED)
async def test_a_cancelled_holder_releases_the_space(store: Store, other: Act) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    has_it = asyncio.Event()

    async def hold_for_ever() -> None:
        async with store.unit_of_work() as uow:
            await uow.lock_space(space.id)
            has_it.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold_for_ever())
    await has_it.wait()
    waiting = asyncio.create_task(other(store, space))
    assert await is_waiting(waiting)
    holder.cancel()
    await finished(waiting)
    with pytest.raises(asyncio.CancelledError):
        await holder


async def test_a_writer_cancelled_while_waiting_does_not_block_the_space(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        waiting = [asyncio.create_task(other(store, space)) for other in EXCLUDED.values()]
        assert await is_waiting(waiting[0])
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    await book(store, space)
    assert len(await bookings_of(store, space)) == 1


async def test_a_locked_space_does_not_block_another(store: Store) -> None:
    space, other = a_space(), a_space()
    await save_all(store.unit_of_work, OWNER, space, other)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        for act in (book, lock, rename):
            await finished(asyncio.create_task(act(store, other)))


async def test_the_holder_may_book_and_change_the_space(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    booking = a_booking(OWNER, space, hours(9, 10))
    renamed = space.changed(at=MONDAY, name="Renamed")
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        uow.bookings.add(booking, space=space)
        await uow.commit()
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        uow.spaces.save(renamed)
        await uow.commit()
    async with store.unit_of_work() as uow:
        assert await uow.spaces.get(space.id) == renamed
    assert await bookings_of(store, space) == [booking]


async def test_locking_a_space_twice_equals_locking_it_once(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        await uow.lock_space(space.id)
    await finished(asyncio.create_task(book(store, space)))


async def test_the_holder_sees_what_was_committed_while_it_waited(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    seen: list[str] = []

    async def lock_and_look() -> None:
        async with store.unit_of_work() as uow:
            await uow.lock_space(space.id)
            stored = await uow.spaces.get(space.id)
            assert stored is not None
            seen.append(stored.name)

    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        waiting = asyncio.create_task(lock_and_look())
        assert await is_waiting(waiting)
        uow.spaces.save(space.changed(at=MONDAY, name="Renamed"))
        await uow.commit()
    await finished(waiting)
    assert seen == ["Renamed"]


async def test_locking_an_unknown_space_has_no_effect(store: Store) -> None:
    async with store.unit_of_work() as uow:
        unknown = SpaceId(IDS.new())
        await uow.lock_space(unknown)
        assert await uow.spaces.get(unknown) is None


async def test_waiting_too_long_raises_unavailable_and_stores_nothing(store: Store) -> None:
    space = a_space()
    await save_all(store.unit_of_work, OWNER, space)
    async with store.unit_of_work() as uow:
        await uow.lock_space(space.id)
        waiting = [asyncio.create_task(act(store, space)) for act in EXCLUDED.values()]
        for task in waiting:
            with pytest.raises(Unavailable):
                await finished(task)
        assert await uow.spaces.get(space.id) == space
    assert await bookings_of(store, space) == []
    await book(store, space)
