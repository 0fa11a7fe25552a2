"""Garbage collection around the start: what is loaded then stays until the process ends.

What each function saves is in docs/performance.md.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection in the block, unless an outer block did."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def freeze_loaded_objects() -> None:
    """Exclude all objects that exist now from later collections."""
    gc.collect()
    gc.freeze()
