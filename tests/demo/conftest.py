"""One demo house, generated once for all tests that only look at it."""

import pytest

from domain.house import Confirmation, House
from entrypoints.demo import DemoHouse, DemoPlan, generate
from tests.demo.houses import ISTANBUL, NOON


@pytest.fixture(scope="session")
def house() -> House:
    return House(timezone=ISTANBUL)


@pytest.fixture(scope="session", params=list(Confirmation))
def demo(request: pytest.FixtureRequest) -> DemoHouse:
    """The usual house at noon of a Wednesday, for each way to confirm."""
    settings = House(timezone=ISTANBUL, confirmation=request.param)
    return generate(DemoPlan(), settings, now=NOON, password_hash="a hash")
