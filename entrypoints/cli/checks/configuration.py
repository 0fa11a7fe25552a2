"""What of the settings is missing or unsafe: said without trying anything."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from domain.house import Confirmation
from domain.subscriptions import PlanType
from entrypoints.cli.checks.finding import Finding
from entrypoints.settings import Settings, SmtpTls

FEW_CHARACTERS = 12
"""A key with no more different ones than that was not drawn by chance."""
SHORT_TOKEN = 16
MANY_CONNECTIONS = 50
_LOCAL_NAMES = {"localhost", ""}


def review(settings: Settings) -> list[Finding]:
    """Everything that is to be said; one line that all is well when there is nothing."""
    found = [
        *_keys(settings),
        *_origins(settings),
        *_payments(settings),
        *_mail(settings),
        *_surroundings(settings),
    ]
    return found or [Finding.ok("settings", "Nothing is missing or unsafe.")]


def _keys(settings: Settings) -> Iterator[Finding]:
    keys = settings.secret_key
    if not keys and settings.database_url is not None:
        yield Finding.failed(
            "SECRET_KEY", "Required with DATABASE_URL: the service will not start."
        )
    elif not keys:
        yield Finding.warning("SECRET_KEY", "Not set: one is made and kept in the data directory.")
    if len(set(keys)) < len(keys):
        yield Finding.warning("SECRET_KEY", "The same key twice: nothing is rotated.")
    elif len(keys) > 1:
        yield Finding.warning(
            "SECRET_KEY",
            f"{len(keys)} keys verify. Once {settings.refresh_token_days} days "
            "(REFRESH_TOKEN_DAYS) have passed since the change, take the old ones out.",
        )
    if any(len(set(key)) <= FEW_CHARACTERS for key in keys):
        yield Finding.warning("SECRET_KEY", "Easy to guess: draw one with `openssl rand -hex 32`.")


def _origins(settings: Settings) -> Iterator[Finding]:
    for name, url in {
        "FRONTEND_URL": settings.frontend_url,
        "ADMIN_URL": settings.admin_url,
    }.items():
        if _is_local(url):
            yield Finding.warning(name, f"{url} is only on this machine: nobody else can use it.")
        elif url.startswith("http://"):
            yield Finding.warning(name, f"{url} is not https: tokens can be read on the way.")


def _payments(settings: Settings) -> Iterator[Finding]:
    if settings.stripe_secret_key is None:
        yield Finding.warning("STRIPE_SECRET_KEY", "Not set: nobody can pay by card.")
        if settings.house.confirmation is Confirmation.PAYMENT:
            yield Finding.warning(
                "BOOKING_CONFIRMATION", "`payment` without Stripe: an admin has to confirm each."
            )
        return
    if settings.stripe_webhook_secret is None:
        yield Finding.warning(
            "STRIPE_WEBHOOK_SECRET",
            "Not set: Stripe's events are refused, and payments show only when it is asked.",
        )
    if "_test_" in settings.stripe_secret_key:
        yield Finding.warning("STRIPE_SECRET_KEY", "A test key: no real money moves.")
    if settings.house.confirmation is Confirmation.IMMEDIATE:
        yield Finding.warning(
            "BOOKING_CONFIRMATION", "`immediate`: bookings are confirmed before they are paid."
        )
    missing = [plan for plan in PlanType if plan not in settings.stripe_prices]
    if missing:
        yield Finding.warning(
            "STRIPE_…_PRICE_ID", f"No price for {', '.join(missing)}: such plans cannot be had."
        )
    if settings.stripe_api_base is not None:
        yield Finding.warning("STRIPE_API_BASE", "Not Stripe itself, but a stand-in.")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_host is None:
        yield Finding.warning("SMTP_HOST", "Not set: mails are only written to the log.")
    elif settings.smtp_tls is SmtpTls.NONE and settings.smtp_password is not None:
        yield Finding.warning("SMTP_TLS", "`none`: the password goes over the network in clear.")
    elif settings.smtp_tls is SmtpTls.NONE and not _is_local(f"smtp://{settings.smtp_host}"):
        yield Finding.warning("SMTP_TLS", "`none`: mails go over the network in clear.")


def _surroundings(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        yield Finding.warning("DATABASE_URL", "Not set: the embedded PostgreSQL, for one host.")
    if settings.database_pool_size > MANY_CONNECTIONS:
        yield Finding.warning(
            "DATABASE_POOL_SIZE", "More connections than PostgreSQL has use for, per process."
        )
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield Finding.warning("TRUSTED_PROXIES", "Anybody may claim any address.")
    if settings.metrics_token is not None and len(settings.metrics_token) < SHORT_TOKEN:
        yield Finding.warning("METRICS_TOKEN", "Short enough to be guessed.")


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES or host.endswith(".localhost")
