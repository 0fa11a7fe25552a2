"""LogIn, Authenticate and GetMe."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory import FakePasswordHasher
from application.auth.client import Client
from application.auth.log_in import Credentials
from application.auth.session_issuer import Session
from application.common.caller import Caller
from domain.errors import InvalidCredentials, InvalidToken
from domain.ids import SessionId, UserId
from domain.users import Role
from tests.entities import IDS
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, PASSWORD, TOKEN_LIFETIME, World


class WatchedPasswords(FakePasswordHasher):
    """Records the work done, and runs `during_verify` during each verification."""

    def __init__(self, scheme: str = "plain") -> None:
        super().__init__(scheme)
        self.work: list[str] = []
        self.during_verify: Callable[[], Awaitable[object]] | None = None

    async def hash(self, password: str) -> str:
        self.work.append("hash")
        return await super().hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.work.append("verify")
        is_right = await super().verify(password, password_hash)
        if self.during_verify is not None:
            await self.during_verify()
        return is_right


async def log_in(world: World, email: str, password: str = PASSWORD) -> Session:
    return await world.log_in(Credentials(email, password), CLIENT)


async def email_of(world: World, caller: Caller) -> str:
    return str((await world.user(caller)).email)


async def deactivate(world: World, caller: Caller) -> None:
    user = await world.user(caller)
    await world.save_user(replace(user, is_active=False, version=user.version + 1))


async def test_the_correct_password_starts_a_session(world: World) -> None:
    caller = await world.a_caller()
    session = await log_in(world, await email_of(world, caller))
    assert session.account.user == await world.user(caller)
    assert session.account.member == await world.member(caller)
    assert (await world.authenticate(session.access_token)).user_id == caller.user_id


async def test_the_email_address_is_case_insensitive(world: World) -> None:
    caller = await world.a_caller()
    session = await log_in(world, f" {(await email_of(world, caller)).upper()} ")
    assert session.account.user.id == caller.user_id


async def test_each_log_in_returns_its_own_tokens(world: World) -> None:
    email = await email_of(world, await world.a_caller())
    first, other = await log_in(world, email), await log_in(world, email)
    assert first.refresh_token != other.refresh_token
    assert first.access_token != other.access_token
    assert len(world.store._state.refresh_sessions) == 2


@pytest.mark.parametrize("case", ["wrong password", "unknown", "malformed", "deactivated"])
async def test_every_failure_raises_the_same_error_after_the_same_work(case: str) -> None:
    passwords = WatchedPasswords()
    world = World(passwords=passwords)
    caller = await world.a_caller()
    known = await email_of(world, caller)
    email, password = {
        "wrong password": (known, "wrong password"),
        "unknown": ("nobody@example.com", PASSWORD),
        "malformed": ("no address at all", PASSWORD),
        "deactivated": (known, PASSWORD),
    }[case]
    if case == "deactivated":
        await deactivate(world, caller)
    passwords.work.clear()
    with pytest.raises(InvalidCredentials) as error:
        await log_in(world, email, password)
    assert passwords.work == ["verify"]
    assert error.value.message == "E-mail address or password is wrong."
    assert error.value.details == {}
    assert len(world.store._state.refresh_sessions) == 0


async def test_a_hash_with_outdated_parameters_is_replaced(world: World) -> None:
    caller = await world.a_caller()
    email = await email_of(world, caller)
    before = await world.user(caller)
    stronger = world.with_passwords(FakePasswordHasher("stronger"))
    session = await log_in(stronger, email)
    after = await world.user(caller)
    assert after == before.with_password_hash(f"stronger:{PASSWORD}", at=world.clock.now())
    assert session.account.user == after
    assert (await log_in(stronger, email)).account.user == after


async def test_a_hash_with_current_parameters_is_unchanged(world: World) -> None:
    caller = await world.a_caller()
    before = await world.user(caller)
    await log_in(world, await email_of(world, caller))
    assert await world.user(caller) == before


async def test_many_concurrent_log_ins_all_succeed(world: World) -> None:
    email = await email_of(world, await world.a_caller())
    assert await outcomes(log_in(world, email) for _ in range(20)) == {"Session": 20}


async def test_concurrent_log_ins_all_succeed_while_the_hash_is_replaced(world: World) -> None:
    email = await email_of(world, await world.a_caller())
    stronger = world.with_passwords(FakePasswordHasher("stronger"))
    assert await outcomes(log_in(stronger, email) for _ in range(5)) == {"Session": 5}


async def test_a_user_deactivated_during_the_password_check_is_rejected() -> None:
    passwords = WatchedPasswords()
    world = World(passwords=passwords)
    caller = await world.a_caller()
    email = await email_of(world, caller)
    passwords.during_verify = lambda: deactivate(world, caller)
    with pytest.raises(InvalidCredentials):
        await log_in(world, email)
    assert len(world.store._state.refresh_sessions) == 0


async def test_an_old_password_is_rejected_when_it_changes_during_the_check() -> None:
    passwords = WatchedPasswords()
    world = World(passwords=passwords)
    caller = await world.a_caller()
    email = await email_of(world, caller)

    async def change_password() -> None:
        passwords.during_verify = None
        user = await world.user(caller)
        changed = user.with_password_hash("plain:another one", at=world.clock.now())
        await world.save_user(changed)

    passwords.during_verify = change_password
    with pytest.raises(InvalidCredentials):
        await log_in(world, email)
    assert len(world.store._state.refresh_sessions) == 0


@pytest.mark.parametrize(
    "sent, stored",
    [
        ("a browser \u2615", "a browser \u2615"),
        ("a\0b\r\nc\ud800\x1b[31m\u202e", "abc[31m"),
        ("x" * 100_000, "x" * 300),
        ("", None),
        ("\0", None),
        (None, None),
    ],
    ids=ascii,
)
def test_a_user_agent_is_stored_printable_and_truncated(
    sent: str | None, stored: str | None
) -> None:
    assert Client(sent).user_agent == stored


async def test_credentials_do_not_appear_in_a_repr() -> None:
    assert PASSWORD not in repr(Credentials("ada@example.com", PASSWORD))


async def test_a_token_identifies_its_caller_until_it_expires(world: World) -> None:
    caller = await world.a_caller()
    session = await log_in(world, await email_of(world, caller))
    world.clock.advance(TOKEN_LIFETIME - timedelta(microseconds=1))
    named = await world.authenticate(session.access_token, "192.0.2.7")
    [stored] = world.store._state.refresh_sessions.all()
    assert named == Caller(caller.user_id, caller.role, stored.id, "192.0.2.7")
    world.clock.advance(timedelta(microseconds=1))
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


async def test_text_that_is_no_token_is_rejected(world: World) -> None:
    with pytest.raises(InvalidToken):
        await world.authenticate("no token")


async def test_a_token_of_an_unknown_user_is_rejected(world: World) -> None:
    token = world.tokens.issue(UserId(IDS.new()), SessionId(IDS.new()), 1, at=world.clock.now())
    with pytest.raises(InvalidToken):
        await world.authenticate(token)


async def test_a_deactivation_takes_effect_with_the_next_request(world: World) -> None:
    caller = await world.a_caller()
    session = await log_in(world, await email_of(world, caller))
    await deactivate(world, caller)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


async def test_a_new_role_takes_effect_with_the_next_request(world: World) -> None:
    caller = await world.a_caller()
    session = await log_in(world, await email_of(world, caller))
    await world.save_user(replace(await world.user(caller), role=Role.ADMIN, version=2))
    assert (await world.authenticate(session.access_token)).role is Role.ADMIN


async def test_each_caller_gets_their_own_account(world: World) -> None:
    first, other = await world.a_caller(), await world.an_admin()
    for caller in (first, other):
        account = await world.get_me(caller)
        assert account.user == await world.user(caller)
        assert account.member == await world.member(caller)
