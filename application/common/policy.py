"""The policy: what each role may do beyond what everybody may do with their own things.

This is the contract's table of roles, and the only place where roles are told apart. Whatever is
not granted here is refused.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.users import Role


class Permission(StrEnum):
    """Something that not every role may do."""

    MANAGE_SPACES = "run spaces"
    """Make, change and delete spaces, and see inactive ones."""
    MANAGE_ALL_BOOKINGS = "run anybody's bookings"
    """See, make, change and cancel them, also at other times and terms than a member may."""
    VIEW_ALL_INVOICES = "see anybody's invoices"
    SEE_USERS = "see users"
    ACTIVATE_MEMBERS = "activate members"
    """And deactivate them, as with admins."""
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
    """Whether the role has the permission; one that the table leaves out, nobody has."""
    return role in POLICY.get(permission, frozenset())
