"""Money: whole US cents internally, a decimal string with two places externally."""

import re
from dataclasses import dataclass
from typing import Self

from domain.errors import InvalidValue

_AMOUNT = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")
MAX_INPUT_CENTS = 1_000_000_00
"""The largest amount in a request (the contract). Sums may be larger."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of US dollars in whole cents, never negative."""

    cents: int

    def __post_init__(self) -> None:
        if self.cents < 0:
            raise InvalidValue("An amount of money cannot be negative.")

    @classmethod
    def parse(cls, value: object) -> Self:
        """Parse external input: `"12.50"`, `"12"` or the integer 12, all in dollars.

        Raises InvalidValue for anything else: a third decimal, a sign, an exponent, NaN, a float,
        or more than 1,000,000.00.
        """
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InvalidValue("Expected an amount as a string such as '12.50', or an integer.")
        if isinstance(value, int):
            if not 0 <= value <= MAX_INPUT_CENTS // 100:
                raise InvalidValue("Expected an amount from 0 to 1000000.00.")
            return cls(value * 100)
        match = _AMOUNT.fullmatch(value)
        if match is None:
            raise InvalidValue("Expected an amount from 0 to 1000000.00 with at most two decimals.")
        whole, fraction = match.groups(default="")
        cents = int(whole) * 100 + int(fraction.ljust(2, "0"))
        if cents > MAX_INPUT_CENTS:
            raise InvalidValue("Expected at most 1000000.00.")
        return cls(cents)

    def __str__(self) -> str:
        return decimal_string(self.cents)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        """Raise InvalidValue when the result would be negative."""
        return Money(self.cents - other.cents)

    def __mul__(self, count: int) -> "Money":
        return Money(self.cents * count)

    def __bool__(self) -> bool:
        return self.cents > 0


ZERO = Money(0)


def decimal_string(cents: int) -> str:
    """Return dollars with two places, such as `-0.05`. Unlike `Money`, they can be negative."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
