"""A house of 200 spaces with as long a history as is asked for, made by PostgreSQL itself.

Every space has 50 bookings per 30 days, each from one to four hours long, so that only the length
of the history grows: a month of availability, a month of a report and a page of a list are of the
same size in every house. Or all of it is within one year (BUSY_YEAR). Each booking has its invoice,
its entry in the audit log and, if somebody came, its occupancy log, and each that is over what was
paid for it and given back, as the service would have written them.
"""

import json
from calendar import day_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg

from adapters.security import Argon2Passwords
from tests.bench.dates import Dates, midnight

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SPACES = 200
CALLERS = 16
"""The people whose requests are measured; the first is an admin."""
PASSWORD = "nine green umbrellas"
COMING = 50 * SPACES
"""Bookings of the coming month, which every house has besides its history."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a house fills: one booking a `step` at each desk, begun up to `spread` later."""

    desks: int
    step: timedelta
    spread: timedelta
    opening_hours: str | None = None


STEADY = Pace(desks=1, step=timedelta(hours=14, minutes=24), spread=timedelta(0))
"""50 bookings of a space in 30 days, all spaces' at the same instants."""
BUSY_YEAR = Pace(
    desks=8,
    step=timedelta(hours=14),
    spread=timedelta(hours=9, minutes=45),
    opening_hours=json.dumps({day.lower(): [["00:00", "24:00"]] for day in day_name}),
)
"""A million bookings in a year, which begin on any quarter of an hour."""


def caller_email(number: int) -> str:
    """The address of one of the callers."""
    return f"bench{number}@example.com"


def user_count(bookings: int) -> int:
    """So many that each has about a hundred bookings."""
    return max(100, bookings // 100)


# A UUID of version 7 from a time and a number.
_ID = """
CREATE FUNCTION pg_temp.id(at timestamptz, what text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(what), 1, 3) || '8' || substr(md5(what), 4, 15))::uuid
$$
"""
_USERS = """
INSERT INTO users (id, email, password_hash, full_name, role, is_active, locale, reminders, version,
    created_at, updated_at, credentials_version, search_text)
SELECT pg_temp.id($1, 'user ' || i), email, $2, 'User ' || i,
    (CASE i WHEN 0 THEN 'ADMIN' ELSE 'MEMBER' END)::user_role, true, 'en', true, 1, $1, $1, 1,
    email || ' user ' || i
FROM generate_series(0, $3::int - 1) AS i,
    LATERAL (SELECT CASE WHEN i < $4 THEN 'bench' ELSE 'user' END || i || '@example.com')
    AS e (email)
"""
_MEMBERS = """
INSERT INTO members (id, user_id, company, version, created_at, updated_at)
SELECT pg_temp.id($1, 'member ' || u.id), u.id, 'Company ' || row_number() OVER () % 50, 1, $1, $1
FROM users u
"""
_SPACES = """
INSERT INTO spaces (id, name, description, space_type, capacity, hourly_rate_cents,
    daily_rate_cents, monthly_rate_cents, amenities, opening_hours, is_active, version, created_at,
    updated_at)
SELECT pg_temp.id($1, 'space ' || i), 'Space ' || i, 'A space to measure with.', t.type,
    CASE t.type WHEN 'HOT_DESK' THEN $3::int ELSE i % 12 + 1 END, 800 + i % 30 * 100,
    6000 + i * 100, 90000 + i * 1000, ARRAY['Wi-Fi', 'Coffee'], $4::jsonb, true, 1, $1, $1
FROM generate_series(1, $2::int) AS i, LATERAL (SELECT (CASE $3::int WHEN 1 THEN ARRAY['HOT_DESK',
    'DEDICATED_DESK', 'MEETING_ROOM', 'PRIVATE_OFFICE'] ELSE array_fill('HOT_DESK'::text, '{4}') END
    )[i % 4 + 1]::space_type) AS t (type)
"""
_SPACE_HISTORY = """
INSERT INTO space_history (space_id, version, since, desks, opening_hours, is_active)
SELECT id, 1, created_at, $1::int, opening_hours, true FROM spaces
"""
# Step by step back from the end; what begins late in its step still has room for four hours.
_BOOKINGS = """
INSERT INTO bookings (id, space_id, user_id, desk, start_time, end_time, status, amount_cents,
    paid_cents, refunded_cents, covered_by_plan, checked_in_at, checked_out_at, cancelled_at,
    version, created_at, updated_at, lapsed)
SELECT pg_temp.id(start_time - interval '7 days', $1 || ' ' || k),
    s.ids[k % array_length(s.ids, 1) + 1],
    u.ids[(hashint4(k) & 2147483647) % array_length(u.ids, 1) + 1],
    place % $4::int + 1, start_time, start_time + duration, status, price,
    CASE $1 WHEN 'past' THEN price ELSE 0 END,
    CASE WHEN $1 = 'past' AND status = 'CANCELLED' THEN price ELSE 0 END, false,
    CASE status WHEN 'COMPLETED' THEN start_time + late END,
    CASE status WHEN 'COMPLETED' THEN start_time + duration - late END,
    CASE status WHEN 'CANCELLED' THEN start_time - interval '2 days' END,
    1, start_time - interval '7 days', start_time - interval '7 days', false
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM spaces) AS s,
    (SELECT array_agg(id ORDER BY email) AS ids FROM users) AS u,
    generate_series(0, $2::int - 1) AS k,
    LATERAL (SELECT k / array_length(s.ids, 1), (hashint4(k * 3 + 2) & 2147483647) % 20,
        interval '15 minutes' * ((hashint4(k * 5 + 3) & 2147483647)
            % (extract(epoch FROM $6::interval) / 900 + 1)::int),
        interval '1 microsecond' * ((hashint4(k * 11 + 4) & 2147483647) % 600000000)
    ) AS l (place, lot, after, late),
    LATERAL (SELECT
        $3::timestamptz - $5::interval * (place / $4 + 1) + after,
        (hashint4(k * 7 + 1) & 2147483647) % 4 + 1,
        (CASE WHEN lot = 0 THEN 'CANCELLED' WHEN $1 = 'coming' THEN 'CONFIRMED'
            WHEN lot = 1 THEN 'NO_SHOW' ELSE 'COMPLETED' END)::booking_status
    ) AS b (start_time, hours, status),
    LATERAL (SELECT interval '1 hour' * hours, 1000 * hours) AS c (duration, price)
ORDER BY k DESC
"""
_AFTERWARDS = (
    """
    INSERT INTO invoices (id, user_id, booking_id, space_id, amount_cents, refunded_cents, status,
        description, issued_at, paid_at, version, number)
    SELECT pg_temp.id(created_at, 'invoice ' || id), user_id, id, space_id, amount_cents,
        refunded_cents, (CASE WHEN paid_cents > 0 THEN 'PAID' WHEN status = 'CANCELLED' THEN 'VOID'
            ELSE 'OPEN' END)::invoice_status,
        'Booking', created_at, CASE WHEN paid_cents > 0 THEN created_at END, 1,
        extract(year FROM created_at) || '-' || lpad((row_number() OVER (
            PARTITION BY extract(year FROM created_at) ORDER BY created_at, id))::text, 6, '0')
    FROM bookings
    """,
    """
    INSERT INTO audit_log (id, at, event, actor_id, subject_id, client_address, details)
    SELECT pg_temp.id(created_at, 'entry ' || id), created_at, 'booking.created', user_id, id,
        '127.0.0.1', '{}'
    FROM bookings
    """,
    """
    INSERT INTO occupancy_logs (id, booking_id, space_id, occupied_at, vacated_at)
    SELECT pg_temp.id(start_time, 'log ' || id), id, space_id, checked_in_at, checked_out_at
    FROM bookings WHERE status = 'COMPLETED'
    """,
    """
    INSERT INTO ledger_entries (id, kind, user_id, booking_id, space_id, invoice_id, amount_cents,
        occurred_at, source)
    SELECT pg_temp.id(moved.at, kind || id), kind, user_id, id, space_id,
        pg_temp.id(created_at, 'invoice ' || id), cents, moved.at, kind || id
    FROM bookings, LATERAL (VALUES ('OFFLINE_PAYMENT', paid_cents, created_at),
        ('REFUND', refunded_cents, cancelled_at)) AS moved (kind, cents, at)
    WHERE cents > 0
    """,
)
# Building an index in one go takes a tenth of the time of growing it; primary keys stay, for they
# are what foreign keys need.
_INDEXES = """
SELECT 'DROP INDEX ' || i.indexrelid::regclass AS drop, pg_get_indexdef(i.indexrelid) AS make
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype <> 'f'
WHERE i.indrelid = ANY ($1::regclass[]) AND c.oid IS NULL
UNION ALL
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
        pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = ANY ($1::regclass[]) AND contype IN ('x', 'u')
"""
_LARGE = ("bookings", "invoices", "audit_log", "occupancy_logs", "ledger_entries")


async def fill(dsn: str, bookings: int, dates: Dates, pace: Pace = STEADY) -> None:
    """Fill an empty database whose schema is at head."""
    password_hash = await _hashed(PASSWORD)
    connection = await asyncpg.connect(dsn)
    try:
        # What is written refers to what is there; to check that would be half of the time.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute(_ID)
        indexes = await connection.fetch(_INDEXES, _LARGE)
        await _each(connection, [index["drop"] for index in indexes])
        await _fill(connection, bookings, dates, pace, password_hash)
        await _each(connection, [index["make"] for index in indexes])
        await _each(connection, ["VACUUM ANALYZE", "CHECKPOINT"])
    finally:
        await connection.close()


async def _fill(
    connection: Connection, bookings: int, dates: Dates, pace: Pace, password_hash: str
) -> None:
    # Everything began before the first booking was made.
    steps = bookings // (SPACES * pace.desks) + 1
    began = midnight(dates.history_end) - steps * pace.step - timedelta(days=30)
    users: Sequence[Any] = (password_hash, user_count(bookings), CALLERS)
    await connection.execute(_USERS, began, *users)
    await connection.execute(_MEMBERS, began)
    await connection.execute(_SPACES, began, SPACES, pace.desks, pace.opening_hours)
    await connection.execute(_SPACE_HISTORY, pace.desks)
    how = pace.desks, pace.step, pace.spread
    await connection.execute(_BOOKINGS, "past", bookings, midnight(dates.history_end), *how)
    await connection.execute(_BOOKINGS, "coming", COMING, midnight(dates.coming[1]), *how)
    await _each(connection, _AFTERWARDS)


async def _each(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def _hashed(password: str) -> str:
    passwords = Argon2Passwords(threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()
