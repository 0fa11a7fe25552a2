"""A sandbox with a webhook that listens, and the real SDK."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from adapters.stripe.sandbox import Sandbox, running_sandbox
from tests.stripe_sandbox.buyer import client_of
from tests.stripe_sandbox.receiver import SECRET, Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
async def sandbox(receiver: Receiver) -> AsyncIterator[Sandbox]:
    async with running_sandbox(
        webhook_url=receiver.url, webhook_secret=SECRET, retry_delays=(0.01, 0.01, 0.01)
    ) as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Any]:
    async with client_of(sandbox) as client:
        yield client
