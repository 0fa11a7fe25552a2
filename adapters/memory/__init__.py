"""Everything in memory: a complete store, and stand-ins for what is slow or hard to foresee.

For unit tests, and for programs that embed the rules of the house without a database. The store
keeps the same promises as PostgreSQL, for the tasks of one event loop; it survives nothing.
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
