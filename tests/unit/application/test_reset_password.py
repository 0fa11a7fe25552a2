"""RequestPasswordReset and ResetPassword: a new password with a mailed link."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.auth.change_password import PasswordChange
from application.common.caller import Caller
from application.common.opaque_tokens import token_hash
from application.mails.mail import AccountContent, Mail, Recipient
from domain.audit import AuditEvent
from domain.errors import InvalidToken, InvalidValue, RateLimited
from domain.password_resets import RESET_LIFETIME
from domain.users import Locale, Role
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, FEW, FRONTEND_URL, PASSWORD, World

NEW = "battery staple"
LINK = f"{FRONTEND_URL}/reset-password?token="


async def request_reset(world: World, email: str) -> None:
    """Request a link and send the mail."""
    await world.request_password_reset(email, CLIENT)
    await world.deliver()


async def mailed_token(world: World, caller: Caller) -> str:
    await request_reset(world, await world.email_of(caller))
    return link_in(world.mails.mails[-1]).removeprefix(LINK)


def link_in(mail: Mail) -> str:
    assert isinstance(mail.content, AccountContent)
    return mail.content.link


async def reset(world: World, token: str, new: str = NEW) -> None:
    await world.reset_password(token, new, CLIENT)


async def test_a_link_to_the_front_end_is_mailed_to_the_user(world: World) -> None:
    caller = await world.a_caller()
    await request_reset(world, (await world.email_of(caller)).upper())
    [mail] = world.mails.mails
    user = await world.user(caller)
    assert mail.to == Recipient(address=user.email, full_name=user.full_name, locale=Locale.ENGLISH)
    assert link_in(mail).startswith(LINK)
    assert len(link_in(mail).removeprefix(LINK)) >= 43


async def test_no_token_is_stored_between_request_and_mail(world: World) -> None:
    caller = await world.a_caller()
    await world.request_password_reset(await world.email_of(caller), CLIENT)
    assert list(world.store._state.password_resets.all()) == []
    [job] = await world.enqueued_mails()
    assert set(job.payload) == {"occasion", "user_id", "credentials_version"}
    [mail] = await world.deliver()
    assert link_in(mail).removeprefix(LINK) not in repr((job, mail))


async def test_a_mail_that_is_sent_again_contains_the_same_link(world: World) -> None:
    caller = await world.a_caller()
    await world.request_password_reset(await world.email_of(caller), CLIENT)
    [job] = await world.enqueued_mails()
    await world.send_mail(job)
    await world.send_mail(job)
    first, again = world.mails.mails
    assert (first.key, link_in(first)) == (again.key, link_in(again))
    await reset(world, link_in(again).removeprefix(LINK))


async def test_a_used_link_is_not_restored_by_sending_it_again(world: World) -> None:
    caller = await world.a_caller()
    await world.request_password_reset(await world.email_of(caller), CLIENT)
    [job] = await world.enqueued_mails()
    await world.send_mail(job)
    token = link_in(world.mails.mails[0]).removeprefix(LINK)
    await reset(world, token)
    await world.send_mail(job)
    assert len(world.mails.mails) == 1
    with pytest.raises(InvalidToken):
        await reset(world, token, "yet another one")


@pytest.mark.parametrize(
    "email", ["nobody@example.com", "no address", "", "\ud800", "a@b"], ids=ascii
)
async def test_an_address_without_an_account_gets_the_same_result_and_no_mail(
    world: World, email: str
) -> None:
    await request_reset(world, email)
    assert world.mails.mails == []


async def test_a_deactivated_account_gets_no_mail(world: World) -> None:
    caller, admin = await world.a_caller(), await world.an_admin()
    await world.change_user(admin, caller.user_id, {"is_active": False})
    await request_reset(world, await world.email_of(caller))
    assert world.mails.mails == []


async def test_only_the_hash_of_the_token_is_stored(world: World) -> None:
    token = await mailed_token(world, await world.a_caller())
    [latest] = world.store._state.password_resets.all()
    assert latest.reset.token_hash == token_hash(token)
    assert token not in repr((latest, world.mails.mails))


async def test_the_link_sets_a_new_password_and_ends_every_session(world: World) -> None:
    caller = await world.a_caller()
    session = await world.log_in_as(caller)
    await reset(world, await mailed_token(world, caller))
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)
    with pytest.raises(InvalidToken):
        await world.refresh(session.refresh_token, CLIENT)
    assert await world.list_sessions(caller) == []
    await world.log_in_as(caller, NEW)


async def test_the_link_works_once(world: World) -> None:
    token = await mailed_token(world, await world.a_caller())
    await reset(world, token)
    with pytest.raises(InvalidToken):
        await reset(world, token, "yet another one")


async def test_of_many_concurrent_uses_of_a_link_one_succeeds(world: World) -> None:
    token = await mailed_token(world, await world.a_caller())
    results = await outcomes(reset(world, token, f"{NEW} {n}") for n in range(10))
    assert results == {"NoneType": 1, "InvalidToken": 9}


async def test_the_link_is_valid_for_an_hour(world: World) -> None:
    caller = await world.a_caller()
    token = await mailed_token(world, caller)
    world.clock.advance(RESET_LIFETIME)
    with pytest.raises(InvalidToken):
        await reset(world, token)
    token = await mailed_token(world, caller)
    world.clock.advance(RESET_LIFETIME - timedelta(microseconds=1))
    await reset(world, token)


async def test_a_later_link_replaces_an_earlier_one(world: World) -> None:
    caller = await world.a_caller()
    earlier, later = await mailed_token(world, caller), await mailed_token(world, caller)
    with pytest.raises(InvalidToken):
        await reset(world, earlier)
    await reset(world, later)


async def test_links_of_two_users_are_independent(world: World) -> None:
    first, other = await world.a_caller(), await world.a_caller()
    token = await mailed_token(world, first)
    await mailed_token(world, other)
    await reset(world, token)
    await world.log_in_as(first, NEW)
    await world.log_in_as(other)


async def test_a_link_is_invalid_after_another_change_of_the_password(world: World) -> None:
    caller = await world.a_caller()
    token = await mailed_token(world, caller)
    await world.change_password(caller, PasswordChange(PASSWORD, "yet another one"))
    with pytest.raises(InvalidToken):
        await reset(world, token)


async def test_no_link_opens_a_deactivated_account(world: World) -> None:
    caller, admin = await world.a_caller(), await world.an_admin()
    token = await mailed_token(world, caller)
    for is_active in (False, True):
        await world.change_user(admin, caller.user_id, {"is_active": is_active})
        with pytest.raises(InvalidToken):
            await reset(world, token)


@pytest.mark.parametrize("new", ["1234567", "x" * 129, "password"])
async def test_an_unacceptable_password_is_rejected_and_the_link_stays_valid(
    world: World, new: str
) -> None:
    token = await mailed_token(world, await world.a_caller())
    with pytest.raises(InvalidValue) as error:
        await reset(world, token, new)
    assert error.value.field == "new_password"
    await reset(world, token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\0", "a" * 10_000], ids=ascii)
async def test_an_unknown_token_is_rejected(world: World, token: str) -> None:
    with pytest.raises(InvalidToken):
        await reset(world, token)


async def test_other_tokens_are_no_reset_tokens(world: World) -> None:
    session = await world.log_in_as(await world.a_caller())
    for token in (session.access_token, session.refresh_token):
        with pytest.raises(InvalidToken):
            await reset(world, token)


async def test_requests_are_limited_per_address_for_all_accounts_together(world: World) -> None:
    caller = await world.a_caller(Role.ADMIN)
    for n in range(FEW.password_resets):
        await request_reset(world, f"person{n}@example.com")
    with pytest.raises(RateLimited):
        await request_reset(world, await world.email_of(caller))
    await world.request_password_reset("x@example.com", replace(CLIENT, address=None))


async def test_requests_and_resets_are_recorded_without_a_token(world: World) -> None:
    caller = await world.a_caller()
    await request_reset(world, "nobody@example.com")
    token = await mailed_token(world, caller)
    await reset(world, token)
    unknown, known = await world.audit_entries(event=AuditEvent.USER_PASSWORD_RESET_REQUESTED)
    [done] = await world.audit_entries(event=AuditEvent.USER_PASSWORD_RESET)
    assert (unknown.subject_id, known.subject_id) == (None, caller.user_id)
    assert (done.actor_id, done.subject_id) == (caller.user_id, caller.user_id)
    assert token not in repr((unknown, known, done))
    assert "nobody" not in repr(unknown)
