"""ChangePassword: the new password, and its effect on sessions and tokens."""

from dataclasses import replace

import pytest

from adapters.memory import FakePasswordHasher
from application.auth.change_password import PasswordChange
from application.auth.session_issuer import Session
from application.common.caller import Caller
from domain.audit import AuditEvent
from domain.errors import InvalidCredentials, InvalidToken, InvalidValue, RateLimited
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, FEW, PASSWORD, World

NEW = "battery staple"
CHANGE = PasswordChange(PASSWORD, NEW)


async def log_in(world: World, caller: Caller) -> tuple[Session, Caller]:
    session = await world.log_in_as(caller)
    return session, await world.authenticate(session.access_token, CLIENT.address)


async def test_only_the_new_password_is_accepted_after_a_change(world: World) -> None:
    caller = await world.a_caller()
    await world.change_password(caller, CHANGE)
    await world.log_in_as(caller, NEW)
    with pytest.raises(InvalidCredentials):
        await world.log_in_as(caller, PASSWORD)


async def test_every_other_session_ends_and_the_current_one_continues(world: World) -> None:
    caller = await world.a_caller()
    other = await world.log_in_as(caller)
    session, current = await log_in(world, caller)
    await world.change_password(current, CHANGE)
    with pytest.raises(InvalidToken):
        await world.refresh(other.refresh_token, CLIENT)
    renewed = await world.refresh(session.refresh_token, CLIENT)
    assert (await world.authenticate(renewed.access_token)).session_id == current.session_id
    assert [own.is_current for own in await world.list_sessions(current)] == [True]


async def test_every_earlier_access_token_is_rejected_even_one_of_the_same_instant(
    world: World,
) -> None:
    caller = await world.a_caller()
    other = await world.log_in_as(caller)
    session, current = await log_in(world, caller)
    await world.change_password(current, CHANGE)
    for old in (other, session):
        with pytest.raises(InvalidToken):
            await world.authenticate(old.access_token)
    await world.authenticate((await world.log_in_as(caller, NEW)).access_token)


async def test_a_wrong_current_password_changes_nothing(world: World) -> None:
    session, current = await log_in(world, await world.a_caller())
    before = await world.user(current)
    with pytest.raises(InvalidCredentials):
        await world.change_password(current, PasswordChange("wrong one", NEW))
    assert await world.user(current) == before
    await world.authenticate(session.access_token)


@pytest.mark.parametrize("new", ["1234567", "x" * 129, "password", "PassWord"])
async def test_an_unacceptable_new_password_is_rejected(world: World, new: str) -> None:
    caller = await world.a_caller()
    with pytest.raises(InvalidValue) as error:
        await world.change_password(caller, PasswordChange(PASSWORD, new))
    assert error.value.field == "new_password"
    await world.log_in_as(caller)


async def test_the_new_password_may_not_be_the_email_address(world: World) -> None:
    caller = await world.a_caller()
    with pytest.raises(InvalidValue) as error:
        await world.change_password(caller, PasswordChange(PASSWORD, await world.email_of(caller)))
    assert error.value.field == "new_password"


async def test_guesses_at_the_current_password_are_limited_like_log_ins(world: World) -> None:
    _, current = await log_in(world, await world.a_caller())
    for _ in range(FEW.log_in_attempts):
        with pytest.raises(InvalidCredentials):
            await world.change_password(current, PasswordChange("wrong one", NEW))
    with pytest.raises(RateLimited):
        await world.change_password(current, CHANGE)
    with pytest.raises(RateLimited):
        await world.log_in_as(current)


async def test_of_many_concurrent_changes_one_succeeds(world: World) -> None:
    caller = await world.a_caller()
    changes = (
        world.change_password(caller, PasswordChange(PASSWORD, f"{NEW} {n}")) for n in range(5)
    )
    results = await outcomes(changes)
    assert results == {"NoneType": 1, "InvalidCredentials": 4}


async def test_a_concurrent_log_in_with_the_old_password_starts_no_live_session(
    world: World,
) -> None:
    caller = await world.a_caller()
    late = world.with_concurrent_action(lambda: world.change_password(caller, CHANGE))
    session = await late.log_in_as(caller)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)
    with pytest.raises(InvalidToken):
        await world.refresh(session.refresh_token, CLIENT)


async def test_a_concurrent_refresh_does_not_end_the_current_session(world: World) -> None:
    session, current = await log_in(world, await world.a_caller())
    renewed: list[Session] = []

    async def refresh() -> None:
        renewed.append(await world.refresh(session.refresh_token, CLIENT))

    await world.with_concurrent_action(refresh).change_password(current, CHANGE)
    await world.refresh(renewed[0].refresh_token, CLIENT)


async def test_a_concurrent_rehash_does_not_prevent_the_change(world: World) -> None:
    caller = await world.a_caller()
    stronger = world.with_passwords(FakePasswordHasher("stronger"))
    late = world.with_concurrent_action(lambda: stronger.log_in_as(caller))
    await late.change_password(caller, CHANGE)
    await world.log_in_as(caller, NEW)


async def test_changes_and_failures_are_recorded_without_a_password(world: World) -> None:
    caller = replace(await world.a_caller(), client_address="192.0.2.5")
    with pytest.raises(InvalidCredentials):
        await world.change_password(caller, PasswordChange("wrong one", NEW))
    await world.change_password(caller, CHANGE)
    failed, changed = (await world.audit_entries(actor_id=caller.user_id))[-2:]
    assert (failed.event, changed.event) == (
        AuditEvent.USER_LOG_IN_FAILED,
        AuditEvent.USER_PASSWORD_CHANGED,
    )
    assert {failed.subject_id, changed.subject_id} == {caller.user_id}
    assert failed.client_address == "192.0.2.5"
    for secret in (NEW, PASSWORD, "wrong one"):
        assert secret not in repr((failed, changed, CHANGE))
