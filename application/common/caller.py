"""Caller: who asks for something, and what that lets them do."""

from dataclasses import dataclass

from application.common.policy import Permission, is_granted
from domain.errors import Forbidden
from domain.ids import SessionId, UserId
from domain.users import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user, as they stand at this request.

    `session_id` is the log-in that they came with, `client_address` where the request came from;
    None when that is not known.
    """

    user_id: UserId
    role: Role
    session_id: SessionId | None = None
    client_address: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the policy grants it to the caller's role."""
        return is_granted(permission, self.role)

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the caller may do it."""
        if not self.may(permission):
            raise Forbidden("Only an administrator with that right may do this.")

    def can_access(self, owner_id: UserId, permission: Permission) -> bool:
        """Whether something of that owner's is there at all as far as the caller can tell."""
        return self.user_id == owner_id or self.may(permission)
