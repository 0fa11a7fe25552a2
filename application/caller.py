"""Caller: who asks for something, and what that lets them do."""

from dataclasses import dataclass

from domain.errors import Forbidden
from domain.ids import UserId
from domain.users import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user, as they stand at this request."""

    user_id: UserId
    role: Role

    @property
    def runs_the_house(self) -> bool:
        """Whether anybody's bookings, and all spaces, are the caller's business."""
        return self.role.runs_the_house

    def require_admin(self) -> None:
        """Raise Forbidden unless the caller runs the house."""
        if not self.runs_the_house:
            raise Forbidden("Only an administrator may do this.")

    def may_see_things_of(self, user_id: UserId) -> bool:
        """Whether something of that user's is there at all as far as the caller can tell."""
        return self.runs_the_house or self.user_id == user_id
