"""The audit log: the entries that use cases record, and SearchAudit."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.audit.search_audit import AuditQuery
from application.auth.account_factory import NewAccount
from application.auth.log_in import Credentials
from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from application.ports.audit_log import AuditFilter, AuditPosition
from domain.audit import AuditEntry, AuditEvent
from domain.cancellation import RefundChoice
from domain.errors import BookingConflict, Forbidden, InvalidCredentials
from domain.users import EmailAddress, Role
from tests.unit.application.world import CLIENT, PASSWORD, World


async def search(
    world: World, caller: Caller, limit: int = 50, **criteria: Any
) -> list[AuditEntry]:
    """Return the entries of all pages."""
    entries: list[AuditEntry] = []
    after: AuditPosition | None = None
    while True:
        query = AuditQuery(criteria=AuditFilter(**criteria), after=after, limit=limit)
        page = await world.search_audit(caller, query)
        entries += page.items
        after = page.next
        if after is None:
            return entries


async def test_a_sign_up_is_recorded_as_done_by_the_new_user(world: World) -> None:
    ada = NewAccount(
        email=EmailAddress.parse("ada@example.com"), password=PASSWORD, full_name="Ada Lovelace"
    )
    user = (await world.sign_up(ada, CLIENT)).account.user
    [entry] = await world.audit_entries()
    assert (entry.event, entry.actor_id) == (AuditEvent.USER_SIGNED_UP, user.id)
    assert (entry.subject_type, entry.subject_id) == ("user", user.id)
    assert (entry.at, entry.client_address) == (world.clock.now(), CLIENT.address)


async def test_an_account_made_by_an_operator_is_recorded_with_its_role(world: World) -> None:
    caller = await world.a_caller(Role.ADMIN)
    [entry] = await world.audit_entries()
    assert (entry.event, entry.subject_id) == (AuditEvent.USER_CREATED, caller.user_id)
    assert (entry.actor_id, entry.details) == (None, {"role": "ADMIN"})


async def test_log_ins_are_recorded_and_failures_without_the_input(world: World) -> None:
    caller = await world.a_caller()
    await world.log_in_as(caller)
    for email in (await world.email_of(caller), "my secret@example.com", "my secret"):
        with pytest.raises(InvalidCredentials):
            await world.log_in(Credentials(email, "wrong one"), CLIENT)
    done, *failed = (await world.audit_entries())[1:]
    assert (done.event, done.actor_id, done.subject_id) == (
        AuditEvent.USER_LOGGED_IN,
        caller.user_id,
        caller.user_id,
    )
    assert {entry.event for entry in failed} == {AuditEvent.USER_LOG_IN_FAILED}
    assert [entry.subject_id for entry in failed] == [caller.user_id, None, None]
    assert {entry.actor_id for entry in failed} == {None}
    assert "secret" not in repr(failed)


async def test_changes_of_spaces_are_recorded(world: World) -> None:
    admin = replace(await world.an_admin(), client_address="192.0.2.5")
    space = await world.a_space()
    await world.update_space(admin, space.id, {"name": "Deck", "capacity": 5})
    await world.delete_space(admin, space.id)
    entries = await world.audit_entries(subject_id=space.id)
    assert [entry.event for entry in entries] == [
        AuditEvent.SPACE_CREATED,
        AuditEvent.SPACE_CHANGED,
        AuditEvent.SPACE_DELETED,
    ]
    assert entries[1].details == {"fields": ["capacity", "name"]}
    assert (entries[1].actor_id, entries[1].client_address) == (admin.user_id, "192.0.2.5")
    assert {entry.subject_type for entry in entries} == {"space"}


async def test_changes_of_bookings_are_recorded(world: World) -> None:
    member, admin, room = await world.a_caller(), await world.an_admin(), await world.a_space()
    stayed = await world.book(member, room, 9, 10)
    dropped = await world.book(admin, room, 11, 12, user_id=member.user_id)
    world.set_time(9)
    await world.check_in(member, stayed.id)
    await world.check_out(member, stayed.id)
    await world.cancel_booking(admin, dropped.id, Cancellation(refund=RefundChoice.FULL))
    assert [
        (entry.event, entry.actor_id) for entry in await world.audit_entries(subject_id=stayed.id)
    ] == [
        (AuditEvent.BOOKING_CREATED, member.user_id),
        (AuditEvent.BOOKING_CHECKED_IN, member.user_id),
        (AuditEvent.BOOKING_CHECKED_OUT, member.user_id),
    ]
    created, cancelled = await world.audit_entries(subject_id=dropped.id)
    assert (created.actor_id, cancelled.actor_id) == (admin.user_id, admin.user_id)
    assert cancelled.event is AuditEvent.BOOKING_CANCELLED
    assert cancelled.details == {"refund": "full"}


async def test_each_booking_cancelled_with_its_space_is_recorded(world: World) -> None:
    admin, room = await world.an_admin(), await world.a_space()
    bookings = [await world.book(admin, room, start, start + 1) for start in (9, 10, 11)]
    await world.delete_space(admin, room.id, cancel_bookings=True)
    entries = await world.audit_entries(event=AuditEvent.BOOKING_CANCELLED)
    assert {entry.subject_id for entry in entries} == {booking.id for booking in bookings}


async def test_a_rejected_action_leaves_no_entry(world: World) -> None:
    member, room = await world.a_caller(), await world.a_space()
    await world.book(member, room, 9, 10)
    before = await world.audit_entries()
    rejected_calls: list[Callable[[], Awaitable[object]]] = [
        lambda: world.book(member, room, 9, 10),
        lambda: world.delete_space(member, room.id),
    ]
    for call in rejected_calls:
        with pytest.raises((BookingConflict, Forbidden)):
            await call()
    assert await world.audit_entries() == before


async def test_a_retried_action_is_recorded_once(world: World) -> None:
    member, zone = await world.a_caller(), await world.a_zone(2)
    late = world.with_concurrent_action(lambda: world.book(member, zone, 9, 10), times=1)
    await late.book(member, zone, 9, 10)
    assert len(await world.audit_entries(event=AuditEvent.BOOKING_CREATED)) == 2


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_entries_are_found_newest_first_by_each_criterion(world: World, limit: int) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    room = await world.a_space()
    noon = world.set_time(12)
    for start in (13, 14):
        await world.book(member, room, start, start + 1)
    await world.log_in_as(member)
    entries = list(reversed(await world.audit_entries()))
    assert await search(world, admin, limit) == entries
    for criterion, expected in {
        ("actor_id", member.user_id): [e for e in entries if e.actor_id == member.user_id],
        ("subject_id", room.id): [e for e in entries if e.subject_id == room.id],
        ("event", AuditEvent.BOOKING_CREATED): entries[1:3],
        ("since", noon): [e for e in entries if e.at >= noon],
        ("since", noon + timedelta(microseconds=1)): [],
        ("before", noon): [e for e in entries if e.at < noon],
    }.items():
        assert await search(world, admin, limit, **dict([criterion])) == expected
    both = {"actor_id": member.user_id, "event": AuditEvent.USER_LOGGED_IN}
    assert await search(world, admin, limit, **both) == entries[:1]


async def test_members_do_not_see_the_log(world: World) -> None:
    with pytest.raises(Forbidden):
        await search(world, await world.a_caller())
