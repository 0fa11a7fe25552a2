"""What the memory adapters offer beyond their ports, and a store that works on any event loop."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122

import pytest

from adapters.memory import (
    FakeAccessTokens,
    FakePasswordHasher,
    MemoryStore,
    MemoryUnitOfWork,
    MissingReference,
    SequentialIds,
    SettableClock,
)
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.password_hasher import PasswordHasher
from application.ports.unit_of_work import Unavailable, UnitOfWork, UnitOfWorkFactory
from domain.errors import InvalidToken
from domain.ids import SessionId, UserId
from domain.spaces import Space
from tests.entities import IDS, MONDAY, a_booking, a_member, a_space, a_user, hours, save_all


async def test_the_store_opens_units_of_work_as_the_port_requires() -> None:
    factory: UnitOfWorkFactory = MemoryStore().unit_of_work
    async with factory() as uow:
        port: UnitOfWork = uow
        assert isinstance(port, MemoryUnitOfWork)


async def test_two_stores_are_independent() -> None:
    first, second, user = MemoryStore(), MemoryStore(), a_user()
    await save_all(first.unit_of_work, user)
    async with second.unit_of_work() as uow:
        assert await uow.users.get(user.id) is None


async def test_a_missing_reference_is_named() -> None:
    nobody = a_user()
    with pytest.raises(MissingReference, match=str(nobody.id)):
        await save_all(MemoryStore().unit_of_work, a_member(nobody))


async def test_the_timeout_of_a_space_lock_can_be_set() -> None:
    store, space = MemoryStore(max_wait=timedelta(milliseconds=10)), a_space()
    await save_all(store.unit_of_work, space)
    async with store.unit_of_work() as holder, store.unit_of_work() as second:
        await holder.lock_space(space.id)
        with pytest.raises(Unavailable):
            await asyncio.wait_for(second.lock_space(space.id), timeout=2)


def test_a_store_outlives_the_event_loops_it_is_used_on() -> None:
    store, space = MemoryStore(), a_space()
    asyncio.run(save_all(store.unit_of_work, space))

    async def contend() -> None:
        async def lock_for_a_moment() -> None:
            async with store.unit_of_work() as uow:
                await uow.lock_space(space.id)
                await asyncio.sleep(0)

        await asyncio.gather(*(lock_for_a_moment() for _ in range(3)))

    asyncio.run(contend())
    asyncio.run(contend())


async def test_a_failed_commit_leaves_the_indexes_as_they_were() -> None:
    store, user, room = MemoryStore(), a_user(), a_space()
    booking = a_booking(user, room, hours(9, 10))
    await save_all(store.unit_of_work, user, room, booking)

    async def read_everything() -> list[object]:
        async with store.unit_of_work() as uow:
            return [
                await uow.users.by_email(user.email),
                await uow.schedules.get(room.id, hours(0, 24)),
                await uow.bookings.upcoming(room.id, after=MONDAY),
            ]

    before = await read_everything()
    async with store.unit_of_work() as uow:
        uow.users.save(replace(user, email=a_user().email, version=2))
        uow.bookings.save(replace(booking, period=hours(12, 13), version=2))
        uow.members.add(a_member(a_user()))
        with pytest.raises(MissingReference):
            await uow.commit()
    assert await read_everything() == before
    with pytest.raises(Exception, match="occupied"):
        await save_all(store.unit_of_work, a_booking(user, room, hours(9, 10)))
    await save_all(store.unit_of_work, a_booking(user, room, hours(12, 13)))


async def test_racing_units_of_work_really_interleave() -> None:
    store, space = MemoryStore(), a_space()
    await save_all(store.unit_of_work, space)
    seen: list[str] = []

    async def read_twice(name: str) -> Space | None:
        async with store.unit_of_work() as uow:
            seen.append(name)
            await uow.spaces.get(space.id)
            seen.append(name)
            return await uow.spaces.get(space.id)

    await asyncio.gather(read_twice("a"), read_twice("b"))
    assert seen == ["a", "b", "a", "b"]


def test_a_settable_clock_stands_still_until_it_is_moved() -> None:
    clock = SettableClock(MONDAY)
    port: Clock = clock
    assert port.now() == port.now() == MONDAY
    clock.advance(timedelta(hours=1))
    assert port.now() == hours(1, 2).start
    clock.set(MONDAY)
    assert port.now() == MONDAY


def test_a_settable_clock_returns_utc_whatever_zone_it_was_set_in() -> None:
    istanbul = timezone(timedelta(hours=3))
    clock = SettableClock(datetime(2026, 3, 2, 3, tzinfo=istanbul))
    assert clock.now() == MONDAY
    assert clock.now().tzinfo is UTC


def test_a_settable_clock_rejects_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        SettableClock(datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test


def test_sequential_ids_are_reproducible_and_ordered() -> None:
    ids: Ids = SequentialIds()
    made = [ids.new() for _ in range(1_000)]
    again = SequentialIds()
    assert made == [again.new() for _ in range(1_000)]
    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}


def test_two_series_of_sequential_ids_can_be_distinguished() -> None:
    first, second = SequentialIds(1), SequentialIds(2)
    assert not {first.new() for _ in range(100)} & {second.new() for _ in range(100)}


async def test_plain_passwords_distinguish_right_from_wrong() -> None:
    passwords: PasswordHasher = FakePasswordHasher()
    hashed = await passwords.hash("a:b")
    assert await passwords.verify("a:b", hashed)
    assert not await passwords.verify("b", hashed)
    assert not await passwords.verify("a:b", None)


async def test_plain_passwords_of_another_scheme_verify_and_need_a_rehash() -> None:
    old, new = FakePasswordHasher("old"), FakePasswordHasher("new")
    hashed = await old.hash("secret")
    assert await new.verify("secret", hashed)
    assert new.needs_rehash(hashed)
    assert not old.needs_rehash(hashed)


def test_plain_tokens_identify_their_user_until_they_expire() -> None:
    tokens: AccessTokens = FakeAccessTokens(timedelta(minutes=1))
    user_id, session_id = UserId(IDS.new()), SessionId(IDS.new())
    token = tokens.issue(user_id, session_id, 3, at=MONDAY)
    claims = tokens.verify(token, at=MONDAY + timedelta(seconds=59))
    assert (claims.user_id, claims.session_id) == (user_id, session_id)
    assert (claims.credentials_version, claims.issued_at) == (3, MONDAY)
    with pytest.raises(InvalidToken):
        tokens.verify(token, at=MONDAY + tokens.lifetime)


@pytest.mark.parametrize("token", ["", "x", "a b c", "a b", "a b c d", "a b c d e"])
def test_plain_tokens_reject_invalid_tokens(token: str) -> None:
    with pytest.raises(InvalidToken):
        FakeAccessTokens().verify(token, at=MONDAY)
