"""The SDK as the application uses it, and what the tests ask it for most."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import stripe

from adapters.stripe.sandbox import Sandbox

SUCCESS = "https://house.test/paid?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://house.test/bookings"


@asynccontextmanager
async def client_of(
    sandbox: Sandbox, api_key: str | None = None, within: float = 5.0
) -> AsyncIterator[Any]:
    """The client's v1 services; typed as anything, since tests also ask for what is wrong."""
    http_client: Any = stripe.HTTPXClient(timeout=within, verify_ssl_certs=False)
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


def for_booking(cents: int = 4_000, **more: Any) -> dict[str, Any]:
    return {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
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
    } | more


async def checkout(client: Any, cents: int = 4_000, **more: Any) -> Any:
    return await client.checkout.sessions.create_async(for_booking(cents, **more))


async def plan_checkout(client: Any, price: str, **more: Any) -> Any:
    """A member's checkout of a plan."""
    customer = await client.customers.create_async({"email": "mia@house.test", "name": "Mia"})
    return await client.checkout.sessions.create_async(
        {
            "mode": "subscription",
            "customer": customer.id,
            "success_url": SUCCESS,
            "line_items": [{"price": price, "quantity": 1}],
            "subscription_data": {"metadata": {"member_id": "m-1"}},
        }
        | more
    )
