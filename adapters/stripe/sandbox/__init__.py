"""A Stripe sandbox for the demo and the tests: the real SDK talks to it over HTTP.

It holds its objects in memory and, with a `StateFile`, on disk. No money moves, and no request
leaves the machine.
"""

from adapters.stripe.sandbox.faults import FaultKind
from adapters.stripe.sandbox.persistence import StateFile
from adapters.stripe.sandbox.resources.prices import PLAN_PRICES
from adapters.stripe.sandbox.sandbox import HandledRequest, Sandbox
from adapters.stripe.sandbox.server import running_sandbox, sandbox_in_thread
from adapters.stripe.sandbox.webhooks.delivery_rules import DeliveryKind

__all__ = [
    "PLAN_PRICES",
    "DeliveryKind",
    "FaultKind",
    "HandledRequest",
    "Sandbox",
    "StateFile",
    "running_sandbox",
    "sandbox_in_thread",
]
