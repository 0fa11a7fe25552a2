"""ChangeUser: change a user's role, activate or deactivate them."""

from datetime import datetime
from typing import TypedDict

from application.audit.audit_recorder import AuditRecorder
from application.common.caller import Caller
from application.common.policy import Permission
from application.common.retry import retry_on_conflict
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from application.users.get_user import require_account
from domain.audit import AuditEvent
from domain.errors import LastSuperAdmin
from domain.ids import UserId
from domain.users import Account, Role, User


class UserChanges(TypedDict, total=False):
    """The fields to change; an omitted field keeps its value."""

    role: Role
    is_active: bool


class ChangeUser:
    """Change a user's role, or activate or deactivate them.

    For admins. The policy decides who may do which, by the role that the user has before the
    change. A deactivation ends all sessions of the user. Raises Forbidden, NotFound, and
    LastSuperAdmin when no active super admin would remain, also after concurrent changes.
    """

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._audit = AuditRecorder(ids)

    @retry_on_conflict
    async def __call__(self, caller: Caller, user_id: UserId, changes: UserChanges) -> Account:
        caller.require(Permission.SEE_USERS)
        if "role" in changes:
            caller.require(Permission.CHANGE_ROLES)
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            account = require_account(await uow.users.account(user_id))
            if "is_active" in changes:
                caller.require(_permission_to_activate(account.user))
            if _may_remove_super_admin(account.user, changes):
                await uow.lock_super_admins()
                account = require_account(await uow.users.account(user_id))
                await _check_not_last_super_admin(uow, account.user)
            user = self._change(uow, caller, account.user, changes, now)
            if user is not account.user:
                uow.users.save(user)
                await uow.commit()
        return Account(user, account.member)

    def _change(
        self, uow: UnitOfWork, caller: Caller, user: User, changes: UserChanges, now: datetime
    ) -> User:
        """Return the changed user; adds an audit entry for each field that changes."""
        role, is_active = changes.get("role", user.role), changes.get("is_active", user.is_active)
        if role is user.role and is_active == user.is_active:
            return user
        if role is not user.role:
            details = {"from": user.role.value, "to": role.value}
            self._audit.record(
                uow, AuditEvent.USER_ROLE_CHANGED, user.id, by=caller, at=now, **details
            )
        if is_active != user.is_active:
            event = AuditEvent.USER_ACTIVATED if is_active else AuditEvent.USER_DEACTIVATED
            self._audit.record(uow, event, user.id, by=caller, at=now)
        return user.with_access(role=role, is_active=is_active, at=now)


def _permission_to_activate(user: User) -> Permission:
    is_member = user.role is Role.MEMBER
    return Permission.ACTIVATE_MEMBERS if is_member else Permission.ACTIVATE_ADMINS


def _may_remove_super_admin(user: User, changes: UserChanges) -> bool:
    """Whether the change leaves one active super admin fewer."""
    remains = changes.get("role", user.role) is Role.SUPER_ADMIN and changes.get(
        "is_active", user.is_active
    )
    return user.role is Role.SUPER_ADMIN and user.is_active and not remains


async def _check_not_last_super_admin(uow: UnitOfWork, user: User) -> None:
    is_active_super_admin = user.role is Role.SUPER_ADMIN and user.is_active
    if is_active_super_admin and await uow.users.count_active(Role.SUPER_ADMIN) == 1:
        raise LastSuperAdmin("The last active super admin can be neither demoted nor deactivated.")
