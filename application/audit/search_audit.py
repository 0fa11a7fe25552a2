"""SearchAudit: the audit log, for admins."""

from dataclasses import dataclass

from application.common.caller import Caller
from application.common.paging import Page, cut_page
from application.common.policy import Permission
from application.ports.audit_log import AuditFilter, AuditPosition
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.audit import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Criteria and page of a search in the audit log."""

    criteria: AuditFilter
    after: AuditPosition | None
    limit: int


class SearchAudit:
    """List entries of the audit log, newest first. For admins; raises Forbidden."""

    def __init__(self, unit_of_work: UnitOfWorkFactory) -> None:
        self._unit_of_work = unit_of_work

    async def __call__(self, caller: Caller, query: AuditQuery) -> Page[AuditEntry, AuditPosition]:
        caller.require(Permission.SEE_AUDIT)
        async with self._unit_of_work() as uow:
            entries = await uow.audit_log.list(
                query.criteria, after=query.after, limit=query.limit + 1
            )
        return cut_page(entries, query.limit, lambda last: AuditPosition(last.at, last.id))
