"""Path, query and header parameters that several endpoints share."""

from typing import Annotated
from uuid import UUID

from litestar.params import HeaderParameter, PathParameter, QueryParameter

from application.common.paging import MAX_PAGE_SIZE
from entrypoints.http.fields import LocalDay

BookingIdPath = Annotated[UUID, PathParameter(description="ID of the booking.")]
SpaceIdPath = Annotated[UUID, PathParameter(description="ID of the space.")]
UserIdPath = Annotated[UUID, PathParameter(description="ID of the user.")]
Limit = Annotated[
    int,
    QueryParameter(
        ge=1,
        le=MAX_PAGE_SIZE,
        description=f"Maximum number of items to return, 1 to {MAX_PAGE_SIZE}. Default: 50.",
    ),
]
Cursor = Annotated[
    str | None,
    QueryParameter(
        max_length=500,
        description=(
            "Position in the list: the `next_cursor` of the previous page. Without it, the first "
            "page is returned."
        ),
    ),
]
StartDate = Annotated[
    LocalDay, QueryParameter(description="First day of the range, in the house's time zone.")
]
EndDate = Annotated[
    LocalDay,
    QueryParameter(
        description=(
            "Last day of the range (inclusive), in the house's time zone. A range has at most "
            "732 days."
        )
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description=(
            "`ETag` of the version to change. If it is not the current one, the request fails with "
            "`version_mismatch`. `*`, or no header, changes any version."
        ),
        schema_extra={"pattern": r'^(\*|"[0-9]{1,9}")$'},
    ),
]
