"""Scripted delivery faults: which events are dropped, duplicated, delayed or held."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class DeliveryKind(StrEnum):
    """What happens to an event instead of its immediate delivery."""

    DROP = "drop"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    HOLD = "hold"
    """The event waits until it is released; events can be released in any order."""


@dataclass
class DeliveryRule:
    """Applies to the next `times` events of matching types; `times` None is all of them.

    `event_type` may hold `*`: `checkout.*`. `copies` belongs to DUPLICATE, `seconds` to DELAY.
    """

    kind: DeliveryKind
    event_type: str = "*"
    times: int | None = None
    copies: int = 2
    seconds: float = 0.5


class DeliveryRules:
    """The rules in the order they were added. Not thread-safe: the caller holds a lock."""

    def __init__(self) -> None:
        self._rules: list[DeliveryRule] = []

    def add(self, rule: DeliveryRule) -> None:
        """Append a rule."""
        self._rules.append(rule)

    def clear(self) -> None:
        """Remove all rules."""
        self._rules.clear()

    def apply_to(self, event_type: str) -> DeliveryRule | None:
        """Return the first rule that applies to an event of this type, and count it as used."""
        for rule in self._rules:
            if fnmatchcase(event_type, rule.event_type) and rule.times != 0:
                rule.times = None if rule.times is None else rule.times - 1
                return rule
        return None
