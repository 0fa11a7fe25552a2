"""Conformance tests for adapters: what a port demands beyond its types.

The suite that runs them needs pytest with anyio's plugin; these modules import neither.
docs/embedding.md shows how to run an adapter against them.
"""
