"""Sessions, password reset links and user searches behave the same on every adapter."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from application.ports.refresh_sessions import PresentedToken
from application.ports.session_lookup import SessionState
from application.ports.unit_of_work import Stale, Unavailable, UnitOfWork
from application.ports.users import UserFilter
from domain.ids import SessionId, UserId
from domain.sessions import RefreshSession
from domain.users import Account, EmailAddress, Locale, Member, Role, User
from tests.contract.conftest import Store
from tests.contract.racing import all_at_once, finished, is_waiting, won
from tests.entities import (
    HOUR,
    IDS,
    MONDAY,
    a_member,
    a_reset,
    a_session,
    a_user,
    save_all,
)

MICROSECOND = timedelta(microseconds=1)
TOKENS = [bytes([n]) * 32 for n in range(10)]


async def presented(store: Store, token_hash: bytes) -> PresentedToken | None:
    async with store.unit_of_work() as uow:
        return await uow.refresh_sessions.by_token(token_hash)


async def signed_in(store: Store, user: User, session: RefreshSession) -> SessionState | None:
    return await store.session_lookup.get(user.id, session.id, at=MONDAY)


async def live(store: Store, user: User, limit: int = 10) -> Sequence[RefreshSession]:
    async with store.unit_of_work() as uow:
        return await uow.refresh_sessions.list_live(user.id, at=MONDAY, limit=limit)


async def save(store: Store, *entities: User | Member | RefreshSession) -> None:
    async with store.unit_of_work() as uow:
        for entity in entities:
            note(uow, entity)
        await uow.commit()


def note(uow: UnitOfWork, changed: User | Member | RefreshSession) -> None:
    match changed:
        case User():
            uow.users.save(changed)
        case Member():
            uow.members.save(changed)
        case RefreshSession():
            uow.refresh_sessions.save(changed)


async def rotate(store: Store, session: RefreshSession, token_hash: bytes) -> None:
    async with store.unit_of_work() as uow:
        renewed = session.refreshed(token_hash, lifetime=HOUR, at=MONDAY)
        uow.refresh_sessions.rotate(renewed, used=session.token_hash)
        await uow.commit()


async def test_a_session_is_read_back_new_ended_and_saved(store: Store) -> None:
    user = a_user(credentials_version=7)
    session = a_session(
        user,
        user_agent="a browser \u2615",
        client_address="2001:db8::7",
        credentials_version=7,
        last_used_at=MONDAY + MICROSECOND,
    )
    await save_all(store.unit_of_work, user, session)
    versions = [
        session,
        renewed := session.revalidated(credentials_version=8),
        renewed.ended(at=MONDAY),
    ]
    for version in versions:
        if version is not session:
            await save(store, version)
        async with store.unit_of_work() as uow:
            assert await uow.refresh_sessions.get(session.id) == version
        assert await presented(store, session.token_hash) == PresentedToken(version, is_used=False)


async def test_an_unknown_session_or_token_is_none(store: Store) -> None:
    user = a_user()
    await save_all(store.unit_of_work, user, a_session(user))
    async with store.unit_of_work() as uow:
        assert await uow.refresh_sessions.get(SessionId(IDS.new())) is None
    for token_hash in (bytes(32), b"", b"short"):
        assert await presented(store, token_hash) is None


async def test_a_used_token_is_returned_with_the_current_session(store: Store) -> None:
    user = a_user()
    session = a_session(user, token_hash=TOKENS[0])
    await save_all(store.unit_of_work, user, session, a_session(user))
    for earlier, later in pairwise(TOKENS[:5]):
        token = await presented(store, earlier)
        assert token is not None
        await rotate(store, token.session, later)
    now = await presented(store, TOKENS[4])
    assert now is not None
    assert not now.is_used
    for used in TOKENS[:4]:
        assert await presented(store, used) == PresentedToken(now.session, is_used=True)
    ended = now.session.ended(at=MONDAY)
    await save(store, ended)
    assert await presented(store, TOKENS[0]) == PresentedToken(ended, is_used=True)


async def test_of_concurrent_uses_of_a_token_one_succeeds(store: Store) -> None:
    user = a_user()
    session = a_session(user, token_hash=TOKENS[0])
    await save_all(store.unit_of_work, user, session)
    assert await all_at_once(won(rotate(store, session, token)) for token in TOKENS[1:]) == 1
    presentations = [await presented(store, token) for token in TOKENS[1:]]
    assert len([presentation for presentation in presentations if presentation is not None]) == 1


async def test_a_rotation_of_a_session_ended_meanwhile_is_stale_and_uses_no_token(
    store: Store,
) -> None:
    user = a_user()
    session = a_session(user, token_hash=TOKENS[0])
    await save_all(store.unit_of_work, user, session)
    await save(store, session.ended(at=MONDAY))
    with pytest.raises(Stale):
        await rotate(store, session, TOKENS[1])
    token = await presented(store, TOKENS[0])
    assert token is not None
    assert not token.is_used
    assert await presented(store, TOKENS[1]) is None


async def test_active_sessions_are_those_not_ended_expired_or_revoked(
    store: Store,
) -> None:
    user, other = a_user(credentials_version=2), a_user(credentials_version=2)
    first, second, third = (
        a_session(user, credentials_version=2, last_used_at=MONDAY + n * MICROSECOND)
        for n in (2, 3, 1)
    )
    begun = MONDAY - HOUR
    await save_all(
        store.unit_of_work, user, other, first, second, third,
        a_session(other, credentials_version=2),
        a_session(user, credentials_version=1),
        a_session(user, credentials_version=2, ended_at=MONDAY),
        a_session(user, credentials_version=2, created_at=begun, expires_at=MONDAY),
    )  # fmt: skip
    assert await live(store, user) == [second, first, third]
    assert await live(store, user, limit=2) == [second, first]
    assert await live(store, a_user()) == []


async def test_a_signed_in_user_is_returned_with_the_state_of_user_and_session(
    store: Store,
) -> None:
    user = a_user(role=Role.ADMIN, credentials_version=2)
    session = a_session(user, credentials_version=2, expires_at=MONDAY + MICROSECOND)
    await save_all(store.unit_of_work, user, session)
    now = SessionState(
        role=Role.ADMIN, is_active=True, credentials_version=2, session_is_active=True
    )
    assert await signed_in(store, user, session) == now
    demoted = user.with_access(role=Role.MEMBER, is_active=True, at=MONDAY)
    await save(store, demoted)
    assert await signed_in(store, user, session) == replace(now, role=Role.MEMBER)
    inactive = demoted.with_access(role=Role.MEMBER, is_active=False, at=MONDAY)
    await save(store, inactive)
    assert await signed_in(store, user, session) == SessionState(
        role=Role.MEMBER, is_active=False, credentials_version=3, session_is_active=False
    )


async def test_an_ended_session_or_one_of_another_user_is_not_active(store: Store) -> None:
    user, other = a_user(credentials_version=2), a_user(credentials_version=2)
    ended = a_session(user, credentials_version=2, ended_at=MONDAY)
    ran_out = a_session(user, credentials_version=2, created_at=MONDAY - HOUR, expires_at=MONDAY)
    called_in = a_session(user, credentials_version=1)
    theirs = a_session(other, credentials_version=2)
    await save_all(store.unit_of_work, user, other, ended, ran_out, called_in, theirs)
    for session in (ended, ran_out, called_in, theirs, a_session(user)):
        state = await signed_in(store, user, session)
        assert state is not None
        assert not state.session_is_active
    assert await signed_in(store, a_user(), theirs) is None


async def test_a_reset_link_is_read_back_until_a_later_one_replaces_it(store: Store) -> None:
    user, other = a_user(), a_user(credentials_version=4)
    earlier, later, theirs = a_reset(user), a_reset(user), a_reset(other)
    await save_all(store.unit_of_work, user, other)
    for reset in (earlier, theirs, later):
        await save_all(store.unit_of_work, reset)
    async with store.unit_of_work() as uow:
        assert await uow.password_resets.by_token(earlier.token_hash) is None
        assert await uow.password_resets.by_token(later.token_hash) == later
        assert await uow.password_resets.by_token(theirs.token_hash) == theirs


async def test_of_concurrent_reset_links_all_are_accepted_and_one_remains(store: Store) -> None:
    user = a_user()
    await save_all(store.unit_of_work, user)
    resets = [a_reset(user) for _ in range(20)]
    assert await all_at_once(won(save_all(store.unit_of_work, reset)) for reset in resets) == 20
    async with store.unit_of_work() as uow:
        stored = [await uow.password_resets.by_token(reset.token_hash) for reset in resets]
    assert len([reset for reset in stored if reset is not None]) == 1


async def test_a_user_is_read_back_with_its_member_as_changed(store: Store) -> None:
    user = a_user(credentials_version=5)
    member = a_member(user)
    await save_all(store.unit_of_work, user, member)
    async with store.unit_of_work() as uow:
        assert await uow.users.account(user.id) == Account(user, member)
        assert await uow.users.account(UserId(IDS.new())) is None
    user = user.changed(at=MONDAY + HOUR, full_name="\u2615", locale=Locale.TURKISH)
    member = member.changed(at=MONDAY + HOUR, phone="1", company="\u2615")
    await save(store, user, member)
    async with store.unit_of_work() as uow:
        assert await uow.users.account(user.id) == Account(user, member)


async def test_a_member_changed_meanwhile_makes_the_commit_stale(store: Store) -> None:
    user = a_user()
    member = a_member(user)
    await save_all(store.unit_of_work, user, member)
    await save(store, member.changed(at=MONDAY, phone="1"))
    with pytest.raises(Stale):
        await save(store, member.changed(at=MONDAY, phone="2"))


async def list_users(
    store: Store, limit: int = 50, after: User | None = None, **criteria: object
) -> list[User]:
    async with store.unit_of_work() as uow:
        accounts = await uow.users.list(
            UserFilter(**criteria),  # type: ignore[arg-type] # the tests pass the right ones
            after=after.id if after else None,
            limit=limit,
        )
    assert all(account.member.user_id == account.user.id for account in accounts)
    return [account.user for account in accounts]


async def save_users(store: Store, *users: User) -> None:
    await save_all(store.unit_of_work, *users, *(a_member(user) for user in users))


async def test_users_are_listed_by_id_whatever_the_order_of_creation(
    store: Store,
) -> None:
    users = [a_user() for _ in range(5)]
    await save_users(store, *reversed(users))
    assert await list_users(store) == users
    assert await list_users(store, limit=2) == users[:2]
    assert await list_users(store, limit=2, after=users[1]) == users[2:4]
    assert await list_users(store, after=users[4]) == []


async def test_users_are_filtered_by_each_criterion_and_all_together(store: Store) -> None:
    member, admin = a_user(), a_user(role=Role.ADMIN)
    inactive = a_user(is_active=False, full_name="Grace Hopper")
    await save_users(store, member, admin, inactive)
    assert await list_users(store, role=Role.MEMBER) == [member, inactive]
    assert await list_users(store, is_active=True) == [member, admin]
    assert await list_users(store, text="HOPPER") == [inactive]
    assert await list_users(store, text="hopper", role=Role.MEMBER, is_active=False) == [inactive]
    assert await list_users(store, text="hopper", is_active=True) == []


@pytest.mark.parametrize(
    "text, finds",
    [
        ("gokce", True), ("G\u00d6K\u00c7E", True), ("Go\u0308kc\u0327e", True), ("isik", True),
        ("I\u015eIK", True), ("\u0130\u015e\u0130K", True), ("100%", True), ("a_b", True),
        ("c\\d", True), ("'; --", True), ("", True), ("gokce@example", True), ("e 100", True),
        ("1__", False), ("1%0", False), ("aXb", False), ("c\\\\d", False), ("%", True),
        ("_", True), ("\\", True), ("unknown", False),
    ],
    ids=ascii,
)  # fmt: skip
async def test_users_are_searched_by_any_part_of_address_and_name(
    store: Store, text: str, finds: bool
) -> None:
    user = a_user(
        email=EmailAddress.parse("g\u00f6k\u00e7e@example.com"),
        full_name="I\u015f\u0131k G\u00f6k\u00e7e 100% a_b c\\d '; --",
    )
    await save_users(store, user)
    assert await list_users(store, text=text) == ([user] if finds else [])


async def test_a_new_name_can_be_searched_and_the_old_one_no_longer(store: Store) -> None:
    user = a_user(full_name="Ada Byron")
    await save_users(store, user)
    await save(store, user.changed(at=MONDAY, full_name="Ada Lovelace"))
    assert len(await list_users(store, text="lovelace")) == 1
    assert await list_users(store, text="byron") == []


async def test_active_users_of_a_role_are_counted(store: Store) -> None:
    admins = [a_user(role=Role.ADMIN), a_user(role=Role.ADMIN, is_active=False)]
    await save_all(store.unit_of_work, *admins, a_user(), a_user())
    async with store.unit_of_work() as uow:
        counted = [await uow.users.count_active(role) for role in Role]
    assert counted == [2, 1, 0]


async def test_a_lock_on_the_super_admins_blocks_others_until_the_block_is_left(
    store: Store,
) -> None:
    async def lock() -> None:
        async with store.unit_of_work() as uow:
            await uow.lock_super_admins()

    async with store.unit_of_work() as holder:
        await holder.lock_super_admins()
        await holder.lock_super_admins()
        waiting = asyncio.create_task(lock())
        assert await is_waiting(waiting)
    await finished(waiting)


async def test_waiting_too_long_for_the_super_admins_raises(store: Store) -> None:
    async with store.unit_of_work() as holder, store.unit_of_work() as other:
        await holder.lock_super_admins()
        with pytest.raises(Unavailable):
            await other.lock_super_admins()


async def test_commits_before_the_lock_was_acquired_are_visible(store: Store) -> None:
    boss = a_user(role=Role.SUPER_ADMIN)
    await save_all(store.unit_of_work, boss)

    async def count_after_lock() -> int:
        async with store.unit_of_work() as uow:
            assert await uow.users.count_active(Role.SUPER_ADMIN) == 1
            await uow.lock_super_admins()
            return await uow.users.count_active(Role.SUPER_ADMIN)

    async with store.unit_of_work() as holder:
        await holder.lock_super_admins()
        counting = asyncio.create_task(count_after_lock())
        assert await is_waiting(counting)
        holder.users.save(boss.with_access(role=Role.ADMIN, is_active=True, at=MONDAY))
        await holder.commit()
    assert await finished(counting) == 0


async def test_concurrent_lookups_each_return_their_own_user(store: Store) -> None:
    user, admin, inactive = a_user(), a_user(role=Role.ADMIN), a_user(is_active=False)
    sessions = [a_session(user), a_session(user, ended_at=MONDAY), a_session(admin)]
    await save_all(store.unit_of_work, user, admin, inactive, *sessions)
    first, ended, other = sessions
    unknown = asyncio.create_task(signed_in(store, a_user(), first))
    hung_up = asyncio.create_task(signed_in(store, user, first))
    lookups = [(user, first), (user, ended), (admin, other), (inactive, other), (admin, first)]
    answers = asyncio.gather(*(signed_in(store, *pair) for pair in lookups))
    await asyncio.sleep(0)
    hung_up.cancel()
    states = [
        (state.role, state.is_active, state.session_is_active) for state in await answers if state
    ]
    assert states == [
        (Role.MEMBER, True, True),
        (Role.MEMBER, True, False),
        (Role.ADMIN, True, True),
        (Role.MEMBER, False, False),
        (Role.ADMIN, True, False),
    ]
    assert await unknown is None
