"""The `/v1` API over HTTP: routing, lists, `expand[]` and idempotency keys."""
