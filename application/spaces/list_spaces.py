"""ListSpaces: list spaces as JSON, without entities."""

from application.common.paging import Page
from application.ports.list_reader import ListReader
from application.spaces.find_spaces import FindSpaces, FindSpacesQuery
from application.spaces.space_access import restrict_space_filter
from domain.ids import SpaceId
from domain.spaces import Space


class ListSpaces:
    """The list of FindSpaces, each space as the JSON object of the contract.

    With `free_for` it returns entities, because only the domain can decide which spaces are free.
    """

    def __init__(self, find_spaces: FindSpaces, list_reader: ListReader) -> None:
        self._find_spaces = find_spaces
        self._list_reader = list_reader

    async def __call__(self, query: FindSpacesQuery) -> Page[Space, SpaceId] | Page[str, SpaceId]:
        if query.free_for is not None:
            return await self._find_spaces(query)
        criteria = restrict_space_filter(query.caller, query.criteria)
        if criteria is None:
            empty: Page[str, SpaceId] = Page((), None)
            return empty
        return await self._list_reader.spaces(criteria, after=query.after, limit=query.limit)
