"""Container: which adapter serves which port, and with which settings.

Besides the command line and the demo data, no other entrypoint imports adapters.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dependency_injector import containers, providers

from adapters.disabled_payments import DisabledPaymentGateway
from adapters.mail.smtp_server import SmtpServer, SmtpTls
from adapters.postgres import PostgresDatabase
from adapters.postgres.engine.statement_counter import begin_statement_count
from adapters.security import (
    Argon2Passwords,
    HmacResetTokens,
    JwtAccessTokens,
    ListedPasswords,
)
from adapters.system import SystemClock, UuidV7Ids
from application.auth.rate_limiter import RateLimits
from application.ports.calendars import Calendars
from application.ports.invoice_printer import InvoicePrinter
from application.ports.mailer import Mailer
from application.ports.payment_events import PaymentEvents
from application.ports.payment_gateway import PaymentGateway
from application.use_cases import UseCases
from domain.subscriptions import PlanType
from entrypoints.http.response_cache import ResponseCache
from entrypoints.settings import Settings, SmtpSettings

HOUSE_NAME = "cowork"
"""In the header of invoices and mails."""


# The following functions import their adapters when they are called: few requests need these
# adapters, and their libraries are slow to import or large.


def _calendars() -> Calendars:
    from adapters.calendar import IcalendarCalendars

    return IcalendarCalendars()


def _invoice_printer(house_name: str, timezone: ZoneInfo) -> InvoicePrinter:
    from adapters.pdf import FpdfInvoicePrinter

    return FpdfInvoicePrinter(house_name, timezone)


def _mailer(settings: Settings) -> Mailer:
    from adapters.mail.renderer import MailRenderer

    renderer = MailRenderer(HOUSE_NAME, settings.timezone, settings.frontend_url)
    smtp = settings.smtp
    if smtp is None:
        from adapters.mail.log_mailer import LogMailer

        return LogMailer(renderer)
    from adapters.mail.smtp_mailer import SmtpMailer

    return SmtpMailer(smtp_server(smtp), renderer)


def smtp_server(smtp: SmtpSettings) -> SmtpServer:
    """Return the mail server of these settings."""
    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        tls=SmtpTls(smtp.tls.value),
        user=smtp.user,
        password=smtp.password,
        sender=smtp.sender,
    )


def _payments(settings: Settings) -> PaymentGateway:
    if settings.stripe_secret_key is None:
        return DisabledPaymentGateway()
    from adapters.stripe.gateway import StripePaymentGateway

    return StripePaymentGateway(
        settings.stripe_secret_key,
        _plans(settings),
        settings.frontend_url,
        api_base=settings.stripe_api_base,
    )


def _payment_events(settings: Settings) -> PaymentEvents:
    from adapters.stripe.events import StripeEvents
    from entrypoints.observability.metrics.decorators import MeteredPaymentEvents

    return MeteredPaymentEvents(StripeEvents(settings.stripe_webhook_secret, _plans(settings)))


def _plans(settings: Settings) -> dict[str, PlanType]:
    """Return the plans by the IDs of their Stripe prices."""
    return {price: plan_type for plan_type, price in settings.stripe_prices.items()}


def _hashing_threads() -> int:
    """Half of the processors, so that a flood of logins leaves the others to other requests."""
    return max(1, (os.cpu_count() or 1) // 2)


class _LazyPort:
    """A port whose adapter is created at its first use.

    Few calls need it, and its library is slow to import or its setting is not always there.
    """

    def __init__(self, adapter: Callable[[], Any]) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._adapter(), name)
        setattr(self, name, value)
        return value


@asynccontextmanager
async def connected_database(
    dsn: str, *, pool_size: int, response_timeout: float | None = None
) -> AsyncIterator[PostgresDatabase]:
    """Connect a database as `PostgresDatabase.connect` does, and close it at the end."""
    database = await PostgresDatabase.connect(
        dsn, pool_size=pool_size, response_timeout=response_timeout
    )
    try:
        yield database
    finally:
        await database.close()


class Container(containers.DeclarativeContainer):
    """The production adapters: PostgreSQL, argon2, JWT, the system clock.

    Requires `settings`, and `database` before the first use case; the caller connects and closes
    the database. Reports read from `read_database`, by default the same database.
    """

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)
    database: providers.Dependency[PostgresDatabase] = providers.Dependency(
        instance_of=PostgresDatabase
    )
    read_database: providers.Dependency[PostgresDatabase] = providers.Dependency(
        instance_of=PostgresDatabase, default=database
    )
    begin_statement_count = providers.Callable(begin_statement_count)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(UuidV7Ids)
    mailer = providers.Singleton(_mailer, settings)
    reset_tokens = providers.Singleton(HmacResetTokens, settings.provided.secret_key)
    calendars = providers.Singleton(_calendars)
    response_cache = providers.Singleton(ResponseCache)
    invoice_printer = providers.Singleton(_invoice_printer, HOUSE_NAME, settings.provided.timezone)
    passwords = providers.Singleton(Argon2Passwords, threads=providers.Callable(_hashing_threads))
    common_passwords = providers.Singleton(ListedPasswords)
    tokens = providers.Singleton(
        JwtAccessTokens,
        settings.provided.secret_key,
        providers.Factory(timedelta, minutes=settings.provided.access_token_minutes),
    )
    limits = providers.Singleton(
        RateLimits,
        log_in_attempts=settings.provided.login_attempts_per_15_minutes,
        sign_ups=settings.provided.signups_per_hour,
        refreshes=settings.provided.refreshes_per_hour,
        password_resets=settings.provided.password_resets_per_hour,
    )

    payments = providers.Singleton(_payments, settings)
    payment_events = providers.Singleton(_payment_events, settings)

    use_cases = providers.Singleton(
        UseCases,
        unit_of_work=database.provided.unit_of_work,
        rate_limit_store=database.provided.rate_limit_store,
        reports=read_database.provided.reports,
        list_reader=database.provided.list_reader,
        session_lookup=database.provided.session_lookup,
        clock=clock,
        ids=ids,
        passwords=providers.Callable(_LazyPort, passwords.provider),
        common_passwords=providers.Callable(_LazyPort, common_passwords.provider),
        tokens=providers.Callable(_LazyPort, tokens.provider),
        mailer=providers.Callable(_LazyPort, mailer.provider),
        reset_tokens=providers.Callable(_LazyPort, reset_tokens.provider),
        calendars=providers.Callable(_LazyPort, calendars.provider),
        payments=providers.Callable(_LazyPort, payments.provider),
        payment_events=providers.Callable(_LazyPort, payment_events.provider),
        house=settings.provided.house,
        limits=limits,
        refresh_lifetime=providers.Factory(timedelta, days=settings.provided.refresh_token_days),
        frontend_url=settings.provided.frontend_url,
    )
