"""Types of ids, so that one cannot be passed as another. All are UUIDv7."""

from typing import NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
MemberId = NewType("MemberId", UUID)
SessionId = NewType("SessionId", UUID)
SpaceId = NewType("SpaceId", UUID)
BookingId = NewType("BookingId", UUID)
OccupancyLogId = NewType("OccupancyLogId", UUID)
SubscriptionId = NewType("SubscriptionId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
RefundId = NewType("RefundId", UUID)
AuditEntryId = NewType("AuditEntryId", UUID)
CheckoutId = NewType("CheckoutId", UUID)
LedgerEntryId = NewType("LedgerEntryId", UUID)
