"""The policy: the permissions of each role, as in the contract's table."""

import pytest

from application.common.caller import Caller
from application.common.policy import POLICY, Permission, is_granted
from domain.errors import Forbidden
from domain.ids import UserId
from domain.users import Role
from tests.entities import IDS

FOR_ADMINS = {
    Permission.MANAGE_SPACES,
    Permission.MANAGE_ALL_BOOKINGS,
    Permission.VIEW_ALL_INVOICES,
    Permission.SEE_USERS,
    Permission.ACTIVATE_MEMBERS,
    Permission.SEE_AUDIT,
    Permission.SEE_ANALYTICS,
}
GRANTED = {
    Role.MEMBER: set[Permission](),
    Role.ADMIN: FOR_ADMINS,
    Role.SUPER_ADMIN: FOR_ADMINS | {Permission.ACTIVATE_ADMINS, Permission.CHANGE_ROLES},
}


def test_the_policy_covers_every_permission() -> None:
    assert POLICY.keys() == set(Permission)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_contract_grants_and_nothing_else(role: Role) -> None:
    assert {each for each in Permission if is_granted(each, role)} == GRANTED[role]


def test_a_permission_that_the_policy_omits_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.common.policy.POLICY", {})
    assert not any(is_granted(each, role) for each in Permission for role in Role)


@pytest.mark.parametrize("role", Role)
def test_a_caller_may_do_what_their_role_may(role: Role) -> None:
    caller = Caller(UserId(IDS.new()), role)
    for permission in Permission:
        assert caller.may(permission) == (permission in GRANTED[role])
        if caller.may(permission):
            caller.require(permission)
        else:
            with pytest.raises(Forbidden):
                caller.require(permission)


def test_callers_may_access_their_own_objects_and_those_of_others_only_with_a_permission() -> None:
    member, other = Caller(UserId(IDS.new()), Role.MEMBER), UserId(IDS.new())
    admin = Caller(UserId(IDS.new()), Role.ADMIN)
    permission = Permission.MANAGE_ALL_BOOKINGS
    assert member.can_access(member.user_id, permission)
    assert not member.can_access(other, permission)
    assert admin.can_access(other, permission)
