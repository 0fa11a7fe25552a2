"""Which spaces a caller may see: active ones, and inactive ones too for admins."""

from dataclasses import replace

from application.common.caller import Caller
from application.common.policy import Permission
from application.ports.spaces import SpaceFilter
from domain.errors import NotFound
from domain.spaces import Space


def visible_space(space: Space | None, caller: Caller | None) -> Space:
    """Return the space. Raises NotFound when there is none or the caller may not see it."""
    if space is None or not (space.is_active or may_see_inactive(caller)):
        raise NotFound("There is no such space.")
    return space


def restrict_space_filter(caller: Caller | None, criteria: SpaceFilter) -> SpaceFilter | None:
    """Restrict the criteria to spaces that the caller may see; None when nothing can match."""
    if may_see_inactive(caller):
        return criteria
    return None if criteria.is_active is False else replace(criteria, is_active=True)


def may_see_inactive(caller: Caller | None) -> bool:
    """Whether the caller is logged in and may see inactive spaces."""
    return caller is not None and caller.may(Permission.MANAGE_SPACES)
