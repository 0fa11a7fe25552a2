"""The sandbox's Stripe account: its clock, objects, events and ledger."""

import time
from collections.abc import Callable
from copy import deepcopy
from threading import RLock
from typing import Any, TypeAlias

from adapters.stripe.sandbox.errors import resource_missing
from adapters.stripe.sandbox.legacy_api import FIRST_CURRENT_VERSION, to_legacy

Json: TypeAlias = dict[str, Any]

CURRENT_VERSION = "2026-10-28.endive"
LEGACY_VERSION = "2024-06-20"

_PERSISTED = ("objects", "private", "ledger")
_WITHOUT_LIVEMODE = {"refund", "subscription_item"}


class SandboxClock:
    """The sandbox's time: `source` plus the total of all advances."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self.source = source
        self._offset = 0.0

    def now(self) -> int:
        """Return whole seconds since 1970, UTC."""
        return int(self.source() + self._offset)

    def advance(self, seconds: float) -> None:
        """Move the clock forward. Raises ValueError for a negative value."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._offset += seconds


class SandboxAccount:
    """All Stripe objects by type and id, as the JSON documents that the API returns.

    Callers hold `lock` while they read or change an object. `private` holds, by object id, what
    Stripe knows of an object but does not return. `id_namespace` is part of each id, so that ids
    differ from those of an earlier run.
    """

    def __init__(self, clock: SandboxClock, *, id_namespace: str = "", url: str = "") -> None:
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
        self._id_namespace = id_namespace
        self._id_counters: dict[str, int] = {}

    def state(self) -> Json:
        """Return a copy of all objects, private data and ledger entries."""
        return deepcopy({name: getattr(self, name) for name in _PERSISTED})

    def restore(self, state: Json) -> None:
        """Replace everything by `state`. Id counters continue, so that no id is used twice."""
        for name in _PERSISTED:
            setattr(self, name, deepcopy(state[name]))

    def new_id(self, prefix: str) -> str:
        """Return the next id with this prefix; each prefix has its own counter."""
        self._id_counters[prefix] = number = self._id_counters.get(prefix, 0) + 1
        return f"{prefix}_{self._id_namespace}{number:06d}"

    def add(self, kind: str, prefix: str, fields: Json) -> Json:
        """Store a new object under a new id and return it."""
        document: Json = {"id": self.new_id(prefix), "object": kind, "created": self.clock.now()}
        if kind not in _WITHOUT_LIVEMODE:
            document["livemode"] = self.livemode
        document |= fields
        self.objects.setdefault(kind, {})[document["id"]] = document
        return document

    def retrieve(self, kind: str, object_id: str, param: str = "id") -> Json:
        """Return the object. Raises Stripe's `resource_missing`, which names `param`."""
        document = self.objects.get(kind, {}).get(object_id)
        if document is None:
            raise resource_missing(kind.replace("billing_portal.", ""), object_id, param)
        return document

    def find_by_id(self, object_id: str) -> Json | None:
        """Return the object of any type with this id, or None."""
        by_kind = self.objects.values()
        return next((by_id[object_id] for by_id in by_kind if object_id in by_id), None)

    def all(self, kind: str) -> list[Json]:
        """Return all objects of a type, oldest first."""
        return list(self.objects.get(kind, {}).values())

    def emit(self, event_type: str, document: Json, previous: Json | None = None) -> Json:
        """Create an event with a snapshot of the object, and pass it to `on_event`."""
        snapshot = deepcopy(document)
        if self.event_version < FIRST_CURRENT_VERSION:
            snapshot = to_legacy(snapshot, self.private)
        data: Json = {"object": snapshot}
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

    def update(self, event_type: str, document: Json, **changes: Any) -> Json:
        """Change an object and emit an event with its `previous_attributes`."""
        previous = {name: deepcopy(document[name]) for name in changes}
        document |= changes
        return self.emit(event_type, document, previous)

    def add_ledger_entry(self, kind: str, document: Json, amount: int) -> None:
        """Record money that moved with a charge or a refund."""
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
