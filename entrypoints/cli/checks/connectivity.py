"""Checks the services that the settings name: the database, the replica, SMTP and Stripe."""

import asyncio
from collections.abc import Awaitable

import asyncpg

from adapters.mail.smtp_server import SmtpServer
from domain.errors import PaymentProviderError
from entrypoints.cli.checks.finding import Finding
from entrypoints.container import smtp_server
from entrypoints.settings import Settings, SettingsError
from migrations.revisions import head_revision

TIMEOUT_SECONDS = 10
MIN_POSTGRES_VERSION = 15
_FIRST_TWO_PART_VERSION = 10_00_00


async def check_connectivity(settings: Settings, dsn: str) -> list[Finding]:
    """Check all services concurrently, each for at most `TIMEOUT_SECONDS`."""
    checks: list[Awaitable[list[Finding]]] = [_database("database", dsn)]
    if settings.database_read_url is not None:
        checks.append(_database("read database", settings.database_read_url, writes=False))
    if settings.smtp_host is not None:
        checks.append(_mail(settings))
    if settings.stripe_secret_key is not None:
        checks.append(_stripe(settings.stripe_secret_key, settings))
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]


async def _database(subject: str, dsn: str, *, writes: bool = True) -> list[Finding]:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            connection = await asyncpg.connect(dsn)
            try:
                return await _check_server(subject, connection, writes=writes)
            finally:
                await connection.close(timeout=1)
    except TimeoutError:
        return [Finding.failed(subject, f"No answer within {TIMEOUT_SECONDS} seconds.")]
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [Finding.failed(subject, f"{type(error).__name__}: {error}")]


async def _check_server(
    subject: str, connection: "asyncpg.Connection[asyncpg.Record]", *, writes: bool
) -> list[Finding]:
    number = int(await connection.fetchval("SHOW server_version_num"))
    version = f"PostgreSQL {postgres_version(number)}"
    if number >= MIN_POSTGRES_VERSION * 10_000:
        findings = [Finding.ok(subject, f"Connected to {version}.")]
    else:
        findings = [Finding.failed(subject, f"{version} is older than {MIN_POSTGRES_VERSION}.")]
    if writes and await connection.fetchval("SELECT pg_is_in_recovery()"):
        findings.append(Finding.failed(subject, "The server is a read-only replica."))
    revision = None
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is not None:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    if revision == head_revision():
        findings.append(Finding.ok(f"{subject}: schema", f"At revision {revision}."))
    else:
        findings.append(
            Finding.failed(
                f"{subject}: schema",
                f"At {revision or 'none'} instead of {head_revision()}: run `cowork migrate`.",
            )
        )
    query = "SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'"
    if not await connection.fetchval(query):
        findings.append(
            Finding.failed(
                f"{subject}: btree_gist",
                "The extension is missing, so no constraint prevents double bookings.",
            )
        )
    return findings


def postgres_version(number: int) -> str:
    """Return the version for a `server_version_num`: 180001 is 18.1, and 90624 is 9.6.24."""
    if number < _FIRST_TWO_PART_VERSION:
        return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"
    return f"{number // 10_000}.{number % 10_000}"


async def _mail(settings: Settings) -> list[Finding]:
    try:
        smtp = settings.smtp
    except SettingsError as error:
        return [Finding.failed("SMTP", str(error))]
    if smtp is None:
        return []
    return [await check_smtp(smtp_server(smtp))]


async def check_smtp(server: SmtpServer) -> Finding:
    """Connect, start TLS and log in, without sending a mail."""
    # Both are slow to import.
    from aiosmtplib import SMTPException  # noqa: PLC0415

    from adapters.mail.smtp_mailer import try_log_in  # noqa: PLC0415

    address = f"{server.host}:{server.port}"
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await try_log_in(server)
    except TimeoutError:
        return Finding.failed("SMTP", f"{address} did not answer within {TIMEOUT_SECONDS} seconds.")
    except (SMTPException, OSError, ValueError) as error:
        return Finding.failed("SMTP", f"{address}: {type(error).__name__}: {error}")
    logged_in = ", login accepted" if server.user else ""
    return Finding.ok("SMTP", f"Connected to {address} ({server.tls}){logged_in}.")


async def _stripe(key: str, settings: Settings) -> list[Finding]:
    from adapters.stripe.gateway import StripePaymentGateway  # noqa: PLC0415 - slow to import

    prices = {price: plan for plan, price in settings.stripe_prices.items()}
    payments = StripePaymentGateway(
        key, prices, "", api_base=settings.stripe_api_base, timeout=TIMEOUT_SECONDS, retries=0
    )
    try:
        unusable = await payments.unusable_prices()
    except PaymentProviderError as error:
        return [Finding.failed("Stripe", str(error))]
    finally:
        await payments.close()
    findings = [
        Finding.failed("Stripe", f"{price} is not an active monthly price in US dollars.")
        for price in unusable
    ]
    return [Finding.ok("Stripe", "The API key is valid."), *findings]
