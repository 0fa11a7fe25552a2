"""Parsers of setting values.

Each takes text, and raises a ValueError that says what is expected, without the value itself, which
may be a secret.
"""

import re
from collections.abc import Callable
from email.headerregistry import Address
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from domain.errors import InvalidValue
from domain.users import EmailAddress

Network = IPv4Network | IPv6Network
Choice = TypeVar("Choice", bound=StrEnum)

MIN_SECRET_BYTES = 32
_MINUTES_PER_DAY = 24 * 60
_MAX_DIGITS = 9
_ORIGIN = re.compile(r"(?P<scheme>https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `minimum` to `maximum` (inclusive)."""

    def parse(text: str) -> int:
        value = _digits(text)
        if value is None or not minimum <= value <= maximum:
            raise ValueError(f"a number from {minimum} to {maximum}")
        return value

    return parse


def part_of_a_day(text: str) -> int:
    """Return a number of minutes that divides a day."""
    minutes = _digits(text)
    if not minutes or _MINUTES_PER_DAY % minutes:
        raise ValueError("a number of minutes that divides a day, such as 15")
    return minutes


def one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    """Return a parser of these choices, in any case."""

    def parse(text: str) -> Choice:
        try:
            return choices(text.lower())
        except ValueError:
            raise ValueError(f"one of {', '.join(choices)}") from None

    return parse


def timezone(text: str) -> ZoneInfo:
    """Return an IANA time zone."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone such as Europe/Istanbul") from None


def origin(text: str) -> str:
    """Return a web origin (scheme, host, port) in the form that browsers send in `Origin`."""
    match = _ORIGIN.fullmatch(text.lower().rstrip("/"))
    try:
        # `port` raises for a port that is out of range.
        is_valid = match is not None and urlsplit(match[0]).port != 0
    except ValueError:
        is_valid = False
    if match is None or not is_valid:
        raise ValueError("an origin such as https://members.example.com")
    default_port = {"http": ":80", "https": ":443"}[match["scheme"]]
    return match[0].removesuffix(default_port)


def web_address(text: str) -> str:
    """Return the URL of a service: an origin and an optional path."""
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_valid = is_valid and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_valid = False
    if not is_valid:
        raise ValueError("a URL such as http://collector.example.com:4318")
    return text.rstrip("/")


def networks(text: str) -> tuple[Network, ...]:
    """Return IP networks, separated by commas. A single address is a network too."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("networks such as 10.0.0.0/8, 192.0.2.1") from None


def secret_keys(text: str) -> tuple[str, ...]:
    """Return keys, separated by commas, the current one first; the others allow rotation."""
    keys = tuple(key.strip() for key in text.split(","))
    if any(len(key.encode()) < MIN_SECRET_BYTES for key in keys):
        raise ValueError(f"one or more keys of at least {MIN_SECRET_BYTES} bytes")
    return keys


def token(text: str) -> str:
    """Return a key or an ID of another service: visible ASCII characters."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("one word of visible ASCII characters")
    return text


def host(text: str) -> str:
    """Return a host name or an IP address."""
    if not token(text).replace("-", "").replace(".", "").replace(":", "").isalnum():
        raise ValueError("a host such as mail.example.com")
    return text


def mailbox(text: str) -> Address:
    """Return an e-mail address, with an optional display name in front of it."""
    name, bracket, rest = text.rpartition("<")
    address = rest.removesuffix(">") if bracket else text
    is_valid = bool(bracket) == text.endswith(">") and name.isprintable() and address.isascii()
    try:
        EmailAddress.parse(address)
    except InvalidValue:
        is_valid = False
    if not is_valid:
        raise ValueError("an address such as Harbour House <office@example.com>")
    local, _, domain = address.rpartition("@")
    return Address(name.strip().strip('"'), username=local, domain=domain.lower())


def line(text: str) -> str:
    """Return one line of text."""
    if not text.isprintable():
        raise ValueError("one line of text")
    return text


def postgres_url(text: str) -> str:
    """Return the URL of a PostgreSQL database in asyncpg's form; accepts SQLAlchemy's too."""
    scheme, separator, rest = text.partition("://")
    if scheme not in {"postgresql", "postgresql+asyncpg"} or not separator:
        raise ValueError("postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE")
    return f"postgresql://{rest}"


def _digits(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None
