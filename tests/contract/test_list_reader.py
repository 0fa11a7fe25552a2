"""PostgresListReader: the JSON that PostgreSQL builds equals that of the API's encoder."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from adapters.postgres import PostgresDatabase
from application.ports.bookings import BookingFilter, BookingPosition
from application.ports.spaces import SpaceFilter
from domain.bookings import BookingStatus
from domain.money import Money
from domain.opening_hours import OpeningHours
from domain.spaces import SpaceType
from domain.tariff import Tariff
from entrypoints.http.schemas.bookings import booking_body
from entrypoints.http.schemas.spaces import space_body
from tests.contract.conftest import POSTGRES_VERSIONS, postgres
from tests.database_pool import DatabasePool
from tests.entities import a_booking, a_space, a_user, hours, save_all

ODD_TEXTS = [
    None,
    "",
    'He said "no", \\ twice: 100%s %I$1',
    "tab\tnewline\r\n and \x01\x1f\x7f",
    "Gökçe 李 😀 \u2028 </script>",
    "null",
]
ODD_TIMES = [
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC),
    datetime(2026, 3, 2, 1, 2, 3, 1, tzinfo=UTC),
    datetime(2026, 3, 2, 1, 2, 3, 120_000, tzinfo=UTC),
    datetime(2026, 3, 2, 1, 2, 3, 999_999, tzinfo=UTC),
    datetime(1900, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC),
]
ODD_SUMS = [0, 1, 10, 99, 100, 123_456_789_012]
MORE_THAN_THERE_ARE = 1_000


@pytest.fixture(params=POSTGRES_VERSIONS)
async def database(
    request: pytest.FixtureRequest, database_pool: DatabasePool
) -> AsyncIterator[PostgresDatabase]:
    async with database_pool.empty(postgres(request, request.param)) as database:
        yield database


async def test_listed_bookings_equal_single_ones(database: PostgresDatabase) -> None:
    user, space = a_user(), a_space()
    bookings = []
    for number, status in enumerate(BookingStatus):
        booking = a_booking(user, space, hours(number, number + 1), status=status)
        at, cents = ODD_TIMES[number], ODD_SUMS[number]
        bookings.append(
            replace(
                booking,
                notes=ODD_TEXTS[number],
                amount=Money(cents),
                paid=Money(cents),
                refunded=Money(cents // 3),
                version=number + 1,
                hold_expires_at=booking.hold_expires_at and at,
                checked_in_at=booking.checked_in_at and at,
                checked_out_at=booking.checked_out_at and at,
                cancelled_at=booking.cancelled_at and at,
                cancel_reason='Why "not"?' if booking.cancelled_at else None,
                created_at=at,
                updated_at=at + timedelta(microseconds=10),
            )
        )
    await save_all(database.unit_of_work, user, space, *bookings)
    page = await database.list_reader.bookings(
        BookingFilter(), after=None, limit=MORE_THAN_THERE_ARE
    )
    assert list(page.items) == [
        msgspec.json.encode(booking_body(booking)).decode() for booking in reversed(bookings)
    ]
    assert page.next is None
    first = await database.list_reader.bookings(BookingFilter(), after=None, limit=2)
    assert first.next == BookingPosition(bookings[-2].period.start, bookings[-2].id)


async def test_listed_spaces_equal_single_ones(database: PostgresDatabase) -> None:
    week = OpeningHours.parse({"monday": [["00:00", "09:30"], ["10:00", "24:00"]], "sunday": []})
    spaces = [
        a_space(
            name=f"Space {number} {ODD_TEXTS[number]}",
            description=ODD_TEXTS[number] or "",
            space_type=list(SpaceType)[number % len(SpaceType)],
            tariff=Tariff(
                hourly=Money(ODD_SUMS[number]),
                daily=Money(7) if number % 2 else None,
                monthly=Money(1_000_05) if number % 3 else None,
            ),
            amenities=tuple(text for text in ODD_TEXTS[:number] if text),
            opening_hours=week if number % 2 else None,
            is_active=number != 1,
            created_at=at,
            updated_at=at,
        )
        for number, at in enumerate(ODD_TIMES)
    ]
    await save_all(database.unit_of_work, *spaces)
    page = await database.list_reader.spaces(SpaceFilter(), after=None, limit=MORE_THAN_THERE_ARE)
    # The days of a week may be in any order.
    assert [msgspec.json.decode(item) for item in page.items] == [
        msgspec.json.decode(msgspec.json.encode(space_body(space))) for space in spaces
    ]
    first = await database.list_reader.spaces(SpaceFilter(), after=None, limit=2)
    assert first.next == spaces[1].id
