"""The service as it runs in earnest: two worker processes over one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.concurrency.crowd import Crowd, connected
from tests.http.service import UNLIMITED
from tests.processes import SECRET, serving


@pytest.fixture
def anyio_backend() -> str:
    """The clients'."""
    return "asyncio"


@pytest.fixture
async def crowd(scratch_database_18: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    """People at two workers; the schema is theirs to change."""
    async with _two_workers(scratch_database_18, tmp_path, UNLIMITED) as crowd:
        yield crowd


@pytest.fixture
async def throttled_crowd(empty_database_18: str, tmp_path: Path) -> AsyncIterator[Crowd]:
    """People at two workers that count how often they call, with the usual limits."""
    async with _two_workers(empty_database_18, tmp_path, {}) as crowd:
        yield crowd


@asynccontextmanager
async def _two_workers(dsn: str, directory: Path, limits: dict[str, str]) -> AsyncIterator[Crowd]:
    variables = limits | {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "LOG_LEVEL": "warning"}
    with serving("--workers", "2", cwd=directory, variables=variables) as served:
        async with connected(served, dsn) as crowd:
            yield crowd
