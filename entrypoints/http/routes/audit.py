"""`/api/audit`: the audit log, for admins."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.audit.search_audit import AuditQuery, SearchAudit
from application.common.paging import DEFAULT_PAGE_SIZE
from application.ports.audit_log import AuditFilter, AuditPosition
from domain import errors
from domain.audit import AuditEvent
from domain.ids import AuditEntryId, UserId
from entrypoints.http.cursors import decode_time_cursor, encode_cursor
from entrypoints.http.fields import Instant
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import Cursor, Limit
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.common import ListBody, plain
from entrypoints.http.schemas.users import AuditEntryBody, audit_entry_body


@get(
    summary="Search the audit log",
    responses=problem_responses(errors.InvalidValue, errors.InvalidToken, errors.Forbidden),
)
async def search_audit_handler(
    request: ApiRequest,
    search_audit: NamedDependency[SearchAudit],
    actor: Annotated[
        UUID | None, QueryParameter(description="Filter by the user who did it, by ID.")
    ] = None,
    subject: Annotated[
        UUID | None,
        QueryParameter(description="Filter by the user, space or booking it was done to, by ID."),
    ] = None,
    event: Annotated[
        AuditEvent | None, QueryParameter(description="Filter by type of event.")
    ] = None,
    since: Annotated[
        Instant | None,
        QueryParameter(name="from", description="Only events at or after this time."),
    ] = None,
    before: Annotated[
        Instant | None, QueryParameter(name="to", description="Only events before this time.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> ListBody[AuditEntryBody]:
    """List audit log entries that match all filters, newest first."""
    page = await search_audit(
        request.caller,
        AuditQuery(
            criteria=AuditFilter(
                actor_id=None if actor is None else UserId(actor),
                subject_id=subject,
                event=event,
                since=plain(since),
                before=plain(before),
            ),
            after=_position(cursor),
            limit=limit,
        ),
    )
    next_position = page.next and (page.next.at, page.next.id)
    return ListBody([audit_entry_body(entry) for entry in page.items], encode_cursor(next_position))


def _position(cursor: str | None) -> AuditPosition | None:
    position = decode_time_cursor(cursor)
    return None if position is None else AuditPosition(position[0], AuditEntryId(position[1]))


router = Router("/api/audit", tags=["Audit"], route_handlers=[search_audit_handler])
