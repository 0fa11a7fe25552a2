"""A Stripe of our own, for the demo and the tests: the real SDK talks to it over HTTP.

It keeps everything in memory, and in a file if it is given one. No money moves, and nothing leaves
the machine.
"""

from adapters.stripe.sandbox.catalog import PLAN_PRICES
from adapters.stripe.sandbox.deliveries import DeliveryKind
from adapters.stripe.sandbox.faults import FaultKind
from adapters.stripe.sandbox.keeping import StateFile
from adapters.stripe.sandbox.sandbox import HandledRequest, Sandbox
from adapters.stripe.sandbox.server import running_sandbox, sandbox_in_thread

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
