"""sees_inactive: whether the caller is signed in and may see spaces that are not active."""

from application.common.caller import Caller
from application.common.policy import Permission
from domain.errors import NotFound
from domain.spaces import Space


def visible(space: Space | None, caller: Caller | None) -> Space:
    """The space if that caller may know of it; raises NotFound."""
    if space is None or not (space.is_active or sees_inactive(caller)):
        raise NotFound("There is no such space.")
    return space


def sees_inactive(caller: Caller | None) -> bool:
    """Whether the caller is signed in and may see spaces that are not active."""
    return caller is not None and caller.may(Permission.MANAGE_SPACES)
