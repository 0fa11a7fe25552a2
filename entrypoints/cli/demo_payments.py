"""Payments in the demo: Stripe's stand-in runs beside the service, unless Stripe itself is set."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox, StateFile, sandbox_in_thread
from entrypoints.settings import Settings, load_settings

API_KEY = "sk_test_sandbox"
"""It opens nothing but the sandbox of this machine."""
STATE_FILE = "stripe_sandbox.json"


@contextmanager
def demo_payments(
    settings: Settings, address: str, data_dir: Path
) -> Iterator[tuple[Settings, str | None]]:
    """Settings under which payments work, and where the sandbox is, if one was needed.

    It tells its events to the service at that address, and keeps what it knows in the data
    directory. The variables are set for worker processes.
    """
    if settings.stripe_secret_key is not None:
        yield settings, None
        return
    # The database may know ids of earlier runs whose file is gone, so each run has its own.
    begin = f"{int(time.time()):x}"
    webhook_url = f"{address}/api/webhooks/stripe"
    with sandbox_in_thread(
        webhook_url=webhook_url,
        webhook_secret=f"whsec_{secrets.token_hex(16)}",
        api_key=API_KEY,
        id_namespace=begin,
        state_file=StateFile(data_dir / STATE_FILE),
    ) as sandbox:
        os.environ |= _variables(sandbox)
        yield load_settings(), sandbox.url


def _variables(sandbox: Sandbox) -> dict[str, str]:
    hot_desk, dedicated, private_office = PLAN_PRICES
    return {
        "STRIPE_SECRET_KEY": API_KEY,
        "STRIPE_WEBHOOK_SECRET": sandbox.deliveries.webhook_secret,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_HOT_DESK_PRICE_ID": hot_desk,
        "STRIPE_DEDICATED_PRICE_ID": dedicated,
        "STRIPE_PRIVATE_OFFICE_PRICE_ID": private_office,
    }
