"""LogOut, ListSessions and EndSession: a user's own sessions."""

from datetime import timedelta

import pytest

from application.auth.session_issuer import Session
from application.common.caller import Caller
from domain.audit import AuditEvent
from domain.errors import InvalidToken, NotFound
from domain.ids import SessionId
from domain.users import Role
from tests.entities import IDS
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, REFRESH_LIFETIME, World


async def is_over(world: World, session: Session) -> bool:
    """Whether both of its tokens are rejected."""
    opened = await outcomes(
        [world.authenticate(session.access_token), world.refresh(session.refresh_token, CLIENT)]
    )
    assert opened in ({"InvalidToken": 2}, {"Caller": 1, "Session": 1})
    return opened["InvalidToken"] == 2


async def session_id(world: World, session: Session) -> SessionId:
    id_ = (await world.authenticate(session.access_token)).session_id
    assert id_ is not None
    return id_


async def test_logging_out_ends_that_session_and_no_other(world: World) -> None:
    caller = await world.a_caller()
    first, other = await world.log_in_as(caller), await world.log_in_as(caller)
    await world.log_out(first.refresh_token, CLIENT)
    assert await is_over(world, first)
    assert not await is_over(world, other)


async def test_a_used_token_of_the_session_logs_out_too(world: World) -> None:
    first = await world.log_in_as(await world.a_caller())
    second = await world.refresh(first.refresh_token, CLIENT)
    await world.log_out(first.refresh_token, CLIENT)
    assert await is_over(world, second)


async def test_logging_out_again_or_with_an_unknown_token_is_no_error(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    for token in (session.refresh_token, session.refresh_token, "nobody's", "", "\ud800"):
        await world.log_out(token, CLIENT)
    assert len(await world.audit_entries(event=AuditEvent.SESSION_ENDED)) == 1


async def test_logging_out_during_a_refresh_leaves_no_live_session(world: World) -> None:
    caller = await world.a_caller()
    session = await world.log_in_as(caller)
    late = world.with_concurrent_action(lambda: world.refresh(session.refresh_token, CLIENT))
    await late.log_out(session.refresh_token, CLIENT)
    assert await world.list_sessions(caller) == []


async def test_own_sessions_are_listed_last_used_first_with_the_current_one_marked(
    world: World,
) -> None:
    caller = await world.a_caller()
    await world.log_in_as(await world.a_caller())
    first = await world.log_in_as(caller)
    world.clock.advance(timedelta(minutes=1))
    second = await world.log_in_as(caller)
    current = await world.authenticate(first.access_token)
    listed = await world.list_sessions(current)
    assert [own.session.id for own in listed] == [
        await session_id(world, second),
        current.session_id,
    ]
    assert [own.is_current for own in listed] == [False, True]
    assert listed[0].session.user_agent == CLIENT.user_agent
    assert listed[0].session.client_address == CLIENT.address


async def test_ended_and_expired_sessions_are_not_listed(world: World) -> None:
    caller = await world.a_caller()
    await world.log_in_as(caller)
    world.clock.advance(REFRESH_LIFETIME)
    logged_out = await world.log_in_as(caller)
    await world.log_out(logged_out.refresh_token, CLIENT)
    assert await world.list_sessions(caller) == []


async def test_a_very_long_list_is_truncated(world: World) -> None:
    caller = await world.a_caller()
    for _ in range(205):
        await world.log_in_as(caller)
    assert len(await world.list_sessions(caller)) == 200


async def test_a_session_can_be_ended_from_another_one(world: World) -> None:
    caller = await world.a_caller()
    here, elsewhere = await world.log_in_as(caller), await world.log_in_as(caller)
    current = await world.authenticate(here.access_token)
    await world.end_session(current, await session_id(world, elsewhere))
    assert await is_over(world, elsewhere)
    assert not await is_over(world, here)


async def test_the_current_session_can_be_ended_too(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    current = await world.authenticate(session.access_token)
    await world.end_session(current, await session_id(world, session))
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


@pytest.mark.parametrize("role", Role)
async def test_another_users_an_unknown_and_an_ended_session_are_not_found(
    world: World, role: Role
) -> None:
    caller, other = await world.a_caller(role), await world.a_caller()
    theirs, ended = await world.log_in_as(other), await world.log_in_as(caller)
    ended_id = await session_id(world, ended)
    await world.end_session(caller, ended_id)
    for hidden_id in (await session_id(world, theirs), SessionId(IDS.new()), ended_id):
        with pytest.raises(NotFound):
            await world.end_session(caller, hidden_id)
    assert not await is_over(world, theirs)


async def test_the_end_of_a_session_is_recorded(world: World) -> None:
    caller = await world.a_caller()
    first, other = await world.log_in_as(caller), await world.log_in_as(caller)
    ids = [await session_id(world, each) for each in (first, other)]
    await world.log_out(first.refresh_token, CLIENT)
    await world.end_session(Caller(caller.user_id, caller.role, ids[0], "192.0.2.5"), ids[1])
    entries = await world.audit_entries(event=AuditEvent.SESSION_ENDED)
    assert [entry.subject_id for entry in entries] == ids
    assert [entry.client_address for entry in entries] == [CLIENT.address, "192.0.2.5"]
    assert {entry.actor_id for entry in entries} == {caller.user_id}
