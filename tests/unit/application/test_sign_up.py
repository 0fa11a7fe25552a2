"""SignUp and CreateAdmin: the accounts that they create."""

from dataclasses import replace
from hashlib import sha256

import pytest

from application.auth.account_factory import NewAccount
from application.auth.session_issuer import Session
from application.common.caller import Caller
from domain.errors import EmailTaken, InvalidValue
from domain.users import EmailAddress, Locale, Role
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, PASSWORD, REFRESH_LIFETIME, TOKEN_LIFETIME, World

ADA = NewAccount(
    email=EmailAddress.parse("ada@example.com"), password=PASSWORD, full_name="Ada Lovelace"
)


async def sign_up(world: World, new: NewAccount = ADA) -> Session:
    return await world.sign_up(new, CLIENT)


async def test_a_sign_up_creates_an_active_member(world: World) -> None:
    user = (await sign_up(world)).account.user
    assert (user.role, user.is_active) == (Role.MEMBER, True)
    assert (user.email, user.full_name) == (ADA.email, ADA.full_name)
    assert (user.locale, user.reminders) == (Locale.ENGLISH, True)
    assert user.created_at == user.updated_at == world.clock.now()


async def test_the_returned_account_is_stored(world: World) -> None:
    account = (await sign_up(world)).account
    caller = Caller(account.user.id, account.user.role)
    assert await world.user(caller) == account.user
    assert await world.member(caller) == account.member


async def test_phone_company_and_language_are_stored(world: World) -> None:
    new = replace(ADA, phone="+90 212 555 01 02", company="Engines", locale=Locale.TURKISH)
    account = (await sign_up(world, new)).account
    assert (account.member.phone, account.member.company) == (new.phone, new.company)
    assert account.user.locale is Locale.TURKISH


async def test_a_sign_up_starts_a_session(world: World) -> None:
    session = await sign_up(world)
    caller = await world.authenticate(session.access_token)
    assert (caller.user_id, caller.role) == (session.account.user.id, Role.MEMBER)
    assert session.expires_in == TOKEN_LIFETIME


async def test_only_the_hash_of_the_refresh_token_is_stored_with_where_it_came_from(
    world: World,
) -> None:
    session = await sign_up(world)
    [stored] = world.store._state.refresh_sessions.all()
    assert stored.token_hash == sha256(session.refresh_token.encode()).digest()
    assert stored.user_id == session.account.user.id
    assert (stored.user_agent, stored.client_address) == (CLIENT.user_agent, CLIENT.address)
    assert stored.expires_at == world.clock.now() + REFRESH_LIFETIME


async def test_the_password_itself_is_not_stored(world: World) -> None:
    user = (await sign_up(world)).account.user
    assert user.password_hash == await world.passwords.hash(PASSWORD)
    assert user.password_hash != PASSWORD


async def test_neither_password_nor_tokens_appear_in_a_repr(world: World) -> None:
    session = await sign_up(world)
    shown = repr((ADA, session, session.account.user))
    for secret in (
        PASSWORD,
        session.access_token,
        session.refresh_token,
        session.account.user.password_hash,
    ):
        assert secret not in shown


@pytest.mark.parametrize(
    "again", ["ada@example.com", "ADA@Example.COM", " ada@example.com ", "\uff41da@example.com"]
)
async def test_an_address_has_one_account_however_it_is_spelt(world: World, again: str) -> None:
    await sign_up(world)
    with pytest.raises(EmailTaken):
        await sign_up(world, replace(ADA, email=EmailAddress.parse(again)))
    assert len(world.store._state.users) == 1


async def test_a_rejected_sign_up_stores_nothing(world: World) -> None:
    await sign_up(world)
    with pytest.raises(EmailTaken):
        await sign_up(world)
    state = world.store._state
    assert [len(state.users), len(state.members), len(state.refresh_sessions)] == [1, 1, 1]


@pytest.mark.parametrize(
    "password", ["1234567", "x" * 129, "", "ada@example.com", "ADA@example.COM "]
)
async def test_a_password_that_is_too_short_too_long_or_the_address_is_refused(
    world: World, password: str
) -> None:
    with pytest.raises(InvalidValue) as error:
        await sign_up(world, replace(ADA, password=password))
    assert error.value.field == "password"
    assert len(world.store._state.users) == 0


@pytest.mark.parametrize("password", ["tramcars", "x" * 128, "şifre ☕ şifre", "        "])
async def test_any_unicode_of_8_to_128_characters_is_a_password(
    world: World, password: str
) -> None:
    session = await sign_up(world, replace(ADA, password=password))
    assert await world.passwords.verify(password, session.account.user.password_hash)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
async def test_a_sign_up_for_another_role_is_rejected(world: World, role: Role) -> None:
    with pytest.raises(ValueError, match="member"):
        await sign_up(world, replace(ADA, role=role))


async def test_of_many_concurrent_sign_ups_with_one_address_exactly_one_succeeds(
    world: World,
) -> None:
    assert await outcomes(sign_up(world) for _ in range(64)) == {"Session": 1, "EmailTaken": 63}


async def test_an_address_taken_just_before_the_commit_is_taken(world: World) -> None:
    late = world.with_concurrent_action(lambda: sign_up(world))
    with pytest.raises(EmailTaken):
        await sign_up(late)
    assert len(world.store._state.users) == 1


@pytest.mark.parametrize("role", Role)
async def test_an_operator_creates_accounts_of_any_role(world: World, role: Role) -> None:
    account = await world.create_admin(replace(ADA, role=role))
    assert account.user.role is role
    assert account.member.user_id == account.user.id
    assert await world.user(Caller(account.user.id, role)) == account.user
    assert len(world.store._state.refresh_sessions) == 0


async def test_an_operator_cannot_take_an_address_either(world: World) -> None:
    await sign_up(world)
    with pytest.raises(EmailTaken):
        await world.create_admin(replace(ADA, role=Role.ADMIN))


async def test_an_unacceptable_password_from_an_operator_is_rejected_too(world: World) -> None:
    with pytest.raises(InvalidValue):
        await world.create_admin(replace(ADA, password="1234567"))


async def test_concurrent_operators_with_one_address_create_one_account(world: World) -> None:
    made = await outcomes(world.create_admin(ADA) for _ in range(10))
    assert made == {"Account": 1, "EmailTaken": 9}
