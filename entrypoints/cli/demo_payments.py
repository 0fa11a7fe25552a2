"""Payments of `cowork serve --demo`: the Stripe sandbox, unless Stripe is configured."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.stripe.sandbox import PLAN_PRICES, Sandbox, StateFile, sandbox_in_thread
from entrypoints.settings import Settings, load_settings

API_KEY = "sk_test_sandbox"
"""Valid only in the sandbox of this process."""
STATE_FILE = "stripe_sandbox.json"


@contextmanager
def demo_payments(
    settings: Settings, address: str, data_dir: Path
) -> Iterator[tuple[Settings, str | None]]:
    """Yield settings with working payments, and the URL of the sandbox or None.

    Without a Stripe key in the settings, starts a sandbox, which sends its webhooks to the service
    at `address` and stores its state in the data directory. Sets the environment variables too, for
    worker processes.
    """
    if settings.stripe_secret_key is not None:
        yield settings, None
        return
    # The database may have ids of earlier runs whose state file was deleted, so ids differ by run.
    id_prefix = f"{int(time.time()):x}"
    webhook_url = f"{address}/api/webhooks/stripe"
    with sandbox_in_thread(
        webhook_url=webhook_url,
        webhook_secret=f"whsec_{secrets.token_hex(16)}",
        api_key=API_KEY,
        id_namespace=id_prefix,
        state_file=StateFile(data_dir / STATE_FILE),
    ) as sandbox:
        os.environ |= _environment(sandbox)
        yield load_settings(), sandbox.url


def _environment(sandbox: Sandbox) -> dict[str, str]:
    hot_desk, dedicated, private_office = PLAN_PRICES
    return {
        "STRIPE_SECRET_KEY": API_KEY,
        "STRIPE_WEBHOOK_SECRET": sandbox.deliveries.webhook_secret,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_HOT_DESK_PRICE_ID": hot_desk,
        "STRIPE_DEDICATED_PRICE_ID": dedicated,
        "STRIPE_PRIVATE_OFFICE_PRICE_ID": private_office,
    }
