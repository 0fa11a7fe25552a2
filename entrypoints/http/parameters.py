"""Query and header parameters that several endpoints share."""

from typing import Annotated

from litestar.params import HeaderParameter, QueryParameter

from application.paging import LARGEST_PAGE_SIZE
from entrypoints.http.fields import Instant

Limit = Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE_SIZE, description="Items on a page.")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=500, description="`next_cursor` of the page before."),
]
From = Annotated[Instant | None, QueryParameter(name="from", description="Where a period begins.")]
To = Annotated[Instant | None, QueryParameter(name="to", description="Where it ends.")]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The `ETag` of the version to change.",
        schema_extra={"pattern": r'^(\*|"[0-9]{1,9}")$'},
    ),
]
