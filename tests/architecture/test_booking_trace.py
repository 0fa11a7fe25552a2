"""What one booking executes; docs/architecture.md draws it for a reader.

`pytest -n 0 -s tests/architecture` prints each function in its order.
"""

import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from tests.database_pool import DatabasePool
from tests.databases import TestServer
from tests.http.service import running_service

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "application", "adapters", "entrypoints")
MAX_FILES = 61
READERS_WAY = (
    "entrypoints/http/routes/bookings.py",
    "entrypoints/http/schemas/bookings.py",
    "entrypoints/http/idempotency.py",
    "application/bookings/create_booking.py",
    "application/bookings/booking_request.py",
    "application/bookings/desk_allocator.py",
    "domain/booking_rules.py",
    "domain/schedule.py",
    "domain/reservation.py",
    "domain/pricing.py",
    "adapters/postgres/repositories/schedules.py",
    "adapters/postgres/repositories/bookings.py",
    "adapters/postgres/engine/session.py",
)
"""The files that docs/architecture.md has a reader open, in this order."""


async def test_a_booking_executes_few_files_and_those_that_the_documents_draw(
    server_18: TestServer, database_pool: DatabasePool
) -> None:
    async with (
        database_pool.empty(server_18) as database,
        running_service(database, BOOKING_CONFIRMATION="payment") as service,
    ):
        space, member = await service.a_space(), await service.a_person()
        # The first booking also imports and compiles.
        await member.book(space, 9, 10)
        functions: dict[str, list[str]] = defaultdict(list)

        def trace(frame: FrameType, event: str, _: Any) -> None:
            path = Path(frame.f_code.co_filename)
            if event != "call" or not path.is_relative_to(ROOT):
                return
            file, function = path.relative_to(ROOT).as_posix(), frame.f_code.co_qualname
            if file.startswith(LAYERS) and function not in functions[file]:
                functions[file].append(function)

        sys.setprofile(trace)
        try:
            await member.book(space, 10, 11)
        finally:
            sys.setprofile(None)
    for file, names in functions.items():
        print(file, *names, sep="\n    ")  # noqa: T201 - `-s` shows it
    by_layer = {layer: sum(file.startswith(f"{layer}/") for file in functions) for layer in LAYERS}
    total = sum(map(len, functions.values()))
    print(len(functions), "files", by_layer, total, "functions")  # noqa: T201 - the same
    assert len(functions) <= MAX_FILES
    assert set(READERS_WAY) <= set(functions)
    document = (ROOT / "docs/architecture.md").read_text()
    assert all(f"`{file}`" in document for file in READERS_WAY)
