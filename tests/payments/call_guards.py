"""Wrappers that fail when the payment provider is called while a unit of work is open."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Any, cast

from application.ports.payment_gateway import PaymentGateway
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory

_is_open: ContextVar[bool] = ContextVar("_is_open", default=False)


def guarded_units(
    unit_of_work: UnitOfWorkFactory,
) -> Callable[[], AbstractAsyncContextManager[UnitOfWork]]:
    """Wrap the factory so that each task knows whether it has a unit of work open."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[UnitOfWork]:
        before = _is_open.set(True)
        try:
            async with unit_of_work() as uow:
                yield uow
        finally:
            _is_open.reset(before)

    return opened


def guarded_payments(payments: PaymentGateway) -> PaymentGateway:
    """Wrap the gateway so that a call from within a unit of work fails."""
    return cast("PaymentGateway", _Guarded(payments))


class _Guarded:
    def __init__(self, payments: PaymentGateway) -> None:
        self._payments = payments

    def __getattr__(self, name: str) -> Any:
        if name not in {"livemode", "check_configured"}:
            assert not _is_open.get(), f"{name} was called while a unit of work was open."
        return getattr(self._payments, name)
