"""`cowork serve --demo`: the service with demo data and working payments."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrypoints.cli.banner import DemoInfo
from entrypoints.cli.demo import fill_if_empty
from entrypoints.cli.demo_payments import demo_payments
from entrypoints.demo_data import DEMO_ACCOUNTS, DEMO_PASSWORD
from entrypoints.settings import Settings


@contextmanager
def demo_service(
    settings: Settings, dsn: str, data_dir: Path, local_url: str
) -> Iterator[tuple[Settings, DemoInfo]]:
    """Yield settings with working payments, and what the start-up banner shows of the demo.

    Loads demo data into an empty database. The payment sandbox sends its webhooks to
    `local_url`.
    """
    with demo_payments(settings, local_url, data_dir) as (demo_settings, sandbox_url):
        fill_if_empty(dsn, demo_settings)
        accounts = [(account.email, account.role.value) for account in DEMO_ACCOUNTS]
        yield demo_settings, DemoInfo(DEMO_PASSWORD, accounts, sandbox_url)
