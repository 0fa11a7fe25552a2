"""The Stripe account that the sandbox plays: its clock, its objects, its events, its books."""

import time
from collections.abc import Callable
from copy import deepcopy
from threading import RLock
from typing import Any, TypeAlias

from adapters.stripe.sandbox.failures import no_such
from adapters.stripe.sandbox.older_shape import in_older_shape

Json: TypeAlias = dict[str, Any]

CURRENT_VERSION = "2026-10-28.endive"
OLDER_VERSION = "2024-06-20"

_STATE = ("objects", "private", "ledger")
_WITHOUT_LIVEMODE = {"refund", "subscription_item"}


class SandboxClock:
    """The time at the sandbox: that of `source`, and what it was moved on by."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self.source = source
        self._ahead = 0.0

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.source() + self._ahead)

    def advance(self, seconds: float) -> None:
        """Move it on; it never goes back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._ahead += seconds


class Account:
    """All objects, by kind and id, as the documents that Stripe would answer.

    Everything that reads or changes them holds `lock`. `private` keeps, by the object's id, what
    Stripe knows of it and does not show. `ids_begin` makes ids differ from an earlier run's.
    """

    def __init__(self, clock: SandboxClock, *, ids_begin: str = "", url: str = "") -> None:
        self.lock = RLock()
        self.clock = clock
        self.url = url
        self.livemode = False
        self.event_version = CURRENT_VERSION
        self.objects: dict[str, dict[str, Json]] = {}
        self.private: dict[str, Json] = {}
        self.ledger: list[Json] = []
        self.request_id: str | None = None
        self.idempotency_key: str | None = None
        self.on_event: Callable[[Json], None] = lambda _: None
        self._ids_begin = ids_begin
        self._counts: dict[str, int] = {}

    def state(self) -> Json:
        """All that it knows, as a document."""
        return deepcopy({name: getattr(self, name) for name in _STATE})

    def restore(self, state: Json) -> None:
        """Know that, and nothing else. Ids go on, so that none is given twice."""
        for name in _STATE:
            setattr(self, name, deepcopy(state[name]))

    def new_id(self, prefix: str) -> str:
        """Ids count up, each kind by itself."""
        self._counts[prefix] = number = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{self._ids_begin}{number:06d}"

    def add(self, kind: str, prefix: str, fields: Json) -> Json:
        """A new object, stored under an id of its own."""
        document: Json = {"id": self.new_id(prefix), "object": kind, "created": self.clock.now()}
        if kind not in _WITHOUT_LIVEMODE:
            document["livemode"] = self.livemode
        document |= fields
        self.objects.setdefault(kind, {})[document["id"]] = document
        return document

    def find(self, kind: str, wanted: str, param: str = "id") -> Json:
        """Raise Stripe's error if there is none."""
        found = self.objects.get(kind, {}).get(wanted)
        if found is None:
            raise no_such(kind.replace("billing_portal.", ""), wanted, param)
        return found

    def find_any(self, wanted: str) -> Json | None:
        """Whatever has this id."""
        return next((of[wanted] for of in self.objects.values() if wanted in of), None)

    def all(self, kind: str) -> list[Json]:
        """In the order in which they were made."""
        return list(self.objects.get(kind, {}).values())

    def emit(self, event_type: str, document: Json, previous: Json | None = None) -> Json:
        """Record what happened, with the object as it is now, and have it delivered."""
        shown = deepcopy(document)
        if self.event_version < "2025-03-31":
            shown = in_older_shape(shown, self.private)
        data: Json = {"object": shown}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.add(
            "event",
            "evt",
            {
                "api_version": self.event_version,
                "data": data,
                "pending_webhooks": 1,
                "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
                "type": event_type,
            },
        )
        self.on_event(event)
        return event

    def change(self, event_type: str, document: Json, **changes: Any) -> Json:
        """Change an object and tell of it, with what it was before."""
        previous = {name: deepcopy(document[name]) for name in changes}
        document |= changes
        return self.emit(event_type, document, previous)

    def record(self, kind: str, document: Json, amount: int) -> None:
        """Write a movement of money into the books."""
        self.ledger.append(
            {
                "kind": kind,
                "id": document["id"],
                "amount": amount,
                "currency": document["currency"],
                "payment_intent": document["payment_intent"],
                "charge": document["id"] if kind == "charge" else document["charge"],
                "at": self.clock.now(),
            }
        )
