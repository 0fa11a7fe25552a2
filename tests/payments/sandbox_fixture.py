"""An application whose payments the Stripe sandbox processes, called by the real SDK over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

from adapters.stripe.gateway import StripePaymentGateway
from adapters.stripe.sandbox import PLAN_PRICES, Sandbox
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.errors import PaymentProviderError
from domain.subscriptions import PlanType
from tests.payments.payment_fixture import PaymentFixture

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
PLANS = dict(zip(PLAN_PRICES, PlanType, strict=True))
MAX_TRIES = 10
_UNTOUCHED: dict[str, Any] = {}


class SandboxFixture(PaymentFixture):
    """A test delivers the events itself, so it decides which arrive, when, and in which order.

    The SDK does not retry: every failure reaches the application.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        payments: StripePaymentGateway,
        unit_of_work: UnitOfWorkFactory | None,
    ) -> None:
        super().__init__(unit_of_work=unit_of_work, payments=payments, prices=PLANS)
        self.sandbox = sandbox
        clock = self.world.clock
        # The sandbox uses the application's clock.
        sandbox.account.clock.source = lambda: clock.now().timestamp()
        sandbox.deliveries.now = sandbox.account.clock.source

    def advance(self, time: timedelta) -> None:
        """Advance the time of the application and the sandbox."""
        self.world.clock.advance(time)
        self.sandbox.run_due()

    async def deliver_event(self, event: dict[str, Any]) -> None:
        """Deliver an event."""
        await self.process_event(*self.sandbox.sign_event(event))

    async def retry(self, request: Callable[[], Awaitable[T]]) -> T:
        """Retry every half minute until the request succeeds, up to MAX_TRIES times."""
        for _ in range(MAX_TRIES):
            try:
                return await request()
            except PaymentProviderError:
                self.advance(MINUTE / 2)
        raise AssertionError("Stripe did not respond.")

    async def run_worker(self, cycles: int = 3) -> None:
        """Run some cycles of the worker."""
        for _ in range(cycles):
            await self.reconcile_checkouts()
            await self.reconcile_subscriptions()
            await self.send_refunds()
            self.advance(MINUTE)

    async def balances(self) -> dict[str, tuple[int, int]]:
        """Return what the ledger has received and refunded of each payment, in cents."""
        bills = {
            item["payment"]["payment_intent"]: item["invoice"]
            for item in self.sandbox.all("invoice_payment")
        }
        async with self.world.unit_of_work() as uow:
            payments = {entry["payment_intent"] for entry in self.sandbox.ledger()}
            entries_of = {
                payment: await uow.ledger.of_payment(bills.get(payment, payment))
                for payment in payments
            }
            assert await uow.ledger.count() == sum(map(len, entries_of.values()))
        return {
            payment: (
                sum(entry.amount.cents for entry in entries if not entry.is_refund),
                sum(entry.amount.cents for entry in entries if entry.is_refund),
            )
            for payment, entries in entries_of.items()
        }

    async def check_balances(self) -> None:
        """Check that every sum equals that of its entries, and the ledger the sandbox's."""
        report = await self.check_ledger()
        assert report.agrees, report.mismatches
        assert await self.balances() == sandbox_balances(self.sandbox)


def sandbox_balances(sandbox: Sandbox) -> dict[str, tuple[int, int]]:
    """Return what the sandbox has received and refunded of each payment, in cents."""
    balances: dict[str, tuple[int, int]] = {}
    for entry in sandbox.ledger():
        charged, refunded = balances.get(entry["payment_intent"], (0, 0))
        is_refund = entry["kind"] == "refund"
        amounts = (0, entry["amount"]) if is_refund else (entry["amount"], 0)
        balances[entry["payment_intent"]] = (charged + amounts[0], refunded + amounts[1])
    return balances


@asynccontextmanager
async def payments_at(
    sandbox: Sandbox, *, response_timeout: float = 5.0
) -> AsyncIterator[StripePaymentGateway]:
    """The Stripe adapter, without retries and with that timeout in seconds."""
    payments = StripePaymentGateway(
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


async def reset_fixture(
    sandbox: Sandbox, payments: StripePaymentGateway, unit_of_work: UnitOfWorkFactory | None = None
) -> SandboxFixture:
    """Return an application on a sandbox that has been reset."""
    sandbox.restore(_UNTOUCHED.setdefault(sandbox.url, sandbox.state()))
    sandbox.faults.clear()
    fixture = SandboxFixture(sandbox, payments, unit_of_work)
    await fixture.open()
    return fixture
