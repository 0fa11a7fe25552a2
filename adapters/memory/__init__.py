"""Everything in memory: a complete store, and stand-ins for what is slow or hard to foresee.

For unit tests, and for programs that embed the rules of the house without a database. The store
keeps the same promises as PostgreSQL, for the tasks of one event loop; it survives nothing.
"""

from adapters.memory.house import MemoryHouse
from adapters.memory.payments_stand_in import PlainPayments
from adapters.memory.stand_ins import (
    FewCommonPasswords,
    PlainPasswords,
    PlainResetTokens,
    PlainTokens,
    SentMails,
    SequentialIds,
    SettableClock,
)
from adapters.memory.store import MemoryStore
from adapters.memory.table import MissingReference
from adapters.memory.throttle import MemoryThrottle
from adapters.memory.unit_of_work import MemoryUnitOfWork

__all__ = [
    "FewCommonPasswords",
    "MemoryHouse",
    "MemoryStore",
    "MemoryThrottle",
    "MemoryUnitOfWork",
    "MissingReference",
    "PlainPasswords",
    "PlainPayments",
    "PlainResetTokens",
    "PlainTokens",
    "SentMails",
    "SequentialIds",
    "SettableClock",
]
