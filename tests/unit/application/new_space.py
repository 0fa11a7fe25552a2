"""NEW_SPACE: a request for a new space with all fields set."""

from application.spaces.create_space import NewSpace
from domain.money import Money
from domain.opening_hours import OpeningHours
from domain.spaces import SpaceType
from domain.tariff import Tariff

NEW_SPACE = NewSpace(
    name="Deck",
    description="Upstairs",
    space_type=SpaceType.HOT_DESK,
    capacity=4,
    tariff=Tariff(hourly=Money(5_00), monthly=Money(200_00)),
    amenities=("Wi-Fi", "Coffee"),
    opening_hours=OpeningHours.parse({"monday": [["09:00", "18:00"]]}),
)
