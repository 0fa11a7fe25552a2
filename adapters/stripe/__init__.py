"""Stripe: the gateway, the webhook events, and a sandbox for tests and the demo.

This package re-exports nothing: only `gateway` loads Stripe's SDK, and neither the events nor the
sandbox need it.
"""
