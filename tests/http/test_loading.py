"""A process that has loaded looks for garbage again, or a long life would fill its memory."""

import gc
from collections.abc import Iterator

import pytest

from adapters.postgres import PostgresDatabase
from entrypoints.cli.lazy_group import load_command
from entrypoints.loading import loading
from tests.http.service import running_service


@pytest.fixture(autouse=True)
def a_process_that_loads() -> Iterator[None]:
    loading()
    assert not gc.isenabled()
    yield
    gc.enable()


def test_it_does_when_its_command_is_there() -> None:
    load_command("worker")
    assert gc.isenabled()


async def test_it_does_when_the_service_runs(database: PostgresDatabase) -> None:
    async with running_service(database):
        assert gc.isenabled()
