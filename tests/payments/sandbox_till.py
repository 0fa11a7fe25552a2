"""SandboxTill: a till whose money Stripe's stand-in keeps, reached by the real SDK over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from adapters.stripe.gateway import StripePayments
from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import PaymentProviderError
from domain.subscriptions import PlanType
from tests.payments.till import Till

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
PLANS = dict(zip(PLAN_PRICES, PlanType, strict=True))
MOST_TRIES = 10
_UNTOUCHED: dict[str, Any] = {}


class SandboxTill(Till):
    """The test carries the events over, so that it decides which arrive, when, and in what order.

    The SDK tries nothing again by itself: whatever goes wrong reaches the application.
    """

    def __init__(
        self, sandbox: Sandbox, payments: StripePayments, unit_of_work: UnitOfWorkFactory | None
    ) -> None:
        super().__init__(unit_of_work=unit_of_work, payments=payments, prices=PLANS)
        self.sandbox = sandbox
        clock = self.world.clock
        # Both live at the same time of day.
        sandbox.account.clock.source = lambda: clock.now().timestamp()
        sandbox.deliveries.now = sandbox.account.clock.source

    def let_pass(self, time: timedelta) -> None:
        """Let time go by, here and there."""
        self.world.clock.advance(time)
        self.sandbox.run_due()

    async def tell(self, event: dict[str, Any]) -> None:
        """Deliver an event."""
        await self.handle(*self.sandbox.sign_event(event))

    async def insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again, as people do, until Stripe is there; half a minute passes in between."""
        for _ in range(MOST_TRIES):
            try:
                return await ask()
            except PaymentProviderError:
                self.let_pass(MINUTE / 2)
        raise AssertionError("Stripe never came back.")

    async def work(self, cycles: int = 3) -> None:
        """What the worker does, for so many of its cycles."""
        for _ in range(cycles):
            await self.reconcile()
            await self.reconcile_plans()
            await self.send_refunds()
            self.let_pass(MINUTE)

    async def books(self) -> dict[str, tuple[int, int]]:
        """What the ledger has of each payment, in and back, in cents."""
        bills = {
            one["payment"]["payment_intent"]: one["invoice"]
            for one in self.sandbox.all("invoice_payment")
        }
        async with self.world.unit_of_work() as uow:
            payments = {entry["payment_intent"] for entry in self.sandbox.ledger()}
            found = {one: await uow.ledger.of_payment(bills.get(one, one)) for one in payments}
            assert await uow.ledger.count() == sum(map(len, found.values()))
        return {
            one: (
                sum(entry.amount.cents for entry in entries if not entry.is_refund),
                sum(entry.amount.cents for entry in entries if entry.is_refund),
            )
            for one, entries in found.items()
        }

    async def check_books(self) -> None:
        """Every sum is that of its entries, and the ledger is the stand-in's."""
        report = await self.check_ledger()
        assert report.agrees, report.mismatches
        assert await self.books() == books_of(self.sandbox)


def books_of(sandbox: Sandbox) -> dict[str, tuple[int, int]]:
    """What the stand-in has of each payment, in and back, in cents."""
    books: dict[str, tuple[int, int]] = {}
    for entry in sandbox.ledger():
        taken, back = books.get(entry["payment_intent"], (0, 0))
        is_refund = entry["kind"] == "refund"
        amounts = (0, entry["amount"]) if is_refund else (entry["amount"], 0)
        books[entry["payment_intent"]] = (taken + amounts[0], back + amounts[1])
    return books


@asynccontextmanager
async def payments_at(
    sandbox: Sandbox, *, response_timeout: float = 5.0
) -> AsyncIterator[StripePayments]:
    """The adapter, which waits that many seconds for an answer, and asks once."""
    payments = StripePayments(
        sandbox.api_key,
        PLANS,
        "https://house.test",
        api_base=sandbox.url,
        timeout=response_timeout,
        retries=0,
    )
    try:
        yield payments
    finally:
        await payments.close()


async def sandbox_till(
    sandbox: Sandbox, payments: StripePayments, unit_of_work: UnitOfWorkFactory | None = None
) -> SandboxTill:
    """A till at a stand-in that knows nothing yet."""
    sandbox.restore(_UNTOUCHED.setdefault(sandbox.url, sandbox.state()))
    sandbox.faults.clear()
    till = SandboxTill(sandbox, payments, unit_of_work)
    await till.open()
    return till
