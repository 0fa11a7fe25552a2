"""UpdateMe: changes of the caller's own profile."""

import pytest

from application.auth.update_me import ProfileChanges
from domain.users import Account, Locale
from tests.entities import HOUR
from tests.unit.application.racing import outcomes
from tests.unit.application.world import World


async def test_the_given_fields_change(world: World) -> None:
    caller = await world.a_caller()
    world.clock.advance(HOUR)
    changes: ProfileChanges = {
        "full_name": "Grace Hopper",
        "phone": "+90 212 555 01 02",
        "company": "Compilers",
        "locale": Locale.TURKISH,
        "reminders": False,
    }
    account = await world.update_me(caller, changes)
    assert account == Account(await world.user(caller), await world.member(caller))
    user, member = account.user, account.member
    assert (user.full_name, user.locale, user.reminders) == ("Grace Hopper", Locale.TURKISH, False)
    assert (member.phone, member.company) == (changes["phone"], changes["company"])
    assert user.updated_at == member.updated_at == world.clock.now()


async def test_an_omitted_field_is_unchanged_and_none_clears_it(world: World) -> None:
    caller = await world.a_caller()
    await world.update_me(caller, {"phone": "1", "company": "Compilers"})
    user = await world.user(caller)
    account = await world.update_me(caller, {"phone": None})
    assert (account.member.phone, account.member.company) == (None, "Compilers")
    assert account.user == user == await world.user(caller)


async def test_an_empty_change_changes_nothing(world: World) -> None:
    caller = await world.a_caller()
    before = Account(await world.user(caller), await world.member(caller))
    assert await world.update_me(caller, {}) == before
    assert Account(await world.user(caller), await world.member(caller)) == before


async def test_a_profile_change_ends_no_session(world: World) -> None:
    caller = await world.a_caller()
    session = await world.log_in_as(caller)
    await world.update_me(caller, {"full_name": "Grace Hopper"})
    await world.authenticate(session.access_token)


async def test_concurrent_changes_are_all_applied(world: World) -> None:
    caller = await world.a_caller()
    changes: list[ProfileChanges] = [
        {"full_name": "Grace Hopper"}, {"locale": Locale.TURKISH}, {"reminders": False},
        {"phone": "1"}, {"company": "Compilers"},
    ]  # fmt: skip
    assert await outcomes(world.update_me(caller, each) for each in changes) == {"Account": 5}
    user, member = await world.user(caller), await world.member(caller)
    assert (user.full_name, user.locale, user.reminders) == ("Grace Hopper", Locale.TURKISH, False)
    assert (member.phone, member.company) == ("1", "Compilers")


@pytest.mark.parametrize("field", ["role", "is_active", "password_hash", "email"])
async def test_no_other_field_can_be_changed(world: World, field: str) -> None:
    caller = await world.a_caller()
    before = await world.user(caller)
    with pytest.raises(TypeError, match=field):
        await world.update_me(caller, {field: "x"})  # type: ignore[misc] # that is the mistake
    assert await world.user(caller) == before
