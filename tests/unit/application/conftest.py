"""Fixtures of the use case tests."""

import pytest

from domain.house import Confirmation
from tests.unit.application.world import World


@pytest.fixture
def world() -> World:
    """A house that confirms bookings immediately."""
    return World()


@pytest.fixture
def paying_world() -> World:
    """A house that confirms bookings when they are paid."""
    return World(confirmation=Confirmation.PAYMENT)
