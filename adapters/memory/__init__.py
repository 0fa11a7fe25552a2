"""Adapters in memory: a complete store, and fakes of what is slow or unpredictable.

For unit tests, and for hosts that embed the booking rules without a database. The store fulfills
the same contracts as PostgreSQL for the tasks of one event loop. It does not outlive the process.
"""

from adapters.memory.fake_payment_gateway import FakePaymentGateway
from adapters.memory.fakes import (
    FakeAccessTokens,
    FakeCommonPasswords,
    FakeMailer,
    FakePasswordHasher,
    FakeResetTokens,
    SequentialIds,
    SettableClock,
)
from adapters.memory.house import MemoryHouse
from adapters.memory.rate_limit_store import MemoryRateLimitStore
from adapters.memory.store import MemoryStore
from adapters.memory.table import MissingReference
from adapters.memory.unit_of_work import MemoryUnitOfWork

__all__ = [
    "FakeAccessTokens",
    "FakeCommonPasswords",
    "FakeMailer",
    "FakePasswordHasher",
    "FakePaymentGateway",
    "FakeResetTokens",
    "MemoryHouse",
    "MemoryRateLimitStore",
    "MemoryStore",
    "MemoryUnitOfWork",
    "MissingReference",
    "SequentialIds",
    "SettableClock",
]
