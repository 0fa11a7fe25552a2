"""A Stripe of our own, for the demo and the tests: the real SDK talks to it over HTTP.

It keeps everything in memory, and in a file if it is given one. No money moves, and nothing leaves
the machine.
"""

from entrypoints.stripe_sandbox.catalog import PLAN_PRICES
from entrypoints.stripe_sandbox.deliveries import DeliveryKind
from entrypoints.stripe_sandbox.faults import FaultKind
from entrypoints.stripe_sandbox.keeping import StateFile
from entrypoints.stripe_sandbox.sandbox import HandledRequest, Sandbox
from entrypoints.stripe_sandbox.server import running_sandbox, sandbox_in_thread

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
