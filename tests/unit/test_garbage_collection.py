"""Garbage collection is paused while modules are imported, and enabled afterwards."""

import gc
from collections.abc import Iterator

import pytest

from entrypoints.cli.lazy_group import load_command
from entrypoints.garbage_collection import gc_paused
from entrypoints.http.server import import_app_module


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    assert gc.isenabled()
    yield
    assert gc.isenabled()


def test_it_is_paused_in_the_block_and_enabled_afterwards() -> None:
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_enabled_after_an_error() -> None:
    with pytest.raises(ImportError), gc_paused():
        raise ImportError
    assert gc.isenabled()


def test_an_inner_block_leaves_it_paused() -> None:
    with gc_paused():
        with gc_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()


def test_it_is_enabled_once_a_command_is_loaded() -> None:
    load_command("worker")
    assert gc.isenabled()


def test_it_is_enabled_once_the_application_is_loaded() -> None:
    import_app_module()
    assert gc.isenabled()
