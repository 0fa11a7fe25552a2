"""The reports are asked of the same stores as the contract suite is."""

from tests.contract.conftest import anyio_backend, dsn, pytest_generate_tests, store

__all__ = ["anyio_backend", "dsn", "pytest_generate_tests", "store"]
