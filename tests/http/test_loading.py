"""Once loaded, a process enables garbage collection, which bounds its memory."""

import gc
from collections.abc import Iterator

import pytest

from adapters.postgres import PostgresDatabase
from entrypoints.cli.lazy_group import load_command
from entrypoints.loading import loading
from tests.http.service import running_service


@pytest.fixture(autouse=True)
def loading_process() -> Iterator[None]:
    loading()
    assert not gc.isenabled()
    yield
    gc.enable()


def test_it_is_enabled_once_the_command_is_loaded() -> None:
    load_command("worker")
    assert gc.isenabled()


async def test_it_is_enabled_once_the_service_runs(database: PostgresDatabase) -> None:
    async with running_service(database):
        assert gc.isenabled()
