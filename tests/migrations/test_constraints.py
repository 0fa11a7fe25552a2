"""Each CHECK and exclusion constraint rejects a row that violates it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from adapters.postgres.engine.pool import Connection
from adapters.postgres.engine.statement import insert_row
from adapters.postgres.mappers.audit_entry import audit_entry_row
from adapters.postgres.mappers.booking import booking_row
from adapters.postgres.mappers.checkout import checkout_row
from adapters.postgres.mappers.idempotency_key import processed_request_row
from adapters.postgres.mappers.invoice import invoice_row
from adapters.postgres.mappers.job import job_row
from adapters.postgres.mappers.ledger import ledger_entry_row, payment_row
from adapters.postgres.mappers.occupancy_log import occupancy_log_row
from adapters.postgres.mappers.password_reset import reset_row
from adapters.postgres.mappers.refund import refund_row
from adapters.postgres.mappers.session import session_row
from adapters.postgres.mappers.space import space_row, space_version_row
from adapters.postgres.mappers.subscription import subscription_row
from adapters.postgres.mappers.user import member_row, user_row
from adapters.postgres.schema import constraints
from adapters.postgres.schema.tables import metadata
from application.jobs.job import Job
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse
from domain.bookings import BookingStatus
from domain.checkouts import Checkout, CheckoutStatus
from domain.ids import CheckoutId, LedgerEntryId
from domain.ledger import EntryKind, LedgerEntry, ProviderPayment
from domain.space_history import SpaceVersion
from tests.database_pool import DatabasePool
from tests.databases import TestServer
from tests.entities import (
    MONDAY,
    a_booking,
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

Row = dict[str, Any]
EARLIER = MONDAY - timedelta(days=1)

USER = a_user()
MEMBER = a_member(USER)
SESSION = a_session(USER)
SPACE = a_space()
BOOKING = a_booking(USER, SPACE, hours(9, 10))
SUBSCRIPTION = a_subscription(MEMBER)
VALID_ROWS: dict[str, Row] = {
    "users": user_row(USER),
    "members": member_row(MEMBER),
    "refresh_sessions": session_row(SESSION),
    "spaces": space_row(SPACE),
    "bookings": booking_row(BOOKING),
    "subscriptions": subscription_row(SUBSCRIPTION),
    "space_history": space_version_row(SpaceVersion.of(SPACE)),
    "occupancy_logs": occupancy_log_row(a_log(BOOKING)),
    "invoices": invoice_row(an_invoice(BOOKING)),
    "used_refresh_tokens": {"token_hash": bytes(32), "session_id": SESSION.id},
    "password_resets": reset_row(a_reset(USER)),
    "throttles": {"key": "login", "window_ends_at": MONDAY, "failed": 0, "open": 0},
    "refunds": refund_row(a_refund(BOOKING)),
    "calendar_feeds": {"user_id": USER.id, "token_hash": bytes(32), "created_at": MONDAY},
    "idempotency_keys": processed_request_row(
        ProcessedRequest(USER.id, "key", bytes(32), StoredResponse(200, {}, b""), MONDAY)
    ),
    "checkouts": checkout_row(
        Checkout(
            id=CheckoutId(BOOKING.id),
            user_id=USER.id,
            booking_id=BOOKING.id,
            plan_type=None,
            amount=BOOKING.amount,
            status=CheckoutStatus.OPEN,
            created_at=MONDAY,
        )
    ),
    "ledger_entries": ledger_entry_row(
        LedgerEntry(
            id=LedgerEntryId(BOOKING.id),
            kind=EntryKind.CHARGE,
            user_id=USER.id,
            booking_id=BOOKING.id,
            space_id=SPACE.id,
            subscription_id=None,
            invoice_id=None,
            payment_id="pi_1",
            amount=BOOKING.amount,
            occurred_at=MONDAY,
            source="pi_1",
        )
    ),
    "provider_payments": payment_row(ProviderPayment(id="pi_1")),
    "stripe_events": {"event_id": "evt_1", "type": "charge.refunded", "handled_at": MONDAY},
    "audit_log": audit_entry_row(an_entry()),
    "jobs": job_row(Job.new("mail", "welcome", {"user_id": str(USER.id)}, at=MONDAY)),
    "ticks": {"name": "sweep", "next_at": MONDAY},
}
RATES = ("hourly_rate_cents", "daily_rate_cents", "monthly_rate_cents")

VIOLATIONS: dict[str, list[Row]] = {
    "users_email_is_bounded": [{"email": ""}, {"email": "a" * 255}],
    "refresh_sessions_token_is_hashed": [{"token_hash": bytes(31)}, {"token_hash": bytes(33)}],
    "refresh_sessions_expire_after_start": [{"expires_at": MONDAY, "created_at": MONDAY}],
    "used_refresh_tokens_token_is_hashed": [{"token_hash": bytes(31)}, {"token_hash": bytes(33)}],
    "password_resets_token_is_hashed": [{"token_hash": bytes(31)}, {"token_hash": bytes(33)}],
    "jobs_are_named_by_kind": [{"kind": "other"}],
    "jobs_id_length_is_bounded": [{"id": "mail/" + "a" * 251}],
    "jobs_attempts_are_not_negative": [{"attempts": -1}],
    "jobs_end_one_way": [{"finished_at": MONDAY, "gave_up_at": MONDAY}],
    "throttles_counts_are_not_negative": [{"failed": -1}, {"open": -1}],
    "spaces_capacity_is_bounded": [{"capacity": 0}, {"capacity": 1001}],
    "spaces_rates_are_not_negative": [{rate: -1} for rate in RATES],
    "spaces_have_a_rate": [dict.fromkeys(RATES)],
    "bookings_end_after_start": [{"end_time": BOOKING.period.start}, {"end_time": EARLIER}],
    "bookings_desks_count_from_one": [{"desk": 0}],
    "bookings_amount_is_not_negative": [{"amount_cents": -1}],
    "bookings_refund_is_what_was_paid_at_most": [
        {"paid_cents": 1, "refunded_cents": 2},
        {"paid_cents": 1, "refunded_cents": -1},
    ],
    "bookings_covered_ones_cost_nothing": [{"covered_by_plan": True, "amount_cents": 1}],
    "bookings_pending_are_held": [{"hold_expires_at": MONDAY}, {"status": BookingStatus.PENDING}],
    "bookings_cancelled_have_a_time": [
        {"cancelled_at": MONDAY},
        {"status": BookingStatus.CANCELLED},
    ],
    "bookings_attended_have_a_check_in": [
        {"checked_in_at": MONDAY},
        {"status": BookingStatus.CHECKED_IN},
        {"status": BookingStatus.COMPLETED, "checked_out_at": MONDAY},
    ],
    "bookings_completed_have_a_check_out": [
        {"checked_out_at": MONDAY},
        {"status": BookingStatus.COMPLETED, "checked_in_at": MONDAY},
    ],
    "bookings_lapsed_are_cancelled": [{"lapsed": True}],
    "checkouts_are_for_one_thing": [{"booking_id": None}, {"plan_type": "HOT_DESK"}],
    "ledger_entries_move_something": [{"amount_cents": 0}],
    "ledger_entries_are_for_one_thing": [
        {"booking_id": None},
        {"subscription_id": SUBSCRIPTION.id},
    ],
    "subscriptions_end_after_start": [
        {"current_period_start": MONDAY, "current_period_end": MONDAY}
    ],
    "occupancy_logs_end_after_start": [{"occupied_at": MONDAY, "vacated_at": EARLIER}],
    "invoices_are_for_one_thing": [
        {"subscription_id": SUBSCRIPTION.id},
        {"booking_id": None, "space_id": None},
    ],
    "invoices_name_booking_and_space": [
        {"space_id": None},
        {"booking_id": None, "subscription_id": SUBSCRIPTION.id},
    ],
    "invoices_refund_is_the_amount_at_most": [
        {"amount_cents": 1, "refunded_cents": 2},
        {"refunded_cents": -1},
    ],
    "invoices_paid_ones_have_a_time": [
        {"paid_at": MONDAY, "status": "OPEN"},
        {"paid_at": None, "status": "PAID"},
    ],
    "space_history_desks_are_bounded": [{"desks": 0}, {"desks": 1001}],
    "refunds_give_something_back": [{"amount_cents": 0}, {"amount_cents": -1}],
    "calendar_feeds_token_is_hashed": [{"token_hash": bytes(31)}, {"token_hash": bytes(33)}],
    "idempotency_keys_length_is_bounded": [{"key": ""}, {"key": "k" * 256}],
    "idempotency_keys_fingerprint_is_a_hash": [
        {"fingerprint": bytes(31)},
        {"fingerprint": bytes(33)},
    ],
    constraints.ONE_BOOKING_PER_DESK: [{"id": UUID(int=1)}],
}
TABLES = {
    str(constraint.name): table.name
    for table in metadata.tables.values()
    for constraint in table.constraints
    if isinstance(constraint, (sa.CheckConstraint, ExcludeConstraint))
}
CASES = [(name, values) for name, examples in VIOLATIONS.items() for values in examples]


@pytest.fixture
async def connection(server: TestServer, database_pool: DatabasePool) -> AsyncIterator[Connection]:
    """A connection to an empty database."""
    async with (
        database_pool.empty(server) as database,
        database._connections.connection() as connection,
    ):
        yield connection


def test_every_constraint_has_an_example() -> None:
    assert set(VIOLATIONS) == set(TABLES)


@pytest.mark.parametrize(
    "constraint, values", CASES, ids=[f"{name} {number}" for number, (name, _) in enumerate(CASES)]
)
async def test_a_row_that_violates_a_constraint_is_rejected(
    connection: Connection, constraint: str, values: Row
) -> None:
    for name in prerequisite_tables(TABLES[constraint], constraint):
        await insert(connection, name, VALID_ROWS[name])
    row = VALID_ROWS[TABLES[constraint]] | values
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as error:
        await insert(connection, TABLES[constraint], row)
    assert error.value.constraint_name == constraint


async def test_the_valid_rows_are_accepted(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        await insert(connection, table.name, VALID_ROWS[table.name])


def prerequisite_tables(table: str, constraint: str) -> list[str]:
    """Return the tables to fill first; for the exclusion constraint, with the conflicting row's."""
    order = [parent.name for parent in metadata.sorted_tables]
    before = order[: order.index(table)]
    return [*before, table] if constraint == constraints.ONE_BOOKING_PER_DESK else before


async def insert(connection: Connection, table: str, row: Row) -> None:
    statement = insert_row(metadata.tables[table])
    await connection.fetch(statement.sql, *statement.arguments(row))
