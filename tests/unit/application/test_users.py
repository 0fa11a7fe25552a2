"""FindUsers, GetUser and ChangeUser, for admins."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from application.common.caller import Caller
from application.ports.users import UserFilter
from application.users.change_user import UserChanges
from application.users.find_users import FindUsersQuery
from domain.audit import AuditEvent
from domain.errors import Forbidden, InvalidToken, LastSuperAdmin, NotFound
from domain.ids import UserId
from domain.users import Role
from tests.entities import IDS
from tests.unit.application.racing import later, outcomes
from tests.unit.application.world import World


async def find_ids(
    world: World, caller: Caller, limit: int = 50, **criteria: object
) -> list[UserId]:
    """Return the ids of all pages."""
    ids: list[UserId] = []
    after: UserId | None = None
    while True:
        query = FindUsersQuery(criteria=UserFilter(**criteria), after=after, limit=limit)  # type: ignore[arg-type] # the tests give the right ones
        page = await world.find_users(caller, query)
        assert len(page.items) <= limit
        ids += [account.user.id for account in page.items]
        after = page.next
        if after is None:
            return ids


def ids_of(callers: Iterable[Caller]) -> list[UserId]:
    return [caller.user_id for caller in callers]


async def rename(world: World, caller: Caller, full_name: str) -> None:
    await world.update_me(caller, {"full_name": full_name})


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_users_are_listed_in_order_of_creation(world: World, limit: int) -> None:
    admin = await world.an_admin()
    others = [await world.a_caller() for _ in range(4)]
    assert await find_ids(world, admin, limit) == ids_of([admin, *others])


async def test_users_are_found_by_role_and_by_whether_they_are_active(world: World) -> None:
    admin, member, gone = await world.an_admin(), await world.a_caller(), await world.a_caller()
    await world.change_user(admin, gone.user_id, {"is_active": False})
    assert await find_ids(world, admin, role=Role.MEMBER) == ids_of([member, gone])
    assert await find_ids(world, admin, is_active=False) == ids_of([gone])
    assert await find_ids(world, admin, role=Role.ADMIN, is_active=True) == ids_of([admin])
    assert await find_ids(world, admin, role=Role.SUPER_ADMIN) == []


@pytest.mark.parametrize(
    "text, finds",
    [
        ("Lovelace", True),
        ("LOVE", True),
        ("ada l", True),
        ("gokce", True),
        ("GÖKÇE", True),
        ("\u0131\u015f\u0131k", True),
        ("isik", True),
        ("IŞIK", True),
        ("İŞİK", True),
        ("love%lace", False),
        ("l_velace", False),
        ("\\", False),
        ("", True),
    ],
)
async def test_users_are_found_by_a_part_of_their_name_in_any_case_and_without_accents(
    world: World, text: str, finds: bool
) -> None:
    admin, caller = await world.an_admin(), await world.a_caller()
    await rename(world, caller, "Ada Lovelace Gökçe Iş\u0131k")
    assert (caller.user_id in await find_ids(world, admin, text=text)) == finds


async def test_users_are_found_by_a_part_of_their_email_address(world: World) -> None:
    admin, caller = await world.an_admin(), await world.a_caller()
    email = await world.email_of(caller)
    assert await find_ids(world, admin, text=email[1:9].upper()) == ids_of([caller])


async def test_members_see_no_users_not_even_themselves(world: World) -> None:
    member = await world.a_caller()
    with pytest.raises(Forbidden):
        await find_ids(world, member)
    for user_id in (member.user_id, UserId(IDS.new())):
        with pytest.raises(Forbidden):
            await world.get_user(member, user_id)
        with pytest.raises(Forbidden):
            await world.change_user(member, user_id, {"is_active": True})


async def test_an_admin_sees_one_user_with_their_member(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    account = await world.get_user(admin, member.user_id)
    assert account.user == await world.user(member)
    assert account.member == await world.member(member)


async def test_an_unknown_user_is_not_found(world: World) -> None:
    boss = await world.a_caller(Role.SUPER_ADMIN)
    unknown_id = UserId(IDS.new())
    with pytest.raises(NotFound):
        await world.get_user(boss, unknown_id)
    with pytest.raises(NotFound):
        await world.change_user(boss, unknown_id, {"role": Role.ADMIN})


ACTIVATIONS = {
    (Role.ADMIN, Role.MEMBER): True,
    (Role.ADMIN, Role.ADMIN): False,
    (Role.ADMIN, Role.SUPER_ADMIN): False,
    (Role.SUPER_ADMIN, Role.MEMBER): True,
    (Role.SUPER_ADMIN, Role.ADMIN): True,
    (Role.SUPER_ADMIN, Role.SUPER_ADMIN): True,
}


@pytest.mark.parametrize("who, whom", ACTIVATIONS)
async def test_admins_deactivate_members_and_super_admins_every_user(
    world: World, who: Role, whom: Role
) -> None:
    caller, target = await world.a_caller(who), await world.a_caller(whom)
    for is_active in (False, True):
        change: UserChanges = {"is_active": is_active}
        if ACTIVATIONS[who, whom]:
            account = await world.change_user(caller, target.user_id, change)
            assert account.user == await world.user(target)
            assert account.user.is_active == is_active
        else:
            with pytest.raises(Forbidden):
                await world.change_user(caller, target.user_id, change)
            assert (await world.user(target)).is_active


@pytest.mark.parametrize("role", Role)
async def test_only_super_admins_change_roles(world: World, role: Role) -> None:
    boss, admin = await world.a_caller(Role.SUPER_ADMIN), await world.an_admin()
    target = await world.a_caller()
    with pytest.raises(Forbidden):
        await world.change_user(admin, target.user_id, {"role": role})
    await world.change_user(boss, target.user_id, {"role": role})
    assert (await world.user(target)).role is role


async def test_a_new_role_takes_effect_with_the_next_request_of_the_same_token(
    world: World,
) -> None:
    boss, target = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller()
    session = await world.log_in_as(target)
    await world.change_user(boss, target.user_id, {"role": Role.ADMIN})
    assert (await world.authenticate(session.access_token)).role is Role.ADMIN


async def test_a_deactivation_ends_every_session(world: World) -> None:
    admin, target = await world.an_admin(), await world.a_caller()
    session = await world.log_in_as(target)
    await world.change_user(admin, target.user_id, {"is_active": False})
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)
    assert await world.list_sessions(target) == []


async def test_a_log_in_concurrent_with_a_deactivation_starts_no_live_session(world: World) -> None:
    admin, target = await world.an_admin(), await world.a_caller()

    async def off_and_on() -> None:
        await world.change_user(admin, target.user_id, {"is_active": False})
        await world.change_user(admin, target.user_id, {"is_active": True})

    session = await world.with_concurrent_action(off_and_on).log_in_as(target)
    with pytest.raises(InvalidToken):
        await world.authenticate(session.access_token)


async def test_role_and_activity_change_together(world: World) -> None:
    boss, target = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller()
    before = await world.user(target)
    changes: UserChanges = {"role": Role.ADMIN, "is_active": False}
    user = (await world.change_user(boss, target.user_id, changes)).user
    assert (user.role, user.is_active, user.version) == (Role.ADMIN, False, before.version + 1)


@pytest.mark.parametrize("changes", [{}, {"is_active": True}, {"role": Role.MEMBER}])
async def test_a_change_to_the_current_values_changes_nothing(
    world: World, changes: UserChanges
) -> None:
    boss, target = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller()
    before = await world.user(target)
    assert (await world.change_user(boss, target.user_id, changes)).user == before
    assert await world.user(target) == before
    assert await world.audit_entries(actor_id=boss.user_id) == []


DEMOTIONS: list[UserChanges] = [
    {"role": Role.ADMIN},
    {"role": Role.MEMBER},
    {"is_active": False},
    {"role": Role.MEMBER, "is_active": False},
]


@pytest.mark.parametrize("changes", DEMOTIONS, ids=str)
async def test_the_last_active_super_admin_stays(world: World, changes: UserChanges) -> None:
    boss, gone = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller(Role.SUPER_ADMIN)
    await world.change_user(boss, gone.user_id, {"is_active": False})
    with pytest.raises(LastSuperAdmin):
        await world.change_user(boss, boss.user_id, changes)
    assert (await world.user(boss)).role is Role.SUPER_ADMIN
    assert (await world.user(boss)).is_active
    await world.change_user(boss, gone.user_id, {"is_active": True})
    await world.change_user(boss, boss.user_id, changes)


async def test_a_deactivated_super_admin_can_be_demoted(world: World) -> None:
    boss, gone = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller(Role.SUPER_ADMIN)
    await world.change_user(boss, gone.user_id, {"is_active": False})
    await world.change_user(boss, gone.user_id, {"role": Role.MEMBER})
    assert (await world.user(gone)).role is Role.MEMBER


@pytest.mark.parametrize("changes", DEMOTIONS, ids=str)
@pytest.mark.parametrize("steps", range(6))
async def test_two_super_admins_who_demote_each_other_concurrently_leave_one(
    world: World, changes: UserChanges, steps: int
) -> None:
    first, other = await world.a_caller(Role.SUPER_ADMIN), await world.a_caller(Role.SUPER_ADMIN)
    results = await outcomes(
        [
            world.change_user(first, other.user_id, changes),
            later(steps, world.change_user(other, first.user_id, changes)),
        ]
    )
    assert results == {"Account": 1, "LastSuperAdmin": 1}


async def test_of_many_concurrent_resignations_one_super_admin_remains(world: World) -> None:
    bosses = [await world.a_caller(Role.SUPER_ADMIN) for _ in range(8)]
    results = await outcomes(
        world.change_user(boss, boss.user_id, {"role": Role.ADMIN}) for boss in bosses
    )
    assert results == {"Account": 7, "LastSuperAdmin": 1}


async def test_a_user_promoted_concurrently_is_not_deactivated_by_an_admin(
    world: World,
) -> None:
    boss, admin = await world.a_caller(Role.SUPER_ADMIN), await world.an_admin()
    target = await world.a_caller()
    late = world.with_concurrent_action(
        lambda: world.change_user(boss, target.user_id, {"role": Role.ADMIN})
    )
    with pytest.raises(Forbidden):
        await late.change_user(admin, target.user_id, {"is_active": False})


async def test_changes_are_recorded_with_actor_and_subject(world: World) -> None:
    boss = replace(await world.a_caller(Role.SUPER_ADMIN), client_address="192.0.2.5")
    target = await world.a_caller()
    await world.change_user(boss, target.user_id, {"role": Role.ADMIN, "is_active": False})
    await world.change_user(boss, target.user_id, {"is_active": True})
    entries = await world.audit_entries(actor_id=boss.user_id)
    assert [entry.event for entry in entries] == [
        AuditEvent.USER_ROLE_CHANGED,
        AuditEvent.USER_DEACTIVATED,
        AuditEvent.USER_ACTIVATED,
    ]
    assert entries[0].details == {"from": "MEMBER", "to": "ADMIN"}
    assert {(entry.subject_id, entry.client_address) for entry in entries} == {
        (target.user_id, "192.0.2.5")
    }
