"""Settings: the configuration, read from environment variables and `.env`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from email.headerregistry import Address
from enum import StrEnum
from os import environ
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from domain.house import Confirmation, House
from domain.subscriptions import PlanType
from entrypoints import setting_values as values
from entrypoints.setting_values import Network


class SettingsError(Exception):
    """A setting is missing or invalid. The message names its variable and what is expected."""


class LogLevel(StrEnum):
    """The minimum level of logged events."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """The format of log lines: `console` for people, `json` for programs."""

    CONSOLE = "console"
    JSON = "json"


class SmtpTls(StrEnum):
    """Encryption of mail delivery: STARTTLS after the greeting, TLS from the start, or none."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


DEFAULT_SMTP_PORTS = {SmtpTls.STARTTLS: 587, SmtpTls.TLS: 465, SmtpTls.NONE: 25}
"""The standard ports (RFC 6409, RFC 8314, RFC 5321)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server, the credentials for it, and the sender of every mail."""

    host: str
    port: int
    tls: SmtpTls
    user: str | None
    password: str | None = field(repr=False)
    sender: Address


def _setting(parse: Callable[[str], Any], default: Any = None, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"parse": parse})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, under the name of its variable in lower case. An empty variable is unset."""

    database_url: str | None = _setting(values.postgres_url, secret=True)
    database_read_url: str | None = _setting(values.postgres_url, secret=True)
    database_pool_size: int = _setting(values.number(1, 1000), 10)
    secret_key: tuple[str, ...] = _setting(values.secret_keys, (), secret=True)
    access_token_minutes: int = _setting(values.number(1, 24 * 60), 15)
    refresh_token_days: int = _setting(values.number(1, 366), 30)
    stripe_secret_key: str | None = _setting(values.token, secret=True)
    stripe_webhook_secret: str | None = _setting(values.token, secret=True)
    stripe_api_base: str | None = _setting(values.origin)
    stripe_hot_desk_price_id: str | None = _setting(values.token)
    stripe_dedicated_price_id: str | None = _setting(values.token)
    stripe_private_office_price_id: str | None = _setting(values.token)
    frontend_url: str = _setting(values.origin, "http://localhost:3000")
    admin_url: str = _setting(values.origin, "http://localhost:3001")
    smtp_host: str | None = _setting(values.host)
    smtp_port: int | None = _setting(values.number(1, 65535))
    smtp_user: str | None = _setting(values.line)
    smtp_password: str | None = _setting(values.line, secret=True)
    smtp_from: Address | None = _setting(values.mailbox)
    smtp_tls: SmtpTls = _setting(values.one_of(SmtpTls), SmtpTls.STARTTLS)
    timezone: ZoneInfo = _setting(values.timezone, ZoneInfo("UTC"))
    booking_step_minutes: int = _setting(values.part_of_a_day, 15)
    booking_hold_minutes: int = _setting(values.number(1, 7 * 24 * 60), 15)
    no_show_grace_minutes: int = _setting(values.number(0, 24 * 60), 30)
    free_cancellation_hours: int = _setting(values.number(0, 366 * 24), 24)
    booking_confirmation: Confirmation | None = _setting(values.one_of(Confirmation))
    login_attempts_per_15_minutes: int = _setting(values.number(1, 1_000_000), 10)
    signups_per_hour: int = _setting(values.number(1, 1_000_000), 60)
    refreshes_per_hour: int = _setting(values.number(1, 1_000_000), 300)
    password_resets_per_hour: int = _setting(values.number(1, 1_000_000), 20)
    trusted_proxies: tuple[Network, ...] = _setting(values.networks, ())
    metrics_token: str | None = _setting(values.token, secret=True)
    otel_exporter_otlp_endpoint: str | None = _setting(values.web_address)
    log_level: LogLevel = _setting(values.one_of(LogLevel), LogLevel.INFO)
    log_format: LogFormat | None = _setting(values.one_of(LogFormat))

    @property
    def house(self) -> House:
        """The rules of the house. Without Stripe, bookings are confirmed immediately by default."""
        default = Confirmation.PAYMENT if self.stripe_secret_key else Confirmation.IMMEDIATE
        return House(
            timezone=self.timezone,
            booking_step=timedelta(minutes=self.booking_step_minutes),
            booking_hold=timedelta(minutes=self.booking_hold_minutes),
            no_show_grace=timedelta(minutes=self.no_show_grace_minutes),
            free_cancellation=timedelta(hours=self.free_cancellation_hours),
            confirmation=self.booking_confirmation or default,
        )

    @property
    def smtp(self) -> SmtpSettings | None:
        """The mail settings; None without SMTP_HOST. Raises SettingsError if incomplete."""
        if self.smtp_host is None:
            return None
        if self.smtp_from is None:
            raise SettingsError("SMTP_FROM: required because SMTP_HOST is set.")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise SettingsError("SMTP_USER and SMTP_PASSWORD: expected both or neither.")
        return SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port or DEFAULT_SMTP_PORTS[self.smtp_tls],
            tls=self.smtp_tls,
            user=self.smtp_user,
            password=self.smtp_password,
            sender=self.smtp_from,
        )

    @property
    def stripe_prices(self) -> dict[PlanType, str]:
        """The ID of each plan's Stripe price. Plans without a price cannot be subscribed to."""
        prices = {
            PlanType.HOT_DESK: self.stripe_hot_desk_price_id,
            PlanType.DEDICATED_DESK: self.stripe_dedicated_price_id,
            PlanType.PRIVATE_OFFICE: self.stripe_private_office_price_id,
        }
        return {plan: price for plan, price in prices.items() if price is not None}


def load_settings() -> Settings:
    """Return the settings of the environment, completed by `.env` in the working directory.

    Raises SettingsError.
    """
    file = Path.cwd() / ".env"
    try:
        from_file = {name: value or "" for name, value in dotenv_values(file).items()}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from None
    return read_settings(from_file | dict(environ))


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Return the settings of these variables; unknown ones are ignored. Raises SettingsError."""
    values_by_name = {}
    for setting in fields(Settings):
        name = setting.name.upper()
        if text := variables.get(name, "").strip():
            try:
                values_by_name[setting.name] = setting.metadata["parse"](text)
            except ValueError as error:
                # The message does not contain the value, which may be a secret.
                raise SettingsError(f"{name}: expected {error}.") from None
    settings = Settings(**values_by_name)
    settings.smtp  # noqa: B018 - raises now instead of at the first mail
    return settings
