"""Checks the settings for missing and unsafe values, without connecting to anything."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from domain.house import Confirmation
from domain.subscriptions import PlanType
from entrypoints.cli.checks.finding import Finding
from entrypoints.settings import Settings, SmtpTls

MIN_DISTINCT_CHARACTERS = 13
"""A random key of at least 32 bytes practically always has more distinct characters."""
MIN_TOKEN_LENGTH = 16
MAX_POOL_SIZE = 50
"""Connections per process. More do not make PostgreSQL faster."""
_LOCAL_NAMES = {"localhost", ""}


def check_configuration(settings: Settings) -> list[Finding]:
    """Return all findings, or a single `ok` if there are none."""
    findings = [
        *_keys(settings),
        *_origins(settings),
        *_payments(settings),
        *_mail(settings),
        *_deployment(settings),
    ]
    return findings or [Finding.ok("settings", "No setting is missing or unsafe.")]


def _keys(settings: Settings) -> Iterator[Finding]:
    keys = settings.secret_key
    if not keys and settings.database_url is not None:
        yield Finding.failed(
            "SECRET_KEY", "Required with DATABASE_URL: the service does not start."
        )
    elif not keys:
        yield Finding.warning("SECRET_KEY", "Not set: generated and kept in the data directory.")
    if len(set(keys)) < len(keys):
        yield Finding.warning("SECRET_KEY", "The same key twice: it is not rotated.")
    elif len(keys) > 1:
        yield Finding.warning(
            "SECRET_KEY",
            f"{len(keys)} keys are valid. Remove the old ones {settings.refresh_token_days} days "
            "(REFRESH_TOKEN_DAYS) after the change.",
        )
    if any(len(set(key)) < MIN_DISTINCT_CHARACTERS for key in keys):
        yield Finding.warning("SECRET_KEY", "Easy to guess. Generate one: `openssl rand -hex 32`.")


def _origins(settings: Settings) -> Iterator[Finding]:
    for name, url in {
        "FRONTEND_URL": settings.frontend_url,
        "ADMIN_URL": settings.admin_url,
    }.items():
        if _is_local(url):
            yield Finding.warning(name, f"{url} can only be reached from this machine.")
        elif url.startswith("http://"):
            yield Finding.warning(name, f"{url} is not https: tokens are sent unencrypted.")


def _payments(settings: Settings) -> Iterator[Finding]:
    if settings.stripe_secret_key is None:
        yield Finding.warning("STRIPE_SECRET_KEY", "Not set: card payments are disabled.")
        if settings.house.confirmation is Confirmation.PAYMENT:
            yield Finding.warning(
                "BOOKING_CONFIRMATION",
                "`payment` without Stripe: admins confirm all bookings.",
            )
        return
    if settings.stripe_webhook_secret is None:
        yield Finding.warning(
            "STRIPE_WEBHOOK_SECRET",
            "Not set: webhooks are rejected, so payments are only noticed by polling.",
        )
    if "_test_" in settings.stripe_secret_key:
        yield Finding.warning("STRIPE_SECRET_KEY", "Test key: no real money moves.")
    if settings.house.confirmation is Confirmation.IMMEDIATE:
        yield Finding.warning(
            "BOOKING_CONFIRMATION", "`immediate`: bookings are confirmed before they are paid."
        )
    missing = [plan for plan in PlanType if plan not in settings.stripe_prices]
    if missing:
        yield Finding.warning(
            "STRIPE_…_PRICE_ID", f"No price for {', '.join(missing)}: these plans cannot be bought."
        )
    if settings.stripe_api_base is not None:
        yield Finding.warning("STRIPE_API_BASE", "Not Stripe's own API.")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_host is None:
        yield Finding.warning("SMTP_HOST", "Not set: mails are logged and not sent.")
    elif settings.smtp_tls is SmtpTls.NONE and settings.smtp_password is not None:
        yield Finding.warning("SMTP_TLS", "`none`: the password is sent unencrypted.")
    elif settings.smtp_tls is SmtpTls.NONE and not _is_local(f"smtp://{settings.smtp_host}"):
        yield Finding.warning("SMTP_TLS", "`none`: mails are sent unencrypted.")


def _deployment(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        yield Finding.warning(
            "DATABASE_URL",
            "Not set: the service can run on one host only.",
        )
    if settings.database_pool_size > MAX_POOL_SIZE:
        yield Finding.warning(
            "DATABASE_POOL_SIZE",
            f"More than {MAX_POOL_SIZE} connections do not help PostgreSQL.",
        )
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield Finding.warning(
            "TRUSTED_PROXIES", "Trusts every network: clients can spoof any address."
        )
    if settings.metrics_token is not None and len(settings.metrics_token) < MIN_TOKEN_LENGTH:
        yield Finding.warning("METRICS_TOKEN", f"Shorter than {MIN_TOKEN_LENGTH} characters.")


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES or host.endswith(".localhost")
