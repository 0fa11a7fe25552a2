"""Till: a house that takes payments, and events as Stripe writes them."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from adapters.memory import MemoryStore
from adapters.memory.fake_payment_gateway import FakePaymentGateway
from adapters.stripe.events import StripeEvents
from application.common.caller import Caller
from application.payments.check_ledger import CheckLedger
from application.payments.number_invoices import NumberInvoices
from application.payments.open_checkout import OpenCheckout, OpenedCheckout
from application.payments.open_portal import OpenPortal
from application.payments.process_payment_event import ProcessPaymentEvent
from application.payments.reconcile_checkouts import ReconcileCheckouts
from application.payments.reconcile_subscriptions import ReconcileSubscriptions
from application.payments.send_refunds import SendRefunds
from application.payments.sync_checkout import SyncCheckout
from application.payments.sync_subscription import SyncSubscription
from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.bookings import Booking
from domain.house import Confirmation
from domain.spaces import Space
from domain.subscriptions import PlanType
from tests.payments.watching import watched_payments, watched_units
from tests.unit.application.world import World

SECRET = "whsec_test"
PRICES = {"price_hot": PlanType.HOT_DESK}


def signed(body: bytes, at: datetime, secret: str = SECRET) -> str:
    """Stripe's header for a body."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={digest}"


class Till:
    """A member, a room, and all that handles payments."""

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
        units = watched_units(unit_of_work or self.store.unit_of_work)
        self.world = World(confirmation=Confirmation.PAYMENT, unit_of_work=units)
        self.stripe = FakePaymentGateway()
        world = self.world
        gateway = watched_payments(payments or self.stripe)
        parts = (world.unit_of_work, world.clock, world.ids)
        events = StripeEvents(SECRET, prices)
        self.open_checkout = OpenCheckout(*parts, gateway)
        self.open_portal = OpenPortal(*parts, gateway)
        self.handle = ProcessPaymentEvent(*parts, world.house, gateway, events)
        self.send_refunds = SendRefunds(*parts, gateway)
        self.check_ledger = CheckLedger(world.unit_of_work)
        self.number = NumberInvoices(world.unit_of_work, world.house)
        ask = SyncCheckout(*parts, world.house, gateway)
        self.reconcile = ReconcileCheckouts(world.unit_of_work, ask, gateway)
        ask_about_plan = SyncSubscription(*parts, gateway)
        self.reconcile_plans = ReconcileSubscriptions(world.unit_of_work, ask_about_plan, gateway)
        self._events = 0

    async def open(self) -> "Till":
        """With somebody in it."""
        self.member = await self.world.a_caller()
        self.room = await self.world.a_space()
        return self

    async def held(self, start: float = 40) -> tuple[Booking, OpenedCheckout]:
        """A held booking with an open checkout."""
        booking = await self.world.book(self.member, self.room, start, start + 1)
        return booking, await self.open_checkout(self.member, booking.id)

    def event(self, kind: str, obj: dict[str, Any], **fields: Any) -> bytes:
        """An event about that object."""
        self._events += 1
        sound: dict[str, Any] = {
            "id": f"evt_{self._events}",
            "object": "event",
            "type": kind,
            "created": int(self.world.clock.now().timestamp()),
            "livemode": False,
            "data": {"object": obj},
        }
        return json.dumps(sound | fields).encode()

    def session(self, opened: OpenedCheckout, **fields: Any) -> dict[str, Any]:
        """The page of a checkout, paid."""
        sound: dict[str, Any] = {
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
            "expires_at": int((opened.expires_at + timedelta(0)).timestamp()),
        }
        self.stripe.charged[f"pi_{opened.session_id}"] = 1000
        return sound | fields

    async def deliver(self, body: bytes) -> None:
        """As Stripe would."""
        await self.handle(body, signed(body, self.world.clock.now()))
