"""Refresh: each token works once, and reusing it ends its session."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.auth.session_issuer import Session
from application.common.opaque_tokens import token_hash
from domain.audit import AuditEvent
from domain.errors import InvalidToken, RateLimited, RefreshTokenReused
from domain.sessions import MAX_SESSION_AGE
from domain.users import Role
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, FEW, REFRESH_LIFETIME, World

MICROSECOND = timedelta(microseconds=1)


async def refresh(world: World, token: str) -> Session:
    return await world.refresh(token, CLIENT)


async def test_a_refresh_returns_new_tokens_of_the_same_session(world: World) -> None:
    caller = await world.a_caller()
    first = await world.log_in_as(caller)
    before = await world.authenticate(first.access_token)
    world.clock.advance(timedelta(minutes=10))
    second = await refresh(world, first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert second.account == first.account
    assert await world.authenticate(second.access_token) == before
    assert await world.authenticate(first.access_token) == before


async def test_only_hashes_of_tokens_are_stored_including_used_ones(world: World) -> None:
    first = await world.log_in_as(await world.a_caller())
    second = await refresh(world, first.refresh_token)
    state = world.store._state
    assert state.session_by_token.get(token_hash(second.refresh_token)) is not None
    assert state.used_tokens.get(token_hash(first.refresh_token)) is not None
    stored = repr([*state.refresh_sessions.all(), *state.used_tokens.all()])
    assert first.refresh_token not in stored
    assert second.refresh_token not in stored


async def test_a_used_token_is_rejected_and_revokes_every_token_of_its_session(
    world: World,
) -> None:
    caller = await world.a_caller()
    other = await world.log_in_as(caller)
    first = await world.log_in_as(caller)
    second = await refresh(world, first.refresh_token)
    third = await refresh(world, second.refresh_token)
    with pytest.raises(RefreshTokenReused):
        await refresh(world, first.refresh_token)
    with pytest.raises(InvalidToken):
        await refresh(world, third.refresh_token)
    for session in (first, second, third):
        with pytest.raises(InvalidToken):
            await world.authenticate(session.access_token)
    await world.authenticate(other.access_token)
    await refresh(world, other.refresh_token)


async def test_a_used_token_of_an_ended_session_is_still_reported_as_reused(world: World) -> None:
    first = await world.log_in_as(await world.a_caller())
    second = await refresh(world, first.refresh_token)
    await world.log_out(second.refresh_token, CLIENT)
    world.clock.advance(REFRESH_LIFETIME)
    for _ in range(2):
        with pytest.raises(RefreshTokenReused):
            await refresh(world, first.refresh_token)


async def test_of_many_concurrent_refreshes_one_gets_tokens_and_the_session_ends(
    world: World,
) -> None:
    first = await world.log_in_as(await world.a_caller())
    got: list[Session] = []

    async def attempt() -> Session:
        session = await refresh(world, first.refresh_token)
        got.append(session)
        return session

    results = await outcomes(attempt() for _ in range(32))
    assert results == {"Session": 1, "RefreshTokenReused": 31}
    [session] = got
    with pytest.raises(InvalidToken):
        await refresh(world, session.refresh_token)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


async def test_a_refresh_just_before_the_commit_of_another_wins(world: World) -> None:
    first = await world.log_in_as(await world.a_caller())
    late = world.with_concurrent_action(lambda: refresh(world, first.refresh_token))
    with pytest.raises(RefreshTokenReused):
        await refresh(late, first.refresh_token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\0", "a" * 100_000], ids=ascii)
async def test_an_unknown_token_is_rejected(world: World, token: str) -> None:
    await world.log_in_as(await world.a_caller())
    with pytest.raises(InvalidToken):
        await refresh(world, token)


async def test_access_and_refresh_tokens_are_not_interchangeable(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    with pytest.raises(InvalidToken):
        await refresh(world, session.access_token)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.refresh_token)


async def test_each_refresh_extends_the_session(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    for _ in range(3):
        world.clock.advance(REFRESH_LIFETIME - MICROSECOND)
        session = await refresh(world, session.refresh_token)
    world.clock.advance(REFRESH_LIFETIME)
    with pytest.raises(InvalidToken):
        await refresh(world, session.refresh_token)


async def test_no_session_lasts_longer_than_half_a_year(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    end = world.clock.now() + MAX_SESSION_AGE
    while world.clock.now() + REFRESH_LIFETIME < end:
        world.clock.advance(REFRESH_LIFETIME - MICROSECOND)
        session = await refresh(world, session.refresh_token)
    world.clock.set(end - MICROSECOND)
    session = await refresh(world, session.refresh_token)
    await world.authenticate(session.access_token)
    world.clock.set(end)
    with pytest.raises(InvalidToken):
        await refresh(world, session.refresh_token)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


async def test_a_deactivated_user_cannot_refresh_even_after_an_activation(world: World) -> None:
    caller, boss = await world.a_caller(), await world.a_caller(Role.SUPER_ADMIN)
    session = await world.log_in_as(caller)
    for is_active in (False, True):
        await world.change_user(boss, caller.user_id, {"is_active": is_active})
        with pytest.raises(InvalidToken):
            await refresh(world, session.refresh_token)
        with pytest.raises(InvalidToken):
            await world.authenticate(session.access_token)
    await world.log_in_as(caller)


async def test_a_refresh_preserves_the_origin_of_the_session_and_updates_its_last_use(
    world: World,
) -> None:
    caller = await world.a_caller()
    session = await world.log_in_as(caller)
    logged_in_at = world.clock.now()
    world.clock.advance(timedelta(hours=1))
    await world.refresh(session.refresh_token, replace(CLIENT, address="192.0.2.99"))
    [own] = await world.list_sessions(caller)
    assert own.session.created_at == logged_in_at
    assert own.session.last_used_at == world.clock.now()
    assert own.session.client_address == CLIENT.address


async def test_refreshes_are_limited_per_address(
    world: World,
) -> None:
    session = await world.log_in_as(await world.a_caller())
    for _ in range(FEW.refreshes):
        with pytest.raises(InvalidToken):
            await refresh(world, "nobody's")
    with pytest.raises(RateLimited):
        await refresh(world, session.refresh_token)
    session = await world.refresh(session.refresh_token, replace(CLIENT, address="192.0.2.99"))
    world.clock.advance(timedelta(hours=1))
    await refresh(world, session.refresh_token)


async def test_a_reuse_is_recorded_with_the_user_of_the_session(world: World) -> None:
    caller = await world.a_caller()
    first = await world.log_in_as(caller)
    await refresh(world, first.refresh_token)
    with pytest.raises(RefreshTokenReused):
        await refresh(world, first.refresh_token)
    [entry] = await world.audit_entries(event=AuditEvent.SESSION_REFRESH_REUSED)
    assert entry.details == {"user_id": str(caller.user_id)}
    assert (entry.actor_id, entry.client_address) == (None, CLIENT.address)
