"""The SDK's client as the application uses it, and the checkout sessions that most tests create."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import stripe

from adapters.stripe.sandbox import Sandbox

SUCCESS_URL = "https://house.test/paid?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "https://house.test/bookings"


@asynccontextmanager
async def stripe_client(
    sandbox: Sandbox, api_key: str | None = None, timeout_seconds: float = 5.0
) -> AsyncIterator[Any]:
    """The client's v1 services; typed as Any, because tests also send invalid parameters."""
    http_client: Any = stripe.HTTPXClient(timeout=timeout_seconds, verify_ssl_certs=False)
    client = stripe.StripeClient(
        api_key or sandbox.api_key,
        base_addresses={"api": sandbox.url},
        http_client=http_client,
        max_network_retries=0,
    )
    try:
        yield client.v1
    finally:
        await http_client.close_async()


def session_params(cents: int = 4_000, **extra: Any) -> dict[str, Any]:
    """Parameters of a checkout session in payment mode."""
    return {
        "mode": "payment",
        "success_url": SUCCESS_URL,
        "cancel_url": CANCEL_URL,
        "line_items": [
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": cents,
                    "product_data": {"name": "Desk <1>"},
                },
                "quantity": 1,
            }
        ],
        "metadata": {"booking_id": "b-1"},
        "payment_intent_data": {"metadata": {"booking_id": "b-1"}},
    } | extra


async def create_session(client: Any, cents: int = 4_000, **extra: Any) -> Any:
    """Create a checkout session in payment mode."""
    return await client.checkout.sessions.create_async(session_params(cents, **extra))


async def create_plan_session(client: Any, price: str, **extra: Any) -> Any:
    """Create a checkout session in subscription mode for a new customer."""
    customer = await client.customers.create_async({"email": "mia@house.test", "name": "Mia"})
    return await client.checkout.sessions.create_async(
        {
            "mode": "subscription",
            "customer": customer.id,
            "success_url": SUCCESS_URL,
            "line_items": [{"price": price, "quantity": 1}],
            "subscription_data": {"metadata": {"member_id": "m-1"}},
        }
        | extra
    )
