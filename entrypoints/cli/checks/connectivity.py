"""What the settings name, tried: the database, the replica, the mail server, Stripe."""

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
MIN_MAJOR = 15


async def attempts(settings: Settings, dsn: str) -> list[Finding]:
    """What came of each, all tried at the same time."""
    tried: list[Awaitable[list[Finding]]] = [_database("database", dsn)]
    if settings.database_read_url is not None:
        tried.append(_database("read database", settings.database_read_url, writes=False))
    if settings.smtp_host is not None:
        tried.append(_mail(settings))
    if settings.stripe_secret_key is not None:
        tried.append(_stripe(settings.stripe_secret_key, settings))
    return [finding for found in await asyncio.gather(*tried) for finding in found]


async def _database(subject: str, dsn: str, *, writes: bool = True) -> list[Finding]:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            connection = await asyncpg.connect(dsn)
            try:
                return await _looked_at(subject, connection, writes=writes)
            finally:
                await connection.close(timeout=1)
    except TimeoutError:
        return [Finding.failed(subject, f"No answer within {TIMEOUT_SECONDS} seconds.")]
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [Finding.failed(subject, f"{type(error).__name__}: {error}")]


async def _looked_at(
    subject: str, connection: "asyncpg.Connection[asyncpg.Record]", *, writes: bool
) -> list[Finding]:
    version = connection.get_server_version()
    is_replica = await connection.fetchval("SELECT pg_is_in_recovery()")
    found = [Finding.ok(subject, f"PostgreSQL {version.major}.{version.minor} answers.")]
    if version.major < MIN_MAJOR:
        found = [Finding.failed(subject, f"PostgreSQL {version.major}: {MIN_MAJOR} is needed.")]
    if is_replica and writes:
        found.append(Finding.failed(subject, "A replica, which nothing can be written to."))
    revision = None
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is not None:
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    if revision == head_revision():
        found.append(Finding.ok(f"{subject}: schema", f"At revision {revision}."))
    else:
        found.append(
            Finding.failed(
                f"{subject}: schema",
                f"At {revision or 'none'} instead of {head_revision()}: run `cowork migrate`.",
            )
        )
    query = "SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'"
    if not await connection.fetchval(query):
        found.append(
            Finding.failed(
                f"{subject}: btree_gist",
                "Missing: without it no constraint keeps a desk from being sold twice.",
            )
        )
    return found


async def _mail(settings: Settings) -> list[Finding]:
    try:
        smtp = settings.smtp
    except SettingsError as error:
        return [Finding.failed("SMTP", str(error))]
    if smtp is None:
        return []
    return [await greeted(smtp_server(smtp))]


async def greeted(server: SmtpServer) -> Finding:
    """Connect, encrypt and log in; no mail is sent."""
    # Both take long to load, and no other command needs them so early.
    from aiosmtplib import SMTPException  # noqa: PLC0415

    from adapters.mail.smtp_mailer import try_log_in  # noqa: PLC0415

    place = f"{server.host}:{server.port}"
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await try_log_in(server)
    except TimeoutError:
        return Finding.failed("SMTP", f"{place} did not answer within {TIMEOUT_SECONDS} seconds.")
    except (SMTPException, OSError, ValueError) as error:
        return Finding.failed("SMTP", f"{place}: {type(error).__name__}: {error}")
    logged_in = ", and takes the log-in" if server.user else ""
    return Finding.ok("SMTP", f"{place} answers ({server.tls}){logged_in}.")


async def _stripe(key: str, settings: Settings) -> list[Finding]:
    from adapters.stripe.gateway import StripePaymentGateway  # noqa: PLC0415 - the same

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
    found = [
        Finding.failed("Stripe", f"{price} is no monthly price in US dollars that is active.")
        for price in unusable
    ]
    return [Finding.ok("Stripe", "Takes the key."), *found]
