"""ListSpaces: list spaces as JSON, without entities."""

from application.common.paging import Page
from application.ports.list_reader import ListReader
from application.spaces.find_spaces import FindSpaces, FindSpacesQuery, _for
from domain.ids import SpaceId
from domain.spaces import Space


class ListSpaces:
    """The same list as FindSpaces', each space as the document that the contract has for it.

    But as an entity when `free_for` is asked for: that takes the rules of the house to tell.
    """

    def __init__(self, find_spaces: FindSpaces, list_reader: ListReader) -> None:
        self._find_spaces = find_spaces
        self._list_reader = list_reader

    async def __call__(self, query: FindSpacesQuery) -> Page[Space, SpaceId] | Page[str, SpaceId]:
        if query.free_for is not None:
            return await self._find_spaces(query)
        criteria = _for(query.caller, query.criteria)
        if criteria is None:
            none: Page[str, SpaceId] = Page((), None)
            return none
        return await self._list_reader.spaces(criteria, after=query.after, limit=query.limit)
