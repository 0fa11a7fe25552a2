"""LookAtCheckout: where entry points look for it."""

from application.payments.reconcile import LookAtCheckout

__all__ = ["LookAtCheckout"]
