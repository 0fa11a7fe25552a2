"""Mappers read and write every column of their table, by its name."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from adapters.postgres.mappers.audit_entry import audit_entry_from, audit_entry_row
from adapters.postgres.mappers.booking import booking_from, booking_row
from adapters.postgres.mappers.calendar_feed import calendar_feed_from, calendar_feed_row
from adapters.postgres.mappers.checkout import checkout_from, checkout_row
from adapters.postgres.mappers.idempotency_key import processed_request_from, processed_request_row
from adapters.postgres.mappers.invoice import invoice_from, invoice_row
from adapters.postgres.mappers.job import job_from, job_row
from adapters.postgres.mappers.ledger import (
    ledger_entry_from,
    ledger_entry_row,
    payment_from,
    payment_row,
)
from adapters.postgres.mappers.occupancy_log import occupancy_log_from, occupancy_log_row
from adapters.postgres.mappers.password_reset import reset_from, reset_row
from adapters.postgres.mappers.refund import refund_from, refund_row
from adapters.postgres.mappers.session import session_from, session_row
from adapters.postgres.mappers.space import (
    space_from,
    space_row,
    space_version_from,
    space_version_row,
)
from adapters.postgres.mappers.subscription import subscription_from, subscription_row
from adapters.postgres.mappers.user import (
    account_from,
    member_from,
    member_row,
    user_from,
    user_row,
)
from adapters.postgres.mappers.values import PrefixedRow, prefixed_columns
from adapters.postgres.schema.identity import members
from adapters.postgres.schema.tables import metadata
from application.jobs.job import Job
from application.ports.calendar_feeds import CalendarFeed
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse
from domain.checkouts import Checkout, CheckoutStatus
from domain.ids import CheckoutId
from domain.ledger import ProviderPayment
from domain.money import Money
from domain.space_history import SpaceVersion
from domain.users import Account
from tests.entities import (
    MONDAY,
    a_booking,
    a_ledger_entry,
    a_log,
    a_member,
    a_refund,
    a_reset,
    a_session,
    a_space,
    a_subscription,
    a_user,
    an_entry,
    an_invoice,
    hours,
)

WITHOUT_ENTITY = {"used_refresh_tokens", "throttles", "stripe_events", "ticks"}
"""Tables whose few columns their repositories read and write themselves."""
ONLY_WRITTEN = {"users": {"search_text"}}
"""Derived from other columns, for queries alone."""

USER = a_user()
MEMBER = a_member(USER, phone="+90 212 555 00 00", company="Bosphorus Ltd")
SPACE = a_space()
BOOKING = a_booking(USER, SPACE, hours(9, 10), notes="Window desk")
INVOICE = an_invoice(BOOKING)


class Mapper(NamedTuple):
    entity: Any
    row: Callable[[Any], dict[str, Any]]
    entity_from: Callable[[Any], Any]


MAPPERS = {
    "users": Mapper(USER, user_row, user_from),
    "members": Mapper(MEMBER, member_row, member_from),
    "refresh_sessions": Mapper(a_session(USER), session_row, session_from),
    "password_resets": Mapper(a_reset(USER), reset_row, reset_from),
    "audit_log": Mapper(an_entry(), audit_entry_row, audit_entry_from),
    "calendar_feeds": Mapper(
        CalendarFeed(USER.id, bytes(32), MONDAY), calendar_feed_row, calendar_feed_from
    ),
    "idempotency_keys": Mapper(
        ProcessedRequest(USER.id, "key", bytes(32), StoredResponse(200, {"a": "b"}, b"{}"), MONDAY),
        processed_request_row,
        processed_request_from,
    ),
    "spaces": Mapper(SPACE, space_row, space_from),
    "space_history": Mapper(SpaceVersion.of(SPACE), space_version_row, space_version_from),
    "bookings": Mapper(BOOKING, booking_row, booking_from),
    "occupancy_logs": Mapper(a_log(BOOKING), occupancy_log_row, occupancy_log_from),
    "subscriptions": Mapper(a_subscription(MEMBER), subscription_row, subscription_from),
    "invoices": Mapper(INVOICE, invoice_row, invoice_from),
    "refunds": Mapper(a_refund(BOOKING), refund_row, refund_from),
    "ledger_entries": Mapper(a_ledger_entry(INVOICE), ledger_entry_row, ledger_entry_from),
    "provider_payments": Mapper(
        ProviderPayment(id="pi_1", refunded=Money(5), version=3), payment_row, payment_from
    ),
    "checkouts": Mapper(
        Checkout(
            id=CheckoutId(BOOKING.id),
            user_id=USER.id,
            booking_id=BOOKING.id,
            plan_type=None,
            amount=BOOKING.amount,
            status=CheckoutStatus.OPEN,
            session_id="cs_1",
            url="https://pay.example/cs_1",
            expires_at=MONDAY + timedelta(hours=1),
            created_at=MONDAY,
        ),
        checkout_row,
        checkout_from,
    ),
    "jobs": Mapper(
        Job.new("mail", "welcome", {"user_id": str(USER.id)}, at=MONDAY), job_row, job_from
    ),
}


class RecordingRow:
    """Records the columns that a mapper reads."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.read: set[str] = set()
        self._values = values

    def __getitem__(self, column: str, /) -> Any:
        self.read.add(column)
        return self._values[column]


def test_every_table_has_a_mapper_or_needs_none() -> None:
    assert MAPPERS.keys() | WITHOUT_ENTITY == metadata.tables.keys()
    assert not MAPPERS.keys() & WITHOUT_ENTITY


@pytest.mark.parametrize("table", MAPPERS)
def test_a_mapper_reads_and_writes_every_column(table: str) -> None:
    mapper, columns = MAPPERS[table], set(metadata.tables[table].columns.keys())
    values = mapper.row(mapper.entity)
    assert values.keys() == columns
    row = RecordingRow(values)
    assert mapper.entity_from(row) == mapper.entity
    assert row.read == columns - ONLY_WRITTEN.get(table, set())


@pytest.mark.parametrize("table", MAPPERS)
def test_a_mapper_depends_on_no_order_of_columns(table: str) -> None:
    mapper = MAPPERS[table]
    values = dict(reversed(mapper.row(mapper.entity).items()))
    assert mapper.entity_from(values) == mapper.entity


def test_a_joined_row_names_the_columns_of_its_second_table_with_a_prefix() -> None:
    member = {f"member_{name}": value for name, value in member_row(MEMBER).items()}
    assert account_from(user_row(USER) | member) == Account(USER, MEMBER)


def test_prefixed_columns_are_read_through_a_prefixed_row() -> None:
    labels = [column.name for column in prefixed_columns(members, "member_")]
    row = PrefixedRow({label: label.removeprefix("member_") for label in labels}, "member_")
    names = members.columns.keys()
    assert [row[name] for name in names] == names
