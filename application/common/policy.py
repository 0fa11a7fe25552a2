"""The policy: the permissions of each role beyond access to one's own objects.

This is the contract's table of roles, and the only place that distinguishes roles. A permission
that is not granted here is denied.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.users import Role


class Permission(StrEnum):
    """An action that is restricted to some roles."""

    MANAGE_SPACES = "manage spaces"
    """Create, change and delete spaces, and see inactive ones."""
    MANAGE_ALL_BOOKINGS = "manage all bookings"
    """See, create, change and cancel every user's bookings, also outside a member's rules."""
    VIEW_ALL_INVOICES = "view all invoices"
    SEE_USERS = "see users"
    ACTIVATE_MEMBERS = "activate members"
    """Activate and deactivate members; ACTIVATE_ADMINS likewise for admins."""
    ACTIVATE_ADMINS = "activate admins"
    CHANGE_ROLES = "change roles"
    SEE_AUDIT = "see the audit log"
    SEE_ANALYTICS = "see analytics"


_STAFF = frozenset({Role.ADMIN, Role.SUPER_ADMIN})
_SUPER = frozenset({Role.SUPER_ADMIN})

POLICY: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.MANAGE_SPACES: _STAFF,
        Permission.MANAGE_ALL_BOOKINGS: _STAFF,
        Permission.VIEW_ALL_INVOICES: _STAFF,
        Permission.SEE_USERS: _STAFF,
        Permission.ACTIVATE_MEMBERS: _STAFF,
        Permission.ACTIVATE_ADMINS: _SUPER,
        Permission.CHANGE_ROLES: _SUPER,
        Permission.SEE_AUDIT: _STAFF,
        Permission.SEE_ANALYTICS: _STAFF,
    }
)


def is_granted(permission: Permission, role: Role) -> bool:
    """Whether the role has the permission. No role has one that the table omits."""
    return role in POLICY.get(permission, frozenset())
