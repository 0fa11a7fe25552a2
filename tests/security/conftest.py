"""What the tests of the security adapters share."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The service runs on asyncio."""
    return "asyncio"
