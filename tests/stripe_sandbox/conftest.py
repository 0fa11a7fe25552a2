"""A running sandbox, a webhook that receives its events, and the SDK's client."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from adapters.stripe.sandbox import Sandbox, running_sandbox
from tests.stripe_sandbox.stripe_client import stripe_client
from tests.stripe_sandbox.webhook_receiver import SECRET, WebhookReceiver, running_receiver


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
async def sandbox(receiver: WebhookReceiver) -> AsyncIterator[Sandbox]:
    async with running_sandbox(
        webhook_url=receiver.url, webhook_secret=SECRET, retry_delays=(0.01, 0.01, 0.01)
    ) as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Any]:
    async with stripe_client(sandbox) as client:
        yield client
