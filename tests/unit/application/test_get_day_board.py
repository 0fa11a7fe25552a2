"""GetDayBoard and its view in a terminal: any width, no colors, days with clock changes."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from application.bookings.cancel_booking import Cancellation
from application.common.caller import Caller
from application.reports.get_day_board import GetDayBoard
from domain.errors import Forbidden
from domain.house import House
from domain.opening_hours import OpeningHours
from entrypoints.cli.board_view import BoardView
from tests.unit.application.world import World

MONDAY = date(2026, 3, 2)
NINE_TO_FIVE = OpeningHours.parse({"monday": [["09:00", "17:00"]]})


async def board_lines(
    world: World, admin: Caller, day: date = MONDAY, *, width: int = 80, zone: str = "UTC"
) -> list[str]:
    """Return the lines in a terminal of that width without colors."""
    get_day_board = GetDayBoard(world.unit_of_work, world.clock, House(timezone=ZoneInfo(zone)))
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(BoardView(await get_day_board(admin, day), ZoneInfo(zone)))
    return captured.get().splitlines()


async def test_members_may_not_see_the_board(world: World) -> None:
    get_day_board = GetDayBoard(world.unit_of_work, world.clock, world.house)
    with pytest.raises(Forbidden):
        await get_day_board(await world.a_caller())


async def test_a_line_shows_open_booked_and_closed_hours(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    room = await world.a_space(name="Harbour", opening_hours=NINE_TO_FIVE)
    await world.book(member, room, 10, 12)
    lines = await board_lines(world, admin)
    title, _, ruler, bar, who, legend = lines
    assert title == "Monday, 02 March 2026, UTC"
    assert ruler.split()[:3] == ["00", "02", "04"]
    # A cell is half an hour: 96 quarters do not fit.
    assert bar.rstrip() == "Harbour  " + " " * 18 + "··▓▓▓▓··········"
    assert who.split()[0] == "10:00-12:00"
    assert (await world.user(member)).full_name in who
    assert legend.startswith("· free")


async def test_now_is_marked_on_its_own_day_only(world: World) -> None:
    admin = await world.an_admin()
    await world.a_space(name="Harbour")
    world.set_time(6)
    assert (await board_lines(world, admin))[1].index("▼") == len("Harbour  ") + 12
    assert "▼" not in (await board_lines(world, admin, date(2026, 3, 3)))[1]


async def test_a_zone_shows_how_many_of_its_desks_are_taken(world: World) -> None:
    admin = await world.an_admin()
    zone = await world.a_zone(4, name="Zone")
    for end in (11, 12):
        await world.book(await world.a_caller(), zone, 10, end)
    bar = (await board_lines(world, admin))[3]
    assert "·▄▄▂▂·" in bar
    assert "#2" in (await board_lines(world, admin))[4]


@pytest.mark.parametrize("width", [24, 40, 80, 200])
async def test_no_line_is_wider_than_the_terminal(world: World, width: int) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    room = await world.a_space(name="A room with a rather long name [of its own]")
    for hour in range(8, 16):
        await world.book(member, room, hour, hour + 0.5)
    lines = await board_lines(world, admin, width=width)
    assert max(map(len, lines)) <= width
    assert any("▓" in line for line in lines)


async def test_a_day_of_23_hours_and_a_skipped_day_are_shown(
    world: World,
) -> None:
    admin = await world.an_admin()
    await world.a_space(name="Harbour")
    lines = await board_lines(world, admin, date(2026, 3, 8), zone="America/New_York")
    assert lines[3].count("·") == 46
    assert " 02 " not in lines[2]
    skipped = await board_lines(world, admin, date(2011, 12, 30), zone="Pacific/Apia")
    assert skipped[1] == "This day does not exist in the house's time zone."


async def test_cancelled_bookings_and_inactive_spaces_are_not_shown(world: World) -> None:
    admin, member = await world.an_admin(), await world.a_caller()
    room = await world.a_space(name="Harbour")
    booking = await world.book(member, room, 10, 12)
    await world.cancel_booking(member, booking.id, Cancellation())
    assert "▓" not in (await board_lines(world, admin))[3]
    await world.delete_space(admin, room.id)
    assert (await board_lines(world, admin))[1:] == ["There are no active spaces."]
