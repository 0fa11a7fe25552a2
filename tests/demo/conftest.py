"""Demo data that is generated once for all tests that only read it."""

import pytest

from domain.house import Confirmation, House
from entrypoints.demo_data import DemoData, DemoPlan, generate
from tests.demo.sample_data import ISTANBUL, NOON, small_demo_data


@pytest.fixture(scope="session")
def house() -> House:
    return House(timezone=ISTANBUL)


@pytest.fixture(scope="session")
def small(house: House) -> DemoData:
    """Four weeks of data."""
    return small_demo_data(house)


@pytest.fixture(scope="session")
def other_seed(house: House) -> DemoData:
    """The same plan with another seed."""
    return small_demo_data(house, seed=2)


@pytest.fixture(scope="session", params=list(Confirmation))
def confirmation(request: pytest.FixtureRequest) -> Confirmation:
    """Each way to confirm a booking."""
    confirmation: Confirmation = request.param
    return confirmation


@pytest.fixture(scope="session")
def plan(confirmation: Confirmation) -> DemoPlan:
    """The default plan, and a smaller one that is enough to show each rule."""
    return DemoPlan() if confirmation is Confirmation.IMMEDIATE else DemoPlan(bookings=4_000)


@pytest.fixture(scope="session")
def demo(plan: DemoPlan, confirmation: Confirmation) -> DemoData:
    """The data of that plan at noon of a Wednesday."""
    settings = House(timezone=ISTANBUL, confirmation=confirmation)
    return generate(plan, settings, now=NOON, password_hash="a hash")
