"""The shipped contract of payment gateways, for the fake and for the Stripe adapter."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.memory import FakePaymentGateway
from adapters.stripe.sandbox import Sandbox, sandbox_in_thread
from application.contracts.payment_gateway import Payer, PaymentGatewayContract
from application.ports.payment_gateway import PaymentGateway
from tests.payments.sandbox_fixture import payments_at


class TestFakePaymentGateway(PaymentGatewayContract):
    @pytest.fixture
    def gateway(self) -> FakePaymentGateway:
        return FakePaymentGateway()

    @pytest.fixture
    def payer(self, gateway: FakePaymentGateway) -> Payer:
        class FakePayer:
            async def pay(self, session_id: str) -> None:
                gateway.pay(session_id)

        return FakePayer()


class TestStripePaymentGateway(PaymentGatewayContract):
    @pytest.fixture(scope="class")
    @classmethod
    def sandbox(cls) -> Iterator[Sandbox]:
        """A sandbox on the real clock, which the contract uses; other tests set its clock."""
        with sandbox_in_thread() as sandbox:
            yield sandbox

    @pytest.fixture
    async def gateway(self, sandbox: Sandbox) -> AsyncIterator[PaymentGateway]:
        async with payments_at(sandbox) as payments:
            yield payments

    @pytest.fixture
    def payer(self, sandbox: Sandbox) -> Payer:
        class SandboxPayer:
            async def pay(self, session_id: str) -> None:
                sandbox.pay(session_id)

        return SandboxPayer()
