"""An application that takes payments, and events in Stripe's format."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from adapters.memory import MemoryStore
from adapters.memory.fake_payment_gateway import FakePaymentGateway
from adapters.stripe.events import StripeEvents
from application.common.caller import Caller
from application.payments.open_checkout import OpenedCheckout
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking
from domain.house import Confirmation
from domain.spaces import Space
from domain.subscriptions import PlanType
from tests.payments.call_guards import guarded_payments, guarded_units
from tests.unit.application.world import World

SECRET = "whsec_test"
PRICES = {"price_hot": PlanType.HOT_DESK}


def signed(body: bytes, at: datetime, secret: str = SECRET) -> str:
    """Return Stripe's signature header for a body."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={digest}"


class PaymentFixture:
    """A member, a room, and the use cases of payments, with events in Stripe's format."""

    member: Caller
    room: Space

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWorkFactory | None = None,
        payments: PaymentGateway | None = None,
        prices: Mapping[str, PlanType] = PRICES,
    ) -> None:
        self.store = MemoryStore()
        units = guarded_units(unit_of_work or self.store.unit_of_work)
        self.world = World(confirmation=Confirmation.PAYMENT, unit_of_work=units)
        self.gateway = FakePaymentGateway()
        world = self.world
        world.payments = guarded_payments(payments or self.gateway)
        world.payment_events = StripeEvents(SECRET, prices)
        self.open_checkout = world.open_checkout
        self.open_portal = world.open_portal
        self.process_event = world.process_payment_event
        self.send_refunds = world.send_refunds
        self.check_ledger = world.check_ledger
        self.number_invoices = world.number_invoices
        self.reconcile_checkouts = world.reconcile_checkouts
        self.reconcile_subscriptions = world.reconcile_subscriptions
        self._events = 0

    async def open(self) -> "PaymentFixture":
        """Create the member and the room."""
        self.member = await self.world.a_caller()
        self.room = await self.world.a_space()
        return self

    async def hold_booking(self, start: float = 40) -> tuple[Booking, OpenedCheckout]:
        """Create a held booking with an open checkout."""
        booking = await self.world.book(self.member, self.room, start, start + 1)
        return booking, await self.open_checkout(self.member, booking.id)

    def event(self, kind: str, obj: dict[str, Any], **fields: Any) -> bytes:
        """Return the body of an event about an object."""
        self._events += 1
        defaults: dict[str, Any] = {
            "id": f"evt_{self._events}",
            "object": "event",
            "type": kind,
            "created": int(self.world.clock.now().timestamp()),
            "livemode": False,
            "data": {"object": obj},
        }
        return json.dumps(defaults | fields).encode()

    def paid_session(self, opened: OpenedCheckout, **fields: Any) -> dict[str, Any]:
        """Return the paid Checkout Session of an opened checkout."""
        defaults: dict[str, Any] = {
            "id": opened.session_id,
            "object": "checkout.session",
            "client_reference_id": opened.session_id.removeprefix("cs_"),
            "metadata": {},
            "status": "complete",
            "payment_status": "paid",
            "amount_total": 1000,
            "currency": "usd",
            "payment_intent": f"pi_{opened.session_id}",
            "subscription": None,
            "url": None,
            "expires_at": int(opened.expires_at.timestamp()),
        }
        self.gateway.charged[f"pi_{opened.session_id}"] = 1000
        return defaults | fields

    async def deliver(self, body: bytes) -> None:
        """Deliver an event, signed as Stripe signs it."""
        await self.process_event(body, signed(body, self.world.clock.now()))
