"""Caller: the authenticated user of a request, and their permissions."""

from dataclasses import dataclass

from application.common.policy import Permission, is_granted
from domain.errors import Forbidden
from domain.ids import SessionId, UserId
from domain.users import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated user, with the role that they have at the time of the request.

    `session_id` is the session that the access token belongs to, `client_address` the address that
    the request came from; each is None when unknown.
    """

    user_id: UserId
    role: Role
    session_id: SessionId | None = None
    client_address: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the policy grants the permission to the caller's role."""
        return is_granted(permission, self.role)

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the caller has the permission."""
        if not self.may(permission):
            raise Forbidden("This requires an administrator with the necessary permission.")

    def can_access(self, owner_id: UserId, permission: Permission) -> bool:
        """Whether the caller owns the object or has the permission; otherwise it is hidden."""
        return self.user_id == owner_id or self.may(permission)
