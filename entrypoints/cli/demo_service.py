"""`cowork serve --demo`: the service with a house that is filled, and payments that work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrypoints.cli.demo import demo_log_ins, fill_if_empty
from entrypoints.cli.demo_payments import demo_payments
from entrypoints.settings import Settings


@contextmanager
def demo_service(
    settings: Settings, dsn: str, data_dir: Path, *, address: str, near_address: str
) -> Iterator[tuple[Settings, str]]:
    """Settings under which payments work, and what to tell whoever starts it.

    `address` is what people call; the sandbox of payments calls `near_address`.
    """
    with demo_payments(settings, near_address, data_dir) as (set_up, sandbox):
        fill_if_empty(dsn, set_up)
        told = demo_log_ins()
        if sandbox is not None:
            told = f"A sandbox in the place of Stripe is on {sandbox}; no money moves.\n{told}"
        yield (
            set_up,
            f"{told}Try next:\n  curl {address}/api/spaces\n  the walk through in README.md\n",
        )
