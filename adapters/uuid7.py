"""The bit layout of a UUIDv7, for every adapter and generator that makes ids."""

from uuid import UUID

RANDOM_BITS = 74
_LOW_BITS = 62
_HIGH_MASK = (1 << RANDOM_BITS - _LOW_BITS) - 1
_LOW_MASK = (1 << _LOW_BITS) - 1


def uuid7(milliseconds: int, random_bits: int) -> UUID:
    """Return the UUIDv7 (RFC 9562, section 5.7) of a Unix time and the lowest 74 random bits.

    UUIDs sort by the time, then by the bits.
    """
    high, low = random_bits >> _LOW_BITS & _HIGH_MASK, random_bits & _LOW_MASK
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
