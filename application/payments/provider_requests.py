"""Requests to the payment provider that are skipped without keys, and may fail."""

import logging
from collections.abc import Awaitable

from application.ports.payment_gateway import PaymentGateway
from domain.errors import PaymentProviderError, PaymentsNotConfigured

_log = logging.getLogger(__name__)


def is_configured(payments: PaymentGateway) -> bool:
    """Whether the gateway has the keys that its requests need."""
    try:
        payments.check_configured()
    except PaymentsNotConfigured:
        return False
    return True


async def succeeds(request: Awaitable[None], object_id: str) -> bool:
    """Await a request about that object. Logs a PaymentProviderError and returns False for it."""
    try:
        await request
    except PaymentProviderError as error:
        _log.warning("%s could not be fetched: %s", object_id, error.message)
        return False
    return True
