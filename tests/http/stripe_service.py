"""The application with the Stripe sandbox, called by the real SDK over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from httpx import AsyncClient, Response

from adapters.postgres import PostgresDatabase
from adapters.stripe.sandbox import PLAN_PRICES, Sandbox, running_sandbox
from entrypoints.container import Container
from tests.entities import HOUR, MONDAY
from tests.http.service import Person, Service, running_service

API_KEY = "sk_test_house"
WEBHOOK_SECRET = "whsec_of_the_house"
WEBHOOK = "/api/webhooks/stripe"
GOOD_CARD = "4242 4242 4242 4242"
_OPENING = MONDAY + 8 * HOUR


def stripe_variables(sandbox: Sandbox) -> dict[str, str]:
    """Return the settings of a service that uses the sandbox for payments."""
    hot_desk, dedicated, private_office = PLAN_PRICES
    return {
        "STRIPE_SECRET_KEY": API_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_HOT_DESK_PRICE_ID": hot_desk,
        "STRIPE_DEDICATED_PRICE_ID": dedicated,
        "STRIPE_PRIVATE_OFFICE_PRICE_ID": private_office,
    }


@dataclass(slots=True)
class StripeService:
    """A service and a sandbox with the same clock; the test delivers events between them."""

    service: Service
    sandbox: Sandbox
    _delivered: int = 0

    @property
    def container(self) -> Container:
        return self.service.container

    async def open_checkout(self, person: Person, **body: Any) -> dict[str, Any]:
        """Open a checkout for a `booking_id` or `plan_type`. Returns the response."""
        opened = await person.expect(200, "POST", "/api/billing/checkout", json=body)
        assert set(opened) == {"checkout_url", "session_id", "expires_at"}
        return dict(opened)

    async def pay(self, opened: dict[str, Any], card: str = GOOD_CARD) -> Response:
        """Submit the form of the hosted page, as a browser does."""
        assert urlsplit(opened["checkout_url"]).netloc == urlsplit(self.sandbox.url).netloc
        # Loading the CA certificates takes longer than everything else here.
        async with AsyncClient(verify=False) as browser:
            form = {"card": card, "action": "pay"}
            return await browser.post(opened["checkout_url"], data=form, timeout=20)

    async def deliver_events(self) -> Sequence[int]:
        """Deliver Stripe's pending events. Returns the status of each response."""
        events = self.sandbox.events()[self._delivered :]
        self._delivered += len(events)
        return [await self.deliver_event(event) for event in events]

    async def deliver_event(self, event: dict[str, Any]) -> int:
        """Deliver an event, signed."""
        body, signature = self.sandbox.sign_event(event)
        response = await self.deliver_body(body, signature)
        return response.status_code

    async def deliver_body(self, body: bytes, signature: str | None) -> Response:
        """Deliver any bytes."""
        headers = {} if signature is None else {"Stripe-Signature": signature}
        return await self.service.anonymous.post(WEBHOOK, content=body, headers=headers)

    async def add_paid_booking(self, person: Person) -> dict[str, Any]:
        """Return a booking that was paid on the hosted page, with its event delivered."""
        space = await self.service.a_space()
        booking = await person.book(space, 34, 36)
        await self.pay(await self.open_checkout(person, booking_id=booking["id"]))
        assert set(await self.deliver_events()) == {200}
        return await self.booking(person, booking)

    async def booking(self, person: Person, booking: dict[str, Any]) -> dict[str, Any]:
        """Return the current state of a booking."""
        return dict(await person.expect(200, "GET", f"/api/bookings/{booking['id']}"))

    async def invoices(self, person: Person, query: str = "") -> list[dict[str, Any]]:
        """Return the person's invoices, newest first."""
        page = await person.expect(200, "GET", f"/api/billing/invoices{query}")
        return list(page["items"])

    async def run_task(self, name: str) -> int:
        """Run a periodic task of the worker once."""
        return int(await getattr(self.container.use_cases(), name)())


@asynccontextmanager
async def run_stripe_service(database: PostgresDatabase) -> AsyncIterator[StripeService]:
    """Run a service and its sandbox, which delivers nothing by itself."""
    services: list[StripeService] = []

    def time_of_day() -> float:
        # The sandbox is created before the service whose clock it uses.
        return services[0].service.clock.now().timestamp() if services else _OPENING.timestamp()

    async with (
        running_sandbox(
            api_key=API_KEY, webhook_secret=WEBHOOK_SECRET, clock=time_of_day
        ) as sandbox,
        running_service(database, **stripe_variables(sandbox)) as service,
    ):
        services.append(StripeService(service, sandbox))
        yield services[0]
