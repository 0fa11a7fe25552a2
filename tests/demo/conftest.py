"""Demo houses, each generated once for all tests that only look at it."""

import pytest

from domain.house import Confirmation, House
from entrypoints.demo_data import DemoData, DemoPlan, generate
from tests.demo.houses import ISTANBUL, NOON, a_small_one


@pytest.fixture(scope="session")
def house() -> House:
    return House(timezone=ISTANBUL)


@pytest.fixture(scope="session")
def small(house: House) -> DemoData:
    """Some weeks of it."""
    return a_small_one(house)


@pytest.fixture(scope="session")
def another(house: House) -> DemoData:
    """The same of another seed."""
    return a_small_one(house, seed=2)


@pytest.fixture(scope="session", params=list(Confirmation))
def confirmation(request: pytest.FixtureRequest) -> Confirmation:
    """Each way to confirm."""
    way: Confirmation = request.param
    return way


@pytest.fixture(scope="session")
def plan(confirmation: Confirmation) -> DemoPlan:
    """The usual one, and one with fewer bookings, in which each rule shows as well."""
    return DemoPlan() if confirmation is Confirmation.IMMEDIATE else DemoPlan(bookings=4_000)


@pytest.fixture(scope="session")
def demo(plan: DemoPlan, confirmation: Confirmation) -> DemoData:
    """The house of that plan at noon of a Wednesday, confirmed in that way."""
    settings = House(timezone=ISTANBUL, confirmation=confirmation)
    return generate(plan, settings, now=NOON, password_hash="a hash")
