"""While a process loads, it does not look for garbage: nearly all that loading makes stays.

To look for it would take a seventh of what a start of the service takes.
"""

import gc


def loading() -> None:
    """From here on this process loads, until it has `loaded`."""
    gc.disable()


def loaded() -> None:
    """What there is by now stays: to collect garbage never looks at it. Only after `loading`."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
