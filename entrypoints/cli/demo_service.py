"""`cowork serve --demo`: the service with a house that is filled, and payments that work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrypoints.cli.demo import fill_if_empty
from entrypoints.cli.demo_payments import demo_payments
from entrypoints.cli.greeting import Demo
from entrypoints.demo import DEMO_LOG_INS, DEMO_PASSWORD
from entrypoints.settings import Settings


@contextmanager
def demo_service(
    settings: Settings, dsn: str, data_dir: Path, near_address: str
) -> Iterator[tuple[Settings, Demo]]:
    """Settings under which payments work, and what there is to know of the house.

    The sandbox of payments calls `near_address`.
    """
    with demo_payments(settings, near_address, data_dir) as (set_up, sandbox):
        fill_if_empty(dsn, set_up)
        log_ins = [(one.email, one.role.value) for one in DEMO_LOG_INS]
        yield set_up, Demo(DEMO_PASSWORD, log_ins, sandbox)
