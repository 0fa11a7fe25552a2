"""Pauses garbage collection during the start: nearly all objects created then stay.

What that saves is in docs/performance.md.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Disable garbage collection in the block, unless an outer block did.

    At the end, the objects that exist are excluded from later collections.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
