"""Tariff: the rates of a space by the hour, the day and the month."""

from dataclasses import dataclass

from domain.errors import InvalidValue
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The three rates. At least one is set. None is not offered; zero is a valid rate."""

    hourly: Money | None = None
    daily: Money | None = None
    monthly: Money | None = None

    def __post_init__(self) -> None:
        if self.hourly is None and self.daily is None and self.monthly is None:
            raise InvalidValue("At least one rate must be set.", field="hourly_rate")
