"""`/api/audit`: who changed what, for admins."""

from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from application.ports.audit_log import AuditFilter, AuditPosition
from application.search_audit import AuditQuery, SearchAudit
from domain import errors
from domain.audit import AuditEvent
from domain.ids import AuditEntryId, UserId
from entrypoints.http.cursors import decode_time_cursor, encode_cursor
from entrypoints.http.parameters import Cursor, From, Limit, To
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.common import ListBody, plain
from entrypoints.http.schemas.users import AuditEntryBody, audit_entry_body


@get(responses=failures(errors.InvalidValue, errors.InvalidToken, errors.Forbidden))
async def search_audit_handler(
    request: ApiRequest,
    search_audit: NamedDependency[SearchAudit],
    actor: FromQuery[UUID | None] = None,
    subject: FromQuery[UUID | None] = None,
    event: FromQuery[AuditEvent | None] = None,
    since: From = None,
    before: To = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListBody[AuditEntryBody]:
    """Search the security log, newest first."""
    page = await search_audit(
        request.caller,
        AuditQuery(
            wanted=AuditFilter(
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
    following = page.next and (page.next.at, page.next.id)
    return ListBody([audit_entry_body(entry) for entry in page.items], encode_cursor(following))


def _position(cursor: str | None) -> AuditPosition | None:
    position = decode_time_cursor(cursor)
    return None if position is None else AuditPosition(position[0], AuditEntryId(position[1]))


router = Router("/api/audit", tags=["Audit"], route_handlers=[search_audit_handler])
