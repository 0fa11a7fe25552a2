"""PostgresMembers: implements application.ports.users.Members."""

import sqlalchemy as sa

from adapters.postgres.engine.session import PostgresSession
from adapters.postgres.engine.statement import Statement, insert_row, update_row
from adapters.postgres.mappers.user import member_from, member_row
from adapters.postgres.schema.identity import members
from domain.ids import UserId
from domain.users import Member

_OF_CUSTOMER = Statement(
    sa.select(members).where(members.c.stripe_customer_id == sa.bindparam("customer_id"))
)
_OF_USER = Statement(sa.select(members).where(members.c.user_id == sa.bindparam("user_id")))
_ADD = insert_row(members)
_SAVE = update_row(members)


class PostgresMembers:
    """Implements application.ports.users.Members."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    async def of_user(self, user_id: UserId) -> Member | None:
        row = await self._session.row(_OF_USER, user_id=user_id)
        return member_from(row) if row else None

    async def of_customer(self, payment_customer_id: str) -> Member | None:
        row = await self._session.row(_OF_CUSTOMER, customer_id=payment_customer_id)
        return member_from(row) if row else None

    def add(self, member: Member) -> None:
        self._session.write(_ADD, member_row(member))

    def save(self, member: Member) -> None:
        self._session.write(_SAVE, member_row(member))
