"""RefreshCheckout: where entry points look for it."""

from application.payments.refresh_checkout import RefreshCheckout

__all__ = ["RefreshCheckout"]
