"""Idempotency keys: a repeated request gets the stored response and has no further effect.

The response is stored in the commit of its effect, so that one never exists without the other,
whenever a process dies (ADR 8). Three parts work together:

- The entry point builds a `RequestKey` and calls the use case through `IdempotentExecutor`.
- `IdempotentExecutor` passes an `IdempotentRequest` to the use case. It stores the responses of
  refusals, which have no commit of their own.
- A use case calls `ensure_not_processed` first and `record_response` just before its commit, in
  each attempt. When two requests with one key race, the commit of the second is `Stale`; it runs
  again and finds the response of the first.
"""
