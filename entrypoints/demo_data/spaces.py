"""The 24 spaces of the demo data."""

from dataclasses import dataclass
from random import Random

from domain.ids import SpaceId
from domain.local_time import DAY, MINUTE
from domain.money import Money
from domain.opening_hours import WEEKDAYS, OpeningHours
from domain.spaces import MAX_CAPACITY, Space, SpaceType
from domain.tariff import Tariff
from entrypoints.demo_data.randomness import ID_BITS, uuid7_at
from entrypoints.demo_data.timeline import Timeline


def _week(weekdays: tuple[str, str], saturday: tuple[str, str] | None = None) -> OpeningHours:
    week = {day: [weekdays] for day in WEEKDAYS[:5]}
    return OpeningHours.parse(week | ({"saturday": [saturday]} if saturday else {}))


_HOUSE_HOURS = _week(("08:00", "20:00"), ("10:00", "16:00"))
_WEEKDAYS_ONLY = _week(("08:00", "20:00"))
_ALWAYS = None


@dataclass(frozen=True, slots=True)
class _Template:
    """One space. `rates` are in dollars per hour, day and month."""

    name: str
    space_type: SpaceType
    capacity: int
    rates: tuple[int | None, int | None, int | None]
    opening_hours: OpeningHours | None
    amenities: str
    description: str


_ZONE, _DESK = SpaceType.HOT_DESK, SpaceType.DEDICATED_DESK
_OFFICE, _ROOM = SpaceType.PRIVATE_OFFICE, SpaceType.MEETING_ROOM

_TEMPLATES = [
    _Template(
        "Atrium",
        _ZONE,
        32,
        (4, 22, 210),
        _HOUSE_HOURS,
        "Wi-Fi, power, coffee bar, lockers",
        "Shared desks under the glass roof, next to the coffee bar. Lively.",
    ),
    _Template(
        "Garden Floor",
        _ZONE,
        24,
        (4, 22, 210),
        _HOUSE_HOURS,
        "Wi-Fi, power, terrace, plants",
        "Shared desks with a view of the courtyard garden, and a door to the terrace.",
    ),
    _Template(
        "Library",
        _ZONE,
        20,
        (5, 27, 250),
        _HOUSE_HOURS,
        "Wi-Fi, power, quiet zone, desk lamps",
        "Shared desks between bookshelves. No calls here, please.",
    ),
    _Template(
        "Loft",
        _ZONE,
        16,
        (5, 27, 250),
        _ALWAYS,
        "Wi-Fi, power, kitchen, key card",
        "Shared desks on the top floor, open day and night with a key card.",
    ),
    *(
        _Template(
            name,
            _DESK,
            1,
            (None, daily, monthly),
            _ALWAYS,
            f"Wi-Fi, power, pedestal, monitor, {extra}",
            description,
        )
        for name, daily, monthly, extra, description in [
            ("Window Desk 1", 36, 380, "key card", "A desk of your own by the south window."),
            ("Window Desk 2", 36, 380, "key card", "A desk of your own by the south window."),
            ("Courtyard Desk 1", 34, 350, "key card", "A desk of your own facing the courtyard."),
            ("Courtyard Desk 2", 34, 350, "key card", "A desk of your own facing the courtyard."),
            ("Corner Desk", 38, 400, "whiteboard", "A wide desk in a corner, two walls to pin on."),
            ("Standing Desk", 40, 420, "height adjustable", "A desk that goes up and down."),
        ]
    ),
    *(
        _Template(
            name,
            _OFFICE,
            seats,
            (None, daily, monthly),
            _ALWAYS,
            f"Wi-Fi, power, lockable door, key card, {extra}",
            description,
        )
        for name, seats, daily, monthly, extra, description in [
            ("Office 2.1", 2, 85, 850, "phone", "A room with a door for two, on the second floor."),
            ("Office 2.2", 4, 140, 1450, "whiteboard", "Four desks and a small table."),
            ("Office 2.3", 4, 140, 1450, "whiteboard", "Four desks, a sofa, morning sun."),
            ("Office 3.1", 6, 200, 2100, "printer", "Six desks on the third floor, very quiet."),
            ("Office 3.2", 10, 310, 3300, "kitchenette", "Ten desks and a corner for meetings."),
        ]
    ),
    *(
        _Template(name, _ROOM, seats, (hourly, daily, None), hours, amenities, description)
        for name, seats, hourly, daily, hours, amenities, description in [
            (
                "Cedar Room",
                4,
                16,
                95,
                _ALWAYS,
                "screen, whiteboard, key card",
                "For interviews and small talks at a round table, by day or by night.",
            ),
            (
                "Birch Room",
                6,
                21,
                125,
                _HOUSE_HOURS,
                "screen, whiteboard, video calls",
                "A camera, a good microphone, and six chairs.",
            ),
            (
                "Maple Room",
                8,
                27,
                160,
                _WEEKDAYS_ONLY,
                "screen, whiteboard, video calls",
                "The room for weekly meetings, next to the Atrium.",
            ),
            (
                "Linden Room",
                10,
                33,
                195,
                _WEEKDAYS_ONLY,
                "projector, flip chart, whiteboard walls",
                "Walls to write on and tables on wheels, for workshops.",
            ),
            (
                "Oak Boardroom",
                16,
                48,
                290,
                _WEEKDAYS_ONLY,
                "two screens, video calls, catering",
                "One long table, for board meetings and presentations.",
            ),
            (
                "Chestnut Hall",
                120,
                145,
                870,
                _ALWAYS,
                "projector, sound, stage, catering, key card",
                "Rows of chairs for talks, or standing tables for an evening.",
            ),
            (
                "Phone Booth 1",
                1,
                6,
                None,
                _HOUSE_HOURS,
                "sound-proof, power",
                "A booth for one, near the Atrium, for calls.",
            ),
            (
                "Phone Booth 2",
                1,
                6,
                None,
                _HOUSE_HOURS,
                "sound-proof, power",
                "A booth for one, near the Garden Floor, for calls.",
            ),
            (
                "Phone Booth 3",
                1,
                6,
                None,
                _HOUSE_HOURS,
                "sound-proof, power",
                "A booth for one, near the Library, for calls.",
            ),
        ]
    ),
]


def create_spaces(timeline: Timeline, scale: float, rng: Random) -> list[Space]:
    """Return the spaces, with zones `scale` times as large as usual."""
    return [
        _space(template, timeline, scale, number, rng.getrandbits(ID_BITS))
        for number, template in enumerate(_TEMPLATES)
    ]


def _space(
    template: _Template, timeline: Timeline, scale: float, number: int, random_bits: int
) -> Space:
    created_at = timeline.opened_at - 14 * DAY + number * 7 * MINUTE
    hourly, daily, monthly = (
        None if rate is None else Money.parse(rate) for rate in template.rates
    )
    capacity = template.capacity
    if template.space_type is SpaceType.HOT_DESK:
        capacity = min(round(capacity * scale), MAX_CAPACITY)
    return Space(
        id=SpaceId(uuid7_at(created_at, random_bits)),
        name=template.name,
        description=template.description,
        space_type=template.space_type,
        capacity=capacity,
        tariff=Tariff(hourly=hourly, daily=daily, monthly=monthly),
        amenities=tuple(template.amenities.split(", ")),
        opening_hours=template.opening_hours,
        is_active=True,
        version=1,
        created_at=created_at,
        updated_at=created_at,
    )
